"""Status lists in the check: what is revoked is never valid, what is not known is never «valid»."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import ENTRY, NOON, Key, trust, world

from statusqr_keys import KeyState, KeyUse, StatusList
from statusqr_keys.status_list import INVALID, SUSPENDED
from statusqr_schema import Presentation, StatusReference
from statusqr_verifier import NoticeKind, Policy, Reason, Report, Verdict, Verifier
from statusqr_verifier.revocation import StatusLists
from statusqr_verifier.words import Language, said

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
ISSUER = world().trust.issuers[0].id
NOW = int(NOON.timestamp())


def listed(
    states: dict[int, int], *, age: timedelta = HOUR, lives: timedelta = 14 * DAY
) -> StatusList:
    issued = NOW - int(age.total_seconds())
    expires = issued + int(lives.total_seconds())
    return StatusList.of(states, subject="status/1", issued_at=issued, expires_at=expires)


def check(
    lists: StatusLists | None,
    policy: Policy | None = None,
    *,
    entry: StatusReference = ENTRY,
    presentation: Presentation = Presentation.PRINT,
    at: timedelta = timedelta(),
) -> Report:
    key = world().print_key if presentation is Presentation.PRINT else world().live_key
    status = entry if presentation is Presentation.PRINT else None
    text = key.issue(presentation=presentation, status=status).text
    return Verifier(world().trust, policy, status_lists=lists).check(text, NOON + at)


def reasons(report: Report) -> list[Reason]:
    return [finding.reason for finding in report.findings]


def one(states: dict[int, int], **times: timedelta) -> StatusLists:
    return {(ISSUER, ENTRY.list_number): listed(states, **times)}


def test_valid_with_a_fresh_list_and_without_the_notice() -> None:
    report = check(one({}))
    assert report.verdict is Verdict.VALID
    assert report.accepted
    assert NoticeKind.REVOCATION_NOT_CHECKED not in {notice.kind for notice in report.notices}


@pytest.mark.parametrize(
    ("state", "reason"), [(INVALID, Reason.REVOKED), (SUSPENDED, Reason.SUSPENDED)]
)
def test_a_revocation_is_red_however_old_the_list(state: int, reason: Reason) -> None:
    for age in (HOUR, 10 * DAY, 300 * DAY):
        report = check(one({ENTRY.index: state}, age=age))
        assert reasons(report) == [reason]
        assert report.verdict is Verdict.INVALID
        assert report.record is not None


@pytest.mark.parametrize(
    "lists",
    [
        {},
        {(ISSUER, ENTRY.list_number + 1): listed({})},
        {("another", ENTRY.list_number): listed({})},
        one({ENTRY.index: 3}),
    ],
    ids=["no list", "another number", "another issuer", "a state that is not known"],
)
def test_what_no_list_says_is_not_valid(lists: StatusLists) -> None:
    report = check(lists)
    assert reasons(report) == [Reason.STALE_STATUS]
    assert report.verdict is Verdict.UNDETERMINED
    (finding,) = report.findings
    assert said(finding, Language.RU) == "НЕ УДАЛОСЬ ПРОВЕРИТЬ: нет сведений об отзыве"
    assert said(finding, Language.EN) == "COULD NOT CHECK: no revocation data"


def test_an_index_beyond_the_list() -> None:
    short = StatusList(
        subject="status/1", issued_at=NOW, expires_at=NOW + 14 * 86_400, entries=b"\0"
    )
    report = check({(ISSUER, ENTRY.list_number): short})
    assert reasons(report) == [Reason.STALE_STATUS]


def test_the_list_of_another_issuer_says_nothing_of_this_ones_codes() -> None:
    """Neither its revocations nor its silence count."""
    stranger = {("another", ENTRY.list_number): listed({ENTRY.index: INVALID})}
    assert check({**stranger, **one({})}).verdict is Verdict.VALID


def test_the_age_of_the_list_to_the_second() -> None:
    assert check(one({}, age=timedelta(hours=72))).verdict is Verdict.VALID
    report = check(one({}, age=timedelta(hours=72) + SECOND))
    assert reasons(report) == [Reason.STALE_STATUS]
    assert said(report.findings[0], Language.RU) == (
        "НЕ УДАЛОСЬ ПРОВЕРИТЬ: сведениям об отзыве 3\u00a0суток"
    )
    patient = Policy(max_status_age=timedelta(days=10))
    assert check(one({}, age=timedelta(days=10)), patient).verdict is Verdict.VALID


def test_an_expired_list_is_stale_whatever_the_policy() -> None:
    patient = Policy(max_status_age=timedelta(days=300))
    kept = one({}, age=7 * DAY - SECOND, lives=7 * DAY)
    assert check(kept, patient).verdict is Verdict.VALID
    ended = one({}, age=7 * DAY, lives=7 * DAY)
    assert reasons(check(ended, patient)) == [Reason.STALE_STATUS]


def test_as_of_another_moment_ages_are_not_judged_but_revocations_are() -> None:
    policy = Policy(as_of=True)
    assert check(one({}, age=200 * DAY), policy).verdict is Verdict.VALID
    assert reasons(check(one({ENTRY.index: INVALID}), policy)) == [Reason.REVOKED]
    assert reasons(check({}, policy)) == [Reason.STALE_STATUS]


def test_a_wrong_clock_hides_staleness_and_no_revocation() -> None:
    """A clock that was set back makes every list look fresh: nothing is concluded from it."""
    assert reasons(check(one({}, age=100 * DAY), at=-HOUR)) == [Reason.CLOCK_WRONG]
    revoked = check(one({ENTRY.index: INVALID}), at=-HOUR)
    assert reasons(revoked) == [Reason.CLOCK_WRONG, Reason.REVOKED]
    assert revoked.verdict is Verdict.INVALID


@pytest.mark.parametrize("presentation", [Presentation.SCREEN, Presentation.LIVE])
def test_live_codes_need_no_list(presentation: Presentation) -> None:
    assert check({}, presentation=presentation).verdict is Verdict.VALID


def test_the_worst_is_shown_first() -> None:
    key = Key.make(KeyUse.PRINT)
    stolen = replace(key, record=replace(key.record, state=KeyState.COMPROMISED))
    report = Verifier(trust(stolen), status_lists={}).check(key.issue().text, NOON)
    assert report.headline is not None
    assert report.headline.reason is Reason.KEY_COMPROMISED


@given(
    state=st.integers(0, 3),
    age=st.integers(0, 40 * 86_400),
    most=st.integers(1, 20),
    as_of=st.booleans(),
)
def test_valid_only_by_a_fresh_word(state: int, age: int, most: int, as_of: bool) -> None:
    policy = Policy(max_status_age=timedelta(days=most), as_of=as_of)
    lists = one({ENTRY.index: state}, age=timedelta(seconds=age))
    verdict = check(lists, policy).verdict
    fresh = as_of or (age <= most * 86_400 and age < 14 * 86_400)
    assert (verdict is Verdict.VALID) == (state == 0 and fresh)
    assert (verdict is Verdict.INVALID) == (state in (INVALID, SUSPENDED))
