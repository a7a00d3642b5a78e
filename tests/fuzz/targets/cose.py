"""The reader of any COSE_Sign1, not of credentials alone: refused, or parts of the right types."""

from contextlib import suppress

from statusqr_keys.cose import Sign1, decode1, to_be_signed, verify1
from statusqr_schema import SignatureRefused

from ..keys import ring
from ..messages import AAD

KEYS = [key.record.key for key in ring()[:2]]


def one_input(data: bytes) -> None:
    for tagged in (True, False):
        decoded: Sign1 | None = None
        with suppress(SignatureRefused):
            decoded = decode1(data, tagged=tagged)
            _demand_parts(decoded)
        for key in KEYS:
            try:
                verified = verify1(data, key, external_aad=AAD, tagged=tagged, alg=int(key.alg))
            except SignatureRefused:
                continue
            assert decoded is not None
            assert (verified.protected, verified.payload) == (decoded.protected, decoded.payload)


def _demand_parts(decoded: Sign1) -> None:
    for part in (decoded.protected, decoded.payload, decoded.signature):
        assert type(part) is bytes
    labels = [*decoded.headers, *decoded.unprotected]
    assert len(set(labels)) == len(labels)
    assert all(type(label) in (int, str) for label in labels)
    assert bool(decoded.headers) == bool(decoded.protected)
    to_be_signed(decoded.protected, decoded.payload, AAD)
