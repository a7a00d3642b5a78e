"""Whose names: the naming traditions of the country's peoples and where they are at home.

Shares are of surnames, not of self-reported nationality: Ukrainian and Belarusian surnames are
common among Russians, Tatars outside Tatarstan often have Russian given names. The regions' own
shares (lists/regions.txt) come from the 2010 and 2021 censuses, rounded; everybody else there is
drawn from the common mixture. Over the whole country two thirds bear Russian surnames.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Style = Literal["ович", "оглы", "угли", "none"]


@dataclass(frozen=True)
class Tradition:
    """How names are made among the bearers of one list of surnames.

    `own_given`: the share of given names from the list of the people; the others are Russian.
    `derived`: the share of surnames that are a given name with -ов, which no list can hold.
    `patronymics`: shares of the forms; «none» is no patronymic, mostly after a life abroad.
    """

    own_given: float = 1.0
    derived: float = 0.0
    gendered: bool = True
    patronymics: Mapping[Style, float] = field(default_factory=lambda: {"ович": 0.98, "none": 0.02})


TRADITIONS: Mapping[str, Tradition] = {
    "russian": Tradition(own_given=0.0, patronymics={"ович": 0.995, "none": 0.005}),
    "slavic": Tradition(own_given=0.0, patronymics={"ович": 0.99, "none": 0.01}),
    "tatar": Tradition(own_given=0.8, derived=0.25),
    "dagestani": Tradition(derived=0.3),
    "vainakh": Tradition(derived=0.25),
    "caucasian": Tradition(derived=0.1),
    "ossetian": Tradition(own_given=0.85),
    "buryat": Tradition(own_given=0.75, derived=0.2),
    "kalmyk": Tradition(own_given=0.8, derived=0.2),
    "yakut": Tradition(own_given=0.35),
    "tuvan": Tradition(own_given=0.85, gendered=False),
    "volga": Tradition(own_given=0.12),
    "armenian": Tradition(patronymics={"ович": 0.94, "none": 0.06}),
    "georgian": Tradition(patronymics={"ович": 0.93, "none": 0.07}),
    "azeri": Tradition(derived=0.3, patronymics={"оглы": 0.55, "ович": 0.4, "none": 0.05}),
    "central_asian": Tradition(
        derived=0.35, patronymics={"ович": 0.68, "угли": 0.14, "none": 0.18}
    ),
    "korean": Tradition(own_given=0.0, gendered=False, patronymics={"ович": 0.96, "none": 0.04}),
    "german": Tradition(own_given=0.0, gendered=False, patronymics={"ович": 0.95, "none": 0.05}),
    "other": Tradition(own_given=0.0),
    "northern": Tradition(own_given=0.3, patronymics={"ович": 0.96, "none": 0.04}),
    "foreign_mononyms": Tradition(),
}

# Shares in per cent beside the peoples of a region's own.
COMMON_MIXTURE: Mapping[str, float] = {
    "russian": 83.0,
    "slavic": 7.5,
    "tatar": 2.0,
    "volga": 1.2,
    "armenian": 1.0,
    "central_asian": 1.1,
    "azeri": 0.7,
    "german": 0.7,
    "other": 0.7,
    "dagestani": 0.5,
    "georgian": 0.4,
    "korean": 0.3,
    "caucasian": 0.2,
    "vainakh": 0.2,
    "ossetian": 0.2,
    "foreign_mononyms": 0.3,  # some ten times the true share, else 200 records would have none
}
