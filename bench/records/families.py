"""Who is listed with the holder, and in which words a register says how they are related.

By point 2а of order 653n the family is listed where the measures depend on it: nearly always for
large and foster families, in half of the cases of low income, hardly ever for pensions. Shares of
family sizes follow the 2021 census: of large families seven in ten have three children.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from .lists import weighted
from .people import Individual, individual
from .places import Home, tradition

THIS_YEAR = 2026
MOST = 8


@dataclass(frozen=True)
class Wording:
    """A register's words for relations: husband, wife, son, daughter."""

    husband: str
    wife: str
    son: str
    daughter: str


WORDINGS = {
    Wording("супруг", "супруга", "ребёнок", "ребёнок"): 50,
    Wording("супруг", "супруга", "сын", "дочь"): 27,
    Wording("муж", "жена", "сын", "дочь"): 9,
    Wording("супруг(а)", "супруг(а)", "ребенок", "ребенок"): 8,
    Wording("супруг", "супруга", "несовершеннолетний ребёнок", "несовершеннолетний ребёнок"): 4,
    Wording("Муж", "Жена", "Сын", "Дочь"): 2,
}
WARDS = {"приёмный ребёнок": 5, "подопечный": 3, "опекаемый": 2, "ребёнок под опекой": 1}
PARENTS = {("мать", "отец"): 7, ("родитель", "родитель"): 2}
PARENTS |= {("законный представитель (мать)", "законный представитель (отец)"): 1}

Relative = tuple[Individual, str]


@dataclass(frozen=True)
class Household:
    """The holder, and those listed beside with their relation to the holder."""

    holder: Individual
    relatives: tuple[Relative, ...]


def household(
    random: Random, family: dict[str, Any], home: Home, *, women: float, age: int
) -> Household:
    """A holder of this age and the relatives that `family` of lists/statuses.toml asks for."""
    people = tradition(random, home)
    born = THIS_YEAR - age
    male = random.random() >= women
    listed = random.random() < family.get("listed", 0)
    kind = family["kind"] if listed else "none"
    words = weighted(random, WORDINGS)
    relatives: list[Relative] = []
    if kind in ("parents", "serviceman") and (kind == "parents" or age < 20):
        father = individual(random, people, male=True, born=born - random.randrange(21, 40))
        holder = _child(random, people, father, male, born)
        if kind == "parents":
            relatives = _parents(random, father, holder)
        else:
            relatives = [(father, random.choice(["отец", "родитель", "участник СВО"]))]
    else:
        holder = individual(random, people, male=male, born=born)
        if kind in ("children", "wards"):
            relatives = _own(random, family, home, holder, words, kind == "wards")
        elif kind == "carer":
            relatives = [_spouse(random, holder, home, words)]
        elif kind == "serviceman":
            relatives = _serviceman(random, holder, home, words)
        elif kind == "guardian":
            name = tradition(random, home)
            guardian = individual(random, name, male=random.random() < 0.15, born=born - 40)
            relatives = [(guardian, random.choice(["опекун", "попечитель", "опекун"]))]
    return Household(holder, tuple(relatives[:MOST]))


def _own(
    random: Random,
    family: dict[str, Any],
    home: Home,
    holder: Individual,
    words: Wording,
    wards: bool,
) -> list[Relative]:
    """The spouse, then the children or wards, the eldest first."""
    least, most, another = family["children"]
    count = least
    while count < most and random.random() < another:
        count += 1
    spouse = [_spouse(random, holder, home, words)] if random.random() < family["spouse"] else []
    father = holder if holder.male else (spouse[0][0] if spouse else None)
    oldest = min(17, THIS_YEAR - holder.born - 19)
    ages = sorted((random.randrange(0, max(1, oldest) + 1) for _ in range(count)), reverse=True)
    children: list[Relative] = []
    relation = weighted(random, WARDS)
    for age in ages:
        male, born = random.random() < 0.513, THIS_YEAR - age
        if wards:
            ward = individual(random, tradition(random, home), male=male, born=born)
            children.append((ward, relation))
        else:
            child = _child(random, holder.tradition, father or holder, male, born)
            children.append((child, words.son if male else words.daughter))
    return spouse + children


def _child(random: Random, people: str, father: Individual, male: bool, born: int) -> Individual:
    """A child that mostly bears the father's names; of a single mother, her surname."""
    name = father.given if father.male and father.given else None
    if random.random() < 0.1:  # of an earlier marriage
        name = None
    surname = father.surname if father.given and random.random() < 0.93 else None
    return individual(random, people, male=male, born=born, surname=surname, father=name)


def _spouse(random: Random, holder: Individual, home: Home, words: Wording) -> Relative:
    """Of the same people nine times in ten; six wives in seven bear the husband's surname."""
    people = holder.tradition if random.random() < 0.9 else tradition(random, home)
    same = people == holder.tradition and holder.given is not None and random.random() < 0.86
    born = holder.born + random.randrange(-5, 6)
    surname = holder.surname if same else None
    spouse = individual(random, people, male=not holder.male, born=born, surname=surname)
    return spouse, words.husband if spouse.male else words.wife


def _parents(random: Random, father: Individual, child: Individual) -> list[Relative]:
    """The mother nearly always, the father in six cases of ten."""
    of_mother, of_father = weighted(random, PARENTS)
    surname = father.surname if father.given and random.random() < 0.8 else None
    mother = individual(random, child.tradition, male=False, born=father.born + 2, surname=surname)
    listed: list[Relative] = [(mother, of_mother)]
    return [*listed, (father, of_father)] if random.random() < 0.6 else listed


def _serviceman(random: Random, holder: Individual, home: Home, words: Wording) -> list[Relative]:
    """A wife names her husband and up to three children; a parent names the son."""
    if not holder.male and THIS_YEAR - holder.born < 46:
        family = {"children": [0, 3, 0.55], "spouse": 1.0}
        return _own(random, family, home, holder, words, wards=False)
    born = max(holder.born + random.randrange(19, 30), 1968)
    son = _child(random, holder.tradition, holder, True, born)
    return [(son, random.choice(["сын", "сын", "участник СВО", "военнослужащий"]))]
