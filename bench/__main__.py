"""Run the bench: `python -m bench [section…]`; prints the tables and keeps them in `results/`."""

import importlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import machine, summary
from bench.table import Section

SECTIONS = (
    "sizes",
    "speed",
    "documents",
    "symbols",
    "paper",
    "reading",
    "reading_long",
    "imports",
    "memory",
    "status_lists",
    "account",
)
RESULTS = Path(__file__).parent / "results"


def main(chosen: list[str]) -> int:
    """Measure, print and write the chosen sections, or all; return the exit code."""
    if unknown := set(chosen) - set(SECTIONS):
        print(f"no such section: {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
        return 2
    where = machine.describe()
    print("".join(f"{name}: {value}\n" for name, value in where.items()))
    RESULTS.mkdir(exist_ok=True)
    missed = []
    for name in chosen or SECTIONS:
        section: Section = importlib.import_module(f"bench.{name}").measure()
        print(section.to_markdown(), flush=True)
        taken = datetime.now(UTC).isoformat(timespec="seconds")
        document = {"taken": taken, "machine": where, **section.to_json()}
        text = json.dumps(document, ensure_ascii=False, indent=1)
        (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        missed += [aim.name for aim in section.aims if not aim.met]
    write_summary()
    summary.write()
    print(f"aims missed: {', '.join(missed)}" if missed else "every aim is met")
    return 0


def write_summary() -> None:
    """Write `results/README.md` anew from the JSON files beside it."""
    parts = ["# Results of the bench\n\nWritten by `make bench`; how each is taken: `bench/`.\n"]
    for name in SECTIONS:
        path = RESULTS / f"{name}.json"
        if not path.is_file():
            continue
        document = json.loads(path.read_text(encoding="utf-8"))
        rows = document["rows"]
        section = Section(
            document["title"],
            document["about"],
            list(rows[0]),
            [list(row.values()) for row in rows],
        )
        aims = "".join(
            f"- {aim['name']}: {aim['value']:.3g} (aim: {aim['aim']}) – "
            f"{'met' if aim['met'] else 'NOT met'}\n"
            for aim in document["aims"]
        )
        taken = f"Taken {document['taken']} on {', '.join(document['machine'].values())}.\n"
        parts.append("\n".join(filter(None, (section.to_markdown(), aims, taken))))
    (RESULTS / "README.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
