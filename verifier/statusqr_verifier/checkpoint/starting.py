"""Put a server together from what the command line asks for."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from statusqr_web.hosts import refuse_open_door
from statusqr_web.login_config import load_login
from statusqr_web.reaching import Reach, tell
from statusqr_web.running import Address, serve
from statusqr_web.tokens import TokenBook

from ..place_options import open_trust
from .app import Door, create_app
from .background import Background
from .place import Place
from .station import Settings, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options of `serve`."""

    cache: Path | None
    trust: Path | None
    source: str | None
    every: timedelta
    reach: Reach
    tokens: Path | None
    login: Path | None
    place: str
    categories: frozenset[str]
    regions: frozenset[str]
    max_age: timedelta
    repeat_after: timedelta


def start(wanted: Wanted) -> int:
    """Serve until interrupted; the exit status. StatusQRError where it cannot start."""
    reach = wanted.reach
    tokens = TokenBook(wanted.tokens) if wanted.tokens else None
    login = load_login(wanted.login) if wanted.login else None
    held = tokens is not None and bool(tokens.current())
    for host in reach.reached:
        refuse_open_door(host, tokens=held, login=login is not None)
    trust = open_trust(wanted.trust, wanted.cache)
    certificate = reach.server_certificate()
    with Address(reach.host, reach.port).bind() as bound:
        address = Address(reach.host, bound.getsockname()[1], certificate)
        place = Place(wanted.place, wanted.categories, wanted.regions)
        station = Station(trust, Settings(place, wanted.max_age, wanted.repeat_after))
        door = Door(hosts=reach.hosts, secure=reach.secure(address), tokens=tokens, login=login)
        return serve(
            create_app(station, door),
            address,
            bound,
            ready=lambda: tell("Страница проверки", address, reach.shown),
            hang_up=station.scans.close,
            beside=Background(trust, wanted.cache, wanted.source, wanted.every),
            proxies=reach.proxies,
        )
