"""The metadata of the next publication, made from those of the last one.

A version number is used for one content only, and grows by one. What has not changed, is signed by
all the keys that count and is not due keeps its version.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from tuf.api.exceptions import UnsignedMetadataError

from statusqr_schema import PublicationFailed

from ..trust_json import moment_out
from .layout import (
    AUDIT_HEAD,
    OFFLINE,
    PUBLISHED,
    ROOT,
    SNAPSHOT,
    STATUS,
    STATUS_PATHS,
    TARGETS,
    TERMS,
    TIMESTAMP,
    TRUST_LIST,
)
from .metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Role,
    Root,
    Signed,
    Snapshot,
    T,
    TargetFile,
    Targets,
    Timestamp,
)
from .roles import Keyring


def next_root(roots: tuple[Metadata[Root], ...], ring: Keyring, at: datetime) -> Metadata[Root]:
    """The newest root if it stands, else the one that follows it (§4.3, §6.1).

    It is signed by the keys of the root before and by its own.
    """
    wanted = {
        role: Role([key.keyid for key in ring.public(role)], ring.roles[role].threshold)
        for role in (ROOT, TARGETS, SNAPSHOT, TIMESTAMP)
    }
    last = roots[-1] if roots else None
    same = last is not None and last.signed.roles == wanted
    if last and same and not _renew(last.signed, ROOT, ring, at):
        return last
    made = Root(
        version=_after(last),
        expires=_expires(ROOT, at),
        keys={key.keyid: key for role in wanted for key in ring.public(role)},
        roles=wanted,
        consistent_snapshot=True,
    )
    metadata = _signed(made, ring, ROOT)
    try:
        for root in (last.signed if last else made, made):
            root.verify_delegate(ROOT, metadata.signed_bytes, metadata.signatures)
    except UnsignedMetadataError as error:
        raise _missing(ROOT) from error
    return metadata


def next_targets(
    last: Metadata[Targets] | None,
    root: Root,
    trust_list: bytes,
    ring: Keyring,
    at: datetime,
    *,
    audited: bool = False,
) -> Metadata[Targets]:
    """The trust list, and the delegation of status lists to online keys (§4.5).

    `audited`: of the audit head too, for good. The offline keys are needed for that, so without a
    head to be published nothing changes.
    """
    keys = ring.public(STATUS)
    audited = audited or (last is not None and _delegates_head(last.signed))
    delegated = DelegatedRole(
        STATUS,
        [key.keyid for key in keys],
        ring.roles[STATUS].threshold,
        terminating=True,
        paths=[STATUS_PATHS, AUDIT_HEAD] if audited else [STATUS_PATHS],
    )
    delegations = Delegations({key.keyid: key for key in keys}, {STATUS: delegated})
    made = Targets(
        version=_after(last),
        expires=_expires(TARGETS, at),
        targets={TRUST_LIST: TargetFile.from_data(TRUST_LIST, trust_list, ["sha256"])},
        delegations=delegations,
    )
    same = last is not None and _same(last.signed, made) and _holds(last, root, TARGETS)
    if last and same and not _renew(last.signed, TARGETS, ring, at):
        return last
    return _verified(_signed(made, ring, TARGETS), root, TARGETS)


def next_status(
    last: Metadata[Targets] | None,
    targets: Targets,
    contents: Mapping[str, bytes],
    ring: Keyring,
    at: datetime,
) -> Metadata[Targets]:
    """The status lists, and the audit head where there is one: by target path."""
    files = {
        path: TargetFile.from_data(path, content, ["sha256"])
        for path, content in sorted(contents.items())
    }
    made = Targets(version=_after(last), expires=_expires(STATUS, at), targets=files)
    same = last is not None and _same(last.signed, made) and _holds(last, targets, STATUS)
    if last and same and not _renew(last.signed, STATUS, ring, at):
        return last
    return _verified(_signed(made, ring, STATUS), targets, STATUS)


def next_snapshot(
    last: Metadata[Snapshot] | None,
    root: Root,
    targets: Metadata[Targets],
    status: Metadata[Targets],
    ring: Keyring,
    at: datetime,
) -> Metadata[Snapshot]:
    """The versions that belong together (§4.4), with lengths and hashes."""
    made = Snapshot(
        version=_after(last),
        expires=_expires(SNAPSHOT, at),
        meta={f"{TARGETS}.json": _meta(targets), f"{STATUS}.json": _meta(status)},
    )
    same = last is not None and last.signed.meta == made.meta and _holds(last, root, SNAPSHOT)
    if last and same and not _renew(last.signed, SNAPSHOT, ring, at):
        return last
    return _verified(_signed(made, ring, SNAPSHOT), root, SNAPSHOT)


def next_timestamp(
    last: Metadata[Timestamp] | None,
    root: Root,
    snapshot: Metadata[Snapshot],
    ring: Keyring,
    at: datetime,
) -> Metadata[Timestamp]:
    """The newest snapshot (§4.6) and the moment of publication, always a new version."""
    made = Timestamp(
        version=_after(last),
        expires=_expires(TIMESTAMP, at),
        snapshot_meta=_meta(snapshot),
        unrecognized_fields={PUBLISHED: moment_out(at)},
    )
    return _verified(_signed(made, ring, TIMESTAMP), root, TIMESTAMP)


def is_due(signed: Signed, role: str, at: datetime) -> bool:
    """Whether metadata should be signed again."""
    return at >= signed.expires - TERMS[role].renewed_before


def _renew(signed: Signed, role: str, ring: Keyring, at: datetime) -> bool:
    """What is due is renewed; with offline keys that are not here only when it cannot wait."""
    if role in OFFLINE and not ring.can_sign(role):
        return signed.expires <= at + TERMS[TIMESTAMP].lifetime
    return is_due(signed, role, at)


def _same(last: Targets, made: Targets) -> bool:
    return last.targets == made.targets and last.delegations == made.delegations


def _delegates_head(targets: Targets) -> bool:
    role = targets.get_delegated_role(STATUS)
    return isinstance(role, DelegatedRole) and role.is_delegated_path(AUDIT_HEAD)


def _holds(last: Metadata[T], delegator: Root | Targets, role: str) -> bool:
    try:
        delegator.verify_delegate(role, last.signed_bytes, last.signatures)
    except UnsignedMetadataError:
        return False
    return True


def _verified(metadata: Metadata[T], delegator: Root | Targets, role: str) -> Metadata[T]:
    if not _holds(metadata, delegator, role):
        raise _missing(role)
    return metadata


def _signed(made: T, ring: Keyring, role: str) -> Metadata[T]:
    metadata = Metadata(made)
    for signer in ring.signers(role):
        metadata.sign(signer, append=True)
    return metadata


def _missing(role: str) -> PublicationFailed:
    return PublicationFailed(
        f"нужны закрытые ключи роли {role}: верните их файлы .pem в папку tuf хранилища"
    )


def _meta(metadata: Metadata[T]) -> MetaFile:
    return MetaFile.from_data(metadata.signed.version, metadata.to_bytes(), ["sha256"])


def _after(last: Metadata[T] | None) -> int:
    return last.signed.version + 1 if last else 1


def _expires(role: str, at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0) + TERMS[role].lifetime
