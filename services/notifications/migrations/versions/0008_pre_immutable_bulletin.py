"""What was posted on the bulletin can be neither changed nor removed."""

from alembic import op

revision = "0008_pre_immutable_bulletin"
down_revision = "0007_pre_webhooks"

FUNCTION = """
CREATE FUNCTION refuse_change_of_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a posting on the bulletin is neither changed nor removed (19 CFR 159.9)';
END
$$
"""
TRIGGER = """
CREATE TRIGGER bulletin_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON bulletin_postings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_posting()
"""


def upgrade() -> None:
    """Postings stand; what corrects one is another posting."""
    op.execute(FUNCTION)
    op.execute(TRIGGER)
