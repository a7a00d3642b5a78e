"""What is asked often is answered by an index, also where the log is long."""

from typing import Any

import pytest
from sqlalchemy import Connection, event
from world import NOON

from statusqr_issuer.registry import Registry, audit, holds
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, State


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


@pytest.mark.parametrize("after", [0, 4000])
def test_revocations_are_found_among_many_other_entries(long_log: Registry, after: int) -> None:
    statements: list[tuple[str, Any]] = []

    def note(
        connection: Connection, cursor: object, statement: str, parameters: Any, *_: object
    ) -> None:
        statements.append((statement, parameters))

    event.listen(long_log.database.reader, "before_cursor_execute", note)
    with long_log.reading() as view:
        found = holds.events(view, after)
        event.remove(long_log.database.reader, "before_cursor_execute", note)
        wanted = [one for one in statements if "audit" in one[0]]
        plan = plans(view.connection, wanted)
    assert len(found) == (20 if after == 0 else 11)
    assert "ix_audit_act" in plan
