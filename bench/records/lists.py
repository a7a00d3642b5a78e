"""The word lists beside this module, and how one draws from a list whose commonest come first."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
PLACE = Path(__file__).with_name("lists")


@cache
def words(name: str) -> Mapping[str, tuple[str, ...]]:
    """The words of `name`.txt by heading."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in _text(f"{name}.txt").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(heading, []).extend(line.split())
    return {heading: tuple(dict.fromkeys(content)) for heading, content in found.items()}


@cache
def table(name: str) -> Mapping[str, Any]:
    """The content of `name`.toml."""
    return tomllib.loads(_text(f"{name}.toml"))


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The lines of `name`.txt that are no comments, cut at the bars."""
    lines = [line for line in _text(f"{name}.txt").splitlines() if not line.startswith("#")]
    return tuple(tuple(cell.strip() for cell in line.split("|")) for line in lines)


def _text(name: str) -> str:
    return (PLACE / name).read_text(encoding="utf-8")


def ranked(random: Random, items: Sequence[T], head: float = 8.0) -> T:
    """One of `items`: the one at place n (from 0) weighs 1 / (n + head).

    Names and wordings follow such a law. A small `head` makes the first far commoner than the rest.
    """
    return random.choices(items, cum_weights=_cumulated(len(items), head))[0]


def weighted(random: Random, shares: Mapping[T, float]) -> T:
    """A key, by its share; the shares need not add up to one."""
    return random.choices(list(shares), weights=list(shares.values()))[0]


@cache
def _cumulated(count: int, head: float) -> list[float]:
    return list(accumulate(1 / (place + head) for place in range(count)))
