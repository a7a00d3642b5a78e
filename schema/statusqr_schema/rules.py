"""The rules that bind an issuer, each with a stable code and the field that breaks it.

The points are those of order 653n. Rules on form (is this a date at all?) are in `register`.
"""

from collections.abc import Iterator
from datetime import UTC, date
from difflib import get_close_matches
from functools import lru_cache

from .catalogue import Categories, subjects
from .days import FIRST_DAY, LAST_DAY, LAST_INSTANT, years_after, zone
from .errors import RecordRefused, RuleViolation
from .names import broken_rules, broken_text_rules, is_placeholder, is_plain_name
from .record import FamilyMember, Person, Region, StatusRecord
from .record_cbor import LIMITS, MAX_FAMILY
from .snils import Snils, broken_rule


def demand(record: StatusRecord, categories: Categories | None = None) -> None:
    """RecordRefused with everything that is wrong, if anything is."""
    if violations := list(broken(record, categories)):
        raise RecordRefused(violations)


def broken(record: StatusRecord, categories: Categories | None = None) -> Iterator[RuleViolation]:
    """Every rule that `record` breaks, in the order of the fields."""
    yield from _person(record.holder, "holder")
    yield from _family(record)
    yield from _status(record, categories or Categories.builtin())
    yield from _period(record, categories or Categories.builtin())
    yield from _decision(record)
    yield from _text(record.certificate_number, "certificate_number", LIMITS.number)
    yield from _region(record.region)
    yield from _days(record)


def _person(person: Person, path: str) -> Iterator[RuleViolation]:
    if not person.family_name.strip():
        yield RuleViolation("NAME_MISSING", f"{path}.family_name", "нет фамилии")
    if person.given_name is None and person.patronymic is not None:
        yield RuleViolation("NAME_MISSING", f"{path}.given_name", "есть отчество, но нет имени")
    parts = (
        ("family_name", person.family_name),
        ("given_name", person.given_name),
        ("patronymic", person.patronymic),
    )
    for name, part in parts:
        if part is None or (is_plain_name(part) and not is_placeholder(part)):
            continue
        where = f"{path}.{name}"
        if name == "patronymic" and is_placeholder(part):
            message = "вместо отсутствующего отчества стоит знак: оставьте поле пустым (null)"
            yield RuleViolation("PATRONYMIC_PLACEHOLDER", where, message)
        elif not part.strip():
            if name != "family_name":
                message = "пустая строка: если имени нет, нужен null"
                yield RuleViolation("NAME_MISSING", where, message)
        else:
            yield from (RuleViolation(rule, where, why) for rule, why in broken_rules(part))
    if isinstance(person.snils, Snils):
        if not person.snils.valid and (rule := broken_rule(f"{person.snils.number:011d}")):
            yield RuleViolation(rule, f"{path}.snils", SNILS_MESSAGES[rule])
    else:
        member = isinstance(person, FamilyMember)
        rule = "FAMILY_MEMBER_SNILS_MISSING" if member else "SNILS_MISSING"
        yield RuleViolation(rule, f"{path}.snils", "нет СНИЛС (приказ № 653н, п. 2а)")


SNILS_MESSAGES = {
    "SNILS_CHARS": "в СНИЛС не только цифры (например, буква О вместо нуля)",
    "SNILS_LENGTH": "в СНИЛС должно быть 11 цифр",
    "SNILS_ZERO": "нулевой СНИЛС не выдавался",
    "SNILS_CHECKSUM": "контрольное число СНИЛС не сходится: проверьте цифры",
    "SNILS_REMAINDER_100": "контрольное число СНИЛС не сходится: при остатке 100 пишется 00",
}


def _family(record: StatusRecord) -> Iterator[RuleViolation]:
    if not record.family_members:
        return
    if len(record.family_members) > MAX_FAMILY:
        message = f"больше {MAX_FAMILY} членов семьи"
        yield RuleViolation("FAMILY_TOO_LARGE", "family_members", message)
    for number, member in enumerate(record.family_members):
        path = f"family_members[{number}]"
        yield from _person(member, path)
        if not member.relation.strip():
            message = "не указано, кем приходится"
            yield RuleViolation("RELATION_MISSING", f"{path}.relation", message)
        else:
            yield from _text(member.relation, f"{path}.relation", LIMITS.relation)
    numbers = [p.snils for p in (record.holder, *record.family_members) if p.snils is not None]
    if len(set(numbers)) < len(numbers):
        message = "один СНИЛС у двух человек"
        yield RuleViolation("FAMILY_MEMBER_DUPLICATE", "family_members", message)


def _status(record: StatusRecord, categories: Categories) -> Iterator[RuleViolation]:
    if not record.category:
        yield RuleViolation("CATEGORY_MISSING", "status.category", "нет кода категории")
    elif record.category not in categories:
        near = get_close_matches(record.category, categories.by_code, 3, 0.5)
        hint = f"; похожи: {', '.join(near)}" if near else ""
        message = f"категории нет в каталоге (statusqr-issuer categories){hint}"
        yield RuleViolation("CATEGORY_UNKNOWN", "status.category", message)
    if not record.status_name.strip():
        message = "нет наименования статуса (приказ № 653н, п. 2б)"
        yield RuleViolation("STATUS_NAME_MISSING", "status.name", message)
    else:
        yield from _text(record.status_name, "status.name", LIMITS.status_name)


def _period(record: StatusRecord, categories: Categories) -> Iterator[RuleViolation]:
    period, category = record.period, categories.get(record.category)
    limit = category.term_limit if category else None
    limited = limit is not None and (not limit.regions or record.region_code in limit.regions)
    if period.indefinite and period.valid_through is not None:
        message = "и «бессрочно», и дата окончания"
        yield RuleViolation("INDEFINITE_WITH_END", "status.period", message)
    elif period.valid_through is not None and period.valid_through < period.valid_from:
        yield RuleViolation("PERIOD_REVERSED", "status.period", "конец раньше начала")
    elif limit is not None and limited:
        longest = years_after(period.valid_from, limit.years)
        if period.valid_through is None or period.valid_through > longest:
            yield RuleViolation(limit.rule, "status.period.valid_through", limit.message)


def _decision(record: StatusRecord) -> Iterator[RuleViolation]:
    if record.established_on is None:
        message = "нет даты установления статуса (приказ № 653н, п. 2б)"
        yield RuleViolation("ESTABLISHED_DATE_MISSING", "status.established_on", message)
    elif _is_after_data(record.established_on, record):
        message = "статус установлен позже времени представления сведений"
        yield RuleViolation("ESTABLISHED_AFTER_DATA", "status.established_on", message)
    if record.basis is None or not record.basis.title.strip():
        message = "нет основания (приказ № 653н, п. 2б)"
        yield RuleViolation("BASIS_MISSING", "status.basis", message)
    else:
        yield from _text(record.basis.title, "status.basis.title", LIMITS.basis_title)
        yield from _text(record.basis.number, "status.basis.number", LIMITS.number)
    if not record.authority or not record.authority.strip():
        message = "нет органа, принявшего решение (приказ № 653н, п. 2б)"
        yield RuleViolation("AUTHORITY_MISSING", "status.authority", message)
    else:
        yield from _text(record.authority, "status.authority", LIMITS.authority)


def _is_after_data(day: date, record: StatusRecord) -> bool:
    """Whether `day` comes after that of `data_as_of` in the record's region.

    21:00 in Moscow is tomorrow farther east. No zone of the country is behind UTC.
    """
    moment = record.data_as_of
    if moment is None or moment.tzinfo is None:
        return False
    try:
        if day <= moment.astimezone(UTC).date():
            return False
        return day > max(moment.astimezone(zone(name)).date() for name in _zones(record.region))
    except OverflowError:  # at the very end of the calendar, which `_days` refuses
        return False


def _zones(region: Region | None) -> tuple[str, ...]:
    subject = subjects().get(region.subject_code) if region else None
    if region is None or subject is None:
        return ("Europe/Moscow",)
    return (region.time_zone,) if region.time_zone in subject.zones else subject.zones


def _region(region: Region | None) -> Iterator[RuleViolation]:
    if region is None:
        message = "нет региона: по его времени кончается последний день срока"
        yield RuleViolation("REGION_MISSING", "region", message)
        return
    subject = subjects().get(region.subject_code)
    if subject is None:
        message = "нет такого кода субъекта Российской Федерации"
        yield RuleViolation("REGION_UNKNOWN", "region.subject_code", message)
        return
    if region.oktmo is not None and _subject_of_oktmo(region.oktmo) != subject.code:
        message = "код субъекта и ОКТМО указывают на разные регионы"
        yield RuleViolation("REGION_MISMATCH", "region.oktmo", message)
    if region.time_zone is not None and region.time_zone not in subject.zones:
        message = "в этом регионе другой часовой пояс"
        yield RuleViolation("REGION_ZONE", "region.time_zone", message)


@lru_cache(maxsize=4096)
def _subject_of_oktmo(oktmo: str) -> str | None:
    """The subject with the longest prefix of this code: 718… is Югра, other 71… are Тюмень."""
    fit = [subject for subject in subjects().values() if oktmo.startswith(subject.oktmo)]
    return max(fit, key=lambda subject: len(subject.oktmo)).code if fit else None


def _days(record: StatusRecord) -> Iterator[RuleViolation]:
    moments = {
        "status.established_on": record.established_on,
        "status.period.valid_from": record.period.valid_from,
        "status.period.valid_through": record.period.valid_through,
        "status.basis.date": record.basis.dated if record.basis else None,
        "measures_until": record.measures_through,
    }
    for path, day in moments.items():
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            yield RuleViolation("DATE_OUT_OF_RANGE", path, "дата вне 1900–2199 годов")
    if record.data_as_of is None:
        return
    if record.data_as_of.tzinfo is None:
        message = "время сведений без часового пояса"
        yield RuleViolation("DATA_AS_OF_NO_ZONE", "data_as_of", message)
    elif not 0 <= record.data_as_of.timestamp() <= LAST_INSTANT:
        message = "время сведений вне 1970–2199 годов"
        yield RuleViolation("DATE_OUT_OF_RANGE", "data_as_of", message)


def _text(text: str | None, path: str, longest: int) -> Iterator[RuleViolation]:
    if text == "":
        yield RuleViolation("TEXT_EMPTY", path, "пустая строка: если значения нет, нужен null")
    elif text is not None:
        for rule, message in broken_text_rules(text, longest):
            yield RuleViolation(rule, path, message)
