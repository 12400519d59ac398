"""Items and their history."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.workqueue.store.tables.core import metadata
from services.workqueue.store.tables.words import WORDS_IN_INDEX

QUEUE_ORDER = ("due_order", "priority", "opened_at", "item_id")
_IS_WAITING = text("lasting_state = 'open'::text")
_IS_PENDING = text("center = 'PNDING'::text AND lasting_state = 'open'::text")
_IS_WITHOUT_BASIS = text("kind = 'filing'::text AND center_basis IS NULL AND lasting_state <> 'completed'::text")
_IS_TO_LOOK_AT = text("lasting_state = 'open'::text AND escalates_on IS NOT NULL")
BY_PEOPLE = "actor <> 'system:workqueue'::text AND reasons <> '[]'::jsonb"
"""Lines of history with words of people: most have no words, or those of the system, and are in no index of words."""

# From the days themselves, so that nothing that writes one can forget when to look at the item. As the server says it.
_ESCALATES_ON = """
next_look(opened_at, due_on, deemed_on, set_days, look_on, looked_due_on, looked_deemed_on, looked_set_days)
"""
# What a claim does not change of the state, and who had it at its end: a claim is a HOT update of the row as long as it
# changes no column of an index (docs/decisions/064).
_LASTING_STATE = "replace(state, 'claimed'::text, 'open'::text)"
_ENDED_BY = "CASE WHEN lease_until IS NULL THEN holder ELSE NULL::text END"

items = Table(
    "items",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("process", Text, nullable=False),
    Column("entry_number", Text),
    Column("protest_number", Text),
    Column("importer_number", Text),
    Column("center", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("value_usd", BigInteger),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("due_on", Date),
    Column("due_order", Date, Computed("COALESCE(due_on, 'infinity'::date)", persisted=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("holder", Text),
    Column("holder_name", Text),
    Column("token", BigInteger, nullable=False),
    Column("lease_until", DateTime(timezone=True)),
    Column("acts", Integer, nullable=False),
    Column("filing_number", Text),
    Column("asking_center", Text),
    Column("authority", Text),
    Column("goods", JSONB),
    Column("center_since", DateTime(timezone=True)),
    Column("kind", Text, nullable=False),
    Column("center_basis", Text),
    Column("center_fact", Text),
    Column("stage", Text),
    Column("stage_since", DateTime(timezone=True)),
    Column("waits_for", Text),
    Column("assigned_to", Text),
    Column("reopened_at", DateTime(timezone=True)),
    Column("transferred_from", Text),
    Column("port", Text),
    Column("at_port", Text),
    Column("entry_type", Text),
    Column("port_of_entry", Text),
    Column("deemed_on", Date),
    # Its days when it was last looked at whether somebody is to be told, and when to look again if they stay.
    Column("looked_due_on", Date),
    Column("looked_deemed_on", Date),
    Column("looked_set_days", JSONB),
    Column("look_on", Date),
    Column("escalates_on", Date, Computed(_ESCALATES_ON, persisted=True)),
    Column("lasting_state", Text, Computed(_LASTING_STATE, persisted=True)),
    Column("ended_by", Text, Computed(_ENDED_BY, persisted=True)),
    Column("set_days", JSONB),
    # Centers beside `asking_center` that have reviews of the entry on which advice is asked, and read it too.
    Column("also_asking", JSONB),
    # Who is named on a law-enforcement-sensitive matter.
    Column("knowers", JSONB),
    CheckConstraint(text("kind = 'matter'::text OR importer_number IS NOT NULL"), name="items_are_of_an_importer"),
    Index("items_assigned", "assigned_to", *QUEUE_ORDER, postgresql_where=text("assigned_to IS NOT NULL")),
    Index("items_order", *QUEUE_ORDER),
    Index("items_entry", "entry_number"),
    Index("items_importer", "importer_number"),
    Index("items_waiting", *QUEUE_ORDER, postgresql_where=_IS_WAITING),
    Index("items_entry_type", "entry_type", *QUEUE_ORDER, postgresql_where=_IS_WAITING),
    Index("items_port_of_entry", "port_of_entry", *QUEUE_ORDER, postgresql_where=_IS_WAITING),
    Index("items_escalations", "escalates_on", "item_id", postgresql_where=_IS_TO_LOOK_AT),
    Index("items_ended_by", "ended_by", *QUEUE_ORDER, postgresql_where=text("ended_by IS NOT NULL")),
    Index("items_protest", "protest_number", postgresql_where=text("protest_number IS NOT NULL")),
    Index("items_filing", "filing_number", postgresql_where=text("filing_number IS NOT NULL")),
    Index("items_port", "port", *QUEUE_ORDER, postgresql_where=text("port IS NOT NULL")),
    Index("items_at_port", "at_port", *QUEUE_ORDER, postgresql_where=text("at_port IS NOT NULL")),
    Index("items_pending", "opened_at", postgresql_where=_IS_PENDING),
    Index("items_without_basis", "item_id", postgresql_where=_IS_WITHOUT_BASIS),
    comment="One item for each process of an entry, Center consulted on it, protest, other filing, and matter opened.",
    postgresql_with={"fillfactor": "80"},
)

_IS_FOR_ANYBODY = text("assigned_to IS NULL")

offered_items = Table(
    "offered_items",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("center", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("process", Text, nullable=False),
    Column("due_order", Date, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("assigned_to", Text),
    Index("offered_items_next", "center", "division", *QUEUE_ORDER, postgresql_where=_IS_FOR_ANYBODY),
    Index(
        "offered_items_next_of_process",
        "center",
        "division",
        "process",
        *QUEUE_ORDER,
        postgresql_where=_IS_FOR_ANYBODY,
    ),
    Index("offered_items_assigned", "assigned_to", *QUEUE_ORDER, postgresql_where=text("assigned_to IS NOT NULL")),
    comment="The items that somebody may claim: open, and not waiting. Kept by triggers of items.",
    postgresql_with={"autovacuum_vacuum_scale_factor": "0", "autovacuum_vacuum_threshold": "20000"},
)

held_items = Table(
    "held_items",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("holder", Text),
    Column("lease_until", DateTime(timezone=True)),
    Index("held_items_holder", "holder"),
    Index("held_items_leases", "lease_until"),
    comment="Who holds what until when: the items that are claimed. Kept by triggers of items.",
    postgresql_with={"autovacuum_vacuum_scale_factor": "0", "autovacuum_vacuum_threshold": "5000"},
)

item_events = Table(
    "item_events",
    metadata,
    Column("item_id", UUID(as_uuid=True), primary_key=True),
    Column("change_key", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("change", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("acting_for", Text),
    Column("reasons", JSONB, nullable=False),
    Index(
        "item_events_flow",
        "at",
        postgresql_where=text(
            "change = ANY (ARRAY['routed'::text, 'opened'::text, 'completed'::text, 'closed'::text, 'cancelled'::text])"
        ),
    ),
    Index(
        "item_events_words",
        text(WORDS_IN_INDEX["item_events"]),
        postgresql_using="gin",
        postgresql_where=text(BY_PEOPLE),
    ),
    comment="History of items, only ever added to, ordered by sequence.",
)
