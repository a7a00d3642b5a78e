"""Files made to harm, handed to a running checkpoint: a clear answer, and the next file is read."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import httpx
import numpy as np
import pictures
import pypdfium2
import pytest
import scan_world
from checkpoints import Process, Scanner, problem, process
from PIL import Image

from statusqr_issuer import make_symbol
from statusqr_verifier.images import MAX_PAGES

IMAGE = "/api/v1/verify/image"
SCRIPT = b"/Type /Catalog /OpenAction << /S /JavaScript /JS (while (true) {}) >>"
# Measured, each at its highest: 245 MB for the server, when one request brings 57 MB; 625 MB for
# the reader of files, for a picture of 49 million points. Nearly twice as much leaves room for
# other versions of the libraries; a bomb that is unpacked would be beyond: 1,600 million points.
MOST_SERVER, MOST_READER = 450, 1200  # MB


@cache
def grey() -> pictures.Grey:
    """A picture with a code that is good today."""
    image = Image.open(io.BytesIO(make_symbol(scan_world.text()).png(6))).convert("L")
    return np.pad(np.asarray(image, np.uint8), 20, constant_values=180)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def good(kind: str = "PNG") -> bytes:
    return saved(Image.fromarray(grey()), kind)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@cache
def bomb(side: int = 40_000) -> bytes:
    """A whole PNG of 1,600 million white points in some 200 kB."""
    packer = zlib.compressobj(9)
    rows = (b"\0" + b"\xff" * (side // 8)) * 100
    data = b"".join(packer.compress(rows) for _ in range(side // 100)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def animated(kind: str) -> bytes:
    first = Image.fromarray(grey())
    second = Image.new("L", first.size, 255)
    return saved(first, kind, save_all=True, append_images=[second, second], duration=100)


def deep() -> bytes:
    """16 bits a point, in the darker half of what they can say."""
    points = grey().astype(np.uint16) * 100 + 4000
    return saved(Image.fromarray(points), "PNG")


def turned(orientation: int) -> bytes:
    """As a phone saves it: the points lie on their side, and a note says so."""
    backwards = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    image = Image.fromarray(grey()).transpose(Image.Transpose(backwards))
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(image, "JPEG", exif=exif, quality=90)


def pages(number: int, code_on: int) -> bytes:
    """A PDF of many pages, of which one bears the code."""
    document = pypdfium2.PdfDocument.new()
    with_code = pypdfium2.PdfDocument(saved(Image.fromarray(grey()), "PDF", resolution=150))
    for page in range(1, number + 1):
        if page == code_on:
            document.import_pages(with_code)
        else:
            document.new_page(99, 99)
    output = io.BytesIO()
    document.save(output)
    document.close()
    with_code.close()
    return output.getvalue()


def scripted() -> bytes:
    plain = saved(Image.fromarray(grey()), "PDF", resolution=150)
    assert plain.count(b"/Type /Catalog") == 1
    return plain.replace(b"/Type /Catalog", SCRIPT)


def locked() -> bytes:
    """A PDF that asks for a password."""
    rows = b"<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
        rows,
    ]
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 5\n0000000000 65535 f \n"
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer\n<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[<41><41>]>>\n"
    return data + b"startxref\n%d\n%%%%EOF\n" % start


# What it is: the file, and a word of the answer; none where the code is read.
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (bomb, "слишком много точек"),
    "a bomb of one line": (lambda: saved(Image.new("1", (30_000, 1)), "PNG"), "много точек"),
    "half a PNG": (lambda: good()[: len(good()) // 2], "повреждено"),
    "half a JPEG": (lambda: good("JPEG")[: len(good("JPEG")) // 2], "повреждено"),
    "noise after a head": (lambda: good()[:60] + bytes(9000), "повреждено"),
    "an animated GIF": (lambda: animated("GIF"), "это не png"),
    "an animated PNG": (lambda: animated("PNG"), ""),
    "an animated WebP": (lambda: animated("WEBP"), ""),
    "a JPEG in CMYK": (lambda: saved(Image.fromarray(grey()).convert("CMYK"), "JPEG"), ""),
    "a PNG of 16 bits": (deep, ""),
    "a PNG with a palette": (lambda: saved(Image.fromarray(grey()).convert("P"), "PNG"), ""),
    **{f"turned {n}": ((lambda n=n: turned(n)), "") for n in range(2, 9)},  # type: ignore[misc]
    "a locked PDF": (locked, "закрыт паролем"),
    "half a PDF": (lambda: scripted()[:500], "pdf повреждён"),
    "a PDF with a script": (scripted, ""),
    "a thousand pages": (lambda: pages(1000, 1), ""),
    "a thousand pages, the code on a late one": (lambda: pages(1000, MAX_PAGES + 1), "не найден"),
    "a page of Word": (lambda: b"PK\x03\x04" + bytes(2000), "это не png"),
    "a script for vectors": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "это не png"),
    "nothing": (lambda: b"", "это не png"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder = tmp_path_factory.mktemp("station")
    with process("--trust", scan_world.write_trust(folder)) as server:
        yield server
        assert server.end() <= 0
        assert server.err == ""


@pytest.fixture(scope="module")
def client(server: Process) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def scanner(server: Process) -> Iterator[Scanner]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield Scanner(client).begin()


@pytest.mark.parametrize("name", FILES)
def test_each_file_by_each_way(name: str, client: httpx.Client, scanner: Scanner) -> None:
    make, words = FILES[name]
    data = make()
    by_api = client.post(IMAGE, files={"file": data})
    on_page = scanner.client.post(
        "/check", files={"files": ("x", data)}, data={"csrf_token": scanner.csrf}
    )
    in_shift = scanner.files(data)
    assert (on_page.status_code, in_shift.status_code) == (200, 200)
    if words == "":
        (report,) = by_api.json()["reports"]
        assert (report["verdict"], report["accepted"]) == ("VALID", True)
        assert 'data-look="valid"' in on_page.text
        assert in_shift.json()["count"] == 1
        return
    if words == "не найден":
        (report,) = by_api.json()["reports"]
        assert report["verdict"] == "UNREADABLE"
        assert words in report["findings"][0]["message"]
    else:
        assert words in problem(by_api, 415, "IMAGE").lower()
    assert 'data-look="' not in on_page.text
    assert in_shift.json()["count"] == 0
    if data:  # an empty file is as none in a form
        assert words in on_page.text.lower()
        (line,) = in_shift.json()["lines"]
        assert words in line.lower()


def test_the_next_file_is_read(client: httpx.Client, scanner: Scanner) -> None:
    for _ in range(3):
        problem(client.post(IMAGE, files={"file": bomb()}), 415, "IMAGE")
        (report,) = client.post(IMAGE, files={"file": good()}).json()["reports"]
        assert report["verdict"] == "VALID"
    several = scanner.files(bomb(), good(), locked(), good("JPEG")).json()
    assert several["count"] == 1
    assert len(several["lines"]) == 2


def test_more_files_than_one_looks_at(scanner: Scanner) -> None:
    problem(scanner.files(*[good()] * 21), 413, "TOO_MANY_FILES")


def test_black_frames_of_a_camera(scanner: Scanner) -> None:
    black = saved(Image.new("L", (640, 480)), "JPEG")
    for _ in range(5):
        answer = scanner.client.post("/frame", content=black, headers=scanner.headers)
        assert answer.json() == {"texts": [], "hint": "light"}
    for data in (bomb(), black[:200], b"", b"x", scripted()):
        answer = scanner.client.post("/frame", content=data, headers=scanner.headers)
        assert answer.status_code == 400, answer.text
    answer = scanner.client.post("/frame", content=good(), headers=scanner.headers)
    assert answer.json()["texts"] == [scan_world.text()]


@pytest.mark.parametrize("length", [100, 255, 512])
def test_a_scanner_that_sends_the_beginning_of_a_code(length: int, scanner: Scanner) -> None:
    text = scan_world.text()
    assert length < len(text)
    answer = scanner.scan(text[:length])
    assert answer["signal"] in ("undetermined", "none")
    assert f"Сканер передал не весь код (цифр: {length})" in " ".join(answer["lines"])


def highest(process: int) -> float:
    """The most memory that a process ever held, MB."""
    status = Path(f"/proc/{process}/status").read_text("ascii", "replace")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 1000


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(c) for task in tasks for c in (task / "children").read_text("ascii").split()]


def test_the_memory_after_all_this(client: httpx.Client, scanner: Scanner, server: Process) -> None:
    """Peaks of the server and of its readers, after every file above and the largest that pass."""
    large = saved(Image.new("L", (7000, 7000), 128), "PNG")
    for data in (large, bomb(), *[b"\0" * 19_000_000] * 5):
        client.post(IMAGE, files={"file": data})
    scanner.files(*[b"\0" * 19_000_000] * 3)
    of_server = highest(server.running.pid)
    of_readers = [highest(child) for child in children(server.running.pid)]
    assert 1 <= len(of_readers) <= 2
    assert of_server < MOST_SERVER, (of_server, of_readers)
    assert max(of_readers) < MOST_READER, (of_server, of_readers)
