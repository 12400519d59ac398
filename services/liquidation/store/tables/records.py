"""The tables of liquidation."""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Index, Integer, MetaData, Table, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from shared.calendars.tables import calendar_tables
from shared.db.platform_tables import platform_tables
from shared.files.tables import file_table
from shared.parties.tables import party_tables

metadata = MetaData()
platform = platform_tables(metadata)
heard = party_tables(metadata)
file_table(metadata)
calendar_tables(metadata)

RUNS = "liquidated_on IS NULL AND NOT is_suspended"
ACT_BY = "least(e.act_by, e.deemed_on)"
"""Of an entry `e`: the day by which CBP acts, `act_by` where that is before the deemed date (null: it is the same)."""

entries = Table(
    "entries",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("state", Text, nullable=False, server_default=text("'recorded'")),
    Column("version", Integer),
    Column("governed_at", DateTime(timezone=True)),
    Column("importer_number", Text),
    Column("entry_type", Text),
    Column("surety_code", Text),
    Column("port_of_entry", Text),
    Column("entry_date", Date),
    Column("paid_on", Date),
    Column("duty_cents", BigInteger),
    Column("fees_cents", BigInteger),
    Column("released_at", DateTime(timezone=True)),
    Column("port_of_release", Text),
    Column("release_kind", Text),
    Column("center", Text),
    Column("division", Text),
    Column("lane", Text),
    Column("routed_version", Integer),
    Column("routed_at", DateTime(timezone=True)),
    Column("routed_by_event", Text),
    Column("rule", Text),
    Column("why", Text),
    Column("is_informal", Boolean, nullable=False, server_default=text("false")),
    Column("is_suspended", Boolean, nullable=False, server_default=text("false")),
    Column("scheduled_on", Date),
    Column("deemed_on", Date),
    Column("deemed_rule", Text),
    Column("extensions", Integer, nullable=False, server_default=text("0")),
    Column("extended_months", Integer, nullable=False, server_default=text("0")),
    Column("liquidated_on", Date),
    Column("liquidation_posted_on", Date),
    Column("liquidation_kind", Text),
    Column("liquidation_rule", Text),
    Column("effect_duty_cents", BigInteger),
    Column("effect_fees_cents", BigInteger),
    Column("routed_move", Integer, nullable=False, server_default=text("0")),
    Column("turns", Integer, nullable=False, server_default=text("0")),
    Column("act_by", Date),
    Column("liquidation_cycle_on", Date),
    Index("entries_due", "scheduled_on", postgresql_where=text(RUNS)),
    Index(
        "entries_expiring",
        text("least(act_by, deemed_on)"),
        postgresql_where=text(RUNS),
        postgresql_include=[
            "act_by",
            "deemed_on",
            "lane",
            "deemed_rule",
            "is_informal",
            "extended_months",
            "entry_number",
        ],
    ),
    Index("entries_suspended", "center", postgresql_where=text("is_suspended AND liquidated_on IS NULL")),
    Index("entries_importer_period", "importer_number", "deemed_on", "entry_number"),
    Index("entries_center_period", "center", "deemed_on", "entry_number"),
    Index("entries_center_open", "center", "deemed_on", "entry_number", postgresql_where=text("liquidated_on IS NULL")),
    Index("entries_filer_period", text("left(entry_number, 3)"), "deemed_on", "entry_number"),
    Index("entries_surety_period", "surety_code", "deemed_on", "entry_number"),
    Index("entries_period", "deemed_on", "entry_number"),
    Index("entries_day", "entry_date", "entry_number"),
    Index("entries_clock_unknown", "entry_number", postgresql_where=text("state = 'clock-unknown'")),
    comment="The legal record of each entry: what its governing version, release and acts add up to.",
    postgresql_with={"fillfactor": "50"},
)

entry_claims = Table(
    "entry_claims",
    metadata,
    Column("entry_number", Text, primary_key=True),
    comment="Numbers whose row of entries is being made: held within a transaction, gone when it ends.",
)

entry_versions = Table(
    "entry_versions",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("importer_number", Text, nullable=False),
    Column("entry_type", Text, nullable=False),
    Column("surety_code", Text),
    Column("port_of_entry", Text, nullable=False),
    Column("entry_date", Date, nullable=False),
    Column("paid_on", Date),
    Column("duty_cents", BigInteger, nullable=False),
    Column("fees_cents", BigInteger, nullable=False),
    Column("case_number", Text),
    Column("content_digest", UUID(as_uuid=True), nullable=False),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("event_source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("barred_as", Text),
    Column("is_announced", Boolean, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("cases", Text, nullable=False, server_default=text("''")),
    Column("is_flagged", Boolean, nullable=False, server_default=text("false")),
    Column("classes", JSONB),
    Index("entry_versions_unread", "entry_number", "version", postgresql_where=text("classes IS NULL")),
    Index("entry_versions_recorded", "recorded_at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
    comment="Every version of an entry summary, whole, with the conflict that bars one.",
)

legal_events = Table(
    "legal_events",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("event_key", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("change", Text, nullable=False),
    Column("to_state", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("rule", Text, nullable=False),
    Column("detail", Text),
    Column("scheduled_on", Date),
    Column("deemed_on", Date),
    Column("kind", Text),
    Column("actor", Text),
    Column("authority", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("legal_events_recorded", "recorded_at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
    comment="Each legal act on an entry, once, by a key that follows from the act.",
)

extensions = Table(
    "extensions",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("months", Integer, nullable=False),
    Column("posted_on", Date, nullable=False),
    Column("requested_on", Date),
    Column("period_ended_on", Date, nullable=False),
    Column("period_ends_on", Date, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("posted_by", Text, nullable=False),
    comment="Extensions of liquidation with the period before and after.",
)

review_decisions = Table(
    "review_decisions",
    metadata,
    Column("decision_id", Text, primary_key=True),
    Column("entry_number", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("duty_cents", BigInteger, nullable=False),
    Column("fees_cents", BigInteger, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("event_at", DateTime(timezone=True), nullable=False),
    Column("event_source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("rule", Text),
    Column("remedy", Text),
    Column("body", JSONB, nullable=False),
    Index("review_decisions_entry", "entry_number"),
    Index("review_decisions_waiting", "entry_number", postgresql_where=text("status = 'applied'")),
    comment="Review decisions: applied (awaiting the cycle), effective, superseded, refused.",
)

protests = Table(
    "protests",
    metadata,
    Column("filing_number", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("filed_by", JSONB, nullable=False),
    Column("entries", JSONB, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("decide_by", Date, nullable=False),
    Column("further_review", Boolean, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("event_at", DateTime(timezone=True), nullable=False),
    Column("event_source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("issue", Text, nullable=False, server_default=text("''")),
    Column("timeliness", Text, nullable=False, server_default=text("'unknown'")),
    Column("further_review_state", Text, nullable=False, server_default=text("'none'")),
    Column("acts", Integer, nullable=False, server_default=text("0")),
    Column("lead_protest", Text),
    Column("is_open", Boolean, nullable=False, server_default=text("true")),
    Column("settled_on", Date),
    Column("denied_on", Date),
    Column("sue_by", Date),
    Column("due_on", Date),
    Column("due_rule", Text),
    Column("law_acts_after", Date),
    Column("defects", JSONB, nullable=False, server_default=text("'[]'")),
    Index("protests_entries", "entries", postgresql_using="gin", postgresql_ops={"entries": "jsonb_path_ops"}),
    Index("protests_importer", "importer_number"),
    Index("protests_issue", "issue", "filing_number"),
    Index("protests_due", "due_on", "filing_number", postgresql_where=text("is_open")),
    Index("protests_overdue", "decide_by", postgresql_where=text("is_open")),
    Index("protests_law_acts", "law_acts_after", postgresql_where=text("law_acts_after IS NOT NULL")),
    comment="Protests by their filing number, and where each stands after its acts.",
)

post_entry_filings = Table(
    "post_entry_filings",
    metadata,
    Column("filing_number", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("importer_number", Text, nullable=False),
    Column("filed_by", JSONB, nullable=False),
    Column("entries", JSONB, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("body", JSONB, nullable=False),
    Column("event_at", DateTime(timezone=True), nullable=False),
    Column("event_source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Index("post_entry_filings_open_requests", "received_at", postgresql_where=text("kind = 'extension-request'")),
    Index(
        "post_entry_filings_entries", "entries", postgresql_using="gin", postgresql_ops={"entries": "jsonb_path_ops"}
    ),
    comment="Filings after entry other than protests, as they came.",
)

importer_accounts = Table(
    "importer_accounts",
    metadata,
    Column("importer_number", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("center", Text),
    comment="The newest Center assignment of each importer, for display.",
)

conflicts = Table(
    "conflicts",
    metadata,
    Column("entry_number", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("event_source", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="Events that contradict a known version, with the rule that decided between them.",
)
