"""What counts as a change of a status: what a printed code says, and until when."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loads import NOW, document

from statusqr_issuer.registry.incoming import Incoming, read
from statusqr_issuer.registry.load_plan import Change, Kept, Step, plan, said
from statusqr_issuer.registry.statuses import ended_of
from statusqr_keys.finder import Finder
from statusqr_schema import (
    Categories,
    Disclosure,
    Profile,
    RegisterEntry,
    entry_to_json,
    read_entry,
)
from statusqr_schema.register import kept_entry

FINDER = Finder(bytes(32))
SIBLINGS = document()["family_members"]


def incoming(value: dict[str, Any]) -> Incoming:
    (one,), refused = read([value], FINDER, Categories.builtin())
    assert not refused
    return one


def kept(value: dict[str, Any], *, ended: bool = False) -> Kept:
    one = incoming(value)
    entry = kept_entry(entry_to_json(one.entry))
    return Kept(
        id=uuid4(),
        person_id=uuid4(),
        person=one.person,
        version=4,
        ended=ended,
        changed_at=0,
        certificate=one.certificate,
        called=one.called,
        source=one.source,
        plain=one.plain,
        entry=entry,
        early_end=ended_of(entry),
    )


def step(before: dict[str, Any], after: dict[str, Any], *, ended: bool = False) -> Step:
    return plan(incoming(after), kept(before, ended=ended), None, NOW)


PERIOD = {"valid_from": "2024-04-15", "valid_through": "2030-01-01"}
KHABAROVSK = {"subject_code": "27", "time_zone": "Asia/Vladivostok"}


@pytest.mark.parametrize(
    "change",
    [
        {"holder": {"family_name": "Иванова"}},
        {"holder": {"patronymic": None}},
        {"family_members": SIBLINGS[:-1]},
        {"family_members": [{**SIBLINGS[0], "relation": "отец"}, *SIBLINGS[1:]]},
        {"status": {"name": "Многодетная мать"}},
        {"status": {"established_on": "2024-04-16"}},
        {"status": {"period": PERIOD}},
        {"status": {"period": {"valid_from": "2024-04-15"}}},
        {"status": {"basis": {"title": "Другое решение"}}},
        {"status": {"authority": "Другой орган"}},
        {"certificate_number": "76-000102"},
        {"certificate_number": None},
        {"measures_until": "2030-01-01"},
        {"region": KHABAROVSK},
        {"revoked": {"effective_on": "2027-01-01"}},
    ],
    ids=str,
)
def test_a_change(change: dict[str, Any]) -> None:
    after = step(document(), document(**change))
    assert (after.change, after.version, after.ended) == (Change.CHANGED, 5, False)
    back = step(document(**change), document())
    assert back.change is Change.CHANGED


@pytest.mark.parametrize(
    "change",
    [
        {"data_as_of": "2026-11-22T00:00:00+03:00"},
        {"data_as_of": None},
        {"family_members": SIBLINGS[::-1]},
        {"family_members_required": None},
        {"region": {"subject_code": "76", "name": "Ярославская обл."}},
        {"region": {"subject_code": "076", "oktmo": "78701000"}},
        {"note": {"of": ["the register"]}},
        {"expect": None, "edge_case": None},
    ],
    ids=str,
)
def test_no_change_but_the_entry_is_kept_as_it_came(change: dict[str, Any]) -> None:
    after = step(document(), document(**change))
    assert (after.change, after.version, after.rewrite) == (Change.SAME, 4, True)
    assert after.entry == incoming(document(**change)).entry


def test_the_same_to_the_letter() -> None:
    same = document(data_as_of="2026-11-21T06:30:00Z")  # the same moment
    after = step(document(), same)
    assert (after.change, after.rewrite) == (Change.SAME, False)


@pytest.mark.parametrize("ended", [False, True])
def test_an_end_is_due_from_its_midnight_on(ended: bool) -> None:
    value = document(revoked={"effective_on": "2026-11-23"})  # Moscow, UTC+3
    midnight = NOW.replace(hour=21)
    assert midnight > NOW
    for moment, due in ((midnight - timedelta(seconds=1), False), (midnight, True)):
        after = plan(incoming(value), kept(value, ended=ended), None, moment)
        wanted = Change.SAME if due is ended else Change.ENDED
        if ended:  # an end that has come has come, whatever the clock says now
            due, wanted = True, Change.SAME
        assert (after.change, after.ended) == (wanted, due)


def test_another_reason_for_an_end_is_kept_and_is_no_change() -> None:
    before = document(revoked={"effective_on": "2026-01-01", "reason": "а"})
    after = step(
        before, document(revoked={"effective_on": "2026-01-01", "reason": "б"}), ended=True
    )
    assert (after.change, after.ended, after.rewrite) == (Change.SAME, True, True)


def test_nothing_personal_in_the_text_form() -> None:
    one = incoming(document())
    text = f"{one} {kept(document())} {plan(one, None, None, NOW)}"
    for secret in ("Лебедев", "99789513728", "997-895", "Ольга"):
        assert secret not in text


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "family_members": st.permutations(SIBLINGS),
        "measures_until": st.sampled_from(["2030-01-01", None]),
        "data_as_of": st.sampled_from(["2026-11-21T09:30:00+03:00", None]),
        "certificate_number": st.sampled_from(["1", None]),
        "status": st.sampled_from([{"name": "Мать"}, {"period": PERIOD}]),
        "note": st.integers(0, 1),
    },
)


@given(FIELDS, FIELDS)
def test_equal_sayings_are_equal_codes(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Where `said` is the same, full codes differ in the data's time and the family's order only.

    Where it is not, they differ.
    """
    first, second = read_entry(document(**one)), read_entry(document(**other))
    same = said(first, None) == said(second, None)
    assert same == (in_a_code(first) == in_a_code(second))


def in_a_code(entry: RegisterEntry) -> object:
    told = entry_to_json(RegisterEntry(Disclosure(Profile.FULL).apply(entry.record)))
    told["data_as_of"] = None
    family = told["family_members"]
    assert isinstance(family, list)
    told["family_members"] = sorted(map(str, family))
    return told
