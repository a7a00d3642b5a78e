"""What a section of the bench gives: a table, and which of its figures were aimed at."""

from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure that the project promises: `least <= value <= most`."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool:
        """Whether the figure lies within."""
        low = self.least is None or self.value >= self.least
        return low and (self.most is None or self.value <= self.most)

    @property
    def words(self) -> str:
        """The bounds as they are written: `at least 0.65`."""
        bounds = (("at least", self.least), ("at most", self.most))
        return ", ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)


@dataclass(frozen=True, slots=True)
class Section:
    """One table: a title, what was done in words, columns, rows, aims."""

    title: str
    about: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    aims: Sequence[Aim] = ()

    def to_json(self) -> dict[str, object]:
        """The section as a JSON object."""
        return {
            "title": self.title,
            "about": self.about,
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "aims": [
                {"name": aim.name, "value": aim.value, "aim": aim.words, "met": aim.met}
                for aim in self.aims
            ],
        }

    def to_markdown(self) -> str:
        """The section as a heading, a table and its aims."""
        lines = [f"## {self.title}", "", self.about, ""]
        lines += [_line(self.columns), _line(["---"] * len(self.columns))]
        lines += [_line([_written(cell) for cell in row]) for row in self.rows]
        if self.aims:
            lines.append("")
        for aim in self.aims:
            outcome = "met" if aim.met else "NOT met"
            lines.append(f"- {aim.name}: {_written(aim.value)} (aim: {aim.words}) – {outcome}")
        return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _written(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return str(cell)
