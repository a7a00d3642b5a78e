"""Pages out of templates: escaped, whole, in the language that was asked for."""

from pathlib import Path

import jinja2
import pytest
from starlette.requests import Request

from statusqr_web.locale import COOKIE, Locale
from statusqr_web.pages import Pages


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    (tmp_path / "templates").mkdir()
    (tmp_path / "locale").mkdir()
    (tmp_path / "templates" / "one.html").write_text(
        '<html lang="{{ lang }}">{{ _("Здравствуйте") }}, {{ name }}! {{ path }}'
        "{% trans n=name %}Снова {{ n }}{% endtrans %}</html>",
        "utf-8",
    )
    (tmp_path / "locale" / "en.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Здравствуйте"\nmsgstr "Hello"\n\n'
        'msgid "Снова %(n)s"\nmsgstr "Again %(n)s"\n',
        "utf-8",
    )
    return Pages(tmp_path)


def request(query: str = "", scheme: str = "http") -> Request:
    return Request(
        {
            **{
                "type": "http",
                "query_string": query.encode(),
                "headers": [(b"host", b"localhost")],
            },
            **{"path": "/x", "root_path": "", "scheme": scheme, "server": ("localhost", 80)},
        }
    )


def test_values_are_escaped_also_within_a_translation(pages: Pages) -> None:
    values = {"name": "<script>alert(1)</script>", "path": ""}
    for locale, hello in ((Locale.RU, "Здравствуйте"), (Locale.EN, "Hello")):
        page = pages.render("one.html", locale, values)
        assert f'<html lang="{locale}">{hello}' in page
        assert "<script>" not in page
        assert page.count("&lt;script&gt;") == 2


def test_a_name_that_is_missing_is_an_error_and_no_gap(pages: Pages) -> None:
    with pytest.raises(jinja2.UndefinedError):
        pages.render("one.html", Locale.RU, {"path": ""})
    with pytest.raises(jinja2.TemplateNotFound):
        pages.render("../one.html", Locale.RU, {})


def test_a_language_that_was_chosen_is_remembered(pages: Pages) -> None:
    answer = pages.answer(request("lang=en"), "one.html", {"name": "Анна"}, 201)
    assert answer.status_code == 201
    assert "Hello, Анна! /x" in bytes(answer.body).decode()
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=en; ")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    secure = pages.answer(request("lang=xx", "https"), "one.html", {"name": ""})
    assert secure.headers["set-cookie"].startswith(f"{COOKIE}=ru; ")  # as shown, never as sent
    assert "Secure" in secure.headers["set-cookie"]


def test_without_a_choice_there_is_no_cookie(pages: Pages) -> None:
    assert "set-cookie" not in pages.answer(request(), "one.html", {"name": ""}).headers


def test_the_shared_templates_are_there_for_all(pages: Pages) -> None:
    values = {"name": "", "path": "/x"}
    assert "<!doctype html>" in pages.render("base.html", Locale.EN, values).lower()
