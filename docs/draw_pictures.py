"""Draw the printed certificate of the README: `make pictures` does, after `make demo`."""

import sys
from pathlib import Path

import pypdfium2
from PIL import ImageOps

DOCS = Path(__file__).parent
DEMO = DOCS.parent / "out" / "demo"


def certificate() -> None:
    """The first page of the printed certificate, on a grey rim so that its edge is seen."""
    page = pypdfium2.PdfDocument(DEMO / "codes" / "large-family.pdf")[0]
    picture = page.render(scale=1.3).to_pil()
    ImageOps.expand(picture, 1, "#9aa3ad").save(DOCS / "images" / "certificate.png", optimize=True)


if __name__ == "__main__":
    if not DEMO.is_dir():
        sys.exit("no out/demo: run `make demo` first")
    certificate()
