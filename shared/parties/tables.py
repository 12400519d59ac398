"""The tables of parties and of what importers delegated to them, the same in every service."""

from dataclasses import dataclass

from sqlalchemy import Column, Date, Index, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB


@dataclass(frozen=True, slots=True)
class PartyTables:
    """The tables of parties in one service's database."""

    parties: Table
    delegations: Table


def party_tables(metadata: MetaData) -> PartyTables:
    """Declare the tables of parties on a service's metadata."""
    return PartyTables(
        parties=Table(
            "parties",
            metadata,
            Column("party_id", Text, primary_key=True),
            Column("version", Integer, nullable=False),
            Column("kind", Text, nullable=False),
            Column("name", Text, nullable=False),
            Column("state", Text, nullable=False),
            Column("closed_on", Date),
            Column("contacts", JSONB, nullable=False),
            comment="Filers, sureties, agents and counsel by their newest version, with whom to reach for a process.",
        ),
        delegations=Table(
            "delegations",
            metadata,
            Column("delegation_id", Text, primary_key=True),
            Column("version", Integer, nullable=False),
            Column("party_id", Text, nullable=False),
            Column("importer_number", Text, nullable=False),
            Column("scopes", JSONB, nullable=False),
            Column("from_on", Date, nullable=False),
            Column("to_on", Date),
            Column("revoked_on", Date),
            Index("delegations_party", "party_id", "delegation_id"),
            Index("delegations_importer", "importer_number", "delegation_id"),
            comment="What importers delegated to parties, by the newest version; revoked_on is the first day without.",
        ),
    )
