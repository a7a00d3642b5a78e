"""Who comes after another at the same screen, and what a page says when its network is gone."""

import re

import pytest
from account_pages import NEAR, SEEN_AGAIN, TAKEN_OUT, Street, Tab, Tabs
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.needs("chromium")]
COUNT_CHANGES = """() => {
  const trouble = document.getElementById("trouble");
  window.changes = 0;
  new MutationObserver((list) => (window.changes += list.length))
    .observe(trouble, { childList: true, characterData: true, subtree: true });
}"""


def another_signs_in(tab: Tab, name: str) -> None:
    """In another tab of this browser, after whoever was here has left."""
    tab.town.sessions._pools[True].clear()
    cookie = {"name": "statusqr-account", "value": tab.town.sign_in(name), "url": tab.town.url}
    tab.context.add_cookies([cookie])  # type: ignore[list-item]


def without_worker(tabs: Tabs) -> Tab:
    """A tab whose requests all pass its routes."""
    tab = tabs.open("R01", "/offline", service_workers="block")
    tab.excused += ["Service Worker registration blocked"]
    return tab


def nearly_over(page: Page, pages: str, seconds: int) -> None:
    """To these pages the session has so much left."""

    def changed(route: Route) -> None:
        answer = route.fetch()
        body = re.sub(r'(<body.* data-left=)"\d+"', f'\\1"{seconds}"', answer.text())
        route.fulfill(response=answer, body=body)

    page.route(pages, changed)


def five_minutes(street: Street, tabs: Tabs, *, session: int = 1800) -> Tab:
    """A tab that shows a code for five minutes; its clock stands where it is set."""
    street.lives("R01")
    tab = without_worker(tabs)
    tab.page.clock.install()
    nearly_over(tab.page, "**/screen", session)
    tab.go(f"/statuses/{tab.town.ids['R01']}/show")
    tab.page.click("form[action$=screen] button")
    tab.state("shown")
    return tab


@pytest.mark.parametrize("how", [SEEN_AGAIN, TAKEN_OUT])
def test_a_page_goes_when_another_person_signs_in(street: Street, tabs: Tabs, how: str) -> None:
    """Somebody is signed in, but not who this page is about."""
    street.lives("R01")
    street.lives("R08")
    for path in ("/statuses", "/printouts", "/consent"):
        tab = tabs.open("R01", path)
        tab.excused += ["403"]
        expect(tab.page.locator("main")).to_be_visible()
        another_signs_in(tab, "R08")
        tab.page.evaluate(how)
        expect(tab.page.locator("#leaving")).to_contain_text("Кабинет закрыт")
        expect(tab.page.locator("main")).to_be_hidden()
        tab.page.click("#leaving a")
        expect(tab.page.locator("main")).to_be_visible()  # the other one's own


def test_another_persons_use_keeps_no_page_alive(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    street.lives("R08")
    tab = tabs.open("R01", "/offline")
    tab.excused += ["403"]
    tab.page.clock.install()
    tab.go("/statuses")
    another_signs_in(tab, "R08")
    tab.page.clock.run_for(NEAR * 1000)
    expect(tab.page.locator("main")).to_be_hidden()


def test_the_warning_is_seen_beside_a_code_in_full_screen(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = without_worker(tabs)
    page = tab.page
    page.clock.install()

    nearly_over(page, "**/show", 125)
    tab.go(f"/statuses/{tab.town.ids['R01']}/show")
    tab.state("shown")
    page.click("#larger")
    page.wait_for_function("document.fullscreenElement !== null")
    tab.town.unused_for(NEAR)
    page.clock.run_for(8_000)
    expect(page.locator("#leaving")).to_contain_text("Осталось")
    box = page.locator("[data-stay]").bounding_box()
    assert box is not None
    at = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).matches('[data-stay]')", at)


def test_a_code_that_needs_no_network_is_not_lost_to_a_tap(street: Street, tabs: Tabs) -> None:
    tab = five_minutes(street, tabs)
    tab.excused += ["ERR_INTERNET_DISCONNECTED"]
    tab.context.set_offline(True)
    for way in ("form[action$=screen] button", ".actions a", ".foot-nav a >> nth=0"):
        tab.page.click(way)
        expect(tab.page.locator("#no-way")).to_contain_text("Код на экране действует")
        expect(tab.page.locator(".qr")).to_be_visible()
    tab.context.set_offline(False)
    expect(tab.page.locator("#no-way")).to_be_hidden()
    tab.page.click(".actions a")
    expect(tab.page.locator("#live")).to_be_visible()


def test_with_the_code_goes_what_it_said(street: Street, tabs: Tabs) -> None:
    """The session has ended without a network; the code was good for a little longer."""
    tab = five_minutes(street, tabs, session=200)
    tab.excused += ["ERR_INTERNET_DISCONNECTED"]
    page = tab.page
    tab.context.set_offline(True)
    page.clock.run_for(280_000)
    expect(page.locator("#leaving")).to_contain_text("Кабинет закрыт")
    expect(page.locator(".qr")).to_be_visible()
    page.clock.run_for(25_000)
    tab.state("over")
    expect(page.locator("main")).to_be_hidden()


def test_without_its_code_the_page_is_like_any_other(street: Street, tabs: Tabs) -> None:
    tab = five_minutes(street, tabs)
    tab.excused += ["ERR_INTERNET_DISCONNECTED"]
    tab.context.set_offline(True)
    tab.page.clock.run_for(302_000)
    tab.state("over")
    expect(tab.page.locator("main")).to_be_visible()  # the session holds: another code may be had
    expect(tab.page.locator("main")).not_to_contain_text("ДЕЙСТВУЕТ", use_inner_text=True)
    tab.page.clock.run_for(1_600_000)
    expect(tab.page.locator("main")).to_be_hidden()


def test_what_is_told_stays_told_once(street: Street, tabs: Tabs) -> None:
    """An alert that is written anew is spoken anew."""
    street.lives("R01")
    tab = tabs.open("R01", "/offline")
    tab.excused += ["ERR_INTERNET_DISCONNECTED"]
    page = tab.page
    page.clock.install()
    tab.go(f"/statuses/{tab.town.ids['R01']}/show")
    tab.state("shown")
    tab.context.set_offline(True)
    page.clock.run_for(31_000)
    tab.state("trouble")
    page.evaluate(COUNT_CHANGES)
    with page.expect_event("requestfailed"):
        page.clock.run_for(20_000)
    assert page.evaluate("window.changes") == 0
    page.focus("[data-again]")
    tab.context.set_offline(False)
    tab.state("shown")
    expect(page.locator("#larger")).to_be_focused()
