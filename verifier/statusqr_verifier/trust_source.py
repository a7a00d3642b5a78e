"""Where a verifier's trust data come from: a pinned file, or a cache that `sync` keeps.

The cache is verified again from its pinned root each time it is loaded, without the network. The
libraries that this needs (the extra `sync`) are loaded only where there is a cache.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from statusqr_keys import TrustList
from statusqr_keys.files import write_atomic
from statusqr_schema import StatusQRError, SyncFailed, TrustDataRefused
from statusqr_schema.days import LAST_INSTANT

from .check import Verifier
from .policy import Policy
from .revocation import StatusLists

if TYPE_CHECKING:
    from statusqr_keys.distribution.data import TrustData

ROOT = "root.json"  # in the cache: the root that was pinned when it was made
SEEN = "seen"  # in the cache: the latest moment that this device has known, in epoch seconds
SOURCE = "source"  # in the cache: where it was last brought up to date from
_MAX_ROOT = 2**20  # bytes
_SCHEMES = frozenset({"http", "https", "file"})  # of URLs; any other source is a folder
LEAST_STEP = timedelta(seconds=60)  # spares the disk a write for each code
Progress = Callable[[int, int], None]


class MissingSync(StatusQRError):
    """The libraries of the extra `sync` are not installed."""

    code = "EXTRA"

    def __init__(self) -> None:
        super().__init__("не установлено: tuf; в папке проекта: pip install '.[sync]'")


@dataclass(frozen=True, slots=True)
class TrustSet:
    """One consistent set of trust data; a pinned list has neither a date nor status lists."""

    trust: TrustList
    published: datetime | None = None
    lists: StatusLists | None = None
    seen: datetime | None = None

    def verifier(self, policy: Policy) -> Verifier:
        """A verifier with these data under the policy of a place."""
        return Verifier(
            self.trust,
            policy,
            published=self.published,
            status_lists=self.lists,
            seen=self.seen,
        )


def pinned_set(trust_list: Path) -> TrustSet:
    """A trust list as a file, or TrustListRefused: revocation is not known."""
    return TrustSet(TrustList.load(trust_list))


def cached_set(cache: Path) -> TrustSet:
    """The data kept in `cache`, however old, or TrustDataRefused."""
    try:
        from statusqr_keys.distribution.offline import load
    except ImportError as error:
        raise MissingSync from error
    data = load(cache, _read_root(cache / ROOT))
    return TrustSet(data.trust, data.published, data.lists, _seen(cache / SEEN))


def pinned(trust_list: Path, policy: Policy) -> Verifier:
    """A verifier with a trust list as a file, or TrustListRefused."""
    return pinned_set(trust_list).verifier(policy)


def cached(cache: Path, policy: Policy) -> Verifier:
    """A verifier with the data kept in `cache`, however old, or TrustDataRefused."""
    return cached_set(cache).verifier(policy)


def remember(cache: Path, at: datetime, verifier: Verifier) -> None:
    """Note that `at` has passed, so that a clock set back later does not make old data look fresh.

    Only while the trust data are not too old: a clock that once ran years ahead must not keep a
    checkpoint closed, for 72 hours at most. Where the cache cannot be written nothing is noted.
    """
    before = _seen(cache / SEEN)
    later = before is None or at > before + LEAST_STEP
    if later and verifier.data_are_fresh(at):
        with suppress(OSError):
            write_atomic(cache / SEEN, f"{int(at.timestamp())}\n".encode())


def _seen(path: Path) -> datetime | None:
    """The moment that was noted; None where there is none, or nothing that could be one."""
    try:
        seconds = int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return datetime.fromtimestamp(seconds, UTC) if 0 <= seconds <= LAST_INSTANT else None


def synchronise(
    source: str, root: Path | None, cache: Path, at: datetime, progress: Progress | None = None
) -> "TrustData":
    """Bring `cache` up to date from a URL or a folder; SyncFailed where that cannot be done.

    `root` is needed the first time and then kept; later it replaces the one that was kept. The
    source is kept for `last_source`, a folder by its whole path: it holds from any other folder.
    """
    try:
        from statusqr_keys.distribution.client import sync
    except ImportError as error:
        raise MissingSync from error
    pinned_root = _read_root(root or cache / ROOT)
    data = sync(source, pinned_root, cache, at, progress=progress)
    try:
        if root is not None:
            write_atomic(cache / ROOT, pinned_root)
        lasting = source if urlsplit(source).scheme in _SCHEMES else str(Path(source).absolute())
        if lasting != last_source(cache):
            write_atomic(cache / SOURCE, f"{lasting}\n".encode())
    except OSError as error:
        message = f"корень доверия не сохраняется: {error.strerror}"
        raise SyncFailed(message, code="SYNC_CACHE") from error
    return data


def last_source(cache: Path) -> str | None:
    """Where `cache` was last brought up to date from; None where that is not noted."""
    try:
        return (cache / SOURCE).read_text(encoding="utf-8").strip()[:2000] or None
    except (OSError, ValueError):
        return None


def _read_root(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_ROOT + 1)
    except OSError as error:
        message = f"корень доверия не читается ({error.strerror}): укажите --root root.json"
        raise TrustDataRefused(message) from error
    if len(data) > _MAX_ROOT:
        raise TrustDataRefused("корень доверия слишком велик")
    return data
