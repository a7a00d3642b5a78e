"""What the pages with a code ask of the device: to stay awake, to give all of its screen, no more.

The lock is a false one that writes into the page how often it was asked for and whether it is held:
a browser without a screen has none.
"""

from collections.abc import Callable

import pytest
from account_pages import SEEN_AGAIN, Street, Tab, Tabs
from playwright.sync_api import Page, Request, expect

pytestmark = [pytest.mark.needs("chromium")]
DEVICE = """(() => {
  const counts = { asked: 0, held: 0 };
  const tell = () => (document.documentElement.dataset.locks = `${counts.asked}/${counts.held}`);
  const locks = new Set();
  class Lock extends EventTarget {
    async release() {
      if (!locks.delete(this)) return;
      counts.held -= 1;
      tell();
      this.dispatchEvent(new Event("release"));
    }
  }
  const request = async (kind) => {
    if (kind !== "screen" || document.hidden) throw new DOMException("", "NotAllowedError");
    const lock = new Lock();
    locks.add(lock);
    counts.asked += 1;
    counts.held += 1;
    tell();
    return lock;
  };
  Object.defineProperty(navigator, "wakeLock", { value: { request } });
  window.releaseAll = () => locks.forEach((lock) => lock.release());
  window.away = false;
  Object.defineProperty(document, "hidden", { get: () => window.away });
  document.addEventListener("fullscreenchange", () => {
    document.documentElement.dataset.whole = document.fullscreenElement?.localName ?? "none";
  });
})();"""
AWAY = "window.away = true"


@pytest.fixture
def device(street: Street, tabs: Tabs) -> Tab:
    """Olga's phone: what is asked of it can be seen, its clock turned."""
    street.lives("R01")
    tab = tabs.open("R01", "/offline")
    tab.page.clock.install()
    tab.page.add_init_script(DEVICE)
    return tab


def show(tab: Tab) -> None:
    tab.go(f"/statuses/{tab.town.ids['R01']}/show")


def five_minutes(tab: Tab) -> None:
    show(tab)
    tab.state("shown")
    tab.page.click("form[action$=screen] button")
    tab.page.wait_for_url("**/screen")


def locks(page: Page, asked: int, *, held: bool) -> None:
    expect(page.locator("html")).to_have_attribute("data-locks", f"{asked}/{int(held)}")


def leave(page: Page) -> None:
    """Another app is in front."""
    page.evaluate(f"window.away = true; {SEEN_AGAIN}")


def come_back(page: Page) -> None:
    page.evaluate(f"window.away = false; {SEEN_AGAIN}")


def forward(page: Page, seconds: int) -> None:
    page.clock.run_for(seconds * 1000)


def live(page: Page) -> list[str]:
    """The codes that the page asks for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/live" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_a_live_code_keeps_the_screen_awake_while_it_is_seen(device: Tab) -> None:
    page = device.page
    device.excused += ["403"]
    show(device)
    device.state("shown")
    locks(page, 1, held=True)
    forward(page, 30)
    page.wait_for_selector('body[data-codes="2"]', state="attached")
    locks(page, 1, held=True)  # it is asked for once, not for each code
    leave(page)
    locks(page, 1, held=False)
    come_back(page)
    locks(page, 2, held=True)
    device.town.disagree("R01")
    forward(page, 30)
    device.state("stopped")
    locks(page, 2, held=False)
    leave(page)
    come_back(page)
    forward(page, 5)
    locks(page, 2, held=False)  # there is nothing to be held out


def test_without_a_code_the_screen_may_go_dark(device: Tab) -> None:
    page = device.page
    device.excused += ["ERR_INTERNET_DISCONNECTED"]
    show(device)
    device.state("shown")
    locks(page, 1, held=True)
    device.context.set_offline(True)
    forward(page, 31)
    device.state("trouble")
    locks(page, 1, held=True)  # the code is good still
    forward(page, 31)
    expect(page.locator("#live")).to_be_hidden()
    locks(page, 1, held=False)
    device.context.set_offline(False)
    device.state("shown")
    locks(page, 2, held=True)


def test_a_code_for_five_minutes_keeps_it_awake_until_it_is_over(device: Tab) -> None:
    page = device.page
    five_minutes(device)
    device.state("shown")
    locks(page, 1, held=True)
    leave(page)
    page.evaluate("releaseAll()")  # as browsers do of themselves
    locks(page, 1, held=False)
    come_back(page)
    locks(page, 2, held=True)
    forward(page, 301)
    device.state("over")
    locks(page, 2, held=False)
    leave(page)
    come_back(page)
    forward(page, 5)
    locks(page, 2, held=False)


def test_a_page_that_is_not_seen_asks_for_no_codes(device: Tab) -> None:
    """Neither one that was opened behind another, nor one that somebody has turned away from."""
    page = device.page
    asked = live(page)
    page.add_init_script(AWAY)
    show(device)
    forward(page, 120)
    page.evaluate("dispatchEvent(new Event('online'))")
    assert asked == []
    come_back(page)
    device.state("shown")
    assert len(asked) == 1
    leave(page)
    forward(page, 120)
    page.evaluate("dispatchEvent(new Event('online'))")
    forward(page, 5)
    assert len(asked) == 1
    come_back(page)
    page.wait_for_selector('body[data-codes="2"]', state="attached")
    assert len(asked) == 2


@pytest.mark.parametrize("to", [show, five_minutes])
def test_the_code_takes_the_whole_screen_and_gives_it_back(
    device: Tab, to: Callable[[Tab], None]
) -> None:
    page = device.page
    to(device)
    device.state("shown")
    expect(page.locator(".code-box .note")).to_contain_text("делайте экран ярче")
    whole, body = page.locator("html"), page.locator("body")
    for back in ("Escape", "Enter", ""):
        page.click("#larger")
        expect(whole).to_have_attribute("data-whole", "html")
        expect(body).to_have_attribute("data-large", "")
        if back:  # the second is the button, which has the focus
            page.keyboard.press(back)
        else:  # the browser's own way out
            page.evaluate("document.exitFullscreen()")
        expect(whole).to_have_attribute("data-whole", "none")
        expect(body).not_to_have_attribute("data-large", "")
