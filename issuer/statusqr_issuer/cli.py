"""`statusqr-issuer`: issue credentials for register records as PDF, SVG, PNG and text."""

import os
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from statusqr_keys import KeyStore, SqliteStatusIndex, StoredKey
from statusqr_keys.console import json_line, new_app, parse_moment, run
from statusqr_keys.files import write_atomic
from statusqr_keys.passphrase import read_passphrase
from statusqr_schema import (
    Categories,
    Disclosure,
    IssueRefused,
    Presentation,
    Profile,
    RecordRefused,
    RegisterEntry,
    SnilsPolicy,
    StatusQRError,
    advice,
    read_entry,
    split_records,
)
from statusqr_schema.strict_json import JsonValue

from .desk import Desk, Order
from .issuing import Credential
from .naming import Names
from .qr import QrSymbol, Writer, make_symbol

app = new_app("Issue signed status credentials.")


class PresentationName(StrEnum):
    """Presentations as the command line names them."""

    PRINT = "print"
    SCREEN = "screen"
    LIVE = "live"


ALL_FORMATS = ("pdf", "svg", "png", "txt")


def _parse_formats(text: str) -> str:
    if unknown := set(text.split(",")) - set(ALL_FORMATS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: есть {', '.join(ALL_FORMATS)}")
    return text


@app.command()
def issue(
    records: Annotated[
        Path, typer.Argument(help="One record, a list, or {records: [...]}.", exists=True)
    ],
    store: Annotated[Path, typer.Option(help="Folder of the key store.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    formats: Annotated[
        str | None, typer.Option(parser=_parse_formats, help="From pdf,svg,png,txt (all).")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(parser=parse_moment, metavar="TIME", help="Moment of issuing (now)."),
    ] = None,
    allow_ended: Annotated[
        bool, typer.Option("--allow-ended", help="Also for a status that has ended.")
    ] = False,
    valid_days: Annotated[
        int | None, typer.Option(min=1, max=400, help="Life of a printed code in days (365).")
    ] = None,
    presentation: Annotated[
        PresentationName, typer.Option(help="How the code will be shown.")
    ] = PresentationName.PRINT,
    profile: Annotated[Profile, typer.Option(help="How much to disclose.")] = Profile.FULL,
    snils: Annotated[
        SnilsPolicy | None, typer.Option(help="The holder's number (full: whole).")
    ] = None,
    family_snils: Annotated[
        SnilsPolicy | None, typer.Option(help="The family's numbers (full: last5).")
    ] = None,
    authority: Annotated[
        str | None, typer.Option(help="Only keys of this issuer, where the store has several.")
    ] = None,
    categories: Annotated[
        Path | None, typer.Option(help="TOML file with categories of your own.", exists=True)
    ] = None,
    writer: Annotated[Writer, typer.Option(help="What makes the QR symbol.")] = Writer.SEGNO,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a credential.")] = False,
    passphrase_fd: Annotated[
        int | None, typer.Option(help="Read the passphrase from this file descriptor.")
    ] = None,
) -> None:
    """Issue a credential for every record; a bad record is reported and stops nothing else.

    Exit status: 0 all issued, 1 some refused, 2 wrong usage.
    """
    wanted = _formats(formats, presentation)
    catalogue = _catalogue(categories)
    entries = _split(records)
    keys = KeyStore(store)
    passphrase = read_passphrase(os.environ, passphrase_fd)
    desk = Desk(keys, SqliteStatusIndex(store), passphrase, catalogue)
    order = Order(
        issued_at=at or datetime.now(UTC),
        presentation=Presentation[presentation.name],
        disclosure=Disclosure(profile, snils, family_snils),
        lifetime=timedelta(days=valid_days) if valid_days else None,
        allow_ended=allow_ended,
        authority=authority,
    )
    names, refused = Names(), 0
    _make_folder(out)
    for number, value in enumerate(entries, 1):
        try:
            entry = read_entry(value, catalogue)
            credential, key = desk.issue(entry.record, order)
            name = names.name(entry.id, entry.record.certificate_number, credential.digest)
            symbol = make_symbol(credential.text, writer)
            files = _write(credential, entry, key, symbol, out / name, wanted)
            title = _name_of(value, name)
            _report(credential, key, symbol, title, files, as_json=as_json)
            for line in advice(entry, catalogue):
                typer.echo(f"{title}: внимание: {line}", err=True)
        except (RecordRefused, IssueRefused) as error:
            refused += 1
            _report_refusal(_name_of(value, f"запись {number}"), error, as_json=as_json)
    if refused:
        typer.echo(f"Не выпущено: {refused} из {len(entries)}.", err=True)
        raise typer.Exit(1)


@app.command("categories")
def list_categories(
    categories: Annotated[
        Path | None, typer.Option(help="TOML file with categories of your own.", exists=True)
    ] = None,
) -> None:
    """List the categories that may be issued: code and name."""
    for category in _catalogue(categories).by_code.values():
        typer.echo(f"{category.code:20} {category.name}")


def _catalogue(own: Path | None) -> Categories:
    builtin = Categories.builtin()
    return builtin if own is None else builtin.plus(_read_text(own))


def _formats(formats: str | None, presentation: PresentationName) -> list[str]:
    printed = presentation is PresentationName.PRINT
    if formats is None:
        return [f for f in ALL_FORMATS if printed or f != "pdf"]
    if "pdf" in formats and not printed:
        raise typer.BadParameter("--formats: код для экрана не печатают, pdf только для print")
    return formats.split(",")


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(out, error) from error


def _cannot_write(out: Path, error: OSError) -> StatusQRError:
    return StatusQRError(f"{out}: не записывается: {error.strerror}", code="OUTPUT")


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StatusQRError(f"{path}: файл не читается как UTF-8", code="INPUT") from error


def _split(records: Path) -> list[JsonValue]:
    try:
        return split_records(_read_text(records))
    except ValueError as error:
        raise StatusQRError(f"{records}: {error}", code="INPUT") from error


def _write(
    credential: Credential,
    entry: RegisterEntry,
    key: StoredKey,
    symbol: QrSymbol,
    stem: Path,
    formats: list[str],
) -> list[Path]:
    """Write the files of a credential, all of them made before the first is written."""
    contents: dict[Path, bytes] = {}
    for ending in formats:
        path = stem.with_name(f"{stem.name}.{ending}")
        match ending:
            case "pdf":
                from .pdf import render_pdf

                contents[path] = render_pdf(credential, entry.record, key.issuer_name, symbol)
            case "svg":
                contents[path] = symbol.svg().encode("utf-8")
            case "png":
                contents[path] = symbol.png()
            case _:
                contents[path] = f"{credential.text}\n".encode("ascii")
    try:
        for path, content in contents.items():
            write_atomic(path, content, 0o600)  # personal data
    except OSError as error:
        raise _cannot_write(stem.parent, error) from error
    return list(contents)


def _report(
    credential: Credential,
    key: StoredKey,
    symbol: QrSymbol,
    name: str,
    files: list[Path],
    *,
    as_json: bool,
) -> None:
    document: dict[str, JsonValue] = {
        "id": name,
        "kid": key.kid,
        "bytes": len(credential.data),
        "digits": len(credential.text),
        "qr_version": symbol.version,
        "files": [str(path) for path in files],
    }
    if as_json:
        typer.echo(json_line(document))
    else:
        where = ", ".join(path.name for path in files)
        typer.echo(f"{name}: {len(credential.data)} байт, QR {symbol.version}: {where}")


def _name_of(value: JsonValue, otherwise: str) -> str:
    """The record's own id, where it can be printed."""
    name = value.get("id") if isinstance(value, dict) else None
    return name if isinstance(name, str) and name and name.isprintable() else otherwise


def _report_refusal(name: str, error: StatusQRError, *, as_json: bool) -> None:
    """On stderr, so that stdout holds what was issued and nothing else."""
    violations = error.violations if isinstance(error, RecordRefused) else ()
    if as_json:
        document = {"id": name, "refused": error.code, "message": error.message}
        broken = [{"rule": v.rule, "path": v.path, "message": v.message} for v in violations]
        typer.echo(json_line({**document, "violations": broken}), err=True)
    elif isinstance(error, RecordRefused):
        typer.echo(f"{name}: запись не принята", err=True)
        for violation in violations:
            line = f"  {violation.path}: {violation.message} [{violation.rule}]"
            typer.echo(line, err=True)
    else:
        typer.echo(f"{name}: не выпущено: {error.message} [{error.code}]", err=True)


def main() -> None:
    """Entry point of the console script."""
    run(app)


if __name__ == "__main__":
    main()
