"""A desk that runs for long signs with the keys that the store has now, from several threads."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from world import NOON, record

from statusqr_issuer.desk import Desk, Order
from statusqr_issuer.key_ring import KeyRing
from statusqr_keys import KeyRecord, KeySigner, KeyStore, KeyUse, SqliteStatusIndex, StoredKey
from statusqr_keys.revocation import SqliteRevocations
from statusqr_schema import Categories, IssueRefused, KeyProblem, Presentation, StatusReference

PASSPHRASE = b"a passphrase for tests"
LIVE = Order(NOON, Presentation.LIVE)


def add(store: KeyStore, use: KeyUse = KeyUse.LIVE, age: int = 0) -> str:
    signer = KeySigner.generate()
    days = timedelta(days=100)
    key = KeyRecord(signer.public_key, use, NOON - days, NOON + days)
    created = NOON - timedelta(seconds=age)
    store.add(StoredKey("yar", "Орган", created, key), signer, PASSPHRASE)
    return key.kid.hex()


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    made = KeyStore(tmp_path / "store")
    add(made, age=9)
    return made


def desk(store: KeyStore) -> Desk:
    index, revocations = SqliteStatusIndex(store.folder), SqliteRevocations(store.folder)
    return Desk(store, index, revocations, PASSPHRASE, Categories.builtin())


def test_a_key_that_was_added_signs_the_next_code(store: KeyStore) -> None:
    made = desk(store)
    old = made.issue(record(), LIVE)[1].kid
    new = add(store)
    assert made.issue(record(), LIVE)[1].kid == new != old


@pytest.mark.parametrize("ended", ["retire", "compromise"])
def test_a_key_that_ended_signs_no_more(ended: str, store: KeyStore) -> None:
    made = desk(store)
    kid = made.issue(record(), LIVE)[1].kid
    draft = made.prepare(record(), LIVE)
    store.retire(kid, NOON) if ended == "retire" else store.compromise(kid)
    for _ in range(2):
        with pytest.raises(IssueRefused, match="больше не действует") as refused:
            made.issue(record(), LIVE)
        assert refused.value.code == "NOT_ENTITLED"
        with pytest.raises(IssueRefused, match="больше не действует") as refused:
            made.sign(draft.content, draft.key)  # judged before, signed never
        assert refused.value.code == "NOT_ENTITLED"
    with pytest.raises(IssueRefused):
        made.sign(draft.content, store.find(kid))


def test_a_key_whose_file_has_gone_signs_no_more(store: KeyStore) -> None:
    made = desk(store)
    kid = made.issue(record(), LIVE)[1].kid
    (store.folder / f"{kid}.json").unlink()
    with pytest.raises(IssueRefused, match="ключей нет"):
        made.issue(record(), LIVE)


def test_a_store_that_breaks_is_an_error_until_it_is_whole_again(store: KeyStore) -> None:
    made = desk(store)
    kid = made.issue(record(), LIVE)[1].kid
    path = store.folder / f"{kid}.json"
    whole = path.read_bytes()
    path.write_bytes(b"{")
    for _ in range(2):
        with pytest.raises(KeyProblem, match="повреждён"):
            made.issue(record(), LIVE)
    path.write_bytes(whole)
    assert made.issue(record(), LIVE)[1].kid == kid


def test_a_private_key_is_unlocked_once(store: KeyStore) -> None:
    ring = KeyRing(store, PASSPHRASE)
    (key,) = ring.all_keys()
    first = ring.signer(key)
    (store.folder / f"{key.kid}.pem").unlink()  # it is not asked for again
    assert ring.signer(key) is first


def test_threads_at_once_while_keys_change(store: KeyStore) -> None:
    made, start = desk(store), Barrier(6)

    def issue() -> set[str]:
        start.wait()
        return {made.issue(record(), LIVE)[1].kid for _ in range(30)}

    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(6) as pool:
            jobs = [pool.submit(issue) for _ in range(5)]
            start.wait()
            new = add(store)
            used = set().union(*(job.result() for job in jobs))
    finally:
        sys.setswitchinterval(switch)
    assert used <= {key.kid for key in store.all_keys()}
    assert made.issue(record(), LIVE)[1].kid == new


def test_prepare_and_sign_are_what_issue_is(store: KeyStore) -> None:
    add(store, KeyUse.PRINT)
    made = desk(store)
    draft = made.prepare(record(), Order(NOON))
    assert draft.identity.certificate == record().certificate_number
    with pytest.raises(IssueRefused, match="место в списке отзыва"):
        made.sign(draft.content, draft.key)
    content = replace(draft.content, status=StatusReference(0, 7))
    credential = made.sign(content, draft.key)
    assert credential.claims == content
    assert SqliteRevocations(store.folder).lists("yar") == []
    live = made.prepare(record(), LIVE)
    with pytest.raises(IssueRefused, match="место в списке отзыва"):
        made.sign(replace(live.content, status=StatusReference(0, 7)), live.key)
