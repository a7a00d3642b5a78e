"""Certificates as they are printed, and their text as a copy and as a screen reader give it."""

import ctypes
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium
from world import world

from statusqr_issuer import Credential, Writer, make_symbol
from statusqr_issuer.certificate import page
from statusqr_issuer.pdf import render_pdf
from statusqr_schema import Disclosure, StatusRecord

ISSUER = "Министерство труда и социальной поддержки населения Вымышленной области"


@dataclass(frozen=True)
class Printed:
    """A credential, its PDF, and the texts that were handed to the template."""

    credential: Credential
    pdf: bytes
    words: Mapping[str, Any]


def printed(what: StatusRecord, disclosure: Disclosure | None = None) -> Printed:
    """A certificate as the issuer prints it; by default with the default disclosure."""
    key = world().print_key
    credential = key.issue(what, allow_ended=True, disclosure=disclosure or Disclosure())
    symbol = make_symbol(credential.text, Writer.ZXING)
    words: Any = page(credential, what, ISSUER, symbol)
    return Printed(credential, render_pdf(credential, what, ISSUER, symbol), words)


def plain(text: str) -> str:
    """With plain spaces and hyphens in the place of those that hold a line together.

    PDFium gives a hyphen at the end of a line as a control character; the word goes on after it.
    """
    text = re.sub("[\x02\ufffe]\\s*", "-", text).replace("\u2011", "-")
    return " ".join(text.split())  # a non-breaking space is white space, too


def copied(pdf: bytes) -> str:
    """The text of all pages in the order of the page, as «select all» and «copy» give it."""
    return plain("\n".join(sheet.get_textpage().get_text_range() for sheet in open_pdf(pdf)))


def open_pdf(pdf: bytes) -> list[Any]:
    """The pages of a document."""
    return list(pypdfium2.PdfDocument(pdf))


def letter_boxes(sheet: Any) -> npt.NDArray[np.float64]:
    """Left, bottom, right and top of each visible character in points, one a row."""
    text = sheet.get_textpage()
    signs = [chr(pdfium.FPDFText_GetUnicode(text.raw, n)) for n in range(text.count_chars())]
    return np.array([text.get_charbox(n) for n, c in enumerate(signs) if not c.isspace()])


@dataclass(frozen=True)
class Element:
    """An element of the structure tree (ISO 32000-1 §14.7): its type, its text, what is in it."""

    kind: str
    content: tuple["Element | str", ...]
    alternative: str = ""

    @property
    def text(self) -> str:
        """All of its text, spaces made plain."""
        return plain("".join(self._pieces()))

    def _pieces(self) -> Iterator[str]:
        for part in self.content:
            if isinstance(part, str):
                yield part
            else:
                yield from part._pieces()

    def find(self, kind: str) -> list["Element"]:
        """The elements of one type in it, in reading order."""
        inner = [part for part in self.content if isinstance(part, Element)]
        own = [self] if self.kind == kind else []
        return own + [found for part in inner for found in part.find(kind)]


BLOCKS = {"P", "H1", "H2", "LI", "TR", "Figure"}
PARTS = {"LI": ("Lbl", "LBody"), "TR": ("TH", "TD")}


def read_aloud(pdf: bytes) -> list[tuple[str, ...]]:
    """The blocks of the structure in reading order: type and text, of rows and items each part.

    What is outside the structure (headers, footers, rules) is not read, as PDF/UA wants it.
    """
    return [block for tree in structure(pdf) for block in _blocks(tree)]


def _blocks(element: Element) -> Iterator[tuple[str, ...]]:
    if element.kind in PARTS:
        cells = (found for kind in PARTS[element.kind] for found in element.find(kind))
        if texts := [cell.text for cell in cells]:
            yield element.kind, *texts
    elif element.kind in BLOCKS:
        if text := element.alternative or element.text:
            yield element.kind, text
    else:
        for part in element.content:
            if isinstance(part, Element):
                yield from _blocks(part)


def structure(pdf: bytes) -> list[Element]:
    """The structure tree of each page, with the text that belongs to it."""
    trees = []
    for sheet in open_pdf(pdf):
        texts = _marked_texts(sheet)
        tree = pdfium.FPDF_StructTree_GetForPage(sheet.raw)
        try:
            count = pdfium.FPDF_StructTree_CountChildren(tree)
            tops = [pdfium.FPDF_StructTree_GetChildAtIndex(tree, n) for n in range(count)]
            trees.append(Element("", tuple(_element(top, texts) for top in tops)))
        finally:
            pdfium.FPDF_StructTree_Close(tree)
    return trees


def _element(raw: Any, texts: Mapping[int, str]) -> Element:
    content: list[Element | str] = []
    for place in range(pdfium.FPDF_StructElement_CountChildren(raw)):
        if child := pdfium.FPDF_StructElement_GetChildAtIndex(raw, place):
            content.append(_element(child, texts))
        else:
            mark = int(pdfium.FPDF_StructElement_GetChildMarkedContentID(raw, place))
            content.append(texts.get(mark, "") if mark >= 0 else "")  # -1: on another page
    kind = _string(pdfium.FPDF_StructElement_GetType, raw)
    return Element(kind, tuple(content), _string(pdfium.FPDF_StructElement_GetAltText, raw))


def _marked_texts(sheet: Any) -> dict[int, str]:
    """The text of a page by the mark (MCID) that ties it to the structure."""
    text_page = sheet.get_textpage()
    texts: dict[int, str] = {}
    for thing in sheet.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        mark = int(pdfium.FPDFPageObj_GetMarkedContentID(thing.raw))
        texts[mark] = texts.get(mark, "") + _text_of(thing.raw, text_page.raw)
    return texts


def _text_of(thing: Any, text_page: Any) -> str:
    wide = ctypes.POINTER(pdfium.FPDF_WCHAR)

    def get(buffer: Any, size: int) -> int:
        return int(pdfium.FPDFTextObj_GetText(thing, text_page, ctypes.cast(buffer, wide), size))

    return _filled(get)


def _string(function: Callable[..., int], raw: Any) -> str:
    return _filled(lambda buffer, size: function(raw, buffer, size))


def _filled(get: Callable[[Any, int], int]) -> str:
    """What a function of PDFium writes: called for the size first, then for the text."""
    size = get(None, 0)
    buffer = ctypes.create_string_buffer(size)
    get(buffer, size)
    return buffer.raw[:size].decode("utf-16le").rstrip("\0")
