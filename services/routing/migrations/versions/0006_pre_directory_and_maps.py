"""The directory of the Centers as a history of changes, and tariff maps in versions."""

from shared.db.platform_migrations import run

revision = "0006_pre_directory_and_maps"
down_revision = "0005_pre_appeals_and_filings"

TABLES = """
CREATE TABLE directory_changes (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    code text NOT NULL,
    center text NOT NULL,
    action text NOT NULL,
    effective_on date NOT NULL,
    body jsonb NOT NULL,
    reason text NOT NULL,
    changed_by text NOT NULL,
    acting_for text,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX directory_changes_center ON directory_changes (center, sequence);
COMMENT ON TABLE directory_changes IS
    'Every change of the directory: Centers, divisions, teams, offices, people, contacts, staff. Only added to.';

CREATE TABLE tariff_maps (
    number integer PRIMARY KEY,
    version text NOT NULL,
    title text NOT NULL,
    based_on text NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL,
    valid_on date,
    publication integer,
    effective_on date,
    rolls_back text
);
CREATE UNIQUE INDEX tariff_maps_version ON tariff_maps (version);
CREATE UNIQUE INDEX tariff_maps_publication ON tariff_maps (publication);
COMMENT ON TABLE tariff_maps IS
    'Versions of the tariff map, each whole. Of two with one first day the later publication counts.';

CREATE TABLE tariff_map_rows (
    version text NOT NULL,
    prefix_from text NOT NULL,
    prefix_to text NOT NULL,
    center text NOT NULL,
    source text NOT NULL,
    confidence text NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (version, prefix_from, prefix_to)
);
COMMENT ON TABLE tariff_map_rows IS
    'The rows of each version of the tariff map. Those of a published version never change.';

CREATE TABLE tariff_map_changes (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version text NOT NULL,
    action text NOT NULL,
    reason text NOT NULL,
    changed_by text NOT NULL,
    acting_for text,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX tariff_map_changes_version ON tariff_map_changes (version, sequence);
COMMENT ON TABLE tariff_map_changes IS
    'Who drafted, edited, validated, published or rolled back a tariff map, when and why. Only added to.';
"""


def upgrade() -> None:
    """Create the tables."""
    run(TABLES)
