"""A trust list with any one fault is refused wholly; the message says where, and quotes nothing."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from statusqr_keys import Alg, Issuer, KeyRecord, KeySigner, KeyUse, TrustList
from statusqr_keys.trust_json import key_to_json
from statusqr_schema import TrustListRefused

NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SCHEMA = json.loads((files("statusqr_keys") / "trust-list.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
MARK = "ТАЙНА"  # stands in wrong values; no message may repeat it

# The list under test: issuer 0 with keys 0 (ES256) and 1 (Ed25519), issuer 1 with key 0 (ES256).
RECORDS = [
    KeyRecord(KeySigner.generate(alg).public_key, KeyUse.PRINT, NOON, NOON + timedelta(days=9))
    for alg in (Alg.ES256, Alg.ED25519, Alg.ES256)
]
GOOD = TrustList.of(
    [
        Issuer("first", "Первый", tuple(RECORDS[:2]), "https://example.org/"),
        Issuer("second", "Второй", (RECORDS[2],)),
    ],
    NOON,
).to_json()
ISSUER, KEY = "issuers[0]", "issuers[0].keys[0]"
PARTS = ("categories", "regions", "authorities")
PRIVATE = {**RECORDS[0].key.to_jwk(), "d": RECORDS[1].key.to_jwk()["x"]}
REMOVED = object()
EMPTY: list[object] = ["", 0, False, [], {}]


def mutated(path: str, value: object) -> Any:
    """The good list with one place changed, e.g. `issuers[0].keys[1].use`."""
    document: Any = json.loads(json.dumps(GOOD))
    *parents, last = path.replace("[", ".").replace("]", "").split(".")
    place = document
    for name in parents:
        place = place[int(name)] if isinstance(place, list) else place[name]
    if value is REMOVED:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return document


def required() -> list[tuple[str, str]]:
    """Every field that may not be missing, and the place that the message then names."""
    fields: list[Any] = [(name,) * 2 for name in ("type", "version", "issuers")]
    fields += [(f"{ISSUER}.{name}",) * 2 for name in ("id", "name", "keys")]
    names = ("kid", "jwk", "use", "state", "valid_from", "valid_through", "scope")
    fields += [(f"{KEY}.{name}",) * 2 for name in names]
    fields += [(f"{KEY}.scope.{part}",) * 2 for part in PARTS]
    fields += [(f"{KEY}.jwk.{name}", f"{KEY}.jwk") for name in ("kty", "crv", "x", "y")]
    return fields


WRONG_TYPES: list[object] = [None, True, 5, 0.5, "", MARK * 300, [None], {MARK: 1}]


def wrong_types() -> list[tuple[str, str, object]]:
    """Every field with values of other types than its own."""
    optional = {f"{ISSUER}.status_lists", "published"}
    lists = {"issuers", f"{ISSUER}.keys", *(f"{KEY}.scope.{part}" for part in PARTS)}
    cases = []
    for path, named in [*required(), *((path, path) for path in sorted(optional))]:
        for value in WRONG_TYPES:
            if path in optional and value is None:
                continue  # that is no fault
            place = f"{named}[0]" if isinstance(value, list) and path in lists else named
            cases.append((path, place, value))
    return cases


FAULTS: list[Any] = [
    ("type", "type", "statusqr-trust"),
    ("version", "version", 2),
    ("version", "version", "1"),
    ("extra", "документ", 1),
    (f"{ISSUER}.extra", ISSUER, 1),
    (f"{KEY}.extra", KEY, 1),
    (f"{KEY}.scope.extra", f"{KEY}.scope", []),
    (f"{KEY}.jwk.extra", f"{KEY}.jwk", MARK),
    (f"{KEY}.jwk", f"{KEY}.jwk", PRIVATE),
    (f"{KEY}.jwk.crv", f"{KEY}.jwk", "P-384"),
    (f"{KEY}.jwk.x", f"{KEY}.jwk", "AAAA"),
    ("issuers[0].keys[1].jwk.crv", "issuers[0].keys[1].jwk", "Ed448"),
    (f"{KEY}.kid", f"{KEY}.kid", RECORDS[0].kid.hex().upper() + "g"),
    (f"{KEY}.use", f"{KEY}.use", "PRINT"),
    (f"{KEY}.use", f"{KEY}.use", MARK),
    (f"{KEY}.state", f"{KEY}.state", "revoked"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "2026-11-21"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "2026-11-21T09:00:00"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "2026-11-21 09:00:00Z"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "2026-11-21T09:00:00.5Z"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "20261121T090000Z"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "٢٠٢٦-11-21T09:00:00Z"),
    (f"{KEY}.scope.regions", f"{KEY}.scope.regions[1]", ["76", ""]),
    (f"{KEY}.scope.categories", f"{KEY}.scope.categories[1]", ["a", "б" * 1001]),
    (f"{ISSUER}.id", f"{ISSUER}.id", "два слова"),
    (f"{ISSUER}.id", f"{ISSUER}.id", "-first"),
    (f"{ISSUER}.id", f"{ISSUER}.id", "a" * 65),
    (f"{ISSUER}.name", f"{ISSUER}.name", "a" * 1001),
    *(("published", "published", value) for value in EMPTY),
    (f"{ISSUER}.status_lists", f"{ISSUER}.status_lists", ""),
    (f"{KEY}.scope", f"{KEY}.scope.categories", {}),
]
# What a schema cannot say, and the loader sees.
UNSEEN_BY_THE_SCHEMA = [
    (f"{KEY}.kid", f"{KEY}.kid", RECORDS[1].kid.hex()),
    (f"{KEY}.jwk", f"{KEY}.kid", RECORDS[1].key.to_jwk()),
    (f"{KEY}.jwk.y", f"{KEY}.jwk", RECORDS[1].key.to_jwk()["x"]),
    ("issuers[0].keys[1].jwk.x", "issuers[0].keys[1].jwk", "A" * 43),  # a key of small order
    ("issuers[1].keys[0]", "issuers", key_to_json(RECORDS[0])),
    ("issuers[1].id", "issuers", "first"),
    (f"{KEY}.valid_through", KEY, "2026-11-21T08:59:59Z"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "2026-02-30T09:00:00Z"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "2026-11-21T25:00:00Z"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "2026-11-21T09:00:00+99:00"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "0001-01-01T00:00:00+03:00"),
    (f"{KEY}.valid_from", f"{KEY}.valid_from", "9999-12-31T23:59:59-03:00"),
]


def refused(document: object, place: str) -> None:
    with pytest.raises(TrustListRefused) as caught:
        TrustList.parse(json.dumps(document))
    assert caught.value.code == "TRUST_LIST"
    assert caught.value.message.startswith(f"{place}: ")
    assert MARK not in str(caught.value)
    assert len(str(caught.value)) < 150


def test_the_good_list_is_good() -> None:
    VALIDATOR.validate(GOOD)
    assert TrustList.parse(json.dumps(GOOD)).to_json() == GOOD


@pytest.mark.parametrize(("path", "place"), required())
def test_a_missing_field(path: str, place: str) -> None:
    document = mutated(path, REMOVED)
    refused(document, place)
    assert not VALIDATOR.is_valid(document)


def named(faults: Iterable[tuple[str, str, object]]) -> list[Any]:
    """With names that hold no key of this run: two processes must name the same tests."""
    return [pytest.param(*fault, id=f"{number}-{fault[0]}") for number, fault in enumerate(faults)]


@pytest.mark.parametrize(("path", "place", "value"), named([*wrong_types(), *FAULTS]))
def test_a_wrong_value(path: str, place: str, value: object) -> None:
    document = mutated(path, value)
    assert not VALIDATOR.is_valid(document)
    refused(document, place)


@pytest.mark.parametrize(("path", "place", "value"), named(UNSEEN_BY_THE_SCHEMA))
def test_a_fault_that_only_the_loader_sees(path: str, place: str, value: object) -> None:
    document = mutated(path, value)
    VALIDATOR.validate(document)
    refused(document, place)
