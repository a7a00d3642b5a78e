"""The figures that the README shows, taken from the results and from nowhere else.

The block between the two marks in README.md and README.ru.md is written by `make bench`; a test
holds it to the JSON files, so nobody can improve a figure by hand.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results"
READMES = {"en": HERE.parent / "README.md", "ru": HERE.parent / "README.ru.md"}
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"

Row = dict[str, Any]


def rows(section: str) -> list[Row]:
    """The table of a section."""
    path = RESULTS / f"{section}.json"
    found: list[Row] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return found


def block(language: str) -> str:
    """The table in one language, marks included."""
    ours, others, *titles = _WORDS[language]
    lines = [BEGIN, f"| | StatusQR {ours} | {others} |", "|---|---|---|"]
    lines += [f"| {title} | {cells} |" for title, cells in zip(titles, _cells(), strict=True)]
    return "\n".join([*lines, END])


def write() -> None:
    """Put the blocks into both READMEs."""
    for language, path in READMES.items():
        text = path.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        _, _, after = rest.partition(END)
        path.write_text(before + block(language) + after, encoding="utf-8")


_WORDS = {
    "en": (
        "(minimal profile)",
        "others in the same run",
        "Signed bytes, 200 synthetic people, median",
        "QR version at level M",
        "Verify, rate ÷ bare P-256 verify",
        "Issue, rate ÷ bare P-256 sign",
        "CPU of one PDF page, ms",
        "Printed page read at 150 dpi: clean / folded / coffee ring",
        "Import of the verifier, seconds",
    ),
    "ru": (
        "(краткий состав)",
        "другие в том же прогоне",
        "Подписанных байтов, 200 вымышленных людей, медиана",
        "Версия QR, уровень M",
        "Проверка, темп ÷ голой проверки P-256",
        "Выпуск, темп ÷ голой подписи P-256",
        "Процессор на страницу PDF, мс",
        "Распечатка прочитана, 150 dpi: чистая / сгиб / кофе",
        "Загрузка библиотеки проверки, секунд",
    ),
}


def _cells() -> Iterator[str]:
    """Two cells a line, in the order of the words."""
    sizes = [row for row in rows("sizes") if row["records"].startswith("generator")]
    for figure in ("signed bytes, median", "QR version, median"):
        full, minimal = (row[figure] for row in sizes if row["encoding"] == "StatusQR")
        peers = {row["encoding"]: row[figure] for row in sizes if row["encoding"] != "StatusQR"}
        yield f"{full:.0f} ({minimal:.0f}) | {_named(peers, '.0f')}"
    speed = {row["program"]: row for row in rows("speed")}
    for figure in ("verify, × bare", "issue, × bare"):
        peers = {
            name: row[figure] for name, row in speed.items() if name[:4] not in ("bare", "Stat")
        }
        yield f"{speed['StatusQR'][figure]:.2f} | {_named(peers, '.2f')}"
    pages = {row["program"]: row["CPU ms a page"] for row in rows("documents")}
    ours = pages.pop("StatusQR, QR by zxing-cpp")
    peers = {name: ms for name, ms in pages.items() if not name.startswith("StatusQR")}
    yield f"{ours:.1f} | {_named(peers, '.0f')}"
    worn = {row["condition"]: row["150 dpi"] for row in rows("paper")}
    read = [
        worn[name] for name in ("clean", "folded through the code", "coffee ring over the code")
    ]
    yield f"{' / '.join(f'{share:.0%}' for share in read)} | –"
    start = {row["command"]: row["seconds"] for row in rows("imports")}
    peers = {"python -c pass": start["python -c pass"]}
    yield f"{start['import statusqr_verifier']:.2f} | {_named(peers, '.2f')}"


def _named(figures: dict[str, float], form: str) -> str:
    return ", ".join(f"{name} {figure:{form}}" for name, figure in figures.items())
