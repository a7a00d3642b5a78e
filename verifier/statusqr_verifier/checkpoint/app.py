"""The application: routes, guards and limits put together."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import FastAPI
from starlette.responses import PlainTextResponse

from statusqr_web import assets, problems
from statusqr_web.access import Access
from statusqr_web.bodies import KIB, MIB, BodyLimits, BodyRule
from statusqr_web.headers import SecurityHeaders
from statusqr_web.hosts import LOOPBACK_HOSTS, AllowedHosts
from statusqr_web.login import login_router, staff
from statusqr_web.login_config import LoginConfig
from statusqr_web.rate import RateLimits, RouteGroup
from statusqr_web.relying_party import RelyingParty
from statusqr_web.session_cookie import Lifetimes, Sessions
from statusqr_web.sessions import MemoryStore
from statusqr_web.tokens import TokenBook

from . import api, pages, scanning, signing_in
from .descriptions import describe
from .desk import HERE, Desk
from .scopes import SCOPES as SCOPES
from .station import Station

_SHIFT: Final = timedelta(hours=24)
_FILE: Final = 20 * MIB
BODIES: Final = (
    BodyRule("/api/v1/verify", 64 * KIB, 10),
    BodyRule("/api/v1/verify/image", _FILE, 30),
    BodyRule("/files", 3 * _FILE, 60),
    BodyRule("/check", 3 * _FILE, 60),
    BodyRule("/frame", 2 * MIB, 10),
    BodyRule("/scan", 64 * KIB, 10),
)
RATES: Final = (
    RouteGroup("check", ("/api/v1/verify", "/scan"), "1200/minute"),
    RouteGroup("files", ("/api/v1/verify/image", "/files", "/check"), "120/minute"),
    RouteGroup("frames", ("/frame",), "3000/minute"),
    RouteGroup("shifts", ("/shift",), "60/minute"),
    RouteGroup("pages", ("/",), "6000/minute"),
    RouteGroup("login", ("/sign-in", "/auth/"), "60/minute"),
    RouteGroup("stream", ("/api/v1/scans",), "60/minute"),
)


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in, and by which names and connection."""

    hosts: frozenset[str] = LOOPBACK_HOSTS
    secure: bool = False  # browsers reach this server by TLS
    tokens: TokenBook | None = None
    login: LoginConfig | None = None

    @property
    def open_to_all(self) -> bool:
        """Whether nobody is asked who they are: on loopback, with neither tokens nor a login."""
        return self.tokens is None and self.login is None


def create_app(station: Station, door: Door | None = None) -> FastAPI:
    """The checkpoint page and the API of one station."""
    door = door or Door()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        station.close()

    app = FastAPI(
        title="StatusQR verifier",
        version="1",
        summary="Whether the status in a code holds.",
        description=(
            "A technical check. Under order 653n the confirmation is a check in the Gosuslugi app "
            "or in software connected to ESIA."
        ),
        openapi_url=f"{api.PREFIX}/openapi.json",
        docs_url=None,  # they would load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        separate_input_output_schemas=False,
    )
    access = Access(
        door.tokens,
        signed_in=frozenset({"page", "verify"}),
        anyone=frozenset(SCOPES) if door.open_to_all else frozenset(),
    )
    desk = Desk.of(station, access)
    ways_out: Callable[[], tuple[str, ...]] = tuple
    if door.login is not None:
        told = signing_in.tell_on_page(desk, door.tokens)
        party = RelyingParty(door.login.provider)
        app.include_router(login_router(party, staff(door.login.staff), tell=told))
        ways_out = party.ways_out
    app.include_router(signing_in.router(desk, door.tokens, login=door.login is not None))
    app.include_router(pages.router(desk))
    app.include_router(scanning.router(desk))
    app.include_router(api.router(desk))
    app.add_api_route("/health", _health, include_in_schema=False)
    assets.mount(app, HERE / "static")
    problems.install(app)
    signing_in.lead_there(app)
    describe(app)
    # The last one added is the first that a request meets.
    app.add_middleware(RateLimits, groups=RATES, book=door.tokens)
    lasting = Lifetimes(idle=_SHIFT, at_most=_SHIFT, visitor=_SHIFT)
    app.add_middleware(
        Sessions,
        store=MemoryStore(),
        secure=door.secure,
        name="statusqr-checkpoint",
        lifetimes=lasting,
    )
    app.add_middleware(BodyLimits, rules=BODIES)
    app.add_middleware(AllowedHosts, hosts=door.hosts)
    app.add_middleware(problems.Faults)
    app.add_middleware(SecurityHeaders, form_action=ways_out)
    return app


async def _health() -> PlainTextResponse:
    return PlainTextResponse("ok")
