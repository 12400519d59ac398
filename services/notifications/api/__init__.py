"""The HTTP side of notifications, a module for each subject; the bulletin answers anyone, without an identity."""

from services.notifications.api import (
    broadcasts,
    bulletin,
    figures,
    inbox,
    letter_batches,
    letters,
    notices,
    questions,
    reconciliations,
    replies,
    status_records,
    subscriptions,
    webhooks,
)

ROUTERS = [
    notices.router,
    status_records.router,
    inbox.router,
    replies.router,
    webhooks.router,
    letters.router,
    letter_batches.router,
    reconciliations.router,
    figures.router,
    broadcasts.router,
    subscriptions.router,
    questions.router,
]
PUBLIC_ROUTERS = [
    bulletin.router,
    broadcasts.public_router,
    subscriptions.public_router,
    questions.public_router,
]
