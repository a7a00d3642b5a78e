"""What the routes of people share: the language, the shift, the place, the page."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import Request
from starlette.responses import HTMLResponse

from statusqr_schema import Categories, subjects
from statusqr_web.access import Access
from statusqr_web.locale import chosen, translator
from statusqr_web.pages import Pages
from statusqr_web.problems import Problem
from statusqr_web.sessions import Session, session_of

from ..words import Language, category_name
from .data_age import DataAge, data_age
from .place import KEEP, Place, known_categories
from .shifts import Shift
from .station import Station

HERE: Final = Path(__file__).parent
PLACE_COOKIE: Final = "statusqr-place"
SIGN_OUT: Final = "/sign-out"
_SHIFT: Final = "shift"  # in the session


@dataclass(frozen=True, slots=True)
class Desk:
    """The station as a browser meets it."""

    station: Station
    access: Access
    pages: Pages

    @classmethod
    def of(cls, station: Station, access: Access) -> "Desk":
        """The desk with this package's templates."""
        return cls(station, access, Pages(HERE))

    def language(self, request: Request) -> Language:
        """The language of a request."""
        return Language(chosen(request).value)

    def known(self) -> frozenset[str]:
        """The categories from which a place may choose."""
        return known_categories(self.station.trust.categories())

    def place(self, request: Request) -> Place:
        """The place of this device: as it was last set here, else the usual one."""
        cookie = request.cookies.get(PLACE_COOKIE, "")
        remembered = Place.from_cookie(cookie, self.known()) if cookie else None
        return remembered or self.station.settings.place

    async def shift(self, request: Request) -> Shift | None:
        """The shift of this session, ended or not."""
        return self.station.shifts.find(await self._key(request), self.station.now())

    async def shift_mark(self, request: Request) -> str:
        """What a page knows its shift by: it does not open anything."""
        return hashlib.sha256((await self._key(request)).encode()).hexdigest()[:16]

    async def running(self, request: Request) -> Shift:
        """The shift that runs; Problem 409 where there is none.

        Also where the page asks for another (X-Shift): two tabs of a browser share a session, and
        one that shows the old place must not answer for the new.
        """
        shift = self.station.shifts.running(await self._key(request), self.station.now())
        mark = request.headers.get("x-shift", "")
        foreign = bool(mark) and mark != await self.shift_mark(request)
        if shift is None or foreign:
            raise Problem(409, "NO_SHIFT", "Смена не начата", "Начните смену на этой странице.")
        return shift

    async def begin(self, request: Request, place: Place) -> None:
        """Begin a shift in this session."""
        before = await self._key(request)
        session = await session_of(request)
        session.data[_SHIFT] = self.station.shifts.begin(place, self.station.now(), before)

    async def _key(self, request: Request) -> str:
        key = (await session_of(request)).data.get(_SHIFT)
        return key if isinstance(key, str) else ""

    def data_age(self, request: Request) -> DataAge:
        """How old the trust data are, in words."""
        translate = translator(chosen(request), (HERE / "locale",))
        language, settings = self.language(request), self.station.settings
        published = self.station.trust.published
        return data_age(published, self.station.now(), settings.max_age, language, translate)

    def choices(self, request: Request) -> Mapping[str, object]:
        """What the form of a place offers."""
        language = self.language(request)
        known = Categories.builtin()
        named = [(code, category_name(code, language, known)) for code in self.known()]
        regions = sorted(subjects().values(), key=lambda subject: subject.code)
        return {
            "categories": sorted(named, key=lambda item: item[1].replace("ё", "е")),
            "regions": [(subject.code, f"{subject.code} {subject.name}") for subject in regions],
            "keep_choices": KEEP,
        }

    async def answer(
        self, request: Request, name: str, values: Mapping[str, object], status: int = 200
    ) -> HTMLResponse:
        """A page with what every page here needs."""
        session = await session_of(request)
        shared = {
            "csrf": session.csrf_token,
            "data": self.data_age(request),
            "way_out": _way_out(session),
        }
        return self.pages.answer(request, name, {**shared, **values}, status)


def _way_out(session: Session) -> str:
    """Where the button «Выйти» leads; empty where nobody has signed in."""
    if session.user is not None:
        return "/auth/logout"
    return SIGN_OUT if session.token_id is not None else ""
