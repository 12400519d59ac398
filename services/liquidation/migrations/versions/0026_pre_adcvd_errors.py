"""Rates that messages name, and what was said of errors at liquidation."""

from shared.db.platform_migrations import run, seal

revision = "0026_pre_adcvd_errors"
down_revision = "0025_pre_redactions"

TABLES = """
CREATE TABLE instructed_rates (
    rate_id uuid PRIMARY KEY,
    message_number text NOT NULL,
    case_number text NOT NULL,
    rate_pct numeric(9, 4) NOT NULL,
    manufacturer_id text,
    entered_from date,
    entered_to date,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    authority text NOT NULL
);
COMMENT ON TABLE instructed_rates IS
    'Rates of antidumping and countervailing duty that messages of Commerce name, only added to.';

CREATE TABLE adcvd_explanations (
    entry_number text NOT NULL,
    line_number integer NOT NULL,
    case_number text NOT NULL,
    number integer NOT NULL,
    explanation text NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    authority text NOT NULL,
    PRIMARY KEY (entry_number, line_number, case_number, number)
);
COMMENT ON TABLE adcvd_explanations IS
    'What was said of an error of antidumping or countervailing duty at liquidation, only added to.';
"""


def upgrade() -> None:
    """Both are under seal from their first line."""
    run(TABLES)
    seal("instructed_rates", "case_number")
    seal("adcvd_explanations", "entry_number")
