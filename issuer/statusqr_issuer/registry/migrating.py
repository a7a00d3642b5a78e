"""Which revision of the schema a registry has, and how it gets to the newest.

One set of migrations serves both engines. A run of them is one transaction of a writer, so of two
programs that start at once the second finds the work done.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from statusqr_schema import RegistryProblem

if TYPE_CHECKING:
    from alembic.migration import MigrationContext

HEAD: Final = "0001"  # the newest; revisions are numbered
BASE: Final = "base"  # no tables
TABLE: Final = "schema_revision"

_FOLDER: Final = Path(__file__).with_name("migrations")


def revision(connection: Connection) -> str | None:
    """What the schema is now; None where there is no registry yet."""
    if not inspect(connection).has_table(TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {TABLE}")).scalar()  # noqa: S608
    return None if found is None else str(found)


def demand_head(connection: Connection) -> None:
    """RegistryProblem, code REGISTRY_VERSION, where the schema is not this program's."""
    found = revision(connection)
    if found is None:
        message = "в этой базе нет реестра: создайте его командой statusqr-issuer registry new"
        raise RegistryProblem(message, code="REGISTRY_VERSION")
    if found > HEAD:
        raise _newer()
    if found < HEAD:
        message = "реестр прежней версии: сделайте копию (registry backup прежней программы), "
        message += "затем выполните statusqr-issuer registry upgrade"
        raise RegistryProblem(message, code="REGISTRY_VERSION")


def migrate(connection: Connection, to: str = HEAD) -> bool:
    """Bring the schema to a revision, within the caller's transaction; whether there was work."""
    # Only here: it takes longer to load than all that most commands do.
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    before = revision(connection) or ""
    if before > HEAD:
        raise _newer()
    scripts = ScriptDirectory(str(_FOLDER))
    down = to == BASE or before > to

    def steps(current: str, _: "MigrationContext") -> list[object]:
        found = scripts._downgrade_revs if down else scripts._upgrade_revs
        return list(found(to, current))

    context = MigrationContext.configure(connection, opts={"version_table": TABLE, "fn": steps})
    with Operations.context(context):
        context.run_migrations()
    return (revision(connection) or "") != before


def _newer() -> RegistryProblem:
    return RegistryProblem(
        "реестр ведёт более новая версия программы: обновите и эту", code="REGISTRY_VERSION"
    )
