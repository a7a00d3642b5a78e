"""The certificate as PDF by Typst, declared PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2)."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

from statusqr_schema import IssueRefused, StatusRecord
from statusqr_schema.days import from_instant

from .certificate import page
from .issuing import Credential
from .qr import MissingExtra, QrSymbol

try:
    import typst
except ImportError as error:
    raise MissingExtra("typst") from error

FONT_PACKAGES = ("fontpkg_pt_sans", "fontpkg_pt_serif")


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(files(package).joinpath("files")) for package in FONT_PACKAGES],
    )
    template = Path(str(files(__package__).joinpath("certificate.typ")))
    return typst.Compiler(str(template), root=str(template.parent), font_paths=fonts)


def render_pdf(credential: Credential, full: StatusRecord, issuer: str, symbol: QrSymbol) -> bytes:
    """The page of a printed credential. The same arguments give the same bytes.

    IssueRefused where a text has a character that the page's fonts do not hold.
    """
    texts = json.dumps(page(credential, full, issuer, symbol), ensure_ascii=False)
    moment = from_instant(credential.claims.issued_at)
    try:
        pdf = _compiler().compile(
            sys_inputs={"page": texts},
            format="pdf",
            pdf_standards=["ua-1", "a-2a"],
            timestamp=moment,
        )
    except typst.TypstError as error:
        message = "страница не складывается: в тексте знак, которого нет в шрифте PT Sans"
        raise IssueRefused(message, code="PAGE") from error
    assert isinstance(pdf, bytes)  # noqa: S101 - a list only where several files were asked for
    # PDF/A (clause 6.1.9) wants an end of line before what a later signature appends.
    return pdf if pdf.endswith(b"\n") else pdf + b"\n"
