"""The examples of RFC 8949, appendix A: which are in our subset, and which are refused."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from statusqr_schema import MalformedCredential
from statusqr_schema.cbor import decode, encode

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "cbor" / "appendix_a.json"


def kind(vector: dict[str, Any]) -> str:
    """What the vector's first byte and its meaning say it is (RFC 8949 §3), not what we read."""
    first = bytes.fromhex(vector["hex"])[0]
    if first in (0xF9, 0xFA, 0xFB):
        return "float"
    if not vector["roundtrip"]:
        return "indefinite length"
    if first in (0xC2, 0xC3):
        return "bignum"
    if first >> 5 == 6:
        return "tag"
    if first == 0xF7:
        return "undefined"
    if first >> 5 == 7 and first not in (0xF4, 0xF5, 0xF6):
        return "simple value"
    if '": ' in json.dumps(vector.get("decoded")):
        return "text as a key"
    return "ours"


@pytest.mark.needs("vectors")
def test_vectors_of_rfc_8949() -> None:
    counted: Counter[tuple[str, bool]] = Counter()
    for vector in json.loads(VECTORS.read_text(encoding="utf-8")):
        data = bytes.fromhex(vector["hex"])
        try:
            value = decode(data)
        except MalformedCredential:
            counted[kind(vector), False] += 1
            continue
        counted[kind(vector), True] += 1
        assert encode(value) == data
        assert value == vector.get("decoded", value)
    assert counted == {
        ("ours", True): 34,
        ("float", False): 22,
        ("indefinite length", False): 11,
        ("tag", False): 6,
        ("text as a key", False): 3,
        ("simple value", False): 3,
        ("bignum", False): 2,
        ("undefined", False): 1,
    }
