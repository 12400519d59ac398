"""What of the work queue is under seal: what was done to items, letters and people, line by line."""

from typing import Final

from shared.db.seals import SealedTable

SEALED: Final = (
    SealedTable("item_events", "item_id", ("change_key",), "t.sequence, t.at", kind="uuid"),
    SealedTable("item_acts", "item_id", ("number",), "t.number", kind="uuid"),
    SealedTable("request_acts", "request_id", ("number",), "t.number", kind="uuid"),
    SealedTable("staff_changes", "subject", ("version",), "t.version"),
)
