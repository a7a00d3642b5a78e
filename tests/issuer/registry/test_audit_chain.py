"""The chain of the audit log: whatever is done to it is found, and named."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_issuer.registry.chain import START, AuditEntry, Break, Fault, Head, examine, link

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
Row = tuple[int, str, str, str, bool]
TOLD = st.tuples(st.integers(0, 2**40), WORDS, WORDS, WORDS, st.booleans())


def chain(
    told: list[tuple[int, str, str, str, bool]], start: Head | None = None
) -> list[AuditEntry]:
    last, made = start or Head(), []
    for at, actor, act, body, on_lists in told:
        seq = last.seq + 1
        last = Head(seq, link(last.hash, seq, at, actor, act, body, on_lists))
        made.append(AuditEntry(seq, at, actor, act, body, on_lists, last.hash))
    return made


CHAINS = st.lists(TOLD, min_size=1, max_size=8).map(chain)
LONGER = st.lists(TOLD, min_size=2, max_size=8).map(chain)


def heads(entries: list[AuditEntry]) -> list[Head]:
    return [Head(entry.seq, entry.hash) for entry in entries]


def test_the_hash_of_an_entry_is_what_the_format_says() -> None:
    text = '[7,1763805600,"анна","revoke","{\\"reason\\":\\"утрата «П»\\"}",true]'
    wanted = hashlib.sha256(b"\x11" * 32 + text.encode()).hexdigest()
    assert wanted == "d99108dd41b6691b48ed2b2764e654d1b0538f9b320b239d8417496fe7ea583f"
    made = link(b"\x11" * 32, 7, 1763805600, "анна", "revoke", '{"reason":"утрата «П»"}', True)
    assert made.hex() == wanted


@given(CHAINS)
def test_a_whole_chain_holds(entries: list[AuditEntry]) -> None:
    assert examine(entries, heads(entries)) == (heads(entries)[-1], None)


def test_an_empty_log_holds_unless_a_head_was_known() -> None:
    assert examine([]) == (Head(0, START), None)
    assert examine([], [Head()]) == (Head(), None)
    assert examine([], [Head(3, b"x" * 32)]) == (Head(), Break(Fault.CUT, 1))


@given(CHAINS, st.data())
def test_a_changed_field_is_found(entries: list[AuditEntry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    old = entries[place]
    others: dict[str, st.SearchStrategy[object]] = {
        "at": st.integers(),
        "actor": WORDS,
        "act": WORDS,
        "body": WORDS | st.binary() | st.none() | st.just("\ud800"),
        "on_lists": st.booleans(),
        "hash": st.binary(min_size=32, max_size=32) | st.none() | st.text(),
    }
    name = data.draw(st.sampled_from(sorted(others)))
    new = data.draw(others[name].filter(lambda value: value != getattr(old, name)))
    changed = [*entries]
    changed[place] = replace(old, **{name: new})  # type: ignore[arg-type]
    assert examine(changed)[1] == Break(Fault.CHANGED, old.seq)


@given(LONGER, st.data())
def test_a_removed_entry_is_found(entries: list[AuditEntry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(entries) - 2))
    left = entries[:place] + entries[place + 1 :]
    assert examine(left) == (Head(*_at(entries, place)), Break(Fault.MISSING, place + 1))
    closed = [replace(entry, seq=seq) for seq, entry in enumerate(left, 1)]
    assert examine(closed)[1] == Break(Fault.CHANGED, place + 1)


@given(LONGER, st.data())
def test_entries_that_change_places_are_found(
    entries: list[AuditEntry], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(entries) - 2))
    second = data.draw(st.integers(first + 1, len(entries) - 1))
    swapped = [*entries]
    swapped[first], swapped[second] = (
        replace(entries[second], seq=first + 1),
        replace(entries[first], seq=second + 1),
    )
    assert examine(swapped)[1] == Break(Fault.CHANGED, first + 1)
    swapped[first], swapped[second] = entries[second], entries[first]
    assert examine(swapped)[1] == Break(Fault.MISSING, first + 1)


@given(CHAINS, st.data())
def test_a_cut_tail_is_found_by_a_head_that_was_known(
    entries: list[AuditEntry], data: st.DataObject
) -> None:
    left = entries[: data.draw(st.integers(0, len(entries) - 1))]
    assert examine(left)[1] is None
    assert examine(left, heads(entries)) == (Head(*_at(entries, len(left))), _cut(left))
    assert examine(left, heads(entries)[-1:])[1] == _cut(left)


@given(LONGER, st.lists(TOLD, min_size=1, max_size=9), st.data())
def test_a_log_that_was_written_anew_is_found_by_heads(
    entries: list[AuditEntry], told: list[Row], data: st.DataObject
) -> None:
    kept = data.draw(st.integers(0, len(entries) - 1))
    forged = entries[:kept] + chain(told, Head(*_at(entries, kept)))
    assert examine(forged)[1] is None
    fault = examine(forged, heads(entries))[1]
    if forged[kept] == entries[kept]:
        return
    assert fault == Break(Fault.FORKED, kept + 1)
    only_last = examine(forged, heads(entries)[-1:])[1]
    assert only_last is not None
    assert only_last.fault in (Fault.FORKED, Fault.CUT)


def test_heads_that_contradict_each_other_are_a_fork() -> None:
    entries = chain([(1, "a", "b", "c", False)] * 3)
    known = [Head(2, b"x" * 32), Head(2, entries[1].hash)]
    for each in (known, known[::-1]):
        assert examine(entries, each)[1] == Break(Fault.FORKED, 2)


@pytest.mark.parametrize("seq", [0, -1, 2, "1", None])
def test_a_log_begins_with_one(seq: object) -> None:
    (entry,) = chain([(1, "a", "b", "c", False)])
    assert examine([replace(entry, seq=seq)])[1] == Break(Fault.MISSING, 1)  # type: ignore[arg-type]


def _at(entries: list[AuditEntry], count: int) -> tuple[int, bytes]:
    return (count, entries[count - 1].hash) if count else (0, START)


def _cut(left: list[AuditEntry]) -> Break:
    return Break(Fault.CUT, len(left) + 1)
