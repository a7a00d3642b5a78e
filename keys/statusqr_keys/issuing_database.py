"""The store's one SQLite file `issuing.sqlite`: which codes were printed, and which do not hold.

::

    status_list   the lists of each issuer and how full they are
    status_entry  an entry that is taken: whose code it is (digests), its own state, the state shown
    hold          certificates and persons whose codes do not hold, at one issuer or at all ('')
    event         every change with its reason; event_code: the printed codes that it changed
    meta          the check value of `finder.key`; codes printed before identities were kept;
                  the registry that keeps all of this since it took it over

One file and a rollback journal: a copy of the folder is whole, and a crash at any point leaves the
state before or after a change. `synchronous = EXTRA` also flushes the folder when the journal is
deleted, without which a commit that was reported could be undone by a power cut.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from statusqr_schema import KeyProblem

from .finder import Finder, load_finder

_VERSION = 1  # PRAGMA user_version; 0 is an empty file, or one that knows no identities

_TABLES = (
    """CREATE TABLE IF NOT EXISTS status_list (
        issuer TEXT NOT NULL, number INTEGER NOT NULL, taken INTEGER NOT NULL,
        PRIMARY KEY (issuer, number)
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS status_entry (
        issuer TEXT NOT NULL, number INTEGER NOT NULL, entry INTEGER NOT NULL,
        PRIMARY KEY (issuer, number, entry)
    ) WITHOUT ROWID""",
    "ALTER TABLE status_entry ADD COLUMN certificate BLOB",
    "ALTER TABLE status_entry ADD COLUMN person BLOB",
    "ALTER TABLE status_entry ADD COLUMN own INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE status_entry ADD COLUMN state INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX entry_certificate ON status_entry (certificate) WHERE certificate IS NOT NULL",
    "CREATE INDEX entry_person ON status_entry (person) WHERE person IS NOT NULL",
    "CREATE INDEX entry_not_valid ON status_entry (issuer, number, entry, state) WHERE state <> 0",
    """CREATE TABLE hold (
        digest BLOB NOT NULL, issuer TEXT NOT NULL, state INTEGER NOT NULL,
        PRIMARY KEY (digest, issuer)
    ) WITHOUT ROWID""",
    """CREATE TABLE event (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        moment TEXT NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL,
        target TEXT NOT NULL, issuer TEXT NOT NULL, number INTEGER, entry INTEGER, digest BLOB,
        before INTEGER NOT NULL, after INTEGER NOT NULL
    )""",
    """CREATE TABLE event_code (
        event INTEGER NOT NULL REFERENCES event, issuer TEXT NOT NULL,
        number INTEGER NOT NULL, entry INTEGER NOT NULL,
        before INTEGER NOT NULL, after INTEGER NOT NULL,
        PRIMARY KEY (event, issuer, number, entry)
    ) WITHOUT ROWID""",
    *(
        f"CREATE TRIGGER {table}_{act} BEFORE {act} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        for table in ("event", "event_code")
        for act in ("UPDATE", "DELETE")
    ),
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
    "INSERT INTO meta SELECT 'unnamed', count(*) FROM status_entry",
    f"PRAGMA user_version = {_VERSION}",
)
# 1, invalid, outweighs 2, suspended: the least state is the worst.
_WORST = "SELECT min(state) FROM hold WHERE digest IN (?, ?) AND issuer IN ('', ?)"
_KEEP_CHECK = "INSERT OR IGNORE INTO meta VALUES ('finder', ?)"
_CHECK = "SELECT value FROM meta WHERE name = 'finder'"
_OWNER = "SELECT value FROM meta WHERE name = 'moved'"
_HAND_OVER = "INSERT OR REPLACE INTO meta VALUES ('moved', ?)"
_MOVED = (
    "печатные коды этого хранилища ведёт реестр: укажите его (--registry или STATUSQR_REGISTRY); "
    "публикует их statusqr-issuer publish"
)


class IssuingDatabase:
    """Short transactions on the file. sqlite3.Error and OSError are the caller's to name."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._finder: Finder | None = None

    @contextmanager
    def reading(self, *, moved: bool = False) -> Iterator[sqlite3.Connection]:
        """One consistent view; it makes or migrates the file where needed, and changes no more.

        KeyProblem, code MOVED, where a registry has taken the file over, unless `moved` asks for
        such a file too.
        """
        with self._open() as database:
            database.execute("BEGIN")
            _demand_here(database, moved)
            yield database

    @contextmanager
    def writing(self, *, moved: bool = False) -> Iterator[sqlite3.Connection]:
        """All or nothing, on the disk when this returns; other processes wait their turn."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")  # in turns from the first read
            _demand_here(database, moved)
            yield database
            database.execute("COMMIT")

    def owner(self) -> bytes | None:
        """The registry that has taken the file over, by its name; None where none has."""
        with self.reading(moved=True) as database:
            return _meta(database, _OWNER)

    def hand_over(self, to: bytes, *, before: bytes | None = None) -> bytes:
        """Mark the file as taken over by a registry, where it stands with `before`; whose it is."""
        with self.writing(moved=True) as database:
            owner = _meta(database, _OWNER)
            if owner == before:
                database.execute(_HAND_OVER, (to,))
                owner = to
        return owner or to

    def finder(self) -> Finder:
        """The finder of this file; its check value is kept from now on. KeyProblem as there."""
        if self._finder is None:
            with self.reading(moved=True) as database:
                check = _meta(database, _CHECK)
            finder = load_finder(self._store, check)  # between transactions: no lock within a lock
            if check is None:
                with self.writing(moved=True) as database:
                    database.execute(_KEEP_CHECK, (finder.check,))
                    check = _meta(database, _CHECK)
                finder = load_finder(self._store, check)
            self._finder = finder
        return self._finder

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        path = self._store / "issuing.sqlite"
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as database:
            path.chmod(0o600)
            database.execute("PRAGMA synchronous = EXTRA")
            if _version(database) != _VERSION:
                _migrate(database)
            yield database


def worst_hold(
    database: sqlite3.Connection, issuer_id: str, certificate: bytes | None, person: bytes | None
) -> int:
    """The state in which a certificate or a person keeps codes of an issuer; 0 for none."""
    (state,) = database.execute(_WORST, (certificate, person, issuer_id)).fetchone()
    return int(state or 0)


def _migrate(database: sqlite3.Connection) -> None:
    database.execute("BEGIN IMMEDIATE")
    version = _version(database)  # another process may have been faster
    if version > _VERSION:
        raise KeyProblem("issuing.sqlite хранилища записан более новой версией программы")
    if version < _VERSION:
        for statement in _TABLES:
            database.execute(statement)
    database.execute("COMMIT")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _meta(database: sqlite3.Connection, query: str) -> bytes | None:
    row = database.execute(query).fetchone()
    return None if row is None else bytes(row[0])


def _demand_here(database: sqlite3.Connection, moved: bool) -> None:
    if not moved and _meta(database, _OWNER) is not None:
        raise KeyProblem(_MOVED, code="MOVED")
