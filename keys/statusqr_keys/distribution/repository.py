"""The published folder: static files that any web server, CDN or USB stick carries.

Every file but timestamp.json and root.json has its version or hash in its name (§6.2), so writing
one never disturbs a reader. The timestamp is renamed into place when all that it leads to is there,
and the root that names new keys comes after it: the new metadata are signed by the old keys also
(see `roles`), so they hold under both roots. A crash between any two steps leaves a repository
that clients accept; the next publication completes it.

What the current set does not need is removed a day after that was first so, not sooner: a client
that began with an earlier timestamp, or sits behind a cache of the web, still finds its files.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from statusqr_schema import PublicationFailed
from statusqr_schema.strict_json import loads

from ..files import locked, write_atomic
from .chain import MetadataSet
from .layout import TIMESTAMP

KEPT_FOR = timedelta(days=1)
SUPERSEDED = ".superseded.json"  # since when which file is not needed

_ROOT_FILE = re.compile(r"([1-9][0-9]*)\.root\.json")
# Only names that we give are ever removed; the third alternative is what a crash left behind.
_OURS = re.compile(
    r"metadata/[1-9][0-9]*\.[a-z]+\.json|targets/(?:trust|audit|status/[^/]+)/[0-9a-f]{64}\.[^/]+"
    r"|(?:[^/]+/)*\.[^/]+\.(?:json|cwt)\.[^./]{8}"
)


@dataclass(frozen=True, slots=True)
class Contents:
    """All files of a publication, by name below the folder."""

    versioned: Mapping[str, bytes]
    timestamp: bytes
    roots: Mapping[str, bytes]
    newest_root: bytes

    @classmethod
    def of(
        cls,
        metadata: MetadataSet,
        versions: Mapping[str, int],
        files: Mapping[str, bytes],
    ) -> "Contents":
        """`versions` by role; the roots of `metadata` are versions 1, 2, 3 …"""
        named = {hashed_name(path, data): data for path, data in files.items()}
        for role in ("targets", "status", "snapshot"):
            named[f"metadata/{versions[role]}.{role}.json"] = getattr(metadata, role)
        roots = {f"metadata/{n}.root.json": data for n, data in enumerate(metadata.roots, 1)}
        return cls(named, metadata.timestamp, roots, metadata.roots[-1])


def hashed_name(path: str, data: bytes) -> str:
    """The name of a target with its hash in it (§6.2)."""
    folder, _, name = path.rpartition("/")
    return f"targets/{folder}/{hashlib.sha256(data).hexdigest()}.{name}"


def write(folder: Path, contents: Contents, at: datetime) -> None:
    """Publish, or PublicationFailed; until the timestamp is replaced readers see what was there."""
    with _writing(folder):
        for name, data in contents.versioned.items():
            _put(folder / name, data)
        first = not (folder / "metadata" / "1.root.json").exists()
        if first:  # nothing of a first publication is found before its timestamp is
            _put_roots(folder, contents)
        _put(folder / "metadata" / f"{TIMESTAMP}.json", contents.timestamp)
        _put_roots(folder, contents)
        _prune(folder, contents, at)


def _put_roots(folder: Path, contents: Contents) -> None:
    for name, data in contents.roots.items():
        _put(folder / name, data)
    _put(folder / "root.json", contents.newest_root)


def _prune(folder: Path, contents: Contents, at: datetime) -> None:
    needed = {*contents.versioned, *contents.roots}
    since: dict[str, float] = {}
    now = at.timestamp()
    noted = _noted(folder)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in needed or not _OURS.fullmatch(name) or _ROOT_FILE.fullmatch(path.name):
            continue
        since[name] = min(noted.get(name, now), now)
        if now - since[name] >= KEPT_FOR.total_seconds():
            path.unlink(missing_ok=True)
            del since[name]
    if since != noted:
        write_atomic(folder / SUPERSEDED, (json.dumps(since, indent=1) + "\n").encode("utf-8"))


def _noted(folder: Path) -> dict[str, float]:
    try:
        noted = loads((folder / SUPERSEDED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # then the day is counted anew
    if not isinstance(noted, dict):
        return {}
    return {name: float(when) for name, when in noted.items() if isinstance(when, int | float)}


def _put(path: Path, data: bytes) -> None:
    try:
        if path.read_bytes() == data:
            return
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, data)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            yield
    except OSError as error:
        raise PublicationFailed(
            f"публикация не записывается: {error.strerror}; у проверяющих остаётся прежняя"
        ) from error
