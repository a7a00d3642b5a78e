"""How much of a record goes into a code: profiles and the СНИЛС policy.

Whoever holds a reader can read what is in a code, so a deployment chooses how much that is
(152-ФЗ art. 5: no more than the purpose needs).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from .record import AnySnils, StatusRecord


class Profile(StrEnum):
    """`full`: every field. `minimal`: name, status and term."""

    FULL = "full"
    MINIMAL = "minimal"


class SnilsPolicy(StrEnum):
    """`whole`: eleven digits. `last5`: the last five. `none`: nothing."""

    WHOLE = "whole"
    LAST_FIVE = "last5"
    NONE = "none"

    def apply(self, snils: AnySnils | None) -> AnySnils | None:
        """What of `snils` may be disclosed."""
        match self:
            case SnilsPolicy.WHOLE:
                return snils
            case SnilsPolicy.LAST_FIVE:
                return snils.tail if snils else None
            case SnilsPolicy.NONE:
                return None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A profile with its СНИЛС policies; None takes the profile's own.

    Full: the holder's number whole, the family's last five digits. Minimal: none.
    """

    profile: Profile = Profile.FULL
    holder_snils: SnilsPolicy | None = None
    family_snils: SnilsPolicy | None = None

    def _policy(self, chosen: SnilsPolicy | None, usual: SnilsPolicy) -> SnilsPolicy:
        if chosen is not None:
            return chosen
        return SnilsPolicy.NONE if self.profile is Profile.MINIMAL else usual

    def apply(self, record: StatusRecord) -> StatusRecord:
        """The record as it will stand in the code and on the page."""
        of_holder = self._policy(self.holder_snils, SnilsPolicy.WHOLE)
        of_family = self._policy(self.family_snils, SnilsPolicy.LAST_FIVE)
        holder = record.holder
        if of_holder is not SnilsPolicy.WHOLE:
            holder = replace(holder, snils=of_holder.apply(holder.snils))
        if self.profile is Profile.MINIMAL:
            return StatusRecord(
                holder=holder,
                category=record.category,
                status_name=record.status_name,
                period=record.period,
            )
        family = record.family_members
        if of_family is not SnilsPolicy.WHOLE:
            family = tuple(replace(m, snils=of_family.apply(m.snils)) for m in family)
        if holder is record.holder and family is record.family_members:
            return record
        return replace(record, holder=holder, family_members=family)
