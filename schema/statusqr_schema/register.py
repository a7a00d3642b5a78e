"""Register records in JSON: what a register gives, and the reading of it.

The shape is published as `record.schema.json`. Reading reports every error of a record at once:
first those of form (is this a date?), then the rules of issuing on whatever could be read. Fields
that are not known are kept aside, not refused: registers carry more than a status needs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from . import rules, strict_json
from .catalogue import Categories
from .errors import RecordRefused
from .json_fields import Fields, Place, Reading
from .record import Basis, FamilyMember, Period, Person, Region, StatusRecord
from .record_json import record_to_json
from .snils import Snils, broken_rule
from .strict_json import JsonValue

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"
    "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?"
)
_STAND_IN_DAY = date(2000, 1, 1)  # in the place of a day that could not be read, never kept


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A record as a register gives it: the status, its own name there, and what else came along.

    `extra` holds unknown fields by their place, e.g. `("holder", "birth_place")`.
    """

    record: StatusRecord
    id: str | None = None
    family_members_required: bool | None = None
    extra: Mapping[Place, JsonValue] = field(default_factory=lambda: MappingProxyType({}))


def split_records(text: str) -> list[JsonValue]:
    """The records in a file: one record, a list, or `{"records": [...]}`; ValueError otherwise."""
    value = strict_json.loads(text)
    if isinstance(value, dict) and "records" in value:
        value = value["records"]
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        return value
    raise ValueError("нужна запись, список записей или объект с полем records")


def read_entry(value: JsonValue, categories: Categories | None = None) -> RegisterEntry:
    """The entry, or RecordRefused with every rule that it breaks."""
    reading = Reading()
    entry = _entry(reading, value)
    broken = rules.broken(entry.record, categories)
    if found := [*reading.violations, *(v for v in broken if not reading.failed(v.path))]:
        raise RecordRefused(found)
    return entry


def kept_entry(value: JsonValue) -> RegisterEntry:
    """An entry that `entry_to_json` wrote: judged when it came, so only its form is read again.

    Rules and categories may be others today. ValueError where it is not such an entry.
    """
    reading = Reading()
    entry = _entry(reading, value)
    if reading.violations:
        raise ValueError("not an entry that was kept")
    return entry


def entry_to_json(entry: RegisterEntry) -> dict[str, JsonValue]:
    """The entry in the shape that `read_entry` reads, the extra fields in their places."""
    result: dict[str, JsonValue] = {} if entry.id is None else {"id": entry.id}
    result |= record_to_json(entry.record)
    if entry.family_members_required is not None:
        result["family_members_required"] = entry.family_members_required
    for place, value in entry.extra.items():
        target: JsonValue = result
        for part in place[:-1]:
            target = target[part]  # type: ignore[index]
        target[place[-1]] = value  # type: ignore[index]
    return result


def _entry(reading: Reading, value: JsonValue) -> RegisterEntry:
    whole = Fields(reading, value, ())
    status = whole.section("status")
    record = StatusRecord(
        holder=_holder(whole.section("holder")),
        family_members=tuple(map(_member, whole.items("family_members"))),
        category=status.text("category") or "",
        status_name=status.text("name") or "",
        established_on=_day(status, "established_on"),
        period=_period(status.section("period", "PERIOD_MISSING")),
        basis=_basis(status.optional_section("basis")),
        authority=status.text("authority"),
        certificate_number=whole.text("certificate_number"),
        measures_through=_day(whole, "measures_until"),
        region=_region(whole.optional_section("region")),
        data_as_of=_moment(whole, "data_as_of"),
    )
    required = whole.flag("family_members_required")
    if required and not record.family_members:
        whole.refuse("FAMILY_MISSING", "family_members", "члены семьи обязательны, но не указаны")
    name = whole.text("id")
    for fields in (whole, status):
        fields.keep_rest()
    return RegisterEntry(record, name, required, MappingProxyType(reading.extra))


def _holder(fields: Fields) -> Person:
    person = _person(fields)
    fields.keep_rest()
    return person


def _person(fields: Fields) -> Person:
    names = [fields.text(part) for part in ("family_name", "given_name", "patronymic")]
    mononym = fields.flag("mononym")
    if names[1] is None and names[2] is None and not mononym:
        message = "нет имени; если имя одно, нужно mononym: true"
        fields.refuse("NAME_MISSING", "given_name", message)
    snils = _snils(fields)
    return Person(names[0] or "", names[1], names[2], snils)


def _member(fields: Fields) -> FamilyMember:
    person = _person(fields)
    relation = fields.text("relation") or ""
    fields.keep_rest()
    return FamilyMember(
        person.family_name, person.given_name, person.patronymic, person.snils, relation
    )


def _snils(fields: Fields) -> Snils | None:
    text = fields.text("snils")
    if text is None:
        return None
    rule = broken_rule(text)
    if rule in ("SNILS_CHARS", "SNILS_LENGTH"):
        fields.refuse(rule, "snils", rules.SNILS_MESSAGES[rule])
        return None
    return Snils(int(re.sub("[^0-9]", "", text)))  # its check digits are for the rules


def _period(fields: Fields) -> Period:
    start = _day(fields, "valid_from")
    if start is None:
        fields.refuse("PERIOD_START_MISSING", "valid_from", "нет начала периода")
    through = _day(fields, "valid_through")
    indefinite = bool(fields.flag("indefinite"))
    fields.keep_rest()
    return Period(start or min(through or _STAND_IN_DAY, _STAND_IN_DAY), through, indefinite)


def _basis(fields: Fields | None) -> Basis | None:
    if fields is None:
        return None
    basis = Basis(fields.text("title") or "", fields.text("number"), _day(fields, "date"))
    fields.keep_rest()
    return basis


def _region(fields: Fields | None) -> Region | None:
    if fields is None:
        return None
    code = fields.text("subject_code") or ""
    if re.fullmatch("[0-9]{1,3}", code):
        code = f"{int(code):02d}"
    names = [fields.text(part) for part in ("name", "oktmo", "time_zone")]
    fields.keep_rest()
    return Region(code, *names)


def _day(fields: Fields, name: str) -> date | None:
    text = fields.text(name)
    if text is None:
        return None
    if not _DAY.fullmatch(text):
        fields.refuse("DATE_FORMAT", name, "дата не в виде ГГГГ-ММ-ДД")
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        fields.refuse("DATE_NOT_EXISTS", name, "такого дня нет в календаре")
        return None


def _moment(fields: Fields, name: str) -> datetime | None:
    text = fields.text(name)
    if text is None:
        return None
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = "время не в виде ГГГГ-ММ-ДДTчч:мм:сс+чч:мм"
        fields.refuse("DATE_FORMAT", name, message)
        return None
    if moment.tzinfo is None:
        message = "время без часового пояса: добавьте, например, +03:00"
        fields.refuse("DATA_AS_OF_NO_ZONE", name, message)
        return None
    return moment.replace(microsecond=0)
