"""`statusqr-issuer` and what may go wrong: names, files, folders, options, missing parts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from commands import AT, PASSPHRASE, Run, objects, write
from world import DATA, documents

from statusqr_issuer import cli


def test_names_of_files_lead_nowhere(run_issue: Run, tmp_path: Path) -> None:
    one, two, three = (json.loads(json.dumps(documents()["R02"])) for _ in range(3))
    one["id"], two["id"] = "../../../up", "..\\..//UP"
    del three["id"]
    out = tmp_path / "deep" / "out"
    assert (
        run_issue(write(tmp_path, [one, two, three]), "--out", out, "--at", AT, "--formats", "txt")[
            0
        ]
        == 0
    )
    names = sorted(path.name for path in out.iterdir())
    assert len(names) == 3
    assert names[0] == "17-2026.txt"
    assert [name.startswith("up") for name in names[1:]] == [True, True]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "records.json"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1, 2", b"\xff\xfe", b'"text"', b"7", b'{"a": 1, "a": 2}', b"[NaN]"]
)
def test_files_that_are_not_records(content: bytes, run_issue: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    status, out, err = run_issue(path, "--out", tmp_path / "out")
    assert (status, out) == (1, "")
    assert err.startswith("Ошибка [INPUT]: ")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "options",
    [
        ("--formats", "doc"),
        ("--at", "2026-11-21"),
        ("--valid-days", "401"),
        ("--profile", "all"),
        ("--presentation", "paper"),
    ],
)
def test_wrong_usage(options: tuple[str, ...], run_issue: Run, tmp_path: Path) -> None:
    status, _, err = run_issue(DATA / "records.json", "--out", tmp_path / "out", *options)
    assert status == 2
    assert "Traceback" not in err


def test_a_missing_store_or_passphrase(
    run_issue: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATUSQR_PASSPHRASE", "another passphrase")
    status, _, err = run_issue(DATA / "records.json", "--out", tmp_path / "out", "--at", AT)
    assert (status, err[:12]) == (1, "Ошибка [KEY]")
    monkeypatch.delenv("STATUSQR_PASSPHRASE")
    status, _, err = run_issue(DATA / "records.json", "--out", tmp_path / "out", "--at", AT)
    assert (status, "нет парольной фразы" in err) == (1, True)


def test_without_the_extra_it_says_what_to_install(operator_store: Path, tmp_path: Path) -> None:
    """In a process of its own, where the libraries of the extra cannot be imported."""
    path = write(tmp_path, documents()["R01"])
    for library, formats in (("segno", "png"), ("typst", "pdf")):
        program = (
            f"import sys; sys.modules['{library}'] = None\n"
            "from statusqr_issuer.cli import main\n"
            f"sys.argv = ['statusqr-issuer', 'issue', {str(path)!r}, '--store', "
            f"{str(operator_store)!r}, "
            f"'--out', {str(tmp_path / 'out')!r}, '--at', {AT!r}, '--formats', {formats!r}]\n"
            "main()\n"
        )
        environment = {"STATUSQR_PASSPHRASE": PASSPHRASE, "LANG": "C.UTF-8"}
        ended = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 1
        assert ended.stderr.startswith("Ошибка [EXTRA]: ")
        assert "pip install '.[issuer]'" in ended.stderr


def test_an_id_that_cannot_be_printed(run_issue: Run, tmp_path: Path) -> None:
    record = json.loads(json.dumps(documents()["R02"]))
    record["id"] = "\ud800\x1b[2J"
    path = tmp_path / "records.json"
    path.write_text(json.dumps(record), encoding="ascii")
    status, out, _ = run_issue(
        path, "--out", tmp_path / "out", "--at", AT, "--formats", "txt", "--json"
    )
    assert (status, objects(out)[0]["id"]) == (0, "2j")
    record["holder"]["snils"] = None
    path.write_text(json.dumps(record), encoding="ascii")
    status, _, err = run_issue(path, "--out", tmp_path / "out", "--at", AT)
    assert (status, err.splitlines()[0]) == (1, "запись 1: запись не принята")


def test_a_folder_that_cannot_be_written(run_issue: Run, tmp_path: Path) -> None:
    path = write(tmp_path, documents()["R02"])
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "out" / "r02.txt" / "in the way").mkdir(parents=True)
    for out in (tmp_path / "file", tmp_path / "file" / "deeper", tmp_path / "out"):
        status, _, err = run_issue(path, "--out", out, "--at", AT, "--formats", "txt")
        assert (status, err[:15]) == (1, "Ошибка [OUTPUT]")


def test_what_is_written_is_for_its_owner_only(run_issue: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run_issue(write(tmp_path, documents()["R02"]), "--out", out, "--at", AT)
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}


def test_slips_that_no_rule_forbids_are_pointed_out(run_issue: Run, tmp_path: Path) -> None:
    record = json.loads(json.dumps(documents()["R08"]))
    del record["status"]["period"]["indefinite"]
    record["status"]["period"]["valid_throgh"] = "2021-01-01"
    record["family_member"] = []
    record["birth_place"] = "Кемерово"
    record["status"]["name"] = "Ветеран труда"
    path = write(tmp_path, record)
    status, _, err = run_issue(path, "--out", tmp_path / "out", "--at", AT, "--formats", "txt")
    assert status == 0
    assert err.splitlines() == [
        "R08: внимание: status.period.valid_throgh: такого поля нет, похоже на valid_through; "
        "оно не использовано",
        "R08: внимание: family_member: такого поля нет, похоже на family_members; "
        "оно не использовано",
        "R08: внимание: status.category: наименование «Ветеран труда» – у категории "
        "labour_veteran, а указана combat_veteran",
    ]


def test_the_list_of_categories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[lunar_settler]\nname = "Лунный"\nname_en = "Lunar"\n', encoding="utf-8")
    words = ["statusqr-issuer", "categories", "--categories", str(own)]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit):
        cli.main()
    lines = capsys.readouterr().out.splitlines()
    assert "combat_veteran       Ветеран боевых действий" in lines
    assert lines[-1] == "lunar_settler        Лунный"


def test_an_unknown_category_is_answered_with_those_alike(run_issue: Run, tmp_path: Path) -> None:
    record = json.loads(json.dumps(documents()["R08"]))
    record["status"]["category"] = "veteran"
    _, _, err = run_issue(write(tmp_path, record), "--out", tmp_path / "out", "--at", AT)
    assert "похожи: war_veteran" in err
    assert "combat_veteran" in err
