"""What a PDF page costs: our page by Typst, beside the same page by WeasyPrint and reportlab."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import pypdfium2

from bench import peer_pages
from bench.records import generate
from bench.table import Aim, Cell, Section
from bench.timing import take_turns
from statusqr_issuer import Credential, Writer, issue, make_symbol
from statusqr_issuer.certificate import page
from statusqr_issuer.pdf import render_pdf
from statusqr_keys import KeyRecord, KeySigner, KeyUse
from statusqr_schema import StatusRecord, StatusReference, read_entry
from statusqr_verifier import read_codes

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
COUNT = 50
ISSUER = "Вымышленный орган, который выдаёт коды"
ROUNDS = 30
FAST = "StatusQR, QR by zxing-cpp"
SLOW = "StatusQR, QR by segno"


@dataclass(frozen=True)
class Job:
    """A credential to be printed, with the record before disclosure."""

    credential: Credential
    record: StatusRecord


Printer = Callable[[Job], bytes]


def measure() -> Section:
    """CPU milliseconds of one page, warm, the records in turn."""
    jobs = list(issued())
    programs = printers()
    for name, printer in programs.items():
        check(name, printer, jobs)
    turns = {name: _next(printer, cycle(jobs)) for name, printer in programs.items()}
    times = take_turns(turns, rounds=ROUNDS, seconds_a_turn=0.1)
    rows: list[Sequence[Cell]] = []
    for name, printer in programs.items():
        pdfs = [printer(job) for job in jobs]
        size = sum(map(len, pdfs)) / len(pdfs) / 1024
        declared = "PDF/UA-1" if b"<pdfuaid:part>1" in pdfs[0] else "–"
        if b"<pdfaid:conformance>A" in pdfs[0]:
            declared += ", PDF/A-2a"
        tagged = "yes" if pypdfium2.PdfDocument(pdfs[0]).is_tagged() else "no"
        rows.append((name, times[name] * 1000, times[name] / times[FAST], size, tagged, declared))
    return Section(
        "Documents",
        f"One A4 page from a signed credential, the QR symbol made on the way; {COUNT} synthetic "
        f"records in turn, warm, median of {ROUNDS} turns, CPU of all threads. The peers print the "
        "same texts in the same fonts with the same code in vectors, made by zxing-cpp. WeasyPrint "
        "is asked for PDF/UA-1, and once for nothing; reportlab has no tags.",
        ("program", "CPU ms a page", "× the first", "KB", "tagged", "declares"),
        rows,
        [Aim(f"{FAST}: CPU ms a page", times[FAST] * 1000, most=15)],
    )


def issued() -> Iterator[Job]:
    """Printed credentials of synthetic people."""
    signer = KeySigner.generate()
    key = KeyRecord(signer.public_key, KeyUse.PRINT, NOW - timedelta(1), NOW + timedelta(1))
    for number, document in enumerate(generate(COUNT)):
        record = read_entry(document).record
        entry = StatusReference(0, number)
        credential = issue(record, signer, key=key, issued_at=NOW, status=entry, allow_ended=True)
        yield Job(credential, record)


def printers() -> dict[str, Printer]:
    """Ours with either writer, and the peers; WeasyPrint only where the system has Pango."""
    made: dict[str, Printer] = {
        FAST: lambda job: ours(job, Writer.ZXING),
        SLOW: lambda job: ours(job, Writer.SEGNO),
        "reportlab": theirs(peer_pages.reportlab_maker()),
    }
    try:
        made["WeasyPrint, plain"] = theirs(peer_pages.weasyprint_maker())
    except OSError:
        print("NOTE: WeasyPrint is left out. Remedy: sudo apt-get install libpangoft2-1.0-0")
        return made
    accessible = peer_pages.weasyprint_maker(pdf_variant="pdf/ua-1")
    return {**made, "WeasyPrint, PDF/UA-1": theirs(accessible)}


def ours(job: Job, writer: Writer) -> bytes:
    """The page as the issuer prints it."""
    symbol = make_symbol(job.credential.text, writer)
    return render_pdf(job.credential, job.record, ISSUER, symbol)


def theirs(make: peer_pages.Maker) -> Printer:
    """The same page by a peer, from the same texts."""

    def printer(job: Job) -> bytes:
        symbol = make_symbol(job.credential.text, Writer.ZXING)
        words: Any = page(job.credential, job.record, ISSUER, symbol)
        return make(words, symbol)

    return printer


def check(name: str, printer: Printer, jobs: Sequence[Job]) -> None:
    """AssertionError where a program does not print what it is timed for."""
    for job in jobs[:3]:
        pdf = printer(job)
        text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(pdf))
        if job.record.status_name.split()[0] not in text or "включительно" not in text:
            raise AssertionError(f"{name} does not print the words")
        if read_codes(pdf) != [job.credential.text]:
            raise AssertionError(f"{name} does not print the code")


def _next(printer: Printer, jobs: Iterator[Job]) -> Callable[[], bytes]:
    return lambda: printer(next(jobs))
