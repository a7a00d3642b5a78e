"""What stands on the printed certificate, in words; the page itself is `certificate.typ`.

Only what the code discloses is printed, so that paper and code say the same.
"""

from collections.abc import Mapping
from datetime import date

from statusqr_schema import StatusReference, wording
from statusqr_schema.days import from_instant
from statusqr_schema.record import StatusRecord
from statusqr_schema.strict_json import JsonValue

from .issuing import Credential
from .qr import QrSymbol
from .validity import last_whole_day, zone_of

CODE_MM = (50.0, 60.0)  # the code with its quiet zone: the usual and the largest side
LEAST_MODULE_MM = 0.6


def page(credential: Credential, full: StatusRecord, issuer: str, symbol: QrSymbol) -> JsonValue:
    """The texts of the page as JSON for the template.

    `full` is the record before disclosure: it knows the region whose midnight ends the code.
    """
    claims = credential.claims
    record = claims.record
    until = last_whole_day(claims.expires_at, zone_of(full.region))
    number = record.certificate_number
    return {
        "issuer": issuer,
        "title": wording.glued(record.status_name),
        "number": wording.number_sign(number) if number else None,
        "holder": record.holder.full_name,
        "rows": [
            {"label": label, "text": wording.glued(text)} for label, text in _rows(record).items()
        ],
        "family": [
            [
                member.full_name,
                member.relation,
                wording.snils(member.snils) if member.snils else None,
            ]
            for member in record.family_members
        ],
        "code_until": wording.short_date(until),
        "data_as_of": wording.moscow_time(record.data_as_of) if record.data_as_of else None,
        "printed": wording.moscow_time(from_instant(claims.issued_at)),
        "sheet": wording.number_sign(sheet_number(claims.status)) if claims.status else None,
        "note": _note(record, until),
        "contents": _FULL if record.authority else _SHORT,
        "svg": symbol.svg(),
        "code_mm": code_side(symbol),
    }


_FULL = "Состав сведений: приказ Минтруда России от 18.11.2025 № 653н, пункт 2"
_SHORT = "Сокращённый состав сведений: имя, статус и срок"


def _note(record: StatusRecord, until: date) -> str:
    """What to do when the paper is old but the status may still hold."""
    through = record.period.valid_through
    if through is not None and through <= until:
        return ""
    return "После этого дня нужна новая распечатка; срок самого статуса не меняется."


def sheet_number(reference: StatusReference) -> str:
    """«0-4711»: by what its holder tells a sheet from others; it stands in the code anyway."""
    return f"{reference.list_number}-{reference.index}"


def code_side(symbol: QrSymbol) -> float:
    """The printed side of the code in millimetres, 50 to 60: larger where modules get too small."""
    usual, largest = CODE_MM
    return min(largest, max(usual, symbol.side * LEAST_MODULE_MM))


def _rows(record: StatusRecord) -> Mapping[str, str]:
    established = record.established_on
    measures = record.measures_through
    rows = {
        "Срок действия": wording.term(record.period),
        "СНИЛС": wording.snils(record.holder.snils) if record.holder.snils else None,
        "Установлен": wording.long_date(established) if established else None,
        "Основание": wording.basis(record.basis) if record.basis else None,
        "Решение принял": record.authority,
        "Меры поддержки": f"по {wording.short_date(measures)} включительно" if measures else None,
    }
    return {label: text for label, text in rows.items() if text}
