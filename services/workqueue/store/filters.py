"""The conditions of a filter as conditions of a query: the one place where what is asked for becomes SQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from services.workqueue.domain.compartment import Knower
from services.workqueue.domain.filter import NOBODY, Filter, Span
from services.workqueue.domain.matter import CLAIM_MOVES
from services.workqueue.store.figures import is_due_in, is_overdue
from services.workqueue.store.quality import is_unseen
from services.workqueue.store.tables import (
    decisions,
    filings,
    held_items,
    item_acts,
    item_events,
    items,
    matters,
    request_answers,
    requests,
    routed_goods,
)
from services.workqueue.store.tables.items import BY_PEOPLE
from services.workqueue.store.tables.words import ENGLISH, WORDS_OF
from shared.db.reach import is_one_of, names, names_any, within
from shared.runtime.access import Reach

_WAITING = {"open", "claimed"}


def items_within(reach: Reach) -> ColumnElement[bool]:
    """Whether a row of `items` is reached; the Centers that asked for advice have part in what holds it."""
    reached = within(
        reach,
        importer_number=items.c.importer_number,
        centers=(items.c.center, items.c.asking_center),
        division=items.c.division,
        ports=(items.c.port, items.c.at_port),
        named=items.c.knowers,
    )
    if reach.is_national:
        return reached
    also = [names_any(items.c.also_asking, reach.centers)] if reach.centers else []
    if reach.division_centers and reach.divisions:
        in_division = items.c.division.in_(sorted(reach.divisions))
        also.append(and_(names_any(items.c.also_asking, reach.division_centers), in_division))
    return or_(reached, *also) if also else reached


def known_to(knower: Knower) -> ColumnElement[bool]:
    """Whether somebody may learn of a row of `items` (`is_known`)."""
    by_role = items.c.process.in_(sorted(knower.processes)) if knower.processes else false()
    return or_(items.c.knowers.is_(None), names(items.c.knowers, knower.subject), by_role)


def narrowed(query: Select[Any], reach: Reach, knower: Knower, wanted: Filter) -> Select[Any]:
    """A query on `items`, of what the reach covers, may be known, and the filter asks for.

    Items of an entry include the filings that name it, wherever in their list; a Center sees the advice it asked for.
    Who reviews an item a second time finds it neither by words nor by stage: both tell what came of the first review.
    """
    query = query.where(items_within(reach), known_to(knower))
    if wanted.words is not None or wanted.stages:
        query = query.where(~is_unseen(items.c.item_id, knower.subject))
    return query.where(*conditions_of(wanted))


def conditions_of(wanted: Filter) -> list[ColumnElement[bool]]:
    """What the filter asks of a row of `items`."""
    found = []
    for column, values in (
        (items.c.center, wanted.centers),
        (items.c.division, wanted.divisions),
        (items.c.process, wanted.processes),
        (items.c.kind, wanted.kinds),
        (items.c.importer_number, wanted.importer_numbers),
        (items.c.entry_type, wanted.entry_types),
        (items.c.port_of_entry, wanted.ports_of_entry),
    ):
        if values:
            found.append(_is_any(column, values))
    for column, values in (
        (items.c.assigned_to, wanted.assigned_to),
        (items.c.waits_for, wanted.waits_for),
    ):
        if values:
            found.append(_is_any_or_nobody(column, values))
    if wanted.holders:
        found.append(_is_held_by(wanted.holders, wanted.states))
    if wanted.states:
        if set(wanted.states) <= _WAITING:
            found.append(items.c.lasting_state == literal_column("'open'"))
        if set(wanted.states) == {"claimed"}:
            found.append(items.c.item_id.in_(select(held_items.c.item_id)))
        # As words in the statement: a plan for any states could not tell what they leave of the index.
        states: BindParameter[list[str]] = bindparam("states", wanted.states, expanding=True, literal_execute=True)
        found.append(items.c.state.in_(states))
    found += _numbers(wanted)
    if wanted.priorities:
        found.append(items.c.priority.in_(wanted.priorities))
    if wanted.overdue is not None:
        found.append(is_overdue(*wanted.overdue))
    found += [*_bounds(wanted), *_stages(wanted.stages)]
    if wanted.due_in:
        found.append(or_(*map(is_due_in, wanted.due_in)))
    if wanted.words is not None:
        found.append(items.c.item_id.in_(_having_words(wanted.words)))
    return found


def _numbers(wanted: Filter) -> list[ColumnElement[bool]]:
    """What is asked of the numbers that an item, or its entry, names."""
    found = []
    if wanted.entry_number is not None:
        entry = func.jsonb_build_array(wanted.entry_number)
        naming = select(filings.c.filing_number).where(filings.c.entry_numbers.contains(entry))
        is_named = items.c.filing_number == any_(func.array(naming.scalar_subquery()))
        found.append(or_(items.c.entry_number == wanted.entry_number, is_named))
    if wanted.filing_number is not None:
        found.append(items.c.filing_number == wanted.filing_number)
    if wanted.protest_number is not None:
        found.append(items.c.protest_number == wanted.protest_number)
    if wanted.tariffs:
        found.append(items.c.entry_number.in_(_declaring(wanted.tariffs)))
    return found


def _bounds(wanted: Filter) -> list[ColumnElement[bool]]:
    bounds: tuple[tuple[Any, ColumnElement[Any], bool], ...] = (
        (wanted.value_from, items.c.value_usd, True),
        (wanted.value_below, items.c.value_usd, False),
        (wanted.opened_from, items.c.opened_at, True),
        (wanted.opened_before, items.c.opened_at, False),
    )
    found = [column >= value if is_first else column < value for value, column, is_first in bounds if value is not None]
    if wanted.due_from is not None or wanted.due_before is not None:
        found.append(is_due_in(Span(wanted.due_from, wanted.due_before)))
    return found


def _is_any(column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else is_one_of(column, values)


def _stages(stages: Sequence[str]) -> list[ColumnElement[bool]]:
    """Items in a stage as they are shown: what a claim takes to another stage is there (`held_stage`)."""
    if not stages:
        return []
    is_in, is_not = _is_any(items.c.stage, stages), []
    for process, source, target in CLAIM_MOVES:
        is_moved = and_(items.c.process == process, items.c.stage == source, items.c.token > 0)
        if target in stages and source not in stages:
            is_in = or_(is_in, is_moved)
        elif source in stages and target not in stages:
            is_not.append(not_(is_moved))
    return [is_in, *is_not]


def _is_any_or_nobody(column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
    named = [value for value in values if value != NOBODY]
    conditions = [_is_any(column, named)] if named else []
    if NOBODY in values:
        conditions.append(column.is_(None))
    return or_(*conditions)


def _is_held_by(holders: Sequence[str], states: Sequence[str]) -> ColumnElement[bool]:
    """Whether an item is, or was when it ended, in the hands of one of these: no index of items has the holder.

    What somebody holds now is little, and found first; what they have ended is in the order of the queue.
    """
    named = [holder for holder in holders if holder != NOBODY]
    held = select(held_items.c.item_id).where(_is_any(held_items.c.holder, named)) if named else None
    conditions = []
    if held is not None:
        if not states or "claimed" in states:
            conditions.append(items.c.item_id == any_(func.array(held.scalar_subquery())))
        if not states or not set(states) <= _WAITING:
            conditions.append(_is_any(items.c.ended_by, named))
    if NOBODY in holders:
        conditions.append(items.c.holder.is_(None))
    return or_(false(), *conditions)


def _declaring(tariffs: Sequence[str]) -> Any:
    """The entries under review of which a line declares one of the numbers, found by the index of goods."""
    array, line = func.jsonb_build_array, func.jsonb_build_object
    goods = []
    for each in tariffs:
        goods.append(routed_goods.c.goods.contains(array(line("tariff", each))))
        goods.append(routed_goods.c.goods.contains(array(line("special_tariffs", array(each)))))
    return select(routed_goods.c.entry_number).where(or_(*goods))


def _having_words(words: str) -> Any:
    """The items of which one text has the words, each found by the index of its table."""
    query = func.websearch_to_tsquery(literal_column(ENGLISH), words)
    parts = []
    for table in (matters, item_acts, item_events, decisions, requests, request_answers):
        of_item: Any = select(table.c.item_id) if table is not request_answers else _items_of_answers()
        part = of_item.where(literal_column(WORDS_OF[table.name]).op("@@")(query))
        if table is item_events:
            part = part.where(literal_column(BY_PEOPLE))
        parts.append(part)
    return union_all(*parts)


def _items_of_answers() -> Select[Any]:
    is_its_answer = requests.c.request_id == request_answers.c.request_id
    return select(requests.c.item_id).join_from(request_answers, requests, is_its_answer)
