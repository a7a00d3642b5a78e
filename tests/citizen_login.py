"""A page where citizens log in; the provider is that of `staff_login`, whose citizens are invented.

`olga` and `viktoria` are those of examples/records.json; `stranger` has the name of the first and
another SNILS; `unconfirmed`, `unnumbered` and `misnumbered` are not let in.
"""

from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlencode

import httpx
from fastapi import Depends, FastAPI, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from statusqr_issuer.account.citizens import citizens
from statusqr_keys.finder import Finder
from statusqr_web import problems, staying
from statusqr_web.headers import SecurityHeaders
from statusqr_web.login import login_router
from statusqr_web.login_config import CitizenLogin
from statusqr_web.problems import Problem
from statusqr_web.relying_party import RelyingParty
from statusqr_web.session_cookie import Sessions
from statusqr_web.sessions import MemoryStore, Session

FINDER: Final = Finder(bytes(32))
CONFIG: Final = """
name = "Вход для проверки"
issuer = "{issuer}"
client_id = "account:1"
client_secret = "secret +/%:& for tests"
scopes = ["openid", "profile", "snils"]
public_url = "{app}"

[citizen]
"""


def config_file(folder: Path, issuer: str, app: str) -> Path:
    """A file for `load_citizen_login`."""
    file = folder / "citizens.toml"
    file.write_text(CONFIG.format(issuer=issuer, app=app), encoding="utf-8")
    return file


def application(
    login: CitizenLogin, store: MemoryStore, party: RelyingParty | None = None
) -> FastAPI:
    """What a login needs, and one page that tells what the session holds."""
    app = FastAPI()
    problems.install(app)
    app.add_exception_handler(Problem, _lead)
    admit = citizens(login.citizen, FINDER.person)
    app.include_router(login_router(party or RelyingParty(login.provider), admit))
    app.include_router(staying.router())

    @app.get("/")
    def start() -> str:
        return "start"

    @app.get("/mine")
    def mine(session: Annotated[Session, Depends(staying.signed_in)]) -> JSONResponse:
        return JSONResponse({**session.data, "csrf": session.csrf_token})

    app.add_middleware(Sessions, store=store, secure=False, name="statusqr-account")
    app.add_middleware(SecurityHeaders, form_action=lambda: (login.provider.origin,))
    return app


async def _lead(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    if error.details.code != "NO_LOGIN":
        return error.response()
    way = urlencode({"next": f"{request.url.path}?{request.url.query}".rstrip("?")})
    return RedirectResponse(f"/auth/login?{way}", 303)


def identify(browser: httpx.Client, page: httpx.Response, name: str) -> httpx.Response:
    """Fill in the provider's form; where that leads."""
    assert "<h1>Вход</h1>" in page.text
    return browser.post(page.url, data={"name": name, "password": "test"})
