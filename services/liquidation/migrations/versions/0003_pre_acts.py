"""Acts of people on entries: instructions to suspend and lift, reliquidations, voided liquidations, recomputation."""

from shared.db.platform_migrations import run

revision = "0003_pre_acts"
down_revision = "0002_pre_moved_matters"

TABLES = r"""
ALTER TABLE entries ADD COLUMN turns integer NOT NULL DEFAULT 0;
ALTER TABLE entry_versions ADD COLUMN cases text NOT NULL DEFAULT '';
UPDATE entry_versions v SET cases = filed.cases
FROM (
    SELECT x.entry_number, x.version, string_agg(DISTINCT (c ->> 'case_number') || '/'
        || regexp_replace(coalesce(l ->> 'manufacturer_id', ''), '\s', '', 'g'), ' ') AS cases
    FROM entry_versions x
    CROSS JOIN LATERAL jsonb_array_elements(x.body -> 'lines') AS l
    CROSS JOIN LATERAL jsonb_array_elements(l -> 'cases') AS c
    WHERE x.case_number IS NOT NULL
    GROUP BY x.entry_number, x.version
) filed
WHERE filed.entry_number = v.entry_number AND filed.version = v.version;

CREATE TABLE instructions (
    instruction_id text PRIMARY KEY,
    revision integer NOT NULL,
    kind text NOT NULL,
    ground text NOT NULL,
    reference text,
    message_number text NOT NULL,
    source text NOT NULL,
    noticed_on date NOT NULL,
    predicate jsonb NOT NULL,
    state text NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    made_for text,
    confirmed_at timestamptz,
    confirmed_by text,
    confirmed_for text
);
COMMENT ON TABLE instructions IS
    'Messages that tell CBP to suspend or to lift, with the entries that each means: draft, confirmed.';

CREATE TABLE instruction_results (
    instruction_id text NOT NULL,
    entry_number text NOT NULL,
    outcome text NOT NULL,
    rule text NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (instruction_id, entry_number)
);
COMMENT ON TABLE instruction_results IS
    'What an instruction did to each entry that it means, once for each.';

CREATE TABLE suspensions (
    entry_number text NOT NULL,
    ground text NOT NULL,
    began_on date NOT NULL,
    authority text NOT NULL,
    is_filed boolean NOT NULL,
    instruction_id text,
    lift_noticed_on date,
    lift_source text,
    lift_instruction_id text,
    PRIMARY KEY (entry_number, ground, began_on)
);
CREATE INDEX suspensions_standing ON suspensions (entry_number) WHERE lift_noticed_on IS NULL;
COMMENT ON TABLE suspensions IS
    'Suspensions by instruction, and those of the summary itself once they were lifted.';

CREATE TABLE reliquidations (
    entry_number text NOT NULL,
    number integer NOT NULL,
    reliquidated_on date NOT NULL,
    writer text NOT NULL,
    rule text NOT NULL,
    kind text NOT NULL,
    effect_duty_cents bigint NOT NULL,
    effect_fees_cents bigint NOT NULL,
    change_duty_cents bigint NOT NULL,
    change_fees_cents bigint NOT NULL,
    explanation text NOT NULL,
    acted_by text NOT NULL,
    acted_for text,
    PRIMARY KEY (entry_number, number)
);
COMMENT ON TABLE reliquidations IS
    'Reliquidations: the whole effect against the amounts as asserted, and what each changed.';

CREATE TABLE voided_liquidations (
    entry_number text NOT NULL,
    turn integer NOT NULL,
    liquidated_on date NOT NULL,
    liquidation_posted_on date NOT NULL,
    liquidation_kind text NOT NULL,
    liquidation_rule text NOT NULL,
    effect_duty_cents bigint NOT NULL,
    effect_fees_cents bigint NOT NULL,
    voided_on date NOT NULL,
    rule text NOT NULL,
    why text NOT NULL,
    acted_by text NOT NULL,
    acted_for text,
    PRIMARY KEY (entry_number, turn)
);
COMMENT ON TABLE voided_liquidations IS
    'Liquidations without effect in law: in breach of an injunction, or deemed while suspended.';

CREATE TABLE recomputes (
    recomputed_on date PRIMARY KEY,
    entries bigint NOT NULL,
    differences bigint NOT NULL,
    reached text NOT NULL,
    is_done boolean NOT NULL
);
COMMENT ON TABLE recomputes IS
    'Nightly comparisons of the stored record with what follows from the facts; reached: the last entry.';

CREATE TABLE recompute_differences (
    recomputed_on date NOT NULL,
    entry_number text NOT NULL,
    field text NOT NULL,
    stored text,
    derived text,
    PRIMARY KEY (recomputed_on, entry_number, field)
);
COMMENT ON TABLE recompute_differences IS
    'Where the stored record differs from what follows from the facts; never mended by the comparison.';
"""


def upgrade() -> None:
    """Create them, and read the cases of what has been filed."""
    run(TABLES)
