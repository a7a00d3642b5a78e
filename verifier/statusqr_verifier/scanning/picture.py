"""A card as a picture for a window: colours, shape, word, running clock and a mark that moves.

Pure: a card, a size and a moment give the same points. What stands still is drawn once.
"""

from datetime import datetime
from typing import TypeAlias

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from ..card import Card
from ..words import Language
from .events import Frame
from .fonts import font, line_height, wrap
from .layout import Column, card_column
from .sayings import Saying, words_for
from .shapes import moving_mark, shape

Size: TypeAlias = tuple[int, int]  # width and height in pixels
Colour: TypeAlias = tuple[int, int, int]  # red, green, blue

LEAST: Size = (200, 200)  # a smaller picture would hold no words
_WIDE, _TALL = (1280, 720), (600, 900)  # scale 1
_WIDER = 1.2  # than high: shape and text stand beside each other
_LEAST_SCALE = 0.62  # of text: a small window is looked at from nearer


class CardPicture:
    """The picture of one card. Cards of the look FOREIGN have none: see `viewfinder`."""

    def __init__(self, card: Card, size: Size, language: Language) -> None:
        self._ink = _colour(card.look.ink)
        self._ground = _colour(card.look.ground)
        self._box = 0.14 if sum(self._ink) else 0.08  # black shows through more than white
        width, height = size
        self._is_wide = width > _WIDER * height
        whole = _WIDE if self._is_wide else _TALL
        self._scale = max(min(width / whole[0], height / whole[1]), _LEAST_SCALE)
        self._margin = round(min(width, height) / 18)
        self._image = Image.new("RGB", (width, height), self._ground)
        self._canvas = ImageDraw.Draw(self._image)
        self._bar = round(54 * self._scale)  # the height of the clock's line
        floor = self._foot(card)
        self._body(card, floor, words_for(Saying.FAMILY, language))
        self._still = np.asarray(self._image)[:, :, ::-1]

    def at(self, moment: datetime) -> Frame:
        """The picture at a moment: BGR, height × width × 3. The clock shows its own time zone."""
        clock = self._clock(moment)
        frame = self._still.copy()
        top = self._margin // 2
        right = frame.shape[1] - self._margin
        frame[top : top + clock.shape[0], right - clock.shape[1] : right] = clock
        return frame

    def _clock(self, moment: datetime) -> Frame:
        face = font(round(30 * self._scale), bold=True)
        text = f"{moment:%H:%M:%S}"
        # As wide as the widest digits, so that nothing jumps from second to second.
        text_width = int(max(face.getlength(f"{digit}" * 6 + "::") for digit in range(10))) + 1
        mark = moving_mark(moment.timestamp(), self._bar)
        image = Image.new("RGB", (self._bar + text_width + self._bar // 8, self._bar), self._ground)
        image.paste(self._ink, (0, 0), mark)
        ImageDraw.Draw(image).text(
            (image.width, self._bar // 2), text, self._ink, font=face, anchor="rm"
        )
        return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])

    def _body(self, card: Card, floor: int, family: str) -> None:
        """Shape and text: beside each other in a wide picture, else one below the other."""
        width, margin = self._image.width, self._margin
        top = margin // 2 + self._bar
        room = floor - top - margin // 2
        if self._is_wide:
            side = round(min(0.24 * width, 0.5 * self._image.height))
            left = margin * 2 + side
            column = card_column(card, family, left, width - left - margin, room, self._scale)
            above = top + (room - column.height) // 2
            self._shape(card, (margin, top + (room - side) // 2), side)
        else:
            side = round(min(0.28 * width, 0.22 * self._image.height))
            top -= self._bar // 2  # the clock is on the other side
            room += self._bar // 2 - side - margin // 2
            column = card_column(card, family, margin, width - 2 * margin, room, self._scale)
            above = top + side + margin // 2
            self._shape(card, (margin, top), side)
        self._text(column, above)

    def _shape(self, card: Card, at: tuple[int, int], side: int) -> None:
        self._image.paste(self._ink, at, shape(card.look, side))

    def _text(self, column: Column, above: int) -> None:
        if column.box:
            top, bottom = column.box
            area = (column.left, above + top, column.left + column.width, above + bottom)
            self._canvas.rounded_rectangle(area, round(14 * column.scale), self._mixed(self._box))
        for line in column.lines:
            ink = self._mixed(0.88) if line.faint else self._ink
            self._canvas.text((line.x, above + line.y), line.text, ink, font=line.face)

    def _foot(self, card: Card) -> int:
        """What the check is worth, and the code for the support desk; the y where it begins."""
        margin, width = self._margin, self._image.width
        face, bold = font(round(17 * self._scale)), font(round(20 * self._scale), bold=True)
        for_code = round(bold.getlength(card.code)) + margin if card.code else 0
        lines = wrap(card.foot, face, width - 2 * margin - for_code)
        bottom = self._image.height - margin // 2
        top = bottom - len(lines) * line_height(face)
        for number, line in enumerate(lines):
            at = (margin, top + number * line_height(face))
            self._canvas.text(at, line, self._ink, font=face)
        self._canvas.text((width - margin, bottom), card.code, self._ink, font=bold, anchor="rb")
        rule = top - margin // 3
        self._canvas.line((margin, rule, width - margin, rule), self._mixed(0.4))
        return rule

    def _mixed(self, share: float) -> Colour:
        """A share of ink on the ground."""
        pairs = zip(self._ink, self._ground, strict=True)
        red, green, blue = (round(share * ink + (1 - share) * ground) for ink, ground in pairs)
        return red, green, blue


def _colour(text: str) -> Colour:
    red, green, blue = ImageColor.getrgb(text)[:3]
    return red, green, blue
