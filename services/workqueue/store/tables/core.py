"""The metadata that every table of the work queue belongs to."""

from sqlalchemy import MetaData

from shared.calendars.tables import calendar_tables
from shared.db.platform_tables import platform_tables
from shared.files.tables import file_table
from shared.parties.tables import party_tables

metadata = MetaData()
platform = platform_tables(metadata)
heard = party_tables(metadata)
calendar_tables(metadata)
file_table(metadata)
