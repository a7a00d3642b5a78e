"""The loader of trust lists: refused with a reason, or a list that its own JSON gives again."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from statusqr_keys import TrustList
from statusqr_schema import TrustListRefused

# Values that are near to right in one field or another.
_NEAR: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 1.0, 1e300, -1, "", " ", "a", "ключ", "\ud800", "\0", "\u2028"),
    *([], {}, [[]], {"": {}}, ["76"], ["76", "76"], [""], [None]),
    *("print", "live", "status", "active", "retired", "compromised", "EC", "OKP", "Ed25519"),
    *("2026-11-21T09:00:00Z", "2026-11-21T12:00:00+03:00", "2026-11-21T09:00:00", "9999-12-31"),
    *("0999-12-31T23:59:59Z", "9998-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z", "٢٠٢٦"),
    *("2026-11-21T24:00:00Z", "2026-11-21T09:00:60Z", "2026-11-21T09:00:00+24:00"),
    *("2026-11-21T09:00:00+03:00:00.5", "2026-11-21T09:00:00Z\n", "2026-11-21t09:00:00z"),
    *("A" * 43, "A" * 42 + "B", "AQ" + "A" * 41, "=" * 43, "0" * 16, "я" * 1_000, "x" * 1_001),
    *("https://example.org/", "http://localhost", "http://127.0.0.1.example.org/", "ftp://x"),
)


def one_input(data: bytes) -> None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    try:
        trust = TrustList.parse(text)
    except TrustListRefused as refusal:
        assert refusal.message
        return
    again = TrustList.parse(json.dumps(trust.to_json()))
    assert again == trust
    assert again.to_json() == trust.to_json()
    stated = [key["kid"] for issuer in json.loads(text)["issuers"] for key in issuer["keys"]]
    keys = [(issuer, key) for issuer in trust.issuers for key in issuer.keys]
    assert stated == [key.kid.hex() for _, key in keys]
    assert len({issuer.id for issuer in trust.issuers}) == len(trust.issuers)
    for issuer, key in keys:
        assert trust.find(key.kid) == (issuer, key)
        assert 1000 <= key.valid_from.year <= key.valid_through.year <= 9998


def mutate(data: bytes, max_size: int, seed: int, blind: Callable[[bytes, int], bytes]) -> bytes:
    rng = Random(seed)  # noqa: S311 - no secret
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return blind(data, max_size)
    if rng.random() < 0.3:
        return blind(data, max_size)
    for _ in range(rng.choice((1, 1, 2))):
        if places := list(_places(document)):
            _change(rng, *rng.choice(places), places)
    return json.dumps(document).encode("ascii")[:max_size]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container and name under which something stands."""
    if isinstance(value, dict | list):
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield value, name
            yield from _places(item)


def _change(rng: Random, home: Any, name: Any, places: list[tuple[Any, Any]]) -> None:
    match rng.randrange(5):
        case 0:
            del home[name]
        case 1:  # what stands elsewhere, a copy of it
            other, where = rng.choice(places)
            home[name] = _copy(other[where])
        case 2 if isinstance(home, dict):
            home[rng.choice(("", "expires", "scope", "kid", "x"))] = _copy(rng.choice(_NEAR))
        case 2:
            home.append(_copy(home[name]))
        case _:
            home[name] = _copy(rng.choice(_NEAR))


def _copy(value: Any) -> Any:
    """Not the same lists and objects again, which the next change would change in all places."""
    return json.loads(json.dumps(value))
