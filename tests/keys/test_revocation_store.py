"""The file behind revocation: old ones are taken over, the key of its digests is guarded."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from statusqr_keys import SqliteStatusIndex
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, Note, PersonTarget, State
from statusqr_keys.revocation import SqliteRevocations
from statusqr_schema import KeyProblem, Snils, StatusReference

NOTE = Note("решение отменено", "operator", datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
ANNA = Snils.parse("991-859-566 00")

# As the version before wrote it.
OLD = """
CREATE TABLE status_list (
    issuer TEXT NOT NULL, number INTEGER NOT NULL, taken INTEGER NOT NULL,
    PRIMARY KEY (issuer, number)
) WITHOUT ROWID;
CREATE TABLE status_entry (
    issuer TEXT NOT NULL, number INTEGER NOT NULL, entry INTEGER NOT NULL,
    PRIMARY KEY (issuer, number, entry)
) WITHOUT ROWID;
INSERT INTO status_list VALUES ('yar', 0, 9), ('yar', 1, 3), ('kuz', 0, 1);
INSERT INTO status_entry VALUES ('kuz', 0, 5), ('yar', 1, 7), ('yar', 1, 8), ('yar', 1, 9);
"""


def old(store: Path) -> None:
    with closing(sqlite3.connect(store / "issuing.sqlite")) as database:
        database.executescript(OLD)


def test_an_old_file_loses_nothing(tmp_path: Path) -> None:
    old(tmp_path)
    register = SqliteRevocations(tmp_path)
    assert (register.lists("yar"), register.lists("kuz")) == ([0, 1], [0])
    assert register.unnamed() == 4
    assert register.states("yar", 1) == {}
    given = SqliteStatusIndex(tmp_path, list_size=10, full=10).allocate("yar", 7, Identity("1"))
    assert {g.list_number for g in given} == {1}
    assert {g.index for g in given} == {0, 1, 2, 3, 4, 5, 6}
    assert register.unnamed() == 4
    assert len(register.revoke(CertificateTarget("1"), NOTE).changes) == 7
    assert register.revoke(CodeTarget("yar", StatusReference(1, 7)), NOTE).changed
    assert sorted(register.states("yar", 1)) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert (tmp_path / "issuing.sqlite").stat().st_mode & 0o777 == 0o600


def test_an_old_file_is_taken_over_once_by_many(tmp_path: Path) -> None:
    old(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(SqliteStatusIndex(tmp_path).allocate, "yar", 1) for _ in range(8)]
        assert len({job.result()[0] for job in jobs}) == 8
    assert SqliteRevocations(tmp_path).unnamed() == 4


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    SqliteStatusIndex(tmp_path).allocate("yar", 1)
    with closing(sqlite3.connect(tmp_path / "issuing.sqlite")) as database:
        database.execute("PRAGMA user_version = 2")
    with pytest.raises(KeyProblem, match="более новой версией"):
        SqliteRevocations(tmp_path).version()
    with pytest.raises(KeyProblem, match="более новой версией"):
        SqliteStatusIndex(tmp_path).allocate("yar", 1)


def test_the_key_of_the_digests_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    SqliteStatusIndex(tmp_path).allocate("yar", 1)
    assert not (tmp_path / "finder.key").exists()
    with ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(SqliteStatusIndex(tmp_path).allocate, "yar", 1, Identity("1", ANNA))
            for _ in range(8)
        ]
        assert len({job.result()[0] for job in jobs}) == 8
    key = (tmp_path / "finder.key").read_bytes()
    assert (len(key), (tmp_path / "finder.key").stat().st_mode & 0o777) == (32, 0o600)
    assert SqliteRevocations(tmp_path).revoke(PersonTarget(ANNA), NOTE).codes == 8
    assert (tmp_path / "finder.key").read_bytes() == key


@pytest.mark.parametrize("damage", [None, b"", b"short", bytes(32), bytes(33)])
def test_a_lost_or_other_key_is_never_replaced(damage: bytes | None, tmp_path: Path) -> None:
    SqliteRevocations(tmp_path).revoke(PersonTarget(ANNA), NOTE)
    path = tmp_path / "finder.key"
    key = path.read_bytes()
    path.unlink() if damage is None else path.write_bytes(damage)
    with pytest.raises(KeyProblem, match=r"finder\.key.* верните его из резервной копии"):
        SqliteRevocations(tmp_path).standing("yar", Identity("1", ANNA))
    with pytest.raises(KeyProblem, match=r"finder\.key"):
        SqliteStatusIndex(tmp_path).allocate("yar", 1, Identity("1", ANNA))
    assert (path.read_bytes() if path.exists() else None) == damage
    path.write_bytes(key)
    assert SqliteRevocations(tmp_path).standing("yar", Identity("1", ANNA)) is State.INVALID


def test_two_stores_have_different_digests(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        SqliteRevocations(tmp_path / name).revoke(PersonTarget(ANNA), NOTE)
        with closing(sqlite3.connect(tmp_path / name / "issuing.sqlite")) as database:
            found += database.execute("SELECT digest FROM hold").fetchall()
    assert len(found) == len(set(found)) == 2


def test_a_key_of_the_wrong_length_is_not_used_in_a_fresh_store(tmp_path: Path) -> None:
    (tmp_path / "finder.key").write_bytes(b"short")
    with pytest.raises(KeyProblem, match=r"finder\.key"):
        SqliteRevocations(tmp_path).revoke(PersonTarget(ANNA), NOTE)
    assert SqliteRevocations(tmp_path).events() == []
