"""Cases of the key and the signature (K)."""

import hashlib
from collections.abc import Iterator

from vectors import forge
from vectors.case import (
    BAD_SIGNATURE,
    ON_PAPER,
    UNKNOWN_ISSUER,
    Case,
    case,
    good,
    text,
)
from vectors.keyring import (
    ED25519,
    ES256,
    LIVE,
    P256_ORDER,
    PRINT,
    PRINT_ED,
    RETIRED,
    STRANGER,
    Key,
    as_text,
    entry,
    issuer,
    listed,
    trust,
)

PAYLOAD = forge.payload(forge.cbor(ON_PAPER))
BOTH = trust(entry(PRINT), entry(PRINT_ED), entry(LIVE, "live"))
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _keys()
    yield from _algorithms()
    for name, why, code in (*_other_messages(), *_other_signatures()):
        rule = name[:2].upper()
        yield case(f"invalid/{name}", why, code, BAD_SIGNATURE, broken=rule, trust=BOTH)


def _framed(signature: bytes, key: Key = PRINT, payload: bytes = PAYLOAD) -> str:
    return forge.digits(forge.frame(key.protected, payload, signature))


def _signature(key: Key = PRINT, payload: bytes = PAYLOAD) -> bytes:
    return key.sign(forge.signed_bytes(key.protected, payload))


def _keys() -> Iterator[Case]:
    why = "a key that is in no trust list"
    yield case("invalid/k1-stranger", why, text(ON_PAPER, STRANGER), UNKNOWN_ISSUER, broken="K1")
    code = _framed(bytes(64), STRANGER)
    why = "an unlisted key and a signature of zeros: there is no key to judge it by"
    yield case("invalid/k1-before-k4", why, code, UNKNOWN_ISSUER, broken="K1 K4")
    why = "the second issuer of the list signed"
    two = as_text(listed(issuer(entry(PRINT)), issuer(entry(PRINT_ED), id="second")))
    yield good("valid/k1-second-issuer", why, ON_PAPER, "K1", key=PRINT_ED, trust=two)
    why = "a retired key: what it signed in its term stands"
    retired = trust(entry(RETIRED, state="retired"))
    yield good("valid/k1-retired-key", why, ON_PAPER, "K1 V1", key=RETIRED, trust=retired)


def _algorithms() -> Iterator[Case]:
    """The header names the other algorithm, and the message is signed with that header."""
    for name, key, alg in (
        ("es256-key-as-ed25519", PRINT, ED25519),
        ("ed25519-key-as-es256", PRINT_ED, ES256),
    ):
        header = forge.cbor({1: alg, 4: key.kid})
        signature = key.sign(forge.signed_bytes(header, PAYLOAD))
        code = forge.digits(forge.frame(header, PAYLOAD, signature))
        why = "alg is not the key's own, though the key signed this very header"
        yield case(f"invalid/k2-{name}", why, code, BAD_SIGNATURE, broken="K2", trust=BOTH)


def _other_messages() -> Iterator[tuple[str, str, str]]:
    """The right signature of something else."""
    sign = PRINT.sign
    header = PRINT.protected
    for name, why, signed in (
        ("aad-empty", "without external_aad", forge.signed_bytes(header, PAYLOAD, b"")),
        ("aad-other", "for another purpose", forge.signed_bytes(header, PAYLOAD, b"StatusQR")),
        ("header-empty", "over an empty protected header", forge.signed_bytes(b"", PAYLOAD)),
        ("payload-bare", "over the payload alone", PAYLOAD),
        ("context", "as a COSE_Signature", _with_context("Signature")),
    ):
        yield f"k4-{name}", f"a signature {why}", _framed(sign(signed))
    other = PAYLOAD[:-1] + bytes([PAYLOAD[-1] ^ 1])
    yield "k4-payload-bit", "one bit of the payload changed", _framed(_signature(), payload=other)
    bomb = b"\x01" + forge.deflated(bytes(300_000))
    why = "a small stream that inflates to 300000 bytes, unsigned: it is never inflated"
    yield "k4-before-z3", why, _framed(bytes(64), payload=bomb)
    swapped = forge.cbor({1: ES256, 4: PRINT.kid})
    by_other = RETIRED.sign(forge.signed_bytes(swapped, PAYLOAD))
    yield "k4-kid-of-another", "another key signed under this kid", _framed(by_other)
    live = LIVE.sign(forge.signed_bytes(PRINT_ED.protected, PAYLOAD))
    why = "another Ed25519 key of the same list signed under this kid"
    yield "k4-kid-of-another-ed25519", why, _framed(live, PRINT_ED)
    yield "k4-key-swapped", "the live key's kid over the print key's code", _kid_replaced()


def _with_context(context: str) -> bytes:
    return forge.cbor([context, PRINT.protected, forge.AAD, PAYLOAD])


def _kid_replaced() -> str:
    header = forge.cbor({1: ES256, 4: PRINT.kid}).replace(PRINT.kid, LIVE.kid)
    header = header.replace(b"\x01\x26", b"\x01\x32")
    return forge.digits(forge.frame(header, PAYLOAD, _signature()))


def _other_signatures() -> Iterator[tuple[str, str, str]]:
    """Other 64 bytes for the signature."""
    good_one = _signature()
    r, s = good_one[:32], int.from_bytes(good_one[32:])
    twin = (P256_ORDER - s).to_bytes(32)
    yield "k3-high-s", "n - s for s: ECDSA itself would take it", _framed(r + twin)
    yield "k4-zeros", "a signature of zeros", _framed(bytes(64))
    yield "k4-r-zero", "r is 0", _framed(bytes(32) + good_one[32:])
    yield "k4-s-zero", "s is 0", _framed(r + bytes(32))
    yield (
        "k4-r-is-n",
        "r is the order of the curve",
        _framed(P256_ORDER.to_bytes(32) + good_one[32:]),
    )
    yield "k3-s-is-n", "s is the order of the curve", _framed(r + P256_ORDER.to_bytes(32))
    yield "k4-swapped", "s before r", _framed(good_one[32:] + r)
    little = r[::-1] + good_one[32:][::-1]
    yield "k4-little-endian", "r and s little-endian", _framed(little)
    edwards = _signature(PRINT_ED)
    longer = int.from_bytes(edwards[32:], "little") + ED25519_ORDER
    why = "Ed25519 with S + L for S: RFC 8032 wants S below L"
    yield (
        "k4-ed25519-s-plus-l",
        why,
        _framed(edwards[:32] + longer.to_bytes(32, "little"), PRINT_ED),
    )
    yield from _points_of_small_order()
    yield "k4-ed25519-zeros", "Ed25519: a signature of zeros", _framed(bytes(64), PRINT_ED)
    identity = b"\x01" + bytes(63)
    yield (
        "k4-ed25519-identity",
        "Ed25519: R is the neutral point, S is 0",
        _framed(identity, PRINT_ED),
    )


def _points_of_small_order() -> Iterator[tuple[str, str, str]]:
    """Signatures that the owner made, with R of small order: [S]B - [k]A is the neutral point.

    Who multiplies by the cofactor, or decodes R before comparing, takes them.
    """
    p, sign = 2**255 - 19, 1 << 255
    eighth = 2707385501144840649318225287225658788936804267575313519463743609750303402022
    scalar = bytearray(hashlib.sha512(PRINT_ED.seed).digest()[:32])
    scalar[0] &= 248
    scalar[31] = scalar[31] & 127 | 64
    for name, why, point in (
        ("cofactor", "R of order 8", eighth),
        ("r-of-order-2", "R of order 2", p - 1),
        ("r-not-reduced", "the neutral point as p + 1", p + 1),
        ("r-sign", "the neutral point with its sign bit set", sign | 1),
    ):
        r = point.to_bytes(32, "little")
        message = forge.signed_bytes(PRINT_ED.protected, PAYLOAD)
        k = hashlib.sha512(r + PRINT_ED.coordinates[0] + message).digest()
        s = int.from_bytes(k, "little") * int.from_bytes(scalar, "little") % ED25519_ORDER
        code = _framed(r + s.to_bytes(32, "little"), PRINT_ED)
        yield f"k4-ed25519-{name}", f"Ed25519: {why}", code
