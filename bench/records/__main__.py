"""Print synthetic records: `python -m bench.records [--count 200] [--seed 1]`."""

import argparse
import json

from . import generate


def main() -> None:
    """Write a file of records to the standard output."""
    parser = argparse.ArgumentParser(prog="python -m bench.records")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    note = "Все лица вымышлены; номера СНИЛС синтетические, контрольные числа верны."
    records = generate(chosen.count, chosen.seed)
    print(json.dumps({"meta": {"note": note}, "records": records}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
