"""Pages out of templates: autoescaped, in the language of the request, undefined names an error."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from .locale import COOKIE, Locale, chosen, translations

TEMPLATES: Final = Path(__file__).parent / "templates"
_YEAR: Final = 365 * 24 * 3600  # seconds


class Pages:
    """The templates in `folder/templates` over those of this package, with `folder/locale`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def render(self, name: str, locale: Locale, values: Mapping[str, object]) -> str:
        """A template with these values."""
        template = _environment(self._folder, locale).get_template(name)
        return template.render(**values, lang=locale.value)

    def answer(
        self,
        request: HTTPConnection,
        name: str,
        values: Mapping[str, object],
        status: int = 200,
    ) -> HTMLResponse:
        """A page; a language chosen by `?lang=` is remembered, for pages that have no such link."""
        locale = chosen(request)
        page = HTMLResponse(self.render(name, locale, {**values, "path": request.url.path}), status)
        if "lang" in request.query_params:
            page.set_cookie(
                COOKIE,
                locale.value,
                max_age=_YEAR,
                secure=request.url.scheme == "https",
                httponly=True,
                samesite="lax",
            )
        return page


@cache
def _environment(folder: Path, locale: Locale) -> Environment:
    loader = ChoiceLoader([FileSystemLoader(folder / "templates"), FileSystemLoader(TEMPLATES)])
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = translations(locale, (folder / "locale",))
    # the extension adds this method; newstyle: {% trans %} values are escaped before they go in
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    return environment
