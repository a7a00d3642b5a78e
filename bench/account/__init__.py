"""The account under load, with a million persons in its registry, beside a bare FastAPI page.

Servers are processes, and so is the client; on a machine of two cores each has one. What is set
against the bare page is the rate over kept connections, taken in turns in one run.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import postgres

from bench.account.client import Taken, in_turn
from bench.account.contest import Server, serving
from bench.account.filling import PHRASE, fill, tidy
from bench.table import Aim, Cell, Section
from statusqr_issuer.registry.opening import make_registry
from statusqr_keys import Alg, KeyRecord, KeySigner, KeyStore, KeyUse, StoredKey

PERSONS = 1_000_000
USERS = 50
_ROUNDS = 5
_AT_ONCE = 4  # connections while a rate is taken
_DAY = timedelta(days=1)


def measure(persons: int = PERSONS) -> Section:
    """Rates and times on both engines."""
    rows: list[list[Cell]] = []
    aims: list[Aim] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        bare = stack.enter_context(serving("bare"))
        databases = stack.enter_context(postgres.running(durable=True))
        for engine in ("SQLite", "PostgreSQL"):
            store = Path(folder) / engine
            sqlite = str(store / "registry.sqlite")
            place = sqlite if engine == "SQLite" else databases.place(databases.create())
            with _account(store, place, persons) as account:
                found = _contest(bare, account)
            rows.append([engine, *found.values()])
            aims += _aims(engine, found)
    names = list(found)
    return Section(
        "The account",
        f"{persons:,} persons in the registry, {USERS} of them signed in. Rates over "
        f"{_AT_ONCE} kept connections, in turns with a FastAPI page that does nothing, behind the "
        "same server; the median of the rounds. Times of one request after another, nobody else "
        "there, p95 in ms. Then all users at once: of 20 requests 11 for the page, 8 for a live "
        "code, one for a PDF.".replace(",", " ", 1),
        ("registry", *names),
        rows,
        aims,
    )


def _contest(bare: Server, account: Server) -> dict[str, float]:
    """All figures of one engine."""
    users = account.users
    home, plain = [account.get("/statuses", user) for user in users], bare.get("/")
    live, pdf = [account.live(user) for user in users], [account.pdf(user) for user in users]
    for requests in (home, live):  # warm, each user's first
        _good(in_turn(account.address, lambda n, r=requests: r[n % USERS], USERS))  # type: ignore[misc]
    pairs = []
    for _ in range(_ROUNDS):
        empty = _good(in_turn(bare.address, lambda _: plain, 1500, _AT_ONCE))
        codes = _good(in_turn(account.address, lambda n: live[n % USERS], 600, _AT_ONCE))
        pairs.append((empty.rate, codes.rate))
    pages = _good(in_turn(account.address, lambda n: home[n % USERS], 400))
    papers = _good(in_turn(account.address, lambda n: pdf[n % USERS], 100))
    mixed = [pdf if n % 20 == 0 else live if n % 5 in (1, 3) else home for n in range(2000)]
    crowd = in_turn(account.address, lambda n: mixed[n][n % USERS], 2000, USERS)
    return {
        "bare page, 1/s": median(empty for empty, _ in pairs),
        "live code, 1/s": median(codes for _, codes in pairs),
        "live ÷ bare": median(codes / empty for empty, codes in pairs),
        "page, p95 ms": pages.percentile(0.95) * 1e3,
        "PDF, p95 ms": papers.percentile(0.95) * 1e3,
        f"{USERS} users, 1/s": crowd.rate,
        f"{USERS} users, p95 ms": crowd.percentile(0.95) * 1e3,
        f"{USERS} users, errors": float(crowd.errors),
    }


def _aims(engine: str, found: dict[str, float]) -> Iterator[Aim]:
    yield Aim(f"{engine}: live code ÷ bare page", found["live ÷ bare"], least=0.15)
    yield Aim(f"{engine}: PDF, p95 ms", found["PDF, p95 ms"], most=60)
    yield Aim(f"{engine}: account page, p95 ms", found["page, p95 ms"], most=20)
    yield Aim(f"{engine}: errors of {USERS} users", found[f"{USERS} users, errors"], most=0)


@contextmanager
def _account(store: Path, place: str, persons: int) -> Iterator[Server]:
    """A key store, a registry full of people, and the account over them."""
    store.mkdir(mode=0o700)
    keys, now = KeyStore(store), datetime.now(UTC).replace(microsecond=0)
    for use in (KeyUse.PRINT, KeyUse.LIVE, KeyUse.STATUS):
        signer = KeySigner.generate(Alg.ES256)
        record = KeyRecord(signer.public_key, use, now - 800 * _DAY, now + 800 * _DAY)
        keys.add(StoredKey("bench", "Вымышленный орган", now, record), signer, PHRASE)
    registry = make_registry(place, store, PHRASE, now)
    fill(registry, persons)
    tidy(registry)
    registry.close()
    with serving("account", str(store), place, str(persons), str(USERS)) as server:
        yield server


def _good(taken: Taken) -> Taken:
    """What was measured, if nothing went wrong: a refusal is quick."""
    if taken.errors:
        raise AssertionError(f"{taken.errors} answers were no success")
    return taken
