"""The audit log in real databases: no change is let through, and what is forced in is found."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select, text, update

from statusqr_issuer.registry import Head, Registry, audit
from statusqr_issuer.registry.chain import Break, Fault, examine
from statusqr_issuer.registry.tables import audit as log
from statusqr_schema import RegistryProblem
from statusqr_schema.strict_json import JsonValue

NOW = datetime(2026, 11, 22, 10, 0, 0, 900_000, tzinfo=UTC)


def write(registry: Registry, count: int) -> Head:
    for number in range(count):
        with registry.writing("анна", NOW) as work:
            body: dict[str, JsonValue] = {"слово": "«Ёж»\u00a0–", "b": [number, None, True]}
            assert audit.append(work, "act", body, on_lists=number % 2 == 0) == number + 1
    with registry.reading() as view:
        return audit.head(view)


def check(registry: Registry, *known: Head) -> tuple[Head, Break | None]:
    with registry.reading() as view:
        return examine(audit.entries(view), known)


def without_triggers(registry: Registry) -> None:
    with registry.writing("thief", NOW) as work:
        if registry.database.sqlite:
            for act in ("update", "delete"):
                work.connection.execute(text(f"DROP TRIGGER audit_{act}"))
        else:
            work.connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))


def test_what_is_told_is_read_back(registry: Registry) -> None:
    with registry.reading() as view:
        assert audit.head(view) == Head()
    head = write(registry, 5)
    assert check(registry, head) == (head, None)
    with registry.reading() as view:
        entries = list(audit.entries(view, after=3))
    assert [entry.seq for entry in entries] == [4, 5]
    entry = entries[1]
    assert (entry.actor, entry.act, entry.on_lists) == ("анна", "act", True)
    assert entry.body == '{"b":[4,null,true],"слово":"«Ёж»\u00a0–"}'
    assert entry.at == 1795341600  # of 10:00:00.9


def test_many_are_told_at_once(registry: Registry) -> None:
    write(registry, 2)
    with registry.writing("анна", NOW) as work:
        head = audit.extend(work, (audit.Told("act", {"n": n}, n == 7) for n in range(2500)))
        assert head == audit.head(work)
        assert audit.extend(work, []) == head
    assert check(registry) == (head, None)
    with registry.reading() as view:
        marked = select(log.c.seq).where(log.c.on_lists, log.c.seq > 2)
        assert view.connection.execute(marked).scalars().all() == [10]
        assert view.connection.execute(select(func.count()).select_from(log)).scalar() == 2502


def test_a_transaction_that_fails_tells_nothing(registry: Registry) -> None:
    head = write(registry, 1)
    with pytest.raises(ZeroDivisionError), registry.writing("анна", NOW) as work:
        audit.append(work, "act", {})
        raise ZeroDivisionError
    assert check(registry) == (head, None)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET actor = 'x' WHERE seq = 1", "DELETE FROM audit WHERE seq = 3"]
)
def test_the_log_lets_nobody_change_it(statement: str, registry: Registry) -> None:
    head = write(registry, 3)
    with pytest.raises(RegistryProblem), registry.writing("анна", NOW) as work:
        work.connection.execute(text(statement))
    assert check(registry) == (head, None)


@pytest.mark.parametrize(
    "values",
    [
        {"at": 1},
        {"actor": "борис"},
        {"act": "other"},
        {"body": "{}"},
        {"on_lists": False},
        {"hash": bytes(32)},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_row_that_was_changed(values: dict[str, object], registry: Registry) -> None:
    write(registry, 5)
    without_triggers(registry)
    with registry.writing("thief", NOW) as work:
        work.connection.execute(update(log).where(log.c.seq == 3).values(**values))
    head, fault = check(registry)
    assert (head.seq, fault) == (2, Break(Fault.CHANGED, 3))


def test_rows_that_were_removed_or_cut(registry: Registry) -> None:
    known = write(registry, 6)
    without_triggers(registry)
    with registry.writing("thief", NOW) as work:
        work.connection.execute(delete(log).where(log.c.seq > 4))
    head, fault = check(registry)
    assert (head.seq, fault) == (4, None)  # the chain alone cannot tell
    assert check(registry, known) == (head, Break(Fault.CUT, 5))
    with registry.writing("анна", NOW) as work:
        audit.append(work, "act", {})
        audit.append(work, "act", {})
    assert check(registry, known)[1] == Break(Fault.FORKED, 6)
    with registry.writing("thief", NOW) as work:
        work.connection.execute(delete(log).where(log.c.seq == 2))
    assert check(registry, known)[1] == Break(Fault.MISSING, 2)


@pytest.mark.parametrize("column", ["hash", "body", "actor", "seq"])
@pytest.mark.parametrize("value", ["'text'", "5", "x'ff00'", "1.5"])
def test_what_sqlite_lets_stand_in_any_column_is_found(
    column: str, value: str, registry: Registry
) -> None:
    if not registry.database.sqlite:
        return  # PostgreSQL keeps types
    write(registry, 3)
    without_triggers(registry)
    with registry.writing("thief", NOW) as work:
        work.connection.execute(text(f"UPDATE audit SET {column} = {value} WHERE seq = 3"))  # noqa: S608
    head, fault = check(registry)
    assert head.seq <= 2
    assert fault is not None
    assert fault.fault in (Fault.CHANGED, Fault.MISSING)


@pytest.mark.parametrize("value", ["'t'", "'true'", "''", "2", "-1", "0.5", "x'01'"])
@pytest.mark.parametrize("seq", [2, 3])
def test_what_is_no_bool_is_not_read_as_one(seq: int, value: str, registry: Registry) -> None:
    """Or an entry of a revocation would stay true and yet be passed over."""
    if not registry.database.sqlite:
        return  # PostgreSQL keeps types
    write(registry, 3)
    without_triggers(registry)
    with registry.writing("thief", NOW) as work:
        work.connection.execute(text(f"UPDATE audit SET on_lists = {value} WHERE seq = {seq}"))  # noqa: S608
    assert check(registry)[1] == Break(Fault.CHANGED, seq)
