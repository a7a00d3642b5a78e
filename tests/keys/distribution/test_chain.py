"""The chain verified from bytes: what is refused though nobody attacked the way it came."""

import threading
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from publishing import AT, DAY, HOUR, YAR, Authority, steal

from statusqr_keys.distribution.cache import Cache
from statusqr_keys.distribution.chain import MetadataSet, verify
from statusqr_keys.distribution.client import sync
from statusqr_keys.distribution.data import TrustData, assemble
from statusqr_keys.distribution.layout import TRUST_LIST, status_path
from statusqr_keys.distribution.metadata import Metadata, Root, TargetFile, Targets
from statusqr_keys.distribution.offline import load
from statusqr_schema import PublicationFailed, SyncFailed, TrustDataRefused

PARTS = ["timestamp", "snapshot", "targets", "status"]


@pytest.fixture
def kept(authority: Authority) -> MetadataSet:
    authority.publish()
    authority.sync()
    return Cache(authority.folder / "cache").current().metadata


def test_the_whole_set_holds(authority: Authority, kept: MetadataSet) -> None:
    chain = verify(authority.first_root, kept)
    assert chain.published == AT
    assert (chain.root_version, chain.timestamp_version) == (1, 1)
    assert len(chain.files) == 4


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 10_000, b"\xff"])
def test_a_part_that_is_no_metadata_is_refused(
    authority: Authority, kept: MetadataSet, part: str, data: bytes
) -> None:
    changed = replace(kept, **{part: data})  # type: ignore[arg-type]
    with pytest.raises(TrustDataRefused):
        verify(authority.first_root, changed)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_another_role_is_refused(
    authority: Authority, kept: MetadataSet, part: str
) -> None:
    for other in ("timestamp", "status", "targets"):
        if other != part:
            changed = replace(kept, **{part: getattr(kept, other)})
            with pytest.raises(TrustDataRefused):
                verify(authority.first_root, changed)


def test_a_missing_root_breaks_the_chain(authority: Authority) -> None:
    authority.publish()
    authority.sync()
    for day in (1, 2):
        authority.rotate("root")
        authority.publish(AT + day * DAY)
    authority.sync(AT + 2 * DAY)
    kept = Cache(authority.folder / "cache").current().metadata
    assert len(kept.roots) == 3
    assert verify(authority.first_root, kept).root_version == 3
    with pytest.raises(TrustDataRefused):
        verify(authority.first_root, replace(kept, roots=kept.roots[::2]))


@pytest.mark.parametrize("signed_by", ["the new keys only", "the old keys only"])
def test_a_root_needs_the_keys_before_it_and_its_own(
    authority: Authority, kept: MetadataSet, signed_by: str
) -> None:
    """In a cache that somebody wrote into: python-tuf would not have taken it (§5.3.4)."""
    forged = Metadata[Root].from_bytes(authority.first_root)
    forged.signed.version = 2
    forged.signatures.clear()
    (old,) = authority.ring.signers("root")
    new = authority.ring.rotate("root").signers("root")[0]
    forged.signed.revoke_key(old.public_key.keyid, "root")
    forged.signed.add_key(new.public_key, "root")
    forged.sign(new if signed_by == "the new keys only" else old)
    with pytest.raises(TrustDataRefused, match="root was signed by 0/1 keys"):
        verify(authority.first_root, replace(kept, roots=(*kept.roots, forged.to_bytes())))
    forged.sign(old)
    forged.sign(new, append=True)
    whole = replace(kept, roots=(*kept.roots, forged.to_bytes()))
    assert verify(authority.first_root, whole).root_version == 2


@pytest.mark.parametrize("times", [pytest.param(400), pytest.param(20_000, marks=pytest.mark.long)])
def test_no_change_of_a_byte_alters_what_is_trusted(
    authority: Authority, kept: MetadataSet, times: int
) -> None:
    """White space between fields is not signed; what they say is."""
    root = authority.first_root
    before = verify(root, kept)
    random = Random(times)  # noqa: S311 - places, not secrets
    refused = 0
    for _ in range(times):
        part = random.choice(PARTS)
        data = bytearray(getattr(kept, part))
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        try:
            found = verify(root, replace(kept, **{part: bytes(data)}))  # type: ignore[arg-type]
        except TrustDataRefused:
            refused += 1
            continue
        assert (found.published, found.files) == (before.published, before.files)
    assert refused > times * 0.9


def test_files_beyond_the_limits_are_refused(authority: Authority) -> None:
    authority.publish()

    def many(status: Targets) -> None:
        for number in range(5000):
            path = status_path(YAR, number)
            status.targets[path] = TargetFile.from_data(path, b"x", ["sha256"])

    steal(authority, ["status", "snapshot", "timestamp"], status=many)
    with pytest.raises(SyncFailed) as caught:
        authority.sync()
    assert caught.value.code == "SYNC_REFUSED"


def test_a_file_that_names_another_hash_only_is_left_out(authority: Authority) -> None:
    authority.publish()
    path = status_path(YAR, 0)

    def other(status: Targets) -> None:
        status.targets[path] = TargetFile.from_data(path, b"x", ["sha512"])

    steal(authority, ["status", "snapshot", "timestamp"], status=other)
    (problem,) = authority.sync().problems
    assert problem == f"{path}: список отзыва слишком велик или назван без SHA-256"


def test_without_the_trust_list_there_are_no_trust_data(
    authority: Authority, kept: MetadataSet
) -> None:
    files = Cache(authority.folder / "cache").current().files
    chain = verify(authority.first_root, kept)
    for changed in ({}, {**files, TRUST_LIST: b"{}"}):
        with pytest.raises(TrustDataRefused, match="список доверия"):
            assemble(chain, changed)


def test_an_issuer_that_has_gone_takes_its_lists_with_it(authority: Authority) -> None:
    from statusqr_keys import TrustList
    from statusqr_keys.distribution.publisher import publish

    authority.publish()
    authority.sync()
    rest = [issuer for issuer in authority.store.trust_list(AT).issuers if issuer.id != YAR]
    tokens = {path: data for path, data in authority.tokens().items() if YAR not in path}
    publish(authority.site, TrustList.of(rest, AT), tokens, authority.ring, AT + HOUR)
    data = authority.sync(AT + HOUR)
    assert {issuer for issuer, _ in data.lists} == {rest[0].id}
    assert data.problems == ()


def test_what_verifiers_would_refuse_is_not_published(authority: Authority) -> None:
    from statusqr_keys.distribution.publisher import publish

    trust = authority.store.trust_list(AT)
    for path in (status_path(YAR, 0), "status/x y/1.cwt"):
        with pytest.raises(PublicationFailed, match="проверка перед публикацией"):
            publish(authority.site, trust, {path: b"no list"}, authority.ring, AT)
    assert not authority.site.exists()


def test_a_cache_can_be_given_another_authority(authority: Authority, tmp_path: Path) -> None:
    """What was kept under the former root does not stand in the way."""
    authority.publish()
    authority.rotate("root", "timestamp")
    authority.publish(AT + HOUR)
    authority.sync(AT + HOUR)
    other = Authority.make(tmp_path / "other")
    other.publish()
    cache = authority.folder / "cache"
    data = sync(other.site, other.first_root, cache, AT)
    assert data == load(cache, other.first_root)
    assert data.lists == {}


def test_many_processes_share_one_cache(authority: Authority) -> None:
    authority.publish()
    found: list[TrustData] = []
    threads = [
        threading.Thread(target=lambda: found.append(authority.sync(AT + HOUR))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(data == found[0] for data in found)


def test_a_cache_that_cannot_be_written_is_said_to_be_so(authority: Authority) -> None:
    authority.publish()
    (authority.folder / "cache").write_text("")
    with pytest.raises(SyncFailed) as caught:
        authority.sync()
    assert caught.value.code == "SYNC_CACHE"


@pytest.mark.parametrize("text", ["[]", '{"files": {}}', "{", '{"roots": ["x"], "files": []}'])
def test_a_manifest_of_another_shape_is_refused(authority: Authority, text: str) -> None:
    authority.publish()
    authority.sync()
    (authority.folder / "cache/current.json").write_text(text)
    with pytest.raises(TrustDataRefused, match="повреждены"):
        load(authority.folder / "cache", authority.first_root)


def test_clocks_that_go_back_sign_no_lists(authority: Authority) -> None:
    authority.tokens(AT + HOUR)
    authority.revoked.entries[YAR, 0][6] = 1
    with pytest.raises(PublicationFailed, match="часы отстают"):
        authority.tokens(AT)


def test_a_store_that_cannot_be_written_says_so(authority: Authority) -> None:
    (authority.ring.folder / "lists").write_text("")
    with pytest.raises(PublicationFailed, match="не читается из хранилища"):
        authority.publish()
    (authority.ring.folder / "lists").unlink()
    (authority.ring.folder / "metadata").write_text("")
    with pytest.raises(PublicationFailed, match="не записывается"):
        authority.publish()
