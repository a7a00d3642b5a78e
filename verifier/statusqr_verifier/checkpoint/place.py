"""A place that checks codes: what it is called, whom it lets in, how much it shows."""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from statusqr_schema import Categories, subjects

from ..policy import Policy

MAX_NAME: Final = 60  # characters
KEEP: Final = (5, 8, 15, 0)  # seconds that a card stays; 0: until the next
DEFAULT_KEEP: Final = 8


class NobodyTaken(ValueError):
    """Categories or regions were named, and none of them is known: that must not mean «all»."""


class Detail(StrEnum):
    """How much of a record the place needs to see (152-ФЗ, article 5: no more than needed)."""

    FULL = "full"  # status, name, term, number, who signed, family
    BRIEF = "brief"  # the answer, name and term


@dataclass(frozen=True, slots=True)
class Place:
    """One place. Empty `categories` or `regions` mean any."""

    name: str = ""
    categories: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    detail: Detail = Detail.FULL
    keep: int = DEFAULT_KEEP

    @classmethod
    def of(
        cls,
        name: str,
        categories: Iterable[str],
        regions: Iterable[str],
        detail: str,
        keep: str,
        known: frozenset[str],
    ) -> "Place":
        """A place out of what a form sent; what is not known is left out, what is missing usual.

        `known` are the categories that the form offered.

        :raises NobodyTaken: where categories or regions were named, and none of them is known
        """
        clean = " ".join("".join(c for c in name if c.isprintable()).split())[:MAX_NAME].rstrip()
        seconds = int(keep) if keep.isascii() and keep.isdigit() and len(keep) < 4 else -1
        return cls(
            clean,
            _known(categories, known),
            _known(regions, frozenset(subjects())),
            Detail(detail) if detail in Detail.__members__.values() else Detail.FULL,
            seconds if seconds in KEEP else DEFAULT_KEEP,
        )

    def policy(self, max_age: timedelta) -> Policy:
        """The policy of the place; data older than `max_age` turn amber."""
        return Policy(
            categories=self.categories,
            regions=self.regions,
            max_trust_age=max_age,
            max_status_age=max_age,
        )

    def to_cookie(self) -> str:
        """The place as a device remembers it for the next shift. No personal data in it."""
        values = {
            "name": self.name,
            "categories": sorted(self.categories),
            "regions": sorted(self.regions),
            "detail": self.detail.value,
            "keep": str(self.keep),
        }
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode("ascii")

    @classmethod
    def from_cookie(cls, cookie: str, known: frozenset[str]) -> "Place | None":
        """What was remembered; None where it cannot be used."""
        try:
            values = json.loads(base64.urlsafe_b64decode(cookie.encode("ascii")))
        except (ValueError, binascii.Error, RecursionError):
            return None
        match values:
            case {
                "name": str(name),
                "categories": [*categories],
                "regions": [*regions],
                "detail": str(detail),
                "keep": str(keep),
            }:
                named = [code for code in categories if isinstance(code, str)]
                places = [code for code in regions if isinstance(code, str)]
                try:
                    return cls.of(name, named, places, detail, keep, known)
                except NobodyTaken:
                    return None
            case _:
                return None


def _known(given: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    named = frozenset(given)
    if named and not named & known:
        raise NobodyTaken
    return named & known


def known_categories(in_trust_list: Iterable[str] = ()) -> frozenset[str]:
    """The categories that a place may choose from."""
    return frozenset(Categories.builtin().by_code) | frozenset(in_trust_list)
