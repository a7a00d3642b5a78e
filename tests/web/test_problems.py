"""Errors as RFC 9457 says, without what was sent."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Query
from httpx2 import Response  # what the test client of starlette speaks
from pydantic import BaseModel, ConfigDict
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from statusqr_web.problems import MEDIA_TYPE, Faults, Problem, ProblemDetails, install

NAME = "Лебедева"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = 0


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    inner: Inner = Inner()
    many: dict[str, int] = {}


def client(*, faults: bool = True) -> TestClient:
    app = FastAPI()

    @app.post("/take")
    def take(sent: Sent) -> str:
        return sent.text

    @app.get("/problem")
    def problem() -> None:
        raise Problem(409, "NO_SHIFT", "Смена не начата", "Начните смену.", {"X-More": "1"})

    @app.get("/fault")
    def fault(name: str = Query("")) -> None:
        raise ValueError(f"{NAME} {name}")

    @app.get("/late")
    def late() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield "begun"
            raise ValueError(NAME)

        return StreamingResponse(parts())

    install(app)
    if faults:
        app.add_middleware(Faults)
    return TestClient(app, raise_server_exceptions=False)


def told(answer: Response, status: int, code: str) -> str:
    """The detail of this problem, of which nothing else is told."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)
    found = answer.json()
    detail = str(found.pop("detail"))
    assert found.pop("title")
    assert found == {"type": f"urn:statusqr:problem:{code.lower()}", "status": status, "code": code}
    assert NAME not in answer.text
    return detail


def test_a_problem_that_a_route_tells() -> None:
    answer = client().get("/problem")
    assert told(answer, 409, "NO_SHIFT") == "Начните смену."
    assert answer.headers["x-more"] == "1"


@pytest.mark.parametrize("faults", [True, False])
def test_an_error_that_nobody_foresaw(faults: bool) -> None:
    """With the middleware or, where a middleware itself fails, without it."""
    assert told(client(faults=faults).get("/fault", params={"name": NAME}), 500, "INTERNAL") == ""


def test_such_an_error_goes_on_to_the_log() -> None:
    with pytest.raises(ValueError, match=NAME):
        TestClient(client().app).get("/fault")


def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    answer = client().get("/late")
    assert (answer.status_code, answer.text) == (200, "begun")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", f"/{NAME}", 404)])
def test_what_is_not_there(method: str, path: str, status: int) -> None:
    assert told(client().request(method, path), status, f"HTTP_{status}") == ""


def test_other_methods_are_told_which_there_are() -> None:
    answer = client().get("/take")
    told(answer, 405, "HTTP_405")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        ({}, "text: missing"),
        ({"text": 1}, "text: string_type"),
        ({"text": "", NAME: 1}, "body: extra_forbidden"),
        ({"text": "", "inner": {NAME: NAME}}, "inner: extra_forbidden"),
        ({"text": "", "inner": {"size": NAME}}, "inner.size: int_parsing"),
        ([NAME], "body: model_attributes_type"),
    ],
)
def test_the_place_of_what_is_wrong(sent: object, detail: str) -> None:
    assert told(client().post("/take", json=sent), 422, "REQUEST") == detail


def test_the_detail_has_an_end() -> None:
    many = {f"x{number}": "x" for number in range(1000)}
    detail = told(client().post("/take", json={"text": "", "many": many}), 422, "REQUEST")
    assert len(detail) == 1000


def test_details_are_what_rfc_9457_says() -> None:
    details = ProblemDetails(429, "TOO_OFTEN", "Слишком часто")
    assert details.to_json() == {
        "type": "urn:statusqr:problem:too_often",
        "title": "Слишком часто",
        "status": 429,
        "detail": "",
        "code": "TOO_OFTEN",
    }
