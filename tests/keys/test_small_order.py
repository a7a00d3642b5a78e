"""Ed25519 keys of small order, computed here from the curve, are refused in every encoding."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from statusqr_keys import PublicKey
from statusqr_schema import KeyProblem

P = 2**255 - 19

# edwards25519 (RFC 8032 §5.1): -x² + y² = 1 + d x² y², in affine coordinates; slow and plain.
Point = tuple[int, int]
D = -121665 * pow(121666, -1, P) % P
NEUTRAL: Point = (0, 1)


def add(a: Point, b: Point) -> Point:
    product = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P) % P
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P
    return x, y


def multiply(factor: int, point: Point) -> Point:
    result = NEUTRAL
    while factor:
        if factor & 1:
            result = add(result, point)
        point, factor = add(point, point), factor >> 1
    return result


def point_at(y: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return None if (x * x - square) % P else (x, y)


def torsion() -> set[Point]:
    """The 8 points of small order: the multiples of a point of order 8."""
    prime_order = 2**252 + 27742317777372353535851937790883648493
    points = (point_at(y) for y in range(2, 100))
    candidates = (multiply(prime_order, point) for point in points if point)
    generator = next(point for point in candidates if multiply(4, point) != NEUTRAL)
    return {multiply(factor, generator) for factor in range(8)}


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def test_every_encoding_of_a_point_of_small_order_is_refused() -> None:
    points = torsion()
    assert len(points) == 8
    assert all(multiply(8, point) == NEUTRAL for point in points)
    encodings = {
        (value | sign << 255).to_bytes(32, "little")
        for _, y in points
        for value in (y, y + P)  # y + P is the same point, not in its canonical form
        for sign in (0, 1)
        if value < 2**255
    }
    assert len(encodings) == 14
    for encoding in encodings:
        raw = ed25519.Ed25519PublicKey.from_public_bytes(encoding)  # accepted without a word
        with pytest.raises(KeyProblem, match="малого порядка"):
            PublicKey(raw)
        with pytest.raises(KeyProblem, match="малого порядка"):
            PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": base64url(encoding)})


def test_real_ed25519_keys_are_accepted() -> None:
    for _ in range(200):
        raw = ed25519.Ed25519PrivateKey.generate().public_key()
        assert PublicKey(raw).coordinates == (raw.public_bytes_raw(),)
