"""What the operations of notifications are about, a line for each subject of its OpenAPI document."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SUBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "broadcasts": "Letters to many: drafts, audience, release, and the archive of what was sent.",
        "bulletin": "The public bulletin of notices of liquidation, and whether it is complete.",
        "figures": "Counts for dashboards.",
        "inbox": "What came for an importer or an agent: read, acknowledge, answer, and by which ways to be told.",
        "letters": "Letters on paper: single, in batches, mailed and returned.",
        "notices": "Notices with the ledger of their deliveries.",
        "questions": "Questions from the trade, and answers for everybody.",
        "status records": "What became of a filer's entries, as records to fetch.",
        "subscriptions": "Who is told of broadcasts, and how to stop.",
        "webhooks": "Addresses that are called with each event (Standard Webhooks), and what became of the calls.",
    }
)
