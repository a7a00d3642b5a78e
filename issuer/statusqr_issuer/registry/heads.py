"""The audit log beside the heads of it that were published: does it lead on from them?"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import select, type_coerce
from sqlalchemy.types import NullType

from statusqr_keys.distribution.audit_head import AuditHead
from statusqr_keys.finder import Finder

from .database import Database
from .migrating import demand_head
from .registry import View
from .tables import audit
from .vault import KEY_BYTES, Vault


@contextmanager
def log_of(place: str) -> Iterator[View]:
    """A view for the log alone: nothing in it is sealed, so whoever checks it needs no keys."""
    database = Database(place)
    try:
        with database.reading() as connection:
            demand_head(connection)
            yield View(connection, Vault({1: os.urandom(KEY_BYTES)}), Finder(b""))
    finally:
        database.close()


def holds(view: View, head: AuditHead) -> bool:
    """Whether the log has this entry."""
    if head.seq == 0:
        return True
    as_it_stands = type_coerce(audit.c.hash, NullType())  # not bytes, where somebody wrote others
    query = select(as_it_stands).where(audit.c.seq == head.seq)
    found: object = view.connection.execute(query).scalar()
    return found == head.hash


def last_held(view: View, heads: Iterable[AuditHead]) -> int:
    """The seq of the last of these heads that the log has; 0 where it has none."""
    newest = sorted(heads, key=lambda head: head.seq, reverse=True)
    return next((head.seq for head in newest if holds(view, head)), 0)
