"""The audit log of the registry: append in the transaction of what is told."""

import json
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, select, type_coerce
from sqlalchemy.types import NullType

from statusqr_schema.strict_json import JsonValue

from .chain import AuditEntry, Head, link
from .registry import View, Work
from .tables import audit

_COLUMNS: Final = ("seq", "at", "actor", "act", "body", "on_lists", "hash")
_BATCH = 1000  # rows in memory and in one statement


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry says. No personal data in `body`: ids, digests, counts."""

    act: str
    body: Mapping[str, JsonValue]
    on_lists: bool = False  # whether status lists show something else than before


def append(work: Work, act: str, body: Mapping[str, JsonValue], *, on_lists: bool = False) -> int:
    """Tell that `act` was done; the seq of the entry. No personal data in `body`: ids, digests."""
    return extend(work, [Told(act, body, on_lists)]).seq


def extend(work: Work, told: Iterable[Told]) -> Head:
    """Tell several things in a few statements; the new head."""
    last = head(work)
    rows = []
    for each in told:
        text = json.dumps(each.body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        seq = last.seq + 1
        entry = (seq, work.instant, work.actor, each.act, text, each.on_lists)
        last = Head(seq, link(last.hash, *entry))
        rows.append(dict(zip(_COLUMNS, (*entry, last.hash), strict=True)))
        if len(rows) == _BATCH:
            work.connection.execute(insert(audit), rows)
            rows = []
    if rows:
        work.connection.execute(insert(audit), rows)
    return last


def head(view: View) -> Head:
    """The last entry."""
    query = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    row = view.connection.execute(query).first()
    return Head(row.seq, bytes(row.hash)) if row else Head()


def entries(view: View, after: int = 0) -> Generator[AuditEntry]:
    """The log in order, from the entry that follows `after`."""
    # As they stand: neither bytes nor a bool, where somebody wrote something else.
    as_it_stands = [type_coerce(audit.c[name], NullType()) for name in _COLUMNS[-2:]]
    columns = [audit.c[name] for name in _COLUMNS[:-2]]
    query = select(*columns, *as_it_stands).where(audit.c.seq > after).order_by(audit.c.seq)
    # closed also where the reader stops half-way: the server keeps a cursor for it
    with closing(view.connection.execute(query.execution_options(yield_per=_BATCH))) as rows:
        for row in rows:
            seq, at, actor, act, body, on_lists, digest = row
            if type(on_lists) is int and on_lists in (0, 1):  # SQLite has no type for it
                on_lists = bool(on_lists)
            yield AuditEntry(seq, at, actor, act, body, on_lists, digest)
