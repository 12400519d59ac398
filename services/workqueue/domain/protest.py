"""The items that a protest is for the Center team that decides it: one, and one more each time it is reopened."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.workqueue.domain.claim import carry_over, hand_over
from services.workqueue.domain.filing import Held
from services.workqueue.domain.item import LAST, SYSTEM, Division, Item, Note
from services.workqueue.domain.priority import PROTEST_PRIORITY

PROCESS: Final = "protest"
DIVISION: Final[Division] = "validation-and-compliance"
SETTLING: Final = frozenset({"decided", "withdrawn"})
"""The changes after which nobody in the queue has anything to do on a protest."""
REOPENING: Final = "reopened"
"""The change by which there is something to do again: a denial was voided (rule void-1515d [M], 19 USC 1515(d))."""


@dataclass(frozen=True, slots=True, order=True)
class StatusAct:
    """An act that ended the work on a protest or opened it again, by its sequence among the acts on the protest."""

    sequence: int
    change: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Protest:
    """What is known of a protest: facts are None until an act is known; `entry_number` is the first entry named.

    `status_acts` are all that were heard, in order; `settled_as` and `settled_at` are of the last of them, None when
    that reopened the protest.
    """

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
    status_acts: tuple[StatusAct, ...] = ()

    @property
    def openings(self) -> tuple[StatusAct | None, ...]:
        """What calls for an item each: the filing (None), and every act that reopened the protest."""
        return (None, *(each for each in self.status_acts if each.change == REOPENING))


@dataclass(frozen=True, slots=True)
class ProtestAct:
    """One act on a protest: filed, decided, withdrawn, reopened, or another change of what is known of it."""

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
    if act.change not in {*SETTLING, REOPENING} or any(each.sequence == act.sequence for each in protest.status_acts):
        return protest
    status_acts = tuple(sorted((*protest.status_acts, StatusAct(act.sequence, act.change, act.at))))
    last = status_acts[-1]
    is_settled = last.change in SETTLING
    return replace(
        protest,
        settled_as=last.change if is_settled else None,
        settled_at=last.at if is_settled else None,
        status_acts=status_acts,
    )


def review_protest(
    before: Protest,
    after: Protest,
    opening: StatusAct | None,
    center: str,
    entry: Held | None,
    item: Item | None,
    new_id: UUID,
    at: datetime,
) -> tuple[Item, tuple[Note, ...]] | None:
    """One item of the protest as the facts leave it, with its new lines of history; None until the filing is known.

    `opening` says which (`Protest.openings`). A reopened protest gets another item, because the one before may be
    completed, with its decision. Every item ends with any act that settles the protest after its opening, so it does
    not matter in which order the acts become known. `entry` is the first entry protested, where it is known; `at` is
    the time of what is learned. The item is due on the last day to decide the protest: a statutory clock (19 USC
    1515(a): two years from filing).
    """
    if not after.is_filed or after.importer_number is None or after.received_at is None:
        return None
    item, state, lost = hand_over(item, "cancelled" if _endings(after, opening) else "routed", center, at)
    facts = Item(
        item_id=new_id,
        kind="protest",
        process=PROCESS,
        entry_number=after.entry_number,
        protest_number=after.protest_number,
        importer_number=after.importer_number,
        center=center,
        division=DIVISION,
        priority=PROTEST_PRIORITY,
        value_usd=None,
        opened_at=after.received_at if opening is None else opening.at,
        due_on=after.decide_by,
        state=state,
        entry_type=entry.entry_type if entry is not None else None,
        port_of_entry=entry.port_of_entry if entry is not None else None,
    )
    known = {note.key for note in _notes(before, opening)}
    is_completed = item is not None and item.state == "completed"
    notes = [
        note
        for note in _notes(after, opening)
        if note.key not in known and not (is_completed and note.change == "cancelled")
    ]
    return carry_over(facts, item, notes), (*lost, *notes)


def _endings(protest: Protest, opening: StatusAct | None) -> list[StatusAct]:
    """What settled the protest after an opening; the filing comes before everything."""
    first = opening.sequence if opening is not None else 0
    return [each for each in protest.status_acts if each.change in SETTLING and each.sequence > first]


def _notes(protest: Protest, opening: StatusAct | None) -> list[Note]:
    if (
        not protest.is_filed
        or protest.received_at is None
        or (opening is not None and opening not in protest.status_acts)
    ):
        return []
    if opening is None:
        notes = [_opened("routed:filed", protest, protest.received_at, "was filed", "19 USC 1514")]
    else:
        key = f"routed:reopened:{opening.sequence}"
        notes = [_opened(key, protest, opening.at, "was reopened: its denial was voided", "19 USC 1515(d)")]
    for each in _endings(protest, opening):
        reason = {"code": f"protest-{each.change}", "text": f"The protest was {each.change}."}
        key = f"settled:{each.sequence}"
        notes.append(Note(key, LAST + each.sequence, "cancelled", "cancelled", each.at, SYSTEM, (reason,)))
    return notes


def _opened(key: str, protest: Protest, at: datetime, what: str, citation: str) -> Note:
    reason = {
        "code": "protest-filed" if key == "routed:filed" else "protest-reopened",
        "text": f"Protest {protest.protest_number} {what}.",
        "citation": citation,
    }
    return Note(key, 1, "routed", "open", at, SYSTEM, (reason,))
