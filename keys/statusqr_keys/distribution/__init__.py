"""Trust data that travel: a TUF repository of static files, and the client that trusts it offline.

::

    layout                      names, terms and limits that both sides share; data: what comes out
    roles, documents            who signs what; the metadata of the next publication
    tokens ── publisher ── repository       the issuer's side: make, sign, write
    office, watching                        what the command line does with it
    fetch ── client ── cache                the verifier's side: fetch, verify, keep
    chain ── offline                        verify again what is kept, without network and clock

The sections cited are those of the TUF specification, version 1.0. Nothing is imported here, for
python-tuf is heavy and the verifier's library works without it.
"""
