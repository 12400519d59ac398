"""What an act or a letter makes of an item: its stage, its history, and what is told of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.acts.item import refusals, tell
from services.workqueue.domain import claim as rules
from services.workqueue.domain.fact import Fact, subjects_of
from services.workqueue.domain.item import WAITING, Item, Note, Person
from services.workqueue.domain.matter import Followed, KeptAct, end_by_event, follow_all, people_of, placed
from services.workqueue.domain.processes.engine import Done, Standing, follow
from services.workqueue.domain.processes.fields import FieldsRefused, read_fields, revive
from services.workqueue.domain.processes.shape import Act, Process
from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.domain.request import Letter, asking_act, fact_of_letter, fields_of_letter, follows_letters
from services.workqueue.publishing import SOURCE, act_done, program_admitted
from services.workqueue.store import entries as entry_store
from services.workqueue.store import facts as fact_store
from services.workqueue.store import items as item_store
from services.workqueue.store import matters as store
from shared.bus import outbox
from shared.db.transaction import Transaction
from shared.runtime.errors import FieldFault, Refused


@dataclass(frozen=True, slots=True)
class Doing:
    """What is kept of an act beside where it leads: who did it and when, what it records, on which row it rests."""

    by: Person
    at: datetime
    fields: Mapping[str, Any]
    reasons: tuple[Mapping[str, str | None], ...]
    authority: str
    opened: UUID | None = None


async def list_facts_of(connection: AsyncConnection, item: Item) -> list[Fact]:
    """What was heard of what the item follows."""
    filed_on = await fact_store.entry_of_filing(connection, item.filing_number)
    return await fact_store.list_facts(connection, subjects_of(item, filed_on))


async def follow_item(tx: Transaction, item: Item, process: Process) -> tuple[Followed, list[Fact]]:
    """Where a locked item stands, and the facts by which it does."""
    facts = await list_facts_of(tx.connection, item)
    return follow_all(process, item, await store.list_acts(tx.connection, item.item_id), facts), facts


def not_before(now: datetime, facts: Sequence[Fact]) -> datetime:
    """When an act is done: whose clock is behind acts after what was known all the same."""
    return max([now, *(fact.at for fact in facts)])


async def keep_act(
    tx: Transaction, item: Item, process: Process, standing: Standing, act: Act, doing: Doing
) -> tuple[Item, KeptAct, Standing]:
    """Write and tell an act that its stage allows, on a locked item; raises `Conflict` for one that has ended."""
    done = Done(act.code, doing.at, people_of(doing.by), revive(act, doing.fields))
    after = follow(process, standing, done)
    with refusals():
        item, note = rules.act_on(item, doing.by, doing.at, closes=process.stage(after.stage).is_end)
    item = placed(item, process, after)
    kept = KeptAct(
        item.acts,
        act.code,
        doing.at,
        doing.by,
        doing.fields,
        doing.reasons,
        after.stage,
        doing.authority,
        doing.opened,
    )
    await store.write_act(tx, item.item_id, kept)
    await item_store.write_items(tx, [item])
    await item_store.append_notes(tx, [(item, note)])
    if item.knowers is None:
        surety = await _surety_of(tx, item) if act.tells else None
        told = [act_done(item, note, act, doing.fields, after.facts, surety)]
        if act.publishes is not None:
            told += program_admitted(item, note, after.facts)
        await outbox.add(tx, SOURCE, told)
    return item, kept, after


async def _surety_of(tx: Transaction, item: Item) -> str | None:
    """The surety on the bond of the entry that an item is about, or that its filing is on alone."""
    entry_number = item.entry_number or await fact_store.entry_of_filing(tx.connection, item.filing_number)
    return await entry_store.find_surety(tx.connection, entry_number)


async def ask_by_letter(tx: Transaction, letter: Letter, by: Person, authority: str, now: datetime) -> None:
    """Do the act that asks by such a letter, where the stage of its item has one: the item waits for the letter.

    Of the letter's item the id of the letter is held; the item is locked here at the latest.
    """
    item = (await item_store.lock_items(tx, [letter.item_id]))[letter.item_id]
    process = PROCESSES.get(item.process)
    if process is None or item.state not in WAITING:
        return
    followed, facts = await follow_item(tx, item, process)
    act = asking_act(process, followed.standing, letter.form)
    if act is None:
        return
    doing = Doing(by, not_before(now, facts), fields_of_letter(act, letter), (), authority, letter.request_id)
    await keep_act(tx, item, process, followed.standing, act, doing)


async def hear_letters(tx: Transaction, heard: Sequence[tuple[Letter, str, datetime]]) -> None:
    """Bring items to what became of their letters: each with the word of its change, and when that was.

    Of an answer the earliest counts, so the order in which answers are learned changes nothing. The ids of the letters
    are held.
    """
    said = [(letter, word, at) for letter, word, at in heard if letter.is_issued]
    items = await item_store.lock_items(tx, {letter.item_id for letter, _, _ in said}) if said else {}
    facts: defaultdict[UUID, list[Fact]] = defaultdict(list)
    for letter, word, at in said:
        item = items.get(letter.item_id)
        process = PROCESSES.get(item.process) if item is not None else None
        if process is not None and follows_letters(process):
            facts[letter.item_id].append(fact_of_letter(letter, word, at))
    await fact_store.write_facts(tx, [fact for said_of in facts.values() for fact in said_of], earliest=True)
    # Where nobody has asked by an act there is no stage.
    asked = [items[item_id] for item_id in sorted(facts) if items[item_id].stage is not None]
    moved, lines = [], list[tuple[Item, Note]]()
    for item, followed in await _follow_items(tx, asked):
        process = PROCESSES[item.process]
        led, notes = end_by_event(placed(item, process, followed.kept), process, followed)
        lines += [(led, note) for note in notes]
        if led != item:
            moved.append(led)
    await item_store.write_items(tx, moved)
    await tell(tx, lines)


async def _follow_items(tx: Transaction, items: Sequence[Item]) -> list[tuple[Item, Followed]]:
    """Where locked items of processes with a table stand, with few statements for all of them."""
    filed_on = await fact_store.find_filed_on(tx, [item for item in items if item.kind == "filing"])
    subjects = {item.item_id: subjects_of(item, filed_on.get(item.item_id)) for item in items}
    facts = await fact_store.load_facts(tx, (subject for each in subjects.values() for subject in each))
    acts = await store.load_acts(tx, subjects)
    return [
        (
            item,
            follow_all(
                PROCESSES[item.process],
                item,
                acts.get(item.item_id, ()),
                [fact for subject in subjects[item.item_id] for fact in facts.get(subject, ())],
            ),
        )
        for item in items
    ]


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
