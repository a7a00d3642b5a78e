"""Cases of section 10: trust lists (J), which are loaded wholly or not at all."""

from collections.abc import Iterator
from typing import Any

from vectors.case import ON_PAPER, REFUSED, TRUST, UNKNOWN_ISSUER, Case, case, good, text
from vectors.keyring import (
    LIVE,
    PRINT,
    Entry,
    as_text,
    entry,
    issuer,
    listed,
    trust,
)

CODE = text(ON_PAPER)
TRUE = True


def cases() -> Iterator[Case]:
    """All of them."""
    for name, why, document in _kept():
        rules, _, _ = name.partition("-")
        folder = "edge" if why.endswith("*") else "valid"
        yield good(f"{folder}/{name}", why.rstrip("*"), ON_PAPER, rules.upper(), trust=document)
    for name, why, document in (*_no_list(), *_members(), *_values(), *_twice(), *_texts()):
        rules, _, _ = name.partition("-")
        yield case(f"invalid/{name}", why, CODE, REFUSED, broken=rules.upper(), trust=document)
    why = "a list without issuers is a list"
    nobody = as_text(listed())
    path = "invalid/k1-no-issuers"
    yield case(path, why, CODE, UNKNOWN_ISSUER, kept="J2", broken="K1", trust=nobody)


def _root(**changes: Any) -> str:
    return as_text(listed(issuer(entry(PRINT)), **changes))


def _key(**changes: Any) -> str:
    return trust(entry(PRINT) | changes)


def _without(document: Entry, *names: str) -> Entry:
    return {name: value for name, value in document.items() if name not in names}


def _kept() -> Iterator[tuple[str, str, str]]:
    """Lists that load; a star marks an edge."""
    bare = _without(listed(_without(issuer(entry(PRINT)), "status_lists")), "published")
    yield "j1-spaces", "spaces and line feeds in the JSON", TRUST.replace(",", " ,\n\t")
    yield "j1-escapes", "the name with escapes", _root().replace("Вымышленный", "\\u0412ымышленный")
    yield "j2-optional-missing", "without published and status_lists*", as_text(bare)
    states = trust(entry(PRINT), entry(LIVE, "status", state="retired"))
    yield "j3-other-values", "a retired key of the use status beside the print key", states
    zone = {"valid_from": "2026-11-20T23:00:00+14:00", "valid_through": "2026-11-20T00:00:00-09:00"}
    wide = {"valid_from": "1000-01-01T00:00:00Z", "valid_through": "9998-12-31T23:59:59Z"}
    yield "j4-widest", "from the year 1000 through 9998*", _key(**wide)
    leap = {"valid_from": "2024-02-29T23:59:59-23:59"}
    yield "j4-leap-day", "the 29th of February, and the widest offset*", _key(**leap)
    yield "j4-one-second", "a term of one second, that of iat, in two zones*", _key(**zone)
    both = trust(entry(PRINT), entry(LIVE, "live"))
    yield "j5-both-types", "a P-256 key and an Ed25519 key", both
    yield "j7-own-kid", "kids that belong to their keys", both
    longest = as_text(listed(issuer(entry(PRINT), id="Z" + "z" * 63)))
    yield "j8-longest-id", "an id of 64 characters*", longest
    yield from _kept_texts()
    signs = as_text(listed(issuer(entry(PRINT), id="0._-A")))
    yield "j8-signs-in-id", "every sign that an id may have*", signs


def _no_list() -> Iterator[tuple[str, str, str]]:
    yield "j1-empty", "an empty text", ""
    yield "j1-cut", "the last brace is missing", TRUST[:-1]
    yield "j1-after", "another document after it", TRUST + "{}"
    yield (
        "j1-member-twice",
        "the state twice",
        TRUST.replace('"state"', '"state":"retired","state"', 1),
    )
    yield (
        "j1-version-twice",
        "the same version twice",
        TRUST.replace('"version"', '"version":1,"version"'),
    )
    yield "j1-byte-order-mark", "a byte order mark before it", "\ufeff" + TRUST
    yield "j1-version-float", "1.0 for the version", TRUST.replace('"version":1', '"version":1.0')
    yield "j1-comment", "a comment, as some parsers take", "// demo\n" + TRUST
    yield "j1-array", "an array around it", f"[{TRUST}]"
    yield "j1-type", "another type", _root(type="statusqr-trust")
    yield "j1-version-2", "version 2", _root(version=2)
    yield "j1-version-true", "true for the version", _root(version=TRUE)
    yield "j1-version-text", "the version as a text", _root(version="1")


def _members() -> Iterator[tuple[str, str, str]]:
    key, one = entry(PRINT), issuer(entry(PRINT))
    yield "j2-unknown-root", "an unknown member in the document", _root(comment="")
    yield (
        "j2-unknown-issuer",
        "an unknown member in an issuer",
        as_text(listed(one | {"until": "2026-01-01"})),
    )
    yield "j2-unknown-key", "an unknown member in a key", _key(max_lifetime=60)
    yield (
        "j2-unknown-scope",
        "an unknown member in a scope",
        _key(scope=key["scope"] | {"holders": []}),
    )
    yield (
        "j2-no-issuers-member",
        "a document without issuers",
        as_text(_without(listed(one), "issuers")),
    )
    yield "j2-issuers-object", "an object of issuers", _root(issuers={"demo": one})
    yield "j2-name-null", "null for a name", as_text(listed(one | {"name": None}))
    yield "j2-id-number", "a number for an id", as_text(listed(one | {"id": 1}))
    yield "j2-status-lists-number", "a number for it", as_text(listed(one | {"status_lists": 1}))
    yield "j2-jwk-text", "a text for a jwk", _key(jwk=key["kid"])
    yield "j2-issuers-null", "null for the issuers", _root(issuers=None)
    for name in ("id", "name", "keys"):
        yield (
            f"j2-issuer-without-{name}",
            f"an issuer without {name}",
            as_text(listed(_without(one, name))),
        )
    for name in ("kid", "use", "state", "valid_from", "valid_through", "scope", "jwk"):
        yield (
            f"j2-key-without-{name.replace('_', '-')}",
            f"a key without {name}",
            trust(_without(key, name)),
        )
    regions = _without(key["scope"], "regions")
    yield "j2-scope-without-regions", "a scope without regions", _key(scope=regions)
    yield "j2-scope-null", "null for the scope", _key(scope=None)
    yield "j2-region-number", "a number in a scope", _key(scope=key["scope"] | {"regions": [76]})


def _values() -> Iterator[tuple[str, str, str]]:
    yield "j3-use", "an unknown use", _key(use="sign")
    yield "j3-use-case", "a use in capitals", _key(use="PRINT")
    yield "j3-state", "an unknown state", _key(state="suspended")
    for name, value in (
        ("no-zone", "2026-01-01T00:00:00"),
        ("day-only", "2026-01-01"),
        ("space", "2026-01-01 00:00:00Z"),
        ("small-z", "2026-01-01T00:00:00z"),
        ("fraction", "2026-01-01T00:00:00.5Z"),
        ("no-such-day", "2026-02-29T00:00:00Z"),
        ("basic", "20260101T000000Z"),
        ("year-999", "0999-12-31T23:59:59Z"),
        ("year-0", "0000-01-01T00:00:00Z"),
        ("hour-24", "2026-01-01T24:00:00Z"),
        ("second-60", "2026-01-01T23:59:60Z"),
        ("zone-24", "2026-01-01T00:00:00+24:00"),
        ("zone-minute-60", "2026-01-01T00:00:00+02:60"),
        ("zone-without-colon", "2026-01-01T00:00:00+0300"),
    ):
        yield f"j4-{name}", f"valid_from is {value}", _key(valid_from=value)
    yield "j4-number", "valid_from as a number", _key(valid_from=1_767_225_600)
    turned = {"valid_from": "2028-12-31T23:59:59Z", "valid_through": "2028-12-31T23:59:58Z"}
    yield "j4-turned", "valid_from is a second after valid_through", _key(**turned)
    yield "j4-published", "published is no moment", _root(published="yesterday")


def _twice() -> Iterator[tuple[str, str, str]]:
    key = entry(PRINT)
    other = entry(LIVE)["kid"]
    yield "j7-kid-of-another", "the kid of another key", _key(kid=other)
    yield "j7-kid-capitals", "the kid in capitals", _key(kid=key["kid"].upper())
    yield "j7-kid-longer", "nine bytes of the thumbprint", _key(kid=key["kid"] + "00")
    yield "j8-key-twice", "a key twice in one issuer", trust(key, key)
    two = as_text(listed(issuer(key), issuer(key | {"state": "compromised"}, id="second")))
    yield "j8-key-of-two", "a key of two issuers", two
    same = as_text(listed(issuer(key), issuer(entry(LIVE))))
    yield "j8-issuer-twice", "two issuers with one id", same
    for name, identifier in (
        ("empty", ""),
        ("65", "a" * 65),
        ("dash-first", "-demo"),
        ("space", "de mo"),
        ("cyrillic", "демо"),
        ("newline", "demo\n"),
    ):
        yield f"j8-id-{name}", "an id that is none", as_text(listed(issuer(key, id=identifier)))


def _named(name: str) -> str:
    return as_text(listed(issuer(entry(PRINT), name=name)))


def _kept_texts() -> Iterator[tuple[str, str, str]]:
    yield "j9-longest-name", "1000 code points, and spaces around them*", _named(f" {'Ж' * 1000} ")
    yield "j9-wide-name", "1000 code points of four bytes*", _named("𠀀" * 1000)
    signs = _named("«Орган» № 1 — “a”/b, 100 % [x] €")
    yield "j9-signs", "punctuation, symbols and spaces", signs
    where = "https://lists.example.org/demo/"
    lists = as_text(listed(issuer(entry(PRINT), status_lists=where)))
    yield "j9-status-lists", "where the status lists are", lists
    here = as_text(listed(issuer(entry(PRINT), status_lists="http://127.0.0.1:8080/")))
    yield "j9-status-lists-loopback", "for trials: on this machine*", here


def _texts() -> Iterator[tuple[str, str, str]]:
    for name, why, text_ in (
        ("empty", "an empty name", ""),
        ("spaces", "a name of spaces", "  "),
        ("1001", "a name of 1001 code points", "Ж" * 1001),
        ("control", "a control character (Cc)", "a\u0007b"),
        ("line-feed", "a line feed at the end (Cc)", "орган\n"),
        ("no-break-space", "a no-break space (Zs)", "орган\u00a01"),
        ("zero-width", "a zero-width space (Cf)", "орган\u200b"),
        ("direction", "a direction mark (Cf)", "орган\u202e1"),
        ("line-separator", "a line separator (Zl)", "орган\u20281"),
        ("private-use", "a character for private use (Co)", "орган\ue000"),
        ("surrogate", "half of a surrogate pair (Cs)", "орган\\ud800"),
        ("unassigned", "what is never assigned (Cn)", "орган\ufdd0"),
    ):
        document = _named(text_).replace("\\\\ud800", "\\ud800")
        yield f"j9-name-{name}", f"in a name: {why}", document
    scope = entry(PRINT)["scope"]
    for member in scope:
        why = f"an empty text among the {member} of a scope"
        yield f"j9-scope-{member}", why, _key(scope=scope | {member: [""]})
    for name, where in (
        ("http", "http://lists.example.org/"),
        ("look-alike", "http://localhost.example.org/"),
        ("path", "/lists"),
        ("empty", ""),
    ):
        lists = as_text(listed(issuer(entry(PRINT), status_lists=where)))
        yield f"j9-status-lists-{name}", f"status_lists is «{where}»", lists
