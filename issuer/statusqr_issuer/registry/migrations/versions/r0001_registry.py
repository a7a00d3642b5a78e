"""All tables; what is told in `audit` and `status_version` stays as it was told.

Triggers refuse UPDATE, DELETE and, on PostgreSQL, TRUNCATE of both. One change is let through: the
sealed cell of a status_version under a newer key than before (`rotation`). They guard against slips
of programs; whoever owns the database can drop them, which the hashes of `audit` then show.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

revision = "0001"
down_revision = None

TABLES = (
    *("person", "status", "status_version", "status_list", "status_entry", "credential", "hold"),
    *("consent", "message", "number", "audit", "meta"),
)


def upgrade() -> None:
    """From nothing."""
    _persons_and_statuses()
    _codes()
    _account()
    _records()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgres_triggers()


def downgrade() -> None:
    """To nothing."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION registry_refuse()")


def _persons_and_statuses() -> None:
    op.create_table(
        "person",
        Column("id", Uuid(), nullable=False),
        Column("digest", LargeBinary(16), nullable=False),
        Column("made_at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("id", name="pk_person"),
        UniqueConstraint("digest", name="uq_person_digest"),
    )
    op.create_table(
        "status",
        Column("id", Uuid(), nullable=False),
        Column("person_id", Uuid(), nullable=False),
        Column("source", LargeBinary(16), nullable=False),
        Column("certificate", LargeBinary(16)),
        Column("category", String(64), nullable=False),
        Column("region", String(8)),
        Column("valid_from", Integer(), nullable=False),
        Column("valid_through", Integer()),
        Column("ended", Boolean(), server_default=text("false"), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("entry", LargeBinary(), nullable=False),
        Column("changed_at", BigInteger(), nullable=False),
        Column("loaded_at", BigInteger(), nullable=False),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_status_person_id"),
        PrimaryKeyConstraint("id", name="pk_status"),
        UniqueConstraint("source", name="uq_status_source"),
    )
    op.create_index("ix_status_certificate", "status", ["certificate"])
    op.create_index("ix_status_person_id", "status", ["person_id"])
    op.create_table(
        "status_version",
        Column("status_id", Uuid(), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("change", String(16), nullable=False),
        Column("entry", LargeBinary(), nullable=False),
        Column("at", BigInteger(), nullable=False),
        ForeignKeyConstraint(["status_id"], ["status.id"], name="fk_status_version_status_id"),
        PrimaryKeyConstraint("status_id", "version", name="pk_status_version"),
    )


def _codes() -> None:
    op.create_table(
        "status_list",
        Column("issuer", String(64), nullable=False),
        Column("number", BigInteger(), nullable=False),
        Column("taken", Integer(), nullable=False),
        Column("closed", Boolean(), server_default=text("false"), nullable=False),
        Column("known_only", Boolean(), server_default=text("false"), nullable=False),
        PrimaryKeyConstraint("issuer", "number", name="pk_status_list"),
    )
    entry = ["issuer", "number", "entry"]
    op.create_table(
        "status_entry",
        Column("issuer", String(64), nullable=False),
        Column("number", BigInteger(), nullable=False),
        Column("entry", Integer(), nullable=False),
        Column("certificate", LargeBinary(16)),
        Column("person", LargeBinary(16)),
        Column("own", Integer(), server_default=text("0"), nullable=False),
        Column("state", Integer(), server_default=text("0"), nullable=False),
        Column("reason", Text()),
        PrimaryKeyConstraint(*entry, name="pk_status_entry"),
    )
    op.create_index("ix_status_entry_certificate", "status_entry", ["certificate"])
    op.create_index("ix_status_entry_person", "status_entry", ["person"])
    not_valid = text("state != 0")
    op.create_index(
        "ix_status_entry_not_valid",
        "status_entry",
        ["issuer", "number"],
        sqlite_where=not_valid,
        postgresql_where=not_valid,
    )
    op.create_table(
        "credential",
        Column("id", Uuid(), nullable=False),
        Column("status_id", Uuid(), nullable=False),
        Column("issuer", String(64), nullable=False),
        Column("number", BigInteger(), nullable=False),
        Column("entry", Integer(), nullable=False),
        Column("profile", String(16), nullable=False),
        Column("issued_at", BigInteger(), nullable=False),
        Column("expires_at", BigInteger(), nullable=False),
        ForeignKeyConstraint(
            entry,
            [f"status_entry.{column}" for column in entry],
            name="fk_credential_issuer_number_entry",
        ),
        ForeignKeyConstraint(["status_id"], ["status.id"], name="fk_credential_status_id"),
        PrimaryKeyConstraint("id", name="pk_credential"),
        UniqueConstraint(*entry, name="uq_credential_issuer_number_entry"),
    )
    op.create_index("ix_credential_status_id", "credential", ["status_id"])
    op.create_table(
        "hold",
        Column("digest", LargeBinary(16), nullable=False),
        Column("issuer", String(64), nullable=False),
        Column("state", Integer(), nullable=False),
        Column("reason", Text()),
        PrimaryKeyConstraint("digest", "issuer", name="pk_hold"),
    )


def _account() -> None:
    op.create_table(
        "consent",
        Column("id", Uuid(), nullable=False),
        Column("person_id", Uuid(), nullable=False),
        Column("version", String(32), nullable=False),
        Column("text_digest", LargeBinary(32), nullable=False),
        Column("given_at", BigInteger(), nullable=False),
        Column("withdrawn_at", BigInteger()),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_consent_person_id"),
        PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_person_id", "consent", ["person_id"])
    standing = text("withdrawn_at IS NULL")
    op.create_index(
        "uq_consent_standing",
        "consent",
        ["person_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "message",
        Column("id", Uuid(), nullable=False),
        Column("person_id", Uuid(), nullable=False),
        Column("status_id", Uuid()),
        Column("kind", String(32), nullable=False),
        Column("printouts", Integer(), server_default=text("0"), nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("read_at", BigInteger()),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_message_person_id"),
        ForeignKeyConstraint(["status_id"], ["status.id"], name="fk_message_status_id"),
        PrimaryKeyConstraint("id", name="pk_message"),
    )
    op.create_index("ix_message_person_id", "message", ["person_id"])


def _records() -> None:
    op.create_table(
        "number",
        Column("series", String(32), nullable=False),
        Column("number", Integer(), nullable=False),
        Column("given_at", BigInteger(), nullable=False),
        PrimaryKeyConstraint("series", "number", name="pk_number"),
    )
    op.create_table(
        "audit",
        Column("seq", BigInteger(), autoincrement=False, nullable=False),
        Column("at", BigInteger(), nullable=False),
        Column("actor", String(200), nullable=False),
        Column("act", String(32), nullable=False),
        Column("body", Text(), nullable=False),
        Column("hash", LargeBinary(32), nullable=False),
        Column("on_lists", Boolean(), nullable=False),
        PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_act", "audit", ["act", "seq"])
    on_lists = text("on_lists")
    op.create_index(
        "ix_audit_on_lists",
        "audit",
        ["seq"],
        sqlite_where=on_lists,
        postgresql_where=on_lists,
    )
    op.create_table(
        "meta",
        Column("name", String(64), nullable=False),
        Column("value", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("name", name="pk_meta"),
    )


_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the registry only appends here'); END"
_FIXED = "status_id, version, change, at"


def _sqlite_triggers() -> None:
    for table in ("audit", "status_version"):
        op.execute(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {_REFUSE}")
    op.execute(f"CREATE TRIGGER audit_update BEFORE UPDATE ON audit {_REFUSE}")
    op.execute(
        f"CREATE TRIGGER status_version_update BEFORE UPDATE OF {_FIXED} "
        f"ON status_version {_REFUSE}"
    )
    op.execute(
        "CREATE TRIGGER status_version_reseal BEFORE UPDATE ON status_version "
        f"WHEN substr(NEW.entry, 1, 1) <= substr(OLD.entry, 1, 1) {_REFUSE}"
    )


def _postgres_triggers() -> None:
    op.execute(
        "CREATE FUNCTION registry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the registry only appends here'; END $$"
    )
    refuse = "EXECUTE FUNCTION registry_refuse()"
    for table in ("audit", "status_version"):
        op.execute(f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT {refuse}"
        )
    op.execute(f"CREATE TRIGGER audit_update BEFORE UPDATE ON audit FOR EACH ROW {refuse}")
    op.execute(
        f"CREATE TRIGGER status_version_update BEFORE UPDATE OF {_FIXED} ON status_version "
        f"FOR EACH ROW {refuse}"
    )
    op.execute(
        "CREATE TRIGGER status_version_reseal BEFORE UPDATE ON status_version FOR EACH ROW "
        f"WHEN (get_byte(NEW.entry, 0) <= get_byte(OLD.entry, 0)) {refuse}"
    )
