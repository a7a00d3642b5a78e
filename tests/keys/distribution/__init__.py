"""Publishing and synchronising: against real files, real servers, and real attackers."""
