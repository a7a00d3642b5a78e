"""Publish the trust list, the status lists and the head of the registry's audit log.

::

    trust = store.trust_list(at)
    tokens = sign_lists(store, trust, revocations, passphrase, at)
    publish(folder, trust, tokens, Keyring.load(store.folder, passphrase), at)

What is signed is kept in the store first, `tuf/metadata/`, then written to the folder. So version
numbers never go back and none gets two contents, whichever folder is lost, and several folders (a
web server's and a USB stick's) carry one and the same repository.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tuf.api.serialization import DeserializationError

from statusqr_schema import PublicationFailed, TrustDataRefused, TrustListRefused

from ..files import locked, write_atomic
from ..trust import utc
from ..trust_list import TrustList
from . import documents, repository
from .audit_head import AuditHead, Heads, Restored
from .chain import MetadataSet, verify
from .data import assemble
from .layout import (
    AUDIT_HEAD,
    FOLDER,
    MAX_ROOT,
    MAX_SNAPSHOT,
    MAX_TARGETS,
    MAX_TIMESTAMP,
    ROLES,
    ROOT,
    SNAPSHOT,
    STATUS,
    TARGETS,
    TIMESTAMP,
    TRUST_LIST,
)
from .metadata import Metadata, Root, Signed, Snapshot, T, Targets, Timestamp
from .roles import Keyring

_ROOT_FILE = re.compile(r"([1-9][0-9]*)\.root\.json")


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published."""

    published: datetime
    versions: Mapping[str, int]  # by role
    changed: frozenset[str]  # roles with a new version; the timestamp always has one
    expires: Mapping[str, datetime]  # by role
    due: tuple[str, ...]  # roles that should be renewed but whose offline keys are not here
    root: bytes  # the newest root, to be given to verifiers


def publish(
    folder: Path,
    trust: TrustList,
    tokens: Mapping[str, bytes],
    ring: Keyring,
    at: datetime,
    *,
    head: AuditHead | None = None,
    restored: Restored | None = None,
) -> Publication:
    """Write the repository, or PublicationFailed: then the one before still stands.

    `head` where a registry is behind it. It never goes back, unless the registry was `restored`;
    nor is there none where there was one before.
    """
    kept = ring.folder / "metadata"
    try:
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(ring.folder):
            heads = Heads(ring.folder)
            contents = dict(tokens)
            if head is not None:
                head = heads.following(head, restored)
                contents[AUDIT_HEAD] = head.to_bytes()
            elif heads.last() is not None:
                raise PublicationFailed("публикуйте из реестра: statusqr-issuer publish")

            def note() -> None:
                if head is not None:
                    heads.keep(head, restored)

            return _publish(folder, trust, contents, ring, utc(at), kept, note)
    except OSError as error:
        raise PublicationFailed(f"публикация не записывается: {error.strerror}") from error


def expiries(store: Path) -> dict[str, datetime]:
    """When what was signed last expires, by role; empty before the first publication."""
    kept = store / FOLDER / "metadata"
    newest: list[tuple[str, Signed]] = [(ROOT, root.signed) for root in _roots(kept)[-1:]]
    for role in (TARGETS, STATUS):
        newest += [(role, last.signed) for last in [_load(kept / f"{role}.json", Targets)] if last]
    if snapshot := _load(kept / f"{SNAPSHOT}.json", Snapshot):
        newest.append((SNAPSHOT, snapshot.signed))
    if timestamp := _load(kept / f"{TIMESTAMP}.json", Timestamp):
        newest.append((TIMESTAMP, timestamp.signed))
    return {role: signed.expires for role, signed in newest}


def _publish(
    folder: Path,
    trust: TrustList,
    contents: Mapping[str, bytes],
    ring: Keyring,
    at: datetime,
    kept: Path,
    note: Callable[[], None],
) -> Publication:
    roots = _roots(kept)
    old_timestamp = _load(kept / f"{TIMESTAMP}.json", Timestamp)
    if old_timestamp and (before := _published(old_timestamp.signed)) > at.isoformat():
        raise PublicationFailed(f"часы отстают: прошлая публикация была {before}")

    root = documents.next_root(roots, ring, at)
    if root not in roots:
        roots = (*roots, root)
    document = _trust_list(kept / "trust-list.json", trust)
    old_targets = _load(kept / f"{TARGETS}.json", Targets)
    old_status = _load(kept / f"{STATUS}.json", Targets)
    old_snapshot = _load(kept / f"{SNAPSHOT}.json", Snapshot)
    targets = documents.next_targets(
        old_targets, root.signed, document, ring, at, audited=AUDIT_HEAD in contents
    )
    status = documents.next_status(old_status, targets.signed, contents, ring, at)
    snapshot = documents.next_snapshot(old_snapshot, root.signed, targets, status, ring, at)
    timestamp = documents.next_timestamp(old_timestamp, root.signed, snapshot, ring, at)

    newest: dict[str, Signed] = {
        ROOT: root.signed,
        TARGETS: targets.signed,
        STATUS: status.signed,
        SNAPSHOT: snapshot.signed,
        TIMESTAMP: timestamp.signed,
    }
    as_bytes = {
        ROOT: root.to_bytes(),
        TARGETS: targets.to_bytes(),
        STATUS: status.to_bytes(),
        SNAPSHOT: snapshot.to_bytes(),
        TIMESTAMP: timestamp.to_bytes(),
    }
    whole = MetadataSet(
        tuple(metadata.to_bytes() for metadata in roots),
        as_bytes[TIMESTAMP],
        as_bytes[SNAPSHOT],
        as_bytes[TARGETS],
        as_bytes[STATUS],
    )
    files = {TRUST_LIST: document, **contents}
    _check_as_client(whole, files)

    note()
    changed = set()
    _keep(kept / "trust-list.json", document)
    for role in ROLES:
        name = f"{root.signed.version}.root.json" if role == ROOT else f"{role}.json"
        if _keep(kept / name, as_bytes[role]):
            changed.add(role)
    versions = {role: signed.version for role, signed in newest.items()}
    repository.write(folder, repository.Contents.of(whole, versions, files), at)
    return Publication(
        published=at,
        versions=versions,
        changed=frozenset(changed),
        expires={role: signed.expires for role, signed in newest.items()},
        due=tuple(
            role
            for role, signed in newest.items()
            if role != TIMESTAMP and documents.is_due(signed, role, at)
        ),
        root=as_bytes[ROOT],
    )


def _check_as_client(whole: MetadataSet, files: Mapping[str, bytes]) -> None:
    """Nothing is published that a verifier would refuse, be it one with the very first root."""
    limits = (
        (whole.roots[-1], MAX_ROOT),
        (whole.timestamp, MAX_TIMESTAMP),
        (whole.snapshot, MAX_SNAPSHOT),
        (whole.targets, MAX_TARGETS),
        (whole.status, MAX_TARGETS),
    )
    if any(len(data) > limit for data, limit in limits):
        raise PublicationFailed("проверка перед публикацией: слишком много ключей или списков")
    try:
        data = assemble(verify(whole.roots[0], whole), files)
    except TrustDataRefused as error:
        raise PublicationFailed(f"проверка перед публикацией: {error.message}") from error
    if data.problems:
        raise PublicationFailed(f"проверка перед публикацией: {data.problems[0]}")


def _trust_list(kept: Path, trust: TrustList) -> bytes:
    """The document of the list; the last one where nothing but its moment has changed."""
    try:
        data = kept.read_bytes()
        if TrustList.parse(data.decode("utf-8")).issuers == trust.issuers:
            return data
    except (FileNotFoundError, UnicodeDecodeError, TrustListRefused):
        pass
    return (json.dumps(trust.to_json(), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _published(timestamp: Timestamp) -> str:
    """As `isoformat` of a moment in UTC writes it, so that texts compare like moments."""
    return str(timestamp.unrecognized_fields.get("published", "")).replace("Z", "+00:00")


def _roots(kept: Path) -> tuple[Metadata[Root], ...]:
    versions = sorted(
        int(match[1]) for path in kept.glob("*") if (match := _ROOT_FILE.fullmatch(path.name))
    )
    if versions != list(range(1, len(versions) + 1)):
        raise PublicationFailed("в хранилище не хватает прежних корней: папка tuf/metadata")
    roots = [_load(kept / f"{version}.root.json", Root) for version in versions]
    return tuple(root for root in roots if root is not None)


def _load(path: Path, kind: type[T]) -> Metadata[T] | None:
    try:
        metadata = Metadata[T].from_bytes(path.read_bytes())
    except FileNotFoundError:
        return None
    except DeserializationError as error:
        raise PublicationFailed(f"файл tuf/metadata/{path.name} хранилища повреждён") from error
    if not isinstance(metadata.signed, kind):
        raise PublicationFailed(f"файл tuf/metadata/{path.name} хранилища подменён")
    return metadata


def _keep(path: Path, data: bytes) -> bool:
    """Whether it is new."""
    if path.exists() and path.read_bytes() == data:
        return False
    write_atomic(path, data, 0o600)
    return True
