"""What our reader accepts, generic libraries accept too, and read the same in it.

The share that is accepted is held above a floor: where everything is refused, nothing is compared.
"""

from collections import Counter
from contextlib import suppress

import pytest

from statusqr_keys import Alg
from statusqr_keys.cose import verify1
from statusqr_schema import SignatureRefused, record_cbor
from statusqr_verifier import Verifier

from . import generic_cose
from .cases import Case, mixed
from .keys import ring, trust
from .messages import AAD, genuine, header_of_other_type
from .oracle import inflated
from .payloads import usual

CASES = 5_000
MANY = 100_000
FORGED = 0.3  # of what would be genuine
VERIFIER = Verifier(trust())


def told(made: Case) -> str:
    return f"{made.steps}, {made.key.name}: {made.message.hex()}"


def compare(number: int) -> set[str]:
    """Which of ours accepted the case, and whether its content was read."""
    made = mixed(number, FORGED)
    report = VERIFIER.check(made.text, made.at)
    ours = None
    # verify1 leaves headers that it does not use to its caller; pycose judges all of them.
    if header_of_other_type.__name__ not in made.steps:
        with suppress(SignatureRefused):
            ours = verify1(made.message, made.key.record.key, external_aad=AAD)
    if report.signer is None and ours is None:
        return {"refused"}
    theirs = generic_cose.accepted(made.message, made.key.record.key, AAD)
    assert theirs is not None, told(made)
    if ours is not None:
        assert ours.payload == theirs, told(made)
    if report.signer is None:
        return {"cose"}
    assert ours is not None, told(made)
    assert report.signer.kid == made.key.record.kid.hex()
    if report.record is None:
        return {"credential", "cose"}
    content = generic_cose.decode(inflated(theirs))
    assert isinstance(content, dict)
    stated = record_cbor.to_map(report.record)
    assert {key: content[-65537].get(key) for key in stated} == stated, told(made)
    assert set(content[-65537]) - set(stated) <= {key for key, _ in report.unknown}, told(made)
    return {"credential", "cose", "content"}


def compare_all(numbers: range) -> None:
    found: Counter[str] = Counter()
    for number in numbers:
        found.update(compare(number))
    total = len(numbers)
    shares = ", ".join(f"{name} {count / total:.0%}" for name, count in sorted(found.items()))
    print(f"{total} mutated credentials: {shares}")  # noqa: T201
    assert found["credential"] > 0.4 * total  # the signature of a credential verified
    assert found["content"] > 0.2 * total  # … and its content was read
    assert found["cose"] > found["credential"] + 0.01 * total  # COSE, but no credential
    assert found["refused"] > 0.2 * total


def test_what_we_accept_strangers_accept() -> None:
    compare_all(range(CASES))


@pytest.mark.long
def test_what_we_accept_strangers_accept_long() -> None:
    compare_all(range(CASES, CASES + MANY))


@pytest.mark.parametrize("alg", Alg)
def test_the_libraries_refuse_what_was_altered(alg: Alg) -> None:
    """Without this the comparison would pass with a library that accepts everything."""
    key = next(key for key in ring() if key.record.key.alg is alg)
    stranger = next(k for k in ring() if k.record.key.alg is alg and k is not key)
    message = genuine(key, usual(b"content"))
    assert generic_cose.accepted(message, key.record.key, AAD) == usual(b"content")
    assert generic_cose.accepted(message, key.record.key, b"") is None
    assert generic_cose.accepted(message, stranger.record.key, AAD) is None
    for place in range(len(message)):
        altered = message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]
        assert generic_cose.accepted(altered, key.record.key, AAD) is None, place
