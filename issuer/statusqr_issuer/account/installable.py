"""The account as an app on the home screen: manifest, service worker, the page without a network.

The worker keeps static files and one page that says there is no network; nothing personal.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from statusqr_web import assets

from .answers import frame
from .office import Office
from .phrases import HERE

_STATIC: Final = HERE / "static"
_MANIFEST: Final = _STATIC / "manifest.webmanifest"
_FONTS: Final = ("PT_Sans-Web-Regular.ttf", "PT_Sans-Web-Bold.ttf")
OFFLINE: Final = "/offline"


def router(office: Office) -> APIRouter:
    """`/manifest.webmanifest`, `/sw.js`, `/offline`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/manifest.webmanifest")
    def manifest() -> Response:
        headers = {"Cache-Control": "no-cache"}
        return FileResponse(_MANIFEST, media_type="application/manifest+json", headers=headers)

    @routes.get("/sw.js")
    def worker() -> Response:
        """At the root, because its address decides which pages it serves."""
        headers = {"Cache-Control": "no-cache"}
        return Response(worker_text(), media_type="text/javascript", headers=headers)

    @routes.get(OFFLINE)
    def offline(request: Request) -> HTMLResponse:
        return office.pages.answer(request, "offline.html", frame(office, None))

    return routes


@cache
def worker_text() -> str:
    """The worker with the addresses that it keeps; another version where any of the files is."""
    kept = sorted((OFFLINE, *_addresses(_STATIC, "app"), *_addresses(assets.STATIC, "web")))
    kept += [f"/static/fonts/{name}" for name in _FONTS]
    digest = hashlib.sha256()
    for folder in (_STATIC, assets.STATIC, HERE / "templates"):
        for path in sorted(filter(Path.is_file, folder.iterdir())):
            digest.update(path.name.encode() + path.read_bytes())
    listed = ",\n".join(f'  "{address}"' for address in kept)
    source = (_STATIC / "sw.js").read_text(encoding="utf-8")
    head = f'const VERSION = "{digest.hexdigest()[:16]}";\nconst KEPT = [\n{listed},\n];\n'
    return head + source


def _addresses(folder: Path, name: str) -> list[str]:
    files = (path.name for path in folder.iterdir() if path.is_file())
    return [f"/static/{name}/{file}" for file in files if file not in ("sw.js", _MANIFEST.name)]
