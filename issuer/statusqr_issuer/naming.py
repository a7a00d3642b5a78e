"""What a credential is called on the screen and on the disk, without telling of a person.

No text of a record becomes a path: file names are slugs.
"""

import re

from statusqr_schema.snils import LOOKALIKE
from statusqr_schema.strict_json import JsonValue

# ГОСТ 7.79-2000, system B, without its apostrophes: readable, and one letter stays one sound.
_LATIN = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdezijklmnoprstufye", strict=True)),
    **{"ё": "yo", "ж": "zh", "х": "kh", "ц": "cz", "ч": "ch", "ш": "sh", "щ": "shh"},
    **{"ъ": "", "ь": "", "ю": "yu", "я": "ya"},
}
_LONGEST = 60
_LONGEST_ID = 100  # on the screen


def shown_id(called: str | None) -> str | None:
    """An id as it may be shown: one that can be printed and could not be a person's number."""
    if not called or not called.strip() or not called.isprintable() or len(called) > _LONGEST_ID:
        return None
    return None if LOOKALIKE.search(called) else called


def printable_id(value: JsonValue) -> str | None:
    """The id that a record gives itself, where it may be shown."""
    called = value.get("id") if isinstance(value, dict) else None
    return shown_id(called) if isinstance(called, str) else None


def slug(text: str) -> str:
    """Latin letters, digits and hyphens: «МСЭ-2019 № 01» becomes `mse-2019-01`. May be empty."""
    latin = "".join(_LATIN.get(letter, letter) for letter in text.lower())
    return re.sub("[^a-z0-9]+", "-", latin).strip("-")[:_LONGEST].strip("-")


class Names:
    """Names for one run: by id, else by certificate number, else by digest; never one twice.

    What could be a person's number names no file: lists of files are seen by many.
    """

    def __init__(self) -> None:
        self._given: set[str] = set()

    def name(self, identifier: str | None, certificate_number: str | None, digest: str) -> str:
        """The name of the next credential's files, without an ending."""
        slugs = (slug(text or "") for text in (identifier, certificate_number))
        wanted = next((s for s in slugs if s and not LOOKALIKE.search(s)), digest)
        if wanted in self._given:
            wanted = f"{wanted}-{digest}"
        self._given.add(wanted)
        return wanted
