"""Errors of this project as a citizen is told them. What an operator needs, the log says."""

import logging

from fastapi import FastAPI, Request
from starlette.responses import Response

from statusqr_schema import IssueRefused, RecordRefused, StatusQRError
from statusqr_web.problems import Problem

from .codes import told
from .phrases import Phrases

_LOG = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Answer whatever the registry, the keys or the desk refuse."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, IssueRefused)  # noqa: S101 - as registered below
        _LOG.warning("a code was refused: %s", error.code)
        return told(error, Phrases.for_request(request)).response()

    async def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, StatusQRError)  # noqa: S101
        # of a record's faults only which: their words may come from the record
        detail = (
            error.code if isinstance(error, RecordRefused) else f"{error.code}: {error.message}"
        )
        _LOG.error("the account cannot answer: %s", detail)
        say = Phrases.for_request(request)
        title = say("Кабинет сейчас не отвечает")
        told = say("Ваши сведения и коды сохранены. Попробуйте через несколько минут.")
        return Problem(503, error.code, title, told).response()

    app.add_exception_handler(IssueRefused, refused)
    app.add_exception_handler(StatusQRError, failed)
