"""Names as registers hold them: which are allowed, and what is wrong with the others."""

import unicodedata

import pytest
from hypothesis import given
from strategies import names, patronymics, texts

from statusqr_schema.names import broken_rules, broken_text_rules, is_placeholder

NO_LETTERS = ("", " ", "-", "--", "—", "–", "…", "*", "()")


def rules(part: str) -> list[str]:
    return [rule for rule, _ in broken_rules(part)]


@pytest.mark.parametrize(
    "part",
    [
        "Алёна",
        "Ёлкин",
        "Али оглы",
        "Ринат кызы",
        "Д'Артаньян",
        "Салтыков-Щедрин",
        "Мамин-сибиряк",
        "Э",
        "О Хён",
        "Ҡотлоғужин",
        "Әҙһәм",
        "Ӱпымарий",
        "Їжакевич",
        "Б" * 100,
    ],
)
def test_allowed_as_written(part: str) -> None:
    assert rules(part) == []


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("1ван", ["NAME_DIGIT"]),
        ("3инаида", ["NAME_DIGIT"]),
        ("Иванов٣", ["NAME_DIGIT"]),
        ("Ивaнов", ["NAME_HOMOGLYPH"]),  # U+0061
        ("Ivanov", ["NAME_SCRIPT"]),
        ("Müller", ["NAME_SCRIPT"]),
        ("Ivan0v", ["NAME_DIGIT", "NAME_SCRIPT"]),
        ("Иванοв", ["NAME_CHARS"]),  # Greek omicron
        ("Д’Артаньян", ["NAME_CHARS"]),  # U+2019
        ("Иванова–Петрова", ["NAME_CHARS"]),  # en dash
        ("Иван\u00a0Иванович", ["NAME_CHARS"]),  # a non-breaking space
        ("Иванов_мл", ["NAME_CHARS"]),
        ("Иванов.", ["NAME_CHARS"]),
        ("Иванов😀", ["NAME_CHARS"]),
        ("Алe\u0308на", ["NAME_NOT_NFC", "NAME_HOMOGLYPH"]),  # Latin e with a diaeresis
        ("Але\u0308на", ["NAME_NOT_NFC"]),
        ("Андреи\u0306", ["NAME_NOT_NFC"]),
        ("Лев\u202e", ["NAME_CONTROL_CHAR"]),  # turns the direction of writing
        ("Лев\u200b", ["NAME_CONTROL_CHAR"]),
        ("Ле\tв", ["NAME_CONTROL_CHAR"]),
        ("Лев\n", ["NAME_CONTROL_CHAR"]),
        ("Лев\ud800", ["NAME_CONTROL_CHAR"]),
        ("Лев\ue000", ["NAME_CONTROL_CHAR"]),
        ("-Иванов", ["NAME_PUNCTUATION"]),
        ("Иванов-", ["NAME_PUNCTUATION"]),
        (" Иванов", ["NAME_PUNCTUATION"]),
        ("Иванов ", ["NAME_PUNCTUATION"]),
        ("Иванов  Петров", ["NAME_PUNCTUATION"]),
        ("Иванов- Петров", ["NAME_PUNCTUATION"]),
        ("Иванов''Петров", ["NAME_PUNCTUATION"]),
        ("Б" * 101, ["NAME_TOO_LONG"]),
        ("1Б" * 51, ["NAME_DIGIT", "NAME_TOO_LONG"]),
    ],
)
def test_refused_and_why(part: str, expected: list[str]) -> None:
    assert rules(part) == expected


def test_a_letter_of_two_characters_counts_as_one() -> None:
    assert rules("е\u0308" * 100) == ["NAME_NOT_NFC"]


@pytest.mark.parametrize(
    "word",
    [*NO_LETTERS, "нет", "Нет", " НЕТ ", "отсутствует", "Без отчества", "б/о", "не указано"],
)
def test_placeholders(word: str) -> None:
    assert is_placeholder(word)


@pytest.mark.parametrize("word", ["Нетович", "Э", "Бо", "0", "Ивановна"])
def test_patronymics_are_no_placeholders(word: str) -> None:
    assert not is_placeholder(word)


@given(names())
def test_generated_names_are_allowed(name: str) -> None:
    assert rules(name) == []


@given(names())
def test_a_decomposed_name_is_told_from_a_composed_one(name: str) -> None:
    decomposed = unicodedata.normalize("NFD", name)
    assert rules(decomposed) == ([] if decomposed == name else ["NAME_NOT_NFC"])


@given(patronymics())
def test_generated_patronymics_are_no_placeholders(name: str) -> None:
    assert not is_placeholder(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ветеран труда", []),
        ("Указ № 5/1 «О мерах…» — 2026", []),
        ("Х" * 10, []),
        (" Ветеран", ["TEXT_SPACES"]),
        ("Ветеран ", ["TEXT_SPACES"]),
        ("Ветеран\u00a0", ["TEXT_SPACES"]),
        ("Ветеран  труда", ["TEXT_SPACES"]),
        ("Ветеран\nтруда", ["TEXT_CONTROL_CHAR"]),
        ("Ветеран\u202e", ["TEXT_CONTROL_CHAR"]),
        ("Приемныи\u0306", ["TEXT_NOT_NFC"]),
        ("Х" * 51, ["TEXT_TOO_LONG"]),
        (" " + "Х" * 51, ["TEXT_SPACES", "TEXT_TOO_LONG"]),
    ],
)
def test_other_texts(text: str, expected: list[str]) -> None:
    assert [rule for rule, _ in broken_text_rules(text, 50)] == expected


@given(texts(100))
def test_generated_texts_are_allowed(text: str) -> None:
    assert list(broken_text_rules(text, 100)) == []
