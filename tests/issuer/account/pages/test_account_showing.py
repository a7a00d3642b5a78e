"""The live code and the code for five minutes in a real browser, with time put forward."""

import re
from datetime import timedelta

import pytest
from account_pages import Street, Tab, Tabs
from account_world import COOKIE, told
from playwright.sync_api import expect

from statusqr_verifier import Policy, Verifier, read_codes
from statusqr_verifier.report import Reason, Verdict

pytestmark = [pytest.mark.needs("chromium")]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def show(street: Street, tabs: Tabs) -> Tab:
    """Olga's live code, on a phone whose clock the test turns."""
    street.lives("R01")
    tab = tabs.open("R01", "/offline", viewport=PHONE)
    tab.page.clock.install()
    tab.go(f"/statuses/{street.town.ids['R01']}/show")
    tab.state("shown")
    return tab


def scanned(tab: Tab) -> str:
    """What a camera before this screen reads."""
    (text,) = read_codes(tab.page.screenshot())
    return text


def codes(tab: Tab, number: int) -> None:
    """Wait for the code of this number."""
    tab.page.wait_for_selector(f'body[data-codes="{number}"]', state="attached")


def forward(tab: Tab, seconds: int) -> None:
    """Time goes by in the page."""
    tab.page.clock.run_for(seconds * 1000)


def test_what_is_on_the_screen_is_valid_and_a_screenshot_of_it_is_not_later(show: Tab) -> None:
    verifier = Verifier(show.town.trust, Policy())
    text = scanned(show)
    assert verifier.verify(text, show.town.clock()).verdict is Verdict.VALID
    late = verifier.verify(text, show.town.clock() + timedelta(minutes=2, seconds=5))
    assert late.headline is not None
    assert late.headline.reason is Reason.LIVE_CODE_EXPIRED


def test_a_dark_phone_shows_the_same(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/statuses/{id}/show", viewport=PHONE, color_scheme="dark")
    tab.state("shown")
    report = Verifier(tab.town.trust, Policy()).verify(scanned(tab), tab.town.clock())
    assert report.verdict is Verdict.VALID
    tab.page.click("#larger")
    box = tab.page.locator("#qr").bounding_box()
    assert box is not None
    assert box["width"] > 370
    report = Verifier(tab.town.trust, Policy()).verify(scanned(tab), tab.town.clock())
    assert report.verdict is Verdict.VALID


def test_it_is_renewed_before_the_countdown_ends(show: Tab) -> None:
    counter = show.page.locator("#live [role=timer]")
    first = scanned(show)
    forward(show, 10)
    expect(counter).to_have_text(re.compile(r"Код обновится через (1\d|20) с"))
    forward(show, 19)
    codes(show, 2)
    expect(counter).to_contain_text("Код обновится через")
    assert scanned(show) != first
    assert show.page.locator("#said").inner_text() == "Код на экране. Он обновляется сам."


def test_without_a_network_the_code_is_shown_while_it_is_good(show: Tab) -> None:
    show.excused += ["ERR_INTERNET_DISCONNECTED"]
    show.context.set_offline(True)
    forward(show, 31)
    show.state("trouble")
    expect(show.page.locator("#trouble")).to_contain_text("Нет связи")
    expect(show.page.locator("#live [role=timer]")).to_contain_text("Этот код действует ещё")
    expect(show.page.locator("#qr")).to_be_visible()
    forward(show, 31)
    expect(show.page.locator("#qr")).to_be_hidden()
    assert show.page.locator("#qr path").count() == 0
    show.page.click("[data-again]")
    show.context.set_offline(False)  # it comes back by itself
    codes(show, 2)
    expect(show.page.locator("#trouble")).to_be_hidden()
    expect(show.page.locator("#qr")).to_be_visible()


def test_a_consent_withdrawn_elsewhere_ends_it(show: Tab) -> None:
    show.excused += ["403"]
    show.town.disagree("R01")
    forward(show, 30)
    show.state("stopped")
    expect(show.page.locator("#live")).to_be_hidden()
    expect(show.page.locator("#trouble")).to_contain_text("Нужно согласие")
    expect(show.page.locator("[data-way]")).to_have_attribute("href", "/consent")
    forward(show, 300)  # and it does not ask again
    assert show.page.locator("body").get_attribute("data-codes") == "1"


def test_a_status_that_ends_meanwhile(show: Tab) -> None:
    show.excused += ["409"]
    show.town.load(told("R01", revoked={"effective_on": "2026-06-30", "reason": "Ошибка"}))
    forward(show, 30)
    show.state("stopped")
    expect(show.page.locator("#offer")).to_be_hidden()
    expect(show.page.locator("#trouble")).to_contain_text("Статус закончился")
    expect(show.page.locator("#qr")).to_be_hidden()


def test_who_is_signed_out_is_led_back_here(show: Tab) -> None:
    show.excused += ["401"]
    show.town.sessions._pools[True].clear()
    forward(show, 30)
    show.state("stopped")
    way = show.page.locator("[data-way]")
    expect(way).to_have_text("Войти")
    way.click()
    expect(show.page.locator(".main-button")).to_have_attribute(
        "href", f"/auth/login?next=/statuses/{show.town.ids['R01']}/show"
    )


def test_the_code_for_five_minutes_needs_no_network_and_goes_by_itself(
    street: Street, tabs: Tabs
) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/offline", viewport=PHONE)
    page = tab.page
    page.clock.install()
    tab.go(f"/statuses/{street.town.ids['R01']}/show")
    page.click("form[action$=screen] button")
    page.wait_for_url("**/screen")
    tab.state("shown")
    tab.context.set_offline(True)
    report = Verifier(tab.town.trust, Policy()).verify(scanned(tab), tab.town.clock())
    assert report.verdict is Verdict.VALID
    forward(tab, 200)
    expect(page.locator("[role=timer]")).to_contain_text(re.compile(r"Осталось 1:\d\d"))
    page.click("#larger")
    forward(tab, 101)
    tab.state("over")
    expect(page.locator("#over")).to_be_visible()
    assert page.locator(".qr").count() == 0
    expect(page.locator("body")).not_to_have_attribute("data-large", "")
    tab.context.set_offline(False)
    page.click("text=Взять новый код")
    tab.state("shown")


def test_before_a_session_ends_there_is_a_word(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/offline", viewport=PHONE)
    page = tab.page
    page.clock.install()
    tab.go("/statuses")
    banner = page.locator("#leaving")
    forward(tab, 1600)
    expect(banner).to_be_hidden()
    tab.town.unused_for(1685)
    forward(tab, 85)
    expect(banner).to_contain_text(re.compile(r"Осталось [12]:\d\d"))
    page.click("[data-stay]")
    expect(banner).to_be_hidden()
    forward(tab, 1600)
    expect(banner).to_be_hidden()
    tab.excused += ["401"]
    tab.town.unused_for(1805)
    forward(tab, 85)
    expect(banner).to_contain_text("Кабинет закрыт")
    expect(page.locator("main")).to_be_hidden()  # nothing personal stays on the screen
    expect(banner.locator("a")).to_have_attribute("href", "/?next=%2Fstatuses")


def test_the_app_keeps_nothing_personal(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/statuses")
    page = tab.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for path in ("/statuses", "/consent", f"/statuses/{street.town.ids['R01']}/show"):
        tab.go(path)
    tab.state("shown")
    page.click("form[action$=screen] button")
    tab.state("shown")
    kept: dict[str, str] = page.evaluate(
        """async () => {
          const found = {};
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys())
              found[new URL(request.url).pathname] = await (await cache.match(request)).text();
          }
          return found;
        }"""
    )
    assert "/offline" in kept
    assert all(path == "/offline" or path.startswith("/static/") for path in kept)
    assert not any("Лебедева" in text or COOKIE in text for text in kept.values())
    databases = "(await indexedDB.databases()).length"
    counts = f"[localStorage.length, sessionStorage.length, {databases}]"
    elsewhere = page.evaluate(f"async () => {counts}")
    assert elsewhere == [0, 0, 0]
    tab.excused += ["ERR_INTERNET_DISCONNECTED"]
    tab.context.set_offline(True)
    tab.go("/statuses")
    expect(page.locator("h1")).to_have_text("Нет связи")
    assert page.evaluate("getComputedStyle(document.body).display") == "flex"  # with its looks


def test_it_can_be_installed(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/statuses")
    devtools = tab.context.new_cdp_session(tab.page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert "Мои статусы" in manifest["data"]
    faults = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # a private window is no place to install anything; all else is as it should be
    assert [f["errorId"] for f in faults if f["errorId"] != "in-incognito"] == []


def test_back_and_forth_shows_no_old_page(street: Street, tabs: Tabs) -> None:
    """What a browser keeps for its button «Back» is not shown after the way out."""
    street.lives("R01")
    tab = tabs.open("R01", "/statuses")
    tab.excused += ["404"]  # this server has no login
    tab.town.sessions._pools[True].clear()
    tab.go("/consent/text")
    tab.page.go_back()
    expect(tab.page.locator(".main-button")).to_contain_text("Войти через")
