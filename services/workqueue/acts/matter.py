"""Matters: opened by a person, and taken through their process by acts, as the table of the process says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.answers import lock_answers
from services.workqueue.acts.board import CEAR, demand_carried
from services.workqueue.acts.following import Doing, follow_item, keep_act, not_before, read_act_fields
from services.workqueue.acts.item import refusals, tell
from services.workqueue.acts.reach import demand_known, knower, person_of, seen
from services.workqueue.acts.request import AskedByAct, draft_by_act, issue_by_act, refusal_of_bar
from services.workqueue.domain import claim as rules
from services.workqueue.domain.compartment import NeedToKnow, is_known
from services.workqueue.domain.item import SYSTEM, WAITING, Item, Person
from services.workqueue.domain.matter import OPENS_LETTER, Followed, KeptAct, Opening, people_of, placed, stand_of
from services.workqueue.domain.priority import FILING_PRIORITY
from services.workqueue.domain.processes.engine import Bar, Standing, find_bar, list_acts
from services.workqueue.domain.processes.shape import Act, Process
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.domain.request import follows_letter, form_opened_by, is_asking, with_day_of_letter
from services.workqueue.store import compartment as compartment_store
from services.workqueue.store import entries as entry_store
from services.workqueue.store import filings as filing_store
from services.workqueue.store import items as item_store
from services.workqueue.store import matters as store
from shared.customs.calendar import legal_date
from shared.db.idempotency import key_reused
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, judge, no_such, refusal_of
from shared.runtime.errors import Forbidden, NotFound, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id

_LETTER_ACTS: Final = frozenset(
    act.code for process in PROCESSES.values() for act in process.acts if act.opens in OPENS_LETTER
)
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
    importer_number: str | None,
    center: str,
    entry_numbers: Sequence[str],
    port: str | None,
    linked_item: UUID | None,
) -> Item:
    """Open a matter of a process.

    Raises `NotFound` for a process or linked item that there is not, `Forbidden` when the process is not the caller's
    to open or the Center not theirs, `Refused` for a process that begins with an event only, or needs an importer, and
    a key by which the caller opened another before.
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
    whose = Matter(importer_number, frozenset({center}), ports=frozenset({port} if port is not None else ()))
    permission = judge(caller, "item.open", legal_date(now), whose)
    if not permission.is_given:
        raise refusal_of(permission)
    await demand_acting(tx, caller, now)
    if not {role.value for role in caller.roles} & set(table.opened_by):
        raise Forbidden(
            f"{table.label} is opened by {' or '.join(table.opened_by)}.",
            code="process-role",
            remedy="Hand it to somebody who has that role.",
        )
    if linked_item is not None:
        linked = (await item_store.lock_items(tx, [linked_item])).get(linked_item)
        if linked is None or not is_known(linked, knower(caller)):
            raise no_such(f"item {linked_item}")
    assert permission.row_id is not None
    opening = Opening(title, tuple(entry_numbers), port, linked_item, person_of(caller), permission.row_id)
    item_id = UUID(event_id("matter", caller.subject, key))
    if await item_store.lock_items(tx, [item_id]):
        raise key_reused()
    return await _begin(tx, item_id, table, opening, now, importer_number=importer_number, center=center)


async def open_by_event(
    tx: Transaction, item_id: UUID, process: str, event: str, title: str, center: str, now: datetime
) -> Item:
    """Open a matter that something else than a person opens, of nobody who has an importer number; `event` is what."""
    opening = Opening(title, (), None, None, SYSTEM, event)
    return await _begin(tx, item_id, PROCESSES[process], opening, now, importer_number=None, center=center)


async def _begin(
    tx: Transaction,
    item_id: UUID,
    process: Process,
    opening: Opening,
    now: datetime,
    *,
    importer_number: str | None,
    center: str,
    knowers: Collection[str] = (),
) -> Item:
    if importer_number is None and process.is_of_importer:
        raise Refused(
            f"{process.label} is always about an importer, and none is named.",
            rule="process-opens",
            code="importer-needed",
            remedy="Name the importer number; GET /processes says which processes do without.",
        )
    first = opening.entry_numbers[0] if opening.entry_numbers else None
    entry = (await entry_store.load_standing(tx, [first])).get(first) if first is not None else None
    item = Item(
        item_id=item_id,
        kind="matter",
        process=process.code,
        entry_number=first,
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
        port=opening.port,
        entry_type=entry.entry_type if entry is not None else None,
        port_of_entry=entry.port_of_entry if entry is not None else None,
        knowers=tuple(sorted({opening.by.subject, *knowers})) if process.is_sensitive else None,
    )
    item = placed(item, process, stand_of(process, item, (), ()))
    item, notes = rules.open_matter(item, opening.by, now)
    await item_store.create_items(tx, [item], [])
    await store.write_opening(tx, item_id, opening)
    by = opening.by
    for subject in item.knowers or ():
        reason = "Opened it." if subject == by.subject else "Is named on the matter that it came from."
        await compartment_store.add(tx, item_id, NeedToKnow(subject, now, reason, by.subject, by.name))
    await tell(tx, [(item, note) for note in notes])
    return item


async def _open_linked(
    tx: Transaction, item: Item, process: Process, act: Act, by: Person, authority: str, now: datetime
) -> UUID:
    """Open the matter that an act, the next on its item, opens beside its own; gives its id."""
    about = await store.find_opening(tx.connection, item.item_id)
    if about is not None:
        entries = about.entry_numbers
    elif item.filing_number is not None:
        entries = tuple(await filing_store.find_named_entries(tx.connection, item.filing_number))
    else:
        entries = (item.entry_number,) if item.entry_number is not None else ()
    opening = Opening(
        title=(process.label if item.knowers is not None else f"{process.label}: {act.label}")[:_LONGEST_TITLE],
        entry_numbers=entries[:_MOST_ENTRIES],
        port=item.port,
        linked_item=item.item_id,
        by=by,
        authority=authority,
    )
    item_id = UUID(event_id("matter-by-act", str(item.item_id), str(item.acts + 1)))
    await _begin(
        tx,
        item_id,
        process,
        opening,
        now,
        importer_number=item.importer_number,
        center=item.center,
        knowers=item.knowers or (),
    )
    return item_id


async def do_act(
    tx: Transaction,
    item_id: UUID,
    caller: Identity,
    now: datetime,
    repetition: timedelta,
    *,
    key: str,
    act: str,
    token: int | None,
    fields: Mapping[str, Any],
    reasons: Sequence[Mapping[str, str | None]],
) -> tuple[Item, KeptAct, Standing]:
    """Do an act of the item's process, with the letter or the matter that it opens.

    Raises `NotFound` for an item that the caller may not read or an act that its process has not; `Conflict` for a
    stage that does not allow it, and a token that is not the newest; `Forbidden` for another's act and the second
    person; `Refused` for its fields; and what the issue of a letter raises.
    """
    request_id = UUID(event_id("request", str(item_id), caller.subject, key))
    answers = await lock_answers(tx, request_id) if act in _LETTER_ACTS else {}
    item = (await item_store.lock_items(tx, [item_id])).get(item_id)
    what = f"item {item_id}"
    if item is None:
        raise no_such(what)
    demand_known(caller, item)
    authority = demand(caller, "item.act", legal_date(now), seen(item), what, sight=seen(item))
    await demand_acting(tx, caller, now)
    process, table = _act_of(item, act)
    followed, facts = await follow_item(tx, item, process)
    now, standing, person = not_before(now, facts), followed.standing, person_of(caller)
    demand_possible(process, followed, item, table, caller)
    if table.by_holder:
        with refusals():
            rules.demand_token(item, person, token if token is not None else -1)
    kept_fields = read_act_fields(table, with_day_of_letter(table, fields, legal_date(now)))
    if process.code == CEAR and table.code == "dispose":
        await demand_carried(tx, item, kept_fields)
    doing = Doing(person, now, kept_fields, tuple(reasons), authority)
    form = form_opened_by(table)
    if form is not None:
        doing = replace(doing, opened=request_id)
        item, kept, after = await keep_act(tx, item, process, standing, table, doing)
        asked = AskedByAct(request_id, form, kept_fields, authority)
        if is_asking(process, table):
            await issue_by_act(tx, item, caller, now, repetition, asked, answers)
            item = (await item_store.lock_items(tx, [item_id]))[item_id]
            after = (await follow_item(tx, item, process))[0].standing
        else:
            await draft_by_act(tx, item, caller, now, asked)
        return item, kept, after
    opens = PROCESSES.get(table.opens) if table.opens is not None else None
    if opens is not None:
        doing = replace(doing, opened=await _open_linked(tx, item, opens, table, person, authority, now))
    return await keep_act(tx, item, process, standing, table, doing)


def demand_possible(process: Process, followed: Followed, item: Item, act: Act, caller: Identity) -> None:
    """Raise what stands against an act: the end of the item, its stage, role, facts, the second person."""
    bar = bar_of_act(process, followed, item, act, caller)
    if bar is not None:
        raise refusal_of_bar(bar)


def bar_of_act(process: Process, followed: Followed, item: Item, act: Act, caller: Identity) -> Bar | None:
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
    if followed.awaits is not None and follows_letter(act):
        return Bar(
            "recorded-on-letter",
            f"The matter waits for the letter {followed.awaits}: what becomes of that is recorded on it.",
            f"Record an answer on paper with POST /requests/{followed.awaits}/acts; the matter follows.",
        )
    roles = frozenset(role.value for role in caller.roles)
    return find_bar(process, followed.standing, act, roles, people_of(person_of(caller)))


def acts_now(process: Process, followed: Followed, item: Item, caller: Identity) -> list[tuple[Act, Bar | None]]:
    """The acts of the item's stage, each with what stands against it for the caller."""
    acts = list_acts(process, followed.standing)
    return [(act, bar_of_act(process, followed, item, act, caller)) for act in acts]


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
