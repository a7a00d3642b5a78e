"""Whatever happens to a valid credential on its way, it never passes and never raises."""

import pytest
from world import NOON, Key, record, trust, world

from statusqr_keys import Alg, KeyUse
from statusqr_schema import qrtext
from statusqr_verifier import Reason, Verdict, Verifier


@pytest.mark.parametrize("alg", Alg)
def test_every_single_bit_flip(alg: Alg) -> None:
    key = Key.make(KeyUse.PRINT, alg)
    data = key.issue().data
    verifier = Verifier(trust(key))
    assert verifier.check(qrtext.encode(data), NOON).verdict is Verdict.VALID
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 0x80 >> bit % 8
        text = str(int.from_bytes(flipped))
        assert verifier.check(text, NOON).verdict is not Verdict.VALID, bit


def test_every_truncation_of_the_bytes() -> None:
    data = world().print_key.issue().data
    verifier = Verifier(world().trust)
    for length in range(len(data)):
        for part in (data[:length], data[length:]):
            verdict = verifier.check(str(int.from_bytes(part)), NOON).verdict
            assert (verdict is Verdict.VALID) == (part == data)


def test_every_truncation_of_the_digits() -> None:
    text = world().print_key.issue().text
    verifier = Verifier(world().trust)
    for length in range(len(text)):
        report = verifier.check(text[:length], NOON)
        # A code that was cut is recognised as cut as long as enough of it is left.
        expected = Reason.MALFORMED if length >= qrtext.MIN_DIGITS else Reason.FOREIGN
        assert [finding.reason for finding in report.findings] == [expected]


def test_every_digit_changed() -> None:
    text = world().print_key.issue(record("R20")).text
    verifier = Verifier(world().trust)
    for place, digit in enumerate(text):
        changed = text[:place] + str((int(digit) + 1) % 10) + text[place + 1 :]
        assert verifier.check(changed, NOON).verdict is not Verdict.VALID
