"""A listening socket that lets no address hold more than its share of connections.

Counted where a connection is accepted, so before TLS begins: asyncio gives a handshake a minute,
`limit_concurrency` does not know of it, and meanwhile it holds a file descriptor. Without this, one
device that opens as many as a process may have stops the server for all.
"""

import socket
from weakref import WeakKeyDictionary

from .connections import MOST_FROM_ONE_ADDRESS


class FairListener(socket.socket):
    """Hangs up at once on a connection that is one too many for its address."""

    def __init__(self, family: int, kind: int, protocol: int, descriptor: int) -> None:
        super().__init__(family, kind, protocol, descriptor)
        self._accepted: WeakKeyDictionary[socket.socket, str] = WeakKeyDictionary()

    def accept(self) -> tuple[socket.socket, object]:
        """The next connection; ConnectionAbortedError, which asyncio passes over, for a refused."""
        line, address = super().accept()
        host = str(address[0]) if isinstance(address, tuple) else ""
        held = 0
        for other, whose in list(self._accepted.items()):
            if other.fileno() < 0:
                del self._accepted[other]
            elif whose == host:
                held += 1
        if held >= MOST_FROM_ONE_ADDRESS:
            line.close()
            raise ConnectionAbortedError
        self._accepted[line] = host
        return line, address


def shared_fairly(bound: socket.socket) -> socket.socket:
    """The same bound socket, as a FairListener; `bound` is closed. Not for behind a proxy."""
    family, kind, protocol = bound.family, bound.type, bound.proto
    return FairListener(family, kind, protocol, bound.detach())
