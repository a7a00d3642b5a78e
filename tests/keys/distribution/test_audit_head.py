"""The head of the audit log in the trust data: published, fetched, kept; it never goes back."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing import AT, DAY, HOUR, PHRASE, YAR, Authority

from statusqr_keys.distribution import office
from statusqr_keys.distribution.audit_head import (
    HEADS,
    AuditHead,
    Heads,
    KeptHead,
    Restored,
    still_to_be_held,
)
from statusqr_keys.distribution.layout import AUDIT_HEAD, STATUS_PATHS
from statusqr_keys.distribution.metadata import Metadata, Targets
from statusqr_keys.distribution.publisher import Publication, publish
from statusqr_schema import PublicationFailed


def head(seq: int, last: int = 7) -> AuditHead:
    return AuditHead(seq, bytes([last]) * 32, AT)


def go_out(
    authority: Authority,
    wanted: AuditHead | None,
    after: timedelta = timedelta(0),
    restored: Restored | None = None,
) -> Publication:
    at = AT + after
    trust, tokens = authority.store.trust_list(at), authority.tokens(at)
    return publish(
        authority.site, trust, tokens, authority.ring, at, head=wanted, restored=restored
    )


@dataclass(frozen=True, slots=True)
class BrokenHead(AuditHead):
    """A head that writes something else."""

    content: bytes

    def to_bytes(self) -> bytes:
        return self.content


def heads(authority: Authority) -> Heads:
    return Heads(authority.ring.folder)


def test_it_arrives(authority: Authority) -> None:
    go_out(authority, head(5))
    data = authority.sync()
    assert data.audit_head == head(5)
    assert data.problems == ()
    assert set(data.lists) == {(YAR, 0), (YAR, 1), ("vla-social", 0)}
    published = json.loads((next((authority.site / "targets" / "audit").iterdir())).read_bytes())
    assert published == {"seq": 5, "hash": "07" * 32, "at": "2026-11-21T09:00:00Z"}


def test_a_publication_without_one_stays_valid(authority: Authority) -> None:
    authority.publish()
    assert authority.sync().audit_head is None
    targets = Metadata[Targets].from_bytes(authority.metadata_file("targets").read_bytes()).signed
    role = targets.get_delegated_role("status")
    assert role is not None
    assert role.to_dict()["paths"] == [STATUS_PATHS]  # as it was before there were heads


def test_the_first_head_takes_the_offline_keys_and_no_further_one(authority: Authority) -> None:
    authority.publish()
    kept = [authority.ring.folder / f"{key.keyid}.pem" for key in authority.ring.public("targets")]
    contents = [path.read_bytes() for path in kept]
    for path in kept:
        path.unlink()
    with pytest.raises(PublicationFailed, match="роли targets"):
        go_out(authority, head(1), HOUR)
    assert heads(authority).all() == []
    for path, content in zip(kept, contents, strict=True):
        path.write_bytes(content)
    assert go_out(authority, head(1), HOUR).changed >= {"targets", "status"}
    for path in kept:
        path.unlink()
    done = go_out(authority, head(2), 2 * HOUR)
    assert ("targets" in done.changed, "status" in done.changed) == (False, True)
    assert authority.sync(AT + 2 * HOUR).audit_head == replace(head(2), at=AT)


def test_the_same_head_is_not_signed_again(authority: Authority) -> None:
    go_out(authority, head(5))
    later = replace(head(5), at=AT + HOUR)
    assert "status" not in go_out(authority, later, HOUR).changed
    assert authority.sync(AT + HOUR).audit_head == head(5)
    assert [kept.head for kept in heads(authority).all()] == [head(5)]


@pytest.mark.parametrize("wanted", [head(4), head(5, 8), head(0, 0)])
def test_it_never_goes_back(authority: Authority, wanted: AuditHead) -> None:
    go_out(authority, head(5))
    with pytest.raises(PublicationFailed) as failed:
        go_out(authority, wanted, HOUR)
    assert failed.value.code == "AUDIT_BACK"
    with pytest.raises(PublicationFailed, match="statusqr-issuer publish"):
        go_out(authority, None, HOUR)
    assert authority.sync(AT).audit_head == head(5)  # what was there still stands
    assert [kept.head for kept in heads(authority).all()] == [head(5)]


def test_after_a_restore_it_does_once(authority: Authority) -> None:
    for seq in (3, 5, 9):
        go_out(authority, head(seq))
    restored = Restored(5, "Отказ диска, копия от 20.11.2026")
    go_out(authority, head(6, 8), HOUR, restored)
    assert authority.sync(AT + HOUR).audit_head == head(6, 8)
    with pytest.raises(PublicationFailed):
        go_out(authority, head(5), 2 * HOUR)
    kept = heads(authority).all()
    assert kept[-1] == KeptHead(head(6, 8), restored)
    assert still_to_be_held(kept) == [head(3), head(5), head(6, 8)]


@pytest.mark.parametrize("reason", ["", " ", "a\nb", "x" * 501])
def test_a_reason_that_is_none(reason: str) -> None:
    with pytest.raises(ValueError, match="причина"):
        Restored(1, reason)


def test_the_heads_are_for_the_owner_alone(authority: Authority) -> None:
    go_out(authority, head(5))
    path = authority.ring.folder / HEADS
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", [b'{"seq": 6', b'{"seq"', b"\xd0"])
def test_a_line_that_a_crash_cut_off(authority: Authority, left: bytes) -> None:
    go_out(authority, head(5))
    path = authority.ring.folder / HEADS
    with path.open("ab") as file:
        file.write(left)
    assert heads(authority).last() == head(5)
    go_out(authority, head(6), HOUR)
    assert [kept.head.seq for kept in heads(authority).all()] == [5, 6]
    path.write_bytes(left)
    assert heads(authority).last() is None  # the very first one


@pytest.mark.parametrize(
    "line",
    [b"{}", b"5", b"\xff", b'{"seq": -1, "hash": "00", "at": "2026-11-21T09:00:00Z"}', b"[1]"],
)
def test_a_damaged_file_stops_the_publication(authority: Authority, line: bytes) -> None:
    go_out(authority, head(5))
    (authority.ring.folder / HEADS).write_bytes(line + b"\n")
    with pytest.raises(PublicationFailed, match="повреждён"):
        go_out(authority, head(6), HOUR)


def test_many_heads(tmp_path: Path) -> None:
    """The end of a long file is found without its beginning."""
    kept = Heads(tmp_path)
    made = [head(seq, seq % 256) for seq in range(1, 400)]
    for each in made:
        kept.keep(each, None)
    assert (tmp_path / HEADS).stat().st_size > 2**14
    assert kept.last() == made[-1]
    assert [each.head for each in kept.all()] == made


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"seq": true}', b"\xff" * 10])
def test_a_published_head_that_is_none_is_named(authority: Authority, content: bytes) -> None:
    """Nothing is published that verifiers would complain of."""
    with pytest.raises(PublicationFailed, match="audit/head"):
        go_out(authority, BrokenHead(5, bytes(32), AT, content))


def test_a_head_that_does_not_arrive_is_named(authority: Authority) -> None:
    go_out(authority, head(5))
    authority.sync()
    go_out(authority, head(6), DAY)
    for path in (authority.site / "targets" / "audit").iterdir():
        path.unlink()
    data = authority.sync(AT + DAY)
    assert data.audit_head is None
    assert data.problems == (f"{AUDIT_HEAD}: файла нет",)
    assert (YAR, 0) in data.lists


def test_the_role_may_sign_no_other_name(authority: Authority) -> None:
    go_out(authority, head(5))
    targets = Metadata[Targets].from_bytes(authority.metadata_file("targets").read_bytes()).signed
    role = targets.get_delegated_role("status")
    assert role is not None
    assert role.to_dict()["paths"] == [STATUS_PATHS, AUDIT_HEAD]


def test_through_the_office(authority: Authority) -> None:
    store, to = authority.store, authority.site
    office.publish_store(store, authority.revoked, to, PHRASE, AT, head=head(1))
    assert authority.sync().audit_head == head(1)


hashes = st.binary(min_size=32, max_size=32)
moments = st.integers(0, 4_000_000_000).map(lambda second: AT + timedelta(seconds=second - 2**31))


@given(st.integers(0, 2**63 - 1), hashes, moments)
def test_a_head_comes_back_as_it_went(seq: int, digest: bytes, at: object) -> None:
    made = AuditHead(seq, digest, at)  # type: ignore[arg-type]
    assert AuditHead.parse(made.to_bytes()) == made
    assert len(made.to_bytes()) < 2**10


@given(st.binary(max_size=200))
def test_bytes_that_are_no_head(data: bytes) -> None:
    with pytest.raises(ValueError):
        AuditHead.parse(data)


restored_lines = st.tuples(st.integers(1, 9), st.none() | st.integers(0, 9))


@given(st.lists(restored_lines, max_size=12))
def test_what_must_be_held(lines: list[tuple[int, int | None]]) -> None:
    """A head counts unless a later restore says that it held none so late."""
    kept = [
        KeptHead(head(seq), None if through is None else Restored(through, "копия"))
        for seq, through in lines
    ]
    wanted = [
        each.head
        for place, each in enumerate(kept)
        if all(
            later.restored is None or each.head.seq <= later.restored.through
            for later in kept[place + 1 :]
        )
    ]
    assert still_to_be_held(kept) == wanted
