"""Lines as predicates see them, hold sets, forecasts, cut sheets, the deadline radar."""

from shared.db.platform_migrations import run

revision = "0004_pre_cut_sheets"
down_revision = "0003_pre_acts"

TABLES = """
CREATE TABLE entry_lines (
    entry_number text NOT NULL,
    version integer NOT NULL,
    line_number integer NOT NULL,
    hts text COLLATE "C" NOT NULL,
    case_number text COLLATE "C" NOT NULL,
    origin text NOT NULL,
    PRIMARY KEY (entry_number, version, line_number, hts, case_number)
);
INSERT INTO entry_lines (entry_number, version, line_number, hts, case_number, origin)
SELECT v.entry_number, v.version, (line ->> 'line_number')::integer, tariff ->> 'hts',
    coalesce(filed ->> 'case_number', ''), line ->> 'country_of_origin'
FROM entry_versions v
CROSS JOIN LATERAL jsonb_array_elements(v.body -> 'lines') AS line
CROSS JOIN LATERAL jsonb_array_elements(line -> 'tariffs') AS tariff
LEFT JOIN LATERAL jsonb_array_elements(line -> 'cases') AS filed ON true
ON CONFLICT DO NOTHING;
CREATE INDEX entry_lines_hts ON entry_lines (hts, origin) INCLUDE (entry_number, version, line_number);
CREATE INDEX entry_lines_case ON entry_lines (case_number) WHERE case_number <> '';
COMMENT ON TABLE entry_lines IS
    'Each tariff number and case on each line of each version; case_number is empty where there is none.';

DROP INDEX entries_expiring;
CREATE INDEX entries_expiring ON entries (deemed_on)
    INCLUDE (lane, deemed_rule, is_informal, extended_months, entry_number)
    WHERE liquidated_on IS NULL AND NOT is_suspended;
CREATE INDEX entries_suspended ON entries (center) WHERE is_suspended AND liquidated_on IS NULL;
CREATE INDEX entries_open_importer ON entries (importer_number) WHERE liquidated_on IS NULL;
CREATE INDEX entries_entry_date ON entries USING brin (entry_date);

CREATE TABLE hold_sets (
    hold_set_id text PRIMARY KEY,
    revision integer NOT NULL,
    name text NOT NULL,
    predicate jsonb NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    made_for text,
    applied_at timestamptz,
    lifted_at timestamptz
);
COMMENT ON TABLE hold_sets IS
    'Entries that the weekly cycle is to hold back, as a predicate: draft, applied, lifted.';

CREATE TABLE hold_set_events (
    hold_set_id text NOT NULL,
    revision integer NOT NULL,
    change text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    acting_for text,
    detail text,
    entries bigint,
    PRIMARY KEY (hold_set_id, revision)
);
COMMENT ON TABLE hold_set_events IS
    'What happened to a hold set, only added to; entries as previewed when it was applied.';

CREATE TABLE held_entries (
    entry_number text NOT NULL,
    hold_set_id text NOT NULL,
    first_held_on date NOT NULL,
    last_held_on date NOT NULL,
    is_overridden boolean NOT NULL,
    PRIMARY KEY (entry_number, hold_set_id)
);
COMMENT ON TABLE held_entries IS
    'Entries that a cycle held back, or took although they match because their period would have ended.';

CREATE TABLE cycle_forecasts (
    cycle_on date NOT NULL,
    number integer NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    liquidated bigint NOT NULL,
    with_decision bigint NOT NULL,
    deemed bigint NOT NULL,
    held bigint NOT NULL,
    despite_hold bigint NOT NULL,
    late_decisions bigint NOT NULL,
    suspended bigint NOT NULL,
    duty_cents bigint NOT NULL,
    fees_cents bigint NOT NULL,
    effect_duty_cents bigint NOT NULL,
    effect_fees_cents bigint NOT NULL,
    has_entries boolean NOT NULL,
    PRIMARY KEY (cycle_on, number)
);
COMMENT ON TABLE cycle_forecasts IS
    'Dry runs of a cycle; the entries of the two newest of a Friday, and of its cut sheet, are kept.';

CREATE TABLE forecast_entries (
    cycle_on date NOT NULL,
    number integer NOT NULL,
    entry_number text NOT NULL,
    disposition text NOT NULL,
    PRIMARY KEY (cycle_on, number, entry_number)
);
COMMENT ON TABLE forecast_entries IS 'What a dry run says of each entry: deemed, by-decision, as-entered, held.';

CREATE TABLE cut_sheets (
    cycle_on date PRIMARY KEY,
    revision integer NOT NULL,
    forecast_number integer NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL
);
COMMENT ON TABLE cut_sheets IS
    'The cut sheet of a cycle: the dry run after the Wednesday cut that two people confirm.';

CREATE TABLE cut_sheet_confirmations (
    cycle_on date NOT NULL,
    revision integer NOT NULL,
    capacity text NOT NULL,
    subject text NOT NULL,
    acting_for text,
    confirmed_at timestamptz NOT NULL,
    PRIMARY KEY (cycle_on, revision, capacity)
);
COMMENT ON TABLE cut_sheet_confirmations IS
    'Who confirmed which revision of a cut sheet, as specialist and as supervisor.';

CREATE TABLE extension_drafts (
    deemed_on date NOT NULL,
    entry_number text NOT NULL,
    reason text NOT NULL,
    requested_on date,
    explanation text NOT NULL,
    drafted_at timestamptz NOT NULL,
    PRIMARY KEY (deemed_on, entry_number)
);
COMMENT ON TABLE extension_drafts IS
    'Extensions that should be posted before the period ends; a person posts or ignores each.';

CREATE TABLE deemed_cases (
    entry_number text PRIMARY KEY,
    revision integer NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'open',
    deemed_on date NOT NULL,
    found_on date NOT NULL,
    cause text NOT NULL,
    closed_at timestamptz,
    closed_by text,
    closed_because text
);
INSERT INTO deemed_cases (entry_number, deemed_on, found_on, cause)
SELECT entry_number, liquidated_on, liquidation_posted_on,
    CASE WHEN (governed_at AT TIME ZONE 'America/New_York')::date > liquidated_on THEN 'filed-after-its-period'
        WHEN scheduled_on > liquidated_on THEN 'scheduled-after-its-period' ELSE 'not-taken-in-time' END
FROM entries WHERE liquidation_kind = 'deemed';
CREATE INDEX deemed_cases_open ON deemed_cases (deemed_on, entry_number) WHERE state = 'open';
COMMENT ON TABLE deemed_cases IS
    'Entries deemed liquidated without anybody having meant it, each a case until somebody closes it.';

CREATE INDEX post_entry_filings_open_requests ON post_entry_filings (received_at) WHERE kind = 'extension-request';
"""


def upgrade() -> None:
    """Create them, and read the lines of what has been filed."""
    run(TABLES)
