"""Rules for the parts of a name and for other text, as they bind an issuer.

A name part is Cyrillic (Russian and the other Cyrillic alphabets of Russia), with single spaces,
hyphens and the apostrophe U+0027 inside: «Али оглы», «Римский-Корсаков», «Д'Артаньян», «Э». It is
stored as it is written in the register: nothing is capitalised, ё stays ё.

The rules were checked against the SMEV type `rus` (at most 100 characters, no digits, no Latin);
unlike it, letters such as Ҡ or Ә are allowed, and «1ван» is not.
"""

import re
import unicodedata
from collections.abc import Iterator

from .record_cbor import LIMITS

# Beyond а-я and ё: Bashkir, Buryat, Chuvash, Kalmyk, Khakas, Komi, Mari, Ossetian, Tatar, Udmurt,
# Yakut and the languages of the North and of the neighbours, as far as the page's fonts hold them.
_LETTERS = "А-Яа-яЁёЂ-ЌЎЏђ-ќўџҊ-ӀӃ-ӹӼӽԐ-ԓԜԝԤ-ԧ"
_CYRILLIC = re.compile(f"[{_LETTERS}]")
_PLAIN_NAME = re.compile(f"[{_LETTERS}]+(?:[-' ][{_LETTERS}]+)*")
_PLACEHOLDERS = frozenset({"нет", "отсутствует", "без отчества", "б/о", "не указано"})


def is_plain_name(part: str) -> bool:
    """Whether a part breaks no rule, at one glance; one that fails is judged by `broken_rules`."""
    plain = _PLAIN_NAME.fullmatch(part) is not None
    return plain and len(part) <= LIMITS.name_part and _is_nfc(part)


def broken_rules(part: str) -> Iterator[tuple[str, str]]:
    """Code and message of every rule that one part of a name breaks."""
    text, rules = _clean(part)
    yield from rules
    if any(character.isdigit() for character in text):
        yield "NAME_DIGIT", "в имени цифра (например, 3 вместо буквы З)"
    latin = [c for c in text if c.isalpha() and unicodedata.name(c, "").startswith("LATIN")]
    if latin and len(latin) < sum(c.isalpha() for c in text):
        places = ", ".join(str(text.index(letter) + 1) for letter in dict.fromkeys(latin))
        yield "NAME_HOMOGLYPH", f"латинская буква среди русских (знак {places})"
    elif latin:
        yield "NAME_SCRIPT", "имя записано не кириллицей"
    if any(not _allowed(c) for c in text if not c.isdigit() and c not in latin):
        yield "NAME_CHARS", "недопустимый знак: разрешены буквы, дефис, пробел и апостроф «'»"
    if re.search("^[-' ]|[-' ]$|[-' ]{2}", text):
        yield "NAME_PUNCTUATION", "дефис, пробел или апостроф стоит с краю или повторяется"
    if len(text) > LIMITS.name_part:
        yield "NAME_TOO_LONG", f"длиннее {LIMITS.name_part} знаков"


def is_placeholder(patronymic: str) -> bool:
    """Whether this stands for «нет отчества»: a dash, «нет», anything without a letter."""
    word = patronymic.strip().casefold()
    return word in _PLACEHOLDERS or not any(character.isalnum() for character in word)


def broken_text_rules(text: str, longest: int) -> Iterator[tuple[str, str]]:
    """Code and message of every rule that another text (a status name, an authority) breaks."""
    # `isprintable` is narrower than these rules: no-break spaces go the long way.
    if text.isprintable() and len(text) <= longest and _is_nfc(text) and _spaced(text):
        return
    clean, rules = _clean(text, "TEXT")
    yield from rules
    if not _spaced(clean):
        yield "TEXT_SPACES", "лишние пробелы"
    if len(clean) > longest:
        yield "TEXT_TOO_LONG", f"длиннее {longest} знаков"


def _spaced(text: str) -> bool:
    return text == text.strip() and "  " not in text


def _is_nfc(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


def _clean(text: str, prefix: str = "NAME") -> tuple[str, list[tuple[str, str]]]:
    """The text in NFC without invisible characters, and the rules that it broke before."""
    rules = []
    visible = "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)
    if visible != text:
        rules.append((f"{prefix}_CONTROL_CHAR", "невидимый управляющий знак"))
    composed = unicodedata.normalize("NFC", visible)
    if composed != visible:
        rules.append((f"{prefix}_NOT_NFC", "буква записана двумя знаками (нужна форма NFC)"))
    return composed, rules


# Control, format (among them the marks that turn the direction of writing), surrogate, private,
# unassigned, line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _allowed(character: str) -> bool:
    return character in "-' " or _CYRILLIC.fullmatch(character) is not None
