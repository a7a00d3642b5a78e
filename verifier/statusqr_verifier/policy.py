"""What a checkpoint decides for itself; everything else is the format's or the trust list's."""

from dataclasses import dataclass
from datetime import timedelta

from statusqr_schema import StatusRecord, subjects


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one place. Empty `categories` or `regions` mean any.

    `as_of` checks as of the given moment: neither the device clock nor the age of data is judged.
    """

    categories: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    max_trust_age: timedelta = timedelta(hours=72)
    max_status_age: timedelta = timedelta(hours=72)  # of the list that calls a code valid
    old_data_after: timedelta = timedelta(days=90)  # when N-AGE is shown
    clock_tolerance: timedelta = timedelta(seconds=60)
    live_grace: timedelta = timedelta(seconds=60)
    as_of: bool = False

    def __post_init__(self) -> None:
        """Refuse what would turn everybody away: a text for a set, a region that does not exist."""
        codes: tuple[object, ...] = (self.categories, self.regions)
        if any(isinstance(given, str) for given in codes):
            raise TypeError("categories and regions are sets of codes, not one text")
        if unknown := sorted(set(self.regions) - subjects().keys()):
            raise ValueError(f"no such regions: {unknown}")

    def takes_category(self, record: StatusRecord) -> bool:
        """Whether the place takes this category."""
        return not self.categories or record.category in self.categories

    def takes_region(self, record: StatusRecord) -> bool:
        """Whether the place takes this region; one that is not stated it does not take."""
        return not self.regions or record.region_code in self.regions
