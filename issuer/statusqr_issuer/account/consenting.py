"""The consent (order 653n, point 4): asked for, given, shown, taken along, withdrawn.

Also `/my-data.json`: all that the registry holds about the person who asks. It needs no consent:
who has withdrawn it, or never gave it, may ask all the same what is held about them (152-FZ,
article 14). No page shows it: a file is handed out to whoever presses the button for it.
"""

import json
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from statusqr_keys.holds import State
from statusqr_web.login import safe_next
from statusqr_web.problems import Problem

from ..registry import View, Work, consents, printouts
from ..registry.consents import Consent
from .answers import Say, frame, go, page
from .consent_text import blocks
from .my_data import everything
from .office import Office
from .paper_list import WITH_CONSENT
from .phrases import Phrases
from .visits import Here, Visit, in_force


def router(office: Office) -> APIRouter:
    """`/consent` and what belongs to it."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/consent")
    def consent(
        request: Request, visit: Here, say: Say, next: str = "", missing: str = ""
    ) -> HTMLResponse:
        with visit.reading() as view:
            history = consents.history(view, visit.person)
            living = len(_living(view, visit))
        standing = history[0] if history and history[0].withdrawn_at is None else None
        values = {
            **_text(office, say),
            "in_force": in_force(office, standing),
            "newer": standing is not None,
            "history": [_line(one, say) for one in history],
            "since": say.moment(standing.given_at) if standing else "",
            "printed": living,
            "next": safe_next(next, "/statuses"),
            "missing": bool(missing),
        }
        return page(visit, request, "consent.html", values)

    @routes.get("/consent/text")
    def text(request: Request, say: Say) -> HTMLResponse:
        values = {**frame(office, None), **_text(office, say)}
        return office.pages.answer(request, "consent_text.html", values)

    @routes.post("/consent")
    def give(
        visit: Here,
        version: Annotated[str, Form(max_length=32)],
        agree: Annotated[str, Form(max_length=8)] = "",
        next: Annotated[str, Form(max_length=500)] = "",
    ) -> RedirectResponse:
        target = safe_next(next, "/statuses")
        if agree != "yes":
            return go(f"/consent?missing=yes&next={quote(target, safe='')}")
        if version != office.consent.version:
            title = "Текст согласия только что изменился"
            raise Problem(
                409, "CONSENT_VERSION", title, "Прочитайте новый текст и подтвердите его."
            )
        with visit.writing() as work:
            consents.give(work, visit.person, version, office.consent.russian)
        return go(target)

    @routes.get("/consent/withdraw")
    def ask(request: Request, visit: Here) -> Response:
        with visit.reading() as view:
            standing = consents.standing(view, visit.person)
            living = len(_living(view, visit))
        if standing is None:
            return go("/consent")
        return page(visit, request, "withdraw.html", {"printed": living})

    @routes.post("/consent/withdraw")
    def withdraw(visit: Here, also: Annotated[str, Form(max_length=8)] = "") -> RedirectResponse:
        with visit.writing() as work:
            consents.withdraw(work, visit.person)
            if also == "yes":
                _revoke_all(work, visit)
        return go("/consent")

    @routes.post("/consent/printouts")
    def revoke(visit: Here) -> RedirectResponse:
        with visit.writing() as work:
            _revoke_all(work, visit)
        return go("/consent")

    @routes.get("/consent.txt")
    def export(visit: Here, say: Say) -> PlainTextResponse:
        with visit.reading() as view:
            history = consents.history(view, visit.person)
        lines = [_line(one, say) for one in history] or [say("Согласие не давалось.")]
        title = say("Текст согласия № {version}", version=office.consent.version)
        text = "\n".join((*lines, "", f"{title}:", "", office.consent.russian, ""))
        return PlainTextResponse(text, headers=_attached("consent.txt"))

    @routes.post("/my-data.json")
    def data(visit: Here) -> Response:
        with visit.reading() as view:
            content = everything(view, visit.person, visit.at)
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        return Response(text, media_type="application/json", headers=_attached("my-data.json"))

    return routes


def _text(office: Office, say: Phrases) -> dict[str, object]:
    """The text in Russian, which counts, and where it helps a translation above it."""
    translated = "" if say.russian else office.consent.english
    return {
        "version": office.consent.version,
        "text": blocks(office.consent.russian),
        "translated": blocks(translated) if translated else (),
    }


def _line(consent: Consent, say: Phrases) -> str:
    """«Текст № 1: дано 21.11.2026 09:30 (МСК), отозвано …»."""
    given = say.moment(consent.given_at)
    if consent.withdrawn_at is None:
        told = "Текст № {version}: согласие дано {given}, действует"
        return say(told, version=consent.version, given=given)
    told = "Текст № {version}: согласие дано {given}, прекращено {ended}"
    ended = say.moment(consent.withdrawn_at)
    return say(told, version=consent.version, given=given, ended=ended)


def _living(view: View, visit: Visit) -> Sequence[printouts.Printout]:
    """The printed codes that would still be good at a checkpoint, or will be when restored."""
    printed = printouts.of_person(view, visit.person)
    return [p for p in printed if p.own is not State.INVALID and p.expires_at > visit.at]


def _revoke_all(work: Work, visit: Visit) -> None:
    for printout in _living(work, visit):
        printouts.revoke(work, visit.person, printout.id, WITH_CONSENT)


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
