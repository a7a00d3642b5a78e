"""Cases of section 10: the keys in a trust list (J5, J6)."""

import base64
from collections.abc import Iterator
from itertools import count

from vectors.case import ON_PAPER, REFUSED, Case, case, good, text
from vectors.keyring import ED25519, LIVE, PRINT, Entry, Key, entry, jwk_of, kid_of, trust

ED25519_P = 2**255 - 19
EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022
P256_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def cases() -> Iterator[Case]:
    """All of them."""
    for name, coordinate in (("lowest", _on_edwards(2, 1)), ("highest", _on_edwards(-2, -1))):
        why = f"an Ed25519 key with the {name} y that is not of small order"
        document = trust(entry(PRINT), _bare(coordinate))
        yield good(f"edge/j6-{name}-y", why, ON_PAPER, "J6", trust=document)
    off_curve = next(y for y in range(2, 99) if not _is_on_edwards(y)).to_bytes(32, "little")
    why = "an Ed25519 x that is no point: left to K4"
    yield good("edge/j5-no-point", why, ON_PAPER, "J5", trust=trust(entry(PRINT), _bare(off_curve)))
    code = text(ON_PAPER)
    for name, why, document in (*_members(), *_coordinates(), *_small_orders()):
        rule = name.split("-")[0].upper()
        yield case(f"invalid/{name}", why, code, REFUSED, broken=rule, trust=document)


def _bare(*coordinates: bytes) -> Entry:
    """A key that nobody can sign with."""
    return entry(LIVE) | {"kid": kid_of(*coordinates).hex(), "jwk": jwk_of(*coordinates)}


def _is_on_edwards(y: int) -> bool:
    """Whether edwards25519 has a point with this y."""
    p = ED25519_P
    d = -121665 * pow(121666, -1, p)
    return pow((y * y - 1) * pow(d * y * y + 1, -1, p), (p - 1) // 2, p) == 1


def _on_edwards(y: int, step: int) -> bytes:
    """The next y of a point of edwards25519, from `y` on."""
    while not _is_on_edwards(y):
        y += step
    return (y % ED25519_P).to_bytes(32, "little")


def _on_p256(x: int) -> tuple[int, int]:
    """The next point of P-256, from `x` on."""
    p = P256_P
    while True:
        square = (x**3 - 3 * x + P256_B) % p
        y = pow(square, (p + 1) // 4, p)
        if y * y % p == square:
            return x, y
        x += 1


def _members() -> Iterator[tuple[str, str, str]]:
    own = entry(PRINT)
    jwk = jwk_of(*PRINT.coordinates)
    for name, why, members in (
        ("private", "a private member", jwk | {"d": jwk["x"]}),
        ("extra", "an optional member", jwk | {"alg": "ES256"}),
        ("y-missing", "no y", {name: jwk[name] for name in ("kty", "crv", "x")}),
        ("crv", "P-384", jwk | {"crv": "P-384"}),
        ("kty", "OKP with crv P-256", jwk | {"kty": "OKP"}),
        ("padded", "base64 with padding", jwk | {"x": jwk["x"] + "="}),
        ("spare-bits", "spare bits set in the last digit of x", jwk | {"x": _spare(jwk["x"])}),
    ):
        yield f"j5-{name}", why, trust(own | {"jwk": members})
    edwards = jwk_of(*LIVE.coordinates)
    for name, why, members in (
        ("x25519", "a key for X25519", edwards | {"crv": "X25519"}),
        ("ed25519-y", "an Ed25519 key with y", edwards | {"y": edwards["x"]}),
    ):
        yield f"j5-{name}", why, trust(own, entry(LIVE) | {"jwk": members})
    yield "j5-standard-alphabet", "+ and / of the other base64", trust(own, _standard_alphabet())


def _spare(text: str) -> str:
    """The same 32 bytes: the last of 43 digits has two bits too many."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


def _standard_alphabet() -> Entry:
    """A key whose coordinate is written with the signs in which the alphabets differ."""
    keys = (Key(f"alphabet {number}", ED25519) for number in count())
    key = next(key for key in keys if {"-", "_"} <= {*jwk_of(*key.coordinates)["x"]})
    text = base64.b64encode(key.coordinates[0]).decode().rstrip("=")
    return entry(key) | {"jwk": jwk_of(*key.coordinates) | {"x": text}}


def _coordinates() -> Iterator[tuple[str, str, str]]:
    """Keys under their own kids, so that nothing but the coordinates is wrong."""
    x, y = PRINT.coordinates
    small_x, its_y = _on_p256(5)
    for name, why, pair in (
        ("off-curve", "y with one bit changed: not on the curve", (x, y[:-1] + bytes([y[-1] ^ 1]))),
        ("zero", "x and y are 0", (bytes(32), bytes(32))),
        ("31-bytes", "x of 31 bytes", (x[:31], y)),
        ("33-bytes", "a zero byte before x", (b"\0" + x, y)),
        ("not-reduced", "x + p for x", ((small_x + P256_P).to_bytes(32), its_y.to_bytes(32))),
    ):
        yield f"j5-{name}", why, trust(entry(PRINT), _bare(*pair))
    longer = LIVE.coordinates[0] + b"\0"
    yield "j5-ed25519-33-bytes", "a zero byte after x", trust(entry(PRINT), _bare(longer))


def _small_orders() -> Iterator[tuple[str, str, str]]:
    p, sign = ED25519_P, 1 << 255
    for name, why, y in (
        ("order-1", "y is 1: order 1", 1),
        ("order-2", "y is p - 1: order 2", p - 1),
        ("order-4", "y is 0: order 4", 0),
        ("order-4-sign", "y is 0, the sign bit set", sign),
        ("order-8-e", "y is e: order 8", EIGHTH),
        ("order-8-p-e", "y is p - e: order 8", p - EIGHTH),
        ("order-8-sign", "y is e, the sign bit set", sign | EIGHTH),
        ("y-is-p", "y is p: 0 written otherwise", p),
        ("y-is-p-1", "y is p + 1: 1 written otherwise", p + 1),
        ("y-highest", "y is 2^255 - 1", sign - 1),
    ):
        yield f"j6-{name}", why, trust(entry(PRINT), _bare(y.to_bytes(32, "little")))
