"""Recommendations of policy analysis that became drafts here, and the calendar of the Centers."""

from shared.db.platform_migrations import run, seal

revision = "0020_pre_recommendations"
down_revision = "0019_pre_redactions"

TABLES = """
CREATE TABLE recommendations (
    recommendation_id uuid PRIMARY KEY,
    matter uuid NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    revision integer,
    expected_effect text NOT NULL,
    measure text NOT NULL,
    before numeric NOT NULL,
    expected numeric NOT NULL,
    compare_on date NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX recommendations_due ON recommendations (compare_on, recommendation_id);
COMMENT ON TABLE recommendations IS
    'What policy analysis recommended, the draft that it became, what is expected of it, and when that is compared.';

CREATE TABLE recommendation_results (
    recommendation_id uuid PRIMARY KEY,
    actual numeric NOT NULL,
    finding text NOT NULL,
    compared_by text NOT NULL,
    compared_at timestamptz NOT NULL
);
COMMENT ON TABLE recommendation_results IS 'What became of a recommendation, beside what was expected.';

CREATE TABLE center_calendar (
    event_id uuid NOT NULL,
    revision integer NOT NULL,
    center text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    place text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    weekly_until date,
    is_cancelled boolean NOT NULL,
    reason text,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    authority text NOT NULL,
    PRIMARY KEY (event_id, revision)
);
CREATE INDEX center_calendar_days ON center_calendar (starts_at, event_id);
COMMENT ON TABLE center_calendar IS 'Office hours and events of Centers, by revision; the highest stands.';
"""


def upgrade() -> None:
    """All three are only added to, and under seal."""
    run(TABLES)
    seal("recommendations", "reference")
    seal("recommendation_results", "recommendation_id")
    seal("center_calendar", "event_id")
