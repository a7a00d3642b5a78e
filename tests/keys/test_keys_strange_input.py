"""Whatever a shell hands over, `statusqr-keys new` refuses it in a line, or makes a usable key."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from statusqr_keys import KeyStore, TrustList
from statusqr_keys.cli import main

PHRASE = "a good passphrase"
BYTES = os.fsdecode(b"\xff\xfe")  # an argument that is not UTF-8, as Python hands it on


@pytest.mark.parametrize(
    ("option", "value", "phrase", "status"),
    [
        ("--name", "Орган «Тест», № 1", PHRASE, 0),
        ("--name", "n" * 1000, PHRASE, 0),
        ("--name", "𝒳🙂", PHRASE, 0),
        ("--name", "", PHRASE, 2),
        ("--name", " ", PHRASE, 2),
        ("--name", "n" * 1001, PHRASE, 2),
        ("--name", "две\nстроки", PHRASE, 2),
        ("--name", BYTES, PHRASE, 2),
        ("--authority", BYTES, PHRASE, 2),
        ("--authority", "a\n", PHRASE, 2),
        ("--authority-name", "", PHRASE, 2),
        ("--authority-name", "n" * 1001, PHRASE, 2),
        ("--category", "", PHRASE, 2),
        ("--region", "0" * 1000 + "1", PHRASE, 2),
        ("--region", "9" * 5000, PHRASE, 2),
        ("--valid-from", "1900-01-01", PHRASE, 0),
        ("--valid-from", "2199-12-31", PHRASE, 0),
        ("--valid-from", "0001-01-01", PHRASE, 2),
        ("--valid-from", "0999-01-01", PHRASE, 2),
        ("--valid-from", "1899-12-31", PHRASE, 2),
        ("--valid-from", "2200-01-01", PHRASE, 2),
        ("--valid-from", "9999-12-31", PHRASE, 2),
        ("--passphrase-fd", "-1", PHRASE, 2),
        ("--passphrase-fd", "987654", PHRASE, 1),
        ("--passphrase-fd", "9" * 14, PHRASE, 1),
        ("--passphrase-fd", "9" * 20, PHRASE, 1),
        ("--name", "N", "п" * 511, 0),
        ("--name", "N", "п" * 512, 1),
        ("--name", "N", BYTES * 8, 1),
    ],
)
def test_an_option(
    option: str,
    value: str,
    phrase: str,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store = tmp_path / "store"
    arguments = ["--store", str(store), "--authority", "a", "--name", "N", option, value]
    monkeypatch.setenv("STATUSQR_PASSPHRASE", phrase)
    monkeypatch.setattr(sys, "argv", ["statusqr-keys", "new", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == status
    if status:
        assert not store.exists()
        return
    kid = capsys.readouterr().out.strip()
    assert KeyStore(store).find(kid).kid == kid
    out = tmp_path / "trust.json"
    monkeypatch.setattr(
        sys, "argv", ["statusqr-keys", "trust-list", "--store", str(store), "--out", str(out)]
    )
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 0
    assert TrustList.load(out).find(bytes.fromhex(kid))


def test_without_any_stdin(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("statusqr-keys")
    arguments = ["new", "--store", str(tmp_path / "store"), "--authority", "a", "--name", "N"]
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" "$@" <&-', str(program), *arguments],
        env={name: os.environ[name] for name in os.environ if name != "STATUSQR_PASSPHRASE"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Ошибка [KEY]: нет парольной фразы")
    assert done.stderr.count("\n") == 1
