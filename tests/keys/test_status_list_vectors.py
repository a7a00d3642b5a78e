"""The examples of draft-ietf-oauth-status-list: lists, the signed list, the referencing token.

Every file stands in one of the tables. The key is the draft's own (`src/util.py` of its repository,
the public half).
"""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cbor2
import pytest

from statusqr_keys import Issuer, KeyRecord, KeySigner, KeyUse, PublicKey
from statusqr_keys.cose import sign1, verify1
from statusqr_keys.signer import is_low_s
from statusqr_keys.status_list import compress, decompress
from statusqr_keys.status_token import read, read_under_key
from statusqr_schema import StatusListRefused
from statusqr_schema.claims import LIST_SIZE

FOLDER = Path(__file__).parents[3] / "shared" / "vectors" / "status-list"
KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo",
    "y": "6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M",
}
ADDRESS = "https://example.com/statuslists/1"
IAT, EXP, TTL = 1686920170, 2291720170, 43_200

# file: bits, and the entries: a heading of the appendix or the bytes themselves
LISTS: dict[str, tuple[int, str | bytes]] = {
    "status_list_encoding1_long_cbor": (1, "1-bit"),
    "status_list_encoding1_long_json": (1, "1-bit"),
    "status_list_encoding2_cbor": (2, bytes.fromhex("c944f9")),
    "status_list_encoding2_json": (2, bytes.fromhex("c944f9")),
    "status_list_encoding2_long_cbor": (2, "2-bit"),
    "status_list_encoding2_long_json": (2, "2-bit"),
    "status_list_encoding4_cbor": (4, "4-bit"),
    "status_list_encoding4_json": (4, "4-bit"),
    "status_list_encoding8_cbor": (8, "8-bit"),
    "status_list_encoding8_json": (8, "8-bit"),
    "status_list_encoding_cbor": (1, bytes.fromhex("b9a3")),
    "status_list_encoding_json": (1, bytes.fromhex("b9a3")),
}
# file: the one whose bytes it writes out with comments
WRITTEN_OUT = {
    "referenced_token_cwt_diag": "referenced_token_cwt",
    "status_list_cwt_diag": "status_list_cwt",
    "status_list_encoding2_cbor_diag": "status_list_encoding2_cbor",
    "status_list_encoding_cbor_diag": "status_list_encoding_cbor",
}
TOKENS = ("status_list_cwt", "referenced_token_cwt")
OUT_OF_SCOPE = {
    "status_list_jwt": "a JWT: we sign and read the CWT form only",
    "status_list_jwt_raw": "a JWT: we sign and read the CWT form only",
}

pytestmark = pytest.mark.needs("vectors")


def text(name: str) -> str:
    return (FOLDER / "examples" / f"{name}.md").read_text(encoding="utf-8")


def from_hex(name: str) -> bytes:
    lines = text(name).splitlines()
    if name.endswith("_diag"):
        lines = [line.split("#")[0] for line in lines]
    return bytes.fromhex("".join(line for line in lines if "byte_array" not in line and
                                 "encoded" not in line))  # fmt: skip


def status_list(name: str) -> tuple[int, bytes]:
    """Bits and the compressed list in a file."""
    if name.endswith("_cbor"):
        document = cbor2.loads(from_hex(name))
        return document["bits"], document["lst"]
    whole = text(name)
    document = json.loads(re.sub(r"\s", "", whole[whole.index("{") :]))
    return document["bits"], base64.urlsafe_b64decode(document["lst"] + "==")


def stated(heading: str) -> dict[int, int]:
    """The states by index that the appendix names."""
    appendix = (FOLDER / "appendix-test-vectors.md").read_text(encoding="utf-8")
    section = appendix.split(f"## {heading} Status List")[1].split("\n## ")[0]
    found = re.findall(r"^status\[(\d+)\] ?= 0b([01]+)$", section, re.MULTILINE)
    states = {int(index): int(state, 2) for index, state in found}
    assert len(states) == len(found) > 10
    return states


def test_every_file_stands_in_one_table() -> None:
    tables = [*LISTS, *WRITTEN_OUT, *TOKENS, *OUT_OF_SCOPE]
    assert len(tables) == len(set(tables))
    assert set(tables) == {path.stem for path in (FOLDER / "examples").iterdir()}


@pytest.mark.parametrize(("name", "original"), WRITTEN_OUT.items())
def test_an_example_with_comments_is_the_same_bytes(name: str, original: str) -> None:
    assert from_hex(name) == from_hex(original)


@pytest.mark.parametrize(("name", "bits", "content"), [(name, *LISTS[name]) for name in LISTS])
def test_a_list_of_the_draft(name: str, bits: int, content: str | bytes) -> None:
    """Read in a token of ours around the draft's own bytes, every entry compared."""
    named, compressed = status_list(name)
    assert named == bits
    claims = {2: ADDRESS, 6: IAT, 4: EXP, 65533: {"bits": bits, "lst": compressed}}
    signer = KeySigner.generate()
    headers: dict[int, str | int] = {16: "application/statuslist+cwt"}
    token = sign1(cbor2.dumps(claims), signer, headers=headers)
    found = read_under_key(token, ADDRESS, signer.public_key)
    if isinstance(content, bytes):
        assert found.entries == content
    else:
        states = stated(content)
        assert found.size == LIST_SIZE
        assert {index: found.lookup(index) for index in states} == states
        number = sum(state << index * bits for index, state in states.items())
        assert found.entries == number.to_bytes(LIST_SIZE * bits // 8, "little")
    assert decompress(compress(found.entries), bits) == found.entries


def test_the_small_lists_are_those_of_the_text() -> None:
    """The states that §4.1 gives for its two examples."""
    one, two = (status_list(f"status_list_encoding{n}_cbor") for n in ("", "2"))
    for (bits, compressed), states in (
        (one, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]),
        (two, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]),
    ):
        entries = int.from_bytes(decompress(compressed, bits), "little")
        assert [entries >> bits * at & 2**bits - 1 for at in range(len(states))] == states


def test_the_signed_list_of_the_draft() -> None:
    token = from_hex("status_list_cwt")
    assert not is_low_s(token[-64:])
    found = read_under_key(token, ADDRESS, PublicKey.from_jwk(KEY))
    assert (found.issued_at, found.expires_at, found.ttl) == (IAT, EXP, TTL)
    assert (found.bits, found.entries) == (1, bytes.fromhex("b9a3"))
    for address, key in ((ADDRESS, KeySigner.generate().public_key),
                         (ADDRESS + "/", PublicKey.from_jwk(KEY))):  # fmt: skip
        with pytest.raises(StatusListRefused):
            read_under_key(token, address, key)


def test_the_drafts_kid_is_not_one_of_ours() -> None:
    """It is "12" and stands outside of the signature: `read` finds keys by our kid only."""
    start = datetime.fromtimestamp(IAT, UTC)
    term = (start, start + timedelta(days=9))
    key = KeyRecord(PublicKey.from_jwk(KEY), KeyUse.STATUS, *term)
    with pytest.raises(StatusListRefused, match="не принадлежит этому издателю"):
        read(from_hex("status_list_cwt"), ADDRESS, Issuer("draft", "Draft", (key,)))


def test_the_token_that_refers_to_it() -> None:
    """Not our credential: its reference (claim 65535) has another form. It names the list above."""
    token, key = from_hex("referenced_token_cwt"), PublicKey.from_jwk(KEY)
    reference = cbor2.loads(verify1(token, key).payload)[65535]["status_list"]
    assert reference == {"idx": 0, "uri": ADDRESS}
    found = read_under_key(from_hex("status_list_cwt"), reference["uri"], key)
    assert found.lookup(reference["idx"]) == 1
    with pytest.raises(StatusListRefused, match="тип не application/statuslist"):
        read_under_key(token, ADDRESS, key)
