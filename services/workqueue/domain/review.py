"""Which items an entry calls for: a pure function of its routed versions and of its legal dates, in any order.

History grows with what is known and never shrinks: each routed version adds its own lines, whenever it arrives, so the
lines for a set of events are the same in every order of arrival.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from services.workqueue.domain.claim import carry_over, hand_over, rank_after_acts, reopen
from services.workqueue.domain.clocks import review_due_on
from services.workqueue.domain.decision import RefusedDecision
from services.workqueue.domain.filing import Held
from services.workqueue.domain.goods import DeclaredGoods
from services.workqueue.domain.item import LAST, SYSTEM, Change, Division, Goods, Item, Kind, Note, State
from services.workqueue.domain.priority import priority_of

CONSULTATION: Final = "consultation"
CONSULTATION_DIVISION: Final[Division] = "validation-and-compliance"
NO_REVIEW: Final = "no-review"
_LIQUIDATED: Final = "liquidated"
_SEQUENCES_OF_A_VERSION: Final = 100
_OF_DIVISION: Final = "division-"


class Work(NamedTuple):
    """What one item of an entry is for: a process, or the advice of a consulted Center on it."""

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

    `move` is 0 for the decision on filing, then counts the times that what is open was moved to another Center;
    `move_reason` is the sentence in which routing tells of the move. `authority` gives the row of the authority table
    for a process. `entry_type` and `port_of_entry` are None in decisions from before they were kept. `goods` are the
    lines as this decision tells them; they are kept apart. `duty_cents` is what was declared on the entry, `reasons`
    are why it was routed so, where it calls for a review. None of the three is read with versions.
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
    move: int
    move_reason: str | None
    consultations: tuple[Consultation, ...]
    authority: Mapping[str, str]
    entry_type: str | None
    port_of_entry: str | None
    goods: tuple[DeclaredGoods, ...] = ()
    duty_cents: int | None = None
    reasons: tuple[Mapping[str, str | None], ...] = ()


def work_called_for(version: RoutedVersion) -> list[Work]:
    """What a routing decision calls for: its processes, and the advice of other Centers while there is a review.

    Advice is no transfer: the processes stay with the Center that has the entry. A Center is not asked about an entry
    that it has itself.
    """
    called_for = [Work(process) for process in version.processes]
    if version.consultations and version.lane != NO_REVIEW:
        consulted = {each.center for each in version.consultations} - {version.center}
        called_for += [Work(CONSULTATION, center) for center in sorted(consulted)]
    return called_for


def work_of(item: Item) -> Work:
    """What an entry's item is for: of a consultation whose advice routing asks for, whichever Center took it over."""
    return Work(item.process, (item.transferred_from or item.center) if item.kind == "consultation" else None)


@dataclass(frozen=True, slots=True)
class LegalDates:
    """What the legal record says of an entry: the newest act known, and its liquidation, of which there is one.

    `surety_code` is that of the bond, None where there is none or it is not known.
    """

    entry_number: str
    sequence: int = 0
    state: str | None = None
    scheduled_on: date | None = None
    deemed_on: date | None = None
    liquidated_on: date | None = None
    liquidated_at: datetime | None = None
    liquidated_sequence: int | None = None
    surety_code: str | None = None


@dataclass(frozen=True, slots=True)
class LegalAct:
    """One act of the legal record on an entry; `liquidated_on` is the day in law of its liquidation, if it is one."""

    entry_number: str
    sequence: int
    state: str
    scheduled_on: date | None
    deemed_on: date | None
    liquidated_on: date | None
    surety_code: str | None
    at: datetime


def absorb(dates: LegalDates, act: LegalAct) -> LegalDates:
    """The dates with one more act known: the highest sequence gives the dates, the lowest liquidation stands."""
    if act.sequence > dates.sequence:
        dates = replace(
            dates,
            sequence=act.sequence,
            state=act.state,
            scheduled_on=act.scheduled_on,
            deemed_on=act.deemed_on,
            surety_code=act.surety_code,
        )
    if act.liquidated_on is not None and (
        dates.liquidated_sequence is None or act.sequence < dates.liquidated_sequence
    ):
        dates = replace(dates, liquidated_on=act.liquidated_on, liquidated_at=act.at, liquidated_sequence=act.sequence)
    return dates


def in_rank(versions: Iterable[RoutedVersion]) -> list[RoutedVersion]:
    """Versions from the oldest to the one that stands, which is the last.

    The higher version stands, of one version the later move; of two decisions that agree in both (a contradiction
    upstream) the one of the earlier filing, then the one with the lower event id.
    """
    standing_first = sorted(versions, key=lambda each: (-each.version, -each.move, each.filed_at, each.event_id))
    return standing_first[::-1]


def holder_of(versions: Iterable[RoutedVersion]) -> Held:
    """The Center that has an entry by its routed versions, of which there is one at least, since when, and where it was
    made as what.
    """
    ranked = in_rank(versions)
    standing = ranked[-1]
    return Held(standing.center, _center_since(ranked), standing.entry_type, standing.port_of_entry)


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
    items: Mapping[Work, Item],
    new_id: Mapping[Work, UUID],
    at: datetime,
    refused: Mapping[UUID, RefusedDecision],
) -> list[Reviewed]:
    """Bring an entry's items to what is known now.

    `known` and `before` are what was known, `added` and `after` what the batch brings; `items` are those that the entry
    has, `new_id` the ids of those for the work that `added` calls for; `at` is the time of what is learned.
    `refused` are decisions that completed items of the entry, by item, and that the legal record cannot apply.
    """
    old, new = in_rank(known), in_rank([*known, *added])
    if not new:
        return []
    concerned = [*items, *(work for work in sorted(new_id, key=str) if work not in items)]
    earlier, now = _Facts(_with_work(old), before), _Facts(_with_work(new), after)
    reviewed: list[Reviewed] = []
    # Whoever has the reviews is who asked for advice.
    for work in sorted(concerned, key=lambda work: work.consulted is not None):
        item = items.get(work)
        reopening: tuple[Note, ...] = ()
        if item is not None and item.item_id in refused:
            item, note = reopen(item, refused[item.item_id])
            reopening = (note,)
        readers = readers_of(new[-1].center, [each.item for each in reviewed])
        result = _review(work, item, new_id.get(work), earlier, now, at, readers)
        reviewed.append(Reviewed(result.item, (*reopening, *result.notes)))
    return reviewed


@dataclass(frozen=True, slots=True)
class _Facts:
    versions: Sequence[tuple[RoutedVersion, list[Work]]]
    dates: LegalDates


def _with_work(versions: Iterable[RoutedVersion]) -> list[tuple[RoutedVersion, list[Work]]]:
    return [(version, work_called_for(version)) for version in versions]


class Readers(NamedTuple):
    """Who reads the advice on an entry: the Center that asks, and others that have reviews of it, None without any."""

    asker: str
    also: tuple[str, ...] | None


def readers_of(center: str, items: Iterable[Item]) -> Readers:
    """Who reads the advice on an entry: whoever has taken over all its reviews asks, else the Center of record.

    `items` are those of the entry. A review that upstream took back counts for nothing; while reviews are with several
    Centers the advice stays with the Center of record, and the others read it too.
    """
    holders = {item.center for item in items if item.kind == "review" and item.state != "cancelled"}
    asker = next(iter(holders)) if len(holders) == 1 else center
    return Readers(asker, tuple(sorted(holders - {asker})) or None)


def _review(
    work: Work, item: Item | None, new_id: UUID | None, before: _Facts, after: _Facts, at: datetime, readers: Readers
) -> Reviewed:
    """Bring one item to what is known; `readers` are the Centers that read advice.

    One whose decision was refused stays until people end it: its entry is liquidated, which is why it was refused.
    """
    standing, called_for = after.versions[-1]
    is_reopened = item is not None and item.reopened_at is not None
    is_wanted = is_reopened or (work in called_for and after.dates.liquidated_on is None)
    item, state, lost = hand_over(item, "routed" if is_wanted else "cancelled", work.consulted or standing.center, at)
    notes = _new_notes(work, before, after, item, state)
    facts = _item_of(work, after, item.item_id if item is not None else new_id, state, readers)
    return Reviewed(carry_over(facts, item, notes), (*lost, *notes))


def _item_of(work: Work, facts: _Facts, item_id: UUID | None, state: State, readers: Readers) -> Item:
    """The item by the decision that stands and those that called for it, the newest of which is the last."""
    assert item_id is not None
    standing = facts.versions[-1][0]
    calling = [version for version, called_for in facts.versions if work in called_for]
    newest = calling[-1]
    center, division, value_usd = standing.center, standing.division, standing.value_usd
    kind: Kind = "review"
    asking_center, goods = None, None
    if work.consulted is None:
        center_since = _center_since([version for version, _ in facts.versions])
    else:
        kind = "consultation"
        asked = (each.goods for each in newest.consultations if each.center == work.consulted)
        center, division, asking_center = work.consulted, CONSULTATION_DIVISION, readers.asker
        goods = tuple(sorted(asked, key=str))
        value_usd = sum(each.value_usd for each in goods)
        center_since = calling[0].filed_at
    return Item(
        item_id=item_id,
        kind=kind,
        process=work.process,
        entry_number=standing.entry_number,
        protest_number=None,
        importer_number=standing.importer_number,
        center=center,
        division=division,
        priority=priority_of(work.process, standing.lane, value_usd),
        value_usd=value_usd,
        opened_at=calling[0].filed_at,
        due_on=review_due_on(facts.dates.scheduled_on),
        state=state,
        asking_center=asking_center,
        also_asking=readers.also if kind == "consultation" else None,
        authority=newest.authority.get(work.process),
        goods=goods,
        center_since=center_since,
        entry_type=standing.entry_type,
        port_of_entry=standing.port_of_entry,
        deemed_on=facts.dates.deemed_on if kind == "review" else None,
    )


class WhyHere(NamedTuple):
    """Why an item of an entry is there: what called for the review, and what gave it its Center."""

    selected: tuple[Mapping[str, str | None], ...]
    center: Mapping[str, str | None] | None


def tell_why(reasons: Sequence[Mapping[str, str | None]]) -> WhyHere:
    """The reasons of a routing decision in two parts: routing tells of the Center, then of the division, then of what
    selected the entry.

    >>> division = {"code": "division-validation", "text": "No program."}
    >>> why = tell_why([{"code": "center-by-account"}, division, {"code": "low-value"}])
    >>> why.selected, why.center
    (({'code': 'low-value'},), {'code': 'center-by-account'})
    >>> tell_why([])
    WhyHere(selected=(), center=None)
    """
    at = next((n for n, each in enumerate(reasons) if (each["code"] or "").startswith(_OF_DIVISION)), None)
    if at is None:
        return WhyHere((), None)
    return WhyHere(tuple(reasons[at + 1 :]), reasons[0] if at else None)


def tell_transfer(giver: str) -> Mapping[str, str | None]:
    """Why an item is with a Center that took it over."""
    return {"code": "center-by-transfer", "text": f"{giver} handed it over.", "fact": giver}


def tell_consultation(center: str, asker: str | None) -> Mapping[str, str | None]:
    """Why a consulted Center has an item."""
    text = f"{center} is asked about its goods; {asker} has the entry and decides."
    return {"code": "center-consulted", "text": text, "fact": asker}


def _center_since(versions: Sequence[RoutedVersion]) -> datetime:
    """Since when the Center of the standing decision has had the entry without a break."""
    standing = versions[-1]
    since = standing.filed_at
    for version in reversed(versions):
        if version.center != standing.center:
            break
        since = version.filed_at
    return since


def _new_notes(work: Work, before: _Facts, after: _Facts, item: Item | None, state: State) -> list[Note]:
    """The lines that `after` has and `before` has not.

    A line's sequence comes from the entry's version and move, that of what now stands from what people have done.
    """
    known = {note.key for note in _notes(work, before)}
    is_completed = item is not None and item.state == "completed"
    outlives = is_completed or (item is not None and item.reopened_at is not None)
    newest = _version_key(after.versions[-1][0])
    notes = []
    for note in _notes(work, after):
        if note.key in known or (outlives and note.key == _LIQUIDATED) or (is_completed and _is_moved(note)):
            continue
        notes.append(rank_after_acts(note, item, state) if note.key == newest else note)
    return notes


def _notes(work: Work, facts: _Facts) -> list[Note]:
    """Every line that the facts give an item, from the oldest version to the newest."""
    notes: list[Note] = []
    for version, called_for in facts.versions:
        if work in called_for:
            notes.append(_version_note(work, version, "routed", "open"))
        elif notes:
            notes.append(_version_note(work, version, "cancelled", "cancelled"))
    if notes and facts.dates.liquidated_at is not None:
        reason = {
            "code": "entry-liquidated",
            "text": f"The entry was liquidated on {facts.dates.liquidated_on}: there is nothing left to review.",
        }
        notes.append(Note(_LIQUIDATED, LAST, "cancelled", "cancelled", facts.dates.liquidated_at, SYSTEM, (reason,)))
    return notes


def _version_note(work: Work, version: RoutedVersion, change: Change, state: State) -> Note:
    """What one routing decision says of an item; the text rests on that decision alone."""
    is_routed = change == "routed"
    says = "calls for" if is_routed else "does not call for"
    if version.move and is_routed and work.consulted is None:
        code = "moved"
        text = version.move_reason or f"The open matter was moved to {version.center}."
    elif work.consulted is None:
        code = "routed" if is_routed else "process-dropped"
        text = f"Routing of version {version.version} {says} this review."
    else:
        code = "consulted" if is_routed else "consultation-dropped"
        text = (
            f"Routing of version {version.version} {says} the advice of {work.consulted};"
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
