"""Calendars that people subscribe to, and the days in them as they were told."""

from shared.calendars.migrations import create_calendar_tables_v1

revision = "0040_pre_calendars"
down_revision = "0039_pre_why_here"


def upgrade() -> None:
    """Create the tables; there are no feeds yet."""
    create_calendar_tables_v1()
