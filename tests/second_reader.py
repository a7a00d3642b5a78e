"""A second reader of StatusQR, written from schema/FORMAT.md alone; comments name its rules."""

import base64
import hashlib
import json
import re
import unicodedata
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256

DICTIONARY = Path(__file__, "../../schema/statusqr_schema/dictionary_v1.bin").resolve().read_bytes()
HEADER = rb"\xD2\x84(\x4D\xA2\x01(.)\x04\x48(.{8}))\xA0"  # E1, E2
FRAME = HEADER + rb"(\x58[\x18-\xFF]|\x59[\x01-\xFF].)([^\x00].*)"  # E3, E4
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P, E = 2**255 - 19, 2707385501144840649318225287225658788936804267575313519463743609750303402022
RECORD, STATUS, PRESENTATION, ABSENT = -65537, -65538, -65539, object()
# Shapes: "pattern", range, {key: shape}, array [a, b], array [a, ...], choice (a, b), or a value.
DAY, INSTANT, WORD, TITLE = range(-25567, 84006), range(7258118400), ".{1,100}", ".{1,500}"
PERSON = [WORD, (None, WORD), (None, WORD), (None, range(-100000, 10**11))]  # R2 to R4
BASIS = ([TITLE], [TITLE, WORD], [TITLE, (None, WORD), DAY])  # R10
FAMILY = tuple([[*PERSON, WORD]] * members for members in range(1, 33))  # R5
FIELDS: dict[int, Any] = {2: FAMILY, 5: DAY, 7: BASIS, 8: TITLE, 9: WORD, 10: DAY}
FIELDS = {n: (ABSENT, shape) for n, shape in (FIELDS | {11: range(1, 1000), 12: INSTANT}).items()}
FIELDS |= {1: PERSON, 3: ".{1,64}", 4: ".{1,300}", 6: ([DAY], [DAY, None], [DAY, DAY])}
CLAIMS = {4: INSTANT, 5: (ABSENT, INSTANT), 6: INSTANT, PRESENTATION: range(3), RECORD: FIELDS}
CLAIMS |= {STATUS: (ABSENT, [range(2**32), range(2**20)])}  # L8
TIME = "[0-9]{4}(-[0-9]{2}){2}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}(Z|[+-][0-9]{2}:[0-5][0-9])"
XY, ID = "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"  # J5, J8
LINE, URL = (
    " *[^ ](.{0,998}[^ ])? *",
    "(https://|http://(127.0.0.1|localhost)(?=[:/]|$)).{,990}",
)  # J9
EC, OKP = {"kty": "EC", "crv": "P-256", "x": XY, "y": XY}, {"kty": "OKP", "crv": "Ed25519", "x": XY}
KEY: dict[str, Any] = {"kid": ".*", "valid_from": TIME, "valid_through": TIME, "jwk": (EC, OKP)}
KEY |= {"use": "print|live|status", "state": "active|retired|compromised"}  # J3
KEY |= {"scope": {name: [LINE, ...] for name in ("categories", "regions", "authorities")}}
ISSUER = {"id": ID, "name": LINE, "keys": [KEY, ...], "status_lists": (ABSENT, None, URL)}
TRUST = {"type": "statusqr-trust-list", "version": range(1, 2), "issuers": [ISSUER, ...]}
TRUST |= {"published": (ABSENT, None, TIME)}


def check(holds: object, code: str = "D-BAD") -> None:
    if not holds:
        raise ValueError(code)


def fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, tuple):
        return any(fits(value, one) for one in shape)
    if isinstance(shape, str) and type(value) is str:
        plain = shape not in (LINE, URL) or value.isprintable()  # J9
        return plain and re.fullmatch(shape, value, re.S) is not None
    if isinstance(shape, dict):  # a map of JSON is closed (J2), one of CBOR is open (L10, R16)
        known = type(value) is dict and all(type(key) is int or key in shape for key in value)
        return known and all(fits(value.get(key, ABSENT), shape[key]) for key in shape)
    if isinstance(shape, list) and type(value) is list:
        shapes = shape[:1] * len(value) if shape[-1] is ... else shape
        return len(value) == len(shapes) and all(map(fits, value, shapes))
    return type(value) is int and value in shape if isinstance(shape, range) else value is shape


def load_trust(document: str) -> dict[str, Any]:
    """Return the keys by kid (section 10). Any exception refuses the list; False fits no shape."""
    trust = json.loads(document, object_pairs_hook=lambda m: len(m) == len(dict(m)) and dict(m))
    check(fits(trust, TRUST))
    issuers, keys = trust["issuers"], [key for one in trust["issuers"] for key in one["keys"]]
    check(all(len({one[n] for one in m}) == len(m) for m, n in ((keys, "kid"), (issuers, "id"))))
    for holder in [trust, *keys]:
        for name in {"published", "valid_from", "valid_through"} & {n for n in holder if holder[n]}:
            check(1000 <= (t := datetime.fromisoformat(holder[name]).astimezone(UTC)).year <= 9998)
            holder[name] = t.timestamp()
    for key in keys:
        check(key["valid_from"] <= key["valid_through"])  # J4
        x, y = (base64.urlsafe_b64decode(key["jwk"].get(name, "") + "=") for name in "xy")
        low = int.from_bytes(x, "little") % 2**255
        check(y or (low < P and low not in (0, 1, P - 1, E, P - E)))  # J6
        cose = f"A401022001215820{x.hex()}225820{y.hex()}" if y else f"A301012006215820{x.hex()}"
        check(key["kid"] == hashlib.sha256(bytes.fromhex(cose)).hexdigest()[:16])  # J7
        load, point = ec.EllipticCurvePublicKey.from_encoded_point, (ec.SECP256R1(), b"\4" + x + y)
        key["jwk"] = load(*point) if y else ed25519.Ed25519PublicKey.from_public_bytes(x)
    return {key["kid"]: key for key in keys}


def decode(stream: BytesIO, outside: int = 0) -> Any:
    """Read one CBOR item that stands inside so many others (section 5)."""
    check(head := stream.read(1))  # C1
    major, size = divmod(head[0], 32)
    if head in b"\xf4\xf5\xf6":
        return (False, True, None)[size - 20]
    check(major < 6 and size < 28)  # C6, C3
    if size > 23:
        width, least = ((1, 24), (2, 2**8), (4, 2**16), (8, 2**32))[size - 24]
        size = int.from_bytes(raw := stream.read(width), "big")
        check(len(raw) == width and size >= least)  # C2
    if major < 2:
        return -1 - size if major else size
    if major < 4:
        check(size <= 4096 and len(raw := stream.read(size)) == size)
        text = raw.decode(errors="replace")
        check(major == 2 or (text.encode() == raw and unicodedata.is_normalized("NFC", text)))  # C7
        return raw if major == 2 else text
    check(outside < 8)  # C8
    items = [decode(stream, outside + 1) for _ in range(size * (major - 3))]
    keys = items[::2] if major == 5 else []  # C4, C5; the bytewise order follows from C2
    check(keys == sorted({k for k in keys if type(k) is int}, key=lambda k: (k < 0, abs(k))))
    return dict(zip(keys, items[1::2], strict=True)) if major == 5 else items


def open_code(digits: Any, keys: dict[str, Any], answer: dict[str, Any]) -> Any:
    """Check sections 2 to 7; return the claims. The signer is named as soon as K4 holds."""
    check(fits(digits, "[0-9]{100,}"), "D-FOR")  # T1
    check(fits(digits, "[1-9][0-9]{,1599}"))  # T2, T3
    code = int(digits).to_bytes(len(digits) // 2, "big").lstrip(b"\0")
    check(frame := re.fullmatch(FRAME, code, re.DOTALL))
    header, alg, kid, head, rest = frame.groups() if frame else ()
    check(rest[0] == 1, "D-NEW")  # E5
    payload, glue, signature = rest[:-66], rest[-66:-64], rest[-64:]
    check(alg in b"\x26\x32" and glue == b"\x58\x40" and len(payload) == int.from_bytes(head[1:]))
    check(kid.hex() in keys, "T-UNK")  # K1
    public = keys[kid.hex()]["jwk"]
    check(isinstance(public, ec.EllipticCurvePublicKey) == (alg == b"\x26"), "S-BAD")  # K2
    signed = b"\x84\x6aSignature1" + header + b"\x53StatusQR credential" + head + payload
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    check(alg != b"\x26" or s <= N // 2, "S-BAD")  # K3
    ecdsa = (utils.encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))
    public.verify(*(ecdsa if alg == b"\x26" else (signature, signed)))  # K4
    answer["kid"] = kid.hex()
    content = (engine := zlib.decompressobj(-15, DICTIONARY)).decompress(payload[1:], 4097)  # Z1
    check(engine.eof and not engine.unused_data and len(content) <= 4096)  # Z2, Z3
    claims = decode(reader := BytesIO(content))
    check(not reader.read() and fits(claims, CLAIMS))  # C1, L1 to R15
    check(claims[4] - claims[6] <= (34560000, 600, 60)[claims[PRESENTATION]])  # L6
    check((STATUS in claims) == (claims[PRESENTATION] == 0))  # L7
    check(claims[RECORD][6][-1] is None or claims[RECORD][6][-1] >= claims[RECORD][6][0])  # R9
    return claims


def judge(claims: Any, key: Any, case: dict[str, Any]) -> list[str]:
    """Return the findings and then the notices of section 8, in their order."""
    iat, exp, live, record = claims[6], claims[4], claims[PRESENTATION], claims[RECORD]
    at, published, now = case["at"], case["published"], case.get("as_of") is not True
    first, last = [*record[6], None][:2]
    region = f"{record[11]:02}" if 11 in record else None
    stated = {"categories": record[3], "regions": region, "authorities": record.get(8)}
    barred = [n for n in stated if key["scope"][n] and stated[n] not in (*key["scope"][n], None)]
    barred += [key["use"]] * (key["use"] != ("live" if live else "print"))  # V2; V4 to V6 above
    barred += [iat] * (not key["valid_from"] <= iat <= key["valid_through"])  # V3
    away = [n for n, taken in case["place"].items() if taken and stated[n] not in taken]
    age = 0 if published is None else at - published
    clock = not (now and (at < iat - 60 or age < -60))  # V7: the clock may be right
    ended = last is not None and at >= (last + 1) * 86400 + 43200  # V9
    over = not ended and at >= (exp + 60 if live else exp)
    through = over and not live and exp // 86400 == last  # V11
    codes = {"S-KEY": key["state"] == "compromised", "S-AUT": barred, "T-CLK": not clock}
    codes |= {"C-NYV": clock and at < max(claims.get(5, at), first * 86400 - 50400)}  # V8
    codes |= {"C-EXP": clock and (ended or through), "C-LIV": clock and over and live}  # V9 to V11
    codes |= {"C-DOC": clock and over and not (live or through)}  # V12
    codes |= {"T-OLD": clock and now and age > 259200}  # V13
    spent = not any(codes.values()) and at >= (record.get(10, 10**6) + 1) * 86400 - 7200
    codes |= {"N-PLC": away, "N-PRT": not live, "N-MEA": spent}
    codes |= {"N-END": len(record[6]) == 1, "N-AGE": now and at - record.get(12, at) > 7776000}
    codes |= {"N-RPT": case.get("seen_before") is True, "N-NOREV": not live}
    return [code for code in codes if codes[code]]


def read(case: dict[str, Any]) -> dict[str, object]:
    """Answer one input of vectors/README.md; one of another form is REFUSED like a trust list."""
    answer: dict[str, Any] = {"verdict": "REFUSED", "accepted": False}
    answer |= {"findings": [], "notices": [], "kid": None, "presentation": None, "record": None}
    try:
        keys = load_trust(case["trust"])
    except Exception:
        return answer
    try:
        check(abs(case["at"]) + abs(case["published"] or 0) < 1e15, "T-CLK")
        claims = open_code(case.get("text"), keys, answer)
        codes = judge(claims, keys[answer["kid"]], case)
        answer["presentation"] = ("print", "screen", "live")[claims[PRESENTATION]]
        answer["record"] = {str(n): claims[RECORD][n] for n in FIELDS if n in claims[RECORD]}
    except (ValueError, InvalidSignature, zlib.error) as error:
        codes = [{InvalidSignature: "S-BAD", zlib.error: "D-BAD"}.get(type(error), str(error))]
    answer["findings"] = found = [code for code in codes if code[0] != "N"]
    answer["notices"] = [code for code in codes if code[0] == "N"]
    answer["accepted"] = not found and "N-PLC" not in codes
    ranks = [3 if c == "D-FOR" else 2 if c in "S-BAD S-KEY S-AUT C-NYV C-EXP" else 1 for c in found]
    answer["verdict"] = ("VALID", "UNDETERMINED", "INVALID", "FOREIGN")[max([0, *ranks])]
    return answer


if __name__ == "__main__":
    for line in Path("/dev/stdin").open("rb"):  # noqa: SIM115
        print(json.dumps(read(json.loads(line))), flush=True)  # noqa: T201
