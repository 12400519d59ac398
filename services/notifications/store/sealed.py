"""What of notifications is under seal: every notice as it was said, what became of it on each way, what was replied,
what people did with broadcasts and questions.
"""

from typing import Final

from shared.db.seals import SealedTable

SEALED: Final = (
    SealedTable("notices", "notice_id", ("kind",), "t.kind", kind="uuid"),
    SealedTable(
        "delivery_events", "notice_id", ("channel", "recipient_role", "sequence"), "t.at, t.sequence", kind="uuid"
    ),
    SealedTable("broadcast_acts", "broadcast_id", ("sequence",), "t.sequence", kind="uuid"),
    SealedTable("question_acts", "question_id", ("sequence",), "t.sequence", kind="uuid"),
    SealedTable("replies", "notice_id", ("filing_number",), "t.replied_at, t.filing_number", kind="uuid"),
    SealedTable("letters", "notice_id", ("recipient_role",), "t.typeset_at, t.recipient_role", kind="uuid"),
    SealedTable("letter_proofs", "notice_id", ("recipient_role", "act"), "t.noted_at, t.act", kind="uuid"),
    SealedTable("status_records", "notice_id", ("ordinal",), "t.ordinal", kind="uuid"),
)
