"""The tables of notifications that can be in pieces by their key."""

from typing import Final

from shared.db.pieces import Pieces

PIECES: Final = (
    Pieces("notices", "notice_id", kind="uuid"),
    Pieces("bulletin_postings", "notice_id", kind="uuid"),
    Pieces("deliveries", "notice_id", kind="uuid"),
    Pieces("delivery_events", "notice_id", kind="uuid"),
)
