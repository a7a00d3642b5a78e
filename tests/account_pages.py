"""The pages of the account as tests drive them in a real browser."""

from dataclasses import dataclass, field
from typing import Any

from account_world import COOKIE, Town, told
from browser.reading_axe import violations
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

PATIENCE = 10_000  # ms
PHONE, SCREEN, ZOOMED = (320, 640), (1280, 900), (640, 360)  # the last: 200 % of a small desktop
NEAR = 1685  # seconds: then a page asks how much of the half hour is left, and waits for an answer
SEEN_AGAIN = 'document.dispatchEvent(new Event("visibilitychange"))'
TAKEN_OUT = 'dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))'
WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")].filter(e => {
    const box = e.getBoundingClientRect();
    const seen = box.width && e.checkVisibility() && !e.closest(".aloud, .skip, svg");
    return seen && box.right > width + 1;
  });
  return [document.scrollingElement.scrollWidth > width, out.map(e => e.outerHTML.slice(0, 90))];
}"""

LOW = """() => [...document.querySelectorAll("button, .button, summary, .foot-nav a, .back")]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)
  .map(e => e.outerHTML.slice(0, 90))"""


def judge(page: Page) -> None:
    """All rules on a phone in light; what depends on theme and width in the other three ways."""
    for scheme, to in (("light", PHONE), ("dark", SCREEN)):
        look(page, scheme, to)
        assert violations(page) == []
    for scheme, to in (("dark", PHONE), ("light", SCREEN)):
        look(page, scheme, to)
        assert violations(page, "color-contrast", "target-size") == []
    fits(page, PHONE, ZOOMED)


def glance(page: Page, *, headings: int = 1) -> None:
    """The same for less time, where a page is judged elsewhere with other words."""
    look(page, "dark", PHONE)
    assert violations(page, "color-contrast") == []
    look(page, "light", PHONE)
    assert violations(page) == []
    fits(page, PHONE, headings=headings)


def look(page: Page, scheme: str, to: tuple[int, int]) -> None:
    page.wait_for_load_state()  # a click may have led here, and the styles come after the text
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": to[0], "height": to[1]})


def fits(page: Page, *sizes: tuple[int, int], headings: int = 1) -> None:
    """Nothing beside the screen, nothing too low for a finger, and one heading of the page."""
    for to in sizes:
        look(page, "light", to)
        assert page.evaluate(WIDE) == [False, []]
    assert page.evaluate(LOW) == []
    assert page.locator("h1:visible").count() == headings


@dataclass
class Street:
    """People of the town, made as tests need them."""

    town: Town

    def lives(self, name: str, value: dict[str, Any] | None = None, *, agreed: bool = True) -> None:
        """The holder of a record, with a status that stands unless another is given."""
        self.town.have(name, value or told(name))
        if agreed:
            self.town.agree(name)
        else:
            self.town.disagree(name)


@dataclass
class Tab:
    """One tab on one device."""

    context: BrowserContext
    page: Page
    town: Town
    complaints: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)

    @classmethod
    def open(
        cls, browser: Browser, town: Town, name: str | None, path: str, **options: Any
    ) -> "Tab":
        """A tab that shows a page; `{id}` in the path is the id of that person's status."""
        context = browser.new_context(**{"locale": "ru-RU", **options})
        if name is not None:
            cookie = {"name": COOKIE, "value": town.sign_in(name), "url": town.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        tab = cls(context, page, town)
        page.on("console", tab._console)
        page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.go(path.replace("{id}", str(town.ids.get(name or ""))))
        return tab

    def go(self, path: str) -> None:
        """Another page of the account."""
        self.page.goto(self.town.url + path)

    def state(self, name: str) -> None:
        """Wait until the page's script says that it is so."""
        self.page.wait_for_selector(f'body[data-state="{name}"]', state="attached")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")


class Tabs:
    """Opens tabs, each as on a device of its own; says afterwards what they complained of."""

    def __init__(self, browser: Browser, street: Street) -> None:
        self._browser = browser
        self._street = street
        self._opened: list[Tab] = []

    def open(self, name: str | None, path: str, **options: object) -> Tab:
        """A tab, signed in as the holder of a record, or as nobody."""
        tab = Tab.open(self._browser, self._street.town, name, path, **options)
        self._opened.append(tab)
        return tab

    def close(self) -> None:
        for tab in self._opened:
            tab.context.close()
        complaints = [told for tab in self._opened for told in tab.complaints]
        excused = [words for tab in self._opened for words in tab.excused]
        assert [c for c in complaints if not any(words in c for words in excused)] == []
