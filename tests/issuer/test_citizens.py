"""Which citizens are let in, and what is remembered: by the real provider, and claim by claim."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import httpx
import pytest
from citizen_login import FINDER, application, config_file, identify
from hypothesis import given
from hypothesis import strategies as st
from served import served
from staff_login import free_port, provider

from statusqr_issuer.account.citizens import citizens
from statusqr_schema import Snils
from statusqr_schema.strict_json import JsonValue
from statusqr_web.login_config import CitizenRule, load_citizen_login
from statusqr_web.relying_party import LoginFailed
from statusqr_web.sessions import MemoryStore

OLGA = "997-895-137 28"
CLAIMS: Mapping[str, JsonValue] = {
    "sub": "1000001",
    "snils": OLGA,
    "trusted": True,
    "family_name": "Лебедева",
    "given_name": "Ольга",
    "middle_name": "Сергеевна",
}


@dataclass(frozen=True)
class Place:
    """The account and its provider."""

    app: str
    issuer: str
    store: MemoryStore


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    port, store = free_port(), MemoryStore()
    app = f"http://127.0.0.1:{port}"
    with provider(app) as issuer:
        login = load_citizen_login(config_file(tmp_path_factory.mktemp("login"), issuer, app))
        with served(application(login, store), port=port):
            yield Place(app, issuer, store)


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True) as browser:
        yield browser


def log_in(browser: httpx.Client, place: Place, name: str) -> httpx.Response:
    return identify(browser, browser.get(f"{place.app}/mine?lang=en"), name)


@pytest.mark.needs("node")
@pytest.mark.parametrize(
    ("account", "snils", "name"),
    [
        ("olga", OLGA, "Лебедева\u00a0О.\u00a0С."),
        ("viktoria", "905-767-221 25", "Ким\u00a0В."),  # eleven digits, and no patronymic
        ("stranger", "112-233-445 95", "Лебедева\u00a0О.\u00a0С."),
    ],
)
def test_a_citizen_logs_in_and_is_led_back(
    browser: httpx.Client, place: Place, account: str, snils: str, name: str
) -> None:
    page = log_in(browser, place, account)
    assert str(page.url) == f"{place.app}/mine?lang=en"
    told = page.json()
    assert page.status_code == 200, told
    assert told["person"] == FINDER.person(Snils.parse(snils)).hex()
    assert told["name"] == name
    assert told.keys() == {"user", "person", "name", "csrf"}


@pytest.mark.needs("node")
def test_the_same_name_is_not_the_same_person(browser: httpx.Client, place: Place) -> None:
    with httpx.Client(follow_redirects=True) as other:
        first, second = log_in(browser, place, "olga"), log_in(other, place, "stranger")
    assert first.json()["name"] == second.json()["name"]
    assert first.json()["person"] != second.json()["person"]


@pytest.mark.needs("node")
@pytest.mark.parametrize(
    ("account", "status", "code", "what_to_do"),
    [
        ("unconfirmed", 403, "LOGIN_UNCONFIRMED", "лично в МФЦ с паспортом"),
        ("unnumbered", 403, "LOGIN_NO_SNILS", "Добавьте СНИЛС"),
        ("misnumbered", 400, "LOGIN_REFUSED", "контрольное число не сходится"),
        ("guard", 403, "LOGIN_UNCONFIRMED", "не подтверждена"),  # staff are no citizens
    ],
)
def test_who_is_not_let_in(
    browser: httpx.Client, place: Place, account: str, status: int, code: str, what_to_do: str
) -> None:
    answer = log_in(browser, place, account)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert what_to_do in problem["detail"]
    assert not any(name in answer.text for name in ("Зайцев", "Мамедов", "938-175", "900-102"))
    browser.follow_redirects = False
    assert browser.get(f"{place.app}/mine").status_code == 303


@pytest.mark.needs("node")
def test_the_snils_stays_nowhere(
    browser: httpx.Client, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    page = log_in(browser, place, "olga")
    trail = [str(answer.url) for answer in (*page.history, page)]
    kept = repr([vars(place.store), caplog.text, trail, dict(browser.cookies)])
    assert page.json()["person"] in kept
    digits = re.sub("[^0-9]", "", OLGA)
    assert (OLGA in kept, digits in kept, digits in re.sub("[- ]", "", kept)) == (False,) * 3
    assert "Лебедева" not in caplog.text + "".join(trail)


@pytest.mark.needs("node")
def test_logging_out_here_and_at_the_provider(browser: httpx.Client, place: Place) -> None:
    """The provider asks once; an ID token as a hint would not spare it: it asks all the same."""
    code = log_in(browser, place, "olga").json()["csrf"]
    page = browser.post(f"{place.app}/auth/logout", data={"csrf_token": code})
    assert str(page.url).startswith(f"{place.issuer}/session/end?")
    assert "id_token" not in str(page.url)
    token = re.search(r'name="xsrf" value="(\w+)"', page.text)
    assert token
    confirm = {"xsrf": token[1], "logout": "yes"}
    browser.post(f"{place.issuer}/session/end/confirm", data=confirm)
    assert "<h1>Вход</h1>" in browser.get(f"{place.app}/mine").text


def test_claims_by_other_names() -> None:
    rule = CitizenRule("urn:snils", "level", "P", "lastName", "firstName", "middleName")
    claims: dict[str, JsonValue] = {"sub": "7", "urn:snils": "99789513728", "level": "P"}
    claims |= {"lastName": "Лебедева", "firstName": "Ольга"}
    admitted = citizens(rule, FINDER.person)(claims)
    assert admitted.user == "7"
    assert admitted.data["name"] == "Лебедева\u00a0О."


@pytest.mark.parametrize("held", [None, False, 1, "true", "True", [True], "1"])
def test_only_the_value_itself_confirms(held: JsonValue) -> None:
    with pytest.raises(LoginFailed) as failed:
        citizens(CitizenRule(), FINDER.person)({**CLAIMS, "trusted": held})
    assert failed.value.code == "LOGIN_UNCONFIRMED"


def test_a_number_does_not_stand_for_true() -> None:
    rule = replace(CitizenRule(), confirmed_value=1)
    assert citizens(rule, FINDER.person)({**CLAIMS, "trusted": 1}).user == "1000001"
    with pytest.raises(LoginFailed):
        citizens(rule, FINDER.person)(CLAIMS)


@pytest.mark.parametrize("snils", [5, True, ["997-895-137 28"], {}, "997-895-137", "x", "0" * 11])
def test_what_is_no_snils(snils: JsonValue) -> None:
    with pytest.raises(LoginFailed) as failed:
        citizens(CitizenRule(), FINDER.person)({**CLAIMS, "snils": snils})
    assert failed.value.code == "LOGIN_REFUSED"
    assert "997" not in failed.value.message


@given(st.integers(1, 999_999_999), st.integers(0, 99))
def test_a_snils_with_a_wrong_check_is_never_let_in(number: int, check: int) -> None:
    snils = Snils(number * 100 + check)
    claims = {**CLAIMS, "snils": snils.formatted}
    try:
        admitted = citizens(CitizenRule(), FINDER.person)(claims)
    except LoginFailed as error:
        assert not snils.valid
        assert snils.formatted not in error.message
    else:
        assert snils.valid
        assert admitted.data["person"] == FINDER.person(snils).hex()


@pytest.mark.parametrize(
    "subject", [OLGA, "99789513728", "snils:997 895 137 28", None, "", "7" * 256]
)
def test_a_subject_that_is_the_snils_or_no_name_is_not_kept(subject: JsonValue) -> None:
    admitted = citizens(CitizenRule(), FINDER.person)({**CLAIMS, "sub": subject})
    assert admitted.user == admitted.data["person"]


@pytest.mark.parametrize("name", [None, "", " ", 5, "Ле\nбедева", "Л" * 101, ["Лебедева"]])
def test_without_a_name_there_is_none(name: JsonValue) -> None:
    admitted = citizens(CitizenRule(), FINDER.person)({**CLAIMS, "family_name": name})
    assert admitted.data["name"] == ""


def test_what_is_remembered_tells_no_snils() -> None:
    admitted = citizens(CitizenRule(), FINDER.person)(CLAIMS)
    text = json.dumps([admitted.user, *admitted.data.values()])
    assert "997" not in re.sub("[0-9a-f]{32}", "", text)
