"""Events of a video file, and of a camera that may be unplugged and plugged in again."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count

from .captures import Capture, CaptureFailed
from .events import Change, Event, Frame

RETRY = 1.0  # seconds between two attempts to get a camera back
_PATIENCE = 0.1  # seconds after which time has passed though no frame came
_MISSES = 3  # frames in a row that may fail to come


def video_events(capture: Capture) -> Iterator[Event]:
    """Every frame of a recording, at its own moment in it."""
    rate = capture.rate
    try:
        for number in count():
            frame = capture.frame()
            if frame is None:
                return
            yield Event(number / rate, frame)
    finally:
        capture.close()


def paced(events: Iterator[Event], clock: Callable[[], float] = time.monotonic) -> Iterator[Event]:
    """The same events no sooner than their moments: a recording as fast as it was taken."""
    start = clock()
    for event in events:
        ahead = event.at - (clock() - start)
        if ahead > 0:
            time.sleep(ahead)
        yield event


class Camera:
    """The newest frame of a camera, taken on a thread of its own: a slow reader gets no old ones.

    ::

        with Camera(lambda: open_capture("0")) as camera:
            for event in camera.events(): ...
    """

    def __init__(
        self,
        open_: Callable[[], Capture | None],
        *,
        retry: float = RETRY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the camera, or CaptureFailed: one that was never there is a mistake."""
        self._open = open_
        self._retry = retry
        self._clock = clock
        capture = open_()
        if capture is None:
            raise CaptureFailed("камера не открывается: проверьте её номер и подключение")
        self._news = threading.Condition()
        self._frame: Frame | None = None
        self._changes: deque[Change] = deque(maxlen=2)  # LOST and BACK; older ones say nothing
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(capture,), daemon=True)

    def __enter__(self) -> "Camera":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End; a driver that is stuck in a read is not waited for longer than a moment."""
        self._end.set()
        self._thread.join(timeout=2)

    def events(self) -> Iterator[Event]:
        """For ever: frames, changes, and every tenth of a second that time has passed."""
        while True:
            with self._news:
                self._news.wait_for(self._has_news, timeout=_PATIENCE)
                changes, frame = tuple(self._changes), self._frame
                self._changes.clear()
                self._frame = None
            for change in changes:
                yield Event(self._clock(), change=change)
            if frame is not None or not changes:
                yield Event(self._clock(), frame)

    def _has_news(self) -> bool:
        return self._frame is not None or bool(self._changes)

    def _run(self, capture: Capture | None) -> None:
        while capture is not None:
            self._take_frames(capture)
            capture.close()
            if self._end.is_set():
                return
            self._tell(Change.LOST)
            capture = self._wait_for_it()

    def _take_frames(self, capture: Capture) -> None:
        """Until it gives no more, or the end."""
        misses = 0
        while not self._end.is_set() and misses < _MISSES:
            frame = capture.frame()
            misses = misses + 1 if frame is None else 0
            if frame is not None:
                with self._news:
                    self._frame = frame
                    self._news.notify()

    def _wait_for_it(self) -> Capture | None:
        """The camera once it gives frames again; None at the end."""
        while not self._end.wait(self._retry):
            capture = self._open()
            if capture is None:
                continue
            if (frame := capture.frame()) is not None:  # a node that opens need not give frames
                self._tell(Change.BACK, frame)
                return capture
            capture.close()
        return None

    def _tell(self, change: Change, frame: Frame | None = None) -> None:
        with self._news:
            self._changes.append(change)
            self._frame = frame
            self._news.notify()
