"""`statusqr-issuer serve`: the citizens' account. Its options, checked for form."""

import os
from pathlib import Path
from typing import Annotated

import typer

from statusqr_keys.console import fail
from statusqr_keys.passphrase import read_passphrase
from statusqr_schema import StatusQRError
from statusqr_web.reach_options import (
    TLS_FOLDER,
    CertificateOption,
    HostOption,
    KeyOption,
    NameOption,
    PortOption,
    ProxyOption,
    TlsFolderOption,
)

from ..books import RegistryPlace

_WRONG_USAGE = 2


class MissingAccount(StatusQRError):
    """The libraries of the extra `account` are not installed."""

    code = "EXTRA"

    def __init__(self) -> None:
        super().__init__("не установлено: fastapi; в папке проекта: pip install '.[account]'")


def serve(
    store: Annotated[Path, typer.Option(help="Folder of the key store.")],
    registry: RegistryPlace = None,
    login: Annotated[
        Path | None,
        typer.Option(help="Login of citizens, a TOML file.", exists=True, dir_okay=False),
    ] = None,
    demo: Annotated[
        Path | None,
        typer.Option(
            metavar="RECORDS.json",
            help="Instead: a login without password, as any holder of these records.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    consent: Annotated[
        Path | None,
        typer.Option(
            help="Folder with your text of the consent, 1.ru.txt.", exists=True, file_okay=False
        ),
    ] = None,
    operator: Annotated[
        str | None, typer.Option(help="Who runs the account, for that text (the issuer).")
    ] = None,
    categories: Annotated[
        Path | None, typer.Option(help="TOML file with categories of your own.", exists=True)
    ] = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8654,
    hostname: NameOption = None,
    tls_cert: CertificateOption = None,
    tls_key: KeyOption = None,
    tls_folder: TlsFolderOption = TLS_FOLDER,
    proxy: ProxyOption = None,
    passphrase_fd: Annotated[
        int | None, typer.Option(help="Read the passphrase from this file descriptor.")
    ] = None,
) -> None:
    """Serve the citizens' account until interrupted; it needs the registry that `load` has made.

    Other devices reach it by `--host 0.0.0.0`: then by TLS, and not with `--demo`.
    """
    try:
        from statusqr_web.reaching import Reach

        from . import starting
    except ModuleNotFoundError as error:
        raise MissingAccount from error
    if (login is None) == (demo is None):
        raise typer.BadParameter("нужно одно из двух: --login или --demo")
    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert и --tls-key нужны вместе")
    reach = Reach(
        host=host,
        port=port,
        names=tuple(hostname or ()),
        certificate=tls_cert,
        key=tls_key,
        tls_folder=tls_folder,
        proxies=tuple(proxy or ()),
    )
    wanted = starting.Wanted(
        store=store,
        registry=registry,
        passphrase=read_passphrase(os.environ, passphrase_fd),
        reach=reach,
        login=login,
        demo=demo,
        consent=consent,
        operator=operator,
        categories=categories,
    )
    try:
        status = starting.start(wanted)
    except StatusQRError as error:
        fail(error, _WRONG_USAGE)
    raise typer.Exit(status)
