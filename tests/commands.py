"""What the tests of command lines share."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., tuple[int, str, str]]
AT = "2026-11-21T11:00:00+03:00"
# To copy a store that other tests use as well, without what they have printed from it.
UNUSED = shutil.ignore_patterns("issuing.sqlite*", "finder.key")
PASSPHRASE = "a passphrase for tests"  # noqa: S105


def write(folder: Path, value: object) -> Path:
    path = folder / "records.json"
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]
