"""People with skills, interests and absences; acting authority; work assigned and skipped."""

from shared.db.platform_migrations import run

revision = "0015_pre_staff"
down_revision = "0014_pre_letters"

STAFF = """
CREATE TABLE staff (
    subject text PRIMARY KEY,
    version integer NOT NULL,
    name text NOT NULL,
    center text NOT NULL,
    division text,
    roles jsonb NOT NULL,
    teams jsonb NOT NULL,
    minutes_a_day integer NOT NULL,
    absences jsonb NOT NULL
);
COMMENT ON TABLE staff IS 'People of the Centers as they stand now, with their teams, capacity and absences.';
CREATE INDEX staff_center ON staff (center, subject);
CREATE TABLE staff_skills (
    subject text NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    level smallint NOT NULL,
    PRIMARY KEY (subject, kind, code)
);
COMMENT ON TABLE staff_skills IS 'What people are able to do, by chapter, process, program and language.';
CREATE TABLE staff_conflicts (
    subject text NOT NULL,
    importer_number text NOT NULL,
    kind text NOT NULL,
    until_on date,
    PRIMARY KEY (subject, importer_number, kind)
);
COMMENT ON TABLE staff_conflicts IS 'Importers whose work a person must not have: declared interests, prior employers.';
CREATE TABLE staff_changes (
    subject text NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    done_by text NOT NULL,
    done_by_name text NOT NULL,
    acting_for text,
    authority text NOT NULL,
    document jsonb NOT NULL,
    PRIMARY KEY (subject, version)
);
COMMENT ON TABLE staff_changes IS 'Every version of a person with who wrote it, only ever added to.';
CREATE TABLE skill_demands (
    center text NOT NULL,
    process text NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    level smallint NOT NULL,
    is_mandatory boolean NOT NULL,
    relax_hours integer,
    PRIMARY KEY (center, process, kind, code)
);
COMMENT ON TABLE skill_demands IS 'What work of a process in a Center asks of people, and for how long.';
CREATE TABLE acting_authority (
    delegation_id uuid PRIMARY KEY,
    center text NOT NULL,
    from_subject text NOT NULL,
    to_subject text NOT NULL,
    from_on date NOT NULL,
    to_on date NOT NULL,
    reason text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    released_by text,
    released_at timestamptz,
    ended_by text,
    ended_at timestamptz
);
COMMENT ON TABLE acting_authority IS 'Who may act for whom, from day to day, proposed by one and released by another.';
CREATE INDEX acting_authority_people ON acting_authority (to_subject, from_subject);
"""
WORK = """
ALTER TABLE items ADD COLUMN assigned_to text;
DROP INDEX items_next;
DROP INDEX items_next_of_process;
CREATE INDEX items_next ON items (center, division, due_order, priority, opened_at, item_id)
    WHERE state = 'open'::text AND waits_for IS NULL AND assigned_to IS NULL;
CREATE INDEX items_next_of_process ON items (center, division, process, due_order, priority, opened_at, item_id)
    WHERE state = 'open'::text AND waits_for IS NULL AND assigned_to IS NULL;
CREATE INDEX items_assigned ON items (assigned_to, due_order, priority, opened_at, item_id)
    WHERE assigned_to IS NOT NULL;
CREATE TABLE skips (
    subject text NOT NULL,
    item_id uuid NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (subject, item_id)
);
COMMENT ON TABLE skips IS 'Items that are not offered to a person for a while, the history of the item says why.';
"""


def upgrade() -> None:
    """Add the tables; the indexes of the next item leave out what waits for somebody and what is assigned."""
    run(STAFF)
    run(WORK)
