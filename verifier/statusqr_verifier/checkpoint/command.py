"""`statusqr-verifier serve`: the checkpoint page and the API. Its options, checked for form."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from statusqr_keys.console import fail, warn_of_categories
from statusqr_schema import StatusQRError, SyncFailed
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

from .. import trust_source
from ..place_options import (
    WRONG_USAGE,
    CacheOption,
    CategoryOption,
    MaxAgeOption,
    RegionOption,
    TrustOption,
)


class MissingServer(StatusQRError):
    """The libraries of the extra `server` are not installed."""

    code = "EXTRA"

    def __init__(self) -> None:
        super().__init__("не установлено: fastapi; в папке проекта: pip install '.[server]'")


def serve(
    cache: CacheOption = None,
    trust: TrustOption = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="URL|DIR",
            help="Keep the cache new from here (from where it came last).",
        ),
    ] = None,
    root: Annotated[
        Path | None, typer.Option(help="The root; needed where the cache is empty.", dir_okay=False)
    ] = None,
    every: Annotated[
        float, typer.Option(metavar="MINUTES", min=0.01, help="How often to synchronise.")
    ] = 15,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8653,
    hostname: NameOption = None,
    tls_cert: CertificateOption = None,
    tls_key: KeyOption = None,
    tls_folder: TlsFolderOption = TLS_FOLDER,
    tokens: Annotated[
        Path | None,
        typer.Option(help="File of API tokens, see `token new`.", exists=True, dir_okay=False),
    ] = None,
    login: Annotated[
        Path | None,
        typer.Option(help="Login of staff, a TOML file.", exists=True, dir_okay=False),
    ] = None,
    proxy: ProxyOption = None,
    place: Annotated[str, typer.Option(help="Name of the place.")] = "",
    category: CategoryOption = None,
    region: RegionOption = None,
    max_age: MaxAgeOption = 72,
    repeat_after: Annotated[
        float, typer.Option(metavar="MINUTES", min=0, max=1440, help="How long a repeat is told.")
    ] = 30,
) -> None:
    """Serve the checkpoint page and the API until interrupted.

    Other devices reach it by `--host 0.0.0.0`: then by TLS, and with `--tokens` or `--login` only.
    """
    try:
        from statusqr_web.reaching import Reach

        from . import starting
    except ModuleNotFoundError as error:
        raise MissingServer from error
    warn_of_categories(category or ())
    if (cache is None) == (trust is None):
        raise typer.BadParameter("нужно одно из двух: --cache или --trust")
    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert и --tls-key нужны вместе")
    wanted = starting.Wanted(
        cache=cache,
        trust=trust,
        source=source or (trust_source.last_source(cache) if cache else None),
        every=timedelta(minutes=every),
        reach=Reach(
            host=host,
            port=port,
            names=tuple(hostname or ()),
            certificate=tls_cert,
            key=tls_key,
            tls_folder=tls_folder,
            proxies=tuple(proxy or ()),
        ),
        tokens=tokens,
        login=login,
        place=place,
        categories=frozenset(category or ()),
        regions=frozenset(region or ()),
        max_age=timedelta(hours=max_age),
        repeat_after=timedelta(minutes=repeat_after),
    )
    try:
        if cache is not None and source is not None:
            _first(source, root, cache)
        status = starting.start(wanted)
    except StatusQRError as error:
        fail(error, WRONG_USAGE)
    raise typer.Exit(status)


def _first(source: str, root: Path | None, cache: Path) -> None:
    """Synchronise once; what is in the cache will do where that fails."""
    try:
        trust_source.synchronise(source, root, cache, datetime.now(UTC))
    except SyncFailed as error:
        typer.echo(f"Внимание [{error.code}]: {error.message}", err=True)
