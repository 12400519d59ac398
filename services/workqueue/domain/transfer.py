"""Work that goes from one Center to another or to a port and back: offered, accepted or refused; its clocks run on."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from services.workqueue.domain.claim import hand_over_now
from services.workqueue.domain.item import WAITING, Item, NotAllowed, Note, Person

TransferState = Literal["offered", "accepted", "refused", "withdrawn", "returned"]
TransferAct = Literal["accept", "refuse", "withdraw", "return"]
_NEXT: Final[dict[tuple[TransferState, TransferAct], TransferState]] = {
    ("offered", "accept"): "accepted",
    ("offered", "refuse"): "refused",
    ("offered", "withdraw"): "withdrawn",
    ("accepted", "return"): "returned",
}
PORT: Final = "port"


@dataclass(frozen=True, slots=True)
class Transfer:
    """An offer of an item to another Center, or to a port; `to_center` or `to_port` is given.

    Until it is accepted whoever offers it has it, and answers for its days.
    """

    transfer_id: UUID
    item_id: UUID
    from_center: str
    to_center: str | None
    to_port: str | None
    reason: str
    offered_by: str
    offered_at: datetime
    state: TransferState = "offered"
    settled_by: str | None = None
    settled_at: datetime | None = None
    settled_reason: str | None = None

    @property
    def to(self) -> str:
        """To whom it is offered, in words."""
        return self.to_center or f"port {self.to_port}"


def demand_offer(item: Item, to_center: str | None) -> None:
    """Raise `NotAllowed` for an item that has ended, is in a port's hands, or is with that Center already."""
    if item.state not in WAITING:
        raise NotAllowed("item-ended", f"The item is {item.state}.", "Its history says why: GET /items/{id}.")
    demand_in_hand(item)
    if to_center == item.center:
        raise NotAllowed("same-center", f"{to_center} has the item.", "Offer it to another Center.")


def demand_in_hand(item: Item) -> None:
    """Raise `NotAllowed` for an item that a port has in hand, and has to return first."""
    if item.at_port is not None:
        raise NotAllowed("at-port", f"Port {item.at_port} has the item.", "Have the port return it first.")


def settle(
    item: Item, transfer: Transfer, act: TransferAct, by: Person, signature: str, reason: str, now: datetime
) -> tuple[Item, Transfer, tuple[Note, ...]]:
    """The item and the transfer after an answer, with the lines of the item's history.

    No clock stops or begins anew: `due_on` and `opened_at` stay. An item that ended meanwhile, or that upstream has
    given to another Center, is no longer this Center's to hand over; a port returns it all the same, to who has it.
    """
    state = _NEXT.get((transfer.state, act))
    if state is None:
        raise NotAllowed(
            "transfer-settled", f"The transfer is {transfer.state}.", "GET /transfers has what is offered."
        )
    settled = replace(transfer, state=state, settled_by=signature, settled_at=now, settled_reason=reason)
    if act in {"refuse", "withdraw"}:
        return item, settled, ()
    if item.state not in WAITING and act == "return":
        return replace(item, at_port=None, waits_for=None), settled, ()
    if item.state not in WAITING:
        raise NotAllowed("item-ended", f"The item is {item.state}.", "Withdraw or refuse the transfer.")
    if item.center != transfer.from_center and act == "accept":
        raise NotAllowed("other-center-now", f"{item.center} has the item now.", "Withdraw or refuse the transfer.")
    text = f"{'Returned by' if act == 'return' else 'Accepted by'} {transfer.to}: {reason}"
    item, notes = hand_over_now(item, by, now, code=f"transfer-{state}", text=text, fact=transfer.to)
    if act == "return":
        return replace(item, at_port=None, waits_for=None), settled, notes
    if transfer.to_port is not None:
        return replace(item, at_port=transfer.to_port, waits_for=PORT), settled, notes
    assert transfer.to_center is not None
    record = item.transferred_from or item.center
    home = transfer.to_center == record
    return (
        replace(item, center=transfer.to_center, center_since=now, transferred_from=None if home else record),
        settled,
        notes,
    )
