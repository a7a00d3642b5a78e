"""The records of a file on their way into the registry: read, judged, and told apart. Pure.

A status is known by what the register calls it: its own id there, else the certificate's number,
else person, category, region and first day. Two records of one file that call a status the same
are both refused: neither may win by chance.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
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

from .statuses import Ended, read_ended

_LONGEST_NAME: Final = 100  # characters
MAX_REASON: Final = 500  # characters
MAX_RECORD: Final = 2**20  # bytes as JSON, with all that the register keeps beside the record
GIVEN_HERE: Final = ("certificate_number_given_here",)  # among the extra fields of a kept entry
_PERSONS_NUMBER: Final = re.compile(r"(?<!\d)\d{3}[-\s]?\d{3}[-\s]?\d{3}[-\s]?\d{2}(?!\d)")

_TWICE = RuleViolation(
    "STATUS_TWICE",
    "",
    "в файле несколько записей об одном статусе: оставьте одну",
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
    source: bytes
    older_source: bytes | None  # what it was called before it had a certificate's number


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is not taken, and every rule that it breaks."""

    number: int
    name: str
    error: RecordRefused


def read(
    values: Sequence[JsonValue], finder: Finder, categories: Categories
) -> tuple[list[Incoming], list[Refusal]]:
    """The records of a file that may be taken, and those that may not."""
    taken: list[Incoming] = []
    refused: list[Refusal] = []
    calls: Counter[bytes] = Counter()  # what each readable or unreadable record calls its status
    for number, value in enumerate(values, 1):
        name = _name(value) or f"запись {number}"
        try:
            entry, ended = _judge(value, categories)
        except RecordRefused as error:
            refused.append(Refusal(number, name, error))
            called = value.get("id") if isinstance(value, dict) else None
            if isinstance(called, str) and _is_text(called):
                calls[_by_id(called, finder)] += 1
        else:
            one = _incoming(number, name, entry, ended, finder)
            calls[one.source] += 1
            taken.append(one)
    twice = RecordRefused([_TWICE])
    refused += [Refusal(i.number, i.name, twice) for i in taken if calls[i.source] > 1]
    taken = [one for one in taken if calls[one.source] == 1]
    olders = Counter(one.older_source for one in taken)
    for place, one in enumerate(taken):
        if one.older_source in calls or olders[one.older_source] > 1:
            taken[place] = replace(one, older_source=None)
    return taken, refused


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
    parts = (snils.number, record.category, record.region_code, record.period.valid_from)
    plain = finder.status("\0".join(("person", *map(str, parts))))
    certificate = " ".join((record.certificate_number or "").split())
    older = None
    if entry.id and entry.id.strip():
        source = _by_id(entry.id, finder)
    elif certificate:
        source, older = finder.status(f"certificate\0{certificate}"), plain
    else:
        source = plain
    return Incoming(
        number=number,
        name=name,
        entry=entry,
        ended=ended,
        person=finder.person(snils),
        certificate=finder.certificate(certificate) if certificate else None,
        source=source,
        older_source=older,
    )


def _is_text(text: str) -> bool:
    """Whether it can be written as UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _by_id(called: str, finder: Finder) -> bytes:
    return finder.status(f"id\0{' '.join(called.split())}")


def _name(value: JsonValue) -> str | None:
    """The id of a record, where it can be printed and could not be a person's number."""
    called = value.get("id") if isinstance(value, dict) else None
    if not isinstance(called, str) or not called.strip() or not called.isprintable():
        return None
    if len(called) > _LONGEST_NAME:
        return None
    return None if _PERSONS_NUMBER.search(called) else called
