"""The desk finds the right key in a store and takes a status entry only for what it issues."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from world import NOON, record

from statusqr_issuer.desk import Desk, Order
from statusqr_keys import (
    KeyRecord,
    KeySigner,
    KeyStore,
    KeyUse,
    Scope,
    SqliteStatusIndex,
    StoredKey,
)
from statusqr_schema import Categories, IssueRefused, KeyProblem, Presentation, RecordRefused

PASSPHRASE = b"a passphrase for tests"


class Counting:
    """A real index that also counts what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self.index = SqliteStatusIndex(folder)
        self.taken: list[object] = []

    def allocate(self, issuer_id: str, count: int):  # type: ignore[no-untyped-def]
        references = self.index.allocate(issuer_id, count)
        self.taken += references
        return references


def add(store: KeyStore, issuer: str = "yar", use: KeyUse = KeyUse.PRINT, **changes: object) -> str:
    signer = KeySigner.generate()
    start, end = NOON - timedelta(days=100), NOON + timedelta(days=100)
    base = KeyRecord(signer.public_key, use, start, end)
    key = replace(base, **changes)  # type: ignore[arg-type]
    created = NOON + timedelta(seconds=len(list(store.folder.glob("*.json"))))
    store.add(StoredKey(issuer, "Орган", created, key), signer, PASSPHRASE)
    return key.kid.hex()


def desk(store: KeyStore, passphrase: bytes = PASSPHRASE) -> tuple[Desk, Counting]:
    counting = Counting(store.folder)
    return Desk(store, counting, passphrase, Categories.builtin()), counting


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "store")


def test_the_newest_key_that_fits_signs(store: KeyStore) -> None:
    add(store)
    newest = add(store)
    add(store, use=KeyUse.LIVE)
    add(store, scope=Scope(categories=frozenset({"orphan"})))
    credential, key = desk(store)[0].issue(record(), Order(NOON))
    assert key.kid == newest
    assert credential.claims.status is not None


def test_live_codes_take_no_entry(store: KeyStore) -> None:
    live = add(store, use=KeyUse.LIVE)
    made, counting = desk(store)
    credential, key = made.issue(record(), Order(NOON, Presentation.LIVE))
    assert (key.kid, credential.claims.status, counting.taken) == (live, None, [])


def test_each_print_takes_an_entry_of_its_own(store: KeyStore) -> None:
    add(store)
    made, counting = desk(store)
    entries = {made.issue(record(), Order(NOON))[0].claims.status for _ in range(20)}
    assert len(entries) == 20
    assert entries == set(counting.taken)


def test_what_is_refused_takes_no_entry(store: KeyStore) -> None:
    add(store)
    made, counting = desk(store)
    with pytest.raises(IssueRefused, match="истёк"):
        made.issue(record("R03"), Order(NOON))
    with pytest.raises(RecordRefused):
        made.issue(replace(record(), authority=None), Order(NOON))
    with pytest.raises(IssueRefused, match="нет подходящего ключа"):
        made.issue(record(), Order(NOON + timedelta(days=101)))
    assert counting.taken == []


def test_the_reasons_why_no_key_fits(store: KeyStore) -> None:
    add(store, use=KeyUse.LIVE)
    add(store, scope=Scope(regions=frozenset({"42"})))
    with pytest.raises(IssueRefused) as refused:
        desk(store)[0].issue(record(), Order(NOON))
    assert "ключ предназначен для другого" in refused.value.message
    assert "регион" in refused.value.message


def test_keys_of_two_issuers_ask_for_a_choice(store: KeyStore) -> None:
    add(store, "yar")
    kuzbass = add(store, "kuz")
    made, _ = desk(store)
    with pytest.raises(IssueRefused, match="--authority"):
        made.issue(record(), Order(NOON))
    assert made.issue(record(), Order(NOON, authority="kuz"))[1].kid == kuzbass
    with pytest.raises(IssueRefused, match="ключей нет"):
        made.issue(record(), Order(NOON, authority="nobody"))


def test_a_wrong_passphrase_and_a_missing_store(store: KeyStore, tmp_path: Path) -> None:
    add(store)
    with pytest.raises(KeyProblem, match="парольная фраза"):
        desk(store, b"not the passphrase")[0].issue(record(), Order(NOON))
    with pytest.raises(KeyProblem, match="хранилища"):
        desk(KeyStore(tmp_path / "nowhere"))
