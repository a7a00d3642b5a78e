"""Who may be chosen where a login is demonstrated: the holders of a file of invented records.

Two are added: one whose account is not confirmed, and one who has no status.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from statusqr_schema import Person, RegisterEntry, Snils, StatusQRError, split_records
from statusqr_schema.register import kept_entry
from statusqr_schema.strict_json import JsonValue

_NOBODY: Final = Person("Зимина", "Вера", "Павловна", Snils(95_050_050_065))
_UNCONFIRMED: Final = Person("Орлов", "Игорь", "Львович", Snils(95_050_050_166))


class DemoRefused(StatusQRError):
    """A demonstration that would not stay one, or a file of people that is none."""

    code = "DEMO"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to be chosen; `remark` tells the visitor what to expect, in Russian."""

    subject: str
    person: Person
    remark: str
    confirmed: bool = True

    @property
    def claims(self) -> Mapping[str, JsonValue]:
        """What the provider says about them, by the names that `CitizenRule` has by default."""
        named: dict[str, JsonValue] = {
            "sub": self.subject,
            "trusted": self.confirmed,
            "family_name": self.person.family_name,
            "given_name": self.person.given_name,
            "middle_name": self.person.patronymic,
        }
        if isinstance(self.person.snils, Snils):
            named["snils"] = self.person.snils.formatted
        return {name: value for name, value in named.items() if value is not None}


def read_people(path: Path) -> list[DemoPerson]:
    """The holders of the records in a file and the two others, or DemoRefused."""
    try:
        entries = [kept_entry(value) for value in split_records(path.read_text(encoding="utf-8"))]
    except OSError as error:
        raise DemoRefused(f"{path.name}: не читается: {error.strerror}") from error
    except ValueError as error:
        raise DemoRefused(f"{path.name}: это не файл записей регистра") from error
    return people(entries)


def people(entries: Iterable[RegisterEntry]) -> list[DemoPerson]:
    """Each holder once, with the names of their statuses."""
    statuses: dict[Snils, tuple[Person, list[str]]] = {}
    for entry in entries:
        holder = entry.record.holder
        if isinstance(holder.snils, Snils):
            _, names = statuses.setdefault(holder.snils, (holder, []))
            names.append(entry.record.status_name)
    found = [(person, ", ".join(names)) for person, names in statuses.values()]
    listed = [DemoPerson(f"demo-{n}", *each) for n, each in enumerate(found, 1)]
    return [
        *listed,
        DemoPerson("demo-without", _NOBODY, "Статусов нет"),
        DemoPerson(
            "demo-unconfirmed", _UNCONFIRMED, "Учётная запись не подтверждена", confirmed=False
        ),
    ]
