"""What is photographed: a certificate of running text with a code on it, and the empty desk.

A sheet is a grey picture seen from straight above, 255 blank paper and 0 ink.
"""

from dataclasses import dataclass, replace

import cv2
import fontpkg_pt_sans
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from bench.reading.codes import Code

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Chance = np.random.Generator
Size = tuple[int, int]  # width and height, pixels

QUIET_ZONE = 4
FONT = next(path for path in sorted(fontpkg_pt_sans.ROOT.rglob("*.ttf")) if "Regular" in path.name)
WORDS = """
настоящее подтверждение выдано органом социальной защиты населения области семья многодетная статус
действует до представитель адрес серия номер дата рождения отдел печать подпись категория льгота
указ постановление CERTIFICATE VALID UNTIL FAMILY NUMBER
"""


@dataclass(frozen=True)
class Sheet:
    """A flat picture, the corners of the code on it (from the upper left, clockwise), its side."""

    pixels: Pixels
    corners: Floats
    modules: int

    @property
    def module(self) -> float:
        """The side of a module, pixels of the sheet."""
        return float(np.linalg.norm(self.corners[1] - self.corners[0])) / self.modules

    @property
    def centre(self) -> Floats:
        """The middle of the code."""
        return np.asarray(self.corners.mean(axis=0), np.float32)

    def with_(self, pixels: npt.NDArray[np.generic]) -> "Sheet":
        """The same sheet looking otherwise."""
        return replace(self, pixels=whole(pixels))

    def from_centre(self) -> tuple[Floats, Floats]:
        """How far right of the code's centre each column lies, and how far below each row."""
        height, width = self.pixels.shape
        columns = np.arange(width, dtype=np.float32) - self.centre[0]
        rows = np.arange(height, dtype=np.float32) - self.centre[1]
        across, along = np.meshgrid(columns, rows)
        return across, along


def whole(values: npt.NDArray[np.generic]) -> Pixels:
    """As bytes, rounded; what is too dark or too bright is cut off."""
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def certificate(
    chance: Chance, code: Code, module: int, *, share: float = 0.36, with_code: bool = True
) -> Sheet:
    """A page of text around a code that takes `share` of its width; `module` pixels a module."""
    side = code.side * module
    width = round(side / share)
    height = round(width * 2**0.5)
    image = Image.new("L", (width, height), 255)
    _write_text(ImageDraw.Draw(image), chance, width, height)
    aside = 0.58 if share < 0.4 and chance.random() < 0.5 else (1 - share) / 2
    left = round(width * aside)
    top = min(round(height * 0.42), height - side - (QUIET_ZONE + 1) * module)
    pixels = np.array(image)
    if with_code:
        margin = QUIET_ZONE * module
        pixels[top - margin : top + side + margin, max(0, left - margin) : left + side + margin] = (
            255
        )
        cells = np.where(code.modules, 0, 255).astype(np.uint8)
        pixels[top : top + side, left : left + side] = cells.repeat(module, 0).repeat(module, 1)
    right, bottom = left + side, top + side
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    return Sheet(pixels, corners, code.side)


def _write_text(draw: ImageDraw.ImageDraw, chance: Chance, width: int, height: int) -> None:
    size = max(8, width // 46)
    usual, title = (ImageFont.truetype(FONT, points) for points in (size, size * 2))
    draw.text((width * 0.1, height * 0.05), f"СПРАВКА № {chance.integers(10**6)}", 0, title)
    for line in np.arange(height * 0.05 + size * 4, height * 0.95, size * 1.7):
        words = " ".join(chance.choice(WORDS.split(), 10))[: chance.integers(28, 64)]
        draw.text((width * 0.08, line), words, int(chance.integers(0, 90)), usual)
    frame = (width * 0.04, height * 0.02, width * 0.96, height * 0.98)
    draw.rectangle(frame, outline=60, width=max(1, size // 8))
    seal = (width * 0.1, height * 0.75, width * 0.3, height * 0.75 + width * 0.2)
    draw.ellipse(seal, outline=90, width=max(2, size // 6))


def desk(chance: Chance, size: Size) -> Floats:
    """What lies behind: a surface with a grain under slanting light, and a few things on it."""
    width, height = size
    slope = chance.uniform(-60, 60, 2).astype(np.float32)
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :]
    along = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    coarse = chance.normal(0, 14, (height // 24 + 2, width // 6 + 2)).astype(np.float32)
    grain = np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC))
    surface = np.float32(chance.uniform(30, 170)) + slope[0] * across + slope[1] * along + grain
    for _ in range(chance.integers(3, 9)):
        place, extent = chance.uniform(-0.1, 0.8, 2), chance.uniform(0, 0.35, (4, 2))
        outline = cv2.convexHull(((place + extent) * size).astype(np.int32))
        cv2.fillConvexPoly(surface, outline, (float(chance.uniform(10, 230)),))
    return np.asarray(np.clip(surface, 0, 255), np.float32)
