"""What a credential says: the elements of order 653n, points 2 and 3, as frozen types.

Nothing here judges: the rules that bind an issuer are in `rules`, the wire form is in `claims`.
A record read from a code may hold less than was issued (see `disclosure`): what was left out is
None or empty.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from .snils import Snils, SnilsTail

AnySnils: TypeAlias = Snils | SnilsTail
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as point 2а names them.

    `given_name` is None for a mononym, `patronymic` is None where there is none (never «-»).
    """

    family_name: str
    given_name: str | None
    patronymic: str | None
    snils: AnySnils | None

    @property
    def full_name(self) -> str:
        """«Лебедева Ольга Сергеевна», as stored."""
        return " ".join(filter(None, (self.family_name, self.given_name, self.patronymic)))

    @property
    def surname_and_initials(self) -> str:
        """«Лебедева О. С.»: what is compared with an identity document at a checkpoint."""
        initials = (f"{part[0].upper()}." for part in (self.given_name, self.patronymic) if part)
        return NBSP.join((self.family_name, *initials))


@dataclass(frozen=True, slots=True)
class FamilyMember(Person):
    """A member of the holder's family, with the relation in words («супруг», «ребёнок»)."""

    relation: str


@dataclass(frozen=True, slots=True)
class Period:
    """For which days the status is established (point 2б); `valid_through` is the last day.

    Three different things: an end, «бессрочно» (`indefinite`), and an end that is not stated.
    """

    valid_from: date
    valid_through: date | None = None
    indefinite: bool = False

    @property
    def end_not_stated(self) -> bool:
        """Neither an end nor «бессрочно» was given."""
        return self.valid_through is None and not self.indefinite


@dataclass(frozen=True, slots=True)
class Basis:
    """The act or decision that the status rests on (point 2б)."""

    title: str
    number: str | None = None
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A subject of the federation by its code («76»), and the zone in which its days end.

    Only the code is part of the credential, so only the code counts when two are compared.
    """

    subject_code: str
    name: str | None = field(default=None, compare=False)
    oktmo: str | None = field(default=None, compare=False)
    time_zone: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRecord:
    """One status of one person. The numbers of the points are those of order 653n.

    `authority` is the body that decided, named as on the day of the decision: ministries are
    renamed, so it is never compared with the signer by text.
    """

    holder: Person  # 2а
    family_members: tuple[FamilyMember, ...] = ()  # 2а
    category: str  # this project's code of the category, see `categories`
    status_name: str  # 2б
    established_on: date | None = None  # 2б
    period: Period  # 2б
    basis: Basis | None = None  # 2б
    authority: str | None = None  # 2б
    certificate_number: str | None = None  # 2в
    measures_through: date | None = None  # 2г, inclusive
    region: Region | None = None
    data_as_of: datetime | None = None  # point 3, an aware moment, whole seconds

    @property
    def region_code(self) -> str | None:
        """The code of the region («76»), or None where none is stated."""
        return self.region.subject_code if self.region else None
