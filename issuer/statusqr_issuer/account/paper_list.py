"""Printed codes in words: which hold, which do not and why, which will soon be too old. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from statusqr_keys.holds import State
from statusqr_schema import Profile
from statusqr_schema.wording import number_sign

from ..certificate import sheet_number
from ..registry.by_register import REASONS
from ..registry.printouts import Printout
from ..registry.statuses import HeldStatus
from ..validity import last_whole_day, zone_of
from .phases import SOON
from .phrases import Phrases

BY_HOLDER: Final = "Отозван владельцем в личном кабинете"
WITH_CONSENT: Final = "Отозван владельцем вместе с согласием"
_OURS: Final = (BY_HOLDER, WITH_CONSENT, *REASONS.values())


@dataclass(frozen=True, slots=True)
class Paper:
    """A printed code in the list. `sheet` and `printed` stand at the foot of the sheet itself."""

    id: str
    sheet: str
    status: str
    printed: str
    profile: str
    until: str
    state: str
    holds: bool
    revocable: bool
    reason: str  # why this code alone does not hold
    reason_is_ours: bool  # in the language of the page; an operator's words are Russian


def papers(
    printed: Sequence[Printout], held: Sequence[HeldStatus], at: datetime, say: Phrases
) -> list[Paper]:
    """The lines of the list, in the order of `printed`."""
    by_id = {status.id: status for status in held}
    return [_paper(one, by_id[one.status_id], at, say) for one in printed if one.status_id in by_id]


def running_out(
    printed: Sequence[Printout], held: Sequence[HeldStatus], at: datetime, say: Phrases
) -> list[str]:
    """A reminder for each status whose newest printed code ends soon, before the status does."""
    told = []
    for status in held:
        living = [p for p in printed if p.status_id == status.id and _holds(p, at)]
        if not living or not status.stands(at):
            continue
        last = max(living, key=lambda one: one.expires_at)
        day = last_whole_day(int(last.expires_at.timestamp()), zone_of(status.record.region))
        through = status.record.period.valid_through
        if last.expires_at - at < SOON and (through is None or day < through):
            text = "Напечатанный код статуса «{status}» действует {through}. Напечатайте новый."
            told.append(say(text, status=status.record.status_name, through=say.through(day)))
    return told


def _paper(one: Printout, status: HeldStatus, at: datetime, say: Phrases) -> Paper:
    record = status.entry.record
    day = last_whole_day(int(one.expires_at.timestamp()), zone_of(record.region))
    return Paper(
        id=str(one.id),
        sheet=number_sign(sheet_number(one.reference)),
        status=record.status_name,
        printed=say.moment(one.issued_at),
        profile=say(_PROFILES[one.profile]),
        until=say("Код действителен {through}", through=say.through(day)),
        state=say(_state(one, at)),
        holds=_holds(one, at),
        revocable=one.own is not State.INVALID and one.expires_at > at,
        reason=say(one.reason) if one.reason in _OURS else one.reason or "",
        reason_is_ours=one.reason in _OURS,
    )


def _holds(one: Printout, at: datetime) -> bool:
    return one.state is State.VALID and one.expires_at > at


def _state(one: Printout, at: datetime) -> str:
    if one.own is State.INVALID:
        return "Отозван"
    if one.expires_at <= at:
        return "Срок кода вышел"
    return {State.VALID: "Действует", State.INVALID: "Отозван", State.SUSPENDED: "Приостановлен"}[
        one.state
    ]


_PROFILES = {
    Profile.FULL: "Полные сведения",
    Profile.MINIMAL: "Сокращённые: имя, статус, срок",
}
