"""Revoke, suspend and restore printed codes; refuse new ones; feed the status lists.

    revocations = SqliteRevocations(Path("store"))
    revocations.revoke(CertificateTarget("76-000101"), Note("решение отменено", "anna", moment))
    revocations.states("yar-social", 0)       # {4711: State.INVALID}: what goes into list 0
    revocations.standing("yar-social", Identity("76-000101"))   # State.INVALID: no new code

`issuing.sqlite` of the key store keeps the state, until a registry takes the file over: from then
on that gives `Revocations`, and the one here refuses with KeyProblem, code MOVED. Each change is
one transaction: on the disk when it is reported, or not made at all.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from statusqr_schema import KeyProblem

from .finder import Identity
from .hold_rows import Hold, events, log, show_anew
from .holds import CodeChange, Event, Note, Outcome, State, Target
from .issuing_database import IssuingDatabase, worst_hold

_STATES = "SELECT entry, state FROM status_entry WHERE issuer = ? AND number = ? AND state <> 0"
# Both only grow: each change is an event, and lists are opened and never closed.
_VERSION = "SELECT (SELECT ifnull(max(id), 0) FROM event) + (SELECT count(*) FROM status_list)"


class Revocations(Protocol):
    """The states of printed codes, and who gets no new ones."""

    def lists(self, issuer_id: str) -> Sequence[int]:
        """The numbers of the issuer's lists, ascending."""
        ...

    def states(self, issuer_id: str, number: int) -> Mapping[int, int]:
        """The entries of a list that are not valid: 1 invalid, 2 suspended."""
        ...

    def version(self) -> int:
        """Grows whenever what is to be published changes: a state, or a list that is new."""
        ...

    def revoke(self, target: Target, note: Note) -> Outcome:
        """Make invalid what is valid or suspended."""
        ...

    def suspend(self, target: Target, note: Note) -> Outcome:
        """Suspend what is valid; what is revoked stays so."""
        ...

    def restore(self, target: Target, note: Note) -> Outcome:
        """Lift this hold, a revocation too: registers annul and recover."""
        ...

    def standing(self, issuer_id: str, identity: Identity) -> State:
        """Whether this certificate and person may have new codes of the issuer."""
        ...

    def unnamed(self) -> int:
        """How many codes are known by their entry only, and found by the code alone."""
        ...

    def events(self, after: int = 0) -> Sequence[Event]:
        """The log, the oldest first, from the event that follows number `after`."""
        ...


class SqliteRevocations:
    """`Revocations` in a key store; safe between processes. KeyProblem where the file fails."""

    def __init__(self, store: Path) -> None:
        self._database = IssuingDatabase(store)

    def lists(self, issuer_id: str) -> Sequence[int]:
        """The numbers of the issuer's lists, ascending."""
        query = "SELECT number FROM status_list WHERE issuer = ? ORDER BY number"
        with self._reading() as database:
            return [number for (number,) in database.execute(query, (issuer_id,))]

    def states(self, issuer_id: str, number: int) -> Mapping[int, int]:
        """The entries of a list that are not valid."""
        with self._reading() as database:
            return {entry: State(s) for entry, s in database.execute(_STATES, (issuer_id, number))}

    def version(self) -> int:
        """The number of events and lists so far."""
        with self._reading() as database:
            return int(database.execute(_VERSION).fetchone()[0])

    def revoke(self, target: Target, note: Note) -> Outcome:
        """Make invalid what is valid or suspended."""
        return self._change(target, State.INVALID, note)

    def suspend(self, target: Target, note: Note) -> Outcome:
        """Suspend what is valid; what is revoked stays so."""
        return self._change(target, State.SUSPENDED, note)

    def restore(self, target: Target, note: Note) -> Outcome:
        """Lift this hold, a revocation too."""
        return self._change(target, State.VALID, note)

    def standing(self, issuer_id: str, identity: Identity) -> State:
        """The worst of the holds on the certificate and on the person."""
        with _failures():
            digests = self._database.finder().digests(identity)
        with self._reading() as database:
            return State(worst_hold(database, issuer_id, *digests))

    def unnamed(self) -> int:
        """Those printed before identities were kept."""
        with self._reading() as database:
            row = database.execute("SELECT value FROM meta WHERE name = 'unnamed'").fetchone()
            return int(row[0])

    def events(self, after: int = 0) -> Sequence[Event]:
        """The log from the event that follows `after`."""
        with self._reading() as database:
            return events(database, after)

    def _change(self, target: Target, wanted: State, note: Note) -> Outcome:
        with _failures():
            hold = Hold.of(target, self._database.finder())
            with self._database.writing() as database:
                before, after = hold.plan(database, wanted)
                changes: tuple[CodeChange, ...] = ()
                if after is not before:
                    hold.write(database, wanted)
                    changes = show_anew(database, hold.rows(database))
                    log(database, hold, note, before, after, changes)
                rows = hold.rows(database)
        return Outcome(before, after, changes, len(rows), sum(shown != 0 for *_, shown in rows))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with _failures(), self._database.reading() as database:
            yield database


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise KeyProblem("состояние отзыва в хранилище не читается или не записывается") from error
