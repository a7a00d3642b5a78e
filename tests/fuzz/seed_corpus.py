"""The inputs from which each target starts; they are written into `corpus` and kept there.

::

    PYTHONPATH=tests python -m fuzz.seed_corpus

Nothing in them uses the dictionary, so they stay what they are when it changes. Run it again when
the form of the claims has changed: `test_fuzz_targets` tells that the old codes are malformed. A
name that begins with «issued» says what the target `check` takes for VALID. What a long run has
found and was kept has a number for a name, and is left alone.
"""

import base64
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from PIL import Image
from world import ENTRY, NOON, record

from statusqr_issuer import make_symbol
from statusqr_keys import TrustList
from statusqr_schema import Claims, Disclosure, Presentation, Profile, claims
from statusqr_verifier.checkpoint.place import Place

from . import messages, payloads, wire
from .bombs import cbor_bombs
from .cases import NAMES, base
from .keys import ring, trust

CORPUS = Path(__file__).parent / "corpus"


def message(key: int, name: str, presentation: Presentation = Presentation.PRINT) -> bytes:
    """A good credential of a key of the ring."""
    return messages.genuine(ring()[key], payloads.plain(base(name, presentation)))


def digits(data: bytes) -> bytes:
    """The text of a message, as a file holds it."""
    return str(int.from_bytes(data)).encode("ascii")


def small() -> bytes:
    """The claims of a record in the minimal profile: a code of few modules."""
    issued = int(NOON.timestamp())
    return claims.encode(
        Claims(
            record=Disclosure(Profile.MINIMAL).apply(record("R15")),
            issued_at=issued,
            expires_at=issued + 300 * 86_400,
            presentation=Presentation.PRINT,
            status=ENTRY,
        )
    )


def issued() -> dict[str, bytes]:
    """What is VALID at noon."""
    return {
        "issued-family": digits(message(0, "R01")),
        "issued-family-ed25519": digits(message(1, "R01")),
        "issued-indefinite": digits(message(1, "R04")),
        "issued-end-not-stated": digits(message(1, "R20")),
        "issued-retired-key": digits(message(4, "R22")),
        "issued-in-scope": digits(message(10, "R01")),
        "issued-live": digits(message(2, "R04", Presentation.LIVE)),
        "issued-screen": digits(message(3, "R15", Presentation.SCREEN)),
        "issued-small": digits(messages.genuine(ring()[1], payloads.plain(small()))),
    }


def refused() -> dict[str, bytes]:
    """Codes that are not: one for each step of the check."""
    good = message(1, "R04")
    newer = b"\x02" + bytes(40)
    return {
        "foreign": b"https://example.org/check?id=1",
        "cut": digits(good)[:300],
        "too-long": b"9" * 1_601,
        "newer-version": digits(messages.genuine(ring()[1], newer)),
        "unknown-key": digits(message(13, "R04")),
        "compromised-key": digits(message(5, "R04")),
        "status-key": digits(message(6, "R04")),
        "old-key": digits(message(7, "R04")),
        "out-of-scope": digits(message(11, "R04")),
        "bad-signature": digits(good[:-1] + bytes([good[-1] ^ 1])),
        "not-begun": digits(message(1, "R18")),
        "malformed": digits(messages.genuine(ring()[1], payloads.plain(b"\xa0" * 40))),
        "bomb": digits(messages.genuine(ring()[1], payloads.plain(bytes(4_097)))),
    }


def texts() -> dict[str, bytes]:
    """Digits and bytes on every edge of the framing."""
    edges = {
        f"payload-{size}": messages.genuine(ring()[1], b"\x01" * size) for size in (24, 255, 256)
    }
    return {
        "family": digits(message(0, "R01")),
        "live": digits(message(2, "R04", Presentation.LIVE)),
        "bytes": message(1, "R15"),
        "newer-version": messages.genuine(ring()[1], b"\x02" * 24),
        "hundred-digits": b"9" * 100,
        "foreign": b"HC1:6BFOXN",
        **edges,
        **{f"longer-{length}": longer(length) for length in (23, 24, 255)},
    }


def longer(length: int) -> bytes:
    """A payload whose length has a byte more than need be."""
    message = messages.genuine(ring()[1], b"\x01" * length)
    start, end = message[:17], message[17 + (1 if length < 24 else 2) :]
    return start + wire.head(2, length, 1 if length < 24 else 2) + end


def contents() -> dict[str, bytes]:
    """Claims, CBOR and payloads."""
    good = {f"claims-{name}": base(name, Presentation.PRINT) for name in NAMES}
    short = {
        name.replace(" ", "-").replace(":", "-"): data
        for name, data in cbor_bombs().items()
        if len(data) < 300
    }
    arrays = {
        f"indefinite-{count}": b"\x9f" + b"\xf6" * count + b"\xff" for count in (23, 24, 255, 256)
    }
    odd = {"true-for-a-key": b"\xa1\xf5\x00", "one-and-true": b"\xa2\x01\x00\xf5\x00"}
    live = {f"claims-{p.name.lower()}": base("R04", p) for p in Presentation if p.value}
    packed = {"payload": payloads.plain(small()), "bomb": payloads.plain(bytes(4_097))}
    return good | live | short | packed | arrays | odd


def sign1s() -> dict[str, bytes]:
    """COSE_Sign1 messages of every form that the forgers make, most of them rightly signed."""
    key, payload = ring()[1], b"payload"
    found = {f"genuine-{n}": messages.genuine(ring()[n], payload) for n in range(2)}
    for forge in messages.FORGERIES:
        for number in range(8):
            rng = Random(number)  # noqa: S311 - no secret
            found[f"{forge.__name__.strip('_')}-{number}"] = forge(rng, key, payload)
    return found


def lists() -> dict[str, bytes]:
    """Trust lists: of all keys, of one, of none."""
    issuer = trust().issuers[0]
    one = TrustList.of([type(issuer)("one", "Орган", issuer.keys[:1], "https://example.org/")])
    ed25519 = TrustList.of([type(issuer)("two", "Орган", issuer.keys[1:2])], NOON)
    none = TrustList.of([], NOON + timedelta(days=1))
    made = {"all": trust(), "one": one, "ed25519": ed25519, "none": none}
    return {
        name: json.dumps(trusted.to_json(), ensure_ascii=False).encode()
        for name, trusted in made.items()
    }


def signed() -> dict[str, bytes]:
    """Good content with the three bytes that say how it is signed, packed and looked at."""
    found = {
        f"{name}-{n}": bytes([n % 2, 0, 0]) + base(name, Presentation.PRINT)
        for n, name in enumerate(NAMES)
    }
    for n, presentation in enumerate((Presentation.LIVE, Presentation.SCREEN)):
        found[presentation.name.lower()] = bytes([2 + n, 0, 0]) + base("R04", presentation)
    for packing in range(len(payloads.HOSTILE)):
        found[f"packed-{packing}"] = bytes([1, 0x80 + packing, 3]) + small()
    for key in range(len(ring())):
        found[f"key-{key}"] = bytes([key, 0, 5]) + small()
    return found


def pictures() -> dict[str, bytes]:
    """One small code in every kind of file."""
    symbol = make_symbol(digits(messages.genuine(ring()[1], payloads.plain(small()))).decode())
    grey = Image.open(io.BytesIO(symbol.png(2)))
    kinds = {
        "grey.png": (grey.convert("L"), "PNG"),
        "bilevel.png": (grey.convert("1"), "PNG"),
        "alpha.png": (grey.convert("LA"), "PNG"),
        "palette.png": (grey.convert("P"), "PNG"),
        "deep.png": (grey.convert("I;16"), "PNG"),
        "code.jpeg": (grey.convert("L"), "JPEG"),
        "colour.jpeg": (grey.convert("RGB"), "JPEG"),
        "code.webp": (grey.convert("RGB"), "WEBP"),
        "page.pdf": (grey.convert("L"), "PDF"),
    }
    found = {"empty.pdf": b"%PDF-1.7\n"}
    for name, (image, kind) in kinds.items():
        output = io.BytesIO()
        image.save(output, kind, quality=60, creationDate=None, modDate=None)  # no clock in a PDF
        found[name] = output.getvalue()
    return found


def requests() -> dict[str, bytes]:
    """What stands in a request to the checkpoint, each kind once."""
    place = Place("Музей, вход 2", frozenset({"large_family"}), frozenset({"76"}))
    moment = "2026-11-21T12:00:00+03:00"
    return {
        "cookie": place.to_cookie().encode(),
        "cookie-content": base64.urlsafe_b64decode(place.to_cookie()),
        "languages": b"en-GB,en;q=0.9,ru;q=0.5,*;q=0.1",
        "host": b"checkpoint.example:8653",
        "host-v6": b"[::1]:8653",
        "question": json.dumps({"text": "2714" * 30, "at": moment}).encode(),
    }


def seeds() -> Iterator[tuple[str, str, bytes]]:
    """Target, name and bytes of every input."""
    targets = {
        "text": texts(),
        "content": contents(),
        "trust_list": lists(),
        "check": issued() | refused(),
        "signed": signed(),
        "image": pictures(),
        "cose": sign1s(),
        "request": requests(),
    }
    for target, inputs in targets.items():
        for name, data in inputs.items():
            yield target, name, data


def main() -> None:
    """Write them."""
    for target, name, data in seeds():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
