"""Transactions on both engines: turns, views, crashes, connections that die, errors that tell."""

import os
import random
import sqlite3
import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import postgres
import pytest
from registries import again, place_of
from registry_rows import child, done, go, kill
from sqlalchemy import insert, select, text
from world import NOON

from statusqr_issuer.registry import Registry, audit, chain, database
from statusqr_issuer.registry.database import Database, database_url
from statusqr_issuer.registry.tables import meta, person
from statusqr_schema import RegistryProblem

# Reads, then writes what follows from it.
COUNTER = """
from sqlalchemy import text
for _ in range(40):
    with registry.database.writing() as connection:
        count = int(bytes(connection.execute(text(
            "SELECT value FROM meta WHERE name = 'count'")).scalar_one()))
        connection.execute(text("UPDATE meta SET value = :value WHERE name = 'count'"),
            {"value": b"%d" % (count + 1)})
"""
WRITER = """
for turn in range(100_000):
    with registry.writing("writer", now) as work:
        seq = audit.append(work, "turn", {"turn": turn})
        audit.append(work, "turn_over", {"turn": turn})
    print(seq, flush=True)
"""


def put(registry: Registry, name: str, value: bytes = b"0") -> None:
    with registry.database.writing() as connection:
        connection.execute(insert(meta).values(name=name, value=value))


def value(registry: Registry, name: str) -> bytes | None:
    with registry.database.reading() as connection:
        found = connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar()
    return None if found is None else bytes(found)


def test_who_reads_and_then_writes_waits_for_the_others(registry: Registry, store: Path) -> None:
    put(registry, "count")
    workers = [child(COUNTER, place_of(registry), store) for _ in range(3)]
    go(workers)
    done(workers)
    assert value(registry, "count") == b"120"


def test_a_killed_writer_leaves_what_it_reported_and_no_halves(
    registry: Registry, store: Path
) -> None:
    chance = random.Random(653)  # noqa: S311
    for _ in range(3):
        writer = child(WRITER, place_of(registry), store)
        go([writer])
        reported = kill(writer, after=chance.randrange(1, 40))
        opened = again(registry)
        with opened.reading() as view:
            head, broken = chain.examine(audit.entries(view))
        assert broken is None
        assert head.seq >= int(reported[-1]) + 1
        assert head.seq % 2 == 0  # both entries of a turn, or none
        with opened.writing("next", NOON) as work:  # the lock has gone with its holder
            audit.append(work, "next", {})
            audit.append(work, "next", {})
        opened.close()


def test_a_view_is_of_one_moment(registry: Registry) -> None:
    with registry.reading() as view:
        before = audit.head(view)
        with registry.writing("other", NOON) as work:  # waits for no reader
            audit.append(work, "meanwhile", {})
        assert audit.head(view) == before
    with registry.reading() as view:
        assert audit.head(view).seq == before.seq + 1


def test_readers_wait_for_no_writer_and_see_nothing_unfinished(registry: Registry) -> None:
    with registry.writing("slow", NOON) as work:
        audit.append(work, "unfinished", {})
        with registry.reading() as view:
            assert audit.head(view).seq == 0


def test_an_error_undoes_all(registry: Registry) -> None:
    with pytest.raises(ZeroDivisionError), registry.writing("worker", NOON) as work:
        audit.append(work, "half", {})
        1 / 0  # noqa: B018
    with registry.reading() as view:
        assert audit.head(view).seq == 0


def test_a_part_can_be_undone(registry: Registry) -> None:
    with registry.writing("worker", NOON) as work:
        audit.append(work, "kept", {})
        with pytest.raises(ZeroDivisionError), work.connection.begin_nested():
            audit.append(work, "undone", {})
            1 / 0  # noqa: B018
    with registry.reading() as view:
        assert [entry.act for entry in audit.entries(view)] == ["kept"]


def test_a_view_cannot_write(registry: Registry) -> None:
    with pytest.raises(RegistryProblem), registry.database.reading() as connection:
        connection.execute(insert(meta).values(name="x", value=b"y"))
    assert value(registry, "x") is None


def test_many_rows_come_in_parts(registry: Registry) -> None:
    with registry.database.writing() as connection:
        rows = [{"name": f"row {n}", "value": b"%d" % n} for n in range(2500)]
        connection.execute(insert(meta), rows)
    with registry.database.reading() as connection:
        query = select(meta).where(meta.c.name.like("row %")).execution_options(yield_per=100)
        assert len({row.name for row in connection.execute(query)}) == 2500


def test_many_threads(registry: Registry) -> None:
    barrier = threading.Barrier(12)

    def work(number: int) -> int:
        barrier.wait()
        for _ in range(5):
            with registry.reading() as view:
                audit.head(view)
        with registry.writing(f"thread {number}", NOON) as work:
            return audit.append(work, "thread", {})

    with ThreadPoolExecutor(12) as pool:
        assert sorted(pool.map(work, range(12))) == list(range(1, 13))


def test_what_the_engine_is_told(registry: Registry) -> None:
    with registry.database.writing() as connection:
        if registry.database.sqlite:
            for pragma, wanted in (
                ("journal_mode", "wal"),
                ("synchronous", 2),
                ("foreign_keys", 1),
                ("recursive_triggers", 1),
            ):
                assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == wanted
            return
        for setting, wanted in (
            ("synchronous_commit", "on"),  # the tests' server has it off
            ("lock_timeout", "30s"),
            ("transaction_isolation", "read committed"),
        ):
            assert connection.execute(text(f"SHOW {setting}")).scalar() == wanted
    with registry.database.reading() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
        assert connection.execute(text("SHOW transaction_read_only")).scalar() == "on"


def test_references_hold(registry: Registry) -> None:
    with pytest.raises(RegistryProblem) as refused, registry.database.writing() as connection:
        connection.execute(
            text("INSERT INTO message (id, person_id, kind, at) VALUES (:a, :b, 'x', 0)"),
            {"a": "0" * 32, "b": "1" * 32},
        )
    assert refused.value.code == "REGISTRY"


def test_an_error_quotes_no_values(registry: Registry) -> None:
    row = {"id": "6" * 32, "digest": b"secret digest 16", "made_at": 653653653}
    statement = text("INSERT INTO person (id, digest, made_at) VALUES (:id, :digest, :made_at)")
    with registry.database.writing() as connection:
        connection.execute(statement, row)
    with pytest.raises(RegistryProblem) as refused, registry.database.writing() as connection:
        connection.execute(statement, row | {"id": "7" * 32})
    told = "".join(traceback.format_exception(refused.value))
    assert "IntegrityError" in told
    assert "secret" not in told and "653653653" not in told and "7" * 32 not in told
    with registry.database.reading() as connection:
        assert len(connection.execute(select(person)).all()) == 1


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_disk_is_full(registry: Registry) -> None:
    with registry.database.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(RegistryProblem, match="нет места") as refused:
        put(registry, "big", bytes(100_000))
    assert refused.value.code == "REGISTRY_DOWN"
    assert value(registry, "big") is None


def test_a_turn_does_not_come(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_WAIT", 0)
    monkeypatch.setattr(database, "_SETTINGS", "SELECT set_config('lock_timeout', '20ms', false)")
    hasty = again(registry)
    with registry.writing("slow", NOON):
        with (
            pytest.raises(RegistryProblem, match="занят") as refused,
            hasty.writing("hasty", NOON),
        ):
            pass
        assert refused.value.code == "REGISTRY_DOWN"
    with hasty.writing("hasty", NOON) as work:
        assert audit.append(work, "after", {}) == 1
    hasty.close()


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
@pytest.mark.needs("postgres")
class TestServerGone:
    def test_between_transactions_it_is_not_noticed(
        self, registry: Registry, postgres_server: postgres.Server
    ) -> None:
        for turn in range(2):
            with registry.writing("worker", NOON) as work:
                audit.append(work, "before", {})
            with registry.reading() as view:
                audit.head(view)
            postgres_server.cut(registry.database.engine.url.database or "")
            with registry.reading() as view:
                assert audit.head(view).seq == 2 * turn + 1
            postgres_server.cut(registry.database.engine.url.database or "")
            with registry.writing("worker", NOON) as work:
                audit.append(work, "after", {})

    def test_within_one_all_of_it_is_undone(
        self, registry: Registry, postgres_server: postgres.Server
    ) -> None:
        with (
            pytest.raises(RegistryProblem) as refused,
            registry.writing("worker", NOON) as work,
        ):
            audit.append(work, "lost", {})
            postgres_server.cut(registry.database.engine.url.database or "")
            audit.append(work, "lost", {})
        assert refused.value.code == "REGISTRY_DOWN"
        with registry.reading() as view:
            assert audit.head(view).seq == 0


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_the_password_is_told_nobody(scheme: str, caplog: pytest.LogCaptureFixture) -> None:
    gone = Database(f"{scheme}://anna:s3kret@127.0.0.1:1/db")
    assert "s3kret" not in repr(gone) + repr(gone.engine)
    with pytest.raises(RegistryProblem, match="PostgreSQL не отвечает") as refused, gone.reading():
        pass
    assert refused.value.code == "REGISTRY_DOWN"
    gone.close()
    assert "s3kret" not in "".join(traceback.format_exception(refused.value)) + caplog.text


@pytest.mark.parametrize(
    "place", ["mysql://host/db", "sqlite://", "sqlite:///:memory:", ":memory:", "://", "a://b:c/d"]
)
def test_places_where_no_registry_can_be(place: str) -> None:
    with pytest.raises(RegistryProblem) as refused:
        database_url(place)
    assert refused.value.code == "REGISTRY_URL"


def test_a_place_is_a_path_or_a_url() -> None:
    assert database_url("store/registry.sqlite").database == "store/registry.sqlite"
    assert database_url("sqlite:////var/registry.sqlite").database == "/var/registry.sqlite"
    assert database_url("postgresql://host/db").drivername == "postgresql+psycopg"


@pytest.fixture
def umask_zero() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_new_file_is_its_owners_alone(tmp_path: Path, umask_zero: None) -> None:
    path = tmp_path / "с пробелом?#%.sqlite"
    made = Database(str(path), new=True)
    with made.writing() as connection:
        connection.execute(text("CREATE TABLE t (a)"))
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert modes == {f"{path.name}{end}": 0o600 for end in ("", "-wal", "-shm")}
    made.close()


def test_no_file_is_made_by_opening(tmp_path: Path) -> None:
    with pytest.raises(RegistryProblem, match="registry new"):
        Database(str(tmp_path / "absent.sqlite"))
    with pytest.raises(RegistryProblem) as refused:
        Database(str(tmp_path / "absent" / "registry.sqlite"), new=True)
    assert refused.value.code == "REGISTRY_DOWN"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_goes_while_open_is_not_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "registry.sqlite"
    made = Database(str(path), new=True)
    path.unlink()
    with pytest.raises(RegistryProblem, match="не открывается") as refused, made.reading():
        pass
    assert refused.value.code == "REGISTRY_DOWN"
    assert not path.exists()
    made.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "registry.sqlite"
    path.write_bytes(b"no database at all" * 100)
    opened = Database(str(path))
    with pytest.raises(RegistryProblem, match="повреждён") as refused, opened.reading():
        pass
    assert refused.value.code == "REGISTRY_DAMAGED"
    with pytest.raises(RegistryProblem) as refused:
        Database(str(path), new=True)
    assert refused.value.code == "REGISTRY_DOWN"
    opened.close()


def test_a_file_in_another_mode_is_put_right(tmp_path: Path) -> None:
    path = tmp_path / "registry.sqlite"
    Database(str(path), new=True).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    opened = Database(str(path))
    with opened.writing() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    opened.close()


def test_without_the_driver_of_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RegistryProblem, match="psycopg") as refused:
        Database("postgresql://host/db")
    assert refused.value.code == "EXTRA"


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_user_without_rights_and_a_database_that_is_not(
    registry: Registry, postgres_server: postgres.Server
) -> None:
    postgres_server.execute("CREATE ROLE {} LOGIN", "stranger")
    name = registry.database.engine.url.database or ""
    for place, words in (
        (postgres_server.place(name).replace("tests@", "stranger@"), "нет нужных прав"),
        (postgres_server.place("absent"), "что база есть"),
    ):
        opened = Database(place)
        with pytest.raises(RegistryProblem, match=words) as refused, opened.reading() as connection:
            connection.execute(select(person))
        assert refused.value.code == "REGISTRY_DOWN"
        opened.close()
    postgres_server.execute("DROP ROLE {}", "stranger")
