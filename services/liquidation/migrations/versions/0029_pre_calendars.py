"""Calendars that people subscribe to, and the days in them as they were told."""

from shared.calendars.migrations import create_calendar_tables_v1

revision = "0029_pre_calendars"
down_revision = "0028_pre_protest_selections"


def upgrade() -> None:
    """Create the tables; there are no feeds yet."""
    create_calendar_tables_v1()
