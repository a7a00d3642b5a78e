"""The clock and the edges of every term, to the second."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import NOON, Key, record, world

from statusqr_schema import Claims, Period, Presentation, StatusRecord, StatusReference, claims
from statusqr_verifier import Policy, Reason, Report, Verdict, Verifier

SECOND = timedelta(seconds=1)
MIDNIGHT = datetime(2026, 11, 30, 21, 0, tzinfo=UTC)  # 1 December begins in Moscow


def check(
    text: str,
    at: datetime,
    policy: Policy | None = None,
    *,
    published: datetime | None = None,
) -> Report:
    return Verifier(world().trust, policy, published=published).check(text, at)


def reasons(report: Report) -> list[Reason]:
    return [finding.reason for finding in report.findings]


def with_period(valid_from: date, valid_through: date | None = None) -> StatusRecord:
    period = Period(valid_from, valid_through, indefinite=valid_through is None)
    return replace(record(), period=period)


def test_the_last_second_of_a_status() -> None:
    text = world().print_key.issue(with_period(date(2026, 1, 1), date(2026, 11, 30))).text
    assert check(text, MIDNIGHT - SECOND).verdict is Verdict.VALID
    report = check(text, MIDNIGHT)
    assert reasons(report) == [Reason.STATUS_ENDED]
    assert report.findings[0].day == date(2026, 11, 30)


def test_the_first_second_of_a_status() -> None:
    text = world().print_key.issue(with_period(date(2026, 12, 1))).text
    assert reasons(check(text, MIDNIGHT - SECOND)) == [Reason.NOT_YET_VALID]
    assert check(text, MIDNIGHT - SECOND).findings[0].day == date(2026, 12, 1)
    assert check(text, MIDNIGHT).verdict is Verdict.VALID


def test_the_last_second_of_a_printed_code() -> None:
    text = world().print_key.issue(lifetime=timedelta(days=30)).text
    end = NOON + timedelta(days=30)
    assert check(text, end - SECOND).verdict is Verdict.VALID
    assert reasons(check(text, end)) == [Reason.CODE_EXPIRED]
    assert check(text, end).verdict is Verdict.UNDETERMINED


def test_an_old_paper_whose_status_has_ended_too() -> None:
    text = (
        world()
        .print_key.issue(
            with_period(date(2026, 1, 1), date(2027, 1, 31)), lifetime=timedelta(days=30)
        )
        .text
    )
    assert reasons(check(text, NOON + timedelta(days=40))) == [Reason.CODE_EXPIRED]
    assert reasons(check(text, NOON + timedelta(days=80))) == [Reason.STATUS_ENDED]


@pytest.mark.parametrize(
    ("presentation", "lives"), [(Presentation.LIVE, 60), (Presentation.SCREEN, 300)]
)
def test_live_codes_around_their_grace(presentation: Presentation, lives: int) -> None:
    text = world().live_key.issue(presentation=presentation).text
    end = NOON + timedelta(seconds=lives + 60)
    assert check(text, end - SECOND).verdict is Verdict.VALID
    report = check(text, end)
    assert reasons(report) == [Reason.LIVE_CODE_EXPIRED]
    assert report.findings[0].count == (lives + 60) // 60
    assert report.verdict is Verdict.UNDETERMINED


def test_the_clock_at_the_edge_of_its_tolerance() -> None:
    text = world().print_key.issue().text
    assert check(text, NOON - timedelta(seconds=60)).verdict is Verdict.VALID
    assert reasons(check(text, NOON - timedelta(seconds=61))) == [Reason.CLOCK_WRONG]


def test_a_wrong_clock_hides_every_other_finding_on_time() -> None:
    future = with_period(date(2027, 3, 1))
    text = world().print_key.issue(future).text
    assert reasons(check(text, NOON - timedelta(days=400))) == [Reason.CLOCK_WRONG]
    published = NOON + timedelta(days=30)
    early = check(text, NOON, published=published)
    assert reasons(early) == [Reason.CLOCK_WRONG]


def test_trust_data_published_later_than_now() -> None:
    text = world().print_key.issue().text
    edge = NOON + timedelta(seconds=60)
    assert check(text, NOON, published=edge).verdict is Verdict.VALID
    assert reasons(check(text, NOON, published=edge + SECOND)) == [Reason.CLOCK_WRONG]


def test_the_age_of_trust_data() -> None:
    text = world().print_key.issue().text
    at = NOON + timedelta(hours=72)
    assert check(text, at, published=NOON).verdict is Verdict.VALID
    report = check(text, at + SECOND, published=NOON)
    assert reasons(report) == [Reason.STALE_TRUST]
    assert report.findings[0].count == 3
    assert check(text, at + SECOND, Policy(as_of=True), published=NOON).verdict is Verdict.VALID


def test_as_of_does_not_judge_the_clock() -> None:
    text = world().print_key.issue().text
    before_issuing = NOON - timedelta(days=200)
    assert check(text, before_issuing, Policy(as_of=True)).verdict is Verdict.VALID


def test_as_of_a_moment_before_the_status_began() -> None:
    text = world().print_key.issue().text  # the status began on 15 April 2024
    report = check(text, datetime(2024, 4, 1, tzinfo=UTC), Policy(as_of=True))
    assert reasons(report) == [Reason.NOT_YET_VALID]


def test_without_a_zone_there_is_no_moment() -> None:
    text = world().print_key.issue().text
    naive = datetime(2026, 11, 21, 12, 0)  # noqa: DTZ001
    verifier = Verifier(world().trust)
    assert reasons(verifier.verify(text, naive)) == [Reason.CLOCK_WRONG]
    assert reasons(verifier.verify(text, None)) == [Reason.CLOCK_WRONG]  # type: ignore[arg-type]


def hostile(valid_from: date, valid_through: date, **instants: int) -> str:
    """Signed by a trusted key: instants that go beyond the days that the record itself states."""
    content = Claims(
        record=with_period(valid_from, valid_through),
        issued_at=instants["iat"],
        expires_at=instants["exp"],
        presentation=Presentation.PRINT,
        status=StatusReference(0, 1),
    )
    return world().print_key.sign_content(claims.encode(content))


@given(days=st.integers(-3, 3), seconds=st.integers(-86_400, 86_400))
def test_never_valid_beyond_what_the_content_says(days: int, seconds: int) -> None:
    first, last = date(2026, 12, 10), date(2026, 12, 20)
    iat = int(NOON.timestamp())
    text = hostile(first, last, iat=iat, exp=iat + 300 * 86_400)
    for day in (first, last):
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
            days=days, seconds=seconds
        )
        somewhere = {(at + timedelta(hours=h)).date() for h in (-12, 14)}
        if check(text, at).verdict is Verdict.VALID:
            assert any(first <= here <= last for here in somewhere)


def test_a_moment_far_away_is_only_a_wrong_clock_or_an_old_paper() -> None:
    key = Key.make()
    text = key.issue().text
    verifier = Verifier(world().trust)
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert verifier.verify(text, at).verdict is Verdict.UNDETERMINED


def test_a_publication_without_a_zone_is_refused_when_it_is_given() -> None:
    with pytest.raises(ValueError, match="published"):
        Verifier(world().trust, published=NOON.replace(tzinfo=None))


def test_a_zone_that_cannot_say_its_offset() -> None:
    class Broken(tzinfo):
        def utcoffset(self, _: object) -> timedelta:
            raise RuntimeError

        def dst(self, _: object) -> None:
            return None

        def tzname(self, _: object) -> str:
            return "broken"

    text = world().print_key.issue().text
    report = Verifier(world().trust).verify(text, NOON.replace(tzinfo=Broken()))
    assert report.verdict is Verdict.UNDETERMINED
