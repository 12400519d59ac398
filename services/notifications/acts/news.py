"""What is due and is not to go out: news whose broadcast is paused or withdrawn, or that the recipient wants no more,
and reminders that are not true any more.

Asked in the transaction that claims the mails, so that whatever was decided before a claim holds for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.notifications.domain.delivery import State
from services.notifications.domain.subscriptions import topic_of
from services.notifications.store import subscriptions as store
from services.notifications.store.deliveries import Claimed, Settlement
from services.notifications.store.subscriptions import NewsDue
from shared.db.transaction import Transaction

LOOK_AGAIN: Final = timedelta(seconds=30)
"""How long a mail of a paused broadcast is left alone."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A mail does not go out: for good, with its reason, or, `why` None, for now."""

    why: str | None


async def find_stops(tx: Transaction, claimed: Sequence[Claimed]) -> dict[tuple[UUID, str, str], Stop]:
    """Which of these mails and calls do not go out; what is no news and no reminder always does."""
    due: list[NewsDue] = []
    keys: list[tuple[UUID, str, str]] = []
    for item in claimed:
        topic = topic_of(item.notice.kind, item.notice.variant)
        if topic is not None and item.notice.center is not None:
            due.append(NewsDue(item.notice.notice_id, told_name(item), topic, item.notice.center))
            keys.append(item.key)
    found = await store.find_stopped(tx, due)
    stops: dict[tuple[UUID, str, str], Stop] = {
        item.key: Stop(item.overtaken) for item in claimed if item.overtaken is not None
    }
    for place, stopped in found.items():
        if stopped.unsubscribed_at is not None:
            stops[keys[place]] = Stop(f"unsubscribed at {stopped.unsubscribed_at:%Y-%m-%d %H:%M} UTC")
        elif stopped.broadcast == "withdrawn":
            stops[keys[place]] = Stop("the Center withdrew it before it went out")
        else:
            stops[keys[place]] = Stop(None)
    return stops


def told_name(item: Claimed) -> str:
    """Who is told: the importer by its number, a party by its id."""
    importer_number = item.notice.importer_number
    return importer_number if item.recipient_role == "importer" and importer_number else item.recipient_role


def settlement_of_stop(item: Claimed, stop: Stop, now: datetime) -> Settlement:
    """What becomes of what does not go out: withdrawn, or looked at again soon."""
    if stop.why is None:
        return Settlement(item, State.QUEUED, None, 0, next_try_at=now + LOOK_AGAIN)
    return Settlement(item, State.WITHDRAWN, "withdrawn", 0, error=stop.why)
