"""Boards of enforcement (CEAR), and what their members do in a matter."""

from sqlalchemy import Column, DateTime, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata

boards = Table(
    "boards",
    metadata,
    Column("center", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("quorum", Integer, nullable=False),
    Column("members", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_by_name", Text, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("authority", Text, nullable=False),
    comment="Who sits on the enforcement board of a Center, and its quorum; the highest version stands.",
)
board_acts = Table(
    "board_acts",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hearing", Integer, nullable=False),
    Column("act", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("member_name", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("fields", JSONB, nullable=False),
    Column("authority", Text, nullable=False),
    comment="What members of a board did in a matter: stood aside, saw comparable matters, voted.",
)
