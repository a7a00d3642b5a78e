"""`statusqr-issuer issue` as an operator's scripts use it, on a real store."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from commands import AT, Run, objects, write
from world import DATA, documents

from statusqr_keys import KeyStore, TrustList
from statusqr_verifier import Policy, Verdict, Verifier, read_codes


def verdicts(operator_store: Path, folder: Path, texts: list[str]) -> list[Verdict]:
    keys = KeyStore(operator_store).trust_list(datetime.fromisoformat(AT))
    verifier = Verifier(keys, Policy(as_of=True))
    return [verifier.verify(text, datetime.fromisoformat(AT)).verdict for text in texts]


def test_all_formats_of_all_good_records(
    run_issue: Run, operator_store: Path, tmp_path: Path
) -> None:
    records = DATA / "records.json"
    out = tmp_path / "out"
    status, printed, err = run_issue(records, "--out", out, "--at", AT, "--allow-ended", "--json")
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


def test_bad_records_stop_nothing_else(
    run_issue: Run, operator_store: Path, tmp_path: Path
) -> None:
    bad = json.loads((DATA / "bad_records.json").read_text())["records"][:3]
    ended = documents()["R03"]
    mixed = write(tmp_path, [bad[0], documents()["R01"], bad[1], ended, documents()["R02"], 7])
    out = tmp_path / "out"
    status, printed, err = run_issue(mixed, "--out", out, "--at", AT, "--json", "--formats", "txt")
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
    assert verdicts(operator_store, tmp_path, texts) == [Verdict.VALID, Verdict.VALID]


def test_an_id_that_could_be_a_persons_number_is_not_shown(run_issue: Run, tmp_path: Path) -> None:
    """Nor does it name files; registers do use it for an id."""
    good = documents()["R01"]
    number = good["holder"]["snils"]
    mixed = write(tmp_path, [good | {"id": number}, {"id": number}])
    for words in ((), ("--json",)):
        out = tmp_path / f"out{len(words)}"
        status, printed, err = run_issue(
            mixed, "--out", out, "--at", AT, "--formats", "txt", *words
        )
        assert status == 1
        assert [path.name for path in out.iterdir()] == ["76-000101.txt"]
        assert "запись 2" in err
        shown = re.sub("[^0-9]", "", printed + err)
        assert re.sub("[^0-9]", "", number) not in shown


def test_all_errors_of_a_record_at_once(run_issue: Run, tmp_path: Path) -> None:
    record = json.loads(json.dumps(documents()["R01"]))
    record["holder"] |= {"snils": "123", "family_name": "Ивaнов"}
    record["status"] |= {"basis": None, "established_on": "15.04.2024"}
    _, _, err = run_issue(write(tmp_path, record), "--out", tmp_path / "out")
    for rule in ("SNILS_LENGTH", "NAME_HOMOGLYPH", "BASIS_MISSING", "DATE_FORMAT"):
        assert f"[{rule}]" in err
    assert "Ив" not in err


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: [r], lambda r: {"records": [r]}])
def test_the_three_shapes_of_a_file(
    wrap: Callable[[object], object], run_issue: Run, tmp_path: Path
) -> None:
    path = write(tmp_path, wrap(documents()["R08"]))
    out = tmp_path / "out"
    status, printed, _ = run_issue(path, "--out", out, "--at", AT, "--formats", "svg,txt")
    assert status == 0
    assert printed.startswith("R08: ")
    assert sorted(path.name for path in out.iterdir()) == ["r08.svg", "r08.txt"]


@pytest.mark.parametrize(("presentation", "seconds"), [("live", 60), ("screen", 300)])
def test_codes_for_the_screen(
    presentation: str, seconds: int, run_issue: Run, operator_store: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, documents()["R01"])
    out = tmp_path / "out"
    status, printed, _ = run_issue(
        path, "--out", out, "--at", AT, "--presentation", presentation, "--json"
    )
    assert status == 0
    (made,) = objects(printed)
    assert [Path(name).suffix for name in made["files"]] == [".svg", ".png", ".txt"]
    live = [k.kid for k in KeyStore(operator_store).all_keys() if k.record.use == "live"]
    assert made["kid"] in live
    assert verdicts(operator_store, out, [(out / "r01.txt").read_text().strip()]) == [Verdict.VALID]
    refused = run_issue(path, "--out", out, "--presentation", presentation, "--formats", "pdf")
    assert refused[0] == 2


def disclosed(operator_store: Path, text: str) -> Any:
    trust: TrustList = KeyStore(operator_store).trust_list(datetime.fromisoformat(AT))
    report = Verifier(trust, Policy(as_of=True)).verify(text, datetime.fromisoformat(AT))
    return report.record


def test_profiles_and_snils_policies(run_issue: Run, operator_store: Path, tmp_path: Path) -> None:
    path = write(tmp_path, documents()["R01"])

    def issued(*options: str) -> Any:
        out = tmp_path / "-".join(options)
        assert run_issue(path, "--out", out, "--at", AT, "--formats", "txt", *options)[0] == 0
        return disclosed(operator_store, (out / "r01.txt").read_text().strip())

    minimal = issued("--profile", "minimal")
    assert (minimal.holder.snils, minimal.family_members, minimal.authority) == (None, (), None)
    usual = issued("--profile", "full")
    assert usual.holder.snils.formatted == "997-895-137 28"
    assert usual.family_members[0].snils.formatted == "•••-•••-365 94"
    whole = issued("--family-snils", "whole", "--snils", "last5")
    assert whole.holder.snils.formatted == "•••-•••-137 28"
    assert whole.family_members[0].snils.formatted == "924-046-365 94"


def test_valid_days_and_writer(run_issue: Run, operator_store: Path, tmp_path: Path) -> None:
    path = write(tmp_path, documents()["R01"])
    out = tmp_path / "out"
    options = ("--at", AT, "--valid-days", "30", "--writer", "zxing")
    assert run_issue(path, "--out", out, *options)[0] == 0
    pages = (out / "r01.pdf").read_bytes()
    assert read_codes(pages) == [(out / "r01.txt").read_text().strip()]
    import pypdfium2

    text = pypdfium2.PdfDocument(pages)[0].get_textpage().get_text_range()
    assert "действителен по 20.12.2026 включительно" in " ".join(text.split())


def test_categories_of_a_deployment(run_issue: Run, tmp_path: Path) -> None:
    own = json.loads(json.dumps(documents()["R01"]))
    own["status"]["category"] = "lunar_settler"
    path = write(tmp_path, own)
    assert run_issue(path, "--out", tmp_path / "out", "--at", AT)[0] == 1
    catalogue = tmp_path / "own.toml"
    catalogue.write_text('[lunar_settler]\nname = "Лунный"\nname_en = "Lunar"\n', encoding="utf-8")
    options = ("--categories", catalogue, "--formats", "txt")
    assert run_issue(path, "--out", tmp_path / "out", "--at", AT, *options)[0] == 0
    catalogue.write_text("not toml", encoding="utf-8")
    status, _, err = run_issue(path, "--out", tmp_path / "out", "--at", AT, *options)
    assert (status, err[:18]) == (1, "Ошибка [CATALOGUE]")
