"""The application: routes, guards and limits put together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import PlainTextResponse, Response

from statusqr_web import assets, problems, staying
from statusqr_web.bodies import KIB, BodyLimits, BodyRule
from statusqr_web.headers import SecurityHeaders
from statusqr_web.hosts import LOOPBACK_HOSTS, AllowedHosts
from statusqr_web.login import Admit, Tell, login_router, status_of
from statusqr_web.rate import RateLimits, RouteGroup
from statusqr_web.relying_party import LoginFailed, RelyingParty
from statusqr_web.session_cookie import Lifetimes, Sessions
from statusqr_web.sessions import MemoryStore, SessionStore

from . import consenting, failures, installable, printing, showing, statuses
from .error_pages import ErrorPages
from .office import Office
from .phrases import HERE

# An end that cannot be put off must be more than 20 hours away (WCAG 2.2, 2.2.1).
LIFETIMES: Final = Lifetimes(at_most=timedelta(hours=24))
BODIES: Final = (BodyRule("/", 8 * KIB, 10),)
_KNOWN: Final = ("LOGIN_UNCONFIRMED", "LOGIN_NO_SNILS")  # to the provider, but not let in here
RATES: Final = (
    RouteGroup("live", ("/statuses/",), "6/10 second", "/live"),
    RouteGroup("screen", ("/statuses/",), "20/minute", "/screen"),
    RouteGroup("pdf", ("/statuses/",), "20/minute", "/pdf"),
    RouteGroup("login", ("/auth/",), "300/minute"),  # by address, which a mobile network shares
    RouteGroup("pages", ("/",), "3000/minute"),
)


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in, and by which names and connection."""

    hosts: frozenset[str] = LOOPBACK_HOSTS
    secure: bool = False  # browsers reach this server by TLS
    party: RelyingParty | None = None  # the login; without one nobody can sign in
    admit: Admit | None = None


def create_app(
    office: Office,
    door: Door | None = None,
    *,
    store: SessionStore | None = None,
    more: APIRouter | None = None,
    rates: Sequence[RouteGroup] = RATES,
) -> FastAPI:
    """The account. `more`: further routes, such as those of a login provider of our own."""
    door = door or Door()
    app = FastAPI(title="StatusQR account", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.office = office
    ways_out: Callable[[], tuple[str, ...]] = tuple
    if door.party is not None and door.admit is not None:
        app.include_router(login_router(door.party, door.admit, tell=_tell(office)))
        ways_out = door.party.ways_out
    if more is not None:
        app.include_router(more)
    app.include_router(staying.router())
    for topic in (statuses, consenting, showing, printing, installable):
        app.include_router(topic.router(office))
    app.add_api_route("/health", _health, include_in_schema=False)
    assets.mount(app, HERE / "static")
    problems.install(app)
    failures.install(app)
    # The last one added is the first that a request meets.
    app.add_middleware(RateLimits, groups=rates, by_person=True)
    sessions = MemoryStore() if store is None else store  # an empty one is false
    app.add_middleware(
        Sessions, store=sessions, secure=door.secure, name="statusqr-account", lifetimes=LIFETIMES
    )
    app.add_middleware(BodyLimits, rules=BODIES)
    app.add_middleware(AllowedHosts, hosts=door.hosts)
    app.add_middleware(problems.Faults)
    app.add_middleware(ErrorPages, office=office)
    app.add_middleware(SecurityHeaders, form_action=ways_out)
    return app


def _tell(office: Office) -> Tell:
    """Why the login came to nothing, on the page where it began."""

    def tell(request: Request, error: LoginFailed) -> Response:
        known = error.code in _KNOWN
        status = status_of(error)
        return statuses.welcome(office, request, error=error.message, status=status, anew=known)

    return tell


async def _health() -> PlainTextResponse:
    return PlainTextResponse("ok")
