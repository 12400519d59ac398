"""Mass change: programs, declarations, what becomes of each entry, duties by heading, amounts by class."""

from shared.db.platform_migrations import run, seal

revision = "0030_pre_mass_change"
down_revision = "0029_pre_calendars"

TABLES = """
CREATE TABLE programs (
    program text PRIMARY KEY,
    released_revision integer,
    events integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL
);
COMMENT ON TABLE programs IS 'Programs of mass change; the released revision judges what is asked.';

CREATE TABLE program_revisions (
    program text NOT NULL,
    revision integer NOT NULL,
    edits integer NOT NULL,
    state text NOT NULL,
    definition jsonb NOT NULL,
    reason text NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    tried_at timestamptz,
    released_at timestamptz,
    PRIMARY KEY (program, revision)
);
COMMENT ON TABLE program_revisions IS
    'Revisions of programs, each whole: draft, confirmed, released, superseded, withdrawn.';

CREATE TABLE program_events (
    program text NOT NULL,
    number integer NOT NULL,
    revision integer NOT NULL,
    change text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    acting_for text,
    detail text,
    authority text,
    PRIMARY KEY (program, number)
);
COMMENT ON TABLE program_events IS 'What people did with programs, only added to.';

CREATE TABLE program_trials (
    program text NOT NULL,
    number integer NOT NULL,
    revision integer NOT NULL,
    edits integer NOT NULL,
    as_of date NOT NULL,
    tried_at timestamptz NOT NULL,
    tried_by text NOT NULL,
    entries bigint NOT NULL,
    accepted bigint NOT NULL,
    removed_cents bigint NOT NULL,
    lines jsonb NOT NULL,
    examples jsonb NOT NULL,
    PRIMARY KEY (program, number)
);
COMMENT ON TABLE program_trials IS
    'What a revision would do with every entry that it reaches, as of a day; nothing else is changed by it.';

CREATE TABLE declarations (
    declaration_id text PRIMARY KEY,
    program text NOT NULL,
    door text NOT NULL,
    form text NOT NULL,
    state text NOT NULL,
    code text,
    next_row integer NOT NULL,
    content_digest bytea NOT NULL,
    received_at timestamptz NOT NULL,
    progressed_at timestamptz NOT NULL,
    importers text[] NOT NULL,
    filer_code text,
    made_by text NOT NULL,
    made_for text
);
CREATE INDEX declarations_program ON declarations (program, received_at, declaration_id);
CREATE INDEX declarations_judging ON declarations (received_at) WHERE state = 'judging'::text;
COMMENT ON TABLE declarations IS
    'Requests for many entries of a program: who asked, when received, how far the file was read.';

CREATE TABLE declared_entries (
    declaration_id text NOT NULL,
    row_number integer NOT NULL,
    program text NOT NULL,
    entry_number text,
    given text,
    state text NOT NULL,
    code text,
    cohort text,
    act text,
    writer text,
    removed_cents bigint NOT NULL DEFAULT 0,
    notes text[] NOT NULL DEFAULT '{}',
    last_day date,
    earlier text,
    locked_from timestamptz,
    withdrawn_at timestamptz,
    revision integer,
    judged_at timestamptz,
    PRIMARY KEY (declaration_id, row_number)
);
CREATE INDEX declared_entries_entry ON declared_entries (entry_number, program) WHERE entry_number IS NOT NULL;
CREATE INDEX declared_entries_unjudged ON declared_entries (declaration_id, row_number) WHERE state = 'read'::text;
CREATE INDEX declared_entries_code ON declared_entries (declaration_id, code, row_number);
COMMENT ON TABLE declared_entries IS
    'Each row of a declaration and what becomes of its entry, judged anew as facts come until it is posted.';

CREATE TABLE program_findings (
    program text NOT NULL,
    entry_number text NOT NULL,
    number integer NOT NULL,
    is_product boolean NOT NULL,
    explanation text NOT NULL,
    found_at timestamptz NOT NULL,
    found_by text NOT NULL,
    found_for text,
    PRIMARY KEY (program, entry_number, number)
);
COMMENT ON TABLE program_findings IS
    'What a person found of the goods of an entry where an order describes a product; the last one stands.';

CREATE TABLE special_duties (
    entry_number text NOT NULL,
    version integer NOT NULL,
    line_number integer NOT NULL,
    hts text COLLATE "C" NOT NULL,
    value_usd bigint NOT NULL,
    duty_cents bigint NOT NULL,
    origin text NOT NULL,
    goods text COLLATE "C" NOT NULL,
    preference text,
    base_duty_cents bigint NOT NULL,
    base_owed_cents bigint,
    PRIMARY KEY (entry_number, version, line_number, hts)
);
CREATE INDEX special_duties_hts ON special_duties (hts, entry_number);
COMMENT ON TABLE special_duties IS
    'Duty and value by line and number, summed: of chapters 98 and 99, and of lines that claim a preference.';

ALTER TABLE entry_versions ADD COLUMN classes jsonb;
CREATE INDEX entry_versions_unread ON entry_versions (entry_number, version) WHERE classes IS NULL;
"""


def upgrade() -> None:
    """Versions of before have no amounts by class until the job of duties by heading has read them."""
    run(TABLES)
    seal("program_events", "program")
    seal("program_findings", "program")
