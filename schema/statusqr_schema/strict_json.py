"""JSON as documents of trust and registers need it: one meaning, no repeated names, no NaN.

Nor is it deeper than anybody needs: what is read here can be written and read again anywhere.
"""

import json
import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Final, NoReturn, TypeAlias

JsonValue: TypeAlias = (
    str | int | float | bool | Sequence["JsonValue"] | Mapping[str, "JsonValue"] | None
)

MAX_DEPTH: Final = 64  # arrays and objects in each other; real documents have fewer than ten
_BRACKET: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|([\[{])|([\]}])', re.DOTALL)


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
        raise _too_deep(text) from error
    if _is_too_deep(value):
        raise _too_deep(text)
    return value


def _is_too_deep(value: JsonValue) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        lists = [each for each in level if isinstance(each, list)]
        objects = [each.values() for each in level if isinstance(each, dict)]
        if not lists and not objects:
            return False
        level = [each for one in (*lists, *objects) for each in one]
    return True


def _too_deep(text: str) -> ValueError:
    depth = place = 0
    for token in _BRACKET.finditer(text):
        depth += (token[1] is not None) - (token[2] is not None)
        if depth > MAX_DEPTH:
            place = token.start()
            break
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    return ValueError(
        f"слишком глубокая вложенность (больше {MAX_DEPTH}): строка {line}, знак {column}"
    )


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
