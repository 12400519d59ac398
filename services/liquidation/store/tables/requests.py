"""The tables of CBP's requests to importers: each with its entries, what became of it, and its work item."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, Table, Text, text

from services.liquidation.store.tables.records import metadata

information_requests = Table(
    "information_requests",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("entry_number", Text, primary_key=True),
    Column("form", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("center", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("event_at", DateTime(timezone=True), nullable=False),
    Column("event_source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("closed_on", Date),
    Column("closed_as", Text),
    Index("information_requests_entry", "entry_number"),
    Index("information_requests_item", "item_id"),
    Index(
        "information_requests_open",
        "entry_number",
        postgresql_where=text("closed_on IS NULL"),
        postgresql_include=["form"],
    ),
    comment="Requests for information (CBP 28) and notices of action (CBP 29) by entry; open until answered or ended.",
)

letters = Table(
    "letters",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("item_id", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("due_on", Date),
    Column("closing_sequence", Integer),
    Column("closed_on", Date),
    Column("closed_as", Text),
    comment="What became of requests and notices: the day of the newest change, and the first change that closed each.",
)

work_items = Table(
    "work_items",
    metadata,
    Column("item_id", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("change", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended_on", Date),
    Column("event_id", Text, nullable=False),
    comment="Where each item of the work queue stands: its end closes the requests that were issued from it.",
)
