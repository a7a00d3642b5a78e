"""Register records for tests of loading, and how to load them."""

import copy
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from sqlalchemy import select
from world import documents

from statusqr_issuer.registry import Registry, entries, printouts, statuses, tables
from statusqr_issuer.registry.loading import LoadOrder, LoadReport, load
from statusqr_issuer.registry.printouts import Printout
from statusqr_issuer.registry.statuses import HeldStatus
from statusqr_keys.finder import Identity
from statusqr_keys.holds import State
from statusqr_schema import Claims, Presentation, Profile, Snils, StatusReference
from statusqr_schema.days import to_instant
from statusqr_schema.snils import check_digits

MOSCOW = timezone(timedelta(hours=3))
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)  # the day after the data of the records
ISSUER = "yar"
FILE = bytes(range(32))


def document(name: str = "R01", /, **changes: Any) -> dict[str, Any]:
    """One of the good records as JSON; `status` and `holder` are merged, the rest replaced."""
    made = copy.deepcopy(documents()[name])
    for key, value in changes.items():
        made[key] = made[key] | value if key in ("status", "holder") else value
    return made


def numbered(number: int, /, **changes: Any) -> dict[str, Any]:
    """R01 of another holder, with an id and a certificate of its own."""
    own = {"id": f"N{number}", "certificate_number": f"76-N{number}", **changes}
    return document(holder={"snils": snils(number)}, **own)


def snils(number: int) -> str:
    """A valid number of the range that stands for nobody."""
    nine = 950_000_000 + number
    return f"{nine}{check_digits(nine):02d}"


def take(
    registry: Registry, *values: dict[str, Any], at: datetime = NOW, **order: Any
) -> LoadReport:
    """Load these records as one file."""
    return load(registry, values, LoadOrder("anna", at, FILE, **order))


def rules_of(report: LoadReport) -> dict[str, list[str]]:
    """By record: the codes of what it was refused for."""
    return {r.name: [v.rule for v in r.error.violations] for r in report.refused}


def held(registry: Registry, snils: str) -> list[HeldStatus]:
    """The statuses of a person."""
    with registry.reading() as view:
        return statuses.of_person(view, view.person(Snils.parse(snils)))


def the_status(registry: Registry, value: dict[str, Any]) -> HeldStatus:
    """The only status of a record's holder."""
    (found,) = held(registry, value["holder"]["snils"])
    return found


def print_code(registry: Registry, status: HeldStatus, at: datetime = NOW) -> Printout:
    """A printed code of a status, taken in the account."""
    record = status.record
    assert isinstance(record.holder.snils, Snils)
    content = Claims(
        record=record,
        issued_at=to_instant(at),
        expires_at=to_instant(at) + 86_400 * 300,
        presentation=Presentation.PRINT,
    )
    identity = Identity(record.certificate_number, record.holder.snils)
    with registry.writing("holder", at) as work:
        return printouts.take(work, status.id, ISSUER, content, Profile.FULL, identity)


def print_at_the_counter(registry: Registry, value: dict[str, Any]) -> StatusReference:
    """An entry for a code that the command line prints, which knows no status."""
    with registry.writing("anna", NOW) as work:
        certificate = work.finder.certificate(value["certificate_number"])
        person = work.person(Snils.parse(value["holder"]["snils"]))
        (reference,) = entries.take(work, ISSUER, 1, certificate, person)
    return reference


def shown(registry: Registry) -> dict[StatusReference, State]:
    """What the lists show of every entry that was taken."""
    table = tables.status_entry
    with registry.reading() as view:
        rows = view.connection.execute(select(table.c.number, table.c.entry, table.c.state))
        return {StatusReference(row.number, row.entry): State(row.state) for row in rows}


def versions(registry: Registry, status_id: UUID) -> list[tuple[int, str]]:
    """The history of a status: number and change of each version."""
    table = tables.status_version
    query = select(table.c.version, table.c.change).where(table.c.status_id == status_id)
    with registry.reading() as view:
        rows = view.connection.execute(query.order_by(table.c.version))
        return [(row.version, row.change) for row in rows]


def contents(registry: Registry, *, but: Sequence[str] = ()) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of every table but some."""
    with registry.reading() as view:
        return {
            name: {tuple(row) for row in view.connection.execute(select(table))}
            for name, table in tables.metadata.tables.items()
            if name not in but
        }
