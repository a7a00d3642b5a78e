"""Codes are revoked, suspended and restored: one by one, by certificate, by person."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from revocation_laws import ANNA, AT, NOTE, RevocationLaws, Town

from statusqr_keys import SqliteStatusIndex
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, Note, PersonTarget, State
from statusqr_keys.revocation import SqliteRevocations
from statusqr_schema import KeyProblem, StatusReference
from statusqr_schema.claims import LIST_SIZE


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(
        lambda size, full: SqliteStatusIndex(tmp_path, size, full), SqliteRevocations(tmp_path)
    )


class TestOfTheStore(RevocationLaws):
    """In the key store's own file."""


def test_every_change_is_in_the_log_for_good(town: Town, tmp_path: Path) -> None:
    town.register.revoke(town.code(), NOTE)
    with closing(sqlite3.connect(tmp_path / "issuing.sqlite")) as database:
        for table in ("event", "event_code"):
            for act in (f"DELETE FROM {table}", f"UPDATE {table} SET before = 0"):  # noqa: S608
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    database.execute(act)


def test_no_number_stands_in_the_file(town: Town, tmp_path: Path) -> None:
    town.code("76-000101")
    town.register.revoke(CertificateTarget("76-000101"), NOTE)
    town.register.revoke(PersonTarget(ANNA), NOTE)
    data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for text in ("76-000101", "99185956600", "991-859-566 00"):
        assert text.encode() not in data
    assert ANNA.number.to_bytes(5) not in data
    assert "76-000101" not in repr((Identity("76-000101", ANNA), CertificateTarget("76-000101")))


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


def test_a_failure_changes_nothing(town: Town, tmp_path: Path) -> None:
    code = town.code()
    with closing(sqlite3.connect(tmp_path / "issuing.sqlite")) as database:
        database.execute(
            "CREATE TRIGGER fail BEFORE INSERT ON event_code BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        with pytest.raises(KeyProblem):
            town.register.revoke(PersonTarget(ANNA), NOTE)
        database.execute("DROP TRIGGER fail")
    assert (town.state(code), town.register.events()) == (0, [])
    assert town.register.standing("yar", Identity("1", ANNA)) is State.VALID
