"""`statusqr-issuer publish`: the trust list, what is revoked, and the head of the audit log.

As `statusqr-keys publish` does for a store without a registry. Lists go out when they change, and
hourly; the head of that moment goes with them.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from statusqr_keys import KeyStore, KeyUse
from statusqr_keys.holds import Note
from statusqr_keys.passphrase import read_passphrase
from statusqr_schema import PublicationFailed
from statusqr_schema.days import MOSCOW
from statusqr_schema.strict_json import JsonValue

from .operators import login_name

if TYPE_CHECKING:  # what takes a third of a second is imported when it is needed
    from statusqr_keys.distribution.audit_head import AuditHead
    from statusqr_keys.distribution.publisher import Publication

    from .registry import Registry

_PASSPHRASE = "Read the passphrase from this file descriptor."  # noqa: S105


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes what a store and its registry hold."""

    keys: KeyStore
    registry: "Registry"
    passphrase: bytes
    folder: Path
    author: str

    def publish(self, at: datetime, after_restore: str | None = None) -> "Publication":
        """Publish. PublicationFailed, AUDIT_BACK, where the log does not lead on from the heads.

        `after_restore`: why that is so this once; it is logged here and beside the heads.
        """
        from statusqr_keys.distribution import office
        from statusqr_keys.distribution.audit_head import (
            AuditHead,
            Heads,
            Restored,
            still_to_be_held,
        )
        from statusqr_keys.distribution.layout import FOLDER

        from .registry import audit, entries, heads
        from .registry.holds import RegistryRevocations

        kept = Heads(self.keys.folder / FOLDER)
        last = kept.last()
        restored = None
        with self.registry.reading() as view:
            leads_on = last is None or heads.holds(view, last)
            through = 0 if leads_on else heads.last_held(view, still_to_be_held(kept.all()))
        if not leads_on:
            if after_restore is None:
                raise _gone_back()
            restored = Restored(through, after_restore)
            with self.registry.writing(self.author, at) as work:
                left = last.seq if last else 0
                body: dict[str, JsonValue] = {"through": through, "left": left}
                audit.append(work, "heads_restarted", {**body, "reason": after_restore})
        elif after_restore is not None:
            raise PublicationFailed(
                "журнал аудита продолжает опубликованный: --after-restore не нужен",
                code="AUDIT_LEADS_ON",
            )
        for issuer_id in self._issuers():
            entries.open_ahead(self.registry, issuer_id, self.author, at)
        while True:
            with self.registry.reading() as view:
                head = audit.head(view)
            try:
                return office.publish_store(
                    self.keys,
                    RegistryRevocations(self.registry),
                    self.folder,
                    self.passphrase,
                    at,
                    head=AuditHead(head.seq, head.hash, at),
                    restored=restored,
                )
            except PublicationFailed as error:
                if error.code != "AUDIT_BACK" or not self._is_overtaken(kept.last(), head.seq):
                    raise

    def _is_overtaken(self, last: "AuditHead | None", seq: int) -> bool:
        """Whether another process has published a later head of this very log meanwhile."""
        from .registry import heads

        with self.registry.reading() as view:
            return last is not None and last.seq > seq and heads.holds(view, last)

    def _issuers(self) -> list[str]:
        """Those who may print codes now, or could before: they have lists."""
        keys = self.keys.all_keys()
        return sorted({key.issuer_id for key in keys if key.record.use is KeyUse.PRINT})


def _reason(text: str) -> str:
    """As `revoke` takes one: the logs keep it in clear."""
    try:
        return Note(text, "publish", datetime.now(UTC)).reason
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def publish(
    store: Annotated[Path, typer.Option(help="Folder of the key store.")],
    to: Annotated[Path, typer.Option(help="Folder of a web server, or of a USB stick.")],
    registry: Annotated[
        str | None,
        typer.Option(
            envvar="STATUSQR_REGISTRY", help="File or PostgreSQL URL (STORE/registry.sqlite)."
        ),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Publish again on change.")] = False,
    after_restore: Annotated[
        str | None,
        typer.Option(
            parser=_reason,
            metavar="TEXT",
            help="The registry was restored from a copy: why. Once; kept in clear, so no names.",
        ),
    ] = None,
    root_keys: Annotated[
        int, typer.Option(min=1, max=16, help="Keys of a new root: the first publication only.")
    ] = 1,
    root_threshold: Annotated[
        int, typer.Option(min=1, max=16, help="How many of them must sign.")
    ] = 1,
    passphrase_fd: Annotated[int | None, typer.Option(min=0, help=_PASSPHRASE)] = None,
) -> None:
    """Publish the trust list and the status lists; root.json there is for verifiers."""
    from statusqr_keys.distribution import office, watching

    from .registry.holds import RegistryRevocations
    from .registry.opening import open_registry

    keys = KeyStore(store)
    keys.all_keys()  # no store, no question for its passphrase
    passphrase = read_passphrase(os.environ, passphrase_fd)
    opened = open_registry(registry, store, passphrase)
    publisher = Publisher(keys, opened, passphrase, to, login_name())

    revocations = RegistryRevocations(opened)

    def look() -> object:
        return watching.fingerprint(keys, revocations)

    def once(reason: str | None = None) -> object:
        now = datetime.now(UTC)
        wanted = {"root_keys": root_keys, "root_threshold": root_threshold}
        for made in office.make_missing(keys, passphrase, now, **wanted):
            typer.echo(f"Внимание: {made}", err=True)
        seen = look()
        done = publisher.publish(now, reason)
        moment = f"{done.published.astimezone(MOSCOW):%d.%m.%Y %H:%M}"
        typer.echo(f"Опубликовано {moment}: {to}", err=True)
        for role in done.due:
            typer.echo(f"Внимание: подписи роли {role} пора обновить: верните её ключи", err=True)
        return seen

    try:
        seen = once(after_restore)
        if watch:
            watching.publish_on_change(once, look, seen=seen)
    finally:
        opened.close()


def _gone_back() -> PublicationFailed:
    return PublicationFailed(
        "журнал аудита не продолжает опубликованный: записи изменены или удалены, или реестр "
        "восстановлен из копии. Что именно: statusqr-issuer audit verify. Если реестр "
        "восстановлен, подтвердите это один раз: publish --after-restore «причина»",
        code="AUDIT_BACK",
    )
