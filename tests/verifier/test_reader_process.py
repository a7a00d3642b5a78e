"""The wall between a checkpoint and the files of strangers."""

import io
import json
import signal
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pictures
import pypdfium2
import pytest
from PIL import Image
from world import DATA

from statusqr_schema import ImageRefused
from statusqr_verifier import reader_process
from statusqr_verifier.engines import Engine, EngineMissing
from statusqr_verifier.frames import FrameReading, Hint
from statusqr_verifier.reader_process import MAX_MEMORY, ReaderBusy, SafeReader

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
    return document(objects)


def document(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, of which the first is the catalogue."""
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, rows)
    ends = (size, trailer, len(body))
    return body + table + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % ends


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
        assert reader.read_codes(png) == [pictures.text("R01")]  # nothing that this file did


class Timer:
    """A timer whose time is over just when it is cancelled: the answer has come by then."""

    def __init__(self, seconds: float, strike: Callable[[], None]) -> None:
        self._strike = strike

    def start(self) -> None:
        """The answer is the faster one."""

    def cancel(self) -> None:
        self._strike()


def test_a_limit_that_strikes_late_kills_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_process, "Timer", Timer)
    with SafeReader(frame_seconds=PATIENT) as reader:
        assert reader.read_frame(picture("L")).texts == (pictures.text("R01"),)
        process = reader.frame_process
        assert process is not None
        assert reader.read_frame(picture("L")).texts == (pictures.text("R01"),)
        assert reader.frame_process == process


def test_a_limit_that_strikes_beside_the_answer_leaves_the_next_question_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strikes: list[Callable[[], None]] = []

    class Held(Timer):
        def start(self) -> None:
            strikes.append(self._strike)

    def loads_and_strikes(line: bytes) -> object:
        answer = json.loads(line)
        strikes.pop()()
        return answer

    monkeypatch.setattr(reader_process, "Timer", Held)
    monkeypatch.setattr(reader_process, "json", SimpleNamespace(loads=loads_and_strikes))
    with SafeReader(frame_seconds=PATIENT) as reader:
        for _ in range(2):
            assert reader.read_frame(picture("L")).texts == (pictures.text("R01"),)
            assert reader.frame_process is None


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


def picture(mode: str, kind: str = "PNG", **options: object) -> bytes:
    """The scene with one code in it, in a mode of Pillow."""
    output = io.BytesIO()
    image = Image.fromarray(pictures.scene("R01", scale=4))
    image.convert(mode).save(output, kind, **options)
    return output.getvalue()


def animated(kind: str) -> bytes:
    """A film: the code comes first, then two empty pictures."""
    first = Image.fromarray(pictures.scene("R01", scale=4))
    rest = [Image.new("L", first.size, tone) for tone in (255, 128)]
    output = io.BytesIO()
    first.save(output, kind, save_all=True, append_images=rest, duration=40, lossless=True)
    return output.getvalue()


def sixteen_bits() -> bytes:
    """Tones of 0 to 65,535, as scanners of archives give them."""
    output = io.BytesIO()
    Image.fromarray(pictures.scene("R01", scale=4).astype(np.uint16) * 257).save(output, "PNG")
    return output.getvalue()


def sideways() -> bytes:
    """A telephone held upright: its EXIF says to turn the picture."""
    exif = Image.Exif()
    exif[274] = 6
    return picture("RGB", "JPEG", exif=exif)


def drawn(catalogue: bytes = b"", page: bytes = b"") -> bytes:
    """A PDF of one page with the code on it, with more in its catalogue and its page."""
    code = pictures.code("R01", 4)
    image = (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray" % code.shape[::-1]
    )
    return document(
        [
            b"<</Type/Catalog/Pages 2 0 R" + catalogue + b">>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R"
            b"/Resources<</XObject<</I 5 0 R>>>>" + page + b">>",
            stream(b"", b"260 0 0 260 20 20 cm /I Do"),
            stream(image + b"/BitsPerComponent 8", code.tobytes()),
        ]
    )


def with_scripts() -> bytes:
    """Scripts that would never end, run when it is opened and when the page is shown."""
    script = b"<</S/JavaScript/JS(while\\(true\\){app.alert\\(1\\)})>>"
    return drawn(b"/OpenAction" + script, b"/AA<</O" + script + b">>")


def of_a_thousand_pages() -> bytes:
    whole = pypdfium2.PdfDocument(drawn())
    for _ in range(999):
        whole.new_page(300, 300)
    output = io.BytesIO()
    whole.save(output)
    return output.getvalue()


GOOD: dict[str, Callable[[], bytes]] = {
    "CMYK": lambda: picture("CMYK", "JPEG", quality=90),
    "palette": lambda: picture("P"),
    "two tones": lambda: picture("1"),
    "16 bits": sixteen_bits,
    "animated WebP": lambda: animated("WEBP"),
    "animated PNG": lambda: animated("PNG"),
    "sideways": sideways,
    "PDF": drawn,
    "PDF with scripts": with_scripts,
    "PDF of 1,000 pages": of_a_thousand_pages,
}


def bomb(side: int) -> bytes:
    """A whole PNG, two tones, all of it black: 200 MB for 40,000 points each way, sent as one."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    packed = zlib.compressobj(1)
    row = bytes(side // 8 + 1)
    rows = b"".join(packed.compress(row * 100) for _ in range(side // 100)) + packed.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def locked() -> bytes:
    """A PDF that asks for a password."""
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"a1" * 32, b"b2" * 32)
    return drawn().replace(b"/Root 1 0 R", b"/Root 1 0 R/ID[<00><00>]" + lock)


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (lambda: bomb(40_000), "слишком много точек"),
    "cut": (lambda: picture("L")[:2000], "повреждено"),
    "locked PDF": (locked, "закрыт паролем"),
    "broken PDF": (lambda: drawn()[:400], "повреждён"),
    "text": (lambda: b"<svg/>", "это не PNG"),
    "GIF": (lambda: picture("P", "GIF"), "это не PNG"),
}


def test_hostile_and_odd_files_are_read_or_refused_by_one_process_that_lives_on() -> None:
    with SafeReader(PATIENT) as reader:
        reader.read_codes(picture("L"))
        assert reader._files._process is not None
        process = reader._files._process.pid
        for name, (make, message) in BAD.items():
            with pytest.raises(ImageRefused, match=message):
                reader.read_codes(make())
            assert reader._files.number == process, name
        for name, good in GOOD.items():
            assert reader.read_codes(good()) == [pictures.text("R01")], name
        assert reader._files.number == process
        status = Path(f"/proc/{process}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        assert int(peak.split()[1]) * 1024 < MAX_MEMORY / 4


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_frames_that_a_browser_posts(kind: str) -> None:
    with SafeReader(PATIENT, frame_seconds=PATIENT) as reader:
        shown = pictures.encoded(pictures.scene("R01"), kind)
        assert reader.read_frame(shown) == FrameReading((pictures.text("R01"),))
        black = pictures.encoded(np.zeros((480, 640), np.uint8), kind)
        assert reader.read_frame(black) == FrameReading((), Hint.MORE_LIGHT)
        grey = pictures.encoded(np.full((480, 640), 127, np.uint8), kind)
        assert reader.read_frame(grey) == FrameReading(())


def test_what_is_no_frame_is_refused_and_the_next_is_read() -> None:
    large = pictures.encoded(np.zeros((4001, 4000), np.uint8), "PNG")
    with SafeReader(PATIENT, frame_seconds=PATIENT) as reader:
        for data in (b"", b"not a picture", drawn(), (DATA / "photo.heic").read_bytes()):
            with pytest.raises(ImageRefused, match="это не PNG, JPEG или WebP"):
                reader.read_frame(data)
        with pytest.raises(ImageRefused, match="слишком много точек"):
            reader.read_frame(large)
        assert reader.read_frame(picture("L")).texts == (pictures.text("R01"),)


def refusals(ask: Callable[[], object], times: int) -> tuple[list[threading.Thread], list[str]]:
    """Threads that ask, and where the messages of their refusals will be."""
    messages: list[str] = []

    def work() -> None:
        try:
            ask()
        except ImageRefused as error:
            messages.append(error.message)

    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    return threads, messages


def test_frames_do_not_wait_for_a_slow_file_and_closing_ends_it() -> None:
    hostile = forms_within_forms(12, 10)  # hours of work
    with SafeReader(PATIENT, frame_seconds=PATIENT) as reader:
        threads, messages = refusals(lambda: reader.read_codes(hostile), 3)
        assert reader.read_frame(picture("L")).texts == (pictures.text("R01"),)
        assert all(thread.is_alive() for thread in threads)
    for thread in threads:
        thread.join()
    assert len(messages) == 3
    assert all("прервано" in message or "остановлено" in message for message in messages)


def test_a_frame_is_refused_rather_than_queued_until_it_is_old() -> None:
    with SafeReader(frame_seconds=0.01) as reader:
        reader._frames._turn.acquire()
        with pytest.raises(ReaderBusy, match="слишком много кадров"):
            reader.read_frame(picture("L"))
        reader._frames._turn.release()
    assert ReaderBusy.code == "READER_BUSY"


def test_after_closing_nothing_is_read_and_nothing_runs() -> None:
    reader = SafeReader(PATIENT, frame_seconds=PATIENT)
    reader.read_frame(picture("L"))
    process = reader.frame_process
    assert process is not None
    reader.close()
    reader.close()
    assert not Path(f"/proc/{process}").exists()
    for ask in (reader.read_codes, reader.read_frame):
        with pytest.raises(ImageRefused, match="остановлено"):
            ask(picture("L"))
    assert reader.frame_process is None


def test_a_child_that_does_not_even_listen_is_given_up() -> None:
    """More is sent than a pipe holds, so that the writing hangs, not the reading."""
    with SafeReader(PATIENT, frame_seconds=PATIENT) as reader:
        reader.read_frame(picture("L"))
        assert reader._frames._process is not None
        reader._frames._process.send_signal(signal.SIGSTOP)
        reader._frames._seconds = 0.2
        with pytest.raises(ImageRefused, match="прервано"):
            reader.read_frame(bytes(2**20))
        reader._frames._seconds = PATIENT
        assert reader.read_frame(picture("L")).texts == (pictures.text("R01"),)


def test_no_file_stays_open_behind_a_reader() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with SafeReader(PATIENT, frame_seconds=PATIENT) as reader:
            reader.read_frame(picture("L"))
            assert reader._frames._process is not None
            reader._frames._process.kill()
            reader._frames._process.wait()
            reader.read_frame(picture("L"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
