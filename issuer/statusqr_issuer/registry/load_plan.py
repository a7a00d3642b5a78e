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
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from statusqr_schema import RecordRefused, RegisterEntry, RuleViolation, entry_to_json

from ..validity import zone_of
from .incoming import GIVEN_HERE, Incoming
from .statuses import Ended, is_due


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
    if wrong := list(_objections(incoming, kept, given_to)):
        raise RecordRefused(wrong)
    due = is_due(incoming.entry.record, incoming.ended, at)
    if kept is None:
        return Step(Change.ADDED, incoming.entry, due, 1)
    due = due or _has_come(kept, incoming.ended)
    entry = with_given_number(incoming.entry, kept.entry)
    change = Change.SAME
    if due is not kept.ended:
        change = Change.ENDED if due else Change.RECOVERED
    elif said(entry, incoming.ended) != said(kept.entry, kept.early_end):
        change = Change.CHANGED
    same_letters = entry_to_json(entry) == entry_to_json(kept.entry)
    version = kept.version + (change is not Change.SAME)
    return Step(change, entry, due, version, change is not Change.SAME or not same_letters)


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
    """An entry without a number keeps the one that was given out here before."""
    number = kept.record.certificate_number
    if number is None or GIVEN_HERE not in kept.extra or entry.record.certificate_number:
        return entry
    return with_number(entry, number)


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


def _has_come(kept: Kept, ended: Ended | None) -> bool:
    """Whether this end has come before: a clock that goes back brings no status back."""
    early = kept.early_end
    return kept.ended and ended is not None and early is not None and ended.on <= early.on


def _is_older(new: RegisterEntry, kept: RegisterEntry) -> bool:
    one, other = new.record.data_as_of, kept.record.data_as_of
    return one is not None and other is not None and one < other
