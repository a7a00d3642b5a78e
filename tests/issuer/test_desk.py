"""The desk finds the right key in a store and takes a status entry only for what it issues."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from world import NOON, documents, record

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
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, Note, PersonTarget, State
from statusqr_keys.revocation import SqliteRevocations
from statusqr_schema import (
    Categories,
    IssueRefused,
    KeyProblem,
    Presentation,
    RecordRefused,
    Snils,
    StatusReference,
)

PASSPHRASE = b"a passphrase for tests"


class Counting:
    """A real index that also counts what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self.index = SqliteStatusIndex(folder)
        self.taken: list[StatusReference] = []

    def allocate(
        self, issuer_id: str, count: int, identity: Identity | None = None
    ) -> list[StatusReference]:
        references = self.index.allocate(issuer_id, count, identity)
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
    revocations = SqliteRevocations(store.folder)
    return Desk(store, counting, revocations, passphrase, Categories.builtin()), counting


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


NOTE = Note("решение отменено", "operator", NOON)
NUMBER = record().certificate_number or ""
HOLDER = Snils.parse(documents()["R01"]["holder"]["snils"])


@pytest.mark.parametrize("presentation", list(Presentation))
@pytest.mark.parametrize("target", [CertificateTarget(NUMBER, "yar"), PersonTarget(HOLDER)])
def test_nothing_is_issued_for_whom_is_held(
    target: CertificateTarget | PersonTarget, presentation: Presentation, store: KeyStore
) -> None:
    add(store)
    add(store, use=KeyUse.LIVE)
    made, counting = desk(store)
    register = SqliteRevocations(store.folder)
    for hold, code in ((register.suspend, "SUSPENDED"), (register.revoke, "REVOKED")):
        hold(target, NOTE)
        with pytest.raises(IssueRefused, match="пока их не восстановят") as refused:
            made.issue(record(), Order(NOON, presentation))
        assert refused.value.code == code
        assert str(NUMBER) not in refused.value.message
        assert made.issue(record("R02"), Order(NOON, presentation))
    assert len(counting.taken) == (2 if presentation is Presentation.PRINT else 0)
    register.restore(target, NOTE)
    assert made.issue(record(), Order(NOON, presentation))


def test_what_is_printed_is_found_by_certificate_and_person(store: KeyStore) -> None:
    add(store)
    made, counting = desk(store)
    for name in ("R01", "R01", "R02"):
        made.issue(record(name), Order(NOON))
    register = SqliteRevocations(store.folder)
    for target in (CertificateTarget(NUMBER), PersonTarget(HOLDER)):
        outcome = register.revoke(target, NOTE)
        assert outcome.codes == 2
        register.restore(target, NOTE)
    found = [change.reference for change in outcome.changes]
    assert sorted(found, key=str) == sorted(counting.taken[:2], key=str)


def test_a_lost_paper_is_replaced(store: KeyStore) -> None:
    add(store)
    made, counting = desk(store)
    made.issue(record(), Order(NOON))
    register = SqliteRevocations(store.folder)
    register.revoke(CodeTarget("yar", counting.taken[0]), NOTE)
    made.issue(record(), Order(NOON))
    assert register.states("yar", 0) == {counting.taken[0].index: 1}


def test_a_hold_that_falls_between_the_judgement_and_the_entry_is_seen(store: KeyStore) -> None:
    """The index itself refuses, in the transaction that takes the entry."""
    add(store)
    register = SqliteRevocations(store.folder)

    class Late(SqliteRevocations):
        def standing(self, issuer_id: str, identity: Identity) -> State:
            standing = super().standing(issuer_id, identity)
            register.revoke(PersonTarget(HOLDER), NOTE)
            return standing

    index, late = SqliteStatusIndex(store.folder), Late(store.folder)
    with pytest.raises(IssueRefused) as refused:
        Desk(store, index, late, PASSPHRASE, Categories.builtin()).issue(record(), Order(NOON))
    assert refused.value.code == "REVOKED"
    assert register.lists("yar") == []
