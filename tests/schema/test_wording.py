"""Dates, terms and counts in Russian: the last day is always named as included."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from strategies import days, periods

from statusqr_schema import Period, wording

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0 минут"),
        (1, "1 минуту"),
        (2, "2 минуты"),
        (4, "4 минуты"),
        (5, "5 минут"),
        (10, "10 минут"),
        (11, "11 минут"),
        (12, "12 минут"),
        (14, "14 минут"),
        (15, "15 минут"),
        (20, "20 минут"),
        (21, "21 минуту"),
        (22, "22 минуты"),
        (25, "25 минут"),
        (101, "101 минуту"),
        (111, "111 минут"),
        (112, "112 минут"),
        (121, "121 минуту"),
        (1011, "1011 минут"),
    ],
)
def test_counted(number: int, written: str) -> None:
    assert wording.counted(number, "минуту", "минуты", "минут") == written.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("day", "short", "long"),
    [
        (date(2026, 11, 21), "21.11.2026", "21 ноября 2026 г."),
        (date(2027, 3, 2), "02.03.2027", "2 марта 2027 г."),
        (date(1900, 1, 1), "01.01.1900", "1 января 1900 г."),
        (date(2028, 2, 29), "29.02.2028", "29 февраля 2028 г."),
    ],
)
def test_dates(day: date, short: str, long: str) -> None:
    assert wording.short_date(day) == short
    assert wording.long_date(day) == long.replace(" ", NBSP)


def test_months_are_twelve_and_in_the_genitive() -> None:
    assert len(set(wording.MONTHS)) == 12
    assert all(month.endswith(("я", "а")) for month in wording.MONTHS)


def test_moments_are_moscow_time() -> None:
    moment = datetime(2026, 11, 21, 22, 30, 59, tzinfo=UTC)
    assert wording.moscow_time(moment) == "22.11.2026 01:30 (МСК)".replace(" ", NBSP)
    assert wording.moscow_time_en(moment).replace(NBSP, " ") == "22.11.2026 01:30 (Moscow time)"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("76-000101", f"№{NBSP}76-000101"),
        ("МСЭ-2019 № 0000001", f"МСЭ-2019 №{NBSP}0000001"),
        ("№5", "№5"),
    ],
)
def test_the_number_sign_stands_once(number: str, written: str) -> None:
    assert wording.number_sign(number) == written


FROM, THROUGH = date(2024, 4, 15), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("period", "term", "end", "english"),
    [
        (
            Period(FROM, THROUGH),
            "с 15.04.2024 по 31.12.2026 включительно",
            "по 31.12.2026 включительно",
            "from 15.04.2024 through 31.12.2026",
        ),
        (
            Period(FROM, indefinite=True),
            "с 15.04.2024, бессрочно",
            "бессрочно",
            "from 15.04.2024, without an end",
        ),
        (
            Period(FROM),
            "с 15.04.2024, срок окончания не указан",
            "срок окончания не указан",
            "from 15.04.2024, end not stated",
        ),
    ],
)
def test_terms(period: Period, term: str, end: str, english: str) -> None:
    assert wording.term(period) == term
    assert wording.term_end(period) == end
    assert wording.term_en(period) == english


@given(periods())
def test_never_a_bare_until(period: Period) -> None:
    for text in (wording.term(period), wording.term_end(period)):
        assert not re.search(r"\bдо\b", text, re.IGNORECASE)
        assert ("включительно" in text) is (period.valid_through is not None)
    assert not re.search(r"\b(until|till|to)\b", wording.term_en(period))


@given(days())
def test_short_dates_are_read_back(day: date) -> None:
    parts = [int(part) for part in wording.short_date(day).split(".")]
    assert date(parts[2], parts[1], parts[0]) == day
    assert len(wording.short_date(day)) == 10


@given(periods())
def test_the_three_ends_are_never_confused(period: Period) -> None:
    ends = [Period(FROM), Period(FROM, indefinite=True), Period(FROM, FROM + timedelta(1))]
    assert len({wording.term_end(end).split()[0] for end in ends}) == 3
    assert period.end_not_stated is ("не указан" in wording.term_end(period))
