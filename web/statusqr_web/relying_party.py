"""The code flow of OpenID Connect against one provider, on Authlib.

1. `begin`: state, nonce and PKCE verifier are drawn; they stay on this side (`Pending`).
2. The provider asks the person, and sends the browser back with a code and the state.
3. `finish`: the code becomes an ID token, which is checked: signature, alg, iss, aud, azp, exp,
   nonce (OpenID Connect Core §3.1.3.7). Then the userinfo, if offered, of the same `sub` (§5.3.2).

The provider's description is fetched when it is first needed and kept once it is right, so that
this server starts while the provider is down.
"""

import logging
import re
import secrets
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from joserfc.errors import BadSignatureError, JoseError

from statusqr_schema import StatusQRError
from statusqr_schema.strict_json import JsonValue

from . import description
from .client_authentication import ClientAuthentication, SecretBasic
from .hosts import is_loopback
from .person_claims import Claims as Claims
from .person_claims import PersonClaims
from .provider import Provider, origin_of

_TIMEOUT: Final = 10.0  # seconds for each request to the provider
_LEEWAY: Final = 60  # seconds between the provider's clock and ours
_log = logging.getLogger("statusqr.login")


class LoginFailed(StatusQRError):
    """A login that came to nothing; its message is for the person who tried.

    Codes: LOGIN_DOWN (the provider does not answer or answers wrongly), LOGIN_STATE (a way back
    that did not begin here, or was used), LOGIN_CANCELLED, LOGIN_REFUSED (the provider's proof does
    not hold), LOGIN_CLOSED, LOGIN_UNCONFIRMED, LOGIN_NO_SNILS (known, but not let in).
    """

    code = "LOGIN"


@dataclass(frozen=True, slots=True)
class Pending:
    """A login on its way: kept in the session, never sent."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str

    def to_json(self) -> dict[str, JsonValue]:
        """For the session."""
        return {**asdict(self)}

    @classmethod
    def from_json(cls, value: JsonValue) -> "Pending":
        """From the session."""
        texts = value if isinstance(value, dict) else {}
        names = ("state", "nonce", "verifier", "redirect_uri")
        return cls(*(str(texts.get(name, "")) for name in names))


class RelyingParty:
    """This server to its provider. Errors: LoginFailed."""

    def __init__(
        self,
        provider: Provider,
        authentication: ClientAuthentication | None = None,
        person: PersonClaims | None = None,
    ) -> None:
        self.provider = provider
        self._person = person
        self._authentication = authentication or SecretBasic(provider)
        self._described = False
        self._tls = ssl.create_default_context(cafile=provider.ca_file)  # once: it is slow to make
        self._client = self._new_client()

    def _new_client(self) -> StarletteOAuth2App:
        kwargs: dict[str, object] = {
            "scope": " ".join(self.provider.scopes),
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": self._authenticate,
            "timeout": _TIMEOUT,
            "verify": self._tls,
            # what a proxy in the environment reaches is another machine
            "trust_env": not is_loopback(urlsplit(self.provider.issuer).hostname or ""),
        }
        client = OAuth().register(
            "provider",
            client_id=self.provider.client_id,
            server_metadata_url=self.provider.issuer.rstrip("/")
            + "/.well-known/openid-configuration",
            client_kwargs=kwargs,
        )
        assert isinstance(client, StarletteOAuth2App)  # noqa: S101 - what OAuth of starlette makes
        return client

    def _authenticate(
        self, _: object, method: str, uri: str, headers: httpx2.Headers, body: bytes
    ) -> tuple[str, httpx2.Headers, bytes]:
        """Authlib's hook for the authentication of clients."""
        request = self._authentication.token(dict(parse_qsl(body.decode("ascii"))))
        headers.update(dict(request.headers))
        return uri, headers, urlencode(request.form).encode("ascii")

    async def begin(self, redirect_uri: str, *, anew: bool = False) -> tuple[str, Pending]:
        """Where to send the browser, and what to keep until it is back.

        `anew`: the provider is to ask who it is, even where somebody has signed in there.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        parameters = {
            "client_id": self.provider.client_id,
            "scope": " ".join(self.provider.scopes),
            "redirect_uri": redirect_uri,
            "state": state,
            **({"prompt": "login"} if anew else {}),
        }
        parameters |= self._authentication.authorization(parameters)
        pending = Pending(parameters["state"], nonce, verifier, redirect_uri)
        del parameters["redirect_uri"], parameters["client_id"]  # Authlib puts them there
        with _told():
            await self._describe()
            made = await self._client.create_authorization_url(
                redirect_uri, nonce=nonce, code_verifier=verifier, **parameters
            )
        return str(made["url"]), pending

    async def finish(self, pending: Pending, answer: Mapping[str, str]) -> Claims:
        """What the provider says about the person, from the parameters of the way back."""
        # RFC 9207: the answer of another provider would bear another name
        if answer.get("iss", self.provider.issuer) != self.provider.issuer:
            raise _refused("another issuer in the answer")
        if "error" in answer:
            message = "Вход отменён или отклонён на странице входа. Попробуйте ещё раз."
            raise LoginFailed(message, code="LOGIN_CANCELLED")
        with _told():
            await self._describe()
            token = await self._client.fetch_access_token(
                code=answer.get("code", ""),
                redirect_uri=pending.redirect_uri,
                code_verifier=pending.verifier,
            )
            if self._person is not None:
                return await self._person.claims(token, pending.nonce)
            claims = await self._id_token(token, pending.nonce)
            if "userinfo_endpoint" not in self._client.server_metadata:
                return claims
            more = await self._client.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise _refused("userinfo of another subject")
        return {**more, **claims}

    async def _id_token(self, token: Mapping[str, object], nonce: str) -> dict[str, JsonValue]:
        if not isinstance(token.get("id_token"), str):
            raise _refused("no ID token")
        options: dict[str, Any] = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }
        try:
            claims = await self._client.parse_id_token(token, nonce, options, leeway=_LEEWAY)
        except BadSignatureError:  # the key may have been replaced under the same name
            await self._client.fetch_jwk_set(force=True)
            claims = await self._client.parse_id_token(token, nonce, options, leeway=_LEEWAY)
        return dict(claims)

    async def farewell(self, back: str) -> str | None:
        """Where the browser is to be sent to sign out at the provider too, if that is offered."""
        try:
            with _told():
                await self._describe()
        except LoginFailed:
            return None  # signed out here; what is beyond us stays
        endpoint = self._client.server_metadata.get("end_session_endpoint")
        if endpoint is None:
            return None
        return f"{endpoint}?{urlencode(self._authentication.farewell(back))}"

    def ways_out(self) -> tuple[str, ...]:
        """The origins to which the form of the logout leads, for the policy's `form-action`."""
        endpoint = self._client.server_metadata.get("end_session_endpoint")
        found = (self.provider.origin, *([origin_of(str(endpoint))] if endpoint else []))
        return tuple(dict.fromkeys(found))

    async def _describe(self) -> None:
        """Fetch the provider's description once, and keep of it what is needed and right."""
        if self._described:
            return
        client, issuer = self._new_client(), self.provider.issuer
        if self.provider.endpoints is not None:
            client.server_metadata = description.known(self.provider.endpoints, issuer)
        else:
            found = await client.load_server_metadata()
            client.server_metadata = description.checked(found, issuer)
        self._client, self._described = client, True


@contextmanager
def _told() -> Iterator[None]:
    """Turn what can go wrong with a provider into LoginFailed; the log gets kinds, no content."""
    try:
        yield
    except (AuthlibBaseError, JoseError) as error:
        kind = str(error.error)  # of the provider, for all we know
        told = kind if re.fullmatch("[a-z_]{1,40}", kind) else "?"
        raise _refused(f"{type(error).__name__} ({told})") from None
    except (httpx2.HTTPError, ValueError, TypeError, KeyError) as error:
        _log.warning("the login provider does not answer as it should: %s", type(error).__name__)
        message = (
            "Вход не удался: сервер входа не отвечает. Подождите минуту и попробуйте ещё раз; "
            "если не поможет, сообщите ответственному."
        )
        raise LoginFailed(message, code="LOGIN_DOWN") from None


def _refused(why: str) -> LoginFailed:
    _log.warning("a login was refused: %s", why)
    message = "Вход не удался: ответ сервера входа не подтверждён. Попробуйте войти ещё раз."
    return LoginFailed(message, code="LOGIN_REFUSED")
