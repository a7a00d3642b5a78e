"""A checkpoint where staff sign in, and the real provider `oidc-provider` of npm in its process."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI
from starlette.responses import HTMLResponse

from statusqr_web import problems
from statusqr_web.headers import SecurityHeaders
from statusqr_web.login import login_router, staff
from statusqr_web.login_config import LoginConfig
from statusqr_web.relying_party import RelyingParty
from statusqr_web.session_cookie import Sessions
from statusqr_web.sessions import MemoryStore, Session, session_of

PROVIDER = Path(__file__).parent / "web" / "provider.mjs"
CONFIG = """
issuer = "{issuer}"
client_id = "checkpoint:1"
client_secret = "secret +/%:& for tests"
scopes = ["openid", "profile", "groups"]
public_url = "{app}"

[staff]
name_claim = "preferred_username"
access_claim = "groups"
access_value = "checkpoint"
"""


DESK = """<!doctype html><html lang="ru"><title>Пост</title><h1>{user}</h1>
<a href="/auth/login?next=/desk">Войти</a>
<form method="post" action="/auth/logout"><input type="hidden" name="csrf_token" value="{csrf}">
<button>Выйти</button></form></html>"""


def application(config: LoginConfig, store: MemoryStore, *, secure: bool = False) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.include_router(login_router(RelyingParty(config.provider), staff(config.staff)))

    @app.get("/")
    @app.get("/shift")
    def page(session: Annotated[Session, Depends(session_of)]) -> dict[str, str | None]:
        return {"user": session.user, "csrf": session.csrf_token}

    @app.get("/desk")
    def desk(session: Annotated[Session, Depends(session_of)]) -> HTMLResponse:
        return HTMLResponse(DESK.format(user=session.user or "никто", csrf=session.csrf_token))

    app.add_middleware(Sessions, store=store, secure=secure)
    app.add_middleware(SecurityHeaders, form_action=lambda: (config.provider.origin,))
    return app


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def provider(app: str, port: int = 0) -> Iterator[str]:
    """The issuer of a provider that runs."""
    command = ["node", str(PROVIDER), str(port), app]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            ready, _, issuer = process.stdout.readline().strip().partition(" ")
            assert ready == "ready"
            yield issuer
        finally:
            process.kill()
