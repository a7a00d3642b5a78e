"""status.cddl against real credentials, and against the test vectors, by an independent validator.

CDDL describes the data model, not the bytes. What it cannot see is listed here with the reason, and
the list is exact: a case that the validator refuses must not stand in it.
"""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cddl_verifier import Validator
from world import documents, record, world

from statusqr_schema import (
    Disclosure,
    MalformedCredential,
    Presentation,
    Profile,
    claims,
    compression,
    envelope,
    qrtext,
)
from vectors import check

SCHEMA = Path(__file__).parents[2] / "schema"
VALIDATOR = Validator(SCHEMA / "statusqr_schema" / "status.cddl")

LONGER = "one data model: a longer form of an integer or length is the same value"
INDEFINITE = "one data model: an indefinite length is the same value"
ORDER = "one data model: a map has no order"
NFC = "no control operator of CDDL knows Unicode normalisation forms"
DEPTH = "`value` is recursive, and CDDL cannot count"
VERSION = "the version is the first byte within the payload, of which CDDL sees the length"
ARITHMETIC = "CDDL cannot compare two values"

UNSEEN_CLAIMS = {
    "edge/c8-arrays-9": DEPTH,
    "edge/c8-empty-9": DEPTH,
    "edge/c8-maps-9": DEPTH,
    "edge/l6-live-longer": ARITHMETIC,
    "edge/l6-print-longer": ARITHMETIC,
    "edge/l6-screen-longer": ARITHMETIC,
    "edge/r9-through-before": ARITHMETIC,
    "invalid/c2-array": LONGER,
    "invalid/c2-bytes": LONGER,
    "invalid/c2-inner-map": LONGER,
    "invalid/c2-integer-2-bytes": LONGER,
    "invalid/c2-integer-23": LONGER,
    "invalid/c2-integer-9-bytes": LONGER,
    "invalid/c2-key": LONGER,
    "invalid/c2-map": LONGER,
    "invalid/c2-negative-integer": LONGER,
    "invalid/c2-text": LONGER,
    "invalid/c3-array": INDEFINITE,
    "invalid/c3-bytes": INDEFINITE,
    "invalid/c3-claims": INDEFINITE,
    "invalid/c3-text": INDEFINITE,
    "invalid/c5-claims-order": ORDER,
    "invalid/c5-negative-first": ORDER,
    "invalid/c5-negative-order": ORDER,
    "invalid/c5-order": ORDER,
    "invalid/c7-nfd": NFC,
    "invalid/c7-nfd-unknown": NFC,
    "invalid/c7-nfkc-only": NFC,
}
UNSEEN_FRAMING = {
    "edge/e4-version-0": VERSION,
    "edge/e5-version-2": VERSION,
    "edge/e5-version-255": VERSION,
    "invalid/e5-before-k1": VERSION,
    "invalid/e5-before-k4": VERSION,
    "invalid/e1-array-indefinite": INDEFINITE,
    "invalid/e1-protected-kid-first": ORDER,
    "invalid/e1-protected-long-head": LONGER,
    "invalid/e1-tag-long": LONGER,
    "invalid/e1-alg-long": LONGER,
    "invalid/e2-unprotected-long": LONGER,
    "invalid/e3-payload-head-four-bytes": LONGER,
    "invalid/e3-payload-head-indefinite": INDEFINITE,
    "invalid/e3-payload-head-one-as-two": LONGER,
    "invalid/e3-before-e5": LONGER,
    "invalid/e7-signature-long-head": LONGER,
}


def allowed(data: bytes, rule: str) -> bool:
    """Whether the validator finds `data` to be what the rule says."""
    return bool(VALIDATOR.validate(data, root_type=rule).valid)


def why_not(data: bytes, rule: str | None = None) -> tuple[str, ...]:
    return tuple(VALIDATOR.validate(data, root_type=rule).errors)


@pytest.mark.parametrize("presentation", Presentation)
@pytest.mark.parametrize("profile", Profile)
def test_every_record_under_every_profile(profile: Profile, presentation: Presentation) -> None:
    key = world().print_key if presentation is Presentation.PRINT else world().live_key
    names = list(documents())
    assert len(names) == 25
    for name in names:
        made = key.issue(
            record(name),
            presentation=presentation,
            disclosure=Disclosure(profile),
            allow_ended=True,
        )
        content = compression.decompress(envelope.parse(made.data).payload)
        assert why_not(made.data, "credential") == (), name
        assert why_not(content, "claims") == (), name
        # From the first rule on, as somebody would who has only the file.
        assert why_not(made.data) == why_not(content) == (), name


def test_a_credential_is_no_claims_set() -> None:
    made = world().print_key.issue()
    content = compression.decompress(envelope.parse(made.data).payload)
    assert not allowed(made.data, "claims")
    assert not allowed(content, "credential")


@cache
def vectors() -> dict[str, dict[str, Any]]:
    return check.load(SCHEMA / "vectors")


@cache
def messages() -> dict[str, bytes]:
    """The bytes of every text that is one number without a leading zero, whatever its length."""
    texts = {path: vector["text"] for path, vector in vectors().items()}
    return {
        path: int(text).to_bytes((int(text).bit_length() + 7) // 8)
        for path, text in texts.items()
        if text.isascii() and text.isdigit() and not text.startswith("0") and len(text) < 4000
    }


def framed(data: bytes) -> bool:
    try:
        envelope.parse(data)
    except MalformedCredential:
        return False
    return True


@cache
def contents() -> dict[str, bytes]:
    """The inflated contents of the vectors that have any."""
    found = {}
    for path, data in messages().items():
        try:
            cut = envelope.parse(qrtext.decode(vectors()[path]["text"]))
            found[path] = compression.decompress(cut.payload)
        except MalformedCredential:
            assert vectors()[path]["expected"]["verdict"] != "VALID", data.hex()
    return found


def readable(content: bytes) -> bool:
    try:
        claims.decode(content)
    except MalformedCredential:
        return False
    return True


def test_framings_are_refused_by_both() -> None:
    refused = {path for path, data in messages().items() if not framed(data)}
    seen = {path for path in refused if not allowed(messages()[path], "credential")}
    assert refused - seen == UNSEEN_FRAMING.keys()
    assert len(seen) >= 20
    taken = messages().keys() - refused
    assert {path: e for path in taken if (e := why_not(messages()[path], "credential"))} == {}


def test_claims_are_refused_by_both() -> None:
    refused = {path for path, content in contents().items() if not readable(content)}
    seen = {path for path in refused if not allowed(contents()[path], "claims")}
    assert refused - seen == UNSEEN_CLAIMS.keys()
    assert len(seen) >= 150
    taken = contents().keys() - refused
    assert len(taken) >= 150
    assert {path: e for path in taken if (e := why_not(contents()[path], "claims"))} == {}


@pytest.mark.parametrize("rule", ["L", "R"])
def test_every_rule_of_claims_and_record_is_seen_but_for_arithmetic(rule: str) -> None:
    """Each rule that a code can break is broken in a case that the CDDL alone refuses."""
    unseen = {"L6", "L10", "R16"}  # arithmetic; and what is not a mistake
    rules = {r for v in vectors().values() for r in v["rules"]["broken"] if r.startswith(rule)}
    seen = {
        r
        for path, content in contents().items()
        for r in vectors()[path]["rules"]["broken"]
        if r.startswith(rule) and not allowed(content, "claims")
    }
    assert rules - seen <= unseen
    assert len(seen) >= 8
