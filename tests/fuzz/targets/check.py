"""The verifier before any text: it answers, and only what was issued is VALID.

What was issued stands in the corpus, in the files whose names begin with «issued». A mutation of
digits breaks the framing at once, so half of them are made on the bytes that the digits are.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from world import NOON

from statusqr_verifier import Verdict

from ..judge import VERIFIER, render

CORPUS = Path(__file__).parents[1] / "corpus" / "check"


@cache
def issued() -> frozenset[str]:
    """The texts that are VALID."""
    return frozenset(path.read_text("ascii") for path in CORPUS.glob("issued*"))


def one_input(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    report = VERIFIER.check(text, NOON)
    assert (report.verdict is Verdict.VALID) == (text in issued())
    render(report)


def mutate(data: bytes, max_size: int, seed: int, blind: Callable[[bytes, int], bytes]) -> bytes:
    if seed % 4 == 0 or not data.isdigit() or len(data) > 4_000:
        return blind(data, max_size)
    number = int(data)
    changed = blind(number.to_bytes((number.bit_length() + 7) // 8), 660)
    return str(int.from_bytes(changed)).encode("ascii")[:max_size]
