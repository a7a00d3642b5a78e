"""A camera's frame: the codes in it, or what the person who holds the camera should do.

Most frames show no code, so a frame without one costs a single pass. The enhancements of
`reading` are tried only around a code that is seen but cannot be read. The hints come from what the
reader reports of this very frame: how large the modules of such a code are, and how bright the
frame is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from . import engines, images
from .engines import Glimpse
from .images import GreyImage
from .reading import LEAST_SIDE, try_harder

SMALL_MODULE = 2.5  # pixels; below, the first pass misses codes that are sharp
DARK = 60  # of 255: where 95 of 100 points are darker, paper is not told from ink
_STEP = 8  # every eighth point of every eighth row tells how bright a frame is


class Hint(StrEnum):
    """What would help: come closer, hold still, more light."""

    CLOSER = "closer"
    HOLD_STILL = "still"
    MORE_LIGHT = "light"


@dataclass(frozen=True, slots=True)
class FrameReading:
    """The texts of the codes in a frame, each once; and a hint, only where there are none."""

    texts: tuple[str, ...]
    hint: Hint | None = None


def read_frame(frame: npt.NDArray[np.uint8]) -> FrameReading:
    """Read a frame of 8 bits: height × width, or height × width × 3 (BGR) as OpenCV gives it.

    :raises ImageRefused: where it is neither, or too large
    """
    grey = images.to_grey(frame)
    if min(grey.shape) < LEAST_SIDE:
        return FrameReading(())
    seen = engines.zxing(grey)
    if seen.unreadable:
        seen = try_harder(grey, seen, anywhere=False)
    if seen.texts:
        return FrameReading(tuple(dict.fromkeys(seen.texts)))
    return FrameReading((), _hint(grey, seen.unreadable))


def _hint(grey: GreyImage, unreadable: Sequence[Glimpse]) -> Hint | None:
    if np.percentile(grey[::_STEP, ::_STEP], 95) < DARK:
        return Hint.MORE_LIGHT
    if not unreadable:
        return None
    largest = max(glimpse.module for glimpse in unreadable)
    return Hint.CLOSER if largest < SMALL_MODULE else Hint.HOLD_STILL
