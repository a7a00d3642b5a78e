"""COSE_Sign1 messages around a payload: the one framing of a credential, and what is near to it.

Every function but `genuine` gives a message that must be refused, most of them under a good
signature of the key. `honest` tells how the genuine one is made, from the design alone.
"""

from collections.abc import Callable
from random import Random
from typing import TypeAlias

from statusqr_keys import Alg

from .keys import FixedKey, ring
from .wire import WIDTHS, Map, Node, Raw, Tag, head, write

AAD = b"StatusQR credential"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def headers(key: FixedKey) -> bytes:
    """The protected header of a credential."""
    return write(Map([(1, int(key.record.key.alg)), (4, key.record.kid)]))


def signature(key: FixedKey, protected: bytes, payload: bytes, aad: bytes = AAD) -> bytes:
    """64 bytes over the Sig_structure of RFC 9052 §4.4."""
    return key.signer.sign(write(["Signature1", protected, aad, payload]))


def genuine(key: FixedKey, payload: bytes) -> bytes:
    """The one message that may be accepted."""
    protected = headers(key)
    return write(Tag(18, [protected, Map(), payload, signature(key, protected, payload)]))


def _parts(key: FixedKey, payload: bytes) -> tuple[bytes, bytes]:
    protected = headers(key)
    return protected, signature(key, protected, payload)


def _changed(rng: Random, key: FixedKey, payload: bytes) -> bytes:
    data = bytearray(genuine(key, payload))
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def _cut(rng: Random, key: FixedKey, payload: bytes) -> bytes:
    data = genuine(key, payload)
    at = rng.randrange(1, len(data))
    return rng.choice((data[:at], data + data[:at], data[:at] + b"\0" + data[at:], data + b"\0"))


def _twin(rng: Random, key: FixedKey, payload: bytes) -> bytes:
    """The signature's twin: n - s, or s + L, which careless libraries accept."""
    protected, good = _parts(key, payload)
    if key.record.key.alg is Alg.ES256:
        s = P256_ORDER - int.from_bytes(good[32:])
        other = good[:32] + s.to_bytes(32)
    else:
        s = int.from_bytes(good[32:], "little") + ED25519_ORDER
        other = good[:32] + s.to_bytes(32, "little")
    return write(Tag(18, [protected, Map(), payload, other]))


def _other_signature(rng: Random, key: FixedKey, payload: bytes) -> bytes:
    protected, good = _parts(key, payload)
    r, s = int.from_bytes(good[:32]), int.from_bytes(good[32:])
    stranger = rng.choice([other for other in ring() if other is not key])
    signed: Node = rng.choice(
        (
            signature(stranger, protected, payload),  # under this key's kid
            signature(key, protected, payload, rng.choice((b"", AAD + b"s"))),
            signature(key, b"", payload),
            bytes(64),
            bytes(32) + good[32:],
            good[:32] + bytes(32),
            (r + P256_ORDER).to_bytes(33)[-32:] + good[32:],
            good[32:] + good[:32],
            good[:-1],
            good + b"\0",
            b"\x30\x44\x02\x20" + r.to_bytes(32) + b"\x02\x20" + s.to_bytes(32),
            b"",
            None,
        )
    )
    return write(Tag(18, [protected, Map(), payload, signed]))


def _other_header(rng: Random, key: FixedKey, payload: bytes) -> bytes:
    """Protected headers that are not exactly alg and kid, rightly signed."""
    alg, kid = int(key.record.key.alg), key.record.kid
    other = rng.choice([k for k in ring() if k.record.kid != kid])
    swapped = -7 if alg == -19 else -19
    maps: tuple[Node, ...] = (
        Map([(1, swapped), (4, kid)]),
        *(Map([(1, name), (4, kid)]) for name in (-8, -9, -35, 0, "ES256", None, True)),
        *(Map([(1, alg), (4, name)]) for name in (kid[:7], kid + b"\0", other.record.kid)),
        Map([(1, alg)]),
        Map([(4, kid)]),
        Map([(4, kid), (1, alg)]),
        Map([(1, alg), (1, alg), (4, kid)]),
        Map([(1, alg), (2, [1]), (4, kid)]),
        Map([(1, alg), (2, [16]), (4, kid)]),
        Map([(1, alg), (3, 60), (4, kid)]),
        Map([(1, alg), (4, kid), (rng.choice((5, 16, 100, "x", 1.0, True)), b"1")]),
        Raw(write(Map([(1, alg), (4, kid)])) + b"\0"),
        Raw(b"\xb8\x02" + write(Map([(1, alg), (4, kid)]))[1:]),
        Raw(b"\xbf" + write(Map([(1, alg), (4, kid)]))[1:] + b"\xff"),
        Raw(b""),
        Map(),
        [alg, kid],
    )
    return _with_header(key, write(rng.choice(maps)), payload)


def header_of_other_type(rng: Random, key: FixedKey, payload: bytes) -> bytes:
    """A kid that is no byte string, or a header of one use with the value of another."""
    alg, kid = int(key.record.key.alg), key.record.kid
    strange: tuple[Node, ...] = (
        Map([(1, alg), (4, kid.hex())]),
        Map([(1, alg), (4, 4)]),
        Map([(1, alg), (4, None)]),
        Map([(1, alg), (4, [kid])]),
        Map([(1, alg), (4, kid), (-1, b"an ephemeral key")]),
    )
    return _with_header(key, write(rng.choice(strange)), payload)


def _with_header(key: FixedKey, protected: bytes, payload: bytes) -> bytes:
    signed = signature(key, b"" if protected == b"\xa0" else protected, payload)
    return write(Tag(18, [protected, Map(), payload, signed]))


def _unprotected(rng: Random, key: FixedKey, payload: bytes) -> bytes:
    protected, signed = _parts(key, payload)
    alg, kid = int(key.record.key.alg), key.record.kid
    extra: Node = rng.choice(
        (
            Map([(1, alg)]),
            Map([(4, kid)]),
            Map([(4, b"another")]),
            Map([(3, 0)]),
            Map([(99, rng.randbytes(4))]),
            Map([("x", None)]),
            Map([(100, 1), (100, 2)]),
            Raw(b"\xbf\xff"),
            Raw(b"\xb8\x00"),
            None,
            [],
            b"",
        )
    )
    return write(Tag(18, [protected, extra, payload, signed]))


def _other_framing(rng: Random, key: FixedKey, payload: bytes) -> bytes:
    """The right parts, written otherwise."""
    protected, signed = _parts(key, payload)
    parts: list[Node] = [protected, Map(), payload, signed]
    inside = b"".join(map(write, parts))
    longer: list[Node] = list(parts)
    place = rng.choice((0, 2, 3))
    part = (protected, b"", payload, signed)[place]
    width = next(width for width in WIDTHS if len(head(2, len(part))) <= width + 1)
    wider = rng.choice([other for other in WIDTHS if other > width])
    longer[place] = Raw(head(2, len(part), wider) + part)
    pieces: list[Node] = list(parts)
    pieces[place] = Raw(b"\x5f" + write(part[:9]) + write(part[9:]) + b"\xff")
    framings: tuple[Node, ...] = (
        parts,
        *(Tag(number, parts) for number in (16, 17, 61, 96, 97, 98, 55799)),
        *(Tag(number, Tag(18, parts)) for number in (18, 61, 55799)),
        Raw(b"\xd8\x12\x84" + inside),
        Raw(b"\xd9\x00\x12\x84" + inside),
        Raw(b"\xd2\x98\x04" + inside),
        Raw(b"\xd2\x9f" + inside + b"\xff"),
        *(Tag(18, other) for other in ([*parts, None], parts[:3], parts[::-1], longer, pieces)),
        Tag(18, [protected, Map(), None, signed]),
        Tag(18, [protected, Map(), payload.hex(), signed]),
        Tag(18, [Raw(protected), Map(), payload, signed]),
        Tag(18, Map([(0, parts)])),
        Raw(b"\xd2\x84" + inside + b"\xf6"),
    )
    return write(rng.choice(framings))


Forger: TypeAlias = Callable[[Random, FixedKey, bytes], bytes]
FORGERIES: tuple[Forger, ...] = (
    _changed,
    _cut,
    _twin,
    _other_signature,
    _other_header,
    header_of_other_type,
    _unprotected,
    _other_framing,
)
