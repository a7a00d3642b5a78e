"""Reading an object of JSON field by field: what is wrong is noted, what is unknown is kept."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias, TypeVar

from .errors import RuleViolation
from .strict_json import JsonValue

T = TypeVar("T")

Place: TypeAlias = tuple[str | int, ...]


class Reading:
    """What reading one document has found: violations, paths that failed, unknown fields."""

    def __init__(self) -> None:
        self.violations: list[RuleViolation] = []
        self.extra: dict[Place, JsonValue] = {}
        self._failed: list[str] = []

    def refuse(self, rule: str, path: str, message: str) -> None:
        """Note a violation, unless it lies within a part that could not be read anyway."""
        if not self.failed(path):
            self.violations.append(RuleViolation(rule, path, message))
            self._failed.append(path)

    def failed(self, path: str) -> bool:
        """Whether this field, or something that it is part of, could not be read."""
        return any(
            part in ("", path) or path.startswith((part + ".", part + "[")) for part in self._failed
        )


class Fields:
    """The fields of one object of the entry; remembers which were asked for."""

    def __init__(self, reading: Reading, value: JsonValue, place: Place) -> None:
        self._reading = reading
        self._place = place
        self._asked: set[str] = set()
        self._values: Mapping[str, JsonValue] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            reading.refuse("FIELD_TYPE", path_of(place), "нужен объект")

    def refuse(self, rule: str, name: str, message: str) -> None:
        """Note a violation at the field `name`."""
        self._reading.refuse(rule, path_of((*self._place, name)), message)

    def _get(self, name: str, kind: type[T], what: str) -> T | None:
        self._asked.add(name)
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, kind):
            self.refuse("FIELD_TYPE", name, f"нужно: {what}")
            return None
        return value

    def text(self, name: str) -> str | None:
        """The text in a field; None where it is absent, null or of another type."""
        return self._get(name, str, "текст")

    def flag(self, name: str) -> bool | None:
        """The truth value in a field."""
        return self._get(name, bool, "true или false")

    def items(self, name: str) -> Iterator["Fields"]:
        """The objects in a list."""
        for number, item in enumerate(self._get(name, list, "список") or []):
            yield Fields(self._reading, item, (*self._place, name, number))

    def section(self, name: str, missing: str = "SECTION_MISSING") -> "Fields":
        """A required object; an empty one in its place where it is missing."""
        self._asked.add(name)
        value = self._values.get(name)
        if value is None:
            self.refuse(missing, name, "нет обязательного раздела")
            value = {}
        return Fields(self._reading, value, (*self._place, name))

    def optional_section(self, name: str) -> "Fields | None":
        """An object that may be absent or null."""
        if self._values.get(name) is None:
            self._asked.add(name)
            return None
        return self.section(name)

    def keep_rest(self) -> None:
        """Keep the fields that nobody asked for."""
        for name, value in self._values.items():
            if name not in self._asked:
                self._reading.extra[(*self._place, name)] = value


def path_of(place: Place) -> str:
    """`family_members[1].snils`, as messages name a field."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(
        "."
    )
