"""Publish again when something has changed, and at least hourly.

Hourly, because verifiers tell the age of what they have by the moment of publication: from a
publisher that works it is never more than an hour plus their own time without a network.
"""

import time
from collections.abc import Callable
from typing import Protocol

import typer

from statusqr_schema import StatusQRError

from ..store import KeyStore

LOOK_EVERY, PUBLISH_EVERY = 2.0, 3600.0  # seconds


class Versioned(Protocol):
    """A number that grows with what is to be published."""

    def version(self) -> int:
        """The number."""
        ...


def fingerprint(store: KeyStore, revocations: Versioned) -> object:
    """Differs when the keys or what is revoked have changed."""
    files = sorted((path.name, path.stat().st_mtime_ns) for path in store.folder.glob("*.json"))
    roles = store.folder / "tuf" / "keys.json"
    return files, roles.stat().st_mtime_ns if roles.exists() else 0, revocations.version()


def publish_on_change(
    publish: Callable[[], object],
    look: Callable[[], object],
    *,
    seen: object = None,
    look_every: float = LOOK_EVERY,
    publish_every: float = PUBLISH_EVERY,
    go_on: Callable[[], bool] = lambda: True,
) -> None:
    """For ever; a publication that fails is told once, and tried again at every look.

    `seen` is what a look before the first publication gave: a change since then is published next.
    """
    seen = look() if seen is None else seen
    last, told = time.monotonic(), ""
    while go_on():
        time.sleep(look_every)
        try:
            now = look()
            if now == seen and time.monotonic() - last < publish_every:
                continue
            publish()
            # Looked before it was published: a change in between is published the next time.
            seen, last, told = now, time.monotonic(), ""
        except StatusQRError as error:
            if error.message != told:
                typer.echo(f"Ошибка [{error.code}]: {error.message}", err=True)
            told, seen = error.message, None
