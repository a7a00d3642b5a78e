"""What a checker will see of a code, and what else stands in it: told before it is shown. Pure.

The words are those of the checker's card (the tests compare them).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from statusqr_schema import Disclosure, Profile, StatusRecord, wording

from .phrases import Phrases
from .status_card import measures_over, supplied

_OLD: Final = timedelta(days=90)  # from then on a checker is told how old the data are


@dataclass(frozen=True, slots=True)
class Preview:
    """Lines of the card and what it notes; then, in words, what else a reader finds in the code."""

    word: str
    status: str
    name: str = field(repr=False)
    term: str
    supplied: str  # empty where the code does not say
    notices: tuple[str, ...]
    also: tuple[str, ...]
    absent: str


_ABSENT: Final = {  # by whether there is a family
    True: "СНИЛС и состав семьи в этом коде не передаются.",
    False: "СНИЛС в этом коде не передаётся.",
}


def preview(record: StatusRecord, profile: Profile, at: datetime, say: Phrases) -> Preview:
    """What a code of this profile, made now, shows of a standing status."""
    shown = Disclosure(profile).apply(record)
    term = wording.term if say.russian else wording.term_en
    return Preview(
        word=say("ДЕЙСТВУЕТ"),
        status=shown.status_name,
        name=shown.holder.surname_and_initials,
        term=term(shown.period),
        supplied=supplied(shown, say) if shown.data_as_of else "",
        notices=tuple(_notices(shown, at, say)),
        also=tuple(_also(shown, say)),
        absent=say(_ABSENT[bool(record.family_members)]) if profile is Profile.MINIMAL else "",
    )


def _notices(shown: StatusRecord, at: datetime, say: Phrases) -> Iterator[str]:
    if shown.measures_through and measures_over(shown.measures_through, at):
        day = say.day(shown.measures_through)
        yield say("Мера поддержки закончилась {day}, статус действует", day=day)
    if shown.period.end_not_stated:
        yield say("Срок окончания не указан")
    if shown.data_as_of and (age := at - shown.data_as_of) > _OLD:
        count = age // timedelta(days=1)
        days = wording.counted(count, "дня", "дней", "дней") if say.russian else f"{count} days"
        yield say("Сведения старше {days}", days=days)


def _also(shown: StatusRecord, say: Phrases) -> list[str]:
    """All that a reader could take out of the code, card or no card."""
    found = []
    if shown.holder.given_name:
        both = shown.holder.patronymic is not None
        found.append(say("имя и отчество полностью" if both else "имя полностью"))
    if shown.holder.snils:
        found.append(say("ваш СНИЛС полностью"))
    if shown.family_members:
        found.append(say("члены семьи: имена, кем приходятся, последние цифры СНИЛС"))
    if shown.certificate_number:
        found.append(say("номер удостоверения"))
    if shown.authority or shown.basis:
        found.append(say("кто и на каком основании принял решение"))
    if shown.measures_through:
        found.append(say("день, по который назначены меры поддержки"))
    return found
