"""What a restored backup does not know, and the published status lists do.

The store keeps the last token of each list. An entry that was published as not valid after the
backup, and that the backup has as valid or not at all, gets that state as its own: no revocation is
lost, whoever it was aimed at. Entries that were given out since and are valid are known to nobody,
so every list is closed: new codes get entries of lists with new numbers, of which the first is left
out, in case one had been opened and not published yet. The closed ones show as suspended what is
not known of them (`known_only`): those papers could be revoked by nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, insert, select, update

from statusqr_keys import KeyStore
from statusqr_keys.distribution.layout import CLOCK_TOLERANCE, FOLDER, status_subject
from statusqr_keys.holds import CodeChange, State
from statusqr_keys.status_index import FULL
from statusqr_keys.status_list import StatusList
from statusqr_keys.status_token import read_under_key
from statusqr_keys.trust import Issuer
from statusqr_schema import RegistryProblem, StatusListRefused, StatusReference
from statusqr_schema.claims import LIST_SIZE
from statusqr_schema.days import from_instant
from statusqr_schema.strict_json import JsonValue

from .holds import told_changes
from .registry import View, Work
from .tables import status_entry, status_list

# Entries that no list gives out: so many are suspended only where all are that were not known.
_NEVER_TAKEN: Final = LIST_SIZE - FULL
_WORST: Final = {State.VALID: 0, State.SUSPENDED: 1, State.INVALID: 2}


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was taken over from published lists."""

    changes: tuple[CodeChange, ...]  # of entries that are not valid again
    lists: int  # closed

    @property
    def codes(self) -> int:
        """How many are not valid again."""
        return len(self.changes)

    @property
    def told(self) -> dict[str, JsonValue]:
        """For the audit log."""
        return {"changes": told_changes(self.changes), "lists_closed": self.lists}


def adopt(work: Work, store: KeyStore, since: int, *, keep_unknown: bool = False) -> Adopted:
    """Bring back what lists have shown that were signed at `since` (epoch seconds) or later.

    `keep_unknown` leaves papers as they are that are not known. RegistryProblem where a kept token
    cannot be read: it could hold a revocation.
    """
    changes: list[CodeChange] = []
    published: list[tuple[Issuer, int, Path]] = []
    for issuer in store.trust_list(from_instant(work.instant)).issuers:
        last = _last_number(work, issuer.id)
        for number, path in _tokens(store, issuer.id):
            last = max(last, number)
            _ensure(work, issuer.id, number)
            published.append((issuer, number, path))
        _ensure(work, issuer.id, last + 1)
    if not keep_unknown:  # lists that were closed before have given out nothing since
        marked = update(status_list).where(~status_list.c.closed).values(known_only=True)
        work.connection.execute(marked)
    for issuer, number, path in published:
        shown = _read(path, issuer, number)
        if shown.issued_at + CLOCK_TOLERANCE.total_seconds() >= since:
            changes += _adopt_list(work, issuer.id, number, shown)
    closed = work.connection.execute(update(status_list).values(closed=True)).rowcount
    return Adopted(tuple(changes), closed)


def _adopt_list(work: Work, issuer_id: str, number: int, published: StatusList) -> list[CodeChange]:
    of_list = (status_entry.c.issuer == issuer_id, status_entry.c.number == number)
    query = select(status_entry.c.entry, status_entry.c.state).where(*of_list)
    known = {row.entry: State(row.state) for row in work.connection.execute(query)}
    unknown, worse, changes = [], [], []
    not_valid = list(_not_valid(published))
    known_only = sum(state is State.SUSPENDED for _, state in not_valid) >= _NEVER_TAKEN
    if known_only:
        _mark(work, issuer_id, number)
    for entry, state in not_valid:
        before = known.get(entry)
        if before is None and state is State.SUSPENDED and known_only:
            continue  # it is shown so without a row
        if before is None or _WORST[state] > _WORST[before]:
            place = StatusReference(number, entry)
            changes.append(CodeChange(issuer_id, place, before or State.VALID, state))
        if before is None:
            where = {"issuer": issuer_id, "number": number, "entry": entry}
            unknown.append(where | {"own": int(state), "state": int(state)})
        elif _WORST[state] > _WORST[before]:
            worse.append((entry, state))
    if unknown:
        work.connection.execute(insert(status_entry), unknown)
        taken = status_list.c.taken + len(unknown)
        here = (status_list.c.issuer == issuer_id, status_list.c.number == number)
        work.connection.execute(update(status_list).where(*here).values(taken=taken))
    for entry, state in worse:
        change = update(status_entry).where(*of_list, status_entry.c.entry == entry)
        work.connection.execute(change.values(own=int(state), state=int(state)))
    return changes


def _not_valid(published: StatusList) -> Iterator[tuple[int, State]]:
    """Entries of the list that are not valid; bytes of zeros are passed by."""
    per_byte = 8 // published.bits
    for at, byte in enumerate(published.entries):
        for index in range(at * per_byte, (at + 1) * per_byte) if byte else ():
            state = published.lookup(index)
            if state == State.SUSPENDED:
                yield index, State.SUSPENDED
            elif state:
                yield index, State.INVALID


def _tokens(store: KeyStore, issuer_id: str) -> Iterator[tuple[int, Path]]:
    folder = store.folder / FOLDER / "lists" / issuer_id
    for path in sorted(folder.glob("*.cwt")):
        if path.stem.isdecimal():
            yield int(path.stem), path


def _read(path: Path, issuer: Issuer, number: int) -> StatusList:
    """Whether its key still counts does not matter: this is our own copy of what we signed."""
    try:
        token = path.read_bytes()
    except OSError as error:
        raise _unreadable(path) from error
    for key in issuer.keys:
        try:
            return read_under_key(token, status_subject(issuer, number), key.key)
        except StatusListRefused:
            continue
    raise _unreadable(path)


def _last_number(view: View, issuer_id: str) -> int:
    query = select(func.max(status_list.c.number)).where(status_list.c.issuer == issuer_id)
    found = view.connection.execute(query).scalar()
    return -1 if found is None else int(found)


def _ensure(work: Work, issuer_id: str, number: int) -> None:
    here = (status_list.c.issuer == issuer_id, status_list.c.number == number)
    if work.connection.execute(select(status_list.c.number).where(*here)).first() is None:
        row = {"issuer": issuer_id, "number": number, "taken": 0}
        work.connection.execute(insert(status_list), row)


def _mark(work: Work, issuer_id: str, number: int) -> None:
    here = (status_list.c.issuer == issuer_id, status_list.c.number == number)
    work.connection.execute(update(status_list).where(*here).values(known_only=True))


def _unreadable(path: Path) -> RegistryProblem:
    message = f"опубликованный список {path.parent.name}/{path.name} в хранилище не читается: "
    message += "в нём могут быть отзывы; верните его из копии папки tuf или уберите"
    return RegistryProblem(message, code="REGISTRY_BACKUP")
