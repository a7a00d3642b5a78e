"""A server of the bench, as a process: `python -m bench.account.server bare`, or `… account …`.

`account STORE PLACE PERSONS USERS`: the account over a registry, the way `serve` runs it, with so
many users who are signed in and have agreed. The limits of rate are raised, for one client plays
them all, but they are counted still. Prints one line of JSON: the port, and what each user needs.
"""

import asyncio
import json
import secrets
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.responses import HTMLResponse

from bench.account.filling import FIRST, PHRASE, number_of
from statusqr_issuer.account.app import RATES, create_app
from statusqr_issuer.account.citizens import NAME, PERSON
from statusqr_issuer.account.consent_text import BUILTIN, ConsentText
from statusqr_issuer.account.office import Office
from statusqr_issuer.desk import Desk
from statusqr_issuer.registry import Registry, consents, statuses
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.opening import open_registry
from statusqr_keys import KeyStore
from statusqr_schema import Categories
from statusqr_web.running import Address
from statusqr_web.serving import server_options
from statusqr_web.sessions import Kept, MemoryStore, Session, digest_of

Told = Mapping[str, object]
_OPERATOR = "Министерство труда Вымышленной области"


def bare() -> FastAPI:
    """The least page that FastAPI makes."""
    app = FastAPI(openapi_url=None)
    page = "<!doctype html><html lang=ru><title>Кабинет</title><h1>Мои статусы</h1></html>"

    @app.get("/", response_class=HTMLResponse)
    def index() -> str:
        return page

    return app


def account(store: Path, place: str, persons: int, users: int) -> tuple[FastAPI, list[Told]]:
    """The account, and its users: id of a status, cookie and CSRF token."""
    registry = open_registry(place, store, PHRASE)
    books = RegistryIndex(registry), RegistryRevocations(registry)
    desk = Desk(KeyStore(store), *books, PHRASE, Categories.builtin())
    text = ConsentText.newest(BUILTIN, _OPERATOR)
    sessions = MemoryStore()
    office = Office(registry, desk, text, _OPERATOR)
    rates = [replace(group, rate="1000000/minute") for group in RATES]
    app = create_app(office, store=sessions, rates=rates)
    return app, [
        _user(registry, text, sessions, number) for number in range(0, persons, persons // users)
    ]


def _user(registry: Registry, text: ConsentText, sessions: MemoryStore, number: int) -> Told:
    person = registry.finder.person(number_of(FIRST + number))
    with registry.writing("bench", datetime.now(UTC)) as work:
        consents.give(work, person, text.version, text.russian)
        (held,) = statuses.of_person(work, person)
    session_id = secrets.token_bytes(32)
    data = json.dumps({"user": f"bench-{number}", PERSON: person.hex(), NAME: "Иванова А. Б."})
    kept = Kept(data, time.time(), time.time(), True)
    asyncio.run(sessions.add(digest_of(session_id), kept))
    cookie = urlsafe_b64encode(session_id).rstrip(b"=").decode("ascii")
    csrf = Session(session_id, kept, sealed=False).csrf_token
    return {"status": str(held.id), "cookie": f"statusqr-account={cookie}", "csrf": csrf}


def main(kind: str, *options: str) -> None:
    """Serve until the standard input ends."""
    users: list[Told] = []
    if kind == "bare":
        app = bare()
    else:
        store, place, persons, count = options
        app, users = account(Path(store), place, int(persons), int(count))
    # not socket.create_server: asyncio spares the delay of small packets where TCP is named only
    with Address("127.0.0.1", 0).bind() as bound:
        bound.listen(512)
        print(json.dumps({"port": bound.getsockname()[1], "users": users}), flush=True)
        config = uvicorn.Config(app, log_level="warning", log_config=None, **server_options())
        uvicorn.Server(config).run([bound])


if __name__ == "__main__":
    main(*sys.argv[1:])
