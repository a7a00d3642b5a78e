"""`statusqr-issuer load`: records of a register into the registry."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from statusqr_keys.console import json_line, parse_moment
from statusqr_keys.passphrase import read_passphrase
from statusqr_schema import Categories, StatusQRError, split_records
from statusqr_schema.strict_json import JsonValue

from ..operators import login_name
from ..output import tell_refused

if TYPE_CHECKING:  # what takes a third of a second is imported when it is needed
    from .loading import LoadReport

_WORDS: Final = {  # by the value of `Change`
    "added": "новых",
    "changed": "изменено",
    "ended": "прекращено",
    "recovered": "восстановлено",
    "same": "без изменений",
}


def load_records(
    records: Annotated[
        Path, typer.Argument(help="One record, a list, or {records: [...]}.", exists=True)
    ],
    store: Annotated[Path, typer.Option(help="Folder of the key store.")],
    registry: Annotated[
        str | None,
        typer.Option(
            envvar="STATUSQR_REGISTRY",
            help="File or PostgreSQL URL (STORE/registry.sqlite); made where there is none.",
        ),
    ] = None,
    series: Annotated[
        str | None,
        typer.Option(
            metavar="PREFIX", help="Number records without a number: 76- gives 76-000001."
        ),
    ] = None,
    categories: Annotated[
        Path | None, typer.Option(help="TOML file with categories of your own.", exists=True)
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(parser=parse_moment, metavar="TIME", help="Moment of loading (now)."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen and keep nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    passphrase_fd: Annotated[
        int | None, typer.Option(help="Read the passphrase from this file descriptor.")
    ] = None,
) -> None:
    """Load records: new ones, changes, ends. A bad record is reported and stops nothing else.

    A change revokes what was printed of the status, and the citizen is told in the account.
    Exit status: 0 all taken, 1 some refused, 2 wrong usage.
    """
    from .loading import LoadOrder, load
    from .numbers import demand_series
    from .opening import make_registry, open_registry

    content = _read(records)
    values = _split(records, content)
    if series is not None:
        demand_series(series)
    builtin = Categories.builtin()
    now = at or datetime.now(UTC)
    order = LoadOrder(
        actor=login_name(),
        at=now,
        file_digest=hashlib.sha256(content).digest(),
        categories=builtin if categories is None else builtin.plus(_text(categories)),
        series=series,
        dry_run=dry_run,
    )
    passphrase = read_passphrase(os.environ, passphrase_fd)
    # A dry run makes nothing, so it needs a registry that is there.
    opened = (
        open_registry(registry, store, passphrase)
        if dry_run
        else make_registry(registry, store, passphrase, now)
    )
    try:
        report = load(opened, values, order)
    finally:
        opened.close()
    for refusal in report.refused:
        tell_refused(refusal.name, refusal.error, as_json=as_json)
    _tell(report, len(values), dry_run=dry_run, as_json=as_json)
    if report.refused:
        raise typer.Exit(1)


def _tell(report: "LoadReport", records: int, *, dry_run: bool, as_json: bool) -> None:
    changes = {change.value: count for change, count in report.changes.items()}
    if as_json:
        document: dict[str, JsonValue] = {
            "records": records,
            **{change: changes.get(change, 0) for change in _WORDS},
            "refused": len(report.refused),
            "codes_revoked": report.codes,
            "numbers_given": report.numbers,
            "numbers": [{"id": name, "number": number} for name, number in report.given],
            "dry_run": dry_run,
        }
        typer.echo(json_line(document))
        return
    if dry_run:
        typer.echo("Пробный запуск: ничего не записано.")
    counts = ", ".join(f"{word} {changes.get(change, 0)}" for change, word in _WORDS.items())
    typer.echo(f"Записей в файле: {records}. Статусы: {counts}; не принято {len(report.refused)}.")
    if report.codes:
        typer.echo(f"Отозвано печатных кодов: {report.codes}.")
    if report.numbers:
        typer.echo(f"Выдано номеров удостоверений: {report.numbers}.")
        for name, number in report.given:
            typer.echo(f"{name}: {'будет выдан' if dry_run else 'выдан'} номер {number}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StatusQRError(f"{path}: файл не читается: {error.strerror}", code="INPUT") from error


def _text(path: Path) -> str:
    try:
        return _read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StatusQRError(f"{path}: файл не в UTF-8", code="INPUT") from error


def _split(path: Path, content: bytes) -> list[JsonValue]:
    try:
        return split_records(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise StatusQRError(f"{path}: файл не в UTF-8", code="INPUT") from error
    except ValueError as error:
        raise StatusQRError(f"{path}: {error}", code="INPUT") from error
