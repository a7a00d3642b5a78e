"""The tables of the registry, for SQLite and PostgreSQL alike; `migrations` makes them.

::

    person          who has statuses or gave a consent; found by a digest of the SNILS
    status          a status as it stands, and status_version: every state that it had
    status_list     the status lists of each issuer; status_entry: the entries taken, each for good
    credential      printed codes: whose, of which status, until when
    hold            certificates and persons whose codes do not hold, at one issuer or at all ('',
                    or '*' where the register has ended the status)
    consent         which text a person agreed to, when, and until when
    message         what a person is told in the account
    number          certificate numbers that were given out here, by series
    audit           who did what, chained by hashes; append-only
    meta            one-off facts: the check value of the finder, where the lists come from

Moments are epoch seconds, days are numbers since 1970-01-01. What tells who a person is stands in
sealed cells only (`vault`), each bound to its table, column and row; digests are keyed (`finder`).
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

person: Final = Table(
    "person",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("digest", LargeBinary(16), nullable=False, unique=True),  # Finder.person of the SNILS
    Column("made_at", BigInteger, nullable=False),
)

status: Final = Table(
    "status",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("person.id"), nullable=False, index=True),
    # what the register calls it, else its certificate, else person, category and region: a digest
    Column("source", LargeBinary(16), nullable=False, unique=True),
    Column("certificate", LargeBinary(16), index=True),  # Finder.certificate of its number
    Column("category", String(64), nullable=False),
    Column("region", String(8)),
    Column("valid_from", Integer, nullable=False),
    Column("valid_through", Integer),
    Column("ended", Boolean, nullable=False, server_default=text("false")),  # by the register
    Column("version", Integer, nullable=False),
    Column("entry", LargeBinary, nullable=False),  # sealed: the register's entry as JSON
    Column("changed_at", BigInteger, nullable=False),  # what it says
    Column("loaded_at", BigInteger, nullable=False),  # when the register last said so
)

status_version: Final = Table(
    "status_version",
    metadata,
    Column("status_id", Uuid, ForeignKey("status.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("change", String(16), nullable=False),  # added, changed, ended, recovered
    Column("entry", LargeBinary, nullable=False),  # sealed
    Column("at", BigInteger, nullable=False),
)

status_list: Final = Table(
    "status_list",
    metadata,
    Column("issuer", String(64), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("taken", Integer, nullable=False),
    Column("closed", Boolean, nullable=False, server_default=text("false")),  # no further entries
    # after a restore: what stands in no row of status_entry is shown as suspended
    Column("known_only", Boolean, nullable=False, server_default=text("false")),
)

status_entry: Final = Table(
    "status_entry",
    metadata,
    Column("issuer", String(64), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("entry", Integer, primary_key=True),
    Column("certificate", LargeBinary(16), index=True),
    Column("person", LargeBinary(16), index=True),
    Column("own", Integer, nullable=False, server_default=text("0")),  # the code's own state
    Column("state", Integer, nullable=False, server_default=text("0")),  # what its list shows
    Column("reason", Text),  # of its own state, where that is not valid
)
Index(
    "ix_status_entry_not_valid",
    status_entry.c.issuer,
    status_entry.c.number,
    sqlite_where=status_entry.c.state != 0,
    postgresql_where=status_entry.c.state != 0,
)

credential: Final = Table(
    "credential",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("status_id", Uuid, ForeignKey("status.id"), nullable=False, index=True),
    Column("issuer", String(64), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("entry", Integer, nullable=False),
    Column("profile", String(16), nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    ForeignKeyConstraint(
        ["issuer", "number", "entry"],
        ["status_entry.issuer", "status_entry.number", "status_entry.entry"],
    ),
    UniqueConstraint("issuer", "number", "entry"),
)

hold: Final = Table(
    "hold",
    metadata,
    Column("digest", LargeBinary(16), primary_key=True),
    Column("issuer", String(64), primary_key=True),  # '' for every issuer, '*' by the register
    Column("state", Integer, nullable=False),
    Column("reason", Text),  # None where the key store's own file kept none
)

consent: Final = Table(
    "consent",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("person.id"), nullable=False, index=True),
    Column("version", String(32), nullable=False),
    Column("text_digest", LargeBinary(32), nullable=False),  # SHA-256 of the text that was shown
    Column("given_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
)
Index(  # one consent at a time
    "uq_consent_standing",
    consent.c.person_id,
    unique=True,
    sqlite_where=consent.c.withdrawn_at.is_(None),
    postgresql_where=consent.c.withdrawn_at.is_(None),
)

message: Final = Table(
    "message",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("person.id"), nullable=False, index=True),
    Column("status_id", Uuid, ForeignKey("status.id")),
    Column("kind", String(32), nullable=False),
    Column("printouts", Integer, nullable=False, server_default=text("0")),  # revoked with it
    Column("at", BigInteger, nullable=False),
    Column("read_at", BigInteger),
)

number: Final = Table(
    "number",
    metadata,
    Column("series", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("given_at", BigInteger, nullable=False),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("act", String(32), nullable=False),
    Column("body", Text, nullable=False),  # JSON without personal data
    Column("hash", LargeBinary(32), nullable=False),
    Column("on_lists", Boolean, nullable=False),  # changes what status lists show
)
Index("ix_audit_act", audit.c.act, audit.c.seq)
Index(
    "ix_audit_on_lists",
    audit.c.seq,
    sqlite_where=audit.c.on_lists,
    postgresql_where=audit.c.on_lists,
)

meta: Final = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
