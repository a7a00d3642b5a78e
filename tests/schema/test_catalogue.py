"""Categories and regions: the tables that come with the project, and additions of a deployment."""

from zoneinfo import ZoneInfo

import pytest

from statusqr_schema import CatalogueRefused, Categories, subjects

OWN = """
[dragon_rider]
name = "Всадник"
name_en = "Rider"

[short_term]
name = "На два года"
name_en = "Two years"
[short_term.term_limit]
years = 2
regions = []
rule = "SHORT_TERM_OVER_TWO_YEARS"
message = "не больше двух лет"
"""


def test_additions_stand_beside_what_is_known() -> None:
    builtin = Categories.builtin()
    more = builtin.plus(OWN)
    assert set(more.by_code) - set(builtin.by_code) == {"dragon_rider", "short_term"}
    assert "dragon_rider" in more
    assert "dragon_rider" not in builtin
    rider, short = more.get("dragon_rider"), more.get("short_term")
    assert rider is not None
    assert (rider.name, rider.name_en, rider.term_limit) == ("Всадник", "Rider", None)
    assert short is not None
    assert short.term_limit is not None
    assert (short.term_limit.years, short.term_limit.regions) == (2, frozenset())
    assert more.get("large_family") is builtin.get("large_family")
    assert more.get("unknown") is None


def test_additions_of_additions() -> None:
    more = Categories.builtin().plus(OWN)
    with pytest.raises(CatalogueRefused, match="уже есть"):
        more.plus(OWN)


def test_a_known_code_is_not_redefined() -> None:
    with pytest.raises(CatalogueRefused, match="уже есть в каталоге: large_family"):
        Categories.builtin().plus('[large_family]\nname = "Другое"\nname_en = "Other"')


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[a", "не читается"),
        ("[a]\nname = 1 2", "не читается"),
        ("[a]\n[a]", "не читается"),
        ("a = 2026-13-45", "не читается"),
        ('[Bad]\nname = "Н"\nname_en = "N"', "код категории 'Bad'"),
        ('["1a"]\nname = "Н"\nname_en = "N"', "код категории"),
        ('["а"]\nname = "Н"\nname_en = "N"', "код категории"),  # Cyrillic
        (f'[{"a" * 65}]\nname = "Н"\nname_en = "N"', "код категории"),
        ("a = 1", "категория a"),
        ('[a]\nname = "Н"\nname_en = "N"\ncolour = "red"', "лишние поля"),
        ('[a]\nname = "Н"', "нужны name и name_en"),
        ('[a]\nname_en = "N"', "нужны name и name_en"),
        ('[a]\nname = ""\nname_en = "N"', "нужны name и name_en"),
        ('[a]\nname = 1\nname_en = "N"', "нужны name и name_en"),
        ('[a]\nname = "Н"\nname_en = "N"\n[a.term_limit]\nyears = 1', "неполный term_limit"),
        ('[a]\nname = "Н"\nname_en = "N"\nterm_limit = 1', "неполный term_limit"),
    ],
)
def test_broken_additions(toml: str, message: str) -> None:
    with pytest.raises(CatalogueRefused, match=message):
        Categories.builtin().plus(toml)


def test_the_longest_code_has_64_characters() -> None:
    code = "a" * 64
    assert code in Categories.builtin().plus(f'[{code}]\nname = "Н"\nname_en = "N"')


def test_builtin_categories_have_names_in_both_languages() -> None:
    builtin = Categories.builtin().by_code
    assert len({category.name for category in builtin.values()}) == len(builtin)
    assert len({category.name_en for category in builtin.values()}) == len(builtin)
    assert all(category.name_en.isascii() for category in builtin.values())
    limits = {code: c.term_limit.years for code, c in builtin.items() if c.term_limit}
    assert limits == {"low_income": 1}


def test_the_tables_cannot_be_changed() -> None:
    for table in (Categories.builtin().by_code, subjects()):
        with pytest.raises(TypeError):
            table["99"] = None  # type: ignore[index]


def test_there_are_89_subjects() -> None:
    table = subjects()
    assert len(table) == 89
    assert len({subject.name for subject in table.values()}) == 89
    assert all(code == subject.code and len(code) == 2 for code, subject in table.items())


@pytest.mark.parametrize("code", sorted(subjects()))
def test_every_subject_is_described(code: str) -> None:
    subject = subjects()[code]
    assert subject.name
    assert subject.oktmo.isdigit()
    assert len(subject.oktmo) >= 2
    assert subject.zones
    assert [ZoneInfo(zone).key for zone in subject.zones] == list(subject.zones)


@pytest.mark.parametrize(
    ("code", "oktmo"), [("76", "78"), ("42", "32"), ("78", "40"), ("75", "76"), ("77", "45")]
)
def test_subject_codes_are_not_oktmo(code: str, oktmo: str) -> None:
    assert subjects()[code].oktmo == oktmo


def test_oktmo_prefixes_tell_the_subjects_apart() -> None:
    prefixes = [subject.oktmo for subject in subjects().values()]
    assert len(set(prefixes)) == 89
