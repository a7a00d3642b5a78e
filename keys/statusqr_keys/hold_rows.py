"""Holds, the codes under them, and the log, as rows of `issuing.sqlite`.

Every function works within the caller's transaction.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from statusqr_schema import StatusReference

from .aims import EVERY, Aim
from .holds import CodeChange, Event, Note, State
from .issuing_database import worst_hold

_OWN = "SELECT own FROM status_entry WHERE issuer = ? AND number = ? AND entry = ?"
_SET_OWN = "UPDATE status_entry SET own = ? WHERE issuer = ? AND number = ? AND entry = ?"
_OPEN = """
INSERT INTO status_list VALUES (?, ?, 1)
ON CONFLICT (issuer, number) DO UPDATE SET taken = taken + 1
"""
_ADD = "INSERT INTO status_entry (issuer, number, entry) VALUES (?, ?, ?)"
_HOLD = "SELECT state FROM hold WHERE digest = ? AND issuer = ?"
_WORST_ANYWHERE = "SELECT min(state) FROM hold WHERE digest = ?"
_SET_HOLD = "INSERT OR REPLACE INTO hold VALUES (?, ?, ?)"
_LIFT = "DELETE FROM hold WHERE digest = ?1 AND ?2 IN ('', issuer)"
_ROWS = "SELECT issuer, number, entry, certificate, person, own, state FROM status_entry WHERE "
_FIND = {
    "code": _ROWS + "issuer = ? AND number = ? AND entry = ?",
    "certificate": _ROWS + "certificate = ?1 AND ?2 IN ('', issuer)",
    "person": _ROWS + "person = ?1 AND ?2 IN ('', issuer)",
}
_SHOW = "UPDATE status_entry SET state = ? WHERE issuer = ? AND number = ? AND entry = ?"
_ADD_EVENT = """
INSERT INTO event (moment, author, reason, target, issuer, number, entry, digest, before, after)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ADD_CODE = "INSERT INTO event_code VALUES (?, ?, ?, ?, ?, ?)"
_EVENTS = """
SELECT id, moment, author, reason, target, issuer, number, entry, before, after
FROM event WHERE id > ? ORDER BY id
"""
_CODES = "SELECT issuer, number, entry, before, after FROM event_code WHERE event = ?"

Row: TypeAlias = tuple[str, int, int, bytes | None, bytes | None, int, int]


@dataclass(frozen=True, slots=True)
class Hold(Aim):
    """The hold itself, in rows."""

    def plan(self, database: sqlite3.Connection, wanted: State) -> tuple[State, State]:
        """The states before and after a change. A suspension leaves a revocation as it is.

        Restoring at one issuer leaves what holds at every issuer; restoring at all lifts it all.
        """
        if self.reference is not None:
            before = _state(database.execute(_OWN, self.entry()))
        elif wanted is not State.VALID:
            before = _state(database.execute(_HOLD, (self.digest, self.issuer)))
        elif self.issuer == EVERY:
            return _state(database.execute(_WORST_ANYWHERE, (self.digest,))), wanted
        else:
            before = State(worst_hold(database, self.issuer, self.digest, None))
            return before, _state(database.execute(_HOLD, (self.digest, EVERY)))
        keeps = before is State.INVALID and wanted is State.SUSPENDED
        return before, before if keeps else wanted

    def write(self, database: sqlite3.Connection, wanted: State) -> None:
        """Set or lift it. An entry that the file does not know (an older copy) is taken now."""
        if self.reference is not None:
            entry = self.entry()
            if database.execute(_OWN, entry).fetchone() is None:
                database.execute(_OPEN, entry[:2])
                database.execute(_ADD, entry)
            database.execute(_SET_OWN, (int(wanted), *entry))
        elif wanted is State.VALID:
            database.execute(_LIFT, (self.digest, self.issuer))
        else:
            database.execute(_SET_HOLD, (self.digest, self.issuer, int(wanted)))

    def rows(self, database: sqlite3.Connection) -> list[Row]:
        """The printed codes under it."""
        values = (self.digest, self.issuer) if self.reference is None else self.entry()
        return database.execute(_FIND[self.kind], values).fetchall()

    def entry(self) -> tuple[str, int | None, int | None]:
        """Issuer, list and index; None where it is not of one code."""
        if self.reference is None:
            return self.issuer, None, None
        return self.issuer, self.reference.list_number, self.reference.index


def show_anew(database: sqlite3.Connection, rows: list[Row]) -> tuple[CodeChange, ...]:
    """Bring what lists show of these codes up to date; what changed."""
    changes = []
    for issuer, number, entry, certificate, person, own, shown in rows:
        holds = (own, worst_hold(database, issuer, certificate, person))
        state = min(filter(None, holds), default=0)  # 1, invalid, outweighs 2, suspended
        if state != shown:
            database.execute(_SHOW, (state, issuer, number, entry))
            changes.append(_code((issuer, number, entry, shown, state)))
    return tuple(changes)


def log(
    database: sqlite3.Connection,
    hold: Hold,
    note: Note,
    before: State,
    after: State,
    changes: tuple[CodeChange, ...],
) -> None:
    """Append an event."""
    moment = note.moment.astimezone(UTC).isoformat()
    where, entry = (moment, note.author, note.reason, hold.kind), hold.entry()
    event = database.execute(_ADD_EVENT, (*where, *entry, hold.digest, int(before), int(after)))
    for c in changes:
        place = (c.reference.list_number, c.reference.index)
        values = (event.lastrowid, c.issuer_id, *place, int(c.before), int(c.after))
        database.execute(_ADD_CODE, values)


def events(database: sqlite3.Connection, after: int) -> list[Event]:
    """The events that follow number `after`."""
    found = []
    for row in database.execute(_EVENTS, (after,)).fetchall():
        number, moment, author, reason, kind, issuer, list_number, entry, before, now = row
        codes = database.execute(_CODES, (number,)).fetchall()
        found.append(
            Event(
                id=number,
                note=Note(reason, author, datetime.fromisoformat(moment)),
                target=kind,
                issuer_id=issuer or None,
                reference=None if entry is None else StatusReference(list_number, entry),
                before=State(before),
                after=State(now),
                changes=tuple(_code(code) for code in codes),
            )
        )
    return found


def _code(row: tuple[str, int, int, int, int]) -> CodeChange:
    issuer, number, entry, before, after = row
    return CodeChange(issuer, StatusReference(number, entry), State(before), State(after))


def _state(found: sqlite3.Cursor) -> State:
    row = found.fetchone()
    return State((row and row[0]) or 0)
