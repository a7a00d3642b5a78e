"""The rows behind a load: statuses looked up and written, some hundreds in one statement."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, bindparam, insert, select, update

from statusqr_schema import RegisterEntry, entry_to_json
from statusqr_schema.days import to_number

from .hold_rows import REGISTER
from .incoming import GIVEN_HERE, Incoming
from .load_plan import Change, Kept, Step
from .registry import View, Work
from .same_status import Matches, matched
from .status_names import called_by, plain_name
from .statuses import cut_short, ended_of, open_entry
from .tables import consent, hold, person, status, status_version
from .vault import Cell

_HELD: Final = select(status, person.c.digest).join(person)
_UPDATE: Final = update(status).where(status.c.id == bindparam("row"))


@dataclass(frozen=True, slots=True)
class Planned:
    """A record and its step; `kept` and `status_id` are of the status that it speaks of."""

    incoming: Incoming
    step: Step
    kept: Kept | None
    status_id: UUID
    person_id: UUID

    @classmethod
    def of(
        cls, incoming: Incoming, step: Step, kept: Kept | None, people: Mapping[bytes, UUID]
    ) -> "Planned":
        """With an id of its own for a status that is new."""
        if kept is None:
            return cls(incoming, step, None, uuid4(), people[incoming.person])
        return cls(incoming, step, kept, kept.id, kept.person_id)

    @property
    def number(self) -> str | None:
        """The certificate's, from now on."""
        return self.step.entry.record.certificate_number

    @property
    def source(self) -> bytes:
        """What the status is called from now on: a stronger name stays."""
        kept, incoming = self.kept, self.incoming
        return kept.source if kept and kept.called > incoming.called else incoming.source


def spoken_of(
    view: View, batch: Sequence[Incoming], delivery: Mapping[bytes, Sequence[Incoming]]
) -> Matches:
    """Of which statuses these records speak; `delivery` has all of their file, by person."""
    sources = {one.source for one in batch}
    rows = view.connection.execute(_HELD.where(status.c.source.in_(sources)))
    found = {bytes(row.source): _kept(view, row) for row in rows}
    strange = {one.person for one in batch if one.source not in found}
    if not strange:
        return Matches(found)
    records = [one for person in strange for one in delivery[person]]
    under_other_names = matched(records, _near(view, records, strange))
    return Matches(under_other_names.found | found, under_other_names.unclear - found.keys())


def _near(view: View, records: Sequence[Incoming], people: Collection[bytes]) -> list[Kept]:
    """The statuses of these persons that their records could mean under any name."""
    certificates = {one.certificate for one in records if one.certificate}
    sources, places = {one.source for one in records}, {_place(one) for one in records}
    rows = view.connection.execute(_HELD.where(person.c.digest.in_(people)))
    return [
        _kept(view, row)
        for row in rows
        if (row.category, row.region, row.valid_from) in places
        or row.source in sources
        or row.certificate in certificates
    ]


def _place(one: Incoming) -> tuple[str, str | None, int]:
    record = one.entry.record
    return record.category, record.region_code, to_number(record.period.valid_from)


def _kept(view: View, row: Row[*tuple[Any, ...]]) -> Kept:
    entry = open_entry(view, row.id, row.entry)
    return Kept(
        id=row.id,
        person_id=row.person_id,
        person=bytes(row.digest),
        version=row.version,
        ended=row.ended,
        changed_at=row.changed_at,
        certificate=None if row.certificate is None else bytes(row.certificate),
        called=called_by(entry, bytes(row.source), view.finder),
        source=bytes(row.source),
        plain=plain_name(entry.record, view.finder),
        entry=entry,
        early_end=ended_of(entry),
    )


def given_here(view: View, certificates: Collection[bytes]) -> dict[bytes, UUID]:
    """Of these certificates those whose numbers were given out here, with their statuses."""
    columns = (status.c.id, status.c.certificate, status.c.entry)
    query = select(*columns).where(status.c.certificate.in_(certificates))
    return {
        bytes(row.certificate): row.id
        for row in view.connection.execute(query)
        if GIVEN_HERE in open_entry(view, row.id, row.entry).extra
    }


def write(work: Work, steps: Iterable[Planned]) -> None:
    """Write what the steps say into `status` and `status_version`."""
    added, rewritten, history, same = [], [], [], []
    for planned in steps:
        if not planned.step.rewrite:
            same.append(planned.status_id)
            continue
        values = _columns(work, planned)
        if planned.kept is None:
            added.append({**values, "id": planned.status_id, "person_id": planned.person_id})
        else:
            rewritten.append({**values, "row": planned.status_id})
        if planned.step.change is not Change.SAME:
            history.append(_version(work, planned))
    connection = work.connection
    if added:
        connection.execute(insert(status), added)
    if rewritten:
        connection.execute(_UPDATE, rewritten)
    if history:
        connection.execute(insert(status_version), history)
    if same:
        seen = update(status).where(status.c.id.in_(same)).values(loaded_at=work.instant)
        connection.execute(seen)


def with_account(view: View, people: Collection[UUID]) -> set[UUID]:
    """Those of these persons who have used the account: they gave a consent once."""
    query = select(consent.c.person_id).distinct().where(consent.c.person_id.in_(people))
    return set(view.connection.scalars(query))


def stands_elsewhere(view: View, certificate: bytes, but: Collection[UUID]) -> bool:
    """Whether a status with this certificate, other than these, has not been ended."""
    mine, others = status.c.certificate == certificate, status.c.id.not_in(but)
    return _any(view, select(status.c.id).where(mine, others, ~status.c.ended))


def held_by_register(view: View, certificates: Collection[bytes]) -> set[bytes]:
    """Those of these certificates that an end has taken with it."""
    query = select(hold.c.digest).where(hold.c.digest.in_(certificates), hold.c.issuer == REGISTER)
    return {bytes(digest) for digest in view.connection.scalars(query)}


def _any(view: View, query: Select[Any]) -> bool:
    return view.connection.execute(query.limit(1)).first() is not None


def _columns(work: Work, planned: Planned) -> dict[str, Any]:
    incoming, step = planned.incoming, planned.step
    record = cut_short(step.entry.record, incoming.ended)
    through, number = record.period.valid_through, record.certificate_number
    same = planned.kept is not None and step.change is Change.SAME
    return {
        "source": planned.source,
        "certificate": None if number is None else work.finder.certificate(number),
        "category": record.category,
        "region": record.region_code,
        "valid_from": to_number(record.period.valid_from),
        "valid_through": None if through is None else to_number(through),
        "ended": step.ended,
        "version": step.version,
        "entry": _seal(work, step.entry, Cell.of("status", "entry", planned.status_id)),
        "changed_at": planned.kept.changed_at if planned.kept and same else work.instant,
        "loaded_at": work.instant,
    }


def _version(work: Work, planned: Planned) -> dict[str, Any]:
    cell = Cell.of("status_version", "entry", planned.status_id, planned.step.version)
    return {
        "status_id": planned.status_id,
        "version": planned.step.version,
        "change": planned.step.change.value,
        "entry": _seal(work, planned.step.entry, cell),
        "at": work.instant,
    }


def _seal(work: Work, entry: RegisterEntry, cell: Cell) -> bytes:
    plain = json.dumps(entry_to_json(entry), ensure_ascii=False, separators=(",", ":"))
    return work.vault.seal(plain.encode("utf-8"), cell)
