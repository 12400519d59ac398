"""What the state of an item says against each act on it: asked before anybody acts."""

from datetime import datetime, timedelta
from typing import Final, Literal

from services.workqueue.acts.item import refusals
from services.workqueue.acts.reach import person_of
from services.workqueue.domain import claim as rules
from services.workqueue.domain.item import Item
from shared.runtime.errors import Refused, bar_of
from shared.runtime.identity import Identity

ActOnItem = Literal["claim", "heartbeat", "release", "complete", "requests"]

_ANY_LEASE: Final = timedelta(minutes=1)  # how long it would hold does not matter to whether it may begin


def bars_on_item(item: Item, caller: Identity, now: datetime) -> dict[ActOnItem, Refused | None]:
    """A claim against another's, and every other act unless the claim in force is the caller's."""
    person = person_of(caller)

    def claim() -> None:
        with refusals():
            rules.claim(item, person, now, _ANY_LEASE)

    def hold() -> None:
        with refusals():
            rules.demand_token(item, person, item.token)

    held = bar_of(hold)
    return {"claim": bar_of(claim), "heartbeat": held, "release": held, "complete": held, "requests": held}
