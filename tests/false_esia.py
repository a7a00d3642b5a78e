"""A stand-in with the rules that ESIA publishes about requests; and what has to be added for them.

Neither is an integration with ESIA: the signatures are ES256 where ESIA takes GOST R 34.10 alone,
and nothing here has met the real one. They show that the seam of the login suffices: `Signatures`
and `DataService` stand in the places of the default ways, and nothing else differs.

Versions: v1 signs scope, timestamp, client_id, state; v2 signs client_id, scope, timestamp, state,
redirect_uri and, for tokens, the code, and names the hash of the certificate.
"""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from statusqr_web.client_authentication import Parameters, TokenRequest
from statusqr_web.login_config import Provider
from statusqr_web.person_claims import Claims

ISSUER = "http://esia.gosuslugi.ru/"  # as its tokens name it
CERTIFICATE = "AB" * 32
SIGNED = {
    "v1": ("scope", "timestamp", "client_id", "state"),
    "v2": ("client_id", "scope", "timestamp", "state", "redirect_uri", "code"),
}
_FORMAT = "%Y.%m.%d %H:%M:%S %z"
_FRESH = timedelta(minutes=5)


def _content(version: str, parameters: Parameters) -> bytes:
    return "".join(parameters.get(name, "") for name in SIGNED[version]).encode()


@dataclass(frozen=True)
class Signatures:
    """In place of a secret. A `ClientAuthentication`."""

    provider: Provider
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    version: str = "v2"

    def authorization(self, parameters: Parameters) -> Parameters:
        return self._signed({**parameters, "access_type": "online"})

    def token(self, form: Parameters) -> TokenRequest:
        return TokenRequest({}, self._signed({**form, "token_type": "Bearer"}))

    def farewell(self, back: str) -> Parameters:
        return {"client_id": self.provider.client_id, "redirect_url": back}

    def _signed(self, parameters: Parameters) -> Parameters:
        whole = {
            **parameters,
            "client_id": self.provider.client_id,
            "scope": " ".join(self.provider.scopes),
            "state": str(uuid4()),
            "timestamp": datetime.now(UTC).strftime(_FORMAT),
        }
        if self.version == "v2":
            whole["client_certificate_hash"] = CERTIFICATE
        signature = self.key.sign(_content(self.version, whole), ec.ECDSA(hashes.SHA256()))
        return {**whole, "client_secret": urlsafe_b64encode(signature).decode("ascii")}


@dataclass(frozen=True)
class DataService:
    """The claims from `/rs/prns/{oid}`. A `PersonClaims`."""

    address: str
    key: ECKey
    client_id: str

    async def claims(self, tokens: Claims, nonce: str) -> Claims:
        access = str(tokens["access_token"])
        told = jwt.decode(access, self.key, algorithms=["ES256"]).claims
        if told["client_id"] != self.client_id or told["iss"] != ISSUER:
            raise ValueError("an access token for another program, or of another issuer")
        if told["exp"] < time.time():
            raise ValueError("an access token that has run out")
        oid = str(told["urn:esia:sbj_id"])
        async with httpx2.AsyncClient() as client:
            headers = {"Authorization": f"Bearer {access}"}
            answer = await client.get(f"{self.address}/rs/prns/{oid}", headers=headers)
        answer.raise_for_status()
        return {**answer.json(), "sub": oid}


@dataclass
class FalseEsia:
    """Refuses what breaks a published rule; `person` is who logs in, without being asked."""

    public: ec.EllipticCurvePublicKey
    version: str
    client_id: str = "STATUSQR"
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "e1"}))
    person: dict[str, Any] = field(default_factory=dict)
    broken: str = ""
    farewells: list[dict[str, str]] = field(default_factory=list)
    _codes: set[str] = field(default_factory=set)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/aas/oauth2/ac", self._authorize),
                Route("/aas/oauth2/te", self._token, methods=["POST"]),
                Route("/rs/prns/{oid}", self._person),
                Route("/idp/ext/Logout", self._logout),
            ]
        )

    def _check(self, query: dict[str, str]) -> None:
        """Signature, moment and the forms of state and certificate; else what is broken."""
        try:
            signature = urlsafe_b64decode(query["client_secret"])
            content = _content(self.version, query)
            self.public.verify(signature, content, ec.ECDSA(hashes.SHA256()))
            assert str(UUID(query["state"])) == query["state"]
            made = datetime.strptime(query["timestamp"], _FORMAT).astimezone(UTC)
            age = datetime.now(UTC) - made
            assert abs(age) < _FRESH
            assert query["client_id"] == self.client_id
            assert self.version == "v1" or query["client_certificate_hash"] == CERTIFICATE
        except (KeyError, ValueError, AssertionError, InvalidSignature) as error:
            self.broken = repr(error)
            raise

    async def _authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        self._check(query)
        code = uuid4().hex
        self._codes.add(code)
        back = urlencode({"code": code, "state": query["state"]})
        return RedirectResponse(f"{query['redirect_uri']}?{back}", 303)

    async def _token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self._check(form)
        if form["code"] not in self._codes or form["token_type"] != "Bearer":  # noqa: S105
            return JSONResponse({"error": "invalid_grant"}, 400)
        self._codes.remove(form["code"])
        now = int(time.time())
        claims = {"iss": ISSUER, "client_id": self.client_id, "exp": now + 300}
        claims |= {"urn:esia:sbj_id": 1000001}
        access = jwt.encode({"alg": "ES256", "kid": "e1"}, claims, self.key)
        return JSONResponse({"access_token": access, "token_type": "Bearer", "expires_in": 300})

    async def _person(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        told = jwt.decode(token, self.key, algorithms=["ES256"]).claims
        if str(told["urn:esia:sbj_id"]) != request.path_params["oid"]:
            return JSONResponse({"code": "ESIA-003000"}, 403)
        return JSONResponse(self.person)

    async def _logout(self, request: Request) -> Response:
        self.farewells.append(dict(request.query_params))
        return RedirectResponse(request.query_params["redirect_url"], 303)
