"""The chain from a pinned root to the files, verified from bytes: no file, network or clock.

The steps are those of the client workflow (§5.3 to §5.6), without the ones that need a clock:
expiry only bounds what may be fetched (`layout`). Rollback is refused where there is something
older to compare with, which is when data are fetched (`client`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from tuf.api.exceptions import RepositoryError

from statusqr_schema import TrustDataRefused, TrustListRefused

from ..trust_json import parse_moment
from .layout import (
    AUDIT_HEAD,
    MAX_FILES,
    MAX_TOTAL,
    PUBLISHED,
    ROOT,
    SNAPSHOT,
    STATUS,
    TARGETS,
    TIMESTAMP,
    TRUST_LIST,
    longest,
    parse_status_path,
)
from .metadata import DelegatedRole, Metadata, Root, Snapshot, T, TargetFile, Targets, Timestamp

# What python-tuf lets through for metadata of a wrong shape, besides its own errors.
WRONG_SHAPE = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)


@dataclass(frozen=True, slots=True)
class MetadataSet:
    """The metadata files of one consistent snapshot (§6.2), as bytes; roots in any order."""

    roots: tuple[bytes, ...]
    timestamp: bytes
    snapshot: bytes
    targets: bytes
    status: bytes


@dataclass(frozen=True, slots=True)
class Chain:
    """What a verified set says."""

    published: datetime
    root_version: int
    timestamp_version: int
    files: Mapping[str, TargetFile]  # by target path: trust list, status lists, audit head
    problems: tuple[str, ...]


def verify(pinned: bytes, files: MetadataSet) -> Chain:
    """The chain under the pinned root, or TrustDataRefused."""
    try:
        return _verify(pinned, files)
    except RepositoryError as error:
        raise TrustDataRefused(f"данные доверия не проходят проверку: {error}") from error
    except WRONG_SHAPE as error:
        raise TrustDataRefused("данные доверия не проходят проверку: иная структура") from error


def _verify(pinned: bytes, files: MetadataSet) -> Chain:
    root = _newest_root(pinned, files.roots)

    # §5.4.2: the timestamp is signed under the newest root.
    timestamp_file = _read(files.timestamp, Timestamp)
    root.verify_delegate(TIMESTAMP, timestamp_file.signed_bytes, timestamp_file.signatures)
    timestamp = timestamp_file.signed

    # §5.5.2, §5.5.3, §5.5.4: length, hashes, signatures and version of the snapshot.
    timestamp.snapshot_meta.verify_length_and_hashes(files.snapshot)
    snapshot_file = _read(files.snapshot, Snapshot)
    root.verify_delegate(SNAPSHOT, snapshot_file.signed_bytes, snapshot_file.signatures)
    snapshot = snapshot_file.signed
    _same_version(SNAPSHOT, snapshot.version, timestamp.snapshot_meta.version)

    # §5.6.2 to §5.6.4: the same for targets.
    targets_file = _read(files.targets, Targets)
    snapshot.meta[f"{TARGETS}.json"].verify_length_and_hashes(files.targets)
    root.verify_delegate(TARGETS, targets_file.signed_bytes, targets_file.signatures)
    targets = targets_file.signed
    _same_version(TARGETS, targets.version, snapshot.meta[f"{TARGETS}.json"].version)

    # §5.6.7: the delegated role is signed by the keys that targets names for it.
    status_file = _read(files.status, Targets)
    snapshot.meta[f"{STATUS}.json"].verify_length_and_hashes(files.status)
    targets.verify_delegate(STATUS, status_file.signed_bytes, status_file.signatures)
    status = status_file.signed
    _same_version(STATUS, status.version, snapshot.meta[f"{STATUS}.json"].version)

    found, problems = _files(targets, status)
    return Chain(
        published=_published(timestamp),
        root_version=root.version,
        timestamp_version=timestamp.version,
        files=MappingProxyType(found),
        problems=tuple(problems),
    )


def _newest_root(pinned: bytes, roots: Iterable[bytes]) -> Root:
    """§5.3: from the pinned root, version by version, each signed by the one before and itself."""
    first = _read(pinned, Root)
    first.signed.verify_delegate(ROOT, first.signed_bytes, first.signatures)
    root = first.signed
    others = sorted((_read(data, Root) for data in roots), key=lambda other: other.signed.version)
    for other in others:
        if other.signed.version <= first.signed.version:
            continue  # older than the pinned one, or the same: says nothing
        _same_version(ROOT, other.signed.version, root.version + 1)  # §5.3.5
        root.verify_delegate(ROOT, other.signed_bytes, other.signatures)  # §5.3.4
        other.signed.verify_delegate(ROOT, other.signed_bytes, other.signatures)
        root = other.signed
    return root


def _files(targets: Targets, status: Targets) -> tuple[dict[str, TargetFile], list[str]]:
    """The trust list from targets alone; the others from the role that may sign such paths."""
    found = {TRUST_LIST: targets.targets[TRUST_LIST]}
    delegated = targets.get_delegated_role(STATUS)
    if not isinstance(delegated, DelegatedRole):
        raise TypeError("delegated otherwise than by paths")
    problems = []
    for path, file in status.targets.items():
        known = path == AUDIT_HEAD or parse_status_path(path) is not None
        if not known or not delegated.is_delegated_path(path):
            problems.append("среди списков отзыва файл с другим именем")
        else:
            found[path] = file
    if len(found) > MAX_FILES or sum(file.length for file in found.values()) > MAX_TOTAL:
        raise ValueError("too much")
    for path in [path for path, file in found.items() if not _is_plain(path, file)]:
        if path == TRUST_LIST:
            raise ValueError("too long, or without a hash that we know")
        what = "файл" if path == AUDIT_HEAD else "список отзыва"
        problems.append(f"{path}: {what} слишком велик или назван без SHA-256")
        del found[path]
    return found, problems


def _is_plain(path: str, file: TargetFile) -> bool:
    return file.length <= longest(path) and "sha256" in file.hashes


def _published(timestamp: Timestamp) -> datetime:
    try:
        return parse_moment(timestamp.unrecognized_fields.get(PUBLISHED), PUBLISHED)
    except TrustListRefused as error:
        raise ValueError("no moment of publication") from error


def _read(data: bytes, kind: type[T]) -> Metadata[T]:
    metadata = Metadata[T].from_bytes(data)
    if not isinstance(metadata.signed, kind):
        raise ValueError("metadata of another role")
    return metadata


def _same_version(role: str, version: int, expected: int) -> None:
    if version != expected:
        raise ValueError(f"{role}: a version that was not named")
