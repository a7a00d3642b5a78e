"""Records of a register into the registry, in batches that are all or nothing.

Each record is a step (`load_plan`): what falls with it, whom it is told to, and what the audit log
keeps stand in the same transaction. A load that was cut off is finished by loading the same file
again; a file that was loaded already changes nothing but `loaded_at`.
"""

from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep
from typing import Final
from uuid import UUID

from statusqr_schema import Categories, RecordRefused, RuleViolation
from statusqr_schema.strict_json import JsonValue

from . import audit, messages, numbers, persons
from .incoming import Delivery, Incoming, Refusal, read
from .load_falls import free_certificates, let_fall
from .load_plan import Change, Kept, Step, numbered, plan
from .load_rows import Planned, given_here, spoken_of, with_account, write
from .messages import MessageKind
from .registry import Registry, Work

BATCH: Final = 500  # records in a transaction: other writers wait for a second or two at most
_PAUSE: Final = 0.11  # seconds; who waits for SQLite looks every tenth of a second

_UNCLEAR: Final = RuleViolation(
    "STATUS_UNCLEAR",
    "",
    "неясно, о каком из статусов этого человека запись: укажите id или номер, под которым он уже в "
    "реестре; если один статус подходит нескольким записям, загрузите их по одной",
)
_KINDS = {
    Change.ADDED: MessageKind.STATUS_ADDED,
    Change.CHANGED: MessageKind.STATUS_CHANGED,
    Change.ENDED: MessageKind.STATUS_ENDED,
    Change.RECOVERED: MessageKind.STATUS_RECOVERED,
}


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """How a file is loaded; `file_digest` (SHA-256) is by what the audit log knows it."""

    actor: str
    at: datetime
    file_digest: bytes
    categories: Categories = field(default_factory=Categories.builtin)
    series: str | None = None  # of certificate numbers for records that have none
    dry_run: bool = False  # everything but to keep it
    batch: int = BATCH


@dataclass(slots=True)
class LoadReport:
    """What a load did, or would do."""

    changes: Counter[Change] = field(default_factory=Counter)
    codes: int = 0  # printed codes that were revoked
    given: list[tuple[str, str]] = field(default_factory=list)  # records and their new numbers
    refused: list[Refusal] = field(default_factory=list)

    @property
    def numbers(self) -> int:
        """How many certificate numbers were given out."""
        return len(self.given)

    def add(self, other: "LoadReport") -> None:
        """Count another's in."""
        self.changes.update(other.changes)
        self.codes += other.codes
        self.given += other.given
        self.refused += other.refused


@dataclass(frozen=True, slots=True)
class Series:
    """Of certificate numbers; `claimed` are digests of those that the file itself brings."""

    name: str
    claimed: Set[bytes]

    def next(self, work: Work, count: int) -> list[str]:
        """The next numbers that are nobody's; those that the file claims are passed over."""
        return numbers.next_numbers(work, self.name, count, self.claimed)


class _DryRun(Exception):
    pass


def load(
    registry: Registry,
    values: Sequence[JsonValue],
    order: LoadOrder,
    progress: Callable[[int], None] = lambda done: None,
) -> LoadReport:
    """Load the records of a file; `progress` is told after each batch how many are on the disk.

    A refused record stops nothing else. RegistryProblem where the registry fails: what was told to
    `progress` stands then, and the file can be loaded again.
    """
    taken, refused = read(values, registry.finder, order.categories)
    report = LoadReport(refused=refused)
    delivery = Delivery.of(taken, refused)
    for start in range(0, len(taken), order.batch):
        if start and registry.database.sqlite:
            sleep(_PAUSE)  # or citizens would find it taken again each time they look
        batch = taken[start : start + order.batch]
        report.add(_load_batch(registry, batch, order, delivery))
        progress(start + len(batch))
    report.refused.sort(key=lambda refusal: refusal.number)
    if not order.dry_run:
        with registry.writing(order.actor, order.at) as work:
            audit.append(work, "load", _summary(report, order.file_digest, len(values)))
    return report


def _load_batch(
    registry: Registry, batch: Sequence[Incoming], order: LoadOrder, delivery: Delivery
) -> LoadReport:
    report = LoadReport()
    series = order.series and Series(order.series, delivery.claimed)
    try:
        with registry.writing(order.actor, order.at) as work:
            _carry_out(work, batch, delivery, series or None, report)
            if order.dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return report


def _carry_out(
    work: Work,
    batch: Sequence[Incoming],
    delivery: Delivery,
    series: Series | None,
    report: LoadReport,
) -> None:
    steps = _plan(work, batch, delivery, series, report)
    write(work, steps)
    changed = [planned for planned in steps if planned.step.change is not Change.SAME]
    free_certificates(work, changed)
    fallen = {p.status_id: codes for p in changed if (codes := let_fall(work, p))}
    used = with_account(work, {p.person_id for p in changed if p.kept is None})
    for planned in changed:
        if planned.kept is not None or planned.person_id in used:
            codes = fallen.get(planned.status_id, 0)
            messages.tell(work, planned.person_id, _kind(planned), planned.status_id, codes)
    audit.extend(work, [_told(planned, fallen) for planned in changed])
    report.changes.update(planned.step.change for planned in steps)
    report.codes += sum(fallen.values())


def _plan(
    work: Work,
    batch: Sequence[Incoming],
    delivery: Delivery,
    series: Series | None,
    report: LoadReport,
) -> list[Planned]:
    matches = spoken_of(work, batch, delivery.people)
    given = given_here(work, {one.certificate for one in batch if one.certificate})
    steps: list[tuple[Incoming, Step, Kept | None]] = []
    for one in batch:
        held = matches.found.get(one.source)
        try:
            if one.source in matches.unclear:
                raise RecordRefused([_UNCLEAR])
            step = plan(one, held, given.get(one.certificate or b""), work.at)
        except RecordRefused as error:
            report.refused.append(Refusal(one.number, one.name, error))
            continue
        steps.append((one, step, held))
    if series:
        steps = _numbered(work, steps, series, report)
    people = persons.of_all(work, {one.person for one, _, held in steps if held is None})
    return [Planned.of(one, step, held, people) for one, step, held in steps]


def _numbered(
    work: Work,
    steps: Sequence[tuple[Incoming, Step, Kept | None]],
    series: Series,
    report: LoadReport,
) -> list[tuple[Incoming, Step, Kept | None]]:
    """The steps; those that stand without a certificate's number have one now."""
    lack = [not s.entry.record.certificate_number and not s.ended for _, s, _ in steps]
    fresh = iter(series.next(work, sum(lack)))
    done = []
    for (one, step, held), lacks in zip(steps, lack, strict=True):
        if lacks:
            number = next(fresh)
            report.given.append((one.name, number))
            done.append((one, numbered(step, number), held))
        else:
            done.append((one, step, held))
    return done


def _kind(planned: Planned) -> MessageKind:
    if planned.kept is None and planned.step.ended:
        return MessageKind.STATUS_ENDED
    return _KINDS[planned.step.change]


def _told(planned: Planned, fallen: dict[UUID, int]) -> audit.Told:
    body: dict[str, JsonValue] = {
        "status": str(planned.status_id),
        "version": planned.step.version,
        "ended": planned.step.ended,
        "codes": fallen.get(planned.status_id, 0),
    }
    return audit.Told(f"load_{planned.step.change.value}", body)


def _summary(report: LoadReport, digest: bytes, records: int) -> dict[str, JsonValue]:
    return {
        "file": digest.hex(),
        "records": records,
        "refused": len(report.refused),
        "codes": report.codes,
        "numbers": report.numbers,
        **{change.value: report.changes[change] for change in Change},
    }
