"""Days become instants in the region's zone, and codes end with the status or before it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from world import NOON, record

from statusqr_issuer.validity import last_whole_day, midnight, validity, zone_of
from statusqr_schema import IssueRefused, Period, Presentation, Region, StatusRecord, subjects


def with_term(first: date, last: date | None, code: str = "77") -> StatusRecord:
    period = Period(first, last, indefinite=last is None)
    return replace(record(), period=period, region=Region(code))


@pytest.mark.parametrize(
    ("code", "utc_hours"),
    [
        *(("39", 2), ("77", 3), ("63", 4), ("66", 5), ("55", 6), ("42", 7)),
        *(("38", 8), ("75", 9), ("25", 10), ("65", 11), ("41", 12)),
    ],
)
def test_the_midnight_of_each_of_the_eleven_zones(code: str, utc_hours: int) -> None:
    term = validity(with_term(date(2026, 1, 1), date(2027, 1, 31), code), Presentation.PRINT, NOON)
    expected = datetime(2027, 2, 1, tzinfo=UTC) - timedelta(hours=utc_hours)
    assert term.expires_at == expected.timestamp()
    assert term.expires_at // 86_400 == date(2027, 1, 31).toordinal() - date(1970, 1, 1).toordinal()


def test_every_region_has_a_midnight_on_the_utc_day_before() -> None:
    """What STATUS_ENDED relies on: exp of a status falls on the UTC day of its last day."""
    last = date(2027, 6, 30)
    for subject in subjects().values():
        for zone in subject.zones:
            end = datetime.fromtimestamp(midnight(last + timedelta(days=1), ZoneInfo(zone)), UTC)
            assert end.date() == last, zone


def test_a_zone_other_than_the_capitals() -> None:
    yakutia = Region("14", time_zone="Asia/Srednekolymsk")
    assert zone_of(yakutia).key == "Asia/Srednekolymsk"
    assert zone_of(Region("14")).key == "Asia/Yakutsk"
    for nowhere in (None, Region("00")):
        with pytest.raises(IssueRefused):
            zone_of(nowhere)


def test_the_first_to_come_ends_the_code() -> None:
    year = int(NOON.timestamp()) + 365 * 86_400
    assert validity(with_term(date(2026, 1, 1), None), Presentation.PRINT, NOON).expires_at == year
    far = with_term(date(2026, 1, 1), date(2030, 1, 1))
    assert validity(far, Presentation.PRINT, NOON).expires_at == year
    lifetime = timedelta(days=10)
    assert (
        validity(far, Presentation.PRINT, NOON, lifetime).expires_at
        == (NOON + lifetime).timestamp()
    )


@pytest.mark.parametrize(
    ("presentation", "seconds"), [(Presentation.LIVE, 60), (Presentation.SCREEN, 300)]
)
def test_codes_on_a_screen_live_for_minutes(presentation: Presentation, seconds: int) -> None:
    term = validity(record(), presentation, NOON)
    assert term.expires_at - term.issued_at == seconds


@pytest.mark.parametrize(
    ("presentation", "lifetime"),
    [
        (Presentation.PRINT, timedelta(days=401)),
        (Presentation.PRINT, timedelta()),
        (Presentation.SCREEN, timedelta(seconds=601)),
        (Presentation.LIVE, timedelta(seconds=61)),
        (Presentation.LIVE, timedelta(days=-1)),
    ],
)
def test_lifetimes_that_no_reader_would_take(
    presentation: Presentation, lifetime: timedelta
) -> None:
    with pytest.raises(IssueRefused, match="срок кода"):
        validity(record(), presentation, NOON, lifetime)


def test_not_before_only_where_it_lies_ahead() -> None:
    assert validity(record(), Presentation.PRINT, NOON).not_before is None
    ahead = validity(with_term(date(2026, 12, 1), None), Presentation.PRINT, NOON)
    assert ahead.not_before == datetime(2026, 11, 30, 21, tzinfo=UTC).timestamp()


def test_a_code_that_would_never_be_valid() -> None:
    with pytest.raises(IssueRefused, match="позже"):
        validity(with_term(date(2028, 1, 1), None), Presentation.PRINT, NOON)


def test_the_last_second_of_a_status_can_still_be_issued() -> None:
    ends = with_term(date(2026, 1, 1), date(2026, 11, 21))
    last = datetime(2026, 11, 21, 20, 59, 59, tzinfo=UTC)
    assert validity(ends, Presentation.PRINT, last).expires_at == int(last.timestamp()) + 1
    with pytest.raises(IssueRefused, match="истёк"):
        validity(ends, Presentation.PRINT, last + timedelta(seconds=1))


def test_the_day_that_is_printed() -> None:
    moscow = ZoneInfo("Europe/Moscow")
    at_midnight = midnight(date(2027, 3, 3), moscow)
    assert last_whole_day(at_midnight, moscow) == date(2027, 3, 2)
    assert last_whole_day(at_midnight + 43_200, moscow) == date(2027, 3, 2)


@pytest.mark.parametrize("hour", range(24))
def test_a_status_of_one_year_holds_to_the_end_of_its_last_day(hour: int) -> None:
    """A code of 365 days must not end within that day: it would be read as the status's end."""
    issued = datetime(2026, 11, 21, hour, 30, tzinfo=ZoneInfo("Europe/Moscow"))
    term = validity(with_term(date(2026, 11, 21), date(2027, 11, 21)), Presentation.PRINT, issued)
    end = midnight(date(2027, 11, 22), ZoneInfo("Europe/Moscow"))
    assert term.expires_at == end
    longest = validity(
        with_term(date(2026, 11, 21), date(2027, 12, 26)),
        Presentation.PRINT,
        issued,
        timedelta(days=400),
    )
    day = date(2027, 12, 26).toordinal() - date(1970, 1, 1).toordinal()
    status_end = midnight(date(2027, 12, 27), ZoneInfo("Europe/Moscow"))
    assert longest.expires_at // 86_400 < day or longest.expires_at == status_end
    assert longest.expires_at - longest.issued_at <= 400 * 86_400


@pytest.mark.parametrize("presentation", [Presentation.LIVE, Presentation.SCREEN])
@pytest.mark.parametrize("hour", range(24))
def test_a_code_for_the_screen_lives_on_the_last_day_too(
    presentation: Presentation, hour: int
) -> None:
    issued = datetime(2026, 11, 21, hour, 59, 30, tzinfo=ZoneInfo("Europe/Moscow"))
    term = validity(with_term(date(2026, 1, 1), date(2026, 11, 21)), presentation, issued)
    end = midnight(date(2026, 11, 22), ZoneInfo("Europe/Moscow"))
    seconds = 60 if presentation is Presentation.LIVE else 300
    assert term.expires_at == min(int(issued.timestamp()) + seconds, end)
    assert term.expires_at > term.issued_at


def test_what_ended_before_1970_is_refused_by_its_name() -> None:
    with pytest.raises(IssueRefused, match="1970"):
        validity(
            with_term(date(1960, 1, 1), date(1969, 1, 1)),
            Presentation.PRINT,
            NOON,
            allow_ended=True,
        )
