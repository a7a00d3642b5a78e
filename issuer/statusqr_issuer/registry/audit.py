"""The audit log of the registry: append in the transaction of what is told."""

import json
from collections.abc import Iterator, Mapping

from sqlalchemy import insert, select

from statusqr_schema.strict_json import JsonValue

from .chain import AuditEntry, Head, link
from .registry import View, Work
from .tables import audit


def append(work: Work, act: str, body: Mapping[str, JsonValue], *, on_lists: bool = False) -> int:
    """Tell that `act` was done; the seq of the entry. No personal data in `body`: ids, digests."""
    last = head(work)
    told = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    seq = last.seq + 1
    values = {"seq": seq, "at": work.instant, "actor": work.actor, "act": act, "body": told}
    values["hash"] = link(last.hash, seq, work.instant, work.actor, act, told)
    work.connection.execute(insert(audit).values(**values, on_lists=on_lists))
    return seq


def head(view: View) -> Head:
    """The last entry."""
    query = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    row = view.connection.execute(query).first()
    return Head(row.seq, bytes(row.hash)) if row else Head()


def entries(view: View, after: int = 0) -> Iterator[AuditEntry]:
    """The log in order, from the entry that follows `after`."""
    query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq)
    for row in view.connection.execute(query.execution_options(yield_per=1000)):
        yield AuditEntry(row.seq, row.at, row.actor, row.act, row.body, bytes(row.hash))
