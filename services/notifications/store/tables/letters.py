"""Letters on paper: batches for a print shop, what is in them, what is in none, and what the post did."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.notifications.store.tables.core import metadata

letter_batches = Table(
    "letter_batches",
    metadata,
    Column("batch_id", UUID(as_uuid=True), primary_key=True),
    Column("center", Text),
    Column("state", Text, nullable=False),
    Column("is_scheduled", Boolean, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("ready_at", DateTime(timezone=True)),
    Column("letters", Integer, nullable=False, server_default=text("0")),
    Column("pages", Integer, nullable=False, server_default=text("0")),
    Column("set_aside", Integer, nullable=False, server_default=text("0")),
    Column("manifest_sha256", LargeBinary),
    Column("archive_sha256", LargeBinary),
    Column("archive_bytes", BigInteger),
    Index("letter_batches_opened", "opened_at", "batch_id"),
    comment="Batches of letters for a print shop, one at a time for each Center.",
)
Index(
    "letter_batches_making",
    func.coalesce(letter_batches.c.center, text("''::text")).label("maker"),
    unique=True,
    postgresql_where=text("state = 'making'::text"),
)

letters = Table(
    "letters",
    metadata,
    Column("notice_id", UUID(as_uuid=True), primary_key=True),
    Column("recipient_role", Text, primary_key=True),
    Column("batch_id", UUID(as_uuid=True), nullable=False),
    Column("position", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("address", JSONB, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("typeset_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("batch_id", "position", name="letters_in_batch"),
    comment="Letters as they went to the print shop, each in one batch. Only added to.",
)

letters_set_aside = Table(
    "letters_set_aside",
    metadata,
    Column("notice_id", UUID(as_uuid=True), primary_key=True),
    Column("recipient_role", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("account", Integer),
    Column("set_aside_at", DateTime(timezone=True), nullable=False),
    comment="Letters that wait and could go into no batch, with why; account is the version of it that was looked at.",
)

letter_proofs = Table(
    "letter_proofs",
    metadata,
    Column("notice_id", UUID(as_uuid=True), primary_key=True),
    Column("recipient_role", Text, primary_key=True),
    Column("act", Text, primary_key=True),
    Column("done_on", Date, nullable=False),
    Column("batch_id", UUID(as_uuid=True)),
    Column("carrier", Text),
    Column("mail_class", Text),
    Column("certified_number", Text),
    Column("reason", Text),
    Column("noted_by", Text, nullable=False),
    Column("acting_for", Text),
    Column("authority", Text, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    comment="Proof of what the post did with letters: mailed on a day, returned on one. Only added to.",
)
