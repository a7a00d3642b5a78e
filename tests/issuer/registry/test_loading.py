"""What a load does to statuses, printed codes, messages, history and the audit log."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from loads import (
    FILE,
    MOSCOW,
    NOW,
    contents,
    document,
    held,
    numbered,
    print_at_the_counter,
    print_code,
    rules_of,
    shown,
    snils,
    take,
    the_status,
    versions,
)
from sqlalchemy import update
from world import documents

from statusqr_issuer.registry import (
    Registry,
    audit,
    chain,
    consents,
    holds,
    messages,
    printouts,
    tables,
)
from statusqr_issuer.registry.load_plan import Change
from statusqr_issuer.registry.loading import LoadOrder, load
from statusqr_issuer.registry.messages import MessageKind
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, State
from statusqr_schema import Claims, IssueRefused, Presentation, Profile, RegistryProblem, Snils

TOLD = {"status": {"basis": {"title": "Другое решение"}}}
ENDED = {"revoked": {"effective_on": "2026-11-20", "reason": "Аннулировано"}}
LATER = NOW + timedelta(hours=1)


def consent(registry: Registry, value: dict[str, Any]) -> None:
    with registry.writing("holder", NOW) as work:
        consents.give(work, work.person(Snils.parse(value["holder"]["snils"])), "1", "да")


def told(registry: Registry, value: dict[str, Any]) -> list[tuple[MessageKind, int]]:
    with registry.reading() as view:
        person = view.person(Snils.parse(value["holder"]["snils"]))
        return [(message.kind, message.printouts) for message in messages.of_person(view, person)]


def acts(registry: Registry) -> list[str]:
    with registry.reading() as view:
        return [entry.act for entry in audit.entries(view)]


def standing(registry: Registry, value: dict[str, Any]) -> State:
    with registry.reading() as view:
        return holds.standing(view, "yar", Identity(value["certificate_number"]))


def test_all_records_are_taken(registry: Registry) -> None:
    report = take(registry, *documents().values())
    assert report.changes == {Change.ADDED: 25}
    assert report.refused == []
    assert len(held(registry, "901-010-104 00")) == 2  # R08 and R24
    status = the_status(registry, document())
    assert status.entry.record.holder.family_name == "Лебедева"
    assert (status.version, status.changed_at, status.loaded_at) == (1, NOW, NOW)
    assert versions(registry, status.id) == [(1, "added")]
    assert the_status(registry, document("R19")).ended_by(NOW)
    with registry.reading() as view:
        _, fault = chain.examine(audit.entries(view))
        last = list(audit.entries(view))[-1]
    assert fault is None
    assert (last.act, last.actor) == ("load", "anna")
    body = json.loads(last.body)
    assert (body["file"], body["records"], body["added"]) == (FILE.hex(), 25, 25)


def test_the_same_file_again_changes_nothing(registry: Registry) -> None:
    values = list(documents().values())
    take(registry, *values)
    before, log = contents(registry, but=["audit"]), acts(registry)
    assert take(registry, *values).changes == {Change.SAME: 25}
    assert contents(registry, but=["audit"]) == before
    assert acts(registry) == [*log, "load"]
    take(registry, *values, at=LATER)
    assert the_status(registry, document()).loaded_at == LATER
    assert the_status(registry, document()).changed_at == NOW


def test_a_newer_time_of_the_data_leaves_the_paper_true(registry: Registry) -> None:
    value = document()
    take(registry, value)
    code = print_code(registry, the_status(registry, value))
    newer = document(data_as_of="2026-11-22T08:00:00+03:00", edge_case="заметка реестра")
    assert take(registry, newer, at=LATER).changes == {Change.SAME: 1}
    status = the_status(registry, value)
    assert status.record.data_as_of == datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert status.entry.extra["edge_case",] == "заметка реестра"
    assert (status.version, status.changed_at, status.loaded_at) == (1, NOW, LATER)
    assert shown(registry) == {code.reference: State.VALID}
    assert told(registry, value) == []


def test_older_data_are_refused(registry: Registry) -> None:
    take(registry, document())
    before = contents(registry, but=["audit"])
    old = document(data_as_of="2026-11-21T09:29:59+03:00", **TOLD)
    report = take(registry, old, at=LATER)
    assert rules_of(report) == {"R01": ["OLDER"]}
    assert contents(registry, but=["audit"]) == before
    equal = document(data_as_of="2026-11-21T06:30:00Z", **TOLD)
    assert take(registry, equal).changes == {Change.CHANGED: 1}


def test_data_from_the_future_are_refused(registry: Registry) -> None:
    """Or the true records of years would be older. A day is left to clocks and zones."""
    take(registry, document())
    for days, rules in ((timedelta(days=1, seconds=1), ["DATA_AS_OF_FUTURE"]), (timedelta(1), [])):
        moment = (NOW + days).isoformat()
        report = take(registry, document(data_as_of=moment), document("R03", data_as_of=moment))
        assert rules_of(report) == ({"R01": rules, "R03": rules} if rules else {})
    same = document(data_as_of=(NOW + timedelta(days=1)).isoformat())
    assert take(registry, same, at=NOW - timedelta(days=9)).changes == {Change.SAME: 1}
    end = document(data_as_of=(NOW + timedelta(days=2)).isoformat(), **ENDED)
    assert take(registry, end, at=NOW + timedelta(days=2)).changes == {Change.ENDED: 1}


def test_a_record_without_a_moment_brings_no_status_back(registry: Registry) -> None:
    """Nor does it wipe out the moment that keeps older records away."""
    undated = document(data_as_of=None)
    take(registry, document())
    take(registry, document(**ENDED))
    before = contents(registry, but=["audit"])
    assert rules_of(take(registry, undated)) == {"R01": ["DATA_AS_OF_MISSING"]}
    assert contents(registry, but=["audit"]) == before
    assert take(registry, undated | ENDED).changes == {Change.SAME: 1}
    assert rules_of(take(registry, undated)) == {"R01": ["DATA_AS_OF_MISSING"]}
    old = document(data_as_of="2026-11-20T09:30:00+03:00")
    assert rules_of(take(registry, old)) == {"R01": ["OLDER"]}
    assert take(registry, document()).changes == {Change.RECOVERED: 1}
    assert take(registry, undated | {"id": "R01b"} | ENDED).changes == {Change.ADDED: 1}
    assert take(registry, undated | {"id": "R01b"}).changes == {Change.RECOVERED: 1}


def test_a_change_revokes_what_was_printed_and_is_told(registry: Registry) -> None:
    value, other = document(), numbered(1)
    take(registry, value, other)
    status = the_status(registry, value)
    mine = print_code(registry, status).reference
    counter = print_at_the_counter(registry, value)
    others = print_code(registry, the_status(registry, other)).reference
    report = take(registry, document(**TOLD), other, at=LATER)
    assert report.changes == {Change.CHANGED: 1, Change.SAME: 1}
    assert report.codes == 2
    invalid = {mine: State.INVALID, counter: State.INVALID}
    assert shown(registry) == {**invalid, others: State.VALID}
    changed = the_status(registry, value)
    assert (changed.id, changed.version, changed.changed_at) == (status.id, 2, LATER)
    assert changed.record.basis is not None
    assert changed.record.basis.title == "Другое решение"
    assert versions(registry, status.id) == [(1, "added"), (2, "changed")]
    assert told(registry, value) == [(MessageKind.STATUS_CHANGED, 2)]
    assert told(registry, other) == []
    assert standing(registry, value) is State.VALID
    new = print_code(registry, changed).reference
    assert shown(registry)[new] is State.VALID


def test_a_paper_of_the_old_version_is_not_made_after_the_change(registry: Registry) -> None:
    """The page was open while the load came; `printouts.take` looks at the version."""
    take(registry, document())
    seen = the_status(registry, document())
    take(registry, document(**TOLD))
    with registry.writing("holder", NOW) as work, pytest.raises(IssueRefused) as refused:
        content = Claims(
            record=seen.record, issued_at=0, expires_at=1, presentation=Presentation.PRINT
        )
        holder = seen.record.holder.snils
        assert isinstance(holder, Snils)
        identity = Identity(seen.record.certificate_number, holder)
        printouts.take(work, seen.id, "yar", content, Profile.FULL, identity, version=seen.version)
    assert refused.value.code == "STATUS_CHANGED"


def test_an_addition_is_told_to_those_who_use_the_account(registry: Registry) -> None:
    users, strangers = document(), numbered(1)
    consent(registry, users)
    take(registry, users, strangers)
    assert told(registry, users) == [(MessageKind.STATUS_ADDED, 0)]
    assert told(registry, strangers) == []


def test_an_end_takes_codes_and_certificate_with_it(registry: Registry) -> None:
    value = document()
    take(registry, value)
    status = the_status(registry, value)
    code, counter = print_code(registry, status).reference, print_at_the_counter(registry, value)
    report = take(registry, document(**ENDED), at=LATER)
    assert report.changes == {Change.ENDED: 1}
    assert report.codes == 2
    assert shown(registry) == {code: State.INVALID, counter: State.INVALID}
    ended = the_status(registry, value)
    assert ended.ended is not None
    assert ended.ended.reason == "Аннулировано"
    assert not ended.stands(LATER)
    assert ended.hold is State.INVALID
    assert standing(registry, value) is State.INVALID
    assert told(registry, value) == [(MessageKind.STATUS_ENDED, 2)]
    with pytest.raises(IssueRefused):
        print_code(registry, ended)
    with pytest.raises(IssueRefused) as refused:
        print_at_the_counter(registry, value)
    assert refused.value.code == "REVOKED"
    assert take(registry, document(**ENDED), at=LATER).changes == {Change.SAME: 1}
    assert len(told(registry, value)) == 1


def test_a_status_that_comes_back(registry: Registry) -> None:
    """It stands, new codes are possible, those that were printed before stay revoked."""
    value = document()
    take(registry, value)
    code = print_code(registry, the_status(registry, value)).reference
    counter = print_at_the_counter(registry, value)
    take(registry, document(**ENDED))
    assert take(registry, value, at=LATER).changes == {Change.RECOVERED: 1}
    status = the_status(registry, value)
    assert (status.ended, status.hold, status.version) == (None, State.VALID, 3)
    assert status.stands(LATER)
    assert standing(registry, value) is State.VALID
    new = print_code(registry, status).reference
    invalid = {code: State.INVALID, counter: State.INVALID}
    assert shown(registry) == {**invalid, new: State.VALID}
    kinds = {kind for kind, _ in told(registry, value)}
    assert kinds == {MessageKind.STATUS_ENDED, MessageKind.STATUS_RECOVERED}
    history = [(1, "added"), (2, "ended"), (3, "recovered")]
    assert versions(registry, status.id) == history


def test_a_lost_paper_stays_revoked_when_the_status_comes_back(registry: Registry) -> None:
    value = document()
    take(registry, value)
    lost = print_code(registry, the_status(registry, value))
    with registry.writing("holder", NOW) as work:
        person = work.person(Snils.parse(value["holder"]["snils"]))
        assert printouts.revoke(work, person, lost.id, "потеряна")
    take(registry, document(**ENDED))
    take(registry, value)
    assert shown(registry) == {lost.reference: State.INVALID}


def test_an_end_to_come(registry: Registry) -> None:
    """The paper says a longer term, so it falls at once; the status stands until that day."""
    value = document()
    take(registry, value)
    code = print_code(registry, the_status(registry, value)).reference
    coming = document(revoked={"effective_on": "2026-12-01", "reason": "Переезд"})
    assert take(registry, coming).changes == {Change.CHANGED: 1}
    assert shown(registry) == {code: State.INVALID}
    midnight = datetime(2026, 12, 1, tzinfo=MOSCOW)
    status = the_status(registry, value)
    assert status.stands(midnight - timedelta(seconds=1))
    assert not status.stands(midnight)
    assert status.hold is State.VALID
    before, day = midnight - timedelta(seconds=1), midnight
    assert take(registry, coming, at=before).changes == {Change.SAME: 1}
    assert take(registry, coming, at=day).changes == {Change.ENDED: 1}
    assert the_status(registry, value).hold is State.INVALID
    assert [kind for kind, _ in told(registry, value)] == [
        MessageKind.STATUS_ENDED,
        MessageKind.STATUS_CHANGED,
    ]


def test_an_end_that_is_put_off(registry: Registry) -> None:
    take(registry, document(**ENDED))
    coming = document(revoked={"effective_on": "2026-12-01"})
    assert take(registry, coming).changes == {Change.RECOVERED: 1}
    assert the_status(registry, coming).stands(NOW)
    assert take(registry, document()).changes == {Change.CHANGED: 1}


def test_a_new_status_that_has_ended_already(registry: Registry) -> None:
    """Codes that the command line printed before there was a registry fall with it."""
    value = document("R19")
    counter = print_at_the_counter(registry, value)
    consent(registry, value)
    report = take(registry, value)
    assert report.changes == {Change.ADDED: 1}
    assert report.codes == 1
    assert shown(registry) == {counter: State.INVALID}
    assert told(registry, value) == [(MessageKind.STATUS_ENDED, 1)]
    assert standing(registry, value) is State.INVALID


def test_what_an_operator_lifted_is_left_alone(registry: Registry) -> None:
    """The hold of the end was restored by hand and the certificate suspended at one issuer."""
    value = document()
    take(registry, document(**ENDED))
    with registry.writing("boris", NOW) as work:
        holds.change(work, CertificateTarget("76-000101"), State.VALID, "ошибка")
        holds.change(work, CertificateTarget("76-000101", "yar"), State.SUSPENDED, "проверка")
    take(registry, value)
    assert standing(registry, value) is State.SUSPENDED


def test_a_certificate_of_two_statuses_falls_with_the_last(registry: Registry) -> None:
    one = document()
    two = document(id="R01b", status={"name": "Многодетная мать"})
    take(registry, one, two)
    take(registry, document(**ENDED))
    assert standing(registry, one) is State.VALID
    take(registry, {**two, **ENDED})
    assert standing(registry, one) is State.INVALID
    take(registry, one)
    assert standing(registry, one) is State.VALID


def test_a_new_status_under_the_certificate_of_an_ended_one(registry: Registry) -> None:
    """Registers close a record and open another: the certificate is in force again."""
    take(registry, document())
    take(registry, document(**ENDED))
    assert standing(registry, document()) is State.INVALID
    take(registry, document(id="R01 again"))
    assert standing(registry, document()) is State.VALID


def test_a_certificate_that_an_operator_revoked_stays_so(registry: Registry) -> None:
    """Under a new status, and when another that shares it comes back."""
    value = document()
    with registry.writing("boris", NOW) as work:
        holds.change(work, CertificateTarget("76-000101"), State.INVALID, "подделка")
    take(registry, value)
    assert standing(registry, value) is State.INVALID
    take(registry, document(id="second", **ENDED))
    take(registry, document(id="second"))
    assert standing(registry, value) is State.INVALID


@pytest.mark.parametrize("wanted", [State.INVALID, State.SUSPENDED])
def test_a_status_that_comes_back_lifts_no_operators_hold(
    registry: Registry, wanted: State
) -> None:
    """Whether it was there before the register ended the status, or came after."""
    value = document()
    take(registry, value)
    for first in (True, False):
        if not first:
            take(registry, document(**ENDED))
        with registry.writing("boris", NOW) as work:
            done = holds.change(work, CertificateTarget("76-000101"), wanted, "подделка")
        assert done.changed
        if first:
            take(registry, document(**ENDED))
        assert standing(registry, value) is State.INVALID
        assert take(registry, value).changes == {Change.RECOVERED: 1}
        assert standing(registry, value) is wanted
        with registry.writing("boris", NOW) as work:
            holds.change(work, CertificateTarget("76-000101"), State.VALID, "ошибка")
        assert standing(registry, value) is State.VALID
    with registry.reading() as view:
        assert {event.issuer_id for event in holds.events(view)} == {None}


def test_who_lifts_every_hold_lifts_that_of_the_register_too(registry: Registry) -> None:
    """But not who lifts it at one issuer."""
    value = document()
    take(registry, document(**ENDED))
    for issuer, after in (("yar", State.INVALID), (None, State.VALID)):
        with registry.writing("boris", NOW) as work:
            target = CertificateTarget("76-000101", issuer)
            assert holds.change(work, target, State.VALID, "ошибка").after is after
        assert standing(registry, value) is after


def test_a_clock_that_goes_back_brings_no_status_back(registry: Registry) -> None:
    coming = document(revoked={"effective_on": "2026-12-01", "reason": "Переезд"})
    midnight = datetime(2026, 12, 1, tzinfo=MOSCOW)
    take(registry, coming, at=midnight)
    assert take(registry, coming, at=NOW).changes == {Change.SAME: 1}
    earlier = document(revoked={"effective_on": "2026-11-30", "reason": "Переезд"})
    assert take(registry, earlier, at=NOW).changes == {Change.CHANGED: 1}
    assert standing(registry, coming) is State.INVALID
    later = document(revoked={"effective_on": "2026-12-02", "reason": "Переезд"})
    assert take(registry, later, at=NOW).changes == {Change.RECOVERED: 1}


@pytest.mark.parametrize(
    "broken",
    [{"id": "a\ud800"}, {"note": ["\udfff"]}, {"\ud800": 1}, {"region": {"name": "\ud800"}}],
)
def test_half_a_character_is_refused_and_stops_nothing_else(
    registry: Registry, broken: dict[str, Any]
) -> None:
    """JSON can spell one; no database can keep it."""
    report = take(registry, document() | broken, document("R03"))
    assert report.changes == {Change.ADDED: 1}
    (refusal,) = report.refused
    assert [v.rule for v in refusal.error.violations] == ["TEXT_BROKEN"]


def test_a_record_too_large_to_come_back_from_a_backup(registry: Registry) -> None:
    report = take(registry, document(note="x" * 2**20), document("R03", note="я" * 500_000))
    assert report.changes == {Change.ADDED: 1}
    assert rules_of(report) == {"R01": ["RECORD_TOO_LARGE"]}


def test_a_status_never_goes_over_to_another_person(registry: Registry) -> None:
    take(registry, document())
    before = contents(registry, but=["audit"])
    report = take(registry, document(holder={"snils": snils(7)}), at=LATER)
    assert rules_of(report) == {"R01": ["OTHER_PERSON"]}
    assert contents(registry, but=["audit"]) == before
    (refusal,) = report.refused
    assert "Лебедева" not in refusal.error.message


def test_two_records_of_one_status_are_both_refused(registry: Registry) -> None:
    report = take(registry, numbered(1), numbered(2), numbered(2, **TOLD), numbered(3))
    assert rules_of(report) == {"N2": ["STATUS_TWICE"]}
    assert [refusal.number for refusal in report.refused] == [2, 3]
    assert report.changes == {Change.ADDED: 2}
    bad = numbered(1, status={"name": ""})
    report = take(registry, numbered(1, **TOLD), bad)
    assert [refusal.number for refusal in report.refused] == [1, 2]
    assert the_status(registry, numbered(1)).version == 1


def test_what_a_register_calls_a_status(registry: Registry) -> None:
    """Its id; else the certificate; else person, category, region and first day."""
    by_number = numbered(1, id=None)
    take(registry, by_number)
    assert take(registry, numbered(1, id=None, **TOLD)).changes == {Change.CHANGED: 1}
    plain = numbered(2, id=None, certificate_number=None)
    take(registry, plain)
    changed = numbered(2, id=None, certificate_number=None, **TOLD)
    assert take(registry, changed).changes == {Change.CHANGED: 1}
    other_start = {"period": {"valid_from": "2025-01-01", "indefinite": True}}
    another = numbered(2, id=None, certificate_number=None, status=other_start)
    assert take(registry, another).changes == {Change.ADDED: 1}
    assert len(held(registry, snils(2))) == 2


def test_a_status_that_gets_its_certificate_later_stays_one(registry: Registry) -> None:
    take(registry, numbered(1, id=None, certificate_number=None))
    now = numbered(1, id=None)
    assert take(registry, now).changes == {Change.CHANGED: 1}
    assert the_status(registry, now).record.certificate_number == "76-N1"
    assert take(registry, now).changes == {Change.SAME: 1}


def test_numbers_of_a_series(registry: Registry) -> None:
    plain = [numbered(n, certificate_number=None) for n in range(3)]
    taken = numbered(9, certificate_number="76-000002")  # comes last, and keeps its number
    report = take(registry, *plain, taken, series="76-")
    assert report.numbers == 3
    given = [the_status(registry, value).record.certificate_number for value in plain]
    assert given == ["76-000001", "76-000003", "76-000004"]
    again = take(registry, *plain, taken, series="76-")
    assert (again.changes, again.numbers) == ({Change.SAME: 4}, 0)
    assert take(registry, *plain).changes == {Change.SAME: 3}
    status = the_status(registry, plain[0])
    assert standing(registry, {"certificate_number": given[0]}) is State.VALID
    take(registry, {**plain[0], **ENDED})
    assert standing(registry, {"certificate_number": given[0]}) is State.INVALID
    assert status.version == 1


def test_a_number_of_a_refused_record_is_not_given_to_another(registry: Registry) -> None:
    """It will come again when it has been corrected."""
    bad = numbered(1, certificate_number="76-000001", status={"name": ""})
    twice = [numbered(2, certificate_number="76-000002")] * 2
    plain = numbered(3, certificate_number=None)
    none = [{"certificate_number": wrong} for wrong in (None, 7, " ", "\ud800", ["76-000003"])]
    report = take(registry, bad, *twice, plain, *none, series="76-")
    assert report.given == [("N3", "76-000003")]
    assert take(registry, bad | {"status": numbered(1)["status"]}).changes == {Change.ADDED: 1}


def test_a_number_that_the_register_gives_in_place_of_ours(registry: Registry) -> None:
    plain = numbered(1, certificate_number=None)
    take(registry, plain, series="76-")
    theirs = numbered(1, certificate_number="Г-14/2026")
    assert take(registry, theirs).changes == {Change.CHANGED: 1}
    assert the_status(registry, theirs).record.certificate_number == "Г-14/2026"
    gone = take(registry, plain)  # theirs is not ours to keep
    assert gone.changes == {Change.CHANGED: 1}


def test_a_number_that_was_given_here_is_nobody_elses(registry: Registry) -> None:
    plain = numbered(1, certificate_number=None)
    take(registry, plain, series="76-")
    thief = numbered(2, certificate_number="76-000001")
    assert rules_of(take(registry, thief)) == {"N2": ["NUMBER_TAKEN"]}
    taken_over = numbered(1, certificate_number="76-000001")
    assert take(registry, taken_over).changes == {Change.SAME: 1}


def test_a_register_cannot_pass_its_number_off_as_ours(registry: Registry) -> None:
    take(registry, numbered(1, certificate_number_given_here=True))
    report = take(registry, numbered(1, certificate_number=None))
    assert report.changes == {Change.CHANGED: 1}
    assert the_status(registry, numbered(1)).record.certificate_number is None


def test_a_status_without_a_number_may_get_one_later(registry: Registry) -> None:
    plain = numbered(1, certificate_number=None)
    take(registry, plain)
    code = print_code(registry, the_status(registry, plain)).reference
    assert take(registry, plain, series="76-").changes == {Change.CHANGED: 1}
    assert shown(registry) == {code: State.INVALID}  # it says that there is none


@pytest.mark.parametrize(
    ("told", "rule", "path"),
    [
        ("2026-06-30", "REVOKED_FORM", "revoked"),
        ({"effective_on": "2026-6-30"}, "REVOKED_FORM", "revoked"),
        ({"reason": "нет дня"}, "REVOKED_FORM", "revoked"),
        ({"effective_on": "0001-01-01"}, "DATE_OUT_OF_RANGE", "revoked.effective_on"),
        ({"effective_on": "9999-12-31"}, "DATE_OUT_OF_RANGE", "revoked.effective_on"),
        ({"effective_on": "2026-06-30", "reason": "я" * 501}, "TEXT_TOO_LONG", "revoked.reason"),
        ({"effective_on": "2026-06-30", "reason": "а\u202eб"}, "TEXT_", "revoked.reason"),
    ],
)
def test_an_end_that_cannot_be_read(registry: Registry, told: object, rule: str, path: str) -> None:
    report = take(registry, document(revoked=told, status={"name": ""}))
    ((first, second, *_),) = [refusal.error.violations for refusal in report.refused]
    assert first.path == "status.name"  # with whatever else is wrong
    assert second.rule.startswith(rule)
    assert second.path == path
    assert held(registry, document()["holder"]["snils"]) == []


def test_a_record_without_a_snils_has_no_account(registry: Registry) -> None:
    report = take(registry, document(holder={"snils": None}), numbered(1))
    assert rules_of(report) == {"R01": ["SNILS_MISSING"]}
    assert report.changes == {Change.ADDED: 1}


@pytest.mark.parametrize("value", ["запись", None, 7, {}, {"id": "X"}, {"id": 3, "status": 5}])
def test_a_record_that_is_none(registry: Registry, value: Any) -> None:
    report = take(registry, numbered(1), value)
    (refusal,) = report.refused
    assert refusal.number == 2
    assert refusal.error.violations
    assert report.changes == {Change.ADDED: 1}


def test_a_name_that_could_be_a_persons_number_is_not_repeated(registry: Registry) -> None:
    holder = document()["holder"]["snils"]
    for called in (holder, "X-99789513728-1", "a\nb", ""):
        report = take(registry, document(id=called, status={"name": ""}))
        assert [refusal.name for refusal in report.refused] == ["запись 1"]


def test_a_dry_run_tells_the_same_and_keeps_nothing(registry: Registry) -> None:
    plain = [numbered(n, certificate_number=None) for n in range(3)]
    take(registry, document(), document("R03"))
    print_code(registry, the_status(registry, document()))
    values = [document(**TOLD), document("R03"), *plain, {"id": "bad"}]
    before = contents(registry)
    dry = take(registry, *values, series="76-", dry_run=True)
    assert contents(registry) == before
    real = take(registry, *values, series="76-")
    assert (dry.changes, dry.codes, dry.numbers) == (real.changes, real.codes, real.numbers)
    assert dry.changes == {Change.CHANGED: 1, Change.SAME: 1, Change.ADDED: 3}
    assert (dry.codes, dry.numbers) == (1, 3)
    assert rules_of(dry) == rules_of(real)


def test_more_than_a_batch(registry: Registry) -> None:
    values = [numbered(n) for n in range(23)]
    seen: list[int] = []
    report = load(registry, values, LoadOrder("anna", NOW, FILE, batch=10), progress=seen.append)
    assert seen == [10, 20, 23]
    assert report.changes == {Change.ADDED: 23}
    assert len(contents(registry)["person"]) == 23
    assert acts(registry).count("load_added") == 23


def test_several_statuses_of_one_new_person(registry: Registry) -> None:
    values = [{**numbered(5), "id": f"S{n}"} for n in range(4)]
    take(registry, *values)
    assert len(held(registry, snils(5))) == 4
    assert len(contents(registry)["person"]) == 1


def test_a_damaged_cell_stops_the_batch_and_says_so(registry: Registry) -> None:
    take(registry, numbered(1), numbered(2))
    spoilt = the_status(registry, numbered(2)).id
    with registry.writing("test", NOW) as work:
        row = update(tables.status).where(tables.status.c.id == spoilt)
        work.connection.execute(row.values(entry=b"\x01" + bytes(40)))
    before = contents(registry)
    with pytest.raises(RegistryProblem) as problem:
        take(registry, numbered(1, **TOLD), numbered(2, **TOLD))
    assert problem.value.code == "REGISTRY_DAMAGED"
    assert contents(registry) == before


def test_the_log_names_nobody(registry: Registry) -> None:
    value = document()
    take(registry, value, numbered(3, certificate_number=None), series="76-")
    print_code(registry, the_status(registry, value))
    take(registry, document(**ENDED))
    take(registry, value)
    with registry.reading() as view:
        log = "\n".join(f"{e.actor} {e.act} {e.body}" for e in audit.entries(view))
    assert log.count("load_recovered") == 1
    for secret in ("Лебедев", "Ольга", "99789513728", "997-895", "76-000101", "Аннулировано"):
        assert secret not in log
