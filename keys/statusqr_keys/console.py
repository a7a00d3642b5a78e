"""What the command lines share: one way to end with an error, days and moments as arguments."""

import json
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import typer

from statusqr_schema import Categories, StatusQRError, subjects
from statusqr_schema.days import FIRST_DAY, LAST_DAY, MOSCOW
from statusqr_schema.strict_json import JsonValue
from statusqr_schema.wording import is_plain


def new_app(help_text: str) -> typer.Typer:
    """A command line application without shell completion and without tracebacks of its own."""
    return typer.Typer(
        help=help_text,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def run(app: Callable[[], Any]) -> None:
    """Run the application; an error of ours becomes one line on stderr and exit status 1."""
    try:
        app()
    except StatusQRError as error:
        fail(error)
    except BrokenPipeError:  # the reader of our output has gone, e.g. `| head`
        sys.stderr.close()
        raise SystemExit(128 + 13) from None  # as if ended by SIGPIPE


def fail(error: StatusQRError, status: int = 1) -> None:
    """Say what happened and end with `status`."""
    typer.echo(f"Ошибка [{error.code}]: {error.message}", err=True)
    raise SystemExit(status)


def json_line(document: JsonValue) -> str:
    """One line of JSON in which nothing can steer a terminal or turn the writing round."""
    text = json.dumps(document, ensure_ascii=False)
    return "".join(c if is_plain(c) else json.dumps(c)[1:-1] for c in text)


def parse_day(text: str) -> datetime:
    """`2026-11-21` as the midnight in Moscow with which that day begins."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 - the zone follows
    except ValueError as error:
        raise typer.BadParameter("нужен день вида 2026-11-21") from error
    if not FIRST_DAY <= day.date() <= LAST_DAY:
        raise typer.BadParameter("день вне 1900–2199 годов")
    return day.replace(tzinfo=MOSCOW)


def plain_text(text: str) -> str:
    """A name as people write it: 1 to 1000 printable characters."""
    if not 1 <= len(text.strip()) <= 1000 or not text.isprintable():
        raise typer.BadParameter("нужен текст от 1 до 1000 знаков")
    return text


def region_code(text: str) -> str:
    """The code of a subject of the federation: `5` and `05` are one."""
    code = text.zfill(2)
    if code not in subjects():
        raise typer.BadParameter("нет такого кода субъекта Российской Федерации")
    return code


def warn_of_categories(codes: Iterable[str]) -> None:
    """Say which codes are not in the catalogue: right for a deployment's own, else a slip."""
    for code in codes:
        if code not in Categories.builtin():
            message = f"Внимание: категории {code} нет в каталоге; это верно, если она ваша"
            typer.echo(message, err=True)


def parse_moment(text: str) -> datetime:
    """`2026-11-21T12:00:00+03:00` as an aware moment."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("нужно время вида 2026-11-21T12:00:00+03:00") from error
    if moment.tzinfo is None:
        raise typer.BadParameter("нужен часовой пояс, например +03:00")
    if not 1970 <= moment.year <= 2199:
        raise typer.BadParameter("время вне 1970–2199 годов")
    return moment
