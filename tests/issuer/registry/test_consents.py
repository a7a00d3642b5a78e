"""Consents: one at a time, dated, each change in the audit log."""

import hashlib
import json
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from registries import Fresh
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from world import NOON

from statusqr_issuer.registry import Registry, audit, consents, persons, tables
from statusqr_issuer.registry.consents import Consent
from statusqr_schema import RegistryProblem

PERSON, OTHER = b"p" * 16, b"o" * 16
TEXT = "Я согласна на обработку"


def give(registry: Registry, version: str = "1", text: str = TEXT, hours: int = 0) -> Consent:
    with registry.writing("holder", NOON + timedelta(hours=hours)) as work:
        return consents.give(work, PERSON, version, text)


def withdraw(registry: Registry, hours: int = 0) -> Consent | None:
    with registry.writing("holder", NOON + timedelta(hours=hours)) as work:
        return consents.withdraw(work, PERSON)


def standing(registry: Registry, person: bytes = PERSON) -> Consent | None:
    with registry.reading() as view:
        return consents.standing(view, person)


def acts(registry: Registry) -> list[tuple[str, str]]:
    with registry.reading() as view:
        return [(e.act, json.loads(e.body)["consent"]) for e in audit.entries(view)]


def test_a_consent_is_given_and_withdrawn(registry: Registry) -> None:
    assert standing(registry) is None
    given = give(registry)
    assert given.text_digest == hashlib.sha256(TEXT.encode()).digest()
    assert (given.version, given.given_at, given.withdrawn_at) == ("1", NOON, None)
    assert standing(registry) == given
    assert standing(registry, OTHER) is None
    ended = withdraw(registry, hours=1)
    assert ended is not None
    assert (ended.id, ended.withdrawn_at) == (given.id, NOON + timedelta(hours=1))
    assert standing(registry) is None
    with registry.reading() as view:
        assert consents.history(view, PERSON) == [ended]
        assert consents.history(view, OTHER) == []
    told = str(given.id)
    assert acts(registry) == [("consent_given", told), ("consent_withdrawn", told)]


def test_the_same_consent_twice_is_one(registry: Registry) -> None:
    assert give(registry) == give(registry, hours=3)
    assert len(acts(registry)) == 1


def test_withdrawing_nothing(registry: Registry) -> None:
    assert withdraw(registry) is None
    assert acts(registry) == []
    with registry.reading() as view:
        assert persons.find(view, PERSON) is None


@pytest.mark.parametrize(("version", "text"), [("2", TEXT), ("1", TEXT + "!")])
def test_another_text_ends_the_one_before(registry: Registry, version: str, text: str) -> None:
    old = give(registry)
    new = give(registry, version, text, hours=1)
    assert standing(registry) == new
    assert new.id != old.id
    with registry.reading() as view:
        first, second = consents.history(view, PERSON)
    assert (first, second.id, second.withdrawn_at) == (new, old.id, NOON + timedelta(hours=1))
    assert [act for act, _ in acts(registry)] == [
        "consent_given",
        "consent_superseded",
        "consent_given",
    ]


def test_the_database_itself_allows_one_at_a_time(registry: Registry) -> None:
    """Also where a program forgot to look: the index refuses, and nothing is half done."""
    give(registry)
    with pytest.raises(RegistryProblem) as problem, registry.writing("holder", NOON) as work:
        row = {"id": uuid4(), "version": "9", "text_digest": bytes(32), "given_at": 1}
        row["person_id"] = persons.of(work, PERSON)
        work.connection.execute(tables.consent.insert().values(**row))
    assert IntegrityError.__name__ in problem.value.message
    assert "uq_" not in problem.value.message  # nor what the engine says of values
    with registry.reading() as view:
        assert len(consents.history(view, PERSON)) == 1


def test_a_person_has_one_row(registry: Registry) -> None:
    give(registry)
    with registry.writing("load", NOON) as work:
        known = persons.find(work, PERSON)
        rows = persons.of_all(work, {PERSON, OTHER})
        assert rows == persons.of_all(work, [OTHER, PERSON])
        assert rows[PERSON] == known
        assert persons.of_all(work, []) == {}
        assert work.connection.scalar(select(func.count()).select_from(tables.person)) == 2


steps = st.lists(st.one_of(st.sampled_from(["1", "2", "3"]), st.none()), max_size=8)


@given(steps=steps)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_at_most_one_stands_and_terms_do_not_overlap(fresh: Fresh, steps: list[str | None]) -> None:
    with fresh() as registry:
        wanted = None
        for hours, step in enumerate(steps):
            if step is None:
                withdraw(registry, hours)
            else:
                give(registry, step, hours=hours)
            wanted = step
            found = standing(registry)
            assert (found and found.version) == wanted
        with registry.reading() as view:
            told = consents.history(view, PERSON)
    assert [one for one in told if one.withdrawn_at is None] == ([told[0]] if wanted else [])
    for newer, older in pairwise(told):
        assert isinstance(older.withdrawn_at, datetime)
        assert older.given_at <= older.withdrawn_at <= newer.given_at
