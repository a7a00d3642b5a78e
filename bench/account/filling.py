"""A registry of many invented persons, made with the registry's own seals and digests.

Written in bulk, past the rules of loading: a million records through `load` would take longer than
all that is measured on them.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import insert

from bench.records import generate
from statusqr_issuer.registry import Registry
from statusqr_issuer.registry.tables import person, status, status_version
from statusqr_issuer.registry.vault import Cell
from statusqr_schema import Period, Snils, StatusRecord, read_entry
from statusqr_schema.days import to_number
from statusqr_schema.register import entry_to_json
from statusqr_schema.snils import check_digits

PHRASE = b"a passphrase of the bench"
_BATCH = 5_000
FIRST = 2_000_000  # of the numbers of SNILS
_WHEN = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())


def number_of(number: int) -> Snils:
    """The SNILS with this number before its check digits."""
    return Snils(number * 100 + check_digits(number))


def fill(registry: Registry, persons: int) -> None:
    """So many persons with one status each."""
    rows = _rows(registry, persons)
    with registry.writing("bench", datetime.now(UTC)) as work:
        while batch := list(islice(rows, _BATCH)):
            for table, values in zip(
                (person, status, status_version), zip(*batch, strict=True), strict=True
            ):
                work.connection.execute(insert(table), list(values))


def tidy(registry: Registry) -> None:
    """What PostgreSQL would do by itself in the minutes after: it is not what is measured."""
    if not registry.database.sqlite:
        with psycopg.connect(_address(registry), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def _address(registry: Registry) -> str:
    place = registry.database.engine.url.set(drivername="postgresql")
    return place.render_as_string(hide_password=False)


def _rows(registry: Registry, persons: int) -> Iterator[tuple[dict[str, Any], ...]]:
    templates = [read_entry(document) for document in generate(500)]
    standing = [entry for entry in templates if _stands(entry.record.period)]
    known = cycle([(entry_to_json(entry), entry.record) for entry in standing])
    for number, (template, record) in zip(range(FIRST, FIRST + persons), known, strict=False):
        yield _row(registry, number, template, record)


def _stands(period: Period) -> bool:
    """For some weeks about today; each of the persons can be shown a code."""
    today, soon = (
        datetime.now(UTC).date() - timedelta(days=2),
        datetime.now(UTC).date() + timedelta(days=60),
    )
    return period.valid_from < today and (period.valid_through or soon) >= soon


def _row(
    registry: Registry, number: int, template: dict[str, Any], record: StatusRecord
) -> tuple[dict[str, Any], ...]:
    snils = number_of(number)
    holder = {**template["holder"], "snils": snils.formatted}
    document = {**template, "id": f"bench-{number}", "holder": holder}
    entry = json.dumps(document, ensure_ascii=False).encode()
    who, what = uuid4(), uuid4()
    finder, end = registry.finder, record.period.valid_through
    held = {
        "id": what,
        "person_id": who,
        "source": finder.certificate(f"bench-{number}"),
        "certificate": finder.certificate(f"bench {number}"),
        "category": record.category,
        "region": record.region_code,
        "valid_from": to_number(record.period.valid_from),
        "valid_through": None if end is None else to_number(end),
        "version": 1,
        "entry": _sealed(registry, entry, "status", what),
        "changed_at": _WHEN,
        "loaded_at": _WHEN,
    }
    first = {
        "status_id": what,
        "version": 1,
        "change": "added",
        "entry": _sealed(registry, entry, "status_version", what, 1),
        "at": _WHEN,
    }
    return {"id": who, "digest": finder.person(snils), "made_at": _WHEN}, held, first


def _sealed(registry: Registry, entry: bytes, table: str, *row: UUID | int) -> bytes:
    return registry.vault.seal(entry, Cell.of(table, "entry", *row))
