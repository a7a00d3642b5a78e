"""JSON with one meaning: what parsers read differently is refused, and nothing is quoted."""

import pytest

from statusqr_schema.strict_json import loads

PERSONAL = "Лебедева"


def test_plain_json_is_read() -> None:
    text = '{"a": [1, 2.5, true, null, "ё"], "b": {"a": {}}}'
    assert loads(text) == {"a": [1, 2.5, True, None, "ё"], "b": {"a": {}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'{{"name": "{PERSONAL}", "name": "{PERSONAL}"}}', "имя поля повторяется"),
        (f'{{"{PERSONAL}": {{"a": 1, "a": 1}}}}', "имя поля повторяется"),
        (f'["{PERSONAL}", NaN]', "NaN не число JSON"),
        (f'["{PERSONAL}", Infinity]', "Infinity не число JSON"),
        (f'["{PERSONAL}", -Infinity]', "-Infinity не число JSON"),
        (f'["{PERSONAL}",\n  }}', "не JSON: строка 2, знак 3"),
        (f'"{PERSONAL}', "не JSON: строка 1"),
        ("", "не JSON"),
        (f'["{PERSONAL}"] 1', "не JSON"),
        ("[" * 100_000, "слишком глубокая вложенность"),
    ],
)
def test_refused_without_a_quotation(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        loads(text)
    assert PERSONAL not in str(caught.value)


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_numbers_stay_finite(number: str) -> None:
    with pytest.raises(ValueError, match="число слишком велико"):
        loads(f"[{number}]")


def test_a_number_of_5000_digits_is_refused_in_russian() -> None:
    with pytest.raises(ValueError, match=r"[а-я]"):
        loads("1" * 5000)
