"""Cards on a terminal that a person looks at: each leaves, and nothing stays to scroll back to."""

import shutil

from rich.console import Console, Group, RenderableType
from rich.text import Text

from .. import terminal
from ..card import Card
from ..report import Report
from ..words import Language
from .sayings import Saying, words_for
from .screens import View


class TerminalScreen:
    """The second screen of the terminal, which has no history and goes when the program ends."""

    def __init__(self, source: str, language: Language) -> None:
        self._source = source
        self._language = language
        self._console = terminal.console()
        self._drawn: object = None
        self._news = ""
        self._console.set_alt_screen(True)
        self._console.show_cursor(False)

    def report(self, report: Report) -> None:
        """Nothing yet: its card comes with the next view."""
        self._news = ""

    def say(self, saying: Saying) -> None:
        """Stands until the next code."""
        self._news = words_for(saying, self._language)

    def show(self, view: View) -> bool:
        """Draw where something has changed; a card is not drawn twice."""
        size = shutil.get_terminal_size()
        said = words_for(view.hint or view.idle, self._language)
        now = (view.cards, view.aside, said, self._news, size)
        if now != self._drawn:
            self._drawn = now
            self._console.width = min(size.columns, terminal.WIDTH)
            self._console.clear()
            lines = [Text(line, style="dim") for line in (view.aside, self._news) if line]
            body = self._cards(view.cards, size.lines - len(lines) - 2) if view.cards else ()
            self._console.print(Group(*body, *lines, *(() if body else self._idle(said))), end="")
            self._console.file.flush()
        return True

    def close(self) -> None:
        """Back to the first screen; the second is wiped before."""
        self._drawn = None
        self._console.clear()
        self._console.show_cursor(True)
        self._console.set_alt_screen(False)

    def _idle(self, said: str) -> tuple[RenderableType, ...]:
        end = words_for(Saying.HOW_TO_END, self._language)
        return Text(f"\n  {said}\n", style="bold"), Text(f"  {end}", style="dim")

    def _cards(self, cards: tuple[Card, ...], room: int) -> tuple[RenderableType, ...]:
        """Whole cards where they fit, else a line each: a word that scrolled off helps nobody."""
        whole = tuple(terminal.render(card, self._source) for card in cards)
        if sum(_height(self._console, card) for card in whole) <= room:
            return whole
        if len(cards) == 1:
            return (_cut(self._console, whole[0], room),)
        return tuple(terminal.brief(card, self._source) for card in cards)


def _height(console: Console, what: RenderableType) -> int:
    return len(console.render_lines(what, pad=False))


def _cut(console: Console, what: RenderableType, room: int) -> Text:
    """The upper lines, which hold verdict, what to do and the person."""
    text = Text()
    for line in console.render_lines(what, pad=False)[: max(room, 1)]:
        for segment in line:
            text.append(segment.text, segment.style)
        text.append("\n")
    return text
