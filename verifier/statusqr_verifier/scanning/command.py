"""`statusqr-verifier scan`: its options, and which source and screen they mean."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from statusqr_keys.console import fail
from statusqr_schema import StatusQRError
from statusqr_schema.wording import printable

from ..place_options import (
    WRONG_USAGE,
    BriefOption,
    CacheOption,
    CategoryOption,
    JsonOption,
    LangOption,
    MaxAgeOption,
    RegionOption,
    TrustOption,
    exit_status,
    open_trust,
    place_policy,
)
from ..policy import Policy
from ..repeats import Repeats
from ..words import Language
from .desk import Desk
from .in_view import KEEP, InView
from .sayings import Saying
from .serial_port import BAUD

if TYPE_CHECKING:
    from .events import Event
    from .screens import Screen

_INTERRUPTED = 128 + signal.SIGINT  # as a shell tells it


def scan(
    camera: Annotated[
        str | None,
        typer.Option(metavar="NUMBER|ADDRESS", help="A camera, e.g. 0; it may come and go."),
    ] = None,
    video: Annotated[
        Path | None, typer.Option(help="A recording.", exists=True, dir_okay=False)
    ] = None,
    serial: Annotated[
        str | None, typer.Option(metavar="PORT", help="A scanner on a serial port.")
    ] = None,
    baud: Annotated[
        int, typer.Option(min=300, max=4_000_000, help="With --serial: its rate.")
    ] = BAUD,
    trust: TrustOption = None,
    cache: CacheOption = None,
    max_age: MaxAgeOption = 72,
    category: CategoryOption = None,
    region: RegionOption = None,
    lang: LangOption = Language.RU,
    as_json: JsonOption = False,
    brief: BriefOption = False,
    window: Annotated[
        bool | None,
        typer.Option("--window/--no-window", help="A window; else one where there can be one."),
    ] = None,
    keep: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, max=600, help="How long a card stands.")
    ] = KEEP,
    repeat_after: Annotated[
        float,
        typer.Option(
            metavar="MINUTES", min=0, max=1440, help="How long a showing is remembered here."
        ),
    ] = 30,
) -> None:
    """Check the codes that a camera, a recording or a serial scanner shows, one card a showing.

    Ends with Ctrl+C. Nothing is stored. Exit status: 2 wrong usage, or no such camera or port;
    after a recording as `verify`, 4 where no code was read in it.
    """
    if sum(given is not None for given in (camera, video, serial)) != 1:
        raise typer.BadParameter("нужно одно из трёх: --camera, --video или --serial")
    if window and (as_json or brief):
        raise typer.BadParameter("--window не сочетается с --json и --brief")
    policy = place_policy(category, region, max_age)
    try:
        desk = Desk(
            open_trust(trust, cache),
            policy,
            Repeats(timedelta(minutes=repeat_after)),
            cache,
        )
        # Sources before screens: what is wrong with them is said where it stays to be read.
        with ExitStack() as open_things, _ending_calmly():
            source = _source(open_things, camera, video, serial, baud, keep)
            screen = _screen(source, lang, policy, as_json, brief, window)
            open_things.callback(desk.finish)
            open_things.callback(screen.close)  # the first to go
            status = _scan(source, desk, screen, lang)
    except KeyboardInterrupt:
        status = _INTERRUPTED if video is not None else 0
    except StatusQRError as error:
        fail(error, WRONG_USAGE)
    raise typer.Exit(status)


@dataclass(frozen=True, slots=True)
class _Source:
    name: str  # in reports; says nothing of an address that may hold a password
    events: "Iterator[Event]"
    in_view: Callable[[], InView]
    idle: Saying = Saying.SHOW_CODE
    gone: Saying = Saying.CAMERA_LOST
    back: Saying = Saying.CAMERA_BACK
    is_recording: bool = False


def _source(
    open_things: ExitStack,
    camera: str | None,
    video: Path | None,
    port: str | None,
    baud: int,
    keep: float,
) -> _Source:
    """The source that was named, open; the libraries of the others are not loaded."""
    if port is not None:
        from .serial_port import SerialScanner

        scanner = open_things.enter_context(SerialScanner(port, baud))
        return _Source(
            printable(port),
            scanner.events(),
            lambda: InView.single_scans(keep),
            Saying.SCAN_CODE,
            Saying.SCANNER_LOST,
            Saying.SCANNER_BACK,
        )
    from .cameras import Camera, video_events
    from .captures import open_capture, open_video

    if video is not None:
        events = video_events(open_video(video))
        return _Source(printable(str(video)), events, lambda: InView(keep), is_recording=True)
    address = camera or ""
    device = open_things.enter_context(Camera(lambda: open_capture(address)))
    return _Source("camera", device.events(), lambda: InView(keep))


def _screen(
    source: _Source,
    lang: Language,
    policy: Policy,
    as_json: bool,
    brief: bool,
    window: bool | None,
) -> "Screen":
    """A window where one was asked for, or can be; cards that leave on a terminal; else lines."""
    if window is not False and not (as_json or brief):
        from .window import NoWindow, WindowScreen, why_no_window

        problem = why_no_window()
        if not problem:
            return WindowScreen(lang)
        if window:
            raise NoWindow(f"окна не будет: {problem}")
    from .screens import Form, LineScreen
    from .terminal_screen import TerminalScreen

    if as_json or brief:
        return LineScreen(source.name, lang, policy, Form.JSON if as_json else Form.BRIEF)
    if source.is_recording or not sys.stdout.isatty():
        return LineScreen(source.name, lang, policy, Form.CARD)
    return TerminalScreen(source.name, lang)


def _scan(source: _Source, desk: Desk, screen: "Screen", lang: Language) -> int:
    """Until there is nothing more, or the person ends it; the exit status."""
    from .cameras import paced
    from .loop import Scanner
    from .screens import LineScreen

    scanner = Scanner(
        desk,
        screen,
        lang,
        lambda: datetime.now(UTC).astimezone(),
        source.in_view,
        idle=source.idle,
        gone=source.gone,
        back=source.back,
    )
    on_a_screen = not isinstance(screen, LineScreen)
    is_watched = source.is_recording and on_a_screen
    if not source.is_recording and not on_a_screen:
        screen.say(source.idle)  # it is ready
    to_its_end = scanner.run(paced(source.events) if is_watched else source.events)
    if not source.is_recording:
        return 0
    if not to_its_end:
        return _INTERRUPTED
    if not scanner.verdicts:
        screen.say(Saying.NOTHING_READ)
    return exit_status(scanner.verdicts or {None})


@contextmanager
def _ending_calmly() -> Iterator[None]:
    """Being told to end is like Ctrl+C: the screen is wiped, devices are given back."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {}
    with suppress(ValueError):  # not on the main thread: whoever started it must end it
        for number in (signal.SIGTERM, signal.SIGHUP):
            before[number] = signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
