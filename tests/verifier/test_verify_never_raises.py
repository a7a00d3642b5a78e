"""verify() answers whatever it is given; what is not ours says nothing about a status."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import NOON, world

from statusqr_schema import qrtext
from statusqr_verifier import Reason, Verdict, Verifier

VERIFIER = Verifier(world().trust)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4601234567893",
        "https://example.org/check?id=1",
        "HC1:6BFOXN*TS0BI$ZD",
        "9" * 99,
        " " + "9" * 200,
        "9" * 200 + "\n",
        "٩" * 200,
        "-" + "9" * 200,
        "1_000" * 50,
        "\0" * 200,
        None,
        b"9" * 200,
        9 * 10**200,
    ],
)
def test_foreign_codes(text: object) -> None:
    report = VERIFIER.check(text, NOON)
    assert report.verdict is Verdict.FOREIGN
    assert [finding.reason for finding in report.findings] == [Reason.FOREIGN]


@given(st.one_of(st.text(), st.text(string.digits, min_size=90, max_size=1700), st.none()))
def test_any_text(text: object) -> None:
    assert VERIFIER.check(text, NOON).verdict in (Verdict.FOREIGN, Verdict.UNDETERMINED)


@given(st.binary(min_size=50, max_size=700))
def test_any_bytes_as_digits(data: bytes) -> None:
    assert VERIFIER.check(str(int.from_bytes(data)), NOON).verdict is not Verdict.VALID


@given(st.binary(max_size=400))
def test_any_payload_of_a_trusted_key(payload: bytes) -> None:
    try:
        text = world().print_key.sign_payload(payload)
    except ValueError:
        return  # too short to be a code
    assert VERIFIER.check(text, NOON).verdict is not Verdict.VALID


@given(st.binary(max_size=400))
def test_any_content_of_a_trusted_key(content: bytes) -> None:
    report = VERIFIER.check(world().print_key.sign_content(content), NOON)
    assert [finding.reason for finding in report.findings] == [Reason.MALFORMED]


def test_too_many_digits_are_a_code_misread() -> None:
    report = VERIFIER.check("9" * (qrtext.MAX_DIGITS + 1), NOON)
    assert [finding.reason for finding in report.findings] == [Reason.MALFORMED]


def test_the_last_barrier_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours is UNDETERMINED, never VALID and never an exception."""

    def fault(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("statusqr_schema.qrtext.is_ours", fault)
    report = VERIFIER.verify("9" * 300, NOON)
    assert [finding.reason for finding in report.findings] == [Reason.MALFORMED]
