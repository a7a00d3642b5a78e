"""Random, unused entries of status lists for printed credentials, kept in one SQLite file.

An entry is taken for good before the credential that carries it is signed: a crash wastes an entry,
it never gives one out twice. Entries are random, so that neighbours in a list tell nothing about
when or for whom they were taken. The registry will take over this interface.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from statusqr_schema import IssueRefused, StatusReference
from statusqr_schema.claims import LIST_SIZE

_MISSES = 1000  # in a row: the list is fuller than its count says
FULL = LIST_SIZE * 9 // 10  # beyond this the search for a free entry gets long: open a new list

_SCHEMA = """
CREATE TABLE IF NOT EXISTS status_list (
    issuer TEXT NOT NULL, number INTEGER NOT NULL, taken INTEGER NOT NULL,
    PRIMARY KEY (issuer, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS status_entry (
    issuer TEXT NOT NULL, number INTEGER NOT NULL, entry INTEGER NOT NULL,
    PRIMARY KEY (issuer, number, entry)
) WITHOUT ROWID;
"""
_LAST = "SELECT number, taken FROM status_list WHERE issuer = ? ORDER BY number DESC LIMIT 1"
_COUNT = "INSERT OR REPLACE INTO status_list VALUES (?, ?, ?)"
_TAKE = "INSERT OR IGNORE INTO status_entry VALUES (?, ?, ?)"


class StatusIndex(Protocol):
    """Gives out status list entries, each once."""

    def allocate(self, issuer_id: str, count: int) -> list[StatusReference]:
        """`count` entries that nobody holds, already recorded as taken."""
        ...


class SqliteStatusIndex:
    """Entries in `issuing.sqlite` of a key store; safe between processes."""

    def __init__(self, store: Path, list_size: int = LIST_SIZE, full: int = FULL) -> None:
        self._path = store / "issuing.sqlite"
        self._list_size = list_size
        self._full = full

    def allocate(self, issuer_id: str, count: int) -> list[StatusReference]:
        """`count` new entries; they are on the disk when this returns."""
        with self._transaction() as database:
            row = database.execute(_LAST, (issuer_id,)).fetchone()
            number, taken = row or (0, 0)
            references: list[StatusReference] = []
            misses = 0
            while len(references) < count:
                if taken >= self._full or misses > _MISSES:
                    database.execute(_COUNT, (issuer_id, number, taken))
                    number, taken, misses = number + 1, 0, 0
                entry = secrets.randbelow(self._list_size)
                if database.execute(_TAKE, (issuer_id, number, entry)).rowcount:
                    references.append(StatusReference(number, entry))
                    taken, misses = taken + 1, 0
                else:
                    misses += 1
            database.execute(_COUNT, (issuer_id, number, taken))
        return references

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            database = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            try:
                self._path.chmod(0o600)
                database.execute("PRAGMA synchronous = FULL")
                database.executescript(_SCHEMA)
                database.execute("BEGIN IMMEDIATE")  # two processes take turns from the first read
                yield database
                database.execute("COMMIT")
            finally:
                database.close()
        except (sqlite3.Error, OSError) as error:
            raise IssueRefused("номера для списков отзыва не записываются в хранилище") from error
