"""How the API describes its answers (OpenAPI 3.1): the report's schema, examples, every error."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI

from statusqr_web.problems import MEDIA_TYPE, ProblemDetails

from .questions import Question

_PREFIX: Final = "#/components/schemas/"
_EXAMPLES: Final = "#/components/examples/"
# By code: the status and the words of every problem that the API answers with.
PROBLEMS: Final[Mapping[str, tuple[int, str]]] = {
    "BAD_HOST": (400, "Неверный запрос"),
    "BAD_JSON": (400, "Запрос не читается"),
    "BAD_FORM": (400, "Запрос не читается"),
    "NO_ACCESS": (401, "Доступ закрыт"),
    "NO_SCOPE": (403, "Доступ закрыт"),
    "FOREIGN_ORIGIN": (403, "Запрос не принят"),
    "FORGED": (403, "Запрос не принят"),
    "BODY_SLOW": (408, "Запрос не получен"),
    "BODY_SIZE": (413, "Запрос слишком велик"),
    "MEDIA_TYPE": (415, "Данные не того вида"),
    "IMAGE": (415, "Файл не читается"),
    "FOREIGN_HOST": (421, "Сервер не отвечает по этому адресу"),
    "REQUEST": (422, "Запрос не той формы"),
    "TOO_OFTEN": (429, "Слишком много запросов"),
    "HEAD_SIZE": (431, "Запрос слишком велик"),
    "INTERNAL": (500, "Ошибка программы: попробуйте ещё раз"),
    "LISTENERS": (503, "Слушателей слишком много"),
    "TOKEN": (503, "Ключи доступа не читаются"),
}
_ANY_ROUTE: Final = (
    *("BAD_HOST", "NO_ACCESS", "NO_SCOPE", "FOREIGN_HOST", "TOO_OFTEN", "HEAD_SIZE"),
    *("INTERNAL", "TOKEN"),
)
_WITH_A_BODY: Final = (
    *("FOREIGN_ORIGIN", "FORGED", "BODY_SLOW", "BODY_SIZE", "MEDIA_TYPE", "REQUEST"),
)
Described = dict[str, Any]  # as FastAPI takes it
_HEADERS: Final[Mapping[int, Described]] = {
    401: {"WWW-Authenticate": {"description": "RFC 6750, section 3", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "seconds", "schema": {"type": "integer", "minimum": 1}}},
}


@cache
def report_schema() -> Mapping[str, Any]:
    """`report.schema.json`, as published."""
    text = files("statusqr_verifier").joinpath("report.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def report_answer() -> Described:
    """One report."""
    content = {"schema": {"$ref": f"{_PREFIX}Report"}, "examples": _named_examples(_reports())}
    return {"description": "The report.", "content": {"application/json": content}}


def reports_answer() -> Described:
    """The reports of a file."""
    schema = {
        "type": "object",
        "required": ["reports"],
        "properties": {
            "reports": {"type": "array", "minItems": 1, "items": {"$ref": f"{_PREFIX}Report"}}
        },
        "additionalProperties": False,
    }
    content = {"schema": schema, "examples": _named_examples(("file",))}
    return {"description": "A report for each code.", "content": {"application/json": content}}


def scans_answer() -> Described:
    """The stream of scans."""
    content = {"schema": {"type": "string"}, "examples": _named_examples(("scan",))}
    return {"description": "Events `scan`.", "content": {"text/event-stream": content}}


def refusals(*codes: str, body: bool = False) -> dict[int | str, Described]:
    """The problems (RFC 9457) of a route: those of every route, and `codes`."""
    own = {*_ANY_ROUTE, *codes, *(_WITH_A_BODY if body else ())}
    by_status: dict[int | str, Described] = {}
    for code, (status, title) in PROBLEMS.items():
        if code not in own:
            continue
        schema = {"$ref": f"{_PREFIX}Problem"}
        empty = {"content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}
        answer = by_status.setdefault(status, {"description": title, **empty})
        answer["content"][MEDIA_TYPE]["examples"] |= _named_examples((code,))
        if status in _HEADERS:
            answer["headers"] = _HEADERS[status]
    return by_status


def _named_examples(names: Iterable[str]) -> Described:
    """References: FastAPI would take every null out of what stands in an answer."""
    return {name: {"$ref": _EXAMPLES + name} for name in names}


def _reports() -> Mapping[str, Described]:
    return {example["verdict"]: example for example in report_schema()["examples"]}


def _examples() -> Described:
    """What the names stand for."""
    scan = {
        "id": 17,
        "place": "Музей, вход 2",
        "verdict": "VALID",
        "accepted": True,
        "code": "",
        "notices": ["N-PRT"],
        "checked_at": "2026-11-21T09:00:00+00:00",
    }
    problems = {
        code: ProblemDetails(status, code, title).to_json()
        for code, (status, title) in PROBLEMS.items()
    }
    values = {
        **_reports(),
        "file": {"reports": [_reports()["VALID"]]},
        "scan": f"id: 17\nevent: scan\ndata: {json.dumps(scan, ensure_ascii=False)}\n\n",
        **problems,
    }
    return {name: {"value": value} for name, value in values.items()}


_PROBLEM: Final[Described] = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `title` and `detail` are words.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
}


def describe(app: FastAPI) -> None:
    """Give `app` its description: FastAPI's own with the schemas of reports and problems."""
    plain = app.openapi

    def openapi() -> Described:
        if app.openapi_schema is None:
            document = plain()
            components = document.setdefault("components", {})
            components["examples"] = _examples()
            schemas = components.setdefault("schemas", {})
            report = {k: v for k, v in report_schema().items() if k not in ("$schema", "$defs")}
            report.pop("examples")
            for name, schema in report_schema()["$defs"].items():
                schemas[_named(name)] = _anchored(schema)
            schemas["Report"] = _anchored(report)
            schemas["Problem"] = _PROBLEM
            schemas["Question"] = Question.model_json_schema()
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _named(definition: str) -> str:
    return f"Report{definition.capitalize()}"


def _anchored(schema: Any) -> Any:
    """A schema whose references lead into the components of the description."""
    match schema:
        case {"$ref": str(reference), **rest}:
            return {"$ref": _PREFIX + _named(reference.rpartition("/")[2]), **rest}
        case dict():
            return {key: _anchored(value) for key, value in schema.items()}
        case list():
            return [_anchored(value) for value in schema]
        case _:
            return schema
