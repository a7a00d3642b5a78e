"""A camera's frame: the codes in it, or what would help."""

import cv2
import numpy as np
import numpy.typing as npt
import pictures
import pytest

from statusqr_schema import ImageRefused
from statusqr_verifier.frames import FrameReading, Hint, read_frame

Frame = npt.NDArray[np.uint8]
R01 = FrameReading((pictures.text("R01"),))


def framed(code: Frame, light: float = 1.0) -> Frame:
    """A 720p frame in colour with a code on a grey desk."""
    grey = np.full((720, 1280), 150, np.uint8)
    grey[100 : 100 + code.shape[0], 300 : 300 + code.shape[1]] = code
    return np.repeat((grey * light).astype(np.uint8)[:, :, None], 3, axis=2)


def beyond_repair() -> Frame:
    """Near and sharp, but a fifth of it is not there."""
    code = pictures.code("R01").copy()
    middle = code.shape[0] // 2
    code[middle - 130 : middle + 130, middle - 130 : middle + 130] = 255
    return code


def far_away() -> Frame:
    """The same from afar: modules of 1.8 pixels."""
    small = cv2.resize(beyond_repair(), None, fx=0.225, fy=0.225, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def test_a_code_is_read_from_grey_and_from_colours() -> None:
    shown = framed(pictures.code("R01", 6))
    assert read_frame(shown) == read_frame(np.ascontiguousarray(shown[:, :, 0])) == R01


def test_two_codes_in_view_and_each_once() -> None:
    scene = pictures.scene("R01", "R08", "R01", scale=4)
    found = read_frame(scene)
    assert sorted(found.texts) == sorted({pictures.text("R01"), pictures.text("R08")})
    assert found.hint is None


def test_a_code_too_small_to_read_says_come_closer() -> None:
    assert read_frame(framed(far_away())) == FrameReading((), Hint.CLOSER)


def test_a_code_that_is_large_and_not_read_says_hold_still() -> None:
    assert read_frame(framed(beyond_repair())) == FrameReading((), Hint.HOLD_STILL)


@pytest.mark.parametrize("brightness", [0, 20, 50])
def test_a_dark_frame_asks_for_light(brightness: int) -> None:
    dark = np.full((720, 1280, 3), brightness, np.uint8)
    assert read_frame(dark) == FrameReading((), Hint.MORE_LIGHT)


def test_a_code_in_the_dark_asks_for_light_only_where_it_is_not_read() -> None:
    assert read_frame(framed(pictures.code("R01", 6), light=0.15)) == R01
    found = read_frame(framed(beyond_repair(), light=0.15))
    assert found == FrameReading((), Hint.MORE_LIGHT)


def test_nothing_in_a_bright_frame_says_nothing() -> None:
    noise = np.random.default_rng(653).integers(0, 256, (720, 1280, 3), dtype=np.uint8)
    for frame in (noise, np.full((720, 1280), 127, np.uint8), np.zeros((8, 8), np.uint8)):
        assert read_frame(frame) == FrameReading(())


@pytest.mark.parametrize("frame", [np.zeros((10, 10, 2), np.uint8), np.zeros((30, 0), np.uint8)])
def test_what_is_no_frame_is_refused(frame: Frame) -> None:
    with pytest.raises(ImageRefused, match="кадр"):
        read_frame(frame)


def test_the_words_of_hints_are_stable() -> None:
    """They are part of what a server answers to a browser."""
    assert [hint.value for hint in Hint] == ["closer", "still", "light"]
