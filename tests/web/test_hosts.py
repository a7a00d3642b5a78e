"""Names that a server answers to (DNS rebinding), and doors that stand open."""

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from statusqr_web.hosts import (
    LOOPBACK_HOSTS,
    AllowedHosts,
    OpenDoor,
    host_of,
    hosts_for,
    is_loopback,
    refuse_open_door,
)


def client(*hosts: str) -> TestClient:
    app = FastAPI()

    @app.get("/")
    def page() -> str:
        return "страница"

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.close()

    app.add_middleware(AllowedHosts, hosts=hosts or LOOPBACK_HOSTS)
    return TestClient(app)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost:8653",
        "localhost.",
        "127.0.0.1:8653",
        "[::1]",
        "[::1]:8653",
        "[0::1]",
    ],
)
def test_loopback_names_are_answered(host: str) -> None:
    assert client().get("/", headers={"Host": host}).json() == "страница"


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8653", "localhost.evil.example", "127.0.0.1.evil.example"),
        *("192.0.2.7", "2130706433", "0x7f.1", "[::2]", "0.0.0.0"),  # noqa: S104
    ],
)
def test_a_foreign_name_is_misdirected(host: str) -> None:
    answer = client().get("/", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "FOREIGN_HOST")
    assert host not in answer.text


@pytest.mark.parametrize(
    "host",
    [
        *("", ":80", "localhost:x", "local host", "localhost/", "user@localhost", "[::1", "[::1]x"),
        *("[localhost]", "localhost,evil.example", "localhost:80:80", "::1"),
    ],
)
def test_what_is_no_host_is_refused(host: str) -> None:
    answer = client().get("/", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_HOST")


def test_two_hosts_are_refused() -> None:
    answer = client().get("/", headers=[("Host", "localhost"), ("Host", "evil.example")])
    assert answer.status_code == 400


def test_a_web_socket_from_a_foreign_name_is_closed() -> None:
    with client().websocket_connect("/socket", headers={"Host": "localhost"}) as socket:
        assert socket.receive() == {"type": "websocket.close", "code": 1000, "reason": ""}
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client().websocket_connect("/socket", headers={"Host": "evil.example"}),
    ):
        pass
    assert closed.value.code == 1008


def test_the_bound_address_and_further_names_are_answered() -> None:
    hosts = hosts_for("192.0.2.7", ["198.51.100.1"], ["Checkpoint.Local"])
    for host in ("192.0.2.7:8653", "checkpoint.local", "localhost"):
        assert client(*hosts).get("/", headers={"Host": host}).status_code == 200
    # bound to one address: the machine's others are none of ours
    assert client(*hosts).get("/", headers={"Host": "198.51.100.1"}).status_code == 421


@pytest.mark.parametrize("everywhere", ["", "0.0.0.0", "::"])  # noqa: S104
def test_bound_to_every_address_all_of_them_are_answered(everywhere: str) -> None:
    hosts = hosts_for(everywhere, ["198.51.100.1", "2001:db8::1"])
    assert hosts == LOOPBACK_HOSTS | {"198.51.100.1", "2001:db8::1"}
    answer = client(*hosts).get("/", headers={"Host": "[2001:DB8:0::1]:8653"})
    assert answer.status_code == 200


@given(st.binary(max_size=40))
def test_no_host_header_raises(header: bytes) -> None:
    host = host_of(header)
    assert host is None or header.decode("ascii")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1"])
def test_what_is_loopback(host: str) -> None:
    assert is_loopback(host)
    refuse_open_door(host, tokens=False, login=False)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.0.2.7", "checkpoint", "localhost.evil.example", "127.1"],  # noqa: S104
)
def test_an_open_door_is_refused(host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(
        OpenDoor, match=r"вход не настроен.*token new.*--host 127\.0\.0\.1"
    ) as error:
        refuse_open_door(host, tokens=False, login=False)
    assert error.value.code == "OPEN_DOOR"
    refuse_open_door(host, tokens=True, login=False)
    refuse_open_door(host, tokens=False, login=True)
