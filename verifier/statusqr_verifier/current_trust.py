"""The trust data of a program that runs all day: the newest that there are, always ready.

`CurrentTrust` gives verifiers that are each made of one consistent set. A new set is loaded beside
the old and then put in its place, so that no check waits for it or sees half of each.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from statusqr_schema import StatusQRError

from .check import Verifier
from .policy import Policy
from .trust_source import LEAST_STEP, MissingSync, TrustSet, cached_set, pinned_set

_MOST_POLICIES = 100  # verifiers kept; each place has a policy


@dataclass(frozen=True, slots=True)
class _Generation:
    data: TrustSet
    verifiers: dict[Policy, Verifier] = field(default_factory=dict)


class CurrentTrust:
    """Verifiers for any policy, from a pinned list or from a cache. May be shared by threads."""

    def __init__(self, load: Callable[[], TrustSet], file: Path) -> None:
        """Load at once: a program that cannot check does not start. `file` changes with the data.

        :raises TrustListRefused, TrustDataRefused: where there are no data that can be used
        """
        self._load = load
        self._file = file
        self._turn = threading.Lock()  # who holds it loads
        self._swap = threading.Lock()  # of _now: held for a moment only, so that no check waits
        self._known = self._stamp()
        self._now = _Generation(load())

    @classmethod
    def pinned(cls, trust_list: Path) -> "CurrentTrust":
        """A trust list as a file, read again where it changes. Revocation is not known."""
        return cls(lambda: pinned_set(trust_list), trust_list)

    @classmethod
    def cached(cls, cache: Path) -> "CurrentTrust":
        """The cache that `sync` keeps, whether this program runs it or another."""
        try:
            from statusqr_keys.distribution.cache import MANIFEST
        except ImportError as error:
            raise MissingSync from error
        return cls(lambda: cached_set(cache), cache / MANIFEST)

    @property
    def published(self) -> datetime | None:
        """When the data were published; None for a pinned list."""
        return self._now.data.published

    def categories(self) -> frozenset[str]:
        """The categories that some key of the trust list is limited to."""
        keys = (key for issuer in self._now.data.trust.issuers for key in issuer.keys)
        return frozenset(category for key in keys for category in key.scope.categories)

    def age(self, at: datetime) -> timedelta | None:
        """How old the data are; None for a pinned list."""
        published = self.published
        return None if published is None else at - published

    def verifier(self, policy: Policy) -> Verifier:
        """A verifier with the newest data."""
        now = self._now
        found = now.verifiers.get(policy)
        if found is None:
            if len(now.verifiers) >= _MOST_POLICIES:
                now.verifiers.clear()
            found = now.verifiers[policy] = now.data.verifier(policy)
        return found

    def refresh(self) -> bool:
        """Load again where the data have changed; what cannot be used leaves the old in place."""
        with self._turn:
            stamp = self._stamp()
            if stamp == self._known:
                return False
            try:
                loaded = self._load()
            except StatusQRError:
                return False
            with self._swap:  # what is noted here may be newer than in a cache, or all there is
                self._now = _Generation(_with_seen(loaded, self._now.data.seen))
            self._known = stamp
            return True

    def note(self, at: datetime, policy: Policy | None = None) -> None:
        """Note that `at` (aware) has passed: from now on a clock set back behind it is wrong.

        As `trust_source.remember`, for the verifiers of this process: only while the data are not
        too old under `policy`, and a minute at least after what was noted last. So nothing of a
        pinned list, which has no age.
        """
        before = self._now.data.seen
        later = before is None or at > before + LEAST_STEP
        if later and self.verifier(policy or Policy()).data_are_fresh(at):
            with self._swap:
                self._now = _Generation(_with_seen(self._now.data, at))

    def _stamp(self) -> tuple[int, int, int]:
        try:
            found = self._file.stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_ino, found.st_mtime_ns, found.st_size)


def _with_seen(data: TrustSet, at: datetime | None) -> TrustSet:
    """The same data, with the later of the two moments that the device has known."""
    if at is None or (data.seen is not None and at <= data.seen):
        return data
    return replace(data, seen=at)
