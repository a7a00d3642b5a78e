"""The attacks that the TUF specification names (§1.5.2), against a real web server.

Each ends with the verifier where it was before: the last good set stays in use, and says its age.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from publishing import AT, DAY, HOUR, YAR, Authority, QuietServer, steal
from tuf.api.metadata import Metadata

from statusqr_keys import KeyUse
from statusqr_keys.distribution.layout import TRUST_LIST
from statusqr_keys.distribution.metadata import Root, TargetFile, Targets, Timestamp
from statusqr_keys.distribution.offline import load
from statusqr_keys.distribution.publisher import publish
from statusqr_keys.distribution.roles import Keyring
from statusqr_schema import SyncFailed

Attack = Callable[[Authority], None]


@pytest.fixture
def synced(authority: Authority, web: QuietServer) -> Authority:
    """Published twice, synced after the second; the first publication is kept in `old`."""
    authority.publish()
    shutil.copytree(authority.site, authority.folder / "old")
    authority.revoked.entries[YAR, 0][6] = 1
    authority.publish(AT + HOUR)
    authority.sync(AT + HOUR, source=web.url)
    return authority


def refused(authority: Authority, web: QuietServer, code: str, at_hours: int = 2) -> None:
    """The synchronisation fails with `code`, and what was kept is still what is used."""
    before = load(authority.folder / "cache", authority.first_root)
    with pytest.raises(SyncFailed) as caught:
        authority.sync(AT + at_hours * HOUR, source=web.url)
    assert caught.value.code == code
    assert load(authority.folder / "cache", authority.first_root) == before
    assert before.lists[YAR, 0].lookup(6) == 1


def put_back(authority: Authority, *names: str) -> None:
    for name in names:
        shutil.copyfile(authority.folder / "old" / name, authority.site / name)


def test_rollback_of_the_timestamp_is_refused(synced: Authority, web: QuietServer) -> None:
    put_back(synced, "metadata/timestamp.json")
    refused(synced, web, "SYNC_ROLLBACK")


def test_rollback_of_the_snapshot_is_refused(synced: Authority, web: QuietServer) -> None:
    """By a thief of the timestamp key, who signs a new timestamp over the old snapshot."""
    old = Metadata[Timestamp].from_file(str(synced.folder / "old/metadata/timestamp.json"))

    def point_back(timestamp: Timestamp) -> None:
        timestamp.snapshot_meta = old.signed.snapshot_meta

    steal(synced, ["timestamp"], timestamp=point_back)
    refused(synced, web, "SYNC_ROLLBACK")


def test_rollback_of_the_trust_list_is_refused(synced: Authority, web: QuietServer) -> None:
    """By a thief of all online keys: an old, well signed targets file under a new snapshot."""
    from statusqr_keys.distribution.metadata import MetaFile, Snapshot

    synced.retire(YAR, KeyUse.PRINT)
    synced.publish(AT + 2 * HOUR)
    synced.sync(AT + 2 * HOUR, source=web.url)
    old = (synced.site / "metadata/1.targets.json").read_bytes()
    name = synced.metadata_file("snapshot")
    snapshot = Metadata[Snapshot].from_bytes(name.read_bytes())
    snapshot.signed.meta["targets.json"] = MetaFile.from_data(1, old, ["sha256"])
    name.write_bytes(snapshot.to_bytes())
    steal(synced, ["snapshot", "timestamp"])
    refused(synced, web, "SYNC_ROLLBACK", 3)


def test_a_frozen_repository_is_told_by_its_age(synced: Authority, web: QuietServer) -> None:
    """An old set that is still valid may be served; its moment of publication gives it away."""
    data = synced.sync(AT + 73 * HOUR, source=web.url)
    assert (AT + 73 * HOUR) - data.published == 72 * HOUR
    refused(synced, web, "SYNC_EXPIRED", 8 * 24)


def test_a_new_verifier_is_not_taken_in_by_a_set_that_has_expired(
    synced: Authority, web: QuietServer
) -> None:
    with pytest.raises(SyncFailed) as caught:
        synced.sync(AT + 8 * DAY, cache="new", source=web.url)
    assert caught.value.code == "SYNC_EXPIRED"


def test_mix_and_match_of_versions_is_refused(synced: Authority, web: QuietServer) -> None:
    """The old status metadata under the name of the new."""
    shutil.copyfile(
        synced.folder / "old/metadata/1.status.json", synced.site / "metadata/2.status.json"
    )
    with pytest.raises(SyncFailed) as caught:
        synced.sync(AT + 2 * HOUR, cache="new", source=web.url)
    assert caught.value.code == "SYNC_REFUSED"


def test_a_foreign_root_is_refused(synced: Authority, web: QuietServer) -> None:
    """Well formed, the next version, signed by nobody we know."""
    thief = Keyring.create(_empty_store(synced), b"password of a thief")
    root = Metadata[Root].from_bytes(synced.first_root)
    root.signed.version = 2
    root.signatures.clear()
    for signer in thief.signers("root"):
        root.signed.add_key(signer.public_key, "root")
        root.sign(signer, append=True)
    (synced.site / "metadata/2.root.json").write_bytes(root.to_bytes())
    refused(synced, web, "SYNC_REFUSED")


@pytest.mark.parametrize("role", ["targets", "status", "snapshot", "timestamp"])
def test_metadata_that_others_signed_are_refused(
    synced: Authority, web: QuietServer, role: str
) -> None:
    thief = Keyring.create(_empty_store(synced), b"password of a thief")
    trust = synced.store.trust_list(AT)
    fake = synced.folder / "fake"
    publish(fake, trust, synced.tokens(AT + 2 * HOUR), thief, AT + 2 * HOUR)
    for path in (fake / "metadata").glob(f"*{role}.json"):
        shutil.copyfile(path, synced.metadata_file(role))
    with pytest.raises(SyncFailed) as caught:
        synced.sync(AT + 2 * HOUR, cache="new", source=web.url)
    assert caught.value.code == "SYNC_REFUSED"


def _empty_store(authority: Authority) -> Path:
    store = authority.folder / "thief"
    shutil.copytree(authority.store.folder, store)
    shutil.rmtree(store / "tuf")
    for path in store.glob("*.*"):
        path.unlink()
    return store


ONLINE = ["status", "snapshot", "timestamp"]


def test_online_keys_cannot_touch_the_trust_list(synced: Authority, web: QuietServer) -> None:
    """Its metadata are signed by targets, and the thief has not that key."""

    def change(targets: Targets) -> None:
        targets.targets[TRUST_LIST] = TargetFile.from_data(TRUST_LIST, b"{}", ["sha256"])

    steal(synced, ONLINE, targets=change)
    refused(synced, web, "SYNC_REFUSED")


def test_the_role_of_status_lists_cannot_bring_a_trust_list(
    synced: Authority, web: QuietServer
) -> None:
    """Nor any other path than those delegated to it."""
    before = synced.sync(AT + HOUR, source=web.url)

    def add(status: Targets) -> None:
        for path in (TRUST_LIST, "status/../trust/trust-list.json", "status/x/1.json"):
            status.targets[path] = TargetFile.from_data(path, b"{}", ["sha256"])

    steal(synced, ONLINE, status=add)
    data = synced.sync(AT + 2 * HOUR, source=web.url)
    assert data.trust.issuers == before.trust.issuers
    assert len(data.problems) == 3


def test_a_stolen_targets_key_is_worthless_after_its_rotation(
    synced: Authority, web: QuietServer
) -> None:
    """Even together with all online keys."""
    stolen = synced.ring
    synced.rotate("targets")
    synced.publish(AT + 2 * HOUR)
    good = synced.sync(AT + 2 * HOUR, source=web.url)
    assert good.root_version == 2

    def change(targets: Targets) -> None:
        targets.targets[TRUST_LIST] = TargetFile.from_data(TRUST_LIST, b"{}", ["sha256"])

    synced.ring = stolen
    steal(synced, ["targets", *ONLINE], targets=change)
    refused(synced, web, "SYNC_REFUSED", 3)


def test_versions_that_a_thief_drove_up_are_forgotten_when_the_keys_rotate(
    synced: Authority, web: QuietServer
) -> None:
    """Fast-forward attack and recovery (§5.3.11)."""
    steal(synced, ONLINE, status=lambda status: None, version=999_999)
    synced.sync(AT + 2 * HOUR, source=web.url)
    synced.publish(AT + 3 * HOUR)
    with pytest.raises(SyncFailed) as caught:
        synced.sync(AT + 3 * HOUR, source=web.url)
    assert caught.value.code == "SYNC_ROLLBACK"
    synced.rotate("snapshot", "timestamp", "status")
    synced.publish(AT + 4 * HOUR)
    assert synced.sync(AT + 4 * HOUR, source=web.url).published == AT + 4 * HOUR


@pytest.mark.parametrize("published", [None, 7, "yesterday", "2026-13-01T00:00:00Z", ["x"]])
def test_a_timestamp_without_a_moment_of_publication_is_refused(
    synced: Authority, web: QuietServer, published: object
) -> None:
    def change(timestamp: Timestamp) -> None:
        timestamp.unrecognized_fields["published"] = published

    steal(synced, ["snapshot", "timestamp"], timestamp=change)
    refused(synced, web, "SYNC_REFUSED")


def test_the_clock_is_the_argument_and_not_the_device(authority: Authority) -> None:
    """python-tuf has no argument for it: this fails where its private attribute has gone."""
    at = AT.replace(year=2019)
    authority.publish(AT)
    authority.sync(AT)
    with pytest.raises(SyncFailed) as caught:
        authority.sync(AT.replace(year=2090), cache="new")
    assert caught.value.code == "SYNC_EXPIRED"
    assert authority.sync(at, cache="third").published == AT  # the check says CLOCK_WRONG
