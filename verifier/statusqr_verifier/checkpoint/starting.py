"""Put a server together from what the command line asks for."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from statusqr_web.address_qr import address_qr
from statusqr_web.addresses import machine_addresses
from statusqr_web.hosts import hosts_for, is_loopback, refuse_open_door
from statusqr_web.login_config import load_login
from statusqr_web.tls import ServerCertificate, given_certificate, local_certificate, local_names
from statusqr_web.tokens import TokenBook

from ..place_options import open_trust
from .app import Door, create_app
from .background import Background
from .place import Place
from .serving import Address, serve
from .station import Settings, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options of `serve`."""

    cache: Path | None
    trust: Path | None
    source: str | None
    every: timedelta
    host: str
    port: int
    names: tuple[str, ...]
    certificate: Path | None
    key: Path | None
    tls_folder: Path
    tokens: Path | None
    login: Path | None
    proxies: tuple[str, ...]
    place: str
    categories: frozenset[str]
    regions: frozenset[str]
    max_age: timedelta
    repeat_after: timedelta


def start(wanted: Wanted) -> int:
    """Serve until interrupted; the exit status. StatusQRError where it cannot start."""
    tokens = TokenBook(wanted.tokens) if wanted.tokens else None
    login = load_login(wanted.login) if wanted.login else None
    held = tokens is not None and bool(tokens.current())
    # Behind a proxy, or by a name of its own, a server is reached from outside wherever it listens.
    outside = [name for name in wanted.names if not is_loopback(name)] + list(wanted.proxies)
    for host in (wanted.host, *outside):
        reached = "0.0.0.0" if host in wanted.proxies else host  # noqa: S104 - judged, not bound to
        refuse_open_door(reached, tokens=held, login=login is not None)
    trust = open_trust(wanted.trust, wanted.cache)
    addresses = _addresses(wanted.host)
    certificate = _certificate(wanted, addresses)
    with Address(wanted.host, wanted.port).bind() as bound:
        address = Address(wanted.host, bound.getsockname()[1], certificate)
        place = Place(wanted.place, wanted.categories, wanted.regions)
        station = Station(trust, Settings(place, wanted.max_age, wanted.repeat_after))
        door = Door(
            hosts=hosts_for(wanted.host, addresses, wanted.names),
            secure=address.secure or bool(wanted.proxies),  # a proxy speaks TLS with the browsers
            tokens=tokens,
            login=login,
        )
        background = Background(trust, wanted.cache, wanted.source, wanted.every)
        shown = next(iter((*wanted.names, *addresses)), wanted.host)
        return serve(
            create_app(station, door),
            address,
            bound,
            background,
            ready=lambda: _tell(address, shown),
            hang_up=station.scans.close,
            proxies=wanted.proxies,
        )


def _addresses(host: str) -> tuple[str, ...]:
    """The addresses at which devices find a server that is bound to `host`; none on loopback."""
    if is_loopback(host):
        return ()
    return machine_addresses() if host in ("", "0.0.0.0", "::") else (host,)  # noqa: S104 - compared


def _certificate(wanted: Wanted, addresses: tuple[str, ...]) -> ServerCertificate | None:
    """The certificate that was given; off loopback one of our own; on loopback none is needed."""
    now = datetime.now(UTC)
    if wanted.certificate is not None and wanted.key is not None:
        return given_certificate(wanted.certificate, wanted.key, now)
    if is_loopback(wanted.host):
        return None
    return local_certificate(wanted.tls_folder, local_names(addresses, wanted.names), now)


def _tell(address: Address, shown: str) -> None:
    """Where the page is; for phones also as a QR, and how to know the certificate."""
    url = address.url(shown)
    typer.echo(f"Страница проверки: {url}")
    if address.certificate is not None:
        if sys.stdout.isatty():
            typer.echo(address_qr(url))
        typer.echo(f"Отпечаток сертификата (SHA-256): {address.certificate.fingerprint}")
    typer.echo("Остановить: Ctrl+C")
    sys.stdout.flush()
