"""The metadata that every table of routing belongs to."""

from sqlalchemy import MetaData

from shared.db.platform_tables import platform_tables
from shared.files.tables import file_table
from shared.parties.tables import party_tables

metadata = MetaData()
platform_tables(metadata)
kept = party_tables(metadata)
file_table(metadata)
