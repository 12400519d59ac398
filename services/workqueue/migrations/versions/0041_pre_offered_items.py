"""What is open and who holds what stand in narrow tables, so that a claim changes no index of items.

One transaction, which holds the table of items and writes it anew: in a quiet hour (docs/operations.md). Processes of
the release before go on writing items afterwards: triggers keep the narrow tables in step, whoever writes.
"""

from alembic import op

from shared.db.platform_migrations import run

revision = "0041_pre_offered_items"
down_revision = "0040_pre_calendars"

# Before the tables of what stands in them, so that the indexes are built once on full tables.
TABLES = """
CREATE TABLE offered_items (
    item_id uuid NOT NULL,
    center text NOT NULL,
    division text NOT NULL,
    process text NOT NULL,
    due_order date NOT NULL,
    priority smallint NOT NULL,
    opened_at timestamptz NOT NULL,
    assigned_to text
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
COMMENT ON TABLE offered_items IS
    'The items that somebody may claim: open, and not waiting. Kept by triggers of items.';
CREATE TABLE held_items (
    item_id uuid NOT NULL,
    holder text,
    lease_until timestamptz
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
COMMENT ON TABLE held_items IS 'Who holds what until when: the items that are claimed. Kept by triggers of items.';
INSERT INTO offered_items (item_id, center, division, process, due_order, priority, opened_at, assigned_to)
SELECT item_id, center, division, process, due_order, priority, opened_at, assigned_to FROM items
WHERE state = 'open' AND waits_for IS NULL;
INSERT INTO held_items (item_id, holder, lease_until)
SELECT item_id, holder, lease_until FROM items WHERE state = 'claimed';
ALTER TABLE offered_items ADD PRIMARY KEY (item_id);
ALTER TABLE held_items ADD PRIMARY KEY (item_id);
CREATE INDEX offered_items_next ON offered_items (center, division, due_order, priority, opened_at, item_id)
    WHERE assigned_to IS NULL;
CREATE INDEX offered_items_next_of_process
    ON offered_items (center, division, process, due_order, priority, opened_at, item_id) WHERE assigned_to IS NULL;
CREATE INDEX offered_items_assigned ON offered_items (assigned_to, due_order, priority, opened_at, item_id)
    WHERE assigned_to IS NOT NULL;
CREATE INDEX held_items_holder ON held_items (holder);
CREATE INDEX held_items_leases ON held_items (lease_until);
"""

# A statement that writes items reads every generated column, check and condition of a trigger from its stored text
# anew, whether it needs it or not: the long ones cost a claim as much as its indexes did. So the expression is a short
# call and depends on nothing that a claim changes; what items carry is looked at by triggers that a claim does not set
# off.
FUNCTIONS = (
    """
CREATE FUNCTION next_look(
    opened_at timestamptz, due_on date, deemed_on date, set_days jsonb,
    look_on date, looked_due_on date, looked_deemed_on date, looked_set_days jsonb
) RETURNS date LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    began_on date;
BEGIN
    IF look_on IS NOT NULL AND looked_due_on IS NOT DISTINCT FROM due_on
       AND looked_deemed_on IS NOT DISTINCT FROM deemed_on AND looked_set_days IS NOT DISTINCT FROM set_days THEN
        RETURN look_on;
    END IF;
    began_on := (opened_at AT TIME ZONE 'America/New_York')::date;
    RETURN LEAST(
        CASE WHEN due_on IS NOT NULL THEN LEAST(due_on, began_on + GREATEST(1, (due_on - began_on + 1) / 2)) END,
        CASE WHEN deemed_on IS NOT NULL THEN
            LEAST(deemed_on, began_on + GREATEST(1, (deemed_on - began_on + 1) / 2)) END);
END
$$
""",
    """
CREATE FUNCTION demand_what_kind_says() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (CASE NEW.kind
        WHEN 'review' THEN NEW.entry_number IS NOT NULL AND NEW.protest_number IS NULL AND NEW.filing_number IS NULL
            AND NEW.asking_center IS NULL AND NEW.goods IS NULL
        WHEN 'consultation' THEN NEW.entry_number IS NOT NULL AND NEW.protest_number IS NULL
            AND NEW.filing_number IS NULL AND NEW.asking_center IS NOT NULL AND NEW.goods IS NOT NULL
        WHEN 'protest' THEN NEW.protest_number IS NOT NULL AND NEW.filing_number IS NULL
            AND NEW.asking_center IS NULL AND NEW.goods IS NULL
        WHEN 'filing' THEN NEW.filing_number IS NOT NULL AND NEW.entry_number IS NULL AND NEW.protest_number IS NULL
            AND NEW.asking_center IS NULL AND NEW.goods IS NULL
        WHEN 'matter' THEN NEW.protest_number IS NULL AND NEW.filing_number IS NULL AND NEW.asking_center IS NULL
            AND NEW.goods IS NULL AND NEW.stage IS NOT NULL
        ELSE false END) IS NOT TRUE THEN
        RAISE check_violation USING CONSTRAINT = 'items_carry_what_their_kind_says', TABLE = 'items',
            MESSAGE = format('item %s of kind %s violates items_carry_what_their_kind_says', NEW.item_id, NEW.kind);
    END IF;
    RETURN NULL;
END
$$
""",
)

# An index of which a claim changes a column, even one in its predicate, keeps the claim from being a HOT update.
ITEMS = """
DROP INDEX items_next;
DROP INDEX items_next_of_process;
DROP INDEX items_leases;
DROP INDEX items_holder;
DROP INDEX items_waiting;
DROP INDEX items_entry_type;
DROP INDEX items_port_of_entry;
DROP INDEX items_pending;
DROP INDEX items_without_basis;
ALTER TABLE items
    DROP COLUMN escalates_on,
    DROP CONSTRAINT items_carry_what_their_kind_says;
ALTER TABLE items
    ADD COLUMN escalates_on date GENERATED ALWAYS AS (next_look(
        opened_at, due_on, deemed_on, set_days, look_on, looked_due_on, looked_deemed_on, looked_set_days)) STORED,
    ADD COLUMN lasting_state text GENERATED ALWAYS AS (replace(state, 'claimed', 'open')) STORED,
    ADD COLUMN ended_by text GENERATED ALWAYS AS (CASE WHEN lease_until IS NULL THEN holder END) STORED;
CREATE INDEX items_escalations ON items (escalates_on, item_id)
    WHERE lasting_state = 'open' AND escalates_on IS NOT NULL;
CREATE INDEX items_waiting ON items (due_order, priority, opened_at, item_id) WHERE lasting_state = 'open';
CREATE INDEX items_entry_type ON items (entry_type, due_order, priority, opened_at, item_id)
    WHERE lasting_state = 'open';
CREATE INDEX items_port_of_entry ON items (port_of_entry, due_order, priority, opened_at, item_id)
    WHERE lasting_state = 'open';
CREATE INDEX items_pending ON items (opened_at) WHERE center = 'PNDING' AND lasting_state = 'open';
CREATE INDEX items_without_basis ON items (item_id)
    WHERE kind = 'filing' AND center_basis IS NULL AND lasting_state <> 'completed';
CREATE INDEX items_ended_by ON items (ended_by, due_order, priority, opened_at, item_id) WHERE ended_by IS NOT NULL;
"""

KEEP_ADDED = """
CREATE FUNCTION keep_added_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO offered_items (item_id, center, division, process, due_order, priority, opened_at, assigned_to)
    SELECT item_id, center, division, process, due_order, priority, opened_at, assigned_to FROM added
    WHERE state = 'open' AND waits_for IS NULL;
    INSERT INTO held_items (item_id, holder, lease_until)
    SELECT item_id, holder, lease_until FROM added WHERE state = 'claimed';
    RETURN NULL;
END
$$
"""
KEEP_CHANGED = """
CREATE FUNCTION keep_changed_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'open' AND NEW.state = 'claimed' AND OLD.waits_for IS NULL THEN
        DELETE FROM offered_items WHERE item_id = OLD.item_id;
        INSERT INTO held_items (item_id, holder, lease_until) VALUES (NEW.item_id, NEW.holder, NEW.lease_until);
        RETURN NULL;
    END IF;
    IF OLD.state = 'open' AND OLD.waits_for IS NULL THEN
        IF NEW.state = 'open' AND NEW.waits_for IS NULL THEN
            UPDATE offered_items
            SET center = NEW.center, division = NEW.division, process = NEW.process, due_order = NEW.due_order,
                priority = NEW.priority, opened_at = NEW.opened_at, assigned_to = NEW.assigned_to
            WHERE item_id = NEW.item_id
              AND (center, division, process, due_order, priority, opened_at, assigned_to)
                  IS DISTINCT FROM (NEW.center, NEW.division, NEW.process, NEW.due_order, NEW.priority, NEW.opened_at,
                                    NEW.assigned_to);
        ELSE
            DELETE FROM offered_items WHERE item_id = NEW.item_id;
        END IF;
    ELSIF NEW.state = 'open' AND NEW.waits_for IS NULL THEN
        INSERT INTO offered_items (item_id, center, division, process, due_order, priority, opened_at, assigned_to)
        VALUES (NEW.item_id, NEW.center, NEW.division, NEW.process, NEW.due_order, NEW.priority, NEW.opened_at,
                NEW.assigned_to);
    END IF;
    IF OLD.state = 'claimed' THEN
        IF NEW.state = 'claimed' THEN
            UPDATE held_items SET holder = NEW.holder, lease_until = NEW.lease_until
            WHERE item_id = NEW.item_id
              AND (holder IS DISTINCT FROM NEW.holder OR lease_until IS DISTINCT FROM NEW.lease_until);
        ELSE
            DELETE FROM held_items WHERE item_id = NEW.item_id;
        END IF;
    ELSIF NEW.state = 'claimed' THEN
        INSERT INTO held_items (item_id, holder, lease_until) VALUES (NEW.item_id, NEW.holder, NEW.lease_until);
    END IF;
    RETURN NULL;
END
$$
"""
KEEP_REMOVED = """
CREATE FUNCTION keep_removed_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM offered_items WHERE item_id = OLD.item_id;
    DELETE FROM held_items WHERE item_id = OLD.item_id;
    RETURN NULL;
END
$$
"""
TRIGGERS = """
CREATE TRIGGER items_added AFTER INSERT ON items REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION keep_added_items();
CREATE TRIGGER items_changed AFTER UPDATE OF
    state, waits_for, center, division, process, due_on, priority, opened_at, assigned_to, holder, lease_until ON items
    FOR EACH ROW EXECUTE FUNCTION keep_changed_item();
CREATE TRIGGER items_added_as_kind_says AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION demand_what_kind_says();
CREATE TRIGGER items_changed_as_kind_says AFTER UPDATE OF
    kind, entry_number, protest_number, filing_number, asking_center, goods, stage ON items
    FOR EACH ROW EXECUTE FUNCTION demand_what_kind_says();
CREATE TRIGGER items_removed AFTER DELETE ON items FOR EACH ROW EXECUTE FUNCTION keep_removed_item();
"""


def upgrade() -> None:
    """Fill the narrow tables from what is there, and keep them in step from now on."""
    op.execute("LOCK TABLE items")
    run(TABLES)
    for function in FUNCTIONS:
        op.execute(function)
    run(ITEMS)
    for function in (KEEP_ADDED, KEEP_CHANGED, KEEP_REMOVED):
        op.execute(function)
    run(TRIGGERS)
