"""The decoders of CBOR, claims and payloads: refused as malformed, or the one form of a value.

What is decoded encodes to the same bytes, and a reader written from the format alone agrees.
"""

from contextlib import suppress

from statusqr_schema import MalformedCredential, cbor, claims, compression

from .. import strict


def one_input(data: bytes) -> None:
    with suppress(MalformedCredential):
        compression.decompress(data)
    plain = _plain(data)
    try:
        value = cbor.decode(data)
    except MalformedCredential:
        assert plain is None, "refused, though the format allows it"
        _demand_refusal(data)
        return
    assert plain is not None, "accepted, though the format does not allow it"
    assert plain == (value,)
    assert cbor.encode(value) == data
    with suppress(MalformedCredential):
        assert claims.encode(claims.decode(data)) == data


def _plain(data: bytes) -> tuple[object] | None:
    try:
        return (strict.read(data),)
    except strict.Refused:
        return None


def _demand_refusal(data: bytes) -> None:
    try:
        claims.decode(data)
    except MalformedCredential:
        return
    raise AssertionError("claims in what is no CBOR of ours")
