"""A record as JSON, in the shape of `record.schema.json`; `register` reads that shape."""

from datetime import UTC, date, datetime

from .catalogue import subjects
from .record import Basis, Person, Region, StatusRecord
from .strict_json import JsonValue


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
