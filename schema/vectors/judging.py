"""Cases in which the content is read and judged (section 8)."""

from typing import Any

from vectors.case import (
    AT,
    DAY,
    PRINTED,
    Case,
    Map,
    case,
    shown,
    text,
)
from vectors.keyring import (
    LIVE,
    PRINT,
    Key,
)

TODAY = AT // DAY
_VERDICTS = {
    "": "VALID",
    **dict.fromkeys(("C-NYV", "C-EXP", "S-KEY", "S-AUT"), "INVALID"),
    **dict.fromkeys(("C-DOC", "C-LIV", "T-OLD", "T-CLK"), "UNDETERMINED"),
}


def judged(
    path: str,
    why: str,
    content: Map,
    findings: str = "",
    *,
    key: Key = PRINT,
    notices: str | None = None,
    verdict: str | None = None,
    kept: str = "",
    broken: str = "",
    **options: Any,
) -> Case:
    """A case in which the content is read. The verdict follows from the one finding, if any."""
    if verdict is None:
        verdict = _VERDICTS[findings]
    if notices is None:
        notices = "" if key is LIVE else PRINTED
    expected = shown(content, key, verdict, findings, notices)
    return case(path, why, text(content, key), expected, kept=kept, broken=broken, **options)
