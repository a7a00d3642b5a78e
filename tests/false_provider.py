"""An OpenID provider of our own that can be made to lie, in each way that a relying party must see.

It asks nobody for a password: whoever is sent here comes back as `sub`. Its keys and signatures are
real.
"""

import hmac
import json
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jws
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

Claims = dict[str, Any]


@dataclass
class FalseProvider:
    """Honest until one of its fields is changed."""

    issuer: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}))
    claims: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[["FalseProvider", Claims], str] | None = None
    userinfo: Callable[[Claims], Any] = lambda claims: claims
    description: Callable[[Claims], Any] = lambda document: document
    tokens: Callable[[Claims], Any] = lambda tokens: tokens
    status: int = 200
    seen: list[dict[str, str]] = field(default_factory=list)
    authorized: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/keys", self._keys),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/userinfo", self._userinfo),
            ]
        )

    async def _describe(self, _: Request) -> Response:
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        document = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in ends.items()}
        document |= {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        algorithms = ["ES256", "HS256", "none"]
        return JSONResponse(
            self.description(
                {**document, "id_token_signing_alg_values_supported": algorithms, "verify": False}
            ),
            self.status,
        )

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        self.authorized.append(query)
        back = {"code": "a code", "state": query["state"]}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", 303)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.seen.append({**form, "authorization": request.headers.get("authorization", "")})
        now = int(time.time())
        claims = self.claims(
            {
                "iss": self.issuer,
                "sub": "2000001",
                "aud": "checkpoint",
                "exp": now + 300,
                "iat": now,
                "nonce": self.authorized[-1]["nonce"],
            }
        )
        token = self.sign(self, claims) if self.sign else signed(self.key, claims)
        tokens = {"access_token": "a token", "token_type": "Bearer", "id_token": token}
        return JSONResponse(self.tokens(tokens))

    async def _userinfo(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer a token"
        return JSONResponse(self.userinfo({"sub": "2000001", "groups": ["checkpoint"]}))


def signed(key: ECKey, claims: Claims, kid: str = "k1") -> str:
    """The claims as a JWS, as they should come."""
    header = {"alg": "ES256", "kid": kid}
    return jws.serialize_compact(header, json.dumps(claims), key, algorithms=["ES256"])


def unsigned(claims: Claims, signature: str = "") -> str:
    """The claims with alg none, which joserfc would not make."""
    return f"{_content('none', claims)}.{signature}"


def keyed(claims: Claims, secret: bytes) -> str:
    """The claims under HMAC with whatever is taken for the secret; likewise."""
    content = _content("HS256", claims)
    return f"{content}.{_encode(hmac.digest(secret, content.encode('ascii'), 'sha256'))}"


def _content(alg: str, claims: Claims) -> str:
    parts = (json.dumps({"alg": alg, "kid": "k1"}), json.dumps(claims))
    return ".".join(_encode(part.encode("utf-8")) for part in parts)


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def basic(header: str) -> str:
    """The user and password of an Authorization header."""
    return b64decode(header.removeprefix("Basic ")).decode("ascii")
