"""Broadcasts of the Centers, what is known of whom they are for, subscriptions, and questions of the community."""

from alembic import op

from shared.db.platform_migrations import run, seal

revision = "0021_pre_broadcasts"
down_revision = "0020_pre_operator_acts"

TABLES = """
CREATE TABLE account_facts (
    importer_number text NOT NULL,
    sequence integer NOT NULL,
    center text,
    effective_on date NOT NULL,
    programs jsonb,
    size text,
    PRIMARY KEY (importer_number, sequence)
);
COMMENT ON TABLE account_facts IS
    'Assignments of accounts: Center, programs and size from a day on; null is not known, but for the Center.';
CREATE TABLE traits (
    recipient text NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    last_on date NOT NULL,
    PRIMARY KEY (recipient, kind, value)
);
CREATE INDEX traits_kind ON traits (kind, last_on);
COMMENT ON TABLE traits IS
    'What entries showed of importers, filers and sureties: goods, countries, Centers, and the last month.';
CREATE TABLE broadcasts (
    broadcast_id uuid PRIMARY KEY,
    center text NOT NULL,
    nature text NOT NULL,
    segment jsonb NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    subject_es text,
    body_es text,
    effective_on date,
    is_public boolean NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL,
    corrects uuid,
    drafted_by text NOT NULL,
    drafted_at timestamptz NOT NULL,
    released_by text,
    released_at timestamptz,
    planned_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX broadcasts_drafted ON broadcasts (drafted_at, broadcast_id);
CREATE INDEX broadcasts_public ON broadcasts (released_at, broadcast_id) WHERE is_public AND released_at IS NOT NULL;
CREATE INDEX broadcasts_sending ON broadcasts (released_at) WHERE state = 'sending';
COMMENT ON TABLE broadcasts IS 'Broadcasts of the Centers; what a released one says is never changed.';
CREATE TABLE broadcast_acts (
    broadcast_id uuid NOT NULL,
    sequence integer NOT NULL,
    act text NOT NULL,
    by_whom text NOT NULL,
    reason text,
    content jsonb,
    at timestamptz NOT NULL,
    PRIMARY KEY (broadcast_id, sequence)
);
COMMENT ON TABLE broadcast_acts IS
    'What was done with each broadcast, by whom, with what it said then. Only added to.';
CREATE TABLE broadcast_recipients (
    broadcast_id uuid NOT NULL,
    recipient text NOT NULL,
    role text NOT NULL,
    standing text NOT NULL,
    basis text NOT NULL,
    unknown jsonb NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    reason text,
    notice_id uuid,
    PRIMARY KEY (broadcast_id, recipient)
);
CREATE INDEX broadcast_recipients_waiting ON broadcast_recipients (broadcast_id, recipient) WHERE state = 'waiting';
CREATE INDEX broadcast_recipients_notice ON broadcast_recipients (notice_id) WHERE notice_id IS NOT NULL;
COMMENT ON TABLE broadcast_recipients IS
    'Whom each broadcast was for when it was released: told, still waiting, or why not.';
CREATE TABLE subscriptions (
    recipient text NOT NULL,
    topic text NOT NULL CONSTRAINT subscriptions_topic
        CHECK (topic IN ('broadcasts', 'directory', 'guidance', 'questions')),
    center text NOT NULL,
    is_on boolean NOT NULL,
    revision integer NOT NULL,
    way text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (recipient, topic, center)
);
CREATE INDEX subscriptions_center ON subscriptions (center, topic) WHERE is_on;
COMMENT ON TABLE subscriptions IS
    'News of Centers that importers (by number) and parties (by id) asked for, or asked to be told no more.';
CREATE TABLE questions (
    question_id uuid PRIMARY KEY,
    center text NOT NULL,
    state text NOT NULL,
    revision integer NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    is_anonymous boolean NOT NULL,
    asker text NOT NULL,
    asked_by text NOT NULL,
    asker_name text NOT NULL,
    asked_at timestamptz NOT NULL,
    held_for text,
    refused_for text,
    merged_into uuid,
    answer text,
    answer_es text,
    answered_by text,
    rule jsonb,
    published jsonb,
    released_by text,
    published_at timestamptz,
    rule_changed_at timestamptz
);
CREATE INDEX questions_asked ON questions (asked_at, question_id);
CREATE INDEX questions_asker ON questions (asker, asked_at, question_id);
CREATE INDEX questions_published ON questions (published_at, question_id) WHERE published_at IS NOT NULL;
COMMENT ON TABLE questions IS
    'Questions of the community of a Center; `published` is what the public reads.';
CREATE TABLE question_acts (
    question_id uuid NOT NULL,
    sequence integer NOT NULL,
    act text NOT NULL,
    by_whom text NOT NULL,
    reason text,
    content jsonb,
    at timestamptz NOT NULL,
    PRIMARY KEY (question_id, sequence)
);
COMMENT ON TABLE question_acts IS
    'What was done with each question, by whom, with its words then. Only added to.';
CREATE TABLE question_followers (
    question_id uuid NOT NULL,
    recipient text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (question_id, recipient)
);
COMMENT ON TABLE question_followers IS
    'Who is told when a question is answered: who asked it, or one merged with it, and who follows it.';
"""
# Center and day of what was assigned before stand in its notices; programs and size do not, and are unknown until the
# account is assigned anew.
KNOWN = """
INSERT INTO account_facts (importer_number, sequence, center, effective_on)
SELECT n.importer_number, n.cause_sequence, n.center, (n.body ->> 'effective_on')::date
FROM notices n
WHERE n.kind = 'N-01' AND n.importer_number IS NOT NULL AND n.body ? 'effective_on';
"""
FUNCTION = """
CREATE FUNCTION refuse_change_of_released_broadcast() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a released broadcast says is never changed: a correction is a broadcast of its own';
END
$$
"""
TRIGGER = """
CREATE TRIGGER released_broadcast_is_immutable
    BEFORE UPDATE OF center, nature, segment, subject, body, subject_es, body_es, effective_on, is_public, corrects
    ON broadcasts FOR EACH ROW WHEN (OLD.released_at IS NOT NULL)
    EXECUTE FUNCTION refuse_change_of_released_broadcast()
"""


def upgrade() -> None:
    """Nothing was broadcast from here or asked yet."""
    run(TABLES)
    run(KNOWN)
    op.execute(FUNCTION)
    op.execute(TRIGGER)
    seal("broadcast_acts", "broadcast_id")
    seal("question_acts", "question_id")
