"""Goods of entries under review, findings by line, decisions that were refused, and what was decided on goods.

A decision that the legal record refuses stays beside the one that ends the item after it, so the key is its own id.
"""

from shared.db.platform_migrations import run

revision = "0017_pre_findings"
down_revision = "0016_pre_linked_matters"

GOODS = """
CREATE TABLE routed_goods (
    entry_number text NOT NULL,
    version integer NOT NULL,
    event_id text NOT NULL,
    goods jsonb NOT NULL,
    PRIMARY KEY (entry_number, version, event_id)
);
COMMENT ON TABLE routed_goods IS
    'The lines of entries under review as routing told them, by the routing decision that did.';
"""
DECISIONS = """
ALTER TABLE items ADD COLUMN reopened_at timestamptz;
ALTER TABLE decisions
    ADD COLUMN found jsonb NOT NULL DEFAULT '[]', ADD COLUMN refused_at timestamptz, ADD COLUMN refused_rule text,
    ADD COLUMN refused_citation text, ADD COLUMN remedy text,
    DROP CONSTRAINT decisions_pkey, ADD PRIMARY KEY (decision_id);
CREATE UNIQUE INDEX decisions_standing ON decisions (item_id) WHERE refused_at IS NULL;
CREATE INDEX decisions_refused ON decisions (item_id) WHERE refused_at IS NOT NULL;
COMMENT ON TABLE decisions IS
    'What completed each item, with reasons and legal basis; one that was refused stays beside the next.';
"""
DECIDED_GOODS = """
CREATE TABLE decided_goods (
    decision_id uuid NOT NULL,
    number integer NOT NULL,
    goods_key text NOT NULL,
    item_id uuid NOT NULL,
    entry_number text NOT NULL,
    line_number smallint NOT NULL,
    importer_number text NOT NULL,
    center text NOT NULL,
    process text NOT NULL,
    outcome text NOT NULL,
    issue text,
    declared text NOT NULL,
    found text NOT NULL,
    ruling text,
    decided_at timestamptz NOT NULL,
    refused boolean NOT NULL DEFAULT false,
    PRIMARY KEY (decision_id, number)
);
CREATE INDEX decided_goods_key ON decided_goods (goods_key, decided_at);
COMMENT ON TABLE decided_goods IS
    'What reviews decided on goods, by key: kept as declared (no issue), or found otherwise on an issue.';
"""


def upgrade() -> None:
    """Nothing is known of the goods and findings of before."""
    run(GOODS)
    run(DECISIONS)
    run(DECIDED_GOODS)
