"""The wall between a checkpoint and the files of strangers."""

import subprocess
import sys
import threading
from pathlib import Path

import pictures
import pytest
from world import DATA

from statusqr_schema import ImageRefused
from statusqr_verifier.engines import Engine, EngineMissing
from statusqr_verifier.reader_process import SafeReader

PATIENT = 300.0  # seconds, for files that are read at once also on a slow machine


def forms_within_forms(depth: int, times: int) -> bytes:
    """A PDF of a few kilobytes whose page draws a form that draws a form … times to the depth."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R"
        b"/Resources<</XObject<</F 5 0 R>>>>>>",
        stream(b"", b"/F Do"),
    ]
    for level in range(depth):
        inner = f"/Resources<</XObject<</F {6 + level} 0 R>>>>".encode()
        head = b"/Type/XObject/Subtype/Form/BBox[0 0 300 300]" + inner
        objects.append(stream(head, b"/F Do " * times))
    objects.append(stream(b"/Type/XObject/Subtype/Form/BBox[0 0 300 300]", b"0 0 9 9 re f"))
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, rows)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(body))
    return body + table + tail


def stream(head: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(content), content)


def test_it_reads_what_the_library_reads() -> None:
    with SafeReader(PATIENT) as reader:
        png = pictures.encoded(pictures.scene("R01", "R08"), "PNG")
        texts = {pictures.text("R01"), pictures.text("R08")}
        assert set(reader.read_codes(png)) == texts
        assert set(reader.read_codes(png, Engine.ZXING)) == texts
        assert reader.read_codes(DATA / "photo.heic") == [(DATA / "photo.txt").read_text().strip()]
        assert reader.read_codes(forms_within_forms(1, 1)) == []


def test_refusals_come_through() -> None:
    with SafeReader(PATIENT) as reader:
        for data in (b"", b"not a picture", b"%PDF-1.7"):
            with pytest.raises(ImageRefused):
                reader.read_codes(data)
        with pytest.raises(ImageRefused, match="не открывается"):
            reader.read_codes(Path("nowhere.png"))
        assert reader.read_codes(pictures.encoded(pictures.scene("R01"), "PNG"))


def test_a_file_that_would_take_hours_is_given_up_and_the_next_is_read() -> None:
    hostile = forms_within_forms(12, 10)
    assert len(hostile) < 4000
    with SafeReader(1.0) as reader:
        with pytest.raises(ImageRefused, match="слишком сложен"):
            reader.read_codes(hostile)
        with SafeReader(PATIENT) as patient:
            assert patient.read_codes(pictures.encoded(pictures.scene("R01"), "PNG"))


def test_a_child_that_dies_is_replaced() -> None:
    png = pictures.encoded(pictures.scene("R01"), "PNG")
    with SafeReader(PATIENT) as reader:
        assert reader.read_codes(png)
        assert reader._files._process is not None
        reader._files._process.kill()
        reader._files._process.wait()
        with pytest.raises(ImageRefused, match="прервано"):
            reader.read_codes(png)
        assert reader.read_codes(png) == [pictures.text("R01")]


def test_threads_take_turns() -> None:
    names = ["R01", "R08", "R20"] * 3
    found: dict[int, list[str]] = {}

    with SafeReader(PATIENT) as reader:

        def work(number: int) -> None:
            found[number] = reader.read_codes(pictures.encoded(pictures.code(names[number]), "PNG"))

        threads = [threading.Thread(target=work, args=(n,)) for n in range(len(names))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [found[n] for n in range(len(names))] == [[pictures.text(name)] for name in names]


def test_an_engine_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pyzbar.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with SafeReader(PATIENT) as reader, pytest.raises(EngineMissing, match="zbar"):
        reader.read_codes(pictures.encoded(pictures.code("R01"), "PNG"), Engine.ZBAR)


def test_the_child_is_held_to_its_memory() -> None:
    """What it may not have, it does not get: the limit is set before anything is read."""
    program = (
        "import sys, io\n"
        "from statusqr_verifier import reader_process\n"
        "reader_process.serve = lambda *_: bytearray(4 * 2**30)\n"
        "reader_process.main()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "MemoryError" in run.stderr
