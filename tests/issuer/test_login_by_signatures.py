"""A provider with ESIA's published rules fits into the seam of the login: a stand-in, not ESIA."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from citizen_login import FINDER, application
from cryptography.hazmat.primitives.asymmetric import ec
from false_esia import ISSUER, DataService, FalseEsia, Signatures
from joserfc.jwk import ECKey
from served import served
from staff_login import free_port

from statusqr_schema import Snils
from statusqr_web.login_config import CitizenLogin, CitizenRule, Provider
from statusqr_web.provider import Endpoints
from statusqr_web.relying_party import RelyingParty
from statusqr_web.sessions import MemoryStore

RULE = CitizenRule("snils", "trusted", True, "lastName", "firstName", "middleName")
PERSON = {
    "snils": "997-895-137 28",
    "trusted": True,
    "lastName": "Лебедева",
    "firstName": "Ольга",
    "middleName": "Сергеевна",
}


@dataclass
class Place:
    """The account, its provider, and a browser."""

    app: str
    esia: FalseEsia
    browser: httpx.Client


@pytest.fixture(params=["v1", "v2"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    key, port = ec.generate_private_key(ec.SECP256R1()), free_port()
    esia = FalseEsia(key.public_key(), request.param, person=dict(PERSON))
    app = f"http://127.0.0.1:{port}"
    with served(esia.app()) as other:
        at = f"http://127.0.0.1:{other}"
        paths = (f"{at}/aas/oauth2/ac", f"{at}/aas/oauth2/te", f"{at}/idp/ext/Logout")
        scopes = ("openid", "fullname", "snils")
        provider = Provider(
            ISSUER, esia.client_id, "", scopes, public_url=app, endpoints=Endpoints(*paths)
        )
        party = RelyingParty(
            provider,
            Signatures(provider, key, request.param),
            DataService(at, esia.key, esia.client_id),
        )
        ours = application(CitizenLogin(provider, RULE), MemoryStore(), party)
        with served(ours, port=port), httpx.Client(follow_redirects=True) as browser:
            yield Place(app, esia, browser)


def test_a_citizen_logs_in(place: Place) -> None:
    page = place.browser.get(f"{place.app}/mine")
    assert str(page.url) == f"{place.app}/mine", place.esia.broken
    assert page.json()["person"] == FINDER.person(Snils.parse("997-895-137 28")).hex()
    assert page.json()["user"] == "1000001"
    assert page.json()["name"] == "Лебедева\u00a0О.\u00a0С."


def test_an_unconfirmed_account_says_nothing_of_trust(place: Place) -> None:
    place.esia.person["trusted"] = False
    assert place.browser.get(f"{place.app}/mine").json()["code"] == "LOGIN_UNCONFIRMED"
    del place.esia.person["trusted"]
    assert place.browser.get(f"{place.app}/mine").json()["code"] == "LOGIN_UNCONFIRMED"


def test_a_token_under_another_key(place: Place) -> None:
    place.esia.key = ECKey.generate_key("P-256", {"kid": "e1"})
    answer = place.browser.get(f"{place.app}/mine")
    assert (answer.status_code, answer.json()["code"]) == (400, "LOGIN_REFUSED")


def test_a_token_for_another_program(place: Place) -> None:
    """The signature of the request is over our own id; the token that comes is another's."""
    sent = place.browser.get(f"{place.app}/auth/login", follow_redirects=False).headers["location"]
    back = httpx.get(sent).headers["location"]
    place.esia.client_id = "OTHER"
    assert place.browser.get(back).json()["code"] in ("LOGIN_DOWN", "LOGIN_REFUSED")
    assert place.browser.get(f"{place.app}/mine", follow_redirects=False).status_code == 303


def test_the_stand_in_refuses_what_was_changed(place: Place) -> None:
    sent = place.browser.get(f"{place.app}/auth/login", follow_redirects=False).headers["location"]
    assert httpx.get(sent).status_code == 303
    assert httpx.get(sent.replace("snils", "email")).status_code == 500
    assert "InvalidSignature" in place.esia.broken


def test_the_way_out(place: Place) -> None:
    code = place.browser.get(f"{place.app}/mine").json()["csrf"]
    page = place.browser.post(f"{place.app}/auth/logout", data={"csrf_token": code})
    assert str(page.url) == f"{place.app}/"
    assert place.esia.farewells == [{"client_id": "STATUSQR", "redirect_url": f"{place.app}/"}]
