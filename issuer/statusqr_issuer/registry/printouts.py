"""Printed codes that citizens took from their account: whose, of which status, until when.

A row is written before the code is signed: a code without a row cannot be, a row without a code
(a crash in between) is a printout that nobody has. Codes that the command line issues have a
status entry and no row here; they are found by their certificate.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, exists, insert, select, update

from statusqr_keys.finder import Identity
from statusqr_keys.holds import CodeTarget, State
from statusqr_schema import Claims, IssueRefused, Profile, StatusReference
from statusqr_schema.days import from_instant

from . import audit, entries
from .by_register import REASONS
from .hold_rows import at_place, codes
from .holds import change
from .registry import View, Work
from .tables import credential, person, status, status_entry


@dataclass(frozen=True, slots=True)
class Printout:
    """A printed code. `state` is what its list shows, `own` what was done to this code alone."""

    id: UUID
    status_id: UUID
    issuer_id: str
    reference: StatusReference
    profile: Profile
    issued_at: datetime
    expires_at: datetime
    state: State
    own: State
    reason: str | None = None  # of `own`, where that is not valid


def take(
    work: Work,
    status_id: UUID,
    issuer_id: str,
    content: Claims,
    profile: Profile,
    identity: Identity,
    *,
    version: int | None = None,
) -> Printout:
    """Take a status entry for a code that is to be signed with `reference` in its claims.

    :param version: the version of the status that `content` says
    :raises IssueRefused: code REVOKED or SUSPENDED under a hold; STATUS_CHANGED where the status
        has ended or is another by now; NO_STATUS where this person has no such status
    """
    certificate, digest = work.finder.digests(identity)
    owned = select(status.c.version, status.c.ended).join(person)
    owned = owned.where(status.c.id == status_id, person.c.digest == digest)
    row = work.connection.execute(owned).first()
    if row is None:
        raise IssueRefused("такого статуса у этого человека нет", code="NO_STATUS")
    if row.ended or version not in (None, row.version):
        message = "сведения о статусе только что изменились: откройте его ещё раз"
        raise IssueRefused(message, code="STATUS_CHANGED")
    (reference,) = entries.take(work, issuer_id, 1, certificate, digest)
    made = Printout(
        id=uuid4(),
        status_id=status_id,
        issuer_id=issuer_id,
        reference=reference,
        profile=profile,
        issued_at=from_instant(content.issued_at),
        expires_at=from_instant(content.expires_at),
        state=State.VALID,
        own=State.VALID,
    )
    values = {
        "id": made.id,
        "status_id": status_id,
        "issuer": issuer_id,
        "number": reference.list_number,
        "entry": reference.index,
        "profile": profile.value,
        "issued_at": content.issued_at,
        "expires_at": content.expires_at,
    }
    work.connection.execute(insert(credential).values(values))
    told = {"printout": str(made.id), "status": str(status_id), "issuer": issuer_id}
    code = [reference.list_number, reference.index]
    audit.append(work, "printed", {**told, "code": [*code], "profile": profile.value})
    return made


def of_person(view: View, digest: bytes) -> list[Printout]:
    """All printouts of a person, the newest first."""
    return _found(view, person.c.digest == digest)


def find(view: View, digest: bytes, printout_id: UUID) -> Printout | None:
    """The printout, if it is this person's."""
    found = _found(view, (person.c.digest == digest) & (credential.c.id == printout_id))
    return found[0] if found else None


def of_status(view: View, status_id: UUID) -> list[Printout]:
    """The printouts of a status, the newest first."""
    return _found(view, credential.c.status_id == status_id)


def revoke(work: Work, digest: bytes, printout_id: UUID, reason: str) -> bool:
    """Make a printout invalid for good; False where it is not this person's or is so already."""
    printout = find(work, digest, printout_id)
    if printout is None or printout.own is State.INVALID:
        return False
    target = CodeTarget(printout.issuer_id, printout.reference)
    return change(work, target, State.INVALID, reason).changed


def revoke_of_status(
    work: Work, status_id: UUID, certificate: bytes | None, reason: str, *, now: datetime
) -> int:
    """Make the codes of a status invalid, each by itself; how many fell.

    With them the codes of its certificate that know no status, unless they are another person's:
    two regions may have given one number. What was revoked before, as lost, say, gets this reason
    in place of its own, so that it is not restored: it is no longer true either. What has expired
    is left: it holds nowhere, and would only make the lists longer.

    :param now: by the clock; codes that will have expired by `work.at` may hold until then
    """
    living = [p for p in of_status(work, status_id) if p.expires_at > min(now, work.at)]
    targets = [CodeTarget(p.issuer_id, p.reference) for p in living if p.own is not State.INVALID]
    for printout in living:
        if printout.own is State.INVALID:
            _give_reason(work, at_place(printout.issuer_id, printout.reference), reason)
    if certificate is not None:
        which = _unknown_to_statuses(certificate, status_id)
        _give_reason(work, which, reason)
        standing = codes(work, which & (status_entry.c.own != int(State.INVALID)))
        targets += [CodeTarget(code.issuer_id, code.reference) for code in standing]
    return sum(change(work, target, State.INVALID, reason).changed for target in targets)


def _unknown_to_statuses(certificate: bytes, status_id: UUID) -> ColumnElement[bool]:
    owner = select(person.c.digest).join(status).where(status.c.id == status_id).scalar_subquery()
    known = exists().where(
        credential.c.issuer == status_entry.c.issuer,
        credential.c.number == status_entry.c.number,
        credential.c.entry == status_entry.c.entry,
    )
    nobody_elses = status_entry.c.person.is_(None) | (status_entry.c.person == owner)
    return (status_entry.c.certificate == certificate) & ~known & nobody_elses


def _give_reason(work: Work, which: ColumnElement[bool], reason: str) -> None:
    """To codes that are revoked by themselves; the first one that a load gave stays."""
    given = status_entry.c.reason.is_(None) | status_entry.c.reason.not_in(REASONS.values())
    revoked = (status_entry.c.own == int(State.INVALID)) & given
    work.connection.execute(update(status_entry).where(which, revoked).values(reason=reason))


def _found(view: View, which: ColumnElement[bool]) -> list[Printout]:
    query = (
        select(credential, status_entry.c.state, status_entry.c.own, status_entry.c.reason)
        .join(status, status.c.id == credential.c.status_id)
        .join(person, person.c.id == status.c.person_id)
        .join(
            status_entry,
            (status_entry.c.issuer == credential.c.issuer)
            & (status_entry.c.number == credential.c.number)
            & (status_entry.c.entry == credential.c.entry),
        )
        .where(which)
        .order_by(credential.c.issued_at.desc(), credential.c.id)
    )
    return [
        Printout(
            id=row.id,
            status_id=row.status_id,
            issuer_id=row.issuer,
            reference=StatusReference(row.number, row.entry),
            profile=Profile(row.profile),
            issued_at=from_instant(row.issued_at),
            expires_at=from_instant(row.expires_at),
            state=State(row.state),
            own=State(row.own),
            reason=row.reason,
        )
        for row in view.connection.execute(query)
    ]
