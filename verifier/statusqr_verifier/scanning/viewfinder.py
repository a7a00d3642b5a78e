"""The picture while no card stands: what the camera sees, what would help, what was no code."""

from typing import TypeAlias

import cv2
import numpy as np
from PIL import Image, ImageDraw

from .events import Frame
from .fonts import font, line_height, wrap
from .picture import Colour, Size

_Canvas: TypeAlias = ImageDraw.ImageDraw

_GROUND: Colour = (16, 20, 24)
_BAND: Colour = (0, 0, 0)
_INK: Colour = (255, 255, 255)
_QUIET: Colour = (70, 76, 82)  # the grey line of codes that are not ours
_CORNERS = 0.62  # of the shorter side: how large the square is in which a code reads best


def live_picture(frame: Frame | None, said: str, aside: str, size: Size) -> Frame:
    """The camera's picture with `said` in large letters, and `aside` in a grey line at the foot.

    BGR, height × width × 3; `frame` may be grey, BGR or None where there is no camera.
    """
    width, height = size
    picture = Image.new("RGB", (width, height), _GROUND)
    canvas = ImageDraw.Draw(picture)
    floor = _line_at_foot(canvas, aside, picture.size) if aside else height
    top = _band(canvas, said, width, floor)
    if frame is not None:
        shown = _fitted(frame, (width, top))
        picture.paste(shown, ((width - shown.width) // 2, (top - shown.height) // 2))
        _corners(canvas, (width / 2, top / 2), min(width, top) * _CORNERS / 2)
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def banner(text: str, size: Size) -> Frame:
    """One line of text on grey, as large as fits."""
    width, height = size
    picture = Image.new("RGB", size, _QUIET)
    face = font(max(round(height * 0.6), 8))
    while face.size > 8 and face.getlength(text) > width * 0.96:
        face = font(round(face.size * 0.9))
    middle = (width / 2, height / 2)
    ImageDraw.Draw(picture).text(middle, text, _INK, font=face, anchor="mm")
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def _fitted(frame: Frame, room: Size) -> Image.Image:
    """The frame as large as fits, in its own proportions."""
    height, width = frame.shape[:2]
    scale = min(room[0] / width, room[1] / height)
    size = max(int(width * scale), 1), max(int(height * scale), 1)
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    fitted = np.asarray(cv2.resize(frame, size, interpolation=kind), np.uint8)
    coloured = fitted[:, :, 2::-1] if fitted.ndim == 3 else np.stack([fitted] * 3, axis=-1)
    return Image.fromarray(np.ascontiguousarray(coloured))


def _band(canvas: _Canvas, text: str, width: int, floor: int) -> int:
    """Large letters on black above `floor`; the y where the band begins."""
    face = font(max(round(min(width / 18, floor / 11)), 14), bold=True)
    lines = wrap(text, face, width - line_height(face))
    top = floor - round(line_height(face) * (len(lines) + 0.5))
    canvas.rectangle((0, top, width, floor), _BAND)
    for number, line in enumerate(lines):
        y = top + line_height(face) * (number + 0.25)
        canvas.text((width / 2, y), line, _INK, font=face, anchor="ma")
    return top


def _line_at_foot(canvas: _Canvas, text: str, size: Size) -> int:
    width, height = size
    face = font(max(round(height / 32), 13))
    lines = wrap(text, face, width - 4 * line_height(face))
    top = height - round(line_height(face) * (len(lines) + 0.6))
    canvas.rectangle((0, top, width, height), _QUIET)
    for number, line in enumerate(lines):
        y = top + line_height(face) * (number + 0.3)
        canvas.text((line_height(face), y), line, _INK, font=face)
    return top


def _corners(canvas: _Canvas, middle: tuple[float, float], half: float) -> None:
    """Four corners of the square in which the code should be."""
    arm, width = half / 3, max(round(half / 40), 2)
    for right in (-1, 1):
        for down in (-1, 1):
            x, y = middle[0] + right * half, middle[1] + down * half
            path = [(x, y - down * arm), (x, y), (x - right * arm, y)]
            canvas.line(path, fill=_INK, width=width, joint="curve")
