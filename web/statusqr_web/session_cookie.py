"""The middleware of sessions: the cookie, how long a session lasts, and who may not send requests.

On TLS the cookie is `__Host-…`: Secure, for this host alone, set by this host alone (RFC 6265bis
§4.1.3). It is SameSite=Lax, not Strict: the way back from the login provider is a navigation from
another site, and without the cookie on it the state of that login would be lost.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from time import time
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import Problem
from .sessions import ID_BYTES, SCOPE_KEY, Kept, Session, SessionStore, Use, digest_of

CSRF_HEADER: Final = "x-csrf-token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110 §9.2.1
_OURS: Final = ("same-origin", "none")  # of Sec-Fetch-Site; none: typed in, or a bookmark
_ENDED: Final = "ended"  # in place of an id: nothing is opened by it, and who comes next is asked
_STILL_KEY: Final = "statusqr.session_holds"
_LEFT_KEY: Final = "statusqr.session_left"
_NOTE_USE_EVERY: Final = 60.0  # seconds; spares a store a write for each request


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts: unused, at most, and while nobody has signed in."""

    idle: timedelta = timedelta(minutes=30)
    at_most: timedelta = timedelta(hours=12)
    visitor: timedelta = timedelta(minutes=15)

    def hold(self, kept: Kept, now: float) -> bool:
        """Whether a session has not run out."""
        return self.ends(kept) > now and self.last(kept) > now

    def ends(self, kept: Kept) -> float:
        """When it runs out unused, in epoch seconds."""
        idle = self.idle if kept.signed_in else self.visitor
        return kept.used + idle.total_seconds()

    def last(self, kept: Kept) -> float:
        """When it runs out at the latest, however much it is used."""
        at_most = self.at_most if kept.signed_in else max(self.visitor, self.idle)
        return kept.created + at_most.total_seconds()


@dataclass(frozen=True, slots=True)
class Left:
    """How much of a session is left, in whole seconds: unless it is used, and at the most."""

    seconds: int
    at_most: int


class Sessions:
    """ASGI: gives each request its Session, and keeps what came of it before the answer is sent.

    What is written once an answer has begun, as within a stream of events, is not kept.

    `secure`: whether browsers reach this server by TLS. `name` must differ between applications
    that share a host, because cookies do not know ports.
    """

    def __init__(
        self,
        app: ASGIApp,
        store: SessionStore,
        *,
        secure: bool,
        name: str = "statusqr",
        lifetimes: Lifetimes | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        self._app = app
        self._store = store
        self._name = f"__Host-{name}" if secure else name
        self._attributes = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
        self._lifetimes = lifetimes or Lifetimes()
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its session, or refuse it for where it comes from."""
        if scope["type"] != "http":  # a web socket gets no session: none is needed
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        unsafe = scope["method"] not in SAFE_METHODS
        if unsafe:
            refused = "authorization" not in headers and from_elsewhere(headers, scope["scheme"])
        else:
            refused = drawn_in(headers)
        if refused:
            await _foreign().response()(scope, receive, send)
            return
        session = await self._session(scope, sealed=unsafe)
        session.open(headers.get(CSRF_HEADER, ""))
        scope[SCOPE_KEY] = session
        scope[_STILL_KEY] = partial(self._holds, session)
        scope[_LEFT_KEY] = partial(self._left, session)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.add_vary_header("Cookie")
                cookie = await self._keep(session)
                if cookie is not None:
                    answer.append("Set-Cookie", cookie)
            await send(message)

        await self._app(scope, receive, with_cookie)

    async def _session(self, scope: Scope, *, sealed: bool) -> Session:
        cookie = HTTPConnection(scope).cookies.get(self._name, "")
        session_id = _parse(cookie)
        kept = await self._store.load(digest_of(session_id)) if session_id else None
        if session_id and kept and not self._lifetimes.hold(kept, self._clock()):
            await self._store.drop(digest_of(session_id))
            kept = None
        return Session(session_id, kept, sealed=sealed, lapsed=bool(cookie) and kept is None)

    async def _holds(self, session: Session) -> bool:
        if session.old_id is None:
            return False
        kept = await self._store.load(digest_of(session.old_id))
        return kept is not None and self._lifetimes.hold(kept, self._clock())

    def _left(self, session: Session) -> Left:
        now = self._clock()
        kept = session.kept
        if kept is None or session.id != session.old_id:
            kept = Kept("", now, now, session.signed_in)
        elif self._noted(session, kept, now):
            kept = replace(kept, used=now)
        most = int(self._lifetimes.last(kept) - now)
        return Left(max(0, min(int(self._lifetimes.ends(kept) - now), most)), max(0, most))

    @staticmethod
    def _noted(session: Session, kept: Kept, now: float) -> bool:
        """Whether this request is noted as the last use; never one that another site may cause."""
        usual = session.use is Use.USUAL and now - kept.used >= _NOTE_USE_EVERY
        return session.asked and not session.sealed and (usual or session.use is Use.STAY)

    async def _keep(self, session: Session) -> str | None:
        """Bring the store up to date; the cookie to set, if any."""
        data, now = session.dump(), self._clock()
        old = session.old_id
        if not session.wanted:
            if old is None:
                return None
            await self._store.drop(digest_of(old))
            return f"{self._name}={_ENDED}{self._attributes}"
        if session.kept is None or session.id != old:
            if old is not None:
                await self._store.drop(digest_of(old))
            longest = max(self._lifetimes.idle, self._lifetimes.visitor)
            await self._store.forget_unused(now - longest.total_seconds())
            kept = Kept(data, now, now, session.signed_in)
            await self._store.add(digest_of(session.id), kept)
            value = urlsafe_b64encode(session.id).rstrip(b"=").decode("ascii")
            return f"{self._name}={value}{self._attributes}"
        noted = self._noted(session, session.kept, now)
        if noted or data != session.kept.data:
            used = session.kept.used if session.use is Use.NONE else now
            await self._store.replace(
                digest_of(session.id), replace(session.kept, data=data, used=used)
            )
        return None


async def still_holds(scope: Scope) -> bool:
    """Whether the session with which a request came is there now: not ended and not run out.

    For answers that last, such as a stream: within them the session is as the request found it.
    """
    ask: Callable[[], Awaitable[bool]] = scope[_STILL_KEY]
    return await ask()


def time_left(scope: Scope) -> Left:
    """How much is left of the session of a request, this request being its last use."""
    ask: Callable[[], Left] = scope[_LEFT_KEY]
    return ask()


def from_elsewhere(headers: Headers, scheme: str) -> bool:
    """Whether a browser says that another origin caused this request (Fetch Metadata §2, Origin).

    Programs send neither header. A page behind TLS on the same host may post to us where a proxy
    ends the TLS.
    """
    sites = headers.getlist("sec-fetch-site")
    if sites:
        return any(site not in _OURS for site in sites)
    host = headers.get("host", "")
    ours = {f"{scheme}://{host}", f"https://{host}"}
    return any(origin not in ours for origin in headers.getlist("origin"))


def drawn_in(headers: Headers) -> bool:
    """Whether a page of another site loads this as a part of itself: picture, script, frame, fetch.

    Such requests come without our cookie (SameSite=Lax), each of them would make a session, and
    many would push out those of visitors. Links and the way back from a login provider lead here
    as navigations of a whole window, and with the cookie (Fetch Metadata §2). A service worker of
    ours passes such a navigation on with the destination `empty`; scripts cannot ask for that mode.
    """
    if all(site in _OURS for site in headers.getlist("sec-fetch-site")):
        return False
    whole_window = headers.get("sec-fetch-dest", "document") in ("document", "empty")
    return not (headers.get("sec-fetch-mode") == "navigate" and whole_window)


def _foreign() -> Problem:
    detail = "Запрос пришёл с другого сайта. Откройте нашу страницу и повторите действие на ней."
    return Problem(403, "FOREIGN_ORIGIN", "Запрос не принят", detail)


def _parse(cookie: str) -> bytes | None:
    try:
        session_id = urlsafe_b64decode(cookie + "=")
    except (Base64Error, ValueError):
        return None
    return session_id if len(session_id) == ID_BYTES else None
