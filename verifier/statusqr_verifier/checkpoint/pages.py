"""The pages of people: the checkpoint, its shift, «Проверить код»."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from statusqr_schema.wording import moscow_time, moscow_time_en
from statusqr_web.locale import Locale, chosen, translator
from statusqr_web.problems import Problem

from .desk import HERE, PLACE_COOKIE, Desk
from .place import NobodyTaken, Place
from .scanning import Answers, look_up_all, texts_of_files

_YEAR: Final = timedelta(days=365)


def router(desk: Desk) -> APIRouter:
    """The routes of the pages."""
    routes = APIRouter(include_in_schema=False)
    may_look = Depends(desk.access.needs("page"))

    @routes.get("/", dependencies=[may_look])
    async def checkpoint(request: Request) -> HTMLResponse:
        shift = await desk.shift(request)
        running = shift is not None and shift.ended is None
        values = {"place": desk.place(request), "running": running, **desk.choices(request)}
        return await desk.answer(request, "checkpoint.html", values)

    @routes.post("/shift", dependencies=[may_look])
    async def begin(
        request: Request,
        name: Annotated[str, Form()] = "",
        detail: Annotated[str, Form()] = "",
        keep: Annotated[str, Form()] = "",
        categories: Annotated[list[str] | None, Form()] = None,
        regions: Annotated[list[str] | None, Form()] = None,
        go_on: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            place = Place.of(name, categories or (), regions or (), detail, keep, desk.known())
        except NobodyTaken as error:
            told = "Отмеченных статусов или регионов больше нет. Обновите страницу."
            raise Problem(422, "PLACE", "Место не подходит", told) from error
        shift = await desk.shift(request)
        if go_on and shift is not None and shift.ended is None:
            place = shift.place
        else:
            await desk.begin(request, place)
        response: Response
        if "application/json" in request.headers.get("accept", ""):
            mark = await desk.shift_mark(request)
            response = JSONResponse({"place": place.name, "keep": place.keep, "shift": mark})
        else:
            response = RedirectResponse("/", 303)
        response.set_cookie(
            PLACE_COOKIE,
            place.to_cookie(),
            max_age=int(_YEAR.total_seconds()),
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return response

    @routes.post("/shift/end", dependencies=[may_look])
    async def end(request: Request) -> RedirectResponse:
        shift = await desk.shift(request)
        if shift is not None and shift.ended is None:
            shift.ended = desk.station.now()
        return RedirectResponse("/shift", 303)

    @routes.get("/shift", dependencies=[may_look])
    async def summary(request: Request) -> HTMLResponse:
        shift = await desk.shift(request)
        values: dict[str, object] = {"began": "", "ended": "", "name": "", "rows": [], "total": 0}
        time = moscow_time if chosen(request) is Locale.RU else moscow_time_en
        if shift is not None:
            values = {
                "began": time(shift.began),
                "ended": time(shift.ended) if shift.ended else "",
                "name": shift.place.name,
                "rows": list(shift.history.rows(desk.language(request))),
                "total": shift.history.total,
            }
        return await desk.answer(request, "shift.html", values)

    @routes.get("/shift/history.csv", dependencies=[may_look])
    async def history(request: Request) -> Response:
        shift = await desk.shift(request)
        if shift is None:
            raise Problem(404, "NO_SHIFT", "Смена не начата")
        language = desk.language(request)
        table = shift.history.csv(shift.place.name, shift.began, shift.ended, language)
        name = f"statusqr-{shift.began:%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(table, media_type="text/csv; charset=utf-8", headers=headers)

    @routes.get("/check", dependencies=[may_look])
    async def check(request: Request) -> HTMLResponse:
        return await desk.answer(request, "check.html", {"views": [], "lines": []})

    @routes.post("/check", dependencies=[may_look])
    async def checked(
        request: Request,
        files: Annotated[list[UploadFile] | None, File()] = None,
        text: Annotated[str, Form()] = "",
    ) -> HTMLResponse:
        answers = Answers(desk.language(request))
        await texts_of_files(desk.station, files or (), answers)
        if text.strip():
            answers.texts.append("".join(text.split()))
        elif not answers.texts and not answers.lines:
            translate = translator(chosen(request), (HERE / "locale",))
            answers.lines.append(translate("Выберите файл или введите цифры."))
        look_up_all(desk, answers)
        values = {"views": answers.views, "lines": answers.lines}
        return await desk.answer(request, "check.html", values)

    @routes.get("/data", dependencies=[may_look])
    async def data(request: Request) -> HTMLResponse:
        return desk.pages.answer(request, "data.html", {"data": desk.data_age(request)})

    return routes
