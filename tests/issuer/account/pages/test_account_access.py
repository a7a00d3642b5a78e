"""WCAG 2.2 AA on every page and in every state: axe, small screens, zoom, keyboard; no script."""

from collections.abc import Callable

import pytest
from account_pages import WIDE, Street, Tab, Tabs, judge
from account_world import told
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.needs("chromium")]


def printed(tab: Tab, profile: str = "full") -> None:
    """A printed code for whoever is signed in."""
    tab.go(f"/statuses/{tab.town.ids['R01']}/pdf?profile={profile}")
    with tab.page.expect_download():
        tab.page.click("main button")


def unfolded(tab: Tab) -> None:
    outer_first = tab.page.locator("details:not([open]) > summary:visible")
    while outer_first.count():
        outer_first.first.click()


@pytest.fixture(params=["ru", "en"])
def opened(street: Street, tabs: Tabs, request: pytest.FixtureRequest) -> Callable[..., Tab]:
    """Tabs in one of the languages; Olga has all kinds of statuses."""
    holder = told("R01")["holder"]
    street.town.load(
        told("R03", holder=holder),
        told("R02", begins=-300, ends=10, holder=holder),
        told("R18", begins=10, ends=100, holder=holder),
        told("R19", holder=holder, revoked={"effective_on": "2026-06-30", "reason": "Ошибка"}),
    )
    street.lives("R01")
    street.lives("R16", agreed=False)
    street.town.agree("R13")
    language = str(request.param)

    def opener(name: str | None, path: str) -> Tab:
        tab = tabs.open(name, path, locale=f"{language}-{language.upper()}")
        assert tab.page.get_attribute("html", "lang") == language
        return tab

    return opener


def test_before_the_login(opened: Callable[..., Tab]) -> None:
    for path in ("/", "/?next=/statuses", "/consent/text", "/offline"):
        judge(opened(None, path).page)


def test_the_lists(opened: Callable[..., Tab], street: Street) -> None:
    tab = opened("R01", "/statuses")
    judge(tab.page)
    unfolded(tab)
    judge(tab.page)
    judge(opened("R13", "/statuses").page)
    judge(opened("R13", "/printouts").page)
    printed(tab)
    tab.go("/printouts")
    judge(tab.page)
    tab.page.locator("a[href$=revoke]").first.click()
    judge(tab.page)
    changed = told("R01")
    changed["status"]["authority"] = "Вымышленный отдел"
    street.town.load(changed)
    tab.go("/statuses")
    expect(tab.page.locator(".news")).to_be_visible()
    judge(tab.page)


def test_the_consent(opened: Callable[..., Tab]) -> None:
    asked = opened("R16", "/consent?missing=yes")
    judge(asked.page)
    tab = opened("R01", "/consent")
    judge(tab.page)
    unfolded(tab)
    judge(tab.page)
    printed(tab)
    tab.go("/consent/withdraw")
    judge(tab.page)
    tab.page.click("main button")
    expect(tab.page.locator("main .warning")).to_be_visible()
    judge(tab.page)


def test_the_codes(opened: Callable[..., Tab]) -> None:
    tab = opened("R01", "/statuses/{id}/show?profile=full")
    tab.state("shown")
    judge(tab.page)
    tab.page.click("#larger")
    judge(tab.page)
    tab.page.keyboard.press("Escape")
    tab.page.click("form[action$=screen] button")
    tab.state("shown")
    judge(tab.page)
    tab.page.click("#larger")
    judge(tab.page)
    tab.go(f"/statuses/{tab.town.ids['R01']}/pdf")
    judge(tab.page)
    tab.go(f"/statuses/{tab.town.ids['R01']}/mistake")
    judge(tab.page)


def test_where_something_is_wrong(opened: Callable[..., Tab]) -> None:
    tab = opened("R01", "/offline")
    tab.excused += ["ERR_INTERNET_DISCONNECTED", "404"]
    tab.page.clock.install()
    tab.go(f"/statuses/{tab.town.ids['R01']}/show")
    tab.state("shown")
    tab.context.set_offline(True)
    tab.page.clock.run_for(31_000)
    tab.state("trouble")
    expect(tab.page.locator("#qr")).to_be_visible()  # it is good for some seconds still
    judge(tab.page)
    tab.context.set_offline(False)
    tab.state("shown")
    tab.go("/nowhere")
    judge(tab.page)
    tab.go(f"/statuses/{tab.town.ids['R01']}/screen")
    judge(tab.page)


def outlined(page: Page) -> bool:
    """Whether what has the focus shows it."""
    width: float = page.evaluate(
        """() => {
          const style = getComputedStyle(document.activeElement);
          return style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
        }"""
    )
    return width >= 2


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus; whatever has it meanwhile shows it, and is in view."""
    page.wait_for_load_state()  # the styles come after the text
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue
        assert outlined(page), page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        if page.evaluate("where => document.activeElement.matches(where)", selector):
            expect(page.locator(":focus")).to_be_in_viewport()
            return
    raise AssertionError(f"{selector} cannot be reached")


def test_with_the_keyboard_alone(street: Street, tabs: Tabs) -> None:
    street.lives("R11", agreed=False)
    tab = tabs.open("R11", "/")
    page = tab.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    tab_to(page, "input[name=agree]")
    page.keyboard.press("Space")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Мои статусы")
    tab_to(page, "a[href$='/show']")
    page.keyboard.press("Enter")
    tab.state("shown")
    tab_to(page, "#larger")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-large", "")
    for _ in range(3):  # nothing that lies behind it is reached
        assert page.evaluate("document.activeElement.matches('body, #stage *')")
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("[inert]")).to_have_count(0)
    expect(page.locator("body")).not_to_have_attribute("data-large", "")
    tab_to(page, "form[action$='/screen'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/screen")
    tab.state("shown")
    tab_to(page, ".back")
    page.keyboard.press("Enter")
    page.wait_for_url("**/statuses")
    tab_to(page, "details > summary")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Отделение СФР (вымышленное)")).to_be_visible()
    tab_to(page, "a[href$='/pdf']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pdf")
    tab_to(page, "input[name=profile]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "main form button")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".pdf")


def test_large_type_stays_on_the_screen(street: Street, tabs: Tabs) -> None:
    street.lives("R07")  # the longest names
    tab = tabs.open("R07", "/statuses", viewport={"width": 390, "height": 844})
    tab.page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          document.documentElement.style.fontSize = "225%"; });"""
    )
    tab.go("/statuses")
    unfolded(tab)
    assert tab.page.evaluate(WIDE) == [False, []]
    for path in ("show", "pdf", "mistake"):
        tab.go(f"/statuses/{tab.town.ids['R07']}/{path}")
        assert tab.page.evaluate(WIDE) == [False, []]
    for path in ("/consent", "/printouts", "/consent/withdraw"):
        tab.go(path)
        assert tab.page.evaluate(WIDE) == [False, []]


def test_without_scripts_all_but_the_live_code_works(street: Street, tabs: Tabs) -> None:
    street.lives("R12", agreed=False)
    tab = tabs.open("R12", "/", java_script_enabled=False)
    page = tab.page
    page.check("input[name=agree]")
    page.click("main form button")
    expect(page.locator("article h2")).to_have_text("Ветеран труда")
    page.click("text=Показать код")
    expect(page.locator(".warning")).to_contain_text("JavaScript")
    expect(page.locator("#live")).to_be_hidden()
    page.click("text=Показать полный код")
    expect(page.locator(".seen")).to_contain_text("ваш СНИЛС полностью")
    page.click("text=Взять код на 5 минут, без сети")
    expect(page.locator(".qr path").last).to_be_attached()
    expect(page.locator(".left")).to_contain_text("Код действует до")
    expect(page.locator("#larger")).to_be_hidden()
    page.click("text=Мои статусы >> nth=0")
    page.click("text=Скачать PDF для печати")
    with page.expect_download():
        page.click("main button")
    tab.go("/printouts")
    page.click("text=Отозвать этот код")
    page.click("main button")
    expect(page.locator(".done")).to_contain_text("Код отозван")
    tab.go("/consent/withdraw")
    page.click("main button")
    expect(page.locator("h1")).to_have_text("Нужно ваше согласие")
