"""Registries for tests: each its own, quickly, on SQLite and on PostgreSQL.

A test that asks for `registry` runs on both; `store` is the key store's folder that it belongs to,
with PASSPHRASE. `again(registry)` opens it once more, as another process would; `place_of` is what
a child process opens by. One registry of each engine is made for the whole run, and a test gets a
copy.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from datetime import UTC, datetime
from pathlib import Path

import postgres
import psycopg
import pytest
from commands import PASSPHRASE
from sqlalchemy import insert, select

from statusqr_issuer.registry import Registry
from statusqr_issuer.registry.database import Database
from statusqr_issuer.registry.migrating import migrate
from statusqr_issuer.registry.opening import default_place, make_registry
from statusqr_issuer.registry.tables import meta, metadata
from statusqr_issuer.registry.vault_file import VaultFile
from statusqr_keys.finder import load_finder

MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)
Fresh = Callable[[], AbstractContextManager[Registry]]
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgres"))]


def place_of(registry: Registry) -> str:
    """Where a registry is, for another process to open."""
    return registry.database.engine.url.render_as_string(hide_password=False)


def again(registry: Registry) -> Registry:
    """The same registry with connections of its own; the caller closes it."""
    return Registry(Database(place_of(registry)), registry.vault, registry.finder)


class Pool:
    """Databases with an empty registry. To clean one is much quicker than to create another."""

    def __init__(self, server: postgres.Server, template: str) -> None:
        self._server = server
        self._template = template
        self._free: list[str] = []
        with server.connect(template) as connection:
            self._shape = _shape(connection)
            self._rows = {
                table.name: connection.execute(f"SELECT * FROM {table.name}").fetchall()  # noqa: S608
                for table in metadata.sorted_tables
            }

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The place of one; it may be left in any state."""
        name = self._free.pop() if self._free else self._server.create(self._template)
        try:
            yield self._server.place(name)
        finally:
            self._server.cut(name)
            with self._server.connect(name) as connection:
                as_it_was = _shape(connection) == self._shape
                if as_it_was:
                    self._clean(connection)
            if as_it_was:
                self._free.append(name)
            else:
                self._server.drop(name)

    def _clean(self, connection: psycopg.Connection) -> None:
        connection.execute("SET session_replication_role = replica")  # no triggers, no references
        for table, rows in self._rows.items():
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
            for row in rows:
                values = ", ".join(["%s"] * len(row))
                connection.execute(f"INSERT INTO {table} VALUES ({values})", row)  # noqa: S608


def _shape(connection: psycopg.Connection) -> object:
    """Everything that a migration makes."""
    return connection.execute(
        "SELECT array_agg((attrelid::regclass, attname, atttypid, attnotnull)::text ORDER BY "
        "attrelid, attnum), (SELECT array_agg((tgname, tgenabled)::text ORDER BY oid) "
        "FROM pg_trigger), (SELECT array_agg(version_num) FROM schema_revision) "
        "FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid "
        "WHERE relnamespace = 'public'::regnamespace"
    ).fetchone()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    if postgres.programs() is None:
        strict = os.environ.get("STATUSQR_STRICT")
        (pytest.fail if strict else pytest.skip)("postgres is absent; see the marker `needs`")
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def made_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose keys all registries of the run share; not to be changed."""
    folder = tmp_path_factory.mktemp("made") / "store"
    folder.mkdir(mode=0o700)
    make_registry(None, folder, PASSPHRASE.encode(), MADE_AT).close()
    return folder


@pytest.fixture(scope="session")
def made_sqlite(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "registry.sqlite"
    _make(str(path), made_store)
    return path


@pytest.fixture(scope="session")
def pool(made_store: Path, postgres_server: postgres.Server) -> Pool:
    name = postgres_server.create()
    _make(postgres_server.place(name), made_store)
    return Pool(postgres_server, name)


def _make(place: str, store: Path) -> None:
    """An empty registry, with an empty log, that passes for the one of the store."""
    made, database = Database(default_place(store)), Database(place, new=True)
    with made.reading() as connection:
        rows = [row._asdict() for row in connection.execute(select(meta))]
    with database.writing() as connection:
        migrate(connection)
        connection.execute(insert(meta), rows)
    made.close()
    database.close()


@pytest.fixture(scope="session")
def made_keys(made_store: Path) -> VaultFile:
    """Opened once: that takes as long as a guess of the passphrase should."""
    return VaultFile.open(made_store, PASSPHRASE.encode())


@pytest.fixture
def store(made_store: Path, tmp_path: Path) -> Path:
    """A key store without signing keys: what a registry needs of it."""
    folder = tmp_path / "store"
    shutil.copytree(made_store, folder, ignore=shutil.ignore_patterns("registry.sqlite*"))
    return folder


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgres`."""
    return str(request.param)


@pytest.fixture
def place(engine: str, store: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a registry of that engine is, ready for use."""
    if engine == "sqlite":
        path = store / "registry.sqlite"
        shutil.copy(request.getfixturevalue("made_sqlite"), path)
        yield str(path)
        return
    pool: Pool = request.getfixturevalue("pool")
    with pool.lent() as place:
        yield place


@pytest.fixture
def empty_place(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a database of that engine could be that has nothing in it yet."""
    if engine == "sqlite":
        yield str(tmp_path / "empty.sqlite")
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.place(name)
    server.drop(name)


@pytest.fixture
def key_file(store: Path, made_keys: VaultFile) -> VaultFile:
    """The file with the keys of `store`."""
    file = copy(made_keys)
    file._store = store
    return file


@pytest.fixture
def registry(place: str, store: Path, key_file: VaultFile) -> Iterator[Registry]:
    """An empty registry on each of the engines."""
    opened = Registry(Database(place), key_file.vault(), load_finder(store, None))
    yield opened
    opened.close()


@pytest.fixture(scope="session", params=ENGINES)
def fresh(
    made_store: Path,
    made_keys: VaultFile,
    made_sqlite: Path,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Fresh:
    """For Hypothesis: `with fresh() as registry`, an empty one for each example."""

    @contextmanager
    def file() -> Iterator[str]:
        folder = tmp_path_factory.mktemp("fresh")
        yield str(shutil.copy(made_sqlite, folder))
        shutil.rmtree(folder)

    @contextmanager
    def make() -> Iterator[Registry]:
        lent = file if request.param == "sqlite" else request.getfixturevalue("pool").lent
        with lent() as place:
            opened = Registry(Database(place), made_keys.vault(), load_finder(made_store, None))
            try:
                yield opened
            finally:
                opened.close()

    return make
