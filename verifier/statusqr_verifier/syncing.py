"""`statusqr-verifier sync`: once, or again and again."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import typer

from statusqr_keys.distribution.data import TrustData
from statusqr_schema import StatusQRError, SyncFailed
from statusqr_schema.wording import moscow_time, printable

from .trust_source import Progress, synchronise

_PATIENCE = 1.0  # seconds before progress is told


def once(source: str, root: Path | None, cache: Path) -> None:
    """Synchronise and say what was got; problems of single lists go to stderr."""
    data = synchronise(source, root, cache, datetime.now(UTC), _progress(time.monotonic))
    typer.echo(_told(data))
    for problem in data.problems:
        typer.echo(f"Внимание: {printable(problem)}", err=True)


def again_and_again(source: str, root: Path | None, cache: Path, minutes: float) -> None:
    """The same every `minutes` until interrupted; a failure is told and tried again.

    What cannot mend itself by waiting (no root, no libraries) ends it.
    """
    while True:
        try:
            once(source, root, cache)
            root = None  # it is kept now
        except SyncFailed as error:
            typer.echo(f"Ошибка [{error.code}]: {error.message}", err=True)
        sys.stdout.flush()
        time.sleep(minutes * 60)


def _told(data: TrustData) -> str:
    return (
        f"Данные опубликованы {moscow_time(data.published)}: "
        f"издателей {len(data.trust.issuers)}, списков отзыва {len(data.lists)}."
    )


def _progress(clock: Callable[[], float]) -> Progress:
    """A line that grows on a terminal, once it takes long."""
    started = clock()

    def tell(done: int, of: int) -> None:
        if sys.stderr.isatty() and clock() - started > _PATIENCE:
            end = "\n" if done == of else ""
            typer.echo(f"\rПолучено файлов: {done} из {of}{end}", err=True, nl=False)

    return tell


def fail_with(error: StatusQRError) -> None:
    """Say why nothing was got, and what still stands; exit status 1."""
    typer.echo(f"Ошибка [{error.code}]: {error.message}", err=True)
    typer.echo("Прежние данные, если они были, не изменены.", err=True)
    raise typer.Exit(1)
