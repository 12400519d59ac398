"""How what grows for ever is gone through in slices: entries with decisions, importers, proposals."""

from typing import Final

from shared.db.walks import Walk

ENTRIES: Final = Walk("invariants-of-decisions", ("routing_decisions",), "entry_number", is_unique=False)
IMPORTERS: Final = Walk(
    "invariants-of-activity", ("routing_decisions", "import_activity"), "importer_number", is_unique=False, size=50
)
"""Few at a time: a large importer has a million entries, each of which counts."""

PROPOSALS: Final = Walk("invariants-of-proposals", ("assignment_proposals",), "proposal_id", "bigint")
