"""The compressed payload: its dictionary, its size, and everything that may be wrong with it."""

import hashlib
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_schema import MalformedCredential
from statusqr_schema.compression import (
    MAX_CONTENT,
    compress,
    decompress,
    dictionary,
)

# Not frozen yet: until version 1 of the format is, a new dictionary may take this one's place.
# From then on this number never changes, nor does the file.
DICTIONARY_SHA256 = "5b92cc5b03393c970cf694b3a8054c4fc50526eda3a521e4465dedb09d9abf8c"

CONTENT = "Министерство труда и социальной защиты Кузбасса".encode()


def deflate(content: bytes, level: int = 9, *, primed: bool = True) -> bytes:
    """Raw DEFLATE without the version byte, by another route than ours."""
    preset = dictionary() if primed else b""
    compressor = zlib.compressobj(level, zlib.DEFLATED, -15, zdict=preset)
    return compressor.compress(content) + compressor.flush()


def test_the_dictionary_is_the_one_of_this_version() -> None:
    assert hashlib.sha256(dictionary()).hexdigest() == DICTIONARY_SHA256


def test_the_whole_dictionary_is_within_reach() -> None:
    assert 1_000 < len(dictionary()) <= 32_000


def test_the_dictionary_saves_most_of_what_it_knows() -> None:
    assert len(compress(CONTENT)) < len(CONTENT) / 4 < len(deflate(CONTENT, primed=False))


@given(st.binary(max_size=MAX_CONTENT))
def test_round_trip(content: bytes) -> None:
    payload = compress(content)
    assert payload[0] == 1
    assert decompress(payload) == content


def test_one_content_after_another_gives_the_same() -> None:
    assert compress(CONTENT) == compress(CONTENT)


@pytest.mark.parametrize("level", range(10))
def test_the_output_of_any_compressor_is_read(level: int) -> None:
    assert decompress(b"\x01" + deflate(CONTENT, level)) == CONTENT
    assert decompress(b"\x01" + deflate(CONTENT, level, primed=False)) == CONTENT


def test_the_largest_content() -> None:
    largest = bytes(MAX_CONTENT)
    assert decompress(compress(largest)) == largest
    with pytest.raises(ValueError, match="4097 bytes of content"):
        compress(largest + b"\0")
    with pytest.raises(MalformedCredential, match="more than 4096"):
        decompress(b"\x01" + deflate(largest + b"\0"))


def test_a_bomb_is_not_unfolded() -> None:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    million = bytes(1_000_000)
    bomb = b"\x01" + b"".join(compressor.compress(million) for _ in range(50)) + compressor.flush()
    assert len(bomb) < 60_000
    tracemalloc.start()
    try:
        with pytest.raises(MalformedCredential, match="more than 4096"):
            decompress(bomb)
        assert tracemalloc.get_traced_memory()[1] < 300_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("junk", [b"\0", b"\x01", b"\xff" * 100, b"\x03\0"])
def test_nothing_follows_the_stream(junk: bytes) -> None:
    with pytest.raises(MalformedCredential):
        decompress(compress(CONTENT) + junk)
    with pytest.raises(MalformedCredential):
        decompress(compress(bytes(MAX_CONTENT)) + junk)


@pytest.mark.parametrize("content", [CONTENT, bytes(MAX_CONTENT), b"", bytes(range(256))])
def test_a_cut_stream_is_refused_at_every_byte(content: bytes) -> None:
    payload = compress(content)
    for length in range(len(payload)):
        with pytest.raises(MalformedCredential):
            decompress(payload[:length])


@pytest.mark.parametrize(
    "stream",
    [
        "07",  # a block of the reserved type
        "01000000",  # a stored block whose length and its complement disagree
        "0002000000ffff",
        "4b04c1",
    ],
)
def test_broken_streams(stream: str) -> None:
    with pytest.raises(MalformedCredential):
        decompress(b"\x01" + bytes.fromhex(stream))


def test_a_reference_to_before_the_dictionary_is_refused() -> None:
    """A longer dictionary, whose first words ours does not have: no other text in their place."""
    word = bytes(range(128, 256))
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=word + dictionary())
    payload = b"\x01" + compressor.compress(word) + compressor.flush()
    assert len(payload) < 20
    with pytest.raises(MalformedCredential, match="cannot be inflated"):
        decompress(payload)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_or_small(stream: bytes) -> None:
    try:
        content = decompress(b"\x01" + stream)
    except MalformedCredential:
        return
    assert len(content) <= MAX_CONTENT


@pytest.mark.parametrize("payload", [b"", b"\0", b"\0" + compress(CONTENT)[1:], b"\2\3\0"])
def test_only_this_version_is_inflated(payload: bytes) -> None:
    with pytest.raises(MalformedCredential, match="another version"):
        decompress(payload)
