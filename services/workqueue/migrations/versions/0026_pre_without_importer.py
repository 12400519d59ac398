"""Matters may be of nobody who has an importer number."""

from shared.db.platform_migrations import run

revision = "0026_pre_without_importer"
down_revision = "0025_pre_ports"

WITHOUT_IMPORTER = """
ALTER TABLE items ALTER COLUMN importer_number DROP NOT NULL;
ALTER TABLE items ADD CONSTRAINT items_are_of_an_importer CHECK (kind = 'matter' OR importer_number IS NOT NULL)
    NOT VALID;
ALTER TABLE items VALIDATE CONSTRAINT items_are_of_an_importer;
"""


def upgrade() -> None:
    """Everything else stays an importer's."""
    run(WITHOUT_IMPORTER)
