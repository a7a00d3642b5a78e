"""What goes on beside the checks: synchronise, take new data, note the time. In threads."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from statusqr_schema import StatusQRError, SyncFailed

from .. import trust_source
from ..current_trust import CurrentTrust
from ..policy import Policy

LOOK_EVERY: Final = 5.0  # seconds between two looks for new data
_LOG = logging.getLogger("statusqr")


class Background:
    """Keeps `trust` new from its files, and the files new from `source` (a URL or a folder)."""

    def __init__(
        self,
        trust: CurrentTrust,
        cache: Path | None,
        source: str | None = None,
        every: timedelta = timedelta(minutes=15),
    ) -> None:
        self._trust = trust
        self._cache = cache
        self._source = source
        self._every = every.total_seconds()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start; the program's end ends it."""
        self._run(self._look, LOOK_EVERY)
        if self._cache is not None and self._source is not None:
            self._run(self._synchronise, self._every)

    def stop(self) -> None:
        """End, at the latest when what is being fetched has come or timed out."""
        self._stop.set()

    def _run(self, work: Callable[[], None], every: float) -> None:
        def again_and_again() -> None:
            while True:
                try:
                    work()
                except Exception as error:  # a full disk, say; the next time may go well
                    _LOG.error("%s failed: %s", work.__name__, type(error).__name__)
                if self._stop.wait(every):
                    return

        thread = threading.Thread(target=again_and_again, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _look(self) -> None:
        if self._trust.refresh():
            _LOG.info("new trust data")
        if self._cache is not None:
            at = datetime.now(UTC)
            trust_source.remember(self._cache, at, self._trust.verifier(Policy()))
            self._trust.note(at)

    def _synchronise(self) -> None:
        assert self._cache is not None  # noqa: S101 - see start
        assert self._source is not None  # noqa: S101
        try:
            data = trust_source.synchronise(self._source, None, self._cache, datetime.now(UTC))
        except SyncFailed as error:
            _LOG.warning("sync failed [%s]: %s", error.code, error.message)
        except (StatusQRError, OSError) as error:
            _LOG.warning("sync failed: %s", type(error).__name__)
        else:
            for problem in data.problems:
                _LOG.warning("sync: %s", problem)
            self._trust.refresh()
