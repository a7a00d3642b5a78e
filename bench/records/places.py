"""Where: a region by its population, a district or a city in it, and the peoples at home there."""

from dataclasses import dataclass
from functools import cache
from random import Random

from statusqr_schema import Subject, subjects
from statusqr_schema.strict_json import JsonValue

from . import grammar
from .lists import rows, weighted
from .traditions import COMMON_MIXTURE

# Kinds of municipalities in the genitive; since 2019 many regions have turned районы into округа.
UNITS = {"муниципального округа": 4.0, "муниципального района": 3.0, "района": 2.0}
UNITS |= {"городского округа": 1.5}
CITIES = frozenset({"77", "78", "92"})  # subjects that are cities


@dataclass(frozen=True)
class Home:
    """A region of lists/regions.txt."""

    subject: Subject
    thousands: float
    peoples: dict[str, float]  # per cent
    centre_of: str
    districts: tuple[str, ...]
    body: str

    @property
    def name_of(self) -> str:
        """«Пермского края»."""
        return grammar.region(self.subject.name, "of")


@dataclass(frozen=True)
class Place:
    """A district of a region, and what its kind of municipality is called (genitive)."""

    home: Home
    district: str
    unit_of: str
    zone: str


@cache
def homes() -> tuple[Home, ...]:
    """All regions."""
    return tuple(_home(*row) for row in rows("regions"))


def _home(code: str, thousands: str, peoples: str, centre: str, districts: str, body: str) -> Home:
    shares = (part.split() for part in peoples.split(",") if part)
    return Home(
        subjects()[code],
        float(thousands),
        {people: float(share) for people, share in shares},
        centre,
        tuple(name.strip() for name in districts.split(",")),
        body,
    )


def place(random: Random, code: str | None = None) -> Place:
    """A place where somebody lives, in the region `code` if given."""
    there = [home for home in homes() if code in (None, home.subject.code)]
    home = random.choices(there, weights=[home.thousands for home in there])[0]
    unit = "района" if home.subject.code in CITIES else weighted(random, UNITS)
    zones = home.subject.zones  # the capital's zone is where nearly everybody lives
    zone = zones[0] if random.random() < 0.9 else random.choice(zones)
    return Place(home, random.choice(home.districts), unit, zone)


def tradition(random: Random, home: Home) -> str:
    """The naming tradition of somebody who lives there."""
    if random.uniform(0, 100) < sum(home.peoples.values()):
        return weighted(random, home.peoples)
    return weighted(random, COMMON_MIXTURE)


def as_json(random: Random, where: Place) -> dict[str, JsonValue]:
    """The field `region` of a record; a register may leave out all but the code.

    Municipal districts have OKTMO codes with a 6 after the region's prefix.
    """
    subject = where.home.subject
    found: dict[str, JsonValue] = {"subject_code": subject.code, "name": subject.name}
    if (chance := random.random()) < 0.4:
        found["oktmo"] = subject.oktmo.ljust(8, "0")
    elif chance < 0.8:
        local = f"{subject.oktmo}6{random.randrange(1, 60):02d}"
        found["oktmo"] = local.ljust(8, "0")
    found["time_zone"] = where.zone
    return found
