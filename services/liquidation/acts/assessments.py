"""The money of liquidations and reliquidations: assessed once for each act, and again when a missing fact is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from services.liquidation.acts.assessment_judging import (
    AssessedAct,
    Consequence,
    describe_assessment,
    find_standing_change,
    has_moved_in_void,
    judge_act,
    stood_before,
    void_assessments,
)
from services.liquidation.domain.money.amounts import Amounts
from services.liquidation.domain.money.assessment import Occasion, find_changes
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.money.terms import terms_from_json
from services.liquidation.domain.sequences import liquidation_key
from services.liquidation.publishing import CYCLE_EVENTS, SOURCE, describe_effect, money_determined
from services.liquidation.store import assessments as store
from services.liquidation.store.assessments import AssessmentRow
from services.liquidation.store.cycles import CycleDay, publish_assessed
from services.liquidation.store.money_acts import MoneyAct, MoneyChange, number_acts, write_acts
from services.liquidation.store.money_cases import MoneyCase, MoneyRows, load_cases, write_money
from services.liquidation.store.payees import hold_accounts_unchanged
from services.liquidation.store.payments import find_programs_of, note_late
from services.liquidation.store.records import exclude_cycles, lock_entries
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.customs.interest import rate_periods
from shared.db.transaction import Connections, Transaction
from shared.runtime.clock import Clock
from shared.runtime.slices import work_through

CHUNK: Final = 2_000
"""Entries with an effect that are assessed at a time."""

BATCH: Final = 500
"""Entries that one transaction of the job takes."""


@dataclass(frozen=True, slots=True)
class CycleMoney:
    """What a cycle came to; `undetermined` wait for a fact. Cents."""

    increases: int = 0
    refunds: int = 0
    disregarded: int = 0
    undetermined: int = 0
    billed_cents: int = 0
    refund_cents: int = 0


@dataclass(frozen=True, slots=True)
class Determined:
    """An act that lacked a fact and is assessed now; `lacked` is its assessment until then."""

    case: MoneyCase
    lacked: AssessmentRow
    effects: Amounts
    consequence: Consequence


async def assess_cycle(tx: Transaction, day: CycleDay, run_at: datetime, policy: MoneyPolicy) -> CycleMoney:
    """Assess and publish what a cycle liquidated by decision, in the cycle's transaction, after its liquidations.

    Entries without an effect need nothing: they are found by an index and left alone. What is under twenty dollars
    becomes as entered (min-20-liquidation [S], 19 USC 1321(a)(1)). Running it again writes nothing. Nobody records a
    fact meanwhile: who does excludes cycles.
    """
    figures, after = CycleMoney(), ""
    while numbers := await store.find_assessable(tx, day.friday, after, CHUNK):
        after = numbers[-1]
        rows = MoneyRows()
        told: dict[str, dict[str, Any]] = {}
        disregarded: list[str] = []
        effects = await store.load_effects(tx, numbers)
        terms = await store.load_terms(tx, numbers)
        for number, case in (await load_cases(tx, numbers)).items():
            assert case.entry.liquidated_on is not None
            act = AssessedAct(
                liquidation_key(case.entry.turns),
                "liquidation",
                case.entry.liquidated_on,
                day.posted_on,
                terms=terms.get(number),
            )
            consequence = judge_act(case, act, effects.get(number, {}), policy, rows)
            figures = _count(figures, consequence)
            effect = describe_effect({} if consequence.is_disregarded else effects.get(number, {}))
            told[number] = {"effect": effect.model_dump()} | consequence.event_fields
            if number in terms:
                told[number]["program"] = terms[number].program
            if consequence.is_disregarded:
                disregarded.append(number)
        await write_money(tx, rows)
        await store.mark_disregarded(tx, disregarded)
        await publish_assessed(tx, CYCLE_EVENTS.assessed, told, run_at)
    return figures


async def assess_act(
    tx: Transaction,
    entry_number: str,
    act_key: str,
    occurred_on: date,
    effects: Amounts,
    policy: MoneyPolicy,
    *,
    occasion: Occasion,
    claimed_on: date | None = None,
) -> Consequence:
    """Assess one act on an entry that this transaction holds, and write what follows; by its key, once.

    `effects` is what the act changes by class, in cents against what stood before it (`name_effects` when no class is
    known). `claimed_on` is the day of a claim under 1520(d) that the act grants (int-overpay-1520d). The caller
    publishes the act with the consequence's `event_fields`, and posts it by its `kind`.
    """
    await hold_accounts_unchanged(tx, [entry_number])
    case = await _load_case(tx, entry_number)
    known = {row.act_key: row for row in case.assessments}
    if act_key in known:
        return describe_assessment(case, known[act_key])
    if not any(effects.values()) and not has_moved_in_void(case):
        return Consequence("no-change", "no-change", 0, 0)
    rows = MoneyRows()
    act = AssessedAct(act_key, occasion, occurred_on, occurred_on, claimed_on)
    consequence = judge_act(case, act, effects, policy, rows)
    await write_money(tx, rows)
    return consequence


async def find_standing_effect(tx: Transaction, entry_number: str) -> Amounts:
    """By class, what the acts that stand changed against what was asserted."""
    return find_standing_change(await _load_case(tx, entry_number))


async def void_assessment(tx: Transaction, entry_number: str) -> None:
    """Take back the money of a liquidation that has no effect in law, and of what followed on it.

    Rule susp-injunction-breach [S]: such a liquidation is void. Its bill or refund ends if it was not paid; what was
    paid stays recorded as paid and counts as deposited in the next assessment.
    """
    await write_money(tx, void_assessments(await _load_case(tx, entry_number)))


async def determine(
    tx: Transaction, entry_numbers: Sequence[str], today: date, now: datetime, policy: MoneyPolicy
) -> int:
    """Assess again what lacked a fact, oldest act first, on entries that this transaction holds; publish what follows.

    A bill is issued today and due 30 days later, the interest still runs to the day of the act. Gives how many are
    known now.
    """
    rows = MoneyRows()
    await hold_accounts_unchanged(tx, entry_numbers)
    cases = await load_cases(tx, entry_numbers)
    done = [each for case in cases.values() for each in _determine_case(case, today, policy, rows)]
    numbers = await number_acts(tx, list(cases))
    acts = [_record_determined(each, numbers.next(each.lacked.entry_number), today) for each in done]
    await write_money(tx, rows)
    disregarded = [each.lacked for each in done if each.consequence.is_disregarded]
    await store.mark_disregarded(tx, [each.entry_number for each in disregarded if each.occasion == "liquidation"])
    await store.restate_reliquidations(tx, [each.entry_number for each in disregarded])
    await write_acts(tx, acts)
    opened = [each.consequence.refund_number for each in done if each.consequence.refund_number is not None]
    await note_late(tx, opened)
    programs = await find_programs_of(tx, opened)
    events = [
        money_determined(
            each.case.entry,
            act,
            now,
            liquidated_on=each.lacked.liquidated_on,
            effect=describe_effect(each.effects),
            outcome=each.consequence.event_fields,
            program=programs.get(each.consequence.refund_number or "", (None, None))[0],
        )
        for each, act in zip(done, acts, strict=True)
        if act.change != "determined"
    ]
    await outbox.add(tx, SOURCE, events)
    return len(done)


async def assess_waiting(database: Connections, clock: Clock, policy: MoneyPolicy) -> int:
    """Assess again what lacked a fact that has come without an act of its own: a rate that this release brings.

    A job: what still lacks its fact is left alone, and it may run late or twice. Gives how many are known now.
    """
    now = clock.now()

    async def find_determinable(tx: Transaction, after: str | None, _: Sequence[str]) -> Sequence[str]:
        return await store.find_determinable(tx, rate_periods()[-1].to_on, after or "", BATCH)

    async def assess(tx: Transaction, numbers: Sequence[str]) -> int:
        await exclude_cycles(tx)
        await lock_entries(tx, numbers, create=False)
        return await determine(tx, numbers, legal_date(now), now, policy)

    return await work_through(database, find_determinable, assess)


def _determine_case(case: MoneyCase, today: date, policy: MoneyPolicy, rows: MoneyRows) -> list[Determined]:
    """The acts of one entry that are known now, up to the first that still lacks a fact: those after it rest on it."""
    done: list[Determined] = []
    for lacked in [each for each in case.assessments if each.outcome == "undetermined"]:
        # What was found stands, whatever became of the act before it: the change is against what stands now.
        changes = find_changes(stood_before(case, lacked.ordinal), lacked.found)
        effects = {change.class_code: change.difference for change in changes}
        terms = terms_from_json(lacked.terms)
        act = AssessedAct(lacked.act_key, lacked.occasion, lacked.liquidated_on, today, lacked.claimed_on, terms)
        consequence = judge_act(case, act, effects, policy, rows, again=lacked)
        if consequence.outcome == "undetermined":
            break
        done.append(Determined(case, lacked, effects, consequence))
    return done


def _record_determined(determined: Determined, number: int, today: date) -> MoneyAct:
    consequence, lacked = determined.consequence, determined.lacked
    change: MoneyChange = "determined"
    if consequence.bill_number is not None:
        change = "billed"
    elif consequence.refund_number is not None:
        change = "refund-changed"
    return MoneyAct(
        lacked.entry_number,
        f"determined:{lacked.act_key}",
        number,
        change,
        today,
        "bill-due" if change == "billed" else "refund-due",
        f"{lacked.act_key} of {lacked.liquidated_on} is assessed: {consequence.outcome}",
        consequence.bill_number,
        consequence.refund_number,
        consequence.total_cents,
    )


async def _load_case(tx: Transaction, entry_number: str) -> MoneyCase:
    return (await load_cases(tx, [entry_number]))[entry_number]


def _count(figures: CycleMoney, consequence: Consequence) -> CycleMoney:
    total = consequence.total_cents or 0
    return CycleMoney(
        figures.increases + (consequence.outcome == "increase"),
        figures.refunds + (consequence.outcome == "refund"),
        figures.disregarded + consequence.is_disregarded,
        figures.undetermined + (consequence.outcome == "undetermined"),
        figures.billed_cents + (total if consequence.outcome == "increase" else 0),
        figures.refund_cents - (total if consequence.outcome == "refund" else 0),
    )
