"""The first page and the way in, who runs the account, and words that follow the language."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from account_citizen import PAGE, Citizen
from account_world import OPERATOR, Town, make_keys, told
from starlette.requests import Request
from starlette.testclient import TestClient

from statusqr_issuer.account.app import _tell
from statusqr_issuer.account.starting import _only_issuer
from statusqr_schema import KeyProblem
from statusqr_web.relying_party import LoginFailed

OTHER = "Войти под другой учётной записью"


def after(town: Town, code: str) -> str:
    """The page after a login that came to nothing."""
    server = {"scheme": "http", "server": ("localhost", 80), "headers": [], "query_string": b""}
    request = Request({"type": "http", "method": "GET", "path": "/auth/callback", **server})
    return bytes(_tell(town.office)(request, LoginFailed("Не вышло.", code=code)).body).decode()


@pytest.mark.parametrize("code", ["LOGIN_UNCONFIRMED", "LOGIN_NO_SNILS"])
def test_who_is_known_but_not_let_in_may_be_another(town: Town, code: str) -> None:
    """The provider remembers them: without a word it would send the same person again."""
    page = after(town, code)
    assert OTHER in page
    assert 'href="/auth/login?next=/statuses&amp;anew=yes"' in page


@pytest.mark.parametrize("code", ["LOGIN_DOWN", "LOGIN_STATE", "LOGIN_CANCELLED", "LOGIN_REFUSED"])
def test_who_was_not_even_named_tries_again(town: Town, code: str) -> None:
    page = after(town, code)
    assert OTHER not in page
    assert 'href="/auth/login?next=/statuses"' in page


def test_another_language_leads_to_the_same_place(town: Town, olga: Citizen) -> None:
    visitor = TestClient(town.app, "http://localhost", follow_redirects=False)
    page = visitor.get("/?next=%2Fprintouts", headers=PAGE).text
    (way,) = re.findall(r'href="([^"]*lang=en)"', page)
    english = visitor.get(way.replace("&amp;", "&"), headers=PAGE).text
    assert 'lang="en"' in english
    assert 'href="/auth/login?next=/printouts"' in english
    visitor.close()
    full = olga.get(olga.path("show?profile=full")).body.decode()
    assert f'href="{olga.path("show")}?profile=full&amp;lang=en"' in full


def test_an_early_end_of_ours_is_told_in_english_too(olga: Citizen) -> None:
    olga.post(olga.path("pdf"), profile="full")
    (printout,) = re.findall(
        r'href="(/printouts/[^/]+/revoke)"', olga.get("/printouts").body.decode()
    )
    olga.post(printout)
    assert "Revoked by the holder in this account" in olga.get("/printouts?lang=en").text


def test_that_a_code_was_revoked_is_told_once_and_by_nobody_else(olga: Citizen) -> None:
    assert "Код отозван." not in olga.get("/printouts?done=yes").text
    olga.post(olga.path("pdf"), profile="full")
    (printout,) = re.findall(
        r'href="(/printouts/[^/]+/revoke)"', olga.get("/printouts").body.decode()
    )
    olga.post(printout)
    assert "Код отозван." in olga.get("/printouts").text
    assert "Код отозван." not in olga.get("/printouts").text


def test_news_of_a_register_whose_clock_is_ahead_can_be_read(olga: Citizen, town: Town) -> None:
    changed = told("R01")
    changed["status"]["authority"] = "Вымышленный отдел"
    town.clock.ahead = timedelta(hours=2)
    town.load(changed)
    town.clock.ahead = timedelta()
    (shown,) = re.findall(r'name="told_by" value="(\d+)"', olga.get("/statuses").body.decode())
    olga.post("/messages/read", told_by=shown)
    assert "Что изменилось" not in olga.get("/statuses").text


def test_a_form_that_cannot_be_read_is_told_in_plain_words(olga: Citizen) -> None:
    kind = {**PAGE, "Content-Type": "multipart/form-data"}
    answer = olga.client.post("/consent", content=b"x", headers=kind)
    assert answer.status_code == 400
    assert "Что-то заполнено не так" in answer.text
    assert "Bad Request" not in answer.text


def test_who_runs_the_account_is_never_guessed(tmp_path: Path) -> None:
    """The name stands in the text of the consent: another name voids every consent."""
    keys = make_keys(tmp_path)
    assert _only_issuer(keys) == OPERATOR
    make_keys(tmp_path, "another-authority")
    with pytest.raises(KeyProblem) as caught:
        _only_issuer(keys)
    assert caught.value.code == "OPERATOR"
    assert "--operator" in caught.value.message
