"""What the program has one of: trust data, readers, repeats, shifts, the stream, the metrics.

Codes are checked on the event loop (a fifth of a millisecond each); pictures are read in child
processes, frames apart from files, so that a slow file holds up no camera.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from anyio import CapacityLimiter, to_thread

from ..current_trust import CurrentTrust
from ..frames import FrameReading
from ..policy import Policy
from ..reader_process import ReaderBusy, SafeReader
from ..repeats import Repeats, check_here
from ..report import Report
from .metrics import Metrics
from .place import Place
from .scans import Scans
from .shifts import Shift, Shifts

MAX_AGE: Final = timedelta(hours=72)
FROM_FILE: Final = "file"
FILES_AT_ONCE: Final = 1  # there is one process to read them
FRAMES_AT_ONCE: Final = 4  # wait for their turn in `SafeReader`, but not for long
MOST_WAITING: Final = 8  # frames; more would be old when their turn comes


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator decides at the start."""

    place: Place = field(default_factory=Place)  # the usual one, offered by the form
    max_age: timedelta = MAX_AGE  # older data turn amber
    repeat_after: timedelta = timedelta(minutes=30)


class Station:
    """One program that checks codes."""

    def __init__(self, trust: CurrentTrust, settings: Settings | None = None) -> None:
        self.trust = trust
        self.settings = settings or Settings()
        self.shifts = Shifts()
        self.scans = Scans()
        self.metrics = Metrics(trust)
        self._repeats = Repeats(self.settings.repeat_after)
        self._reader = SafeReader()
        # Of their own, so that who waits for a picture keeps no page from being served.
        self._files = CapacityLimiter(FILES_AT_ONCE)
        self._frames = CapacityLimiter(FRAMES_AT_ONCE)

    def now(self) -> datetime:
        """The moment of a check."""
        return datetime.now(UTC)

    def policy(self, place: Place) -> Policy:
        """The policy of a place."""
        return place.policy(self.settings.max_age)

    def scan(self, text: str, shift: Shift, via: str) -> Report:
        """Check a code that is shown at a place; counted, and told to who listens.

        A file is counted only: no turnstile opens for a picture that somebody has chosen.
        """
        verifier = self.trust.verifier(self.policy(shift.place))
        report = check_here(verifier, self._repeats, text, self.now())
        shift.history.note(report)
        self.metrics.note(report, via)
        if via != FROM_FILE:
            self.scans.tell(shift.place.name, report)
        return report

    def show_again(self, text: str, shift: Shift) -> Report:
        """The report of a code that was scanned just now and is in view still: counted once."""
        verifier = self.trust.verifier(self.policy(shift.place))
        return check_here(verifier, self._repeats, text, self.now(), still=True)

    def look_up(self, text: str, policy: Policy, via: str, at: datetime | None = None) -> Report:
        """Check a code that is not shown at a place: nothing is remembered but a count."""
        report = self.trust.verifier(policy).verify(text, at or self.now())
        self.metrics.note(report, via)
        return report

    async def read_file(self, data: bytes) -> list[str]:
        """The codes in a picture or PDF; ImageRefused where it cannot be read."""
        texts = await to_thread.run_sync(self._reader.read_codes, data, limiter=self._files)
        if not texts:
            self.metrics.note_unreadable()
        return texts

    async def read_frame(self, data: bytes) -> FrameReading:
        """The codes in a camera's frame; ReaderBusy where too many others are before it."""
        if self._frames.statistics().tasks_waiting >= MOST_WAITING:
            raise ReaderBusy("слишком много кадров сразу: этот пропущен")
        return await to_thread.run_sync(self._reader.read_frame, data, limiter=self._frames)

    def close(self) -> None:
        """End the child processes and the streams."""
        self.scans.close()
        self._reader.close()
