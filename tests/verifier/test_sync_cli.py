"""`sync` and `verify --cache`: what a checkpoint learns, and what it goes on knowing offline."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from publishing import YAR, Authority, Revoked, serving
from world import record

from statusqr_issuer import issue
from statusqr_keys import KeyUse
from statusqr_schema import StatusReference
from statusqr_verifier import Policy, Reason, Verdict, cli, trust_source

Run = Callable[..., tuple[int, str, str]]
NOW = datetime.now(UTC).replace(microsecond=0)  # the commands read the clock
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENTRY = StatusReference(0, 4711)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of the verifier; give exit status, stdout and stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["statusqr-verifier", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return call


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def authority(made: Authority, tmp_path: Path) -> Authority:
    """An issuer whose code is in `code.txt`, published an hour ago."""
    authority = made.copy(tmp_path)
    authority.revoked = Revoked({(YAR, 0): {}})
    authority.publish(NOW - HOUR)
    kid = authority.kid(YAR, KeyUse.PRINT)
    key = authority.store.find(kid).record
    signer = authority.key(YAR, KeyUse.PRINT)
    code = issue(record(), signer, key=key, issued_at=NOW - 2 * HOUR, status=ENTRY)
    (tmp_path / "code.txt").write_text(code.text)
    (tmp_path / "given.json").write_bytes(authority.first_root)
    return authority


def verdict(run: Run, folder: Path) -> tuple[str, list[str], list[str]]:
    _, out, _ = run("verify", folder / "code.txt", "--cache", folder / "kept", "--json")
    report = json.loads(out)
    codes = [found["code"] for found in report["findings"]]
    return report["verdict"], codes, [notice["code"] for notice in report["notices"]]


def test_the_day_of_a_checkpoint(authority: Authority, run: Run, tmp_path: Path) -> None:
    """Sync, lose the network, verify; a revocation comes on a stick, and the verdict changes."""
    kept = ("--cache", tmp_path / "kept")
    with serving(authority.site) as server:
        status, out, err = run(
            "sync", "--from", server.url, "--root", tmp_path / "given.json", *kept
        )
    assert (status, err) == (0, "")
    assert out.startswith("Данные опубликованы ")
    assert out.endswith(": издателей 2, списков отзыва 1.\n")
    assert verdict(run, tmp_path) == ("VALID", [], ["N-PRT"])

    status, _, err = run("sync", "--from", server.url, *kept)
    assert status == 1
    assert "[SYNC_UNREACHABLE]" in err
    assert "Прежние данные, если они были, не изменены." in err
    assert verdict(run, tmp_path) == ("VALID", [], ["N-PRT"])

    authority.revoked.entries[YAR, 0] = {ENTRY.index: 1}
    authority.publish(NOW, to=tmp_path / "stick")
    assert run("sync", "--from", tmp_path / "stick", *kept)[0] == 0
    assert verdict(run, tmp_path) == ("INVALID", ["R-REV"], ["N-PRT"])

    # The stick of before, given by whom it suits: what was seen stays seen.
    status, _, err = run("sync", "--from", authority.site, *kept)
    assert status == 1
    assert "[SYNC_ROLLBACK]" in err
    assert verdict(run, tmp_path) == ("INVALID", ["R-REV"], ["N-PRT"])


def test_amber_after_the_policys_age(authority: Authority, run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    run("sync", "--from", authority.site, "--root", tmp_path / "given.json", "--cache", kept)
    verifier = trust_source.cached(kept, Policy())
    text = (tmp_path / "code.txt").read_text()
    published = NOW - HOUR
    assert verifier.check(text, published + 3 * DAY).verdict is Verdict.VALID
    late = verifier.check(text, published + 3 * DAY + timedelta(seconds=1))
    assert late.verdict is Verdict.UNDETERMINED
    assert [f.reason for f in late.findings] == [Reason.STALE_STATUS, Reason.STALE_TRUST]
    set_back = verifier.check(text, published - timedelta(seconds=61))
    assert [f.reason for f in set_back.findings] == [Reason.CLOCK_WRONG]


def test_the_age_is_the_places_own_choice(authority: Authority, run: Run, tmp_path: Path) -> None:
    authority.publish(NOW - HOUR, to=tmp_path / "stick")
    kept = tmp_path / "kept"
    run("sync", "--from", tmp_path / "stick", "--root", tmp_path / "given.json", "--cache", kept)
    command = ("verify", tmp_path / "code.txt", "--cache", kept, "--json")
    assert json.loads(run(*command)[1])["verdict"] == "VALID"
    strict = json.loads(run(*command, "--max-age", "1")[1])
    assert strict["verdict"] == "UNDETERMINED"
    assert [found["code"] for found in strict["findings"]] == ["R-OLD", "T-OLD"]


def test_a_clock_that_is_set_back_does_not_make_old_data_fresh(
    authority: Authority, run: Run, tmp_path: Path
) -> None:
    """Revoked on the third day, withheld; on the fifth the clock is set back to the first."""
    kept = tmp_path / "kept"
    run("sync", "--from", authority.site, "--root", tmp_path / "given.json", "--cache", kept)
    text, published = (tmp_path / "code.txt").read_text(), NOW - HOUR
    first, third = published + 26 * HOUR, published + 70 * HOUR
    assert trust_source.cached(kept, Policy()).check(text, first).verdict is Verdict.VALID
    trust_source.remember(kept, third, trust_source.cached(kept, Policy()))
    verifier = trust_source.cached(kept, Policy())
    assert verifier.check(text, third).verdict is Verdict.VALID
    report = verifier.check(text, first)
    assert [found.reason for found in report.findings] == [Reason.CLOCK_WRONG]
    assert trust_source.cached(kept, Policy(as_of=True)).check(text, first).verdict is Verdict.VALID


def test_a_clock_that_ran_ahead_is_not_remembered(
    authority: Authority, run: Run, tmp_path: Path
) -> None:
    """The data look old then, so nothing is green; and nothing stays closed afterwards."""
    kept = tmp_path / "kept"
    run("sync", "--from", authority.site, "--root", tmp_path / "given.json", "--cache", kept)
    verifier = trust_source.cached(kept, Policy())
    trust_source.remember(kept, NOW + 1000 * DAY, verifier)
    assert not (kept / trust_source.SEEN).exists()
    for rubbish in ("", "x", "-1", "9" * 40):
        (kept / trust_source.SEEN).write_text(rubbish)
        assert verdict(run, tmp_path)[0] == "VALID"


def test_verifying_remembers_the_moment(authority: Authority, run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    run("sync", "--from", authority.site, "--root", tmp_path / "given.json", "--cache", kept)
    assert verdict(run, tmp_path)[0] == "VALID"
    noted = int((kept / trust_source.SEEN).read_text())
    assert NOW.timestamp() <= noted <= datetime.now(UTC).timestamp()
    run("verify", tmp_path / "code.txt", "--cache", kept, "--at", "2030-01-01T00:00:00+03:00")
    assert int((kept / trust_source.SEEN).read_text()) == noted


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "site"), "корень доверия не читается"),
        (("--from", "nowhere", "--root", "given.json"), "[SYNC_"),
        (("--from", "site", "--root", "code.txt"), "[SYNC_REFUSED]"),
    ],
    ids=["no root", "nothing there", "not a root"],
)
def test_what_cannot_be_synchronised(
    authority: Authority,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = run("sync", *arguments, "--cache", "kept")
    assert (status, out) == (1, "")
    assert words in err
    assert "Traceback" not in err
    assert not (tmp_path / "kept" / "root.json").exists()


def test_the_source_that_is_kept_holds_from_any_folder(
    authority: Authority, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, root = tmp_path / "kept", ("--root", tmp_path / "given.json")
    (tmp_path / "current").symlink_to(authority.site)  # what it leads to may change
    (tmp_path / "elsewhere").mkdir()
    for folder in ("site", "current"):
        monkeypatch.chdir(tmp_path)
        assert run("sync", "--from", folder, *root, "--cache", kept)[0] == 0
        assert trust_source.last_source(kept) == str(tmp_path / folder)
        monkeypatch.chdir(tmp_path / "elsewhere")
        source = trust_source.last_source(kept)
        assert run("sync", "--from", source, "--cache", kept)[0] == 0
    with serving(authority.site) as server:
        for url in (authority.site.as_uri(), server.url):
            assert run("sync", "--from", url, "--cache", kept)[0] == 0
            assert trust_source.last_source(kept) == url


def test_verify_needs_one_source_of_trust(authority: Authority, run: Run, tmp_path: Path) -> None:
    code = tmp_path / "code.txt"
    assert run("verify", code)[0] == 2
    assert run("verify", code, "--cache", tmp_path, "--trust", code)[0] == 2
    status, _, err = run("verify", code, "--cache", tmp_path / "empty")
    assert status == 2
    assert "[TRUST_DATA]" in err


def test_a_damaged_cache_is_refused_and_mended(
    authority: Authority, run: Run, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    source = ("sync", "--from", authority.site, "--cache", kept)
    run(*source, "--root", tmp_path / "given.json")
    for path in (kept / "objects").iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    assert run("verify", tmp_path / "code.txt", "--cache", kept)[0] == 2
    assert run(*source)[0] == 0
    assert verdict(run, tmp_path)[0] == "VALID"


def test_watching_goes_on_after_a_failure(authority: Authority, tmp_path: Path) -> None:
    """A real process: it fails while the folder is away, and gets the data once it is back."""
    authority.site.rename(tmp_path / "away")
    program = str(Path(sys.executable).with_name("statusqr-verifier"))
    command: list[str | Path] = [program, "sync", "--from", authority.site]
    command += ["--root", tmp_path / "given.json", "--cache", tmp_path / "kept"]
    command += ["--watch", "--every", "0.01"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        assert process.stderr.readline().startswith("Ошибка [SYNC_")
        shutil.copytree(tmp_path / "away", tmp_path / "whole")
        (tmp_path / "whole").rename(authority.site)
        assert process.stdout.readline().startswith("Данные опубликованы ")
        process.terminate()
    assert (tmp_path / "kept" / "root.json").read_bytes() == authority.first_root
