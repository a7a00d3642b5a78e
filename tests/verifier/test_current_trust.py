"""Trust data that change while a program runs: taken at once, whole, and never for the worse."""

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from publishing import AT, DAY, HOUR, YAR, Authority, Revoked
from world import NOON, Key, record, trust, world

from statusqr_issuer import issue
from statusqr_keys import KeyUse, Scope
from statusqr_schema import StatusReference, TrustDataRefused, TrustListRefused
from statusqr_verifier import Policy, Reason, Verdict
from statusqr_verifier.checkpoint.background import Background
from statusqr_verifier.current_trust import CurrentTrust
from statusqr_verifier.trust_source import SEEN, TrustSet, cached, synchronise

TEXT = world().print_key.issue().text


def write(path: Path, *keys: Key) -> None:
    """As a careful writer does: whole, in the place of the old one."""
    new = path.with_name("new")
    new.write_text(json.dumps(trust(*keys).to_json()), encoding="utf-8")
    new.replace(path)


def verdict(current: CurrentTrust, policy: Policy | None = None) -> Verdict:
    return current.verifier(policy or Policy()).check(TEXT, NOON).verdict


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    path = tmp_path / "trust.json"
    write(path, world().print_key)
    return path


def test_a_new_list_is_taken_without_a_restart(pinned: Path) -> None:
    current = CurrentTrust.pinned(pinned)
    assert verdict(current) is Verdict.VALID
    assert current.refresh() is False  # nothing has changed
    held = current.verifier(Policy())
    write(pinned, Key.make())
    assert verdict(current) is Verdict.VALID  # not before it is asked
    assert current.refresh() is True
    assert verdict(current) is Verdict.UNDETERMINED
    assert held.check(TEXT, NOON).verdict is Verdict.VALID  # a check that is under way
    assert (current.published, current.age(NOON)) == (None, None)


@pytest.mark.parametrize("damage", ["cut", "not json", "empty", "another version", "gone"])
def test_a_broken_list_leaves_the_old_one_in_place(pinned: Path, damage: str) -> None:
    current = CurrentTrust.pinned(pinned)
    good = pinned.read_bytes()
    match damage:
        case "gone":
            pinned.unlink()
        case "cut":
            pinned.write_bytes(good[:-20])
        case "empty":
            pinned.write_bytes(b"")
        case "another version":
            pinned.write_text(json.dumps({**json.loads(good), "version": 99}))
        case _:
            pinned.write_bytes(b"\xff<html>")
    assert current.refresh() is False
    assert current.refresh() is False
    assert verdict(current) is Verdict.VALID
    write(pinned, world().print_key, Key.make())
    assert current.refresh() is True
    assert verdict(current) is Verdict.VALID


def test_no_start_without_data(tmp_path: Path) -> None:
    with pytest.raises(TrustListRefused):
        CurrentTrust.pinned(tmp_path / "missing.json")
    with pytest.raises(TrustDataRefused):
        CurrentTrust.cached(tmp_path)


def test_the_categories_of_the_keys_are_offered() -> None:
    key = Key.make(scope=Scope(categories=frozenset({"large_family"})))
    held = TrustSet(trust(key, Key.make()))
    assert CurrentTrust(lambda: held, Path("none")).categories() == {"large_family"}


def test_a_verifier_for_each_policy_and_no_more_than_a_hundred() -> None:
    held = TrustSet(world().trust)
    current = CurrentTrust(lambda: held, Path("none"))
    policies = [Policy(max_trust_age=timedelta(hours=hours)) for hours in range(1, 252)]
    for policy in policies:
        assert current.verifier(policy) is current.verifier(policy)
        assert verdict(current, policy) is Verdict.VALID
    assert len(current._now.verifiers) <= 100
    assert verdict(current, policies[0]) is Verdict.VALID


def test_threads_see_one_set_or_the_other(pinned: Path) -> None:
    """Never half of each: the code of one key and the code of the other are not both valid."""
    first, second = world().print_key, Key.make()
    texts = (first.issue().text, second.issue().text)
    current = CurrentTrust.pinned(pinned)
    stop = threading.Event()

    def change() -> int:
        taken = 0
        for turn in range(60):
            write(pinned, (second, first)[turn % 2])
            taken += current.refresh()
        stop.set()
        return taken

    def check() -> set[tuple[Verdict, ...]]:
        found = set()
        while True:  # once at least, also where all changes were faster
            verifier = current.verifier(Policy())
            found.add(tuple(verifier.check(text, NOON).verdict for text in texts))
            if stop.is_set():
                return found

    with ThreadPoolExecutor(4) as pool:
        changes = pool.submit(change)
        seen = [pool.submit(check) for _ in range(3)]
        assert changes.result() == 60
        found = set().union(*(one.result() for one in seen))
    good, bad = Verdict.VALID, Verdict.UNDETERMINED
    assert found <= {(good, bad), (bad, good)}
    assert found


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    authority = Authority.make(tmp_path_factory.mktemp("made"))
    authority.revoked = Revoked({(YAR, 0): {}})
    authority.publish()
    return authority


@pytest.fixture
def authority(published: Authority, tmp_path: Path) -> Authority:
    copied = published.copy(tmp_path)
    shutil.copytree(published.site, copied.site)
    return copied


def take(authority: Authority, cache: Path) -> None:
    root = authority.folder / "root.json"
    root.write_bytes(authority.first_root)
    synchronise(str(authority.site), root, cache, AT)


def test_a_cache_that_another_program_keeps(authority: Authority, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    take(authority, cache)
    current = CurrentTrust.cached(cache)
    assert current.published == AT
    assert current.age(AT + DAY) == DAY
    before = {key.kid for issuer in current._now.data.trust.issuers for key in issuer.keys}
    assert current.refresh() is False
    authority.retire(YAR, KeyUse.PRINT)
    authority.publish(AT + DAY)
    synchronise(str(authority.site), None, cache, AT + DAY)
    assert current.published == AT
    assert current.refresh() is True
    assert current.published == AT + DAY
    assert {k.kid for i in current._now.data.trust.issuers for k in i.keys} == before


def test_a_cache_that_is_damaged_while_the_program_runs(
    authority: Authority, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    take(authority, cache)
    current = CurrentTrust.cached(cache)
    for path in [path for path in cache.rglob("*") if path.is_file()]:
        kept = path.read_bytes()
        for damage in (b"", kept[: len(kept) // 2], b"\x00" * 100):
            path.write_bytes(damage)
            current._known = (0, 0, 0)  # as if it had just changed
            current.refresh()
            assert current.published == AT
        path.unlink()
        current._known = (0, 0, 0)
        current.refresh()
        assert current.published == AT
        path.write_bytes(kept)
    current._known = (0, 0, 0)
    assert current.refresh() is True


def code_of(authority: Authority) -> str:
    key = authority.store.find(authority.kid(YAR, KeyUse.PRINT)).record
    signer, entry = authority.key(YAR, KeyUse.PRINT), StatusReference(0, 4711)
    return issue(record(), signer, key=key, issued_at=AT, status=entry).text


def reasons(current: CurrentTrust, text: str, at: datetime) -> list[Reason]:
    return [one.reason for one in current.verifier(Policy()).check(text, at).findings]


def test_a_clock_set_back_while_the_program_runs_is_noticed(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    take(authority, cache)
    current, text = CurrentTrust.cached(cache), code_of(authority)
    assert reasons(current, text, AT + HOUR) == []
    monkeypatch.setattr("statusqr_verifier.checkpoint.background.datetime", NextDay)
    Background(current, cache)._look()  # it is AT + DAY now
    assert reasons(current, text, AT + DAY) == []
    assert reasons(current, text, AT + HOUR) == [Reason.CLOCK_WRONG]
    (cache / SEEN).unlink()  # a disk that cannot be written
    authority.publish(AT + HOUR)
    synchronise(str(authority.site), None, cache, AT + DAY)
    assert current.refresh() is True
    assert reasons(current, text, AT + 2 * HOUR) == [Reason.CLOCK_WRONG]  # new data, still known


def test_what_another_program_noted_later_is_taken(authority: Authority, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    take(authority, cache)
    current, text = CurrentTrust.cached(cache), code_of(authority)
    current.note(AT + HOUR)
    (cache / SEEN).write_text(f"{(AT + DAY).timestamp():.0f}")
    current._known = (0, 0, 0)  # as if it had just changed
    assert current.refresh() is True
    assert reasons(current, text, AT + 2 * HOUR) == [Reason.CLOCK_WRONG]


def test_time_is_noted_by_the_minute_and_only_while_the_data_are_fresh(
    authority: Authority, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    take(authority, cache)
    current, text = CurrentTrust.cached(cache), code_of(authority)
    current.note(AT + 90 * DAY)  # a clock that ran ahead must not close the place
    assert reasons(current, text, AT) == []
    current.note(AT + HOUR)
    for seconds in (-600, 0, 1, 60):
        held = current.verifier(Policy())
        current.note(AT + HOUR + timedelta(seconds=seconds))
        assert current.verifier(Policy()) is held, seconds
    current.note(AT + HOUR + timedelta(seconds=61))
    assert current.verifier(Policy()) is not held
    strict = Policy(max_trust_age=2 * HOUR)
    current.note(AT + 3 * HOUR, strict)
    assert reasons(current, text, AT + 2 * HOUR) == []
    current.note(AT + 3 * HOUR)
    assert reasons(current, text, AT + 2 * HOUR) == [Reason.CLOCK_WRONG]
    # The file is the business of `remember`.
    assert cached(cache, Policy()).check(text, AT + HOUR).verdict is Verdict.VALID


def test_a_pinned_list_notes_no_time(pinned: Path) -> None:
    current = CurrentTrust.pinned(pinned)
    held = current.verifier(Policy())
    current.note(NOON + DAY)
    assert current.verifier(Policy()) is held
    assert verdict(current) is Verdict.VALID


class NextDay(datetime):
    """The clock of the background: no published data run out in these tests."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "NextDay":
        return cls.fromtimestamp((AT + DAY).timestamp(), tz)


class Told(threading.Event):
    """Set when something is asked for the nth time."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.calls, self._after = 0, after

    def note(self) -> None:
        self.calls += 1
        if self.calls >= self._after:
            self.set()


def test_the_background_goes_on_after_a_fault(
    pinned: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A thread that dies of an unforeseen error would leave the data old for ever."""
    current = CurrentTrust.pinned(pinned)
    told = Told(after=3)

    def fail() -> bool:
        told.note()
        raise ValueError("Лебедева")

    monkeypatch.setattr(current, "refresh", fail)
    monkeypatch.setattr("statusqr_verifier.checkpoint.background.LOOK_EVERY", 0.001)
    background = Background(current, None)
    background.start()
    assert told.wait(60)
    background.stop()
    for thread in background._threads:
        thread.join(60)
        assert not thread.is_alive()
    assert "ValueError" in caplog.text
    assert "Лебедева" not in caplog.text


def test_the_background_keeps_a_cache_new(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published while the program runs is judged by, with no hand laid on it."""
    cache = tmp_path / "cache"
    take(authority, cache)
    current = CurrentTrust.cached(cache)
    told = Told(after=1)
    refresh = current.refresh

    def noted() -> bool:
        taken = refresh()
        if current.published == AT + DAY:
            told.note()
        return taken

    monkeypatch.setattr("statusqr_verifier.checkpoint.background.datetime", NextDay)
    monkeypatch.setattr(current, "refresh", noted)
    monkeypatch.setattr("statusqr_verifier.checkpoint.background.LOOK_EVERY", 0.01)
    authority.publish(AT + DAY)
    background = Background(current, cache, str(authority.site), timedelta(seconds=0.01))
    background.start()
    assert told.wait(60)
    background.stop()
    assert current.published == AT + DAY
    assert (cache / "seen").is_file()


def test_a_source_that_is_gone_is_named_in_the_log(
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    cache = tmp_path / "cache"
    take(authority, cache)
    background = Background(CurrentTrust.cached(cache), cache, str(tmp_path / "no such folder"))
    background._synchronise()
    assert "sync failed [" in caplog.text
