"""Records at the edges of what may be issued: what a page and a code have to bear."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from world import record

from statusqr_schema import Disclosure, FamilyMember, Person, Profile, Snils, StatusRecord, rules
from statusqr_schema.record_cbor import LIMITS, MAX_FAMILY
from statusqr_schema.snils import check_digits

MINIMAL = Disclosure(Profile.MINIMAL)
NAMES = ("Римская-Корсакова-", "Александрина-Виктория ", "Нурмагомедалиевна ")
RELATIONS = ("супруг", "ребёнок", "ребёнок, находящийся под опекой", "несовершеннолетний ребёнок")


@cache
def extremes() -> Mapping[str, tuple[StatusRecord, Disclosure]]:
    """By name: a record that keeps every rule, and how much of it is disclosed."""
    full = Disclosure()
    made = {
        "longest names": (replace(record(), holder=holder(*map(long_name, NAMES))), full),
        "one long word": (replace(record(), holder=holder("Ш" * LIMITS.name_part, "Ы", "Щ")), full),
        "surname alone": (replace(record(), holder=holder("Э", None, None)), full),
        "no patronymic": (replace(record(), holder=holder("Ким", "Ольга", None)), full),
        "no certificate number": (replace(record(), certificate_number=None), full),
        "no family": (replace(record(), family_members=()), full),
        "8 relatives with long names": (replace(record(), family_members=relatives(8, 60)), full),
        f"{MAX_FAMILY} relatives": (replace(record(), family_members=relatives(MAX_FAMILY)), full),
        "relations of one long word": (replace(record(), family_members=wide_relations()), full),
        "longest texts": (longest_texts(), full),
        "long numbers": (long_numbers(), full),
        "minimal": (record(), MINIMAL),
        "minimal, longest names": (
            replace(record(), holder=holder(*map(long_name, NAMES))),
            MINIMAL,
        ),
    }
    for what, _ in made.values():
        rules.demand(what)
    return made


def long_name(unit: str, length: int = LIMITS.name_part) -> str:
    """`unit` repeated up to exactly `length` characters, ending in a letter."""
    text = (unit * length)[:length]
    return text if text[-1].isalpha() else text[:-1] + "а"


def holder(family_name: str, given_name: str | None, patronymic: str | None) -> Person:
    """The holder of R01 under another name."""
    return Person(family_name, given_name, patronymic, record().holder.snils)


def invented_snils(number: int) -> Snils:
    """A valid number of the range that stands for nobody here: it begins with 9."""
    nine = 900_000_000 + number
    return Snils(nine * 100 + check_digits(nine))


def relatives(count: int, name_length: int | None = None) -> tuple[FamilyMember, ...]:
    """So many relatives, each with a number of their own, in the relations that families have."""
    parts = ("Лебедева", "Анна", "Павловна")
    if name_length is not None:
        surname, given, patronymic = (long_name(unit, name_length) for unit in NAMES)
        parts = (surname, given, patronymic)
    return tuple(
        FamilyMember(*parts, invented_snils(2_654_321 * n), RELATIONS[n % len(RELATIONS)])
        for n in range(1, count + 1)
    )


def wide_relations() -> tuple[FamilyMember, ...]:
    """Relatives whose relation has no place to break at, or a word among others that has none."""
    wide = ("Ш" * LIMITS.relation, f"опекун {'Ш' * 19} {'Ш' * 25} и их детей")
    return tuple(
        replace(one, relation=relation) for one, relation in zip(relatives(2), wide, strict=True)
    )


def longest_texts() -> StatusRecord:
    """Every text as long as the rules allow, with spaces to break at; no relatives."""
    basis = record().basis
    assert basis is not None
    title = "Постановление Правительства Российской Федерации о мерах поддержки "
    return replace(
        record(),
        family_members=(),
        status_name=long_name("Член семьи погибшего участника операции ", LIMITS.status_name),
        basis=replace(basis, title=long_name(title, LIMITS.basis_title)),
        authority=long_name("Министерство труда и защиты населения края ", LIMITS.authority),
        certificate_number=long_name("76-0001/2026-ДОП-", LIMITS.number),
    )


def long_numbers() -> StatusRecord:
    """Numbers as registers give them, longer than a word is: 25 digits without a space."""
    basis = record().basis
    assert basis is not None
    return replace(
        record(),
        certificate_number="0123456789012345678901234",
        basis=replace(basis, number="9876543210987654321098765"),
    )
