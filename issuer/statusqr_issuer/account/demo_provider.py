"""A login provider for demonstrations: people choose who they are, and no password is asked.

::

    demo = DemoProvider(address, read_people(path), reach)
    party, admit = RelyingParty(demo.provider), citizens(CitizenRule(), finder.person)
    app = create_app(office, Door(party=party, admit=admit), more=demo.router)

Only a server that this machine alone reaches may have one. To the account it is a provider like
any other, spoken to by HTTP: discovery, the code flow with PKCE (S256) and a client secret, an ID
token signed with ES256. What it remembers is bounded, in memory, and gone with the process.
"""

import hashlib
import hmac
import secrets
import time
from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus, urlencode, urlsplit

from fastapi import APIRouter, Request
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from statusqr_web.hosts import is_loopback
from statusqr_web.login_config import Provider
from statusqr_web.pages import Pages
from statusqr_web.problems import Problem
from statusqr_web.reaching import Reach

from .demo_people import DemoPerson, DemoRefused
from .phrases import HERE

PATH: Final = "/demo"
TITLE: Final = "демонстрационный вход"
BANNER: Final = "Демонстрация: вход без пароля, все люди вымышлены"
_CLIENT: Final = "account"
_MOST: Final = 200  # logins under way
_CODE_HOLDS, _TOKEN_HOLDS = 60, 300  # seconds
_ALGORITHM: Final = "ES256"


@dataclass(frozen=True, slots=True)
class _Begun:
    """A login under way: what the browser brought, and then who was chosen, and when."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    person: DemoPerson | None = None
    chosen_at: float = 0.0


class DemoProvider:
    """The provider at `address`, `http://127.0.0.1:8654` say. DemoRefused off loopback."""

    def __init__(
        self,
        address: str,
        people: Sequence[DemoPerson],
        reach: Reach,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if reach.certificate is not None or not all(map(is_loopback, reach.reached)):
            raise DemoRefused(
                "демонстрационный вход не спрашивает пароля, поэтому он возможен только на этом "
                "компьютере: уберите --demo или --host, --name, --proxy и --tls-cert"
            )
        self.provider = Provider(
            f"{address.rstrip('/')}{PATH}", _CLIENT, secrets.token_urlsafe(32), name=TITLE
        )
        self._port = urlsplit(address).port
        self._people = {person.subject: person for person in people}
        self._clock = clock
        self._key = ECKey.generate_key("P-256", {"kid": "demo", "alg": _ALGORITHM, "use": "sig"})
        self._begun: OrderedDict[str, _Begun] = OrderedDict()
        self._codes: OrderedDict[str, _Begun] = OrderedDict()
        self._pages = Pages(HERE)
        self.router = self._router()

    def _router(self) -> APIRouter:
        routes = APIRouter(prefix=PATH, include_in_schema=False)
        routes.get("/.well-known/openid-configuration")(self._describe)
        routes.get("/keys")(self._keys)
        routes.get("/authorize")(self._authorize)
        routes.get("/choose")(self._choose)
        routes.post("/token")(self._token)
        routes.get("/end")(self._end)
        return routes

    async def _describe(self) -> JSONResponse:
        issuer = self.provider.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys",
                "end_session_endpoint": f"{issuer}/end",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "code_challenge_methods_supported": ["S256"],
                "id_token_signing_alg_values_supported": [_ALGORITHM],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        )

    async def _keys(self) -> JSONResponse:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> HTMLResponse:
        """The page on which to choose; Problem 400 for a request that the account never makes."""
        query = request.query_params
        begun = _Begun(
            query.get("redirect_uri", ""),
            query.get("state", ""),
            query.get("nonce", ""),
            query.get("code_challenge", ""),
        )
        if not (
            query.get("client_id") == _CLIENT
            and query.get("response_type") == "code"
            and query.get("code_challenge_method") == "S256"
            and "openid" in query.get("scope", "").split(" ")
            and self._is_ours(begun.redirect_uri, "/auth/callback")
            and all((begun.state, begun.nonce, begun.challenge))
        ):
            raise _wrong()
        asked = _remember(self._begun, begun)
        values = {"signed_in": False, "name": "", "csrf": "", "demo": True}
        values |= {"people": list(self._people.values()), "asked": asked}
        return self._pages.answer(request, "demo_choose.html", values)

    async def _choose(self, asked: str = "", person: str = "") -> RedirectResponse:
        """Back to the account with a code, or with the refusal of who chose nobody."""
        begun = self._begun.pop(asked, None)
        if begun is None:
            raise _wrong()
        chosen = self._people.get(person)
        answer = {"state": begun.state, "iss": self.provider.issuer}
        if chosen is None:
            answer["error"] = "access_denied"
        else:
            after = _Begun(
                *(begun.redirect_uri, begun.state, begun.nonce, begun.challenge),
                chosen,
                self._clock(),
            )
            answer["code"] = _remember(self._codes, after)
        return RedirectResponse(f"{begun.redirect_uri}?{urlencode(answer)}", 303)

    async def _token(self, request: Request) -> JSONResponse:
        """RFC 6749 §4.1.3, §5.1; every code is good once, whatever comes of it."""
        if not self._knows(request.headers.get("authorization", "")):
            return _refusal("invalid_client", 401)
        form = {name: str(value) for name, value in (await request.form()).items()}
        begun = self._codes.pop(form.get("code", ""), None)
        if form.get("grant_type") != "authorization_code":
            return _refusal("unsupported_grant_type")
        if begun is None or begun.person is None or not self._proven(begun, form):
            return _refusal("invalid_grant")
        now = int(self._clock())
        claims = {
            **begun.person.claims,
            "iss": self.provider.issuer,
            "aud": _CLIENT,
            "iat": now,
            "exp": now + _TOKEN_HOLDS,
            "nonce": begun.nonce,
        }
        token = jwt.encode({"alg": _ALGORITHM, "kid": "demo"}, claims, self._key)
        # nothing can be had for the access token, but the answer must have one (§5.1)
        access = secrets.token_urlsafe(32)
        return JSONResponse(
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": _TOKEN_HOLDS,
                "id_token": token,
            }
        )

    async def _end(self, post_logout_redirect_uri: str = "") -> Response:
        """Nobody stays signed in here: straight back."""
        if not self._is_ours(post_logout_redirect_uri, "/"):
            raise _wrong()
        return RedirectResponse(post_logout_redirect_uri, 303)

    def _proven(self, begun: _Begun, form: Mapping[str, str]) -> bool:
        """Whether the code came soon, to the same address, from whoever began (RFC 7636 §4.6)."""
        verifier = form.get("code_verifier", "").encode("utf-8", "surrogateescape")
        digest = urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
        return (
            self._clock() - begun.chosen_at < _CODE_HOLDS
            and form.get("redirect_uri") == begun.redirect_uri
            and hmac.compare_digest(digest, begun.challenge.encode("utf-8", "surrogateescape"))
        )

    def _knows(self, header: str) -> bool:
        """RFC 6749 §2.3.1."""
        scheme, _, value = header.partition(" ")
        try:
            given = b64decode(value, validate=True).decode("ascii")
        except (Base64Error, ValueError):
            return False
        name, _, secret = given.partition(":")
        same = hmac.compare_digest(unquote_plus(secret), self.provider.client_secret)
        return scheme.lower() == "basic" and unquote_plus(name) == _CLIENT and same

    def _is_ours(self, url: str, path: str) -> bool:
        """Whether an address is that path of this server, by any name of loopback."""
        try:
            parts = urlsplit(url)
            local = is_loopback(parts.hostname or "") and parts.port == self._port
        except ValueError:
            return False
        return local and url == f"http://{parts.netloc}{path}" and "@" not in parts.netloc


def _remember(kept: OrderedDict[str, _Begun], begun: _Begun) -> str:
    """Keep it under a name that nobody can guess; the oldest goes where there are too many."""
    name = secrets.token_urlsafe(32)
    kept[name] = begun
    while len(kept) > _MOST:
        kept.popitem(last=False)
    return name


def _refusal(error: str, status: int = 400) -> JSONResponse:
    return JSONResponse({"error": error}, status)


def _wrong() -> Problem:
    detail = "Начните вход заново на первой странице кабинета."
    return Problem(400, "DEMO_LOGIN", "Вход не удался", detail)
