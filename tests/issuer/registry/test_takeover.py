"""The registry takes over a key store's own file: nothing is lost, and nobody uses it any more."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import PASSPHRASE
from world import NOON

from statusqr_issuer.books import open_books
from statusqr_issuer.registry import Registry, audit, takeover
from statusqr_issuer.registry.chain import examine
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.opening import make_registry, open_registry
from statusqr_issuer.registry.shown import unaccounted
from statusqr_keys import SqliteStatusIndex
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, Note, PersonTarget, State
from statusqr_keys.issuing_database import IssuingDatabase
from statusqr_keys.revocation import SqliteRevocations
from statusqr_schema import KeyProblem, RegistryProblem, Snils, StatusReference

ANNA, BORIS = Snils.parse("991-859-566 00"), Snils.parse("901-010-104 00")
NOTE = Note("решение отменено", "anna", datetime(2026, 10, 1, 9, 30, 15, 250, tzinfo=UTC))
SECRET = PASSPHRASE.encode()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A key store that has printed and revoked for two issuers."""
    folder = tmp_path / "keys"
    folder.mkdir()
    index, register = SqliteStatusIndex(folder, 12, 10), SqliteRevocations(folder)
    index.allocate("yar", 13, Identity("1", ANNA))
    (lost,) = index.allocate("yar", 1, Identity("2", BORIS))
    index.allocate("kuz", 3, Identity("3", BORIS))
    index.allocate("kuz", 2)
    register.revoke(CodeTarget("yar", lost), NOTE)
    register.suspend(CertificateTarget("1", "yar"), NOTE)
    register.restore(CertificateTarget("1", "yar"), NOTE)
    register.revoke(PersonTarget(BORIS), Note("человек умер", "boris", NOTE.moment))
    return folder


@contextmanager
def made(place: str, keys: Path) -> Iterator[Registry]:
    registry = make_registry(place, keys, SECRET, NOON)
    try:
        yield registry
    finally:
        registry.close()


def shown(register: SqliteRevocations | RegistryRevocations) -> object:
    lists = {issuer: list(register.lists(issuer)) for issuer in ("yar", "kuz", "none")}
    states = {(i, n): dict(register.states(i, n)) for i, each in lists.items() for n in each}
    events = [
        (e.note, e.target, e.issuer_id, e.reference, e.before, e.after, e.changes)
        for e in register.events()
    ]
    standings = [
        register.standing(issuer, Identity(number, person))
        for issuer in ("yar", "kuz")
        for number in ("1", "2", "3", None)
        for person in (ANNA, BORIS, None)
    ]
    return lists, states, events, standings, register.unnamed()


def taken(keys: Path) -> set[tuple[str, int, int]]:
    with closing(sqlite3.connect(keys / "issuing.sqlite")) as database:
        return set(database.execute("SELECT issuer, number, entry FROM status_entry"))


def refused(use: Callable[[], object]) -> None:
    with pytest.raises(KeyProblem, match="ведёт реестр: укажите его") as caught:
        use()
    assert caught.value.code == "MOVED"


def shut(keys: Path) -> None:
    """Every use of the store's own file is refused."""
    index, register = SqliteStatusIndex(keys), SqliteRevocations(keys)
    refused(lambda: index.allocate("yar", 1))
    refused(lambda: index.allocate("yar", 1, Identity("1")))
    refused(lambda: register.lists("yar"))
    refused(lambda: register.states("yar", 0))
    refused(register.version)
    refused(register.unnamed)
    refused(register.events)
    refused(lambda: register.standing("yar", Identity("1")))
    refused(lambda: register.revoke(CertificateTarget("1"), NOTE))


def test_the_registry_answers_as_the_store_did(keys: Path, empty_place: str) -> None:
    before, entries = shown(SqliteRevocations(keys)), taken(keys)
    with made(empty_place, keys) as registry:
        register = RegistryRevocations(registry)
        assert shown(register) == before
        with registry.reading() as view:
            head, fault = examine(audit.entries(view))
            assert (head, fault) == (audit.head(view), None)
            assert unaccounted(view) == 0  # the log tells of every state that was taken over
        given = RegistryIndex(registry, list_size=12, full=10).allocate("yar", 20)
        assert not {("yar", r.list_number, r.index) for r in given} & entries
        assert [r.list_number for r in given] == [1] * 6 + [2] * 10 + [3] * 4
        version = register.version()
        assert version > 0
        assert register.restore(PersonTarget(BORIS), NOTE).not_valid == 1
        assert register.version() > version
    shut(keys)


def test_a_store_without_a_file_is_shut_too(empty_place: str, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    with made(empty_place, folder) as registry:
        assert RegistryRevocations(registry).events() == []
    shut(folder)


def test_a_file_of_the_version_before_is_taken_over(empty_place: str, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "issuing.sqlite")) as database:
        database.executescript(
            "CREATE TABLE status_list (issuer TEXT NOT NULL, number INTEGER NOT NULL, "
            "taken INTEGER NOT NULL, PRIMARY KEY (issuer, number)) WITHOUT ROWID;"
            "CREATE TABLE status_entry (issuer TEXT NOT NULL, number INTEGER NOT NULL, "
            "entry INTEGER NOT NULL, PRIMARY KEY (issuer, number, entry)) WITHOUT ROWID;"
            "INSERT INTO status_list VALUES ('yar', 0, 2);"
            "INSERT INTO status_entry VALUES ('yar', 0, 5), ('yar', 0, 7);"
        )
    with made(empty_place, folder) as registry:
        register = RegistryRevocations(registry)
        assert (register.unnamed(), register.lists("yar")) == (2, [0])
        assert register.revoke(CodeTarget("yar", StatusReference(0, 7)), NOTE).codes == 1


def test_it_is_done_once(keys: Path, empty_place: str) -> None:
    with made(empty_place, keys) as registry:
        once = shown(RegistryRevocations(registry))
        takeover.take_over(registry, keys, NOON)
        with made(empty_place, keys) as again:
            assert shown(RegistryRevocations(again)) == once


# Makes a registry of a store and kills itself at the step that it is told.
KILLED = """
import os, sys
from contextlib import contextmanager
from datetime import datetime, UTC
from pathlib import Path
from statusqr_issuer.registry import Registry, takeover
from statusqr_issuer.registry.opening import make_registry
from statusqr_keys.issuing_database import IssuingDatabase
step = sys.argv[3]
def die(*_):
    os.kill(os.getpid(), 9)
if step == "before the mark":
    IssuingDatabase.hand_over = die
elif step == "after the mark":
    takeover._copy = die
elif step == "in the copy":
    takeover._events = die
elif step == "before the commit":
    copy = takeover._copy
    takeover._copy = lambda *given: die(copy(*given))
make_registry(sys.argv[1], Path(sys.argv[2]), sys.argv[4].encode(), datetime.now(UTC))
die()
"""


@pytest.mark.parametrize(
    "step",
    ["before the mark", "after the mark", "in the copy", "before the commit", "when it is done"],
)
def test_a_crash_between_the_steps_loses_nothing(step: str, keys: Path, empty_place: str) -> None:
    before = shown(SqliteRevocations(keys))
    command = [sys.executable, "-c", KILLED, empty_place, str(keys), step, PASSPHRASE]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == -9, run.stderr
    if step == "before the mark":
        assert shown(SqliteRevocations(keys)) == before
    else:
        shut(keys)
    if step != "when it is done":
        with pytest.raises(RegistryProblem, match="не доделан"):
            open_registry(empty_place, keys, SECRET)
    with made(empty_place, keys) as registry:
        assert shown(RegistryRevocations(registry)) == before
    shut(keys)
    open_registry(empty_place, keys, SECRET).close()


# Takes entries of the store's own file until it is refused, and says each.
TAKER = """
import sys
from pathlib import Path
from statusqr_keys import SqliteStatusIndex
from statusqr_schema import KeyProblem
index = SqliteStatusIndex(Path(sys.argv[1]), 2000, 1900)
try:
    while True:
        (reference,) = index.allocate("yar", 1)
        print(reference.list_number, reference.index, flush=True)
except KeyProblem as error:
    print(error.code, flush=True)
"""


def test_what_another_process_takes_meanwhile_is_taken_over_or_refused(
    keys: Path, empty_place: str
) -> None:
    command = [sys.executable, "-c", TAKER, str(keys)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = [process.stdout.readline()]
        with made(empty_place, keys) as registry:
            lines += process.communicate(timeout=60)[0].splitlines()
            given = RegistryIndex(registry, list_size=2000, full=1900).allocate("yar", 1500)
    assert lines.pop() == "MOVED"
    before = {StatusReference(*map(int, line.split())) for line in lines}
    assert len(before) == len(lines)
    assert not before & set(given)
    entries = {(reference.list_number, reference.index) for reference in before}
    assert entries <= {(number, entry) for _, number, entry in taken(keys)}


def test_a_second_registry_of_a_store_is_refused(
    keys: Path, empty_place: str, tmp_path: Path
) -> None:
    made_twice = str(tmp_path / "second.sqlite")
    with made(empty_place, keys) as registry:
        for _ in range(2):
            with pytest.raises(RegistryProblem, match="ведёт другой реестр") as caught:
                make_registry(made_twice, keys, SECRET, NOON)
            assert caught.value.code == "MOVED"
        with pytest.raises(RegistryProblem):
            open_registry(made_twice, keys, SECRET)
        assert len(RegistryIndex(registry).allocate("yar", 1)) == 1


def test_a_restored_registry_shuts_the_one_before(
    keys: Path, empty_place: str, tmp_path: Path
) -> None:
    first = str(tmp_path / "first.sqlite")
    make_registry(first, keys, SECRET, NOON).close()
    copy = str(tmp_path / "copy.sqlite")
    shutil.copy(first, copy)
    restored = open_registry(copy, keys, SECRET)
    with restored.writing("operator", NOON) as work:
        name = takeover.rename(work)
    with pytest.raises(RegistryProblem, match="другой реестр"):
        open_registry(copy, keys, SECRET)  # a crash here: the one before still works
    open_registry(first, keys, SECRET).close()
    takeover.claim(keys, name)
    takeover.claim(keys, name)
    open_registry(copy, keys, SECRET).close()
    with pytest.raises(RegistryProblem, match="другой реестр"):
        open_registry(first, keys, SECRET)
    with restored.reading() as view:
        assert examine(audit.entries(view))[1] is None
    restored.close()
    shut(keys)


def test_a_file_of_another_finder_is_left_alone(keys: Path, empty_place: str) -> None:
    key = (keys / "finder.key").read_bytes()
    (keys / "finder.key").write_bytes(bytes(32))
    with pytest.raises(KeyProblem, match=r"finder\.key"):
        make_registry(empty_place, keys, SECRET, NOON)
    (keys / "finder.key").write_bytes(key)
    assert SqliteRevocations(keys).standing("yar", Identity(None, BORIS)) is State.INVALID
    assert IssuingDatabase(keys).owner() is None


def test_another_store_is_not_taken_over(keys: Path, registry: Registry) -> None:
    """`registry` belongs to a store of its own."""
    before = shown(SqliteRevocations(keys))
    with pytest.raises(KeyProblem, match=r"finder\.key не от этого хранилища"):
        takeover.take_over(registry, keys, NOON)
    assert shown(SqliteRevocations(keys)) == before
    assert IssuingDatabase(keys).owner() is None


def test_a_broken_file_is_named(empty_place: str, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "issuing.sqlite").write_bytes(b"no database, " * 100)
    with pytest.raises(KeyProblem):
        make_registry(empty_place, folder, SECRET, NOON)
    assert (folder / "issuing.sqlite").read_bytes() == b"no database, " * 100


def test_a_lost_file_is_marked_again(keys: Path, empty_place: str) -> None:
    with made(empty_place, keys) as registry:
        before = shown(RegistryRevocations(registry))
    (keys / "issuing.sqlite").unlink()
    with pytest.raises(RegistryProblem, match="не доделан"):
        open_registry(empty_place, keys, SECRET)
    with made(empty_place, keys) as registry:
        assert shown(RegistryRevocations(registry)) == before
    shut(keys)


@pytest.mark.parametrize("way", ["registry new", "restore"])
def test_a_file_that_was_begun_anew_is_not_forgotten(
    way: str, keys: Path, empty_place: str
) -> None:
    """It may have printed codes and revoked some that the registry knows nothing of."""
    make_registry(empty_place, keys, SECRET, NOON).close()
    (keys / "issuing.sqlite").unlink()
    SqliteRevocations(keys).revoke(PersonTarget(ANNA), NOTE)
    with pytest.raises(RegistryProblem, match="не тот, что был") as refused:
        if way == "restore":
            takeover.claim(keys, bytes(16))
        else:
            make_registry(empty_place, keys, SECRET, NOON).close()
    assert refused.value.code == "ISSUING_NEW"
    assert IssuingDatabase(keys).owner() is None
    assert len(SqliteRevocations(keys).events()) == 1


@pytest.mark.parametrize("anew", [False, True], ids=["gone", "begun anew"])
def test_without_the_file_no_command_begins_another(anew: bool, keys: Path, tmp_path: Path) -> None:
    """The registry lies elsewhere, and this call was not told where."""
    place = str(tmp_path / "elsewhere.sqlite")
    make_registry(place, keys, SECRET, NOON).close()
    (keys / "issuing.sqlite").unlink()
    if anew:
        SqliteRevocations(keys).lists("yar")
    for passphrase in (None, SECRET):
        with (
            pytest.raises(RegistryProblem, match=r"issuing\.sqlite") as refused,
            open_books(keys, None, "anna", passphrase),
        ):
            pytest.fail("it opened")
        assert refused.value.code == "MOVED"
    assert (keys / "issuing.sqlite").exists() is anew


def test_a_store_that_never_had_a_registry_keeps_its_own_books(keys: Path) -> None:
    with open_books(keys, None, "anna") as books:
        assert list(books.revocations.lists("yar")) == [0, 1]
