"""The generator's records: lawful, varied, always the same for a seed, and readable as codes."""

import json
import os
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bench.records import __main__ as command
from bench.records import generate, grammar, places
from bench.records.lists import table
from bench.records.statuses import AS_OF, term
from world import NOON, WHOLE, Key, trust

from statusqr_schema import Categories, RegisterEntry, read_entry, rules, subjects
from statusqr_schema.days import years_after
from statusqr_verifier import Verdict, Verifier

ROOT = Path(__file__).parents[2]


@cache
def documents() -> list[dict[str, Any]]:
    return generate(3000, 7)


@cache
def entries() -> list[RegisterEntry]:
    return [read_entry(document) for document in documents()]


def test_every_record_keeps_every_rule() -> None:
    # Besides, no record has a field that the register does not know.
    assert not any(entry.extra for entry in entries())
    assert not [broken for entry in entries() for broken in rules.broken(entry.record)]


def test_records_survive_issuing_and_verifying() -> None:
    key = Key.make()
    verifier = Verifier(trust(key))
    for entry in entries()[:200]:
        report = verifier.verify(key.issue(entry.record, disclosure=WHOLE).text, NOON)
        assert report.verdict is Verdict.VALID
        assert report.record == entry.record


def test_zero_to_eight_relatives() -> None:
    sizes = Counter(len(entry.record.family_members) for entry in entries())
    assert sorted(sizes) == list(range(9))
    assert sizes[0] > sizes[1] > sizes[8]


def test_every_category_in_every_hundred() -> None:
    codes = [entry.record.category for entry in entries()]
    for start in range(0, len(codes), 100):
        assert set(codes[start : start + 100]) == set(Categories.builtin().by_code)


def test_the_same_for_a_seed_and_no_other() -> None:
    assert generate(60, 3) == generate(200, 3)[:60]
    assert generate(20, 3) != generate(20, 4)


def test_nothing_depends_on_the_order_of_hashes() -> None:
    prints = [sys.executable, "-m", "bench.records", "--count", "30"]
    texts = {
        subprocess.run(
            prints,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_the_command_prints_a_file_of_records(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench.records", "--count", "5", "--seed", "2"])
    command.main()
    assert json.loads(capsys.readouterr().out)["records"] == generate(5, 2)


def test_every_snils_is_nobodys_and_its_own() -> None:
    people = [
        person
        for document in documents()
        for person in (document["holder"], *document["family_members"])
    ]
    numbers = [person["snils"] for person in people]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("9") for number in numbers)


def test_names_of_all_kinds() -> None:
    holders = [entry.record.holder for entry in entries()]
    patronymics = [holder.patronymic or "" for holder in holders]
    assert any(holder.given_name is None for holder in holders)
    assert 0.003 < patronymics.count("") / len(holders) < 0.05
    assert any(name.endswith("кызы") for name in patronymics)
    assert any(name.endswith("вич") for name in patronymics)
    assert any(name.endswith("вна") for name in patronymics)
    assert any("-" in holder.family_name for holder in holders)
    # Wide enough that no list of common names would hold them.
    assert len({holder.family_name for holder in holders}) > 1200


def test_two_thirds_bear_russian_surnames() -> None:
    random = Random(1)  # noqa: S311 - synthetic people
    drawn = Counter(places.tradition(random, places.place(random).home) for _ in range(5000))
    assert 0.60 < drawn["russian"] / drawn.total() < 0.72
    assert len(drawn) == 21


def test_regions_are_those_of_the_catalogue_and_spread_by_population() -> None:
    assert {home.subject.code for home in places.homes()} == set(subjects())
    seen = Counter(entry.record.region_code for entry in entries())
    assert len(seen) > 80
    assert {"77", "50", "23"} <= {code for code, _ in seen.most_common(6)}


def test_periods_of_three_kinds_none_of_them_over() -> None:
    kinds = Counter[str]()
    for entry in entries():
        period = entry.record.period
        kinds["open" if period.end_not_stated else "forever" if period.indefinite else "end"] += 1
        assert period.valid_through is None or period.valid_through >= AS_OF
    assert all(kinds[kind] > 200 for kind in ("open", "forever", "end"))


def test_a_term_keeps_the_limit_of_its_category_and_region() -> None:
    random = Random(1)  # noqa: S311 - synthetic people
    for _ in range(300):
        found = term(random, "low_income", table("statuses")["low_income"], "76")
        assert found.valid_through is not None
        assert found.valid_through <= years_after(found.valid_from, 1)


def test_optional_fields_come_and_go() -> None:
    records = [entry.record for entry in entries()]
    for name in ("certificate_number", "measures_through"):
        stated = sum(getattr(record, name) is not None for record in records)
        assert 0.1 < stated / len(records) < 0.9
    assert {record.basis.number is None for record in records if record.basis} == {True, False}
    assert len({record.authority for record in records}) > 1000


@pytest.mark.parametrize(
    ("man", "woman"),
    [
        ("Баранов", "Баранова"),
        ("Синицын", "Синицына"),
        ("Вишневский", "Вишневская"),
        ("Бережной", "Бережная"),
        ("Осадчий", "Осадчая"),
        ("Шевчук", "Шевчук"),
        ("Черемных", "Черемных"),
        ("Тер-Аванесов", "Тер-Аванесова"),
    ],
)
def test_feminine(man: str, woman: str) -> None:
    assert grammar.feminine(man) == woman


@pytest.mark.parametrize(
    ("father", "son", "daughter"),
    [
        ("Сергей", "Сергеевич", "Сергеевна"),
        ("Юрий", "Юрьевич", "Юрьевна"),
        ("Дмитрий", "Дмитриевич", "Дмитриевна"),
        ("Игорь", "Игоревич", "Игоревна"),
        ("Илья", "Ильич", "Ильинична"),
        ("Муса", "Мусаевич", "Мусаевна"),
        ("Саид-Магомед", "Саид-Магомедович", "Саид-Магомедовна"),
    ],
)
def test_patronymic(father: str, son: str, daughter: str) -> None:
    assert [grammar.patronymic(father, male) for male in (True, False)] == [son, daughter]


@pytest.mark.parametrize(
    ("name", "of", "to"),
    [
        ("Пермский край", "Пермского края", "Пермскому краю"),
        ("Еврейская автономная область", "Еврейской автономной области", None),
        ("Республика Крым", "Республики Крым", "Республике Крым"),
        ("Чеченская Республика", "Чеченской Республики", "Чеченской Республике"),
        ("Кемеровская область — Кузбасс", "Кемеровской области — Кузбасса", None),
        ("г. Москва", "города Москвы", "городу Москве"),
    ],
)
def test_regions_in_cases(name: str, of: str, to: str | None) -> None:
    assert grammar.region(name, "of") == of
    assert to is None or grammar.region(name, "to") == to
