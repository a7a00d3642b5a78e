"""What a record does to the status that is held. Pure.

A change is what a printed code would say otherwise, or what ends it at another time: it gives the
status a new version, and its printed codes fall. A newer time of the data, a note that the register
keeps beside the status, a longer name of the region are no change: the paper stays true.

An end to come is a change at once, because papers that say a longer term must not outlive it. The
end itself comes with the first load after the day has begun in the region; readers need no load for
it (`statuses`).
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from statusqr_schema import RecordRefused, RegisterEntry, RuleViolation, entry_to_json

from ..validity import zone_of
from .incoming import GIVEN_HERE, Incoming
from .status_names import Called
from .statuses import Ended, is_due

_AHEAD: Final = timedelta(days=1)  # that clocks and zones of a register may be wrong by


class Change(StrEnum):
    """What a record does to a status; the value is what `status_version` keeps."""

    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"
    RECOVERED = "recovered"
    SAME = "same"  # never kept


@dataclass(frozen=True, slots=True)
class Kept:
    """A status as the registry holds it; `ended` is whether a load has ended it."""

    id: UUID
    person_id: UUID
    person: bytes
    version: int
    ended: bool
    changed_at: int  # epoch seconds
    certificate: bytes | None  # digest of its number
    called: Called
    source: bytes  # what it is called
    plain: bytes  # what it would be called if it had neither id nor certificate
    entry: RegisterEntry = field(repr=False)
    early_end: Ended | None


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be written: `entry` in place of the one that is kept.

    `rewrite` is False where the entry is the kept one to the letter. `ended` is whether the
    register's early end has come.
    """

    change: Change
    entry: RegisterEntry = field(repr=False)
    ended: bool
    version: int
    rewrite: bool = True


def plan(incoming: Incoming, kept: Kept | None, given_to: UUID | None, at: datetime) -> Step:
    """The step of a record at the moment `at`; RecordRefused where it may not be taken.

    `given_to` is the status that its certificate's number was given to here, if it was.
    """
    due = is_due(incoming.entry.record, incoming.ended, at)
    due = due or (kept is not None and _has_come(kept, incoming.ended))
    wrong = [
        *_objections(incoming, kept, given_to),
        *_objections_to_moment(incoming, kept, due, at),
    ]
    if wrong:
        raise RecordRefused(wrong)
    if kept is None:
        return Step(Change.ADDED, incoming.entry, due, 1)
    entry = _completed(incoming, kept, due)
    change = Change.SAME
    if due is not kept.ended:
        change = Change.ENDED if due else Change.RECOVERED
    elif said(entry, incoming.ended) != said(kept.entry, kept.early_end):
        change = Change.CHANGED
    same = change is Change.SAME and incoming.called <= kept.called
    same_letters = same and entry_to_json(entry) == entry_to_json(kept.entry)
    return Step(change, entry, due, kept.version + (change is not Change.SAME), not same_letters)


def said(entry: RegisterEntry, ended: Ended | None) -> Hashable:
    """What codes say of a status and when they end: equal where a printed code stays true."""
    record = entry.record
    family = frozenset(record.family_members)
    zone = zone_of(record.region).key
    rest = replace(record, family_members=(), data_as_of=None)
    return rest, family, zone, ended and ended.on


def numbered(step: Step, number: str) -> Step:
    """The step with a certificate's number given out for it, which is a change."""
    entry = with_number(step.entry, number)
    if step.change is Change.SAME:
        return replace(
            step, change=Change.CHANGED, entry=entry, version=step.version + 1, rewrite=True
        )
    return replace(step, entry=entry)


def with_number(entry: RegisterEntry, number: str) -> RegisterEntry:
    """The entry with a certificate's number that was given out here."""
    record = replace(entry.record, certificate_number=number)
    return replace(entry, record=record, extra={**entry.extra, GIVEN_HERE: True})


def with_given_number(entry: RegisterEntry, kept: RegisterEntry) -> RegisterEntry:
    """An entry without a number keeps the one that was given out here before.

    It stays one that was given out here where the register repeats it.
    """
    number, own = kept.record.certificate_number, entry.record.certificate_number
    if number is None or GIVEN_HERE not in kept.extra or (own and own.split() != number.split()):
        return entry
    return with_number(entry, number)


def _completed(incoming: Incoming, kept: Kept, due: bool) -> RegisterEntry:
    """The entry with what is not forgotten because a record leaves it out.

    The id, under which the register may come again; and of a status that stays ended the moment of
    the data, by which an older record is known.
    """
    entry = with_given_number(incoming.entry, kept.entry)
    if incoming.called < kept.called is Called.ID:
        entry = replace(entry, id=kept.entry.id)
    if kept.ended and due and entry.record.data_as_of is None:
        record = replace(entry.record, data_as_of=kept.entry.record.data_as_of)
        entry = replace(entry, record=record)
    return entry


def _objections(
    incoming: Incoming, kept: Kept | None, given_to: UUID | None
) -> Iterator[RuleViolation]:
    if kept is not None and incoming.person != kept.person:
        message = (
            "этот статус в реестре принадлежит другому человеку (СНИЛС не совпадает): "
            "проверьте записи в ведомстве, здесь ничего не изменено"
        )
        yield RuleViolation("OTHER_PERSON", "holder.snils", message)
    if kept is not None and _is_older(incoming.entry, kept.entry):
        message = "сведения старше тех, что уже в реестре: похоже, файл прислан повторно"
        yield RuleViolation("OLDER", "data_as_of", message)
    if given_to is not None and (kept is None or given_to != kept.id):
        message = "этот номер удостоверения выдан здесь для другого статуса"
        yield RuleViolation("NUMBER_TAKEN", "certificate_number", message)


def _objections_to_moment(
    incoming: Incoming, kept: Kept | None, due: bool, at: datetime
) -> Iterator[RuleViolation]:
    """The moment of the data orders deliveries: no record may pass by that order, or spoil it."""
    new = incoming.entry.record.data_as_of
    old = None if kept is None else kept.entry.record.data_as_of
    if new is not None and new > at + _AHEAD and (old is None or new > old):
        message = "сведения из будущего: проверьте data_as_of и часы этого компьютера"
        yield RuleViolation("DATA_AS_OF_FUTURE", "data_as_of", message)
    if kept is not None and kept.ended and not due and old is not None and new is None:
        message = "статус прекращён; чтобы восстановить его, укажите, на какое время сведения"
        yield RuleViolation("DATA_AS_OF_MISSING", "data_as_of", message)


def _has_come(kept: Kept, ended: Ended | None) -> bool:
    """Whether this end has come before: a clock that goes back brings no status back."""
    early = kept.early_end
    return kept.ended and ended is not None and early is not None and ended.on <= early.on


def _is_older(new: RegisterEntry, kept: RegisterEntry) -> bool:
    one, other = new.record.data_as_of, kept.record.data_as_of
    return one is not None and other is not None and one < other
