"""Matters that people opened, and the acts on the processes of items."""

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata
from services.workqueue.store.tables.words import WORDS_IN_INDEX

_OF_BOARD = "act = ANY (ARRAY['dispose'::text, 'screen'::text, 'screen-as-fraud'::text])"
"""What comparable matters of the enforcement board are found by, a few among all acts."""

matters = Table(
    "matters",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("title", Text, nullable=False),
    Column("entry_numbers", JSONB, nullable=False),
    Column("port", Text),
    Column("linked_item", UUID(as_uuid=True)),
    Column("opened_by", Text, nullable=False),
    Column("opened_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("authority", Text, nullable=False),
    Index("matters_linked", "linked_item", postgresql_where=text("linked_item IS NOT NULL")),
    Index("matters_words", text(WORDS_IN_INDEX["matters"]), postgresql_using="gin"),
    comment="What a person opened a matter with.",
)
item_acts = Table(
    "item_acts",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("act", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("done_by", Text, nullable=False),
    Column("done_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("fields", JSONB, nullable=False),
    Column("reasons", JSONB, nullable=False),
    Column("stage", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("opened", UUID(as_uuid=True)),
    Index("item_acts_board", "act", "item_id", postgresql_where=text(_OF_BOARD)),
    Index("item_acts_words", text(WORDS_IN_INDEX["item_acts"]), postgresql_using="gin"),
    comment="Every act on the process of an item, with what it recorded and the stage that it led to.",
)
