"""Whether the verifier says of a case what the oracle says."""

import json
from unicodedata import category

from statusqr_schema import qrtext
from statusqr_schema.claims import RECORD
from statusqr_schema.record_cbor import KNOWN, to_map
from statusqr_verifier import Report, Verdict, Verifier
from statusqr_verifier.card import make_card
from statusqr_verifier.report_json import report_to_json
from statusqr_verifier.words import Language

from .cases import Case
from .keys import trust
from .oracle import inflated, refusal
from .strict import read

VERIFIER = Verifier(trust())


def judge(made: Case, name: str, *, rendered: bool = True) -> str | None:
    """Why the case is not VALID, by oracle and verifier alike, None where it is; else it raises."""
    report = VERIFIER.check(made.text, made.at)  # not verify: its last barrier would hide a fault
    expected = why_not(made)
    told = f"{name} {made.steps}, {made.key.name}, {made.at}: oracle: {expected}"
    assert (report.verdict is Verdict.VALID) == (expected is None), f"{told}; {report.findings}"
    assert made.genuine or (report.signer is None and report.record is None), told
    if expected is None:
        _demand_what_was_signed(report, made.payload)
    if rendered:
        render(report)
    return expected


def why_not(made: Case) -> str | None:
    """Why the case cannot be VALID, by the oracle; None where it must be."""
    if not made.genuine:
        return "not signed as it stands"
    if not qrtext.MIN_DIGITS <= len(made.text) <= qrtext.MAX_DIGITS:
        return "no code is so long"
    if not made.key.trusted:
        return "not in the trust list"
    return refusal(made.payload, made.key.record, made.at)


def _demand_what_was_signed(report: Report, payload: bytes) -> None:
    """The record that is shown is the one in the content, and no key of it is lost."""
    content = read(inflated(payload))
    assert isinstance(content, dict)
    assert report.record is not None
    stated = content[RECORD]
    shown = to_map(report.record)
    assert shown == {key: value for key, value in stated.items() if key in KNOWN}
    assert all(pair in report.unknown for pair in stated.items() if pair[0] not in KNOWN)


def render(report: Report) -> None:
    """What is shown of a report can be shown: to a person in two languages, and to a program.

    Nothing of a code may steer a terminal or turn the writing round (UAX #9).
    """
    for language in Language:
        card = make_card(report, language)
        facts = [word for fact in card.facts for word in fact]
        lines = [*card.person, *facts, *card.notices, *card.family, card.detail, card.do_next]
        assert not any(category(char)[0] == "C" for line in lines for char in line), lines
        json.dumps(report_to_json(report, "code", language), ensure_ascii=False).encode("utf-8")
