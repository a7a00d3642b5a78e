"""`statusqr-issuer`: issue credentials as PDF, SVG, PNG and text; revoke and restore them."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from statusqr_keys import KeyStore
from statusqr_keys.console import new_app, parse_moment, run
from statusqr_keys.passphrase import read_passphrase
from statusqr_schema import (
    Categories,
    Disclosure,
    IssueRefused,
    Presentation,
    Profile,
    RecordRefused,
    SnilsPolicy,
    StatusQRError,
    advice,
    read_entry,
    split_records,
)
from statusqr_schema.strict_json import JsonValue

from . import revoke_commands
from .account.serve_command import serve
from .auditing import audit_app
from .books import Books, RegistryPlace, open_books
from .desk import Desk, Issued, Order
from .naming import printable_id
from .operators import login_name
from .output import FORMATS, Output
from .publishing import publish
from .qr import Writer
from .registry import commands as registry_commands
from .registry.load_command import load_records

_Issuing: TypeAlias = Callable[[JsonValue], Issued]

app = new_app("Issue signed status credentials.")
app.command("load")(load_records)
app.add_typer(registry_commands.app, name="registry")
revoke_commands.register(app)
app.command("publish")(publish)
app.add_typer(audit_app, name="audit")
app.command("serve")(serve)


class PresentationName(StrEnum):
    """Presentations as the command line names them."""

    PRINT = "print"
    SCREEN = "screen"
    LIVE = "live"


def _parse_formats(text: str) -> str:
    if unknown := set(text.split(",")) - set(FORMATS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: есть {', '.join(FORMATS)}")
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
    registry: RegistryPlace = None,
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
    order = Order(
        issued_at=at or datetime.now(UTC),
        presentation=Presentation[presentation.name],
        disclosure=Disclosure(profile, snils, family_snils),
        lifetime=timedelta(days=valid_days) if valid_days else None,
        allow_ended=allow_ended,
        authority=authority,
    )
    output = Output(out, wanted, writer, as_json=as_json)
    with open_books(store, registry, login_name(), passphrase) as books:
        desk = Desk(keys, books.index, books.revocations, passphrase, catalogue)
        refused = _issue_all(entries, _issuing(desk, books, order, catalogue), output, catalogue)
    if refused:
        typer.echo(f"Не выпущено: {refused} из {len(entries)}.", err=True)
        raise typer.Exit(1)


def _issuing(desk: Desk, books: Books, order: Order, catalogue: Categories) -> _Issuing:
    if books.registry is not None:
        from .registered import RegisteredDesk

        registered = RegisteredDesk(desk, books.registry, catalogue, login_name())
        return lambda value: registered.issue(value, order)

    def unregistered(value: JsonValue) -> Issued:
        entry = read_entry(value, catalogue)
        return Issued(*desk.issue(entry.record, order), entry)

    return unregistered


def _issue_all(
    entries: list[JsonValue], issue_one: _Issuing, output: Output, catalogue: Categories
) -> int:
    refused = 0
    for number, value in enumerate(entries, 1):
        try:
            done = issue_one(value)
            remarks = [*done.remarks, *advice(done.entry, catalogue)]
            output.issued(done.credential, done.entry, done.key, remarks)
        except (RecordRefused, IssueRefused) as error:
            refused += 1
            output.refused(printable_id(value) or f"запись {number}", error)
    return refused


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
        return [f for f in FORMATS if printed or f != "pdf"]
    if "pdf" in formats and not printed:
        raise typer.BadParameter("--formats: код для экрана не печатают, pdf только для print")
    return formats.split(",")


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


def main() -> None:
    """Entry point of the console script."""
    run(app)


if __name__ == "__main__":
    main()
