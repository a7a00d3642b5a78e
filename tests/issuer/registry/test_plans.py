"""What is asked often is answered by an index, also where the log is long."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from loads import numbered, take
from sqlalchemy import Connection, event
from world import NOON

from statusqr_issuer.registry import Registry, audit, holds
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.incoming import read
from statusqr_issuer.registry.load_rows import spoken_of
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, State
from statusqr_schema import Categories


def plans(connection: Connection, statements: list[tuple[str, Any]]) -> str:
    """How the engine goes about these."""
    cursor = connection.connection.cursor()
    word = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    lines = []
    for statement, parameters in statements:
        cursor.execute(word + statement, parameters)
        lines += [" ".join(map(str, row)) for row in cursor.fetchall()]
    return "\n".join(lines)


@pytest.fixture
def long_log(registry: Registry) -> Registry:
    """Thousands of loads, a few revocations."""
    RegistryIndex(registry).allocate("yar", 1, Identity("0"))
    with registry.writing("anna", NOON) as work:
        for number in range(20):
            audit.extend(work, [audit.Told("load_added", {"n": n}) for n in range(400)])
            target = CertificateTarget(str(number))
            holds.change(work, target, State.INVALID, "решение отменено")
    if not registry.database.sqlite:
        with registry.database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
    return registry


@contextmanager
def noted(registry: Registry) -> Iterator[list[tuple[str, Any]]]:
    """The statements of readers meanwhile, with their parameters."""
    statements: list[tuple[str, Any]] = []

    def note(
        connection: Connection, cursor: object, statement: str, parameters: Any, *_: object
    ) -> None:
        statements.append((statement, parameters))

    event.listen(registry.database.reader, "before_cursor_execute", note)
    yield statements
    event.remove(registry.database.reader, "before_cursor_execute", note)


@pytest.mark.parametrize("after", [0, 4000])
def test_revocations_are_found_among_many_other_entries(long_log: Registry, after: int) -> None:
    with long_log.reading() as view:
        with noted(long_log) as statements:
            found = holds.events(view, after)
        wanted = [one for one in statements if "audit" in one[0]]
        plan = plans(view.connection, wanted)
    assert len(found) == (20 if after == 0 else 11)
    assert "ix_audit_act" in plan


def test_a_status_is_found_under_another_name_by_its_person(registry: Registry) -> None:
    take(registry, *(numbered(n) for n in range(1000)))
    if not registry.database.sqlite:
        with registry.database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
    (one,), _ = read([numbered(7, id=None)], registry.finder, Categories.builtin())
    with registry.reading() as view:
        with noted(registry) as statements:
            matches = spoken_of(view, [one], {one.person: [one]})
        plan = plans(view.connection, statements)
    assert matches.found[one.source].entry.id == "N7"
    assert "ix_status_person_id" in plan
    assert "uq_person_digest" in plan or "sqlite_autoindex_person" in plan
