"""How often one client may call, by group of routes: 429 with Retry-After beyond it.

A client is a token, else a person's session, else a network address. Sessions of visitors do not
count as clients: anyone can have a new one for each request. Where the login names each person by
a word of their own, all sessions of a person may count as one client: `by_person`. Else whoever
signs in again and again has a new allowance each time.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .problems import Problem
from .sessions import SCOPE_KEY, Session, digest_of
from .tokens import TokenBook, TokenProblem

_IPV6_SITE: Final = 64  # bits: a site has 2^64 addresses to choose from


class BoundedMemory(Storage, MovingWindowSupport):
    """The calls of late, in this process: at most `most`; the longest silent key goes first.

    `clock` gives seconds. Implements what the moving window of `limits` needs.
    """

    STORAGE_SCHEME = None

    def __init__(self, most: int = 100_000, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._most = most
        self.clock = clock
        self._calls: OrderedDict[str, deque[float]] = OrderedDict()
        self._kept = 0

    def __len__(self) -> int:
        return self._kept

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing that a memory can raise."""
        return MemoryError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Note `amount` calls if there is room for them within the last `expiry` seconds."""
        calls = self._recent(key, expiry)
        if len(calls) + amount > limit:
            return False
        calls.extend([self.clock()] * amount)
        self._kept += amount
        self._calls[key] = calls
        self._calls.move_to_end(key)
        while self._kept > self._most:
            _, oldest = self._calls.popitem(last=False)
            self._kept -= len(oldest)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest call that counts was made, and how many count."""
        calls = self._recent(key, expiry)
        return (calls[0] if calls else self.clock()), len(calls)

    def _recent(self, key: str, expiry: int) -> deque[float]:
        calls = self._calls.get(key, deque())
        since = self.clock() - expiry
        while calls and calls[0] <= since:
            calls.popleft()
            self._kept -= 1
        if not calls:
            self._calls.pop(key, None)
        return calls

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """No fixed windows here."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """How many calls are kept under a key."""
        return len(self._calls.get(key, ()))

    def get_expiry(self, key: str) -> float:
        """No fixed windows here."""
        raise NotImplementedError

    def check(self) -> bool:
        """A memory is there."""
        return True

    def reset(self) -> int | None:
        """Forget every call; how many keys there were."""
        keys, self._kept = len(self._calls), 0
        self._calls.clear()
        return keys

    def clear(self, key: str) -> None:
        """Forget the calls under a key."""
        self._kept -= len(self._calls.pop(key, ()))


@dataclass(frozen=True, slots=True)
class RouteGroup:
    """Routes that share an allowance: `prefixes` of their paths, `rate` such as `60/minute`.

    `ending`: of these paths only those that end so.
    """

    name: str
    prefixes: tuple[str, ...]
    rate: str
    ending: str = ""


class RateLimits:
    """ASGI: 429 for a client beyond its allowance in a group; paths in no group are free.

    To be placed within Sessions, so that it knows the session. The address is the connection's:
    where a proxy stands before the server, `server_options` says which one may name another.
    """

    def __init__(
        self,
        app: ASGIApp,
        groups: Sequence[RouteGroup],
        *,
        book: TokenBook | None = None,
        storage: BoundedMemory | None = None,
        by_person: bool = False,
    ) -> None:
        self._app = app
        self._by_person = by_person
        pairs = [(prefix, group) for group in groups for prefix in group.prefixes]
        self._groups = sorted(pairs, key=_narrowness, reverse=True)
        self._rates: dict[str, RateLimitItem] = {group.name: parse(group.rate) for group in groups}
        self._book = book
        self._storage = BoundedMemory() if storage is None else storage
        self._limiter = MovingWindowRateLimiter(self._storage)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the request, and pass it on or refuse it."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await refusal.response()(scope, receive, send)

    def _refusal(self, scope: Scope) -> Problem | None:
        path = scope["path"]
        fit = (group for prefix, group in self._groups if path.startswith(prefix))
        group = next((group for group in fit if path.endswith(group.ending)), None)
        if group is None:
            return None
        client = client_of(scope, self._book, by_person=self._by_person)
        rate = self._rates[group.name]
        if self._limiter.hit(rate, group.name, client):
            return None
        free = self._limiter.get_window_stats(rate, group.name, client).reset_time
        seconds = max(1, math.ceil(free - self._storage.clock()))
        detail = f"Повторите через {seconds} с."
        return Problem(
            429, "TOO_OFTEN", "Слишком много запросов", detail, {"Retry-After": str(seconds)}
        )


def _narrowness(pair: tuple[str, RouteGroup]) -> tuple[int, int]:
    prefix, group = pair
    return len(prefix), len(group.ending)


def client_of(scope: Scope, book: TokenBook | None = None, *, by_person: bool = False) -> str:
    """Whom a request counts for. A token that is not held counts for its address, as a guess."""
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    if book is not None and scheme.lower() == "bearer":
        try:
            found = book.find(token.strip())
        except TokenProblem:
            found = None
        if found is not None:
            return f"token:{found.id}"
    session = scope.get(SCOPE_KEY)
    if isinstance(session, Session) and session.signed_in:
        if by_person and (subject := session.subject) is not None:
            return f"person:{digest_of(subject.encode()).hex()}"
        return f"session:{digest_of(session.id).hex()}"
    return f"address:{_site(scope['client'][0] if scope.get('client') else '')}"


def _site(address: str) -> str:
    """An IPv4 address as it is, an IPv6 address as its /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), _IPV6_SITE), strict=False))
