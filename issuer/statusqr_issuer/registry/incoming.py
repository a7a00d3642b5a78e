"""The records of a file on their way into the registry: read, judged, and told apart. Pure.

A status is known by what the register calls it (`status_names`). Records of one file that speak of
one status are all refused: none may win by chance.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Final

from statusqr_keys.finder import Finder
from statusqr_schema import (
    Categories,
    RecordRefused,
    RegisterEntry,
    RuleViolation,
    Snils,
    read_entry,
)
from statusqr_schema.days import FIRST_DAY, LAST_DAY
from statusqr_schema.names import broken_text_rules
from statusqr_schema.strict_json import JsonValue

from ..naming import printable_id
from .status_names import Called, by_id, name_of, plain_name
from .statuses import Ended, read_ended

MAX_REASON: Final = 500  # characters
MAX_RECORD: Final = 2**20  # bytes as JSON, with all that the register keeps beside the record
GIVEN_HERE: Final = ("certificate_number_given_here",)  # among the extra fields of a kept entry

_TWICE = RuleViolation(
    "STATUS_TWICE",
    "",
    "в файле несколько записей об одном статусе: оставьте одну, а разным статусам дайте разные id",
)
_NOT_TEXT = RuleViolation(
    "TEXT_BROKEN",
    "",
    "в записи есть половина символа (одиночный суррогат \\ud800…): исправьте выгрузку",
)
_TOO_LARGE = RuleViolation(
    "RECORD_TOO_LARGE",
    "",
    "запись больше 1 МБ: уберите из неё лишнее",
)
_ENDED_FORM = RuleViolation(
    "REVOKED_FORM",
    "revoked",
    'нужно {"effective_on": "ГГГГ-ММ-ДД", "reason": "…"} или null',
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record that keeps every rule. Digests are those of the registry's finder."""

    number: int  # its place in the file, from 1
    name: str  # as messages call it
    entry: RegisterEntry = field(repr=False)
    ended: Ended | None
    person: bytes
    certificate: bytes | None
    called: Called
    source: bytes  # what it is called: its strongest name
    plain: bytes  # what it would be called if it had neither id nor certificate

    @property
    def marks(self) -> tuple[bytes | tuple[bytes, bytes], ...]:
        """What tells a status of a person from the others, weaker than another kind of name."""
        certified = () if self.certificate is None else ((self.person, self.certificate),)
        return (self.plain, *certified)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is not taken, and every rule that it breaks."""

    number: int
    name: str
    error: RecordRefused
    certificate: bytes | None = None  # the digest of its number, where that can be read
    record: Incoming | None = None  # one that keeps the rules, but is not the only one


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the file has beside the batch in hand.

    `people` are all of its records that can be read, by person: who else may mean a status.
    `claimed` are digests of the numbers in it, also of refused records, which will come again.
    """

    people: Mapping[bytes, Sequence[Incoming]]
    claimed: Set[bytes]

    @classmethod
    def of(cls, taken: Sequence[Incoming], refused: Sequence[Refusal]) -> "Delivery":
        """Of what was taken and what was not."""
        people: defaultdict[bytes, list[Incoming]] = defaultdict(list)
        for one in (*taken, *(refusal.record for refusal in refused)):
            if one is not None:
                people[one.person].append(one)
        claims = (*(one.certificate for one in taken), *(one.certificate for one in refused))
        return cls(people, frozenset(filter(None, claims)))


def read(
    values: Sequence[JsonValue], finder: Finder, categories: Categories
) -> tuple[list[Incoming], list[Refusal]]:
    """The records of a file that may be taken, and those that may not."""
    taken: list[Incoming] = []
    refused: list[Refusal] = []
    calls: Counter[bytes] = Counter()  # what each readable or unreadable record calls its status
    kinds: defaultdict[object, set[Called]] = defaultdict(set)  # of names for what has such marks
    for number, value in enumerate(values, 1):
        name = printable_id(value) or f"запись {number}"
        try:
            entry, ended = _judge(value, categories)
        except RecordRefused as error:
            refused.append(Refusal(number, name, error, _certificate(value, finder)))
            if called := _text_of(value, "id"):
                calls[by_id(called, finder)] += 1
        else:
            one = _incoming(number, name, entry, ended, finder)
            calls[one.source] += 1
            for mark in one.marks:
                kinds[mark].add(one.called)
            taken.append(one)
    alone: list[Incoming] = []
    twice = RecordRefused([_TWICE])
    for one in taken:
        if calls[one.source] > 1 or any(len(kinds[mark]) > 1 for mark in one.marks):
            refused.append(Refusal(one.number, one.name, twice, one.certificate, one))
        else:
            alone.append(one)
    return alone, refused


def _judge(value: JsonValue, categories: Categories) -> tuple[RegisterEntry, Ended | None]:
    """The entry and its early end; RecordRefused with what is wrong with both."""
    whole = json.dumps(value, ensure_ascii=False)
    if not _is_text(whole):
        raise RecordRefused([_NOT_TEXT])
    if len(whole.encode("utf-8")) > MAX_RECORD:
        raise RecordRefused([_TOO_LARGE])
    violations: list[RuleViolation] = []
    entry = None
    try:
        entry = read_entry(value, categories)
    except RecordRefused as error:
        violations += error.violations
    ended, wrong = _early_end(value)
    violations += wrong
    if entry is None or violations:
        raise RecordRefused(violations)
    extra = {place: value for place, value in entry.extra.items() if place != GIVEN_HERE}
    return replace(entry, extra=extra), ended


def _early_end(value: JsonValue) -> tuple[Ended | None, list[RuleViolation]]:
    told = value.get("revoked") if isinstance(value, dict) else None
    try:
        ended = read_ended(told)
    except ValueError:
        return None, [_ENDED_FORM]
    if ended is None:
        return None, []
    wrong = []
    if not FIRST_DAY <= ended.on <= LAST_DAY:
        message = "дата вне 1900–2199 годов"
        wrong.append(RuleViolation("DATE_OUT_OF_RANGE", "revoked.effective_on", message))
    broken = broken_text_rules(ended.reason, MAX_REASON)
    wrong += [RuleViolation(rule, "revoked.reason", message) for rule, message in broken]
    return ended, wrong


def _incoming(
    number: int, name: str, entry: RegisterEntry, ended: Ended | None, finder: Finder
) -> Incoming:
    record = entry.record
    snils = record.holder.snils
    if not isinstance(snils, Snils):
        raise TypeError("a record that was not judged")
    certificate = " ".join((record.certificate_number or "").split())
    called, source = name_of(entry, finder)
    return Incoming(
        number=number,
        name=name,
        entry=entry,
        ended=ended,
        person=finder.person(snils),
        certificate=finder.certificate(certificate) if certificate else None,
        called=called,
        source=source,
        plain=plain_name(record, finder),
    )


def _is_text(text: str) -> bool:
    """Whether it can be written as UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _text_of(value: JsonValue, name: str) -> str | None:
    """A field of a record that may be wrong otherwise; None where it is empty or no text."""
    text = value.get(name) if isinstance(value, dict) else None
    return text if isinstance(text, str) and text.strip() and _is_text(text) else None


def _certificate(value: JsonValue, finder: Finder) -> bytes | None:
    number = _text_of(value, "certificate_number")
    return None if number is None else finder.certificate(number)
