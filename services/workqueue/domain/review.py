"""Which items an entry calls for: a pure function of its routed versions and of its legal dates, in any order.

History grows with what is known and never shrinks: each routed version adds its own lines, whenever it arrives, so the
lines for a set of events are the same in every order of arrival.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from services.workqueue.domain.clocks import review_due_on
from services.workqueue.domain.holding import lose, without_holder
from services.workqueue.domain.item import (
    ACTS_FROM,
    LAST,
    SYSTEM,
    Change,
    Division,
    Goods,
    Item,
    Note,
    State,
    next_state,
)
from services.workqueue.domain.priority import priority_of

CONSULTATION: Final = "consultation"
CONSULTATION_DIVISION: Final[Division] = "validation-and-compliance"
_NO_REVIEW: Final = "no-review"
_LIQUIDATED: Final = "liquidated"
_SEQUENCES_OF_A_VERSION: Final = 100


class Matter(NamedTuple):
    """What an entry's item is about: a process, or the advice of a consulted Center."""

    process: str
    consulted: str | None = None


@dataclass(frozen=True, slots=True)
class Consultation:
    """Goods on an entry that belong to another Center than the one that has the entry."""

    center: str
    goods: Goods


@dataclass(frozen=True, slots=True)
class RoutedVersion:
    """A routing decision for one version of an entry, with what a queue needs of it.

    `move` is 0 for the decision on filing, then counts the times that the open matter was moved to another Center.
    `authority` gives the row of the authority table for a process.
    """

    entry_number: str
    version: int
    event_id: str
    filed_at: datetime
    importer_number: str
    center: str
    division: str
    lane: str
    processes: tuple[str, ...]
    value_usd: int
    move: int = 0
    move_reason: str | None = None
    consultations: tuple[Consultation, ...] = ()
    authority: Mapping[str, str] = field(default_factory=dict)


def matters_of(version: RoutedVersion) -> list[Matter]:
    """What a routing decision calls for: its processes, and the advice of other Centers while there is a review.

    Advice is no transfer: the processes stay with the Center that has the entry. A Center is not asked about an entry
    that it has itself.
    """
    matters = [Matter(process) for process in version.processes] if version.processes else []
    if version.consultations and version.lane != _NO_REVIEW:
        consulted = {each.center for each in version.consultations} - {version.center}
        matters += [Matter(CONSULTATION, center) for center in sorted(consulted)]
    return matters


def matter_of(item: Item) -> Matter:
    """What an entry's item is about."""
    return Matter(item.process, item.center if item.asking_center is not None else None)


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

    The higher version stands, of one version the later move; of two decisions that agree in both (a contradiction
    upstream) the one of the earlier filing, then the one with the lower event id.
    """
    standing_first = sorted(versions, key=lambda each: (-each.version, -each.move, each.filed_at, each.event_id))
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
    items: Mapping[Matter, Item],
    new_id: Mapping[Matter, UUID],
    at: datetime,
) -> list[Reviewed]:
    """Bring an entry's items to what is known now.

    `known` and `before` are what was known, `added` and `after` what the batch brings; `items` are the entry's items
    by matter, `new_id` the id of the item of each matter that `added` calls for; `at` is the time of what is learned.
    """
    old, new = in_rank(known), in_rank([*known, *added])
    if not new:
        return []
    matters = [*items, *(matter for matter in sorted(new_id, key=str) if matter not in items)]
    earlier, now = _Facts(_with_matters(old), before), _Facts(_with_matters(new), after)
    return [_review(matter, items.get(matter), new_id.get(matter), earlier, now, at) for matter in matters]


@dataclass(frozen=True, slots=True)
class _Facts:
    versions: Sequence[tuple[RoutedVersion, list[Matter]]]
    dates: LegalDates


def _with_matters(versions: Iterable[RoutedVersion]) -> list[tuple[RoutedVersion, list[Matter]]]:
    return [(version, matters_of(version)) for version in versions]


def _review(
    matter: Matter, item: Item | None, new_id: UUID | None, before: _Facts, after: _Facts, at: datetime
) -> Reviewed:
    standing, wanted = after.versions[-1]
    is_wanted = matter in wanted and after.dates.liquidated_on is None
    change: Change = "routed" if is_wanted else "cancelled"
    center = matter.consulted or standing.center
    lost: tuple[Note, ...] = ()
    if item is not None and item.state == "claimed" and is_wanted and item.center != center:
        item, lost = lose(item, center, at)
    state = next_state(item.state if item else "open", change)
    notes = _new_notes(matter, before, after, item, state)
    facts = _item_of(matter, after, item.item_id if item is not None else new_id, state)
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
        if item.state == "completed":
            facts = replace(facts, center=item.center, division=item.division, center_since=item.center_since)
    return Reviewed(facts, (*lost, *notes))


def _item_of(matter: Matter, facts: _Facts, item_id: UUID | None, state: State) -> Item:
    """The item by the decision that stands and those that called for it, the newest of which is the last."""
    assert item_id is not None
    standing = facts.versions[-1][0]
    calling = [version for version, matters in facts.versions if matter in matters]
    newest = calling[-1]
    center, division, value_usd = standing.center, standing.division, standing.value_usd
    asking_center, goods = None, None
    if matter.consulted is None:
        center_since = _center_since(facts.versions)
    else:
        asked = (each.goods for each in newest.consultations if each.center == matter.consulted)
        center, division, asking_center = matter.consulted, CONSULTATION_DIVISION, standing.center
        goods = tuple(sorted(asked, key=str))
        value_usd = sum(each.value_usd for each in goods)
        center_since = calling[0].filed_at
    return Item(
        item_id=item_id,
        process=matter.process,
        entry_number=standing.entry_number,
        protest_number=None,
        importer_number=standing.importer_number,
        center=center,
        division=division,
        priority=priority_of(matter.process, standing.lane, value_usd),
        value_usd=value_usd,
        opened_at=calling[0].filed_at,
        due_on=review_due_on(facts.dates.scheduled_on),
        state=state,
        asking_center=asking_center,
        authority=newest.authority.get(matter.process),
        goods=goods,
        center_since=center_since,
    )


def _center_since(versions: Sequence[tuple[RoutedVersion, list[Matter]]]) -> datetime:
    """Since when the Center of the standing decision has had the entry without a break."""
    standing = versions[-1][0]
    since = standing.filed_at
    for version, _ in reversed(versions):
        if version.center != standing.center:
            break
        since = version.filed_at
    return since


def _new_notes(matter: Matter, before: _Facts, after: _Facts, item: Item | None, state: State) -> list[Note]:
    """The lines that `after` has and `before` has not.

    A line's sequence comes from the entry's version and move. When people have acted on the item already, a line that
    changes what stands comes after their acts, so that the highest sequence always tells the item's state.
    """
    known = {note.key for note in _notes(matter, before)}
    notes = []
    acts = item.acts if item else 0
    is_completed = item is not None and item.state == "completed"
    standing = after.versions[-1][0]
    for note in _notes(matter, after):
        if note.key in known:
            continue
        if is_completed and (note.key == _LIQUIDATED or _is_moved(note)):
            continue
        if acts and note.key == _version_key(standing):
            acts += 1
            note = replace(note, sequence=ACTS_FROM + acts, state=state)  # noqa: PLW2901
        notes.append(note)
    return notes


def _notes(matter: Matter, facts: _Facts) -> list[Note]:
    """Every line that the facts give an item, from the oldest version to the newest."""
    notes: list[Note] = []
    for version, matters in facts.versions:
        if matter in matters:
            notes.append(_version_note(matter, version, "routed", "open"))
        elif notes:
            notes.append(_version_note(matter, version, "cancelled", "cancelled"))
    if notes and facts.dates.liquidated_at is not None:
        reason = {
            "code": "entry-liquidated",
            "text": f"The entry was liquidated on {facts.dates.liquidated_on}: there is nothing left to review.",
        }
        notes.append(Note(_LIQUIDATED, LAST, "cancelled", "cancelled", facts.dates.liquidated_at, SYSTEM, (reason,)))
    return notes


def _version_note(matter: Matter, version: RoutedVersion, change: Change, state: State) -> Note:
    """What one routing decision says of an item; the text rests on that decision alone."""
    is_routed = change == "routed"
    says = "calls for" if is_routed else "does not call for"
    if version.move and is_routed and matter.consulted is None:
        code = "moved"
        text = f"The open matter was moved to {version.center}: {version.move_reason or 'no reason was given'}"
    elif matter.consulted is None:
        code = "routed" if is_routed else "process-dropped"
        text = f"Routing of version {version.version} {says} this review."
    else:
        code = "consulted" if is_routed else "consultation-dropped"
        text = (
            f"Routing of version {version.version} {says} the advice of {matter.consulted};"
            f" {version.center} has the entry and decides."
        )
    reason = {"code": code, "text": text, "fact": f"lane {version.lane}"}
    sequence = _SEQUENCES_OF_A_VERSION * version.version + min(version.move, _SEQUENCES_OF_A_VERSION - 1)
    return Note(_version_key(version), sequence, change, state, version.filed_at, SYSTEM, (reason,))


def _is_moved(note: Note) -> bool:
    return any(reason["code"] == "moved" for reason in note.reasons)


def _version_key(version: RoutedVersion) -> str:
    """The key of what a version says of an item: lines of one version sort by it as `in_rank` sorts the decisions."""
    return f"v{version.version}:{version.event_id}"
