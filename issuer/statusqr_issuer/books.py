"""Where the command line keeps its printed codes: in a registry, or in the key store's own file.

A store that was handed over to a registry refuses its own file (`statusqr_keys.issuing_database`),
so that what a command does not find in a registry it never writes beside it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from statusqr_keys import SqliteStatusIndex, StatusIndex
from statusqr_keys.revocation import Revocations, SqliteRevocations

VARIABLE: Final = "STATUSQR_REGISTRY"

RegistryPlace: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--registry",
        envvar=VARIABLE,
        metavar="PLACE",
        help="File or PostgreSQL URL (STORE/registry.sqlite, where it is there).",
    ),
]


@dataclass(frozen=True, slots=True)
class Books:
    """Who gives out status entries, who knows what is revoked, and what publishes it."""

    index: StatusIndex
    revocations: Revocations
    publisher: str  # a command


@contextmanager
def open_books(
    store: Path, place: str | None, passphrase: Callable[[], bytes], actor: str
) -> Iterator[Books]:
    """The books of a store; `passphrase` is asked for where they are in a registry.

    `actor` stands in the registry's log for the entries that are taken. RegistryProblem where the
    registry does not open.
    """
    from .registry.entries import RegistryIndex
    from .registry.holds import RegistryRevocations
    from .registry.opening import default_place, open_registry

    if not place and not Path(default_place(store)).exists():
        yield Books(SqliteStatusIndex(store), SqliteRevocations(store), "statusqr-keys publish")
        return
    registry = open_registry(place or None, store, passphrase())
    try:
        index, revocations = RegistryIndex(registry, actor), RegistryRevocations(registry)
        yield Books(index, revocations, "statusqr-issuer publish")
    finally:
        registry.close()
