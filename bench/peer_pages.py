"""The certificate by WeasyPrint and by reportlab: the same texts, fonts and code, in vectors.

They look alike, not equal: same order, sizes and table, on one page or more. `Words` is what our
template gets (`statusqr_issuer.certificate.page`).
"""

import base64
import io
from collections.abc import Callable, Iterable, Mapping
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from statusqr_issuer import QrSymbol
from statusqr_issuer.qr import QUIET_ZONE

Words = Mapping[str, Any]
Maker = Callable[[Words, QrSymbol], bytes]

FORM = "Подтверждение статуса"
HEAD = ("№", "Фамилия, имя, отчество", "Кем приходится", "СНИЛС")
CHECK = (
    "Проверяется программой для чтения таких кодов, в том числе без сети. Код не содержит ссылки: "
    "если камера телефона предлагает открыть сайт, это не настоящий документ."
)
COMPARE = "При проверке сличите фамилию с документом, удостоверяющим личность."
STYLE = """
@font-face { font-family: Page; src: url(%s) }
@font-face { font-family: Page; font-weight: bold; src: url(%s) }
@font-face { font-family: Head; font-weight: bold; src: url(%s) }
@page { size: A4; margin: 20mm; @bottom-left { content: element(contents); width: 130mm }
  @bottom-right { font: 9.5pt Page; content: "Лист " counter(page) " из " counter(pages) } }
.contents { position: running(contents); font-size: 9.5pt; text-align: left }
body { font: 11pt/1.35 Page; margin: 0 }
h1 { font: bold 19pt Head; margin: 2mm 0 } h2 { font-size: 12pt } hr { border: .6pt solid #9aa3ad }
.pairs { width: 100%% } .pairs td:first-child, th { color: #4a525b; font-size: 9.5pt; width: 42mm }
.holder { font-size: 14pt } .family { width: 100%%; border-collapse: collapse; text-align: left }
.family td, .family th { border-bottom: .5pt solid #b9c0c7; padding: 1.8mm 0; width: auto }
.code { position: absolute; bottom: 0; width: 170mm } .code td { vertical-align: middle }
.small { font-size: 9pt } p { margin: 0 0 3mm }
"""


def font(package: str, name: str) -> Path:
    """A font file that our own page uses, too."""
    return Path(str(files(package).joinpath("files", name)))


def fonts() -> tuple[Path, Path, Path]:
    """PT Sans, PT Sans bold and PT Serif bold."""
    return (
        font("fontpkg_pt_sans", "PT_Sans-Web-Regular.ttf"),
        font("fontpkg_pt_sans", "PT_Sans-Web-Bold.ttf"),
        font("fontpkg_pt_serif", "PT_Serif-Web-Bold.ttf"),
    )


def pairs(words: Words) -> list[tuple[str, str]]:
    """The labelled lines below the title."""
    return [("Владелец", words["holder"]), *((r["label"], r["text"]) for r in words["rows"])]


def family(words: Words) -> list[list[str]]:
    """The table of relatives without its head."""
    members = enumerate(words["family"], 1)
    return [[str(n), name, relation, snils or ""] for n, (name, relation, snils) in members]


def last_line(words: Words) -> str:
    """When the data were taken and the page was made."""
    data = f"Сведения на {words['data_as_of']}. " if words["data_as_of"] else ""
    return f"{data}Сформировано {words['printed']}."


def weasyprint_maker(**options: Any) -> Maker:
    """WeasyPrint with its style sheet and fonts read once; options go to `write_pdf`."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    configuration = FontConfiguration()
    style = CSS(string=STYLE % tuple(path.as_uri() for path in fonts()), font_config=configuration)

    def make(words: Words, symbol: QrSymbol) -> bytes:
        page = HTML(string=_html(words, symbol))
        made = page.write_pdf(stylesheets=[style], font_config=configuration, **options)
        return bytes(made)

    return make


def _html(words: Words, symbol: QrSymbol) -> str:
    name = escape(words["title"])
    title = escape(" ".join(filter(None, (words["title"], words["number"]))))
    code = base64.b64encode(symbol.svg().encode()).decode()
    (holder, *lines), members = pairs(words), family(words)
    head = f"<thead>{_row(HEAD, 'th')}</thead>"
    body = f"<tbody>{''.join(map(_row, members))}</tbody>"
    table = f"<h2>Члены семьи</h2><table class=family>{head}{body}</table>" if members else ""
    notes = (words["note"], CHECK, COMPARE, last_line(words))
    return f"""<!doctype html>
<html lang=ru><head><title>{title}</title><meta name=author content='{escape(words["issuer"])}'>
</head><body><p class=contents>{escape(words["contents"])}</p>
<p>{escape(words["issuer"])}</p><hr><p>{FORM}</p><h1>{name}</h1><p>{escape(words["number"] or "")}
</p><table class=pairs><tbody class=holder>{_row(holder)}</tbody>
<tbody>{"".join(map(_row, lines))}</tbody></table>
{table}
<div class=code><hr><table><tr><td><p><b>Код действителен по {words["code_until"]} включительно</b>
</p>{"".join(f"<p class=small>{escape(note)}</p>" for note in notes)}</td>
<td><img style='width:{words["code_mm"]}mm' alt='QR-код для проверки: {name}'
src='data:image/svg+xml;base64,{code}'></td></tr></table></div></body></html>"""


def _row(cells: Iterable[str], tag: str = "td") -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def reportlab_maker() -> Maker:
    """Platypus, reportlab's own page layout, with its fonts and styles made once."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import (
        Paragraph,
        SimpleDocTemplate,
        Spacer,
        Table,
    )

    for name, path in zip(("Sans", "Sans-Bold", "Serif-Bold"), fonts(), strict=True):
        pdfmetrics.registerFont(TTFont(name, str(path)))
    body = ParagraphStyle("body", fontName="Sans", fontSize=11, leading=14)
    small = ParagraphStyle("small", body, fontSize=9, leading=11, spaceAfter=6)
    title = ParagraphStyle("title", body, fontName="Serif-Bold", fontSize=19, leading=24)
    bold = ParagraphStyle("bold", body, fontName="Sans-Bold", fontSize=12, leading=16)
    whole = (0, 0), (-1, -1)
    bare = [(f"{side}PADDING", *whole, 0) for side in ("LEFT", "RIGHT")]
    below = [*bare, ("LINEBELOW", *whole, 0.5, "#b9c0c7")]

    def make(words: Words, symbol: QrSymbol) -> bytes:
        def cells(rows: list[list[str]]) -> list[list[Any]]:
            return [[Paragraph(escape(cell), body) for cell in row] for row in rows]

        def foot(canvas: Any, document: Any) -> None:
            canvas.setFont("Sans", 9.5)
            canvas.drawString(20 * mm, 12 * mm, words["contents"])
            canvas.drawRightString(190 * mm, 12 * mm, f"Лист {document.page}")
            side = words["code_mm"] * mm
            _draw(canvas, symbol, 190 * mm - side, 22 * mm, side)

        story: list[Any] = [Paragraph(escape(words["issuer"]), body), Spacer(0, 8 * mm)]
        story += [Paragraph(FORM, body), Paragraph(escape(words["title"]), title)]
        story += [Paragraph(escape(words["number"] or ""), body), Spacer(0, 6 * mm)]
        story.append(
            Table(cells([list(pair) for pair in pairs(words)]), [42 * mm, 128 * mm], style=bare)
        )
        if words["family"]:
            story.append(Paragraph("Члены семьи", bold))
            rows = cells([list(HEAD), *family(words)])
            story.append(
                Table(rows, [9 * mm, 91 * mm, 42 * mm, 28 * mm], style=below, repeatRows=1)
            )
        story.append(Spacer(0, 6 * mm))
        until = f"Код действителен по {words['code_until']} включительно"
        texts = [words["note"], CHECK, COMPARE, last_line(words)]
        notes = [Paragraph(until, bold), *(Paragraph(escape(t), small) for t in texts)]
        story.append(Table([[notes, ""]], [110 * mm, 60 * mm], style=bare))
        output = io.BytesIO()
        document = SimpleDocTemplate(
            output,
            pagesize=A4,
            leftMargin=18 * mm,
            rightMargin=18 * mm,
            bottomMargin=20 * mm,
            title=words["title"],
            author=words["issuer"],
            lang="ru-RU",
        )
        document.build(story, onFirstPage=foot)
        return output.getvalue()

    return make


def _draw(canvas: Any, symbol: QrSymbol, left: float, bottom: float, side: float) -> None:
    """The modules as one path of rectangles, a run of dark ones each."""
    module = side / symbol.side
    path = canvas.beginPath()
    for number, row in enumerate(symbol.rows):
        y = bottom + side - (number + QUIET_ZONE + 1) * module
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end]:
                end += 1
            if end > start:
                path.rect(left + (start + QUIET_ZONE) * module, y, (end - start) * module, module)
            start = end + 1
    canvas.drawPath(path, stroke=0, fill=1)
