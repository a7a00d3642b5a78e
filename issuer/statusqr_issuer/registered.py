"""`issue` beside a registry: the file of records says whose code, the registry says what it states.

A record of the file that says anything else than the registry is refused: its code would not be
true. A printed code is taken as the account takes one, so that it stands in the citizen's list and
falls with the status. What the registry does not know under any name is issued as it comes, with a
remark, unless its certificate is not free: a load has ended it, or its number was given out here.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from statusqr_schema import Categories, IssueRefused, Presentation, RecordRefused
from statusqr_schema.strict_json import JsonValue

from .desk import Desk, Issued, Order
from .registry import Registry, audit, entries, printouts
from .registry.hold_rows import ENDED_BY_LOAD
from .registry.incoming import GIVEN_HERE, Incoming, read
from .registry.load_plan import Change, Kept, plan
from .registry.load_rows import given_here, held_by_register, spoken_of
from .registry.registry import View
from .registry.statuses import cut_short, is_due

_UNKNOWN = (
    "записи нет в реестре: владелец не увидит код в кабинете, и загрузка (load) его не отзовёт"
)
_UNCLEAR = "неясно, о каком статусе этого человека в реестре запись: укажите в ней id"
_GIVEN_HERE = "этот номер удостоверения выдан здесь для другого статуса"
_LOADED_SINCE = "запись только что загружена в реестр: выпустите код ещё раз"
_OTHERWISE = "в реестре другие сведения: загрузите запись (load) и выпустите код ещё раз"


@dataclass(frozen=True, slots=True)
class RegisteredDesk:
    """A desk that asks the registry of its store; `actor` stands in the log for what is taken."""

    desk: Desk
    registry: Registry
    categories: Categories
    actor: str

    def issue(self, value: JsonValue, order: Order) -> Issued:
        """A code for one record of a file.

        RecordRefused as a load would; IssueRefused with the code NOT_REGISTERED_SO where the
        registry says otherwise, STATUS_ENDED where a load has ended the status, and as `Desk`.
        """
        taken, refused = read([value], self.registry.finder, self.categories)
        if refused:
            raise refused[0].error
        with self.registry.reading() as view:
            kept = _kept(view, taken[0])
            if kept is None:
                _demand_certificate(view, taken[0])
        if kept is None:
            return self._issue_unknown(taken[0], order)
        _demand_same(taken[0], kept, order.issued_at)
        record = cut_short(kept.entry.record, kept.early_end)
        extra = {place: value for place, value in kept.entry.extra.items() if place != GIVEN_HERE}
        entry = replace(kept.entry, record=record, extra=extra)
        if order.presentation is not Presentation.PRINT:
            return Issued(*self.desk.issue(record, order), entry)
        draft = self.desk.prepare(record, order)
        self.desk.unlock(draft.key)
        with self.registry.writing(self.actor, datetime.now(UTC)) as work:
            printout = printouts.take(
                work,
                kept.id,
                draft.key.issuer_id,
                draft.content,
                order.disclosure.profile,
                draft.identity,
                version=kept.version,
            )
            content = replace(draft.content, status=printout.reference)
            credential = self.desk.sign(content, draft.key)  # where this fails no row stays
        return Issued(credential, draft.key, entry)

    def _issue_unknown(self, incoming: Incoming, order: Order) -> Issued:
        entry = incoming.entry
        if order.presentation is not Presentation.PRINT:
            return Issued(*self.desk.issue(entry.record, order), entry, (_UNKNOWN,))
        draft = self.desk.prepare(entry.record, order)
        self.desk.unlock(draft.key)
        issuer, whose = draft.key.issuer_id, self.registry.finder.digests(draft.identity)
        with self.registry.writing(self.actor, datetime.now(UTC)) as work:
            if _kept(work, incoming) is not None:  # or its code would stand in no list of it
                raise IssueRefused(_LOADED_SINCE, code="STATUS_CHANGED")
            _demand_certificate(work, incoming)
            (reference,) = entries.take(work, issuer, 1, *whose)
            told: dict[str, JsonValue] = {"issuer": issuer, "lists": [reference.list_number]}
            audit.append(work, "taken", told | {"entries": 1})
            credential = self.desk.sign(replace(draft.content, status=reference), draft.key)
        return Issued(credential, draft.key, entry, (_UNKNOWN,))


def _kept(view: View, incoming: Incoming) -> Kept | None:
    matches = spoken_of(view, [incoming], {incoming.person: [incoming]})
    if matches.unclear:
        raise IssueRefused(_UNCLEAR, code="NOT_REGISTERED_SO")
    return matches.found.get(incoming.source)


def _demand_certificate(view: View, incoming: Incoming) -> None:
    """See that a record that the registry does not know has a certificate's number to itself."""
    if incoming.certificate is None:
        return
    if held_by_register(view, [incoming.certificate]):
        raise IssueRefused(ENDED_BY_LOAD, code="STATUS_ENDED")
    if given_here(view, [incoming.certificate]):
        raise IssueRefused(_GIVEN_HERE, code="NOT_REGISTERED_SO")


def _demand_same(incoming: Incoming, kept: Kept, at: datetime) -> None:
    ended = kept.ended or is_due(kept.entry.record, kept.early_end, at)
    if ended and kept.person == incoming.person:
        raise IssueRefused(ENDED_BY_LOAD, code="STATUS_ENDED")
    try:
        change = plan(incoming, kept, None, at).change
    except RecordRefused as error:
        why = "; ".join(violation.message for violation in error.violations)
        raise IssueRefused(why, code="NOT_REGISTERED_SO") from error
    if change is not Change.SAME:
        raise IssueRefused(_OTHERWISE, code="NOT_REGISTERED_SO")
