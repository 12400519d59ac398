"""Requests for information and notices of action live: drafts, acts, answers, and where each stands."""

from shared.db.platform_migrations import run

revision = "0014_pre_letters"
down_revision = "0013_pre_facts"

LETTERS = """
ALTER TABLE requests
    ALTER COLUMN issued_on DROP NOT NULL,
    ALTER COLUMN issued_at DROP NOT NULL,
    ADD COLUMN drafted_at timestamptz,
    ADD COLUMN issue text,
    ADD COLUMN goods text,
    ADD COLUMN effect_cents bigint,
    ADD COLUMN asked_until date,
    ADD COLUMN stage text,
    ADD COLUMN changes integer,
    ADD COLUMN from_request uuid,
    ADD COLUMN filer_code text,
    ADD COLUMN told_overdue_on date;
UPDATE requests SET
    drafted_at = issued_at,
    due_on = coalesce(due_on, issued_on + CASE form WHEN 'CBP-28' THEN 30 ELSE 20 END),
    asked_until = coalesce(due_on, issued_on + CASE form WHEN 'CBP-28' THEN 30 ELSE 20 END),
    stage = CASE form WHEN 'CBP-28' THEN 'issued' ELSE 'proposed' END,
    changes = 0,
    filer_code = (
        SELECT CASE WHEN count(DISTINCT left(number, 3)) = 1 THEN min(left(number, 3)) END
        FROM jsonb_array_elements_text(entry_numbers) AS named(number)),
    -- What was late before there was anybody to tell is shown, and not told all at once.
    told_overdue_on = CASE WHEN coalesce(due_on, issued_on + CASE form WHEN 'CBP-28' THEN 30 ELSE 20 END)
        < (now() AT TIME ZONE 'America/New_York')::date THEN (now() AT TIME ZONE 'America/New_York')::date END;
UPDATE requests SET stage = 'responded' WHERE EXISTS (
    SELECT FROM filings f
    WHERE f.answers_request = requests.request_id AND f.importer_number = requests.importer_number
        AND f.kind = 'response');
ALTER TABLE requests
    ALTER COLUMN drafted_at SET NOT NULL,
    ALTER COLUMN stage SET NOT NULL,
    ALTER COLUMN changes SET NOT NULL,
    ADD COLUMN due_order date NOT NULL GENERATED ALWAYS AS (COALESCE(due_on, 'infinity'::date)) STORED;
CREATE INDEX requests_due ON requests (due_order, request_id);
CREATE INDEX requests_center_due ON requests (center, due_order, request_id);
CREATE INDEX requests_importer_due ON requests (importer_number, due_order, request_id);
CREATE INDEX requests_entries ON requests USING gin (entry_numbers);
CREATE INDEX requests_waiting ON requests (due_on)
    WHERE stage IN ('issued', 'reminded', 'proposed') AND told_overdue_on IS NULL;
"""
ACTS = """
CREATE TABLE request_acts (
    request_id uuid NOT NULL,
    number integer NOT NULL,
    act text NOT NULL,
    at timestamptz NOT NULL,
    done_by text NOT NULL,
    done_by_name text NOT NULL,
    acting_for text,
    fields jsonb NOT NULL,
    reasons jsonb NOT NULL,
    stage text NOT NULL,
    authority text NOT NULL,
    PRIMARY KEY (request_id, number)
);
COMMENT ON TABLE request_acts IS
    'What officers did with a request or notice, with what they recorded and the stage that it led to.';
CREATE TABLE request_answers (
    answer_id uuid PRIMARY KEY,
    request_id uuid NOT NULL,
    at timestamptz NOT NULL,
    text text NOT NULL,
    files jsonb NOT NULL,
    answered_by text NOT NULL,
    answered_by_name text NOT NULL,
    acting_for text,
    authority text NOT NULL
);
CREATE INDEX request_answers_request ON request_answers (request_id);
COMMENT ON TABLE request_answers IS
    'What parties answered over the API; answers by filing are in `filings`.';
"""


def upgrade() -> None:
    """Let letters live, and keep what is done with them."""
    run(LETTERS)
    run(ACTS)
