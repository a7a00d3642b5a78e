"""JSON as documents of trust and registers need it: one meaning, no repeated names, no NaN."""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NoReturn, TypeAlias

JsonValue: TypeAlias = (
    str | int | float | bool | Sequence["JsonValue"] | Mapping[str, "JsonValue"] | None
)


def loads(text: str) -> JsonValue:
    """Parse `text`; ValueError says what is wrong and where, without quoting the content."""
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_short,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"не JSON: строка {error.lineno}, знак {error.colno}") from error
    except RecursionError as error:
        raise ValueError("слишком глубокая вложенность") from error
    return value


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("имя поля повторяется в одном объекте")
    return result


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError("число слишком велико")
    return number


def _short(text: str) -> int:
    if len(text) > 30:
        raise ValueError("число слишком велико")
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} не число JSON")
