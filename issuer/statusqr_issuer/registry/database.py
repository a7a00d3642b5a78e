"""One database behind the registry: SQLite in a file, or PostgreSQL by a URL.

Writers take turns from their first read on, on both: a transaction that reads and then writes never
builds on what another has changed meanwhile. SQLite: WAL, BEGIN IMMEDIATE, synchronous FULL.
PostgreSQL: an advisory lock for the length of the transaction. What `writing` has left is on the
disk. Readers see the state of one moment, wait for nobody, and cannot write.

The drivers begin no transactions of their own (their rules differ by engine and by version): the
event `begin` does. It is the first thing that goes to the server, so a connection that has died in
the pool is found there and replaced, without a question beforehand.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from statusqr_keys.files import locked
from statusqr_schema import RegistryProblem

from .engine_errors import named

T = TypeVar("T")
_WAIT: Final = 30  # seconds for a turn
_LOCK: Final = 0x5374617475735152  # of pg_advisory_xact_lock: «StatusQR»
_ALONE: Final = "statusqr_alone"  # an execution option: the statement is its own transaction
_PRAGMAS: Final = ("synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON")
# Whoever stops in the midst of a turn (a program suspended, a host gone) loses it after a minute.
_SETTINGS: Final = f"""
SELECT set_config('lock_timeout', '{_WAIT}s', false),
    set_config('idle_in_transaction_session_timeout', '60s', false),
    set_config('tcp_keepalives_idle', '30', false),
    set_config('synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
        ELSE current_setting('synchronous_commit') END, false)
"""


def database_url(place: str) -> URL:
    """A URL as it is, anything else as the path of an SQLite file."""
    try:
        url = make_url(place) if "://" in place else URL.create("sqlite", database=place)
    except (ArgumentError, ValueError) as error:
        raise RegistryProblem("адрес реестра не разбирается", code="REGISTRY_URL") from error
    if url.get_backend_name() in ("postgresql", "postgres"):  # libpq knows both
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        message = "реестр ведётся в файле SQLite или в PostgreSQL (postgresql://…)"
        raise RegistryProblem(message, code="REGISTRY_URL")
    return url


class Database:
    """Short transactions. RegistryProblem stands for whatever the engine raises.

    An SQLite file must be there, unless it is to be `new`. Threads may share it, processes not:
    each opens its own.
    """

    def __init__(self, place: str, *, new: bool = False) -> None:
        url = database_url(place)
        self.sqlite = url.get_backend_name() == "sqlite"
        try:
            if self.sqlite:
                path = Path(url.database or "").absolute()
                if new:
                    _make_file(path)
                self.engine, self.reader = _sqlite(url, path), _sqlite(url, path, reader=True)
            else:
                self.engine, self.reader = _postgres(url), _postgres(url, reader=True)
        except ImportError as error:
            message = "не установлено: psycopg; в папке проекта: pip install '.[postgres]'"
            raise RegistryProblem(message, code="EXTRA") from error

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()
        self.reader.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with named(), _begun(self.reader) as connection:
            yield connection

    def glance(self, ask: Callable[[Connection], T]) -> T:
        """What one statement tells: a view of its own, without the round trips of a transaction.

        `ask` may execute one and no more; it is asked again where the server had gone.
        """
        with named():
            try:
                return self._glance(ask)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                return self._glance(ask)  # it may be back: all of the pool is new now

    def _glance(self, ask: Callable[[Connection], T]) -> T:
        with self.reader.connect() as connection:
            return ask(connection.execution_options(**{_ALONE: True}))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing; other writers wait."""
        with named(), _begun(self.engine) as connection:
            yield connection


@contextmanager
def _begun(engine: Engine) -> Iterator[Connection]:
    connection = engine.connect()
    try:
        try:
            transaction = connection.begin()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            connection.close()  # the server had gone, and may be back: all of the pool is new now
            connection = engine.connect()
            transaction = connection.begin()
        with transaction:
            yield connection
    finally:
        connection.close()


def _make_file(path: Path) -> None:
    """An empty file that only its owner reads; the files beside it (-wal, -shm) get its mode."""
    try:
        with locked(path.parent):  # SQLite waits for nobody when it changes to WAL
            path.touch(mode=0o600, exist_ok=True)
            with closing(sqlite3.connect(path, timeout=_WAIT)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
    except OSError as error:
        message = f"файл реестра не открывается: {error.strerror}"
        raise RegistryProblem(message, code="REGISTRY_DOWN") from error
    except sqlite3.Error as error:
        message = "файл реестра не открывается: это не база SQLite или она занята"
        raise RegistryProblem(message, code="REGISTRY_DOWN") from error


def _sqlite(url: URL, path: Path, *, reader: bool = False) -> Engine:
    if not path.is_file():
        message = "реестра здесь нет: создайте его командой statusqr-issuer registry new"
        raise RegistryProblem(message, code="REGISTRY")
    pragmas = (*_PRAGMAS, "query_only = ON") if reader else _PRAGMAS
    begin = "BEGIN" if reader else "BEGIN IMMEDIATE"

    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(path))}?mode=rw"  # never a new, empty file
        connection = sqlite3.connect(
            address, uri=True, timeout=_WAIT, isolation_level=None, check_same_thread=False
        )
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode = WAL")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine(url, creator=connect, hide_parameters=True, max_overflow=15)

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        if not connection.get_execution_options().get(_ALONE):
            connection.exec_driver_sql(begin)

    return engine


def _postgres(url: URL, *, reader: bool = False) -> Engine:
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",  # of the driver; see above
        hide_parameters=True,
        max_overflow=15,
        connect_args={"connect_timeout": _WAIT, "keepalives_idle": 30},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.execute(_SETTINGS)
        if reader:  # for a glance, which has no BEGIN that could say so
            connection.execute("SET default_transaction_read_only = on")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        if connection.get_execution_options().get(_ALONE):
            return
        if reader:
            connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        else:
            connection.exec_driver_sql("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")

    return engine
