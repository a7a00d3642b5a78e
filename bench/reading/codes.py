"""The codes that are shown: real StatusQR credentials, at level M as issued, and at L and Q."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.records import generate
from statusqr_issuer import issue, make_symbol
from statusqr_keys import KeyRecord, KeySigner, KeyUse
from statusqr_schema import StatusReference, read_entry
from statusqr_schema.strict_json import JsonValue

DATA = Path(__file__).parents[2] / "tests" / "data" / "records.json"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SEED = 653
LEVELS = ("M", "L", "Q")


@dataclass(frozen=True)
class Code:
    """A symbol without its quiet zone (True is dark), and the text in it."""

    text: str
    level: str
    modules: npt.NDArray[np.bool_]

    @property
    def side(self) -> int:
        """Modules on a side."""
        return len(self.modules)


@cache
def code(number: int) -> Code:
    """Number by number: the levels by turns, three times each record."""
    text = texts()[number // len(LEVELS) % len(texts())]
    level = LEVELS[number % len(LEVELS)]
    if level == "M":
        return Code(text, level, np.array(make_symbol(text).rows))
    symbol = segno.make(text, error=level, mode="numeric", boost_error=False, micro=False)
    return Code(text, level, np.array(symbol.matrix) == 1)


@cache
def texts() -> tuple[str, ...]:
    """Of the records of the data and as many of the generator, by turns; always the same.

    Ed25519 with a fixed key, because its signatures, and so the codes, are the same in every run.
    """
    signer = KeySigner.of(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    key = KeyRecord(signer.public_key, KeyUse.PRINT, NOW - timedelta(1), NOW + timedelta(1))
    return tuple(
        issue(
            read_entry(document).record,
            signer,
            key=key,
            issued_at=NOW,
            status=StatusReference(0, number),
            allow_ended=True,
        ).text
        for number, document in enumerate(_documents())
    )


def _documents() -> Iterator[JsonValue]:
    known: Sequence[JsonValue] = json.loads(DATA.read_text(encoding="utf-8"))["records"]
    return chain.from_iterable(zip(known, generate(len(known), SEED), strict=True))
