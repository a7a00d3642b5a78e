"""The rules of issuing on records made in code: each is broken by one change to a good record."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from strategies import LONGEST_FAMILY, records

from statusqr_schema import (
    Basis,
    Categories,
    FamilyMember,
    Period,
    Person,
    RecordRefused,
    Region,
    Snils,
    SnilsTail,
    StatusRecord,
)
from statusqr_schema.rules import broken, demand

HOLDER = Person("Ким", "Виктория", None, Snils(90576722125))
MEMBER = FamilyMember("Ким", "Анна", None, Snils(91591504918), "дочь")
GOOD = StatusRecord(
    holder=HOLDER,
    family_members=(MEMBER,),
    category="disabled_1",
    status_name="Инвалид I группы",
    established_on=date(2019, 6, 3),
    period=Period(date(2019, 6, 1), indefinite=True),
    basis=Basis("Акт", "1", date(2019, 6, 3)),
    authority="Бюро № 0",
    region=Region("77", oktmo="45000000", time_zone="Europe/Moscow"),
    data_as_of=datetime(2026, 11, 21, 6, 30, tzinfo=UTC),
)
YEAR = Period(date(2024, 2, 29), date(2025, 2, 28))
YEAR_AND_A_DAY = Period(date(2024, 2, 29), date(2025, 3, 1))
WITHOUT_ZONE = datetime(2026, 11, 21)  # noqa: DTZ001


def rules(record: StatusRecord) -> list[str]:
    return [f"{violation.rule} {violation.path}" for violation in broken(record)]


@given(records())
def test_generated_records_keep_every_rule(record: StatusRecord) -> None:
    assert rules(record) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"holder": replace(HOLDER, family_name=" ")}, "NAME_MISSING holder.family_name"),
        ({"holder": replace(HOLDER, given_name="")}, "NAME_MISSING holder.given_name"),
        ({"holder": replace(HOLDER, patronymic=" ")}, "PATRONYMIC_PLACEHOLDER holder.patronymic"),
        ({"holder": replace(HOLDER, patronymic="")}, "PATRONYMIC_PLACEHOLDER holder.patronymic"),
        ({"holder": replace(HOLDER, snils=None)}, "SNILS_MISSING holder.snils"),
        ({"holder": replace(HOLDER, snils=SnilsTail(22125))}, "SNILS_MISSING holder.snils"),
        ({"holder": replace(HOLDER, snils=Snils(0))}, "SNILS_ZERO holder.snils"),
        (
            {"family_members": (replace(MEMBER, relation=" "),)},
            "RELATION_MISSING family_members[0].relation",
        ),
        (
            {"family_members": (MEMBER, replace(MEMBER, relation="сын"))},
            "FAMILY_MEMBER_DUPLICATE family_members",
        ),
        ({"category": ""}, "CATEGORY_MISSING status.category"),
        ({"category": "dragon_rider"}, "CATEGORY_UNKNOWN status.category"),
        ({"status_name": "  "}, "STATUS_NAME_MISSING status.name"),
        ({"status_name": "И" * 301}, "TEXT_TOO_LONG status.name"),
        ({"established_on": None}, "ESTABLISHED_DATE_MISSING status.established_on"),
        ({"basis": None}, "BASIS_MISSING status.basis"),
        ({"basis": Basis(" ")}, "BASIS_MISSING status.basis"),
        ({"basis": Basis("А" * 501)}, "TEXT_TOO_LONG status.basis.title"),
        ({"basis": Basis("Акт", "")}, "TEXT_EMPTY status.basis.number"),
        ({"basis": Basis("Акт", "1" * 101)}, "TEXT_TOO_LONG status.basis.number"),
        ({"basis": Basis("А", None, date(1899, 12, 31))}, "DATE_OUT_OF_RANGE status.basis.date"),
        ({"authority": None}, "AUTHORITY_MISSING status.authority"),
        ({"authority": " "}, "AUTHORITY_MISSING status.authority"),
        ({"authority": "О" * 501}, "TEXT_TOO_LONG status.authority"),
        ({"certificate_number": "1" * 101}, "TEXT_TOO_LONG certificate_number"),
        ({"certificate_number": "1\n2"}, "TEXT_CONTROL_CHAR certificate_number"),
        ({"region": None}, "REGION_MISSING region"),
        ({"region": Region("00")}, "REGION_UNKNOWN region.subject_code"),
        ({"region": Region("77", oktmo="77000000")}, "REGION_MISMATCH region.oktmo"),
        ({"region": Region("77", time_zone="Asia/Omsk")}, "REGION_ZONE region.time_zone"),
        ({"measures_through": date(2200, 1, 1)}, "DATE_OUT_OF_RANGE measures_until"),
        ({"period": Period(date(1899, 12, 31))}, "DATE_OUT_OF_RANGE status.period.valid_from"),
        ({"data_as_of": WITHOUT_ZONE}, "DATA_AS_OF_NO_ZONE data_as_of"),
    ],
)
def test_one_change_breaks_one_rule(changes: dict[str, Any], expected: str) -> None:
    assert rules(GOOD) == []
    assert rules(replace(GOOD, **changes)) == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        {"status_name": "И" * 300},
        {"basis": Basis("А" * 500, "1" * 100)},
        {"authority": "О" * 500},
        {"certificate_number": "1" * 100},
        {"measures_through": date(2199, 12, 31)},
        {"period": Period(date(1900, 1, 1), date(2199, 12, 31))},
        {"data_as_of": None},
        {"holder": replace(HOLDER, given_name=None)},
    ],
)
def test_the_edge_is_allowed(changes: dict[str, Any]) -> None:
    assert rules(replace(GOOD, **changes)) == []


def test_a_family_has_at_most_32_members() -> None:
    # Numbers up to 001-001-998 have no check digits, so any of them will do.
    family = tuple(replace(MEMBER, snils=Snils(100 * n)) for n in range(1, LONGEST_FAMILY + 2))
    assert rules(replace(GOOD, family_members=family[:-1])) == []
    assert rules(replace(GOOD, family_members=family)) == ["FAMILY_TOO_LARGE family_members"]


@pytest.mark.parametrize(
    ("region", "period", "expected"),
    [
        ("76", YEAR, []),
        ("76", YEAR_AND_A_DAY, ["LOW_INCOME_OVER_ONE_YEAR status.period.valid_through"]),
        ("77", YEAR_AND_A_DAY, []),  # the order of Yaroslavl binds Yaroslavl
    ],
)
def test_the_longest_term_of_a_category(region: str, period: Period, expected: list[str]) -> None:
    record = replace(GOOD, category="low_income", region=Region(region), period=period)
    assert rules(record) == expected


@pytest.mark.parametrize("indefinite", [True, False])
def test_a_limited_term_has_an_end(indefinite: bool) -> None:
    period = Period(date(2026, 3, 2), indefinite=indefinite)
    assert rules(replace(GOOD, category="low_income", region=Region("76"), period=period))


@pytest.mark.parametrize(
    ("region", "day", "late"),
    [
        (Region("77"), 21, False),
        (Region("77"), 22, True),
        (Region("41"), 22, False),  # 21:00 in Moscow is tomorrow on Kamchatka
        (Region("41", time_zone="Asia/Kamchatka"), 22, False),
        (Region("39"), 22, True),
        (None, 22, True),
        (Region("00", time_zone="Asia/Kamchatka"), 22, True),  # unknown: Moscow
    ],
)
def test_established_after_the_data(region: Region | None, day: int, late: bool) -> None:
    record = replace(
        GOOD,
        region=region,
        established_on=date(2026, 11, day),
        data_as_of=datetime(2026, 11, 21, 18, 0, tzinfo=UTC),
    )
    assert ("ESTABLISHED_AFTER_DATA status.established_on" in rules(record)) is late


def test_a_given_name_of_spaces_is_no_name() -> None:
    assert rules(replace(GOOD, holder=replace(HOLDER, given_name=" ")))


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("1969-12-31T23:59:59+00:00", False),
        ("1970-01-01T00:00:00+00:00", True),
        ("2199-12-31T23:30:00-03:00", False),
    ],
)
def test_data_as_of_is_a_moment_that_the_wire_can_hold(moment: str, allowed: bool) -> None:
    record = replace(GOOD, established_on=date(1969, 1, 1))
    found = rules(replace(record, data_as_of=datetime.fromisoformat(moment)))
    assert ("DATE_OUT_OF_RANGE data_as_of" in found) is not allowed


def test_the_longest_prefix_of_an_oktmo_decides() -> None:
    """Югра is 718, and stands within the 71 of Тюмень."""
    for code, oktmo, fits in (("86", "71800000", True), ("72", "71800000", False)):
        record = replace(GOOD, region=Region(code, oktmo=oktmo))
        assert ("REGION_MISMATCH region.oktmo" in rules(record)) is not fits


def test_demand_raises_with_every_broken_rule() -> None:
    demand(GOOD)
    with pytest.raises(RecordRefused) as caught:
        demand(replace(GOOD, category="", authority=None))
    assert [v.rule for v in caught.value.violations] == ["CATEGORY_MISSING", "AUTHORITY_MISSING"]


def test_a_deployment_may_add_categories() -> None:
    more = Categories.builtin().plus('[dragon_rider]\nname = "Н"\nname_en = "D"\n')
    record = replace(GOOD, category="dragon_rider")
    assert list(broken(record, more)) == []
    with pytest.raises(RecordRefused, match="CATEGORY_UNKNOWN"):
        demand(record)
