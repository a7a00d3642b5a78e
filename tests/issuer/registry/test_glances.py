"""A glance: one statement, the same answer as a view, and nothing that it could write."""

from uuid import uuid4

import postgres
import pytest
from loads import document, held, numbered, take
from sqlalchemy import event, insert
from world import NOON

from statusqr_issuer.registry import Registry, View, consents, statuses, tables
from statusqr_issuer.registry.consents import Consent
from statusqr_issuer.registry.glances import consent_and_status
from statusqr_issuer.registry.statuses import HeldStatus
from statusqr_schema import RegistryProblem

ONE, OTHER = document(), numbered(1)


def person(registry: Registry, value: dict[str, object]) -> bytes:
    with registry.reading() as view:
        return view.person(held(registry, snils_of(value))[0].record.holder.snils)  # type: ignore[arg-type]


def snils_of(value: dict[str, object]) -> str:
    holder = value["holder"]
    assert isinstance(holder, dict)
    return str(holder["snils"])


def test_a_glance_is_what_a_view_sees(registry: Registry) -> None:
    take(registry, ONE, OTHER)
    one, other = person(registry, ONE), person(registry, OTHER)
    with registry.writing("holder", NOON) as work:
        for version in ("1", "2"):  # the first is superseded
            consents.give(work, one, version, f"text {version}")
        consents.give(work, other, "1", "text 1")
        consents.withdraw(work, other)
    ids = [status.id for value in (ONE, OTHER) for status in held(registry, snils_of(value))]
    for who in (one, other, bytes(16)):
        for status_id in (*ids, uuid4(), None):
            asked = (who, status_id)
            seen = registry.glance(lambda view, asked=asked: consent_and_status(view, *asked))  # type: ignore[misc]
            assert seen == viewed(registry, *asked)
    agreed, status = registry.glance(lambda view: consent_and_status(view, one, ids[0]))
    assert agreed is not None
    assert agreed.version == "2"
    assert status is not None


def viewed(registry: Registry, who: bytes, status_id: object) -> tuple[object, object]:
    with registry.reading() as view:
        status = statuses.find(view, who, status_id) if status_id else None  # type: ignore[arg-type]
        return consents.standing(view, who), status


def glance(registry: Registry) -> tuple[Consent | None, HeldStatus | None]:
    return registry.glance(lambda view: consent_and_status(view, bytes(16), None))


def test_one_statement_and_no_transaction(registry: Registry) -> None:
    glance(registry)
    sent: list[str] = []
    event.listen(registry.database.reader, "before_cursor_execute", lambda *a: sent.append(a[2]))
    glance(registry)
    (statement,) = sent
    assert statement.startswith("SELECT")
    with registry.reading():
        pass
    assert sent[1].startswith("BEGIN")


def test_a_glance_writes_nothing(registry: Registry) -> None:
    values = {"id": uuid4(), "digest": bytes(16), "made_at": 0}

    def write(view: View) -> None:
        view.connection.execute(insert(tables.person).values(values))

    with pytest.raises(RegistryProblem):
        registry.glance(write)
    with registry.reading() as view:
        assert view.connection.execute(tables.person.select()).all() == []


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
@pytest.mark.needs("postgres")
def test_a_server_that_was_gone(registry: Registry, postgres_server: postgres.Server) -> None:
    for _ in range(2):
        assert glance(registry) == (None, None)
        postgres_server.cut(registry.database.engine.url.database or "")
