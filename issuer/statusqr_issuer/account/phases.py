"""Where a status stands today: whether it holds, will hold, has ended, or is on hold. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from statusqr_keys.holds import State

from ..registry.statuses import HeldStatus
from ..validity import zone_of

SOON: Final = timedelta(days=30)  # before an end, to be reminded of


class Phase(StrEnum):
    """In the order in which a person's statuses are listed."""

    STANDS = "stands"
    LATER = "later"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    ENDED_EARLY = "annulled"
    PAST = "past"

    @property
    def over(self) -> bool:
        """Whether nothing more is to come of it: folded away on the page."""
        return self in (Phase.PAST, Phase.ENDED_EARLY)


def phase(held: HeldStatus, at: datetime) -> Phase:
    """Where a status stands at a moment. A day ends in the region's own zone."""
    period = held.entry.record.period
    if held.ended is not None and held.ended_by(at):
        over = period.valid_through is not None and period.valid_through < held.ended.on
        return Phase.PAST if over else Phase.ENDED_EARLY
    later = today(held, at) < period.valid_from
    if not later and not held.stands(at):
        return Phase.PAST
    if held.hold is State.INVALID:
        return Phase.REVOKED
    if held.hold is State.SUSPENDED:
        return Phase.SUSPENDED
    return Phase.LATER if later else Phase.STANDS


def today(held: HeldStatus, at: datetime) -> date:
    """The day that it is in the status's region."""
    return at.astimezone(zone_of(held.entry.record.region)).date()


def ends_soon(held: HeldStatus, at: datetime) -> date | None:
    """The last day of a standing status, where it is near; also of one that the register cuts."""
    through = held.record.period.valid_through
    if through is None or not held.stands(at):
        return None
    return through if through - today(held, at) < SOON else None
