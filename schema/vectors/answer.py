"""This project's own verifier as a command for `check.py`: inputs in, answers out, one a line.

python schema/vectors/check.py -- python schema/vectors/answer.py
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from statusqr_keys import TrustList
from statusqr_schema import TrustListRefused, record_cbor
from statusqr_verifier import Policy, Verifier
from statusqr_verifier.report import Report

REFUSED = {
    "verdict": "REFUSED",
    "accepted": False,
    "findings": [],
    "notices": [],
    "kid": None,
    "presentation": None,
    "record": None,
}


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """The report on one case, in the members of README.md."""
    try:
        trust = TrustList.parse(case["trust"])
    except TrustListRefused:
        return REFUSED
    published = case["published"]
    place = case["place"]
    verifier = Verifier(
        trust,
        Policy(frozenset(place["categories"]), frozenset(place["regions"]), as_of=case["as_of"]),
        published=None if published is None else _moment(published),
    )
    at = _moment(case["at"])
    before = at - timedelta(seconds=1) if case["seen_before"] else None
    # Not `verify`, whose last barrier would make a fault of ours look like a broken code.
    return as_answer(verifier.check(case["text"], at, before))


def as_answer(report: Report) -> dict[str, Any]:
    """A report in the members of README.md."""
    record = record_cbor.to_map(report.record) if report.record else None
    return {
        "verdict": report.verdict.value,
        "accepted": report.accepted,
        "findings": [finding.reason.code for finding in report.findings],
        "notices": [notice.kind.code for notice in report.notices],
        "kid": report.signer.kid if report.signer else None,
        "presentation": report.presentation.name.lower()
        if report.presentation is not None
        else None,
        "record": {str(key): value for key, value in record.items()} if record else None,
    }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def main() -> None:
    """Answer line by line."""
    for line in sys.stdin.buffer:
        text = json.dumps(answer(json.loads(line)), ensure_ascii=False)
        sys.stdout.buffer.write(text.encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
