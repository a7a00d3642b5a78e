"""Kill -9 and full disks, at random points: verifiers are never refused, nothing is lost."""

import os
import resource
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from random import Random

import pytest
from publishing import AT, HOUR, YAR, Authority

from statusqr_keys.distribution.data import TrustData
from statusqr_keys.distribution.offline import load
from statusqr_schema import PublicationFailed, SyncFailed

FEW = [pytest.param(20), pytest.param(200, marks=pytest.mark.long)]
LONGEST = 0.12  # seconds; a few publications or synchronisations


def killed(work: Callable[[], object], after: float) -> None:
    """Run `work` in a process of its own, and end it without warning."""
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            work()
        finally:
            os._exit(1)
    time.sleep(after)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def revoked_entries(data: TrustData) -> set[int]:
    return {entry for entry in range(2000) if data.lists[YAR, 0].lookup(entry) == 1}


@pytest.mark.parametrize("times", FEW)
def test_publishing_that_is_killed_leaves_what_verifiers_accept(
    authority: Authority, times: int
) -> None:
    random = Random(times)  # noqa: S311 - moments, not secrets
    authority.publish()
    authority.sync()
    entries = authority.revoked.entries[YAR, 0]
    for run in range(1, times + 1):
        at = AT + run * HOUR
        entries[run + 10] = 1
        if run % 5 == 2:
            authority.rotate(random.choice(["timestamp", "snapshot", "targets", "root", "status"]))
        killed(partial(publish_often, authority, at), random.uniform(0, LONGEST))
        held = authority.sync(at + HOUR)
        fresh = authority.sync(at + HOUR, cache=f"new{run}")
        assert held == fresh
        assert held.problems == ()
        assert revoked_entries(held) >= {5, *range(11, run + 10)} - {run + 9, run + 10}
        authority.publish(at + HOUR / 2)  # completes what was cut off
        assert revoked_entries(authority.sync(at + HOUR)) == {5, *range(11, run + 11)}


def publish_often(authority: Authority, at: datetime) -> None:
    for second in range(100):
        authority.revoked.entries[YAR, 1][second] = 1
        authority.publish(at + timedelta(seconds=second))


@pytest.mark.parametrize("times", FEW)
def test_synchronisation_that_is_killed_leaves_a_usable_cache(
    authority: Authority, times: int
) -> None:
    random = Random(times)  # noqa: S311 - moments, not secrets
    authority.publish()
    authority.sync()
    last = load(authority.folder / "cache", authority.first_root)
    for run in range(1, times + 1):
        at = AT + run * HOUR
        authority.revoked.entries[YAR, 0][run + 10] = 1
        if run % 4 == 0:
            authority.rotate(random.choice(["timestamp", "snapshot", "targets", "root"]))
        authority.publish(at)
        killed(partial(authority.sync, at), random.uniform(0, 0.03))
        now = load(authority.folder / "cache", authority.first_root)
        assert now.published in (last.published, at)
        assert revoked_entries(now) >= revoked_entries(last)
        last = now
    data = authority.sync(AT + times * HOUR)
    assert data == load(authority.folder / "cache", authority.first_root)
    assert {run + 10 for run in range(1, times + 1)} <= revoked_entries(data)
    names = [path.name for path in (authority.folder / "cache").rglob("*")]
    assert not [name for name in names if name.startswith(("tmp", "."))]


def limited(work: Callable[[], object], size: int) -> int:
    """The exit status of `work` in a process that can write no file beyond `size` bytes."""
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            work()
            status = 0
        except (PublicationFailed, SyncFailed):
            status = 3
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("size", [0, 100, 200, 300, 400, 500])
def test_a_full_disk_leaves_what_was_there(authority: Authority, size: int) -> None:
    authority.publish()
    before = authority.sync()
    authority.revoked.entries[YAR, 0][6] = 1
    assert limited(partial(authority.publish, AT + HOUR), size) == 3
    assert authority.sync(AT + HOUR).problems == ()
    assert authority.sync(AT + HOUR, cache="new").problems == ()
    authority.publish(AT + HOUR)
    assert limited(partial(authority.sync, AT + HOUR), size) == 3
    assert load(authority.folder / "cache", authority.first_root).trust == before.trust
    assert authority.sync(AT + HOUR).lists[YAR, 0].lookup(6) == 1


def test_what_python_tuf_lost_in_a_power_cut_is_given_back(authority: Authority) -> None:
    """Without it an older set would be taken again."""
    authority.publish()
    old = (authority.site / "metadata/timestamp.json").read_bytes()
    authority.publish(AT + HOUR)
    authority.sync(AT + HOUR)
    for path in (authority.folder / "cache/metadata").glob("*.json"):
        path.write_bytes(b"")
    (authority.site / "metadata/timestamp.json").write_bytes(old)
    with pytest.raises(SyncFailed) as caught:
        authority.sync(AT + HOUR)
    assert caught.value.code == "SYNC_ROLLBACK"
