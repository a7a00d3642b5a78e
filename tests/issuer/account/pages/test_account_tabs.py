"""Several tabs, other sites, a slow network: what a page does when it is not alone in the world."""

import re

import pytest
from account_pages import NEAR, SEEN_AGAIN, TAKEN_OUT, Street, Tab, Tabs
from playwright.sync_api import Route, expect

pytestmark = [pytest.mark.needs("chromium")]


def sign_out(tab: Tab) -> None:
    """In another tab."""
    tab.town.sessions._pools[True].clear()


def test_a_form_says_where_it_comes_from(street: Street, tabs: Tabs) -> None:
    """Browsers without Fetch Metadata send only this, and `null` would be refused."""
    street.lives("R09", agreed=False)
    tab = tabs.open("R09", "/consent")
    tab.page.check("input[name=agree]")
    with tab.page.expect_request(lambda request: request.method == "POST") as sent:
        tab.page.click("main form button")
    assert sent.value.all_headers()["origin"] == tab.town.url
    with tab.page.expect_request("https://other.example/") as left:
        tab.page.route("https://other.example/", lambda route: route.fulfill(body="other"))
        tab.page.evaluate("location.href = 'https://other.example/'")
    assert "referer" not in left.value.all_headers()


def test_a_link_on_another_site_finds_who_is_signed_in(street: Street, tabs: Tabs) -> None:
    """Also once the worker passes on what the browser asks for."""
    street.lives("R01")
    tab = tabs.open("R01", "/statuses")
    page = tab.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    tab.go("/statuses")
    assert page.evaluate("Boolean(navigator.serviceWorker.controller)")
    link = f'<a href="{tab.town.url}/statuses">here</a>'
    other = "https://other.example/"
    tab.context.route(other, lambda route: route.fulfill(body=link, content_type="text/html"))
    page.goto(other)
    page.click("a")
    expect(page.locator("article h2").first).to_have_text("Многодетная семья")
    tab.excused += ["ERR_INTERNET_DISCONNECTED"]
    page.goto(other)
    tab.context.set_offline(True)
    tab.go("/statuses")
    expect(page.locator("h1")).to_have_text("Нет связи")


@pytest.mark.parametrize("how", [SEEN_AGAIN, TAKEN_OUT])
def test_who_has_signed_out_elsewhere_leaves_nothing_here(
    street: Street, tabs: Tabs, how: str
) -> None:
    street.lives("R01")
    for path in ("/statuses", "/statuses/{id}/show", "/printouts"):
        tab = tabs.open("R01", path)
        tab.excused += ["401"]
        expect(tab.page.locator("main")).to_be_visible()
        sign_out(tab)
        tab.page.evaluate(how)
        expect(tab.page.locator("#leaving")).to_contain_text("Кабинет закрыт")
        expect(tab.page.locator("main")).to_be_hidden()


def test_a_code_for_five_minutes_goes_with_who_signs_out(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/statuses/{id}/show")
    tab.excused += ["401", "ERR_INTERNET_DISCONNECTED"]
    tab.page.click("form[action$=screen] button")
    tab.state("shown")
    sign_out(tab)
    tab.context.set_offline(True)
    with tab.page.expect_event("requestfailed"):
        tab.page.evaluate(SEEN_AGAIN)
    expect(tab.page.locator(".qr")).to_be_visible()  # without a network nobody can know
    tab.context.set_offline(False)
    tab.page.evaluate(SEEN_AGAIN)
    expect(tab.page.locator(".qr")).to_be_hidden()


def test_a_tab_knows_that_another_is_in_use(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/offline")
    page = tab.page
    page.clock.install()
    tab.go("/statuses")
    with page.expect_response("**/session") as asked:
        page.clock.run_for(NEAR * 1000)
    assert asked.value.json()["seconds"] > 1700  # pressed elsewhere just now
    banner = page.locator("#leaving")
    expect(banner).to_be_hidden()
    tab.town.unused_for(NEAR)
    page.clock.run_for(NEAR * 1000)
    expect(banner).to_contain_text(re.compile(r"Осталось 1:\d\d"))


def test_without_a_network_more_time_is_not_promised(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/offline")
    tab.excused += ["ERR_INTERNET_DISCONNECTED", "401"]
    page = tab.page
    page.clock.install()
    tab.go("/statuses")
    tab.context.set_offline(True)
    page.clock.run_for(NEAR * 1000)
    banner = page.locator("#leaving")
    expect(banner).to_contain_text("Осталось")
    page.click("[data-stay]")
    expect(banner).to_contain_text("Нет связи")
    page.clock.run_for(150_000)
    expect(page.locator("main")).to_be_hidden()


def test_a_new_login_in_another_tab_is_told_from_the_end(street: Street, tabs: Tabs) -> None:
    """The form's token is of the session before: the page is to be loaded anew, no more."""
    street.lives("R01")
    tab = tabs.open("R01", "/statuses/{id}/show")
    tab.excused += ["403"]
    tab.state("shown")
    cookie = {"name": "statusqr-account", "value": tab.town.sign_in("R01"), "url": tab.town.url}
    tab.context.add_cookies([cookie])  # type: ignore[list-item]
    tab.page.evaluate("document.body.dataset.csrf = 'of another session'")
    tab.page.clock.install()
    tab.go(f"/statuses/{tab.town.ids['R01']}/show")
    tab.state("shown")
    tab.page.evaluate("document.body.dataset.csrf = 'of another session'")
    tab.page.clock.run_for(30_000)
    tab.state("stopped")
    way = tab.page.locator("[data-way]")
    expect(way).to_have_text("Обновить страницу")
    way.click()
    tab.state("shown")


def test_the_countdown_begins_when_the_code_was_made(street: Street, tabs: Tabs) -> None:
    """A slow answer brings a code that has grown older on its way."""
    street.lives("R01")
    tab = tabs.open("R01", "/offline")
    page = tab.page
    page.clock.install()

    def late(route: Route) -> None:
        answer = route.fetch()
        page.clock.run_for(8_000)
        route.fulfill(response=answer)

    page.route("**/live?*", late)
    tab.go(f"/statuses/{tab.town.ids['R01']}/show")
    tab.state("shown")
    counter = page.locator("#live [role=timer]")
    expect(counter).to_have_text(re.compile(r"Код обновится через (1\d|2[0-2]) с"))


def test_a_browser_of_some_years_ago(street: Street, tabs: Tabs) -> None:
    """Without `AbortSignal.timeout` (Safari before 16, Chrome before 103)."""
    street.lives("R01")
    tab = tabs.open("R01", "/offline")
    tab.page.add_init_script("delete AbortSignal.timeout")
    tab.go(f"/statuses/{tab.town.ids['R01']}/show")
    tab.state("shown")


def test_a_screen_reader_hears_that_the_code_is_back(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/offline")
    tab.excused += ["ERR_INTERNET_DISCONNECTED"]
    page = tab.page
    page.clock.install()
    tab.go(f"/statuses/{tab.town.ids['R01']}/show")
    tab.state("shown")
    said = page.locator("#said")
    expect(said).to_have_text("Код на экране. Он обновляется сам.")
    tab.context.set_offline(True)
    page.clock.run_for(31_000)
    tab.state("trouble")
    expect(said).to_have_text("")
    tab.context.set_offline(False)
    expect(said).to_have_text("Код на экране. Он обновляется сам.")


def test_the_banner_hides_no_focus(street: Street, tabs: Tabs) -> None:
    """WCAG 2.2, 2.4.11: what has the focus is not wholly under the word about the end."""
    street.lives("R01")
    tab = tabs.open("R01", "/statuses", viewport={"width": 390, "height": 500})
    page = tab.page
    page.evaluate("document.getElementById('leaving').hidden = false")
    hidden = """() => {
      const box = document.activeElement.getBoundingClientRect();
      const cover = document.getElementById("leaving").getBoundingClientRect();
      const on = document.activeElement.closest("#leaving, body:focus, .skip");
      return !on && box.top >= cover.top;
    }"""
    for _ in range(25):
        page.keyboard.press("Tab")
        assert not page.evaluate(hidden), page.evaluate("document.activeElement.outerHTML")
