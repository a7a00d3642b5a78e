"""Register records in JSON, both ways. The shape is published as `record.schema.json`.

Reading reports every error of a record at once: first those of form (is this a date?), then the
rules of issuing on whatever could be read. Fields that are not known are kept aside, not refused:
registers carry more than a status needs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from . import rules, strict_json
from .catalogue import Categories, subjects
from .errors import RecordRefused, RuleViolation
from .record import Basis, FamilyMember, Period, Person, Region, StatusRecord
from .snils import Snils, broken_rule
from .strict_json import JsonValue

T = TypeVar("T")

Place: TypeAlias = tuple[str | int, ...]

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
    reader = _Reader()
    entry = reader.entry(value)
    found = [*reader.violations]
    for violation in rules.broken(entry.record, categories):
        if not any(_covers(path, violation.path) for path in reader.failed):
            found.append(violation)
    if found:
        raise RecordRefused(found)
    return entry


def _covers(failed: str, path: str) -> bool:
    return failed == "" or path == failed or path.startswith((failed + ".", failed + "["))


class _Reader:
    """Reads one entry, noting what is wrong and which paths could not be read."""

    def __init__(self) -> None:
        self.violations: list[RuleViolation] = []
        self.failed: list[str] = []
        self.extra: dict[Place, JsonValue] = {}

    def refuse(self, rule: str, path: str, message: str) -> None:
        if any(_covers(failed, path) for failed in self.failed):
            return  # what it is part of could not be read, and that has been said
        self.violations.append(RuleViolation(rule, path, message))
        self.failed.append(path)

    def entry(self, value: JsonValue) -> RegisterEntry:
        whole = _Fields(self, value, ())
        status = whole.section("status")
        record = StatusRecord(
            holder=self.holder(whole.section("holder")),
            family_members=tuple(map(self.member, whole.items("family_members"))),
            category=status.text("category") or "",
            status_name=status.text("name") or "",
            established_on=self.day(status, "established_on"),
            period=self.period(status.section("period", "PERIOD_MISSING")),
            basis=self.basis(status.optional_section("basis")),
            authority=status.text("authority"),
            certificate_number=whole.text("certificate_number"),
            measures_through=self.day(whole, "measures_until"),
            region=self.region(whole.optional_section("region")),
            data_as_of=self.moment(whole, "data_as_of"),
        )
        required = whole.flag("family_members_required")
        if required and not record.family_members:
            self.refuse(
                "FAMILY_MISSING", "family_members", "члены семьи обязательны, но не указаны"
            )
        name = whole.text("id")
        for fields in (whole, status):
            fields.keep_rest()
        return RegisterEntry(record, name, required, MappingProxyType(self.extra))

    def holder(self, fields: "_Fields") -> Person:
        person = self.person(fields)
        fields.keep_rest()
        return person

    def person(self, fields: "_Fields") -> Person:
        names = [fields.text(part) for part in ("family_name", "given_name", "patronymic")]
        mononym = fields.flag("mononym")
        if names[1] is None and names[2] is None and not mononym:
            message = "нет имени; если имя одно, нужно mononym: true"
            self.refuse("NAME_MISSING", fields.at("given_name"), message)
        snils = self.snils(fields)
        return Person(names[0] or "", names[1], names[2], snils)

    def member(self, fields: "_Fields") -> FamilyMember:
        person = self.person(fields)
        relation = fields.text("relation") or ""
        fields.keep_rest()
        return FamilyMember(
            person.family_name, person.given_name, person.patronymic, person.snils, relation
        )

    def snils(self, fields: "_Fields") -> Snils | None:
        text = fields.text("snils")
        if text is None:
            return None
        rule = broken_rule(text)
        if rule in ("SNILS_CHARS", "SNILS_LENGTH"):
            self.refuse(rule, fields.at("snils"), rules.SNILS_MESSAGES[rule])
            return None
        return Snils(int(re.sub("[^0-9]", "", text)))  # its check digits are for the rules

    def period(self, fields: "_Fields") -> Period:
        start = self.day(fields, "valid_from")
        if start is None:
            self.refuse("PERIOD_START_MISSING", fields.at("valid_from"), "нет начала периода")
        through = self.day(fields, "valid_through")
        indefinite = bool(fields.flag("indefinite"))
        fields.keep_rest()
        return Period(start or min(through or _STAND_IN_DAY, _STAND_IN_DAY), through, indefinite)

    def basis(self, fields: "_Fields | None") -> Basis | None:
        if fields is None:
            return None
        basis = Basis(fields.text("title") or "", fields.text("number"), self.day(fields, "date"))
        fields.keep_rest()
        return basis

    def region(self, fields: "_Fields | None") -> Region | None:
        if fields is None:
            return None
        code = fields.text("subject_code") or ""
        if re.fullmatch("[0-9]{1,3}", code):
            code = f"{int(code):02d}"
        names = [fields.text(part) for part in ("name", "oktmo", "time_zone")]
        fields.keep_rest()
        return Region(code, *names)

    def day(self, fields: "_Fields", name: str) -> date | None:
        text = fields.text(name)
        if text is None:
            return None
        if not _DAY.fullmatch(text):
            self.refuse("DATE_FORMAT", fields.at(name), "дата не в виде ГГГГ-ММ-ДД")
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.refuse("DATE_NOT_EXISTS", fields.at(name), "такого дня нет в календаре")
            return None

    def moment(self, fields: "_Fields", name: str) -> datetime | None:
        text = fields.text(name)
        if text is None:
            return None
        try:
            if not _MOMENT.fullmatch(text):
                raise ValueError
            moment = datetime.fromisoformat(text)
        except ValueError:
            message = "время не в виде ГГГГ-ММ-ДДTчч:мм:сс+чч:мм"
            self.refuse("DATE_FORMAT", fields.at(name), message)
            return None
        if moment.tzinfo is None:
            message = "время без часового пояса: добавьте, например, +03:00"
            self.refuse("DATA_AS_OF_NO_ZONE", fields.at(name), message)
            return None
        return moment.replace(microsecond=0)


class _Fields:
    """The fields of one object of the entry; remembers which were asked for."""

    def __init__(self, reader: _Reader, value: JsonValue, place: Place) -> None:
        self._reader = reader
        self._place = place
        self._asked: set[str] = set()
        self._values: Mapping[str, JsonValue] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            reader.refuse("FIELD_TYPE", _path(place), "нужен объект")

    def at(self, name: str) -> str:
        return _path((*self._place, name))

    def _get(self, name: str, kind: type[T], what: str) -> T | None:
        self._asked.add(name)
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, kind):
            self._reader.refuse("FIELD_TYPE", self.at(name), f"нужно: {what}")
            return None
        return value

    def text(self, name: str) -> str | None:
        return self._get(name, str, "текст")

    def flag(self, name: str) -> bool | None:
        return self._get(name, bool, "true или false")

    def items(self, name: str) -> Iterator["_Fields"]:
        for number, item in enumerate(self._get(name, list, "список") or []):
            yield _Fields(self._reader, item, (*self._place, name, number))

    def section(self, name: str, missing: str = "SECTION_MISSING") -> "_Fields":
        self._asked.add(name)
        value = self._values.get(name)
        if value is None:
            self._reader.refuse(missing, self.at(name), "нет обязательного раздела")
            value = {}
        return _Fields(self._reader, value, (*self._place, name))

    def optional_section(self, name: str) -> "_Fields | None":
        if self._values.get(name) is None:
            self._asked.add(name)
            return None
        return self.section(name)

    def keep_rest(self) -> None:
        for name, value in self._values.items():
            if name not in self._asked:
                self._reader.extra[(*self._place, name)] = value


def _path(place: Place) -> str:
    """`family_members[1].snils`, as messages name a field."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(
        "."
    )


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


def record_to_json(record: StatusRecord) -> dict[str, JsonValue]:
    """The record in the shape of the register; a СНИЛС known in part is shown masked."""
    period = record.period
    return {
        "holder": _person_out(record.holder),
        "family_members": [
            {**_person_out(member), "relation": member.relation} for member in record.family_members
        ],
        "status": {
            "name": record.status_name,
            "category": record.category,
            "established_on": _day_out(record.established_on),
            "period": {
                "valid_from": _day_out(period.valid_from),
                "valid_through": _day_out(period.valid_through),
                "indefinite": period.indefinite,
            },
            "basis": _basis_out(record.basis),
            "authority": record.authority,
        },
        "certificate_number": record.certificate_number,
        "measures_until": _day_out(record.measures_through),
        "region": _region_out(record.region),
        "data_as_of": _moment_out(record.data_as_of),
    }


def _person_out(person: Person) -> dict[str, JsonValue]:
    return {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "patronymic": person.patronymic,
        "snils": person.snils.formatted if person.snils else None,
        **({"mononym": True} if person.given_name is None else {}),
    }


def _basis_out(basis: Basis | None) -> dict[str, JsonValue] | None:
    if basis is None:
        return None
    return {"title": basis.title, "number": basis.number, "date": _day_out(basis.dated)}


def _region_out(region: Region | None) -> dict[str, JsonValue] | None:
    if region is None:
        return None
    subject = subjects().get(region.subject_code)
    name = region.name or (subject.name if subject else None)
    parts = {
        "subject_code": region.subject_code,
        "name": name,
        "oktmo": region.oktmo,
        "time_zone": region.time_zone,
    }
    return {key: value for key, value in parts.items() if value is not None}


def _day_out(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment_out(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
