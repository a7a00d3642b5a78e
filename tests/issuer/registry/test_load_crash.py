"""A load that is killed, and two loads at once: nothing is lost, nothing is there twice."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from commands import PASSPHRASE, write
from loads import contents, numbered, print_code, shown, take, the_status
from registries import place_of

from statusqr_issuer.registry import Registry, audit, chain, tables
from statusqr_issuer.registry.load_plan import Change
from statusqr_keys.holds import State

CHILD = Path(__file__).with_name("load_child.py")
BATCH = 50  # as the child has it
RECORDS = 130
TOLD = {"status": {"basis": {"title": "Другое решение"}}}


class Child:
    """A program that loads, ready to begin."""

    def __init__(self, registry: Registry, store: Path, records: Path, *series: str) -> None:
        command = [sys.executable, CHILD, place_of(registry), store, PASSPHRASE, records, *series]
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.read() == "ready"

    def begin(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self, *, kill: bool = False) -> int:
        if kill:
            self.process.kill()
        with self.process:
            return self.process.wait(60)


def verify(registry: Registry) -> Counter[str]:
    """The acts of the log, whose chain holds."""
    with registry.reading() as view:
        _, fault = chain.examine(audit.entries(view))
        assert fault is None
        return Counter(entry.act for entry in audit.entries(view))


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_a_load_that_is_killed_is_finished_by_the_next(
    registry: Registry, store: Path, tmp_path: Path, batches: int
) -> None:
    values = [numbered(n) for n in range(RECORDS)]
    take(registry, *values[::7])
    codes = [print_code(registry, the_status(registry, value)) for value in values[:70:7]]
    changed = [numbered(n, **TOLD) for n in range(RECORDS)]
    child = Child(registry, store, write(tmp_path, changed))
    child.begin()
    told = [int(child.read()) for _ in range(batches)]
    child.end(kill=True)

    old, done = len(values[::7]), max(told, default=0)
    loaded = verify(registry)
    assert loaded["load_changed"] >= len(values[:done:7])
    assert len(contents(registry)["status"]) >= done
    assert loaded["load_added"] + loaded["load_changed"] - old in (
        *(min(n * BATCH, RECORDS) for n in range(batches, 4)),
    )

    report = take(registry, *changed)
    assert report.refused == []
    assert sum(report.changes.values()) == RECORDS
    acts = verify(registry)
    assert acts["load_added"] == RECORDS
    assert acts["load_changed"] == old
    tables_now = contents(registry)
    assert len(tables_now["status"]) == len(tables_now["person"]) == RECORDS
    assert len(tables_now["status_version"]) == RECORDS + old
    assert len(tables_now["message"]) == old
    assert shown(registry) == {code.reference: State.INVALID for code in codes}
    assert take(registry, *changed).changes == {Change.SAME: RECORDS}


def test_two_loads_at_once(registry: Registry, store: Path, tmp_path: Path) -> None:
    """The same new statuses, in other orders, with numbers to be given out."""
    both = [numbered(n, certificate_number=None) for n in range(120)]
    children = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        Random(name).shuffle(both)  # noqa: S311
        children.append(Child(registry, store, write(tmp_path / name, both), "76-"))
    for child in children:
        child.begin()
    assert [child.end() for child in children] == [0, 0]
    now = contents(registry)
    assert len(now["status"]) == len(now["person"]) == len(both)
    assert len(now["status_version"]) == len(now["number"]) == len(both)
    acts = verify(registry)
    assert (acts["load_added"], acts["load"]) == (len(both), 2)
    column = list(tables.status.c.keys()).index("certificate")
    assert len({row[column] for row in now["status"]}) == len(both)
    assert take(registry, *both).changes == {Change.SAME: len(both)}
