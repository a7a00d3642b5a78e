"""The head of the registry's audit log: published with the trust data, and kept in the store.

::

    audit/head.json                {"seq": 4711, "hash": "9f2c…", "at": "2026-11-21T09:30:00Z"}
    tuf/audit-heads.jsonl (0600)   every head that was ever published, one a line

Whoever cuts the log, or changes it and all the hashes that follow, would have to change what has
been published and fetched since. So a head never goes back by itself; after the registry was
restored from a copy a person says so, once, and that stands among the heads::

    {"seq": 95, "hash": "…", "at": "…", "restored": {"through": 90, "reason": "Отказ диска"}}

`through` is the last head before that the restored log still holds; the later ones are lost.
"""

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from statusqr_schema import PublicationFailed, TrustListRefused
from statusqr_schema.strict_json import JsonValue, loads

from ..trust import utc
from ..trust_json import moment_out, parse_moment

HEADS: Final = "audit-heads.jsonl"
_HASH: Final = re.compile("[0-9a-f]{64}")
_TAIL: Final = 2**14  # bytes; a line is shorter
MAX_REASON: Final = 500  # characters


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last entry of the log, which stands for all of it, and when it was first published."""

    seq: int
    hash: bytes
    at: datetime

    @classmethod
    def parse(cls, data: bytes) -> "AuditHead":
        """Read a published head; ValueError for what is none."""
        try:
            return _head(loads(data.decode("utf-8")))
        except TrustListRefused as error:
            raise ValueError("no moment") from error

    def to_bytes(self) -> bytes:
        """As it is published."""
        return (json.dumps(self.to_json()) + "\n").encode("ascii")

    def to_json(self) -> dict[str, JsonValue]:
        """Its fields."""
        return {"seq": self.seq, "hash": self.hash.hex(), "at": moment_out(self.at)}


@dataclass(frozen=True, slots=True)
class Restored:
    """Why a head follows that the one before does not lead to."""

    through: int  # seq of the last head that the log still holds, or 0
    reason: str

    def __post_init__(self) -> None:
        if not 1 <= len(self.reason.strip()) <= MAX_REASON or not self.reason.isprintable():
            raise ValueError(f"причина: от 1 до {MAX_REASON} печатных знаков")


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A line of the file."""

    head: AuditHead
    restored: Restored | None = None


class Heads:
    """The heads that a store has published. Under the lock of `publisher` where it writes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / HEADS

    def all(self) -> list[KeptHead]:
        """Every one, the oldest first; PublicationFailed where the file is damaged."""
        return self._read(0)

    def last(self) -> AuditHead | None:
        """The newest."""
        try:
            size = self._path.stat().st_size
        except FileNotFoundError:
            return None
        kept = self._read(max(0, size - _TAIL))
        return kept[-1].head if kept else None

    def following(self, wanted: AuditHead, restored: Restored | None) -> AuditHead:
        """What is to be published for `wanted`: it, or what was published of it before.

        PublicationFailed where the log has gone back, unless it was `restored`.
        """
        last = self.last()
        if last is None or restored is not None:
            return wanted
        if (last.seq, last.hash) == (wanted.seq, wanted.hash):
            return last
        if wanted.seq <= last.seq:
            raise PublicationFailed(
                f"журнал аудита короче опубликованного (было записей: {last.seq}, стало: "
                f"{wanted.seq}): его обрезали, или реестр восстановлен из копии",
                code="AUDIT_BACK",
            )
        return wanted

    def keep(self, head: AuditHead, restored: Restored | None) -> None:
        """Note a head, on the disk when this returns; nothing for the one noted last. OSError."""
        if restored is None and head == self.last():
            return
        line: dict[str, JsonValue] = head.to_json()
        if restored is not None:
            line["restored"] = {"through": restored.through, "reason": restored.reason}
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            start = max(0, file.seek(0, os.SEEK_END) - _TAIL)
            file.seek(start)
            cut_off = file.read().rpartition(b"\n")[2]  # what a crash left of a line
            file.seek(-len(cut_off), os.SEEK_END)
            file.truncate()
            file.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())

    def _read(self, start: int) -> list[KeptHead]:
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise PublicationFailed(f"{HEADS} не читается: {error.strerror}") from error
        whole = lines[1 if start else 0 : -1]  # the first may be a part, the last is one
        try:
            return [_kept(loads(line.decode("utf-8"))) for line in whole]
        except (ValueError, TrustListRefused) as error:
            raise self._damaged() from error

    def _damaged(self) -> PublicationFailed:
        return PublicationFailed(f"файл tuf/{HEADS} хранилища повреждён: верните его из копии")


def still_to_be_held(kept: Iterable[KeptHead]) -> list[AuditHead]:
    """The heads that the log must still hold: all but those lost when it was restored."""
    held: list[AuditHead] = []
    for each in kept:
        if each.restored is not None:
            through = each.restored.through
            held = [head for head in held if head.seq <= through]
        held.append(each.head)
    return held


def _kept(value: JsonValue) -> KeptHead:
    match value:
        case {"restored": {"through": int(through), "reason": str(reason)}}:
            return KeptHead(_head(value), Restored(through, reason))
        case _:
            return KeptHead(_head(value))


def _head(value: JsonValue) -> AuditHead:
    match value:
        case {"seq": int(seq), "hash": str(digest), "at": at}:
            if not isinstance(seq, bool) and 0 <= seq < 2**63 and _HASH.fullmatch(digest):
                return AuditHead(seq, bytes.fromhex(digest), utc(parse_moment(at, "at")))
        case _:
            pass
    raise ValueError("not a head")
