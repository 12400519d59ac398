"""Accounts in full: families, contacts, brokers, dated programs and standing, their history; imports of many."""

from shared.db.platform_migrations import run

revision = "0003_pre_accounts"
down_revision = "0002_pre_rule_changes"

STATEMENTS = """
ALTER TABLE accounts
    ADD COLUMN other_names jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN contacts jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN brokers jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN standing jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN related_parties jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN family text,
    ADD COLUMN registered_on date,
    ADD COLUMN revision integer NOT NULL DEFAULT 1,
    ADD COLUMN ordinal bigint GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX accounts_ordinal ON accounts (ordinal);
CREATE INDEX accounts_family ON accounts (family, importer_number) WHERE family IS NOT NULL;
CREATE INDEX accounts_name_start ON accounts (upper(name) text_pattern_ops);
CREATE INDEX accounts_number_start ON accounts (importer_number text_pattern_ops);
CREATE INDEX accounts_programs ON accounts USING gin (trusted_programs jsonb_path_ops);

-- A program was a name without dates: it has been in force always, as far as is known.
UPDATE accounts SET trusted_programs = (
    SELECT jsonb_agg(jsonb_build_object('program', held.program, 'from', NULL, 'to', NULL) ORDER BY held.position)
    FROM jsonb_array_elements_text(trusted_programs) WITH ORDINALITY AS held(program, position)
) WHERE trusted_programs <> '[]';

CREATE TABLE account_changes (
    importer_number text NOT NULL,
    revision integer NOT NULL,
    action text NOT NULL,
    changes jsonb NOT NULL,
    reason text NOT NULL,
    changed_by text NOT NULL,
    acting_for text,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (importer_number, revision)
);
COMMENT ON TABLE account_changes IS
    'Every change of an account: who, when, why, each field with what it was and became. Only added to.';

CREATE TABLE account_families (
    family text PRIMARY KEY,
    name text NOT NULL,
    revision integer NOT NULL
);
COMMENT ON TABLE account_families IS
    'Account families: several importer numbers that are one company. The accounts name their family.';

CREATE TABLE account_family_changes (
    family text NOT NULL,
    revision integer NOT NULL,
    name text NOT NULL,
    added jsonb NOT NULL,
    removed jsonb NOT NULL,
    reason text NOT NULL,
    changed_by text NOT NULL,
    acting_for text,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (family, revision)
);
COMMENT ON TABLE account_family_changes IS
    'Every change of a family: its name, the numbers that came and went, who, when, why. Only added to.';

CREATE TABLE account_imports (
    import_id text PRIMARY KEY,
    started_by text NOT NULL,
    acting_for text,
    format text NOT NULL,
    state text NOT NULL,
    next_row integer NOT NULL,
    content_digest bytea NOT NULL,
    created integer NOT NULL,
    updated integer NOT NULL,
    unchanged integer NOT NULL,
    refused integer NOT NULL,
    assignments integer NOT NULL,
    started_at timestamptz NOT NULL,
    progressed_at timestamptz NOT NULL
);
COMMENT ON TABLE account_imports IS
    'Imports of accounts and how far each has come: the rows before next_row are applied, content_digest is theirs.';

CREATE TABLE account_import_results (
    import_id text NOT NULL,
    row_number integer NOT NULL,
    importer_number text,
    result text NOT NULL,
    code text,
    detail text,
    remedy text,
    PRIMARY KEY (import_id, row_number)
);
CREATE INDEX account_import_results_refused ON account_import_results (import_id, row_number)
    WHERE result = 'refused';
COMMENT ON TABLE account_import_results IS
    'What became of each row of an import, a refused one with the reason and what to do. Only added to.';
"""


def upgrade() -> None:
    """Add the columns and the tables."""
    run(STATEMENTS)
