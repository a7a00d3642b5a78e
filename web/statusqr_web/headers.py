"""Security headers on every answer: a strict content policy, and nothing kept but static files.

No inline script or style, nothing from elsewhere, no frames. `wasm-unsafe-eval` lets a page compile
WebAssembly and no other code; the camera stays usable by the page itself. Other sites learn no
address of ours, while our own forms name their origin: `no-referrer` would make that `null` (Fetch,
«append a request Origin header»), and browsers without Fetch Metadata send nothing else.
"""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY: Final[Mapping[str, str]] = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self'",
    "connect-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' blob:",
    "media-src": "'self' blob:",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",  # the last: further origins follow
}
_ALWAYS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}
_TWO_YEARS: Final = 63_072_000  # seconds


class SecurityHeaders:
    """ASGI middleware: the headers above, on errors too; HSTS where the connection is TLS.

    `form_action` names further origins to which forms may lead, e.g. a login provider: browsers
    apply the rule to the redirects that follow a form as well. It is asked for each answer: what
    a provider's own description names is known only once it was fetched.
    """

    def __init__(self, app: ASGIApp, form_action: Callable[[], tuple[str, ...]] = tuple) -> None:
        self._app = app
        self._form_action = form_action
        self._policy = "; ".join(f"{name} {value}" for name, value in CONTENT_POLICY.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and put the headers on its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_ALWAYS)
                policy = " ".join((self._policy, *self._form_action()))
                headers["Content-Security-Policy"] = policy
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}"
            await send(message)

        await self._app(scope, receive, with_headers)
