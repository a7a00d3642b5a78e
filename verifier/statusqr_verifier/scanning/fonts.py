"""A font with Cyrillic, and text broken into lines.

PT Sans where its package is installed (the extras `issuer` and `server`), else DejaVu Sans, which
Debian has in fonts-dejavu-core. The font inside Pillow has no Cyrillic.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageFont

from statusqr_schema import StatusQRError


class FontMissing(StatusQRError):
    """No font with Cyrillic is installed here."""

    code = "FONT"

    def __init__(self) -> None:
        super().__init__(
            "нет шрифта с кириллицей: установите пакет Debian fonts-dejavu-core "
            "или выберите --no-window"
        )


@dataclass(frozen=True, slots=True)
class Faces:
    """The files of one family, or names that Pillow finds among the fonts of the system."""

    regular: str
    bold: str


_DEJAVU = Faces("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")


@cache
def faces() -> Faces:
    """The family to write with, or FontMissing."""
    for family in (_pt_sans(), _DEJAVU):
        try:
            if family:
                ImageFont.truetype(family.regular, 10)
                ImageFont.truetype(family.bold, 10)
                return family
        except OSError:
            continue
    raise FontMissing


def _pt_sans() -> Faces | None:
    try:
        folder = Path(str(files("fontpkg_pt_sans"))) / "files"
    except ImportError:
        return None
    return Faces(str(folder / "PT_Sans-Web-Regular.ttf"), str(folder / "PT_Sans-Web-Bold.ttf"))


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels."""
    family = faces()
    return ImageFont.truetype(family.bold if bold else family.regular, size)


def line_height(face: ImageFont.FreeTypeFont) -> int:
    """Pixels from one line to the next."""
    ascent, descent = face.getmetrics()
    return ascent + descent


def wrap(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The lines of `text`, none wider than `width` pixels; broken at spaces, else anywhere.

    A no-break space keeps what is around it together.
    """
    lines: list[str] = []
    line = ""
    for word in re.split("[ \n]+", text):
        longer = f"{line} {word}" if line else word
        if face.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, face, width)
        lines += full
    return [*lines, line] if line else lines


def _broken(word: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """A word cut where it does not fit; one character at least stands in each part."""
    parts = [""]
    for character in word:
        if parts[-1] and face.getlength(parts[-1] + character) > width:
            parts.append("")
        parts[-1] += character
    return parts
