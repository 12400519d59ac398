"""Recording days that start a clock and that no summary carries: the record is derived from them at once."""

from dataclasses import replace
from datetime import date, datetime

from services.liquidation.acts.entries import HeldEntry, hold_entry, record_act, rederive, write_act
from services.liquidation.acts.refusals import conflict, demand_order, refused
from services.liquidation.domain.clock_facts import ClockFacts, find_time_of_entry, find_unfit, list_days
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.record import find_summary_filing
from services.liquidation.domain.sequences import OF_TURN, sequence_in_turn
from services.liquidation.store import clock_facts as store
from services.liquidation.store.clock_facts import ClockFactsRow
from services.liquidation.store.records import EntryRow
from shared.contracts.liquidation import EntryChange
from shared.customs.calendar import legal_date
from shared.customs.entry_types import entry_type
from shared.db.transaction import Transaction
from shared.runtime.concurrency import IfMatch
from shared.runtime.identity import Identity


async def record_clock_facts(
    tx: Transaction,
    now: datetime,
    entry_number: str,
    meant: IfMatch,
    facts: ClockFacts,
    explanation: str,
    caller: Identity,
    policy: CyclePolicy,
    law: LawSettings,
) -> ClockFactsRow:
    """Record what is known now of an entry's days in place of what was recorded before, and derive its clocks.

    Begins a turn of the record: what follows has higher sequences. Raises `NotFound`, `Stale`, `Refused` for facts that
    cannot be those of the entry (`find_unfit`) or cannot all be right (`find_disorder`), and `Conflict` when the entry
    is liquidated or no summary has come.
    """
    today = legal_date(now)
    held, authority = await hold_entry(tx, entry_number, caller, "entry.record-clock-facts", today)
    row = held.row
    known = await store.list_clock_facts(tx.connection, entry_number)
    revision = known[-1].revision if known else 0
    meant.check(revision)
    _demand_fitting(held, facts, today)
    recorded = ClockFactsRow(entry_number, revision + 1, facts, explanation, now, caller.subject, caller.acting_for)
    await store.write_clock_facts(tx, recorded)
    from_state, previous = row.state, row.scheduled_on
    row.turns += 1
    record = rederive(row, replace(held.facts, clock=facts), policy, law)
    change = _name_change(row, from_state, previous)
    act, event = record_act(
        row,
        event_key=f"clock-facts:{row.turns}",
        sequence=sequence_in_turn(row.turns, OF_TURN),
        change=change,
        from_state=from_state,
        occurred_on=today,
        rule=row.deemed_rule or row.rule or "entry-date",
        text=f"{record.plan.why if record.plan is not None else row.why}. {explanation}",
        actor=caller.signature,
        authority=authority,
        now=now,
        told={"previous_scheduled_on": previous, "posted_on": today if change == "suspended" else None},
    )
    await write_act(tx, row, act, event)
    return recorded


def demand_not_liquidated(row: EntryRow) -> None:
    """Raise `Conflict` when the entry is liquidated: its clocks have run."""
    if row.liquidated_on is not None:
        raise conflict(
            "entry-date",
            "already-liquidated",
            f"Entry {row.entry_number} was liquidated on {row.liquidated_on}.",
            "A liquidation can be protested, or voided when it has no effect.",
        )


def _demand_fitting(held: HeldEntry, facts: ClockFacts, today: date) -> None:
    row, number = held.row, held.row.entry_number
    demand_not_liquidated(row)
    if row.entry_type is None or row.entry_date is None:
        raise conflict("entry-date", "no-summary", f"No summary of entry {number} has come.", "Record it when it has.")
    (asserted,) = [each.entry_date for each in held.facts.versions if each.number == row.version]
    filed_on = find_summary_filing(held.facts.versions)
    entered_on = find_time_of_entry(asserted, facts, held.facts.released_on, filed_on)
    demand_order(list_days(facts, entered_on), entry_type(row.entry_type))
    unfit = find_unfit(facts, row.entry_type, today)
    if unfit is not None:
        remedy = "Record what has happened, and what is of this kind of entry."
        raise refused(unfit.rule, unfit.outcome, f"Entry {number}: {unfit.why}.", remedy)


def _name_change(row: EntryRow, from_state: str, previous_scheduled_on: date | None) -> EntryChange:
    """What the event says happened: the schedule changed, a fact that was taken back ended it, or it was noted only."""
    if row.state == "suspended" and from_state != "suspended":
        return "suspended"
    if row.scheduled_on is not None and row.scheduled_on != previous_scheduled_on:
        return "scheduled" if previous_scheduled_on is None else "rescheduled"
    return "recorded"
