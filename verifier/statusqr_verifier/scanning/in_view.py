"""Which reading becomes a card, and when the card leaves. No clock: moments are passed in.

A camera reads one code thirty times a second, misses it now and then, and may see two codes of
which it reads now the one and now the other. A person wants one card a showing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

KEEP = 8.0  # seconds for which a card stands
AWAY = 3.0  # seconds out of view after which the same code is shown anew
GLANCE = 0.7  # seconds for which a reader may miss a code that is still there


@dataclass(slots=True)
class _Sight:
    shown: float  # when it last became a card
    seen: float  # when it was last read


class InView:
    """The codes before one camera. All moments are seconds on one clock that does not go back.

    `keep`: a card leaves so long after it was shown, although its code may still lie there: a card
    holds personal data. It leaves earlier where a newer one came and its code is gone.
    `away`: how long a code must have been out of view to be shown again; where another code came
    between, `glance` is enough.
    """

    def __init__(self, keep: float = KEEP, away: float = AWAY, glance: float = GLANCE) -> None:
        self._keep = keep
        self._away = away
        self._glance = glance
        self.single = False
        self._sights: dict[str, _Sight] = {}
        self._newest = float("-inf")  # when a card was last shown

    @property
    def remembered(self) -> int:
        """How many codes are remembered."""
        return len(self._sights)

    @classmethod
    def single_scans(cls, keep: float = KEEP) -> "InView":
        """For a scanner that reads on a trigger: each scan is a showing of its own."""
        view = cls(keep, away=0, glance=0)
        view.single = True
        return view

    def read(self, texts: Iterable[str], at: float) -> tuple[str, ...]:
        """Note what a frame shows; the codes that become a card now, each once."""
        read = dict.fromkeys(texts)
        new = tuple(text for text in read if self._is_new(text, at))
        for text in read:
            if text in new:
                self._sights.pop(text, None)  # cards stand in the order in which they were shown
                self._sights[text] = _Sight(at, at)
            else:
                self._sights[text].seen = at
        if new:
            self._newest = at
        self._forget(at)
        return new

    def clear(self) -> None:
        """Take all cards away: something that is not judged here has come after them."""
        self._sights.clear()

    def cards(self, at: float) -> tuple[str, ...]:
        """The codes whose cards stand at this moment, the first shown first."""
        return tuple(text for text, sight in self._sights.items() if self._stands(sight, at))

    def _is_new(self, text: str, at: float) -> bool:
        sight = self._sights.get(text)
        if sight is None:
            return True
        gap = at - sight.seen
        return gap > self._away or (gap > self._glance and self._newest > sight.seen)

    def _stands(self, sight: _Sight, at: float) -> bool:
        replaced = sight.shown < self._newest and at - sight.seen > self._glance
        return at - sight.shown < self._keep and not replaced

    def _forget(self, at: float) -> None:
        """Nothing is kept of a code that is out of view and has no card."""
        gone = [
            text
            for text, sight in self._sights.items()
            if at - sight.seen > self._away and not self._stands(sight, at)
        ]
        for text in gone:
            del self._sights[text]
