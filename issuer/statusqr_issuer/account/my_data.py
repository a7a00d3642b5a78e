"""All that the registry holds about a person, for that person: as JSON."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from statusqr_schema import entry_to_json
from statusqr_schema.days import from_instant
from statusqr_schema.strict_json import JsonValue

from ..registry import View, consents, messages, printouts, statuses
from ..registry.tables import status_version
from ..registry.vault import Cell

_NOT_KEPT = "Где, когда и кому показан код, не записывается."


def everything(view: View, person: bytes, at: datetime) -> dict[str, JsonValue]:
    """Statuses as the register gave them, printed codes, consents, messages; moments in UTC."""
    return {
        "taken_at": _moment(at),
        "statuses": [
            {
                "id": str(held.id),
                "version": held.version,
                "changed_at": _moment(held.changed_at),
                "loaded_at": _moment(held.loaded_at),
                "codes": held.hold.name.lower(),
                "codes_reason": held.hold_reason,
                "entry": entry_to_json(held.entry),
                "before": _before(view, held.id, held.version),
            }
            for held in statuses.of_person(view, person)
        ],
        "printed_codes": [
            {
                "id": str(printout.id),
                "status": str(printout.status_id),
                "issuer": printout.issuer_id,
                "profile": printout.profile.value,
                "issued_at": _moment(printout.issued_at),
                "expires_at": _moment(printout.expires_at),
                "state": printout.state.name.lower(),
                "reason": printout.reason,
            }
            for printout in printouts.of_person(view, person)
        ],
        "consents": [
            {
                "version": consent.version,
                "text_sha256": consent.text_digest.hex(),
                "given_at": _moment(consent.given_at),
                "withdrawn_at": _moment(consent.withdrawn_at),
            }
            for consent in consents.history(view, person)
        ],
        "messages": [
            {
                "kind": message.kind.value,
                "status": str(message.status_id) if message.status_id else None,
                "at": _moment(message.at),
                "read_at": _moment(message.read_at),
                "printed_codes_revoked": message.printouts,
            }
            for message in messages.of_person(view, person)
        ],
        "not_kept": _NOT_KEPT,
    }


def _before(view: View, status_id: UUID, version: int) -> list[JsonValue]:
    """What the register said of a status earlier, the first first."""
    table = status_version
    query = select(table).where(table.c.status_id == status_id, table.c.version < version)
    earlier = []
    for row in view.connection.execute(query.order_by(table.c.version)):
        cell = Cell.of("status_version", "entry", status_id, row.version)
        entry = statuses.read_sealed(view.vault.open(bytes(row.entry), cell))
        at = _moment(from_instant(row.at))
        earlier.append({"version": row.version, "at": at, "entry": entry_to_json(entry)})
    return list[JsonValue](earlier)


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
