"""From days to instants: when a code begins and ends to be valid.

The issuer does this, because it knows the region: a day ends at its own midnight, up to ten hours
apart across the country. A verifier compares instants and needs no time-zone data.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from statusqr_schema import IssueRefused, Presentation, Region, StatusRecord, subjects
from statusqr_schema.days import DAY_SECONDS, to_instant, zone

DEFAULT_LIFETIME = {
    Presentation.PRINT: timedelta(days=365),
    Presentation.SCREEN: timedelta(minutes=5),
    Presentation.LIVE: timedelta(seconds=60),
}


@dataclass(frozen=True, slots=True)
class Validity:
    """The instants of a code in epoch seconds; `not_before` only where it lies after issuing."""

    issued_at: int
    not_before: int | None
    expires_at: int


def zone_of(region: Region | None) -> ZoneInfo:
    """The zone in which the region's days end: the record's own, else that of the capital."""
    subject = subjects().get(region.subject_code) if region else None
    if region is None or subject is None:
        raise IssueRefused("без региона неизвестно, когда кончается последний день срока")
    return zone(region.time_zone or subject.zones[0])


def midnight(day: date, zone: ZoneInfo) -> int:
    """The instant at which `day` begins."""
    return to_instant(datetime(day.year, day.month, day.day, tzinfo=zone))


def validity(
    record: StatusRecord,
    presentation: Presentation,
    issued_at: datetime,
    lifetime: timedelta | None = None,
    *,
    allow_ended: bool = False,
) -> Validity:
    """The instants for a code of `record`, or IssueRefused where it would never be valid.

    A code ends with the status or with its own lifetime, whichever comes first. `lifetime` is the
    default of the presentation unless given. `allow_ended` makes a code that says the status ended.
    """
    lifetime = DEFAULT_LIFETIME[presentation] if lifetime is None else lifetime
    if not timedelta() < lifetime <= timedelta(seconds=presentation.max_lifetime):
        longest = timedelta(seconds=presentation.max_lifetime)
        raise IssueRefused(f"срок кода должен быть от 1 секунды до {longest.days or longest}")
    zone, now = zone_of(record.region), to_instant(issued_at)
    begins = midnight(record.period.valid_from, zone)
    expires = now + int(lifetime.total_seconds())
    if record.period.valid_through is not None:
        status_ends = midnight(record.period.valid_through + timedelta(days=1), zone)
        if status_ends <= now and not allow_ended:
            raise IssueRefused("срок статуса уже истёк; выпустить всё равно: --allow-ended")
        if presentation is Presentation.PRINT:
            expires = _end_of_print(expires, status_ends, now + presentation.max_lifetime)
        expires = min(expires, status_ends)
    if expires < 0:
        raise IssueRefused("срок статуса кончился до 1970 года")
    if begins >= expires and presentation is Presentation.PRINT:
        raise IssueRefused("статус начнётся позже, чем кончится срок кода: выпустите его позднее")
    return Validity(now, begins if begins > now else None, expires)


def _end_of_print(expires: int, status_ends: int, latest: int) -> int:
    """The earlier of the two ends, but never within the status's last day.

    A verifier reads an end on that day (in UTC) as the end of the status itself, not of the paper.
    A code that would end there lives on to the end of the status; where that would be longer than
    `latest`, the longest life of a code, it ends before that day begins.
    """
    if expires >= status_ends or (status_ends - expires <= DAY_SECONDS and status_ends <= latest):
        return status_ends
    return min(expires, status_ends // DAY_SECONDS * DAY_SECONDS - 1)


def last_whole_day(expires_at: int, zone: ZoneInfo) -> date:
    """The last day on which the code is valid all day long: «действителен по … включительно»."""
    return datetime.fromtimestamp(expires_at, zone).date() - timedelta(days=1)
