"""Who decided: one of the forms in which such bodies are called, filled in for a place."""

from random import Random

from . import grammar
from .lists import ranked, table
from .places import CITIES, Place

_BODY_OF = {
    "Министерство": "Министерства",
    "Департамент": "Департамента",
    "Комитет": "Комитета",
    "Управление": "Управления",
    "Главное управление": "Главного управления",
}
_FUND_TO = {  # branches that serve a city and the region around it
    **dict.fromkeys(("77", "50"), "г. Москве и Московской области"),
    **dict.fromkeys(("78", "47"), "Санкт-Петербургу и Ленинградской области"),
}
_LAW_SUFFIX = {"край": "КЗ", "область": "ОЗ", "Республика": "РЗ", "г.": "З", "округ": "оз"}


def authority(random: Random, kind: str, where: Place) -> str:
    """The name of a body of this kind; that of St Petersburg only there."""
    code = where.home.subject.code
    if kind == "petersburg" and code != "78":
        kind = "district"
    if kind == "city" and code in CITIES:
        kind = "capital"
    forms: list[str] = table("authorities")[kind]
    return ranked(random, forms, 1.5).format(**fields(random, where))


def fields(random: Random, where: Place) -> dict[str, str]:
    """What the forms of bodies, bases and names of statuses are filled in with."""
    home, name = where.home, where.home.subject.name
    district_of = grammar.adjective(where.district, "of")
    region_to = grammar.region(name, "to")
    law = _regional_law(random, name)
    return {
        "region": name,
        "region_of": home.name_of,
        "region_to": region_to,
        "fund_to": _FUND_TO.get(home.subject.code, region_to),
        "centre_of": home.centre_of,
        "district": where.district,
        "district_of": district_of,
        "district_to": grammar.adjective(where.district, "to"),
        "district_in": grammar.adjective(where.district, "in"),
        "unit_of": where.unit_of,
        "body": home.body,
        "body_of": _body_of(home.body),
        "number": str(random.randrange(1, 40)),
        "army": f"{random.randrange(10_000, 100_000)}",
        "regional_law": f"Закон {law}",
        "regional_law_of": f"Закона {law}",
        "court": f"{district_of} районного суда {home.name_of}",
    }


def _regional_law(random: Random, region: str) -> str:
    """«Пермского края от 09.11.2009 № 127-КЗ»."""
    day, month = random.randrange(1, 29), random.randrange(1, 13)
    year = random.randrange(2002, 2026)
    words = region.split()
    suffix = next((suffix for word, suffix in _LAW_SUFFIX.items() if word in words), "З")
    number = f"{random.randrange(1, 900)}-{suffix}"
    return f"{grammar.region(region, 'of')} от {day:02d}.{month:02d}.{year} № {number}"


def _body_of(body: str) -> str:
    first = next(word for word in sorted(_BODY_OF, key=len, reverse=True) if body.startswith(word))
    return body.replace(first, _BODY_OF[first], 1)
