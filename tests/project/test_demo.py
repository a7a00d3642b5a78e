"""The demonstrations are tests too: they go through and show what they promise."""

import os
import subprocess
import sys
from pathlib import Path

import pypdfium2

ROOT = Path(__file__).parents[2]


def test_the_demonstration(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", str(ROOT / "examples" / "demo.sh"), str(tmp_path / "demo")],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    said = run.stdout
    for line in (
        "✓ ДЕЙСТВУЕТ   Лебедева О. С. · Многодетная семья",
        "✕ СРОК ИСТЁК   действовал по 28.02.2025 включительно",
        "✕ ЕЩЁ НЕ ДЕЙСТВУЕТ   начнёт 01.12.2026",
        "КОД ПРОЧИТАН НЕ ПОЛНОСТЬЮ",
    ):
        assert line in said.replace("\u00a0", " ")
    assert "[NAME_HOMOGLYPH]" in run.stderr
    assert "[LOW_INCOME_OVER_ONE_YEAR]" in run.stderr
    pages = list((tmp_path / "demo" / "codes").glob("*.pdf"))
    assert len(pages) == 8
    assert all(len(pypdfium2.PdfDocument(page)) == 1 for page in pages)
