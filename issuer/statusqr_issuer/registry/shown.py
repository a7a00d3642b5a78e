"""What the status lists show beside what the audit log tells of it: has every state its entry?

The chain of the log vouches for its own rows only. Whoever makes a revoked code valid in the table
of entries, past the program, leaves the log whole; but then the two no longer agree.
"""

import json

from sqlalchemy import literal_column, select

from .registry import View
from .tables import audit, status_entry

_BATCH = 1000  # rows in memory


def unaccounted(view: View) -> int:
    """How many printed codes have another state than the log gave them. The log must be whole."""
    told: dict[tuple[str, int, int], int] = {}
    marked = select(audit.c.body).where(literal_column("on_lists")).order_by(audit.c.seq)
    for body in view.connection.execute(marked.execution_options(yield_per=_BATCH)).scalars():
        for issuer, number, entry, _, after in json.loads(body).get("changes", []):
            told[issuer, number, entry] = after
    place = (status_entry.c.issuer, status_entry.c.number, status_entry.c.entry)
    query = select(*place, status_entry.c.state)
    not_valid = query.where(status_entry.c.state != literal_column("0"))
    found = view.connection.execute(not_valid)
    shown = {(row.issuer, row.number, row.entry): row.state for row in found}
    return sum(told.get(code, 0) != shown.get(code, 0) for code in told.keys() | shown.keys())
