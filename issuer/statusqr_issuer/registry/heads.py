"""The audit log beside the heads of it that were published: does it lead on from them?

A registry whose file (or database) was put back from a copy of files does not, and neither knows
the entries that were given out since nor what was revoked. `demand_not_back` tells it from one that
`restore` has made of a backup, which has seen to both and keeps in `meta` which head it came after.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import delete, insert, select, type_coerce
from sqlalchemy.types import NullType

from statusqr_keys.distribution.audit_head import AuditHead, Heads
from statusqr_keys.distribution.layout import FOLDER
from statusqr_keys.finder import Finder
from statusqr_schema import RegistryProblem

from .database import Database
from .migrating import demand_head
from .registry import View, Work, fact
from .tables import audit, meta
from .vault import ClosedVault

_AFTER: Final = "restored_after"  # in `meta`: the hash of the last head when it was restored


@contextmanager
def log_of(place: str) -> Iterator[View]:
    """A view for the log alone: nothing in it is sealed, so whoever checks it needs no keys."""
    database = Database(place)
    try:
        with database.reading() as connection:
            demand_head(connection)
            yield View(connection, ClosedVault(), Finder(b""))
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


def demand_not_back(view: View, store: Path) -> None:
    """RegistryProblem, code REGISTRY_BACK, where the log has lost what the store has published."""
    last = Heads(store / FOLDER).last()
    if last is None or holds(view, last):
        return
    if fact(view.connection, _AFTER) != last.hash:
        raise RegistryProblem(
            "реестр старше того, что по нему опубликовано: его вернули из копии файлов, или журнал "
            "аудита изменён (audit verify). Снимите с него копию (registry backup), уберите его и "
            "восстановите копию (registry restore): отозванное не потеряется",
            code="REGISTRY_BACK",
        )


def came_back(work: Work, store: Path) -> int | None:
    """Note a restored registry's last published head; where its log has lost it, since when.

    That is the moment, in epoch seconds, of the newest head that it has; 0 where it has none.
    """
    kept = [each.head for each in Heads(store / FOLDER).all()]
    if not kept or holds(work, kept[-1]):
        return None
    work.connection.execute(delete(meta).where(meta.c.name == _AFTER))
    work.connection.execute(insert(meta).values(name=_AFTER, value=kept[-1].hash))
    return max((int(head.at.timestamp()) for head in kept if holds(work, head)), default=0)
