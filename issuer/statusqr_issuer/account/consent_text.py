"""The text that a person agrees to (order 653n, point 4): versions in files, newest in force.

`consent/N.ru.txt` is what counts, `N.en.txt` beside it helps to understand. A file is plain text:
paragraphs between empty lines, `# ` begins a heading, `- ` a point of a list; `{operator}` is
replaced. A deployment puts its own files, which its lawyers approved, into a folder of its own.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from statusqr_schema import StatusQRError

from .phrases import HERE

BUILTIN: Final = HERE / "consent"
_NAME: Final = re.compile(r"([1-9][0-9]{0,8})\.ru\.txt")


class ConsentTextRefused(StatusQRError):
    """A folder without a text of the consent that can be read."""

    code = "CONSENT_TEXT"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a list of the text."""

    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One version of the text, the operator's name filled in."""

    version: str
    russian: str
    english: str

    @classmethod
    def newest(cls, folder: Path, operator: str) -> "ConsentText":
        """The text with the highest number in a folder, or ConsentTextRefused."""
        try:
            found = {int(m[1]) for path in folder.iterdir() if (m := _NAME.fullmatch(path.name))}
            if not found:
                message = f"{folder}: нет текста согласия (файла 1.ru.txt)"
                raise ConsentTextRefused(message)
            version = str(max(found))
            russian = _read(folder / f"{version}.ru.txt", operator)
            translated = folder / f"{version}.en.txt"
            english = _read(translated, operator) if translated.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            message = f"{folder}: текст согласия не читается как UTF-8"
            raise ConsentTextRefused(message) from error
        if not russian:
            raise ConsentTextRefused(f"{folder}: текст согласия пуст")
        return cls(version, russian, english)


def blocks(text: str) -> tuple[Block, ...]:
    """The text in parts, for a page."""
    found = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = part.splitlines()
        if part.startswith("# "):
            found.append(Block("heading", (" ".join(lines).removeprefix("# "),)))
        elif part.startswith("- "):
            points = re.split(r"(?m)^- ", part)[1:]
            found.append(
                Block("list", tuple(" ".join(point.split("\n")).strip() for point in points))
            )
        else:
            found.append(Block("paragraph", (" ".join(lines),)))
    return tuple(found)


def _read(path: Path, operator: str) -> str:
    return path.read_text(encoding="utf-8-sig").strip().replace("{operator}", operator)
