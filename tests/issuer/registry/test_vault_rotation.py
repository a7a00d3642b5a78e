"""New keys for sealed cells, while others work, and after crashes."""

import random
from pathlib import Path

import pytest
from registries import again, place_of
from registry_rows import NAME, child, go, kill, names, put_statuses
from sqlalchemy import select, text, update
from world import NOON

from statusqr_issuer.registry import Registry, audit, chain, rotation
from statusqr_issuer.registry.rotation import Rotated, rotate
from statusqr_issuer.registry.tables import metadata, status
from statusqr_issuer.registry.vault import SEALED
from statusqr_issuer.registry.vault_file import VaultFile
from statusqr_schema import RegistryProblem

ROTATE = """
from statusqr_issuer.registry import rotation
rotation._BATCH = 20
def told(cells):
    print(cells, flush=True)
rotation.rotate(registry, VaultFile.open(store, passphrase), now, told)
"""


def put(registry: Registry, count: int) -> None:
    with registry.writing("worker", NOON) as work:
        put_statuses(work, count)


def versions(registry: Registry) -> set[int]:
    """Under which keys cells are."""
    with registry.reading() as view:
        return {
            bytes(cell)[0]
            for table, column in SEALED
            for cell in view.connection.execute(select(metadata.tables[table].c[column])).scalars()
        }


def read(registry: Registry) -> list[str]:
    with registry.reading() as view:
        return names(view)


def test_all_cells_are_sealed_again_and_the_old_key_is_gone(
    registry: Registry, key_file: VaultFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_BATCH", 3)
    put(registry, 8)
    (old,) = key_file.keys().values()
    told: list[int] = []
    assert rotate(registry, key_file, NOON, told.append) == Rotated(version=2, cells=16)
    assert told == [3, 6, 8, 11, 14, 16]
    assert versions(registry) == {2}
    assert list(key_file.keys()) == [2] and old not in key_file.keys().values()
    assert read(registry) == [NAME] * 16
    newly = again(registry)
    assert read(newly) == [NAME] * 16
    newly.close()
    with registry.reading() as view:
        assert [entry.act for entry in audit.entries(view)][1:] == ["keys_changing", "keys_changed"]


def test_again_and_again(registry: Registry, key_file: VaultFile) -> None:
    assert rotate(registry, key_file, NOON) == Rotated(version=2, cells=0)
    put(registry, 1)
    assert rotate(registry, key_file, NOON) == Rotated(version=3, cells=2)
    put(registry, 1)
    assert versions(registry) == {3}
    assert read(registry) == [NAME] * 4


def test_a_server_goes_on_reading_and_writing(
    registry: Registry, store: Path, key_file: VaultFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opened the registry before, and works between the turns of the rotation."""
    monkeypatch.setattr(rotation, "_BATCH", 2)
    put(registry, 4)
    server = Registry(again(registry).database, key_file.vault(), registry.finder)
    seen: list[int] = []

    def serve(_: int) -> None:
        assert set(read(server)) == {NAME}
        if len(seen) < 4:
            put(server, 1)  # under the new key, or this would never end
        seen.append(server.vault.newest)

    done = rotate(registry, key_file, NOON, serve)
    assert set(seen) == {2}
    assert done.cells == 8
    assert versions(registry) == {2}
    assert read(server) == [NAME] * 16
    server.close()


def test_a_view_from_before_still_opens(registry: Registry, key_file: VaultFile) -> None:
    put(registry, 2)
    server = Registry(again(registry).database, key_file.vault(), registry.finder)
    with server.reading() as view:
        assert len(view.connection.execute(select(status.c.id)).all()) == 2
        rotate(registry, key_file, NOON)
        assert names(view) == [NAME] * 4
    server.close()


def test_killed_anywhere_it_goes_on(registry: Registry, store: Path, key_file: VaultFile) -> None:
    chance = random.Random(653)  # noqa: S311
    put(registry, 250)
    for _ in range(2):
        process = child(ROTATE, place_of(registry), store)
        go([process])
        assert kill(process, after=chance.randrange(1, 6))
        opened = Registry(again(registry).database, key_file.vault(), registry.finder)
        assert read(opened) == [NAME] * 500
        opened.close()
    done = rotate(registry, key_file, NOON)
    assert done.version == 2  # the one that was broken off
    assert 0 < done.cells < 500
    assert (versions(registry), list(key_file.keys())) == ({2}, [2])
    with registry.reading() as view:
        assert chain.examine(audit.entries(view))[1] is None
        acts = [entry.act for entry in audit.entries(view)]
    assert acts[1:] == ["keys_changing", "keys_changed"]


def test_a_key_that_was_made_and_not_used_yet(registry: Registry, key_file: VaultFile) -> None:
    put(registry, 1)
    key_file.add()  # and then the power went
    put(registry, 1)
    assert versions(registry) == {1}
    assert rotate(registry, key_file, NOON) == Rotated(version=2, cells=4)
    assert list(key_file.keys()) == [2]


def test_an_old_key_that_was_not_forgotten_yet(
    registry: Registry, key_file: VaultFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(registry, 1)
    monkeypatch.setattr(VaultFile, "keep_only", lambda *_: None)
    rotate(registry, key_file, NOON)
    assert list(key_file.keys()) == [1, 2]
    monkeypatch.undo()
    assert rotate(registry, key_file, NOON).version == 3
    assert list(key_file.keys()) == [3]


def test_a_damaged_cell_stops_it_and_no_key_is_lost(
    registry: Registry, key_file: VaultFile
) -> None:
    put(registry, 2)
    with registry.database.writing() as connection:
        connection.execute(update(status).values(entry=b"\x01" + bytes(40)))
    with pytest.raises(RegistryProblem) as refused:
        rotate(registry, key_file, NOON)
    assert refused.value.code == "REGISTRY_DAMAGED"
    assert list(key_file.keys()) == [1, 2]
    with registry.database.reading() as connection:
        told = connection.execute(text("SELECT act FROM audit ORDER BY seq DESC")).scalar()
    assert told == "keys_changing"
