"""One set of migrations for both engines: what it makes, up and down, and what it refuses."""

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from registries import place_of
from registry_rows import child, done, go, put_everything, put_statuses
from sqlalchemy import Connection, Engine, inspect, text
from world import NOON

from statusqr_issuer.registry import Registry, migrating
from statusqr_issuer.registry.database import Database
from statusqr_issuer.registry.migrating import BASE, HEAD, demand_head, migrate, revision
from statusqr_issuer.registry.opening import upgrade_registry
from statusqr_issuer.registry.tables import metadata
from statusqr_schema import RegistryProblem

BROKEN = '''"""Breaks off half way."""

from alembic import op
from sqlalchemy import Column, Integer

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    op.create_table("half", Column("a", Integer()))
    op.execute("INSERT INTO half VALUES (1)")
    op.execute("SELECT * FROM nowhere")
'''


def drift(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection,
        opts={
            "version_table": migrating.TABLE,
            "compare_type": True,
            "compare_server_default": True,
        },
    )
    return list(compare_metadata(context, metadata))


def triggers(connection: Connection) -> list[str]:
    query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
    return list(connection.execute(text(query)).scalars())


def partial_indexes(connection: Connection) -> dict[str, str]:
    """Their conditions, which the comparison passes over."""
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '% WHERE %'"
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
    found = connection.execute(text(query)).all()
    return {
        name: sql.partition(" WHERE ")[2].strip("()").replace("<>", "!=") for name, sql in found
    }


def test_the_tables_are_those_of_the_program(registry: Registry) -> None:
    with registry.database.writing() as connection:
        assert drift(connection) == []
        made = partial_indexes(connection)
        metadata.drop_all(connection, checkfirst=True)
        metadata.create_all(connection)
        assert made == partial_indexes(connection)
        assert len(made) == 3
        connection.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE message ADD COLUMN extra INTEGER",
        "DROP INDEX ix_message_person_id",
        "ALTER TABLE message DROP COLUMN printouts",
        "CREATE TABLE extra (a INTEGER)",
        "CREATE INDEX extra ON message (at)",
    ],
)
def test_a_drift_is_found(registry: Registry, change: str) -> None:
    with registry.database.writing() as connection:
        connection.execute(text(change))
        assert drift(connection) != []
        connection.rollback()


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE message ALTER COLUMN at TYPE INTEGER",
        "ALTER TABLE message ALTER COLUMN printouts SET DEFAULT 1",
        "ALTER TABLE message ALTER COLUMN kind TYPE VARCHAR(20)",
        "ALTER TABLE message ALTER COLUMN kind DROP NOT NULL",
    ],
)
def test_a_drift_of_types_and_defaults_is_found(registry: Registry, change: str) -> None:
    with registry.database.writing() as connection:
        connection.execute(text(change))
        assert drift(connection) != []
        connection.rollback()


def test_the_head_is_the_newest_script() -> None:
    scripts = ScriptDirectory(str(migrating._FOLDER))
    assert scripts.get_heads() == [HEAD]
    assert [each.revision for each in scripts.walk_revisions()][-1] == "0001"


def test_up_down_and_up_again(empty_place: str) -> None:
    database = Database(empty_place, new=True)
    shapes = []
    for _ in range(2):
        with database.writing() as connection:
            assert revision(connection) is None
            assert migrate(connection)
            assert not migrate(connection)
        with database.reading() as connection:
            assert drift(connection) == []
            demand_head(connection)
            shapes.append(triggers(connection))
        with database.writing() as connection:
            assert migrate(connection, BASE)
        with database.reading() as connection:
            assert inspect(connection).get_table_names() == ["schema_revision"]
            assert triggers(connection) == []
            if not database.sqlite:
                query = "SELECT count(*) FROM pg_proc WHERE proname LIKE 'registry%'"
                assert connection.execute(text(query)).scalar() == 0
    assert shapes[0] == shapes[1] and len(shapes[0]) >= 5
    database.close()


def test_a_broken_migration_leaves_nothing(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(migrating._FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "r0002_broken.py").write_text(BROKEN)
    monkeypatch.setattr(migrating, "_FOLDER", folder)
    monkeypatch.setattr(migrating, "HEAD", "0002")
    with pytest.raises(RegistryProblem), registry.database.writing() as connection:
        migrate(connection, "0002")
    with registry.database.reading() as connection:
        assert revision(connection) == "0001"
        assert "half" not in inspect(connection).get_table_names()


def test_two_programs_upgrade_at_once(empty_place: str, store: Path) -> None:
    Database(empty_place, new=True).close()
    program = """
from statusqr_issuer.registry.database import Database
from statusqr_issuer.registry.migrating import migrate
with Database(place).writing() as connection:
    print(migrate(connection))
"""
    programs = [child(program, empty_place, store, opening=False) for _ in range(2)]
    go(programs)
    assert sorted(done(programs)) == ["False\n", "True\n"]


def set_revision(registry: Registry, to: str) -> None:
    with registry.database.writing() as connection:
        connection.execute(text("UPDATE schema_revision SET version_num = :to"), {"to": to})


def test_a_newer_registry_is_left_alone(registry: Registry) -> None:
    set_revision(registry, "0653")
    for attempt in (demand_head, migrate):
        with (
            pytest.raises(RegistryProblem, match="обновите") as refused,
            registry.database.writing() as connection,
        ):
            attempt(connection)
        assert refused.value.code == "REGISTRY_VERSION"


def test_an_older_registry_says_what_to_do(registry: Registry) -> None:
    set_revision(registry, "0000")
    with (
        pytest.raises(RegistryProblem, match="statusqr-issuer registry upgrade") as refused,
        registry.database.reading() as connection,
    ):
        demand_head(connection)
    assert refused.value.code == "REGISTRY_VERSION"


def test_upgrading_what_is_new_already(registry: Registry) -> None:
    assert not upgrade_registry(place_of(registry))


def test_upgrading_what_is_no_registry(empty_place: str) -> None:
    Database(empty_place, new=True).close()
    with pytest.raises(RegistryProblem, match="registry new") as refused:
        upgrade_registry(empty_place)
    assert refused.value.code == "REGISTRY_VERSION"


LOG = [
    "UPDATE audit SET act = 'x'",
    "UPDATE audit SET on_lists = true WHERE seq = 1",
    "DELETE FROM audit",
    "UPDATE status_version SET change = 'x'",
    "UPDATE status_version SET at = 5",
    "UPDATE status_version SET version = 7",
    "UPDATE status_version SET entry = entry",
    "DELETE FROM status_version",
]


@pytest.mark.parametrize("change", LOG)
def test_what_was_told_stays(registry: Registry, change: str) -> None:
    with registry.writing("worker", NOON) as work:
        put_statuses(work, 1)
    with pytest.raises(RegistryProblem), registry.database.writing() as connection:
        connection.execute(text(change))


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
@pytest.mark.parametrize("table", ["audit", "status_version"])
def test_nor_is_it_all_taken_away(registry: Registry, table: str) -> None:
    with pytest.raises(RegistryProblem), registry.database.writing() as connection:
        connection.execute(text(f"TRUNCATE {table}"))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_nor_replaced(registry: Registry) -> None:
    with registry.writing("worker", NOON) as work:
        put_everything(work)
    with pytest.raises(RegistryProblem), registry.database.writing() as connection:
        replace = "INSERT OR REPLACE INTO audit SELECT seq, at, 'x', act, body, hash, on_lists "
        connection.execute(text(f"{replace}FROM audit"))


def test_a_version_is_sealed_anew_under_a_newer_key_only(registry: Registry) -> None:
    with registry.writing("worker", NOON) as work:
        put_statuses(work, 1)
    change = text("UPDATE status_version SET entry = :entry")
    with registry.database.writing() as connection:
        connection.execute(change, {"entry": b"\x02anew"})
    for older in (b"\x01back", b"\x02same"):
        with pytest.raises(RegistryProblem), registry.database.writing() as connection:
            connection.execute(change, {"entry": older})


def test_every_table_takes_a_row(registry: Registry, engine: str) -> None:
    with registry.writing("worker", NOON) as work:
        put_everything(work)
    reader: Engine = registry.database.reader
    for table in metadata.sorted_tables:
        with reader.begin() as connection:
            assert connection.execute(table.select().limit(1)).first() is not None, table.name
