"""Every good record: issued, drawn, read back from every kind of file, verified, the same data."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import typst
from world import WHOLE, documents, record, world

from statusqr_issuer import Credential, Writer, make_symbol
from statusqr_issuer.pdf import render_pdf
from statusqr_schema import Region, StatusRecord
from statusqr_verifier import NoticeKind, Policy, Reason, Report, Verdict, Verifier, read_codes

# What the data call a verdict, as verdict, reasons, and notices that must be there.
EXPECTED: dict[str, tuple[Verdict, list[Reason], set[NoticeKind]]] = {
    "VALID": (Verdict.VALID, [], set()),
    "EXPIRED": (Verdict.INVALID, [Reason.STATUS_ENDED], set()),
    "NOT_YET_VALID": (Verdict.INVALID, [Reason.NOT_YET_VALID], set()),
    "VALID_END_UNKNOWN": (Verdict.VALID, [], {NoticeKind.END_NOT_STATED}),
    "VALID_MEASURES_ENDED": (Verdict.VALID, [], {NoticeKind.MEASURES_ENDED}),
    "REVOKED": (Verdict.VALID, [], set()),  # until status lists are read: N-NOREV says so
}
NAMES = sorted(documents())


def issued(name: str, what: StatusRecord | None = None) -> Credential:
    at = datetime.fromisoformat("2026-11-21T11:00:00+03:00")
    return world().print_key.issue(what or record(name), at, allow_ended=True)


def checked(name: str, text: str, *, as_of: bool = True) -> Report:
    at = datetime.fromisoformat(documents()[name]["expect"]["check_at"])
    return Verifier(world().trust, Policy(as_of=as_of)).verify(text, at)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("as_of", [True, False])
def test_the_expected_verdict_and_the_same_data(name: str, as_of: bool) -> None:
    report = checked(name, issued(name).text, as_of=as_of)
    verdict, reasons, notices = EXPECTED[documents()[name]["expect"]["verdict"]]
    assert (report.verdict, [f.reason for f in report.findings]) == (verdict, reasons)
    assert notices <= {notice.kind for notice in report.notices}
    assert report.record == WHOLE.apply(record(name)) == record(name)
    assert report.accepted is (verdict is Verdict.VALID)


@pytest.mark.parametrize("name", NAMES)
def test_read_back_from_png_svg_and_pdf(name: str, tmp_path: Path) -> None:
    credential = issued(name)
    symbol = make_symbol(credential.text)
    png, pdf = tmp_path / "code.png", tmp_path / "page.pdf"
    png.write_bytes(symbol.png())
    pdf.write_bytes(render_pdf(credential, record(name), "Вымышленный орган", symbol))
    assert read_codes(png) == [credential.text]
    assert read_codes(pdf) == [credential.text]
    assert read_codes(rasterised(symbol.svg(), tmp_path)) == [credential.text]
    assert make_symbol(credential.text, Writer.ZXING).version == symbol.version


def rasterised(svg: str, folder: Path) -> bytes:
    """The SVG as a PNG, drawn by Typst at 300 dots an inch."""
    (folder / "code.svg").write_text(svg, encoding="utf-8")
    (folder / "page.typ").write_text(
        '#set page(width: auto, height: auto, margin: 0mm)\n#image("code.svg")', encoding="utf-8"
    )
    png = typst.compile(str(folder / "page.typ"), format="png", ppi=300.0)
    assert isinstance(png, bytes)
    return png


@pytest.mark.parametrize("name", ["R05", "R06"])
def test_a_day_ends_in_the_zone_of_the_region(name: str) -> None:
    codes = {"Europe/Kaliningrad": "39", "Europe/Moscow": "77", "Asia/Kamchatka": "41"}
    for zone, expected in documents()[name]["expect"]["verdict_by_zone"].items():
        moved = replace(record(name), region=Region(codes[zone], time_zone=zone))
        report = checked(name, issued(name, moved).text)
        assert report.verdict is EXPECTED[expected][0], zone
