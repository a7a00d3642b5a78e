"""The audit log as a chain of hashes: each entry vouches for all before it. Pure.

The hash of an entry is SHA-256 over the hash before it and the entry as JSON (UTF-8, in this order:
seq, at, actor, act, body, on_lists; no spaces). Whoever changes or removes an entry must change all
that follow; whoever cuts the tail leaves no trace in the chain itself, which is why its head is
published with the trust data.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

START = bytes(32)  # the hash before the first entry


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry; `at` in epoch seconds, `body` is JSON without personal data."""

    seq: int
    at: int
    actor: str
    act: str
    body: str
    on_lists: bool  # whether status lists show something else than before
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain, which stands for all of it; seq 0 for an empty one."""

    seq: int = 0
    hash: bytes = START


class Fault(StrEnum):
    """What is wrong with a chain."""

    CHANGED = "changed"  # an entry is not the one that was hashed
    MISSING = "missing"  # an entry between others is gone
    CUT = "cut"  # entries that a head knew are gone from the end
    FORKED = "forked"  # an entry that a head knew is another now


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which a chain does not hold."""

    fault: Fault
    seq: int


def link(
    before: bytes, seq: int, at: int, actor: str, act: str, body: str, on_lists: bool
) -> bytes:
    """The hash of an entry that follows the hash `before`."""
    values = [seq, at, actor, act, body, on_lists]
    entry = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(before + entry.encode("utf-8")).digest()


def examine(entries: Iterable[AuditEntry], known: Iterable[Head] = ()) -> tuple[Head, Break | None]:
    """The head of entries in order of seq, and the first break, also against heads known before.

    Entries may hold whatever a damaged database gives, of any type.
    """
    expected: dict[int, set[bytes]] = {}
    for head in known:
        if head.seq:
            expected.setdefault(head.seq, set()).add(head.hash)
    last = Head()
    for entry in entries:
        if entry.seq != last.seq + 1:
            return last, Break(Fault.MISSING, last.seq + 1)
        if not _follows(entry, last.hash):
            return last, Break(Fault.CHANGED, entry.seq)
        if expected.pop(entry.seq, {entry.hash}) != {entry.hash}:
            return last, Break(Fault.FORKED, entry.seq)
        last = Head(entry.seq, entry.hash)
    if expected:
        return last, Break(Fault.CUT, last.seq + 1)
    return last, None


def _follows(entry: AuditEntry, before: bytes) -> bool:
    try:
        wanted = link(
            before, entry.seq, entry.at, entry.actor, entry.act, entry.body, entry.on_lists
        )
    except (TypeError, ValueError):  # bytes in place of text, text that is none
        return False
    return wanted == entry.hash
