"""Bring a verifier's trust data up to date: from a web server, or from a folder.

1. Take the lock of the cache; give python-tuf back what it had verified, if that was lost.
2. The client workflow of the specification (§5.3 to §5.6) by python-tuf, from the pinned root:
   new roots, timestamp, snapshot, targets, and the delegated role of the status lists.
3. The same set verified again by `chain`, which also names the files.
4. Fetch the files that the cache has not, each checked for length and hashes (§5.7). What arrived
   stays when the rest does not: the next run resumes.
5. Put the trust data together, and make the whole set the current one in a single step.

Until step 5 the verifier goes on with the set that it has. One list that is missing or refused does
not hold up the others: it is named in `problems`, and the version held so far is used.

python-tuf reads the clock itself, once, when the Updater is made, and offers no argument for it;
`at` is set in its place, in a private attribute, and a test says whether it still counts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    SlowRetrievalError,
)
from tuf.ngclient.config import UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.updater import Updater

from statusqr_schema import SyncFailed, TrustDataRefused

from ..files import locked
from .cache import Cache, CachedSet
from .chain import WRONG_SHAPE, Chain, MetadataSet, verify
from .data import TrustData, assemble
from .fetch import FolderFetcher, HttpFetcher, Timeouts, folder_url
from .layout import (
    MAX_ROOT,
    MAX_ROTATIONS,
    MAX_SNAPSHOT,
    MAX_TARGETS,
    MAX_TIMESTAMP,
    SNAPSHOT,
    STATUS,
    TARGETS,
    TIMESTAMP,
    TRUST_LIST,
)
from .metadata import TargetFile

Progress = Callable[[int, int], None]  # files done, files in all

_PROBE = "status/0/0.cwt"  # any name that is delegated: asking for it loads the role
_TRIES = 2  # the second finds whole what a publication was changing under the first

_CONFIG = UpdaterConfig(
    max_root_rotations=MAX_ROTATIONS,
    max_delegations=2,
    root_max_length=MAX_ROOT,
    timestamp_max_length=MAX_TIMESTAMP,
    snapshot_max_length=MAX_SNAPSHOT,
    targets_max_length=MAX_TARGETS,
)


def sync(
    source: str | Path,
    root: bytes,
    cache: Path,
    at: datetime,
    *,
    progress: Progress | None = None,
    timeouts: Timeouts | None = None,
) -> TrustData:
    """The newest trust data that `source` (a URL or a folder) has under the pinned root.

    SyncFailed says why there are none; what was kept before is untouched.
    """
    kept = Cache(cache)
    try:
        kept.create()
        with locked(cache), _fetcher(source, timeouts) as (base, fetcher):
            kept.sweep()
            kept.restore_memory()
            for left in reversed(range(_TRIES)):
                try:
                    return _sync(base, fetcher, root, kept, at, progress)
                except (RepositoryError, DownloadHTTPError, TrustDataRefused):
                    if not left:
                        raise
            raise AssertionError("unreachable")
    except TrustDataRefused as error:
        raise SyncFailed(error.message, code="SYNC_REFUSED") from error
    except (RepositoryError, DownloadError) as error:
        raise _failure(error) from error
    except WRONG_SHAPE as error:
        raise SyncFailed("данные доверия имеют иную структуру", code="SYNC_REFUSED") from error
    except OSError as error:
        message = f"данные доверия не сохраняются: {error.strerror}"
        raise SyncFailed(message, code="SYNC_CACHE") from error


def _sync(
    base: str,
    fetcher: FetcherInterface,
    root: bytes,
    cache: Cache,
    at: datetime,
    progress: Progress | None,
) -> TrustData:
    updater = Updater(
        str(cache.metadata),
        f"{base}/metadata/",
        target_base_url=f"{base}/targets/",
        fetcher=fetcher,
        config=_CONFIG,
        bootstrap=root,
    )
    updater._trusted_set.reference_time = at.astimezone(UTC)
    updater.refresh()
    updater.get_targetinfo(_PROBE)

    metadata = _metadata(cache.metadata)
    chain = verify(root, metadata)
    files = _fetch_files(base, fetcher, chain, cache, progress)
    try:
        held = dict(cache.current().held)
    except TrustDataRefused:
        held = {}  # the first synchronisation, or a damaged cache
    data = assemble(chain, files, held)
    cache.replace(CachedSet(metadata, files, data.tokens))
    return data


def _metadata(folder: Path) -> MetadataSet:
    """What python-tuf has just verified and written."""

    def read(name: str) -> bytes:
        return (folder / f"{name}.json").read_bytes()

    # root.json is a link to the root that python-tuf ended with. What lies beyond in the history is
    # of another chain: this cache once had another pinned root.
    history = folder / "root_history"
    newest = int((folder / "root.json").resolve().name.partition(".")[0])
    named = [(history / f"{version}.root.json") for version in range(1, newest + 1)]
    roots = tuple(path.read_bytes() for path in named if path.exists())
    return MetadataSet(roots, *(read(name) for name in (TIMESTAMP, SNAPSHOT, TARGETS, STATUS)))


def _fetch_files(
    base: str, fetcher: FetcherInterface, chain: Chain, cache: Cache, progress: Progress | None
) -> dict[str, bytes]:
    """The files of the chain, as far as they are to be had; the trust list in any case."""
    files: dict[str, bytes] = {}
    for done, (path, info) in enumerate(chain.files.items()):
        if progress:
            progress(done, len(chain.files))
        found = cache.find(info.hashes["sha256"])
        try:
            files[path] = found if found is not None else _fetch(base, fetcher, path, info)
        except (DownloadHTTPError, DownloadLengthMismatchError, LengthOrHashMismatchError):
            if path == TRUST_LIST:
                raise
            continue  # `assemble` names it
        cache.keep(files[path])
    if progress:
        progress(len(chain.files), len(chain.files))
    return files


def _fetch(base: str, fetcher: FetcherInterface, path: str, info: TargetFile) -> bytes:
    """§5.7.3: under the name with its hash, up to the length named, and exactly that file."""
    folder, _, name = path.rpartition("/")
    url = f"{base}/targets/{folder}/{info.hashes['sha256']}.{name}"
    data = fetcher.download_bytes(url, info.length)
    info.verify_length_and_hashes(data)
    return data


@contextmanager
def _fetcher(
    source: str | Path, timeouts: Timeouts | None
) -> Iterator[tuple[str, FetcherInterface]]:
    """The base address and what reads it."""
    scheme = urlsplit(source).scheme.lower() if isinstance(source, str) else ""
    if scheme in ("http", "https"):
        with HttpFetcher(timeouts) as fetcher:
            yield str(source).rstrip("/"), fetcher
    elif scheme == "file":
        yield str(source).rstrip("/"), FolderFetcher()
    else:
        yield folder_url(Path(source)), FolderFetcher()


def _failure(error: RepositoryError | DownloadError) -> SyncFailed:
    match error:
        case DownloadHTTPError():
            return SyncFailed("там нет данных доверия: проверьте адрес", code="SYNC_UNREACHABLE")
        case SlowRetrievalError():
            return SyncFailed("данные доверия идут слишком медленно", code="SYNC_SLOW")
        case DownloadLengthMismatchError():
            return SyncFailed("файл длиннее, чем может быть", code="SYNC_REFUSED")
        case DownloadError():
            return SyncFailed("источник данных доверия недоступен", code="SYNC_UNREACHABLE")
        case ExpiredMetadataError():
            return SyncFailed(
                "данные доверия просрочены: их давно не публиковали, источник подсовывает старые"
                " или часы этого устройства спешат",
                code="SYNC_EXPIRED",
            )
        case BadVersionNumberError():
            return SyncFailed("данные доверия старее уже полученных", code="SYNC_ROLLBACK")
        case _:
            return SyncFailed("данные доверия не проходят проверку", code="SYNC_REFUSED")
