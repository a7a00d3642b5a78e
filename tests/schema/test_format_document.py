"""What FORMAT.md shows is so: its worked example, its figures, its tables."""

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import second_reader
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from statusqr_keys import PublicKey
from statusqr_keys.cose import to_be_signed
from statusqr_schema import claims, compression, envelope, qrtext
from statusqr_verifier import Reason

FORMAT = (Path(__file__).parents[2] / "schema" / "FORMAT.md").read_text(encoding="utf-8")
BLOCKS = {
    name: "".join(body.split())
    for name, body in re.findall(r"```(?:hex|text) ([a-z-]+)\n(.*?)```", FORMAT, re.DOTALL)
}
IAT = datetime(2026, 11, 21, 9, tzinfo=UTC).timestamp()
KEY = PublicKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key())


def block(name: str) -> bytes:
    return bytes.fromhex(BLOCKS[name])


def test_the_layers_of_the_example_fit_each_other() -> None:
    cut = envelope.parse(block("credential"))
    assert qrtext.decode(BLOCKS["digits"]) == block("credential")
    assert cut.payload == block("payload")
    assert to_be_signed(cut.protected, cut.payload, b"StatusQR credential") == block(
        "sig-structure"
    )
    assert compression.decompress(cut.payload) == block("claims")
    assert f"kid            {cut.kid.hex()}\n" in FORMAT
    assert f"public key x   {KEY.to_jwk()['x']}\n" in FORMAT
    decoded = claims.decode(block("claims"))
    assert decoded.issued_at == IAT
    assert decoded.record.holder.full_name == "Лебедева Ольга Сергеевна"
    assert f"6: [{19828}, {21183}]" in FORMAT
    assert (decoded.record.period.valid_from.isoformat(), decoded.record.region_code) == (
        "2024-04-15",
        "76",
    )


def test_the_lengths_that_are_named() -> None:
    lengths = [
        int(n.replace(",", "")) for n in re.findall(r"([0-9,]+) (?:bytes|digits)[:,]", FORMAT)
    ]
    for name in ("claims", "payload", "sig-structure", "credential"):
        assert len(block(name)) in lengths, name
    symbol = segno.make(BLOCKS["digits"], error="M", mode="numeric", boost_error=False)
    assert f"{len(BLOCKS['digits'])} digits, a QR code of version {symbol.version} " in FORMAT


@pytest.mark.parametrize(
    ("at", "findings"),
    [
        (IAT, []),
        (datetime(2027, 11, 21, 8, 59, 59, tzinfo=UTC).timestamp(), []),
        (datetime(2027, 11, 21, 9, tzinfo=UTC).timestamp(), ["C-DOC"]),
        (datetime(2028, 1, 1, 12, tzinfo=UTC).timestamp(), ["C-EXP"]),
    ],
)
def test_what_the_example_is_said_to_be(at: float, findings: list[str]) -> None:
    key = {
        "kid": KEY.kid.hex(),
        "use": "print",
        "state": "active",
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_through": "2028-12-31T23:59:59Z",
        "scope": {"categories": [], "regions": [], "authorities": []},
        "jwk": KEY.to_jwk(),
    }
    issuers = [{"id": "demo", "name": "Вымышленный орган", "keys": [key]}]
    answer = second_reader.read(
        {
            "text": BLOCKS["digits"],
            "trust": json.dumps({"type": "statusqr-trust-list", "version": 1, "issuers": issuers}),
            "at": at,
            "as_of": False,
            "published": None,
            "place": {"categories": [], "regions": []},
            "seen_before": False,
        }
    )
    assert answer["findings"] == findings
    assert answer["notices"] == ["N-PRT", "N-NOREV"]


def test_the_dictionary_is_named() -> None:
    dictionary = compression.dictionary()
    digest = hashlib.sha256(dictionary).hexdigest()
    assert f"{len(dictionary):,} bytes, SHA-256 `{digest}`" in FORMAT


def test_every_finding_is_in_the_table() -> None:
    for reason in Reason:
        assert reason.name in FORMAT
        assert reason.code in FORMAT
