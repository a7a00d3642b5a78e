"""Certificate numbers for statuses whose register gives none: «76-000101», each given out once.

A number that a status already has, that a printed code was issued for, or that is revoked, is
passed over: it may have been given by hand, or by the register before.
"""

import unicodedata
from collections.abc import Iterator, Set
from itertools import islice

from sqlalchemy import func, insert, select, union

from statusqr_schema import RegistryProblem

from . import audit
from .registry import View, Work
from .tables import hold, number, status, status_entry

_DIGITS = 6  # at least
_LONGEST = 32  # characters of a series
_ASKED_AT_ONCE = 500


def next_number(work: Work, series: str) -> str:
    """The next number of a series, as `next_numbers` gives it."""
    (text,) = next_numbers(work, series, 1)
    return text


def next_numbers(
    work: Work, series: str, count: int, claimed: Set[bytes] = frozenset()
) -> list[str]:
    """The next numbers of a series, in order, recorded as given out.

    `claimed` are digests of numbers that are passed over as well. RegistryProblem, code SERIES,
    where the series is none: 1 to 32 characters, the last no digit, so that no number belongs to
    two series.
    """
    demand_series(series)
    last = select(func.max(number.c.number)).where(number.c.series == series)
    start = (work.connection.execute(last).scalar() or 0) + 1
    given = list(islice(_free(work, series, start, claimed), count))
    rows = [{"series": series, "number": n, "given_at": work.instant} for n, _ in given]
    if rows:
        work.connection.execute(insert(number), rows)
    texts = [text for _, text in given]
    digests = [work.finder.certificate(text).hex() for text in texts]
    audit.extend(work, [audit.Told("number", {"certificate": digest}) for digest in digests])
    return texts


def demand_series(series: str) -> None:
    """RegistryProblem as `next_numbers` has it."""
    plain = unicodedata.normalize("NFC", " ".join(series.split()))
    if not 1 <= len(series) <= _LONGEST or series != plain or not series.isprintable():
        message = f"серия номеров: от 1 до {_LONGEST} знаков без лишних пробелов, например 76-"
        raise RegistryProblem(message, code="SERIES")
    if series[-1].isdigit():
        message = "серия номеров не кончается цифрой: за ней следует номер, например 76-"
        raise RegistryProblem(message, code="SERIES")


def _free(view: View, series: str, start: int, claimed: Set[bytes]) -> Iterator[tuple[int, str]]:
    """The numbers from `start` on that nobody has."""
    while True:
        texts = {n: f"{series}{n:0{_DIGITS}d}" for n in range(start, start + _ASKED_AT_ONCE)}
        digests = {n: view.finder.certificate(text) for n, text in texts.items()}
        columns = (status.c.certificate, status_entry.c.certificate, hold.c.digest)
        known = union(*(select(column).where(column.in_(digests.values())) for column in columns))
        held = claimed | set(view.connection.execute(known).scalars())
        yield from ((n, text) for n, text in texts.items() if digests[n] not in held)
        start += _ASKED_AT_ONCE
