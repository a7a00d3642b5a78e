"""Codes before the camera, and the answers that they get: card, sound, what is said aloud."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.camera import Bgr, Camera, foreign_symbol, paper, phone, side_by_side, symbol, table
from browser.checkpoint_page import Card
from browser.checkpoint_server import serving_checkpoint
from browser.chromium import Tabs
from browser.issuing import DAY, HOUR, REVOKED_ENTRY, TODAY, Office, changed, now, today
from statusqr_schema.wording import short_date

pytestmark = pytest.mark.needs("chromium")
LEBEDEVA = "Лебедева\u00a0О.\u00a0С."
RISING, EQUAL, LOW, UNSURE = [660, 880], [550, 550], [220], [330, 330]


def day(later: int) -> str:
    return short_date(TODAY + later * DAY)


# What the decoder would say, a frame each; the last is said on and on.
_IN_TURNS = """async frames => {
  let number = 0;
  Worker.prototype.postMessage = function (...given) {
    const texts = frames[Math.min(number++, frames.length - 1)];
    setTimeout(() => this.onmessage({ data: { texts, hint: null } }), 60);
  };
}"""


@dataclass(frozen=True)
class Shown:
    """Something before the camera, and the answer to it."""

    film: Callable[[Office], Bgr]
    card: Card
    notes: Sequence[float]
    aloud: tuple[str, ...]
    categories: tuple[str, ...] = ()


def printed(office: Office, **options: object) -> Bgr:
    return paper(office.pdf(office.issue(**options)))  # type: ignore[arg-type]


SHOWN = {
    "valid": Shown(
        printed,
        Card("valid", "ДЕЙСТВУЕТ", "", LEBEDEVA),
        RISING,
        ("ДЕЙСТВУЕТ. Многодетная семья. Лебедева О. С", "включительно", "Сверьте фамилию"),
    ),
    "not for this place": Shown(
        printed,
        Card("elsewhere", "ДЕЙСТВУЕТ, НО НЕ ДЛЯ ЭТОГО МЕСТА", "N-PLC", LEBEDEVA),
        EQUAL,
        ("НЕ ДЛЯ ЭТОГО МЕСТА", "Лебедева О. С", "Здесь принимают: «Инвалид I группы»"),
        categories=("disabled_1",),
    ),
    "status ended": Shown(
        lambda office: printed(office, what=today(begins=-300, ends=-10)),
        Card("invalid", "СРОК ИСТЁК", "C-EXP", LEBEDEVA),
        LOW,
        (f"СРОК ИСТЁК: действовал по {day(-10)} включительно", "Нужно новое решение органа"),
    ),
    "code expired": Shown(
        lambda office: printed(office, ago=10 * DAY, lifetime=DAY),
        Card("undetermined", "ДОКУМЕНТ УСТАРЕЛ", "C-DOC", LEBEDEVA),
        UNSURE,
        ("ДОКУМЕНТ УСТАРЕЛ: статус мог сохраниться", "новую распечатку"),
    ),
    "not yet valid": Shown(
        lambda office: printed(office, what=today(begins=10, ends=300)),
        Card("invalid", "ЕЩЁ НЕ ДЕЙСТВУЕТ", "C-NYV", LEBEDEVA),
        LOW,
        (f"ЕЩЁ НЕ ДЕЙСТВУЕТ: начнёт {day(10)}", "Приходите с"),
    ),
    "revoked": Shown(
        lambda office: printed(office, entry=REVOKED_ENTRY),
        Card("invalid", "ОТОЗВАН", "R-REV", LEBEDEVA),
        LOW,
        ("ОТОЗВАН. Многодетная семья", "Причину владелец узнает"),
    ),
    "bad signature": Shown(
        lambda office: side_by_side(symbol(changed(office.issue().text))),
        Card("invalid", "НЕ ПОДТВЕРЖДЁН", "S-BAD", ""),
        LOW,
        ("НЕ ПОДТВЕРЖДЁН: код изменён или прочитан с ошибкой", "показать код ещё раз"),
    ),
    "a live code": Shown(
        lambda office: phone(office.live().text),
        Card("valid", "ДЕЙСТВУЕТ", "", LEBEDEVA),
        RISING,
        ("ДЕЙСТВУЕТ. Многодетная семья",),
    ),
    "a live code two minutes later": Shown(
        lambda office: phone(office.live(timedelta(seconds=125)).text),
        Card("undetermined", "КОД УСТАРЕЛ", "C-LIV", LEBEDEVA),
        UNSURE,
        ("КОД УСТАРЕЛ: показан 2 минуты назад", "Снимок экрана не подходит"),
    ),
}


@pytest.mark.parametrize("what", SHOWN)
def test_what_is_shown_gets_its_card(office: Office, camera: Camera, tabs: Tabs, what: str) -> None:
    shown = SHOWN[what]
    camera.film(shown.film(office))
    checkpoint = tabs.open()
    checkpoint.begin(categories=shown.categories)
    assert checkpoint.card(shown.card.look, shown.card.code or None) == shown.card
    aloud = checkpoint.aloud()
    for words in shown.aloud:
        assert words in aloud
    assert checkpoint.signal() == shown.card.look
    assert checkpoint.notes() == shown.notes
    assert checkpoint.cards_so_far() == [shown.card]  # and no other flashed by


def test_old_trust_data(tmp_path: Path, camera: Camera, tabs: Tabs) -> None:
    office = Office.open(tmp_path / "office", published=80 * HOUR)
    cache = office.cache(tmp_path / "cache", at=now() - 80 * HOUR)
    camera.film(phone(office.live().text))
    with serving_checkpoint(tmp_path / "log.txt", "--cache", cache) as server:
        checkpoint = tabs.open(url=server.url)
        expect(checkpoint.page.locator("#data-start .warning")).to_contain_text("обновите данные")
        checkpoint.begin()
        card = checkpoint.card("undetermined", "T-OLD")
        assert card == Card("undetermined", "НЕ УДАЛОСЬ ПРОВЕРИТЬ", "T-OLD", LEBEDEVA)
        assert "данные не обновлялись 3 суток" in checkpoint.aloud()
        checkpoint.scanned(office.issue().text)  # a printed one: nor is revocation known
        assert checkpoint.card("undetermined", "R-OLD").word == "НЕ УДАЛОСЬ ПРОВЕРИТЬ"


def test_somebody_elses_code_is_a_line_and_no_card(camera: Camera, tabs: Tabs) -> None:
    camera.film(side_by_side(foreign_symbol()))
    checkpoint = tabs.open()
    checkpoint.begin()
    checkpoint.line("Это не код статуса. Наведите на код из документа.")
    checkpoint.no_card()
    assert checkpoint.notes() == []
    checkpoint.state("scan")


def test_two_codes_in_view_are_two_cards(office: Office, camera: Camera, tabs: Tabs) -> None:
    other = office.issue(today("R02", begins=-300, ends=-10)).text
    camera.film(side_by_side(symbol(office.issue().text), symbol(other)))
    checkpoint = tabs.open(viewport={"width": 390, "height": 844})
    checkpoint.begin()
    cards = checkpoint.page.locator("#cards .card")
    expect(cards).to_have_count(2)
    for word in cards.locator(".word").all():  # nobody need scroll to see that one is red
        expect(word).to_be_in_viewport(ratio=1)
    names = [name.replace("\u00a0", " ") for name in cards.locator(".name").all_inner_texts()]
    assert sorted(names) == ["Кузьмина Т. И.", "Лебедева О. С."]
    assert checkpoint.signal() == "invalid"  # the one that asks for most attention
    assert "Кузьмина" in checkpoint.aloud()
    assert "Лебедева" in checkpoint.aloud()
    assert cards.locator("[data-do=next]").count() == 1


def test_one_after_the_other_and_each_once(office: Office, camera: Camera, tabs: Tabs) -> None:
    """People in a queue: each of them gets one card, in their order."""
    texts = [
        office.issue().text,
        office.issue(today("R02")).text,
        office.issue(entry=REVOKED_ENTRY).text,
    ]
    # Longer in all than a code stays known after it has gone.
    camera.film(*(side_by_side(symbol(text)) for text in texts), table(), each=1.5)
    checkpoint = tabs.open()
    checkpoint.begin(keep=0)
    seen = [(card.word, card.name[:4]) for card in checkpoint.cards_so_far(4)[:4]]
    turn = [("ДЕЙСТВУЕТ", "Лебе"), ("ДЕЙСТВУЕТ", "Кузь"), ("ОТОЗВАН", "Лебе")]
    first = turn.index(seen[0])
    assert seen == [turn[(first + n) % 3] for n in range(4)]


def test_a_brief_place_sees_neither_status_nor_number(
    office: Office, camera: Camera, tabs: Tabs
) -> None:
    camera.film(paper(office.pdf(office.issue())))
    checkpoint = tabs.open()
    checkpoint.begin(detail="brief")
    assert checkpoint.card("valid").name == LEBEDEVA
    html = checkpoint.page.content()
    record = today()
    assert record.certificate_number is not None
    shown = {
        name: text in html
        for name, text in (
            ("status", record.status_name),
            ("number", record.certificate_number.replace(" ", "\u00a0")),
            ("family", "Павел"),
            ("given name", "Ольга"),
            ("surname", "Лебедева"),
        )
    }
    card = checkpoint.page.locator("#cards").inner_text()
    assert "Многодетная" not in card
    assert shown["surname"]
    assert not any(shown[name] for name in ("number", "family", "given name"))


def test_the_clock_of_a_card_runs(office: Office, camera: Camera, tabs: Tabs) -> None:
    """A still picture of a green card gives itself away."""
    camera.film(table())
    checkpoint = tabs.open()
    checkpoint.begin()
    checkpoint.scanned(office.issue().text)
    checkpoint.card("valid")
    clock = checkpoint.page.locator("#result [data-clock]")
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    moving = checkpoint.page.evaluate(
        """() => document.getAnimations().filter(a => a.playState === "running"
             && a.effect.getComputedTiming().iterations === Infinity
             && a.effect.target.closest(".card")).length"""
    )
    assert moving >= 1


def test_codes_that_are_read_in_turns_are_both_there(
    office: Office, camera: Camera, tabs: Tabs
) -> None:
    """A reader that sees now the one and now the other: neither takes the other's card away."""
    camera.film(table())
    checkpoint = tabs.open().begin(keep=0)
    valid, ended = office.issue().text, office.issue(today(begins=-300, ends=-10)).text
    checkpoint.page.evaluate(_IN_TURNS, [[valid], [ended], [valid], [ended], [valid]])
    cards = checkpoint.page.locator("#cards .card")
    expect(cards).to_have_count(2)
    looks = cards.evaluate_all("cards => cards.map(card => card.dataset.look).sort()")
    assert looks == ["invalid", "valid"]


def test_a_poster_behind_takes_no_card_away(office: Office, camera: Camera, tabs: Tabs) -> None:
    camera.film(table())
    checkpoint = tabs.open().begin(keep=0)
    valid, poster = office.issue().text, "HTTPS://POSTER.EXAMPLE/CONCERT"
    checkpoint.page.evaluate(_IN_TURNS, [[valid], [poster], [valid], [poster], [valid]])
    checkpoint.line("Это не код статуса")
    assert checkpoint.card("valid").word == "ДЕЙСТВУЕТ"
