"""A camera's frame: the codes, or what would help."""

import numpy as np
import pictures
import pytest
from statusqr_schema import ImageRefused

from statusqr_verifier.frames import FrameReading, Hint, read_frame

Frame = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def shown(scale: int = 6) -> Frame:
    """A 720p frame in colour with a code in it."""
    return framed(pictures.code("R01", scale))


def framed(code: pictures.Grey) -> Frame:
    grey = np.full((720, 1280), 150, np.uint8)
    grey[100 : 100 + code.shape[0], 300 : 300 + code.shape[1]] = code
    return np.stack([grey] * 3, axis=2)


def test_a_code_that_is_shown() -> None:
    expected = FrameReading((pictures.text("R01"),), None)
    assert read_frame(shown()) == read_frame(shown()[..., 0]) == expected
    print(pictures.text("R01"))
