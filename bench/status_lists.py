"""Status lists of a whole country: their size, how long they take to make and load, a lookup."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from bench.table import Aim, Cell, Section
from bench.timing import take_turns
from statusqr_keys import Issuer, KeyRecord, KeySigner, KeyUse, StatusList
from statusqr_keys.status_list import INVALID, SUSPENDED
from statusqr_keys.status_token import read, sign
from statusqr_schema.claims import LIST_SIZE

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LISTS = 40  # of 2^20 entries each: 41.9 million
LOOKUPS = 1000
RATES = ((0.001, 0.0), (0.01, 0.0), (0.01, 0.003))  # revoked, suspended; the second is the aim's
AIM = RATES[1]


def measure() -> Section:
    """Sizes of signed lists and seconds of CPU, all lists in turn in one process."""
    rng = Random(653)
    rows: list[Sequence[Cell]] = []
    aims: list[Aim] = []
    for revoked, suspended in RATES:
        largest, total, build, load, lookup = _measured(rng, revoked, suspended)
        rate = f"{revoked:.1%} revoked" + (f", {suspended:.1%} suspended" if suspended else "")
        rows.append((rate, largest, total / 1e3, build, load * 1e3, lookup * 1e6))
        if (revoked, suspended) == AIM:
            aims += [
                Aim("1 % revoked: bytes of a signed list, the largest", largest, most=16_384),
                Aim(f"{LISTS} lists: build, seconds of CPU", build, most=2),
                Aim(f"{LISTS} lists: verify and load, ms of CPU", load * 1e3, most=50),
                Aim("one lookup, microseconds", lookup * 1e6, most=1),
            ]
    return Section(
        "Status lists",
        f"{LISTS} lists of 2^20 entries of 2 bits, {LISTS * LIST_SIZE / 1e6:.1f} million in all, "
        "ES256; states spread at random. Build: from states by index to signed tokens. Load: from "
        "tokens to entries, signatures verified. CPU of one core, medians.",
        ("states", "bytes a list, most", "KB in all", "build, s", "load, ms", "lookup, µs"),
        rows,
        aims,
    )


def _measured(
    rng: Random, revoked: float, suspended: float
) -> tuple[int, int, float, float, float]:
    """Bytes of the largest token and of all; seconds to build all, to load all, to look up once."""
    signer = KeySigner.generate()
    term = timedelta(days=30)
    key = KeyRecord(signer.public_key, KeyUse.STATUS, NOW - term, NOW + term)
    issuer = Issuer("bench", "Bench", (key,))
    instant = int(NOW.timestamp())
    states = {
        f"https://example.org/status/{number}": _states(rng, revoked, suspended)
        for number in range(LISTS)
    }
    until = instant + 7 * 86_400

    def build() -> dict[str, bytes]:
        return {
            address: sign(
                StatusList.of(listed, subject=address, issued_at=instant, expires_at=until), signer
            )
            for address, listed in states.items()
        }

    def load() -> list[StatusList]:
        return [read(token, address, issuer) for address, token in tokens.items()]

    def look_up() -> None:
        for index in indexes:
            lookup(index)

    tokens = build()
    lists = load()
    for found, listed in zip(lists, states.values(), strict=True):
        if any(found.lookup(index) != state for index, state in listed.items()):
            raise AssertionError("the bench would time lists that lie")
    indexes = [rng.randrange(LIST_SIZE) for _ in range(LOOKUPS)]
    lookup = lists[0].lookup
    times = take_turns({"build": build}, rounds=3) | take_turns(
        {"load": load, "look up": look_up}, rounds=15
    )
    sizes = [len(token) for token in tokens.values()]
    return max(sizes), sum(sizes), times["build"], times["load"], times["look up"] / LOOKUPS


def _states(rng: Random, revoked: float, suspended: float) -> dict[int, int]:
    invalid, paused = int(LIST_SIZE * revoked), int(LIST_SIZE * suspended)
    indexes = rng.sample(range(LIST_SIZE), invalid + paused)
    return {index: INVALID if at < invalid else SUSPENDED for at, index in enumerate(indexes)}
