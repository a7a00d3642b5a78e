"""The shapes that tell the verdicts apart without colour, and the mark that moves.

Each is a mask: 255 where there is ink. They are drawn large and made small, for smooth edges.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from PIL import Image, ImageDraw

from ..card import Look

_FINER = 4  # so much larger are masks drawn
_STROKE = 0.075  # of the side
_TURN = 2.0  # seconds in which the mark goes round

Point: TypeAlias = tuple[float, float]  # of the side, 0 to 1
Pen: TypeAlias = Callable[[Sequence[Point]], None]


def shape(look: Look, side: int) -> Image.Image:
    """The shape of a look, `side` pixels square."""
    return _mask(side, _STROKE, _SHAPES[look])


def moving_mark(seconds: float, side: int) -> Image.Image:
    """A ring with a dot that goes round it once in two seconds."""
    angle = math.tau * (seconds % _TURN) / _TURN
    middle = (0.5 + 0.36 * math.sin(angle), 0.5 - 0.36 * math.cos(angle))

    def draw(pen: Pen) -> None:
        pen(_polygon(60, 0.36, 0))
        for radius in (0.12, 0.08, 0.04):
            pen(_polygon(16, radius, 0, middle))

    return _mask(side, 0.08, draw)


def _mask(side: int, stroke: float, draw_on: Callable[[Pen], None]) -> Image.Image:
    fine = side * _FINER
    image = Image.new("L", (fine, fine), 0)
    canvas = ImageDraw.Draw(image)
    width = max(round(stroke * fine), 1)

    def pen(points: Sequence[Point]) -> None:
        """A line with round ends and corners."""
        path = [(x * fine, y * fine) for x, y in points]
        canvas.line(path, fill=255, width=width)
        for x, y in path:
            half = width / 2
            canvas.ellipse((x - half, y - half, x + half, y + half), fill=255)

    draw_on(pen)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def _polygon(corners: int, radius: float, first: float, middle: Point = (0.5, 0.5)) -> list[Point]:
    """A closed regular polygon; `first` is the angle of a corner, in turns from the top."""
    x, y = middle
    angles = [math.tau * (first + number / corners) for number in range(corners + 1)]
    return [(x + radius * math.sin(angle), y - radius * math.cos(angle)) for angle in angles]


def _valid(pen: Pen) -> None:
    pen(_polygon(120, 0.46, 0))
    pen([(0.28, 0.52), (0.44, 0.68), (0.73, 0.35)])


def _elsewhere(pen: Pen) -> None:
    pen(_polygon(120, 0.46, 0))
    pen([(0.27, 0.5), (0.73, 0.5)])
    pen([(0.54, 0.31), (0.73, 0.5), (0.54, 0.69)])


def _invalid(pen: Pen) -> None:
    pen(_polygon(8, 0.48, 1 / 16))
    pen([(0.34, 0.34), (0.66, 0.66)])
    pen([(0.34, 0.66), (0.66, 0.34)])


def _undetermined(pen: Pen) -> None:
    pen([(0.5, 0.06), (0.955, 0.9), (0.045, 0.9), (0.5, 0.06)])
    hook = [math.tau * turn / 48 for turn in range(-12, 19)]  # from the left over the top
    pen([(0.5 + 0.09 * math.sin(a), 0.49 - 0.09 * math.cos(a)) for a in hook] + [(0.5, 0.65)])
    pen([(0.5, 0.775), (0.5, 0.776)])


def _foreign(pen: Pen) -> None:
    for corner in range(4):
        for dash in range(3):
            start, end = 0.08 + 0.3 * dash, 0.24 + 0.3 * dash
            side = [(start, 0.08), (end, 0.08)]
            for _ in range(corner):
                side = [(1 - y, x) for x, y in side]
            pen(side)


_SHAPES: Mapping[Look, Callable[[Pen], None]] = {
    Look.VALID: _valid,
    Look.ELSEWHERE: _elsewhere,
    Look.INVALID: _invalid,
    Look.UNDETERMINED: _undetermined,
    Look.FOREIGN: _foreign,
}
