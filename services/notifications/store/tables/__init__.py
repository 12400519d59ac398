"""The tables of notifications, a module for each subject."""

from services.notifications.store.tables.bulletin import bulletin_postings
from services.notifications.store.tables.core import metadata, platform
from services.notifications.store.tables.deliveries import deliveries, delivery_events
from services.notifications.store.tables.importers import importers
from services.notifications.store.tables.letters import letter_batches, letter_proofs, letters, letters_set_aside
from services.notifications.store.tables.notices import notices
from services.notifications.store.tables.preferences import preferences
from services.notifications.store.tables.reconciliations import reconciliations
from services.notifications.store.tables.reminders import withdrawn_reminders
from services.notifications.store.tables.replies import replies
from services.notifications.store.tables.status_records import status_records
from services.notifications.store.tables.webhooks import webhooks

__all__ = [
    "bulletin_postings",
    "deliveries",
    "delivery_events",
    "importers",
    "letter_batches",
    "letter_proofs",
    "letters",
    "letters_set_aside",
    "metadata",
    "notices",
    "platform",
    "preferences",
    "reconciliations",
    "replies",
    "status_records",
    "webhooks",
    "withdrawn_reminders",
]
