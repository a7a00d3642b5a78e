"""Trust data as they travel: published to a folder, fetched over HTTP or from a stick, loaded."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from publishing import AT, DAY, HOUR, SHORT, VLA, YAR, Authority, QuietServer

from statusqr_keys.distribution.client import sync
from statusqr_keys.distribution.offline import load
from statusqr_keys.distribution.publisher import expiries
from statusqr_schema import PublicationFailed, SyncFailed, TrustDataRefused


def test_what_was_published_is_what_a_verifier_has(authority: Authority, web: QuietServer) -> None:
    authority.publish()
    data = authority.sync(source=web.url)
    assert data.trust.issuers == authority.store.trust_list(AT).issuers
    assert data.published == AT
    assert data.problems == ()
    assert data.lists[YAR, 0].lookup(5) == 1
    assert data.lists[VLA, 0].lookup(7) == 2
    assert data.lists[YAR, 0].subject == f"status/{YAR}/0.cwt"
    assert load(authority.folder / "cache", authority.first_root) == data


def test_an_unchanged_repository_costs_two_small_requests(
    authority: Authority, web: QuietServer
) -> None:
    authority.publish()
    authority.sync(source=web.url)
    web.paths.clear()
    authority.sync(source=web.url)
    assert web.paths == ["/metadata/2.root.json", "/metadata/timestamp.json"]


def test_only_the_list_that_changed_is_fetched_again(
    authority: Authority, web: QuietServer
) -> None:
    authority.publish()
    authority.sync(source=web.url)
    authority.revoked.entries[YAR, 0][6] = 1
    authority.publish(AT + HOUR)
    web.paths.clear()
    data = authority.sync(AT + HOUR, source=web.url)
    assert data.lists[YAR, 0].lookup(6) == 1
    assert [path for path in web.paths if path.startswith("/targets/")] == [
        path for path in web.paths if path.endswith(".0.cwt") and YAR in path
    ]


@pytest.mark.parametrize("as_address", [False, True])
def test_a_stick_carries_the_same_tree(authority: Authority, as_address: bool) -> None:
    authority.publish()
    stick = authority.folder / "флешка 1"
    shutil.copytree(authority.site, stick)
    source = stick.as_uri() if as_address else stick
    data = sync(source, authority.first_root, authority.folder / "cache", AT)
    assert data.lists[YAR, 0].lookup(5) == 1


def test_progress_is_told_file_by_file(authority: Authority) -> None:
    authority.publish()
    steps: list[tuple[int, int]] = []
    sync(
        authority.site,
        authority.first_root,
        authority.folder / "cache",
        AT,
        progress=lambda done, whole: steps.append((done, whole)),
    )
    assert steps == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_has_not_changed_keeps_its_version(authority: Authority) -> None:
    first = authority.publish()
    again = authority.publish(AT + HOUR)
    assert first.changed == {"root", "targets", "status", "snapshot", "timestamp"}
    assert again.changed == {"timestamp"}
    assert again.published == AT + HOUR


def test_lists_are_signed_again_daily_and_their_iat_grows(authority: Authority) -> None:
    authority.publish()
    before = authority.sync()
    authority.publish(AT + DAY)
    after = authority.sync(AT + DAY)
    for key, found in after.lists.items():
        assert found.issued_at > before.lists[key].issued_at
        assert found.expires_at - found.issued_at == 14 * 86400


def test_iat_grows_within_one_second_too(authority: Authority) -> None:
    authority.publish()
    for entry in range(3):
        authority.revoked.entries[YAR, 1][entry] = 1
        authority.publish()
        assert authority.sync().lists[YAR, 1].issued_at == int(AT.timestamp()) + 1 + entry


def test_a_list_says_the_address_that_the_issuer_has_named(authority: Authority) -> None:
    from statusqr_keys import TrustList
    from statusqr_keys.distribution.publisher import publish
    from statusqr_keys.distribution.tokens import sign_lists

    base = "https://example.ru/lists/"
    issuers = [replace(i, status_lists=base) for i in authority.store.trust_list(AT).issuers]
    trust = TrustList.of(issuers, AT)
    phrase = "верная фраза".encode()
    tokens = sign_lists(authority.store, trust, authority.revoked, phrase, AT)
    publish(authority.site, trust, tokens, authority.ring, AT)
    assert authority.sync().lists[YAR, 1].subject == "https://example.ru/lists/1"


def test_a_clock_that_has_gone_back_publishes_nothing(authority: Authority) -> None:
    authority.publish()
    with pytest.raises(PublicationFailed, match="часы отстают"):
        authority.publish(AT - HOUR)


def test_a_lost_folder_is_written_anew_with_the_versions_going_on(authority: Authority) -> None:
    authority.publish()
    authority.sync()
    root = authority.first_root
    shutil.rmtree(authority.site)
    again = authority.publish(AT + HOUR)
    assert again.versions["timestamp"] == 2
    assert authority.first_root == root
    assert authority.sync(AT + HOUR).published == AT + HOUR


def test_damage_in_the_folder_is_repaired_by_publishing(authority: Authority) -> None:
    authority.publish()
    for path in authority.site.rglob("*"):
        if path.is_file():
            path.write_bytes(b"broken")
    authority.publish(AT + HOUR)
    assert authority.sync(AT + HOUR).problems == ()


def test_old_versions_go_a_day_after_they_were_needed(authority: Authority) -> None:
    authority.publish()
    path = next((authority.site / "targets/status" / YAR).glob("*.0.cwt"))
    authority.revoked.entries[YAR, 0][6] = 1
    for hours in (1, 20, 24):  # not needed from the first hour on
        authority.publish(AT + hours * HOUR)
        assert path.exists()
    authority.publish(AT + 25 * HOUR)
    assert not path.exists()
    assert authority.sync(AT + 25 * HOUR).problems == ()


def test_files_that_are_not_ours_are_left_alone(authority: Authority) -> None:
    authority.publish()
    foreign = [authority.site / "index.html", authority.site / "targets/status/readme.txt"]
    for path in foreign:
        path.write_text("чужое")
    leftover = authority.site / "metadata/.timestamp.json.abcd1234"
    leftover.write_text("{}")
    for day in (1, 3):
        authority.publish(AT + day * DAY)
    assert all(path.exists() for path in foreign)
    assert not leftover.exists()


def test_keys_of_the_store_are_for_the_owner_only(authority: Authority) -> None:
    authority.publish()
    files = [path for path in (authority.store.folder / "tuf").rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert all(b"ENCRYPTED" in path.read_bytes() for path in files if path.suffix == ".pem")


def test_the_terms_can_be_asked_for(authority: Authority) -> None:
    authority.publish()
    days = {role: (end - AT) / DAY for role, end in expiries(authority.store.folder).items()}
    assert days == {"root": 365, "targets": 365, "status": 21, "snapshot": 21, "timestamp": 7}


def test_a_repository_that_nobody_tends_loads_for_a_week_and_is_used_for_ever(
    authority: Authority,
) -> None:
    """The age is for the verifier's policy: `published` says it."""
    authority.publish()
    for late in (3 * DAY, 7 * DAY - HOUR):
        assert authority.sync(AT + late, cache=f"cache{late}").published == AT
    authority.sync()
    with pytest.raises(SyncFailed) as caught:
        authority.sync(AT + 8 * DAY)
    assert caught.value.code == "SYNC_EXPIRED"
    assert load(authority.folder / "cache", authority.first_root).published == AT


def test_nothing_at_the_source(authority: Authority, tmp_path: Path) -> None:
    authority.publish()
    for source in (tmp_path / "нет", "http://127.0.0.1:9"):
        with pytest.raises(SyncFailed) as caught:
            sync(source, authority.first_root, tmp_path / "new", AT, timeouts=SHORT)
        assert caught.value.code == "SYNC_UNREACHABLE"


def test_an_empty_cache_and_a_damaged_one_are_refused_and_repaired(authority: Authority) -> None:
    authority.publish()
    cache = authority.folder / "cache"
    with pytest.raises(TrustDataRefused, match="ещё нет"):
        load(cache, authority.first_root)
    authority.sync()
    for path in (cache / "objects").iterdir():
        path.write_bytes(b"broken")
    with pytest.raises(TrustDataRefused, match="повреждены"):
        load(cache, authority.first_root)
    assert authority.sync().problems == ()
    (cache / "current.json").write_text(json.dumps({"roots": 3, "files": "x"}))
    with pytest.raises(TrustDataRefused, match="повреждены"):
        load(cache, authority.first_root)
    assert authority.sync() == load(cache, authority.first_root)


def test_another_root_opens_nothing(authority: Authority, founded: Authority) -> None:
    authority.publish()
    authority.sync()
    other = Authority.make(authority.folder / "other")
    other.publish()
    with pytest.raises(TrustDataRefused):
        load(authority.folder / "cache", other.first_root)
    with pytest.raises(SyncFailed) as caught:
        sync(authority.site, other.first_root, authority.folder / "new", AT)
    assert caught.value.code == "SYNC_REFUSED"
