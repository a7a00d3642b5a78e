"""The commands `revoke`, `suspend` and `restore`: what they are told on the command line.

They need no passphrase, also with a registry: whoever can write the store can revoke, at once.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from statusqr_keys import KeyStore
from statusqr_keys.holds import CertificateTarget, Note, PersonTarget

from .books import RegistryPlace, open_books
from .operators import login_name
from .revoking import Act, Session, issuer_of, read_snils

_ABOUT: Final = {
    Act.REVOKE: "Revoke printed codes: single ones, or with them all new ones of a holder.",
    Act.SUSPEND: "Suspend printed codes: single ones, or with them all new ones of a holder.",
    Act.RESTORE: "Restore what was revoked or suspended.",
}


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    for act in Act:
        app.command(act.value)(_command(act))


def _command(act: Act) -> Callable[..., None]:
    def command(
        store: Annotated[Path, typer.Option(help="Folder of the key store.")],
        reason: Annotated[
            str, typer.Option(metavar="TEXT", help="Why; kept in the log in clear, so no names.")
        ],
        codes: Annotated[
            list[Path] | None, typer.Argument(metavar="CODE.txt...", help="Digits of codes.")
        ] = None,
        certificate: Annotated[
            str | None, typer.Option(metavar="NUMBER", help="All codes of this certificate.")
        ] = None,
        snils_fd: Annotated[
            int | None,
            typer.Option(min=0, help="All codes of the person whose SNILS this descriptor gives."),
        ] = None,
        authority: Annotated[
            str | None, typer.Option(help="With a certificate or person: at this issuer only.")
        ] = None,
        author: Annotated[
            str | None, typer.Option(metavar="TEXT", help="Who decided (the login name).")
        ] = None,
        registry: RegistryPlace = None,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    ) -> None:
        if [bool(codes), certificate is not None, snils_fd is not None].count(True) != 1:
            raise typer.BadParameter("нужно одно: файлы CODE.txt, --certificate или --snils-fd")
        if certificate is not None and not certificate.strip():
            raise typer.BadParameter("--certificate: пустой номер")
        if codes and authority is not None:
            raise typer.BadParameter("--authority: издателя кода называет сам код")
        try:
            note = Note(reason, login_name() if author is None else author, datetime.now(UTC))
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
        keys = KeyStore(store)
        keys.all_keys()  # no registry is looked for where there is no store
        with open_books(store, registry, note.author) as books:
            session = Session(act, books.revocations, keys, note, as_json=as_json)
            if codes:
                session.codes(codes)
            elif certificate is not None:
                issuer = issuer_of(keys, authority, single=True)
                session.holder(CertificateTarget(certificate, issuer))
            elif snils_fd is not None:
                issuer = issuer_of(keys, authority, single=False)
                session.holder(PersonTarget(read_snils(snils_fd), issuer))
            session.conclude(by_code=bool(codes), publisher=books.publisher)
        if session.failed:
            raise typer.Exit(1)

    command.__doc__ = f"""{_ABOUT[act]}

    Exit status: 0 done or nothing to do, 1 something was not done, 2 wrong usage.
    """
    return command
