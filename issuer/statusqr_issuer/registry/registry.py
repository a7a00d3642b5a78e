"""The registry as the rest of the issuer uses it: transactions that know keys, actor and time.

::

    registry = opening.open_registry("store/registry.sqlite", store, passphrase)
    with registry.reading() as view:
        held = statuses.of_person(view, view.person(snils))
    with registry.writing(actor="anna", at=now) as work:
        consents.give(work, person, text)

`view` and `work` go to the functions of `statuses`, `consents`, `printouts`, …; each change puts
its own entry into the audit log, in the same transaction.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import Connection, bindparam, select

from statusqr_keys.finder import Finder
from statusqr_schema import RegistryProblem, Snils
from statusqr_schema.days import to_instant

from .database import Database
from .tables import meta
from .vault import Vault

T = TypeVar("T")
VAULT: Final = "vault"  # in `meta`: the check values of the keys of sealed cells
_FACT: Final = select(meta.c.value).where(meta.c.name == bindparam("fact"))


@dataclass(frozen=True, slots=True)
class View:
    """A consistent view of the registry."""

    connection: Connection
    vault: Vault
    finder: Finder

    def person(self, snils: Snils) -> bytes:
        """By what a person is found: never the SNILS itself."""
        return self.finder.person(snils)


@dataclass(frozen=True, slots=True)
class Work(View):
    """A transaction that changes something: who does it, and when."""

    actor: str  # a login name, `holder`, or a program; no personal data of citizens
    at: datetime  # aware

    @property
    def instant(self) -> int:
        """When, in epoch seconds."""
        return to_instant(self.at)


class Registry:
    """The registry of one key store. RegistryProblem where its database or its keys fail."""

    def __init__(self, database: Database, vault: Vault, finder: Finder) -> None:
        self.database = database
        self.vault = vault
        self.finder = finder

    @contextmanager
    def reading(self) -> Iterator[View]:
        """One consistent view."""
        with self.database.reading() as connection:
            yield View(connection, self.vault, self.finder)

    def glance(self, ask: Callable[[View], T]) -> T:
        """What one statement tells; see `Database.glance`."""
        return self.database.glance(
            lambda connection: ask(View(connection, self.vault, self.finder))
        )

    @contextmanager
    def writing(self, actor: str, at: datetime) -> Iterator[Work]:
        """All or nothing, on the disk when this returns; other processes wait their turn."""
        with self.database.writing() as connection:
            checks = fact(connection, VAULT)
            if checks is None:
                raise unfinished()
            self.vault.hold_to(checks)  # keys may have been changed since (`rotation`)
            yield Work(connection, self.vault, self.finder, actor, at)

    def close(self) -> None:
        """Let go of all connections."""
        self.database.close()


def fact(connection: Connection, name: str) -> bytes | None:
    """A one-off fact of `meta`."""
    found = connection.execute(_FACT, {"fact": name}).scalar()
    return None if found is None else bytes(found)


def unfinished() -> RegistryProblem:
    """A registry whose making was cut off; the message says how to go on."""
    return RegistryProblem("реестр не доделан: выполните registry new ещё раз")
