"""Processes that print and revoke at once, and are killed: nothing reported is lost."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from statusqr_keys import SqliteStatusIndex
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, Note
from statusqr_keys.revocation import SqliteRevocations
from statusqr_schema import StatusReference

# Waits for a line; then takes an entry, revokes it, prints for a certificate and suspends that,
# and says each only once it is done. `argv[2]` names the certificates, `argv[3]` says how many.
WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from statusqr_keys import SqliteStatusIndex
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, Note
from statusqr_keys.revocation import SqliteRevocations
store = Path(sys.argv[1])
index, register = SqliteStatusIndex(store, list_size=2000, full=1800), SqliteRevocations(store)
note = Note("test", "worker", datetime(2026, 11, 21, tzinfo=UTC))
print("ready", flush=True)
sys.stdin.readline()
for turn in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}-{turn}"
    lost, kept = index.allocate("yar", 2, Identity(name))
    print("taken", lost.list_number, lost.index, name, flush=True)
    print("taken", kept.list_number, kept.index, name, flush=True)
    assert register.revoke(CodeTarget("yar", lost), note).changed
    print("revoked", lost.list_number, lost.index, name, flush=True)
    assert len(register.suspend(CertificateTarget(name), note).changes) == 1
    print("suspended", kept.list_number, kept.index, name, flush=True)
"""
STATES = {"revoked": 1, "suspended": 2}


def worker(store: Path, name: str, turns: int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(store), name, str(turns)],
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


def agree(store: Path, reported: list[str]) -> None:
    """Whether the store holds all that was reported, each entry once, and nothing broken."""
    register = SqliteRevocations(store)
    shown = {number: register.states("yar", number) for number in register.lists("yar")}
    taken: list[StatusReference] = []
    held = set()
    for line in reported:
        word, number, entry, name = line.split()
        if word == "taken":
            taken.append(StatusReference(int(number), int(entry)))
        else:
            assert shown[int(number)][int(entry)] == STATES[word]
        if word == "suspended":
            held.add(name)
    assert len(set(taken)) == len(taken)
    for name in held:
        assert register.standing("yar", Identity(name)) == 2
    logged = {(c.reference, c.after) for event in register.events() for c in event.changes}
    states = {
        (StatusReference(n, e), s) for n, of_list in shown.items() for e, s in of_list.items()
    }
    assert states == logged
    with closing(sqlite3.connect(store / "issuing.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        entries = set(database.execute("SELECT number, entry FROM status_entry"))
    assert {(reference.list_number, reference.index) for reference in taken} <= entries


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    with worker(tmp_path, "a", 60) as first, worker(tmp_path, "b", 60) as second:
        go(first)
        go(second)
        reported = [process.communicate(timeout=60)[0].splitlines() for process in (first, second)]
    assert [len(lines) for lines in reported] == [240, 240]
    agree(tmp_path, reported[0] + reported[1])
    assert SqliteRevocations(tmp_path).version() == 240 + 1  # the changes and the list


def kill_at_random(store: Path, times: int) -> None:
    chance = random.Random(times)  # noqa: S311
    reported: list[str] = []
    for kill in range(times):
        with worker(store, f"run{kill}", 1_000_000) as process:
            go(process)
            time.sleep(chance.uniform(0, 0.06))
            process.kill()
            assert process.stdout
            lines = process.stdout.readlines()
        assert process.returncode == -9
        reported += [line for line in lines if line.endswith("\n")]
        if kill % 10 == 0:  # usable after each, and whole
            SqliteStatusIndex(store, 2000, 1800).allocate("yar", 1, Identity("between"))
            agree(store, reported)
    assert len(reported) > times
    agree(store, reported)
    note = Note("test", "parent", datetime(2026, 11, 21, tzinfo=UTC))
    outcome = SqliteRevocations(store).revoke(CertificateTarget("between"), note)
    assert len(outcome.changes) == (times + 9) // 10


def test_a_killed_process_loses_nothing_that_it_reported(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 30)


@pytest.mark.long
def test_200_killed_processes_lose_nothing_that_they_reported(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 200)
