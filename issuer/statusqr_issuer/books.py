"""Where the command line keeps its printed codes: in a registry, or in the key store's own file.

A store that was handed over to a registry refuses its own file (`statusqr_keys.issuing_database`),
so that what a command does not find in a registry it never writes beside it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from statusqr_keys import SqliteStatusIndex, StatusIndex
from statusqr_keys.revocation import Revocations, SqliteRevocations

if TYPE_CHECKING:  # what takes a third of a second is imported when it is needed
    from .registry import Registry

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
    registry: "Registry | None" = None


@contextmanager
def open_books(
    store: Path, place: str | None, actor: str, passphrase: bytes | None = None
) -> Iterator[Books]:
    """The books of a store. No passphrase is needed: a revocation must not wait for who has it.

    With it the registry's statuses can be read, for issuing. `actor` stands in the registry's log
    for the entries that are taken. RegistryProblem where the registry does not open, or is not
    found though there was one; with the passphrase also where it was put back from a copy of files.
    """
    from .registry.entries import RegistryIndex
    from .registry.holds import RegistryRevocations
    from .registry.opening import default_place, open_registry, open_sealed
    from .registry.takeover import demand_registry_if_any

    if not place and not Path(default_place(store)).exists():
        demand_registry_if_any(store)
        yield Books(SqliteStatusIndex(store), SqliteRevocations(store), "statusqr-keys publish")
        return
    registry = (
        open_sealed(place or None, store)
        if passphrase is None
        else open_registry(place or None, store, passphrase)
    )
    try:
        index, revocations = RegistryIndex(registry, actor), RegistryRevocations(registry)
        yield Books(index, revocations, "statusqr-issuer publish", registry)
    finally:
        registry.close()
