"""What a person is told in the account about statuses: added, changed, ended, recovered.

A message holds no words and no data, only what happened to which status; pages find the words.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from statusqr_schema.days import from_instant, to_instant

from . import audit, persons, tables
from .registry import View, Work


class MessageKind(StrEnum):
    """What happened; the value is what the table keeps."""

    STATUS_ADDED = "status_added"
    STATUS_CHANGED = "status_changed"
    STATUS_ENDED = "status_ended"
    STATUS_RECOVERED = "status_recovered"


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `printouts` counts the printed codes that were revoked with it."""

    id: UUID
    kind: MessageKind
    status_id: UUID | None
    at: datetime
    read_at: datetime | None
    printouts: int


def of_person(view: View, person: bytes) -> list[Message]:
    """All messages, the newest first. `person` is the digest of `View.person`."""
    table = tables.message
    query = (
        select(table)
        .join(tables.person)
        .where(tables.person.c.digest == person)
        .order_by(table.c.at.desc(), table.c.id)
    )
    return [
        Message(
            id=row.id,
            kind=MessageKind(row.kind),
            status_id=row.status_id,
            at=from_instant(row.at),
            read_at=None if row.read_at is None else from_instant(row.read_at),
            printouts=row.printouts,
        )
        for row in view.connection.execute(query)
    ]


def mark_read(work: Work, person: bytes, told_by: datetime | None = None) -> int:
    """Mark a person's messages as read; how many were not. `told_by`: those that were shown."""
    table = tables.message
    owner = persons.find(work, person)
    unread = update(table).where(table.c.person_id == owner, table.c.read_at.is_(None))
    if told_by is not None:
        unread = unread.where(table.c.at <= to_instant(told_by))
    count = work.connection.execute(unread.values(read_at=work.instant)).rowcount
    if count:
        audit.append(work, "messages_read", {"person": str(owner), "messages": count})
    return count


def tell(
    work: Work, person_id: UUID, kind: MessageKind, status_id: UUID | None, printouts: int = 0
) -> UUID:
    """Tell a person; the id of the message. What it is about stands in the audit log already."""
    message = uuid4()
    values = {
        "id": message,
        "person_id": person_id,
        "status_id": status_id,
        "kind": kind.value,
        "printouts": printouts,
        "at": work.instant,
    }
    work.connection.execute(insert(tables.message).values(**values))
    return message
