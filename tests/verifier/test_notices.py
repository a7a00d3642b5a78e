"""What is said besides the verdict, and what a report keeps without showing it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from world import NOON, record, world

from statusqr_schema import Disclosure, Presentation, claims
from statusqr_verifier import NoticeKind, Policy, Report, Verdict, Verifier


def check(text: str, at: datetime = NOON, policy: Policy | None = None, **seen: Any) -> Report:
    return Verifier(world().trust, policy).verify(text, at, **seen)


def kinds(report: Report) -> set[NoticeKind]:
    return {notice.kind for notice in report.notices}


PRINT = {NoticeKind.PRINTED, NoticeKind.REVOCATION_NOT_CHECKED}


def test_a_printed_code_is_called_one_and_its_revocation_unchecked() -> None:
    assert kinds(check(world().print_key.issue().text)) == PRINT


def test_a_live_code_needs_no_revocation() -> None:
    text = world().live_key.issue(presentation=Presentation.LIVE).text
    assert kinds(check(text)) == set()


def test_measures_have_ended_once_the_day_is_over_everywhere_in_russia() -> None:
    text = world().print_key.issue(record("R22")).text  # measures through 31 October 2026
    as_of = Policy(as_of=True)
    over = datetime(2026, 10, 31, 22, 0, tzinfo=UTC)  # midnight in Kaliningrad
    before = check(text, over - timedelta(seconds=1), as_of)
    after = check(text, over, as_of)
    assert NoticeKind.MEASURES_ENDED not in kinds(before)
    assert NoticeKind.MEASURES_ENDED in kinds(after)
    assert after.verdict is Verdict.VALID


def test_an_end_that_is_not_stated_is_not_indefinite() -> None:
    assert NoticeKind.END_NOT_STATED in kinds(check(world().print_key.issue(record("R20")).text))
    assert NoticeKind.END_NOT_STATED not in kinds(check(world().print_key.issue().text))


def test_old_data() -> None:
    text = world().print_key.issue().text
    supplied = record().data_as_of
    assert supplied is not None
    at = supplied + timedelta(days=90)
    assert NoticeKind.OLD_DATA not in kinds(check(text, at))
    late = check(text, at + timedelta(seconds=1))
    assert [n.count for n in late.notices if n.kind is NoticeKind.OLD_DATA] == [90]
    assert NoticeKind.OLD_DATA not in kinds(check(text, at + timedelta(days=1), Policy(as_of=True)))


def test_shown_before_at_this_place() -> None:
    text = world().print_key.issue().text
    report = check(text, NOON, seen_at=NOON - timedelta(minutes=7, seconds=30))
    assert [n.count for n in report.notices if n.kind is NoticeKind.SHOWN_BEFORE] == [7]
    assert report.accepted
    future = check(text, NOON, seen_at=NOON + timedelta(minutes=1))
    assert NoticeKind.SHOWN_BEFORE not in kinds(future)
    naive = check(text, NOON, seen_at=NOON.replace(tzinfo=None))
    assert (naive.verdict, kinds(naive)) == (Verdict.VALID, PRINT)


def test_unknown_claims_and_fields_are_kept_and_change_nothing() -> None:
    content: dict[int, Any] = dict(cbor2.loads(claims.encode(world().print_key.issue().claims)))
    content[-70000] = "later"
    content[-65537] = {**content[-65537], 99: [1, {2: "x"}]}
    report = check(world().print_key.sign_map(content))
    assert report.verdict is Verdict.VALID
    assert report.unknown == ((-70000, "later"), (99, [1, {2: "x"}]))


def test_a_category_that_this_program_does_not_know_is_valid() -> None:
    """Reading is tolerant: an old verifier does not refuse a new category."""
    made = world().print_key.issue().claims
    newer = replace(made.record, category="lunar_settler", status_name="Житель Луны")
    text = world().print_key.sign_content(claims.encode(replace(made, record=newer)))
    report = check(text)
    assert report.verdict is Verdict.VALID
    assert report.record is not None
    assert report.record.status_name == "Житель Луны"


def test_a_minimal_code_says_name_status_and_term() -> None:
    from statusqr_schema import Profile

    text = world().print_key.issue(disclosure=Disclosure(Profile.MINIMAL)).text
    shown = check(text).record
    assert shown is not None
    assert (shown.holder.snils, shown.family_members, shown.basis) == (None, (), None)
    assert shown.holder.full_name == record().holder.full_name
    assert shown.period == record().period
