"""How often a printed page is read back, by condition of the paper and resolution of the scan.

The page is the product's own: record → credential → PDF, drawn by PDFium at the resolution of a
scanner. Then it is worn (`bench/wear.py`) and given to `read_codes` as a picture. A page counts as
read where exactly the issued text comes back, and nothing else.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pypdfium2
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.records import generate
from bench.table import Aim, Cell, Section
from bench.wear import CONDITIONS, Pixels, Sheet, centre_and_side
from statusqr_issuer import Writer, issue, make_symbol
from statusqr_issuer.pdf import render_pdf
from statusqr_keys import KeyRecord, KeySigner, KeyUse
from statusqr_schema import StatusReference, read_entry
from statusqr_schema.strict_json import JsonValue
from statusqr_verifier import read_codes

DATA = Path(__file__).parents[1] / "tests" / "data" / "records.json"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SEED = 653
PAGES = {100: 50, 150: 50, 200: 50, 300: 25}  # by resolution; nine megapixels take their time
FIND_AT = 200  # dpi at which the place of the code on the page is found


@dataclass(frozen=True)
class Page:
    """A printed certificate: the text in its code, the PDF, where the code is in millimetres."""

    text: str
    pdf: bytes
    code: tuple[float, float]
    code_mm: float

    def scanned(self, dpi: int) -> Sheet:
        """The sheet that holds the code, as a scanner without faults sees it."""
        return Sheet(last_page(self.pdf, dpi), dpi, self.code, self.code_mm)


def measure() -> Section:
    """The share of pages read in each condition at each resolution."""
    pages = list(print_pages(max(PAGES.values())))
    rows: list[Sequence[Cell]] = []
    shares = {}
    for place, condition in enumerate(CONDITIONS):
        for dpi, count in PAGES.items():
            shares[condition, dpi] = share_read(pages[:count], condition, dpi, (SEED, place))
        rows.append((condition, *(shares[condition, dpi] for dpi in PAGES)))
    counts = ", ".join(f"{count} at {dpi} dpi" for dpi, count in PAGES.items())
    return Section(
        "Paper",
        f"Share of printed pages read back as issued; pages: {counts}, alternately of the data and "
        "of the generator. Drawn by PDFium as a faultless scanner would see them, then worn, the "
        "same fault the same size on paper at each resolution. Noise is of pixels: at 100 dpi a "
        "speck is 0.25 mm wide. Read by the cascade, as the verifier reads.",
        ("condition", *(f"{dpi} dpi" for dpi in PAGES)),
        rows,
        [Aim("clean, 150 dpi: share read", shares["clean", 150], least=1.0)],
    )


def share_read(pages: Sequence[Page], condition: str, dpi: int, seed: Sequence[int]) -> float:
    """Of these pages in this condition; each has its own chance, the same at each resolution."""
    wear = CONDITIONS[condition]
    read = 0
    for number, page in enumerate(pages):
        chance = np.random.default_rng((*seed, number))
        read += read_codes(wear(page.scanned(dpi), chance)) == [page.text]
    return read / len(pages)


def print_pages(count: int) -> Iterator[Page]:
    """The first `count` pages, always the same: record by record from the data and the generator.

    Ed25519 with a fixed key, because its signatures, and so the codes, are the same in every run.
    """
    documents: Sequence[JsonValue] = json.loads(DATA.read_text(encoding="utf-8"))["records"]
    both = zip(documents, generate(len(documents), SEED), strict=True)
    signer = KeySigner.of(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    key = KeyRecord(signer.public_key, KeyUse.PRINT, NOW - timedelta(1), NOW + timedelta(1))
    records = [read_entry(document).record for pair in both for document in pair]
    if count > len(records):
        raise ValueError(f"there are records for {len(records)} pages only")
    for number, record in enumerate(records[:count]):
        credential = issue(
            record,
            signer,
            key=key,
            issued_at=NOW,
            status=StatusReference(0, number),
            allow_ended=True,
        )
        symbol = make_symbol(credential.text, Writer.ZXING)
        pdf = render_pdf(credential, record, "Вымышленный орган, который выдаёт коды", symbol)
        yield Page(credential.text, pdf, *find_code(last_page(pdf, FIND_AT)))


def find_code(pixels: Pixels) -> tuple[tuple[float, float], float]:
    """The centre and the side of the code on a page drawn at FIND_AT dpi, in millimetres."""
    (code,) = zxingcpp.read_barcodes(
        pixels, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    at = code.position
    corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    return centre_and_side([(corner.x, corner.y) for corner in corners], FIND_AT)


def last_page(pdf: bytes, dpi: int) -> Pixels:
    """The page with the code on it, in grey."""
    document = pypdfium2.PdfDocument(pdf)
    drawn = document[len(document) - 1].render(scale=dpi / 72, grayscale=True).to_numpy()
    pixels = np.array(drawn, dtype=np.uint8)
    return pixels.reshape(pixels.shape[:2])
