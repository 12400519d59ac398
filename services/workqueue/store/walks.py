"""How what grows for ever is gone through in slices: items, entries, protests, filings."""

from typing import Final

from shared.db.walks import Walk

ITEMS: Final = Walk("invariants-of-items", ("items",), "item_id", "uuid")
ENTRIES: Final = Walk("invariants-of-entries", ("entries",), "entry_number")
PROTESTS: Final = Walk("invariants-of-protests", ("protests",), "protest_number")
FILINGS: Final = Walk("invariants-of-filings", ("filings",), "filing_number")
