"""The pages of the account as tests drive them in a real browser."""

from dataclasses import dataclass, field
from typing import Any

from account_world import COOKIE, Town, told
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

PATIENCE = 10_000  # ms
WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll("body *")].filter(e => {
    const box = e.getBoundingClientRect();
    const seen = box.width && e.checkVisibility() && !e.closest(".aloud, .skip, svg");
    return seen && box.right > width + 1;
  });
  return [document.scrollingElement.scrollWidth > width, out.map(e => e.outerHTML.slice(0, 90))];
}"""


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
