"""How uvicorn is to be run, so that what it does by itself is as careful as what we add."""

from collections.abc import Sequence
from typing import Final, TypedDict

from uvicorn.protocols.http.h11_impl import H11Protocol

from .connections import FairShare, PromptHeads

LARGEST_BUFFER: Final = 64 * 2**10  # bytes of a head that is not whole yet; beyond it, 400


class ServerOptions(TypedDict):
    """Arguments of `uvicorn.Config`."""

    http: type[H11Protocol]
    h11_max_incomplete_event_size: int
    proxy_headers: bool
    forwarded_allow_ips: list[str]
    server_header: bool
    access_log: bool
    limit_concurrency: int
    timeout_keep_alive: int


def server_options(proxies: Sequence[str] = (), *, connections: int = 500) -> ServerOptions:
    """Options for `uvicorn.Config`.

    `proxies`: addresses or networks of reverse proxies that are believed about the client's
    address and scheme. None by default: left alone, uvicorn believes every program on this machine.
    `connections` at a time, whether they ask for something or not; further ones are answered 503.
    Therefore none is held by a head that does not end, and one address holds 64 at most: see
    `connections`. With `proxies` addresses are not counted: all connections come from theirs.

    No access log: the way back from a login provider carries its code in the query.
    """
    return ServerOptions(
        http=PromptHeads if proxies else FairShare,  # h11; the next option is its limit for a head
        h11_max_incomplete_event_size=LARGEST_BUFFER,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        server_header=False,
        access_log=False,
        limit_concurrency=connections,
        timeout_keep_alive=5,
    )
