"""What a shift remembers: how often each verdict and reason, and nothing about anybody."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from statusqr_schema.days import MOSCOW

from .. import words
from ..report import NoticeKind, Reason, Report, Verdict
from ..words import Language

_ELSEWHERE = NoticeKind.NOT_FOR_THIS_PLACE.code
_HEAD = {
    Language.RU: ("пост", "начало смены", "конец смены", "вердикт", "причина", "число"),
    Language.EN: ("place", "shift began", "shift ended", "verdict", "reason", "count"),
}


@dataclass(slots=True)
class History:
    """Counts by verdict and reason code (empty for a plain VALID)."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, report: Report) -> None:
        """Count one check."""
        self.counts[report.verdict.value, words.headline_code(report)] += 1

    def rows(self, language: Language) -> Iterator[tuple[str, str, int]]:
        """Word of the verdict, reason code, count; in the order of the verdicts."""
        order = [verdict.value for verdict in Verdict]
        for (_, code), count in sorted(
            self.counts.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        ):
            yield word(code, language), code, count

    @property
    def total(self) -> int:
        """All checks of the shift."""
        return self.counts.total()

    def csv(self, place: str, began: datetime, ended: datetime | None, language: Language) -> bytes:
        """The counts as spreadsheets of this country open them: `;`, UTF-8 with its mark."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        writer.writerow(_HEAD[language])
        times = [f"{t.astimezone(MOSCOW):%d.%m.%Y %H:%M}" if t else "" for t in (began, ended)]
        for said, code, count in self.rows(language):
            writer.writerow([_harmless(place), *times, said, code, count])
        return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def word(code: str, language: Language) -> str:
    """What a reason code stands for, without the days and counts of one check."""
    if code == "":
        return words.VALID[language]
    if code == _ELSEWHERE:
        return words.ELSEWHERE[language]
    reason = next(reason for reason in Reason if reason.code == code)
    return words.headline(reason, language)


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
