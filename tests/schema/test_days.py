"""Days and moments as numbers."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_schema import days

ALL_DAYS = st.dates(days.FIRST_DAY, days.LAST_DAY)


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(1970, 1, 1), 0),
        (date(1969, 12, 31), -1),
        (date(1940, 10, 9), -10676),  # the examples of RFC 8943
        (date(1980, 12, 8), 3994),
        (date(1900, 1, 1), -25567),
        (date(2199, 12, 31), 84005),
    ],
)
def test_days_count_from_1970(day: date, number: int) -> None:
    assert days.to_number(day) == number
    assert days.from_number(number) == day


@given(ALL_DAYS, st.integers(-400, 400))
def test_a_day_more_is_one_more(day: date, more: int) -> None:
    assert days.to_number(day + timedelta(more)) == days.to_number(day) + more


@pytest.mark.parametrize("number", [-719_163, 2_932_897])
def test_days_before_year_1_and_after_9999(number: int) -> None:
    with pytest.raises(ValueError, match=r"ordinal|year"):
        days.from_number(number)


def test_the_last_instant_is_the_end_of_the_last_day() -> None:
    assert days.from_instant(days.LAST_INSTANT) == datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 3, tzinfo=days.MOSCOW), 0),
        (datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=3))), 1795242600),
        (datetime(1970, 1, 1, 0, 0, 1, 999_999, tzinfo=UTC), 1),
        (datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC), -1),  # down, not towards zero
    ],
)
def test_moments(moment: datetime, seconds: int) -> None:
    assert days.to_instant(moment) == seconds


@given(st.integers(0, days.LAST_INSTANT))
def test_instants_are_read_back(seconds: int) -> None:
    assert days.to_instant(days.from_instant(seconds)) == seconds
    assert days.from_instant(seconds).utcoffset() == timedelta(0)


def test_a_moment_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        days.to_instant(datetime(2026, 11, 21))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "years", "same"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2025, 2, 28), 3, date(2028, 2, 28)),
        (date(2026, 3, 2), 1, date(2027, 3, 2)),
        (date(2026, 12, 31), 1, date(2027, 12, 31)),
        (date(2096, 2, 29), 4, date(2100, 2, 28)),  # 2100 is no leap year
    ],
)
def test_the_same_day_years_later(day: date, years: int, same: date) -> None:
    assert days.years_after(day, years) == same


@given(ALL_DAYS)
def test_a_year_has_365_or_366_days(day: date) -> None:
    assert (days.years_after(day, 1) - day).days in (365, 366)
