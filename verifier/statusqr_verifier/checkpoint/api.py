"""The API for machines: check a text, check a picture, listen to the scans."""

from datetime import datetime
from functools import partial

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from statusqr_schema import ImageRefused
from statusqr_web.problems import Problem

from .. import words
from ..policy import Policy
from ..report import Report
from ..report_json import report_to_json, unreadable_to_json
from . import metrics
from .descriptions import refusals, report_answer, reports_answer, scans_answer
from .desk import Desk
from .questions import question_body, read_question, read_upload, upload_body
from .scans import TooManyListeners, while_allowed

PREFIX = "/api/v1"


def router(desk: Desk) -> APIRouter:
    """The routes below `/api/v1`, and `/metrics`."""
    routes = APIRouter()
    station = desk.station
    usual = station.settings.place
    may_verify = Depends(desk.access.needs("verify"))

    def check(text: str, at: datetime | None) -> Report:
        now = station.policy(usual)
        policy = now if at is None else Policy(now.categories, now.regions, as_of=True)
        return station.look_up(text, policy, "api", at)

    @routes.post(
        f"{PREFIX}/verify",
        operation_id="verify",
        summary="Check a code",
        tags=["check"],
        dependencies=[may_verify],
        response_class=Response,
        responses={200: report_answer(), **refusals("BAD_JSON", body=True)},
        openapi_extra=dict(question_body()),
    )
    async def verify(request: Request) -> JSONResponse:
        """Whether the status in a code holds. A turnstile looks at `accepted` and nothing else.

        Any text is answered with a report: what is no status code is FOREIGN. The words are in the
        language of `Accept-Language` (ru, en).
        """
        question = await read_question(request)
        report = check(question.text, question.at)
        return JSONResponse(report_to_json(report, "text", desk.language(request)))

    @routes.post(
        f"{PREFIX}/verify/image",
        operation_id="verifyImage",
        summary="Check the codes in a picture or PDF",
        tags=["check"],
        dependencies=[may_verify],
        response_class=Response,
        responses={200: reports_answer(), **refusals("BAD_FORM", "IMAGE", body=True)},
        openapi_extra=dict(upload_body()),
    )
    async def verify_image(request: Request) -> JSONResponse:
        """A report for each code in the file, in `reports`; where none can be read, one report
        with the verdict UNREADABLE."""
        data = await read_upload(request)
        try:
            texts = await station.read_file(data)
        except ImageRefused as error:
            raise Problem(415, error.code, "Файл не читается", error.message) from error
        language = desk.language(request)
        reports = [report_to_json(check(text, None), "file", language) for text in texts]
        if not reports:
            reports = [unreadable_to_json("file", words.UNREADABLE[language])]
        return JSONResponse({"reports": reports})

    @routes.get(
        f"{PREFIX}/scans",
        operation_id="scans",
        summary="Listen to the scanner pages",
        tags=["scans"],
        dependencies=[Depends(desk.access.needs("scans"))],
        response_class=Response,
        responses={200: scans_answer(), **refusals("LISTENERS")},
    )
    async def scans(request: Request) -> StreamingResponse:
        """A stream of server-sent events, one for each code that is shown at a scanner page of this
        server, from now on. No personal data. A comment every 15 seconds shows that it lives. It
        ends when the token is revoked or runs out."""
        try:
            events = station.scans.listen()
        except TooManyListeners as error:
            raise Problem(503, "LISTENERS", "Слушателей слишком много") from error
        allowed = partial(desk.access.still, request, "scans")
        return StreamingResponse(while_allowed(events, allowed), media_type="text/event-stream")

    @routes.get(
        "/metrics",
        include_in_schema=False,
        dependencies=[Depends(desk.access.needs("metrics"))],
    )
    async def prometheus() -> Response:
        return Response(station.metrics.text(), headers={"Content-Type": metrics.CONTENT_TYPE})

    return routes
