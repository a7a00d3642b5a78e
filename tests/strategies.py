"""Hypothesis strategies: everything that an issuer may sign, and every claim that a reader keeps.

All persons are invented; whole СНИЛС begin with 9, a range believed to be unissued.
"""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TypeAlias
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from statusqr_schema import (
    Basis,
    Categories,
    Claims,
    Disclosure,
    FamilyMember,
    Period,
    Person,
    Presentation,
    Profile,
    Region,
    Snils,
    SnilsPolicy,
    StatusRecord,
    StatusReference,
    subjects,
)
from statusqr_schema.cbor import CborValue
from statusqr_schema.days import FIRST_DAY, LAST_DAY, LAST_INSTANT

RUSSIAN = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя"
BASHKIR = "ҒғҘҙҠҡҢңӨөҪҫҮүҺһӘә"
OTHERS = "ҖҗӀӑӗӟӣӥӧӱӳӵӹЇїІіЎў"  # Tatar, Caucasian, Chuvash, Udmurt, Mari, Ukrainian, Belarusian
LETTERS = RUSSIAN + BASHKIR + OTHERS

PLACEHOLDERS = ("нет", "отсутствует", "без отчества", "не указано")
LONGEST_FAMILY = 32

# A short list first: most records stay small, and failures shrink to readable words.
WORDS = ("Решение", "№ 76-000101", "от 02.03.2026", "«О ветеранах»", "Отдел", "ребёнок", "17/2026")
WIDE = st.characters(exclude_categories=("C", "Z", "M"))


def snils() -> SearchStrategy[Snils]:
    """Whole numbers with right check digits, among them those whose remainder is 0 or 100."""
    rare = [90101010400, 90010203000, 99185956600, 94321376600]
    return st.one_of(
        st.integers(900_000_000, 999_999_999).map(_with_check_digits),
        st.sampled_from(rare).map(Snils),
    )


def _with_check_digits(number: int) -> Snils:
    total = sum(place * int(digit) for place, digit in enumerate(reversed(str(number)), start=1))
    return Snils(number * 100 + total % 101 % 100)


@st.composite
def names(draw: DrawFn) -> str:
    """One part of a name, 1 to 100 letters with single separators inside."""
    if draw(st.integers(0, 9)) == 9:
        return draw(st.text(LETTERS, min_size=90, max_size=100))
    words = draw(st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=4))
    name = words[0]
    for word in words[1:]:
        name += draw(st.sampled_from("-' ")) + word
    return name


def patronymics() -> SearchStrategy[str]:
    """As `names`, but not a word that says there is none."""
    return names().filter(lambda name: name.casefold() not in PLACEHOLDERS)


NameParts: TypeAlias = tuple[str, str | None, str | None]


def _name_parts() -> SearchStrategy[NameParts]:
    """A whole name: with and without a patronymic, and mononyms."""
    patronymic, nothing = patronymics(), st.none()
    return st.one_of(
        st.tuples(names(), names(), patronymic),
        st.tuples(names(), names(), nothing),
        st.tuples(names(), nothing, nothing),
    )


def persons() -> SearchStrategy[Person]:
    """Persons with a whole СНИЛС."""
    return st.builds(_person, _name_parts(), snils())


def _person(parts: NameParts, number: Snils) -> Person:
    return Person(*parts, number)


def family_members() -> SearchStrategy[FamilyMember]:
    """Persons with a whole СНИЛС and a relation."""
    return st.builds(_member, _name_parts(), snils(), texts(100))


def _member(parts: NameParts, number: Snils, relation: str) -> FamilyMember:
    return FamilyMember(*parts, number, relation)


def texts(longest: int) -> SearchStrategy[str]:
    """Visible text in NFC with single spaces inside, 1 to `longest` characters."""
    plain = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
    wide = st.text(WIDE, min_size=1, max_size=20)
    full = st.sampled_from(LETTERS).map(lambda letter: letter * longest)
    return (
        st.one_of(plain, plain, wide, full)
        .map(lambda text: unicodedata.normalize("NFC", text))
        .filter(lambda text: len(text) <= longest)
    )


def days(first: date = FIRST_DAY, last: date = LAST_DAY) -> SearchStrategy[date]:
    """Days that a credential may hold."""
    return st.dates(first, last)


@st.composite
def periods(draw: DrawFn, longest: timedelta | None = None) -> Period:
    """With an end, without one, without a stated one; where `longest` is given, with an end."""
    start = draw(days())
    last = min(LAST_DAY, start + longest) if longest and start < LAST_DAY - longest else LAST_DAY
    kind = draw(st.sampled_from(["end"] if longest else ["end", "indefinite", "not stated"]))
    if kind == "end":
        return Period(start, draw(days(start, last)))
    return Period(start, indefinite=kind == "indefinite")


def moments() -> SearchStrategy[datetime]:
    """Aware moments in whole seconds, in several zones."""
    zones = st.sampled_from([UTC, *(timezone(timedelta(hours=hours)) for hours in (-3, 2, 3, 12))])
    return st.builds(datetime.fromtimestamp, st.integers(0, LAST_INSTANT - 86_400), zones)


@st.composite
def regions(draw: DrawFn) -> Region:
    """Every subject of the federation, with as much of its description as a register gives."""
    subject = subjects()[draw(st.sampled_from(sorted(subjects())))]
    return Region(
        subject.code,
        draw(st.sampled_from([None, subject.name])),
        draw(st.sampled_from([None, subject.oktmo, f"{subject.oktmo}000000"])),
        draw(st.sampled_from([None, *subject.zones])),
    )


@st.composite
def records(draw: DrawFn) -> StatusRecord:
    """Records that keep every rule of issuing."""
    category, region = draw(
        st.one_of(
            st.tuples(st.sampled_from(sorted(Categories.builtin().by_code)), regions()),
            st.just(("low_income", Region("76"))),  # the one pair whose term is limited
        )
    )
    limited = category == "low_income" and region.subject_code == "76"
    data_as_of = draw(st.none() | moments())
    holder, *family = draw(
        st.lists(
            family_members(),
            min_size=1,
            max_size=draw(st.sampled_from([1, 1, 2, 4, LONGEST_FAMILY + 1])),
            unique_by=lambda member: member.snils,
        )
    )
    return StatusRecord(
        holder=Person(holder.family_name, holder.given_name, holder.patronymic, holder.snils),
        family_members=tuple(family),
        category=category,
        status_name=draw(texts(300)),
        established_on=draw(days(last=_last_day_there(region, data_as_of))),
        period=draw(periods(timedelta(days=365) if limited else None)),
        basis=draw(st.builds(Basis, texts(500), st.none() | texts(100), st.none() | days())),
        authority=draw(texts(500)),
        certificate_number=draw(st.none() | texts(100)),
        measures_through=draw(st.none() | days()),
        region=region,
        data_as_of=data_as_of,
    )


def _last_day_there(region: Region, data_as_of: datetime | None) -> date:
    if data_as_of is None:
        return LAST_DAY
    zone = region.time_zone or subjects()[region.subject_code].zones[0]
    return data_as_of.astimezone(ZoneInfo(zone)).date()


def disclosures() -> SearchStrategy[Disclosure]:
    """Every profile with every pair of СНИЛС policies."""
    policies = st.sampled_from(SnilsPolicy)
    return st.builds(Disclosure, st.sampled_from(Profile), policies, policies)


def cbor_values() -> SearchStrategy[CborValue]:
    """What the subset of CBOR can hold, at most four levels deep."""
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    keys = st.integers(-(2**64), 2**64 - 1)
    leaves: SearchStrategy[CborValue] = st.one_of(
        st.none(),
        st.booleans(),
        keys,
        st.binary(max_size=8),
        text.map(lambda value: unicodedata.normalize("NFC", value)),
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=6,
    )


def _unknown(known: frozenset[int]) -> SearchStrategy[tuple[tuple[int, CborValue], ...]]:
    keys = st.integers(-(2**64), 2**64 - 1).filter(lambda key: key not in known)
    near = st.sampled_from([min(known) - 1, max(known) + 1])
    return st.dictionaries(keys | near, cbor_values(), max_size=3).map(
        lambda found: tuple(sorted(found.items(), key=lambda pair: (pair[0] < 0, abs(pair[0]))))
    )


@st.composite
def claims(draw: DrawFn) -> Claims:
    """Claims of every presentation, with claims and fields of versions to come."""
    presentation = draw(st.sampled_from(Presentation))
    issued_at = draw(st.integers(0, LAST_INSTANT - 400 * 86_400))
    longest = {Presentation.PRINT: 400 * 86_400, Presentation.SCREEN: 600, Presentation.LIVE: 60}
    reference = st.builds(StatusReference, st.integers(0, 2**32 - 1), st.integers(0, 2**20 - 1))
    return Claims(
        record=draw(disclosures()).apply(draw(records())),
        issued_at=issued_at,
        expires_at=issued_at + draw(st.integers(1, longest[presentation])),
        not_before=draw(st.none() | st.integers(issued_at + 1, LAST_INSTANT)),
        presentation=presentation,
        status=draw(reference) if presentation is Presentation.PRINT else None,
        unknown_claims=draw(_unknown(frozenset({4, 5, 6, -65537, -65538, -65539}))),
        unknown_fields=draw(_unknown(frozenset(range(1, 13)))),
    )
