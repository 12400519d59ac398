"""Rates that messages name are found by their case, also when they are sealed."""

from shared.db.platform_migrations import run

revision = "0027_pre_rates_of_cases"
down_revision = "0026_pre_adcvd_errors"


def upgrade() -> None:
    """A table of what people recorded by hand: small, so nobody waits."""
    run("CREATE INDEX instructed_rates_case ON instructed_rates (case_number);")
