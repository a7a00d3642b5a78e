"""The checkpoint page as a person and as a test see it; what it asked for and complained of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, expect

PATIENCE: Final = 20_000  # ms for what the page does by itself, on a machine that is busy
_NOTE = """
window.seenCards = [];
window.played = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  window.played.push(this.frequency.value);
  return start.apply(this, when);
};
addEventListener("DOMContentLoaded", () => {
  const cards = document.getElementById("cards");
  if (!cards) return;
  new MutationObserver(() => {
    for (const card of cards.querySelectorAll(".card:not([data-noted])")) {
      card.dataset.noted = "";
      window.seenCards.push({
        look: card.dataset.look,
        word: card.querySelector(".word").textContent,
        code: card.querySelector(".card-foot code")?.textContent ?? "",
        name: card.querySelector(".who .name")?.textContent ?? "",
      });
    }
    document.body.dataset.noted = "|".repeat(window.seenCards.length);
  }).observe(cards, { childList: true });
});
"""
# As a scanner types, only at once; the page takes it for the keys that it is.
_TYPE = """
([text, suffix]) => {
  const press = (key, code) =>
    document.activeElement.dispatchEvent(
      new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }));
  for (const sign of text) press(sign, /\\d/.test(sign) ? `Digit${sign}` : "");
  press(suffix, suffix);
}
"""


@dataclass(frozen=True)
class Card:
    """A card as it stands on the screen."""

    look: str
    word: str
    code: str
    name: str


@dataclass
class Heard:
    """What went between the page and the server, and what the console said."""

    requests: list[Request] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """From now on."""
        page.on("request", lambda request: self.requests.append(request))
        page.on("response", lambda response: self.responses.append(response))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")


@dataclass
class Checkpoint:
    """One tab with the page of one server."""

    page: Page
    url: str
    heard: Heard

    @classmethod
    def open(cls, context: BrowserContext, url: str, path: str = "/") -> "Checkpoint":
        """A new tab; cards are noted as they come."""
        context.add_init_script(_NOTE)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        heard = Heard()
        heard.listen(page)
        page.goto(url + path)
        return cls(page, url, heard)

    def settings(self) -> None:
        """Open what the start page folds away."""
        for folded in (
            "details.settings",
            *(f"details.settings > details >> nth={n}" for n in (0, 1)),
        ):
            details = self.page.locator(folded).first
            if details.get_attribute("open") is None:
                details.locator("> summary").click()

    def begin(
        self,
        *,
        name: str = "Музей, вход 2",
        keep: int | None = None,
        categories: Iterable[str] = (),
        detail: str | None = None,
    ) -> "Checkpoint":
        """Begin the shift at a place that is described in the form."""
        self.settings()
        self.page.fill("#place-name", name)
        for category in categories:
            self.page.check(f'input[name="categories"][value="{category}"]')
        if detail is not None:
            self.page.check(f'input[name="detail"][value="{detail}"]')
        if keep is not None:
            self.page.select_option("#place-keep", str(keep))
        self.page.click("#shift-form button[type=submit]")
        self.state("scan", "result")
        return self

    def state(self, *names: str) -> None:
        """Wait until the page is in one of these states."""
        wanted = ", ".join(f'body[data-state="{name}"]' for name in names)
        self.page.wait_for_selector(wanted, timeout=PATIENCE, state="attached")

    def scanned(self, text: str, suffix: str = "Enter") -> None:
        """A scan by a scanner that is very fast."""
        self.page.evaluate(_TYPE, [text, suffix])

    def card(self, look: str, code: str | None = None, number: int = 1) -> Card:
        """Wait for a card of this look; the card."""
        found = self.page.locator("#cards .card").nth(number - 1)
        expect(found).to_have_attribute("data-look", look, timeout=PATIENCE)
        if code:
            expect(found.locator(".card-foot code")).to_have_text(code, timeout=PATIENCE)
        values = found.evaluate(
            """card => [card.dataset.look, ...[".word", ".card-foot code", ".who .name"].map(
                 where => card.querySelector(where)?.textContent ?? "")]"""
        )
        return Card(*values)

    def aloud(self) -> str:
        """What a screen reader has said of the cards in view."""
        region = self.page.locator("#aloud")
        expect(region).not_to_be_empty(timeout=PATIENCE)
        return region.inner_text().replace("\u00a0", " ")

    def signal(self) -> str:
        """The sound that was played last."""
        return str(self.page.get_attribute("body", "data-signal"))

    def notes(self) -> list[float]:
        """The tones so far, Hz."""
        found: list[float] = self.page.evaluate("window.played")
        return found

    def reader(self) -> str:
        """Who reads the frames."""
        self.page.wait_for_selector("body[data-reader]", state="attached")
        return str(self.page.get_attribute("body", "data-reader"))

    def cards_so_far(self, least: int = 0) -> list[Card]:
        """All cards since the page was loaded; waits until there are `least`."""
        if least:
            many = f'body[data-noted^="{"|" * least}"]'
            self.page.wait_for_selector(many, state="attached", timeout=PATIENCE)
        return [Card(**seen) for seen in self.page.evaluate("window.seenCards")]

    def line(self, words: str) -> None:
        """Wait for a line at the foot."""
        line = self.page.locator("#foot-lines .foot-line", has_text=words)
        expect(line.first).to_be_visible(timeout=PATIENCE)

    def hint(self, name: str) -> None:
        """Wait for a hint."""
        expect(self.page.locator(f'#hint [data-hint="{name}"]')).to_be_visible(timeout=PATIENCE)

    def no_card(self) -> None:
        """There is none."""
        expect(self.page.locator(".card")).to_have_count(0, timeout=PATIENCE)
