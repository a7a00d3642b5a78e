"""Files made to harm: bombs, damaged and cut files, pages without an end."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pictures
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import record, world

from statusqr_issuer import make_symbol
from statusqr_issuer.pdf import render_pdf
from statusqr_schema import ImageRefused
from statusqr_verifier import images, read_codes


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(10_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [8_001, 60_000, 2**31 - 1])
def test_a_picture_that_would_unpack_to_gigabytes(side: int) -> None:
    with pytest.raises(ImageRefused, match=r"точек|поврежд"):
        read_codes(png_that_claims(side, side))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_cut_short(kind: str) -> None:
    data = pictures.encoded(pictures.scene("R01"), kind)
    with pytest.raises(ImageRefused):
        read_codes(data[: len(data) // 3])


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7\n", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"x"]
)
def test_files_that_are_nothing(data: bytes) -> None:
    with pytest.raises(ImageRefused):
        read_codes(data)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.png", tmp_path):
        with pytest.raises(ImageRefused, match="не открывается"):
            read_codes(path)


def test_a_file_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(images.MAX_BYTES + 1)
    with pytest.raises(ImageRefused, match="велик"):
        read_codes(path)


def pdf() -> bytes:
    credential = world().print_key.issue(record("R20"))
    return render_pdf(credential, record("R20"), "Орган", make_symbol(credential.text))


def test_a_page_of_kilometres() -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(14_400, 14_400)  # the largest that PDF knows: 5 metres
    output = io.BytesIO()
    document.save(output)
    assert read_codes(output.getvalue()) == []


def test_a_locked_or_broken_pdf() -> None:
    with pytest.raises(ImageRefused, match="PDF"):
        read_codes(b"%PDF-1.7\n" + bytes(2000))


def test_no_more_pages_than_a_checkpoint_looks_at() -> None:
    document = pypdfium2.PdfDocument.new()
    for _ in range(images.MAX_PAGES):
        document.new_page(100, 100)
    document.import_pages(pypdfium2.PdfDocument(pdf()))
    output = io.BytesIO()
    document.save(output)
    assert read_codes(output.getvalue()) == []


@settings(max_examples=60)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "PDF"]),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_damaged_files_are_read_or_refused(kind: str, changes: list[tuple[float, int]]) -> None:
    data = bytearray(pdf() if kind == "PDF" else pictures.encoded(pictures.code("R20"), kind))
    for place, value in changes:
        data[int(place * len(data))] = value
    try:
        texts = read_codes(bytes(data))
    except ImageRefused:
        return
    assert all(isinstance(text, str) for text in texts)


@pytest.mark.parametrize("size", [(0.3, 200), (200, 0.3), (1, 1)])
def test_a_page_as_narrow_as_a_hair(size: tuple[float, float]) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(*size)
    output = io.BytesIO()
    document.save(output)
    assert read_codes(output.getvalue()) == []


def test_pages_read_from_many_threads_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    page = pdf()
    expected = read_codes(page)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: read_codes(page), range(24))) == [expected] * 24


@pytest.mark.parametrize("size", [(200_000, 20), (20, 200_000)])
def test_a_page_as_long_as_a_street(size: tuple[int, int]) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(*size)
    output = io.BytesIO()
    document.save(output)
    assert read_codes(output.getvalue()) == []


@pytest.mark.parametrize("shape", [(21, 70_000), (70_000, 21), (20_001, 30)])
def test_a_frame_as_long_as_a_street(shape: tuple[int, int]) -> None:
    with pytest.raises(ImageRefused, match="велик"):
        read_codes(np.zeros(shape, np.uint8))
    with pytest.raises(ImageRefused, match="точек"):
        read_codes(pictures.encoded(np.zeros(shape, np.uint8), "PNG"))
