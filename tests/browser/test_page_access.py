"""WCAG 2.2 AA on every page and in every state: axe, small screens, zoom, keyboard, motion."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.camera import Camera, foreign_symbol, png_file, side_by_side, symbol, table
from browser.checkpoint_page import Checkpoint
from browser.chromium import Tabs
from browser.issuing import DAY, REVOKED_ENTRY, Office, changed, today
from browser.reading_axe import violations

pytestmark = [pytest.mark.needs("chromium")]
PHONE, SCREEN, ZOOMED = (320, 640), (1920, 1080), (640, 360)
_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")].filter(e => {
    const box = e.getBoundingClientRect();
    const seen = box.width && e.checkVisibility() && !e.closest(".aloud, .skip, svg");
    return seen && box.right > width + 1;
  });
  return [document.scrollingElement.scrollWidth > width, out.map(e => e.outerHTML.slice(0, 90))];
}"""


def size(page: Page, to: tuple[int, int]) -> None:
    page.set_viewport_size({"width": to[0], "height": to[1]})


def judge(page: Page) -> None:
    """All rules on a phone in light; what depends on theme and width in the other three ways."""
    for scheme, to in (("light", PHONE), ("dark", SCREEN)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        size(page, to)
        assert violations(page) == []
    for scheme, to in (("dark", PHONE), ("light", SCREEN)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        size(page, to)
        assert violations(page, "color-contrast", "target-size") == []
    for to in (PHONE, ZOOMED):
        size(page, to)
        assert page.evaluate(_WIDE) == [False, []]


LOOKS: dict[str, tuple[str, Callable[[Office], str]]] = {
    "valid": ("valid", lambda office: office.issue().text),
    "ended": ("invalid", lambda office: office.issue(today(begins=-300, ends=-10)).text),
    "bad signature": ("invalid", lambda office: changed(office.issue().text)),
    "too old": ("undetermined", lambda office: office.issue(ago=10 * DAY, lifetime=DAY).text),
}


@pytest.fixture(params=["ru", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def start(language: str, camera: Camera, tabs: Tabs) -> Checkpoint:
    camera.film(table())
    return tabs.open(f"/?lang={language}", locale=f"{language}-{language.upper()}")


def test_start_and_scan(start: Checkpoint, language: str) -> None:
    assert start.page.get_attribute("html", "lang") == language
    judge(start.page)
    start.settings()
    judge(start.page)
    start.begin(keep=0)
    start.hint("look")
    judge(start.page)
    start.scanned("HTTPS://EXAMPLE.ORG/MENU")
    expect(start.page.locator(".foot-line")).to_have_count(1)
    judge(start.page)


def test_the_cards(office: Office, start: Checkpoint) -> None:
    start.begin(keep=0)
    for look, code in LOOKS.values():
        start.scanned(code(office))
        start.card(look)
        judge(start.page)
        start.page.keyboard.press("Escape")
        start.no_card()


def test_open_family_two_cards_and_elsewhere(office: Office, start: Checkpoint) -> None:
    start.begin(keep=0, categories=["disabled_1"])
    start.scanned(office.issue().text)
    start.card("elsewhere")
    start.page.locator(".family summary").click()
    start.page.locator("[data-do=hold]").click()
    judge(start.page)
    ended = office.issue(today("R02", begins=-300, ends=-10)).text
    both = side_by_side(symbol(office.issue().text), symbol(ended))
    start.page.set_input_files("#files", [png_file("both.png", both)])
    expect(start.page.locator("#cards .card")).to_have_count(2)
    judge(start.page)


def test_the_shift_and_its_numbers(office: Office, start: Checkpoint) -> None:
    page = start.page
    page.goto(start.url + "/shift")
    judge(page)
    page.goto(start.url + "/")
    start.begin(keep=0)
    for text in (office.issue().text, office.issue(entry=REVOKED_ENTRY).text):
        start.scanned(text)
    start.card("invalid")
    page.goto(start.url + "/shift")
    expect(page.locator("tbody tr")).to_have_count(2)
    judge(page)


def test_check(office: Office, start: Checkpoint) -> None:
    page = start.page
    page.goto(start.url + "/check")
    judge(page)
    page.click("#check-form button[type=submit]")
    expect(page.locator(".foot-line")).to_have_count(1)
    judge(page)
    menu = side_by_side(foreign_symbol())
    page.set_input_files("#check-files", [png_file("menu.png", menu)])
    page.fill("#check-text", office.issue().text)
    page.click("#check-form button[type=submit]")
    expect(page.locator("#answers .card")).to_have_count(1)
    judge(page)


def test_the_check_can_fail(tabs: Tabs) -> None:
    page = tabs.open("/shift").page
    assert violations(page) == []
    page.evaluate(
        """() => {
          document.querySelector("h1").style.color = "#999";
          document.querySelector("main").insertAdjacentHTML("beforeend",
            "<button></button><img src='/static/web/icon.svg'><p id='wide'>wide</p>");
          document.getElementById("wide").style.width = "3000px";
        }"""
    )
    found = {violation.partition(":")[0] for violation in violations(page)}
    assert found >= {"color-contrast", "button-name", "image-alt"}
    assert page.evaluate(_WIDE)[0]


def outlined(page: Page) -> bool:
    """Whether the element that has the focus shows it."""
    width: float = page.evaluate(
        """() => {
          const focus = document.activeElement;
          const shown = focus.id === "files" ? document.querySelector("label[for=files]") : focus;
          const style = getComputedStyle(shown);
          return style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
        }"""
    )
    return width >= 2


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus; whatever has it meanwhile shows it, and is in view."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert outlined(page), page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        if page.evaluate("where => document.activeElement.matches(where)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached")


def test_with_the_keyboard_alone(office: Office, camera: Camera, tabs: Tabs) -> None:
    camera.film(table())
    checkpoint = tabs.open()
    page = checkpoint.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    tab_to(page, "#shift-form button[type=submit]")
    tab_to(page, "#place-name")
    page.keyboard.type("Музей")
    tab_to(page, "input[name=detail]")
    page.keyboard.press("ArrowDown")
    tab_to(page, ".settings > details > summary")
    page.keyboard.press("Enter")
    tab_to(page, "input[name=categories]")
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    tab_to(page, "#place-keep")
    page.keyboard.press("End")
    page.keyboard.press("Shift+Tab")
    page.focus("#place-name")
    page.keyboard.press("Enter")  # a form is sent from its fields
    checkpoint.state("scan")
    assert page.locator("#place-title").inner_text() == "Музей"
    tab_to(page, "#files")
    tab_to(page, "a[href='/shift']")
    tab_to(page, "form[action='/shift/end'] button")

    checkpoint.scanned(office.issue().text)
    checkpoint.card("valid")
    tab_to(page, "[data-do=next]")
    tab_to(page, "[data-do=hold]")
    page.keyboard.press("Space")
    expect(page.locator("[data-do=hold]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    checkpoint.state("scan")
    tab_to(page, "a[href='/shift']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Итоги смены")
    tab_to(page, "a[href='/shift/history.csv']")
    tab_to(page, ".row a[href='/']")


_MOTION = """() => document.getAnimations()
  .filter(a => a.playState === "running")
  .map(a => [a, a.effect.getComputedTiming(), getComputedStyle(a.effect.target)])
  .filter(([a, timing]) => timing.iterations === Infinity)
  .map(([a, timing, style]) => [
    a.animationName, style.animationTimingFunction, timing.duration])"""


def test_those_who_want_little_motion_see_a_tick_a_second(
    office: Office, camera: Camera, tabs: Tabs
) -> None:
    camera.film(table())
    page = {}
    for wish in ("reduce", "no-preference"):
        checkpoint = tabs.open(reduced_motion=wish).begin(keep=0)
        checkpoint.scanned(office.issue().text)
        checkpoint.card("valid")
        page[wish] = checkpoint.page.evaluate(_MOTION)
    assert any("steps" not in motion[1] for motion in page["no-preference"])  # a mark that turns
    assert page["reduce"]  # and still a sign that this is no photograph
    for name, easing, duration in page["reduce"]:
        assert easing.startswith("steps("), name
        steps = int(easing.removeprefix("steps(").split(",")[0].rstrip(")"))
        assert duration / steps >= 900, name


def test_large_type_stays_on_the_screen(office: Office, camera: Camera, tabs: Tabs) -> None:
    """A browser whose letters are set to twice their size."""
    camera.film(table())
    checkpoint = tabs.open(viewport={"width": 390, "height": 844})
    page = checkpoint.page
    page.add_init_script("""addEventListener("DOMContentLoaded", () => {
      document.documentElement.style.fontSize = "225%"; });""")
    for path in ("/check", "/shift", "/"):
        page.goto(checkpoint.url + path)
        assert page.evaluate(_WIDE) == [False, []]
    checkpoint.begin(keep=0)
    assert page.evaluate(_WIDE) == [False, []]
    for look, code in LOOKS.values():
        checkpoint.scanned(code(office))
        checkpoint.card(look)
        assert page.evaluate(_WIDE) == [False, []]
        page.keyboard.press("Escape")
        checkpoint.no_card()
