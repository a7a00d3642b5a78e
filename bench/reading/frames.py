"""The frames of the bench: which there are, and each of them by its name and number.

The same seed gives the same frames. Severity goes up within a class in even steps, in an order of
its own, so that it does not go with the size of the frame or the level of the code.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.reading import light
from bench.reading.camera import Pose, photograph
from bench.reading.classes import CLASSES, HARD, How
from bench.reading.codes import Code, code
from bench.reading.sheet import Pixels, Size, certificate, desk

SIZES: tuple[Size, ...] = ((640, 480), (1280, 720), (1920, 1080))
SEED = 653
COUNT = 18  # frames of a class; a multiple of the sizes times two levels
EMPTY = 30
HARDEST, LEAST_HARD = 1.5, 0.6


@dataclass(frozen=True)
class Name:
    """One frame of the bench."""

    kind: str
    number: int
    hard: bool = False
    seed: int = SEED
    count: int = COUNT

    @property
    def severity(self) -> float:
        """0..1, or 0.6..1.5 in the hard set."""
        order = np.random.default_rng((self.seed, 99, self._kind)).permutation(self.count)
        step = float(order[self.number % self.count]) / max(self.count - 1, 1)
        return LEAST_HARD + (HARDEST - LEAST_HARD) * step if self.hard else step

    @property
    def size(self) -> Size:
        """Of the frame, where its class does not set its own."""
        return SIZES[self.number % len(SIZES)]

    @property
    def code(self) -> Code:
        """The code that is shown: each class has codes and levels in another order."""
        return code(self.number // len(SIZES) + 7 * self._kind)

    def chance(self) -> np.random.Generator:
        """A source of chance for this frame alone."""
        return np.random.default_rng((self.seed, self.hard, self._kind, self.number))

    @property
    def _kind(self) -> int:
        return list(CLASSES).index(self.kind)


def draw(name: Name, severity: float | None = None) -> Pixels:
    """The frame, in grey."""
    how = How(
        name.severity if severity is None else severity,
        name.hard,
        name.code,
        name.size,
        name.number,
        name.chance(),
    )
    return CLASSES[name.kind](how)


def names(*, hard: bool, seed: int = SEED, count: int = COUNT) -> Iterator[Name]:
    """All frames of a set; of the large photos two thirds as many."""
    for kind in HARD if hard else CLASSES:
        some = count * 2 // 3 if kind == "12 MP photo" else count
        for number in range(some):
            yield Name(kind, number, hard, seed, count)


def empty(number: int, seed: int = SEED) -> Pixels:
    """A frame without a code: a desk, or by turns a page of text on it."""
    chance = np.random.default_rng((seed, 777, number))
    size = SIZES[number // 2 % len(SIZES)]
    frame = desk(chance, size)
    if number % 2:
        page = certificate(chance, code(number), 8, with_code=False)
        aside = (chance.uniform(-0.06, 0.06), chance.uniform(-0.06, 0.06))
        turned = chance.uniform(0, 360), chance.uniform(-15, 15)
        pose = Pose(chance.uniform(3, 6), chance.uniform(0, 30), *turned, aside)
        view = photograph(page, pose, size)
        paper = 30 + view.sheet * np.float32(190 / 255)
        frame = paper * view.cover + frame * (1 - view.cover)
    grained = light.grained(light.soft(frame, 0.6), chance, chance.uniform(2, 10))
    return light.jpeg(grained, 85)
