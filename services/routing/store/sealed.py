"""What of routing is under seal: every change of accounts, parties and rules, with who made it and why, and the
bulletins of Centers."""

from typing import Final

from shared.db.seals import SealedTable
from shared.files import store as files

SEALED: Final = (
    SealedTable("account_changes", "importer_number", ("revision",), "t.revision"),
    SealedTable("account_family_changes", "family", ("revision",), "t.revision"),
    SealedTable("assignments", "importer_number", ("sequence",), "t.sequence"),
    SealedTable("appeal_steps", "appeal_number", ("sequence",), "t.sequence"),
    SealedTable("broadcasts", "broadcast_id", ("center",), "t.issued_at"),
    SealedTable("criteria_changes", "criterion_id", ("sequence",), "t.sequence"),
    SealedTable("delegation_acts", "delegation_id", ("version",), "t.version"),
    SealedTable("directory_changes", "code", ("sequence",), "t.sequence"),
    SealedTable("moves", "number", ("kind", "sequence"), "t.sequence"),
    SealedTable("party_changes", "party_id", ("version",), "t.version"),
    SealedTable("rule_changes", "reference", ("sequence",), "t.sequence"),
    SealedTable("tariff_map_changes", "version", ("sequence",), "t.sequence"),
    SealedTable("recommendations", "reference", ("recommendation_id",), "t.made_at, t.recommendation_id"),
    SealedTable("recommendation_results", "recommendation_id", ("compared_at",), "t.compared_at", kind="uuid"),
    SealedTable("center_calendar", "event_id", ("revision",), "t.revision", kind="uuid"),
    files.SEALED,
)
