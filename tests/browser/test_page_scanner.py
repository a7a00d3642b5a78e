"""Hand scanners that type: anywhere on the page, fast or slow; people who type, too."""

import pytest
from playwright.sync_api import expect

from browser.camera import Camera, table
from browser.checkpoint_page import Checkpoint
from browser.chromium import Tabs
from browser.issuing import REVOKED_ENTRY, Office

pytestmark = pytest.mark.needs("chromium")
# What a scanner with an English keyboard gives where the machine has the Russian typewriter's.
TYPEWRITER = dict(zip("1234567890", '№-/":,._?%', strict=True))


@pytest.fixture
def checkpoint(camera: Camera, tabs: Tabs) -> Checkpoint:
    """A shift that waits for scans; the camera sees nothing."""
    camera.film(table())
    return tabs.open().begin(keep=0)


def test_a_scan_with_any_end(office: Office, checkpoint: Checkpoint) -> None:
    for number, suffix in enumerate(("Enter", "Tab", ""), 1):
        checkpoint.page.keyboard.type(office.issue().text)
        if suffix:
            checkpoint.page.keyboard.press(suffix)
        assert len(checkpoint.cards_so_far(number)) == number
        assert checkpoint.card("valid").word == "ДЕЙСТВУЕТ"
        checkpoint.page.keyboard.press("Escape")
        checkpoint.no_card()


def test_a_slow_scanner_and_the_next_code_at_once(office: Office, checkpoint: Checkpoint) -> None:
    keyboard = checkpoint.page.keyboard
    first, second = office.issue().text, office.issue(entry=REVOKED_ENTRY).text
    keyboard.type(first[:60], delay=25)
    keyboard.type(first[60:])
    keyboard.press("Enter")
    keyboard.type(second)
    keyboard.press("Enter")
    checkpoint.card("invalid", "R-REV")
    assert [card.look for card in checkpoint.cards_so_far()] == ["valid", "invalid"]


@pytest.mark.parametrize("suffix", ["Enter", "Tab"])
def test_no_button_is_pressed_by_a_scan(
    office: Office, checkpoint: Checkpoint, suffix: str
) -> None:
    page = checkpoint.page
    end = page.get_by_role("button", name="Закончить смену")
    end.focus()
    page.keyboard.type(office.issue().text)
    page.keyboard.press(suffix)
    checkpoint.card("valid")
    page.locator("[data-do=hold]").focus()
    page.keyboard.type(office.issue(entry=REVOKED_ENTRY).text)
    page.keyboard.press(suffix)
    checkpoint.card("invalid", "R-REV")
    expect(page.locator("[data-do=hold]")).to_have_attribute("aria-pressed", "false")
    assert page.url == checkpoint.url + "/"  # the shift goes on


def test_the_russian_typewriter(office: Office, checkpoint: Checkpoint) -> None:
    checkpoint.page.evaluate(
        """signs => {
          for (const [digit, key] of signs)
            document.body.dispatchEvent(new KeyboardEvent("keydown",
              { key, code: `Digit${digit}`, bubbles: true, cancelable: true }));
          document.body.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true }));
        }""",
        [[digit, TYPEWRITER[digit]] for digit in office.issue().text],
    )
    checkpoint.card("valid")


def test_half_a_code(office: Office, checkpoint: Checkpoint) -> None:
    text = office.issue().text
    checkpoint.page.keyboard.type(text[:201])
    checkpoint.page.keyboard.press("Enter")
    card = checkpoint.card("undetermined", "D-BAD")
    assert card.word == "КОД ПРОЧИТАН НЕ ПОЛНОСТЬЮ"
    checkpoint.line("Сканер передал не весь код (цифр: 201)")
    checkpoint.scanned(text)
    checkpoint.card("valid")
    expect(checkpoint.page.locator(".foot-line")).to_have_count(0)


def test_an_address_is_a_line(checkpoint: Checkpoint) -> None:
    checkpoint.page.keyboard.type("https://example.org/menu?table=5")
    checkpoint.page.keyboard.press("Enter")
    checkpoint.line("Это не код статуса")
    checkpoint.no_card()


def test_a_person_at_the_keyboard_is_no_scanner(office: Office, checkpoint: Checkpoint) -> None:
    page = checkpoint.page
    for key in ("Tab", "Tab", "a", "b", "1", "2", "Tab", "x", "Escape"):
        page.keyboard.press(key)
    page.keyboard.type("ясно", delay=120)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Enter")
    checkpoint.scanned(office.issue().text)  # a scan after it, so that all before has been judged
    checkpoint.card("valid")
    scans = [r for r in checkpoint.heard.requests if r.url.endswith("/scan")]
    assert len(scans) == 1
    page.locator("[data-do=hold]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-do=hold]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    expect(page.locator(".family summary")).to_be_focused()


def test_no_scan_before_the_shift(office: Office, tabs: Tabs) -> None:
    checkpoint = tabs.open()
    checkpoint.scanned(office.issue().text)
    checkpoint.begin(keep=0)
    checkpoint.no_card()
    assert not [r for r in checkpoint.heard.requests if r.url.endswith("/scan")]


def test_the_name_of_the_place_may_have_digits(tabs: Tabs) -> None:
    checkpoint = tabs.open()
    field = checkpoint.page.locator("#place-name")
    field.fill("")
    field.type("Касса 1234567890 1234567890")
    expect(field).to_have_value("Касса 1234567890 1234567890")


@pytest.mark.parametrize("keys", ["4600702081234", "46007020", "ABC-1234"])
def test_a_bar_code_of_goods_presses_no_button(checkpoint: Checkpoint, keys: str) -> None:
    page = checkpoint.page
    page.get_by_role("button", name="Закончить смену").focus()
    checkpoint.scanned(keys)
    page.get_by_label("Сканирование").wait_for()
    expect(page.locator("body")).to_have_attribute("data-state", "scan")
    assert page.url == f"{checkpoint.url}/"


def test_what_a_hand_typed_just_before_a_scan(office: Office, checkpoint: Checkpoint) -> None:
    checkpoint.page.keyboard.press("q")
    checkpoint.page.keyboard.type(office.issue().text)
    checkpoint.page.keyboard.press("Enter")
    checkpoint.card("valid")
