"""The tables of the first release."""

from shared.db.platform_migrations import run

revision = "0001_pre_first_release"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE sessions (
    session_key bytea PRIMARY KEY,
    content bytea NOT NULL,
    provider_session text,
    subject text NOT NULL,
    started_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL
);
CREATE INDEX sessions_provider ON sessions (provider_session) WHERE provider_session IS NOT NULL;
CREATE INDEX sessions_used ON sessions (used_at);
COMMENT ON TABLE sessions IS 'Who is signed in.';
COMMENT ON COLUMN sessions.session_key IS 'SHA-256 of the id that the cookie carries.';
COMMENT ON COLUMN sessions.content IS 'Token and person, encrypted.';
COMMENT ON COLUMN sessions.provider_session IS '`sid` of the identity provider, by which it ends the session.';

CREATE TABLE sign_ins (
    state_key bytea PRIMARY KEY,
    content bytea NOT NULL,
    started_at timestamptz NOT NULL
);
COMMENT ON TABLE sign_ins IS 'Sign-ins that wait for the identity provider, for ten minutes.';
COMMENT ON COLUMN sign_ins.state_key IS 'SHA-256 of the state that the provider gives back.';
COMMENT ON COLUMN sign_ins.content IS 'Verifier, nonce and where to go on, encrypted.';

CREATE TABLE drafts (
    subject text NOT NULL,
    place text NOT NULL,
    form text NOT NULL,
    content bytea NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (subject, place, form)
);
CREATE INDEX drafts_saved ON drafts (saved_at);
COMMENT ON TABLE drafts IS 'What people wrote and have not sent.';
COMMENT ON COLUMN drafts.place IS 'The work item.';
COMMENT ON COLUMN drafts.form IS 'The form of its page: decide, letter, or an act of its process.';
COMMENT ON COLUMN drafts.content IS 'What was written, encrypted.';

CREATE TABLE views (
    view_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    center text,
    name text NOT NULL,
    query text NOT NULL,
    made_at timestamptz NOT NULL,
    CONSTRAINT views_subject_name_key UNIQUE (subject, name)
);
CREATE INDEX views_center ON views (center) WHERE center IS NOT NULL;
COMMENT ON TABLE views IS 'Filters of the queue under a name.';
COMMENT ON COLUMN views.subject IS 'Whose it is, and who may take it away.';
COMMENT ON COLUMN views.center IS 'The Center whose people see it too; null: its owner alone.';
COMMENT ON COLUMN views.query IS 'The filters as the address of the queue holds them.';
"""


def upgrade() -> None:
    """Create everything."""
    run(TABLES)
