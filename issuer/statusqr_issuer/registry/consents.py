"""Consents (order 653n, point 4): which text a person agreed to, from when, until when.

At most one stands at a time. A text that is another, even under the same version, is a new consent
and ends the one before.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, bindparam, insert, select, update

from statusqr_schema.days import from_instant

from . import audit, persons, tables
from .registry import View, Work


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent; `text_digest` is the SHA-256 of the text that was shown, in UTF-8."""

    id: UUID
    version: str
    text_digest: bytes
    given_at: datetime
    withdrawn_at: datetime | None  # or superseded


def standing(view: View, person: bytes) -> Consent | None:
    """The consent that stands. `person` is the digest of `View.person`."""
    row = view.connection.execute(_STANDING, {"digest": person}).first()
    return _consent(row) if row else None


def history(view: View, person: bytes) -> list[Consent]:
    """All consents, the newest first."""
    given, withdrawn = tables.consent.c.given_at, tables.consent.c.withdrawn_at
    query = _of(person).order_by(given.desc(), withdrawn.desc().nulls_first())
    return [_consent(row) for row in view.connection.execute(query)]


def give(work: Work, person: bytes, version: str, text: str) -> Consent:
    """Consent to `text`; where it stands already, that one. `version` has at most 32 characters."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    before = standing(work, person)
    if before and (before.version, before.text_digest) == (version, digest):
        return before
    if before:
        _end(work, before, "consent_superseded")
    consent = Consent(uuid4(), version, digest, from_instant(work.instant), None)
    values = {
        "id": consent.id,
        "person_id": persons.of(work, person),
        "version": version,
        "text_digest": digest,
        "given_at": work.instant,
    }
    work.connection.execute(insert(tables.consent).values(**values))
    body = {"consent": str(consent.id), "version": version, "text": digest.hex()}
    audit.append(work, "consent_given", body)
    return consent


def withdraw(work: Work, person: bytes) -> Consent | None:
    """End the consent that stands; it, with the moment of its end. None where there is none."""
    before = standing(work, person)
    return _end(work, before, "consent_withdrawn") if before else None


def _end(work: Work, consent: Consent, act: str) -> Consent:
    table = tables.consent
    change = update(table).where(table.c.id == consent.id).values(withdrawn_at=work.instant)
    work.connection.execute(change)
    audit.append(work, act, {"consent": str(consent.id)})
    ended = from_instant(work.instant)
    return Consent(consent.id, consent.version, consent.text_digest, consent.given_at, ended)


def _of(person: bytes) -> Select[Any]:
    joined = tables.consent.join(tables.person)
    return select(tables.consent).select_from(joined).where(tables.person.c.digest == person)


_STANDING: Final = (
    select(tables.consent)
    .select_from(tables.consent.join(tables.person))
    .where(tables.person.c.digest == bindparam("digest"), tables.consent.c.withdrawn_at.is_(None))
)


def consent_of(row: Row[*tuple[Any, ...]], consent_id: UUID, version: str) -> Consent:
    """The consent of a row with its other columns."""
    return Consent(
        id=consent_id,
        version=version,
        text_digest=bytes(row.text_digest),
        given_at=from_instant(row.given_at),
        withdrawn_at=None if row.withdrawn_at is None else from_instant(row.withdrawn_at),
    )


def _consent(row: Row[Any]) -> Consent:
    return consent_of(row, row.id, row.version)
