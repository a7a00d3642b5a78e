"""The persons of the bench are such as the account would show, and its client counts what fails."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from bench.account.client import Connection, Taken, in_turn, request
from bench.account.filling import FIRST, fill, number_of
from fastapi import FastAPI
from served import served
from starlette.responses import PlainTextResponse

from statusqr_issuer.registry import Registry, statuses


def test_each_person_has_a_status_that_stands(registry: Registry) -> None:
    fill(registry, 60)
    for number in (FIRST, FIRST + 31, FIRST + 59):
        snils = number_of(number)
        with registry.reading() as view:
            (held,) = statuses.of_person(view, view.person(snils))
        assert held.record.holder.snils == snils
        assert held.stands(datetime.now(UTC))


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    app = FastAPI()

    @app.api_route("/{size}", methods=["GET", "POST"])
    def answer(size: int) -> PlainTextResponse:
        return PlainTextResponse("s" * size, 200 if size else 404)

    with served(app) as port:
        yield "127.0.0.1", port


def test_an_answer_is_read_to_its_end(address: tuple[str, int]) -> None:
    connection = Connection(address)
    for size in (1, 1_000_000, 5):
        assert connection.ask(request("GET", f"/{size}", "127.0.0.1")) == (200, b"s" * size)
    connection.close()


def test_what_is_no_success_is_an_error(address: tuple[str, int]) -> None:
    prepared = [request("POST", f"/{size}", "127.0.0.1", body=b"text") for size in (7, 0)]
    taken = in_turn(address, lambda number: prepared[number % 2], 10, users=3)
    assert (len(taken.seconds), taken.errors) == (10, 5)
    assert taken.rate > 0


def test_percentiles() -> None:
    taken = Taken(tuple(number / 100 for number in range(100, 0, -1)), 0, 10.0)
    assert (taken.percentile(0.5), taken.percentile(0.95), taken.rate) == (0.51, 0.96, 10.0)
