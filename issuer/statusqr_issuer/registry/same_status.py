"""Which of the statuses that are held a record speaks of. Pure.

One that is called the same. Else one of the same person that shares the certificate's number, or
category, region and first day, where one side lacks the name that the other is called by: a
register that leaves ids out, or learns them later, still speaks of the same statuses, and what has
ended does not come back under another name. Two ids, or two certificates without ids, are two
statuses. What fits several is unclear, and never guessed: also where several records of a file fit
one status.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias
from uuid import UUID

from .incoming import Incoming
from .load_plan import Kept
from .status_names import Called


@dataclass(frozen=True, slots=True)
class Matches:
    """By what records are called: the statuses they speak of, and of which that is unclear.

    What is in neither is new.
    """

    found: dict[bytes, Kept] = field(default_factory=dict)
    unclear: set[bytes] = field(default_factory=set)


class _Tie(Enum):
    """What a record has in common with a status, the strongest first."""

    NAME = auto()
    BOTH = auto()
    CERTIFICATE = auto()
    PLAIN = auto()


_Side: TypeAlias = Incoming | Kept


def matched(records: Iterable[Incoming], held: Iterable[Kept]) -> Matches:
    """The statuses of some persons, and all records of a file that speak of these persons.

    A stronger tie goes before a weaker one. Who comes too late for a status because another record
    took it is another status only where both records are called by the same kind of name.
    """
    rest = {one.source: one for one in records}
    held = list(held)
    takers: defaultdict[UUID, set[Called]] = defaultdict(set)
    matches = Matches()
    for tie in _Tie:
        pairs = [
            (one, kept)
            for one, kept in _pairs(rest.values(), held, tie)
            if one.called not in takers[kept.id]
        ]
        fits = Counter(one.source for one, _ in pairs)
        wanted = Counter(kept.id for _, kept in pairs)
        for one, kept in pairs:
            if fits[one.source] == wanted[kept.id] == 1 and not takers[kept.id]:
                matches.found[one.source] = kept
            else:
                matches.unclear.add(one.source)
        for one, kept in pairs:
            takers[kept.id].add(one.called)
            rest.pop(one.source, None)
    return matches


def _pairs(
    records: Iterable[Incoming], held: Iterable[Kept], tie: _Tie
) -> Iterator[tuple[Incoming, Kept]]:
    by_key: defaultdict[Hashable, list[Kept]] = defaultdict(list)
    for kept in held:
        by_key[_key(kept, tie)].append(kept)
    for one in records:
        key = _key(one, tie)
        for kept in by_key.get(key, ()) if key is not None else ():
            if tie is _Tie.NAME or one.called is not kept.called:
                yield one, kept


def _key(side: _Side, tie: _Tie) -> Hashable:
    """What is equal on both sides of such a tie."""
    match tie:
        case _Tie.NAME:
            return side.person, side.source
        case _Tie.PLAIN:
            return side.plain
        case _ if side.certificate is None:
            return None
        case _Tie.CERTIFICATE:
            return side.person, side.certificate
        case _Tie.BOTH:
            return side.plain, side.certificate
