"""The stream of scans: what listeners hear, and what they cannot do to others."""

import asyncio
import json
import signal
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path

import httpx
import pytest
import scan_world
from checkpoints import Scanner, StationAt, bearer, open_station, problem, process
from world import NOON, record, world

from statusqr_issuer import make_symbol
from statusqr_verifier import Report, Verifier
from statusqr_verifier.checkpoint import scans as module
from statusqr_verifier.checkpoint.app import Door
from statusqr_verifier.checkpoint.scans import (
    MOST_LISTENERS,
    Scans,
    TooManyListeners,
    while_allowed,
)
from statusqr_web.tokens import TokenBook, TokenFile

MUSEUM = "Музей, вход 2"
STREAM = "/api/v1/scans"


def report(text: str = "") -> Report:
    return Verifier(world().trust).check(text or world().print_key.issue().text, NOON)


def told(event: str) -> dict[str, object]:
    """The data of an event as it goes over the wire."""
    number, kind, data, *rest = event.split("\n")
    assert rest == ["", ""]
    assert kind == "event: scan"
    found: dict[str, object] = json.loads(data.removeprefix("data: "))
    assert number == f"id: {found['id']}"
    return found


async def begin(scans: Scans) -> AsyncIterator[str]:
    stream = scans.listen()
    assert await anext(stream) == "retry: 2000\n\n"
    return stream


def test_what_an_event_says() -> None:
    async def run() -> None:
        scans = Scans()
        stream = await begin(scans)
        scans.tell(MUSEUM, report())
        scans.tell("", report("https://example.org"))
        first, second = told(await anext(stream)), told(await anext(stream))
        assert first == {
            "id": 1,
            "place": MUSEUM,
            "verdict": "VALID",
            "accepted": True,
            "code": "",
            "notices": ["N-PRT", "N-NOREV"],
            "checked_at": "2026-11-21T09:00:00+00:00",
        }
        assert (second["id"], second["accepted"], second["code"]) == (2, False, "D-FOR")

    asyncio.run(run())


def test_no_event_says_who() -> None:
    """Not of any record: neither names nor numbers, and nothing of the code's digits."""

    async def run() -> None:
        scans = Scans()
        stream = await begin(scans)
        for name in ("R01", "R04", "R07", "R08", "R19"):
            text = world().print_key.issue(record(name)).text
            scans.tell(MUSEUM, report(text))
            event = await anext(stream)
            person = record(name).holder
            for secret in (person.family_name, person.given_name or "–", text[:12], text[-12:]):
                assert secret not in json.dumps(told(event), ensure_ascii=False)

    asyncio.run(run())


def test_one_that_does_not_read_loses_the_oldest_and_holds_up_nobody() -> None:
    async def run() -> None:
        scans = Scans()
        slow, quick = await begin(scans), await begin(scans)
        for number in range(1, 101):
            scans.tell(MUSEUM, report("x"))
            assert told(await anext(quick))["id"] == number
        assert [told(await anext(slow))["id"] for _ in range(32)] == list(range(69, 101))

    asyncio.run(run())


def test_who_leaves_is_forgotten() -> None:
    async def run() -> None:
        scans = Scans()
        streams = [await begin(scans) for _ in range(3)]
        await streams.pop().aclose()  # type: ignore[attr-defined]
        assert len(scans) == 2
        waiting = asyncio.ensure_future(anext(streams.pop()))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert len(scans) == 1
        scans.listen()  # gone before its stream began
        assert len(scans) == 1
        scans.tell(MUSEUM, report("x"))
        assert told(await anext(streams[0]))["id"] == 1

    asyncio.run(run())


def test_no_more_than_fifty() -> None:
    async def run() -> None:
        scans = Scans()
        held = [await begin(scans) for _ in range(MOST_LISTENERS)]
        with pytest.raises(TooManyListeners):
            scans.listen()
        await held.pop().aclose()  # type: ignore[attr-defined]
        held.append(await begin(scans))
        assert len(scans) == MOST_LISTENERS == 50

    asyncio.run(run())


def test_the_end_of_the_program_ends_full_streams_too() -> None:
    async def run() -> None:
        scans = Scans()
        idle, full = await begin(scans), await begin(scans)
        assert [told(e)["id"] for e in [await _one(scans, idle)]] == [1]
        for _ in range(60):
            scans.tell(MUSEUM, report("x"))
        scans.close()
        assert [told(event)["id"] async for event in idle] == list(range(31, 62))
        assert len([event async for event in full]) == 31
        assert len(scans) == 0

    async def _one(scans: Scans, stream: AsyncIterator[str]) -> str:
        scans.tell(MUSEUM, report("x"))
        return await anext(stream)

    asyncio.run(run())


def test_a_stream_ends_once_it_is_not_allowed() -> None:
    """What has been told meanwhile is not heard, and the place is free at once."""
    may = True

    async def allowed() -> bool:
        return may

    async def run() -> None:
        nonlocal may
        scans = Scans()
        stream = while_allowed(scans.listen(), allowed)
        assert await anext(stream) == "retry: 2000\n\n"
        scans.tell(MUSEUM, report("x"))
        assert told(await anext(stream))["id"] == 1
        scans.tell(MUSEUM, report("x"))
        may = False
        assert [event async for event in stream] == []
        assert len(scans) == 0
        unbegun = while_allowed(scans.listen(), allowed)
        assert len(scans) == 1
        del unbegun
        assert len(scans) == 0

    asyncio.run(run())


class Noted(Scans):
    """Tells when a stream has ended, and on which loop they are."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    def listen(self) -> AsyncIterator[str]:
        self.loop = asyncio.get_running_loop()
        return self._noted(super().listen())

    async def _noted(self, stream: AsyncIterator[str]) -> AsyncIterator[str]:
        try:
            async for event in stream:
                yield event
        finally:
            await stream.aclose()  # type: ignore[attr-defined]
            self.ended.set()


@pytest.fixture
def scans() -> Noted:
    return Noted()


@pytest.fixture
def client(scans: Noted) -> Iterator[httpx.Client]:
    station = StationAt()
    station.scans = scans
    with open_station(station) as client:
        yield client


@contextmanager
def listening(client: httpx.Client, **headers: str) -> Iterator[Iterator[str]]:
    """The lines of a stream that has begun; each listener has a connection to itself."""
    with (
        httpx.Client(base_url=client.base_url, timeout=60) as listener,
        listener.stream("GET", STREAM, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        lines = answer.iter_lines()
        assert [next(lines), next(lines)] == ["retry: 2000", ""]
        yield lines


def event(lines: Iterator[str]) -> dict[str, object]:
    return told("\n".join([*(next(lines) for _ in range(4)), ""]))


def test_two_listeners_hear_a_scanner_page(client: httpx.Client) -> None:
    scanner = Scanner(client).begin(name=MUSEUM, categories=["large_family"])
    good, other = world().print_key.issue().text, world().print_key.issue(record("R04")).text
    with listening(client) as first, listening(client) as second:
        shown = scanner.scan(good)
        assert shown["count"] == 1
        scanner.scan(other)
        scanner.scan("https://example.org/menu")
        scanner.scan(other, again=[other], via="camera")  # still in view: no scan
        scanner.scan(good[:300])
        for lines in (first, second):
            heard = [event(lines) for _ in range(4)]
            assert [(e["verdict"], e["accepted"], e["code"]) for e in heard] == [
                ("VALID", True, ""),
                ("VALID", False, "N-PLC"),
                ("FOREIGN", False, "D-FOR"),
                ("UNDETERMINED", False, "D-BAD"),
            ]
            assert [e["id"] for e in heard] == [1, 2, 3, 4]
            assert {e["place"] for e in heard} == {MUSEUM}


def test_a_code_that_is_looked_up_is_no_scan(client: httpx.Client) -> None:
    scanner = Scanner(client).begin()
    text = world().print_key.issue().text
    with listening(client) as lines:
        assert httpx.post(f"{client.base_url}/api/v1/verify", json={"text": text}).is_success
        scanner.scan("x")
        assert event(lines)["code"] == "D-FOR"


def test_a_file_that_somebody_chose_opens_no_turnstile(client: httpx.Client) -> None:
    scanner = Scanner(client).begin()
    code = make_symbol(world().print_key.issue().text).png()
    with listening(client) as lines:
        assert scanner.files(code).json()["signal"] == "valid"
        scanner.scan("x")
        assert event(lines)["code"] == "D-FOR"


def test_who_hangs_up_is_forgotten_and_may_come_again(client: httpx.Client, scans: Noted) -> None:
    scanner = Scanner(client).begin()
    with listening(client) as lines:
        scanner.scan("x")
        assert event(lines)["id"] == 1
        assert len(scans) == 1
    assert scans.ended.wait(60)
    assert len(scans) == 0
    scanner.scan("y")
    # what came meanwhile is not told again: a stale «let in» is worth nothing
    with listening(client, **{"Last-Event-ID": "1"}) as lines:
        scanner.scan("z")
        assert event(lines)["id"] == 3


def test_one_that_never_reads_holds_up_nobody(client: httpx.Client, scans: Noted) -> None:
    scanner = Scanner(client).begin()
    last = 12_000

    async def tell() -> None:
        for number in range(last):
            scans.tell("м" * 60, report("x"))
            if number % 16 == 0:
                await asyncio.sleep(0)

    with socket.socket() as mute:
        mute.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        mute.connect((client.base_url.host, client.base_url.port))
        mute.sendall(f"GET {STREAM} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert b"200" in mute.recv(512)
        assert scans.loop is not None
        with listening(client) as lines:
            asyncio.run_coroutine_threadsafe(tell(), scans.loop).result(60)
            scanner.scan("x")
            heard = 0
            while heard <= last:
                found = event(lines)["id"]
                assert isinstance(found, int)
                heard = found
            assert heard == last + 1
        assert len(scans) >= 1


def test_a_sign_of_life(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT", 0.01)
    with listening(client) as lines:
        assert [next(lines) for _ in range(4)] == [": alive", "", ": alive", ""]
        Scanner(client).begin().scan("x")
        while (line := next(lines)) in (": alive", ""):
            pass
        assert line == "id: 1"


@pytest.mark.parametrize("how", ["heartbeat", "event"])
def test_a_revoked_token_hears_nothing_more(
    how: str, scans: Noted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "heartbeat":
        monkeypatch.setattr(module, "HEARTBEAT", 0.01)
    file = TokenFile(tmp_path / "tokens.json")
    lost, good = (bearer(file.new(name, ["scans"], date(2026, 11, 21))) for name in "АБ")
    station = StationAt()
    station.scans = scans
    with (
        open_station(station, Door(tokens=TokenBook(file.path))) as client,
        listening(client, **lost) as lines,
        listening(client, **good) as others,
    ):
        assert scans.loop is not None
        file.revoke("А")
        if how == "event":
            scans.loop.call_soon_threadsafe(scans.tell, MUSEUM, report("x"))
            assert event(others)["id"] == 1
        heard = list(islice(lines, 10_000))  # would be endless otherwise
        assert set(heard) <= {": alive", ""}
        assert len(heard) < 10_000
        assert scans.ended.wait(60)
        problem(client.get(STREAM, headers=lost), 401, "NO_ACCESS")
        assert len(scans) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_program_ends_while_somebody_listens(number: int, tmp_path: Path) -> None:
    """The stream is brought to its end. Nothing is cut off, and no traceback tells of it."""
    with (
        process("--trust", scan_world.write_trust(tmp_path)) as server,
        httpx.Client(base_url=server.url) as client,
        listening(client) as lines,
    ):
        Scanner(client).begin().scan("x")
        assert event(lines)["id"] == 1
        server.running.send_signal(number)
        assert list(lines) == []  # httpx raises where a body is cut off
        server.wait()
    assert server.err == ""
