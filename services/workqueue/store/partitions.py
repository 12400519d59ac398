"""The tables of the work queue that can be in pieces by their key."""

from typing import Final

from shared.db.pieces import Pieces

PIECES: Final = (
    Pieces("heard_facts", "subject"),
    Pieces("routed_versions", "entry_number"),
)
