"""Hostile credentials, each made from one number: the same number makes the same credential.

A case says what was signed, by which key, and at which moment it is looked at, so that an oracle
can judge it. `genuine` is whether the text is the payload in the one framing under the key's own
signature; where it is not, nothing of it may count.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from world import ENTRY, NOON, record

from statusqr_schema import Claims, Presentation, claims

from . import messages, payloads, strict
from .keys import FixedKey, ring
from .mutations import MUTATIONS
from .wire import Map, tree, write

NAMES = ("R01", "R02", "R04", "R05", "R07", "R15", "R18", "R20", "R22")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLIPS = [timedelta(seconds=1), timedelta(microseconds=1), timedelta(0)]
_LIVES = {Presentation.PRINT: 300 * 86_400, Presentation.SCREEN: 300, Presentation.LIVE: 60}


@dataclass(frozen=True)
class Case:
    """One text with what is known of it; `steps` names how it was made."""

    steps: tuple[str, ...]
    key: FixedKey
    payload: bytes
    message: bytes
    text: str
    at: datetime
    genuine: bool


@cache
def base(name: str, presentation: Presentation) -> bytes:
    """Good content: a record of the tests, issued at noon."""
    issued = int(NOON.timestamp())
    return claims.encode(
        Claims(
            record=record(name),
            issued_at=issued,
            expires_at=issued + _LIVES[presentation],
            presentation=presentation,
            status=ENTRY if presentation is Presentation.PRINT else None,
        )
    )


def case(number: int) -> Case:
    """The case of this number."""
    rng = Random(number)  # noqa: S311 - no secret
    presentation = rng.choice((Presentation.PRINT, Presentation.PRINT, *Presentation))
    key = _key(rng, presentation)
    content, steps = _content(rng, presentation)
    payload = payloads.usual(content)
    if rng.random() < 0.1:
        pack = rng.choice(payloads.HOSTILE)
        payload = pack(rng, content)
        steps.append(pack.__name__)
    message = good = messages.genuine(key, payload)
    if rng.random() < 0.15:
        forge = rng.choice(messages.FORGERIES)
        message = forge(rng, key, payload)
        steps.append(forge.__name__)
    text = whole = digits(message)
    if rng.random() < 0.02:
        text = _other_text(rng, text)
        steps.append("text")
    genuine = text == whole and message == good and 24 <= len(payload) < 2**16
    return Case(tuple(steps), key, payload, message, text, moment(rng, content), genuine)


def digits(message: bytes) -> str:
    """The text of a message; far too many digits where Python itself would refuse to write them."""
    return str(int.from_bytes(message)) if len(message) < 1_700 else "9" * 4_300


def mixed(number: int, forged: float) -> Case:
    """As `case`, but that share of those that would be genuine is forged, too."""
    made = case(number)
    rng = Random(~number)  # noqa: S311 - no secret
    if not made.genuine or rng.random() >= forged:
        return made
    forge = rng.choice(messages.FORGERIES)
    message = forge(rng, made.key, made.payload)
    return replace(
        made,
        steps=(*made.steps, forge.__name__),
        message=message,
        text=digits(message),
        genuine=message == made.message,
    )


def _key(rng: Random, presentation: Presentation) -> FixedKey:
    if rng.random() < 0.25:
        return rng.choice(ring())
    good = ring()[:2] if presentation is Presentation.PRINT else ring()[2:4]
    return rng.choice(good)


def _content(rng: Random, presentation: Presentation) -> tuple[bytes, list[str]]:
    content = base(rng.choice(NAMES), presentation)
    root = tree(strict.read(content))
    assert isinstance(root, Map)
    steps = []
    for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 3))):
        mutate = rng.choice(MUTATIONS)
        mutate(rng, root)
        steps.append(mutate.__name__)
    content = write(root)
    if rng.random() < 0.05:
        changed = bytearray(content)
        changed[rng.randrange(len(changed))] = rng.randrange(256)
        content = bytes(changed)
        steps.append("byte")
    return content, steps


def moment(rng: Random, content: bytes) -> datetime:
    """Noon, or a moment at the edge of one of the terms that the content states."""
    if rng.random() < 0.5:
        return NOON
    edges = [0, *_edges(content)]
    slip = rng.choice(_SLIPS) * rng.choice((-1, 1))
    try:
        return _EPOCH + timedelta(seconds=rng.choice(edges)) + slip
    except OverflowError:
        return NOON + slip


def _edges(content: bytes) -> list[int]:
    try:
        found = strict.read(content)
    except strict.Refused:
        return []
    if not isinstance(found, dict):
        return []
    edges = [found[claim] for claim in (4, 5, 6) if type(found.get(claim)) is int]
    edges += [edge + grace for edge in edges for grace in (-60, 60)]
    match found.get(-65537):
        case {6: [int(first), *rest]}:
            edges.append(first * 86_400 - 14 * 3600)
            edges += [(day + 1) * 86_400 + 12 * 3600 for day in rest if type(day) is int]
        case _:
            pass
    return edges


def _other_text(rng: Random, text: str) -> str:
    at = rng.randrange(len(text))
    digit = str((int(text[at]) + rng.randrange(1, 10)) % 10)
    arabic = "٠١٢٣٤٥٦٧٨٩"[int(text[at])]
    return rng.choice(
        (
            text[:at] + digit + text[at + 1 :],
            text[:at] + arabic + text[at + 1 :],
            text[:at],
            text[at:] or "0",
            "0" + text,
            f" {text}",
            f"{text}\n",
            f"-{text}",
            f"+{text}",
            f"{text[:at]}_{text[at:]}",
            text * 2,
        )
    )
