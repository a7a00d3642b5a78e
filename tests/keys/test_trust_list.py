"""The trust list: what it says, how it is found, and that its JSON form says the same."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from statusqr_keys import Alg, Issuer, KeyRecord, KeySigner, KeyState, KeyUse, Scope, TrustList
from statusqr_schema import KeyProblem

NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SCHEMA = json.loads((files("statusqr_keys") / "trust-list.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SIGNERS = [KeySigner.generate(alg) for alg in (Alg.ES256, Alg.ED25519, Alg.ES256)]
FULL_SCOPE = Scope(
    categories=frozenset({"veteran", "large-family"}),
    regions=frozenset({"76", "77"}),
    authorities=frozenset({"Вымышленный орган"}),
)


def record(number: int, use: KeyUse = KeyUse.PRINT, **options: Any) -> KeyRecord:
    return KeyRecord(SIGNERS[number].public_key, use, NOON, NOON + timedelta(days=1095), **options)


def full_list() -> TrustList:
    first = Issuer(
        "yar-social",
        "Вымышленный орган",
        (record(0, scope=FULL_SCOPE), record(1, KeyUse.LIVE, state=KeyState.RETIRED)),
        "https://example.org/status/",
    )
    second = Issuer("p", "Портал", (record(2, KeyUse.STATUS, state=KeyState.COMPROMISED),))
    return TrustList.of([first, second], NOON)


def test_there_and_back() -> None:
    trust = full_list()
    again = TrustList.parse(json.dumps(trust.to_json()))
    assert again.published == trust.published
    assert again.to_json() == trust.to_json()
    for issuer, same in zip(trust.issuers, again.issuers, strict=True):
        assert (same.id, same.name, same.status_lists) == (
            issuer.id,
            issuer.name,
            issuer.status_lists,
        )
        for key, other in zip(issuer.keys, same.keys, strict=True):
            assert other.key.to_jwk() == key.key.to_jwk()
            assert (other.use, other.state, other.scope) == (key.use, key.state, key.scope)
            assert (other.valid_from, other.valid_through) == (key.valid_from, key.valid_through)


def test_a_key_is_found_with_its_issuer() -> None:
    trust = full_list()
    for issuer in trust.issuers:
        for key in issuer.keys:
            assert trust.find(key.kid) == (issuer, key)
    unknown = KeySigner.generate().public_key.kid
    assert trust.find(unknown) is None
    assert trust.find(b"") is None


def test_the_schema_is_a_schema_and_admits_what_is_written() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    VALIDATOR.validate(full_list().to_json())
    VALIDATOR.validate(TrustList.of([]).to_json())


def changed(change: Callable[[Any], object]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(full_list().to_json()))
    change(document)
    return document


@pytest.mark.parametrize(
    "change",
    [
        lambda d: None,
        lambda d: d.pop("published"),
        lambda d: d.update(published=None),
        lambda d: d.update(published="2026-11-21T12:00:00+03:00"),
        lambda d: d.update(issuers=[]),
        lambda d: d["issuers"][0].update(keys=[]),
        lambda d: d["issuers"][0].pop("status_lists"),
        lambda d: d["issuers"][0].update(status_lists=None),
        lambda d: d["issuers"][0].update(id="A" * 64, name="n" * 1000),
        lambda d: d["issuers"][0]["keys"].reverse(),
        lambda d: d["issuers"][0]["keys"][0].update(valid_through="2026-11-21T09:00:00Z"),
    ],
)
def test_variants_that_loader_and_schema_accept(change: Callable[[Any], object]) -> None:
    document = changed(change)
    VALIDATOR.validate(document)
    trust = TrustList.parse(json.dumps(document, ensure_ascii=False))
    assert len(trust.issuers) == len(document["issuers"])
    VALIDATOR.validate(trust.to_json())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-21T09:30:00Z", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-21T12:30:00+03:00", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("2026-11-20T23:30:00-10:00", datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
        ("9998-12-31T23:59:59Z", datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("1000-01-01T00:00:00Z", datetime(1000, 1, 1, tzinfo=UTC)),
    ],
)
def test_moments_are_written_in_utc(written: str, meant: datetime) -> None:
    trust = TrustList.parse(json.dumps(changed(lambda d: d.update(published=written))))
    assert trust.published == meant
    assert trust.to_json()["published"] == meant.isoformat().replace("+00:00", "Z")


def test_fractions_of_a_second_are_dropped() -> None:
    trust = TrustList.of([], NOON + timedelta(microseconds=999_999))
    assert trust.to_json()["published"] == "2026-11-21T09:00:00Z"


def test_a_list_is_loaded_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    path.write_text(json.dumps(full_list().to_json(), ensure_ascii=False), encoding="utf-8")
    for given in (path, str(path)):
        assert (
            TrustList.load(given).to_json()
            == TrustList.load(given).to_json()
            == full_list().to_json()
        )


def test_a_kid_or_an_issuer_stands_once() -> None:
    with pytest.raises(KeyProblem, match="ключ указан дважды"):
        TrustList.of([Issuer("a", "A", (record(0),)), Issuer("b", "B", (record(0),))])
    with pytest.raises(KeyProblem, match="ключ указан дважды"):
        TrustList.of([Issuer("a", "A", (record(0), record(0, KeyUse.LIVE)))])
    with pytest.raises(KeyProblem, match="издатель указан дважды"):
        TrustList.of([Issuer("a", "A", (record(0),)), Issuer("a", "B", (record(1),))])
