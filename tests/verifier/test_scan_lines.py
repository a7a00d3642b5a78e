"""The bytes of a scanner cut into scans: suffixes, pauses, noise, and lines without an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_verifier.scanning.scanner_lines import GAP, MAX_SCAN, ScannerLines


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b"\n\r", b"\r\n\t"])
def test_each_suffix_ends_a_scan(end: bytes) -> None:
    lines = ScannerLines()
    assert lines.feed(b"123" + end, 0) == ("123",)
    assert lines.feed(b"45" + end + b"6" + end, 1) == ("45", "6")
    assert lines.after(9) == ()


def test_without_a_suffix_a_pause_ends_it() -> None:
    lines = ScannerLines()
    assert lines.feed(b"12", 0) == ()
    assert lines.feed(b"34", GAP - 0.01) == ()
    assert lines.after(2 * GAP - 0.02) == ()
    assert lines.after(2 * GAP) == ("1234",)
    assert lines.after(10) == ()


def test_a_scan_after_a_pause_is_another() -> None:
    lines = ScannerLines()
    lines.feed(b"12", 0)
    assert lines.feed(b"34\r", 1) == ("12", "34")


def test_the_second_half_of_a_double_suffix_is_no_scan() -> None:
    lines = ScannerLines()
    assert lines.feed(b"12\r", 0) == ("12",)
    assert lines.feed(b"\n", 0.1) == ()
    assert lines.after(5) == ()


@pytest.mark.parametrize("around", [b"%s", b"]Q1%s", b"\x02%s\x03", b"  %s ", b"\x02]Q3%s\x03"])
def test_what_scanners_put_around_a_code(around: bytes) -> None:
    assert ScannerLines().feed(around % b"12345" + b"\r", 0) == ("12345",)


def test_noise_is_no_digit() -> None:
    assert ScannerLines().feed(b"12\xff\x8034\r", 0) == ("12\ufffd\ufffd34",)


@pytest.mark.parametrize("piece", [7, 100, 5000, 100_000])
def test_a_line_without_an_end_is_cut_and_memory_bounded(piece: int) -> None:
    lines = ScannerLines()
    for _ in range(0, 100_000, piece):
        assert lines.feed(b"7" * piece, 0) == ()
        assert lines.held <= MAX_SCAN
    assert lines.feed(b"\r12\r", 0) == ("7" * MAX_SCAN, "12")


def test_what_had_begun_is_dropped_where_the_scanner_went_away() -> None:
    lines = ScannerLines()
    lines.feed(b"12", 0)
    lines.drop()
    assert lines.feed(b"34\r", 0.1) == ("34",)


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_any_bytes_in_any_pieces(pieces: list[bytes]) -> None:
    """Cut into other pieces the same bytes give the same scans, none of them empty."""
    whole, piecewise = ScannerLines(), ScannerLines()
    data = b"".join(pieces)
    expected = (*whole.feed(data, 0), *whole.after(1))
    found = [scan for piece in pieces for scan in piecewise.feed(piece, 0)]
    assert (*found, *piecewise.after(1)) == expected
    assert all(scan == scan.strip() != "" for scan in expected)
