"""Roles and their keys: thresholds, rotations that verifiers missed, keys that are not here."""

from pathlib import Path

import pytest
from publishing import AT, DAY, HOUR, PHRASE, YAR, Authority, QuietServer

from statusqr_keys import Alg, KeyUse
from statusqr_keys.distribution import repository
from statusqr_keys.distribution.client import sync
from statusqr_keys.distribution.layout import OFFLINE, ROLES
from statusqr_keys.distribution.metadata import Metadata, Root
from statusqr_keys.distribution.offline import load
from statusqr_keys.distribution.roles import Keyring
from statusqr_schema import KeyProblem, PublicationFailed


def test_a_verifier_that_missed_three_rotations_follows(
    authority: Authority, web: QuietServer
) -> None:
    authority.publish()
    first = authority.first_root
    authority.sync(source=web.url)
    for day, roles in enumerate((["root"], ["timestamp", "root"], ["targets", "status"]), 1):
        authority.rotate(*roles)
        authority.publish(AT + day * DAY)
    data = authority.sync(AT + 3 * DAY, source=web.url)
    assert data.root_version == 4
    assert load(authority.folder / "cache", first) == data


def test_a_verifier_that_was_given_the_newest_root_needs_no_other(authority: Authority) -> None:
    authority.publish()
    authority.rotate("root", "timestamp")
    authority.publish(AT + DAY)
    newest = (authority.site / "root.json").read_bytes()
    cache = authority.folder / "new"
    data = sync(authority.site, newest, cache, AT + DAY)
    assert load(cache, newest) == data
    assert data.root_version == 2


@pytest.mark.parametrize("role", ROLES)
def test_every_role_can_change_its_keys(authority: Authority, role: str) -> None:
    authority.publish()
    authority.sync()
    authority.rotate(role)
    made = authority.publish(AT + HOUR)
    assert made.versions["root"] == (1 if role == "status" else 2)
    assert authority.sync(AT + HOUR).published == AT + HOUR
    assert authority.sync(AT + HOUR, cache="new").published == AT + HOUR
    assert Keyring.load(authority.store.folder, PHRASE).roles == authority.ring.roles


@pytest.mark.parametrize("step", range(11))
def test_no_step_of_a_rotation_is_one_at_which_clients_are_refused(
    authority: Authority, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publication is cut off after each file; verifiers with the old root and the new."""
    authority.publish()
    authority.sync()
    authority.rotate("targets", "snapshot", "timestamp", "status")
    authority.revoked.entries["yar-social", 0][6] = 1
    put, written = repository._put, []

    def stopping(path: Path, data: bytes) -> None:
        written.append(path)
        if len(written) > step:
            raise OSError(28, "No space left on device")
        put(path, data)

    monkeypatch.setattr(repository, "_put", stopping)
    with pytest.raises(PublicationFailed, match="No space"):
        authority.publish(AT + HOUR)
    monkeypatch.undo()
    for cache in ("cache", "new"):
        assert authority.sync(AT + HOUR, cache=cache).problems == ()
    authority.publish(AT + 2 * HOUR)
    for cache in ("cache", "new"):
        data = authority.sync(AT + 2 * HOUR, cache=cache)
        assert data.root_version == 2
        assert data.lists["yar-social", 0].lookup(6) == 1


@pytest.mark.parametrize("alg", Alg)
def test_a_root_of_two_out_of_three(authority: Authority, alg: Alg) -> None:
    folder = authority.store.folder / "tuf"
    for path in folder.iterdir():
        path.unlink()
    authority.ring = Keyring.create(
        authority.store.folder, PHRASE, root_keys=3, root_threshold=2, alg=alg
    )
    authority.publish()
    assert authority.sync().problems == ()
    authority.rotate("timestamp")
    keys = authority.ring.roles["root"].active
    (folder / f"{keys[0]}.pem").unlink()  # two are left
    authority.publish(AT + HOUR)
    assert authority.sync(AT + HOUR).root_version == 2
    (folder / f"{keys[1]}.pem").unlink()  # one is too few
    authority.rotate("timestamp")
    with pytest.raises(PublicationFailed, match="роли root"):
        authority.publish(AT + 2 * HOUR)
    root = Metadata[Root].from_bytes((authority.site / "root.json").read_bytes())
    assert root.signed.version == 2


def test_offline_keys_may_be_away_while_nothing_of_theirs_changes(authority: Authority) -> None:
    authority.publish()
    authority.sync()
    away = [
        authority.ring.folder / f"{keyid}.pem"
        for role in OFFLINE
        for keyid in authority.ring.roles[role].active
    ]
    kept = {path: path.read_bytes() for path in away}
    for path in away:
        path.unlink()
    authority.revoked.entries["yar-social", 0][6] = 1
    authority.publish(AT + HOUR)
    assert authority.sync(AT + HOUR).lists["yar-social", 0].lookup(6) == 1

    late = authority.publish(AT + 300 * DAY)  # due, and not yet pressing
    assert late.due == ("root", "targets")
    assert late.versions["root"] == late.versions["targets"] == 1
    with pytest.raises(PublicationFailed, match=r"роли root: верните их файлы \.pem"):
        authority.publish(AT + 360 * DAY)
    authority.retire(YAR, KeyUse.PRINT)
    with pytest.raises(PublicationFailed, match="роли targets"):
        authority.publish(AT + 301 * DAY)

    for path, data in kept.items():
        path.write_bytes(data)
    again = authority.publish(AT + 360 * DAY)
    assert again.due == ()
    assert (again.versions["root"], again.versions["targets"]) == (2, 2)
    assert authority.sync(AT + 360 * DAY).root_version == 2


def test_the_roles_refuse_what_does_not_fit(authority: Authority) -> None:
    store = authority.store.folder
    with pytest.raises(KeyProblem, match="уже есть"):
        Keyring.create(store, PHRASE)
    with pytest.raises(KeyProblem, match="порог"):
        Keyring.create(store, PHRASE, root_keys=1, root_threshold=2)
    with pytest.raises(KeyProblem, match="парольная фраза"):
        Keyring.create(store, b"another passphrase")
    fresh = Keyring.load(store, b"another passphrase")
    with pytest.raises(KeyProblem, match="парольная фраза"):
        fresh.signers("root")
    pem = store / "tuf" / f"{authority.ring.roles['root'].active[0]}.pem"
    other = store / "tuf" / f"{authority.ring.roles['targets'].active[0]}.pem"
    pem.write_bytes(other.read_bytes())
    with pytest.raises(KeyProblem, match="подменён"):
        Keyring.load(store, PHRASE).signers("root")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"roles": {}, "keys": {}}', "{"])
def test_a_damaged_keyring_is_refused(authority: Authority, text: str) -> None:
    (authority.ring.folder / "keys.json").write_text(text)
    with pytest.raises(KeyProblem, match="повреждён"):
        Keyring.load(authority.store.folder, PHRASE)


def test_a_store_without_keys_of_publication_says_so(authority: Authority, tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match="ещё нет"):
        Keyring.load(tmp_path, PHRASE)
    assert not Keyring.exists(tmp_path)
    assert Keyring.exists(authority.store.folder)


@pytest.mark.parametrize("name", ["timestamp.json", "1.root.json", "targets.json"])
def test_damage_in_the_store_is_named(authority: Authority, name: str) -> None:
    authority.publish()
    path = authority.ring.folder / "metadata" / name
    path.write_bytes(b"{}")
    with pytest.raises(PublicationFailed, match=f"{name} хранилища повреждён"):
        authority.publish(AT + HOUR)
    path.write_bytes((authority.ring.folder / "metadata/snapshot.json").read_bytes())
    with pytest.raises(PublicationFailed, match=f"{name} хранилища подменён"):
        authority.publish(AT + HOUR)
