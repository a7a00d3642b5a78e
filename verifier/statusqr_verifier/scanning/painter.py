"""What a window shows: the cards that stand beside each other, else the live picture."""

from datetime import datetime

import numpy as np

from ..card import Card
from ..words import Language
from .events import Frame
from .picture import LEAST, CardPicture, Size
from .sayings import Saying, words_for
from .screens import View
from .viewfinder import banner, live_picture

_RULE = 4  # pixels between two cards
MOST_CARDS = 3  # beside each other; more are too small to be seen from afar


class Painter:
    """Paints views. What stands still of a card is kept while the card stands, and no longer."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._pictures: dict[tuple[Card, Size], CardPicture] = {}

    def paint(self, view: View, news: str, size: Size) -> Frame:
        """BGR, height × width × 3, of that size, or of `LEAST` where that is smaller.

        `news` is what is to be said besides.
        """
        width, height = (max(given, least) for given, least in zip(size, LEAST, strict=True))
        if not view.cards:
            self._pictures.clear()
            said = words_for(view.hint or view.idle, self._language)
            return live_picture(view.frame, said, view.aside or news, (width, height))
        cards = view.cards[-min(MOST_CARDS, width // LEAST[0]) :]
        if len(cards) == len(view.cards):
            return self._cards(cards, view.at, (width, height))
        strip = height // 14
        more = words_for(Saying.MORE_CODES, self._language)
        shown = self._cards(cards, view.at, (width, height - strip))
        return np.vstack([shown, banner(more, (width, strip))])

    def _cards(self, cards: tuple[Card, ...], at: datetime, size: Size) -> Frame:
        """Beside each other; the last takes the points that are left over."""
        each = size[0] // len(cards)
        widths = [each] * (len(cards) - 1) + [size[0] - each * (len(cards) - 1)]
        wanted = [(card, (width, size[1])) for card, width in zip(cards, widths, strict=True)]
        self._pictures = {
            key: self._pictures.get(key) or CardPicture(*key, self._language) for key in wanted
        }
        shown = [self._pictures[key].at(at) for key in wanted]
        for right in shown[1:]:
            right[:, :_RULE] = 0  # two cards of one colour are still two
        return np.hstack(shown)
