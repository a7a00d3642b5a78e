"""What a register calls a status. Pure.

In order of strength: its own id there; the certificate's number; person, category, region and first
day. A register may learn a stronger name later, or leave one out of a delivery (`same_status`).
"""

from enum import IntEnum

from statusqr_keys.finder import Finder
from statusqr_schema import RegisterEntry, Snils, StatusRecord


class Called(IntEnum):
    """By what a status is called; the greater is the stronger."""

    PLAIN = 1
    CERTIFICATE = 2
    ID = 3


def name_of(entry: RegisterEntry, finder: Finder) -> tuple[Called, bytes]:
    """The strongest name that an entry has, as a digest."""
    certificate = " ".join((entry.record.certificate_number or "").split())
    if has_id(entry):
        return Called.ID, by_id(entry.id or "", finder)
    if certificate:
        return Called.CERTIFICATE, finder.status(f"certificate\0{certificate}")
    return Called.PLAIN, plain_name(entry.record, finder)


def called_by(entry: RegisterEntry, source: bytes, finder: Finder) -> Called:
    """Which name the digest of a kept status is: its entry may lack that number by now."""
    if has_id(entry):
        return Called.ID
    plain = source == plain_name(entry.record, finder)
    return Called.PLAIN if plain else Called.CERTIFICATE


def has_id(entry: RegisterEntry) -> bool:
    """Whether the register gives it an id."""
    return bool(entry.id and entry.id.strip())


def by_id(called: str, finder: Finder) -> bytes:
    """The name of a status with this id."""
    return finder.status(f"id\0{' '.join(called.split())}")


def plain_name(record: StatusRecord, finder: Finder) -> bytes:
    """The name of a status that has no other."""
    snils = record.holder.snils
    if not isinstance(snils, Snils):
        raise TypeError("a record that was not judged")
    parts = (snils.number, record.category, record.region_code, record.period.valid_from)
    return finder.status("\0".join(("person", *map(str, parts))))
