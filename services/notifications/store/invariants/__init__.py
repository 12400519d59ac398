"""What must always hold of notices, each asked in one statement, a module for each subject."""

from typing import Final

from services.notifications.store.invariants import bulletin, deliveries

INVARIANTS: Final = (*bulletin.INVARIANTS, *deliveries.INVARIANTS)
