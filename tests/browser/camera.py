"""A fake webcam: what it films, and the file from which Chromium takes it, over and over.

Chromium opens the file whenever a page opens the camera, so one browser can film one thing after
another.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload

from statusqr_issuer import make_symbol
from statusqr_keys.files import write_atomic

Bgr = npt.NDArray[np.uint8]
SIZE = (1280, 720)
RATE = 30  # frames a second: that of Chromium's reader of such files
_DPI = 200
_MM = _DPI / 25.4
_A4 = (210, 297)


@dataclass(frozen=True)
class Camera:
    """The file that the browser films."""

    path: Path

    def film(self, *scenes: Bgr, each: float = 1.0, grain: float = 5) -> None:
        """From the next opening on, film these scenes in turn, each for so many seconds."""
        shake = np.random.default_rng(653)
        data = bytearray()
        for scene in scenes:
            # Three looks at the same scene, as a hand that shakes: no two frames are alike.
            looks = [_jpeg(_noisy(scene, shake, grain)) for _ in range(3)]
            data += b"".join(looks[n % 3] for n in range(max(3, round(each * RATE))))
        write_atomic(self.path, bytes(data))


def _noisy(scene: Bgr, chance: np.random.Generator, grain: float) -> Bgr:
    moved = np.roll(scene, tuple(chance.integers(-2, 3, 2)), (0, 1))
    return np.clip(moved + chance.normal(0, grain, scene.shape), 0, 255).astype(np.uint8)


def _jpeg(picture: Bgr) -> bytes:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])
    assert done
    return data.tobytes()


def symbol(text: str, scale: int = 6) -> Bgr:
    """The QR code of a status credential with its quiet zone."""
    picture = Image.open(io.BytesIO(make_symbol(text).png(scale))).convert("RGB")
    return np.asarray(picture, np.uint8)


def foreign_symbol(scale: int = 8) -> Bgr:
    """Somebody else's code: an address."""
    code = cv2.QRCodeEncoder.create().encode("https://example.org/menu")
    large = cv2.resize(code, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    return np.repeat(np.asarray(large, np.uint8)[:, :, None], 3, 2)


def table(seed: int = 1) -> Bgr:
    """An empty desk: brown, unevenly lit."""
    light = np.linspace(0.65, 1.0, SIZE[0])[None, :, None]
    grain = np.random.default_rng(seed).normal(0, 4, (SIZE[1], SIZE[0], 1))
    return np.clip(np.array([90, 125, 150]) * light + grain, 0, 255).astype(np.uint8)


def plain() -> Bgr:
    """A desk without a grain, for pictures that are to be small."""
    return np.full((SIZE[1], SIZE[0], 3), (95, 120, 138), np.uint8)


def dark() -> Bgr:
    """What a camera with its lid on gives."""
    return np.zeros((SIZE[1], SIZE[0], 3), np.uint8)


def side_by_side(*symbols: Bgr, desk: Bgr | None = None) -> Bgr:
    """Several codes on the desk."""
    scene = table() if desk is None else desk
    step = SIZE[0] // len(symbols)
    for n, code in enumerate(symbols):
        side = min(step - 40, 600)
        fitted = cv2.resize(code, (side, side), interpolation=cv2.INTER_AREA)
        top, left = (SIZE[1] - side) // 2, n * step + (step - side) // 2
        scene[top : top + side, left : left + side] = fitted
    return scene


def covered(text: str, side: int) -> Bgr:
    """A code of so many pixels with a thumb on it: seen, but it cannot be read."""
    code = np.array(symbol(text))
    middle = code.shape[0] // 2
    cv2.circle(code, (middle, middle), middle * 2 // 3, (120, 140, 180), -1)
    scene = table()
    top, left = (SIZE[1] - side) // 2, (SIZE[0] - side) // 2
    scene[top : top + side, left : left + side] = cv2.resize(
        code, (side, side), interpolation=cv2.INTER_AREA
    )
    return scene


def paper(pdf: bytes, across: int = 1050, down: int = 0, desk: Bgr | None = None) -> Bgr:
    """The lower half of a printed certificate held before the camera, tilted and from aside.

    `across` is the width of the sheet in the picture, pixels; its lower edge is in view, unless it
    is held so many pixels further down.
    """
    page = pypdfium2.PdfDocument(pdf)[0]
    sheet = np.asarray(page.render(scale=_DPI / 72).to_pil().convert("RGB"), np.uint8)[:, :, ::-1]
    height, width = sheet.shape[:2]
    half = across / 2
    tall = across * _A4[1] / _A4[0]
    corners = [(-half * 0.94, -tall), (half * 0.97, -tall * 1.02), (half, 0), (-half, -8)]
    turn = np.deg2rad(-4)
    cos, sin = np.cos(turn), np.sin(turn)
    seen = [
        (x * cos - y * sin + SIZE[0] / 2, x * sin + y * cos + SIZE[1] - 30 + down)
        for x, y in corners
    ]
    flat = [(0, 0), (width, 0), (width, height), (0, height)]
    matrix = cv2.getPerspectiveTransform(np.asarray(flat, np.float32), np.asarray(seen, np.float32))
    scene = table() if desk is None else desk
    small = cv2.GaussianBlur(sheet, (0, 0), 0.8)
    cv2.warpPerspective(
        small, matrix, SIZE, dst=scene, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
    )
    return scene


def phone(text: str) -> Bgr:
    """A phone in a dim hall, with a live code on its screen."""
    picture = Image.fromarray((table(2) * 0.5).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((400, 10, 880, 760), 40, fill=(20, 20, 20))
    pen.rectangle((418, 30, 862, 720), fill=(250, 250, 250))
    pen.text((440, 60), "12:34", fill=(60, 60, 60), font_size=28)
    pen.text((440, 640), "Обновится через 21 с", fill=(60, 60, 60), font_size=24)
    code = Image.fromarray(symbol(text)).resize((424, 424), Image.Resampling.LANCZOS)
    picture.paste(code, (428, 140))
    return np.asarray(picture.rotate(3, fillcolor=(45, 60, 75)), np.uint8)


def png(picture: Bgr, kind: str = "PNG") -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    Image.fromarray(picture[:, :, ::-1]).save(out, kind)
    return out.getvalue()


def png_file(name: str, picture: Bgr) -> FilePayload:
    """The same as a page's field for files takes it."""
    return {"name": name, "mimeType": "image/png", "buffer": png(picture)}


def pages(*pdfs: bytes) -> bytes:
    """Several PDFs as one."""
    whole = pypdfium2.PdfDocument.new()
    for pdf in pdfs:
        whole.import_pages(pypdfium2.PdfDocument(pdf))
    out = io.BytesIO()
    whole.save(out)
    return out.getvalue()
