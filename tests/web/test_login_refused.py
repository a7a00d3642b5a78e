"""What a provider, or someone in its place, may say and is not believed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from false_provider import Claims, FalseProvider, basic, keyed, signed, unsigned
from fastapi import Depends, FastAPI
from joserfc.jwk import ECKey
from served import served
from starlette.testclient import TestClient

from statusqr_web import problems
from statusqr_web.client_authentication import ClientAuthentication, Parameters, TokenRequest
from statusqr_web.login import login_router, safe_next, staff
from statusqr_web.login_config import Provider, StaffRule
from statusqr_web.relying_party import RelyingParty
from statusqr_web.session_cookie import Sessions
from statusqr_web.sessions import MemoryStore, Session, session_of

RULE = StaffRule("sub", "groups", "checkpoint")
SECRET = "a secret for tests"  # noqa: S105
Change = Callable[[Claims], Any]


@pytest.fixture(scope="module")
def running() -> Iterator[FalseProvider]:
    provider = FalseProvider()
    with served(provider.app()) as port:
        provider.issuer = f"http://127.0.0.1:{port}"
        yield provider


@pytest.fixture
def false(running: FalseProvider) -> FalseProvider:
    vars(running).update(vars(FalseProvider(running.issuer)))
    return running


def checkpoint(
    false: FalseProvider,
    authentication: Callable[[Provider], ClientAuthentication] | None = None,
    rule: StaffRule = RULE,
) -> TestClient:
    provider = Provider(false.issuer, "checkpoint", SECRET, ("openid", "groups"))
    party = RelyingParty(provider, authentication(provider) if authentication else None)
    app = FastAPI()
    problems.install(app)
    app.include_router(login_router(party, staff(rule)))

    @app.get("/")
    def page(session: Annotated[Session, Depends(session_of)]) -> str | None:
        return session.user

    app.add_middleware(Sessions, store=MemoryStore(), secure=False)
    return TestClient(app, base_url="http://127.0.0.1:8653", follow_redirects=False)


def sign_in(client: TestClient) -> httpx.Response:
    """There and back; the answer to the way back."""
    there = client.get("/auth/login")
    if there.status_code != 303:
        return there  # type: ignore[return-value]
    back = httpx.get(there.headers["location"])
    return client.get(back.headers["location"])  # type: ignore[return-value]


def refused(client: TestClient, code: str) -> None:
    answer = sign_in(client)
    assert (answer.json()["code"], answer.json()["title"]) == (code, "Вход не удался")
    assert client.get("/").json() is None


def test_while_it_is_honest(false: FalseProvider) -> None:
    client = checkpoint(false)
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/").json() == "2000001"
    assert false.seen[0]["grant_type"] == "authorization_code"
    assert len(false.seen[0]["code_verifier"]) == 43
    assert basic(false.seen[0]["authorization"]) == "checkpoint:a+secret+for+tests"
    assert "client_secret" not in false.seen[0]


def with_(**changes: object) -> Change:
    def change(claims: Claims) -> Claims:
        return {k: v for k, v in {**claims, **changes}.items() if v is not ...}

    return change


NOW = int(time.time())


@pytest.mark.parametrize(
    "change",
    [
        with_(nonce="another"),
        with_(nonce=...),
        with_(nonce=""),
        with_(nonce=None),
        with_(aud="another"),
        with_(aud=...),
        with_(aud=[]),
        with_(aud=["another"]),
        with_(aud="another", azp="checkpoint"),
        with_(aud=["checkpoint", "another"]),
        with_(aud=["checkpoint", "another"], azp="another"),
        with_(iss="https://evil.example"),
        with_(iss=...),
        with_(exp=NOW - 3600),
        with_(exp=...),
        with_(exp="never"),
        with_(iat=...),
        with_(nbf=NOW + 3600),
        with_(sub=...),
        with_(sub="2000002"),  # not whom the userinfo names
        with_(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    ],
)
def test_claims_that_do_not_hold(false: FalseProvider, change: Change) -> None:
    false.claims = change
    refused(checkpoint(false), "LOGIN_REFUSED")


STRANGER = ECKey.generate_key("P-256", {"kid": "k1"})


@pytest.mark.parametrize(
    "sign",
    [
        lambda false, claims: unsigned(claims),
        lambda false, claims: unsigned(claims, signed(false.key, claims).rpartition(".")[2]),
        lambda false, claims: signed(STRANGER, claims),
        lambda false, claims: signed(false.key, claims, kid="k2"),
        # the public key, or the client's secret, taken for a shared secret
        lambda false, claims: keyed(claims, false.key.as_pem(private=False)),
        lambda false, claims: keyed(claims, SECRET.encode()),
        lambda false, claims: signed(false.key, claims)[:-4],
        lambda false, claims: signed(false.key, claims).rpartition(".")[0] + ".",
        lambda false, claims: "not a token",
        lambda false, claims: "a.b.c",
        lambda false, claims: "",
    ],
)
def test_signatures_that_do_not_hold(
    false: FalseProvider, sign: Callable[[FalseProvider, Claims], str]
) -> None:
    false.sign = sign
    refused(checkpoint(false), "LOGIN_REFUSED")


@pytest.mark.parametrize("change", [with_(id_token=...), with_(id_token=None), with_(id_token=1)])
def test_no_token(false: FalseProvider, change: Change) -> None:
    false.tokens = change
    refused(checkpoint(false), "LOGIN_REFUSED")


@pytest.mark.parametrize(
    "tokens", [[], "text", {"error": "invalid_grant"}, {"error": "\x1b[31m"}, {}, {"token_type": 1}]
)
def test_an_answer_for_the_code_that_is_none(false: FalseProvider, tokens: object) -> None:
    false.tokens = lambda _: tokens
    answer = sign_in(checkpoint(false))
    assert answer.json()["code"] in ("LOGIN_REFUSED", "LOGIN_DOWN")


@pytest.mark.parametrize(
    "userinfo", [{"sub": "2000002", "groups": ["checkpoint"]}, {"groups": ["checkpoint"]}, [], 1]
)
def test_userinfo_of_another_person(false: FalseProvider, userinfo: object) -> None:
    false.userinfo = lambda _: userinfo
    answer = sign_in(checkpoint(false))
    assert answer.json()["code"] in ("LOGIN_REFUSED", "LOGIN_DOWN")


def test_the_signed_claims_outweigh_the_userinfo(false: FalseProvider) -> None:
    false.claims = with_(groups=["staff"])
    refused(checkpoint(false), "LOGIN_CLOSED")


@pytest.mark.parametrize(
    ("groups", "admitted"),
    [
        ("checkpoint", True),
        (["a", "checkpoint"], True),
        ("checkpoint2", False),
        (["checkpoint2"], False),
        ("a checkpoint", False),
        ({"checkpoint": True}, False),
        ([["checkpoint"]], False),
        (None, False),
        ([], False),
    ],
)
def test_the_value_that_lets_in(false: FalseProvider, groups: object, admitted: bool) -> None:
    false.claims = with_(groups=groups)
    answer = sign_in(checkpoint(false))
    assert (answer.status_code == 303) is admitted


@pytest.mark.parametrize("name", [None, "", 5, ["a"], "a\nb"])
def test_a_name_that_is_none(false: FalseProvider, name: object) -> None:
    false.claims = with_(preferred_username=name)
    rule = StaffRule("preferred_username", "groups", "checkpoint")
    refused(checkpoint(false, rule=rule), "LOGIN_REFUSED")


def without(*names: str) -> Change:
    return lambda document: {k: v for k, v in document.items() if k not in names}


@pytest.mark.parametrize(
    "description",
    [
        with_(issuer="https://evil.example"),
        without("issuer"),
        without("jwks_uri"),
        without("token_endpoint"),
        with_(token_endpoint="http://evil.example/token"),  # noqa: S106
        with_(authorization_endpoint="javascript:alert(1)"),
        with_(userinfo_endpoint=5),
        with_(id_token_signing_alg_values_supported=5),
        lambda _: [],
        lambda _: "text",
        lambda _: None,
    ],
)
def test_a_description_that_is_not_the_providers(false: FalseProvider, description: Change) -> None:
    false.description = description
    client = checkpoint(false)
    refused(client, "LOGIN_DOWN")
    false.description = lambda document: document
    assert sign_in(client).status_code == 303  # it was not kept


@pytest.mark.parametrize("offered", [["HS256", "none"], []])
def test_no_algorithm_in_common(false: FalseProvider, offered: list[str]) -> None:
    false.description = with_(id_token_signing_alg_values_supported=offered)
    refused(checkpoint(false), "LOGIN_REFUSED")


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_provider_that_fails(false: FalseProvider, status: int) -> None:
    false.status = status
    client = checkpoint(false)
    assert sign_in(client).status_code == 503
    false.status = 200
    assert sign_in(client).status_code == 303


def test_without_userinfo(false: FalseProvider) -> None:
    false.description = without("userinfo_endpoint")
    false.claims = with_(groups=["checkpoint"])
    assert sign_in(checkpoint(false)).status_code == 303


@pytest.mark.parametrize("kid", ["k1", "k2"])
def test_a_provider_that_has_new_keys(false: FalseProvider, kid: str) -> None:
    """Under a new name, or under the old one."""
    client = checkpoint(false)
    assert sign_in(client).status_code == 303
    false.key = ECKey.generate_key("P-256", {"kid": kid})
    false.sign = lambda provider, claims: signed(provider.key, claims, kid=kid)
    assert sign_in(client).status_code == 303


@dataclass(frozen=True)
class SignedSecret:
    """As ESIA has it: in place of a secret, a signature over the parameters of each request."""

    provider: Provider
    key: ec.EllipticCurvePrivateKey

    def authorization(self, parameters: Parameters) -> Parameters:
        more = {"timestamp": "2026.11.21 12:00:00 +0000", "client_certificate_hash": "AB"}
        return {**more, "client_secret": self._sign({**parameters, **more})}

    def token(self, form: Parameters) -> TokenRequest:
        whole = {**form, "client_id": self.provider.client_id, "token_type": "Bearer"}
        return TokenRequest({}, {**whole, "client_secret": self._sign(whole)})

    def farewell(self, back: str) -> Parameters:
        return {"client_id": self.provider.client_id, "redirect_url": back}

    def _sign(self, parameters: Parameters) -> str:
        return self.key.sign(content(parameters), ec.ECDSA(hashes.SHA256())).hex()


def content(parameters: Parameters) -> bytes:
    names = ("client_id", "scope", "timestamp", "state", "redirect_uri", "code")
    return "".join(parameters.get(name, "") for name in names).encode()


def test_a_provider_that_wants_signatures_for_a_secret(false: FalseProvider) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    client = checkpoint(false, lambda provider: SignedSecret(provider, key))
    assert sign_in(client).status_code == 303
    requests = (false.authorized[0], false.seen[0])
    for request in requests:
        signature = bytes.fromhex(request["client_secret"])
        key.public_key().verify(signature, content(request), ec.ECDSA(hashes.SHA256()))
        with pytest.raises(InvalidSignature):
            changed = {**request, "redirect_uri": "https://evil.example"}
            key.public_key().verify(signature, content(changed), ec.ECDSA(hashes.SHA256()))
    assert false.seen[0]["authorization"] == ""
    assert false.seen[0]["token_type"] == "Bearer"  # noqa: S105


@pytest.mark.parametrize(
    "path",
    [
        *("", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example"),
        *("javascript:alert(1)", "evil.example", "/\t/evil.example", "/\n/evil.example", "/ x"),
        *("/ё", "/" + "x" * 500, "http:/x", "?next=/", "/\x00"),
    ],
)
def test_a_next_page_elsewhere_becomes_home(path: str) -> None:
    assert safe_next(path, "/home") == "/home"


@pytest.mark.parametrize("path", ["/", "/shift", "/shift?lang=en&x=//y", "/a/../b", "/x#y"])
def test_a_next_page_here_stays(path: str) -> None:
    assert safe_next(path, "/home") == path


def test_our_address_for_the_way_back(false: FalseProvider) -> None:
    sign_in(checkpoint(false))
    assert false.authorized[0]["redirect_uri"] == "http://127.0.0.1:8653/auth/callback"
