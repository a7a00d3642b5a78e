"""The degraded frames: the same in every run, each class as it is called, slight ones readable."""

from functools import cache

import numpy as np
import pytest
from bench.reading import frames
from bench.reading.classes import CLASSES, HARD, How
from bench.reading.codes import LEVELS, code
from bench.reading.contestants import CASCADE, FRAME, Seen, look
from bench.reading.frames import Name
from bench.reading.sheet import Pixels

from statusqr_verifier import engines, read_codes
from statusqr_verifier.frames import FrameReading, read_frame

SMALL = 0  # a number whose frame has 640 × 480 pixels


@cache
def drawn(kind: str, number: int = SMALL, severity: float | None = None) -> Pixels:
    return frames.draw(Name(kind, number), severity)


@pytest.mark.parametrize("kind", CLASSES)
def test_a_seed_gives_one_frame_and_another_seed_another(kind: str) -> None:
    again = frames.draw(Name(kind, SMALL))
    assert np.array_equal(again, drawn(kind))
    if kind != "12 MP photo":  # it takes its time, and its number is drawn like those of the others
        assert not np.array_equal(frames.draw(Name(kind, SMALL, seed=1)), again)


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if kind != "clean"])
def test_each_class_differs_from_a_clean_frame_of_the_same_chance(kind: str) -> None:
    def with_same_chance(kind: str) -> Pixels:
        chance = np.random.default_rng(653)
        return CLASSES[kind](How(1.0, False, code(0), (640, 480), SMALL, chance))

    clean, changed = with_same_chance("clean"), with_same_chance(kind)
    if clean.shape == changed.shape:
        assert np.abs(clean.astype(int) - changed).mean() > 0.5
    else:
        assert kind in ("screenshot", "scan", "12 MP photo")


@pytest.mark.parametrize("kind", CLASSES)
def test_the_slightest_of_each_class_is_read(kind: str) -> None:
    assert read_codes(drawn(kind, SMALL, 0.0)) == [Name(kind, SMALL).code.text]


def test_the_set_holds_what_it_should() -> None:
    normal, hard = list(frames.names(hard=False)), list(frames.names(hard=True))
    assert len(normal) == 22 * frames.COUNT + 12
    assert len(hard) == 17 * frames.COUNT
    assert {name.kind for name in hard} == set(HARD) < {name.kind for name in normal}
    for kind in HARD:
        for some, least, most in ((normal, 0.0, 1.0), (hard, 0.6, 1.5)):
            severities = [name.severity for name in some if name.kind == kind]
            assert (min(severities), max(severities)) == (least, most)
            assert len(set(severities)) == frames.COUNT
        assert {name.size for name in normal if name.kind == kind} == set(frames.SIZES)
    assert {name.code.level for name in normal} == {*LEVELS, "Q"}


def test_the_codes_are_credentials_at_each_level() -> None:
    as_issued, low, high = (code(number) for number in range(3))
    assert as_issued.text == low.text == high.text
    assert as_issued.text.isdecimal()
    assert (as_issued.level, low.level, high.level) == LEVELS
    assert low.side <= as_issued.side <= high.side
    assert code(3).text != as_issued.text


def test_empty_frames_are_read_as_empty() -> None:
    for number in range(12):
        assert read_frame(frames.empty(number)) == FrameReading(())
    assert np.array_equal(frames.empty(1), frames.empty(1))


def test_a_camera_that_sees_a_code_reads_more_than_one_pass_does() -> None:
    names = [
        Name(kind, number) for kind in ("cracked screen", "defocus") for number in range(0, 18)
    ]
    pictures = [(frames.draw(name), name.code.text) for name in names if name.size == (640, 480)]
    alone = [engines.zxing(picture).texts == (text,) for picture, text in pictures]
    tried = [read_frame(picture).texts == (text,) for picture, text in pictures]
    assert sum(tried) > sum(alone)
    assert all(after for before, after in zip(alone, tried, strict=True) if before)


@cache
def sample() -> list[Seen]:
    """One small frame of each class in both sets."""
    kinds = [(kind, False) for kind in CLASSES if kind != "12 MP photo"]
    kinds += [(kind, True) for kind in HARD]
    names = [Name(kind, 3, hard) for kind, hard in kinds]
    return [look(name.kind, frames.draw(name), name.code.text, repeats=1) for name in names]


def test_no_text_is_read_that_is_not_there() -> None:
    assert sum(one.wrong(reader) for one in sample() for reader in (CASCADE, FRAME)) == 0


def test_the_cascade_reads_nearly_all_that_anything_reads() -> None:
    normal, hard = sample()[: len(CLASSES) - 1], sample()[len(CLASSES) - 1 :]
    assert sum(one.read(CASCADE) for one in normal) >= len(normal) - 1
    reachable = sum(one.reachable for one in hard)
    assert len(hard) / 2 < reachable <= sum(one.read(CASCADE) for one in hard) + 1
