"""`statusqr-issuer issue` as an operator's scripts use it, on a real store."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from world import DATA, documents

from statusqr_issuer import cli
from statusqr_keys import KeyStore, TrustList
from statusqr_verifier import Policy, Verdict, Verifier, read_codes

Run = Callable[..., tuple[int, str, str]]
AT = "2026-11-21T11:00:00+03:00"
PASSPHRASE = "a passphrase for tests"  # noqa: S105


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a print and a live key, made by the command line as an operator would."""
    folder = tmp_path_factory.mktemp("authority")
    for use in ("print", "live"):
        command = [str(Path(sys.executable).with_name("statusqr-keys")), "new"]
        command += ["--store", str(folder / "store"), "--authority", "yar", "--use", use]
        command += ["--name", "Вымышленный орган", "--valid-from", "2026-01-01"]
        environment = {"STATUSQR_PASSPHRASE": PASSPHRASE, "LANG": "C.UTF-8"}
        subprocess.run(command, check=True, env=environment, capture_output=True)
    return folder / "store"


@pytest.fixture
def run(store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `issue` with the store; give exit status, stdout and stderr."""
    monkeypatch.setenv("STATUSQR_PASSPHRASE", PASSPHRASE)

    def call(*arguments: object) -> tuple[int, str, str]:
        words = ["statusqr-issuer", "issue", *map(str, arguments), "--store", str(store)]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return call


def write(folder: Path, value: object) -> Path:
    path = folder / "records.json"
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def verdicts(store: Path, folder: Path, texts: list[str]) -> list[Verdict]:
    keys = KeyStore(store).trust_list(datetime.fromisoformat(AT))
    verifier = Verifier(keys, Policy(as_of=True))
    return [verifier.verify(text, datetime.fromisoformat(AT)).verdict for text in texts]


def test_all_formats_of_all_good_records(run: Run, store: Path, tmp_path: Path) -> None:
    records = DATA / "records.json"
    out = tmp_path / "out"
    status, printed, err = run(records, "--out", out, "--at", AT, "--allow-ended", "--json")
    assert (status, err) == (0, "")
    made = objects(printed)
    assert [one["id"] for one in made] == sorted(documents())
    for one in made:
        assert list(one) == ["id", "kid", "bytes", "digits", "qr_version", "files"]
        paths = {Path(name).suffix: Path(name) for name in one["files"]}
        assert set(paths) == {".pdf", ".svg", ".png", ".txt"}
        text = paths[".txt"].read_text().strip()
        assert len(text) == one["digits"]
        assert read_codes(paths[".png"]) == [text]
    assert len({Path(one["files"][0]).name for one in made}) == 25
    assert sorted(path.name for path in out.iterdir())[:4] == [
        *("r01.pdf", "r01.png", "r01.svg", "r01.txt")
    ]


def test_bad_records_stop_nothing_else(run: Run, store: Path, tmp_path: Path) -> None:
    bad = json.loads((DATA / "bad_records.json").read_text())["records"][:3]
    ended = documents()["R03"]
    mixed = write(tmp_path, [bad[0], documents()["R01"], bad[1], ended, documents()["R02"], 7])
    out = tmp_path / "out"
    status, printed, err = run(mixed, "--out", out, "--at", AT, "--json", "--formats", "txt")
    assert status == 1
    assert [one["id"] for one in objects(printed)] == ["R01", "R02"]
    *refused, count = err.splitlines()
    assert count == "Не выпущено: 4 из 6."
    said = [json.loads(line) for line in refused]
    assert [(one["id"], one["refused"]) for one in said] == [
        ("B01", "RECORD_REFUSED"),
        ("B02", "RECORD_REFUSED"),
        ("R03", "ISSUE_REFUSED"),
        ("запись 6", "RECORD_REFUSED"),
    ]
    assert said[0]["violations"] == [
        {
            "rule": "SNILS_CHECKSUM",
            "path": "holder.snils",
            "message": "контрольное число СНИЛС не сходится: проверьте цифры",
        }
    ]
    assert said[2]["message"].startswith("срок статуса уже истёк")
    texts = [path.read_text().strip() for path in sorted(out.glob("*.txt"))]
    assert verdicts(store, tmp_path, texts) == [Verdict.VALID, Verdict.VALID]


def test_all_errors_of_a_record_at_once(run: Run, tmp_path: Path) -> None:
    record = json.loads(json.dumps(documents()["R01"]))
    record["holder"] |= {"snils": "123", "family_name": "Ивaнов"}
    record["status"] |= {"basis": None, "established_on": "15.04.2024"}
    _, _, err = run(write(tmp_path, record), "--out", tmp_path / "out")
    for rule in ("SNILS_LENGTH", "NAME_HOMOGLYPH", "BASIS_MISSING", "DATE_FORMAT"):
        assert f"[{rule}]" in err
    assert "Ив" not in err


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: [r], lambda r: {"records": [r]}])
def test_the_three_shapes_of_a_file(
    wrap: Callable[[object], object], run: Run, tmp_path: Path
) -> None:
    path = write(tmp_path, wrap(documents()["R08"]))
    out = tmp_path / "out"
    status, printed, _ = run(path, "--out", out, "--at", AT, "--formats", "svg,txt")
    assert status == 0
    assert printed.startswith("R08: ")
    assert sorted(path.name for path in out.iterdir()) == ["r08.svg", "r08.txt"]


@pytest.mark.parametrize(("presentation", "seconds"), [("live", 60), ("screen", 300)])
def test_codes_for_the_screen(
    presentation: str, seconds: int, run: Run, store: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, documents()["R01"])
    out = tmp_path / "out"
    status, printed, _ = run(
        path, "--out", out, "--at", AT, "--presentation", presentation, "--json"
    )
    assert status == 0
    (made,) = objects(printed)
    assert [Path(name).suffix for name in made["files"]] == [".svg", ".png", ".txt"]
    live = [k.kid for k in KeyStore(store).all_keys() if k.record.use == "live"]
    assert made["kid"] in live
    assert verdicts(store, out, [(out / "r01.txt").read_text().strip()]) == [Verdict.VALID]
    refused = run(path, "--out", out, "--presentation", presentation, "--formats", "pdf")
    assert refused[0] == 2


def disclosed(store: Path, text: str) -> Any:
    trust: TrustList = KeyStore(store).trust_list(datetime.fromisoformat(AT))
    report = Verifier(trust, Policy(as_of=True)).verify(text, datetime.fromisoformat(AT))
    return report.record


def test_profiles_and_snils_policies(run: Run, store: Path, tmp_path: Path) -> None:
    path = write(tmp_path, documents()["R01"])

    def issued(*options: str) -> Any:
        out = tmp_path / "-".join(options)
        assert run(path, "--out", out, "--at", AT, "--formats", "txt", *options)[0] == 0
        return disclosed(store, (out / "r01.txt").read_text().strip())

    minimal = issued("--profile", "minimal")
    assert (minimal.holder.snils, minimal.family_members, minimal.authority) == (None, (), None)
    usual = issued("--profile", "full")
    assert usual.holder.snils.formatted == "997-895-137 28"
    assert usual.family_members[0].snils.formatted == "•••-•••-365 94"
    whole = issued("--family-snils", "whole", "--snils", "last5")
    assert whole.holder.snils.formatted == "•••-•••-137 28"
    assert whole.family_members[0].snils.formatted == "924-046-365 94"


def test_valid_days_and_writer(run: Run, store: Path, tmp_path: Path) -> None:
    path = write(tmp_path, documents()["R01"])
    out = tmp_path / "out"
    options = ("--at", AT, "--valid-days", "30", "--writer", "zxing")
    assert run(path, "--out", out, *options)[0] == 0
    pages = (out / "r01.pdf").read_bytes()
    assert read_codes(pages) == [(out / "r01.txt").read_text().strip()]
    import pypdfium2

    text = pypdfium2.PdfDocument(pages)[0].get_textpage().get_text_range()
    assert "действителен по 20.12.2026 включительно" in " ".join(text.split())


def test_categories_of_a_deployment(run: Run, tmp_path: Path) -> None:
    own = json.loads(json.dumps(documents()["R01"]))
    own["status"]["category"] = "lunar_settler"
    path = write(tmp_path, own)
    assert run(path, "--out", tmp_path / "out", "--at", AT)[0] == 1
    catalogue = tmp_path / "own.toml"
    catalogue.write_text('[lunar_settler]\nname = "Лунный"\nname_en = "Lunar"\n', encoding="utf-8")
    options = ("--categories", catalogue, "--formats", "txt")
    assert run(path, "--out", tmp_path / "out", "--at", AT, *options)[0] == 0
    catalogue.write_text("not toml", encoding="utf-8")
    status, _, err = run(path, "--out", tmp_path / "out", "--at", AT, *options)
    assert (status, err[:18]) == (1, "Ошибка [CATALOGUE]")


def test_names_of_files_lead_nowhere(run: Run, tmp_path: Path) -> None:
    one, two, three = (json.loads(json.dumps(documents()["R02"])) for _ in range(3))
    one["id"], two["id"] = "../../../up", "..\\..//UP"
    del three["id"]
    out = tmp_path / "deep" / "out"
    assert (
        run(write(tmp_path, [one, two, three]), "--out", out, "--at", AT, "--formats", "txt")[0]
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
def test_files_that_are_not_records(content: bytes, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    status, out, err = run(path, "--out", tmp_path / "out")
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
def test_wrong_usage(options: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    status, _, err = run(DATA / "records.json", "--out", tmp_path / "out", *options)
    assert status == 2
    assert "Traceback" not in err


def test_a_missing_store_or_passphrase(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATUSQR_PASSPHRASE", "another passphrase")
    status, _, err = run(DATA / "records.json", "--out", tmp_path / "out", "--at", AT)
    assert (status, err[:12]) == (1, "Ошибка [KEY]")
    monkeypatch.delenv("STATUSQR_PASSPHRASE")
    status, _, err = run(DATA / "records.json", "--out", tmp_path / "out", "--at", AT)
    assert (status, "нет парольной фразы" in err) == (1, True)


def test_without_the_extra_it_says_what_to_install(store: Path, tmp_path: Path) -> None:
    """In a process of its own, where the libraries of the extra cannot be imported."""
    path = write(tmp_path, documents()["R01"])
    for library, formats in (("segno", "png"), ("typst", "pdf")):
        program = (
            f"import sys; sys.modules['{library}'] = None\n"
            "from statusqr_issuer.cli import main\n"
            f"sys.argv = ['statusqr-issuer', 'issue', {str(path)!r}, '--store', {str(store)!r}, "
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


def test_an_id_that_cannot_be_printed(run: Run, tmp_path: Path) -> None:
    record = json.loads(json.dumps(documents()["R02"]))
    record["id"] = "\ud800\x1b[2J"
    path = tmp_path / "records.json"
    path.write_text(json.dumps(record), encoding="ascii")
    status, out, _ = run(path, "--out", tmp_path / "out", "--at", AT, "--formats", "txt", "--json")
    assert (status, objects(out)[0]["id"]) == (0, "2j")
    record["holder"]["snils"] = None
    path.write_text(json.dumps(record), encoding="ascii")
    status, _, err = run(path, "--out", tmp_path / "out", "--at", AT)
    assert (status, err.splitlines()[0]) == (1, "запись 1: запись не принята")


def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path, documents()["R02"])
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "out" / "r02.txt" / "in the way").mkdir(parents=True)
    for out in (tmp_path / "file", tmp_path / "file" / "deeper", tmp_path / "out"):
        status, _, err = run(path, "--out", out, "--at", AT, "--formats", "txt")
        assert (status, err[:15]) == (1, "Ошибка [OUTPUT]")


def test_what_is_written_is_for_its_owner_only(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(write(tmp_path, documents()["R02"]), "--out", out, "--at", AT)
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}


def test_slips_that_no_rule_forbids_are_pointed_out(run: Run, tmp_path: Path) -> None:
    record = json.loads(json.dumps(documents()["R08"]))
    del record["status"]["period"]["indefinite"]
    record["status"]["period"]["valid_throgh"] = "2021-01-01"
    record["family_member"] = []
    record["birth_place"] = "Кемерово"
    record["status"]["name"] = "Ветеран труда"
    path = write(tmp_path, record)
    status, _, err = run(path, "--out", tmp_path / "out", "--at", AT, "--formats", "txt")
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


def test_an_unknown_category_is_answered_with_those_alike(run: Run, tmp_path: Path) -> None:
    record = json.loads(json.dumps(documents()["R08"]))
    record["status"]["category"] = "veteran"
    _, _, err = run(write(tmp_path, record), "--out", tmp_path / "out", "--at", AT)
    assert "похожи: war_veteran" in err
    assert "combat_veteran" in err
