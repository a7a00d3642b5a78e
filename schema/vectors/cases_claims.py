"""Cases of section 6: the claims (L)."""

from collections.abc import Iterator
from typing import Any

from vectors import forge
from vectors.case import (
    ALIVE,
    DROP,
    EXP_CLAIM,
    IAT,
    IAT_CLAIM,
    NBF_CLAIM,
    ON_PAPER,
    ON_SCREEN,
    PRESENTATION,
    PRINTED,
    RECORD,
    STATUS_REFERENCE,
    Case,
    Map,
    bad,
    case,
    changed,
    good,
    shown,
    text,
    with_record,
)
from vectors.forge import Node
from vectors.keyring import LIVE, PRINT, entry, trust

LAST = 7_258_118_399
LIFE = 34_560_000  # the longest life of a printed code
ALWAYS = trust(
    entry(PRINT, valid_from="1970-01-01T00:00:00Z", valid_through="2299-12-31T23:59:59Z"),
    entry(LIVE, "live"),
)
TRUE = True


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _instants()
    yield from _lifetimes()
    yield from _status_references()
    yield from _unknown()
    for rule, name, why, content in _broken():
        key = LIVE if _unprinted(content) else PRINT
        yield bad(f"invalid/{rule.lower()}-{name}", why, content, rule, key)


def _unprinted(content: Map | bytes) -> bool:
    return not isinstance(content, bytes) and content.get(PRESENTATION) in (1, 2)


def _claims(**claims: Node) -> Map:
    """A printed code's claims with others; `DROP` leaves one out."""
    names = {
        "exp": EXP_CLAIM,
        "nbf": NBF_CLAIM,
        "iat": IAT_CLAIM,
        "record": RECORD,
        "status": STATUS_REFERENCE,
        "presentation": PRESENTATION,
    }
    return changed(ON_PAPER, {names[name]: value for name, value in claims.items()})


def _instants() -> Iterator[Case]:
    """The first and the last instant of the format; `as_of`, for no clock can say so."""
    always = with_record({6: [-25_567]})[RECORD]
    early = _claims(iat=0, exp=LIFE, nbf=0, record=always)
    notices = "N-PRT N-END N-NOREV"
    why = "iat and nbf are 0, the first instant"
    options: dict[str, Any] = {"trust": ALWAYS, "as_of": True, "notices": notices}
    yield good("edge/l3-first-instant", why, early, "L2 L3 L4 V3", at=1, **options)
    late = _claims(iat=LAST - LIFE, exp=LAST, record=always)
    why = "exp is the last instant, 2199-12-31T23:59:59Z"
    yield good("edge/l2-last-instant", why, late, "L2 L6", at=LAST - 1, **options)
    future = _claims(iat=LAST, exp=0)
    why = "iat is the last instant, exp the first; read as of another moment"
    gone = shown(future, PRINT, "UNDETERMINED", "C-DOC")
    options = {"trust": ALWAYS, "as_of": True}
    yield case(
        "edge/l3-last-instant", why, text(future), gone, kept="L2 L3 L6", broken="V12", **options
    )
    never = _claims(nbf=LAST)
    why = "nbf is the last instant, long after exp: never valid, but no error of form"
    expected = shown(never, PRINT, "INVALID", "C-NYV")
    yield case("edge/l4-last-instant", why, text(never), expected, kept="L4", broken="V8")


def _lifetimes() -> Iterator[Case]:
    for name, base, longest, key in (
        ("print", ON_PAPER, LIFE, PRINT),
        ("screen", ON_SCREEN, 600, LIVE),
        ("live", ALIVE, 60, LIVE),
    ):
        iat = base[IAT_CLAIM]
        assert isinstance(iat, int)  # noqa: S101 - for the type checker
        content = changed(base, {EXP_CLAIM: iat + longest})
        notices = PRINTED if key is PRINT else ""
        path, why = f"edge/l6-{name}-longest", f"{longest} s, the longest life of this presentation"
        yield good(path, why, content, "L6", key=key, notices=notices)
        content = changed(base, {EXP_CLAIM: iat + longest + 1})
        yield bad(
            f"edge/l6-{name}-longer", f"{longest + 1} s, a second too long", content, "L6", key
        )
    ended = changed(ON_PAPER, {EXP_CLAIM: IAT - 86_400 * 90})
    ended = with_record({6: [20000, (IAT - 86_400 * 90) // 86_400]}, base=ended)
    why = "exp before iat: the issuer confirms on paper that the status has ended"
    expected = shown(ended, PRINT, "INVALID", "C-EXP")
    yield case(
        "invalid/v11-issued-after-the-end", why, text(ended), expected, kept="L6", broken="V11"
    )


def _status_references() -> Iterator[Case]:
    why = "the last list and the last index"
    yield good("edge/l8-last", why, _claims(status=[4_294_967_295, 1_048_575]), "L8")
    yield good("edge/l8-first", "list 0, index 0", _claims(status=[0, 0]), "L8")
    for name, why, value in (
        ("list-beyond", "list 2^32", [4_294_967_296, 0]),
        ("index-beyond", "index 2^20", [0, 1_048_576]),
        ("list-negative", "list -1", [-1, 0]),
        ("index-negative", "index -1", [0, -1]),
    ):
        yield bad(f"edge/l8-{name}", why, _claims(status=value), "L8")


def _unknown() -> Iterator[Case]:
    strange: Map = {
        1: "https://issuer.example",
        2: None,
        3: [TRUE, {0: b"\x00"}],
        7: b"\x01\x02",
        8: {1: {-1: "x"}},
        -1: "",
        -65536: 0,
        -65540: "reserved",
        -65600: [[], {}, b"", ""],
    }
    why = "claims of every kind that this version does not know, with empty texts too"
    yield good("valid/l10-unknown-claims", why, changed(ON_PAPER, strange), "L10")
    live = changed(ALIVE, strange)
    yield good("valid/l10-unknown-claims-live", why, live, "L10", key=LIVE, notices="")
    fields = with_record({0: None, 13: "later", 14: {0: [TRUE]}, 1000: b"", -1: -1, -65537: {}})
    why = "fields of every kind that this version does not know"
    yield good("valid/r16-unknown-fields", why, fields, "R16")


def _broken() -> Iterator[tuple[str, str, str, Map | bytes]]:
    cbor = forge.cbor
    yield "L1", "array", "an array for the claims", cbor([ON_PAPER])
    yield "L1", "null", "null for the claims", cbor(None)
    yield "L1", "text", "a text for the claims", cbor("claims")
    yield "L1", "in-bytes", "the claims in a byte string", cbor(cbor(ON_PAPER))
    for rule, name in (("L2", "exp"), ("L3", "iat"), ("L4", "nbf")):
        for what, value in (
            ("negative", -1),
            ("beyond", LAST + 1),
            ("null", None),
            ("true", TRUE),
            ("text", "2026-11-20T09:00:00Z"),
            ("64-bits", 2**64 - 1),
        ):
            late = {"iat": LAST} if name == "exp" and what == "beyond" else {}  # so that L6 holds
            content = _claims(**{**late, name: value})
            yield rule, f"{name}-{what}", f"{name} is {value}", content
    yield "L2", "exp-missing", "no exp", _claims(exp=DROP)
    yield "L3", "iat-missing", "no iat", _claims(iat=DROP)
    yield "L5", "missing", "no presentation", _claims(presentation=DROP)
    for what, presentation in (("3", 3), ("negative", -1), ("true", TRUE), ("false", False)):
        why = f"presentation is {presentation}"
        base = _claims(status=DROP) if presentation is TRUE else ON_PAPER
        yield "L5", what, why, changed(base, {PRESENTATION: presentation})
    yield "L5", "null", "presentation is null", _claims(presentation=None)
    yield "L7", "print-without", "a printed code without a reference", _claims(status=DROP)
    for name, base in (("screen", ON_SCREEN), ("live", ALIVE)):
        why = f"a {name} code with a reference"
        yield "L7", f"{name}-with", why, changed(base, {STATUS_REFERENCE: [0, 4711]})
    references: tuple[tuple[str, Node], ...] = (
        ("null", None),
        ("number", 4711),
        ("one", [4711]),
        ("three", [0, 4711, 0]),
        ("true", [TRUE, 4711]),
        ("texts", ["0", "4711"]),
        ("map", {0: 0, 1: 4711}),
    )
    for what, reference in references:
        yield "L8", what, f"the reference is {reference!r}", _claims(status=reference)
    yield "L9", "missing", "no record", _claims(record=DROP)
    yield "L9", "null", "null for the record", _claims(record=None)
    yield "R1", "array", "an array for the record", _claims(record=[1, 2, 3])
    yield "R1", "bytes", "the record in a byte string", _claims(record=cbor(ON_PAPER[RECORD]))
