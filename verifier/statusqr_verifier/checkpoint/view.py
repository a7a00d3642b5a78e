"""A report as the page shows it: which look, what is drawn, what is said aloud. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..card import Card, Look, make_card
from ..policy import Policy
from ..report import Report
from ..words import Language
from .place import Detail


class Signal(StrEnum):
    """Sound and vibration of an answer; the page knows the notes."""

    VALID = "valid"
    ELSEWHERE = "elsewhere"
    INVALID = "invalid"
    UNDETERMINED = "undetermined"
    NONE = "none"

    @classmethod
    def of(cls, look: Look) -> "Signal":
        """What sounds for a card of this look."""
        return cls.NONE if look is Look.FOREIGN else cls[look.name]


@dataclass(frozen=True, slots=True)
class CardView:
    """A card, and how it looks and sounds."""

    card: Card
    look: str  # the word by which style sheets know it

    @property
    def signal(self) -> Signal:
        """What sounds."""
        return Signal.of(self.card.look)

    @property
    def aloud(self) -> str:
        """What a screen reader says: the word, the status, the name, the term, what to do."""
        card = self.card
        headline = f"{card.word}: {card.detail}" if card.detail else card.word
        said = (headline, *card.person, card.do_next, *card.notices)
        return ". ".join(part.rstrip(".") for part in said if part) + "."


def view(report: Report, language: Language, policy: Policy, detail: Detail) -> CardView:
    """The card of a report for a place."""
    card = make_card(report, language, policy, brief=detail is Detail.BRIEF)
    return CardView(card, card.look.name.lower())


def loudest(views: Sequence[CardView]) -> Signal:
    """One signal for several cards: the one that asks for most attention."""
    rank = {Signal.INVALID: 3, Signal.UNDETERMINED: 2, Signal.ELSEWHERE: 1, Signal.VALID: 0}
    signals = [card.signal for card in views if card.signal is not Signal.NONE]
    return max(signals, key=lambda s: rank[s], default=Signal.NONE)
