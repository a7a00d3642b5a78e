"""`statusqr-issuer audit verify`: is the audit log whole, and the one that was published?

The chain of hashes shows a changed entry and a removed one; the published heads show a tail that
was cut, and a log that was written anew from some entry on. Where the log is whole, it vouches for
what the status lists show. No keys and no passphrase are needed.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from statusqr_keys.console import json_line, new_app
from statusqr_schema import PublicationFailed
from statusqr_schema.strict_json import JsonValue
from statusqr_schema.wording import counted, moscow_time

from .registry.chain import Break, Fault, Head, examine

if TYPE_CHECKING:
    from statusqr_keys.distribution.audit_head import AuditHead

audit_app = new_app("The log of all that was done in the registry.")
audit_app.callback()(lambda: None)  # a group even with one command


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out. `broken` is the first place; `heads` were compared, `lost` were not.

    `lost`: heads that a registry restored from a copy no longer leads on from, as was confirmed.
    `unaccounted`: printed codes whose state the log does not tell of.
    """

    last: Head
    broken: Break | None
    heads: "Sequence[AuditHead]"
    lost: int = 0
    unaccounted: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.broken is None and not self.unaccounted

    def to_json(self) -> dict[str, JsonValue]:
        """For programs."""
        at = self.broken
        return {
            "ok": self.whole,
            "entries": self.last.seq,
            "head": self.last.hash.hex(),
            "heads_compared": len(self.heads),
            "heads_lost": self.lost,
            "codes_unaccounted": self.unaccounted,
            "broken": None if at is None else {"fault": at.fault.value, "seq": at.seq},
        }

    def sentence(self) -> str:
        """For people."""
        if self.broken is None:
            entries = counted(self.last.seq, "запись", "записи", "записей")
            told = (
                f"Журнал аудита цел: {entries}, сверено опубликованных вершин: {len(self.heads)}."
            )
            if not self.heads:
                told += " Без них не видно, обрезан ли его конец: опубликуйте данные (publish)."
            if self.lost:
                told += f" Вершин, утраченных при восстановлении из копии: {self.lost}."
            if self.unaccounted:
                told += (
                    f" Но состояние печатных кодов ({self.unaccounted}) изменено в обход журнала: "
                    "восстановите реестр из копии (registry restore)."
                )
            return told
        seq = self.broken.seq
        match self.broken.fault:
            case Fault.CHANGED:
                return f"Запись {seq} журнала аудита изменена: её хеш не сходится."
            case Fault.MISSING:
                return f"Записи {seq} в журнале аудита нет: она удалена, а следующие есть."
            case Fault.CUT:
                newest = max(self.heads, key=lambda head: head.seq)
                return (
                    f"Конец журнала аудита обрезан: записей с {seq} по {newest.seq} нет, хотя "
                    f"вершина {newest.seq} опубликована {moscow_time(newest.at)}."
                )
            case Fault.FORKED:
                known = next(head for head in self.heads if head.seq == seq)
                return (
                    f"Журнал аудита переписан: запись {seq} не та, что опубликована "
                    f"{moscow_time(known.at)}. Изменена она или одна из прежних."
                )


@audit_app.command("verify")
def verify(
    store: Annotated[Path, typer.Option(help="Folder of the key store.")],
    registry: Annotated[
        str | None,
        typer.Option(
            envvar="STATUSQR_REGISTRY", help="File or PostgreSQL URL (STORE/registry.sqlite)."
        ),
    ] = None,
    site: Annotated[
        str | None,
        typer.Option(metavar="URL|DIR", help="Compare with what is published there, too."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check the log, compare it with the published heads, and the status lists with it.

    Exit status: 0 it is whole, 1 it is not, or cannot be checked.
    """
    verdict = examine_log(store, registry, site, datetime.now(UTC))
    typer.echo(json_line(verdict.to_json()) if as_json else verdict.sentence())
    if not verdict.whole:
        raise typer.Exit(1)


def examine_log(store: Path, place: str | None, site: str | None, at: datetime) -> Verdict:
    """The verdict. RegistryProblem, PublicationFailed or SyncFailed where nothing can be said."""
    from statusqr_keys.distribution.audit_head import Heads, still_to_be_held
    from statusqr_keys.distribution.layout import FOLDER

    from .registry import audit, heads, shown
    from .registry.opening import default_place

    published = [_published(store, site, at)] if site is not None else []
    kept = Heads(store / FOLDER).all()
    held = still_to_be_held(kept)
    lost = [each.head for each in kept if each.head not in held]
    known = [*held, *(head for head in published if head not in (*held, *lost))]
    with (
        heads.log_of(place or default_place(store)) as view,
        closing(audit.entries(view)) as entries,
    ):
        last, broken = examine(entries, [Head(head.seq, head.hash) for head in known])
        unaccounted = shown.unaccounted(view) if broken is None else 0
    return Verdict(last, broken, known, len(lost), unaccounted)


def _published(store: Path, site: str, at: datetime) -> "AuditHead":
    """The head that verifiers get there, under the first root of this store."""
    from statusqr_keys.distribution.client import sync
    from statusqr_keys.distribution.layout import FOLDER

    try:
        root = (store / FOLDER / "metadata" / "1.root.json").read_bytes()
    except OSError as error:
        message = f"первый корень не читается из хранилища: {error.strerror}"
        raise PublicationFailed(message) from error
    with TemporaryDirectory() as cache:
        head = sync(site, root, Path(cache), at).audit_head
    if head is None:
        raise PublicationFailed("там не опубликована вершина журнала аудита", code="AUDIT_NO_HEAD")
    return head
