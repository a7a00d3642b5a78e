"""What every screen is told, and the plainest screen: lines on standard output."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

import typer

from statusqr_keys.console import json_line

from .. import terminal
from ..card import Card, make_card
from ..frames import Hint
from ..policy import Policy
from ..report import Report
from ..report_json import report_to_json
from ..words import Language
from .events import Frame
from .sayings import Saying, words_for


@dataclass(frozen=True, slots=True)
class View:
    """What there is to see now: the cards that stand, the live picture, what would help.

    `idle` is what to say while there is neither; `aside` the line on a code that is none of ours.
    """

    at: datetime
    idle: Saying
    cards: tuple[Card, ...] = ()
    aside: str = ""
    frame: Frame | None = None
    hint: Hint | None = None


class Screen(Protocol):
    """Where cards are shown."""

    def report(self, report: Report) -> None:
        """A code was checked; told once a showing."""
        ...

    def say(self, saying: Saying) -> None:
        """Something happened that is no code."""
        ...

    def show(self, view: View) -> bool:
        """What there is to see now, told again and again; False where the person wants to end."""
        ...

    def close(self) -> None:
        """Nothing personal stays behind on a screen that people look at."""
        ...


class Form(Enum):
    """How a report is printed."""

    CARD = auto()
    BRIEF = auto()
    JSON = auto()


class LineScreen:
    """Reports on standard output, one after the other; what is said besides on stderr."""

    def __init__(self, source: str, language: Language, policy: Policy, form: Form) -> None:
        self._source = source
        self._language = language
        self._policy = policy
        self._form = form
        self._console = terminal.console()
        self._told: set[Hint] = set()  # each hint once, until a code is read

    def report(self, report: Report) -> None:
        """One report, at once: another program may be waiting for it."""
        self._told.clear()
        if self._form is Form.JSON:
            typer.echo(json_line(report_to_json(report, self._source, self._language)))
            return
        card = make_card(report, self._language, self._policy)
        if self._form is Form.BRIEF:
            self._console.print(terminal.brief(card, self._source), soft_wrap=True)
        else:
            self._console.print(terminal.render(card, self._source))
            self._console.print()
        self._console.file.flush()

    def say(self, saying: Saying) -> None:
        """On stderr."""
        typer.echo(words_for(saying, self._language), err=True)

    def show(self, view: View) -> bool:
        """A new hint, on stderr; there is nothing to take away."""
        if view.hint is not None and view.hint not in self._told:
            self._told.add(view.hint)
            typer.echo(words_for(view.hint, self._language), err=True)
        return True

    def close(self) -> None:
        """Nothing: what was printed is the caller's."""
