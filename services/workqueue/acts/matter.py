"""Matters: opened by a person, and taken through their process by acts, as the table of the process says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.item import refusals, tell
from services.workqueue.acts.reach import person_of, seen
from services.workqueue.domain import claim as rules
from services.workqueue.domain.fact import Fact, subjects_of
from services.workqueue.domain.item import WAITING, Item
from services.workqueue.domain.matter import KeptAct, Opening, people_of, placed, stand_of
from services.workqueue.domain.priority import FILING_PRIORITY
from services.workqueue.domain.processes.engine import Bar, Done, Standing, find_bar, follow, list_acts
from services.workqueue.domain.processes.fields import FieldsRefused, read_fields, revive
from services.workqueue.domain.processes.shape import Act, Process
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.publishing import SOURCE, act_done
from services.workqueue.store import facts as fact_store
from services.workqueue.store import filings as filing_store
from services.workqueue.store import items as item_store
from services.workqueue.store import matters as store
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime import two_people
from shared.runtime.access import Matter, demand, judge, no_such, refusal_of
from shared.runtime.errors import Conflict, FieldFault, Forbidden, NotFound, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id

_LONGEST_TITLE = 200
_MOST_ENTRIES = 1000
_DECIDED_ELSEWHERE = frozenset({"review", "consultation"})


async def open_matter(
    tx: Transaction,
    caller: Identity,
    now: datetime,
    *,
    key: str,
    process: str,
    title: str,
    importer_number: str,
    center: str,
    entry_numbers: Sequence[str],
    port: str | None,
    linked_item: UUID | None,
) -> Item:
    """Open a matter of a process; the same key of the same person gives the same matter.

    Raises `NotFound` for a process or linked item that there is not, `Forbidden` when the process is not the caller's
    to open or the Center not theirs, `Refused` for a process that begins with an event only.
    """
    table = PROCESSES.get(process)
    if table is None:
        raise NotFound(f"There is no process {process}; GET /processes lists them.", code="not-found")
    if not table.opened_by:
        raise Refused(
            f"{table.label} begins with an event ({', '.join(table.opened_on)}), not by hand.",
            rule="process-opens",
            code="opens-by-event",
            remedy="Wait for the event, or open another process: GET /processes says who opens what.",
        )
    permission = judge(caller, "item.open", legal_date(now), Matter(importer_number, frozenset({center})))
    if not permission.is_given:
        raise refusal_of(permission)
    if not {role.value for role in caller.roles} & set(table.opened_by):
        raise Forbidden(
            f"{table.label} is opened by {' or '.join(table.opened_by)}.",
            code="process-role",
            remedy="Hand it to somebody who has that role.",
        )
    if linked_item is not None and linked_item not in await item_store.lock_items(tx, [linked_item]):
        raise no_such(f"item {linked_item}")
    assert permission.row_id is not None
    opening = Opening(title, tuple(entry_numbers), port, linked_item, person_of(caller), permission.row_id)
    item_id = UUID(event_id("matter", caller.subject, key))
    return await _begin(tx, item_id, table, opening, now, importer_number=importer_number, center=center)


async def _begin(
    tx: Transaction,
    item_id: UUID,
    process: Process,
    opening: Opening,
    now: datetime,
    *,
    importer_number: str,
    center: str,
) -> Item:
    item = Item(
        item_id=item_id,
        kind="matter",
        process=process.code,
        entry_number=opening.entry_numbers[0] if opening.entry_numbers else None,
        protest_number=None,
        importer_number=importer_number,
        center=center,
        division=process.division,
        priority=FILING_PRIORITY,
        value_usd=None,
        opened_at=now,
        due_on=None,
        authority=opening.authority,
        center_since=now,
    )
    item = placed(item, process, stand_of(process, item, (), ()))
    item, notes = rules.open_matter(item, opening.by, now)
    await item_store.create_items(tx, [item], [])
    await store.write_opening(tx, item_id, opening)
    await tell(tx, [(item, note) for note in notes])
    return item


async def _open_linked(tx: Transaction, item: Item, act: Act, kept: KeptAct, now: datetime) -> UUID | None:
    """Open the matter that an act opens beside its own, by the same person and authority; gives its id.

    A law-enforcement-sensitive one is not opened until a compartment keeps it.
    """
    process = PROCESSES.get(act.opens) if act.opens is not None else None
    if process is None:
        return None
    about = await store.find_opening(tx.connection, item.item_id)
    if about is not None:
        entries = about.entry_numbers
    elif item.filing_number is not None:
        entries = tuple(await filing_store.find_named_entries(tx.connection, item.filing_number))
    else:
        entries = (item.entry_number,) if item.entry_number is not None else ()
    opening = Opening(
        title=f"{process.label}: {act.label}"[:_LONGEST_TITLE],
        entry_numbers=entries[:_MOST_ENTRIES],
        port=about.port if about is not None else None,
        linked_item=item.item_id,
        by=kept.by,
        authority=kept.authority,
    )
    item_id = UUID(event_id("matter-by-act", str(item.item_id), str(kept.number)))
    await _begin(tx, item_id, process, opening, now, importer_number=item.importer_number, center=item.center)
    return item_id


async def do_act(
    tx: Transaction,
    item_id: UUID,
    caller: Identity,
    now: datetime,
    *,
    act: str,
    token: int | None,
    fields: Mapping[str, Any],
    reasons: Sequence[Mapping[str, str | None]],
) -> tuple[Item, KeptAct, Standing, UUID | None]:
    """Do an act of the item's process; gives the matter that it opens beside it as well, None where it opens none.

    Raises `NotFound` for an item that the caller may not read or an act that its process has not; `Conflict` for a
    stage that does not allow it, and a token that is not the newest; `Forbidden` for another's act and the second
    person; `FieldsRefused` for its fields.
    """
    item = (await item_store.lock_items(tx, [item_id])).get(item_id)
    what = f"item {item_id}"
    if item is None:
        raise no_such(what)
    authority = demand(caller, "item.act", legal_date(now), seen(item), what, sight=seen(item))
    await demand_acting(tx, caller, now)
    process, table = _act_of(item, act)
    facts = await list_facts_of(tx.connection, item)
    now = max([now, *(fact.at for fact in facts)])  # whose clock is behind acts after what was known all the same
    standing = stand_of(process, item, await store.list_acts(tx.connection, item_id), facts)
    demand_possible(process, standing, item, table, caller)
    if table.by_holder:
        with refusals():
            rules.demand_token(item, person_of(caller), token if token is not None else -1)
    kept_fields = read_act_fields(table, fields)
    done = Done(table.code, now, people_of(person_of(caller)), revive(table, kept_fields))
    after = follow(process, standing, done)
    closes = process.stage(after.stage).is_end
    person = person_of(caller)
    with refusals():
        item, note = rules.act_on(item, person, now, closes=closes)
    item = placed(item, process, after)
    kept = KeptAct(item.acts, table.code, now, person, kept_fields, tuple(reasons), after.stage, authority)
    await store.write_act(tx, item_id, kept)
    await item_store.write_items(tx, [item])
    await item_store.append_notes(tx, [(item, note)])
    await outbox.add(tx, SOURCE, [act_done(item, note, table, kept_fields)])
    return item, kept, after, await _open_linked(tx, item, table, kept, now)


async def list_facts_of(connection: AsyncConnection, item: Item) -> list[Fact]:
    """What was heard of what the item follows."""
    filed_on = await fact_store.entry_of_filing(connection, item.filing_number)
    return await fact_store.list_facts(connection, subjects_of(item, filed_on))


def read_act_fields(act: Act, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values of an act's fields; raises `Refused` with each that is missing, unknown or not of its kind."""
    try:
        return read_fields(act, given)
    except FieldsRefused as refusal:
        raise Refused(
            f"{act.label} needs other fields.",
            rule="process-table",
            code="fields-refused",
            remedy="Correct the fields that are named; send again.",
            faults=[
                FieldFault(f"fields.{each.field}", "process-table", f"{each.came} came; right is {each.right}")
                for each in refusal.faults
            ],
        ) from None


def demand_possible(process: Process, standing: Standing, item: Item, act: Act, caller: Identity) -> None:
    """Raise what stands against an act: the end of the item, its stage, role, facts, the second person."""
    bar = bar_of_act(process, standing, item, act, caller)
    if bar is not None:
        raise refusal_of_bar(bar)


def refusal_of_bar(bar: Bar) -> Conflict | Forbidden:
    """What is raised for what stands against an act."""
    if bar.code == two_people.CODE:
        return two_people.second_person_required(bar.why)
    if bar.code == "process-role":
        return Forbidden(bar.why, code=bar.code, remedy=bar.remedy)
    return Conflict(bar.why, rule="process-stage", code=bar.code, remedy=bar.remedy)


def bar_of_act(process: Process, standing: Standing, item: Item, act: Act, caller: Identity) -> Bar | None:
    """What stands against an act on an item for the caller; None: they may do it now."""
    if item.state not in WAITING:
        return Bar("item-ended", f"The item is {item.state}.", "Read its history with GET /items/{id}.")
    if act.target is not None and process.stage(act.target).is_end and item.kind == "protest":
        return Bar(
            "decided-in-legal-record",
            "A protest ends by what the legal record says of it.",
            "Act on it with POST /protests/{number}/acts.",
        )
    if act.target is not None and process.stage(act.target).is_end and item.kind in _DECIDED_ELSEWHERE:
        return Bar(
            "ends-by-decision",
            f"A {item.kind} ends by its decision, with the money that follows.",
            "Send POST /items/{id}/complete.",
        )
    return find_bar(
        process, standing, act, frozenset(role.value for role in caller.roles), people_of(person_of(caller))
    )


def acts_now(process: Process, standing: Standing, item: Item, caller: Identity) -> list[tuple[Act, Bar | None]]:
    """The acts of the item's stage, each with what stands against it for the caller."""
    return [(act, bar_of_act(process, standing, item, act, caller)) for act in list_acts(process, standing)]


def _act_of(item: Item, code: str) -> tuple[Process, Act]:
    process = PROCESSES.get(item.process)
    if process is None:
        raise Refused(
            f"The process {item.process} has no table: it was opened by a criterion.",
            rule="process-table",
            code="no-process-table",
            remedy="Decide it with POST /items/{id}/complete.",
        )
    try:
        return process, process.act(code)
    except KeyError:
        raise Refused(
            f"{process.label} has no act {code}.",
            rule="process-table",
            code="no-such-act",
            remedy=f"GET /processes/{process.code} lists its acts.",
        ) from None
