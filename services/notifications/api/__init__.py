"""The HTTP side of notifications, a module for each subject; the bulletin answers anyone, without an identity."""

from services.notifications.api import (
    bulletin,
    figures,
    inbox,
    letter_batches,
    letters,
    notices,
    reconciliations,
    replies,
    status_records,
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
]
PUBLIC_ROUTERS = [bulletin.router]
