"""A registry put back from a copy of files: it knows less than was published.

It gives out nothing. The way out loses no revocation: a backup of what was put back, restored.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import postgres
import pytest
from commands import PASSPHRASE, Run, write
from registries import place_of
from sqlalchemy import select
from world import documents

from statusqr_issuer import cli
from statusqr_issuer.publishing import Publisher
from statusqr_issuer.registry import Registry, heads, shown, tables
from statusqr_issuer.registry.backup import back_up, restore
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.opening import make_registry, open_registry, open_sealed
from statusqr_keys import KeySigner, KeyStore, KeyUse, StoredKey
from statusqr_keys.distribution import office
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, Note
from statusqr_keys.trust import KeyRecord
from statusqr_schema import RegistryProblem
from statusqr_schema.claims import LIST_SIZE

PHRASE = PASSPHRASE.encode()
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTE = Note("утрачено", "anna", AT + HOUR)
WHY = ("--reason", "утрачено")


@pytest.fixture
def keys(store: Path) -> KeyStore:
    keys, signer = KeyStore(store), KeySigner.generate()
    record = KeyRecord(signer.public_key, KeyUse.PRINT, AT - 24 * HOUR, AT + 9000 * HOUR)
    keys.add(StoredKey("yar", "Вымышленный орган", AT, record), signer, PHRASE)
    office.make_missing(keys, PHRASE, AT)
    return keys


@pytest.fixture
def old(registry: Registry, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator["Old"]:
    """Makes copies of a registry's files: of the one file, or of the whole database."""
    made = Old(registry, tmp_path, request)
    yield made
    made.drop()


class Old:
    """A copy of a registry as it was at some moment."""

    def __init__(self, registry: Registry, folder: Path, request: pytest.FixtureRequest) -> None:
        self._registry = registry
        self._folder = folder
        self._request = request
        self._name = ""

    @property
    def _server(self) -> postgres.Server:
        server: postgres.Server = self._request.getfixturevalue("postgres_server")
        return server

    def copy(self) -> str:
        """Where it lies."""
        url = self._registry.database.engine.url
        self._registry.close()  # it connects anew when it is asked for something
        if self._registry.database.sqlite:
            return str(shutil.copy(str(url.database), self._folder / "old.sqlite"))
        self._server.cut(str(url.database))
        self._name = self._server.create(str(url.database))
        return self._server.place(self._name)

    def drop(self) -> None:
        if self._name:
            self._server.drop(self._name)


@pytest.fixture
def put_back(registry: Registry, keys: KeyStore, tmp_path: Path, old: Old) -> str:
    """Of three codes it knows two as valid; later one of those and the third were revoked."""
    publisher = Publisher(keys, registry, PHRASE, tmp_path / "site", "anna")
    index = RegistryIndex(registry, now=lambda: AT)
    first, _ = index.allocate("yar", 2, Identity("1"))
    publisher.publish(AT)
    place = old.copy()
    (third,) = index.allocate("yar", 1, Identity("1"))
    for code in (first, third):
        RegistryRevocations(registry).revoke(CodeTarget("yar", code), NOTE)
    publisher.publish(AT + 2 * HOUR)
    return place


def test_it_does_not_open(registry: Registry, put_back: str, store: Path) -> None:
    attempts: list[Callable[[], Registry]] = [
        lambda: open_registry(put_back, store, PHRASE),
        lambda: make_registry(put_back, store, PHRASE, AT),
    ]
    for attempt in attempts:
        with pytest.raises(RegistryProblem) as refused:
            attempt()
        assert refused.value.code == "REGISTRY_BACK"
        assert "registry restore" in refused.value.message
    open_registry(place_of(registry), store, PHRASE).close()  # the one that it is a copy of


def test_restored_from_its_backup_it_has_lost_no_revocation(
    registry: Registry, put_back: str, store: Path, tmp_path: Path, empty_place: str
) -> None:
    """Although the backup is younger than what was published, and something was written since."""
    before = RegistryRevocations(registry).states("yar", 0)
    assert len(before) == 2
    sealed = open_sealed(put_back, store)
    late = Note("утрачено", "anna", AT + 3 * HOUR)
    RegistryRevocations(sealed).revoke(CertificateTarget("7"), late)  # needs no one's leave
    back_up(sealed, tmp_path / "copy", AT + 4 * HOUR)
    sealed.close()
    done = restore(tmp_path / "copy", empty_place, store, PHRASE, AT + 5 * HOUR)
    assert done.adopted.codes == 2
    opened = open_registry(empty_place, store, PHRASE)
    after = RegistryRevocations(opened).states("yar", 0)
    assert {entry: after[entry] for entry in before} == before
    assert len(after) == LIST_SIZE - 1  # one is known to be valid
    with opened.reading() as view:
        assert shown.unaccounted(view) == 0  # the log tells of what was taken over
    keys = KeyStore(store)
    publisher = Publisher(keys, opened, PHRASE, tmp_path / "site", "anna")
    publisher.publish(AT + 6 * HOUR, "Отказ диска")
    opened.close()
    open_registry(empty_place, store, PHRASE).close()
    with pytest.raises(RegistryProblem):
        open_registry(put_back, store, PHRASE)


def test_a_restored_one_that_is_put_back_is_found_too(
    registry: Registry, put_back: str, store: Path, tmp_path: Path, empty_place: str
) -> None:
    back_up(registry, tmp_path / "whole", AT + 3 * HOUR)
    restore(tmp_path / "whole", empty_place, store, PHRASE, AT + 4 * HOUR)
    opened = open_registry(empty_place, store, PHRASE)
    with opened.reading() as view:
        heads.demand_not_back(view, store)
        kept = view.connection.execute(select(tables.meta.c.name)).scalars().all()
    assert "restored_after" not in kept  # nothing was lost
    opened.close()


def test_the_command_line_issues_nothing_and_revokes(
    registry: Registry,
    put_back: str,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(*words: object) -> tuple[int, str, str]:
        line = ["statusqr-issuer", *map(str, words), "--store", str(store), "--registry", put_back]
        monkeypatch.setattr(sys, "argv", line)
        monkeypatch.setenv("STATUSQR_PASSPHRASE", PASSPHRASE)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), *capsys.readouterr()

    call: Run = run
    path = write(tmp_path, documents()["R01"])
    for refused in (
        call("issue", path, "--out", tmp_path / "out", "--allow-ended"),
        call("load", path),
        call("publish", "--to", tmp_path / "site"),
        call("publish", "--to", tmp_path / "site", "--after-restore", "так надо"),
    ):
        assert (refused[0], refused[1]) == (1, "")
        assert "[REGISTRY_BACK]" in refused[2]
    assert call("revoke", "--certificate", "1", *WHY)[0] == 0
    assert call("registry", "backup", "--to", tmp_path / "copy")[0] == 0
