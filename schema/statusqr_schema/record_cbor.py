"""The status record as a CBOR map (claim -65537), and back.

====  ==================================================================================
key   value
====  ==================================================================================
1     holder: [family, given / null, patronymic / null, snils]; required
2     family members: [family, given / null, patronymic / null, snils, relation], 1 to 32
3     category code, text; required
4     status name, text; required
5     established on, day
6     period, required: [from] end not stated, [from, null] indefinite, [from, through]
7     basis: [title], [title, number], [title, number / null, day]
8     the authority that decided, text
9     certificate number, text
10    measures through, day
11    region, the subject's code as a number 1..999
12    data as of, epoch seconds
====  ==================================================================================

snils: all eleven digits as an unsigned integer, the last five as -1 - n, or null. Days are days
since 1970-01-01. A key that is not here was not disclosed or does not exist; unknown integer keys
are kept. Text is 1 to the given number of characters (code points).
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from . import days
from .cbor import CborValue
from .errors import MalformedCredential
from .record import AnySnils, Basis, FamilyMember, Period, Person, Region, StatusRecord
from .shapes import array, integer, text
from .snils import Snils, SnilsTail

MAX_FAMILY = 32
KNOWN = frozenset(range(1, 13))


class TextLimits(NamedTuple):
    """Longest texts in characters, for issuing and for reading alike."""

    name_part: int = 100  # SMEV type rus-100
    relation: int = 100
    category: int = 64
    status_name: int = 300
    basis_title: int = 500
    number: int = 100
    authority: int = 500


LIMITS = TextLimits()


def to_map(
    record: StatusRecord, unknown: Iterable[tuple[int, CborValue]] = ()
) -> dict[int, CborValue]:
    """The map of a record; what is None or empty is left out."""
    content: dict[int, CborValue | None] = {
        1: _person_out(record.holder),
        2: [[*_person_out(m), m.relation] for m in record.family_members] or None,
        3: record.category,
        4: record.status_name,
        5: _day_out(record.established_on),
        6: _period_out(record.period),
        7: _basis_out(record.basis) if record.basis else None,
        8: record.authority,
        9: record.certificate_number,
        10: _day_out(record.measures_through),
        11: int(record.region.subject_code) if record.region else None,
        12: days.to_instant(record.data_as_of) if record.data_as_of else None,
    }
    return {key: value for key, value in content.items() if value is not None} | dict(unknown)


def _person_out(person: Person) -> list[CborValue]:
    snils: CborValue = None
    if isinstance(person.snils, Snils):
        snils = person.snils.number
    elif isinstance(person.snils, SnilsTail):
        snils = -1 - person.snils.last_five
    return [person.family_name, person.given_name, person.patronymic, snils]


def _day_out(day: date | None) -> int | None:
    return days.to_number(day) if day else None


def _period_out(period: Period) -> list[CborValue]:
    start = days.to_number(period.valid_from)
    if period.end_not_stated:
        return [start]
    return [start, _day_out(period.valid_through)]


def _basis_out(basis: Basis) -> list[CborValue]:
    if basis.dated:
        return [basis.title, basis.number, days.to_number(basis.dated)]
    return [basis.title, basis.number] if basis.number else [basis.title]


def from_map(content: CborValue) -> tuple[StatusRecord, tuple[tuple[int, CborValue], ...]]:
    """The record and the keys that this version does not know, or MalformedCredential."""
    if type(content) is not dict:
        raise MalformedCredential("no status record")
    get = content.get
    record = StatusRecord(
        holder=_holder(get(1)),
        family_members=_family(content[2]) if 2 in content else (),
        category=text(get(3), LIMITS.category),
        status_name=text(get(4), LIMITS.status_name),
        established_on=_day(content[5]) if 5 in content else None,
        period=_period(get(6)),
        basis=_basis(content[7]) if 7 in content else None,
        authority=text(content[8], LIMITS.authority) if 8 in content else None,
        certificate_number=text(content[9], LIMITS.number) if 9 in content else None,
        measures_through=_day(content[10]) if 10 in content else None,
        region=_region(integer(content[11], 1, 999)) if 11 in content else None,
        data_as_of=_moment(content[12]) if 12 in content else None,
    )
    if content.keys() <= KNOWN:
        return record, ()
    return record, tuple((key, value) for key, value in content.items() if key not in KNOWN)


_FIRST, _LAST = days.to_number(days.FIRST_DAY), days.to_number(days.LAST_DAY)


def _day(value: CborValue) -> date:
    return days.from_number(integer(value, _FIRST, _LAST))


def _moment(value: CborValue) -> datetime:
    return days.from_instant(integer(value, 0, days.LAST_INSTANT))


def _holder(value: CborValue) -> Person:
    family, given, patronymic, snils = array(value, 4, 4)
    longest = LIMITS.name_part
    return Person(
        text(family, longest),
        None if given is None else text(given, longest),
        None if patronymic is None else text(patronymic, longest),
        None if snils is None else _snils(snils),
    )


def _family(value: CborValue) -> tuple[FamilyMember, ...]:
    longest = LIMITS.name_part
    members = []
    for item in array(value, 1, MAX_FAMILY):
        family, given, patronymic, snils, relation = array(item, 5, 5)
        members.append(
            FamilyMember(
                text(family, longest),
                None if given is None else text(given, longest),
                None if patronymic is None else text(patronymic, longest),
                None if snils is None else _snils(snils),
                text(relation, LIMITS.relation),
            )
        )
    return tuple(members)


def _snils(value: CborValue) -> AnySnils:
    number = integer(value, -100_000, 99_999_999_999)
    return Snils(number) if number >= 0 else SnilsTail(-1 - number)


def _period(value: CborValue) -> Period:
    parts = array(value, 1, 2)
    start = _day(parts[0])
    if len(parts) == 1:
        return Period(start)
    if parts[1] is None:
        return Period(start, indefinite=True)
    through = _day(parts[1])
    if through < start:
        raise MalformedCredential("a period that ends before it begins")
    return Period(start, through)


def _basis(value: CborValue) -> Basis:
    parts = array(value, 1, 3)
    title = text(parts[0], LIMITS.basis_title)
    if len(parts) == 1:
        return Basis(title)
    if len(parts) == 2:
        return Basis(title, text(parts[1], LIMITS.number))
    number = None if parts[1] is None else text(parts[1], LIMITS.number)
    return Basis(title, number, _day(parts[2]))


@cache
def _region(code: int) -> Region:
    return Region(f"{code:02d}")
