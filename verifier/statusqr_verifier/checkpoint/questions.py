"""What the API is asked: read strictly, and only once the caller may ask at all.

A repeated name or a NaN would mean one thing to one program and another to the next, so they are
refused. Nothing of a request is repeated in an answer: it may hold a person's code.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from statusqr_schema.strict_json import loads
from statusqr_web.problems import Problem

from .scanning import LONGEST_TEXT

JSON: Final = "application/json"
FORM: Final = "multipart/form-data"
EXAMPLE_TEXT: Final = "2714" + "0" * 96  # digits as they come, of no code that exists
EXAMPLE_AT: Final = "2026-11-21T12:00:00+03:00"
FILE: Final = "PNG, JPEG, WebP or HEIC, or a PDF, of which 20 pages are read. It is not kept."
FILE_TYPES: Final = "image/png, image/jpeg, image/webp, image/heic, application/pdf"
_MOST_FIELDS: Final = 100  # of a form; all but one are passed over
# A date-time of RFC 3339 in 1970–2199, without the second 60.
_MOMENT: Final = (
    r"^(19[7-9][0-9]|2[01][0-9][0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)


def _moment(value: object) -> datetime:
    if not isinstance(value, str) or not re.fullmatch(_MOMENT, value, re.ASCII):
        raise ValueError("a date and time with a zone")
    return datetime.fromisoformat(value)


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _MOMENT}),
]


class Question(BaseModel):
    """A code to check."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    text: Annotated[
        str,
        Field(
            max_length=LONGEST_TEXT,
            description="The text of the QR code: its digits, without the line end of a scanner.",
            examples=[EXAMPLE_TEXT],
        ),
    ]
    at: Annotated[
        Moment | None,
        Field(
            description="Check as of this moment (1970–2199) instead of now; then neither the "
            "clock nor the age of the data is judged.",
            examples=[EXAMPLE_AT],
        ),
    ] = None


async def read_question(request: Request) -> Question:
    """The question in a body of JSON; Problem 400 or 415, RequestValidationError for its shape."""
    _must_be(request, JSON)
    body = await request.body()
    try:
        value = loads(body.decode("utf-8"))
    except ValueError as error:
        detail = "Нужен JSON в UTF-8, без повторов имён и без NaN."
        raise Problem(400, "BAD_JSON", "Запрос не читается", detail) from error
    try:
        return Question.model_validate(value)
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in told]) from (
            error
        )


async def read_upload(request: Request) -> bytes:
    """The one file of a form, in its field `file`; errors as above."""
    _must_be(request, FORM)
    try:
        async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
            given = form.getlist("file")
            if len(given) == 1 and isinstance(given[0], UploadFile):
                return await given[0].read()
    except HTTPException as error:
        detail = "Нужна форма multipart/form-data с одним файлом в поле file."
        raise Problem(400, "BAD_FORM", "Запрос не читается", detail) from error
    raise RequestValidationError([{"loc": ("body", "file"), "type": "one_file"}])


def _must_be(request: Request, wanted: str) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != wanted:
        raise Problem(415, "MEDIA_TYPE", "Данные не того вида", f"Content-Type: {wanted}")


def question_body() -> Mapping[str, Any]:
    """How the description shows a question."""
    content = {JSON: {"schema": {"$ref": "#/components/schemas/Question"}}}
    return {"requestBody": {"required": True, "content": content}}


def upload_body() -> Mapping[str, Any]:
    """How the description shows a form with a file."""
    schema = {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary", "description": FILE}},
    }
    content = {FORM: {"schema": schema, "encoding": {"file": {"contentType": FILE_TYPES}}}}
    return {"requestBody": {"required": True, "content": content}}
