"""The commands `token new|list|revoke`, to be mounted in the command line of a server.

::

    app.add_typer(token_app({"verify": "check codes", …}), name="token")
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from statusqr_keys.console import json_line, new_app, parse_day, plain_text
from statusqr_schema.days import MOSCOW

from .address_qr import address_qr
from .tokens import TokenFile, moscow_day, to_json

TokensFile = Annotated[
    Path, typer.Option("--file", help="File of the tokens, as `serve --tokens` names it.")
]


def token_app(scopes: Mapping[str, str]) -> typer.Typer:
    """Commands for tokens with these scopes (name: what it allows, in English)."""
    app = new_app("API tokens of machines.")
    explained = "; ".join(f"{name}: {what}" for name, what in scopes.items())

    def known_scope(name: str) -> str:
        if name not in scopes:
            raise typer.BadParameter(f"нет такого права; есть {', '.join(scopes)}")
        return name

    @app.command()
    def new(
        file: TokensFile,
        name: Annotated[
            str,
            typer.Option(parser=plain_text, metavar="TEXT", help="Whose it is, e.g. «Турникет 1»."),
        ],
        scope: Annotated[
            list[str],
            typer.Option(parser=known_scope, metavar="SCOPE", help=f"What it allows. {explained}."),
        ],
        through: Annotated[
            datetime | None,
            typer.Option(parser=parse_day, metavar="DAY", help="Its last day, Moscow time (none)."),
        ] = None,
        address: Annotated[
            str | None,
            typer.Option(
                metavar="URL", help="For a device: show its access code as a QR to this page, too."
            ),
        ] = None,
    ) -> None:
        """Make a token and print it: once, it is not kept."""
        last = through.astimezone(MOSCOW).date() if through else None
        token = TokenFile(file).new(name, scope, moscow_day(datetime.now(UTC)), last)
        typer.echo("Запишите ключ: больше он показан не будет.", err=True)
        typer.echo(token)
        if address is not None:
            # Behind # because browsers do not send that part, so it stands in no log.
            typer.echo(address_qr(f"{address.rstrip('/')}/sign-in#{token}"), err=True)

    @app.command("list")
    def list_tokens(
        file: TokensFile,
        as_json: Annotated[bool, typer.Option("--json", help="One token a line.")] = False,
    ) -> None:
        """List the tokens, without what they are."""
        today = moscow_day(datetime.now(UTC))
        for token in TokenFile(file).all():
            if as_json:
                shown = {key: value for key, value in to_json(token).items() if key != "sha256"}
                typer.echo(json_line(shown))
                continue
            ended = not token.holds_on(today)
            term = f"по {token.expires:%d.%m.%Y} включительно" if token.expires else "бессрочно"
            typer.echo(
                f"{token.id}  {token.created:%d.%m.%Y}  {'истёк: ' if ended else ''}{term}  "
                f"{','.join(sorted(token.scopes))}  {token.name}"
            )

    @app.command()
    def revoke(
        which: Annotated[str, typer.Argument(metavar="NAME|ID", help="As `list` shows it.")],
        file: TokensFile,
    ) -> None:
        """Let a token open nothing any more, from the next request on."""
        token = TokenFile(file).revoke(which)
        typer.echo(f"Ключ «{token.name}» отозван.", err=True)

    return app
