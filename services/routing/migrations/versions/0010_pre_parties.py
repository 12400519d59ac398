"""Parties, what importers delegate to them, and the history of both."""

from shared.db.platform_migrations import run
from shared.parties.migrations import create_party_tables_v1

revision = "0010_pre_parties"
down_revision = "0009_pre_job_runs"

TABLES = """
CREATE TABLE party_changes (
    party_id text NOT NULL,
    version integer NOT NULL,
    act text NOT NULL,
    changes jsonb NOT NULL,
    reason text NOT NULL,
    changed_by text NOT NULL,
    acting_for text,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (party_id, version)
);
COMMENT ON TABLE party_changes IS 'Every change of a party: what, who, when, why. Only added to.';

CREATE TABLE delegation_acts (
    delegation_id text NOT NULL,
    version integer NOT NULL,
    act text NOT NULL,
    is_on_paper boolean NOT NULL,
    revoked_on date,
    reason text NOT NULL,
    done_by text NOT NULL,
    acting_for text,
    done_at timestamptz NOT NULL,
    PRIMARY KEY (delegation_id, version)
);
COMMENT ON TABLE delegation_acts IS
    'Every act on a delegation: granted, revoked, renounced; who, when, why. Only added to.';
"""


def upgrade() -> None:
    """Create the tables; nobody is known yet."""
    create_party_tables_v1()
    run(TABLES)
