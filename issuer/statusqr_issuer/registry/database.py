"""One database behind the registry: SQLite in a file, or PostgreSQL by a URL.

Writers take turns from their first read on, on both: a transaction that reads and then writes never
builds on what another has changed meanwhile. SQLite: WAL, BEGIN IMMEDIATE, synchronous FULL.
PostgreSQL: an advisory lock for the length of the transaction. What `writing` has left is on the
disk.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from statusqr_schema import RegistryProblem

_WAIT: Final = 30  # seconds for a turn
_LOCK: Final = 0x5374617475735152  # of pg_advisory_xact_lock: «StatusQR»
_READ_ONLY: Final = "statusqr_read_only"


def database_url(place: str) -> URL:
    """A URL as it is, anything else as the path of an SQLite file."""
    try:
        url = make_url(place) if "://" in place else URL.create("sqlite", database=place)
    except ArgumentError as error:
        raise RegistryProblem("адрес реестра не разбирается", code="REGISTRY_URL") from error
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        raise RegistryProblem("реестр ведётся в SQLite или PostgreSQL", code="REGISTRY_URL")
    return url


class Database:
    """Short transactions. RegistryProblem stands for whatever the engine raises."""

    def __init__(self, place: str) -> None:
        url = database_url(place)
        self.sqlite = url.get_backend_name() == "sqlite"
        try:
            self.engine = _sqlite(url) if self.sqlite else _postgres(url)
        except ImportError as error:
            message = "не установлено: psycopg; в папке проекта: pip install '.[postgres]'"
            raise RegistryProblem(message, code="EXTRA") from error

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with _named(), self.engine.connect() as plain:
            connection = plain.execution_options(**{_READ_ONLY: True})
            if not self.sqlite:
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing; other writers wait."""
        with _named(), self.engine.begin() as connection:
            if not self.sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection


@contextmanager
def _named() -> Iterator[None]:
    """No text of the engine's errors: they quote values."""
    try:
        yield
    except SQLAlchemyError as error:
        code = "REGISTRY_DOWN" if isinstance(error, DBAPIError) else "REGISTRY"
        message = f"реестр не читается или не записывается ({type(error).__name__})"
        raise RegistryProblem(message, code=code) from None


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _WAIT}, hide_parameters=True)
    if url.database and url.database != ":memory:":
        path = Path(url.database)
        try:
            path.touch(mode=0o600, exist_ok=True)
        except OSError as error:
            message = f"файл реестра не открывается: {error.strerror}"
            raise RegistryProblem(message, code="REGISTRY_DOWN") from error

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # or sqlite3 begins transactions of its own, deferred
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(_READ_ONLY)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _postgres(url: URL) -> Engine:
    return create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": _WAIT, "options": "-c lock_timeout=30s"},
    )
