"""The same records as other formats would carry them: JSON in on stdin, JSON out on stdout.

In:  `[{"record": {…}, "issued": s, "expires": s, "status": [list, index]}, …]`, the record a plain
object with words for keys (`bench.sizes.plain`), moments in epoch seconds.
Out: `[{encoding: {"signed": bytes, "text": str}, …}, …]` in the same order.

Runs in the peers' environment and imports nothing of the project. Keys are made for the run. The
same for all: ES256, the issuer named, the moments, the place in a status list, days as ISO text.
"""

import base64
import json
import sys
import zlib
from collections.abc import Callable
from typing import Any

import cbor2  # the peers' own, an older one than ours
from claim169 import (
    Claim169Input,
    CwtMetaInput,
    encode_with_signer,
)
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cwt import CWT, COSEKey

KEY = ec.generate_private_key(ec.SECP256R1())
KID = b"\x9a\x3c\x55\x01\xee\x47\x80\x2b"  # eight bytes, as EU DCC and StatusQR have
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

Entry = dict[str, Any]
Encoded = tuple[int, str]


def eu_dcc(entry: Entry) -> Encoded:
    """EU DCC style: claim -260, short keys, zlib around COSE, `HC1:` + Base45."""
    claims = {
        1: "RU",
        4: entry["expires"],
        6: entry["issued"],
        -260: {1: {**_shortened(entry["record"]), "rv": entry["status"]}},
    }
    protected = cbor2.dumps({1: -7, 4: KID})
    payload = cbor2.dumps(claims)
    signature = _sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    message = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))
    return len(message), "HC1:" + _base45(zlib.compress(message, 9))


SHORT = {
    "holder": "nam",
    "family": "fam",
    "family_name": "fn",
    "given_name": "gn",
    "patronymic": "pn",
    "snils": "ins",
    "relation": "rel",
    "category": "ct",
    "status": "st",
    "established_on": "es",
    "valid_from": "vf",
    "valid_through": "vt",
    "indefinite": "in",
    "basis": "bs",
    "title": "tl",
    "number": "no",
    "date": "dt",
    "authority": "is",
    "certificate": "ci",
    "measures_until": "mu",
    "region": "rg",
    "data_as_of": "da",
}


def _shortened(value: Any) -> Any:
    """With the two or three letters that EU DCC takes for its keys."""
    if isinstance(value, dict):
        return {SHORT[key]: _shortened(part) for key, part in value.items()}
    return [_shortened(part) for part in value] if isinstance(value, list) else value


def cwt(entry: Entry) -> Encoded:
    """python-cwt: the record with words for keys in one private claim, Base45."""
    message = _cwt_message(entry)
    return len(message), _base45(message)


def cwt_zlib(entry: Entry) -> Encoded:
    """The same, and zlib around it."""
    message = _cwt_message(entry)
    return len(message), _base45(zlib.compress(message, 9))


def _cwt_message(entry: Entry) -> bytes:
    record = {**entry["record"], "status_list": entry["status"]}
    claims = {1: "RU", 4: entry["expires"], 6: entry["issued"], -65537: record}
    return bytes(CWT.new().encode(claims, CWT_KEY))


def claim169(entry: Entry) -> Encoded:
    """claim169, whose claim describes a person; what has no field stands in the nearest one.

    СНИЛС in `id`; the relatives in `guardian`; the status, its category, days, certificate and the
    place in a status list in `legal_status`; the authority in `address`; the basis in
    `secondary_full_name`; the region in `location_code`. Parts of what has an inner structure are
    joined with semicolons. The library has no extensions and carries no unknown keys.
    """
    record = entry["record"]
    holder = record["holder"]
    days = [record.get("valid_from"), record.get("valid_through"), record.get("indefinite")]
    facts = [record["status"], record["category"], record.get("established_on"), *days]
    facts += [record.get(key) for key in ("certificate", "measures_until", "data_as_of")]
    content = Claim169Input(
        id=holder.get("snils"),
        last_name=holder["family_name"],
        first_name=holder.get("given_name"),
        middle_name=holder.get("patronymic"),
        guardian=";".join(_joined(member.values()) for member in record.get("family", [])) or None,
        legal_status=_joined([*facts, *entry["status"]]),
        address=record.get("authority"),
        secondary_full_name=_joined(record.get("basis", {}).values()) or None,
        location_code=record.get("region"),
    )
    meta = CwtMetaInput(issuer="RU", expires_at=entry["expires"])
    meta.issued_at = entry["issued"]
    text = str(encode_with_signer(content, meta, _claim169_signer, "ES256", KID))
    return len(zlib.decompress(_from_base45(text))), text


def _claim169_signer(_algorithm: str, _key_id: bytes | None, data: bytes) -> bytes:
    return _sign(data)


def _joined(parts: Any) -> str:
    return ";".join("" if part is None else str(part) for part in parts)


def smart_health_card(entry: Entry) -> Encoded:
    """SMART Health Card style: a JWS, minified JSON in raw DEFLATE, `shc:/` + digit pairs."""
    subject = {**entry["record"], "status_list": entry["status"]}
    claims = {
        "iss": "https://status.example",
        "nbf": entry["issued"],
        "exp": entry["expires"],
        "vc": {"type": ["https://status.example#status"], "credentialSubject": subject},
    }
    header = {"zip": "DEF", "alg": "ES256", "kid": _base64(_sha256(KID))}
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    payload = packer.compress(_minified(claims)) + packer.flush()
    signed = f"{_base64(_minified(header))}.{_base64(payload)}"
    token = f"{signed}.{_base64(_sign(signed.encode()))}"
    return len(token), "shc:/" + "".join(f"{ord(letter) - 45:02d}" for letter in token)


def _sha256(data: bytes) -> bytes:
    """SHA-256, in the place of the key's thumbprint."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return digest.finalize()


def _minified(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _base45(data: bytes) -> str:
    """RFC 9285."""
    text = ""
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            text += ALPHABET[digit]
    return text


def _from_base45(text: str) -> bytes:
    data = b""
    for start in range(0, len(text), 3):
        digits = text[start : start + 3]
        number = sum(ALPHABET.index(sign) * 45**place for place, sign in enumerate(digits))
        data += number.to_bytes(len(digits) - 1, "big")
    return data


def _sign(data: bytes) -> bytes:
    """r‖s, 64 bytes."""
    r, s = decode_dss_signature(KEY.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


CWT_KEY = COSEKey.from_pem(
    KEY.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ),
    kid=KID,
)
ENCODINGS: dict[str, Callable[[Entry], Encoded]] = {
    "SMART Health Card style": smart_health_card,
    "EU DCC style": eu_dcc,
    "python-cwt": cwt,
    "python-cwt + zlib": cwt_zlib,
    "claim169": claim169,
}


def main() -> None:
    """Encode every record in every way."""
    answer = []
    for entry in json.load(sys.stdin):
        encoded = {name: encode(entry) for name, encode in ENCODINGS.items()}
        answer.append({name: {"signed": n, "text": text} for name, (n, text) in encoded.items()})
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
