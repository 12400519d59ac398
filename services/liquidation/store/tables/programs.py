"""The tables of mass change: programs and what people did with them, requests for entries, duties by heading."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.liquidation.store.tables.records import metadata

programs = Table(
    "programs",
    metadata,
    Column("program", Text, primary_key=True),
    Column("released_revision", Integer),
    Column("events", Integer, nullable=False, server_default=text("0")),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Text, nullable=False),
    comment="Programs of mass change; the released revision judges what is asked.",
)

program_revisions = Table(
    "program_revisions",
    metadata,
    Column("program", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("edits", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("tried_at", DateTime(timezone=True)),
    Column("released_at", DateTime(timezone=True)),
    comment="Revisions of programs, each whole: draft, confirmed, released, superseded, withdrawn.",
)

program_events = Table(
    "program_events",
    metadata,
    Column("program", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("change", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("acting_for", Text),
    Column("detail", Text),
    Column("authority", Text),
    comment="What people did with programs, only added to.",
)

program_trials = Table(
    "program_trials",
    metadata,
    Column("program", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("edits", Integer, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("tried_at", DateTime(timezone=True), nullable=False),
    Column("tried_by", Text, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("removed_cents", BigInteger, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("examples", JSONB, nullable=False),
    comment="What a revision would do with every entry that it reaches, as of a day; nothing else is changed by it.",
)

declarations = Table(
    "declarations",
    metadata,
    Column("declaration_id", Text, primary_key=True),
    Column("program", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("next_row", Integer, nullable=False),
    Column("content_digest", LargeBinary, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("progressed_at", DateTime(timezone=True), nullable=False),
    Column("importers", ARRAY(Text), nullable=False),
    Column("filer_code", Text),
    Column("made_by", Text, nullable=False),
    Column("made_for", Text),
    Index("declarations_program", "program", "received_at", "declaration_id"),
    Index("declarations_judging", "received_at", postgresql_where=text("state = 'judging'")),
    comment="Requests for many entries of a program: who asked, when received, how far the file was read.",
)

declared_entries = Table(
    "declared_entries",
    metadata,
    Column("declaration_id", Text, primary_key=True),
    Column("row_number", Integer, primary_key=True, autoincrement=False),
    Column("program", Text, nullable=False),
    Column("entry_number", Text),
    Column("given", Text),
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("cohort", Text),
    Column("act", Text),
    Column("writer", Text),
    Column("removed_cents", BigInteger, nullable=False, server_default=text("0")),
    Column("notes", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("last_day", Date),
    Column("earlier", Text),
    Column("locked_from", DateTime(timezone=True)),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("revision", Integer),
    Column("judged_at", DateTime(timezone=True)),
    Index("declared_entries_entry", "entry_number", "program", postgresql_where=text("entry_number IS NOT NULL")),
    Index("declared_entries_unjudged", "declaration_id", "row_number", postgresql_where=text("state = 'read'")),
    Index("declared_entries_code", "declaration_id", "code", "row_number"),
    comment="Each row of a declaration and what becomes of its entry, judged anew as facts come until it is posted.",
)

program_findings = Table(
    "program_findings",
    metadata,
    Column("program", Text, primary_key=True),
    Column("entry_number", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("is_product", Boolean, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("found_at", DateTime(timezone=True), nullable=False),
    Column("found_by", Text, nullable=False),
    Column("found_for", Text),
    comment="What a person found of the goods of an entry where an order describes a product; the last one stands.",
)

special_duties = Table(
    "special_duties",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("line_number", Integer, primary_key=True, autoincrement=False),
    Column("hts", Text(collation="C"), primary_key=True),
    Column("value_usd", BigInteger, nullable=False),
    Column("duty_cents", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("goods", Text(collation="C"), nullable=False),
    Column("preference", Text),
    Column("base_duty_cents", BigInteger, nullable=False),
    Column("base_owed_cents", BigInteger),
    Index("special_duties_hts", "hts", "entry_number"),
    comment="Duty and value by line and number, summed: of chapters 98 and 99, and of lines that claim a preference.",
)
