"""Liquidation of one entry by hand, dated today."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.liquidation.acts.assessment_judging import Consequence
from services.liquidation.acts.assessments import assess_act
from services.liquidation.acts.entries import hold_entry, record_act, write_act
from services.liquidation.acts.protest_judging import judge_protests_on
from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.domain.clocks import reliquidation_due
from services.liquidation.domain.money.amounts import Amounts
from services.liquidation.domain.money.balance import name_effects
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.record import STATES_WITH_A_PERIOD
from services.liquidation.domain.reliquidation import kind_of_change, own_motion_until
from services.liquidation.domain.sequences import OF_LIQUIDATION, liquidation_key, sequence_in_turn
from services.liquidation.publishing import describe_effect, tell_liquidation
from services.liquidation.store import reviews
from services.liquidation.store.assessments import load_effects
from services.liquidation.store.records import EntryRow
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity

LiquidationBasis = Literal["as-entered", "by-decision"]


@dataclass(frozen=True, slots=True)
class Liquidated:
    """A liquidation by hand and what it comes to. Effects in cents against what was asserted; positive is due."""

    entry_number: str
    liquidated_on: date
    kind: str
    effect_duty_cents: int
    effect_fees_cents: int
    money: Consequence


async def post_liquidation(
    tx: Transaction,
    now: datetime,
    entry_number: str,
    basis: LiquidationBasis,
    explanation: str,
    caller: Identity,
    policy: MoneyPolicy,
) -> Liquidated:
    """Liquidate one entry by hand, today: as entered, or by the review decisions that wait.

    Raises `Conflict` while it is suspended, liquidated or without a clock, `Refused` once its period has ended.
    """
    today = legal_date(now)
    held, authority = await hold_entry(tx, entry_number, caller, "entry.liquidate", today)
    row = held.row
    demand_liquidable(row, today)
    effect, by_class = await _find_effect(tx, entry_number, basis)
    from_state, key = row.state, liquidation_key(row.turns)
    money = await assess_act(tx, entry_number, key, today, by_class, occasion="liquidation", policy=policy)
    if money.is_disregarded:
        effect, by_class = (0, 0), {}
    # As entered is no change, also when money that was paid on a liquidation without effect comes back.
    kind = money.kind or kind_of_change(sum(effect)) if any(effect) else "no-change"
    row.state, row.liquidated_on, row.liquidation_posted_on = "liquidated", today, today
    row.liquidation_cycle_on = None
    row.liquidation_kind, row.liquidation_rule = kind, "liquidation-date"
    row.effect_duty_cents, row.effect_fees_cents = effect
    act, event = record_act(
        row,
        event_key=key,
        sequence=sequence_in_turn(row.turns, OF_LIQUIDATION),
        change="liquidated",
        from_state=from_state,
        occurred_on=today,
        rule="liquidation-date",
        text=f"by hand, {basis}: {explanation}",
        actor=caller.signature,
        authority=authority,
        now=now,
        kind=kind,
        told={
            "effect": describe_effect(by_class),
            **tell_liquidation(today, today, row.entry_date),
            **money.event_fields,
        },
    )
    await write_act(tx, row, act, event)
    await judge_protests_on(tx, [entry_number], policy.law)
    return Liquidated(entry_number, today, kind, *effect, money)


async def _find_effect(tx: Transaction, entry_number: str, basis: LiquidationBasis) -> tuple[tuple[int, int], Amounts]:
    """The change (duty, fees) that a liquidation makes and the same by class, with the decisions used or set aside."""
    nothing = name_effects(0, 0)
    if basis == "as-entered":
        await reviews.set_aside_decisions(tx, entry_number)
        return (0, 0), nothing
    decided = await reviews.use_decisions(tx, entry_number)
    if decided is None:
        raise conflict(
            "liquidation-date", "no-decision", "No review decision waits.", "Liquidate as entered, or decide."
        )
    return decided, (await load_effects(tx, [entry_number])).get(entry_number, nothing)


def demand_liquidable(row: EntryRow, today: date) -> None:
    """Raise `Conflict` or `Refused` unless the entry can be liquidated by hand on this day."""
    if row.liquidated_on is not None:
        raise conflict(
            "reliq-1501",
            "already-liquidated",
            f"Entry {row.entry_number} was liquidated on {row.liquidated_on}.",
            f"Reliquidate by {own_motion_until(row.liquidated_on, row.liquidation_posted_on)}.",
        )
    if row.is_suspended:
        raise conflict(
            "susp-grounds",
            "suspended",
            f"Liquidation of entry {row.entry_number} is suspended: {row.why}.",
            "Liquidate when the last suspension has been lifted.",
        )
    if row.state not in STATES_WITH_A_PERIOD or row.deemed_on is None or row.is_informal:
        raise conflict(
            row.rule or "liquidation-date",
            "no-open-period",
            f"Entry {row.entry_number} is {row.state}: {row.why or 'no period for liquidation runs'}.",
            "Informal entries liquidate by payment or release; others need a clock that is known.",
        )
    if row.deemed_on < today:
        raise refused(
            "liq-after-deemed",
            "deemed-by-law",
            f"The period of entry {row.entry_number} ended on {row.deemed_on}: it is liquidated by operation of law.",
            f"The next cycle posts it; reliquidate by {reliquidation_due(row.deemed_on)}.",
        )
