"""`statusqr-keys` as an operator uses it: what it prints, where, and with which exit status."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from statusqr_keys import KeyState, KeyStore, KeyUse, PublicKey, Scope, TrustList
from statusqr_keys.cli import main

PHRASE = "верная фраза"
MOSCOW = 3 * 3600


@dataclass(frozen=True)
class Ran:
    status: int | str | None
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The console script within this process, with the passphrase in the environment."""
    monkeypatch.setenv("STATUSQR_PASSPHRASE", PHRASE)

    def run(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["statusqr-keys", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        return Ran(caught.value.code, *capsys.readouterr())

    return run


def new(run: Run, store: Path, *more: str) -> str:
    """The kid of a new key."""
    ran = run("new", "--store", store, "--authority", "yar-social", "--name", "Орган", *more)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"{ran.out[:16]}\n"
    return ran.out.strip()


def error(ran: Ran, code: str = "KEY") -> str:
    """The one line of an error of ours."""
    assert (ran.status, ran.out) == (1, "")
    start = f"Ошибка [{code}]: "
    assert ran.err.startswith(start)
    assert ran.err.endswith("\n")
    assert ran.err.count("\n") == 1
    return ran.err[len(start) : -1]


def test_new_with_everything_by_default(run: Run, tmp_path: Path) -> None:
    kid = new(run, tmp_path / "store")
    key = KeyStore(tmp_path / "store").find(kid)
    assert (key.issuer_id, key.issuer_name) == ("yar-social", "Орган")
    record = key.record
    assert (record.use, record.state, record.scope) == (KeyUse.PRINT, KeyState.ACTIVE, Scope())
    assert (record.valid_from.timestamp() + MOSCOW) % 86400 == 0  # a midnight in Moscow
    assert record.valid_from <= datetime.now(UTC) < record.valid_from + timedelta(days=1, minutes=1)
    assert record.valid_through - record.valid_from == timedelta(days=1095, seconds=-1)
    assert record.key.alg.label == "ES256"


def test_new_with_every_option(run: Run, tmp_path: Path) -> None:
    options = ["--use", "live", "--alg", "Ed25519", "--region", "1", "--region", "77"]
    options += ["--valid-from", "2026-11-21", "--valid-days", "10"]
    options += ["--category", "combat_veteran", "--category", "large_family"]
    options += ["--authority-name", "Орган один", "--authority-name", "Орган два"]
    kid = new(run, tmp_path, *options)
    record = KeyStore(tmp_path).find(kid).record
    assert (record.use, record.key.alg.label) == (KeyUse.LIVE, "Ed25519")
    assert record.valid_from == datetime(2026, 11, 20, 21, tzinfo=UTC)
    assert record.valid_through == datetime(2026, 11, 30, 20, 59, 59, tzinfo=UTC)
    assert record.scope == Scope(
        frozenset({"combat_veteran", "large_family"}),
        frozenset({"01", "77"}),
        frozenset({"Орган один", "Орган два"}),
    )
    signer = KeyStore(tmp_path).signer(kid, PHRASE.encode())
    assert signer.public_key.kid.hex() == kid


def test_new_from_a_descriptor(run: Run, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"another passphrase\n")
    os.close(writer)
    kid = new(run, tmp_path, "--passphrase-fd", str(reader))
    os.close(reader)
    assert KeyStore(tmp_path).signer(kid, b"another passphrase").public_key.kid.hex() == kid


def test_list(run: Run, tmp_path: Path) -> None:
    first = new(run, tmp_path, "--valid-from", "2026-11-21", "--valid-days", "10")
    second = new(run, tmp_path, "--alg", "Ed25519", "--use", "status")
    ran = run("list", "--store", tmp_path)
    assert (ran.status, ran.err) == (0, "")
    lines = {line[:16]: line for line in ran.out.splitlines()}
    assert lines.keys() == {first, second}
    words = lines[first].split()
    assert words[1:4] == ["print", "ES256", "active"]
    assert words[4:] == ["21.11.2026–30.11.2026", "yar-social", "Орган"]
    assert lines[second].split()[1:4] == ["status", "Ed25519", "active"]


def test_list_as_json(run: Run, tmp_path: Path) -> None:
    kids = {new(run, tmp_path), new(run, tmp_path, "--region", "76")}
    ran = run("list", "--json", "--store", tmp_path)
    keys = [json.loads(line) for line in ran.out.splitlines()]
    assert {key["kid"] for key in keys} == kids
    assert {key["issuer"] for key in keys} == {"yar-social"}
    assert {key["name"] for key in keys} == {"Орган"}
    assert sorted(key["scope"]["regions"] for key in keys) == [[], ["76"]]
    assert "Орган" in ran.out  # not escaped: a person reads it
    assert all("d" not in key["jwk"] for key in keys)


def test_retire(run: Run, tmp_path: Path) -> None:
    kid = new(run, tmp_path)
    ran = run("retire", kid, "--store", tmp_path)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == f"Ключ {kid} больше не подписывает; подписанное им остаётся в силе.\n"
    assert "  retired  " in run("list", "--store", tmp_path).out
    assert "уже не действует" in error(run("retire", kid, "--store", tmp_path))


def test_export(run: Run, tmp_path: Path) -> None:
    kid = new(run, tmp_path, "--alg", "Ed25519")
    jwk = json.loads(run("export", kid, "--store", tmp_path).out)
    assert jwk.keys() == {"kty", "crv", "x"}
    assert PublicKey.from_jwk(jwk).kid.hex() == kid


def test_trust_list(run: Run, tmp_path: Path) -> None:
    store, out = tmp_path / "store", tmp_path / "new folder" / "trust.json"
    kids = [new(run, store), new(run, store, "--use", "live")]
    run("retire", kids[0], "--store", store)
    ran = run("trust-list", "--store", store, "--out", out)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    trust = TrustList.load(out)
    assert {key.kid.hex() for issuer in trust.issuers for key in issuer.keys} == set(kids)
    found = trust.find(bytes.fromhex(kids[0]))
    assert found
    assert found[1] == KeyStore(store).find(kids[0]).record
    assert stat.S_IMODE(out.stat().st_mode) == 0o644
    assert "Орган" in out.read_text(encoding="utf-8")
    assert trust.published
    assert abs(datetime.now(UTC) - trust.published) < timedelta(minutes=1)


def test_errors_are_one_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    kid = new(run, store)
    assert "такого хранилища ключей нет" in error(run("list", "--store", tmp_path / "absent"))
    assert "такого ключа" in error(run("export", "0" * 16, "--store", store))
    assert "такого ключа" in error(run("retire", "../../etc/passwd", "--store", store))
    out = error(run("trust-list", "--store", store, "--out", tmp_path))
    assert out == "список доверия не записывается: Is a directory"
    in_file = store / f"{kid}.json" / "trust.json"
    assert "не записывается" in error(run("trust-list", "--store", store, "--out", in_file))
    (store / f"{kid}.json").write_text("{")
    assert f"{kid}.json" in error(run("list", "--store", store))
    monkeypatch.setenv("STATUSQR_PASSPHRASE", "short")
    ran = run("new", "--store", store, "--authority", "a", "--name", "N")
    assert "короче" in error(ran)


def test_the_installed_program(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("statusqr-keys")
    environment = {**os.environ, "STATUSQR_PASSPHRASE": PHRASE}
    arguments = ["new", "--store", "store", "--authority", "a", "--name", "N"]
    made = subprocess.run(
        [program, *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert KeyStore(tmp_path / "store").find(made.stdout.strip()).issuer_id == "a"
    failed = subprocess.run(
        [program, "list", "--store", "absent"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("Ошибка [KEY]: ")
    assert failed.stderr.count("\n") == 1
