"""The verifier's cache: one whole set of trust data, and what python-tuf remembers.

::

    metadata/          python-tuf's own: root_history/, timestamp.json … may be ahead of the set
    objects/<sha256>   files by what is in them, metadata and targets alike
    current.json       names the objects of the last whole set; replaced at once, so that a reader
                       without a lock finds the old set or the new

What no set of now or before names is removed. A download that was cut off is resumed with the
objects that had arrived.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from statusqr_schema import TrustDataRefused
from statusqr_schema.strict_json import loads

from ..files import write_atomic
from .chain import MetadataSet

MANIFEST = "current.json"
_READS = 3  # a reader may meet the removal of objects two synchronisations later
_DAMAGED = "данные доверия повреждены: обновите их командой sync"
_PARTS = ("timestamp", "snapshot", "targets", "status")


@dataclass(frozen=True, slots=True)
class CachedSet:
    """A whole set as bytes: metadata, its files by target path, and the lists held besides."""

    metadata: MetadataSet
    files: Mapping[str, bytes]
    held: Mapping[str, bytes]


class Cache:
    """The cache in one folder. Writers hold a lock (see `client`), readers need none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.metadata = folder / "metadata"
        self.objects = folder / "objects"

    def create(self) -> None:
        """Make the folders that are missing."""
        self.metadata.mkdir(parents=True, exist_ok=True)
        self.objects.mkdir(exist_ok=True)

    def sweep(self) -> None:
        """Remove what was being written when a process was killed. Under the lock only."""
        for left in (*self.metadata.glob("tmp*"), *self.metadata.glob(".*.json.*")):
            left.unlink(missing_ok=True)
        for left in (*self.folder.glob(f".{MANIFEST}.*"), *self.objects.glob(".*")):
            left.unlink(missing_ok=True)

    def object_path(self, digest: str) -> Path:
        """Where the object with this SHA-256 in hex is."""
        return self.objects / digest

    def find(self, digest: str) -> bytes | None:
        """An object that is there and undamaged."""
        try:
            data = self.object_path(digest).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    def keep(self, data: bytes) -> str:
        """Keep an object; its digest."""
        digest = hashlib.sha256(data).hexdigest()
        if self.find(digest) is None:
            write_atomic(self.object_path(digest), data)
        return digest

    def current(self) -> CachedSet:
        """The last whole set, or TrustDataRefused."""
        for _ in range(_READS):
            names = self._manifest()
            objects = {digest: self.find(digest) for digest in _digests(names)}
            if None not in objects.values():
                break
            if names == self._manifest():
                raise TrustDataRefused(_DAMAGED)
        found = {digest: data for digest, data in objects.items() if data is not None}
        try:
            return _cached_set(names, found)
        except (KeyError, TypeError) as error:
            raise TrustDataRefused(_DAMAGED) from error

    def replace(self, new: CachedSet) -> None:
        """Make `new` the current set; then remove what neither it nor the one before names."""
        try:
            before = set(_digests(self._manifest()))
        except TrustDataRefused:
            before = set()
        parts = {part: self.keep(getattr(new.metadata, part)) for part in _PARTS}
        names: dict[str, object] = {
            "roots": [self.keep(root) for root in new.metadata.roots],
            **parts,
            "files": {path: self.keep(data) for path, data in new.files.items()},
            "held": {path: self.keep(data) for path, data in new.held.items()},
        }
        write_atomic(self.folder / MANIFEST, (json.dumps(names, indent=1) + "\n").encode("utf-8"))
        needed = before | set(_digests(names))
        for path in self.objects.iterdir():
            if path.name not in needed:
                path.unlink(missing_ok=True)

    def restore_memory(self) -> None:
        """Give python-tuf back what it had verified, where a power cut left it without."""
        with suppress(TrustDataRefused):
            current = self.current().metadata
            for part in _PARTS:
                path = self.metadata / f"{part}.json"
                try:
                    loads(path.read_text(encoding="utf-8"))
                except (OSError, ValueError):
                    write_atomic(path, getattr(current, part))

    def _manifest(self) -> dict[str, object]:
        try:
            names = loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise TrustDataRefused("данных доверия ещё нет: получите их командой sync") from error
        except (OSError, ValueError) as error:
            raise TrustDataRefused(_DAMAGED) from error
        if not isinstance(names, dict):
            raise TrustDataRefused(_DAMAGED)
        return dict(names)


def _digests(names: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for value in names.values():
        match value:
            case str():
                found.append(value)
            case list():
                found += [item for item in value if isinstance(item, str)]
            case dict():
                found += [item for item in value.values() if isinstance(item, str)]
            case _:
                pass
    return [digest for digest in found if len(digest) == 64 and digest.isalnum()]


def _cached_set(names: Mapping[str, object], objects: Mapping[str, bytes]) -> CachedSet:
    def one(name: object) -> bytes:
        return objects[name]  # type: ignore[index]

    def many(value: object) -> dict[str, bytes]:
        if not isinstance(value, dict):
            raise TypeError("not an object of names")
        return {path: one(digest) for path, digest in value.items()}

    roots = names["roots"]
    if not isinstance(roots, list):
        raise TypeError("not a list of roots")
    metadata = MetadataSet(tuple(map(one, roots)), *(one(names[part]) for part in _PARTS))
    return CachedSet(metadata, many(names["files"]), many(names["held"]))
