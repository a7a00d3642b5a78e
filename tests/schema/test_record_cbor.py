"""The record on the wire: the key of each field, and its types, sizes and ranges to the unit."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from statusqr_schema import (
    Basis,
    FamilyMember,
    MalformedCredential,
    Period,
    Person,
    Region,
    Snils,
    SnilsTail,
    StatusRecord,
)
from statusqr_schema.record_cbor import from_map, to_map

FIRST_DAY, LAST_DAY = -25_567, 84_005  # 1900-01-01 and 2199-12-31
LAST_INSTANT = 7_258_118_399  # 2199-12-31T23:59:59Z
HOLDER = ["Ким", "Виктория", None, 90576722125]
CHILD = ["Ким", "Анна", None, -1 - 4918, "дочь"]
FULL: dict[int, Any] = {
    1: HOLDER,
    2: [CHILD],
    3: "disabled_1",
    4: "Инвалид I группы",
    5: 18_050,
    6: [18_048, None],
    7: ["Акт", "1", 18_050],
    8: "Бюро № 0",
    9: "МСЭ-2019 № 1",
    10: 21_000,
    11: 77,
    12: 1_795_242_600,
}
RECORD = StatusRecord(
    holder=Person("Ким", "Виктория", None, Snils(90576722125)),
    family_members=(FamilyMember("Ким", "Анна", None, SnilsTail(4918), "дочь"),),
    category="disabled_1",
    status_name="Инвалид I группы",
    established_on=date(2019, 6, 3),
    period=Period(date(2019, 6, 1), indefinite=True),
    basis=Basis("Акт", "1", date(2019, 6, 3)),
    authority="Бюро № 0",
    certificate_number="МСЭ-2019 № 1",
    measures_through=date(2027, 7, 1),
    region=Region("77"),
    data_as_of=datetime(2026, 11, 21, 6, 30, tzinfo=UTC),
)


def refused(key: int, value: Any) -> bool:
    try:
        from_map({**FULL, key: value})
    except MalformedCredential:
        return True
    return False


def test_every_field_has_its_key() -> None:
    assert from_map(FULL) == (RECORD, ())
    assert to_map(RECORD) == FULL


def test_a_reader_needs_four_fields_and_no_more() -> None:
    minimal = {key: FULL[key] for key in (1, 3, 4, 6)}
    record, unknown = from_map(minimal)
    assert to_map(record) == minimal
    assert unknown == ()
    for key in minimal:
        with pytest.raises(MalformedCredential):
            from_map({k: value for k, value in FULL.items() if k != key})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (6, [18_048]),
        (6, [18_048, None]),
        (6, [18_048, 18_048]),
        (7, ["Акт"]),
        (7, ["Акт", "1"]),
        (7, ["Акт", None, 18_050]),
        (1, ["Ким", None, None, None]),
        (1, ["Ким", "Ви", None, 0]),
        (1, ["Ким", "Ви", None, -1]),
        (2, [CHILD] * 32),
        (11, 2),
    ],
)
def test_forms_are_kept_apart(key: int, value: Any) -> None:
    content = {**FULL, key: value}
    assert to_map(from_map(content)[0]) == content


# How a field holds the number, the lowest and the highest that are read.
INTEGERS: dict[str, tuple[int, Callable[[Any], Any], int, int]] = {
    "holder's СНИЛС": (1, lambda n: [*HOLDER[:3], n], -100_000, 99_999_999_999),
    "child's СНИЛС": (2, lambda n: [[*CHILD[:3], n, "дочь"]], -100_000, 99_999_999_999),
    "established on": (5, lambda n: n, FIRST_DAY, LAST_DAY),
    "from": (6, lambda n: [n], FIRST_DAY, LAST_DAY),
    "through": (6, lambda n: [FIRST_DAY, n], FIRST_DAY, LAST_DAY),
    "date of the basis": (7, lambda n: ["Акт", None, n], FIRST_DAY, LAST_DAY),
    "measures through": (10, lambda n: n, FIRST_DAY, LAST_DAY),
    "region": (11, lambda n: n, 1, 999),
    "data as of": (12, lambda n: n, 0, LAST_INSTANT),
}


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_at_their_edges(name: str) -> None:
    key, put, lowest, highest = INTEGERS[name]
    assert not refused(key, put(lowest))
    assert not refused(key, put(highest))
    assert refused(key, put(lowest - 1))
    assert refused(key, put(highest + 1))


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("wrong", [True, False, "1", b"1", [1], {1: 1}, 1.0], ids=repr)
def test_nothing_else_is_an_integer(name: str, wrong: Any) -> None:
    key, put, _, _ = INTEGERS[name]
    assert refused(key, put(wrong))


TEXTS: dict[str, tuple[int, Callable[[Any], Any], int]] = {
    "family name": (1, lambda t: [t, None, None, None], 100),
    "given name": (1, lambda t: ["Ким", t, None, None], 100),
    "patronymic": (1, lambda t: ["Ким", None, t, None], 100),
    "child's name": (2, lambda t: [[t, *CHILD[1:]]], 100),
    "relation": (2, lambda t: [[*CHILD[:4], t]], 100),
    "category": (3, lambda t: t, 64),
    "status name": (4, lambda t: t, 300),
    "basis": (7, lambda t: [t], 500),
    "number of the basis": (7, lambda t: ["Акт", t], 100),
    "number of a dated basis": (7, lambda t: ["Акт", t, 1], 100),
    "authority": (8, lambda t: t, 500),
    "certificate number": (9, lambda t: t, 100),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_at_their_edges(name: str) -> None:
    key, put, longest = TEXTS[name]
    assert not refused(key, put("х"))
    assert not refused(key, put("😀" * longest))  # characters count, not bytes
    assert refused(key, put("х" * (longest + 1)))
    for wrong in ("", 1, True, b"text", ["text"]):
        assert refused(key, put(wrong))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((1, wrong) for wrong in (None, HOLDER[:3], [*HOLDER, "дочь"], {0: "Ким"})),
        *((2, wrong) for wrong in (None, [], [CHILD] * 33, [CHILD[:4]], [[*CHILD[:4], None]])),
        *((6, wrong) for wrong in (None, [], [None], [1, 2, 3], [2, 1])),
        *((7, wrong) for wrong in (None, [], ["А", None], ["А", "1", None], ["А", "1", 1, 1])),
        *((key, None) for key in (3, 4, 5, 8, 9, 10, 11, 12)),
    ],
)
def test_other_shapes(key: int, value: Any) -> None:
    assert refused(key, value)
