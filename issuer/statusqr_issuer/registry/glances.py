"""What a live code asks the registry, in one statement: the consent that stands, and the status.

Asked every half minute by everybody who shows a code; on PostgreSQL each further statement would
be a round trip.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from . import statuses
from .consents import Consent, consent_of
from .registry import View
from .statuses import HeldStatus
from .tables import consent, person, status

_ABOUT: Final = (
    select(
        consent.c.id.label("consent_id"),
        consent.c.version.label("consent_version"),
        consent.c.text_digest,
        consent.c.given_at,
        consent.c.withdrawn_at,
        *statuses.COLUMNS,
    )
    .select_from(
        person.outerjoin(
            consent, (consent.c.person_id == person.c.id) & consent.c.withdrawn_at.is_(None)
        ).outerjoin(
            status, (status.c.person_id == person.c.id) & (status.c.id == bindparam("status_id"))
        )
    )
    .where(person.c.digest == bindparam("digest"))
)


def consent_and_status(
    view: View, digest: bytes, status_id: UUID | None
) -> tuple[Consent | None, HeldStatus | None]:
    """The consent of this person that stands, and their status with this id; None for neither."""
    values = {"digest": digest, "status_id": status_id}
    row = view.connection.execute(_ABOUT, values).first()
    if row is None:
        return None, None
    agreed = (
        None if row.consent_id is None else consent_of(row, row.consent_id, row.consent_version)
    )
    return agreed, None if row.id is None else statuses.held_of(view, row)
