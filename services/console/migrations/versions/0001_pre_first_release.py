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
"""


def upgrade() -> None:
    """Create everything."""
    run(TABLES)
