"""What is held of a person's statuses, and until when each stands."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, select, update
from world import NOON, documents

from statusqr_issuer.registry import Registry, holds, persons, statuses, tables
from statusqr_issuer.registry.statuses import Ended, HeldStatus, cut_short, ended_of
from statusqr_issuer.registry.vault import Cell
from statusqr_issuer.validity import validity
from statusqr_keys.holds import CertificateTarget, PersonTarget, State
from statusqr_schema import (
    IssueRefused,
    Presentation,
    RegisterEntry,
    RegistryProblem,
    Snils,
    read_entry,
)
from statusqr_schema.register import entry_to_json

MOSCOW = timezone(timedelta(hours=3))


def entry(name: str, **changes: object) -> RegisterEntry:
    document: dict[str, Any] = {**documents()[name], **changes}
    return read_entry(document)


def put(registry: Registry, name: str = "R01", **changes: object) -> tuple[bytes, UUID]:
    """A status written by hand: the digest of its person, and its id."""
    what, status = entry(name, **changes), uuid4()
    snils = what.record.holder.snils
    assert isinstance(snils, Snils)
    number = what.record.certificate_number
    with registry.writing("test", NOON) as work:
        person = work.person(snils)
        plain = json.dumps(entry_to_json(what)).encode()
        values = {
            "id": status,
            "person_id": persons.of(work, person),
            "source": work.finder.status(f"test {status}"),
            "certificate": None if number is None else work.finder.certificate(number),
            "category": what.record.category,
            "valid_from": 0,
            "version": 1,
            "entry": work.vault.seal(plain, Cell.of("status", "entry", status)),
            "changed_at": work.instant,
            "loaded_at": work.instant,
        }
        work.connection.execute(insert(tables.status).values(**values))
    return person, status


def held(name: str, ended: Ended | None = None, **changes: object) -> HeldStatus:
    return HeldStatus(uuid4(), entry(name, **changes), ended, 1, NOON, NOON, State.VALID)


def test_a_status_is_found_by_its_person(registry: Registry) -> None:
    person, status = put(registry)
    other, _ = put(registry, "R03")
    with registry.reading() as view:
        (mine,) = statuses.of_person(view, person)
        assert mine == statuses.find(view, person, status)
        assert statuses.find(view, other, status) is None
        assert statuses.find(view, person, uuid4()) is None
        assert statuses.of_person(view, bytes(16)) == []
    assert mine.id == status
    assert mine.record == entry("R01").record
    assert mine.entry.extra["edge_case",] == documents()["R01"]["edge_case"]
    assert (mine.version, mine.changed_at, mine.loaded_at) == (1, NOON, NOON)
    assert (mine.ended, mine.hold) == (None, State.VALID)


@pytest.mark.parametrize("whose", ["person", "certificate"])
def test_the_worst_hold_of_person_and_certificate_counts(registry: Registry, whose: str) -> None:
    person, status = put(registry)
    with registry.writing("test", NOON) as work:
        digest = person if whose == "person" else work.finder.certificate("76-000101")
        rows = [{"digest": digest, "issuer": "yar", "state": 2}]
        work.connection.execute(insert(tables.hold), rows)
    assert hold_of(registry, person, status) is State.SUSPENDED
    with registry.writing("test", NOON) as work:
        rows = [{"digest": digest, "issuer": "", "state": 1}]
        work.connection.execute(insert(tables.hold), rows)
    assert hold_of(registry, person, status) is State.INVALID


def test_the_reason_of_the_worst_hold_is_kept(registry: Registry) -> None:
    """As it was given last; gone when the hold is."""
    person, status = put(registry)

    def reason() -> str | None:
        with registry.reading() as view:
            (one,) = statuses.of_person(view, person)
            assert statuses.find(view, person, status) == one
        return one.hold_reason

    def change(target: CertificateTarget | PersonTarget, wanted: State, why: str) -> None:
        with registry.writing("test", NOON) as work:
            holds.change(work, target, wanted, why)

    snils = entry("R01").record.holder.snils
    assert isinstance(snils, Snils)
    certificate, owner = CertificateTarget("76-000101", "yar"), PersonTarget(snils)
    assert reason() is None
    change(owner, State.SUSPENDED, "идёт проверка")
    assert reason() == "идёт проверка"
    change(certificate, State.INVALID, "решение отменено судом")
    assert reason() == "решение отменено судом"
    change(owner, State.INVALID, "проверка закончена")
    change(certificate, State.VALID, "суд передумал")
    assert reason() == "проверка закончена"
    change(owner, State.VALID, "всё верно")
    assert reason() is None


def test_a_hold_without_a_certificate_is_nobody_elses(registry: Registry) -> None:
    put(registry)
    person, status = put(registry, "R10")  # has no number
    with registry.writing("test", NOON) as work:
        rows = [{"digest": work.finder.certificate("76-000101"), "issuer": "", "state": 1}]
        work.connection.execute(insert(tables.hold), rows)
    assert hold_of(registry, person, status) is State.VALID


def hold_of(registry: Registry, person: bytes, status: UUID) -> State:
    with registry.reading() as view:
        (one,) = statuses.of_person(view, person)
        found = statuses.find(view, person, status)
    assert found is not None
    assert one.hold is found.hold
    return one.hold


def test_the_earliest_comes_first_and_each_takes_one_statement(registry: Registry) -> None:
    person, _ = put(registry, "R08")  # R08 and R24 are one person's
    put(registry, "R24")
    seen: list[str] = []

    def note(*told: object) -> None:
        seen.append(str(told[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with registry.reading() as view:
            assert len(statuses.of_person(view, person)) == 2
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sum("FROM status" in statement for statement in seen) == 1


def test_a_moved_cell_does_not_open(registry: Registry) -> None:
    person, status = put(registry)
    _, other = put(registry, "R03")
    table = tables.status
    with registry.writing("test", NOON) as work:
        stolen = work.connection.scalar(select(table.c.entry).where(table.c.id == other))
        work.connection.execute(update(table).where(table.c.id == status).values(entry=stolen))
    with registry.reading() as view, pytest.raises(RegistryProblem) as problem:
        statuses.find(view, person, status)
    assert problem.value.code == "REGISTRY_DAMAGED"


def test_an_early_end_begins_at_midnight_in_the_region() -> None:
    kamchatka = {"subject_code": "41", "time_zone": "Asia/Kamchatka"}  # UTC+12
    status = held("R01", Ended(date(2026, 12, 1), "x"), region=kamchatka)
    midnight = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert status.stands(midnight - timedelta(seconds=1))
    assert not status.ended_by(midnight - timedelta(seconds=1))
    assert not status.stands(midnight)
    assert status.ended_by(midnight)


def test_no_code_outlives_an_early_end() -> None:
    """A live code a moment before, a printed one a month before: both end at that midnight."""
    status = held("R01", Ended(date(2026, 12, 1), "x"))
    end = datetime(2026, 12, 1, tzinfo=MOSCOW)
    for presentation, before in ((Presentation.LIVE, 20), (Presentation.PRINT, 30 * 86_400)):
        term = validity(status.record, presentation, end - timedelta(seconds=before))
        assert term.expires_at == end.timestamp()
        with pytest.raises(IssueRefused, match="истёк"):
            validity(status.record, presentation, end)


def test_a_status_annulled_from_its_first_day_never_stands() -> None:
    begins = entry("R01").record.period.valid_from
    status = held("R01", Ended(begins, "x"))
    assert not status.stands(datetime(begins.year, begins.month, begins.day, 12, tzinfo=MOSCOW))
    with pytest.raises(IssueRefused):
        validity(status.record, Presentation.PRINT, NOON)


def test_an_end_after_the_term_changes_nothing() -> None:
    record = entry("R03").record
    assert record.period.valid_through is not None
    late = Ended(record.period.valid_through + timedelta(days=1), "x")
    assert cut_short(record, late) is record
    assert cut_short(record, replace(late, on=record.period.valid_through)) != record


def test_the_term_itself_begins_and_ends() -> None:
    record = entry("R03").record
    through, status = record.period.valid_through, held("R03")
    assert through is not None
    first = datetime.combine(record.period.valid_from, datetime.min.time(), MOSCOW)
    last = datetime.combine(through, datetime.max.time(), MOSCOW)
    assert [status.stands(at) for at in (first - timedelta(seconds=1), first, last)] == [
        False,
        True,
        True,
    ]
    assert not status.stands(last + timedelta(seconds=1))
    assert not status.ended_by(last + timedelta(days=900))


@pytest.mark.parametrize(
    "told",
    [
        "2026-06-30",
        {},
        {"effective_on": None},
        {"effective_on": "2026-W01-1"},
        {"effective_on": "30.06.2026"},
        {"effective_on": "2026-02-30"},
        {"effective_on": "2026-06-30", "reason": 7},
    ],
)
def test_an_early_end_that_cannot_be_read(told: object) -> None:
    with pytest.raises(ValueError):
        ended_of(entry("R01", revoked=told))


def test_an_early_end_may_have_no_reason() -> None:
    assert ended_of(entry("R01", revoked=None)) is None
    assert ended_of(entry("R01", revoked={"effective_on": "2026-06-30"})) == Ended(
        date(2026, 6, 30), ""
    )


@given(st.sampled_from(sorted(documents())))
def test_nothing_personal_in_the_text_form(name: str) -> None:
    status = held(name, Ended(date(2026, 12, 1), "умерла Лебедева"))
    text = repr(status)
    holder = status.record.holder
    assert isinstance(holder.snils, Snils)
    for secret in (holder.family_name, str(holder.snils.number), holder.snils.formatted, "умерла"):
        assert secret not in text
