"""Holds and the printed codes under them, as rows of the registry.

The laws are those of `statusqr_keys.holds`: a code, its certificate and its person are held
separately, and a list shows the worst of the three. What the register holds passes by the codes of
other persons than those whose statuses have the certificate: two regions may have given one number.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from statusqr_keys.aims import EVERY, Aim
from statusqr_keys.holds import CodeChange, State
from statusqr_schema import StatusReference

from .registry import View, Work
from .tables import hold, person, status, status_entry, status_list

# In place of an issuer, as EVERY:
REGISTER: Final = (
    "*"  # at every issuer, because the register ended the status: `load` sets and lifts it
)
ENDED_BY_LOAD: Final = (
    "статус прекращён загрузкой: если он действует, загрузите запись без revoked (load)"
)

_SHOW = (
    update(status_entry)
    .where(
        status_entry.c.issuer == bindparam("of"),
        status_entry.c.number == bindparam("on"),
        status_entry.c.entry == bindparam("at"),
    )
    .values(state=bindparam("now"))
)
_Owners: TypeAlias = frozenset[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class _Holds:
    """Holds by digest and issuer; certificate and person of the statuses behind the register's."""

    states: dict[tuple[bytes, str], int]
    owners: _Owners


@dataclass(frozen=True, slots=True)
class Code:
    """A printed code: where it stands, whose it is (digests), its own state and the one shown."""

    issuer_id: str
    reference: StatusReference
    certificate: bytes | None
    person: bytes | None
    own: State
    shown: State


@dataclass(frozen=True, slots=True)
class Hold(Aim):
    """The hold itself, in rows; its issuer may also be REGISTER."""

    def plan(self, view: View, wanted: State) -> tuple[State, State]:
        """The states before and after a change. A suspension leaves a revocation as it is.

        Restoring at one issuer leaves what holds at every issuer; restoring at all lifts it all.
        What the register holds is apart: it leaves the others alone.
        """
        if self.reference is not None:
            own = select(status_entry.c.own).where(at_place(self.issuer, self.reference))
            known = view.connection.execute(own).scalar()
            if known is None:
                known = _unknown_state(view, self.issuer, self.reference.list_number)
            before = State(known)
        else:
            found = select(hold.c.issuer, hold.c.state).where(hold.c.digest == self.digest)
            states = {row.issuer: row.state for row in view.connection.execute(found)}
            here = State(states.get(self.issuer, 0))
            everywhere = worst(states.get(i, 0) for i in (EVERY, REGISTER))
            if wanted is not State.VALID or self.issuer == REGISTER:
                before = here
            elif self.issuer == EVERY:
                return worst(states.values()), wanted
            else:
                return worst((here, everywhere)), everywhere
        keeps = before is State.INVALID and wanted is State.SUSPENDED
        return before, before if keeps else wanted

    def write(self, work: Work, wanted: State, reason: str) -> None:
        """Set or lift it. An entry that the registry does not know (an older copy) is taken now."""
        if self.reference is not None:
            own = update(status_entry).where(at_place(self.issuer, self.reference))
            told = None if wanted is State.VALID else reason
            if work.connection.execute(own.values(own=int(wanted), reason=told)).rowcount == 0:
                adopt(work, self.issuer, self.reference, wanted, told)
            return
        mine = hold.c.digest == self.digest
        here = mine if self.issuer == EVERY else mine & (hold.c.issuer == self.issuer)
        if wanted is State.VALID:
            work.connection.execute(delete(hold).where(here))
            return
        values = {"state": int(wanted), "reason": reason}
        held = update(hold).where(mine, hold.c.issuer == self.issuer).values(values)
        if work.connection.execute(held).rowcount == 0:
            row = {"digest": self.digest, "issuer": self.issuer, **values}
            work.connection.execute(insert(hold).values(row))

    def codes(self, view: View) -> list[Code]:
        """The printed codes under it."""
        if self.reference is not None:
            return codes(view, at_place(self.issuer, self.reference))
        column = status_entry.c.certificate if self.kind == "certificate" else status_entry.c.person
        mine = column == self.digest
        if self.issuer in (EVERY, REGISTER):
            return codes(view, mine)
        return codes(view, mine & (status_entry.c.issuer == self.issuer))


def worst(states: Iterable[int]) -> State:
    """1, invalid, outweighs 2, suspended: the least state that is not valid."""
    return State(min(filter(None, states), default=0))


def worst_hold(
    view: View, issuer_id: str, certificate: bytes | None, person: bytes | None
) -> State:
    """The state in which a certificate or a person keeps codes of an issuer."""
    return worst(_holds_on(issuer_id, certificate, person, _holds_of(view, [certificate, person])))


def owners(view: View, certificates: Collection[bytes]) -> _Owners:
    """Each of these certificates with each person who has a status under it."""
    whose = select(status.c.certificate, person.c.digest).join(person)
    rows = view.connection.execute(whose.where(status.c.certificate.in_(certificates)))
    return frozenset((bytes(row.certificate), bytes(row.digest)) for row in rows)


def codes(view: View, which: ColumnElement[bool]) -> list[Code]:
    """The printed codes that a condition on `status_entry` selects."""
    return [
        Code(
            row.issuer,
            StatusReference(row.number, row.entry),
            row.certificate,
            row.person,
            State(row.own),
            State(row.state),
        )
        for row in view.connection.execute(select(status_entry).where(which))
    ]


def is_known_only(view: View, issuer_id: str, number: int) -> bool:
    """Whether a list shows as suspended what is not known of it."""
    marked = select(status_list.c.known_only).where(
        status_list.c.issuer == issuer_id, status_list.c.number == number
    )
    return bool(view.connection.execute(marked).scalar())


def _unknown_state(view: View, issuer_id: str, number: int) -> State:
    """What a list shows of its entries that are not known."""
    return State.SUSPENDED if is_known_only(view, issuer_id, number) else State.VALID


def adopt(
    work: Work, issuer_id: str, reference: StatusReference, own: State, reason: str | None
) -> None:
    """Take an entry that was given out and is not known here; its list shows the same as before.

    Others of its list may have been given out as well: where it is unknown too, it is closed.
    """
    number = reference.list_number
    shown = _unknown_state(work, issuer_id, number)
    mine = (status_list.c.issuer == issuer_id) & (status_list.c.number == number)
    count = update(status_list).where(mine).values(taken=status_list.c.taken + 1)
    if work.connection.execute(count).rowcount == 0:
        opened = {"issuer": issuer_id, "number": number, "taken": 1, "closed": True}
        work.connection.execute(insert(status_list).values(opened))
    where = {"issuer": issuer_id, "number": number, "entry": reference.index}
    states = {"own": int(own), "state": int(shown), "reason": reason}
    work.connection.execute(insert(status_entry).values(where | states))


def show_anew(work: Work, under: list[Code]) -> tuple[CodeChange, ...]:
    """Bring what lists show of these codes up to date; what changed."""
    holds = _holds_of(work, chain.from_iterable((c.certificate, c.person) for c in under))
    changes = []
    for code in under:
        of_code = _holds_on(code.issuer_id, code.certificate, code.person, holds)
        state = worst((code.own, *of_code))
        if state is not code.shown:
            changes.append(CodeChange(code.issuer_id, code.reference, code.shown, state))
    if changes:
        work.connection.execute(
            _SHOW,
            [
                {
                    "of": change.issuer_id,
                    "on": change.reference.list_number,
                    "at": change.reference.index,
                    "now": int(change.after),
                }
                for change in changes
            ],
        )
    return tuple(changes)


def _holds_of(view: View, digests: Iterable[bytes | None]) -> _Holds:
    whose = set(filter(None, digests))
    if not whose:
        return _Holds({}, frozenset())
    found = select(hold).where(hold.c.digest.in_(sorted(whose)))
    states = {(bytes(r.digest), r.issuer): r.state for r in view.connection.execute(found)}
    ended = [digest for digest, issuer in states if issuer == REGISTER]
    return _Holds(states, owners(view, ended) if ended else frozenset())


def _holds_on(
    issuer_id: str, certificate: bytes | None, person: bytes | None, holds: _Holds
) -> Iterator[int]:
    for digest in (certificate, person):
        if digest is not None:
            for issuer in (EVERY, issuer_id):
                yield holds.states.get((digest, issuer), 0)
    if certificate is not None and (person is None or (certificate, person) in holds.owners):
        yield holds.states.get((certificate, REGISTER), 0)


def at_place(issuer_id: str, reference: StatusReference) -> ColumnElement[bool]:
    """The condition on `status_entry` that selects one code."""
    return (
        (status_entry.c.issuer == issuer_id)
        & (status_entry.c.number == reference.list_number)
        & (status_entry.c.entry == reference.index)
    )
