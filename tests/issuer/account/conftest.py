"""The account over a registry of each engine, and citizens who speak to it by HTTP."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from account_citizen import Citizen, Visit
from account_world import Town, found, make_keys, told

from statusqr_issuer.registry import Registry


@pytest.fixture(scope="session")
def signing_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: to lock a key takes as long as to guess a passphrase should."""
    folder = tmp_path_factory.mktemp("keys") / "store"
    make_keys(folder)
    return folder


@pytest.fixture
def town(registry: Registry, store: Path, signing_keys: Path) -> Town:
    """An account with no statuses yet."""
    for path in (*signing_keys.glob("*.json"), *signing_keys.glob("*.pem")):
        shutil.copy(path, store)
    return found(registry, store)


@pytest.fixture
def visit(town: Town) -> Iterator[Visit]:
    """Citizens by the names of their records, signed in."""
    citizens: list[Citizen] = []

    def enter(name: str) -> Citizen:
        citizens.append(Citizen.of(town, name))
        return citizens[-1]

    yield enter
    for citizen in citizens:
        citizen.client.close()


@pytest.fixture
def olga(town: Town, visit: Visit) -> Citizen:
    """Signed in, with a consent and a status that stands."""
    town.have("R01", told("R01"))
    town.agree("R01")
    return visit("R01")
