"""How much of a record goes into a code."""

from dataclasses import fields
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from strategies import records

from statusqr_schema import (
    Basis,
    Disclosure,
    FamilyMember,
    Period,
    Person,
    Profile,
    Region,
    Snils,
    SnilsPolicy,
    SnilsTail,
    StatusRecord,
)

WHOLE, TAIL = Snils(90576722125), SnilsTail(22125)
RECORD = StatusRecord(
    holder=Person("Ким", "Виктория", None, WHOLE),
    family_members=(FamilyMember("Ким", "Анна", None, Snils(91591504918), "дочь"),),
    category="disabled_1",
    status_name="Инвалид I группы",
    established_on=date(2019, 6, 3),
    period=Period(date(2019, 6, 1), indefinite=True),
    basis=Basis("Акт"),
    authority="Бюро № 0",
    certificate_number="МСЭ-2019 № 1",
    measures_through=date(2027, 7, 1),
    region=Region("77"),
    data_as_of=datetime(2026, 11, 21, tzinfo=UTC),
)


def disclosed(record: StatusRecord) -> set[str]:
    """The fields that say something."""
    return {field.name for field in fields(record) if getattr(record, field.name)}


@pytest.mark.parametrize(
    ("policy", "whole", "tail"),
    [
        (SnilsPolicy.WHOLE, WHOLE, TAIL),
        (SnilsPolicy.LAST_FIVE, TAIL, TAIL),
        (SnilsPolicy.NONE, None, None),
    ],
)
def test_policies(policy: SnilsPolicy, whole: Snils | None, tail: SnilsTail | None) -> None:
    """What is not known cannot be disclosed: a tail stays a tail."""
    assert policy.apply(WHOLE) == whole
    assert policy.apply(TAIL) == tail
    assert policy.apply(None) is None


def test_a_number_that_is_zero_is_a_number() -> None:
    assert SnilsPolicy.LAST_FIVE.apply(Snils(0)) == SnilsTail(0)
    assert SnilsPolicy.WHOLE.apply(SnilsTail(0)) == SnilsTail(0)


def test_by_default_the_holder_is_whole_and_the_family_in_part() -> None:
    shown = Disclosure().apply(RECORD)
    assert Disclosure() == Disclosure()
    assert shown.holder == RECORD.holder
    assert [member.snils for member in shown.family_members] == [SnilsTail(4918)]
    assert disclosed(shown) == disclosed(RECORD) == {field.name for field in fields(RECORD)}


def test_minimal_is_name_category_status_and_term() -> None:
    shown = Disclosure(Profile.MINIMAL).apply(RECORD)
    assert disclosed(shown) == {"holder", "category", "status_name", "period"}
    assert shown.holder == Person("Ким", "Виктория", None, None)
    assert (shown.category, shown.status_name, shown.period) == (
        RECORD.category,
        RECORD.status_name,
        RECORD.period,
    )


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("policy", SnilsPolicy)
def test_given_policies_take_the_place_of_the_profile_s_own(
    profile: Profile, policy: SnilsPolicy
) -> None:
    assert Disclosure(profile, policy, policy) == Disclosure(profile, policy, policy)
    shown = Disclosure(profile, holder_snils=policy).apply(RECORD)
    assert shown.holder.snils == policy.apply(WHOLE)


@settings(max_examples=40)
@given(records())
def test_minimal_hides_the_rest_of_every_record(record: StatusRecord) -> None:
    shown = Disclosure(Profile.MINIMAL).apply(record)
    assert disclosed(shown) == {"holder", "category", "status_name", "period"}
    assert shown.holder.snils is None
    assert shown.holder.full_name == record.holder.full_name


@settings(max_examples=40)
@given(records())
def test_full_changes_numbers_only(record: StatusRecord) -> None:
    shown = Disclosure(Profile.FULL, SnilsPolicy.NONE, SnilsPolicy.NONE).apply(record)
    everything = Disclosure(Profile.FULL, SnilsPolicy.WHOLE, SnilsPolicy.WHOLE)
    assert everything.apply(record) == record
    assert everything.apply(shown) == shown
    assert [m.full_name for m in shown.family_members] == [
        m.full_name for m in record.family_members
    ]
    assert {person.snils for person in (shown.holder, *shown.family_members)} == {None}


def test_minimal_without_policies_discloses_no_number() -> None:
    assert Disclosure(Profile.MINIMAL).apply(RECORD).holder.snils is None


def test_names_of_profiles_and_policies_are_stable() -> None:
    assert [str(profile) for profile in Profile] == ["full", "minimal"]
    assert [str(policy) for policy in SnilsPolicy] == ["whole", "last5", "none"]
