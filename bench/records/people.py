"""Invented people: a surname that a household shares, a given name of the generation, a patronymic.

Frequencies, from general knowledge of Russian name statistics:

- The 250 commonest Russian surnames cover about a third of their bearers, some 700 rare ones here
  stand for the next half, and the rest are composed from stems and endings, because the true list
  is endless and no dictionary holds it.
- Given names change with the generation, so they are drawn by the year of birth, and a father's
  name from the generation before.
- Double surnames: one woman in 80, one man in 300. Double given names: one child in 200.
- Four households in ten are written without the letter ё, as many registers write.
- One in fifty is written in capitals, as old registers do: an issuer writes what the register has.
"""

from dataclasses import dataclass
from random import Random

from . import grammar
from .lists import ranked, weighted, words
from .traditions import TRADITIONS

COHORTS = (1900, 1945, 1970, 1998)


@dataclass(frozen=True)
class Writing:
    """How a register writes the names of a household."""

    with_yo: bool
    capitals: bool

    def write(self, name: str | None) -> str | None:
        """The name as it stands in the register."""
        if name is None:
            return None
        name = name if self.with_yo else name.replace("ё", "е").replace("Ё", "Е")
        return name.upper() if self.capitals else name


@dataclass(frozen=True)
class Individual:
    """A person of a household; `surname` is the man's form, the written names are in `names`."""

    surname: str
    tradition: str
    given: str | None
    patronymic: str | None
    male: bool
    born: int

    @property
    def names(self) -> tuple[str, str | None, str | None]:
        """Family name, given name, patronymic."""
        feminine = not self.male and TRADITIONS[self.tradition].gendered
        family = grammar.feminine(self.surname) if feminine else self.surname
        return family, self.given, self.patronymic


def writing(random: Random) -> Writing:
    """How the household's register writes."""
    return Writing(random.random() < 0.6, random.random() < 0.02)


def individual(
    random: Random,
    tradition: str,
    *,
    male: bool,
    born: int,
    surname: str | None = None,
    father: str | None = None,
) -> Individual:
    """Somebody born in the year `born`, with this surname and this father's given name if given."""
    lists = words(tradition)
    if lone := _mononym(random, tradition):
        return Individual(lone, tradition, None, None, male, born)
    surname = surname or new_surname(random, tradition)
    if "surnames" in lists and random.random() < (1 / 300 if male else 1 / 80):
        surname = f"{surname}-{new_surname(random, tradition)}"
    father = father or given_name(random, tradition, male=True, born=born - 28)
    patronymic = _patronymic(random, tradition, father, male)
    given = given_name(random, tradition, male=male, born=born)
    return Individual(surname, tradition, given, patronymic, male, born)


def _mononym(random: Random, tradition: str) -> str | None:
    lists = words(tradition)
    lone = lists.get("mononyms", ())
    if lone and ("surnames" not in lists or random.random() < 0.06):
        return random.choice(lone)
    return None


def new_surname(random: Random, tradition: str) -> str:
    """A man's form of a surname of the tradition."""
    lists, chance = words(tradition), random.random()
    if tradition != "russian":
        if chance < TRADITIONS[tradition].derived:
            return grammar.from_name(random.choice(lists["men"]))
        return ranked(random, lists["surnames"], 12)
    if chance < 0.33:
        return ranked(random, lists["surnames"], 10)
    if chance < 0.82:
        return random.choice(lists["rare"])
    return random.choice(lists["stems"]) + random.choice(lists["endings"])


def given_name(random: Random, tradition: str, *, male: bool, born: int) -> str:
    """A given name of the tradition, or a Russian one of the generation."""
    sex = "men" if male else "women"
    lists = words(tradition)
    if sex in lists and random.random() < TRADITIONS[tradition].own_given:
        return ranked(random, lists[sex], 12)
    cohort = max(year for year in COHORTS if year <= max(born, COHORTS[0]))
    russian = words("russian")[f"{sex} {cohort}"]
    name = ranked(random, russian, 5)
    if born >= 1998 and "-" not in name and random.random() < 0.005:
        name = f"{name}-{random.choice(russian)}"
    return name


def _patronymic(random: Random, tradition: str, father: str, male: bool) -> str | None:
    match weighted(random, TRADITIONS[tradition].patronymics):
        case "оглы":
            return f"{father} {'оглы' if male else 'кызы'}"
        case "угли":
            return f"{father} {'угли' if male else 'кизи'}"
        case "none":
            return None
        case _:
            return grammar.patronymic(father, male)
