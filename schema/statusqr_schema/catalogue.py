"""Categories and regions: what an issuer may name. Data live in TOML files beside this module.

A deployment adds categories of its own with `Categories.plus(toml_text)`. A reader never asks these
tables whether a code is allowed, only for a name to show.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from .errors import CatalogueRefused

_CODE = re.compile("[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class TermLimit:
    """The longest term of a category in calendar years, in some regions or (empty) in all."""

    years: int
    regions: frozenset[str]
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Category:
    """A category of order 653n under this project's own code."""

    code: str
    name: str
    name_en: str
    term_limit: TermLimit | None = None


@dataclass(frozen=True, slots=True)
class Categories:
    """The known categories by code."""

    by_code: Mapping[str, Category]

    @classmethod
    def builtin(cls) -> "Categories":
        """Those that come with the project."""
        return _builtin_categories()

    def plus(self, toml_text: str) -> "Categories":
        """These and those of `toml_text`; CatalogueRefused also where a known code is redefined."""
        added = _parse_categories(toml_text)
        if twice := sorted(self.by_code.keys() & added.keys()):
            raise CatalogueRefused(f"категория уже есть в каталоге: {', '.join(twice)}")
        return Categories(MappingProxyType({**self.by_code, **added}))

    def __contains__(self, code: str) -> bool:
        return code in self.by_code

    def get(self, code: str) -> Category | None:
        """The category, or None for a code that is not known here."""
        return self.by_code.get(code)


def _parse_categories(toml_text: str) -> dict[str, Category]:
    try:
        return {code: _category(code, entry) for code, entry in tomllib.loads(toml_text).items()}
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CatalogueRefused(f"каталог категорий не читается: {error}") from error


def _category(code: str, entry: object) -> Category:
    if not _CODE.fullmatch(code):
        raise CatalogueRefused(f"код категории {code!r}: нужны латинские буквы, цифры и «_»")
    if not isinstance(entry, dict) or not entry.keys() <= {"name", "name_en", "term_limit"}:
        raise CatalogueRefused(f"категория {code}: лишние поля")
    name, name_en = entry.get("name"), entry.get("name_en")
    if not (isinstance(name, str) and name and isinstance(name_en, str) and name_en):
        raise CatalogueRefused(f"категория {code}: нужны name и name_en")
    return Category(code, name, name_en, _term_limit(code, entry.get("term_limit")))


def _term_limit(code: str, entry: object) -> TermLimit | None:
    match entry:
        case None:
            return None
        case {
            "years": int(years),
            "rule": str(rule),
            "message": str(message),
            "regions": list(regions),
            **rest,
        } if years is not True and 0 < years <= 100 and not rest:
            codes = frozenset(str(region).zfill(2) for region in regions)
            return TermLimit(years, codes, rule, message)
        case _:
            raise CatalogueRefused(f"категория {code}: неполный term_limit")


@cache
def _builtin_categories() -> Categories:
    return Categories(MappingProxyType(_parse_categories(_resource("categories.toml"))))


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of the federation: tax-service code, name, OKTMO prefix, zones (the main first)."""

    code: str
    name: str
    oktmo: str
    zones: tuple[str, ...]


@cache
def subjects() -> Mapping[str, Subject]:
    """The subjects of the federation by code."""
    table = tomllib.loads(_resource("regions.toml"))
    return MappingProxyType(
        {code: Subject(code, e["name"], e["oktmo"], tuple(e["zones"])) for code, e in table.items()}
    )


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
