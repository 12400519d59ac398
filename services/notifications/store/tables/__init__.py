"""The tables of notifications, a module for each subject."""

from services.notifications.store.tables.audiences import account_facts, traits
from services.notifications.store.tables.broadcasts import broadcast_acts, broadcast_recipients, broadcasts
from services.notifications.store.tables.bulletin import bulletin_postings
from services.notifications.store.tables.core import metadata, platform
from services.notifications.store.tables.deliveries import deliveries, delivery_events
from services.notifications.store.tables.importers import importers
from services.notifications.store.tables.letters import letter_batches, letter_proofs, letters, letters_set_aside
from services.notifications.store.tables.notices import notices
from services.notifications.store.tables.preferences import preferences
from services.notifications.store.tables.questions import question_acts, question_followers, questions
from services.notifications.store.tables.reconciliations import reconciliations
from services.notifications.store.tables.reminders import withdrawn_reminders
from services.notifications.store.tables.replies import replies
from services.notifications.store.tables.status_records import status_records
from services.notifications.store.tables.subscriptions import subscriptions
from services.notifications.store.tables.webhooks import webhooks

__all__ = [
    "account_facts",
    "broadcast_acts",
    "broadcast_recipients",
    "broadcasts",
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
    "question_acts",
    "question_followers",
    "questions",
    "reconciliations",
    "replies",
    "status_records",
    "subscriptions",
    "traits",
    "webhooks",
    "withdrawn_reminders",
]
