"""Random changes to a good trust list: it is refused, or it is one that its schema admits too."""

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from statusqr_keys import Alg, Issuer, KeyRecord, KeySigner, KeyState, KeyUse, Scope, TrustList
from statusqr_schema import TrustListRefused

NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SCHEMA = json.loads((files("statusqr_keys") / "trust-list.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TERM = (NOON, NOON + timedelta(days=9))


def issuer_with(alg: Alg) -> Issuer:
    key = KeySigner.generate(alg).public_key
    record = KeyRecord(key, KeyUse.PRINT, *TERM, scope=Scope(frozenset({"veteran"})))
    return Issuer(f"issuer-{alg.label}", "Вымышленный орган", (record,), "https://example.org/")


GOOD = json.dumps(TrustList.of(map(issuer_with, Alg), NOON).to_json())

# Values that are near to right in one field or another, among any JSON at all.
near = st.sampled_from(
    [*KeyUse, *KeyState, "ES256", "P-256", "", "0" * 16, "A" * 43, "2026-11-21T09:00:00Z", "76", 1]
)
leaves = near | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


def places(value: Any, parent: Any = None, name: Any = None) -> list[tuple[Any, Any]]:
    """Every container and name under which something stands."""
    found = [] if parent is None else [(parent, name)]
    if isinstance(value, dict):
        found += [place for key, item in value.items() for place in places(item, value, key)]
    elif isinstance(value, list):
        found += [place for at, item in enumerate(value) for place in places(item, value, at)]
    return found


def change(document: Any, data: st.DataObject) -> None:
    parent, name = data.draw(st.sampled_from(places(document)))
    match data.draw(st.sampled_from(["replace", "remove", "copy", "add"])):
        case "replace":
            parent[name] = data.draw(values)
        case "remove":
            del parent[name]
        case "copy":  # the value of another place
            other, where = data.draw(st.sampled_from(places(document)))
            parent[name] = json.loads(json.dumps(other[where]))
        case _:
            if isinstance(parent, list):
                parent.append(data.draw(values))
            else:
                parent[data.draw(st.text())] = data.draw(values)


@settings(max_examples=400)
@given(st.data())
def test_a_changed_list_is_refused_or_good(data: st.DataObject) -> None:
    document = json.loads(GOOD)
    for _ in range(data.draw(st.integers(1, 3))):
        if places(document):
            change(document, data)
    try:
        trust = TrustList.parse(json.dumps(document))
    except TrustListRefused as refusal:
        assert refusal.message
        return
    VALIDATOR.validate(document)
    assert all(
        trust.find(key.kid) == (issuer, key) for issuer in trust.issuers for key in issuer.keys
    )
    assert TrustList.parse(json.dumps(trust.to_json())).to_json() == trust.to_json()
