"""Cases of section 3: the framing of the message (E)."""

from collections.abc import Iterator

from vectors import forge
from vectors.case import (
    MALFORMED,
    NEWER,
    ON_PAPER,
    Case,
    case,
    sealed,
    text,
    unread,
    with_record,
)
from vectors.keyring import PRINT, PRINT_ED, STRANGER

PAYLOAD = forge.payload(forge.cbor(ON_PAPER))


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _framing()
    yield from _lengths()
    yield from _versions()


def _forged(protected: bytes | None = None, **forgeries: bytes) -> str:
    """A good payload in another framing, rightly signed with the protected header that is shown."""
    header = PRINT.protected if protected is None else protected
    signature = PRINT.sign(forge.signed_bytes(header, PAYLOAD))
    return forge.digits(forge.frame(header, PAYLOAD, signature, **forgeries))


def _header(*pairs: tuple[forge.Node, forge.Node]) -> bytes:
    return forge.cbor(forge.Pairs(pairs))


def _framing() -> Iterator[Case]:
    kid, alg = (4, PRINT.kid), (1, PRINT.alg)
    for rule, name, why, code in (
        ("E1", "tag-missing", "no tag 18 before the array", _forged(start=b"\x84")),
        ("E1", "tag-long", "tag 18 in two bytes", _forged(start=b"\xd8\x12\x84")),
        ("E1", "tag-of-mac", "tag 17, COSE_Mac0", _forged(start=b"\xd1\x84")),
        ("E1", "cwt-tag", "the tag of a CWT before tag 18", _forged(start=b"\xd8\x3d\xd2\x84")),
        ("E1", "self-described", "the tag of CBOR itself", _forged(start=b"\xd9\xd9\xf7\xd2\x84")),
        (
            "E1",
            "array-of-5",
            "an array of 5 with null at its end",
            _forged(start=b"\xd2\x85", end=b"\xf6"),
        ),
        ("E1", "array-indefinite", "an indefinite array", _forged(start=b"\xd2\x9f", end=b"\xff")),
        (
            "E1",
            "byte-before",
            "a zero byte would vanish, 01 does not",
            _forged(start=b"\x01\xd2\x84"),
        ),
        ("E1", "protected-long-head", "58 0D for 4D", _forged(protected_head=b"\x58\x0d")),
        ("E1", "protected-kid-only", "no alg in the protected header", _forged(_header(kid))),
        ("E1", "protected-extra", "a content type as well", _forged(_header(alg, (3, 60), kid))),
        ("E1", "protected-kid-first", "kid before alg", _forged(_header(kid, alg))),
        ("E1", "protected-empty", "an empty protected header", _forged(b"")),
        ("E6", "eddsa", "alg -8, the deprecated EdDSA", _forged(_header((1, -8), kid))),
        ("E1", "alg-of-2-bytes", "alg -36, ES512, in two bytes", _forged(_header((1, -36), kid))),
        ("E6", "esp256", "alg -9, ESP256, which means the same", _forged(_header((1, -9), kid))),
        ("E6", "alg-zero", "alg 0", _forged(_header((1, 0), kid))),
        ("E1", "alg-text", "alg as a text", _forged(_header((1, "ES256"), kid))),
        (
            "E1",
            "alg-long",
            "alg -7 in two bytes",
            _forged(_header((1, forge.Raw(b"\x38\x06")), kid)),
        ),
        ("E1", "kid-7-bytes", "a kid of 7 bytes", _forged(_header(alg, (4, PRINT.kid[:7])))),
        ("E1", "kid-9-bytes", "a kid of 9 bytes", _forged(_header(alg, (4, PRINT.kid + b"\0")))),
        ("E2", "label-5", "5 for the label 4", _forged(_header(alg, (5, PRINT.kid)))),
        ("E2", "kid-text", "a kid as a text", _forged(_header(alg, (4, "kid_text")))),
        ("E1", "kid-unprotected", "alg is protected, kid is not", _kid_unprotected()),
        (
            "E2",
            "unprotected-alg",
            "an extra unprotected header",
            _forged(unprotected=b"\xa1\x01\x26"),
        ),
        ("E2", "unprotected-long", "the empty map in two bytes", _forged(unprotected=b"\xb8\x00")),
        ("E2", "unprotected-null", "null for the empty map", _forged(unprotected=b"\xf6")),
        ("E7", "signature-63", "a signature of 63 bytes", _cut_signature()),
        (
            "E7",
            "signature-long-head",
            "59 00 40 for 58 40",
            _forged(signature_head=b"\x59\x00\x40"),
        ),
        ("E7", "byte-after", "a zero byte at the end", _forged(end=b"\0")),
        ("E7", "item-after", "another item at the end", _forged(end=b"\xf6")),
    ):
        path = f"invalid/{rule.lower()}-{name}"
        yield case(path, why, code, MALFORMED, broken=rule)


def _kid_unprotected() -> str:
    header, unprotected = _header((1, PRINT.alg)), _header((4, PRINT.kid))
    return _forged(header, unprotected=unprotected)


def _cut_signature() -> str:
    signature = PRINT.sign(forge.signed_bytes(PRINT.protected, PAYLOAD))
    return forge.digits(forge.frame(PRINT.protected, PAYLOAD, signature[:63]))


def _lengths() -> Iterator[Case]:
    head = len(PAYLOAD)
    assert 24 <= head < 256  # noqa: S101 - the cases below need a payload of this length
    for name, why, forged in (
        ("one-as-two", "a length below 256 in two bytes", b"\x59" + head.to_bytes(2)),
        ("four-bytes", "a length in four bytes", b"\x5a" + head.to_bytes(4)),
        ("text", "a text for a byte string", bytes([0x78, head])),
        ("too-long", "one byte longer than the payload", bytes([0x58, head + 1])),
    ):
        broken = "E7" if name == "too-long" else "E3"
        path = f"invalid/{broken.lower()}-payload-head-{name}"
        yield case(path, why, _forged(payload_head=forged), MALFORMED, broken=broken)
    chunks = bytes([0x5F, 0x58, head]), b"\xff\x58\x40"
    code = _forged(payload_head=chunks[0], signature_head=chunks[1])
    why = "a payload of indefinite length"
    yield case("invalid/e3-payload-head-indefinite", why, code, MALFORMED, broken="E3")
    read_on = unread("UNDETERMINED", "D-BAD", PRINT)
    content = b"\x01" + forge.stored(b"\xa0" * 18)
    why = "24 bytes of payload: the framing holds, the content is 18 empty maps"
    yield case("edge/e3-payload-24", why, sealed(content), read_on, kept="E3 K4", broken="C1")
    content = b"\x01" + forge.stored(b"\xa0" * 17)
    why = "23 bytes of payload, with a head of one byte"
    yield case("edge/e3-payload-23", why, sealed(content), MALFORMED, broken="E3")
    code = sealed(content, payload_head=b"\x58\x17")
    why = "23 bytes of payload, with a head of two bytes"
    yield case("edge/e3-payload-23-long-head", why, code, MALFORMED, broken="E3")


def _versions() -> Iterator[Case]:
    rest = PAYLOAD[1:]
    stranger = sealed(b"\x02" + rest, STRANGER)
    yield case("edge/e4-version-0", "version 0", sealed(b"\x00" + rest), MALFORMED, broken="E4")
    why = "version 2 of the same content"
    yield case("edge/e5-version-2", why, sealed(b"\x02" + rest), NEWER, kept="E4", broken="E5")
    yield case("edge/e5-version-255", "version 255", sealed(b"\xff" + rest), NEWER, broken="E5")
    why = "version 2 under an unknown key: the version comes first"
    yield case("invalid/e5-before-k1", why, stranger, NEWER, broken="E5 K1")
    unsigned = forge.frame(PRINT.protected, b"\x02" + rest, bytes(64))
    why = "version 2 with a signature of zeros, which may mean something then"
    yield case("invalid/e5-before-k4", why, forge.digits(unsigned), NEWER, broken="E5 K4")
    why = "version 2 and a byte after the message: what follows the version may change with it"
    code = sealed(b"\x02" + rest, end=b"\0")
    yield case("invalid/e5-before-e7", why, code, NEWER, broken="E5 E7")
    code = forge.digits(forge.frame(PRINT.protected, b"\x02" + rest, bytes(range(128))))
    why = "version 2 and a signature of 128 bytes"
    yield case("invalid/e5-before-e7-longer", why, code, NEWER, broken="E5 E7")
    other = forge.cbor({1: -8, 4: PRINT.kid})
    code = forge.digits(forge.frame(other, b"\x02" + rest, bytes(64)))
    why = "version 2 and alg -8: a later version may have other algorithms"
    yield case("invalid/e5-before-e6", why, code, NEWER, broken="E5 E6")
    code = forge.digits(forge.frame(other, b"\x00" + rest, bytes(64)))
    why = "version 0 and alg -8: malformed either way"
    yield case("invalid/e4-and-e6", why, code, MALFORMED, broken="E4 E6")
    header = PRINT.protected[:-1]
    code = forge.digits(forge.frame(header, b"\x02" + rest, bytes(64)))
    why = "version 2 and a protected header of 12 bytes: what stands before the version is fixed"
    yield case("invalid/e1-before-e5", why, code, MALFORMED, broken="E1 E5")
    unprotected = b"\xa1\x03\x00"
    code = sealed(b"\x02" + rest, unprotected=unprotected)
    why = "version 2 and an unprotected header: what stands before the version is fixed"
    yield case("invalid/e2-before-e5", why, code, MALFORMED, broken="E2 E5")
    code = sealed(b"\x02" + rest, payload_head=b"\x5a" + (len(rest) + 1).to_bytes(4))
    why = "version 2 and a length in four bytes: what stands before the version is fixed"
    yield case("invalid/e3-before-e5", why, code, MALFORMED, broken="E3 E5")
    ended = text(with_record({6: [20000, 20001]}), PRINT_ED)
    why = "an unlisted key under a status that has ended: nothing of it is said"
    yield case("invalid/k1-before-v9", why, ended, unread("UNDETERMINED", "T-UNK"), broken="K1 V9")
