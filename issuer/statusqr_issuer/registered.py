"""`issue` beside a registry: the file of records says whose code, the registry says what it states.

A record of the file that says anything else than the registry is refused: its code would not be
true. A printed code is taken as the account takes one, so that it stands in the citizen's list and
falls with the status. What the registry does not know is issued as it comes, with a remark.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from statusqr_schema import Categories, IssueRefused, Presentation, RecordRefused
from statusqr_schema.strict_json import JsonValue

from .desk import Desk, Issued, Order
from .registry import Registry, printouts
from .registry.hold_rows import ENDED_BY_LOAD
from .registry.incoming import GIVEN_HERE, Incoming, read
from .registry.load_plan import Change, Kept, plan
from .registry.load_rows import held_by_register, kept_statuses
from .registry.statuses import cut_short, is_due

_UNKNOWN = (
    "записи нет в реестре: владелец не увидит код в кабинете, и загрузка (load) его не отзовёт"
)
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
        kept = self._kept(taken[0])
        if kept is None:
            self._demand_certificate(taken[0])
            credential, key = self.desk.issue(taken[0].entry.record, order)
            return Issued(credential, key, taken[0].entry, (_UNKNOWN,))
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

    def _kept(self, incoming: Incoming) -> Kept | None:
        sources = [source for source in (incoming.source, incoming.older_source) if source]
        with self.registry.reading() as view:
            kept = kept_statuses(view, sources)
        return next((kept[source] for source in sources if source in kept), None)

    def _demand_certificate(self, incoming: Incoming) -> None:
        if incoming.certificate is None:
            return
        with self.registry.reading() as view:
            if held_by_register(view, [incoming.certificate]):
                raise IssueRefused(ENDED_BY_LOAD, code="STATUS_ENDED")


def _demand_same(incoming: Incoming, kept: Kept, at: datetime) -> None:
    try:
        change = plan(incoming, kept, None, at).change
    except RecordRefused as error:
        why = "; ".join(violation.message for violation in error.violations)
        raise IssueRefused(why, code="NOT_REGISTERED_SO") from error
    if kept.ended or is_due(kept.entry.record, kept.early_end, at):
        raise IssueRefused(ENDED_BY_LOAD, code="STATUS_ENDED")
    if change is not Change.SAME:
        raise IssueRefused(_OTHERWISE, code="NOT_REGISTERED_SO")
