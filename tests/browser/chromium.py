"""Debian's Chromium before a fake webcam, and its tabs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright

from browser.checkpoint_page import Checkpoint
from browser.checkpoint_server import Server

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
)


def launch(playwright: Playwright, camera: Path, *more: str) -> Browser:
    film = f"--use-file-for-fake-video-capture={camera}"
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, film, *more])


@dataclass
class Tabs:
    """Opens pages, each as on a device of its own; says afterwards what they complained of."""

    browser: Browser
    server: Server
    opened: list[tuple[BrowserContext, Checkpoint]] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)

    def open(
        self,
        path: str = "/",
        *,
        url: str | None = None,
        prepare: Callable[[BrowserContext], object] | None = None,
        camera: bool = True,
        browser: Browser | None = None,
        locale: str = "ru-RU",
        **options: object,
    ) -> Checkpoint:
        """A page in a context of its own, whose camera is allowed or not."""
        context = (browser or self.browser).new_context(
            locale=locale,
            permissions=["camera"] if camera else [],
            **options,  # type: ignore[arg-type]
        )
        if prepare:
            prepare(context)
        opened = Checkpoint.open(context, url or self.server.url, path)
        self.opened.append((context, opened))
        return opened

    def excuse(self, words: str) -> None:
        """A complaint with these words is what the test has caused."""
        self.excused.append(words)

    def close(self) -> None:
        complaints = []
        for context, opened in self.opened:
            complaints += opened.heard.complaints
            context.close()
        left = [c for c in complaints if not any(words in c for words in self.excused)]
        assert left == []
