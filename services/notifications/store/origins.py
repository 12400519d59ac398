"""Where the rows of each table of notifications come from: what an archive brings back, and what only a backup has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.db.origins import Origin

ORIGINS: Final[Mapping[str, Origin]] = MappingProxyType(
    {
        "account_facts": Origin.EVENTS,
        "bulletin_postings": Origin.EVENTS,
        "delegations": Origin.EVENTS,
        "importers": Origin.EVENTS,
        "parties": Origin.EVENTS,
        "status_records": Origin.EVENTS,
        "traits": Origin.EVENTS,
        "withdrawn_reminders": Origin.EVENTS,
        "broadcast_acts": Origin.BOTH,
        "broadcast_recipients": Origin.BOTH,
        "broadcasts": Origin.BOTH,
        "deliveries": Origin.BOTH,
        "delivery_events": Origin.BOTH,
        "notices": Origin.BOTH,
        "letter_batches": Origin.ACTS,
        "letter_proofs": Origin.ACTS,
        "letters": Origin.ACTS,
        "letters_set_aside": Origin.ACTS,
        "preferences": Origin.ACTS,
        "question_acts": Origin.ACTS,
        "question_followers": Origin.ACTS,
        "questions": Origin.ACTS,
        "reconciliations": Origin.ACTS,
        "replies": Origin.ACTS,
        "subscriptions": Origin.ACTS,
        "webhooks": Origin.ACTS,
    }
)
