"""A registry with invented people, the account over it, and how to be signed in there."""

import json
import re
import secrets
import socket
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any
from uuid import UUID

import pypdfium2
import uvicorn
from commands import PASSPHRASE
from fastapi import FastAPI
from world import documents

from statusqr_issuer.account.app import Door, create_app
from statusqr_issuer.account.consent_text import BUILTIN, ConsentText
from statusqr_issuer.account.office import Office
from statusqr_issuer.desk import Desk
from statusqr_issuer.registry import Registry, consents, statuses
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.loading import LoadOrder, load
from statusqr_keys import Alg, KeyRecord, KeySigner, KeyStore, KeyUse, StoredKey, TrustList
from statusqr_schema import Categories, Snils
from statusqr_schema.days import MOSCOW
from statusqr_web.sessions import Kept, MemoryStore, Session, digest_of

ISSUER, OPERATOR = "yar-social", "Вымышленное министерство труда Ярославской области"
COOKIE = "statusqr-account"
DAY = timedelta(days=1)
NAMES = {"R01": "Лебедева О. С.", "R08": "Петренко И. В."}


def now() -> datetime:
    """The moment, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Clock:
    """The account's own clock: runs, and can be put forward."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return now() + self.ahead


def told(
    name: str = "R01", *, begins: int | None = None, ends: int | None = None, **changes: object
) -> dict[str, Any]:
    """A good record with a term about today, in days from today; `changes` are top-level fields."""
    document: dict[str, Any] = json.loads(json.dumps(documents()[name]))
    today = datetime.now(MOSCOW).date()
    if begins is not None:
        start = today + begins * DAY
        status, before = document["status"], min(start, today - DAY).isoformat()
        status["period"] = {
            "valid_from": start.isoformat(),
            "valid_through": None if ends is None else (today + ends * DAY).isoformat(),
            "indefinite": ends is None,
        }
        status["established_on"] = before
        document["measures_until"] = None
        if status["basis"] and status["basis"]["date"]:
            status["basis"]["date"] = before
    document["data_as_of"] = (now() - timedelta(hours=1)).isoformat()
    return {**document, **changes}


def make_keys(store: Path, issuer: str = ISSUER) -> KeyStore:
    """A key of each use, good for years around now."""
    found, made = KeyStore(store), now()
    for use in (KeyUse.PRINT, KeyUse.LIVE, KeyUse.STATUS):
        signer = KeySigner.generate(Alg.ES256)
        record = KeyRecord(signer.public_key, use, made - 800 * DAY, made + 800 * DAY)
        found.add(StoredKey(issuer, OPERATOR, made, record), signer, PASSPHRASE.encode())
    return found


@dataclass
class Town:
    """The account of one store: its office, its application, its sessions, its people."""

    office: Office
    app: FastAPI
    sessions: MemoryStore
    trust: TrustList
    clock: Clock
    url: str = ""
    ids: dict[str, UUID] = field(default_factory=dict)

    @property
    def registry(self) -> Registry:
        return self.office.registry

    def person(self, name: str) -> bytes:
        """The digest of the holder of a record."""
        snils = Snils.parse(str(documents()[name]["holder"]["snils"]))
        return self.registry.finder.person(snils)

    def have(self, name: str, value: dict[str, Any] | None = None) -> UUID:
        """A status that the register has given, known by this name from now on."""
        value = value or told(name)
        self.load(value)
        with self.registry.reading() as view:
            held = statuses.of_person(view, self.person(name))
        (self.ids[name],) = [one.id for one in held if one.entry.id == value["id"]]
        return self.ids[name]

    def load(self, *values: dict[str, Any]) -> None:
        """What the register sends; all of it is taken."""
        report = load(self.registry, values, LoadOrder("register", self.clock(), bytes(32)))
        assert [(one.name, one.error.message) for one in report.refused] == []

    def agree(self, name: str) -> None:
        """The person has given the consent."""
        text = self.office.consent
        with self.registry.writing("holder", self.clock()) as work:
            consents.give(work, self.person(name), text.version, text.russian)

    def disagree(self, name: str) -> None:
        """The person has withdrawn it."""
        with self.registry.writing("holder", self.clock()) as work:
            consents.withdraw(work, self.person(name))

    def sign_in(self, name: str) -> str:
        """The cookie of a session that the login has made for this person."""
        session_id = secrets.token_bytes(32)
        subject = f"sub-{name}-{session_id.hex()[:6]}"  # each with an allowance of its own
        data = {"user": subject, "person": self.person(name).hex()}
        data["name"] = NAMES.get(name, "Иванов И. И.")
        kept = Kept(json.dumps(data), time(), time(), True)
        self.sessions._pools[True][digest_of(session_id)] = kept
        return urlsafe_b64encode(session_id).rstrip(b"=").decode()

    def unused_for(self, seconds: int) -> None:
        """Nobody who is signed in has pressed anything for so long."""
        pool = self.sessions._pools[True]
        for digest, kept in list(pool.items()):
            pool[digest] = replace(kept, used=kept.used - seconds)

    def csrf(self, cookie: str) -> str:
        """The CSRF token of that session."""
        session_id = urlsafe_b64decode(cookie + "=")
        kept = self.sessions._pools[True][digest_of(session_id)]
        return Session(session_id, kept, sealed=False).csrf_token


def on_sheet(pdf: bytes) -> str:
    """The text of a printed sheet, each run of white space one space."""
    return " ".join(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range().split())


def last_day(pdf: bytes) -> date:
    """The last day on which the code of a sheet is good, as it stands there."""
    found = re.search(r"Код действителен по (\d\d\.\d\d\.\d{4})", on_sheet(pdf))
    assert found is not None
    return datetime.strptime(found[1], "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone


def found(registry: Registry, store: Path, *, demo: bool = False) -> Town:
    """The account over a registry and its key store, in which keys are."""
    key_store = KeyStore(store)
    clock = Clock()
    desk = Desk(
        key_store,
        RegistryIndex(registry),
        RegistryRevocations(registry),
        PASSPHRASE.encode(),
        Categories.builtin(),
    )
    text = ConsentText.newest(BUILTIN, OPERATOR)
    office = Office(registry, desk, text, OPERATOR, "Госуслуги", demo, clock)
    sessions = MemoryStore()
    app = create_app(office, Door(), store=sessions)
    return Town(office, app, sessions, key_store.trust_list(now()), clock)


class _Quiet(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def serving_account(town: Town, port: int = 0) -> Iterator[str]:
    """The account behind a real server in a thread; its address."""
    # named, or asyncio leaves Nagle's algorithm on
    with socket.socket(proto=socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
        server = _Quiet(uvicorn.Config(town.app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
        thread.start()
        assert server.ready.wait(20)
        town.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        try:
            yield town.url
        finally:
            server.should_exit = True
            thread.join(20)
