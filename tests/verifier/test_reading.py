"""Codes out of pictures of every kind that people bring."""

import io
from pathlib import Path

import numpy as np
import pictures
import pytest
from PIL import Image
from world import DATA, NOON, record, world

from statusqr_issuer import make_symbol
from statusqr_issuer.pdf import render_pdf
from statusqr_verifier import Verdict, Verifier, read_codes
from statusqr_verifier.engines import Engine


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_kinds_of_files(kind: str, tmp_path: Path) -> None:
    data = pictures.encoded(pictures.scene("R01"), kind)
    path = tmp_path / "with a wrong ending.txt"
    path.write_bytes(data)
    assert read_codes(data) == read_codes(path) == read_codes(str(path)) == [pictures.text("R01")]


def test_heic() -> None:
    expected = (DATA / "photo.txt").read_text().strip()
    assert read_codes(DATA / "photo.heic") == [expected]


def test_frames_of_a_camera() -> None:
    grey = pictures.scene("R01")
    bgr = np.stack([grey] * 3, axis=2)
    bgra = np.stack([grey, grey, grey, np.full_like(grey, 255)], axis=2)
    for frame in (grey, bgr, bgra, grey[:, :, None], bgr[::-1, ::-1]):
        assert read_codes(frame) == [pictures.text("R01")]


def test_several_codes_in_one_picture_each_once() -> None:
    names = ("R01", "R08", "R20")
    found = read_codes(pictures.scene(*names, "R01"))
    assert sorted(found) == sorted(pictures.text(name) for name in names)


def test_several_pages_of_a_pdf() -> None:
    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    for name in ("R01", "R08"):
        credential = world().print_key.issue(record(name))
        symbol = make_symbol(credential.text)
        page = render_pdf(credential, record(name), "Вымышленный орган", symbol)
        whole.import_pages(pypdfium2.PdfDocument(page))
    output = io.BytesIO()
    whole.save(output)
    verifier = Verifier(world().trust)
    reports = [verifier.verify(text, NOON) for text in read_codes(output.getvalue())]
    holders = [report.record.holder.family_name for report in reports if report.record]
    assert holders == ["Лебедева", "Фёдоров"]


@pytest.mark.parametrize("degrees", [90, 180, 270, 12, 45])
def test_turned(degrees: int) -> None:
    assert read_codes(pictures.rotated(pictures.scene("R01"), degrees)) == [pictures.text("R01")]


def test_inverted_and_mirrored() -> None:
    scene = pictures.scene("R01")
    assert read_codes(255 - scene) == [pictures.text("R01")]
    assert read_codes(np.ascontiguousarray(scene[:, ::-1])) == [pictures.text("R01")]


@pytest.mark.parametrize("share", [0.05, 0.15])
def test_noise_that_the_first_pass_may_not_read(share: float) -> None:
    assert read_codes(pictures.noisy(pictures.scene("R01"), share)) == [pictures.text("R01")]


def test_the_cascade_reads_what_one_pass_does_not() -> None:
    hard = [
        pictures.noisy(pictures.scene("R01", scale=4), 0.12),
        pictures.faint(pictures.noisy(pictures.scene("R01", scale=3), 0.04)),
        pictures.blurred(pictures.scene("R01", scale=3), 1.6),
    ]
    alone = sum(bool(read_codes(image, Engine.ZXING)) for image in hard)
    assert [read_codes(image) for image in hard] == [[pictures.text("R01")]] * len(hard)
    assert alone < len(hard)


def test_transparent_parts_are_paper() -> None:
    grey = pictures.code("R01")
    ink = np.zeros((*grey.shape, 4), np.uint8)
    ink[..., 3] = 255 - grey
    output = io.BytesIO()
    Image.fromarray(ink).save(output, "PNG")
    assert read_codes(output.getvalue()) == [pictures.text("R01")]


def test_a_photo_taken_upright_is_turned_by_its_exif() -> None:
    output = io.BytesIO()
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(pictures.scene("R01", "R08")).save(output, "JPEG", exif=exif)
    assert len(read_codes(output.getvalue())) == 2


def test_nothing_to_read() -> None:
    assert read_codes(np.full((480, 640), 127, np.uint8)) == []
    assert read_codes(pictures.encoded(np.full((300, 300), 255, np.uint8), "PNG")) == []


def test_a_cropped_code_is_not_read_as_another() -> None:
    code = pictures.code("R01")
    for part in (code[: code.shape[0] // 2], code[:, 60:]):
        assert read_codes(np.ascontiguousarray(part)) in ([], [pictures.text("R01")])


def test_without_its_quiet_zone() -> None:
    """A printer that crops the margin: the quiet zone is gone on all sides."""
    code = pictures.code("R01")
    bare = np.ascontiguousarray(code[32:-32, 32:-32])
    canvas = np.full((bare.shape[0] + 80, bare.shape[1] + 80), 90, np.uint8)
    canvas[40:-40, 40:-40] = bare
    assert read_codes(canvas) in ([], [pictures.text("R01")])
    verdict = Verifier(world().trust).verify(pictures.text("R01"), NOON).verdict
    assert verdict is Verdict.VALID
