"""Back-tests of criteria on entries that were filed."""

from shared.db.platform_migrations import run

revision = "0027_pre_backtests"
down_revision = "0026_pre_pieces"

TABLE = """
CREATE TABLE criterion_backtests (
    backtest_id uuid PRIMARY KEY,
    criterion_id text NOT NULL,
    revision integer NOT NULL,
    definition jsonb NOT NULL,
    first date NOT NULL,
    last date NOT NULL,
    signature text NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL,
    share_basis_points integer NOT NULL,
    known integer NOT NULL,
    frames integer NOT NULL,
    frames_read integer NOT NULL,
    is_cut boolean NOT NULL,
    counts jsonb NOT NULL,
    fault text,
    begun_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX criterion_backtests_of ON criterion_backtests (criterion_id, asked_at, backtest_id);
CREATE INDEX criterion_backtests_going ON criterion_backtests (asked_at) WHERE state IN ('waiting', 'running');
COMMENT ON TABLE criterion_backtests IS
    'What a criterion would have selected of the entries of a period, read from the archive of what was filed.';
"""


def upgrade() -> None:
    """Add the table."""
    run(TABLE)
