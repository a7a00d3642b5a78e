"""Entries of status lists: random, each given out once, whoever asks and whatever breaks."""

import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from statusqr_keys import SqliteStatusIndex
from statusqr_schema import IssueRefused, StatusReference
from statusqr_schema.claims import LIST_SIZE

# Waits for a line, then takes entries of small lists, five at a time, and says which.
TAKER = """
import sys
from pathlib import Path
from statusqr_keys import SqliteStatusIndex
index = SqliteStatusIndex(Path(sys.argv[1]), list_size=400, full=360)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    for reference in index.allocate("issuer", 5):
        print(reference.list_number, reference.index, flush=True)
"""


def taker(store: Path, rounds: int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", TAKER, str(store), str(rounds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def references(lines: list[str]) -> list[StatusReference]:
    """What was printed, without a last line that was cut."""
    numbers = [map(int, line.split()) for line in lines if line.endswith("\n")]
    return [StatusReference(*pair) for pair in numbers]


def test_entries_are_unique_and_spread(tmp_path: Path) -> None:
    given = SqliteStatusIndex(tmp_path).allocate("issuer", 2000)
    assert len(set(given)) == 2000
    assert {reference.list_number for reference in given} == {0}
    indexes = [reference.index for reference in given]
    assert all(0 <= index < LIST_SIZE for index in indexes)
    sixteenths = Counter(index * 16 // LIST_SIZE for index in indexes)
    assert all(55 <= sixteenths[part] <= 200 for part in range(16))  # 125 each, six sigma
    rising = sum(a < b for a, b in pairwise(indexes))
    assert 850 <= rising <= 1150  # no order in time


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    SqliteStatusIndex(tmp_path).allocate("issuer", 1)
    assert (tmp_path / "issuing.sqlite").stat().st_mode & 0o777 == 0o600


def test_the_next_list_opens_when_one_is_full(tmp_path: Path) -> None:
    index = SqliteStatusIndex(tmp_path, list_size=10, full=8)
    given = [reference for _ in range(5) for reference in index.allocate("issuer", 5)]
    assert [reference.list_number for reference in given] == [0] * 8 + [1] * 8 + [2] * 8 + [3]
    assert len(set(given)) == 25
    assert all(0 <= reference.index < 10 for reference in given)
    again = SqliteStatusIndex(tmp_path, list_size=10, full=8).allocate("issuer", 7)
    assert {reference.list_number for reference in again} == {3}


def test_a_list_may_be_filled_to_the_last_entry(tmp_path: Path) -> None:
    given = SqliteStatusIndex(tmp_path, list_size=6, full=6).allocate("issuer", 12)
    assert sorted(reference.index for reference in given) == sorted([*range(6), *range(6)])


def test_issuers_do_not_share_lists(tmp_path: Path) -> None:
    index = SqliteStatusIndex(tmp_path, list_size=10, full=8)
    index.allocate("first", 20)
    given = index.allocate("second", 8)
    assert {reference.list_number for reference in given} == {0}
    assert index.allocate("first", 1)[0].list_number == 2


def test_nothing_asked_nothing_taken(tmp_path: Path) -> None:
    index = SqliteStatusIndex(tmp_path, list_size=10, full=8)
    assert index.allocate("issuer", 0) == []
    assert len(index.allocate("issuer", 8)) == 8


def test_two_processes_at_once_never_collide(tmp_path: Path) -> None:
    with taker(tmp_path, 60) as first, taker(tmp_path, 60) as second:
        go(first)
        go(second)
        lines = [process.communicate(timeout=60)[0] for process in (first, second)]
    given = [references(part.splitlines(keepends=True)) for part in lines]
    assert [len(part) for part in given] == [300, 300]
    assert len({*given[0], *given[1]}) == 600


def test_a_killed_process_wastes_entries_and_repeats_none(tmp_path: Path) -> None:
    printed: list[StatusReference] = []
    for kill in range(12):
        with taker(tmp_path, 1_000_000) as process:
            go(process)
            assert process.stdout
            lines = [process.stdout.readline() for _ in range(1 + kill * 3)]
            process.kill()
            lines += process.stdout.readlines()
        assert process.returncode == -9
        printed += references(lines)
    assert len(printed) >= 12
    assert len(set(printed)) == len(printed)
    with closing(sqlite3.connect(tmp_path / "issuing.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    later = SqliteStatusIndex(tmp_path, list_size=400, full=360).allocate("issuer", 500)
    assert not set(later) & set(printed)


def test_a_failure_takes_nothing(tmp_path: Path) -> None:
    index = SqliteStatusIndex(tmp_path, list_size=10, full=8)
    given = index.allocate("issuer", 3)
    with closing(sqlite3.connect(tmp_path / "issuing.sqlite")) as database:
        database.execute(
            "CREATE TRIGGER fail BEFORE INSERT ON status_list BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        with pytest.raises(IssueRefused):
            index.allocate("issuer", 2)
        database.execute("DROP TRIGGER fail")
        assert database.execute("SELECT count(*) FROM status_entry").fetchone() == (3,)
    assert len({*given, *index.allocate("issuer", 5)}) == 8


def test_a_broken_file_is_an_error_of_issuing(tmp_path: Path) -> None:
    (tmp_path / "issuing.sqlite").write_bytes(b"no database, " * 100)
    with pytest.raises(IssueRefused, match="не записываются") as caught:
        SqliteStatusIndex(tmp_path).allocate("issuer", 1)
    assert caught.value.code == "ISSUE_REFUSED"
    assert (tmp_path / "issuing.sqlite").read_bytes() == b"no database, " * 100


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(IssueRefused):
        SqliteStatusIndex(tmp_path / "absent").allocate("issuer", 1)
    assert list(tmp_path.iterdir()) == []


def test_a_list_that_is_fuller_than_its_count_says_is_left_behind(tmp_path: Path) -> None:
    index = SqliteStatusIndex(tmp_path, list_size=8, full=8)
    index.allocate("a", 8)
    with sqlite3.connect(tmp_path / "issuing.sqlite") as database:
        database.execute("UPDATE status_list SET taken = 3")
    database.close()
    assert index.allocate("a", 1)[0].list_number == 1
