"""Requests that are meant to break the API: each is refused, and the next one is answered."""

from collections.abc import Iterator

import httpx
import pytest
from checkpoints import JSON, open_station, problem

from statusqr_web.bodies import KIB

NAME = "Лебедева"  # stands in some of the requests below, and in no answer
VERIFY, IMAGE = "/api/v1/verify", "/api/v1/verify/image"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with open_station() as client:
        yield client


HOSTILE = {
    "not JSON": (b"{", 400, "BAD_JSON"),
    "nothing": (b"", 400, "BAD_JSON"),
    "not UTF-8": (b'{"text":"\xff"}', 400, "BAD_JSON"),
    "UTF-16": ('{"text":"1"}'.encode("utf-16"), 400, "BAD_JSON"),
    "with a mark": (b'\xef\xbb\xbf{"text":"1"}', 400, "BAD_JSON"),
    "deep": (b"[" * 60_000, 400, "BAD_JSON"),
    "deep objects": (b'{"text":' * 7_000, 400, "BAD_JSON"),
    "twice the same name": (b'{"text":"1","text":"2"}', 400, "BAD_JSON"),
    "NaN": (b'{"text":"1","at":NaN}', 400, "BAD_JSON"),
    "Infinity": (b'{"text":"1","at":-Infinity}', 400, "BAD_JSON"),
    "a long number": (b'{"text":"1","at":' + b"9" * 60_000 + b"}", 400, "BAD_JSON"),
    "a large number": (b'{"text":"1","at":1e999}', 400, "BAD_JSON"),
    "two documents": (b'{"text":"1"}{"text":"2"}', 400, "BAD_JSON"),
    "null": (b"null", 422, "REQUEST"),
    "an array": (b'["1"]', 422, "REQUEST"),
    "a text": (b'"1"', 422, "REQUEST"),
    "no text": (b"{}", 422, "REQUEST"),
    "a number for the text": (b'{"text":1}', 422, "REQUEST"),
    "half a letter": (b'{"text":"\\ud800"}', 422, "REQUEST"),
    "one more field": ('{"text":"1","Лебедева":"Лебедева"}'.encode(), 422, "REQUEST"),
    "a long text": (b'{"text":"' + b"1" * 4097 + b'"}', 422, "REQUEST"),
    "seconds for the moment": (b'{"text":"1","at":1763715600}', 422, "REQUEST"),
    "seconds as text": (b'{"text":"1","at":"1763715600"}', 422, "REQUEST"),
    "no zone": (b'{"text":"1","at":"2026-11-21T12:00:00"}', 422, "REQUEST"),
    "a day": (b'{"text":"1","at":"2026-11-21"}', 422, "REQUEST"),
    "a day that is none": (b'{"text":"1","at":"2026-02-30T12:00:00Z"}', 422, "REQUEST"),
    "too early": (b'{"text":"1","at":"1969-12-31T23:59:59Z"}', 422, "REQUEST"),
    "too late": (b'{"text":"1","at":"2200-01-01T00:00:00Z"}', 422, "REQUEST"),
    "other digits": ('{"text":"1","at":"٢026-11-21T12:00:00Z"}'.encode(), 422, "REQUEST"),
    "too large": (b'{"text":"' + b" " * 64 * KIB + b'"}', 413, "BODY_SIZE"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_json_that_is_meant_to_break(name: str, client: httpx.Client) -> None:
    body, status, code = HOSTILE[name]
    answer = client.post(VERIFY, content=body, headers=JSON)
    detail = problem(answer, status, code)
    assert NAME not in answer.text
    assert detail
    assert client.post(VERIFY, json={"text": "1"}).status_code == 200


def test_what_is_wrong_is_named_by_its_place(client: httpx.Client) -> None:
    def detail(value: object) -> str:
        return problem(client.post(VERIFY, json=value), 422, "REQUEST")

    assert detail({"at": None}) == "text: missing"
    assert detail({"text": "1", "at": "now"}) == "at: value_error"
    assert detail({"text": "1", "x" * 2000: 1}) == "body: extra_forbidden"


FORMS = {
    "no file": (b"--x--\r\n", 422, "REQUEST"),
    "no boundary at all": (b"x", 400, "BAD_FORM"),
    "no name": (b"--x\r\nContent-Disposition: form-data\r\n\r\nab\r\n--x--\r\n", 400, "BAD_FORM"),
    "a field, no file": (
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nab\r\n--x--\r\n',
        *(422, "REQUEST"),
    ),
    "two files": (
        2 * b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nab\r\n'
        + b"--x--\r\n",
        *(400, "BAD_FORM"),
    ),
    "a thousand fields": (
        1000 * b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nab\r\n' + b"--x--\r\n",
        *(400, "BAD_FORM"),
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_that_are_meant_to_break(name: str, client: httpx.Client) -> None:
    body, status, code = FORMS[name]
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post(IMAGE, content=body, headers=kind)
    problem(answer, status, code)


@pytest.mark.filterwarnings("ignore:Unclosed file")  # starlette leaves it to the collector
def test_a_form_that_is_cut_short(client: httpx.Client) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nab'
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert problem(client.post(IMAGE, content=body, headers=kind), 422, "REQUEST")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/jsonp", "text/json", "*/*"])
def test_other_types_of_content(kind: str, client: httpx.Client) -> None:
    headers = {"Content-Type": kind}
    for path, wanted in ((VERIFY, "application/json"), (IMAGE, "multipart/form-data")):
        answer = client.post(path, content=b'{"text":"1"}', headers=headers)
        assert wanted in problem(answer, 415, "MEDIA_TYPE")


def test_a_charset_does_no_harm(client: httpx.Client) -> None:
    kind = {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = client.post(VERIFY, content=b'{"text":"1"}', headers=kind)
    assert answer.status_code == 200
