"""The item that a protest is for the Center team that decides it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.workqueue.domain.holding import lose, without_holder
from services.workqueue.domain.item import LAST, SYSTEM, Change, Division, Item, Note, next_state
from services.workqueue.domain.priority import PROTEST_PRIORITY

PROCESS: Final = "protest"
DIVISION: Final[Division] = "validation-and-compliance"


@dataclass(frozen=True, slots=True)
class Protest:
    """What is known of a protest: facts are None until an act is known; `entry_number` is the first entry named."""

    protest_number: str
    sequence: int = 0
    importer_number: str | None = None
    entry_number: str | None = None
    received_at: datetime | None = None
    decide_by: date | None = None
    further_review: bool = False
    is_filed: bool = False
    settled_as: str | None = None
    settled_at: datetime | None = None


SETTLING: Final = frozenset({"decided", "withdrawn"})
"""The changes after which nobody in the queue has anything to do on a protest."""


@dataclass(frozen=True, slots=True)
class ProtestAct:
    """One act on a protest: filed, decided, withdrawn, or another change of what is known of it."""

    protest_number: str
    sequence: int
    change: str
    importer_number: str
    entry_number: str | None
    received_at: datetime
    decide_by: date | None
    further_review: bool
    at: datetime


def absorb(protest: Protest, act: ProtestAct) -> Protest:
    """The protest with one more act known: the highest sequence gives the facts, whatever the order of arrival."""
    if act.sequence > protest.sequence:
        protest = replace(
            protest,
            sequence=act.sequence,
            importer_number=act.importer_number,
            entry_number=act.entry_number,
            received_at=act.received_at,
            decide_by=act.decide_by,
            further_review=act.further_review,
        )
    if act.change == "filed":
        return replace(protest, is_filed=True)
    if act.change not in SETTLING:
        return protest
    if protest.settled_at is None or act.at < protest.settled_at:
        return replace(protest, settled_as=act.change, settled_at=act.at)
    return protest


def review_protest(
    before: Protest, after: Protest, center: str, item: Item | None, new_id: UUID, at: datetime
) -> tuple[Item, tuple[Note, ...]] | None:
    """The protest's item as the facts leave it, with its new lines of history; None until the filing is known.

    `at` is the time of what is learned. The item is due on the last day to decide the protest: a statutory clock
    (19 USC 1515(a): two years from filing).
    """
    if not after.is_filed or after.importer_number is None or after.received_at is None:
        return None
    change: Change = "routed" if after.settled_as is None else "cancelled"
    lost: tuple[Note, ...] = ()
    if item is not None and item.state == "claimed" and change == "routed" and item.center != center:
        item, lost = lose(item, center, at)
    state = next_state(item.state if item else "open", change)
    facts = Item(
        item_id=new_id,
        process=PROCESS,
        entry_number=after.entry_number,
        protest_number=after.protest_number,
        importer_number=after.importer_number,
        center=item.center if item is not None and item.state == "completed" else center,
        division=DIVISION,
        priority=PROTEST_PRIORITY,
        value_usd=None,
        opened_at=after.received_at,
        due_on=after.decide_by,
        state=state,
    )
    if item is not None:
        facts = replace(
            facts,
            holder=item.holder,
            holder_name=item.holder_name,
            token=item.token,
            lease_until=item.lease_until,
            acts=item.acts,
        )
        if item.state == "claimed" and state != "claimed":
            facts = without_holder(facts)
    known = {note.key for note in _notes(before)}
    is_completed = item is not None and item.state == "completed"
    notes = [
        note for note in _notes(after) if note.key not in known and not (is_completed and note.change == "cancelled")
    ]
    return facts, (*lost, *notes)


def _notes(protest: Protest) -> list[Note]:
    if not protest.is_filed or protest.received_at is None:
        return []
    reason = {
        "code": "protest-filed",
        "text": f"Protest {protest.protest_number} was filed.",
        "citation": "19 USC 1514",
    }
    notes = [Note("routed:filed", 1, "routed", "open", protest.received_at, SYSTEM, (reason,))]
    if protest.settled_at is not None:
        reason = {"code": f"protest-{protest.settled_as}", "text": f"The protest was {protest.settled_as}."}
        notes.append(Note("settled", LAST, "cancelled", "cancelled", protest.settled_at, SYSTEM, (reason,)))
    return notes
