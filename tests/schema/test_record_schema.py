"""The published JSON Schema of a register record, and the reader: they agree on the form."""

import copy
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from strategies import records

from statusqr_schema import RecordRefused, StatusRecord, read_entry, record_to_json

DATA = Path(__file__).parents[1] / "data"
GOOD = json.loads((DATA / "records.json").read_text(encoding="utf-8"))["records"]
BAD = json.loads((DATA / "bad_records.json").read_text(encoding="utf-8"))["records"]
BY_ID = {document["id"]: document for document in [*GOOD, *BAD]}

# What is wrong with a record but not with its form: a schema cannot say it.
BEYOND_A_SCHEMA = {
    "SNILS_CHECKSUM",
    "SNILS_REMAINDER_100",
    "SNILS_ZERO",
    "PATRONYMIC_PLACEHOLDER",
    "NAME_HOMOGLYPH",
    "NAME_DIGIT",
    "NAME_NOT_NFC",
    "NAME_CONTROL_CHAR",
    "ESTABLISHED_AFTER_DATA",
    "PERIOD_REVERSED",
    "FAMILY_MEMBER_DUPLICATE",
    "LOW_INCOME_OVER_ONE_YEAR",
}


@cache
def validator() -> Any:
    schema = json.loads(files("statusqr_schema").joinpath("record.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def where(document: Any) -> list[str]:
    """The paths that the schema finds wrong."""
    return [error.json_path for error in validator().iter_errors(document)]


def reader_accepts(document: Any) -> bool:
    try:
        read_entry(document)
    except RecordRefused:
        return False
    return True


@pytest.mark.parametrize("document", GOOD, ids=[good["id"] for good in GOOD])
def test_good_records(document: dict[str, Any]) -> None:
    assert where(document) == []


@pytest.mark.parametrize("document", BAD, ids=[f"{bad['id']}-{bad['rule']}" for bad in BAD])
def test_bad_records(document: dict[str, Any]) -> None:
    assert bool(where(document)) is (document["rule"] not in BEYOND_A_SCHEMA)


@settings(max_examples=50)
@given(records())
def test_every_record_that_may_be_signed(record: StatusRecord) -> None:
    assert where(record_to_json(record)) == []


def changed(name: str, path: str, value: Any) -> Any:
    """A record with another value at `path`; the value `...` takes the field away."""
    document = copy.deepcopy(BY_ID[name])
    *parents, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place = document
    for parent in parents:
        place = place[parent]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("holder", [..., None, "x", [], {}]),
        ("holder/family_name", [..., None, "", 7, "Б" * 101]),
        ("holder/given_name", [..., None, "", 7, []]),
        ("holder/patronymic", ["", 7]),
        ("holder/snils", [..., None, 90576722125, "", "1", "9O5-767-221 25", "905767221255"]),
        ("family_members", [..., None, {}, [], ["x"], [None]]),
        ("family_members/0/relation", [..., None, "", 1, "с" * 101]),
        ("family_members/3/snils", [..., None]),
        ("family_members_required", ["true", 1]),
        ("id", [1, {}]),
        ("status", [..., None, []]),
        ("status/name", [..., None, "", "И" * 301, 1]),
        ("status/category", [..., None, "", "Large", "large family", 1]),
        ("status/established_on", [..., None, "", "15.04.2024", "2024-13-01", "2024-02-30", 0]),
        ("status/period", [..., None, [], {}]),
        ("status/period/valid_from", [..., None, "2024-4-15", "20240415", "1899-12-31"]),
        ("status/period/valid_through", ["2030-01-01", "2200-01-01", 1]),
        ("status/period/indefinite", ["true", 0]),
        ("status/basis", [..., None, "Решение", {}]),
        ("status/basis/title", [..., None, "", "А" * 501]),
        ("status/basis/number", ["", 1, "1" * 101]),
        ("status/basis/date", ["", "2024-02-30", 1]),
        ("status/authority", [..., None, "", 1, "О" * 501]),
        ("certificate_number", ["", 1, "1" * 101]),
        ("measures_until", ["", "2027-02-29", "31.12.2026", 1]),
        ("region", [..., None, "76", {}]),
        ("region/subject_code", [..., None, "", "Yar", 76, "7654"]),
        ("region/oktmo", [78000000]),
        ("data_as_of", ["", "2026-11-21", "2026-11-21T09:30:00", "2026-11-21 09:30:00Z", 1]),
    ],
)
def test_both_refuse(path: str, values: list[Any]) -> None:
    for value in values:
        document = changed("R01", path, value)
        assert where(document), value
        assert not reader_accepts(document), value


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("id", [..., None, ""]),
        ("holder/patronymic", [..., None]),
        ("holder/snils", ["99789513728", "997 895 137 28", "997\u2011895\u2011137\u00a028"]),
        ("holder/birth_place", ["Ярославль", None, 1, {}]),
        ("family_members_required", [..., None, False]),
        ("status/period/valid_through", [...]),
        ("status/period/indefinite", [..., None, False]),
        ("status/basis/number", [..., None]),
        ("status/basis/date", [..., None]),
        ("certificate_number", [..., None]),
        ("measures_until", [..., None, "2199-12-31"]),
        ("region/name", [..., None]),
        ("region/oktmo", [..., None]),
        ("region/time_zone", [..., None]),
        ("region/subject_code", ["076"]),
        ("data_as_of", [..., None, "2026-11-21T09:30Z", "2026-11-21T09:30:00.123456-05:00"]),
        ("anything", [None, 1, [[]], {"else": 1}]),
    ],
)
def test_both_accept(path: str, values: list[Any]) -> None:
    for value in values:
        document = changed("R01", path, value)
        assert where(document) == [], value
        assert reader_accepts(document), value


ANYTHING: list[Any] = [..., None, True, 0, "", "76", "Анна", "2026-01-01", [], {}]


@settings(max_examples=150)
@given(st.data())
def test_what_the_reader_accepts_the_schema_accepts(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([document["id"] for document in GOOD]))
    path = data.draw(st.sampled_from(["holder/{}", "status/{}", "status/period/{}", "region/{}"]))
    section = path.split("/{}")[0].split("/")
    known = BY_ID[name]
    for step in section:
        known = known[step]
    field = data.draw(st.sampled_from(sorted(known)))
    value = data.draw(st.sampled_from(ANYTHING))
    document = changed(name, path.format(field), value)
    if reader_accepts(document):
        assert where(document) == []


def test_the_schema_says_where() -> None:
    document = changed("R01", "family_members/1/snils", None)
    assert where(document) == ["$.family_members[1].snils"]


def test_both_refuse_a_mononym_that_is_no_flag() -> None:
    document = changed("R01", "holder/mononym", "yes")
    assert where(document)
    assert not reader_accepts(document)
