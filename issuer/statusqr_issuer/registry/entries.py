"""Random, unused entries of status lists, taken for good before a code that carries one is signed.

A crash wastes an entry and never gives one out twice: writers of the registry take turns. Entries
are random, so that neighbours in a list tell nothing about when or for whom they were taken. A list
takes entries until it is nine tenths full, or closed; then the next number takes them.

That one is opened long before (`open_ahead`, with each publication), so that verifiers without a
network hold it by the time a code names it: a code of a list that they have never seen could not be
told from one whose revocation is withheld.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, insert, select, update

from statusqr_keys.finder import Identity
from statusqr_keys.holds import demand_valid
from statusqr_keys.status_index import FULL
from statusqr_schema import StatusReference
from statusqr_schema.claims import LIST_SIZE

from . import audit
from .hold_rows import worst_hold
from .registry import Registry, View, Work
from .tables import status_entry, status_list

_LEAST, _MOST = 32, 500  # candidates drawn at a time: one statement tells which of them are free
_FILLING: Final = FULL * 3 // 4  # what is left lasts longer than the way of a list to verifiers
_MISSES: Final = 1000  # in a row: the list is fuller than its count says
_chance = secrets.SystemRandom()


def take(
    work: Work,
    issuer_id: str,
    count: int,
    certificate: bytes | None = None,
    person: bytes | None = None,
    *,
    list_size: int = LIST_SIZE,
    full: int = FULL,
) -> list[StatusReference]:
    """`count` entries that nobody holds, for the certificate and the person of these digests.

    IssueRefused with the code REVOKED or SUSPENDED where one of them is. The audit log is the
    caller's to write: it knows what the entries are for.
    """
    demand_valid(worst_hold(work, issuer_id, certificate, person))
    references: list[StatusReference] = []
    number, taken = _open_list(work, issuer_id, full)
    while len(references) < count:
        wanted = min(count - len(references), full - taken)
        free = _free(work, issuer_id, number, wanted, list_size) if wanted > 0 else []
        if not free:
            number, taken = _open_list(work, issuer_id, full, after=number)
            continue
        rows = [{"issuer": issuer_id, "number": number, "entry": entry} for entry in free]
        whose = {"certificate": certificate, "person": person}
        work.connection.execute(insert(status_entry), [row | whose for row in rows])
        taken += len(free)
        _count(work, issuer_id, number, taken)
        references += [StatusReference(number, entry) for entry in free]
    return references


def open_ahead(registry: Registry, issuer_id: str, actor: str, at: datetime) -> bool:
    """Open the issuer's next list where the one in use is filling up or there is none yet.

    Whether it did. It belongs to a publication, which takes the new, empty list to the verifiers.
    """
    with registry.reading() as view:
        if _is_ahead(view, issuer_id):
            return False
    with registry.writing(actor, at) as work:
        if _is_ahead(work, issuer_id):  # another process may have been faster
            return False
        number = _after_last(work, issuer_id)
        _count(work, issuer_id, number, 0)
        audit.append(work, "list_opened", {"issuer": issuer_id, "list": number})
        return True


class RegistryIndex:
    """`StatusIndex` in a registry; each call is a transaction, safe between processes."""

    def __init__(
        self,
        registry: Registry,
        actor: str = "statusqr-issuer",
        *,
        list_size: int = LIST_SIZE,
        full: int = FULL,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._registry = registry
        self._actor = actor
        self._list_size = list_size
        self._full = full
        self._now = now

    def allocate(
        self, issuer_id: str, count: int, identity: Identity | None = None
    ) -> list[StatusReference]:
        """`count` new entries; they are on the disk when this returns."""
        whose = self._registry.finder.digests(identity or Identity())
        with self._registry.writing(self._actor, self._now()) as work:
            given = take(work, issuer_id, count, *whose, list_size=self._list_size, full=self._full)
            if given:
                lists = sorted({reference.list_number for reference in given})
                audit.append(
                    work, "taken", {"issuer": issuer_id, "lists": [*lists], "entries": len(given)}
                )
        return given


def _open_list(view: View, issuer_id: str, full: int, after: int = -1) -> tuple[int, int]:
    """The first list beyond `after` that takes entries, and how many it has."""
    query = (
        select(status_list.c.number, status_list.c.taken)
        .where(status_list.c.issuer == issuer_id, status_list.c.number > after)
        .where(~status_list.c.closed, status_list.c.taken < full)
        .order_by(status_list.c.number)
        .limit(1)
    )
    row = view.connection.execute(query).first()
    return (row.number, row.taken) if row else (max(after + 1, _after_last(view, issuer_id)), 0)


def _after_last(view: View, issuer_id: str) -> int:
    last = select(func.max(status_list.c.number)).where(status_list.c.issuer == issuer_id)
    found = view.connection.execute(last).scalar()
    return 0 if found is None else int(found) + 1


def _is_ahead(view: View, issuer_id: str) -> bool:
    """Whether some list takes entries for long still."""
    query = select(status_list.c.number).where(
        status_list.c.issuer == issuer_id, ~status_list.c.closed, status_list.c.taken < _FILLING
    )
    return view.connection.execute(query.limit(1)).first() is not None


def _free(work: Work, issuer_id: str, number: int, wanted: int, list_size: int) -> list[int]:
    """Up to `wanted` random entries that are free; none where they are too hard to find."""
    misses = 0
    drawn = min(list_size, _MOST, max(_LEAST, 2 * wanted))
    while misses <= _MISSES:
        candidates = _chance.sample(range(list_size), drawn)
        query = select(status_entry.c.entry).where(
            status_entry.c.issuer == issuer_id,
            status_entry.c.number == number,
            status_entry.c.entry.in_(candidates),
        )
        held = set(work.connection.execute(query).scalars())
        if free := [entry for entry in candidates if entry not in held]:
            return free[:wanted]
        if drawn == list_size:
            break
        misses += drawn
    return []


def _count(work: Work, issuer_id: str, number: int, taken: int) -> None:
    mine = (status_list.c.issuer == issuer_id) & (status_list.c.number == number)
    known = update(status_list).where(mine).values(taken=taken)
    if work.connection.execute(known).rowcount == 0:
        opened = {"issuer": issuer_id, "number": number, "taken": taken}
        work.connection.execute(insert(status_list).values(opened))
