"""The statuses of a person, as the register gave them last.

A register may end a status before its term, today or on a day to come: its entry then holds
`revoked: {"effective_on": DAY, "reason": TEXT}`. From the midnight that begins that day in the
region's zone the status does not stand, whether or not a later `load` has told of it again.
`HeldStatus.record` says so itself: its term ends on the day before, so no code of any kind can be
made that would outlive the status.
"""

import json
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, bindparam, func, or_, select

from statusqr_keys.holds import State
from statusqr_schema import RegisterEntry, RegistryProblem, StatusRecord
from statusqr_schema.days import from_instant, to_instant
from statusqr_schema.register import kept_entry
from statusqr_schema.strict_json import JsonValue

from ..validity import midnight, zone_of
from .registry import View
from .tables import hold, person, status
from .vault import Cell

ENDED: Final = ("revoked",)  # where an entry says so, among its extra fields
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Ended:
    """Ended by the register before its term: the first day without it, and why."""

    on: date
    reason: str = field(repr=False)


@dataclass(frozen=True)
class HeldStatus:
    """A status as it stands in the registry.

    `version` counts what the register changed, `changed_at` is when it last did, `loaded_at` when
    it last spoke of the status at all. `hold` is the worst one on its certificate or its person, at
    any issuer; codes under a hold are not issued.
    """

    id: UUID
    entry: RegisterEntry = field(repr=False)
    ended: Ended | None
    version: int
    changed_at: datetime
    loaded_at: datetime
    hold: State
    hold_reason: str | None = None  # as it was given; None also of a hold older than the registry

    @cached_property
    def record(self) -> StatusRecord:
        """The record, its term cut where the register ends it early: what a code may be made of.

        A status that was annulled from its first day on has a term that ends before it begins:
        no code can be made of it. What the register said itself is `entry.record`.
        """
        return cut_short(self.entry.record, self.ended)

    def stands(self, at: datetime) -> bool:
        """Whether `at` lies within the term: begun, not over, not ended by the register before."""
        period, zone = self.record.period, zone_of(self.entry.record.region)
        moment, through = to_instant(at), period.valid_through
        begun = midnight(period.valid_from, zone) <= moment
        return begun and (through is None or moment < midnight(through + timedelta(days=1), zone))

    def ended_by(self, at: datetime) -> bool:
        """Whether the register has ended it by then; its term may be over without that."""
        return is_due(self.entry.record, self.ended, at)


def of_person(view: View, person: bytes) -> list[HeldStatus]:
    """All statuses of a person, the earliest first. `person` is the digest of `View.person`."""
    rows = view.connection.execute(_OF_PERSON, {"digest": person})
    return [held_of(view, row) for row in rows]


def find(view: View, person: bytes, status_id: UUID) -> HeldStatus | None:
    """One status of this person; None also where it is another's."""
    row = view.connection.execute(_FIND, {"digest": person, "status_id": status_id}).first()
    return held_of(view, row) if row else None


def ended_of(entry: RegisterEntry) -> Ended | None:
    """What the entry says of an early end; ValueError where that cannot be read."""
    return read_ended(entry.extra.get(ENDED))


def read_ended(told: JsonValue) -> Ended | None:
    """The field of an early end as the register gives it; ValueError where it cannot be read."""
    if told is None:
        return None
    match told:
        case {"effective_on": str(day), **rest} if _DAY.fullmatch(day):
            reason = rest.get("reason")
            if reason is None or isinstance(reason, str):
                return Ended(date.fromisoformat(day), reason or "")
    raise ValueError("no day, or a reason that is no text")


def cut_short(record: StatusRecord, ended: Ended | None) -> StatusRecord:
    """The record with a term that is over when the register ends it."""
    through = record.period.valid_through
    if ended is None or (through is not None and through < ended.on):
        return record
    last = ended.on - timedelta(days=1)
    return replace(record, period=replace(record.period, valid_through=last, indefinite=False))


def is_due(record: StatusRecord, ended: Ended | None, at: datetime) -> bool:
    """Whether an early end has come: the day has begun in the region's zone."""
    return ended is not None and midnight(ended.on, zone_of(record.region)) <= to_instant(at)


def open_entry(view: View, status_id: UUID, sealed: bytes) -> RegisterEntry:
    """The entry in a sealed cell of `status`; RegistryProblem where it does not open."""
    return read_sealed(view.vault.open(bytes(sealed), Cell.of("status", "entry", status_id)))


def read_sealed(plain: bytes) -> RegisterEntry:
    """The entry that a cell held."""
    try:
        return kept_entry(json.loads(plain))
    except ValueError as error:
        message = "запись в реестре не читается этой программой"
        raise RegistryProblem(message, code="REGISTRY_DAMAGED") from error


_HELD = or_(hold.c.digest == status.c.certificate, hold.c.digest == person.c.digest)
_WORST = (  # 1, invalid, outweighs 2, suspended
    select(func.min(hold.c.state)).where(_HELD).correlate(status, person).scalar_subquery()
)
_REASON = (
    select(hold.c.reason)
    .where(_HELD)
    .order_by(hold.c.state, hold.c.issuer, hold.c.digest)
    .limit(1)
    .correlate(status, person)
    .scalar_subquery()
)
COLUMNS: Final = (  # beside person
    status.c.id,
    status.c.entry,
    status.c.version,
    status.c.changed_at,
    status.c.loaded_at,
    _WORST.label("hold"),
    _REASON.label("hold_reason"),
)
_OF_PERSON: Final = (
    select(*COLUMNS)
    .join(person, person.c.id == status.c.person_id)
    .where(person.c.digest == bindparam("digest"))
    .order_by(status.c.valid_from, status.c.id)
)
_FIND: Final = _OF_PERSON.where(status.c.id == bindparam("status_id"))


def held_of(view: View, row: Row[*tuple[Any, ...]]) -> HeldStatus:
    """The status of a row with COLUMNS."""
    entry = open_entry(view, row.id, row.entry)
    return HeldStatus(
        id=row.id,
        entry=entry,
        ended=ended_of(entry),
        version=row.version,
        changed_at=from_instant(row.changed_at),
        loaded_at=from_instant(row.loaded_at),
        hold=State(row.hold or 0),
        hold_reason=row.hold_reason,
    )
