"""Calendars that people subscribe to, the days in them as they were told, and reminders of days that come near."""

from shared.calendars.migrations import create_calendar_tables_v1
from shared.db.platform_migrations import run

revision = "0029_pre_calendars"
down_revision = "0028_pre_protest_selections"

REMINDERS = """
CREATE TABLE reminders (
    clock text NOT NULL,
    due_on date NOT NULL,
    days_before integer NOT NULL,
    entry_number text NOT NULL,
    code text NOT NULL,
    reminded_at timestamptz NOT NULL,
    document jsonb NOT NULL,
    withdrawn_at timestamptz,
    PRIMARY KEY (clock, due_on, days_before)
);
CREATE INDEX reminders_ahead ON reminders (entry_number, due_on) WHERE withdrawn_at IS NULL;
COMMENT ON TABLE reminders IS 'Which day of which clock was reminded of at which distance: each once.';

CREATE TABLE reminder_runs (
    day date PRIMARY KEY,
    ended_at timestamptz NOT NULL
);
COMMENT ON TABLE reminder_runs IS
    'Legal days of which all reminders were judged; the newest says since when others may have come.';
"""


def upgrade() -> None:
    """Create the tables; there are no feeds yet, and of what came near before nobody is reminded."""
    create_calendar_tables_v1()
    run(REMINDERS)
