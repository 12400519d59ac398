"""What the state of a thing, and the rule of two people, say against each act on it: asked before anybody acts."""

from collections.abc import Sequence
from datetime import date
from typing import get_args

from services.liquidation.acts.bills import demand_standing
from services.liquidation.acts.clock_facts import demand_not_liquidated
from services.liquidation.acts.cut_sheets import (
    CutSheet,
    demand_both_capacities,
    demand_confirmable,
    demand_not_executed,
)
from services.liquidation.acts.entries import HeldEntry
from services.liquidation.acts.extensions import demand_open_period
from services.liquidation.acts.hold_sets import demand_applied, demand_draft, demand_not_drafted_by
from services.liquidation.acts.instructions import demand_confirmable as demand_confirmable_instruction
from services.liquidation.acts.liquidations import demand_liquidable
from services.liquidation.acts.payments import demand_certifiable as demand_payment_certifiable
from services.liquidation.acts.payments import demand_payable_by as demand_payment_payable_by
from services.liquidation.acts.payments import demand_returnable, demand_unstopped
from services.liquidation.acts.protests import bar_of_act
from services.liquidation.acts.refunds import demand_alone, demand_certifiable, demand_payable_by, demand_ready
from services.liquidation.acts.reliquidations import demand_effect, demand_liquidated
from services.liquidation.acts.set_offs import demand_known
from services.liquidation.acts.voided_liquidations import judge_standing_liquidation
from services.liquidation.domain.facts import EntryFacts
from services.liquidation.domain.protest.record import ProtestRecord
from services.liquidation.domain.protest.stages import RequestKind
from services.liquidation.store.bills import BillRow
from services.liquidation.store.hold_sets import HoldSet, HoldSetEvent
from services.liquidation.store.instructions import Instruction
from services.liquidation.store.payees import AccountRow
from services.liquidation.store.payments import PaymentRow, Stop, Sums
from services.liquidation.store.records import EntryRow
from services.liquidation.store.refunds import RefundRow
from shared.runtime.errors import Refused, bar_of
from shared.runtime.identity import Identity

Bars = dict[str, Refused | None]


def bars_on_entry(row: EntryRow, facts: EntryFacts, today: date) -> Bars:
    """Against acts on an entry; what an act states is judged when it is done."""
    held = HeldEntry(row, facts)

    def demand_reliquidable() -> None:
        demand_liquidated(row)
        demand_effect(held)

    return {
        "entry.extend": bar_of(lambda: demand_open_period(row, today)),
        "entry.liquidate": bar_of(lambda: demand_liquidable(row, today)),
        "entry.reliquidate": bar_of(demand_reliquidable),
        "entry.void-liquidation": bar_of(lambda: judge_standing_liquidation(held)),
        "entry.record-clock-facts": bar_of(lambda: demand_not_liquidated(row)),
        "entry.record-deposit-facts": None,
        "protest.file": bar_of(lambda: demand_liquidated(row)),
    }


def bars_on_protest(record: ProtestRecord, caller: Identity, today: date, decided_entry: frozenset[str]) -> Bars:
    """Against each kind of act on a protest, by its stage and by who decided before."""
    kinds: tuple[RequestKind, ...] = get_args(RequestKind)
    return {f"protest.{kind}": bar_of_act(record, kind, caller, today, decided_entry) for kind in kinds}


def bars_on_bill(bill: BillRow) -> Bars:
    """Against recording a payment."""
    return {"bill.record-payment": bar_of(lambda: demand_standing(bill))}


def bars_on_refund(
    refund: RefundRow,
    accounts: Sequence[AccountRow],
    caller: Identity,
    today: date,
    of_program: tuple[str, str | None] | None,
) -> Bars:
    """Against certifying and paying, by two people; one of a program is paid with its payment."""

    def demand_certified_today() -> None:
        demand_alone(refund, of_program)
        demand_certifiable(refund)
        demand_ready(f"Refund {refund.refund_number}", accounts, today)

    def demand_paid_today() -> None:
        demand_alone(refund, of_program)
        demand_payable_by(refund, caller)

    return {
        "refund.certify": bar_of(demand_certified_today),
        "refund.pay": bar_of(demand_paid_today),
    }


def bars_on_payment(
    row: PaymentRow,
    sums: Sums,
    stop: Stop | None,
    accounts: Sequence[AccountRow],
    caller: Identity,
    on: date,
    *,
    is_changed: bool,
    waits: str | None,
) -> Bars:
    """Against certifying, paying and returning a payment of a program; `is_changed`: since it was certified.

    `waits` is why it is not known what it is to set off, in words.
    """

    def demand_certified_today() -> None:
        demand_unstopped(row, stop)
        demand_payment_certifiable(row, sums, is_changed=is_changed)
        demand_ready(f"Payment {row.payment}", accounts, on)
        demand_known(row, waits)

    def demand_recorded_today() -> None:
        # What was sent before a stay is recorded while it lasts; the day says whether it was.
        demand_unstopped(row, None if stop == "stayed" else stop)
        demand_payment_payable_by(row, caller)
        demand_known(row, waits)

    return {
        "payment.certify": bar_of(demand_certified_today),
        "payment.pay": bar_of(demand_recorded_today),
        "payment.return": bar_of(lambda: demand_returnable(row)),
    }


def bars_on_hold_set(found: HoldSet, history: Sequence[HoldSetEvent], caller: Identity) -> Bars:
    """Against editing, applying (by a second person) and lifting."""

    def demand_applicable() -> None:
        demand_draft(found)
        demand_not_drafted_by(caller, history)

    return {
        "hold-set.draft": bar_of(lambda: demand_draft(found)),
        "hold-set.apply": bar_of(demand_applicable),
        "hold-set.lift": bar_of(lambda: demand_applied(found)),
    }


def bars_on_instruction(found: Instruction, caller: Identity) -> Bars:
    """Against confirming, by a second person."""
    return {"instruction.confirm": bar_of(lambda: demand_confirmable_instruction(found, caller))}


def bars_on_cut_sheet(sheet: CutSheet, caller: Identity, *, needs_confirmation: bool) -> Bars:
    """Against making the sheet anew, confirming it in either capacity, and running the cycle."""

    def demand_runnable() -> None:
        demand_not_executed(sheet)
        if needs_confirmation:
            demand_both_capacities(sheet.date, sheet.confirmations)

    return {
        "cycle.cut": bar_of(lambda: demand_not_executed(sheet)),
        "cycle.confirm-as-specialist": bar_of(lambda: demand_confirmable(sheet, "specialist", caller)),
        "cycle.confirm-as-supervisor": bar_of(lambda: demand_confirmable(sheet, "supervisor", caller)),
        "cycle.run": bar_of(demand_runnable),
    }
