"""Nothing before consent (point 4); given, shown, taken along, withdrawn, asked for again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from account_citizen import Citizen, Visit
from account_world import OPERATOR, Town, told

from statusqr_issuer.account.consent_text import (
    BUILTIN,
    Block,
    ConsentText,
    ConsentTextRefused,
    blocks,
)
from statusqr_issuer.registry import consents, printouts
from statusqr_keys.holds import State

PAGES = ("show", "mistake", "screen", "pdf")


@pytest.fixture
def newcomer(town: Town, visit: Visit) -> Citizen:
    """Signed in, with a status, without a consent."""
    town.have("R01")
    return visit("R01")


def standing(town: Town) -> consents.Consent | None:
    with town.registry.reading() as view:
        return consents.standing(view, town.person("R01"))


def test_nothing_is_shown_before(newcomer: Citizen) -> None:
    for path in ("/statuses", "/printouts", *map(newcomer.path, PAGES)):
        led = newcomer.get(path)
        assert (led.status, led.body) == (303, b""), path
        assert led.headers["location"] == "/consent?next=" + path.replace("/", "%2F")
    asked = newcomer.get("/consent?next=/printouts")
    assert "Нужно ваше согласие" in asked.text
    assert "Многодетная" not in asked.text


def test_nothing_is_issued_before(newcomer: Citizen, town: Town) -> None:
    live = newcomer.ask(newcomer.path("live"))
    assert live.status == 403
    assert json.loads(live.body)["code"] == "NO_CONSENT"
    for path in ("screen", "pdf"):
        assert newcomer.post(newcomer.path(path), profile="full").status == 403
    assert newcomer.post("/messages/read", told_by="0").status == 403
    with town.registry.reading() as view:
        assert printouts.of_person(view, town.person("R01")) == []


def test_it_is_given_by_a_tick_and_a_button(newcomer: Citizen, town: Town) -> None:
    asked = newcomer.get("/consent?next=/printouts").html
    assert "checked" not in asked
    version = town.office.consent.version
    unticked = newcomer.post("/consent", version=version, next="/printouts")
    assert unticked.headers["location"] == "/consent?missing=yes&next=%2Fprintouts"
    again = newcomer.get(unticked.headers["location"])
    assert "отметьте, что согласны" in again.text
    assert 'name="next" value="/printouts"' in again.html
    assert standing(town) is None
    given = newcomer.post("/consent", version=version, agree="yes", next="/printouts")
    assert (given.status, given.headers["location"]) == (303, "/printouts")
    kept = standing(town)
    assert kept is not None
    assert kept.given_at <= town.clock()
    assert newcomer.get("/statuses").status == 200
    assert "Согласие действует с" in newcomer.get("/consent").text


def test_the_way_on_leads_nowhere_else(newcomer: Citizen, town: Town) -> None:
    version = town.office.consent.version
    for target in ("https://example.org/", "//example.org", "/\\example.org", ""):
        given = newcomer.post("/consent", version=version, agree="yes", next=target)
        assert given.headers["location"] == "/statuses"


def test_a_text_that_was_not_shown_is_not_agreed_to(newcomer: Citizen, town: Town) -> None:
    refused = newcomer.post("/consent", version="7", agree="yes")
    assert refused.status == 409
    assert "Прочитайте новый текст" in refused.text
    assert standing(town) is None


@pytest.mark.parametrize("change", [{"version": "2"}, {"russian": "Другой текст"}])
def test_a_new_text_asks_again(olga: Citizen, town: Town, change: dict[str, str]) -> None:
    assert olga.get("/statuses").status == 200
    newer = replace(town.office.consent, **change)
    town.app.state.office = replace(town.office, consent=newer)
    assert olga.get("/statuses").headers["location"] == "/consent?next=%2Fstatuses"
    assert olga.ask(olga.path("live")).status == 403


def test_it_is_taken_along(olga: Citizen, town: Town) -> None:
    town.disagree("R01")
    town.agree("R01")
    text = olga.get("/consent.txt")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert town.office.consent.russian in text.html
    assert text.html.count("согласие дано") == 2
    assert text.html.count("прекращено") == 1
    assert OPERATOR in text.html
    assert f"Текст согласия № {town.office.consent.version}:" in text.html  # which of them it is


def test_all_that_is_held_about_a_person(olga: Citizen, town: Town) -> None:
    town.have("R08")
    olga.post(olga.path("pdf"), profile="full")
    changed = told("R01")
    changed["status"]["authority"] = "Вымышленный отдел"
    town.load(changed)
    answer = olga.post("/my-data.json")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    held = json.loads(answer.body)
    (status,) = held["statuses"]
    assert status["entry"]["holder"]["snils"] == "997-895-137 28"
    assert status["entry"]["family_members"][0]["snils"] == "924-046-365 94"
    assert status["version"] == 2
    (before,) = status["before"]
    assert before["entry"]["status"]["authority"] == told("R01")["status"]["authority"]
    assert status["entry"]["status"]["authority"] == "Вымышленный отдел"
    (code,) = held["printed_codes"]
    assert (code["state"], code["status"]) == ("invalid", status["id"])
    (message,) = held["messages"]
    assert (message["kind"], message["printed_codes_revoked"]) == ("status_changed", 1)
    assert held["consents"][0]["withdrawn_at"] is None


def test_who_has_not_agreed_may_ask_what_is_held(newcomer: Citizen, town: Town) -> None:
    """152-FZ, article 14: a right beside the consent; a file for who presses the button."""
    assert "Скачать мои данные" in newcomer.get("/consent").text
    assert newcomer.get("/my-data.json").status == 405  # no link of another site leads to it
    (status,) = json.loads(newcomer.post("/my-data.json").body)["statuses"]
    assert status["entry"]["holder"]["family_name"] == "Лебедева"
    town.agree("R01")
    town.disagree("R01")
    (consent,) = json.loads(newcomer.post("/my-data.json").body)["consents"]
    assert consent["withdrawn_at"] is not None


def test_withdrawing_stops_everything_at_once(olga: Citizen, town: Town) -> None:
    olga.post(olga.path("pdf"), profile="full")
    olga.post(olga.path("screen"), profile="full")
    assert olga.ask(olga.path("live")).status == 200
    asked = olga.get("/consent/withdraw").text
    assert "Отозвать и напечатанные коды (1)" in asked
    assert olga.post("/consent/withdraw").status == 303
    assert olga.ask(olga.path("live")).status == 403
    for path in ("/statuses", olga.path("screen"), olga.path("show")):
        assert olga.get(path).status == 303
    (printed,) = of_olga(town)
    assert printed.state is State.VALID
    offered = olga.get("/consent").text
    assert "Вы отозвали согласие" in offered
    assert "Ещё действует напечатанных кодов: 1" in offered
    assert olga.post("/consent/printouts").status == 303
    (printed,) = of_olga(town)
    assert printed.state is State.INVALID
    assert "Отозвать напечатанные коды" not in olga.get("/consent").text
    assert olga.get("/consent/withdraw").headers["location"] == "/consent"


def test_withdrawing_with_the_printed_codes(olga: Citizen, town: Town) -> None:
    for profile in ("full", "minimal"):
        olga.post(olga.path("pdf"), profile=profile)
    olga.post("/consent/withdraw", also="yes")
    assert [printed.own for printed in of_olga(town)] == [State.INVALID, State.INVALID]


def of_olga(town: Town) -> list[printouts.Printout]:
    with town.registry.reading() as view:
        return printouts.of_person(view, town.person("R01"))


def test_the_newest_text_of_a_folder(tmp_path: Path) -> None:
    for version, text in ((2, "Второй для {operator}"), (10, "Десятый"), (9, "Девятый")):
        (tmp_path / f"{version}.ru.txt").write_text(text)
    (tmp_path / "11.en.txt").write_text("No Russian beside it")
    (tmp_path / "012.ru.txt").write_text("Не номер")
    assert ConsentText.newest(tmp_path, "орган") == ConsentText("10", "Десятый", "")
    (tmp_path / "11.ru.txt").write_text("")
    with pytest.raises(ConsentTextRefused, match="пуст"):
        ConsentText.newest(tmp_path, "орган")
    (tmp_path / "11.ru.txt").write_bytes(b"\xff")
    with pytest.raises(ConsentTextRefused, match="UTF-8"):
        ConsentText.newest(tmp_path, "орган")
    with pytest.raises(ConsentTextRefused, match="нет текста"):
        ConsentText.newest(tmp_path.parent, "орган")


def test_the_parts_of_a_text() -> None:
    text = "# Одно\nи то же\n\nАбзац\nв две строки\n\n- первое\nдалее\n- второе - не список"
    assert blocks(text) == (
        Block("heading", ("Одно и то же",)),
        Block("paragraph", ("Абзац в две строки",)),
        Block("list", ("первое далее", "второе - не список")),
    )


def test_the_built_in_text_says_what_point_4_needs() -> None:
    text = ConsentText.newest(BUILTIN, OPERATOR)
    assert OPERATOR in text.russian
    for word in ("СНИЛС", "срок", "отозвать", "Это образец"):
        assert word in text.russian
    kinds = [block.kind for block in blocks(text.russian)]
    assert [block.kind for block in blocks(text.english)] == kinds
