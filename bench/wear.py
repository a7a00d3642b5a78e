"""What happens to a sheet of paper before and while it is scanned, in millimetres of the sheet.

Each takes a page as a scanner without faults would give it (grey, 255 is blank paper) and a source
of chance, and gives the page as it is then scanned. The same seed gives the same page, and the same
fault has the same size on paper at every resolution.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import hypot

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Chance = np.random.Generator

ANGLES = (-12.0, -3.0, -0.6, 0.4, 1.5, 5.0, 20.0, 45.0, 90.0, 180.0, 270.0)


@dataclass(frozen=True)
class Sheet:
    """A scanned page, its resolution, and where on it the code is."""

    pixels: Pixels
    dpi: int
    code: tuple[float, float]  # its centre from the upper left corner, millimetres
    code_mm: float  # its side without the quiet zone

    @property
    def scale(self) -> float:
        """Pixels in a millimetre."""
        return self.dpi / 25.4

    def across(self) -> npt.NDArray[np.float32]:
        """How far to the right of the code's centre each column lies, millimetres; one row."""
        columns = np.arange(self.pixels.shape[1], dtype=np.float32)
        return (columns / np.float32(self.scale) - np.float32(self.code[0]))[None, :]

    def along(self) -> npt.NDArray[np.float32]:
        """How far below the code's centre each row lies, millimetres; one column."""
        rows = np.arange(self.pixels.shape[0], dtype=np.float32)
        return (rows / np.float32(self.scale) - np.float32(self.code[1]))[:, None]


def clean(sheet: Sheet, chance: Chance) -> Pixels:
    """As it was printed."""
    return sheet.pixels


def grey(sheet: Sheet, chance: Chance) -> Pixels:
    """A printer low on toner, recycled paper: ink 95 to 125, paper 160 to 190, and its grain."""
    ink, paper = chance.uniform(95, 125), chance.uniform(160, 190)
    tone = np.linspace(ink, paper, 256, dtype=np.float32)[sheet.pixels]
    grain = chance.standard_normal(sheet.pixels.shape, dtype=np.float32) * np.float32(4)
    return _whole(tone + grain)


def rotated(sheet: Sheet, chance: Chance) -> Pixels:
    """Laid askew by one of the ANGLES, up to a fifth of a degree more or less, or turned."""
    degrees = chance.choice(ANGLES)
    degrees += chance.uniform(-0.2, 0.2) if degrees % 90 else 0
    height, width = sheet.pixels.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = round(height * sin + width * cos), round(height * cos + width * sin)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    turned = cv2.warpAffine(sheet.pixels, matrix, size, flags=cv2.INTER_LINEAR, borderValue=255.0)
    return np.asarray(turned, np.uint8)


def noisy(sheet: Sheet, chance: Chance) -> Pixels:
    """Black or white specks in the place of 5 % of the pixels."""
    drawn = chance.random(sheet.pixels.shape, dtype=np.float32)
    result = sheet.pixels.copy()
    result[drawn < 0.025] = 0
    result[drawn > 0.975] = 255
    return result


def folded(sheet: Sheet, chance: Chance) -> Pixels:
    """Folded in four through the code: behind a crease the paper is shifted, bent and shaded."""
    shade = np.ones(sheet.pixels.shape, np.float32)
    across, along = sheet.across(), sheet.along()
    moved = [np.zeros_like(shade), np.zeros_like(shade)]
    for axis, distance in enumerate((across, along)):
        crease = chance.uniform(-0.3, 0.3) * sheet.code_mm
        slope = np.float32(np.tan(np.radians(chance.uniform(-2, 2))))
        beyond = distance - np.float32(crease) - slope * (along if axis == 0 else across)
        slipped = np.float32(chance.choice((-1, 1)) * chance.uniform(0.1, 0.3))
        bent = np.float32(chance.uniform(0.0, 0.015))
        moved[axis] += (beyond > 0) * (slipped + bent * beyond)
        darker = np.float32(chance.uniform(0.06, 0.16))
        shade *= 1 - darker * (beyond > 0) - np.float32(0.4) * np.exp(-((beyond / 0.25) ** 2))
    columns = np.arange(sheet.pixels.shape[1], dtype=np.float32)[None, :]
    rows = np.arange(sheet.pixels.shape[0], dtype=np.float32)[:, None]
    scale = np.float32(sheet.scale)
    bent_page = cv2.remap(
        sheet.pixels,
        columns + moved[0] * scale,
        rows + moved[1] * scale,
        cv2.INTER_LINEAR,
        borderValue=255.0,
    )
    return _whole(np.asarray(bent_page, np.float32) * shade)


def stained(sheet: Sheet, chance: Chance) -> Pixels:
    """The ring of a coffee cup, 70 to 85 mm wide, that runs over the code; and a drop on it."""
    radius, breadth = chance.uniform(35, 42), chance.uniform(1.5, 3.5)
    angle = chance.uniform(0, 2 * np.pi)
    aside = radius + chance.uniform(-0.3, 0.3) * sheet.code_mm  # of the cup from the code
    x = sheet.across() - np.float32(aside * np.cos(angle))
    y = sheet.along() - np.float32(aside * np.sin(angle))
    from_rim = np.abs(np.hypot(x, y) - np.float32(radius))
    ring = np.clip(1 - from_rim / np.float32(breadth), 0, 1) ** np.float32(0.5)
    place = chance.uniform(-0.4, 0.4, 2) * sheet.code_mm
    size = chance.uniform(1.0, 2.5)
    drop = np.hypot(sheet.across() - place[0], sheet.along() - place[1]) < size
    coffee = np.maximum(ring, drop.astype(np.float32))
    through = 1 - np.float32(chance.uniform(0.35, 0.6)) * coffee
    return _whole(sheet.pixels * through)


CONDITIONS: Mapping[str, Callable[[Sheet, Chance], Pixels]] = {
    "clean": clean,
    "grey print on greyish paper": grey,
    "rotated": rotated,
    "5 % noise": noisy,
    "folded through the code": folded,
    "coffee ring over the code": stained,
}


def centre_and_side(
    corners: list[tuple[float, float]], dpi: int
) -> tuple[tuple[float, float], float]:
    """Of a code whose corners a reader gave in pixels, in millimetres."""
    x = sum(corner[0] for corner in corners) / 4
    y = sum(corner[1] for corner in corners) / 4
    (left, top), (right, other) = corners[:2]
    return (x * 25.4 / dpi, y * 25.4 / dpi), hypot(right - left, other - top) * 25.4 / dpi


def _whole(values: npt.NDArray[np.floating]) -> Pixels:
    return np.asarray(np.clip(np.rint(values), 0, 255), dtype=np.uint8)
