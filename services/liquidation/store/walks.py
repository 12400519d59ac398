"""How what grows for ever is gone through in slices: entries with what changed of them, protests, declarations,
payments.
"""

from typing import Final

from shared.db.walks import Changes, Walk

CHANGES_OF_ENTRIES: Final = (
    Changes("legal_events", "entry_number", "recorded_at"),
    Changes("entry_versions", "entry_number", "recorded_at"),
)
"""Every act on an entry leaves a legal event, and every summary a version; only Center and lane come without either."""

ENTRIES: Final = Walk("invariants-of-entries", ("entries",), "entry_number", changes=CHANGES_OF_ENTRIES)
PROTESTS: Final = Walk("invariants-of-protests", ("protests",), "filing_number")
DECLARATIONS: Final = Walk("invariants-of-declarations", ("declarations",), "declaration_id", size=100)
PAYMENTS: Final = Walk("invariants-of-payments", ("payments",), "payment", size=100)
DECLARED_ENTRIES: Final = Walk("invariants-of-declared-entries", ("declared_entries",), "entry_number", is_unique=False)
