"""What strangers send to the checkpoint besides codes: cookies, languages, hosts, questions.

Every input is read as each of them. What is accepted comes out the same when it is read again.
"""

import base64

from pydantic import ValidationError

from statusqr_schema.strict_json import loads
from statusqr_verifier.checkpoint.place import KEEP, MAX_NAME, Place, known_categories
from statusqr_verifier.checkpoint.questions import Question
from statusqr_web.hosts import host_of
from statusqr_web.locale import Locale, preferred

KNOWN = known_categories()


def one_input(data: bytes) -> None:
    text = data.decode("latin-1")
    _place(text)
    _place(base64.urlsafe_b64encode(data).decode("ascii"))
    assert preferred(text) in Locale
    _host(data)
    _question(data)


def _place(cookie: str) -> None:
    place = Place.from_cookie(cookie, KNOWN)
    if place is None:
        return
    assert place.categories <= KNOWN
    assert place.keep in KEEP
    assert place.name.isprintable()
    assert len(place.name) <= MAX_NAME
    assert Place.from_cookie(place.to_cookie(), KNOWN) == place


def _host(header: bytes) -> None:
    host = host_of(header)
    if host is None:
        return
    assert host
    assert not set(host) & set(" \t/\\@,?#[]")
    again = f"[{host}]:1" if ":" in host else f"{host}:1"
    assert host_of(again.encode("ascii")) == host


def _question(body: bytes) -> None:
    try:
        question = Question.model_validate(loads(body.decode("utf-8")))
    except ValidationError as error:
        assert error.error_count()
        return
    except ValueError:
        return
    assert question.at is None or 1969 <= question.at.astimezone().year <= 2200
    assert question.at is None or question.at.tzinfo is not None
