"""Cases of section 2: honest codes, and the text (T); and how large a code can be."""

import hashlib
from collections.abc import Iterator

from vectors import forge
from vectors.case import (
    ALIVE,
    BAD_SIGNATURE,
    FOREIGN,
    FULL,
    MALFORMED,
    ON_PAPER,
    ON_SCREEN,
    PRIVATE,
    RECORD,
    Case,
    Map,
    case,
    changed,
    good,
    sealed,
    shown,
    text,
)
from vectors.keyring import LIVE, LIVE_ES, PRINT, PRINT_ED, Key, entry, trust

GOOD = text(ON_PAPER)
FULL_PAPER = changed(ON_PAPER, {RECORD: FULL})
# Lengths that do not hang on the dictionary: noise that no compressor can make shorter, stored.
_NOISE = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(20))


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _honest()
    yield from _texts()
    yield from _sizes()


def _honest() -> Iterator[Case]:
    """Codes as an issuer makes them: every presentation, both algorithms, both profiles."""
    both = trust(entry(PRINT), entry(PRINT_ED), entry(LIVE, "live"), entry(LIVE_ES, "live"))
    framing = "T1 T2 T3 E1 E2 E3 E4 E5 E6 E7"
    yield good(
        "valid/print-es256-full",
        "a printed code with every field, ES256",
        FULL_PAPER,
        f"{framing} K1 K2 K3 K4 Z1 Z2 Z3 C1 C2 C3 C4 C5 C6 C7 C8 L1 L2 L3 L5 L6 L7 L8 L9 "
        "R1 R2 R3 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13 R14 R15",
    )
    yield good(
        "valid/print-ed25519-full",
        "a printed code with every field, Ed25519",
        FULL_PAPER,
        f"{framing} K1 K2 K4",
        key=PRINT_ED,
        trust=both,
    )
    yield good(
        "valid/print-es256-minimal",
        "the minimal profile: name, status and term, nothing else",
        ON_PAPER,
        "T1 R2 R6 R7 R9",
    )
    for name, what, content in (("screen", "a screen", ON_SCREEN), ("live", "a live", ALIVE)):
        rules = "L5 L6 L7 V2 N2 N7"
        for alg, key in (("ed25519", LIVE), ("es256", LIVE_ES)):
            why = f"{what} code, {alg}: no status reference, no notice"
            path = f"valid/{name}-{alg}"
            yield good(path, why, content, rules, key=key, notices="", trust=both)
    yield good(
        "valid/live-full",
        "a live code with every field",
        changed(ALIVE, {RECORD: FULL}),
        "L7",
        key=LIVE,
        notices="",
    )


def _texts() -> Iterator[Case]:
    short, hundred = GOOD[:99], GOOD[:100]
    arabic = GOOD.translate({48 + n: 0x0660 + n for n in range(10)})
    wide = GOOD.translate({48 + n: 0xFF10 + n for n in range(10)})
    for name, why, code in (
        ("empty", "an empty text", ""),
        ("link", "a link, as most QR codes are", "https://example.org/" + GOOD),
        ("spaces-around", "a space at each end: nothing is trimmed", f" {GOOD} "),
        ("newline-after", "a line feed at the end: nothing is trimmed", GOOD + "\n"),
        ("plus-before", "a plus sign, which number parsers take", "+" + GOOD),
        ("minus-before", "a minus sign, which number parsers take", "-" + GOOD),
        ("underscore", "an underscore, which some parsers take", GOOD[:50] + "_" + GOOD[50:]),
        ("decimal-point", "a decimal point and zeros after it", GOOD + ".00"),
        ("byte-order-mark", "a byte order mark before the digits", "\ufeff" + GOOD),
        ("cyrillic-letter", "the Cyrillic letter О for a zero", GOOD.replace("0", "О", 1)),
        ("arabic-digits", "the right digits, but Arabic-Indic ones", arabic),
        ("fullwidth-digits", "the right digits, but fullwidth ones", wide),
        ("superscript-digit", "one superscript digit", GOOD[:-1] + "²"),
        ("nul-inside", "a NUL character in the text", GOOD[:50] + "\0" + GOOD[50:]),
        ("hexadecimal", "the credential as hexadecimal", f"{int(GOOD):x}"),
    ):
        yield case(f"invalid/t1-{name}", why, code, FOREIGN, broken="T1")
    yield case("edge/t1-99-digits", "99 digits: not ours", short, FOREIGN, broken="T1")
    why = "100 digits: ours, read in part"
    yield case("edge/t1-100-digits", why, hundred, MALFORMED, kept="T1", broken="E1")
    yield case(
        "invalid/t3-leading-zero", "a zero before the code", "0" + GOOD, MALFORMED, broken="T3"
    )
    zeros = "0" * 300
    yield case(
        "invalid/t3-only-zeros", "the number zero, 300 digits", zeros, MALFORMED, broken="T3"
    )
    for name, why, code in (
        ("last-digit-missing", "the last digit is missing", GOOD[:-1]),
        ("first-digit-missing", "the first digit is missing", GOOD[1:]),
        ("half", "the first half of the digits", GOOD[: len(GOOD) // 2]),
        ("twice", "the digits twice, as two scans in one field", GOOD + GOOD),
    ):
        yield case(f"invalid/e1-{name}", why, code, MALFORMED, broken="E1")
    digit = str((int(GOOD[-100]) + 1) % 10)
    misread = GOOD[:-100] + digit + GOOD[-99:]
    why = "one digit misread, within the signature: the framing holds"
    yield case("invalid/k4-digit-misread", why, misread, BAD_SIGNATURE, kept="E7", broken="K4")


def _stored(length: int, key: Key = PRINT) -> tuple[str, Map]:
    """A code whose payload has exactly this length, and its claims."""
    for size in range(len(_NOISE)):
        content = changed(ON_PAPER, {PRIVATE: _NOISE[:size]})
        payload = b"\x01" + forge.stored(forge.cbor(content))
        if len(payload) == length:
            return sealed(payload, key), content
    raise ValueError(f"no payload of {length} bytes")


def _sizes() -> Iterator[Case]:
    """A credential of 664 bytes has 1599 digits, one of 665 has 1602: none has 1600."""
    for length, why in (
        (255, "the longest with a head 58 nn"),
        (256, "the shortest with 59 nn nn"),
    ):
        code, content = _stored(length)
        expected = shown(content, PRINT)
        path = f"edge/e3-payload-{length}"
        yield case(path, f"a payload of {length} bytes, {why}", code, expected, kept="E3 L10")
    overhead = len(forge.frame(PRINT.protected, bytes(300), bytes(64))) - 300
    code, content = _stored(664 - overhead)
    why = "the largest credential: 664 bytes, 1599 digits"
    yield case("edge/t2-largest", why, code, shown(content, PRINT), kept="T2 E3")
    code, _ = _stored(665 - overhead)
    why = "whole and rightly signed, but of 665 bytes, 1602 digits"
    yield case("edge/t2-too-large", why, code, MALFORMED, broken="T2")
    for length, kept, broken in ((1600, "T2", "E1"), (1601, "", "T2")):
        code = (GOOD * 10)[:length]
        path, why = f"edge/t2-{length}-digits", f"{length} digits"
        yield case(path, why, code, MALFORMED, kept=kept, broken=broken)
    code = (GOOD * 30)[:10_000]
    yield case("invalid/t2-10000-digits", "10000 digits", code, MALFORMED, broken="T2")
