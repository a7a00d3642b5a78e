"""Write the test vectors that do not exist yet; what exists is frozen and stays as it is.

    python schema/vectors/build.py

What a case expects stands in the case, written by hand from FORMAT.md. Where our own verifier
answers otherwise, nothing is written: then the case, the format or the verifier is wrong.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from vectors import (
    cases_cbor,
    cases_claims,
    cases_deflate,
    cases_framing,
    cases_jwk,
    cases_key,
    cases_notices,
    cases_record,
    cases_signature,
    cases_text,
    cases_time,
    cases_trust,
)
from vectors.answer import answer
from vectors.case import Case
from vectors.check import INPUTS, differences

FOLDER = Path(__file__).parent
FROZEN = FOLDER / "frozen.sha256"  # `sha256sum --check` reads it
MAKERS: tuple[Callable[[], Iterator[Case]], ...] = (
    cases_text.cases,
    cases_framing.cases,
    cases_signature.cases,
    cases_deflate.cases,
    cases_cbor.cases,
    cases_claims.cases,
    cases_record.cases,
    cases_key.cases,
    cases_time.cases,
    cases_notices.cases,
    cases_trust.cases,
    cases_jwk.cases,
)


def cases() -> list[Case]:
    """Every case; ValueError where a name stands twice."""
    made = [case for maker in MAKERS for case in maker()]
    names = [case.name for case in made]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"names that stand twice: {twice}")
    return made


def written(document: dict[str, Any]) -> str:
    """The text of a file."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Build, compare, write; exit status 1 where our verifier answers otherwise."""
    wrong = 0
    new: dict[Path, bytes] = {}
    for case in cases():
        document = json.loads(json.dumps(case.document))
        given = answer({name: document[name] for name in INPUTS})
        path = FOLDER / case.folder / f"{case.name}.json"
        for difference in differences(document["expected"], json.loads(json.dumps(given))):
            print(f"{case.folder}/{case.name}: {difference}")
            wrong += 1
        if not path.exists():
            new[path] = written(document).encode()
    if wrong:
        print(f"{wrong} differences: nothing was written")
        return 1
    with FROZEN.open("a", encoding="ascii") as frozen:
        for path, data in new.items():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            name = path.relative_to(FOLDER).as_posix()
            frozen.write(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
    print(f"{len(new)} files written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
