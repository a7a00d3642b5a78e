"""The provider of demonstrations: our own login gets through it by HTTP, and nobody else does."""

import re
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from citizen_login import FINDER, application
from fastapi import FastAPI
from served import served
from staff_login import free_port

from statusqr_issuer.account.demo_people import DemoRefused, read_people
from statusqr_issuer.account.demo_provider import BANNER, DemoProvider
from statusqr_schema import Snils
from statusqr_web.login_config import CitizenLogin, CitizenRule
from statusqr_web.reaching import Reach
from statusqr_web.sessions import MemoryStore

RECORDS = Path(__file__).parents[2] / "examples" / "records.json"
HERE = Reach(host="127.0.0.1", port=0)
PEOPLE = read_people(RECORDS)


class Wait:
    """A clock that can be set ahead."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass(frozen=True)
class Place:
    """The account with its provider in one server."""

    app: str
    demo: DemoProvider
    wait: Wait


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    port, wait = free_port(), Wait()
    app = f"http://127.0.0.1:{port}"
    demo = DemoProvider(app, PEOPLE, HERE, wait)
    ours: FastAPI = application(CitizenLogin(demo.provider, CitizenRule()), MemoryStore())
    ours.include_router(demo.router)
    with served(ours, port=port):
        yield Place(app, demo, wait)


@pytest.fixture
def browser(place: Place) -> Iterator[httpx.Client]:
    place.wait.ahead = 0
    with httpx.Client(follow_redirects=True) as browser:
        yield browser


def choose(browser: httpx.Client, page: httpx.Response, name: str) -> str:
    """The address to which a name leads, or «Не входить»."""
    links = re.findall(r'href="(/demo/choose[^"]+)">(?:<span lang="ru">)?([^<]+)<', page.text)
    (found,) = (link for link, text in links if text == name)
    return str(page.url.join(found.replace("&amp;", "&")))


def log_in(browser: httpx.Client, place: Place, name: str) -> httpx.Response:
    page = browser.get(f"{place.app}/mine")
    return browser.get(choose(browser, page, name))


def code_for(browser: httpx.Client, place: Place) -> tuple[str, dict[str, str]]:
    """A code that was given, and what the account sent to get it."""
    sent = browser.get(f"{place.app}/auth/login", follow_redirects=False).headers["location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
    chosen = choose(browser, browser.get(sent), "Ким Виктория")
    back = browser.get(chosen, follow_redirects=False).headers["location"]
    return parse_qs(urlsplit(back).query)["code"][0], query


def test_every_holder_can_be_chosen(browser: httpx.Client, place: Place) -> None:
    page = browser.get(f"{place.app}/mine")
    assert BANNER in page.text
    for person in PEOPLE:
        assert f">{person.person.full_name}<" in page.text
    assert [person.remark for person in PEOPLE][-2:] == [
        "Статусов нет",
        "Учётная запись не подтверждена",
    ]
    assert not re.search(r"\d{3}-\d{3}-\d{3}", page.text)  # the page is no list of numbers


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_whoever_is_chosen_is_logged_in(browser: httpx.Client, place: Place, host: str) -> None:
    here = place.app.replace("127.0.0.1", host)
    page = browser.get(f"{here}/mine?lang=en")
    back = browser.get(choose(browser, page, "Лебедева Ольга Сергеевна"))
    assert str(back.url) == f"{here}/mine?lang=en"
    told = back.json()
    assert told["person"] == FINDER.person(Snils.parse("997-895-137 28")).hex()
    assert (told["user"], told["name"]) == ("demo-1", "Лебедева\u00a0О.\u00a0С.")


def test_who_has_no_status_is_logged_in_too(browser: httpx.Client, place: Place) -> None:
    told = log_in(browser, place, "Зимина Вера Павловна").json()
    assert told["user"] == "demo-without"
    listed = {
        FINDER.person(p.person.snils).hex() for p in PEOPLE if isinstance(p.person.snils, Snils)
    }
    assert len(listed) == len(PEOPLE)  # nobody twice, and all of them valid numbers


def test_who_is_not_confirmed_is_not(browser: httpx.Client, place: Place) -> None:
    answer = log_in(browser, place, "Орлов Игорь Львович")
    assert (answer.status_code, answer.json()["code"]) == (403, "LOGIN_UNCONFIRMED")


def test_nobody(browser: httpx.Client, place: Place) -> None:
    assert log_in(browser, place, "Не входить").json()["code"] == "LOGIN_CANCELLED"


def test_the_way_out(browser: httpx.Client, place: Place) -> None:
    code = log_in(browser, place, "Ким Виктория").json()["csrf"]
    page = browser.post(f"{place.app}/auth/logout", data={"csrf_token": code})
    assert str(page.url) == f"{place.app}/"
    assert "Кем войти?" in browser.get(f"{place.app}/mine").text


def test_a_choice_is_good_once(browser: httpx.Client, place: Place) -> None:
    chosen = choose(browser, browser.get(f"{place.app}/mine"), "Ким Виктория")
    assert browser.get(chosen).status_code == 200
    assert browser.get(chosen).json()["code"] == "DEMO_LOGIN"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "other"),
        ("response_type", "token"),
        ("code_challenge_method", "plain"),
        ("code_challenge", ""),
        ("nonce", ""),
        ("state", ""),
        ("scope", "profile"),
        ("redirect_uri", "https://evil.example/auth/callback"),
        ("redirect_uri", "http://127.0.0.1:1/auth/callback"),
        ("redirect_uri", "{app}/auth/callback?x=1"),
        ("redirect_uri", "{app}/other"),
        ("redirect_uri", "http://evil.example@{host}/auth/callback"),
        ("redirect_uri", "http://[/auth/callback"),
    ],
)
def test_a_request_that_the_account_never_makes(
    browser: httpx.Client, place: Place, name: str, value: str
) -> None:
    sent = browser.get(f"{place.app}/auth/login", follow_redirects=False).headers["location"]
    query = {key: values[0] for key, values in parse_qs(urlsplit(sent).query).items()}
    assert browser.get(sent).status_code == 200
    query[name] = value.format(app=place.app, host=urlsplit(place.app).netloc)
    answer = browser.get(f"{place.app}/demo/authorize?{urlencode(query)}")
    assert (answer.status_code, answer.json()["code"]) == (400, "DEMO_LOGIN")


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "", "{app}/mine"])
def test_no_way_out_to_elsewhere(browser: httpx.Client, place: Place, where: str) -> None:
    url = where.format(app=place.app)
    end = f"{place.app}/demo/end?{urlencode({'post_logout_redirect_uri': url})}"
    assert browser.get(end, follow_redirects=False).status_code == 400


def exchange(place: Place, form: dict[str, str], secret: str | None = None) -> tuple[int, str]:
    """Status and error of the token endpoint for a client with this secret, or the right one."""
    word = place.demo.provider.client_secret if secret is None else secret
    basic = b64encode(f"account:{word}".encode()).decode("ascii")
    headers = {"Authorization": f"Basic {basic}"}
    answer = httpx.post(f"{place.app}/demo/token", data=form, headers=headers)
    return answer.status_code, answer.json()["error"]


def test_a_code_is_for_who_began(browser: httpx.Client, place: Place) -> None:
    """With the secret even: without the verifier, which the account alone has, there is nothing."""
    code, query = code_for(browser, place)
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": "x" * 43}
    form["redirect_uri"] = query["redirect_uri"]
    assert exchange(place, form, "wrong") == (401, "invalid_client")
    assert exchange(place, form) == (400, "invalid_grant")
    other = {**form, "grant_type": "password"}
    assert exchange(place, other) == (400, "unsupported_grant_type")


@pytest.mark.parametrize("header", ["", "Basic", "Basic !", "Bearer x", "Basic w6nDqQ=="])
def test_who_does_not_prove_to_be_the_account(place: Place, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = httpx.post(f"{place.app}/demo/token", data={"code": "x"}, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_a_code_runs_out(browser: httpx.Client, place: Place) -> None:
    chosen = choose(browser, browser.get(f"{place.app}/mine"), "Ким Виктория")
    back = browser.get(chosen, follow_redirects=False).headers["location"]
    place.wait.ahead = 61
    assert browser.get(back).json()["code"] == "LOGIN_REFUSED"


def test_what_it_remembers_is_bounded(browser: httpx.Client, place: Place) -> None:
    first = choose(browser, browser.get(f"{place.app}/mine"), "Ким Виктория")
    sent = browser.get(f"{place.app}/auth/login", follow_redirects=False).headers["location"]
    for _ in range(201):
        httpx.get(sent)
    assert len(place.demo._begun) == 200
    assert browser.get(first).json()["code"] == "DEMO_LOGIN"


@pytest.mark.parametrize(
    "reach",
    [
        Reach(host="0.0.0.0", port=0),  # noqa: S104 - refused
        Reach(host="192.0.2.7", port=0),
        Reach(host="127.0.0.1", port=0, names=("account.example.ru",)),
        Reach(host="127.0.0.1", port=0, proxies=("127.0.0.1",)),
        Reach(host="127.0.0.1", port=0, certificate=Path("a.pem"), key=Path("b.pem")),
    ],
)
def test_only_where_this_machine_alone_gets(reach: Reach) -> None:
    with pytest.raises(DemoRefused, match="только на этом компьютере"):
        DemoProvider("http://127.0.0.1:8654", PEOPLE, reach)


@pytest.mark.parametrize("content", [b"", b"5", b"[5]", b"{", b'[{"holder": {}}]', b"\xff"])
def test_a_file_that_is_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "people.json"
    file.write_bytes(content)
    with pytest.raises(DemoRefused, match=r"people.json"):
        read_people(file)
    with pytest.raises(DemoRefused, match="не читается"):
        read_people(tmp_path / "absent.json")
