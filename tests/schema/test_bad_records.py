"""Records that break one rule, many rules, or make no sense: all errors are named at once."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from statusqr_schema import RecordRefused, read_entry

DATA = Path(__file__).parents[1] / "data"
BAD = json.loads((DATA / "bad_records.json").read_text(encoding="utf-8"))["records"]
GOOD = json.loads((DATA / "records.json").read_text(encoding="utf-8"))["records"]
BY_ID = {document["id"]: document for document in GOOD}


def refused(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(RecordRefused) as caught:
        read_entry(document)
    return [(violation.rule, violation.path) for violation in caught.value.violations]


def changed(name: str, **changes: Any) -> dict[str, Any]:
    """A good record with other values; `status__name` is the path `status.name`."""
    document: dict[str, Any] = copy.deepcopy(BY_ID[name])
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = document
        for parent in parents:
            place = place[parent]
        place[last] = value
    return document


@pytest.mark.parametrize("document", BAD, ids=[f"{bad['id']}-{bad['rule']}" for bad in BAD])
def test_exactly_the_rule_that_is_broken(document: dict[str, Any]) -> None:
    with pytest.raises(RecordRefused) as caught:
        read_entry(document)
    (violation,) = caught.value.violations
    assert (violation.rule, violation.path) == (document["rule"], document["path"])
    assert re.search("[а-яё]", violation.message)
    assert violation.rule in str(caught.value)


@pytest.mark.parametrize("document", BAD, ids=[bad["id"] for bad in BAD])
def test_messages_hold_no_personal_data(document: dict[str, Any]) -> None:
    with pytest.raises(RecordRefused) as caught:
        read_entry(document)
    people = [document["holder"], *document["family_members"]]
    parts = [str(part) for person in people for part in person.values() if len(str(part)) > 4]
    assert not [part for part in parts if part in str(caught.value)]


def test_25_bad_records_break_25_rules() -> None:
    assert len({bad["rule"] for bad in BAD}) == len(BAD) == 25


def test_everything_wrong_is_reported_at_once() -> None:
    document = changed(
        "R01",
        holder__family_name="Лебедевa",
        holder__patronymic="-",
        holder__snils="997-895-137 29",
        status__name="",
        status__category="large-family",
        status__established_on="15.04.2024",
        status__period__valid_from="2024-02-30",
        status__basis=None,
        status__authority=7,
        measures_until="",
        region__oktmo="76000000",
        data_as_of="2026-11-21T09:30",
    )
    document["family_members"][2]["snils"] = None
    document["family_members"][3]["relation"] = " "
    assert sorted(refused(document)) == sorted(
        [
            ("NAME_HOMOGLYPH", "holder.family_name"),
            ("PATRONYMIC_PLACEHOLDER", "holder.patronymic"),
            ("SNILS_CHECKSUM", "holder.snils"),
            ("FAMILY_MEMBER_SNILS_MISSING", "family_members[2].snils"),
            ("RELATION_MISSING", "family_members[3].relation"),
            ("STATUS_NAME_MISSING", "status.name"),
            ("CATEGORY_UNKNOWN", "status.category"),
            ("DATE_FORMAT", "status.established_on"),
            ("DATE_NOT_EXISTS", "status.period.valid_from"),
            ("BASIS_MISSING", "status.basis"),
            ("FIELD_TYPE", "status.authority"),
            ("DATE_FORMAT", "measures_until"),
            ("REGION_MISMATCH", "region.oktmo"),
            ("DATA_AS_OF_NO_ZONE", "data_as_of"),
        ]
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status__period": None}, [("PERIOD_MISSING", "status.period")]),
        ({"status__period": []}, [("FIELD_TYPE", "status.period")]),
        (
            {"status__period__valid_from": None},
            [("PERIOD_START_MISSING", "status.period.valid_from")],
        ),
        ({"status__period__indefinite": 1}, [("FIELD_TYPE", "status.period.indefinite")]),
        ({"status__basis": "x"}, [("FIELD_TYPE", "status.basis")]),
        ({"region": None}, [("REGION_MISSING", "region")]),
        ({"region": {}}, [("REGION_UNKNOWN", "region.subject_code")]),
        ({"region__subject_code": 76}, [("FIELD_TYPE", "region.subject_code")]),
        ({"family_members": {}}, [("FIELD_TYPE", "family_members")]),
        ({"family_members_required": True}, [("FAMILY_MISSING", "family_members")]),
        ({"id": 4}, [("FIELD_TYPE", "id")]),
        ({"certificate_number": ""}, [("TEXT_EMPTY", "certificate_number")]),
        ({"data_as_of": "2026-11-21 09:30:00+03:00"}, [("DATE_FORMAT", "data_as_of")]),
        ({"data_as_of": "2026-11-21T25:30:00+03:00"}, [("DATE_FORMAT", "data_as_of")]),
        ({"measures_until": "20260302"}, [("DATE_FORMAT", "measures_until")]),
        ({"measures_until": "2200-01-01"}, [("DATE_OUT_OF_RANGE", "measures_until")]),
        ({"holder__given_name": ""}, [("NAME_MISSING", "holder.given_name")]),
    ],
)
def test_wrong_forms(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refused(changed("R04", **changes)) == expected


def test_a_patronymic_needs_a_given_name() -> None:
    document = changed("R01", holder__given_name=None)
    assert refused(document) == [("NAME_MISSING", "holder.given_name")]
    document = changed("R01", holder__given_name=None, holder__patronymic=None)
    assert refused(document) == [("NAME_MISSING", "holder.given_name")]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (changed("R04", holder=None), ("SECTION_MISSING", "holder")),
        (changed("R04", holder=[]), ("FIELD_TYPE", "holder")),
        (changed("R04", status=None), ("SECTION_MISSING", "status")),
        (changed("R04", status="x"), ("FIELD_TYPE", "status")),
        (changed("R04", family_members=["x"]), ("FIELD_TYPE", "family_members[0]")),
        (changed("R04", holder__given_name=5), ("FIELD_TYPE", "holder.given_name")),
        (None, ("FIELD_TYPE", "")),
    ],
)
def test_what_is_not_there_is_reported(document: Any, expected: tuple[str, str]) -> None:
    assert refused(document)[0] == expected


@pytest.mark.parametrize("name", ["holder", "status"])
def test_a_missing_section_is_one_error(name: str) -> None:
    assert refused(changed("R04", **{name: None})) == [("SECTION_MISSING", name)]


@pytest.mark.parametrize(
    "changes",
    [
        {"data_as_of": "9999-12-31T23:59:59-12:00"},
        {"data_as_of": "0001-01-01T00:00:00+14:00"},
        {
            "status__period__valid_from": "9999-06-01",
            "status__period__valid_through": "9999-12-31",
        },
    ],
)
def test_the_ends_of_time_are_out_of_range(changes: dict[str, str]) -> None:
    rules = {rule for rule, _ in refused(changed("R02", **changes))}
    assert "DATE_OUT_OF_RANGE" in rules
