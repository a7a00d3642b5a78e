"""Records that an issuer may sign are read, and written again as they were."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from strategies import records

from statusqr_schema import (
    Disclosure,
    Profile,
    SnilsPolicy,
    StatusRecord,
    entry_to_json,
    read_entry,
    record_to_json,
    split_records,
)

TEXT = (Path(__file__).parents[1] / "data" / "records.json").read_text(encoding="utf-8")
GOOD: list[dict[str, Any]] = json.loads(TEXT)["records"]
BY_ID = {document["id"]: document for document in GOOD}

every_good_record = pytest.mark.parametrize("document", GOOD, ids=list(BY_ID))


def in_utc(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its moment in UTC, the zone in which the project writes moments."""
    if document["data_as_of"] is None:
        return document
    moment = datetime.fromisoformat(document["data_as_of"]).astimezone(UTC)
    return {**document, "data_as_of": moment.isoformat().replace("+00:00", "Z")}


def test_there_are_25_of_17_categories_in_14_regions() -> None:
    assert len(BY_ID) == len(GOOD) == 25
    assert len({document["status"]["category"] for document in GOOD}) == 17
    assert len({document["region"]["subject_code"] for document in GOOD}) == 14


@every_good_record
def test_written_as_read(document: dict[str, Any]) -> None:
    assert entry_to_json(read_entry(document)) == in_utc(document)


@every_good_record
def test_written_json_reads_as_the_same_entry(document: dict[str, Any]) -> None:
    entry = read_entry(document)
    again = read_entry(json.loads(json.dumps(entry_to_json(entry))))
    assert again == entry


def test_reading_leaves_the_document_alone() -> None:
    document = copy.deepcopy(BY_ID["R01"])
    read_entry(document)
    assert document == BY_ID["R01"]


def test_fields_of_a_record() -> None:
    entry = read_entry(BY_ID["R01"])
    record = entry.record
    assert (entry.id, entry.family_members_required) == ("R01", True)
    assert record.holder.full_name == "Лебедева Ольга Сергеевна"
    assert record.holder.surname_and_initials == "Лебедева\u00a0О.\u00a0С."
    assert [member.relation for member in record.family_members] == ["супруг"] + ["ребёнок"] * 3
    assert record.period.indefinite
    assert record.data_as_of == datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


def test_a_mononym_has_neither_given_name_nor_initials() -> None:
    holder = read_entry(BY_ID["R15"]).record.holder
    assert holder.given_name is None
    assert holder.full_name == holder.surname_and_initials == holder.family_name


def test_the_three_ends_of_a_period_stay_apart() -> None:
    periods = [read_entry(BY_ID[name]).record.period for name in ("R02", "R04", "R20")]
    assert [(p.valid_through is not None, p.indefinite, p.end_not_stated) for p in periods] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_unknown_fields_are_kept_in_their_places() -> None:
    document = copy.deepcopy(BY_ID["R01"])
    document["register"] = {"version": 3}
    document["holder"]["birth_place"] = "Ярославль"
    document["family_members"][1]["school"] = ["№ 1", None]
    document["status"]["period"]["note"] = 1.5
    document["status"]["basis"]["pages"] = False
    document["status"]["egisso"] = None
    document["region"]["okato"] = "78"
    entry = read_entry(document)
    assert set(entry.extra) == {
        ("register",),
        ("edge_case",),
        ("expect",),
        ("holder", "birth_place"),
        ("family_members", 1, "school"),
        ("status", "period", "note"),
        ("status", "basis", "pages"),
        ("status", "egisso"),
        ("region", "okato"),
    }
    assert entry_to_json(entry) == in_utc(document)


def test_what_may_be_absent() -> None:
    document = copy.deepcopy(BY_ID["R04"])
    for name in ("id", "family_members", "family_members_required", "certificate_number"):
        del document[name]
    del document["measures_until"], document["data_as_of"], document["holder"]["patronymic"]
    entry = read_entry(document)
    assert (entry.id, entry.family_members_required) == (None, None)
    assert entry.record.family_members == ()
    assert entry.record.data_as_of is None


def test_a_code_of_a_region_needs_no_leading_zero() -> None:
    document = copy.deepcopy(BY_ID["R20"])
    for code in ("2", "02", "002"):
        document["region"] = {"subject_code": code}
        assert entry_to_json(read_entry(document))["region"] == {
            "subject_code": "02",
            "name": "Республика Башкортостан",
        }


@given(records())
def test_every_record_that_may_be_signed_survives_json(record: StatusRecord) -> None:
    document = json.loads(json.dumps(record_to_json(record)))
    assert read_entry(document).record == record


def test_a_part_of_a_number_is_written_masked() -> None:
    record = read_entry(BY_ID["R04"]).record
    tail = Disclosure(holder_snils=SnilsPolicy.LAST_FIVE).apply(record)
    none = Disclosure(holder_snils=SnilsPolicy.NONE).apply(record)
    numbers = [str(record_to_json(r)["holder"]) for r in (record, tail, none)]
    assert "905-767-221 25" in numbers[0]
    assert "•••-•••-221 25" in numbers[1]
    assert "'snils': None" in numbers[2]


def test_what_was_not_disclosed_is_written_as_null() -> None:
    minimal = Disclosure(Profile.MINIMAL).apply(read_entry(BY_ID["R01"]).record)
    document: dict[str, Any] = {**record_to_json(minimal)}
    assert document["family_members"] == []
    absent = ("certificate_number", "measures_until", "region", "data_as_of")
    assert [document[name] for name in absent] == [None] * 4
    status = document["status"]
    assert [status[name] for name in ("established_on", "basis", "authority")] == [None] * 3


@pytest.mark.parametrize(
    "text", [TEXT, json.dumps(GOOD), json.dumps({"records": GOOD, "meta": None})]
)
def test_files_hold_lists_of_records(text: str) -> None:
    assert split_records(text) == GOOD


def test_a_file_may_hold_one_record() -> None:
    assert split_records(json.dumps(GOOD[0])) == GOOD[:1]


@pytest.mark.parametrize("text", ["1", "null", '"R01"', '{"records": 1}', '{"records": null}'])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="нужна запись"):
        split_records(text)
