"""Entries of a registry: random, each given out once, whoever asks and whatever breaks."""

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from commands import PASSPHRASE
from registries import place_of
from sqlalchemy import delete, event, insert, select, update

from statusqr_issuer.registry import Registry, audit, entries
from statusqr_issuer.registry.chain import examine
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.tables import status_entry, status_list
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, Note
from statusqr_schema import IssueRefused, RegistryProblem, StatusReference
from statusqr_schema.claims import LIST_SIZE

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

# Waits for a line, then takes entries of small lists, five at a time, and says which.
TAKER = """
import sys
from pathlib import Path
from statusqr_issuer.registry import Registry
from statusqr_issuer.registry.database import Database
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.opening import open_registry
registry = open_registry(sys.argv[1], Path(sys.argv[2]), sys.argv[4].encode())
index = RegistryIndex(registry, list_size=400, full=360)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[3])):
    for reference in index.allocate("issuer", 5):
        print(reference.list_number, reference.index, flush=True)
"""


def taker(place: str, store: object, rounds: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", TAKER, place, str(store), str(rounds), PASSPHRASE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def go(*processes: "subprocess.Popen[str]") -> None:
    """All of them at once."""
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()


def references(lines: list[str]) -> list[StatusReference]:
    """What was printed, without a last line that was cut."""
    numbers = [map(int, line.split()) for line in lines if line.endswith("\n")]
    return [StatusReference(*pair) for pair in numbers]


def small(registry: Registry, size: int = 10, full: int = 8) -> RegistryIndex:
    return RegistryIndex(registry, list_size=size, full=full)


def whole(registry: Registry) -> None:
    """The log holds, and each list has as many entries as it says."""
    with registry.reading() as view:
        assert examine(audit.entries(view))[1] is None
        counted = Counter(view.connection.execute(select(status_entry.c.number)).scalars())
        said = view.connection.execute(select(status_list.c.number, status_list.c.taken))
        assert counted == {row.number: row.taken for row in said}


def test_entries_are_unique_and_spread(registry: Registry) -> None:
    given = RegistryIndex(registry).allocate("issuer", 2000)
    assert len(set(given)) == 2000
    assert {reference.list_number for reference in given} == {0}
    indexes = [reference.index for reference in given]
    assert all(0 <= index < LIST_SIZE for index in indexes)
    sixteenths = Counter(index * 16 // LIST_SIZE for index in indexes)
    assert all(55 <= sixteenths[part] <= 200 for part in range(16))  # 125 each, six sigma
    rising = sum(a < b for a, b in pairwise(indexes))
    assert 850 <= rising <= 1150  # no order in time
    whole(registry)


def test_the_next_list_opens_when_one_is_full(registry: Registry) -> None:
    given = [reference for _ in range(5) for reference in small(registry).allocate("issuer", 5)]
    assert [reference.list_number for reference in given] == [0] * 8 + [1] * 8 + [2] * 8 + [3]
    assert len(set(given)) == 25
    assert all(0 <= reference.index < 10 for reference in given)
    assert {reference.list_number for reference in small(registry).allocate("issuer", 7)} == {3}
    assert {reference.list_number for reference in small(registry).allocate("other", 8)} == {0}
    assert small(registry).allocate("issuer", 0) == []


def test_a_list_may_be_filled_to_the_last_entry(registry: Registry) -> None:
    given = small(registry, 6, 6).allocate("issuer", 12)
    assert sorted(reference.index for reference in given) == sorted([*range(6), *range(6)])


def test_a_list_that_is_nearly_full_is_still_filled(registry: Registry) -> None:
    one_by_one = [small(registry, 2000, 1990).allocate("issuer", 1)[0] for _ in range(3)]
    given = small(registry, 2000, 1990).allocate("issuer", 1985)
    last = [small(registry, 2000, 1990).allocate("issuer", 1)[0] for _ in range(2)]
    assert len({*one_by_one, *given, *last}) == 1990
    assert {reference.list_number for reference in given + last} == {0}
    whole(registry)


def test_a_closed_list_takes_no_more(registry: Registry) -> None:
    small(registry).allocate("issuer", 2)
    with registry.writing("restore", NOW) as work:
        work.connection.execute(update(status_list).values(closed=True))
        closed = {"issuer": "issuer", "number": 7, "taken": 0, "closed": True}
        work.connection.execute(insert(status_list).values(closed))
    given = small(registry).allocate("issuer", 9)
    assert [reference.list_number for reference in given] == [8] * 8 + [9]
    assert {reference.list_number for reference in small(registry).allocate("issuer", 1)} == {9}


def test_a_list_that_is_fuller_than_its_count_says_is_left_behind(registry: Registry) -> None:
    small(registry, 8, 8).allocate("issuer", 8)
    with registry.writing("test", NOW) as work:
        work.connection.execute(update(status_list).values(taken=3))
    assert small(registry, 8, 8).allocate("issuer", 1)[0].list_number == 1


def test_whose_an_entry_is_stands_with_it(registry: Registry) -> None:
    with registry.writing("test", NOW) as work:
        entries.take(work, "issuer", 2, b"c" * 16, b"p" * 16)
        entries.take(work, "issuer", 1)
        rows = work.connection.execute(select(status_entry.c.certificate, status_entry.c.person))
        whose = Counter(tuple(row) for row in rows)
    assert whose == {(b"c" * 16, b"p" * 16): 2, (None, None): 1}


def test_who_is_held_gets_none(registry: Registry) -> None:
    note = Note("утрачен", "test", NOW)
    RegistryRevocations(registry).suspend(CertificateTarget("1"), note)
    with pytest.raises(IssueRefused) as refused:
        RegistryIndex(registry).allocate("issuer", 1, Identity("1"))
    assert refused.value.code == "SUSPENDED"
    assert RegistryRevocations(registry).lists("issuer") == []


def test_one_entry_costs_few_statements(registry: Registry) -> None:
    statements: list[str] = []
    index = RegistryIndex(registry)
    index.allocate("issuer", 1, Identity("1"))

    @event.listens_for(registry.database.engine, "before_cursor_execute")
    def count(_c: object, _u: object, statement: str, *_: object) -> None:
        statements.append(statement)

    index.allocate("issuer", 1, Identity("1"))
    assert len([s for s in statements if not s.startswith(("BEGIN", "SELECT pg_"))]) <= 8


def test_a_failure_takes_nothing(registry: Registry) -> None:
    given = small(registry).allocate("issuer", 3)
    with registry.writing("test", NOW) as work:
        work.connection.exec_driver_sql("ALTER TABLE audit RENAME TO elsewhere")
    with pytest.raises(RegistryProblem):
        small(registry).allocate("issuer", 2)
    with registry.writing("test", NOW) as work:
        work.connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO audit")
    assert len({*given, *small(registry).allocate("issuer", 5)}) == 8
    whole(registry)


def test_processes_at_once_never_collide(registry: Registry, store: object) -> None:
    place = place_of(registry)
    with taker(place, store, 25) as a, taker(place, store, 25) as b, taker(place, store, 25) as c:
        go(a, b, c)
        lines = [each.communicate(timeout=120)[0].splitlines(keepends=True) for each in (a, b, c)]
    given = [references(part) for part in lines]
    assert [len(part) for part in given] == [125, 125, 125]
    assert len({reference for part in given for reference in part}) == 375
    whole(registry)


def test_killed_processes_waste_entries_and_repeat_none(registry: Registry, store: object) -> None:
    printed: list[StatusReference] = []
    place = place_of(registry)
    for kill in (1, 8, 21):
        with taker(place, store, 1_000_000) as process:
            go(process)
            assert process.stdout
            lines = [process.stdout.readline() for _ in range(kill)]
            process.kill()
            lines += process.stdout.readlines()
        assert process.returncode == -9
        printed += references(lines)
    assert len(printed) >= 30
    assert len(set(printed)) == len(printed)
    later = small(registry, 400, 360).allocate("issuer", 300)
    assert not set(later) & set(printed)
    whole(registry)


def test_an_entry_of_a_list_that_was_lost_is_not_hidden(registry: Registry) -> None:
    small(registry).allocate("issuer", 8)
    with registry.writing("test", NOW) as work:
        work.connection.execute(delete(status_list))
    given = small(registry).allocate("issuer", 4)
    assert Counter(reference.list_number for reference in given) == {0: 2, 1: 2}


def lists(registry: Registry) -> list[tuple[int, int]]:
    with registry.reading() as view:
        query = select(status_list.c.number, status_list.c.taken).order_by(status_list.c.number)
        return [(row.number, row.taken) for row in view.connection.execute(query)]


def test_the_next_list_is_there_before_it_is_needed(registry: Registry) -> None:
    assert entries.open_ahead(registry, "issuer", "anna", NOW)
    assert not entries.open_ahead(registry, "issuer", "anna", NOW)
    assert lists(registry) == [(0, 0)]
    with registry.writing("anna", NOW) as work:
        filling = update(status_list).values(taken=entries._FILLING)
        work.connection.execute(filling)
    before = RegistryRevocations(registry).version()
    assert entries.open_ahead(registry, "issuer", "anna", NOW)
    assert RegistryRevocations(registry).version() > before
    assert lists(registry) == [(0, entries._FILLING), (1, 0)]


def test_a_list_that_was_opened_ahead_waits_for_its_turn(registry: Registry) -> None:
    index = small(registry)
    index.allocate("issuer", 3)
    with registry.writing("anna", NOW) as work:
        work.connection.execute(insert(status_list).values(issuer="issuer", number=1, taken=0))
    given = index.allocate("issuer", 7)
    assert Counter(reference.list_number for reference in given) == {0: 5, 1: 2}
    assert lists(registry) == [(0, 8), (1, 2)]
    whole(registry)


def test_a_closed_list_is_replaced_ahead(registry: Registry) -> None:
    RegistryIndex(registry).allocate("issuer", 1)
    with registry.writing("anna", NOW) as work:
        work.connection.execute(update(status_list).values(closed=True))
    assert entries.open_ahead(registry, "issuer", "anna", NOW)
    (given,) = RegistryIndex(registry).allocate("issuer", 1)
    assert given.list_number == 1
