"""Which items an entry calls for: a pure function of its routed versions and of its legal dates, in any order.

History grows with what is known and never shrinks: each routed version adds its own lines, whenever it arrives, so the
lines for a set of events are the same in every order of arrival.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.workqueue.domain.clocks import review_due_on
from services.workqueue.domain.holding import without_holder
from services.workqueue.domain.item import ACTS_FROM, LAST, SYSTEM, Change, Division, Item, Note, State, next_state
from services.workqueue.domain.priority import priority_of

_LIQUIDATED: Final = "liquidated"


@dataclass(frozen=True, slots=True)
class RoutedVersion:
    """A routing decision for one version of an entry, with what a queue needs of it."""

    entry_number: str
    version: int
    event_id: str
    filed_at: datetime
    importer_number: str
    center: str
    division: Division
    lane: str
    processes: tuple[str, ...]
    value_usd: int


@dataclass(frozen=True, slots=True)
class LegalDates:
    """What the legal record says of an entry: the newest act known, and its liquidation, of which there is one."""

    entry_number: str
    sequence: int = 0
    state: str | None = None
    scheduled_on: date | None = None
    deemed_on: date | None = None
    liquidated_on: date | None = None
    liquidated_at: datetime | None = None
    liquidated_sequence: int | None = None


@dataclass(frozen=True, slots=True)
class LegalAct:
    """One act of the legal record on an entry."""

    entry_number: str
    sequence: int
    state: str
    scheduled_on: date | None
    deemed_on: date | None
    occurred_on: date
    at: datetime
    is_liquidation: bool


def absorb(dates: LegalDates, act: LegalAct) -> LegalDates:
    """The dates with one more act known: the highest sequence gives the dates, the lowest liquidation stands."""
    if act.sequence > dates.sequence:
        dates = replace(
            dates,
            sequence=act.sequence,
            state=act.state,
            scheduled_on=act.scheduled_on,
            deemed_on=act.deemed_on,
        )
    if act.is_liquidation and (dates.liquidated_sequence is None or act.sequence < dates.liquidated_sequence):
        dates = replace(dates, liquidated_on=act.occurred_on, liquidated_at=act.at, liquidated_sequence=act.sequence)
    return dates


def in_rank(versions: Iterable[RoutedVersion]) -> list[RoutedVersion]:
    """Versions from the oldest to the one that stands, which is the last.

    The higher version stands; of two decisions for one version (a contradiction upstream) the one of the earlier
    filing, then the one with the lower event id.
    """
    standing_first = sorted(versions, key=lambda each: (-each.version, each.filed_at, each.event_id))
    return standing_first[::-1]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An item as an entry's facts leave it, with the lines that are new in its history."""

    item: Item
    notes: tuple[Note, ...]


def review_entry(
    known: Collection[RoutedVersion],
    added: Collection[RoutedVersion],
    before: LegalDates,
    after: LegalDates,
    items: Mapping[str, Item],
    new_id: Mapping[str, UUID],
) -> list[Reviewed]:
    """Bring an entry's items to what is known now.

    `known` and `before` are what was known, `added` and `after` what the batch brings; `items` are the entry's items
    by process, `new_id` the id of the item of each process that `added` names.
    """
    old, new = in_rank(known), in_rank([*known, *added])
    if not new:
        return []
    processes = [*items, *(process for process in sorted(new_id) if process not in items)]
    return [
        _review(process, items.get(process), new_id.get(process), _Facts(old, before), _Facts(new, after))
        for process in processes
    ]


@dataclass(frozen=True, slots=True)
class _Facts:
    versions: Sequence[RoutedVersion]
    dates: LegalDates


def _review(process: str, item: Item | None, new_id: UUID | None, before: _Facts, after: _Facts) -> Reviewed:
    standing = after.versions[-1]
    first = next(version for version in after.versions if process in version.processes)
    is_wanted = process in standing.processes and after.dates.liquidated_on is None
    change: Change = "routed" if is_wanted else "cancelled"
    state: State = next_state(item.state if item else "open", change)
    if item is None:
        assert new_id is not None
        identity, acts = new_id, 0
    else:
        identity, acts = item.item_id, item.acts
    notes = _new_notes(process, before, after, item, state)
    facts = Item(
        item_id=identity,
        process=process,
        entry_number=standing.entry_number,
        protest_number=None,
        importer_number=standing.importer_number,
        center=standing.center,
        division=standing.division,
        priority=priority_of(process, standing.lane, standing.value_usd),
        value_usd=standing.value_usd,
        opened_at=first.filed_at,
        due_on=review_due_on(after.dates.scheduled_on),
        state=state,
        acts=acts,
    )
    if item is not None:
        taken = sum(ACTS_FROM < note.sequence < LAST for note in notes)
        facts = replace(
            facts,
            holder=item.holder,
            holder_name=item.holder_name,
            token=item.token,
            lease_until=item.lease_until,
            acts=item.acts + taken,
        )
        if item.state == "claimed" and state != "claimed":
            facts = without_holder(facts)
    return Reviewed(facts, tuple(notes))


def _new_notes(process: str, before: _Facts, after: _Facts, item: Item | None, state: State) -> list[Note]:
    """The lines that `after` has and `before` has not.

    A line has the entry's version as its sequence. When people have acted on the item already, a line that changes
    what stands comes after their acts, so that the highest sequence always tells the item's state.
    """
    known = {note.key for note in _notes(process, before)}
    notes = []
    acts = item.acts if item else 0
    for note in _notes(process, after):
        if note.key in known:
            continue
        if note.key == _LIQUIDATED and item is not None and item.state == "completed":
            continue
        if acts and note.key == _version_key(after.versions[-1]):
            acts += 1
            note = replace(note, sequence=ACTS_FROM + acts, state=state)  # noqa: PLW2901
        notes.append(note)
    return notes


def _notes(process: str, facts: _Facts) -> list[Note]:
    """Every line that the facts give an item, from the oldest version to the newest."""
    notes: list[Note] = []
    for version in facts.versions:
        if process in version.processes:
            notes.append(_version_note(version, "routed", "open", "routed", "calls for"))
        elif notes:
            notes.append(_version_note(version, "cancelled", "cancelled", "process-dropped", "does not call for"))
    if notes and facts.dates.liquidated_at is not None:
        reason = {
            "code": "entry-liquidated",
            "text": f"The entry was liquidated on {facts.dates.liquidated_on}: there is nothing left to review.",
        }
        notes.append(Note(_LIQUIDATED, LAST, "cancelled", "cancelled", facts.dates.liquidated_at, SYSTEM, (reason,)))
    return notes


def _version_note(version: RoutedVersion, change: Change, state: State, code: str, verb: str) -> Note:
    text = f"Routing of version {version.version} {verb} this review."
    reason = {"code": code, "text": text, "fact": f"lane {version.lane}"}
    return Note(_version_key(version), version.version, change, state, version.filed_at, SYSTEM, (reason,))


def _version_key(version: RoutedVersion) -> str:
    """The key of what a version says of an item: lines of one version sort by it as `in_rank` sorts the decisions."""
    return f"v{version.version}:{version.event_id}"
