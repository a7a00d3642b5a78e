"""A report as JSON, one object a code; `report.schema.json` is its JSON Schema."""

from statusqr_schema import Categories, record_to_json
from statusqr_schema.strict_json import JsonValue

from . import words
from .report import Report, SignedBy
from .words import Language

UNREADABLE = "UNREADABLE"  # stands in `verdict` where a picture holds no code that can be read


def report_to_json(report: Report, source: str, language: Language) -> dict[str, JsonValue]:
    """`source, verdict, accepted, findings, notices, record` and who signed."""
    known = Categories.builtin()
    return {
        "source": source,
        "verdict": report.verdict.value,
        "accepted": report.accepted,
        "findings": [
            {
                "reason": finding.reason.name,
                "code": finding.reason.code,
                "message": words.said(finding, language),
            }
            for finding in report.findings
        ],
        "notices": [
            {"code": n.kind.code, "message": words.notice_text(n, language, known)}
            for n in report.notices
        ],
        "record": record_to_json(report.record) if report.record else None,
        "presentation": report.presentation.name.lower()
        if report.presentation is not None
        else None,
        "signer": _signer(report.signer) if report.signer else None,
        "checked_at": report.checked_at.isoformat(),
    }


def _signer(signer: SignedBy) -> dict[str, JsonValue]:
    return {"issuer": signer.issuer_id, "name": signer.name, "kid": signer.kid}


def unreadable_to_json(source: str, message: str) -> dict[str, JsonValue]:
    """The same for a file in which no code was read."""
    return {
        "source": source,
        "verdict": UNREADABLE,
        "accepted": False,
        "findings": [{"reason": UNREADABLE, "code": "D-NON", "message": message}],
        "notices": [],
        "record": None,
        "presentation": None,
        "signer": None,
        "checked_at": None,
    }
