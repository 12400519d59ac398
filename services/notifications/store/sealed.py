"""What of notifications is under seal: every notice as it was said, and what became of it on each way."""

from typing import Final

from shared.db.seals import SealedTable

SEALED: Final = (
    SealedTable("notices", "notice_id", ("kind",), "t.kind", kind="uuid"),
    SealedTable(
        "delivery_events", "notice_id", ("channel", "recipient_role", "sequence"), "t.at, t.sequence", kind="uuid"
    ),
)
