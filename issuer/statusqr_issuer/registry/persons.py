"""Persons: a row for whoever has a status or gave a consent, found by the digest of the SNILS."""

from collections.abc import Collection, Mapping
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from .registry import View, Work
from .tables import person


def find(view: View, digest: bytes) -> UUID | None:
    """The row of a person (`View.person`), where there is one."""
    return view.connection.scalar(select(person.c.id).where(person.c.digest == digest))


def of(work: Work, digest: bytes) -> UUID:
    """The row of a person, made when it is first needed."""
    return of_all(work, [digest])[digest]


def of_all(work: Work, digests: Collection[bytes]) -> Mapping[bytes, UUID]:
    """The rows of some hundreds of persons, in two statements at most."""
    query = select(person.c.digest, person.c.id).where(person.c.digest.in_(digests))
    found = {bytes(row.digest): row.id for row in work.connection.execute(query)}
    if missing := {digest: uuid4() for digest in digests if digest not in found}:
        rows = [{"id": i, "digest": d, "made_at": work.instant} for d, i in missing.items()]
        work.connection.execute(insert(person), rows)
    return found | missing
