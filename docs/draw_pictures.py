"""Draw the pictures of the README from the demonstration: run `make demo`, then `make pictures`."""

import re
import sys
from datetime import datetime
from pathlib import Path

import pypdfium2
import typst
from PIL import ImageOps
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from statusqr_verifier import Policy, TrustList, Verifier, read_codes, terminal
from statusqr_verifier.card import make_card
from statusqr_verifier.words import Language

DOCS = Path(__file__).parent
DEMO = DOCS.parent / "out" / "demo"
AT = datetime.fromisoformat("2026-11-21T12:00:00+03:00")
# rich's own frame carries buttons and a font from elsewhere; this is the text alone.
FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><style>'
    ".{unique_id}-matrix {{ font-family: 'DejaVu Sans Mono'; font-size: {char_height}px; "
    'line-height: {line_height}px; }} {styles}</style><g transform="translate(0, 0)">'
    '{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g></svg>'
)


def certificate() -> None:
    """The first page of the printed certificate, on a grey rim so that its edge is seen."""
    page = pypdfium2.PdfDocument(DEMO / "codes" / "large-family.pdf")[0]
    picture = page.render(scale=1.3).to_pil()
    ImageOps.expand(picture, 1, "#9aa3ad").save(DOCS / "images" / "certificate.png", optimize=True)


def verdict(name: str, language: Language) -> None:
    """The card of one code as a terminal shows it."""
    verifier = Verifier(TrustList.load(DEMO / "trust.json"), Policy(as_of=True))
    (text,) = read_codes(DEMO / "codes" / f"{name}.pdf")
    card = make_card(verifier.verify(text, AT), language)
    console = Console(record=True, width=terminal.WIDTH, file=Path("/dev/null").open("w"))  # noqa: SIM115
    console.print(terminal.render(card, f"{name}.pdf"))
    svg = console.export_svg(code_format=FRAME, theme=SVG_EXPORT_THEME, unique_id="card")
    svg = re.sub(r' clip-path="[^"]*"', "", svg)  # the clips belong to rich's own frame
    boxes = re.findall(r'<rect[^>]* x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', svg)
    width = max(float(x) + float(w) for x, _, w in boxes)
    height = max(float(y) for _, y, _ in boxes) + 26
    svg = re.sub(r'viewBox="[^"]*"', f'viewBox="0 0 {width} {height}"', svg, count=1)
    page = (
        "#set page(width: 150mm, height: auto, margin: 0mm)\n"
        "#image(bytes(sys.inputs.svg), width: 100%)"
    )
    png = typst.compile(page.encode(), sys_inputs={"svg": svg}, format="png", ppi=130.0)
    target = DOCS / "images" / f"verdict-{name}.{language}.png"
    assert isinstance(png, bytes)  # noqa: S101
    target.write_bytes(png)


if __name__ == "__main__":
    if not DEMO.is_dir():
        sys.exit("no out/demo: run `make demo` first")
    certificate()
    for language in Language:
        verdict("large-family", language)
        verdict("ended", language)
