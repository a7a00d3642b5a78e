"""JSON with one meaning: what parsers read differently is refused, and nothing is quoted."""

import json

import pytest

from statusqr_schema.strict_json import MAX_DEPTH, loads

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


@pytest.mark.parametrize("beginning", ["[", '{"a":', '[{"a":'], ids=["lists", "objects", "both"])
def test_what_is_read_can_be_read_again_anywhere(beginning: str) -> None:
    """Also by a reader without this bound that stands deep in its own stack."""
    each = beginning.count("[") + beginning.count("{")
    closing = {"[": "]", '{"a":': "}", '[{"a":': "}]"}[beginning]
    deepest = beginning * (MAX_DEPTH // each) + '"[{["' + closing * (MAX_DEPTH // each)
    assert json.loads(json.dumps(loads(deepest))) == loads(deepest)
    message = rf"слишком глубокая вложенность \(больше {MAX_DEPTH}\): строка 2, знак "
    for wrapped in (f'[1,\n"[[\\"[",{deepest}]', f'{{"b":\n"]",\n"a":{deepest}}}'):
        with pytest.raises(ValueError, match=message.replace("2", "[23]", 1)):
            loads(wrapped)
