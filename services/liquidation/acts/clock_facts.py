"""Recording days that start a clock and that no summary carries: the record is derived from them at once."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.entries import hold_entry, record_act, rederive
from services.liquidation.acts.refusals import conflict
from services.liquidation.domain.clock_facts import ClockFacts, find_unfit
from services.liquidation.domain.law import LAW, CyclePolicy, LawSettings
from services.liquidation.domain.rules import RULES
from services.liquidation.domain.sequences import OF_TURN, sequence_in_turn
from services.liquidation.publishing import SOURCE
from services.liquidation.store import clock_facts as store
from services.liquidation.store import records
from services.liquidation.store.clock_facts import ClockFactsRow
from shared.bus import outbox
from shared.contracts.liquidation import EntryChange
from shared.customs.calendar import legal_date
from shared.db.transaction import transaction
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity


async def record_clock_facts(
    engine: AsyncEngine,
    policy: CyclePolicy,
    now: datetime,
    entry_number: str,
    meant: IfMatch,
    facts: ClockFacts,
    explanation: str,
    caller: Identity,
    law: LawSettings = LAW,
) -> ClockFactsRow:
    """Record what is known now of an entry's days in place of what was recorded before, and derive its clocks.

    Begins a turn of the record: what follows has higher sequences. It is told as `scheduled` or `rescheduled` when the
    schedule changed, `suspended` when a fact that was taken back ends it, else as `recorded`. Raises `NotFound`,
    `Stale`, `Refused` for facts that cannot be those of the entry (`find_unfit`), and `Conflict` when the entry is
    liquidated or no summary has come.
    """
    today = legal_date(now)
    async with transaction(engine) as tx:
        held = await hold_entry(tx, entry_number)
        row = held.row
        known = await store.list_clock_facts(tx.connection, entry_number)
        revision = known[-1].revision if known else 0
        meant.check(revision)
        if row.liquidated_on is not None:
            raise conflict(
                "entry-date",
                "already-liquidated",
                f"Entry {entry_number} was liquidated on {row.liquidated_on}.",
                "A liquidation can be protested, or voided when it has no effect.",
            )
        if row.entry_type is None or row.entry_date is None:
            raise conflict(
                "entry-date", "no-summary", f"No summary of entry {entry_number} has come.", "Record it when it has."
            )
        unfit = find_unfit(facts, row.entry_type, row.entry_date, today)
        if unfit is not None:
            raise Refused(
                f"Entry {entry_number}: {unfit.why}.",
                rule=unfit.rule,
                code=unfit.outcome,
                citation=RULES[unfit.rule].citation,
                remedy="Record what has happened, and what is of this kind of entry.",
            )
        recorded = ClockFactsRow(entry_number, revision + 1, facts, explanation, now, caller.subject, caller.acting_for)
        await store.write_clock_facts(tx, recorded)
        from_state, previous = row.state, row.scheduled_on
        row.turns += 1
        record = rederive(row, replace(held.facts, clock=facts), policy, law)
        change: EntryChange = "recorded"
        if row.state == "suspended" and from_state != "suspended":
            change = "suspended"
        elif row.scheduled_on is not None and row.scheduled_on != previous:
            change = "scheduled" if previous is None else "rescheduled"
        rule = row.deemed_rule or row.rule or "entry-date"
        act, event = record_act(
            row,
            event_key=f"clock-facts:{row.turns}",
            sequence=sequence_in_turn(row.turns, OF_TURN),
            change=change,
            from_state=from_state,
            occurred_on=today,
            rule=rule,
            text=f"{record.plan.why if record.plan is not None else row.why}. {explanation}",
            actor=caller.signature,
            now=now,
            told={"previous_scheduled_on": previous},
        )
        await records.write_entries(tx, [row])
        await records.write_legal_events(tx, [act])
        await outbox.add(tx, SOURCE, [event])
    return recorded
