"""What the checkpoint page asks: codes that were scanned, frames, files."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, File, Request, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from statusqr_schema import ImageRefused
from statusqr_schema.strict_json import JsonValue
from statusqr_web.locale import Locale, chosen, translator
from statusqr_web.problems import Problem

from .. import words
from ..reader_process import ReaderBusy
from ..report import Reason, Report, Verdict
from ..words import Language
from .desk import HERE, Desk
from .place import Detail, Place
from .shifts import Shift
from .station import FROM_FILE, Station
from .view import CardView, loudest, view

MOST_TEXTS: Final = 8  # in one view
LONGEST_TEXT: Final = 4096  # characters; a code has at most 1,600
MOST_FILES: Final = 20
LEAST_OF_A_CUT: Final = 30  # digits; goods have bar codes of up to 20
LEAST_OF_A_CODE: Final = 260  # digits: 108 bytes, of which a signature and its head take 87
SCANNER_LIMITS: Final = frozenset({255, 256, 510, 511, 512, 1000, 1023, 1024})  # characters
_DIGITS: Final = frozenset("0123456789")


class Scanned(BaseModel):
    """The codes in view; `again` are those among them that were in view before."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    texts: Annotated[
        list[Annotated[str, Field(max_length=LONGEST_TEXT)]],
        Field(min_length=1, max_length=MOST_TEXTS),
    ]
    via: Literal["camera", "scanner"]
    again: Annotated[list[str], Field(max_length=MOST_TEXTS)] = []


@dataclass(slots=True)
class Answers:
    """What one question is answered with: cards, and lines for what is no status code."""

    language: Language
    texts: list[str] = field(default_factory=list)
    views: list[CardView] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def add(self, report: Report, desk: Desk, place: Place) -> None:
        """A card for a report, or a line where the code is not ours."""
        shown = view(report, self.language, desk.station.policy(place), place.detail)
        if report.verdict is Verdict.FOREIGN:
            self.lines.append(f"{shown.card.word}. {shown.card.do_next}")
        else:
            self.views.append(shown)

    def to_json(self, desk: Desk) -> dict[str, JsonValue]:
        """For the page: the cards drawn, what sounds, what is said aloud."""
        locale = Locale(self.language.value)
        html = desk.pages.render("cards.html", locale, {"views": self.views})
        return {
            "html": html if self.views else "",
            "count": len(self.views),
            "lines": [*dict.fromkeys(self.lines)],
            "signal": loudest(self.views).value,
            "aloud": " ".join(card.aloud for card in self.views),
        }


async def texts_of_files(station: Station, files: Iterable[UploadFile], answers: Answers) -> None:
    """The codes in the files, each once, and a line for each file without one."""
    given = [file for file in files if file.size]
    if len(given) > MOST_FILES:
        raise Problem(413, "TOO_MANY_FILES", f"Файлов больше {MOST_FILES}", "Выберите меньше.")
    found: dict[str, None] = {}
    for file in given:
        try:
            texts = await station.read_file(await file.read())
        except ImageRefused as error:
            message = translator(Locale(answers.language.value), (HERE / "locale",))(error.message)
            answers.lines.append(f"{message[:1].upper()}{message[1:]}.")
            continue
        if not texts:
            answers.lines.append(f"{words.UNREADABLE[answers.language]}.")
        found |= dict.fromkeys(texts)
    answers.texts += found


def look_up_all(desk: Desk, answers: Answers) -> None:
    """A card for each code, for any place: nothing is remembered."""
    anywhere = Place(detail=Detail.FULL)
    for text in answers.texts:
        report = desk.station.look_up(text, desk.station.policy(anywhere), "page")
        answers.add(report, desk, anywhere)


def router(desk: Desk) -> APIRouter:
    """The routes of scanning."""
    routes = APIRouter(include_in_schema=False)
    may_scan = Depends(desk.access.needs("page"))

    def check(text: str, shift: Shift, via: str, *, again: bool) -> Report:
        if again:  # it stays on the screen; it was counted when it came
            return desk.station.show_again(text, shift)
        return desk.station.scan(text, shift, via)

    @routes.post("/scan", dependencies=[may_scan])
    async def scan(request: Request, scanned: Scanned) -> JSONResponse:
        shift = await desk.running(request)
        answers = Answers(desk.language(request))
        for text in dict.fromkeys(scanned.texts):
            report = check(text, shift, scanned.via, again=text in scanned.again)
            answers.add(report, desk, shift.place)
            if scanned.via == "scanner" and is_cut(text, report):
                translate = translator(chosen(request), (HERE / "locale",))
                cut = translate(
                    "Сканер передал не весь код (цифр: {n}). Настройте его на 1600 знаков."
                )
                answers.lines.append(cut.format(n=len(text)))
        return JSONResponse(answers.to_json(desk))

    @routes.post("/files", dependencies=[may_scan])
    async def files(request: Request, files: Annotated[list[UploadFile], File()]) -> JSONResponse:
        shift = await desk.running(request)
        answers = Answers(desk.language(request))
        await texts_of_files(desk.station, files, answers)
        for text in answers.texts:
            answers.add(desk.station.scan(text, shift, FROM_FILE), desk, shift.place)
        return JSONResponse(answers.to_json(desk))

    @routes.post("/frame", dependencies=[may_scan])
    async def frame(request: Request) -> JSONResponse:
        await desk.running(request)
        try:
            reading = await desk.station.read_frame(await request.body())
        except ReaderBusy as error:
            raise Problem(503, error.code, "Камер слишком много", error.message) from error
        except ImageRefused as error:
            raise Problem(400, error.code, "Кадр не читается", error.message) from error
        hint = reading.hint.value if reading.hint else None
        return JSONResponse({"texts": list(reading.texts), "hint": hint})

    return routes


def is_cut(text: str, report: Report) -> bool:
    """Whether a scanner seems to have sent the beginning of a code only.

    Digits that are fewer than any code has, or as many as scanners are known to pass at most.
    """
    headline = report.headline
    if headline is None or headline.reason not in (Reason.MALFORMED, Reason.FOREIGN):
        return False
    few = LEAST_OF_A_CUT <= len(text) < LEAST_OF_A_CODE or len(text) in SCANNER_LIMITS
    return few and set(text) <= _DIGITS
