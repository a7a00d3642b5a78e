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


def bug(reason: str) -> pytest.MarkDecorator:
    return pytest.mark.xfail(reason=reason)


TRACEBACK = bug("ends with a traceback")
BROKEN = bug("makes a store that cannot be read any more")
REFUSED_LATER = bug("makes a trust list that no loader accepts")


@pytest.mark.parametrize(
    ("option", "value", "phrase"),
    [
        ("--name", "Орган «Тест»\n\t", PHRASE),
        ("--name", "n" * 1000, PHRASE),
        ("--name", "𝒳🙂", PHRASE),
        pytest.param("--name", "", PHRASE, marks=REFUSED_LATER),
        pytest.param("--name", "n" * 1001, PHRASE, marks=REFUSED_LATER),
        pytest.param("--name", BYTES, PHRASE, marks=TRACEBACK),
        ("--authority", BYTES, PHRASE),
        ("--authority", "a\n", PHRASE),
        pytest.param("--authority-name", "", PHRASE, marks=BROKEN),
        pytest.param("--authority-name", "n" * 1001, PHRASE, marks=BROKEN),
        pytest.param("--category", "", PHRASE, marks=BROKEN),
        ("--region", "0" * 1000 + "1", PHRASE),
        pytest.param("--region", "9" * 5000, PHRASE, marks=TRACEBACK),
        ("--valid-from", "٢٠٢٦-11-21", PHRASE),
        ("--valid-from", "1000-01-02", PHRASE),
        pytest.param("--valid-from", "0001-01-01", PHRASE, marks=TRACEBACK),
        pytest.param("--valid-from", "0999-01-01", PHRASE, marks=BROKEN),
        pytest.param("--valid-from", "9999-01-01", PHRASE, marks=TRACEBACK),
        ("--passphrase-fd", "987654", PHRASE),
        pytest.param("--passphrase-fd", "-1", PHRASE, marks=TRACEBACK),
        pytest.param("--passphrase-fd", "9" * 20, PHRASE, marks=TRACEBACK),
        ("--name", "N", "п" * 511),
        pytest.param("--name", "N", "п" * 512, marks=TRACEBACK),
        pytest.param("--name", "N", BYTES * 8, marks=TRACEBACK),
    ],
)
def test_an_option(
    option: str,
    value: str,
    phrase: str,
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
    if caught.value.code in (1, 2):
        assert not store.exists() or not list(store.iterdir())
        return
    assert caught.value.code == 0
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


@bug("ends with a traceback")
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
