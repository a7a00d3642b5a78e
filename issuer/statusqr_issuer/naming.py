"""File names for issued credentials. No text of a record becomes a path: names are slugs."""

import re

# ГОСТ 7.79-2000, system B, without its apostrophes: readable, and one letter stays one sound.
_LATIN = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdezijklmnoprstufye", strict=True)),
    **{"ё": "yo", "ж": "zh", "х": "kh", "ц": "cz", "ч": "ch", "ш": "sh", "щ": "shh"},
    **{"ъ": "", "ь": "", "ю": "yu", "я": "ya"},
}
_LONGEST = 60


def slug(text: str) -> str:
    """Latin letters, digits and hyphens: «МСЭ-2019 № 01» becomes `mse-2019-01`. May be empty."""
    latin = "".join(_LATIN.get(letter, letter) for letter in text.lower())
    return re.sub("[^a-z0-9]+", "-", latin).strip("-")[:_LONGEST].strip("-")


class Names:
    """Names for one run: by id, else by certificate number, else by digest; never one twice."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def name(self, identifier: str | None, certificate_number: str | None, digest: str) -> str:
        """The name of the next credential's files, without an ending."""
        wanted = slug(identifier or "") or slug(certificate_number or "") or digest
        if wanted in self._given:
            wanted = f"{wanted}-{digest}"
        self._given.add(wanted)
        return wanted
