"""What a key may state, and when: the scope, and the term with both of its ends."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_keys import KeyRecord, KeySigner, KeyUse, Scope
from statusqr_keys.trust import utc
from statusqr_schema import KeyProblem

KEY = KeySigner.generate().public_key
START = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=3)))  # 2025-12-31T21:00:00Z
END = datetime(2026, 12, 31, 20, 59, 59, tzinfo=UTC)
START_INSTANT, END_INSTANT = 1767214800, 1798750799

NARROW = Scope(frozenset({"veteran"}), frozenset({"76", "77"}), frozenset({"Орган"}))


@pytest.mark.parametrize(
    ("scope", "category", "region", "authority", "admitted"),
    [
        (Scope(), "anything", "99", "Кто угодно", True),
        (Scope(), "anything", None, None, True),
        (NARROW, "veteran", "76", "Орган", True),
        (NARROW, "veteran", "77", "Орган", True),
        (NARROW, "veteran", None, "Орган", True),  # what is not stated cannot lie outside
        (NARROW, "veteran", "76", None, True),
        (NARROW, "veteran", None, None, True),
        (NARROW, "disabled", "76", "Орган", False),
        (NARROW, "veteran", "78", "Орган", False),
        (NARROW, "veteran", "76", "Другой орган", False),
        (NARROW, "veteran", "76", "орган", False),  # names are compared to the letter
        (NARROW, "veteran", "", "Орган", False),
        (NARROW, "veteran", "76", "", False),
        (NARROW, "", None, None, False),
        (Scope(categories=frozenset({"veteran"})), "veteran", "99", "Кто угодно", True),
        (Scope(categories=frozenset({"veteran"})), "disabled", None, None, False),
        (Scope(regions=frozenset({"76"})), "anything", "76", "Кто угодно", True),
        (Scope(regions=frozenset({"76"})), "anything", "7", "Кто угодно", False),
        (Scope(authorities=frozenset({"Орган"})), "anything", "99", "Орган", True),
        (Scope(authorities=frozenset({"Орган"})), "anything", "99", "Кто угодно", False),
    ],
)
def test_what_a_scope_admits(
    scope: Scope, category: str, region: str | None, authority: str | None, admitted: bool
) -> None:
    assert scope.admits(category, region, authority) is admitted


@pytest.mark.parametrize(
    ("instant", "covered"),
    [
        (0, False),
        (START_INSTANT - 1, False),
        (START_INSTANT, True),
        (START_INSTANT + 1, True),
        (END_INSTANT - 1, True),
        (END_INSTANT, True),
        (END_INSTANT + 1, False),
        (2**40, False),
    ],
)
def test_both_ends_of_a_term_belong_to_it(instant: int, covered: bool) -> None:
    assert KeyRecord(KEY, KeyUse.PRINT, START, END).covers(instant) is covered


def test_a_term_of_one_moment() -> None:
    record = KeyRecord(KEY, KeyUse.PRINT, END, END)
    covered = [record.covers(END_INSTANT + shift) for shift in (-1, 0, 1)]
    assert covered == [False, True, False]


@given(st.integers(-(2**33), 2**33), st.integers(0, 2**32), st.integers(-(2**34), 2**34))
def test_a_term_is_a_closed_interval(start: int, length: int, instant: int) -> None:
    first, last = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=start + part)
                   for part in (0, length))  # fmt: skip
    record = KeyRecord(KEY, KeyUse.LIVE, first, last)
    assert record.covers(instant) == (start <= instant <= start + length)


def test_moments_without_a_zone_are_refused() -> None:
    naive = END.replace(tzinfo=None)
    for start, end in ((naive, END), (START, naive), (naive, naive)):
        with pytest.raises(KeyProblem, match="без часового пояса"):
            KeyRecord(KEY, KeyUse.PRINT, start, end)


def test_a_term_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(KeyProblem, match="раньше"):
        KeyRecord(KEY, KeyUse.PRINT, END, END - timedelta(microseconds=1))
    moscow = timezone(timedelta(hours=3))
    same = KeyRecord(KEY, KeyUse.PRINT, END.astimezone(moscow), END)
    assert same.covers(END_INSTANT)


def test_moments_are_brought_to_whole_seconds_of_utc() -> None:
    moment = datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=3)))
    assert utc(moment) == datetime(2025, 12, 31, 21, tzinfo=UTC)
    assert utc(moment).tzinfo is UTC
