"""A status list in memory: what is put in is found, nothing else; which version counts."""

import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import NOON

from statusqr_keys import StatusList
from statusqr_keys.status_list import (
    INVALID,
    SUSPENDED,
    VALID,
    compress,
    decompress,
    newer,
)
from statusqr_schema import StatusListRefused
from statusqr_schema.claims import LIST_SIZE
from statusqr_schema.days import LAST_INSTANT

IAT = int(NOON.timestamp())
WEEK = 7 * 86_400
TERM = {"subject": "https://example.org/lists/0", "issued_at": IAT, "expires_at": IAT + WEEK}
WIDTHS = (1, 2, 4, 8)

indexes = st.integers(0, LIST_SIZE - 1)


def of(states: dict[int, int]) -> StatusList:
    return StatusList.of(states, **TERM)  # type: ignore[arg-type]


def made(**changes: Any) -> StatusList:
    return StatusList(**{**TERM, "entries": b"\x01", **changes})


@settings(max_examples=50)
@given(st.dictionaries(indexes, st.integers(0, 3), max_size=200), st.sets(indexes, max_size=50))
def test_what_is_put_in_is_found_and_all_else_is_valid(
    states: dict[int, int], others: set[int]
) -> None:
    found = of(states)
    assert found.size == LIST_SIZE
    assert all(found.lookup(index) == state for index, state in states.items())
    assert all(found.lookup(index) == VALID for index in others - states.keys())
    number = sum(state << 2 * index for index, state in states.items())
    assert number == int.from_bytes(found.entries, "little")


@given(st.sampled_from(WIDTHS), st.binary(max_size=100))
def test_every_width_is_read_from_the_lowest_bit_up(bits: int, entries: bytes) -> None:
    found = made(bits=bits, entries=entries)
    number = int.from_bytes(entries, "little")  # §4.1 in one number: entry i at bit i * bits
    expected = [number >> bits * at & 2**bits - 1 for at in range(len(entries) * 8 // bits)]
    assert [found.lookup(at) for at in range(found.size)] == expected
    for beyond in (found.size, found.size + 1, LIST_SIZE, 2**70, -1, -found.size - 1):
        with pytest.raises(IndexError):
            found.lookup(beyond)


def test_the_first_and_the_last_entry() -> None:
    found = of({0: INVALID, 3: SUSPENDED, LIST_SIZE - 1: 3})
    assert (found.entries[0], found.entries[-1]) == (0b10_00_00_01, 0b11_00_00_00)
    assert [found.lookup(index) for index in (0, 1, 3, LIST_SIZE - 1)] == [1, 0, 2, 3]
    with pytest.raises(IndexError):
        found.lookup(LIST_SIZE)


@pytest.mark.parametrize("states", [{-1: 1}, {LIST_SIZE: 1}, {0: 4}, {0: -1}, {5: 1, 2**40: 0}])
def test_what_the_list_cannot_have_is_not_put_in(states: dict[int, int]) -> None:
    with pytest.raises(ValueError, match=r"beyond the list|more than 2 bits"):
        of(states)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subject": ""}, "sub"),
        ({"subject": "x" * 2001}, "sub"),
        ({"subject": b"x"}, "sub"),
        ({"issued_at": -1}, "iat"),
        ({"issued_at": True}, "iat"),
        ({"issued_at": float(IAT)}, "iat"),
        ({"issued_at": None}, "iat"),
        ({"expires_at": None}, "exp"),
        ({"expires_at": IAT + WEEK - 1}, "меньше семи суток"),
        ({"expires_at": LAST_INSTANT + 1}, "exp"),
        ({"ttl": 0}, "ttl"),
        ({"ttl": True}, "ttl"),
        ({"bits": 3}, "bits"),
        ({"bits": 16}, "bits"),
        ({"bits": True}, "bits"),
        ({"bits": 2, "entries": bytes(LIST_SIZE // 4 + 1)}, "больше 1048576 записей"),
        ({"bits": 8, "entries": bytes(LIST_SIZE + 1)}, "больше 1048576 записей"),
    ],
)
def test_a_list_that_breaks_a_rule_is_never_made(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(StatusListRefused, match=message) as refusal:
        made(**changes)
    assert refusal.value.code == "STATUS_LIST"


@pytest.mark.parametrize("bits", WIDTHS)
def test_a_list_may_be_as_large_as_2_to_the_20(bits: int) -> None:
    found = made(bits=bits, entries=bytes(LIST_SIZE * bits // 8), ttl=1)
    assert found.size == LIST_SIZE
    assert found.lookup(LIST_SIZE - 1) == 0
    assert len(repr(found)) < 300


@pytest.mark.parametrize(
    ("at", "current"),
    [
        (IAT - 61, False),  # from the future: its clock or ours is wrong
        (IAT - 60, True),
        (IAT, True),
        (IAT + WEEK - 1, True),
        (IAT + WEEK, False),
        (LAST_INSTANT, False),
    ],
)
def test_when_a_list_is_current(at: int, current: bool) -> None:
    assert of({}).is_current(at) is current


@given(st.lists(st.integers(0, 20), min_size=1, max_size=8))
def test_the_highest_iat_seen_is_kept(shifts: list[int]) -> None:
    offered = [made(issued_at=IAT - shift) for shift in shifts]
    held = offered[0]
    for version in offered:
        before, held = held, newer(held, version)
        assert held is (version if version.issued_at > before.issued_at else before)
    assert held.issued_at == IAT - min(shifts)


def test_versions_of_different_lists_are_not_compared() -> None:
    with pytest.raises(ValueError, match="different lists"):
        newer(made(), made(subject="https://example.org/lists/1"))


@given(st.sampled_from(WIDTHS), st.binary(max_size=300))
def test_entries_survive_compression(bits: int, entries: bytes) -> None:
    assert decompress(compress(entries), bits) == entries
    assert decompress(zlib.compress(entries), bits) == entries


def test_one_percent_revoked_fits_into_16_kb() -> None:
    step = 7919 * 101  # a stride that visits entries all over the list, each once
    states = {n * step % LIST_SIZE: INVALID for n in range(LIST_SIZE // 100)}
    assert len(states) == LIST_SIZE // 100
    assert len(compress(of(states).entries)) < 16_384


@pytest.mark.parametrize("bits", WIDTHS)
def test_inflating_holds_little_more_than_a_list(bits: int) -> None:
    largest = LIST_SIZE * bits // 8
    bomb = zlib.compress(bytes(64 * LIST_SIZE), 9)
    tracemalloc.start()
    try:
        with pytest.raises(StatusListRefused, match="больше 1048576 записей"):
            decompress(bomb, bits)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # zlib's output in blocks and as a whole, and the rest of the input
    assert peak < 2 * largest + 2 * len(bomb) + 2**16
    assert len(decompress(zlib.compress(bytes(largest)), bits)) == largest
