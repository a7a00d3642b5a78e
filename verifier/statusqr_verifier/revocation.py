"""What status lists say of a printed code (step 7 of the check). No clock, no file.

A revocation once seen stays proven, however old the list: only «valid» grows stale. What a list
does not say is never taken for «valid»: no list, an index beyond it, or a state whose meaning is
not known give STALE_STATUS.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from statusqr_keys import StatusList
from statusqr_keys.status_list import INVALID, SUSPENDED, VALID
from statusqr_schema import StatusReference

from .policy import Policy
from .report import Finding, Reason

StatusLists: TypeAlias = Mapping[tuple[str, int], StatusList]
"""The newest list seen, by the issuer's id and the number of the list."""


def revocation(
    issuer_id: str, reference: StatusReference, lists: StatusLists
) -> tuple[Reason | None, StatusList | None]:
    """What is proven of an entry whatever the time, and the list that calls it valid, if one does.

    The list of another issuer under the same number is not looked at.
    """
    found = lists.get((issuer_id, reference.list_number))
    if found is None:
        return None, None
    try:
        state = found.lookup(reference.index)
    except IndexError:
        return None, None
    if state == INVALID:
        return Reason.REVOKED, None
    if state == SUSPENDED:
        return Reason.SUSPENDED, None
    return None, found if state == VALID else None


def staleness(found: StatusList | None, at: datetime, policy: Policy) -> Iterator[Finding]:
    """STALE_STATUS where «valid» cannot be relied on: its list is missing, expired or too old."""
    if found is None:
        yield Finding(Reason.STALE_STATUS)
    elif not policy.as_of:
        age = timedelta(seconds=at.timestamp() - found.issued_at)
        if age > policy.max_status_age or at.timestamp() >= found.expires_at:
            yield Finding(Reason.STALE_STATUS, count=max(age // timedelta(days=1), 1))
