"""File names tell nothing and lead nowhere."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_issuer.naming import Names, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R01", "r01"),
        ("17/2026", "17-2026"),
        ("МСЭ-2019 № 0000001", "mse-2019-0000001"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", ""),
        ("C:\\Windows", "c-windows"),
        ("щука\0ёж", "shhuka-yozh"),
        ("-rf --", "rf"),
        ("a" * 500, "a" * 60),
        ("日本", ""),
    ],
)
def test_slugs(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text())
def test_no_text_becomes_a_path(text: str) -> None:
    name = slug(text)
    assert name.isascii()
    assert name == "" or PurePosixPath(name).name == name
    assert not name.startswith((".", "-"))


def test_id_then_certificate_number_then_digest() -> None:
    names = Names()
    assert names.name("R01", "17/2026", "abc") == "r01"
    assert names.name(None, "17/2026", "abc") == "17-2026"
    assert names.name("..", None, "abc") == "abc"


def test_never_one_name_twice() -> None:
    names = Names()
    given = [names.name("R 01", None, f"d{n}") for n in range(3)] + [names.name("r-01", None, "x")]
    assert len(set(given)) == 4
    assert given[0] == "r-01"
