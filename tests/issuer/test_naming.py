"""File names tell nothing and lead nowhere."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_issuer.naming import Names, shown_id, slug


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


PERSONS = ["997-895-137-28", "99789513728", "СНИЛС 997-895-137 28", "X-99789513728-1"]


@pytest.mark.parametrize("called", PERSONS)
def test_a_persons_number_names_no_file_and_is_not_shown(called: str) -> None:
    assert shown_id(called) is None
    assert Names().name(called, "17/2026", "abc") == "17-2026"
    assert Names().name(None, called, "abc") == "abc"
    assert Names().name("997.895.137.28", called, "abc") == "abc"


@pytest.mark.parametrize("called", [None, "", "  ", "a\nb", "x" * 101])
def test_an_id_that_is_not_shown(called: str | None) -> None:
    assert shown_id(called) is None


@pytest.mark.parametrize("called", ["R01", "РМ-2026/17", "76-000101", "1234567890123"])
def test_an_id_that_is_shown(called: str) -> None:
    assert shown_id(called) == called
