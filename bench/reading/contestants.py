"""Who reads the frames, and what each read of one, in how much time."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.reading.sheet import Pixels, Size
from statusqr_verifier import engines
from statusqr_verifier.engines import Engine
from statusqr_verifier.enhancements import ANYWHERE, NEARBY
from statusqr_verifier.frames import Hint, read_frame
from statusqr_verifier.reading import read_codes

REPEATS = 3
ENOUGH = 0.1  # seconds spent with one frame, after which it is not repeated

Read = Callable[[Pixels], Sequence[str]]
CASCADE, FRAME = "cascade", "frame reader"


READERS: Mapping[str, Read] = {
    "zxing-cpp": lambda pixels: engines.SINGLE[Engine.ZXING](pixels).texts,
    "zbar": lambda pixels: engines.SINGLE[Engine.ZBAR](pixels).texts,
    "OpenCV": lambda pixels: engines.SINGLE[Engine.OPENCV](pixels).texts,
    CASCADE: read_codes,
    FRAME: lambda pixels: read_frame(pixels).texts,
}


@dataclass(frozen=True)
class Seen:
    """What was made of a frame: by each reader the texts, and seconds (the best of some)."""

    kind: str
    size: Size
    text: str | None  # what is in it; None in an empty one
    found: Mapping[str, tuple[str, ...]]
    seconds: Mapping[str, float]
    reachable: bool  # by any reader, or with any single enhancement
    hint: Hint | None

    def read(self, reader: str) -> bool:
        """Whether the reader gave exactly what is in the frame."""
        return self.text is not None and self.found[reader] == (self.text,)

    def wrong(self, reader: str) -> int:
        """How many texts it gave that are not there."""
        return sum(text != self.text for text in self.found[reader])


def look(kind: str, pixels: Pixels, text: str | None, repeats: int = REPEATS) -> Seen:
    """Let everybody read a frame; in the three colours in which a camera gives it."""
    found, seconds = {}, {}
    frame = np.repeat(pixels[:, :, None], 3, axis=2)
    for name, read in READERS.items():
        found[name], seconds[name] = _timed(read, frame if name == FRAME else pixels, repeats)
    reached = any(text in texts for texts in found.values())
    size = pixels.shape[1], pixels.shape[0]
    reachable = text is not None and (reached or any(text in texts for texts in _singles(pixels)))
    return Seen(kind, size, text, found, seconds, reachable, read_frame(pixels).hint)


def _singles(pixels: Pixels) -> Iterator[Sequence[str]]:
    """Each enhancement alone, on the whole picture."""
    for enhance in (*ANYWHERE, *(enhance for _, enhance in NEARBY)):
        yield engines.zxing_again(enhance(pixels))


def _timed(read: Read, pixels: Pixels, repeats: int) -> tuple[tuple[str, ...], float]:
    taken: list[float] = []
    texts: Sequence[str] = ()
    while len(taken) < repeats and sum(taken) < ENOUGH:
        start = time.process_time()
        texts = read(pixels)
        taken.append(time.process_time() - start)
    return tuple(texts), float(np.min(taken))
