"""Russian first, English second: catalogues (gettext, by Babel) and the choice of a language.

The texts stand in Russian in templates and code; `locale/en.po` of each package has the English.
Catalogues are compiled when they are loaded, so that there is no built file to forget.
"""

import gettext
import io
from collections.abc import Callable, Sequence
from copy import copy
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import HTTPConnection

COOKIE: Final = "statusqr-lang"
HERE: Final = Path(__file__).parent / "locale"


class Locale(StrEnum):
    """The languages of the pages."""

    RU = "ru"
    EN = "en"


def chosen(request: HTTPConnection) -> Locale:
    """The language of a request: `?lang=`, else the cookie, else what the browser prefers."""
    for wanted in (request.query_params.get("lang", ""), request.cookies.get(COOKIE, "")):
        if wanted in Locale.__members__.values():
            return Locale(wanted)
    return preferred(request.headers.get("accept-language", ""))


def preferred(accept_language: str) -> Locale:
    """English where it is wanted more than Russian (RFC 9110 §12.5.4), else Russian."""
    weights: dict[str, float] = {}
    for entry in accept_language[:500].split(","):
        tag, _, parameter = entry.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            weight = float(value) if name == "q" else 1.0
        except ValueError:
            continue
        language = tag.strip().partition("-")[0].lower()
        weights[language] = max(weight, weights.get(language, 0.0))
    return Locale.EN if weights.get("en", 0) > weights.get("ru", 0) else Locale.RU


@cache
def _catalogue(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as source:
        catalogue = read_po(source)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translations(locale: Locale, folders: Sequence[Path] = ()) -> gettext.NullTranslations:
    """The catalogues of `folders` and of this package, the first that knows a text wins."""
    if locale is Locale.RU:
        return gettext.NullTranslations()
    found = gettext.NullTranslations()
    for folder in (*folders, HERE):
        # a copy: add_fallback changes the catalogues that are there already
        found.add_fallback(copy(_catalogue(folder / f"{locale}.po")))
    return found


def translator(locale: Locale, folders: Sequence[Path] = ()) -> Callable[[str], str]:
    """A function from a Russian text to that text in `locale`."""
    return translations(locale, folders).gettext
