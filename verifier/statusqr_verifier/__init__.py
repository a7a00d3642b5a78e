"""Codes in, reports out: whether a status holds, offline.

::

    from statusqr_verifier import TrustList, Verifier, read_codes

    verifier = Verifier(TrustList.load("trust.json"))
    for text in read_codes("photo.jpg"):
        report = verifier.verify(text, datetime.now(UTC))
        print(report.verdict, report.accepted)

`read_codes` is loaded when it is first asked for: the check itself needs no image library.
"""

from typing import TYPE_CHECKING

from statusqr_keys import TrustList

from .check import Verifier
from .policy import Policy
from .report import Finding, Notice, NoticeKind, Reason, Report, SignedBy, Verdict

if TYPE_CHECKING:
    from .reading import read_codes

__all__ = [
    "Finding",
    "Notice",
    "NoticeKind",
    "Policy",
    "Reason",
    "Report",
    "SignedBy",
    "TrustList",
    "Verdict",
    "Verifier",
    "read_codes",
]


def __getattr__(name: str) -> object:
    if name == "read_codes":
        from .reading import read_codes

        return read_codes
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
