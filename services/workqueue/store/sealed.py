"""What of the work queue is under seal: what was done to items, letters and people, line by line."""

from typing import Final

from shared.db.seals import SealedTable
from shared.files import store as files

SEALED: Final = (
    SealedTable("item_events", "item_id", ("change_key",), "t.sequence, t.at", kind="uuid"),
    SealedTable("item_acts", "item_id", ("number",), "t.number", kind="uuid"),
    SealedTable("request_acts", "request_id", ("number",), "t.number", kind="uuid"),
    SealedTable("staff_changes", "subject", ("version",), "t.version"),
    SealedTable("item_notes", "item_id", ("note_id",), "t.written_at, t.note_id", kind="uuid"),
    SealedTable(
        "need_to_know",
        "item_id",
        ("subject", "added_at"),
        "t.added_at, t.subject",
        kind="uuid",
        without=("removed_by", "removed_at"),  # of the release before; a removal is a line of its own
    ),
    SealedTable("need_to_know_removals", "item_id", ("subject", "added_at"), "t.removed_at, t.subject", kind="uuid"),
    SealedTable("compartment_reads", "item_id", ("number",), "t.number", kind="uuid"),
    SealedTable("quality_plans", "center", ("version",), "t.version"),
    SealedTable("boards", "center", ("version",), "t.version"),
    SealedTable("board_acts", "item_id", ("number",), "t.number", kind="uuid"),
    SealedTable("satisfaction_answers", "item_id", ("answered_by",), "t.answered_at", kind="uuid"),
    SealedTable("bulk_checks", "run_id", ("number",), "t.number", kind="uuid"),
    files.SEALED,
)
