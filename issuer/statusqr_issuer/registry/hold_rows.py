"""Holds and the printed codes under them, as rows of the registry.

The laws are those of `statusqr_keys.holds`: a code, its certificate and its person are held
separately, and a list shows the worst of the three.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from statusqr_keys.aims import EVERY, Aim
from statusqr_keys.holds import (
    CodeChange,
    State,
)
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
_Digests: TypeAlias = dict[tuple[bytes, str], int]


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
            own = select(status_entry.c.own).where(_place(self.issuer, self.reference))
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
            own = update(status_entry).where(_place(self.issuer, self.reference))
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
            return codes(view, _place(self.issuer, self.reference))
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
    digests = [digest for digest in (certificate, person) if digest is not None]
    if not digests:
        return State.VALID
    query = select(func.min(hold.c.state)).where(
        hold.c.digest.in_(digests), hold.c.issuer.in_((EVERY, REGISTER, issuer_id))
    )
    return State(view.connection.execute(query).scalar() or 0)


def is_registered(view: View, under: Hold) -> bool:
    """Whether a status of the registry has this certificate, or is this person's."""
    query = select(status.c.id).join(person).limit(1)
    column = status.c.certificate if under.kind == "certificate" else person.c.digest
    return view.connection.execute(query.where(column == under.digest)).first() is not None


def is_ended_by_register(view: View, under: Hold) -> bool:
    """Whether an end that was loaded keeps the certificate, or the certificate of a code."""
    digest = select(literal(under.digest, LargeBinary)).scalar_subquery()
    if under.reference is not None:
        place = _place(under.issuer, under.reference)
        digest = select(status_entry.c.certificate).where(place).scalar_subquery()
    held = select(hold.c.state).where(hold.c.issuer == REGISTER, hold.c.digest == digest)
    return view.connection.execute(held).first() is not None


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
    holds = _holds_of(work, under)
    changes = []
    for code in under:
        state = worst((code.own, *_holds_on(code, holds)))
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


def _holds_of(view: View, under: list[Code]) -> _Digests:
    whose = {digest for code in under for digest in (code.certificate, code.person) if digest}
    if not whose:
        return {}
    found = select(hold).where(hold.c.digest.in_(sorted(whose)))
    return {(row.digest, row.issuer): row.state for row in view.connection.execute(found)}


def _holds_on(code: Code, holds: _Digests) -> Iterator[int]:
    for digest in (code.certificate, code.person):
        if digest is not None:
            for issuer in (EVERY, REGISTER, code.issuer_id):
                yield holds.get((digest, issuer), 0)


def _place(issuer_id: str, reference: StatusReference) -> ColumnElement[bool]:
    return (
        (status_entry.c.issuer == issuer_id)
        & (status_entry.c.number == reference.list_number)
        & (status_entry.c.entry == reference.index)
    )
