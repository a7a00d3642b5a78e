"""The report: the verdict follows from the findings, and the dangerous states cannot be built."""

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import NOON, record, world

from statusqr_verifier import (
    Finding,
    Notice,
    NoticeKind,
    Policy,
    Reason,
    Report,
    SignedBy,
    Verdict,
    Verifier,
)

SIGNER = SignedBy("test", "Вымышленный орган", "00" * 8)
status_findings = st.lists(
    st.sampled_from([r for r in Reason if r is not Reason.FOREIGN]).map(Finding)
).map(tuple)


def report(*findings: Finding, notices: tuple[Notice, ...] = ()) -> Report:
    return Report(
        checked_at=NOON, findings=findings, notices=notices, record=record(), signer=SIGNER
    )


@given(status_findings, status_findings)
def test_more_findings_never_improve_the_verdict(
    some: tuple[Finding, ...], more: tuple[Finding, ...]
) -> None:
    assert report(*some, *more).verdict.severity >= report(*some).verdict.severity


@given(status_findings)
def test_valid_means_that_nothing_was_found(some: tuple[Finding, ...]) -> None:
    assert (report(*some).verdict is Verdict.VALID) == (not some)


@given(st.lists(st.sampled_from(NoticeKind).map(Notice)).map(tuple), status_findings)
def test_notices_never_change_the_verdict(
    notices: tuple[Notice, ...], findings: tuple[Finding, ...]
) -> None:
    assert report(*findings, notices=notices).verdict is report(*findings).verdict


def test_stale_data_never_hide_a_revocation() -> None:
    both = report(Finding(Reason.STALE_TRUST), Finding(Reason.REVOKED))
    assert both.verdict is Verdict.INVALID
    assert both.headline == Finding(Reason.REVOKED)


def test_the_first_of_equals_is_the_headline() -> None:
    both = report(Finding(Reason.NOT_AUTHORISED), Finding(Reason.STATUS_ENDED))
    assert both.headline == Finding(Reason.NOT_AUTHORISED)


def test_states_that_would_read_as_valid_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="would read as valid"):
        Report(checked_at=NOON)
    with pytest.raises(ValueError, match="would read as valid"):
        Report(checked_at=NOON, record=record())
    with pytest.raises(ValueError, match="aware"):
        Report(checked_at=datetime(2026, 1, 1), record=record(), signer=SIGNER)  # noqa: DTZ001


def test_codes_are_stable_and_unique() -> None:
    codes = [reason.code for reason in Reason] + [kind.code for kind in NoticeKind]
    assert len(set(codes)) == len(codes) == 23
    assert {reason.name: reason.code for reason in Reason}["STATUS_ENDED"] == "C-EXP"


def test_verdicts_grow_worse_in_order() -> None:
    order = [Verdict.VALID, Verdict.UNDETERMINED, Verdict.INVALID, Verdict.FOREIGN]
    assert all(a.severity < b.severity for a, b in pairwise(order))


@pytest.mark.parametrize(
    ("policy", "accepted"),
    [
        (Policy(), True),
        (Policy(categories=frozenset({"large_family"})), True),
        (Policy(categories=frozenset({"disabled_1"})), False),
        (Policy(regions=frozenset({"76"})), True),
        (Policy(regions=frozenset({"42"})), False),
    ],
)
def test_accepted_is_for_this_place_only(policy: Policy, accepted: bool) -> None:
    outcome = Verifier(world().trust, policy).check(world().print_key.issue().text, NOON)
    assert outcome.verdict is Verdict.VALID
    assert outcome.accepted is accepted


def test_a_place_of_certain_regions_takes_no_code_without_one() -> None:
    from statusqr_schema import Disclosure, Profile

    text = world().print_key.issue(disclosure=Disclosure(Profile.MINIMAL)).text
    outcome = Verifier(world().trust, Policy(regions=frozenset({"76"}))).check(text, NOON)
    assert (outcome.verdict, outcome.accepted) == (Verdict.VALID, False)


def test_what_would_turn_everybody_away_is_no_policy() -> None:
    with pytest.raises(ValueError, match="999"):
        Policy(regions=frozenset({"999", "76"}))
    with pytest.raises(TypeError, match="sets"):
        Policy(regions="76")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="sets"):
        Policy(categories="orphan")  # type: ignore[arg-type]


def test_the_notice_names_what_the_place_does_not_take() -> None:
    text = world().print_key.issue().text
    cases = [
        (Policy(categories=frozenset({"orphan"}), regions=frozenset({"42"})), "large_family", None),
        (Policy(regions=frozenset({"42"})), None, "76"),
    ]
    for policy, category, region in cases:
        notices = Verifier(world().trust, policy).check(text, NOON).notices
        (one,) = (n for n in notices if n.kind is NoticeKind.NOT_FOR_THIS_PLACE)
        assert (one.category, one.region) == (category, region)
