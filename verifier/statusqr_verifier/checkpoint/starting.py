"""Put a server together from what the command line asks for."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import typer

from statusqr_web.hosts import hosts_for, refuse_open_door
from statusqr_web.login_config import LoginConfig, load_login
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
    refuse_open_door(wanted.host, tokens=held, login=login is not None)
    trust = open_trust(wanted.trust, wanted.cache)
    place = Place(wanted.place, wanted.categories, wanted.regions)
    station = Station(trust, Settings(place, wanted.max_age, wanted.repeat_after))
    asked = Address(wanted.host, wanted.port, wanted.certificate, wanted.key)
    bound = asked.bind()
    address = replace(asked, port=bound.getsockname()[1])
    door = _door(wanted, address, tokens, login)
    background = Background(trust, wanted.cache, wanted.source, wanted.every)

    def ready() -> None:
        typer.echo(f"Страница проверки: {address.url()}")
        typer.echo("Остановить: Ctrl+C")

    app = create_app(station, door)
    return serve(app, address, bound, background, ready, station.scans.close)


def _door(
    wanted: Wanted, address: Address, tokens: TokenBook | None, login: LoginConfig | None
) -> Door:
    return Door(
        hosts=hosts_for(wanted.host, names=wanted.names),
        secure=address.secure,
        tokens=tokens,
        login=login,
    )
