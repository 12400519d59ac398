"""The steps that create the tables of parties; run by a migration of each service, never edited."""

from shared.db.platform_migrations import run

V1 = """
CREATE TABLE parties (
    party_id text PRIMARY KEY,
    version integer NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    state text NOT NULL,
    closed_on date,
    contacts jsonb NOT NULL
);
COMMENT ON TABLE parties IS
    'Filers, sureties, agents and counsel by their newest version, with whom to reach for a process.';

CREATE TABLE delegations (
    delegation_id text PRIMARY KEY,
    version integer NOT NULL,
    party_id text NOT NULL,
    importer_number text NOT NULL,
    scopes jsonb NOT NULL,
    from_on date NOT NULL,
    to_on date,
    revoked_on date
);
CREATE INDEX delegations_importer ON delegations (importer_number, delegation_id);
CREATE INDEX delegations_party ON delegations (party_id, delegation_id);
COMMENT ON TABLE delegations IS
    'What importers delegated to parties, by the newest version; revoked_on is the first day without.';
"""


def create_party_tables_v1() -> None:
    """Parties and delegations as they were first kept."""
    run(V1)
