"""The history of items, letters and people under seal, for auditors and courts."""

from uuid import UUID

from fastapi import Request

from services.workqueue.acts.compartment import note_reads
from services.workqueue.acts.history import sight_of_history
from services.workqueue.store.sealed import SEALED
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.history import Withhold, build_history_router
from shared.web.requests import engine_of, now_of


async def _sight(request: Request, tx: Transaction, subject: str, caller: Identity) -> Withhold:
    is_sensitive, withheld = await sight_of_history(tx, subject, caller, now_of(request))
    if is_sensitive:
        await note_reads(engine_of(request), [UUID(subject)], caller, "history", now_of(request))
    return withheld


router = build_history_router(SEALED, _sight)
