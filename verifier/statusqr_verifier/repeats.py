"""The repeat notice N-RPT: which credentials were shown at this place lately.

::

    repeats = Repeats()
    report = check_here(verifier, repeats, text, datetime.now(UTC))  # with N-RPT where seen before

In memory only, and never the values themselves: a keyed digest of them, under a random key that
ends with the process. What one person shows twice, a live code that is renewed every half minute
and its printout, is one credential.
"""

import hmac
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from statusqr_schema import StatusRecord

from .check import Verifier
from .report import Report, SignedBy

SAME_SHOWING: Final = timedelta(seconds=3)  # a paper is passed back in little more
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class _Showing:
    """The showing of a credential that was read last, and the end of the one before it."""

    read_last: datetime
    before: datetime | None


class Repeats:
    """Which credentials were seen here lately: keyed digests, in memory only; thread-safe.

    `within` is how far back a showing counts. Readings at most `same_showing` apart are one
    showing, and so is a code that stays in view, however seldom it is read: only the caller can
    know that (`still`), and a longer span instead of it would hide a paper that is passed back.
    At most `most` credentials are kept.
    """

    def __init__(
        self,
        within: timedelta = timedelta(minutes=30),
        same_showing: timedelta = SAME_SHOWING,
        most: int = 100_000,
    ) -> None:
        if min(within, same_showing) < timedelta(0) or most < 1:
            raise ValueError("spans of time are not negative, and one credential must be kept")
        self._within = within
        self._same_showing = same_showing
        self._most = most
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._lock = threading.Lock()
        self._showings: OrderedDict[bytes, _Showing] = OrderedDict()  # by the last reading

    @property
    def remembered(self) -> int:
        """How many credentials are remembered."""
        return len(self._showings)

    def seen(self, report: Report, at: datetime, *, still: bool = False) -> datetime | None:
        """When this credential was last read in an earlier showing, if within; notes this one.

        `at` is aware. `still`: the code has stayed in view since it was read last. None where it
        was not seen before, and for reports without a verified record. All readings of one
        showing get the same answer: a first showing does not become a repeat by being read on,
        and a repeat stays one.
        """
        if report.record is None or report.signer is None:
            return None
        digest = self._digest(report.record, report.signer)
        with self._lock:
            self._forget(at)
            now = self._showing(self._showings.pop(digest, None), at, still)
            self._showings[digest] = now
            if len(self._showings) > self._most:
                self._showings.popitem(last=False)
        return now.before

    def _showing(self, known: _Showing | None, at: datetime, still: bool) -> _Showing:
        if known is None:
            return _Showing(at, None)
        if abs(at - known.read_last) <= self._same_showing:  # threads may come out of order
            return _Showing(max(at, known.read_last), known.before)
        if at < known.read_last:  # a clock that was set back says nothing of how long ago it was
            return _Showing(at, None)
        return _Showing(at, known.before if still else known.read_last)

    def _forget(self, at: datetime) -> None:
        """Drop what is older than `within`, and what a clock since set back dated ahead."""
        while self._showings:
            oldest = next(iter(self._showings))
            if abs(at - self._showings[oldest].read_last) <= self._within:
                break
            del self._showings[oldest]

    def _digest(self, record: StatusRecord, signer: SignedBy) -> bytes:
        holder = record.holder
        parts = (
            signer.issuer_id,
            record.category,
            holder.family_name,
            holder.given_name,
            holder.patronymic,
            # Its last digits, so that a code that discloses only those is the same credential.
            holder.snils.tail.formatted if holder.snils else None,
            record.certificate_number,
        )
        # repr() of texts and None is unambiguous: no two tuples of them look alike.
        return hmac.digest(self._key, repr(parts).encode("utf-8", "surrogatepass"), "sha256")


def check_here(
    verifier: Verifier, repeats: Repeats, text: object, at: datetime, *, still: bool = False
) -> Report:
    """Check a code that is shown here now; the report has N-RPT where it was shown before.

    `still`: the caller knows that the code has stayed in view since it was checked last, so that
    this is the same showing.
    """
    report = verifier.verify(text, at)
    shown_before = repeats.seen(report, at, still=still)
    return report if shown_before is None else verifier.verify(text, at, seen_at=shown_before)
