"""The status of a record: its name, days, basis and certificate, as lists/statuses.toml has them.

Every status still holds on `AS_OF`, because nobody prints a code of one that has ended. Statuses
without an end began some six years ago on the average (a guess from how fast the registers turn
over); those with an end are anywhere within their term.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from statusqr_schema import Categories
from statusqr_schema.days import years_after
from statusqr_schema.strict_json import JsonValue

from .authorities import authority, fields
from .lists import ranked
from .numbers import fill
from .places import Place

AS_OF = date(2026, 11, 21)
LATEST = AS_OF - timedelta(days=20)  # the last day of decisions: data reach a register days later


@dataclass(frozen=True)
class Term:
    """The days of a status; a missing end is «бессрочно» or not stated."""

    valid_from: date
    valid_through: date | None
    indefinite: bool


def term(random: Random, category: str, spec: Mapping[str, Any], region: str) -> Term:
    """One of the three kinds of periods; a category with a limit has an end within it."""
    found = Categories.builtin().by_code[category].term_limit
    limit = found if found and (not found.regions or region in found.regions) else None
    kind = random.choices(("indefinite", "through", "open"), weights=spec["terms"])[0]
    if kind == "through" or limit:
        years = random.choice(spec["years"])
        return _with_end(random, min(years, limit.years) if limit else years)
    earliest = max(date(spec.get("since", 1995), 3, 1), AS_OF - timedelta(days=365 * 30))
    back = min(random.expovariate(1 / 6.0) * 365, (LATEST - earliest).days)
    return Term(LATEST - timedelta(days=int(back)), None, kind == "indefinite")


def _with_end(random: Random, years: float) -> Term:
    """Whole years or a half; the last day is the anniversary or, as often, the day before."""
    days = int(years * 365)
    start = LATEST - timedelta(days=random.randrange(0, days - 25))
    end = years_after(start, int(years)) if years >= 1 else start + timedelta(days=182)
    return Term(start, end - timedelta(days=random.randrange(2)), False)


def established(random: Random, begins: date) -> date:
    """The day of the decision: mostly that on which the status begins."""
    chance = random.random()
    if chance < 0.65:
        return begins
    shift = random.randrange(1, 31) if chance < 0.85 else -random.randrange(1, 26)
    return min(begins - timedelta(days=shift), LATEST)


def basis(
    random: Random, spec: Mapping[str, Any], decided: date, where: Place
) -> dict[str, JsonValue]:
    """An act: a decision has a number and mostly a day, an article of a law has neither."""
    title, _, form = ranked(random, spec["bases"], 2.5).partition(" | ")
    title = title.format(**fields(random, where))
    if not form:
        return {"title": title, "number": None, "date": None}
    number = fill(random, form, decided.year, where.home.subject.code)
    chance = random.random()
    dated: date | None = decided
    if chance < 0.25:
        dated = decided - timedelta(days=random.randrange(1, 15))
    elif chance < 0.32:
        dated = decided - timedelta(days=random.randrange(15, 1100))
    elif chance < 0.40:
        dated = None
    return {"title": title, "number": number, "date": dated.isoformat() if dated else None}


def status(
    random: Random, category: str, spec: Mapping[str, Any], where: Place, *, male: bool
) -> dict[str, JsonValue]:
    """The field `status` of a record of a man or a woman."""
    region = where.home.subject.code
    period = term(random, category, spec, region)
    decided = established(random, period.valid_from)
    names = [name.removeprefix("м: " if male else "ж: ") for name in spec["names"]]
    name = ranked(random, [name for name in names if name[1] != ":"], 0.8)
    through = period.valid_through
    return {
        "name": name.format(**fields(random, where)),
        "category": category,
        "established_on": decided.isoformat(),
        "period": {
            "valid_from": period.valid_from.isoformat(),
            "valid_through": through.isoformat() if through else None,
            "indefinite": period.indefinite,
        },
        "basis": basis(random, spec, decided, where),
        "authority": authority(random, random.choice(spec["authorities"]), where),
    }
