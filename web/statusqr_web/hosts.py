"""Which names this server answers to, and from where it may be reached without a login.

A page on loopback is reached by every page that a browser on the same machine opens: a foreign
site lets its own name point to 127.0.0.1 and then reads our answers as its own (DNS rebinding). The
Host header still bears the foreign name, so a list of ours is the answer.
"""

import ipaddress
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from statusqr_schema import StatusQRError

from .problems import Problem

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class OpenDoor(StatusQRError):
    """Reachable from outside, and nobody has to say who they are."""

    code = "OPEN_DOOR"


def is_loopback(host: str) -> bool:
    """Whether an address or name to bind to stays within this machine.

    Of names only `localhost` counts (RFC 6761 §6.3); a name's address may change after the question
    was asked. The empty host, 0.0.0.0 and :: mean every address.
    """
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_open_door(host: str, *, tokens: bool, login: bool) -> None:
    """Raise OpenDoor where `host` is not loopback and nobody would be asked who they are.

    `tokens`: there is an API token at least; `login`: a login of staff is configured.
    """
    if is_loopback(host) or tokens or login:
        return
    raise OpenDoor(
        f"адрес «{host}» виден другим устройствам, а вход не настроен: "
        "настройте вход сотрудников (--login ФАЙЛ) или создайте ключ доступа (token new), "
        "или оставьте только этот компьютер (--host 127.0.0.1)"
    )


def hosts_for(
    host: str, addresses: Iterable[str] = (), names: Iterable[str] = ()
) -> frozenset[str]:
    """What the Host header may name for a server bound to `host`.

    `addresses`: this machine's own (see `machine_addresses`), which count where `host` means every
    address; `names`: those by which people reach it.
    """
    found = LOOPBACK_HOSTS | {_plain(name) for name in names}
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - compared, not bound to
        return found | {_plain(address) for address in addresses}
    return found | {_plain(host)}


class AllowedHosts:
    """ASGI: no request whose Host header is absent, twice there, broken (400) or foreign (421)."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(map(_plain, hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before accept: the answer 403
        else:
            await refusal.response()(scope, receive, send)

    def _refusal(self, scope: Scope) -> Problem | None:
        given = [value for name, value in scope["headers"] if name == b"host"]
        host = host_of(given[0]) if len(given) == 1 else None
        if host is None:
            return Problem(400, "BAD_HOST", "Неверный запрос", "Заголовок Host должен быть один.")
        if host not in self._hosts:
            detail = "Откройте страницу по адресу, который показан при запуске программы."
            return Problem(421, "FOREIGN_HOST", "Сервер не отвечает по этому адресу", detail)
        return None


def host_of(header: bytes) -> str | None:
    """The host in a Host header without its port, or None for what is not one (RFC 9110 §7.2)."""
    try:
        text = header.decode("ascii")
    except UnicodeDecodeError:
        return None
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        port = rest.removeprefix(":")
        if not bracket or (rest and not rest.startswith(":")):
            return None
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return None
    else:
        host, _, port = text.partition(":")
        if set(host) & set(" \t/\\@,?#%[]"):
            return None
    if port and not port.isdigit():
        return None
    return _plain(host) or None


def _plain(host: str) -> str:
    """One spelling of a name or address: case, the dot of the root and zeros do not count."""
    host = host.lower().rstrip(".").removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host
