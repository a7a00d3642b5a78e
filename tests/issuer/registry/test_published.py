"""After an old backup: what was revoked since stays revoked, as far as lists have shown it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from commands import PASSPHRASE
from registries import place_of
from world import NOON

from statusqr_issuer.registry import Registry, entries, holds
from statusqr_issuer.registry.backup import Restored, back_up, restore
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.opening import open_registry
from statusqr_issuer.registry.shown import unaccounted
from statusqr_keys import KeySigner, KeyStore, KeyUse, StoredKey
from statusqr_keys.distribution.tokens import sign_lists
from statusqr_keys.holds import CertificateTarget, CodeTarget, State
from statusqr_keys.trust import KeyRecord
from statusqr_schema import RegistryProblem, StatusReference

PHRASE = PASSPHRASE.encode()
HOUR = timedelta(hours=1)
VALID, INVALID, SUSPENDED = State.VALID, State.INVALID, State.SUSPENDED


@pytest.fixture
def keys(store: Path) -> KeyStore:
    found = KeyStore(store)
    for use in (KeyUse.PRINT, KeyUse.STATUS):
        signer = KeySigner.generate()
        term = NOON.replace(month=1), NOON.replace(year=2030)
        record = KeyRecord(signer.public_key, use, *term)
        found.add(StoredKey("yar", "Вымышленный орган", NOON, record), signer, PHRASE)
    return found


def take(registry: Registry, count: int, certificate: str | None = None) -> list[StatusReference]:
    digest = None if certificate is None else registry.finder.certificate(certificate)
    with registry.writing("worker", NOON) as work:
        return entries.take(work, "yar", count, certificate=digest)


def change(registry: Registry, target: StatusReference | CertificateTarget, wanted: State) -> None:
    aim = CodeTarget("yar", target) if isinstance(target, StatusReference) else target
    with registry.writing("worker", NOON) as work:
        holds.change(work, aim, wanted, "test")


def publish(registry: Registry, keys: KeyStore, at: datetime) -> None:
    sign_lists(keys, keys.trust_list(at), RegistryRevocations(registry), PHRASE, at)


def states(registry: Registry) -> dict[tuple[int, int], State]:
    with registry.reading() as view:
        return {
            (number, entry): state
            for number in holds.lists(view, "yar")
            for entry, state in holds.states(view, "yar", number).items()
        }


def brought_back(
    registry: Registry, place: str, store: Path, check: Callable[[Registry, Restored], None]
) -> None:
    copy = store.parent / "copy"
    done = restore(copy, place, store, PHRASE, NOON + 3 * HOUR, keep_unknown=True)
    opened = open_registry(place, store, PHRASE)
    check(opened, done)
    opened.close()


def test_revocations_since_the_backup_are_not_lost(
    registry: Registry, keys: KeyStore, store: Path, empty_place: str
) -> None:
    revoked, suspended, worse, later, kept, fallen = take(registry, 6, "76-000001")
    change(registry, revoked, INVALID)
    for one in (suspended, worse):
        change(registry, one, SUSPENDED)
    publish(registry, keys, NOON - HOUR)
    back_up(registry, store.parent / "copy", NOON)
    change(registry, later, INVALID)
    change(registry, worse, INVALID)
    unknown, held, valid = take(registry, 3)
    change(registry, unknown, INVALID)
    change(registry, held, SUSPENDED)
    (certified,) = take(registry, 1, "76-000002")
    change(registry, CertificateTarget("76-000002"), INVALID)
    change(registry, revoked, VALID)  # published as valid again; the backup knows nothing of it
    publish(registry, keys, NOON + HOUR)
    before = states(registry)
    assert (0, kept.index) not in before and (0, fallen.index) not in before

    def check(opened: Registry, done: Restored) -> None:
        after = states(opened)
        assert after == before | {(0, revoked.index): INVALID}
        assert done.adopted.codes == 5
        for one in (later, unknown, certified):  # restored by hand where that was wrong
            change(opened, one, VALID)
            assert (0, one.index) not in states(opened)
        given = take(opened, 50)
        assert {one.list_number for one in given} == {2}
        assert RegistryRevocations(opened).lists("yar") == [0, 1, 2]
        publish(opened, keys, NOON + 4 * HOUR)
        assert valid.index not in holds_of(opened)

    brought_back(registry, empty_place, store, check)


def holds_of(registry: Registry) -> set[int]:
    return {entry for _, entry in states(registry)}


def test_what_was_published_before_the_backup_is_in_it(
    registry: Registry, keys: KeyStore, store: Path, empty_place: str
) -> None:
    """A code that was restored and then copied does not fall again."""
    (one,) = take(registry, 1)
    change(registry, one, INVALID)
    publish(registry, keys, NOON - HOUR)
    change(registry, one, VALID)
    back_up(registry, store.parent / "copy", NOON)

    def check(opened: Registry, done: Restored) -> None:
        assert done.adopted.codes == 0
        assert states(opened) == {}

    brought_back(registry, empty_place, store, check)


def test_a_list_that_was_opened_since(
    registry: Registry, keys: KeyStore, store: Path, empty_place: str
) -> None:
    take(registry, 1)
    back_up(registry, store.parent / "copy", NOON)
    with registry.writing("worker", NOON) as work:
        given = entries.take(work, "yar", 3, full=2)
    newest = max(given, key=lambda each: each.list_number)
    change(registry, newest, INVALID)
    publish(registry, keys, NOON + HOUR)

    def check(opened: Registry, done: Restored) -> None:
        assert states(opened) == {(newest.list_number, newest.index): INVALID}
        (fresh,) = take(opened, 1)
        assert fresh.list_number == newest.list_number + 2

    brought_back(registry, empty_place, store, check)


def test_lists_of_a_key_that_was_compromised_count_too(
    registry: Registry, keys: KeyStore, store: Path, empty_place: str
) -> None:
    (one,) = take(registry, 1)
    back_up(registry, store.parent / "copy", NOON)
    change(registry, one, INVALID)
    publish(registry, keys, NOON + HOUR)
    for key in keys.all_keys():
        if key.record.use is KeyUse.STATUS:
            keys.compromise(key.kid)

    def check(opened: Registry, done: Restored) -> None:
        assert states(opened) == {(0, one.index): INVALID}

    brought_back(registry, empty_place, store, check)


def test_papers_that_the_backup_does_not_know_no_longer_hold(
    registry: Registry, keys: KeyStore, store: Path, empty_place: str
) -> None:
    """Nobody could revoke them by certificate or person. One may be judged by its digits."""
    known, fallen = take(registry, 2)
    change(registry, fallen, INVALID)
    back_up(registry, store.parent / "copy", NOON)
    lost, found, held, unread = take(registry, 4)
    change(registry, held, SUSPENDED)
    publish(registry, keys, NOON + HOUR)
    registry.close()
    done = restore(store.parent / "copy", empty_place, store, PHRASE, NOON + 3 * HOUR)
    assert done.adopted.codes == 1  # what an operator has suspended
    opened = open_registry(empty_place, store, PHRASE)

    def shown() -> tuple[State, ...]:
        states = RegistryRevocations(opened).states("yar", 0)
        codes = (known, fallen, lost, found, held, unread)
        return tuple(State(states.get(code.index, VALID)) for code in codes)

    assert shown() == (VALID, INVALID, SUSPENDED, SUSPENDED, SUSPENDED, SUSPENDED)
    version = RegistryRevocations(opened).version()
    change(opened, lost, INVALID)
    change(opened, found, VALID)
    change(opened, held, VALID)
    change(opened, unread, SUSPENDED)  # as it is: nothing changes
    assert RegistryRevocations(opened).version() > version
    assert shown() == (VALID, INVALID, INVALID, VALID, VALID, SUSPENDED)
    change(opened, lost, VALID)
    assert shown()[2] is VALID
    with opened.reading() as view:
        assert unaccounted(view) == 0
    publish(opened, keys, NOON + 4 * HOUR)
    (token,) = (store / "tuf" / "lists" / "yar").glob("0.cwt")
    assert token.stat().st_size < 4000  # of a million entries
    (fresh,) = take(opened, 1)
    assert (fresh.list_number, len(RegistryRevocations(opened).states("yar", 2))) == (2, 0)
    opened.close()


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_second_restore_of_the_same_backup(
    registry: Registry, keys: KeyStore, store: Path, empty_place: str, keep: bool
) -> None:
    """What a list showed of unknown entries makes no row, and no line of the log, for each."""
    (known,) = take(registry, 1)
    copy = store.parent / "copy"
    back_up(registry, copy, NOON)
    (unknown,) = take(registry, 1)
    registry.close()
    restore(copy, empty_place, store, PHRASE, NOON + HOUR)
    opened = open_registry(empty_place, store, PHRASE)
    publish(opened, keys, NOON + 2 * HOUR)
    opened.close()
    Path(empty_place).unlink()
    done = restore(copy, empty_place, store, PHRASE, NOON + 3 * HOUR, keep_unknown=keep)
    assert done.adopted.codes == 0
    opened = open_registry(empty_place, store, PHRASE)
    states = RegistryRevocations(opened).states("yar", 0)
    assert (known.index in states, states[unknown.index]) == (False, SUSPENDED)
    opened.close()


def test_a_list_that_cannot_be_read_is_no_reason_to_forget_it(
    registry: Registry, keys: KeyStore, store: Path, empty_place: str
) -> None:
    (one,) = take(registry, 1)
    back_up(registry, store.parent / "copy", NOON)
    change(registry, one, INVALID)
    publish(registry, keys, NOON + HOUR)
    path = store / "tuf" / "lists" / "yar" / "0.cwt"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RegistryProblem, match=r"yar/0\.cwt") as refused:
        restore(store.parent / "copy", empty_place, store, PHRASE, NOON)
    assert refused.value.code == "REGISTRY_BACKUP"
    open_registry(place_of(registry), store, PHRASE).close()  # nothing has changed
