"""Messages: newest first, each person's own, read once."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from world import NOON

from statusqr_issuer.registry import Registry, audit, messages, persons, tables
from statusqr_issuer.registry.messages import Message, MessageKind

PERSON, OTHER = b"p" * 16, b"o" * 16


def tell(registry: Registry, kind: MessageKind, minutes: int = 0, person: bytes = PERSON) -> UUID:
    with registry.writing("load", NOON + timedelta(minutes=minutes)) as work:
        return messages.tell(work, persons.of(work, person), kind, None, printouts=minutes)


def read(registry: Registry, person: bytes = PERSON) -> list[Message]:
    with registry.reading() as view:
        return messages.of_person(view, person)


def test_the_newest_comes_first(registry: Registry) -> None:
    ids = [tell(registry, kind, minutes) for minutes, kind in enumerate(MessageKind)]
    tell(registry, MessageKind.STATUS_ENDED, person=OTHER)
    found = read(registry)
    assert [message.id for message in found] == ids[::-1]
    assert [message.kind for message in found] == list(MessageKind)[::-1]
    last = found[0]
    assert (last.at, last.printouts, last.read_at) == (NOON + timedelta(minutes=3), 3, None)
    assert read(registry, b"n" * 16) == []


def test_reading_marks_ones_own_and_only_once(registry: Registry) -> None:
    tell(registry, MessageKind.STATUS_ADDED)
    tell(registry, MessageKind.STATUS_ADDED, person=OTHER)
    first, second = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    with registry.writing("holder", first) as work:
        assert messages.mark_read(work, PERSON) == 1
    with registry.writing("holder", second) as work:
        assert messages.mark_read(work, PERSON) == 0
        assert messages.mark_read(work, b"n" * 16) == 0
    assert [message.read_at for message in read(registry)] == [first]
    assert [message.read_at for message in read(registry, OTHER)] == [None]
    with registry.reading() as view:
        assert [entry.act for entry in audit.entries(view)] == ["messages_read"]


def test_what_came_after_the_page_was_shown_stays_unread(registry: Registry) -> None:
    tell(registry, MessageKind.STATUS_ADDED)
    late = tell(registry, MessageKind.STATUS_CHANGED, minutes=5)
    with registry.writing("holder", NOON + timedelta(minutes=6)) as work:
        assert messages.mark_read(work, PERSON, told_by=NOON + timedelta(minutes=4)) == 1
    assert [message.id for message in read(registry) if message.read_at is None] == [late]


def test_the_table_keeps_the_kind_by_its_value(registry: Registry) -> None:
    """What stands there for years is not a name of a Python constant."""
    told = tell(registry, MessageKind.STATUS_ADDED)
    with registry.writing("test", NOON) as work:
        row = update(tables.message).where(tables.message.c.id == told)
        work.connection.execute(row.values(kind="status_recovered"))
    assert [message.kind for message in read(registry)] == [MessageKind.STATUS_RECOVERED]
