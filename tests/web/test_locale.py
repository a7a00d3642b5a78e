"""Which language an answer has, and what the catalogues say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from statusqr_verifier.checkpoint.desk import HERE as CHECKPOINT
from statusqr_web.locale import COOKIE, Locale, chosen, preferred, translator

RU, EN = Locale.RU, Locale.EN


def request(query: str = "", cookie: str = "", accept: str = "") -> Request:
    headers = [(b"accept-language", accept.encode("latin-1"))]
    if cookie:
        headers.append((b"cookie", f"{COOKIE}={cookie}".encode()))
    return Request({"type": "http", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("accept", "locale"),
    [
        ("", RU),
        ("ru", RU),
        ("en", EN),
        ("EN-us", EN),
        ("de, en;q=0.5", EN),
        ("de", RU),
        ("en;q=0.8, ru;q=0.9", RU),
        ("ru;q=0.8, en;q=0.9", EN),
        ("en, ru", RU),  # both alike: Russian is the first language
        ("ru-RU, en-US", RU),
        ("en;q=0", RU),
        ("*", RU),
        ("en;q=1;x=y", RU),
        ("en;q=nan", RU),
        ("en;q=inf", EN),
        (" en ; q=0.1 ", EN),
        ("en;q=", RU),
        ("eng", RU),
        ("x" * 600 + ",en", RU),
    ],
)
def test_what_a_browser_prefers(accept: str, locale: Locale) -> None:
    assert preferred(accept) is locale


@given(st.text())
def test_no_header_breaks_it(accept: str) -> None:
    assert preferred(accept) in Locale
    assert preferred(f"en;q=0.5,ru;q=1,{accept}"[:20]) in Locale


def test_the_address_counts_most_and_then_what_was_chosen_before() -> None:
    assert chosen(request("lang=en", "ru", "ru")) is EN
    assert chosen(request("", "en", "ru")) is EN
    assert chosen(request("", "", "en")) is EN
    assert chosen(request("lang=de", "xx", "")) is RU
    assert chosen(request("lang=", "", "en")) is EN


def test_a_text_of_a_package_and_one_that_is_shared() -> None:
    english = translator(EN, (CHECKPOINT / "locale",))
    assert english("Начать смену") not in ("", "Начать смену")
    assert english("нет такого текста") == "нет такого текста"
    assert translator(RU, (CHECKPOINT / "locale",))("Начать смену") == "Начать смену"


def test_catalogues_are_put_together_as_often_as_one_likes() -> None:
    """Each request asks for them. Those that are kept must not grow into one another."""
    for _ in range(2000):
        english = translator(EN, (CHECKPOINT / "locale",))
    assert english("Начать смену") == translator(EN, (CHECKPOINT / "locale",))("Начать смену")
    assert english("нет такого текста") == "нет такого текста"
