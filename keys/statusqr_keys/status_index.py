"""Random, unused entries of status lists for printed credentials, kept in one SQLite file.

An entry is taken for good before the credential that carries it is signed: a crash wastes an entry,
it never gives one out twice. Entries are random, so that neighbours in a list tell nothing about
when or for whom they were taken. With an entry stands whose code it is (`finder`), so that a
certificate's or a person's codes fall together (`revocation`). A registry gives the same interface;
a file that it has taken over refuses this one: KeyProblem, code MOVED.
"""

import secrets
import sqlite3
from pathlib import Path
from typing import Protocol

from statusqr_schema import IssueRefused, StatusReference
from statusqr_schema.claims import LIST_SIZE

from .finder import Identity
from .holds import State, demand_valid
from .issuing_database import IssuingDatabase, worst_hold

_MISSES = 1000  # in a row: the list is fuller than its count says
FULL = LIST_SIZE * 9 // 10  # beyond this the search for a free entry gets long: open a new list

_LAST = "SELECT number, taken FROM status_list WHERE issuer = ? ORDER BY number DESC LIMIT 1"
_COUNT = "INSERT OR REPLACE INTO status_list VALUES (?, ?, ?)"
_TAKE = """
INSERT OR IGNORE INTO status_entry (issuer, number, entry, certificate, person)
VALUES (?, ?, ?, ?, ?)
"""


class StatusIndex(Protocol):
    """Gives out status list entries, each once."""

    def allocate(
        self, issuer_id: str, count: int, identity: Identity | None = None
    ) -> list[StatusReference]:
        """`count` entries that nobody holds, already recorded as taken by `identity`.

        IssueRefused with code REVOKED or SUSPENDED where its certificate or person is.
        """
        ...


class SqliteStatusIndex:
    """Entries in `issuing.sqlite` of a key store; safe between processes."""

    def __init__(self, store: Path, list_size: int = LIST_SIZE, full: int = FULL) -> None:
        self._database = IssuingDatabase(store)
        self._list_size = list_size
        self._full = full

    def allocate(
        self, issuer_id: str, count: int, identity: Identity | None = None
    ) -> list[StatusReference]:
        """`count` new entries; they are on the disk when this returns."""
        try:
            whose: tuple[bytes | None, bytes | None] = (None, None)
            if identity is not None and identity != Identity():
                whose = self._database.finder().digests(identity)
            with self._database.writing() as database:
                demand_valid(State(worst_hold(database, issuer_id, *whose)))
                return self._take(database, issuer_id, count, whose)
        except (sqlite3.Error, OSError) as error:
            raise IssueRefused("номера для списков отзыва не записываются в хранилище") from error

    def _take(
        self,
        database: sqlite3.Connection,
        issuer_id: str,
        count: int,
        whose: tuple[bytes | None, bytes | None],
    ) -> list[StatusReference]:
        row = database.execute(_LAST, (issuer_id,)).fetchone()
        number, taken = row or (0, 0)
        references: list[StatusReference] = []
        misses = 0
        while len(references) < count:
            if taken >= self._full or misses > _MISSES:
                database.execute(_COUNT, (issuer_id, number, taken))
                number, taken, misses = number + 1, 0, 0
            entry = secrets.randbelow(self._list_size)
            if database.execute(_TAKE, (issuer_id, number, entry, *whose)).rowcount:
                references.append(StatusReference(number, entry))
                taken, misses = taken + 1, 0
            else:
                misses += 1
        database.execute(_COUNT, (issuer_id, number, taken))
        return references
