"""The check at one place, all shift long: the newest data, and what was shown here before."""

import threading
from datetime import datetime
from pathlib import Path

from ..current_trust import CurrentTrust
from ..policy import Policy
from ..repeats import Repeats, check_here
from ..report import Report
from ..trust_source import remember

LOOK_EVERY = 30.0  # seconds between two looks for newer data


class Desk:
    """Checks codes under the policy of the place.

    With a `cache` it notes the passing time, there and in `trust`, so that a clock set back is
    noticed at once as well as after the next start.
    """

    def __init__(
        self, trust: CurrentTrust, policy: Policy, repeats: Repeats, cache: Path | None = None
    ) -> None:
        self.policy = policy
        self._trust = trust
        self._repeats = repeats
        self._cache = cache
        self._looking: threading.Thread | None = None
        self._looked = float("-inf")
        self._taken = threading.Event()

    def check(self, text: str, at: datetime) -> Report:
        """The report of a code that is shown here at `at` (aware)."""
        verifier = self._trust.verifier(self.policy)
        report = check_here(verifier, self._repeats, text, at)
        if self._cache is not None:
            remember(self._cache, at, verifier)
            self._trust.note(at, self.policy)
        return report

    def stays(self, text: str, at: datetime) -> None:
        """Note that a code which was checked is in view still: no other showing has begun."""
        check_here(self._trust.verifier(self.policy), self._repeats, text, at, still=True)

    def look_for_news(self, moment: float) -> bool:
        """Every half minute look whether the data have changed; True once new ones were taken.

        `moment` is in seconds on any clock that does not go back. Data are loaded on the side, so
        that no scan waits for them.
        """
        loading = self._looking is not None and self._looking.is_alive()
        if moment - self._looked >= LOOK_EVERY and not loading:
            self._looked = moment
            self._looking = threading.Thread(target=self._look, daemon=True)
            self._looking.start()
        if not self._taken.is_set():
            return False
        self._taken.clear()
        return True

    def finish(self) -> None:
        """Wait for a look that is under way."""
        if self._looking is not None:
            self._looking.join()

    def _look(self) -> None:
        if self._trust.refresh():
            self._taken.set()
