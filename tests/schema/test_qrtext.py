"""The digits in the QR code: ours or not, whole or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_schema import MalformedCredential
from statusqr_schema.qrtext import decode, encode, is_ours

CREDENTIALS = st.binary(min_size=41, max_size=660).map(lambda rest: b"\xd2" + rest)


@given(CREDENTIALS)
def test_round_trip(credential: bytes) -> None:
    text = encode(credential)
    assert text.isascii()
    assert text.isdigit()
    assert decode(text) == credential


@given(st.text("0123456789", min_size=100, max_size=1600))
def test_any_digits_are_the_number_they_say(text: str) -> None:
    if text[0] == "0":
        with pytest.raises(MalformedCredential, match="leading zero"):
            decode(text)
    else:
        assert encode(decode(text)) == text


@pytest.mark.parametrize("length", [100, 101, 1599, 1600])
def test_lengths_that_are_read(length: int) -> None:
    text = "9" * length
    assert is_ours(text)
    assert encode(decode(text)) == text


@pytest.mark.parametrize("length", [0, 1, 99])
def test_fewer_digits_are_not_ours(length: int) -> None:
    text = "9" * length
    assert not is_ours(text)
    with pytest.raises(MalformedCredential, match="at least 100"):
        decode(text)


@pytest.mark.parametrize("length", [1601, 4300, 4301, 10_000])
def test_more_digits_are_ours_but_broken(length: int) -> None:
    text = "9" * length
    assert is_ours(text)
    with pytest.raises(MalformedCredential, match="too many digits"):
        decode(text)


def test_a_leading_zero_is_ours_but_broken() -> None:
    """Two texts never stand for the same bytes."""
    text = "0" + "9" * 150
    assert is_ours(text)
    with pytest.raises(MalformedCredential, match="leading zero"):
        decode(text)


@pytest.mark.parametrize(
    "text",
    [
        "٣" * 150,  # Arabic-Indic
        "９" * 150,  # fullwidth
        "²" * 150,
        "9" * 149 + "٣",
        "9" * 149 + " ",
        "9" * 149 + "\n",
        "\ufeff" + "9" * 149,
        "-" + "9" * 149,
        "+" + "9" * 149,
        "9" * 75 + "_" + "9" * 75,
        "9" * 75 + "." + "9" * 75,
        "1e" + "9" * 149,
        "https://example.org/" + "9" * 149,
        "HC1:" + "6BF" * 50,
        "9" * 150 + "\0",
        "9" * 150 + "\ud800",
    ],
    ids=ascii,
)
def test_anything_else_is_not_ours(text: str) -> None:
    assert not is_ours(text)
    with pytest.raises(MalformedCredential):
        decode(text)


@given(st.text(max_size=120))
def test_no_text_raises_anything_else(text: str) -> None:
    assert not is_ours(text) or text.isdigit()
    if not is_ours(text):
        with pytest.raises(MalformedCredential):
            decode(text)


@pytest.mark.parametrize(
    ("credential", "digits"),
    [(b"", 1), (b"\xd2" * 40, 97), (b"\xd2" * 665, 1602), (b"\xd2" * 1000, 2409)],
    ids=["nothing", "40 bytes", "665 bytes", "1000 bytes"],
)
def test_what_would_be_too_small_or_too_large_a_code(credential: bytes, digits: int) -> None:
    with pytest.raises(ValueError, match=f"^{digits} digits"):
        encode(credential)
