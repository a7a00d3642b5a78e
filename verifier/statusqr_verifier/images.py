"""Pictures and PDF pages as grey NumPy arrays. Hostile files are expected.

Pillow decodes, restricted to the formats named here and to a number of pixels that is known before
anything is unpacked; PDFium renders pages, at a scale that keeps each within the same bound.
"""

import io
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from statusqr_schema import ImageRefused

if TYPE_CHECKING:
    import pypdfium2

GreyImage: TypeAlias = npt.NDArray[np.uint8]

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 64 * 2**20
MAX_PIXELS = 50_000_000  # what phones take
MAX_FRAME_PIXELS = 16_000_000  # of a frame: above what cameras film
MAX_SIDE = 20_000
MAX_PAGES = 20
PAGE_DPI = 200  # 150 to 200 read a printed code; more only costs time
MAX_PAGE_PIXELS = 16_000_000  # an A3 page at that resolution

_TOO_MANY = "на изображении слишком много точек"
_PDFIUM = threading.Lock()  # PDFium is not thread-safe


def read_file(path: Path) -> bytes:
    """The bytes of a file that is not too large, or ImageRefused."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ImageRefused(f"файл не открывается: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ImageRefused("файл слишком велик")
    return data


def pictures(data: bytes) -> Iterator[GreyImage]:
    """The picture in `data`, or its pages if it is a PDF; ImageRefused where it is neither."""
    if data[:1024].lstrip().startswith(b"%PDF-"):
        yield from _pages(data)
    else:
        yield _picture(data, (*FORMATS, *_heif()), MAX_PIXELS, "PNG, JPEG, WebP, HEIC или PDF")


def frame(data: bytes) -> GreyImage:
    """A frame that a browser took of its camera: PNG, JPEG or WebP; ImageRefused otherwise."""
    return _picture(data, FORMATS, MAX_FRAME_PIXELS, "PNG, JPEG или WebP")


def to_grey(frame: npt.NDArray[np.generic]) -> GreyImage:
    """A frame of 8 bits (grey, BGR or BGRA as OpenCV gives it) in grey; ImageRefused otherwise."""
    import cv2

    if (
        frame.dtype != np.uint8
        or not 0 < frame.size <= 4 * MAX_PIXELS
        or max(frame.shape) > MAX_SIDE
    ):
        raise ImageRefused("кадр должен быть из 8-битных чисел и не слишком велик")
    pixels = np.ascontiguousarray(frame, dtype=np.uint8)
    if pixels.ndim == 2:
        return pixels
    if pixels.ndim == 3 and pixels.shape[2] in (1, 3, 4):
        code = {3: cv2.COLOR_BGR2GRAY, 4: cv2.COLOR_BGRA2GRAY}
        channels = pixels.shape[2]
        grey = pixels[:, :, 0] if channels == 1 else cv2.cvtColor(pixels, code[channels])
        return np.ascontiguousarray(grey, dtype=np.uint8)
    raise ImageRefused("кадр должен быть серым, BGR или BGRA")


def _picture(data: bytes, formats: tuple[str, ...], most_pixels: int, known: str) -> GreyImage:
    try:
        with Image.open(io.BytesIO(data), formats=formats) as image:
            if image.width * image.height > most_pixels or max(image.size) > MAX_SIDE:
                raise ImageRefused(_TOO_MANY)
            image.draft("L", image.size)  # a JPEG is then unpacked in grey
            upright = ImageOps.exif_transpose(image)
            if upright.mode.startswith("I"):  # 16 bits; Pillow would cut off what is above 255
                return np.array(np.asarray(upright) >> 8, dtype=np.uint8)
            if "A" not in upright.getbands() and "transparency" not in upright.info:
                return np.array(upright.convert("L"), dtype=np.uint8)
            paper = Image.new("L", upright.size, 255)  # what shines through is paper, not ink
            with_alpha = upright.convert("LA")
            paper.paste(with_alpha.getchannel("L"), mask=with_alpha.getchannel("A"))
            return np.array(paper, dtype=np.uint8)
    except ImageRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        # Pillow's own limit comes first.
        raise ImageRefused(_TOO_MANY) from error
    except UnidentifiedImageError as error:
        raise ImageRefused(f"это не {known}") from error
    except Exception as error:  # decoders raise many kinds on damaged files
        raise ImageRefused("изображение повреждено") from error


@cache
def _heif() -> list[str]:
    """HEIC, where pi-heif is installed (the extra `camera`)."""
    try:
        import pi_heif
    except ImportError:
        return []
    pi_heif.register_heif_opener()
    return ["HEIF"]


def _pages(data: bytes) -> Iterator[GreyImage]:
    """The pages one after the other, so that one is held at a time."""
    import pypdfium2

    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise ImageRefused("PDF повреждён или закрыт паролем") from error
    try:
        for number in range(min(len(document), MAX_PAGES)):
            with _PDFIUM:
                page = _render(document[number])
            yield page
    except pypdfium2.PdfiumError as error:
        raise ImageRefused("страница PDF повреждена") from error
    finally:
        with _PDFIUM:
            document.close()


def _render(page: "pypdfium2.PdfPage") -> GreyImage:
    width, height = (max(side, 1.0) for side in page.get_size())
    scale = min(
        PAGE_DPI / 72,
        (MAX_PAGE_PIXELS / (width * height)) ** 0.5,
        MAX_SIDE / (max(width, height) + 1),
    )
    pixels = np.array(page.render(scale=scale, grayscale=True).to_numpy(), dtype=np.uint8)
    return pixels.reshape(pixels.shape[:2])
