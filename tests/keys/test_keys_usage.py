"""Wrong usage of `statusqr-keys`: exit status 2, a word on how to use it, and nothing is made."""

import sys
from pathlib import Path

import pytest

from statusqr_keys.cli import main

NEW = ("new", "--store", "s", "--authority", "a", "--name", "N")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("unknown",),
        NEW[:3],
        NEW[:5],
        NEW[3:],
        (*NEW, "--use", "Print"),
        (*NEW, "--alg", "RSA"),
        (*NEW, "--alg", "ED25519"),
        (*NEW, "--authority", "два слова"),
        (*NEW, "--authority", "-"),
        (*NEW, "--authority", ""),
        (*NEW, "--region", "00"),
        (*NEW, "--region", "Ярославль"),
        (*NEW, "--region", "٧٧"),
        (*NEW, "--region", ""),
        (*NEW, "--valid-days", "0"),
        (*NEW, "--valid-days", "36501"),
        (*NEW, "--valid-from", "21.11.2026"),
        (*NEW, "--valid-from", "2026-02-30"),
        (*NEW, "--valid-from", "2026-11-21T00:00:00"),
        (*NEW, "--passphrase-fd", "three"),
        (*NEW, "surplus"),
        ("retire", "--store", "s"),
        ("export", "0" * 16),
        ("trust-list", "--store", "s"),
        ("list", "--store", "s", "--yaml"),
    ],
)
def test_wrong_usage(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATUSQR_PASSPHRASE", "a good passphrase")
    monkeypatch.setattr(sys, "argv", ["statusqr-keys", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert "Usage: " in "".join(capsys.readouterr())
    assert list(tmp_path.iterdir()) == []
