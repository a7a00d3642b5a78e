"""Printed codes: the PDF, the list of one's own printouts, and what to do with a lost one."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from statusqr_schema import Profile

from ..pdf import render_pdf
from ..qr import Writer, make_symbol
from ..registry import View, printouts, statuses
from ..registry.printouts import Printout
from .answers import Say, go, page
from .codes import demand_standing, for_paper
from .office import Office
from .paper_list import BY_HOLDER, papers
from .status_card import status_card
from .visits import Here, Visit, identifier, nothing_here

_DONE: Final = "revoked"  # in the session: the page that follows tells of it, once
# One compiler for the process, which serves one at a time. Whoever waits for it holds no thread
# that the other pages need.
_TYPESETTER: Final = ThreadPoolExecutor(1, "typesetter")


def router(office: Office) -> APIRouter:
    """`/statuses/{id}/pdf` and `/printouts`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/statuses/{status_id}/pdf")
    def choose(
        status_id: str, request: Request, visit: Here, say: Say, profile: Profile = Profile.FULL
    ) -> HTMLResponse:
        held = visit.agreed_status(status_id)
        demand_standing(held, visit.at, say)
        values = {"card": status_card(held, visit.at, say), "profile": profile.value}
        return page(visit, request, "pdf.html", values)

    @routes.post("/statuses/{status_id}/pdf")
    async def pdf(
        status_id: str, visit: Here, say: Say, profile: Annotated[Profile, Form()]
    ) -> Response:
        credential, held, issuer = await run_in_threadpool(
            for_paper, visit, status_id, profile, say
        )
        symbol = make_symbol(credential.text, Writer.ZXING)
        typeset = _TYPESETTER.submit(render_pdf, credential, held.record, issuer, symbol)
        document = await asyncio.wrap_future(typeset)
        name = f"status-{visit.at:%Y-%m-%d}-{credential.digest[:6]}.pdf"  # tells of nobody
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(document, media_type="application/pdf", headers=headers)

    @routes.get("/printouts")
    def listed(request: Request, visit: Here, say: Say) -> HTMLResponse:
        with visit.agreed() as view:
            held = statuses.of_person(view, visit.person)
            printed = printouts.of_person(view, visit.person)
        values = {
            "papers": papers(printed, held, visit.at, say),
            "done": visit.session.data.pop(_DONE, False),
        }
        return page(visit, request, "printouts.html", values)

    @routes.get("/printouts/{printout_id}/revoke")
    def ask(printout_id: str, request: Request, visit: Here, say: Say) -> HTMLResponse:
        with visit.agreed() as view:
            printout = _own(visit, view, printout_id)
            held = statuses.of_person(view, visit.person)
        (paper,) = papers([printout], held, visit.at, say)
        return page(visit, request, "revoke.html", {"paper": paper})

    @routes.post("/printouts/{printout_id}/revoke")
    def revoke(printout_id: str, visit: Here) -> RedirectResponse:
        with visit.agreed_change() as work:
            printout = _own(visit, work, printout_id)
            printouts.revoke(work, visit.person, printout.id, BY_HOLDER)
        visit.session.data[_DONE] = True
        return go("/printouts")

    return routes


def _own(visit: Visit, view: View, text: str) -> Printout:
    """A printout of this person by what stands in an address; else Problem 404."""
    printout_id = identifier(text)
    found = printouts.find(view, visit.person, printout_id) if printout_id else None
    if found is None:
        raise nothing_here()
    return found
