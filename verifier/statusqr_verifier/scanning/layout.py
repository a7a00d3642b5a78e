"""Where the lines of a card stand: a column of text that is made smaller until it fits."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import ImageFont

from ..card import Card
from .fonts import font, line_height, wrap

_SMALLEST = 11  # pixels; smaller letters nobody reads


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text with its upper left corner. `faint` is for labels."""

    x: int
    y: int
    text: str
    face: ImageFont.FreeTypeFont
    faint: bool = False


@dataclass(slots=True)
class Column:
    """Text from top to bottom; `box` is the ground under the person: top and bottom."""

    left: int
    width: int
    scale: float
    lines: list[Line] = field(default_factory=list)
    height: int = 0
    box: tuple[int, int] | None = None

    def text(
        self,
        text: str,
        size: float,
        *,
        bold: bool = False,
        gap: float = 0,
        inset: int = 0,
        spacing: float = 1,
    ) -> None:
        """A paragraph in letters of `size` pixels at scale 1, `gap` below what stands above."""
        face = self._font(size, bold)
        self.space(gap)
        for line in wrap(text, face, self.width - 2 * inset):
            self.lines.append(Line(self.left + inset, self.height, line, face))
            self.height += round(line_height(face) * spacing)

    def pairs(self, pairs: tuple[tuple[str, str], ...], size: float, gap: float) -> None:
        """Labels, and beside them their values."""
        label_face, face = self._font(size, False), self._font(size, True)
        widest = max((label_face.getlength(label) for label, _ in pairs), default=0)
        beside = int(widest) + self.pixels(18)
        self.space(gap)
        for label, value in pairs:
            self.lines.append(Line(self.left, self.height, label, label_face, faint=True))
            for line in wrap(value, face, self.width - beside):
                self.lines.append(Line(self.left + beside, self.height, line, face))
                self.height += line_height(face)

    def headline(self, word: str, size: float) -> None:
        """The word of the verdict: on one line, or smaller on up to three, no word broken."""
        if self._font(size, True).getlength(word) > self.width:
            size *= 0.75
        while size > _SMALLEST / self.scale:
            face = self._font(size, True)
            longest = max(face.getlength(part) for part in word.split(" "))
            if longest <= self.width and len(wrap(word, face, self.width)) <= 3:
                break
            size *= 0.95
        self.text(word, size, bold=True, spacing=0.88)

    def one_line(self, text: str, size: float, inset: int) -> float:
        """The size of bold letters in which `text` stands on one line; 0.6 of `size` at least."""
        wide = self._font(size, True).getlength(text)
        room = self.width - 2 * inset
        return size if wide <= room else max(0.98 * size * room / wide, 0.6 * size)

    def space(self, gap: float) -> None:
        """Leave room."""
        self.height += self.pixels(gap)

    def pixels(self, size: float) -> int:
        """A length at this scale."""
        return round(size * self.scale)

    def _font(self, size: float, bold: bool) -> ImageFont.FreeTypeFont:
        return font(max(self.pixels(size), _SMALLEST), bold=bold)


def card_column(card: Card, family: str, left: int, width: int, room: int, scale: float) -> Column:
    """The text of a card in a column `room` pixels high; `family` heads the family's members.

    It begins at `scale` and goes down until all fits. Where even the smallest letters do not, the
    last lines are left out: the verdict, what to do and the person come first.
    """
    column = _column(card, family, left, width, scale)
    for smaller in _smaller(scale):
        if column.height <= room:
            return column
        column = _column(card, family, left, width, smaller)
    column.lines = [line for line in column.lines if line.y + line_height(line.face) <= room]
    column.height = min(column.height, room)
    return column


def _smaller(scale: float) -> Iterator[float]:
    while scale > 0.4:
        scale *= 0.95
        yield scale


def _column(card: Card, family: str, left: int, width: int, scale: float) -> Column:
    column = Column(left, width, scale)
    column.headline(card.word, 84)
    column.text(_what_to_do(card), 28, bold=True, gap=12)
    if card.person:
        _person(column, card.person)
    for number, notice in enumerate(card.notices):
        column.text(f"•\u00a0{notice}", 23, bold=True, gap=2 if number else 16)
    column.pairs(card.facts, 20, 16)
    if card.family:
        column.text(f"{family}: " + "; ".join(card.family), 19, gap=14)
    return column


def _what_to_do(card: Card) -> str:
    """«Данные не обновлялись 4 суток. Подключите сеть и обновите данные.»"""
    detail = card.detail[:1].upper() + card.detail[1:]
    return f"{detail}. {card.do_next}" if detail else card.do_next


def _person(column: Column, person: tuple[str, ...]) -> None:
    status, name, term = person
    inset = column.pixels(20)
    column.space(20)
    top = column.height
    column.space(14)
    if status:
        column.text(status, 23, inset=inset)
    column.text(name, column.one_line(name, 40, inset), bold=True, inset=inset)
    column.text(term, 23, inset=inset)
    column.space(16)
    column.box = (top, column.height)
