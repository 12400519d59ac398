"""People of the Centers: what they can do, what they must not have, who acts for whom, what they passed over."""

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata

staff = Table(
    "staff",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("center", Text, nullable=False),
    Column("division", Text),
    Column("roles", JSONB, nullable=False),
    Column("teams", JSONB, nullable=False),
    Column("minutes_a_day", Integer, nullable=False),
    Column("absences", JSONB, nullable=False),
    Index("staff_center", "center", "subject"),
    comment="People of the Centers as they stand now, with their teams, capacity and absences.",
)
staff_skills = Table(
    "staff_skills",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("level", SmallInteger, nullable=False),
    comment="What people are able to do, by chapter, process, program and language.",
)
staff_conflicts = Table(
    "staff_conflicts",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("importer_number", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("until_on", Date),
    comment="Importers whose work a person must not have: declared interests, prior employers.",
)
staff_changes = Table(
    "staff_changes",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("done_by", Text, nullable=False),
    Column("done_by_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("authority", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    comment="Every version of a person with who wrote it, only ever added to.",
)
skill_demands = Table(
    "skill_demands",
    metadata,
    Column("center", Text, primary_key=True),
    Column("process", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("level", SmallInteger, nullable=False),
    Column("is_mandatory", Boolean, nullable=False),
    Column("relax_hours", Integer),
    comment="What work of a process in a Center asks of people, and for how long.",
)
acting_authority = Table(
    "acting_authority",
    metadata,
    Column("delegation_id", UUID(as_uuid=True), primary_key=True),
    Column("center", Text, nullable=False),
    Column("from_subject", Text, nullable=False),
    Column("to_subject", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("released_by", Text),
    Column("released_at", DateTime(timezone=True)),
    Column("ended_by", Text),
    Column("ended_at", DateTime(timezone=True)),
    Index("acting_authority_people", "to_subject", "from_subject"),
    comment="Who may act for whom, from day to day, proposed by one and released by another.",
)
skips = Table(
    "skips",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False),
    comment="Items that are not offered to a person for a while, the history of the item says why.",
)
