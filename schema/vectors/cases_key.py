"""Cases of section 8: what the key may sign (V1 to V6)."""

from collections.abc import Iterator
from typing import Any

from vectors.case import (
    ALIVE,
    ON_PAPER,
    ON_SCREEN,
    PRINTED,
    Case,
    Map,
    with_record,
)
from vectors.judging import judged
from vectors.keyring import (
    COMPROMISED,
    PRINT,
    RETIRED,
    SCOPED,
    STATUS,
    entry,
    trust,
)


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _states()
    yield from _uses_and_terms()
    yield from _scopes()


def _states() -> Iterator[Case]:
    listed = trust(entry(COMPROMISED, state="compromised"))
    stolen: dict[str, Any] = {"key": COMPROMISED, "trust": listed}
    why = "the key is compromised, though iat lies in its term"
    yield judged("invalid/v1-compromised", why, ON_PAPER, "S-KEY", broken="V1", **stolen)
    why = "a retired key, and iat lies after its term"
    past = trust(entry(RETIRED, state="retired", valid_through="2026-10-31T23:59:59Z"))
    yield judged(
        "invalid/v3-retired-before",
        why,
        ON_PAPER,
        "S-AUT",
        broken="V3",
        kept="V1",
        key=RETIRED,
        trust=past,
    )
    why = "the key's term has ended since it signed: what it signed stands"
    over = trust(entry(PRINT, valid_through="2026-11-20T12:00:00Z"))
    yield judged("valid/v3-term-over-since", why, ON_PAPER, kept="V3", trust=over)


def _uses_and_terms() -> Iterator[Case]:
    for name, content, use in (
        ("print-by-live", ON_PAPER, "live"),
        ("print-by-status", ON_PAPER, "status"),
        ("screen-by-print", ON_SCREEN, "print"),
        ("live-by-print", ALIVE, "print"),
        ("live-by-status", ALIVE, "status"),
    ):
        why = f"{name.replace('-by-', ' code under a key with the use ')}"
        notices = PRINTED if content is ON_PAPER else ""
        options: dict[str, Any] = {
            "key": STATUS,
            "trust": trust(entry(STATUS, use)),
            "notices": notices,
        }
        yield judged(f"invalid/v2-{name}", why, content, "S-AUT", broken="V2", **options)
    issued = "2026-11-20T09:00:00Z"  # IAT
    terms: tuple[tuple[str, str, dict[str, Any], str], ...] = (
        ("first-second", "iat is valid_from", {"valid_from": issued}, ""),
        ("last-second", "iat is valid_through", {"valid_through": issued}, ""),
        ("other-zone", "the same in another zone", {"valid_from": "2026-11-20T12:00:00+03:00"}, ""),
        ("before", "a second before valid_from", {"valid_from": "2026-11-20T09:00:01Z"}, "S-AUT"),
        (
            "after",
            "a second after valid_through",
            {"valid_through": "2026-11-20T08:59:59Z"},
            "S-AUT",
        ),
    )
    for name, why, term, findings in terms:
        rules: dict[str, Any] = {"broken" if findings else "kept": "V3"}
        listed = trust(entry(PRINT, **term))
        yield judged(f"edge/v3-{name}", why, ON_PAPER, findings, trust=listed, **rules)


def _scopes() -> Iterator[Case]:
    authority = "Отдел № 1"
    scope = {
        "categories": ["large_family", "disabled_1"],
        "regions": ["02", "76"],
        "authorities": [authority],
    }
    everything: dict[str, Any] = {"key": SCOPED, "trust": trust(entry(SCOPED, scope=scope))}
    rows: tuple[tuple[str, str, str, Map, str], ...] = (
        (
            "valid",
            "v4-within",
            "category, region and authority lie within",
            {8: authority, 11: 76},
            "",
        ),
        ("valid", "v5-region-of-one-digit", "region 2 is «02»", {11: 2}, ""),
        ("valid", "v6-not-stated", "region and authority are not stated", {}, ""),
        ("invalid", "v4-category", "another category", {3: "veteran"}, "V4"),
        ("invalid", "v4-category-case", "the category in capitals", {3: "LARGE_FAMILY"}, "V4"),
        ("invalid", "v5-region", "another region", {11: 77}, "V5"),
        ("invalid", "v5-region-three-digits", "region 276 is not 76", {11: 276}, "V5"),
        ("invalid", "v6-authority", "another authority", {8: "Отдел № 2"}, "V6"),
        (
            "invalid",
            "v6-authority-nbsp",
            "a no-break space in its name",
            {8: "Отдел №\u00a01"},
            "V6",
        ),
        (
            "invalid",
            "v4-v5-v6-once",
            "nothing lies within: said once",
            {3: "x", 8: "x", 11: 1},
            "V4 V5 V6",
        ),
    )
    for folder, name, why, patch, broken in rows:
        rules: dict[str, Any] = {"broken": broken} if broken else {"kept": "V4 V5 V6"}
        findings = "S-AUT" if broken else ""
        yield judged(f"{folder}/{name}", why, with_record(patch), findings, **rules, **everything)
    unpadded = trust(entry(SCOPED, scope={"regions": ["2"]}))
    why = "«2» in a scope is not region 2, which is written «02»"
    content = with_record({11: 2})
    yield judged(
        "invalid/v5-scope-unpadded", why, content, "S-AUT", broken="V5", key=SCOPED, trust=unpadded
    )
