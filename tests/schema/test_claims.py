"""The claims of a credential: what is written is read, and only the ranges of the format."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from strategies import claims

from statusqr_schema import (
    Claims,
    MalformedCredential,
    Presentation,
    StatusReference,
    cbor,
)
from statusqr_schema.claims import decode, encode
from statusqr_schema.days import LAST_INSTANT

EXP, NBF, IAT, RECORD, STATUS, SHOWN = 4, 5, 6, -65537, -65538, -65539
NOW = 1_795_251_600
LIVE: dict[int, Any] = {
    EXP: NOW + 60,
    IAT: NOW,
    RECORD: {1: ["Ким", None, None, None], 3: "disabled_1", 4: "Инвалид I группы", 6: [18_048]},
    SHOWN: 2,
}
PRINTED = LIVE | {SHOWN: 0, STATUS: [0, 0]}


def read(content: dict[int, Any]) -> Claims:
    return decode(cbor.encode(content))


def refused(content: dict[int, Any]) -> bool:
    try:
        read(content)
    except MalformedCredential:
        return True
    return False


@given(claims())
def test_round_trip(written: Claims) -> None:
    data = encode(written)
    again = decode(data)
    assert again == written
    assert encode(again) == data


@pytest.mark.parametrize("claim", [EXP, IAT, RECORD, SHOWN])
def test_required_claims(claim: int) -> None:
    assert not refused(LIVE)
    assert refused({key: value for key, value in LIVE.items() if key != claim})


@pytest.mark.parametrize(
    ("shown", "longest"),
    [(Presentation.PRINT, 400 * 86_400), (Presentation.SCREEN, 600), (Presentation.LIVE, 60)],
)
def test_lifetimes(shown: Presentation, longest: int) -> None:
    code = (PRINTED if shown is Presentation.PRINT else LIVE) | {SHOWN: int(shown)}
    assert shown.max_lifetime == longest
    assert read(code | {EXP: NOW + longest}).expires_at == NOW + longest
    assert refused(code | {EXP: NOW + longest + 1})


@pytest.mark.parametrize("shown", Presentation)
def test_printed_codes_and_no_others_refer_to_a_status_list(shown: Presentation) -> None:
    code = LIVE | {SHOWN: int(shown)}
    assert refused(code) is (shown is Presentation.PRINT)
    assert refused(code | {STATUS: [1, 2]}) is (shown is not Presentation.PRINT)


def test_the_status_reference_is_a_list_and_an_index() -> None:
    assert read(PRINTED | {STATUS: [1, 2]}).status == StatusReference(1, 2)
    assert read(LIVE).status is None


@pytest.mark.parametrize("status", [[], [0], [0, 0, 0], None, 0, [None, 0]])
def test_other_status_references(status: Any) -> None:
    assert refused(PRINTED | {STATUS: status})


# How a claims map holds the number, the lowest and the highest that are read.
INTEGERS: dict[str, tuple[Callable[[Any], dict[int, Any]], int, int]] = {
    "iat": (lambda n: LIVE | {IAT: n, EXP: n}, 0, LAST_INSTANT),
    "exp": (lambda n: LIVE | {IAT: LAST_INSTANT, EXP: n}, 0, LAST_INSTANT),
    "nbf": (lambda n: LIVE | {NBF: n}, 0, LAST_INSTANT),
    "presentation": (lambda n: (PRINTED if n == 0 else LIVE) | {SHOWN: n}, 0, 2),
    "list number": (lambda n: PRINTED | {STATUS: [n, 0]}, 0, 2**32 - 1),
    "index": (lambda n: PRINTED | {STATUS: [0, n]}, 0, 2**20 - 1),
}


@pytest.mark.parametrize("name", INTEGERS)
def test_integers_at_their_edges(name: str) -> None:
    put, lowest, highest = INTEGERS[name]
    assert not refused(put(lowest))
    assert not refused(put(highest))
    assert refused(put(lowest - 1))
    assert refused(put(highest + 1))


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("wrong", [True, False, None, "1", b"1", [1], {1: 1}], ids=repr)
def test_nothing_else_is_an_integer(name: str, wrong: Any) -> None:
    assert refused(INTEGERS[name][0](wrong))


@pytest.mark.parametrize("whole", [1, [1], "text", None, b"", {}])
def test_claims_are_a_map_with_a_record(whole: Any) -> None:
    with pytest.raises(MalformedCredential):
        decode(cbor.encode(whole))
    assert refused(LIVE | {RECORD: whole})


def test_unknown_claims_and_fields_are_kept() -> None:
    record = LIVE[RECORD] | {0: [1, None], 13: {1: b"x"}, -1: False}
    code = LIVE | {RECORD: record, 0: True, 7: "id", -65540: [[]]}
    found = read(code)
    assert found.unknown_claims == ((0, True), (7, "id"), (-65540, [[]]))
    assert found.unknown_fields == ((0, [1, None]), (13, {1: b"x"}), (-1, False))
    assert encode(found) == cbor.encode(code)


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": NOW + 61},
        {"issued_at": -1},
        {"not_before": LAST_INSTANT + 1},
        {"presentation": Presentation.PRINT},
        {"status": StatusReference(0, 0)},
        {"unknown_fields": ((13, "е\u0308"),)},
    ],
    ids=repr,
)
def test_what_a_reader_would_refuse_is_not_written(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a reader would refuse"):
        encode(replace(read(LIVE), **change))


@pytest.mark.parametrize(
    "change", [{"unknown_claims": ((EXP, NOW + 30),)}, {"unknown_fields": ((4, "Другое"),)}]
)
def test_known_claims_are_not_overwritten(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="unknown"):
        encode(replace(read(LIVE), **change))
