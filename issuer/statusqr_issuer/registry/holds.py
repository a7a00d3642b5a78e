"""Revoke, suspend and restore printed codes; refuse new ones; feed the status lists.

The log of it is the audit log: acts `revoke`, `suspend` and `restore`, and `taken_over` for what
the key store had logged before. `RegistryRevocations` is the registry as `statusqr_keys` sees it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, literal_column, select

from statusqr_keys.aims import EVERY
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CodeChange, Event, Note, Outcome, State, Target
from statusqr_schema import StatusReference
from statusqr_schema.claims import LIST_SIZE
from statusqr_schema.days import from_instant
from statusqr_schema.strict_json import JsonValue

from . import audit
from .by_register import demand_not_by_load, is_registered
from .hold_rows import REGISTER, Hold, is_known_only, show_anew, worst_hold
from .registry import Registry, View, Work, fact
from .tables import audit as audit_log
from .tables import status_entry, status_list

TAKEN_OVER: Final = "taken_over"  # an event of the key store's own log
_ACTS = {State.INVALID: "revoke", State.SUSPENDED: "suspend", State.VALID: "restore"}
_BATCH: Final = 10_000  # rows in memory
_LOGGED = (*_ACTS.values(), TAKEN_OVER)


def change(
    work: Work, target: Target, wanted: State, reason: str, *, by_register: bool = False
) -> Outcome:
    """Give a target the wanted state; VALID lifts this hold, a revocation too.

    `by_register` is for certificates: a hold of its own, which lifts no other. The reason is kept
    in clear, so it names no person: ValueError as `Note` has it.
    """
    note = Note(reason, work.actor, work.at)
    hold = Hold.of(target, work.finder)
    if by_register:
        hold = replace(hold, issuer=REGISTER)
    before, after = hold.plan(work, wanted)
    changes: tuple[CodeChange, ...] = ()
    if after is not before:
        hold.write(work, wanted, note.reason)
    under = hold.codes(work)
    if after is not before:
        changes = show_anew(work, under)
        body = describe(hold.kind, hold.issuer, hold.reference, hold.digest, before, after, changes)
        told = {"reason": note.reason, **body}
        audit.append(work, _ACTS[wanted], told, on_lists=bool(changes))
    now = {(each.issuer_id, each.reference): each.after for each in changes}
    shown = [now.get((code.issuer_id, code.reference), code.shown) for code in under]
    not_valid = len(shown) - shown.count(State.VALID)
    registered = hold.kind != "code" and is_registered(work, hold)
    return Outcome(before, after, changes, len(under), not_valid, registered)


def standing(view: View, issuer_id: str, identity: Identity) -> State:
    """The worst of the holds on the certificate and on the person."""
    return worst_hold(view, issuer_id, *view.finder.digests(identity))


def lists(view: View, issuer_id: str) -> list[int]:
    """The numbers of an issuer's lists, ascending."""
    query = select(status_list.c.number).where(status_list.c.issuer == issuer_id)
    return list(view.connection.execute(query.order_by(status_list.c.number)).scalars())


def states(view: View, issuer_id: str, number: int) -> dict[int, State]:
    """The entries of a list that are not valid.

    Of a list that a restore has closed also those that the registry does not know: they may be on
    papers of which the backup tells nothing.
    """
    of_list = (status_entry.c.issuer == issuer_id, status_entry.c.number == number)
    shown = status_entry.c.state
    if not is_known_only(view, issuer_id, number):
        # a parameter would pass its index by
        query = select(status_entry.c.entry, shown).where(*of_list, shown != literal_column("0"))
        return {row.entry: State(row.state) for row in view.connection.execute(query)}
    found = dict.fromkeys(range(LIST_SIZE), State.SUSPENDED)
    query = select(status_entry.c.entry, shown).where(*of_list)
    for entry, state in view.connection.execute(query.execution_options(yield_per=_BATCH)):
        if state == State.VALID:
            del found[entry]
        else:
            found[entry] = State(state)
    return found


def version(view: View) -> int:
    """Grows with what lists show: the audit log is never cut, and lists never close for readers."""
    marked: ColumnElement[bool] = literal_column("on_lists")  # as its index has it
    newest = select(func.max(audit_log.c.seq)).where(marked)
    opened = select(func.count()).select_from(status_list)
    row = view.connection.execute(select(newest.scalar_subquery(), opened.scalar_subquery())).one()
    return (row[0] or 0) + int(row[1])


def events(view: View, after: int = 0) -> list[Event]:
    """The changes that were made after entry `after` of the audit log, the oldest first."""
    query = select(audit_log).where(audit_log.c.seq > after, audit_log.c.act.in_(_LOGGED))
    rows = view.connection.execute(query.order_by(audit_log.c.seq))
    return [_event(row.seq, row.at, row.actor, json.loads(row.body)) for row in rows]


def describe(
    kind: str,
    issuer: str,
    reference: StatusReference | None,
    digest: bytes | None,
    before: State,
    after: State,
    changes: Sequence[CodeChange],
) -> dict[str, JsonValue]:
    """What the audit log keeps of a change; `issuer` may be EVERY or REGISTER."""
    return {
        "target": kind,
        "issuer": issuer,
        "code": None if reference is None else [reference.list_number, reference.index],
        "digest": None if digest is None else digest.hex(),
        "before": int(before),
        "after": int(after),
        "changes": told_changes(changes),
    }


def told_changes(changes: Sequence[CodeChange]) -> list[JsonValue]:
    """What the audit log keeps of changed codes: issuer, list, entry, state before and after."""
    return [
        [c.issuer_id, c.reference.list_number, c.reference.index, int(c.before), int(c.after)]
        for c in changes
    ]


def _event(seq: int, at: int, actor: str, body: dict[str, Any]) -> Event:
    moment = datetime.fromisoformat(body["moment"]) if "moment" in body else from_instant(at)
    return Event(
        id=seq,
        note=Note(body["reason"], body.get("author", actor), moment),
        target=body["target"],
        issuer_id=None if body["issuer"] in (EVERY, REGISTER) else body["issuer"],
        reference=None if body["code"] is None else StatusReference(*body["code"]),
        before=State(body["before"]),
        after=State(body["after"]),
        changes=tuple(
            CodeChange(issuer, StatusReference(number, entry), State(old), State(new))
            for issuer, number, entry, old, new in body["changes"]
        ),
    )


class RegistryRevocations:
    """`Revocations` in a registry; safe between processes. RegistryProblem where it fails."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def lists(self, issuer_id: str) -> Sequence[int]:
        """The numbers of the issuer's lists, ascending."""
        with self._registry.reading() as view:
            return lists(view, issuer_id)

    def states(self, issuer_id: str, number: int) -> Mapping[int, int]:
        """The entries of a list that are not valid."""
        with self._registry.reading() as view:
            return states(view, issuer_id, number)

    def version(self) -> int:
        """Grows whenever what is to be published changes: a state, or a list that is new."""
        with self._registry.reading() as view:
            return version(view)

    def revoke(self, target: Target, note: Note) -> Outcome:
        """Make invalid what is valid or suspended."""
        return self._change(target, State.INVALID, note)

    def suspend(self, target: Target, note: Note) -> Outcome:
        """Suspend what is valid; what is revoked stays so."""
        return self._change(target, State.SUSPENDED, note)

    def restore(self, target: Target, note: Note) -> Outcome:
        """Lift this hold, a revocation too.

        RegistryProblem, code STATUS_ENDED, where a load has ended the status: only a load brings
        it back. STATUS_CHANGED where a load has revoked this code: nothing does.
        """
        with self._registry.writing(note.author, note.moment) as work:
            demand_not_by_load(work, Hold.of(target, work.finder))
            return change(work, target, State.VALID, note.reason)

    def standing(self, issuer_id: str, identity: Identity) -> State:
        """The worst of the holds on the certificate and on the person."""
        with self._registry.reading() as view:
            return standing(view, issuer_id, identity)

    def unnamed(self) -> int:
        """Those printed before identities were kept; the key store counted them."""
        with self._registry.reading() as view:
            return int(fact(view.connection, "unnamed") or b"0")

    def events(self, after: int = 0) -> Sequence[Event]:
        """The log from the event that follows number `after`, its seq in the audit log."""
        with self._registry.reading() as view:
            return events(view, after)

    def _change(self, target: Target, wanted: State, note: Note) -> Outcome:
        with self._registry.writing(note.author, note.moment) as work:
            return change(work, target, wanted, note.reason)
