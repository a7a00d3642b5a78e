"""A program that loads a file and says after each batch what is on the disk; tests kill it."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from statusqr_issuer.registry import Registry
from statusqr_issuer.registry.database import Database
from statusqr_issuer.registry.loading import LoadOrder, load
from statusqr_issuer.registry.vault_file import VaultFile
from statusqr_keys.finder import load_finder


def main(place: str, store: Path, passphrase: str, records: Path, series: str | None) -> None:
    """Load the file; one line for each batch."""
    vault = VaultFile.open(store, passphrase.encode()).vault()
    registry = Registry(Database(place), vault, load_finder(store, None))
    values = json.loads(records.read_text(encoding="utf-8"))
    order = LoadOrder(
        "child", datetime(2026, 11, 22, tzinfo=UTC), bytes(32), series=series, batch=50
    )
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    report = load(registry, values, order, progress=lambda n: print(n, flush=True))  # noqa: T201
    print(json.dumps({"added": sum(report.changes.values())}), flush=True)  # noqa: T201


if __name__ == "__main__":
    place, folder, phrase, file, *rest = sys.argv[1:]
    main(place, Path(folder), phrase, Path(file), rest[0] if rest else None)
