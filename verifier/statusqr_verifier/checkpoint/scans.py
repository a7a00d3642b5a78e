"""The stream of scans: what a turnstile or a till hears of a scanner page. No personal data.

Each listener has a short queue. One that does not read loses the oldest events, and nothing waits
for it: a stale «let in» is worth nothing.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from weakref import WeakSet

from statusqr_schema.strict_json import JsonValue

from .. import words
from ..report import Report

HEARTBEAT: Final = 15.0  # seconds; a comment that keeps the connection and shows that it lives
MOST_LISTENERS: Final = 50
_QUEUE: Final = 32


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan as the stream tells it."""

    number: int
    place: str
    report: Report

    def to_json(self) -> dict[str, JsonValue]:
        """What is told: the verdict, and `accepted`, at which a turnstile looks."""
        return {
            "id": self.number,
            "place": self.place,
            "verdict": self.report.verdict.value,
            "accepted": self.report.accepted,
            "code": words.headline_code(self.report),
            "notices": [notice.kind.code for notice in self.report.notices],
            "checked_at": self.report.checked_at.isoformat(),
        }

    def to_event(self) -> str:
        """The same as a server-sent event."""
        return f"id: {self.number}\nevent: scan\ndata: {json.dumps(self.to_json())}\n\n"


class TooManyListeners(Exception):
    """No room for one more."""


class Scans:
    """Who listens, and what they hear. For one event loop."""

    def __init__(self) -> None:
        # Weak: a listener that is gone before its stream began leaves nothing to clear up.
        self._listeners: WeakSet[asyncio.Queue[Scan | None]] = WeakSet()
        self._numbers = itertools.count(1)

    def __len__(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def tell(self, place: str, report: Report) -> None:
        """Tell a scan to all who listen."""
        scan = Scan(next(self._numbers), place, report)
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(scan)

    def close(self) -> None:
        """End every stream: the program stops."""
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    def listen(self) -> AsyncIterator[str]:
        """The events from now on, with heartbeats; TooManyListeners at once where it is full."""
        if len(self._listeners) >= MOST_LISTENERS:
            raise TooManyListeners
        queue: asyncio.Queue[Scan | None] = asyncio.Queue(_QUEUE)
        self._listeners.add(queue)
        return self._stream(queue)

    async def _stream(self, queue: asyncio.Queue[Scan | None]) -> AsyncIterator[str]:
        try:
            yield "retry: 2000\n\n"
            while True:
                try:
                    scan = await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield ": alive\n\n"
                    continue
                if scan is None:
                    return
                yield scan.to_event()
        finally:
            self._listeners.discard(queue)


async def while_allowed(
    events: AsyncIterator[str], allowed: Callable[[], Awaitable[bool]]
) -> AsyncIterator[str]:
    """A stream that ends once it is not `allowed`: asked before each event and each heartbeat."""
    try:
        async for event in events:
            if not await allowed():
                return
            yield event
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()  # its place is free at once
