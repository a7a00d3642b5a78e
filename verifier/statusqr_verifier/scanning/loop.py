"""Source to screen: read each frame, check what is new in view, show it."""

from collections.abc import Callable, Iterable
from datetime import datetime

from statusqr_schema import ImageRefused, qrtext

from ..card import Card, make_card
from ..frames import FrameReading, Hint, read_frame
from ..report import Verdict
from ..words import Language
from .desk import Desk
from .events import Change, Event, Frame
from .in_view import InView
from .sayings import Saying, SteadyHint
from .screens import Screen, View


class Scanner:
    """One shift at one source.

    `idle` is what to say while nothing is seen; `gone` and `back` where the source went away and
    came back. `now` gives the moment of a check, in the time zone that the clock shows.
    """

    def __init__(
        self,
        desk: Desk,
        screen: Screen,
        language: Language,
        now: Callable[[], datetime],
        in_view: Callable[[], InView],
        *,
        idle: Saying,
        gone: Saying,
        back: Saying,
    ) -> None:
        self._desk = desk
        self._screen = screen
        self._language = language
        self._now = now
        self._ours = in_view()
        self._others = in_view()  # apart, so that a poster before a camera takes no card away
        self._cards: dict[str, Card] = {}
        self._hint = SteadyHint()
        self._sayings = {Change.LOST: gone, Change.BACK: back}
        self._idle = self._usual = idle
        self._bad_frames = False
        self._frame: Frame | None = None  # the last one, for what is slower than a screen
        self.verdicts: set[Verdict] = set()  # of all codes that were checked

    def run(self, events: Iterable[Event]) -> bool:
        """Until there are no more events (True), or the person ends it (False)."""
        return all(map(self._take, events))

    def _take(self, event: Event) -> bool:
        if event.change is not None:
            self._change(event.change)
        self._frame = self._frame if event.frame is None else event.frame
        if self._desk.look_for_news(event.at):
            self._screen.say(Saying.DATA_TAKEN)
        reading = self._read(event)
        self._judge(reading.texts, event.at)
        hint = self._hint.after(reading.hint, event.at, read=bool(reading.texts))
        return self._show(event, hint)

    def _read(self, event: Event) -> FrameReading:
        if event.frame is None:
            return FrameReading(event.texts)
        try:
            return read_frame(event.frame)
        except ImageRefused:
            if not self._bad_frames:
                self._screen.say(Saying.BAD_FRAME)
            self._bad_frames = True
            return FrameReading(())

    def _judge(self, texts: tuple[str, ...], at: float) -> None:
        ours = [text for text in texts if qrtext.is_ours(text)]
        others = [text for text in texts if not qrtext.is_ours(text)]
        new = {*self._ours.read(ours, at), *self._others.read(others, at)}
        for text in dict.fromkeys(texts):
            if text in new:
                self._check(text)
            elif qrtext.is_ours(text):
                self._desk.stays(text, self._now())
        if texts and self._ours.single:
            # Whoever is scanned is the next person, also with a code that is none of ours: the
            # card of the one before must not be taken for theirs.
            (self._others if qrtext.is_ours(texts[-1]) else self._ours).clear()

    def _check(self, text: str) -> None:
        report = self._desk.check(text, self._now())
        self.verdicts.add(report.verdict)
        self._cards[text] = make_card(report, self._language, self._desk.policy)
        self._screen.report(report)

    def _show(self, event: Event, hint: Hint | None) -> bool:
        ours, others = self._ours.cards(event.at), self._others.cards(event.at)
        self._cards = {text: self._cards[text] for text in (*ours, *others)}
        aside = self._cards[others[-1]] if others else None
        view = View(
            at=self._now(),
            idle=self._idle,
            cards=tuple(self._cards[text] for text in ours),
            aside=f"{aside.word}. {aside.do_next}" if aside else "",
            frame=self._frame,
            hint=hint,
        )
        return self._screen.show(view)

    def _change(self, change: Change) -> None:
        self._screen.say(self._sayings[change])
        self._idle = self._sayings[change] if change is Change.LOST else self._usual
        self._frame = None
