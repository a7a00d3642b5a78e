"""A status as the account shows it: all data of point 2 of order 653n, in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from statusqr_schema import StatusRecord, wording
from statusqr_schema.days import zone

from ..registry.statuses import HeldStatus
from ..validity import midnight
from .phases import Phase, ends_soon, phase
from .phrases import Phrases

_HELD: Final = (Phase.SUSPENDED, Phase.REVOKED)
_LAST_ZONE: Final = "Europe/Kaliningrad"  # where a day ends last


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its text; what the register says is `russian` in every language."""

    label: str
    text: str = field(repr=False)
    russian: bool = False


@dataclass(frozen=True, slots=True)
class Relative:
    """A member of the family: the full name, who they are to the holder, the SNILS masked."""

    name: str = field(repr=False)
    relation: str = field(repr=False)
    snils: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatusCard:
    """One article of the list. `first` is seen at once, `more` where it is unfolded."""

    id: str
    title: str
    phase: Phase
    tag: str
    notes: tuple[str, ...]
    reason: str
    hold_reason: str
    first: tuple[Row, ...]
    more: tuple[Row, ...]
    family: tuple[Relative, ...]
    supplied: str

    @property
    def stands(self) -> bool:
        """Whether codes can be had."""
        return self.phase is Phase.STANDS


def status_card(held: HeldStatus, at: datetime, say: Phrases) -> StatusCard:
    """The card of one status at a moment."""
    record, stage = held.entry.record, phase(held, at)
    members = record.family_members
    cut = held.record.period != record.period  # the register ends it before its term, or will
    ended = held.ended.reason if held.ended and cut and stage is not Phase.PAST else ""
    return StatusCard(
        id=str(held.id),
        title=wording.glued(record.status_name),
        phase=stage,
        tag=_tag(held, stage, say),
        notes=tuple(_notes(held, stage, at, say)),
        reason=ended,
        hold_reason=(held.hold_reason or "") if stage in _HELD else "",
        first=tuple(_first(record, say)),
        more=tuple(_more(record, say)),
        family=tuple(
            Relative(m.full_name, m.relation, wording.snils(m.snils.tail) if m.snils else "")
            for m in members
        ),
        supplied=supplied(record, say),
    )


def in_order(cards: Sequence[StatusCard]) -> list[StatusCard]:
    """What holds first, what has ended last."""
    order = list(Phase)
    return sorted(cards, key=lambda card: order.index(card.phase))


def supplied(record: StatusRecord, say: Phrases) -> str:
    """The date and time of the data with its zone (point 3), where the register tells it."""
    if record.data_as_of is None:
        return say("Время сведений не указано")
    return say("Сведения на {moment}", moment=say.moment(record.data_as_of))


def measures_over(through: date, at: datetime) -> bool:
    """Whether the last day of the measures is over, everywhere: a code does not tell its zone."""
    return at.timestamp() >= midnight(through + timedelta(days=1), zone(_LAST_ZONE))


def _tag(held: HeldStatus, stage: Phase, say: Phrases) -> str:
    period = held.entry.record.period
    match stage:
        case Phase.STANDS:
            return say("Действует")
        case Phase.LATER:
            return say("Начнёт действовать {day}", day=say.day(period.valid_from))
        case Phase.SUSPENDED:
            return say("Приостановлен")
        case Phase.REVOKED:
            return say("Отозван")
        case Phase.ENDED_EARLY:
            assert held.ended is not None  # noqa: S101 - or it would be in another phase
            return say("Аннулирован {day}", day=say.day(held.ended.on))
        case Phase.PAST:
            through = period.valid_through
            return say("Закончился {day}", day=say.day(through)) if through else say("Закончился")


def _notes(held: HeldStatus, stage: Phase, at: datetime, say: Phrases) -> list[str]:
    """What to know and to do."""
    match stage:
        case Phase.LATER:
            day = say.day(held.entry.record.period.valid_from)
            return [say("Код можно будет показать и напечатать с {day}.", day=day)]
        case Phase.SUSPENDED | Phase.REVOKED:
            if held.hold_reason:
                return [say("Коды этого статуса не выдаются.")]
            told = "Коды этого статуса не выдаются. Причину объяснит орган, который принял решение."
            return [say(told)]
        case Phase.ENDED_EARLY:
            return [say("Орган прекратил этот статус до окончания срока.")]
        case Phase.PAST:
            return [say("Чтобы продлить, подайте заявление в орган, который принял решение.")]
        case Phase.STANDS:
            return _standing_notes(held, at, say)


def _standing_notes(held: HeldStatus, at: datetime, say: Phrases) -> list[str]:
    measures, last = held.record.measures_through, held.record.period.valid_through
    notes = []
    if last is not None and last != held.entry.record.period.valid_through:
        told = "Орган прекращает этот статус раньше срока. Он действует {through}."
        notes.append(say(told, through=say.through(last)))
    elif (soon := ends_soon(held, at)) is not None:
        told = "Статус действует {through}. Чтобы продлить, подайте заявление заранее."
        notes.append(say(told, through=say.through(soon)))
    if measures is not None and measures_over(measures, at):
        told = (
            "Меры поддержки закончились {day}, статус действует. "
            "Можно ли их продлить, скажет орган."
        )
        notes.append(say(told, day=say.day(measures)))
    return notes


def _first(record: StatusRecord, say: Phrases) -> list[Row]:
    rows = [
        Row(say("Владелец"), record.holder.full_name, russian=True),
        Row(say("Срок действия"), say.term(record.period)),
    ]
    if record.measures_through:
        text = say.through(record.measures_through)
        rows.append(Row(say("Меры поддержки назначены"), text))
    if record.certificate_number:
        number = wording.number_sign(record.certificate_number)
        rows.append(Row(say("Удостоверение"), number, russian=True))
    return rows


def _more(record: StatusRecord, say: Phrases) -> list[Row]:
    rows = []
    if record.holder.snils:
        rows.append(Row(say("СНИЛС"), wording.snils(record.holder.snils)))
    if record.authority:
        rows.append(Row(say("Решение принял"), record.authority, russian=True))
    if record.established_on:
        rows.append(Row(say("Установлен"), say.day(record.established_on)))
    if record.basis:
        rows.append(Row(say("Основание"), wording.basis(record.basis), russian=True))
    return rows
