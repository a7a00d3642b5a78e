"""Connections that nobody uses are dropped, and no address holds more than its share of them.

uvicorn waits for the head of a request as long as the other side likes, and answers 503 to everyone
once there are `limit_concurrency` connections: without this, one device that opens as many and says
nothing stops the server for all.
"""

import asyncio
from typing import ClassVar, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 10.0
MOST_FROM_ONE_ADDRESS: Final = 64


class PromptHeads(H11Protocol):
    """HTTP/1.1 with an end to the patience of a server; for behind a proxy.

    A connection with no request under way lives on only while uvicorn's own limit for an idle,
    kept-alive one runs. Else a head, and what is left of a body after an early answer, must be
    there `head_seconds` after the connection was made, or after its first byte. Requests under way
    are left alone, however slow: streams of events, and bodies, for which `BodyLimits` is there.
    """

    head_seconds: ClassVar[float] = HEAD_SECONDS
    most_from_one_address: ClassVar[int | None] = None
    _hurry: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head, or hang up: too many come from there."""
        super().connection_made(transport)
        if self._crowded():
            # `close` would wait for the other side to end TLS, and hold the place till then
            transport.abort()
            return
        self._look_at_the_clock()

    def handle_events(self) -> None:
        """Take what has come; then it is known whether a head is complete."""
        super().handle_events()
        self._look_at_the_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        super().connection_lost(exc)
        self._look_at_the_clock()

    def _look_at_the_clock(self) -> None:
        """Let the time run while we wait for a head, never anew because a few more bytes came."""
        under_way = not getattr(self.cycle, "response_complete", True)  # no cycle: no request yet
        idle = self.timeout_keep_alive_task is not None  # uvicorn ends it, until a byte comes
        ours = self in self.connections  # neither lost nor handed over to a web socket
        if ours and not under_way and not idle:
            if self._hurry is None:
                self._hurry = self.loop.call_later(self.head_seconds, self.transport.abort)
        elif self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None

    def _crowded(self) -> bool:
        """Whether this connection is one too many for its address; one that is ending counts."""
        if self.most_from_one_address is None or self.client is None:
            return False
        clients = [getattr(other, "client", None) for other in self.connections]
        held = len([client for client in clients if client and client[0] == self.client[0]])
        return held > self.most_from_one_address


class FairShare(PromptHeads):
    """The same where each device has its own address: none holds more than its share."""

    most_from_one_address: ClassVar[int | None] = MOST_FROM_ONE_ADDRESS
