"""The login of staff against the real provider `oidc-provider` of npm, in a process of its own."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from served import served
from staff_login import CONFIG, application, free_port, provider

from statusqr_web.login_config import Provider, load_login
from statusqr_web.relying_party import RelyingParty
from statusqr_web.sessions import MemoryStore

pytestmark = pytest.mark.needs("node")


@dataclass(frozen=True)
class Place:
    """A checkpoint with a login: where it is, and where its provider is."""

    app: str
    issuer: str
    store: MemoryStore


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The provider must know our address and we must know the provider's: ours comes second."""
    file = tmp_path_factory.mktemp("login") / "login.toml"
    port, store = free_port(), MemoryStore()
    app = f"http://127.0.0.1:{port}"
    with provider(app) as issuer:
        file.write_text(CONFIG.format(issuer=issuer, app=app), encoding="utf-8")
        with served(application(load_login(file), store), port=port):
            yield Place(app, issuer, store)


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True) as browser:
        yield browser


def fill_in(
    browser: httpx.Client, page: httpx.Response, name: str, word: str = "test"
) -> httpx.Response:
    assert "<h1>Вход</h1>" in page.text
    answer = browser.post(page.url, data={"name": name, "password": word})
    left = re.search(
        r'action="([^"]+/session/end/confirm)">\s*<input[^>]+value="([^"]+)"', answer.text
    )
    if left is None:
        return answer
    # who was signed in there is another: a script of the provider's page sends its form
    return browser.post(left[1], data={"xsrf": left[2], "logout": "yes"})


def sign_in(browser: httpx.Client, place: Place, name: str = "guard") -> httpx.Response:
    page = browser.get(f"{place.app}/auth/login")
    return fill_in(browser, page, name=name)


def way_back(browser: httpx.Client, place: Place) -> str:
    """The address of the callback with its code, not yet opened."""
    page = browser.get(f"{place.app}/auth/login")
    browser.follow_redirects = False
    answer = fill_in(browser, page, name="guard")
    while not answer.headers["location"].startswith(place.app):
        answer = browser.get(answer.headers["location"])
    browser.follow_redirects = True
    return answer.headers["location"]


def test_staff_sign_in(browser: httpx.Client, place: Place) -> None:
    page = browser.get(f"{place.app}/auth/login", params={"next": "/shift?lang=en"})
    before = browser.cookies["statusqr"]
    shift = fill_in(browser, page, name="guard")
    assert str(shift.url) == f"{place.app}/shift?lang=en"
    assert shift.json()["user"] == "Смена 1"
    assert browser.cookies["statusqr"] != before
    assert httpx.get(f"{place.app}/", cookies={"statusqr": before}).json()["user"] is None


def test_what_goes_with_the_browser(browser: httpx.Client, place: Place) -> None:
    browser.follow_redirects = False
    sent = browser.get(f"{place.app}/auth/login").next_request
    assert sent
    query = sent.url.params
    assert query["response_type"] == "code"
    assert query["code_challenge_method"] == "S256"
    assert query["scope"] == "openid profile groups"
    assert query["redirect_uri"] == f"{place.app}/auth/callback"
    for name in ("state", "nonce", "code_challenge"):
        assert len(query[name]) == 43
    assert "secret" not in str(query)
    kept = repr(vars(place.store))
    assert (query["state"] in kept, query["nonce"] in kept) == (True, True)  # here, not in a cookie
    assert query["state"] not in str(dict(browser.cookies))


def test_a_wrong_password_is_the_providers_matter(browser: httpx.Client, place: Place) -> None:
    page = browser.get(f"{place.app}/auth/login")
    again = fill_in(browser, page, name="guard", word="wrong")
    assert (again.status_code, "Неверное имя или пароль" in again.text) == (401, True)
    assert browser.get(f"{place.app}/").json()["user"] is None
    assert fill_in(browser, again, name="guard").json()["user"] == "Смена 1"


def refused(answer: httpx.Response, status: int, code: str) -> str:
    """The message to the person; nothing of the provider's own words is in it."""
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert problem["title"] == "Вход не удался"
    assert "Сообщение провайдера" not in answer.text
    return str(problem["detail"])


def test_a_login_that_was_cancelled(browser: httpx.Client, place: Place) -> None:
    page = browser.get(f"{place.app}/auth/login")
    answer = browser.post(page.url, data={"cancel": "yes"})
    assert "отменён" in refused(answer, 400, "LOGIN_CANCELLED")
    assert browser.get(f"{place.app}/").json()["user"] is None


def test_a_person_without_the_group(browser: httpx.Client, place: Place) -> None:
    message = refused(sign_in(browser, place, "clerk"), 403, "LOGIN_CLOSED")
    assert message.startswith("Вы вошли, но доступа к этой программе у вас нет.")
    assert browser.get(f"{place.app}/").json()["user"] is None


def test_a_way_back_that_did_not_begin_here(browser: httpx.Client, place: Place) -> None:
    back = f"{place.app}/auth/callback"
    for query in ({}, {"code": "x"}, {"code": "x", "state": ""}, {"code": "x", "state": "y"}):
        assert "не здесь" in refused(browser.get(back, params=query), 400, "LOGIN_STATE")
    browser.get(f"{place.app}/auth/login")  # begun, but this is not its state
    refused(browser.get(back, params={"code": "x", "state": "y"}), 400, "LOGIN_STATE")


def test_the_way_back_of_someone_else(browser: httpx.Client, place: Place) -> None:
    """Login CSRF: a thief has a victim open the thief's way back, to be signed in as the thief."""
    with httpx.Client(follow_redirects=True) as thief:
        address = way_back(thief, place)
    refused(browser.get(address), 400, "LOGIN_STATE")
    assert browser.get(f"{place.app}/").json()["user"] is None


def test_a_way_back_is_good_once(browser: httpx.Client, place: Place) -> None:
    address = way_back(browser, place)
    assert browser.get(address).json()["user"] == "Смена 1"
    refused(browser.get(address), 400, "LOGIN_STATE")
    assert browser.get(f"{place.app}/").json()["user"] == "Смена 1"


def test_a_false_code_and_then_nothing_more(browser: httpx.Client, place: Place) -> None:
    address = way_back(browser, place)
    false = re.sub(r"code=[^&]+", "code=false", address)
    assert "не подтверждён" in refused(browser.get(false), 400, "LOGIN_REFUSED")
    refused(browser.get(address), 400, "LOGIN_STATE")


def test_an_answer_that_bears_another_issuer(browser: httpx.Client, place: Place) -> None:
    address = way_back(browser, place)
    assert "&iss=" in address
    other = re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.example", address)
    refused(browser.get(other), 400, "LOGIN_REFUSED")


def test_two_tabs(browser: httpx.Client, place: Place) -> None:
    first = browser.get(f"{place.app}/auth/login", params={"next": "/shift"})
    browser.get(f"{place.app}/auth/login")
    answer = fill_in(browser, first, name="guard")
    assert str(answer.url) == f"{place.app}/shift"
    assert answer.json()["user"] == "Смена 1"


def test_many_tabs_leave_three(browser: httpx.Client, place: Place) -> None:
    browser.follow_redirects = False
    for _ in range(20):
        browser.get(f"{place.app}/auth/login")
    (kept,) = (kept for kept in place.store._pools[False].values() if kept.data.count("nonce") > 1)
    assert kept.data.count("nonce") == 3


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_no_way_to_another_site(browser: httpx.Client, place: Place, path: str) -> None:
    page = browser.get(f"{place.app}/auth/login", params={"next": path})
    answer = fill_in(browser, page, name="guard")
    assert str(answer.url) == f"{place.app}/"


def test_signing_out_here_and_at_the_provider(browser: httpx.Client, place: Place) -> None:
    code = sign_in(browser, place).json()["csrf"]
    # signed in at the provider still: no password is asked
    assert browser.get(f"{place.app}/auth/login").json()["user"] == "Смена 1"
    code = browser.get(f"{place.app}/").json()["csrf"]
    page = browser.post(f"{place.app}/auth/logout", data={"csrf_token": code})
    assert str(page.url).startswith(place.issuer)
    assert "id_token" not in str(page.url)
    assert browser.get(f"{place.app}/").json()["user"] is None  # here at once
    token = re.search(r'name="xsrf" value="(\w+)"', page.text)
    assert token
    ended = browser.post(
        f"{place.issuer}/session/end/confirm", data={"xsrf": token[1], "logout": "yes"}
    )
    assert str(ended.url).startswith(f"{place.app}/")
    assert "<h1>Вход</h1>" in browser.get(f"{place.app}/auth/login").text  # asked again


def test_who_comes_after_another_is_asked(browser: httpx.Client, place: Place) -> None:
    """The provider knows the one before still: the session here has run out, or was ended."""
    sign_in(browser, place)
    place.store._pools[True].clear()
    page = browser.get(f"{place.app}/auth/login")
    assert fill_in(browser, page, name="clerk").status_code == 403  # another account than before
    page = browser.get(f"{place.app}/auth/login?anew=yes")
    code = fill_in(browser, page, name="guard").json()["csrf"]
    browser.post(f"{place.app}/auth/logout", data={"csrf_token": code})  # not confirmed there
    assert "<h1>Вход</h1>" in browser.get(f"{place.app}/auth/login").text


def test_another_account_than_the_provider_knows(browser: httpx.Client, place: Place) -> None:
    page = browser.get(f"{place.app}/auth/login")
    assert fill_in(browser, page, name="clerk").status_code == 403
    assert browser.get(f"{place.app}/auth/login").status_code == 403  # the same once more
    page = browser.get(f"{place.app}/auth/login?anew=yes")
    assert fill_in(browser, page, name="guard").json()["user"] == "Смена 1"


def test_the_way_out_may_be_elsewhere(place: Place) -> None:
    """A browser follows a form only where the content policy lets it."""
    party = RelyingParty(Provider(place.issuer, "checkpoint", "secret"))
    assert party.ways_out() == (place.issuer,)  # nothing is known yet
    asyncio.run(party.farewell(f"{place.app}/"))
    assert party.ways_out() == (place.issuer,)
    ending = "https://exit.example/session/end"
    party._client.server_metadata["end_session_endpoint"] = ending
    assert party.ways_out() == (place.issuer, "https://exit.example")


def test_a_provider_on_this_machine_needs_no_proxy(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("HTTP_PROXY", nowhere)
    monkeypatch.setenv("ALL_PROXY", nowhere)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    party = RelyingParty(Provider(place.issuer, "checkpoint", "secret"))
    url, _ = asyncio.run(party.begin(f"{place.app}/auth/callback"))
    assert url.startswith(place.issuer)


def test_another_site_signs_nobody_out(browser: httpx.Client, place: Place) -> None:
    sign_in(browser, place)
    assert browser.post(f"{place.app}/auth/logout").status_code == 403
    assert browser.get(f"{place.app}/auth/logout").status_code == 405
    assert browser.get(f"{place.app}/").json()["user"] == "Смена 1"


def test_a_provider_that_is_down_at_first(
    browser: httpx.Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port, provider_port, store = free_port(), free_port(), MemoryStore()
    app, issuer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{provider_port}"
    file = tmp_path / "login.toml"
    file.write_text(CONFIG.format(issuer=issuer, app=app), encoding="utf-8")
    with served(application(load_login(file), store), port=port):
        place = Place(app, issuer, store)
        message = refused(browser.get(f"{app}/auth/login"), 503, "LOGIN_DOWN")
        assert "сервер входа не отвечает" in message
        with provider(app, provider_port):
            code = sign_in(browser, place).json()["csrf"]
        browser.follow_redirects = False  # it is down again
        assert browser.post(f"{app}/auth/logout", data={"csrf_token": code}).status_code == 303
        assert browser.get(f"{app}/").json()["user"] is None
    assert "ConnectError" in caplog.text


def test_the_way_out_past_a_provider_that_is_down() -> None:
    down = RelyingParty(Provider(f"http://127.0.0.1:{free_port()}", "checkpoint", "secret"))
    assert asyncio.run(down.farewell("http://127.0.0.1/")) is None


def test_no_name_reaches_the_log(
    browser: httpx.Client, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    sign_in(browser, place)
    with httpx.Client(follow_redirects=True) as other:
        sign_in(other, place, "clerk")
    for word in ("Смена 1", "Отдел 4", "2000001", "2000002", "secret +"):
        assert word not in caplog.text
