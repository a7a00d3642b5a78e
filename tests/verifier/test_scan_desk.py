"""A whole shift at one place: new trust data without a restart, and who was here before."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from publishing import AT, DAY, HOUR, YAR, Authority, Revoked
from world import NOON, record, trust, world

from statusqr_issuer import issue
from statusqr_keys import KeyUse
from statusqr_schema import StatusReference
from statusqr_verifier import NoticeKind, Policy, Reason, Report, Verdict, trust_source
from statusqr_verifier.current_trust import CurrentTrust
from statusqr_verifier.repeats import Repeats
from statusqr_verifier.scanning.desk import LOOK_EVERY, Desk

ENTRY = StatusReference(0, 4711)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("authority"))


def sync(authority: Authority, cache: Path) -> None:
    root = authority.folder / "root.json"
    root.write_bytes(authority.first_root)
    trust_source.synchronise(str(authority.site), root, cache, AT + HOUR)


def news(desk: Desk, moment: float) -> bool:
    """Whether a look at this moment brings new data, and only once."""
    first = desk.look_for_news(moment)
    desk.finish()
    second = desk.look_for_news(moment)
    assert not desk.look_for_news(moment)
    return first or second


def test_a_revocation_reaches_a_desk_that_is_open(authority: Authority, tmp_path: Path) -> None:
    authority = authority.copy(tmp_path)
    authority.revoked = Revoked({(YAR, 0): {}})
    authority.publish(AT)
    cache = tmp_path / "cache"
    sync(authority, cache)
    key = authority.store.find(authority.kid(YAR, KeyUse.PRINT)).record
    signer = authority.key(YAR, KeyUse.PRINT)
    text = issue(record(), signer, key=key, issued_at=AT, status=ENTRY).text

    desk = Desk(CurrentTrust.cached(cache), Policy(), Repeats(), cache)
    assert desk.check(text, AT + HOUR).verdict is Verdict.VALID
    assert not news(desk, 0)
    authority.revoked.entries[YAR, 0] = {ENTRY.index: 1}
    authority.publish(AT + MINUTE)
    sync(authority, cache)
    assert not news(desk, LOOK_EVERY - 1)  # too soon for another look
    assert desk.check(text, AT + HOUR).verdict is Verdict.VALID
    assert news(desk, LOOK_EVERY)
    found = desk.check(text, AT + HOUR).findings
    assert [finding.reason for finding in found] == [Reason.REVOKED]


def test_the_passing_time_is_noted_in_the_cache(authority: Authority, tmp_path: Path) -> None:
    authority = authority.copy(tmp_path)
    authority.publish(AT)
    cache = tmp_path / "cache"
    sync(authority, cache)
    desk = Desk(CurrentTrust.cached(cache), Policy(), Repeats(), cache)
    desk.check("", AT + 2 * HOUR)
    assert (cache / trust_source.SEEN).read_text() == f"{(AT + 2 * HOUR).timestamp():.0f}\n"
    desk.check("", AT + 90 * DAY)  # too old data: a clock that ran ahead once must not count
    assert (cache / trust_source.SEEN).read_text() == f"{(AT + 2 * HOUR).timestamp():.0f}\n"


def test_a_clock_set_back_is_noticed_by_a_desk_that_is_open(
    authority: Authority, tmp_path: Path
) -> None:
    authority = authority.copy(tmp_path)
    authority.revoked = Revoked({(YAR, 0): {}})
    authority.publish(AT)
    cache = tmp_path / "cache"
    sync(authority, cache)
    key = authority.store.find(authority.kid(YAR, KeyUse.PRINT)).record
    signer = authority.key(YAR, KeyUse.PRINT)
    text = issue(record(), signer, key=key, issued_at=AT, status=ENTRY).text
    desk = Desk(CurrentTrust.cached(cache), Policy(), Repeats(), cache)
    for hours in (1, 2, 3):
        assert desk.check(text, AT + hours * HOUR).findings == ()
    found = desk.check(text, AT + HOUR).findings
    assert [finding.reason for finding in found] == [Reason.CLOCK_WRONG]


def pinned(folder: Path, repeats: Repeats) -> Desk:
    """A desk with the trust list of the world as a file."""
    path = folder / "trust.json"
    path.write_text(json.dumps(world().trust.to_json()))
    return Desk(CurrentTrust.pinned(path), Policy(), repeats)


def repeat(report: Report) -> list[int | None]:
    return [one.count for one in report.notices if one.kind is NoticeKind.SHOWN_BEFORE]


def test_who_was_here_before(tmp_path: Path) -> None:
    here = pinned(tmp_path, Repeats())
    text = world().print_key.issue().text
    assert repeat(here.check(text, NOON)) == []
    assert repeat(here.check(text, NOON + 5 * MINUTE)) == [5]
    assert repeat(here.check(text, NOON + 50 * MINUTE)) == []


def test_a_code_that_stays_in_view_begins_no_other_showing(tmp_path: Path) -> None:
    here = pinned(tmp_path, Repeats())
    text = world().print_key.issue().text
    here.check(text, NOON)
    here.stays(text, NOON + 5 * MINUTE)
    assert repeat(here.check(text, NOON + 5 * MINUTE + timedelta(seconds=3))) == []
    assert repeat(here.check(text, NOON + 7 * MINUTE)) == [1]


def test_a_time_of_nothing_switches_the_notice_off(tmp_path: Path) -> None:
    here = pinned(tmp_path, Repeats(timedelta(0)))
    text = world().print_key.issue().text
    found = [here.check(text, NOON + number * MINUTE) for number in range(3)]
    assert [repeat(report) for report in found] == [[], [], []]


def test_data_that_cannot_be_used_leave_the_old_ones(tmp_path: Path) -> None:
    here = pinned(tmp_path, Repeats())
    text = world().print_key.issue().text
    (tmp_path / "trust.json").write_text("{")
    assert not news(here, 0)
    assert here.check(text, NOON).verdict is Verdict.VALID
    (tmp_path / "trust.json").write_text(json.dumps(trust().to_json()))
    assert news(here, LOOK_EVERY)
    assert [one.reason for one in here.check(text, NOON).findings] == [Reason.UNKNOWN_ISSUER]
