"""Records of every category, in the form that issuers import.

In what a hundred records state (weights in lists/statuses.toml) three things are weighed: how many
people have the status, how often it is shown at a counter, and that every category is seen. So
pensioners are fewer and survivors of the siege more than in the country. The first 22 of every
hundred hold each category once, before a shuffle.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, cast
from zoneinfo import ZoneInfo

from statusqr_schema.strict_json import JsonValue

from . import places
from .families import Household, household
from .lists import ranked, table
from .numbers import SnilsMaker, fill
from .people import Individual, Writing, writing
from .statuses import AS_OF, status

__all__ = ["AS_OF", "generate"]

BLOCK = 100
PLAIN_TYPING = str.maketrans({"«": '"', "»": '"', "—": "-", "–": "-"})


def generate(count: int, seed: int = 1) -> list[dict[str, JsonValue]]:
    """The first `count` records of this seed; a longer run begins with the same records."""
    random = Random(seed)
    snils = SnilsMaker(random)
    found: list[dict[str, JsonValue]] = []
    for number, category in zip(range(count), _categories(seed), strict=False):
        found.append(_record(random, category, snils, f"S{number + 1:05d}"))
    return found


def _categories(seed: int) -> Iterator[str]:
    """Codes of categories without end, in blocks that hold each of them."""
    random = Random(f"{seed} categories")
    codes = list(table("statuses"))
    weights = [table("statuses")[code]["weight"] for code in codes]
    while True:
        block = codes + random.choices(codes, weights=weights, k=BLOCK - len(codes))
        random.shuffle(block)
        yield from block


def _record(random: Random, category: str, snils: SnilsMaker, name: str) -> dict[str, JsonValue]:
    spec = table("statuses")[category]
    where = places.place(random, _region(random, spec))
    age = random.randint(*spec["age"])
    women = spec.get("women", 0.68 if age > 70 else 0.53)
    people = household(random, spec["family"], where.home, women=women, age=age)
    words = status(random, category, spec, where, male=people.holder.male)
    document: dict[str, JsonValue] = {
        "id": name,
        **_people(people, writing(random), snils),
        "status": _typed(random, words),
    }
    decided = cast("Mapping[str, Any]", document["status"])
    year = int(decided["established_on"][:4])
    form = ranked(random, spec["certificates"], 1.5)
    region = where.home.subject.code
    document["certificate_number"] = fill(random, form, year, region) if form else None
    document["measures_until"] = _measures_until(random, decided["period"]["valid_through"])
    document["region"] = places.as_json(random, where)
    document["data_as_of"] = _data_as_of(random, where.zone)
    return document


def _region(random: Random, spec: Mapping[str, Any]) -> str | None:
    """The region where many holders of the status live, or None for anywhere."""
    chance = random.random()
    for code, share in spec.get("regions", {}).items():
        if (chance := chance - share) < 0:
            return str(code)
    return None


def _people(people: Household, hand: Writing, snils: SnilsMaker) -> dict[str, JsonValue]:
    members = [
        {**_person(member, hand, snils), "relation": relation}
        for member, relation in people.relatives
    ]
    return {
        "holder": _person(people.holder, hand, snils),
        "family_members": members,
        "family_members_required": bool(members),
    }


def _person(person: Individual, hand: Writing, snils: SnilsMaker) -> dict[str, JsonValue]:
    family, given, patronymic = map(hand.write, person.names)
    document: dict[str, JsonValue] = {
        "family_name": family,
        "given_name": given,
        "patronymic": patronymic,
        "snils": snils.new(),
    }
    return document if given else {**document, "mononym": True}


def _typed(random: Random, document: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """In one register of eight the texts are typed plainly: "…" for «…», N for №, - for —."""
    if random.random() >= 0.12:
        return document
    return cast("dict[str, JsonValue]", _plain(document))


def _plain(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return value.translate(PLAIN_TYPING).replace("№", "N")
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return value


def _measures_until(random: Random, through: str | None) -> str | None:
    """In a third of the records with an end that end, else now and then the end of a year."""
    chance = random.random()
    if through is not None and chance < 0.35:
        return through
    if 0.35 <= chance < 0.42:
        return date(AS_OF.year + random.randrange(4), 12, 31).isoformat()
    return None


def _data_as_of(random: Random, zone: str) -> str:
    """When the data left the register: within ten days before noon of `AS_OF` in Moscow.

    Half of the registers state whole minutes.
    """
    noon = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 9, tzinfo=UTC)
    back = min(random.expovariate(1 / 2.0), 10.0) * 86_400 + 600
    moment = (noon - timedelta(seconds=int(back))).astimezone(ZoneInfo(zone))
    return moment.replace(second=0 if random.random() < 0.5 else moment.second).isoformat()
