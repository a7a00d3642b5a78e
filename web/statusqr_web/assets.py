"""Static files and fonts, from this machine only."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC: Final = Path(__file__).parent / "static"


class Assets(StaticFiles):
    """Files that browsers may keep but ask about each time: a new version is seen at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or the 404 of the base class."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def mount(app: FastAPI, own: Path) -> None:
    """`/static/web/` for what is shared, `/static/app/` for `own`, `/static/fonts/` for PT Sans."""
    app.mount("/static/web", Assets(directory=STATIC), name="web")
    app.mount("/static/app", Assets(directory=own), name="app")
    if (fonts := _fonts()) is not None:
        app.mount("/static/fonts", Assets(directory=fonts), name="fonts")


def _fonts() -> Path | None:
    """Where the package fontpkg-pt-sans keeps its files; None where it is not installed."""
    try:
        import fontpkg_pt_sans
    except ImportError:
        return None
    found = next(Path(fontpkg_pt_sans.__file__).parent.rglob("*Regular.ttf"), None)
    return found.parent if found else None
