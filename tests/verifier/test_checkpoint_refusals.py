"""Every refusal of the API: as it is described, of a stable code, and without what was sent."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from checkpoints import JSON, PROBLEM, StationAt, bearer, open_station, problem

from statusqr_verifier.checkpoint import app as application
from statusqr_verifier.checkpoint.app import Door
from statusqr_verifier.checkpoint.descriptions import PROBLEMS
from statusqr_verifier.checkpoint.scans import MOST_LISTENERS
from statusqr_verifier.checkpoint.scopes import SCOPES
from statusqr_web.bodies import KIB, MIB, BodyRule
from statusqr_web.rate import RouteGroup
from statusqr_web.tokens import TokenBook, TokenFile

NAME = "Лебедева"  # stands in many of the requests below, and in no answer
TODAY = date(2026, 11, 21)
TEXT = {"text": NAME}
FILE = {"file": (f"{NAME}.png", NAME.encode())}
VERIFY, IMAGE, SCANS = "/api/v1/verify", "/api/v1/verify/image", "/api/v1/scans"
OPERATIONS = {"verify": VERIFY, "verifyImage": IMAGE, "scans": SCANS}


@dataclass
class Servers:
    """Clients of one server for each thing that can be wrong with it."""

    open: httpx.Client
    guarded: httpx.Client
    narrow: httpx.Client  # two calls a minute, bodies of 1 KiB within a fifth of a second
    broken: httpx.Client  # has a fault in it
    unreadable: httpx.Client  # its file of tokens is damaged
    full: httpx.Client
    tokens: Mapping[str, str]


def guarded(folder: Path) -> tuple[Door, dict[str, str]]:
    file = TokenFile(folder / "tokens.json")
    tokens = {scope: file.new(scope, [scope], TODAY) for scope in SCOPES}
    return Door(tokens=TokenBook(file.path)), tokens


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    def fail(*_: object) -> None:
        raise ValueError(NAME)

    folder = tmp_path_factory.mktemp("doors")
    door, tokens = guarded(folder)
    damaged = Door(tokens=TokenBook(folder / "damaged.json"))
    (folder / "damaged.json").write_text("{")
    rates = [RouteGroup(path, (path,), "2/minute") for path in OPERATIONS.values()]
    bodies = [BodyRule(VERIFY, KIB, 0.2)]
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        broken, full = StationAt(), StationAt()
        for name in ("look_up", "read_file"):
            patch.setattr(broken, name, fail)
        patch.setattr(broken.scans, "listen", fail)
        held = [full.scans.listen() for _ in range(MOST_LISTENERS)]
        usual = [
            stack.enter_context(open_station(station, door))
            for station, door in ((None, None), (None, door), (broken, None), (None, damaged))
        ]
        crowded = stack.enter_context(open_station(full))
        patch.setattr(application, "RATES", rates)
        patch.setattr(application, "BODIES", bodies)
        narrow = stack.enter_context(open_station())
        yield Servers(usual[0], usual[1], narrow, usual[2], usual[3], crowded, tokens)
        del held


@pytest.fixture(autouse=True)
def no_cookies(servers: Servers) -> None:
    """Each test is a stranger."""
    servers.open.cookies.clear()


def raw(client: httpx.Client, *lines: str) -> httpx.Response:
    """Send a head, and perhaps less of a body than it promises; the answer."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as line:
        line.sendall("\r\n".join((*lines, "Connection: close", "", "")).encode())
        line.settimeout(60)
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *fields = head.decode("ascii").split("\r\n")
    headers = [(name, value) for name, _, value in (field.partition(": ") for field in fields)]
    return httpx.Response(int(first.split()[1]), headers=headers, content=body)


def call(client: httpx.Client, path: str, **more: Any) -> httpx.Response:
    """A good request to an operation, but for `more`."""
    if path == SCANS:
        return client.get(path, **more)
    if path == IMAGE:
        return client.post(path, **{"files": FILE, **more})
    return client.post(path, **{"json": TEXT, **more})


def too_often(servers: Servers, path: str) -> httpx.Response:
    """Call until it is too often; a stream has no end, so its head must do."""
    for _ in range(3):
        if path != SCANS:
            answer = call(servers.narrow, path)
        else:
            with servers.narrow.stream("GET", path) as answer:
                if answer.status_code != 200:
                    answer.read()
        if answer.status_code == 429:
            break
    return answer


def as_a_page(client: httpx.Client, path: str) -> httpx.Response:
    """From a browser that has our page open, but not from the page."""
    with httpx.Client(base_url=client.base_url) as browser:
        assert browser.get("/").cookies
        return call(browser, path)


def posted(path: str, length: int) -> tuple[str, ...]:
    kind = "application/json" if path == VERIFY else "multipart/form-data; boundary=x"
    return (
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        f"Content-Type: {kind}",
        f"Content-Length: {length}",
    )


# By code: what brings it about, for each operation that is described to answer so.
CAUSES: dict[str, Callable[[Servers, str], httpx.Response]] = {
    "BAD_HOST": lambda servers, path: call(servers.open, path, headers={"Host": "a b"}),
    "FOREIGN_HOST": lambda servers, path: call(
        servers.open, path, headers={"Host": "xn--80acmm4dc.example"}
    ),
    "NO_ACCESS": lambda servers, path: call(servers.guarded, path),
    "NO_SCOPE": lambda servers, path: call(
        servers.guarded, path, headers=bearer(servers.tokens["metrics"])
    ),
    "TOKEN": lambda servers, path: call(servers.unreadable, path, headers=bearer("sqr_x")),
    "TOO_OFTEN": too_often,
    "HEAD_SIZE": lambda servers, path: call(servers.open, path, headers={"X": "x" * 17 * KIB}),
    "INTERNAL": lambda servers, path: call(servers.broken, path),
    "FOREIGN_ORIGIN": lambda servers, path: call(
        servers.open, path, headers={"Origin": "https://example.org"}
    ),
    "FORGED": lambda servers, path: as_a_page(servers.open, path),
    "BODY_SLOW": lambda servers, path: raw(servers.narrow, *posted(path, 100)),
    "BODY_SIZE": lambda servers, path: raw(servers.open, *posted(path, 21 * MIB)),
    "MEDIA_TYPE": lambda servers, path: servers.open.post(path, data={NAME: NAME}),
    "BAD_JSON": lambda servers, path: servers.open.post(
        path, content=f'{{"{NAME}"'.encode(), headers=JSON
    ),
    "BAD_FORM": lambda servers, path: servers.open.post(
        path,
        content=NAME.encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={'x' * 10}"},
    ),
    "REQUEST": lambda servers, path: (
        servers.open.post(path, json={"text": 1, NAME: NAME})
        if path == VERIFY
        else servers.open.post(path, files={"x": (NAME, b"x")})
    ),
    "IMAGE": lambda servers, path: call(servers.open, path),
    "LISTENERS": lambda servers, path: call(servers.full, path),
}


def described(client: httpx.Client) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Operation, code and the described answer, from the document of the running program."""
    document = client.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert OPERATIONS[operation["operationId"]] == path
            for status, answer in operation["responses"].items():
                for code in answer["content"].get(PROBLEM, {}).get("examples", ()):
                    assert PROBLEMS[code][0] == int(status)
                    yield operation["operationId"], code, answer


def test_every_described_refusal_comes_about_and_looks_so(servers: Servers) -> None:
    """And so every status that the document names is seen."""
    client = servers.open
    examples = client.get("/api/v1/openapi.json").json()["components"]["examples"]
    pairs = list(described(client))
    assert {code for _, code, _ in pairs} == set(PROBLEMS) == set(CAUSES)
    # once a call was too much all others are for a minute, so that one comes last
    for operation, code, answer in sorted(pairs, key=lambda pair: pair[1] == "TOO_OFTEN"):
        seen = CAUSES[code](servers, OPERATIONS[operation])
        _is_as_described(seen, code, answer, examples)


def _is_as_described(
    seen: httpx.Response, code: str, answer: Mapping[str, Any], examples: Mapping[str, Any]
) -> None:
    status, title = PROBLEMS[code]
    detail = problem(seen, status, code)
    told = seen.json()
    assert {**told, "detail": ""} == examples[code]["value"]
    assert told["title"] == title
    for header, meant in answer.get("headers", {}).items():
        assert seen.headers[header]
        if meant["schema"]["type"] == "integer":
            assert 1 <= int(seen.headers[header]) <= 60
    for text in (detail, seen.text):
        assert NAME not in text
        assert "Traceback" not in text
    assert seen.headers["content-security-policy"].startswith("default-src 'none'")


SCOPED = {
    "verify": [("POST", VERIFY), ("POST", IMAGE)],
    "scans": [("GET", SCANS)],
    "metrics": [("GET", "/metrics")],
    "page": [("GET", "/data"), ("GET", "/shift"), ("GET", "/check")],
}


@pytest.mark.parametrize("held", SCOPED)
def test_a_token_opens_its_routes_and_no_others(held: str, servers: Servers) -> None:
    token = bearer(servers.tokens[held])
    for scope, routes in SCOPED.items():
        for method, path in routes:
            request = {"json": TEXT} if path == VERIFY else {}
            with servers.guarded.stream(method, path, headers=token, **request) as answer:  # type: ignore[arg-type]
                if scope == held:
                    assert answer.status_code in (200, 415)  # 415: past the door, without a file
                    continue
                answer.read()
                assert scope in problem(answer, 403, "NO_SCOPE")
                challenge = answer.headers["www-authenticate"]
                assert f'error="insufficient_scope", scope="{scope}"' in challenge


@pytest.mark.parametrize("authorization", ["Bearer sqr_wrong", "Basic dTpw", "x" * 900])
def test_a_wrong_token(authorization: str, servers: Servers) -> None:
    for path in OPERATIONS.values():
        answer = call(servers.guarded, path, headers={"Authorization": authorization})
        problem(answer, 401, "NO_ACCESS")
        assert "Bearer realm=" in answer.headers["www-authenticate"]
        assert authorization.split()[-1] not in answer.text


def test_who_may_not_ask_is_told_so_before_the_body_is_read(servers: Servers) -> None:
    answer = raw(servers.guarded, *posted(IMAGE, 19 * MIB))
    problem(answer, 401, "NO_ACCESS")
    assert json.loads(answer.content)["detail"]
