"""Days as integers since 1970-01-01 (the semantics of RFC 8943) and moments as epoch seconds."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1).toordinal()
DAY_SECONDS = 86_400

# What a credential may hold. Beyond these a date is a slip of the pen, not a date.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)
LAST_INSTANT = (LAST_DAY.toordinal() - EPOCH + 1) * DAY_SECONDS - 1

MOSCOW = timezone(timedelta(hours=3), "МСК")  # without seasonal time since 26.10.2014


def to_number(day: date) -> int:
    """Days since 1970-01-01; negative before."""
    return day.toordinal() - EPOCH


def from_number(number: int) -> date:
    """The day that is `number` days after 1970-01-01; for a credential's range of days."""
    return date.fromordinal(number + EPOCH)


def to_instant(moment: datetime) -> int:
    """Whole epoch seconds of an aware moment, rounded down."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return int(moment.timestamp() // 1)


def from_instant(seconds: int) -> datetime:
    """The moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone «Europe/Moscow», read once: ZoneInfo itself forgets all but the last eight."""
    return ZoneInfo(name)


def years_after(day: date, years: int) -> date:
    """The same day `years` later, at most 9999; 29 February becomes 28 February (adr 0003)."""
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
