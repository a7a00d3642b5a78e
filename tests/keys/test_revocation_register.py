"""Codes are revoked, suspended and restored: one by one, by certificate, by person."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from statusqr_keys import SqliteStatusIndex
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, Note, PersonTarget, State, Target
from statusqr_keys.revocation import Revocations, SqliteRevocations
from statusqr_schema import IssueRefused, KeyProblem, Snils, StatusReference
from statusqr_schema.claims import LIST_SIZE

AT = datetime(2026, 11, 21, 12, 0, tzinfo=timezone(timedelta(hours=3)))
NOTE = Note("решение отменено", "operator", AT)
ANNA, BORIS = Snils.parse("991-859-566 00"), Snils.parse("901-010-104 00")


class Town:
    """Two issuers and their printed codes."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.index = SqliteStatusIndex(store)
        self.register: Revocations = SqliteRevocations(store)

    def code(
        self, certificate: str | None = "1", person: Snils | None = ANNA, issuer: str = "yar"
    ) -> CodeTarget:
        (reference,) = self.index.allocate(issuer, 1, Identity(certificate, person))
        return CodeTarget(issuer, reference)

    def state(self, code: CodeTarget) -> int:
        states = self.register.states(code.issuer_id, code.reference.list_number)
        return states.get(code.reference.index, 0)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_a_lost_paper_is_revoked_alone(town: Town) -> None:
    lost, kept = town.code(), town.code()
    outcome = town.register.revoke(lost, NOTE)
    assert (outcome.before, outcome.after, outcome.changed) == (State.VALID, State.INVALID, True)
    assert [(c.reference, c.before, c.after) for c in outcome.changes] == [(lost.reference, 0, 1)]
    assert (outcome.codes, outcome.not_valid) == (1, 1)
    assert (town.state(lost), town.state(kept)) == (1, 0)
    assert town.register.standing("yar", Identity("1", ANNA)) is State.VALID
    assert town.state(town.code()) == 0


@pytest.mark.parametrize("target", [CertificateTarget("1"), PersonTarget(ANNA)])
def test_codes_fall_and_rise_together(target: Target, town: Town) -> None:
    mine, other = [town.code(), town.code()], town.code("2", BORIS)
    outcome = town.register.suspend(target, NOTE)
    assert {c.reference for c in outcome.changes} == {c.reference for c in mine}
    assert ([town.state(c) for c in mine], town.state(other)) == ([2, 2], 0)
    assert town.register.standing("yar", Identity("1", ANNA)) is State.SUSPENDED
    assert town.register.standing("yar", Identity("2", BORIS)) is State.VALID
    town.register.revoke(target, NOTE)
    assert [town.state(c) for c in mine] == [1, 1]
    assert len(town.register.restore(target, NOTE).changes) == 2
    assert [town.state(c) for c in mine] == [0, 0]
    assert town.register.standing("yar", Identity("1", ANNA)) is State.VALID


def test_a_lost_paper_stays_revoked_when_the_status_is_restored(town: Town) -> None:
    lost, kept = town.code(), town.code()
    town.register.revoke(lost, NOTE)
    town.register.suspend(CertificateTarget("1"), NOTE)
    outcome = town.register.restore(CertificateTarget("1"), NOTE)
    assert (outcome.codes, outcome.not_valid, len(outcome.changes)) == (2, 1, 1)
    assert (town.state(lost), town.state(kept)) == (1, 0)


def test_the_worst_of_three_holds_is_shown(town: Town) -> None:
    code = town.code()
    holds: list[Target] = [code, CertificateTarget("1"), PersonTarget(ANNA)]
    for target in holds:
        town.register.suspend(target, NOTE)
    town.register.revoke(PersonTarget(ANNA), NOTE)
    assert town.state(code) == 1
    assert town.register.standing("yar", Identity("1", None)) is State.SUSPENDED
    for target, left in zip(reversed(holds), (2, 2, 0), strict=True):
        town.register.restore(target, NOTE)
        assert town.state(code) == left


def test_what_is_repeated_changes_nothing_and_says_so(town: Town) -> None:
    code = town.code()
    town.register.revoke(code, NOTE)
    version = town.register.version()
    again = town.register.revoke(code, NOTE)
    assert (again.changed, again.after, again.changes) == (False, State.INVALID, ())
    unheld = town.register.restore(PersonTarget(BORIS), NOTE)
    assert (unheld.changed, unheld.codes) == (False, 0)
    assert town.register.version() == version
    assert len(town.register.events()) == 1


@pytest.mark.parametrize("kind", ["code", "certificate", "person"])
def test_a_suspension_never_weakens_a_revocation(kind: str, town: Town) -> None:
    code = town.code()
    targets = {"code": code, "certificate": CertificateTarget("1"), "person": PersonTarget(ANNA)}
    target: Target = targets[kind]  # type: ignore[assignment]
    town.register.revoke(target, NOTE)
    outcome = town.register.suspend(target, NOTE)
    assert (outcome.changed, outcome.after, town.state(code)) == (False, State.INVALID, 1)


def test_one_issuer_or_all(town: Town) -> None:
    yar, kuz = town.code(), town.code(issuer="kuz")
    town.register.revoke(PersonTarget(ANNA, "kuz"), NOTE)
    assert (town.state(yar), town.state(kuz)) == (0, 1)
    assert town.register.standing("yar", Identity("1", ANNA)) is State.VALID
    town.register.suspend(PersonTarget(ANNA), NOTE)
    assert (town.state(yar), town.state(kuz)) == (2, 1)
    assert town.register.standing("new", Identity(None, ANNA)) is State.SUSPENDED
    partly = town.register.restore(PersonTarget(ANNA, "kuz"), NOTE)
    assert (partly.before, partly.after) == (State.INVALID, State.SUSPENDED)
    assert town.register.restore(PersonTarget(ANNA, "kuz"), NOTE).after is State.SUSPENDED
    town.register.revoke(PersonTarget(ANNA, "kuz"), NOTE)
    everywhere = town.register.restore(PersonTarget(ANNA), NOTE)
    assert (everywhere.before, everywhere.after) == (State.INVALID, State.VALID)
    assert (town.state(yar), town.state(kuz)) == (0, 0)


def test_no_entry_for_whom_is_held(town: Town) -> None:
    town.register.revoke(PersonTarget(ANNA), NOTE)
    town.register.suspend(CertificateTarget("2"), NOTE)
    version = town.register.version()
    for identity, code in ((("1", ANNA), "REVOKED"), (("2", BORIS), "SUSPENDED")):
        with pytest.raises(IssueRefused, match="пока их не восстановят") as refused:
            town.code(*identity)
        assert refused.value.code == code
    assert town.register.lists("yar") == []
    assert town.register.version() == version


def test_lists_and_version_tell_what_to_publish(tmp_path: Path) -> None:
    index, register = SqliteStatusIndex(tmp_path, 10, 8), SqliteRevocations(tmp_path)
    assert (register.lists("yar"), register.version()) == ([], 0)
    given = index.allocate("yar", 20)
    assert (register.lists("yar"), register.lists("kuz")) == ([0, 1, 2], [])
    opened = register.version()
    assert opened > 0
    index.allocate("yar", 1)
    assert register.version() == opened
    register.revoke(CodeTarget("yar", given[0]), NOTE)
    assert register.version() > opened
    assert register.states("yar", 0) == {given[0].index: 1}
    assert register.states("yar", 7) == register.states("kuz", 0) == {}


def test_a_code_from_before_a_lost_copy_is_revoked_and_its_entry_taken(tmp_path: Path) -> None:
    register = SqliteRevocations(tmp_path)
    codes = [CodeTarget("yar", StatusReference(3, i)) for i in range(4)]
    for code in codes[:3]:
        register.revoke(code, NOTE)
    assert register.lists("yar") == [3]
    assert register.states("yar", 3) == {0: 1, 1: 1, 2: 1}
    assert not register.restore(codes[3], NOTE).changed
    given = SqliteStatusIndex(tmp_path, list_size=4, full=4).allocate("yar", 2)
    assert given == [codes[3].reference, StatusReference(4, given[1].index)]


def test_every_change_is_in_the_log_for_good(town: Town) -> None:
    code = town.code()
    town.register.revoke(code, NOTE)
    town.register.suspend(CertificateTarget("1", "yar"), Note("проверка", "second", AT))
    town.register.restore(code, NOTE)
    first, second, third = town.register.events()
    assert (first.target, first.issuer_id, first.reference) == ("code", "yar", code.reference)
    assert (first.note, first.note.moment.utcoffset()) == (NOTE, timedelta(0))
    assert (second.target, second.reference, second.changes) == ("certificate", None, ())
    assert (second.note.reason, second.note.author) == ("проверка", "second")
    assert [(e.before, e.after) for e in (first, second, third)] == [(0, 1), (0, 2), (1, 0)]
    assert [(c.before, c.after) for c in third.changes] == [(1, 2)]
    assert town.register.events(after=first.id) == [second, third]
    with closing(sqlite3.connect(town.store / "issuing.sqlite")) as database:
        for table in ("event", "event_code"):
            for act in (f"DELETE FROM {table}", f"UPDATE {table} SET before = 0"):  # noqa: S608
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    database.execute(act)


def test_no_number_stands_in_the_file(town: Town) -> None:
    town.code("76-000101")
    town.register.revoke(CertificateTarget("76-000101"), NOTE)
    town.register.revoke(PersonTarget(ANNA), NOTE)
    data = b"".join(path.read_bytes() for path in town.store.iterdir())
    for text in ("76-000101", "99185956600", "991-859-566 00"):
        assert text.encode() not in data
    assert ANNA.number.to_bytes(5) not in data
    assert "76-000101" not in repr((Identity("76-000101", ANNA), CertificateTarget("76-000101")))


def test_a_number_is_found_however_its_spaces_and_letters_are_written(town: Town) -> None:
    code = town.code("МСЭ й 1")
    town.register.revoke(CertificateTarget("  МСЭ  и\u0306 1 "), NOTE)
    assert town.state(code) == 1


@pytest.mark.parametrize(
    ("reason", "author", "moment", "match"),
    [
        ("", "a", AT, "причина"),
        ("  ", "a", AT, "причина"),
        ("x" * 501, "a", AT, "причина"),
        ("два\nряда", "a", AT, "причина"),
        ("ok", "", AT, "автор"),
        ("ok", "x" * 201, AT, "автор"),
        ("умер 991-859-566 00", "a", AT, "СНИЛС"),
        ("умер 99185956600", "a", AT, "СНИЛС"),
        ("ok", "a", datetime(2026, 1, 1), "пояса"),  # noqa: DTZ001
    ],
)
def test_notes_that_are_refused(reason: str, author: str, moment: datetime, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        Note(reason, author, moment)


def test_notes_and_targets_that_are_taken() -> None:
    Note("x" * 500, "x" * 200, AT)
    Note("решение 112-233-445 96 от 1.2.2026, дело 123456789012", "a", datetime.now(UTC))
    for reference in (StatusReference(0, LIST_SIZE), StatusReference(-1, 0)):
        with pytest.raises(ValueError, match="no such entry"):
            CodeTarget("yar", reference)
    with pytest.raises(ValueError, match="without a number"):
        CertificateTarget(" ")


def test_a_file_that_fails(tmp_path: Path) -> None:
    for store in (tmp_path / "absent", tmp_path):
        (tmp_path / "issuing.sqlite").write_bytes(b"no database, " * 100)
        register = SqliteRevocations(store)
        with pytest.raises(KeyProblem, match="состояние отзыва"):
            register.version()
        with pytest.raises(KeyProblem, match="состояние отзыва"):
            register.revoke(PersonTarget(ANNA), NOTE)
        with pytest.raises(KeyProblem, match="состояние отзыва"):
            register.standing("yar", Identity("1"))


def test_a_failure_changes_nothing(town: Town) -> None:
    code = town.code()
    with closing(sqlite3.connect(town.store / "issuing.sqlite")) as database:
        database.execute(
            "CREATE TRIGGER fail BEFORE INSERT ON event_code BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        with pytest.raises(KeyProblem):
            town.register.revoke(PersonTarget(ANNA), NOTE)
        database.execute("DROP TRIGGER fail")
    assert (town.state(code), town.register.events()) == (0, [])
    assert town.register.standing("yar", Identity("1", ANNA)) is State.VALID
