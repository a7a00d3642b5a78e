"""`statusqr-verifier`: read codes from files and show whether the statuses hold."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from statusqr_keys.console import fail, json_line, new_app, parse_moment, run
from statusqr_schema import ImageRefused, SyncFailed, TrustDataRefused, TrustListRefused
from statusqr_schema.wording import printable
from statusqr_web.token_cli import token_app

from . import terminal, trust_source
from .card import make_card
from .check import Verifier
from .checkpoint.command import serve
from .checkpoint.scopes import SCOPES
from .engines import Engine, EngineMissing
from .images import read_file
from .place_options import (
    WRONG_USAGE,
    BriefOption,
    CacheOption,
    CategoryOption,
    JsonOption,
    LangOption,
    MaxAgeOption,
    RegionOption,
    TrustOption,
    exit_status,
    open_trust,
    place_policy,
)
from .policy import Policy
from .reader_process import SafeReader
from .report import Report, Verdict
from .report_json import report_to_json, unreadable_to_json
from .scanning.command import scan
from .trust_source import MissingSync
from .words import UNREADABLE, Language

app = new_app("Check status codes, offline.")

MAX_TEXT = 1_000_000  # bytes of a text file
MAX_CODES = 1000  # in one text file

app.command()(serve)
app.command()(scan)
app.add_typer(token_app(SCOPES), name="token")


@app.callback()
def _root() -> None:
    """Check status codes, offline."""


@app.command()
def verify(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Pictures, PDFs, or text files with the digits of a code.", exists=True
        ),
    ],
    trust: TrustOption = None,
    cache: CacheOption = None,
    max_age: MaxAgeOption = 72,
    at: Annotated[
        datetime | None,
        typer.Option(
            parser=parse_moment,
            metavar="TIME",
            help="Check as of this moment, e.g. 2026-11-21T12:00:00+03:00.",
        ),
    ] = None,
    engine: Annotated[Engine, typer.Option(help="What reads the codes.")] = Engine.CASCADE,
    lang: LangOption = Language.RU,
    as_json: JsonOption = False,
    brief: BriefOption = False,
    category: CategoryOption = None,
    region: RegionOption = None,
) -> None:
    """Check the codes in FILES.

    Exit status: 0 all VALID, 1 some INVALID, 2 wrong usage, 3 some UNDETERMINED, 4 some FOREIGN or
    unreadable; the first of 2, 1, 3, 4 that applies.
    """
    policy = place_policy(category, region, max_age, as_of=at is not None)
    try:
        verifier = open_trust(trust, cache).verifier(policy)
        show = _Screen(lang, policy, as_json=as_json, brief=brief).show
        verdicts: set[Verdict | None] = set()
        with SafeReader() as reader:
            for path in files:
                for report in _reports(path, verifier, reader, engine, at):
                    verdicts.add(report.verdict if isinstance(report, Report) else None)
                    show(report, printable(str(path)))
        if cache is not None and at is None:
            trust_source.remember(cache, datetime.now(UTC), verifier)
    except (TrustListRefused, TrustDataRefused, MissingSync, EngineMissing) as error:
        fail(error, WRONG_USAGE)
    if status := exit_status(verdicts):
        raise typer.Exit(status)


@app.command()
def sync(
    source: Annotated[
        str, typer.Option("--from", metavar="URL|DIR", help="Where the data are published.")
    ],
    cache: Annotated[Path, typer.Option(help="Folder in which they are kept.")],
    root: Annotated[
        Path | None,
        typer.Option(help="The root that you were given; needed the first time.", dir_okay=False),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Again and again.")] = False,
    every: Annotated[
        float, typer.Option(metavar="MINUTES", min=0.01, help="With --watch: how often.")
    ] = 15,
) -> None:
    """Fetch the trust list and the status lists for checking without a network."""
    try:
        from . import syncing
    except ImportError as error:
        raise MissingSync from error
    try:
        if watch:
            syncing.again_and_again(source, root, cache, every)
        syncing.once(source, root, cache)
    except (SyncFailed, TrustDataRefused) as error:
        syncing.fail_with(error)


def _reports(
    path: Path, verifier: Verifier, reader: SafeReader, engine: Engine, at: datetime | None
) -> Iterator[Report | str]:
    """The reports of the codes in a file, or why none could be read."""
    try:
        data = read_file(path)
        texts = _text_of(data) or reader.read_codes(data, engine)
    except ImageRefused as error:
        yield error.message
        return
    if not texts:
        yield ""
    for text in texts:
        yield verifier.verify(text, at or datetime.now(UTC))


def _text_of(data: bytes) -> list[str]:
    """The codes in a text file, such as `issue --formats txt` writes; empty for a picture.

    One line is one code, whatever it says; several lines are codes if all of them are digits.
    """
    lines = list(dict.fromkeys(data[: MAX_TEXT + 1].split()))
    if len(data) > MAX_TEXT or len(lines) > MAX_CODES or not all(map(bytes.isascii, lines)):
        return []
    if len(lines) == 1 or all(line.isdigit() for line in lines):
        texts = [line.decode("ascii") for line in lines]
        return texts if all(text.isprintable() for text in texts) else []
    return []


class _Screen:
    """How reports are shown in one run."""

    def __init__(self, lang: Language, policy: Policy, *, as_json: bool, brief: bool) -> None:
        self._lang = lang
        self._policy = policy
        self._as_json = as_json
        self._brief = brief
        self._console = terminal.console()

    def show(self, report: Report | str, source: str) -> None:
        """One report, or why a file gave none."""
        if isinstance(report, str):
            message = report or UNREADABLE[self._lang]
            document = unreadable_to_json(source, message)
            typer.echo(json_line(document) if self._as_json else f"┆ {source}: {message}")
        elif self._as_json:
            typer.echo(json_line(report_to_json(report, source, self._lang)))
        elif self._brief:
            card = make_card(report, self._lang, self._policy)
            self._console.print(terminal.brief(card, source), soft_wrap=True)
        else:
            card = make_card(report, self._lang, self._policy)
            self._console.print(terminal.render(card, source))
            self._console.print()


def main() -> None:
    """Entry point of the console script."""
    run(app)


if __name__ == "__main__":
    main()
