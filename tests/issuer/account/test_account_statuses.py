"""The list of statuses: all data of point 2, what changed, what to do."""

from datetime import datetime, timedelta
from datetime import time as dawn
from zoneinfo import ZoneInfo

import pytest
from account_citizen import Citizen, Visit
from account_world import DAY, Town, last_day, now, told
from sqlalchemy import select

from statusqr_issuer.registry import holds
from statusqr_issuer.registry.tables import audit
from statusqr_keys.holds import PersonTarget, State
from statusqr_schema import Snils, wording
from statusqr_schema.days import MOSCOW


def test_everything_that_point_2_names_is_there(olga: Citizen) -> None:
    shown = olga.get("/statuses")
    record = told("R01")
    assert shown.status == 200
    for wanted in (
        "Лебедева Ольга Сергеевна",
        "997‑895‑137 28",
        "Многодетная семья",
        "15 апреля 2024 г.",
        "с 15 апреля 2024 г., бессрочно",
        "Решение о присвоении статуса многодетной семьи от 15.04.2024 № МС-000101",
        record["status"]["authority"],
        "№ 76-000101",
        "Лебедев Павел Игоревич супруг, СНИЛС •••‑•••‑365 94",
        "Действует",
    ):
        assert wanted in shown.text
    for member in record["family_members"]:
        assert Snils.parse(member["snils"]).formatted.replace("-", "‑") not in shown.text


def test_the_time_of_the_data_has_its_zone_or_is_said_to_be_unknown(
    town: Town, visit: Visit
) -> None:
    known = {**told("R22"), "data_as_of": "2026-11-20T21:30:00Z"}
    town.have("R22", known)
    town.have("R20", {**told("R20"), "data_as_of": None})
    for name, words in (
        ("R22", "Сведения на 21.11.2026 00:30 (МСК)"),
        ("R20", "Время сведений не указано"),
    ):
        town.agree(name)
        assert words in visit(name).get("/statuses").text


def test_the_end_of_the_measures_is_not_the_end_of_the_status(town: Town, visit: Visit) -> None:
    town.have("R22")
    town.agree("R22")
    shown = visit("R22").get("/statuses").text
    assert "по 1 марта 2028 г. включительно" in shown
    assert "Меры поддержки назначены по 31 октября 2026 г. включительно" in shown


def test_what_holds_comes_first_and_what_has_ended_is_folded(town: Town, visit: Visit) -> None:
    holder = told("R01")["holder"]
    ended = {"effective_on": "2026-06-30", "reason": "Ошибка в решении"}
    values = [
        told("R03", holder=holder),
        told("R02", begins=10, ends=100, holder=holder),
        told("R19", holder=holder, revoked=ended),
        told("R01"),
    ]
    town.load(*values)
    town.agree("R01")
    shown = visit("R01").get("/statuses")
    tags = [
        "Действует",
        "Начнёт действовать",
        "Аннулирован 30 июня 2026 г.",
        "Закончился 28 февраля",
    ]
    places = [shown.text.index(tag) for tag in tags]
    assert places == sorted(places)
    assert "Причина: Ошибка в решении" in shown.text
    folded = shown.html.index('<details class="over"')
    assert folded < shown.html.index("Аннулирован")
    assert shown.html.count("/show") == 1


def test_a_date_at_the_end_of_a_sentence_has_one_dot(town: Town, visit: Visit) -> None:
    town.have("R02", told("R02", begins=10, ends=100))
    town.agree("R02")
    shown = visit("R02").get("/statuses").text
    assert "Код можно будет показать" in shown
    assert "г.." not in shown


@pytest.mark.parametrize(("ends", "reminded"), [(29, True), (30, False), (0, True)])
def test_an_end_that_is_near_is_told_before(
    town: Town, visit: Visit, ends: int, reminded: bool
) -> None:
    town.have("R02", told("R02", begins=-300, ends=ends))
    town.agree("R02")
    assert ("Чтобы продлить" in visit("R02").get("/statuses").text) is reminded


def test_who_has_no_status_is_told_what_will_be_here(town: Town, visit: Visit) -> None:
    town.have("R01")
    town.agree("R08")
    shown = visit("R08").get("/statuses").text
    assert "Статусов пока нет" in shown
    assert "Многодетная" not in shown


def test_news_stay_until_they_are_read(olga: Citizen, town: Town) -> None:
    changed = told("R01")
    changed["status"]["authority"] = "Вымышленный отдел"
    olga.post(olga.path("pdf"), profile="full")
    town.load(changed)
    shown = olga.get("/statuses")
    assert "Сведения о статусе «Многодетная семья» изменились" in shown.text
    assert "Напечатанные раньше коды (1) больше не действуют" in shown.text
    before = int(town.clock().timestamp()) - 3600
    olga.post("/messages/read", told_by=str(before))
    assert "Что изменилось" in olga.get("/statuses").text  # what was not shown was not read
    after = int(town.clock().timestamp())
    assert olga.post("/messages/read", told_by=str(after)).status == 303
    assert "Что изменилось" not in olga.get("/statuses").text


def test_a_printed_code_that_will_soon_be_too_old(olga: Citizen, town: Town) -> None:
    sheet = olga.post(olga.path("pdf"), profile="full").body
    told = "Напечатанный код статуса «Многодетная семья» действует"
    town.clock.ahead = timedelta(days=330)
    assert told not in olga.get("/statuses").text
    town.clock.ahead = timedelta(days=340)
    day = " ".join(wording.long_date(last_day(sheet)).split())
    assert f"{told} по {day} включительно. Напечатайте новый." in olga.get("/statuses").text
    olga.post(olga.path("pdf"), profile="full")
    assert told not in olga.get("/statuses").text


def test_whom_to_turn_to_about_an_error(olga: Citizen) -> None:
    shown = olga.get(olga.path("mistake")).text
    assert told("R01")["status"]["authority"] in shown
    assert "Номер записи в регистре R01" in shown
    assert "Лебедев" not in shown.replace("Лебедева О. С.", "")


def test_looking_leaves_no_trace(olga: Citizen, town: Town) -> None:
    def entries() -> list[tuple[object, ...]]:
        with town.registry.reading() as view:
            return [tuple(row) for row in view.connection.execute(select(audit))]

    before = entries()
    for page in ("/statuses", "/printouts", "/consent", olga.path("show"), olga.path("mistake")):
        assert olga.get(page).status == 200
    assert entries() == before


def test_a_status_ends_at_midnight_of_its_own_region(town: Town, visit: Visit) -> None:
    """The last day of Kamchatka ends nine hours before that of Moscow."""
    town.have("R06", told("R06", begins=-10, ends=1))
    town.agree("R06")
    citizen = visit("R06")
    seen = []
    for hours in range(0, 73, 1):
        town.clock.ahead = timedelta(hours=hours)
        seen.append("Показать код" in citizen.get("/statuses").text)
    last = seen.index(False)
    moment = town.clock() - town.clock.ahead + timedelta(hours=last)
    assert seen == [True] * last + [False] * (73 - last)
    midnight = moment.replace(minute=0, second=0)
    assert midnight.hour == 12  # UTC: 0:00 in Kamchatka
    assert moment - midnight <= DAY


def test_measures_that_are_over_are_said_to_be(town: Town, visit: Visit) -> None:
    """R22: the status goes on after the measures (point 2г)."""
    town.have("R22")
    town.agree("R22")
    shown = visit("R22").get("/statuses").text
    assert "Меры поддержки закончились 31 октября 2026 г., статус действует." in shown
    town.have("R08")
    town.agree("R08")
    assert "Меры поддержки закончились" not in visit("R08").get("/statuses").text


def test_an_end_to_come_that_the_register_has_told_of(town: Town, visit: Visit) -> None:
    """The code ends with it: the page does not promise the whole term without a word."""
    ends = (town.clock() + 60 * DAY).date()
    town.have("R01", told("R01", revoked={"effective_on": ends.isoformat(), "reason": "Переезд"}))
    town.agree("R01")
    shown = visit("R01").get("/statuses").text
    assert "Орган прекращает этот статус раньше срока. Он действует по" in shown
    assert "Причина: Переезд" in shown
    assert "Показать код" in shown


def test_a_term_that_is_over_is_over_under_a_hold_too(town: Town, visit: Visit) -> None:
    town.have("R03")
    town.agree("R03")
    target = PersonTarget(Snils.parse(told("R03")["holder"]["snils"]))
    with town.registry.writing("anna", town.clock()) as work:
        holds.change(work, target, State.SUSPENDED, "Проверка")
    shown = visit("R03").get("/statuses").text
    assert "Закончился 28 февраля 2025 г." in shown
    assert "Приостановлен" not in shown


def test_twelve_statuses_and_the_longest_family(town: Town, visit: Visit) -> None:
    holder = told("R07")["holder"]
    names = ("R01", "R02", "R03", "R04", "R08", "R10", "R12", "R16", "R17", "R22", "R24")
    town.load(*(told(name, holder=holder) for name in names))
    member = told("R01")["family_members"][0]
    many = [{**member, "snils": snils_of(920_000_000 + 1013 * n)} for n in range(32)]
    town.have("R07", told("R07", family_members=many))
    town.agree("R07")
    citizen = visit("R07")
    shown = citizen.get("/statuses")
    assert shown.html.count("<article") == 12
    assert shown.html.count('<li lang="ru"><b>') >= 32
    assert citizen.ask(citizen.path("live")).status == 200
    whole = citizen.ask(citizen.path("live?profile=full"))
    assert whole.status == 200 or "Выберите сокращённый код" in whole.html


def snils_of(number: int) -> str:
    """A number with its check digits."""
    digits = f"{number:09d}"
    check = sum((9 - place) * int(digit) for place, digit in enumerate(digits)) % 101 % 100
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {check:02d}"


@pytest.mark.parametrize(
    ("name", "holder"), [("R15", "Сухарто"), ("R16", "Д'Артаньян Жанна Ашотовна")]
)
def test_a_name_without_a_surname_or_with_an_apostrophe(
    town: Town, visit: Visit, name: str, holder: str
) -> None:
    town.have(name)
    town.agree(name)
    page = visit(name).get("/statuses")
    assert f"Владелец {holder} Срок действия" in page.text  # nothing before it, nothing after
    assert "None" not in page.text


def test_a_day_begins_where_the_status_is(town: Town, visit: Visit) -> None:
    """R06, Kamchatka: nine hours before Moscow the status begins and ends."""
    document = told("R06")
    assert document["region"]["time_zone"] == "Asia/Kamchatka"
    there = (town.clock().astimezone(ZoneInfo("Asia/Kamchatka")) + DAY).date()
    town.have("R06", told("R06", begins=(there - datetime.now(MOSCOW).date()).days))
    town.agree("R06")
    midnight = datetime.combine(there, dawn(), ZoneInfo("Asia/Kamchatka"))
    for seconds, words in ((-60, "Начнёт действовать"), (60, "Показать код")):
        town.clock.ahead = midnight - now() + timedelta(seconds=seconds)
        assert words in visit("R06").get("/statuses").text
