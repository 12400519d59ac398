"""Acts of people on one entry: liquidation by hand, reliquidation, voiding a liquidation that has no effect in law."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.assessment_judging import Consequence
from services.liquidation.acts.assessments import assess_act, find_standing_effect, void_assessment
from services.liquidation.acts.entries import hold_entry, record_act, rederive
from services.liquidation.acts.protest_judging import judge_protests_on
from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.domain.clocks import CyclePolicy, reliquidation_due
from services.liquidation.domain.grounds import join_grounds
from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.money.amounts import Amounts, add_amounts
from services.liquidation.domain.money.assessment import Occasion
from services.liquidation.domain.money.balance import name_effects
from services.liquidation.domain.money.settings import POLICY, MoneyPolicy
from services.liquidation.domain.protest_life import OPEN
from services.liquidation.domain.reliquidation import (
    FinalWriter,
    Power,
    final_1501_on,
    judge_change_after_final,
    judge_power,
    judge_reliquidation,
)
from services.liquidation.domain.sequences import (
    OF_LIQUIDATION,
    OF_RELIQUIDATION,
    OF_TURN,
    liquidation_key,
    reliquidation_key,
    sequence_in_turn,
)
from services.liquidation.domain.suspension import judge_deemed_posting, judge_liquidation
from services.liquidation.publishing import SOURCE, describe_effect
from services.liquidation.store import acts as acts_store
from services.liquidation.store import records as store
from services.liquidation.store.acts import ReliquidationRow, VoidedRow
from services.liquidation.store.assessments import load_effects
from services.liquidation.store.records import EntryRow, LegalEvent
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.idempotency import IdempotentCall, Remembered, recall, remember
from shared.db.transaction import Transaction, transaction
from shared.runtime.identity import Identity

LiquidationBasis = Literal["as-entered", "by-decision"]
STATES_WITH_A_PERIOD: Final = ("scheduled", "extended")

_OCCASIONS: Final[Mapping[FinalWriter, Occasion]] = {
    "allowed-protest": "reliquidation-on-request",
    "claim-1520d": "reliquidation-on-request",
    "court-judgment": "reliquidation-by-court",
}
"""For which limit of a small difference an act counts (min-20-request, min-20-court); others: min-20-reliquidation."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered, now or when it was first sent with the same Idempotency-Key."""

    status: int
    body: dict[str, object]
    is_replayed: bool = False


async def post_liquidation(
    engine: AsyncEngine,
    now: datetime,
    call: IdempotentCall,
    entry_number: str,
    basis: LiquidationBasis,
    explanation: str,
    caller: Identity,
    policy: MoneyPolicy = POLICY,
) -> Answer:
    """Liquidate one entry by hand, today: as entered, or by the review decisions that wait.

    Raises `Conflict` while it is suspended, liquidated or without a clock, `Refused` once its period has ended.
    """
    today = legal_date(now)
    async with transaction(engine) as tx:
        if (before := await recall(tx.connection, call)) is not None:
            return _replay(before)
        row = (await hold_entry(tx, entry_number)).row
        _demand_liquidable(row, today)
        effect, effects = (0, 0), name_effects(0, 0)
        if basis == "by-decision":
            decided = await acts_store.use_decisions(tx, entry_number)
            if decided is None:
                raise conflict(
                    "liquidation-date", "no-decision", "No review decision waits.", "Liquidate as entered, or decide."
                )
            effect, effects = decided, (await load_effects(tx, [entry_number])).get(entry_number, effects)
        else:
            await acts_store.set_aside_decisions(tx, entry_number)
        from_state, key = row.state, liquidation_key(row.turns)
        money = await assess_act(tx, entry_number, key, today, effects, occasion="liquidation", policy=policy)
        if money.is_disregarded:
            effect, effects = (0, 0), {}
        row.state, row.liquidated_on, row.liquidation_posted_on = "liquidated", today, today
        # As entered is no change, also when money that was paid on a liquidation without effect comes back.
        row.liquidation_kind = money.kind or _kind(sum(effect)) if any(effect) else "no-change"
        row.liquidation_rule = "liquidation-date"
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
            now=now,
            kind=row.liquidation_kind,
            told={"effect": describe_effect(effects), **money.event_fields},
        )
        body: dict[str, object] = {
            "entry_number": entry_number,
            "liquidated_on": str(today),
            "kind": row.liquidation_kind,
            "effect_duty_usd": format_cents(effect[0]),
            "effect_fees_usd": format_cents(effect[1]),
            "final_1501_on": str(final_1501_on(today)),
            **show_money(money),
        }
        await _finish(tx, row, act, event, call, body, now, policy.law)
    return Answer(201, body)


async def post_reliquidation(
    engine: AsyncEngine,
    now: datetime,
    call: IdempotentCall,
    entry_number: str,
    writer: FinalWriter,
    effect: tuple[int, int],
    explanation: str,
    caller: Identity,
    policy: MoneyPolicy = POLICY,
    *,
    by_class: Amounts | None = None,
    power: Power | None = None,
    law: LawSettings = LAW,
) -> Answer:
    """Reliquidate today, so that duty and fees differ by `effect` (cents, positive is due) from what was asserted.

    `by_class` is the same by accounting class, where it is known. `writer` says whose power it is: the Center's own
    ends with day 90 after the original liquidation, others with their own limits, counted from the days in `power`.
    Raises `Conflict` when the entry is not liquidated, `Refused` with the rule when the power does not exist.
    """
    async with transaction(engine) as tx:
        if (before := await recall(tx.connection, call)) is not None:
            return _replay(before)
        row = (await hold_entry(tx, entry_number)).row
        if power is not None and writer == "claim-1520d":
            power = replace(power, imported_on=await acts_store.find_import_date(tx, entry_number))
        done, act, event, money = await reliquidate(
            tx, row, now, writer, effect, explanation, caller, policy, by_class=by_class, power=power, law=law
        )
        body: dict[str, object] = {
            "entry_number": entry_number,
            "number": done.number,
            "reliquidated_on": str(done.reliquidated_on),
            "writer": done.writer,
            "kind": done.kind,
            "effect_duty_usd": format_cents(done.effect_duty_cents),
            "effect_fees_usd": format_cents(done.effect_fees_cents),
            "change_duty_usd": format_cents(done.change_duty_cents),
            "change_fees_usd": format_cents(done.change_fees_cents),
            **show_money(money),
        }
        await _finish(tx, row, act, event, call, body, now, law)
    return Answer(201, body)


async def reliquidate(
    tx: Transaction,
    row: EntryRow,
    now: datetime,
    writer: FinalWriter,
    effect: tuple[int, int],
    explanation: str,
    caller: Identity,
    policy: MoneyPolicy = POLICY,
    *,
    by_class: Amounts | None = None,
    power: Power | None = None,
    claimed_on: date | None = None,
    law: LawSettings = LAW,
) -> tuple[ReliquidationRow, LegalEvent, Outgoing, Consequence]:
    """Reliquidate a held entry and assess its money; the caller writes the row, the act and the event.

    A difference that is disregarded changes nothing: the reliquidation is noted as one without change. Rules
    reliq-1501 [S], 19 USC 1501: the Center's own power, 90 days from the original liquidation; for others
    judge_change_after_final says by which rule they write, and judge_power whether in time. A caller that has judged
    the time itself, as one that decides a protest or a claim, leaves `power` out; `claimed_on` is the day of the claim.
    """
    today = legal_date(now)
    if row.liquidated_on is None:
        raise conflict(
            "reliq-1501",
            "not-liquidated",
            f"Entry {row.entry_number} is not liquidated: it is {row.state}.",
            "Liquidate it, by the cycle or by POST …/liquidations.",
        )
    if writer == "center":
        is_pending = await acts_store.has_protest(tx, row.entry_number, OPEN)
        finding = judge_reliquidation(row.liquidated_on, today, is_protest_pending=is_pending)
        if finding.outcome != "allowed":
            until = reliquidation_due(row.liquidated_on)
            raise refused(
                "reliq-1501",
                "too-late",
                f"The original liquidation was on {row.liquidated_on}; the 90 days ended on {until}.",
                "Only an allowed protest, a court or another exception to finality can change it now.",
            )
    else:
        finding = judge_change_after_final(writer)
        if power is not None:
            finding = judge_power(power, row.liquidated_on, today, law)
            if finding.outcome not in ("allowed", "as-instructed"):
                remedy = "Give the day that the power is counted from; once its time has passed it is not exercised."
                raise refused(finding.rule, finding.outcome, f"{writer}: {finding.why}.", remedy)
            explanation = f"{explanation} ({finding.why})"
    number = await acts_store.count_reliquidations(tx, row.entry_number) + 1
    standing = (row.effect_duty_cents or 0, row.effect_fees_cents or 0)
    change = (effect[0] - standing[0], effect[1] - standing[1])
    key = reliquidation_key(number)
    changes = name_effects(*change)
    if by_class is not None:
        stood = await find_standing_effect(tx, row.entry_number)
        changes = add_amounts(by_class, {class_code: -cents for class_code, cents in stood.items()})
    money = await assess_act(
        tx,
        row.entry_number,
        key,
        today,
        changes,
        occasion=_OCCASIONS.get(writer, "reliquidation"),
        claimed_on=claimed_on or (power.preference_claimed_on if power is not None else None),
        policy=policy,
    )
    if money.is_disregarded:
        effect, change, changes = standing, (0, 0), {}
    done = ReliquidationRow(
        row.entry_number,
        number,
        today,
        writer,
        finding.rule,
        money.kind or _kind(sum(change)),
        *effect,
        *change,
        explanation,
        caller.subject,
        caller.acting_for,
    )
    await acts_store.write_reliquidation(tx, done)
    row.effect_duty_cents, row.effect_fees_cents = effect
    act, event = record_act(
        row,
        event_key=key,
        sequence=sequence_in_turn(row.turns, OF_RELIQUIDATION + number),
        change="reliquidated",
        from_state="liquidated",
        occurred_on=today,
        rule=finding.rule,
        text=f"{writer}: {explanation}",
        actor=caller.signature,
        now=now,
        kind=done.kind,
        told={"effect": describe_effect(changes), **money.event_fields},
    )
    return done, act, event, money


async def void_liquidation(
    engine: AsyncEngine,
    policy: CyclePolicy,
    now: datetime,
    call: IdempotentCall,
    entry_number: str,
    explanation: str,
    caller: Identity,
    law: LawSettings = LAW,
) -> Answer:
    """Note that a liquidation has no effect in law, which restores what was before it.

    Rules susp-injunction-breach [S], LG Electronics, Allegheny Bradford (CIT); susp-false-deemed [S], Fraserview (CIT
    2024). Raises `Refused` by susp-statutory-breach when it stands, as one during an agency's suspension does.
    """
    today = legal_date(now)
    async with transaction(engine) as tx:
        if (before := await recall(tx.connection, call)) is not None:
            return _replay(before)
        held = await hold_entry(tx, entry_number)
        row = held.row
        if row.liquidated_on is None or row.liquidation_kind is None or row.liquidation_rule is None:
            raise conflict(
                "liquidation-date",
                "not-liquidated",
                f"Entry {entry_number} is {row.state}.",
                "There is nothing to void.",
            )
        (governing,) = [each for each in held.facts.versions if each.number == row.version]
        grounds = join_grounds(governing, held.facts.suspensions)
        if row.liquidation_kind == "deemed":
            finding = judge_deemed_posting(grounds, row.liquidated_on)
        else:
            finding = judge_liquidation(grounds, row.liquidated_on)
        if finding.outcome not in ("void", "no-effect"):
            raise refused(
                finding.rule,
                "liquidation-stands",
                f"The liquidation of {row.liquidated_on} stands: {finding.why}.",
                "Within 90 days reliquidate; the importer may protest within 180 days.",
            )
        await void_assessment(tx, entry_number)
        row.turns += 1
        assert row.liquidation_posted_on is not None
        await acts_store.write_voided(
            tx,
            VoidedRow(
                entry_number,
                row.turns,
                row.liquidated_on,
                row.liquidation_posted_on,
                row.liquidation_kind,
                row.liquidation_rule,
                row.effect_duty_cents or 0,
                row.effect_fees_cents or 0,
                today,
                finding.rule,
                finding.why,
                caller.subject,
                caller.acting_for,
            ),
        )
        voided_on = row.liquidated_on
        row.liquidated_on = row.liquidation_posted_on = row.liquidation_kind = row.liquidation_rule = None
        row.effect_duty_cents = row.effect_fees_cents = None
        rederive(row, replace(held.facts, liquidated_version=None), policy, law)
        act, event = record_act(
            row,
            event_key=f"voiding:{row.turns}",
            sequence=sequence_in_turn(row.turns, OF_TURN),
            change="liquidation-voided",
            from_state="liquidated",
            occurred_on=today,
            rule=finding.rule,
            text=f"the liquidation of {voided_on} has no effect: {finding.why}. {explanation}",
            actor=caller.signature,
            now=now,
            told={"voided_liquidation_on": voided_on},
        )
        body: dict[str, object] = {
            "entry_number": entry_number,
            "voided_liquidation_on": str(voided_on),
            "state": row.state,
            "rule": finding.rule,
            "why": finding.why,
        }
        await _finish(tx, row, act, event, call, body, now, law)
    return Answer(201, body)


def _demand_liquidable(row: EntryRow, today: date) -> None:
    if row.liquidated_on is not None:
        raise conflict(
            "reliq-1501",
            "already-liquidated",
            f"Entry {row.entry_number} was liquidated on {row.liquidated_on}.",
            f"Reliquidate by {reliquidation_due(row.liquidated_on)}.",
        )
    if row.is_suspended:
        raise conflict(
            "susp-grounds",
            "suspended",
            f"Liquidation of entry {row.entry_number} is suspended: {row.why}.",
            "Liquidate when the last suspension has been lifted.",
        )
    if row.state not in STATES_WITH_A_PERIOD or row.deemed_on is None or row.is_informal:
        rule = row.rule or "liquidation-date"
        raise conflict(
            rule,
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


async def _finish(
    tx: Transaction,
    row: EntryRow,
    act: LegalEvent,
    event: Outgoing,
    call: IdempotentCall,
    body: dict[str, object],
    now: datetime,
    law: LawSettings,
) -> None:
    await store.write_entries(tx, [row])
    await store.write_legal_events(tx, [act])
    await judge_protests_on(tx, [row.entry_number], law)
    await outbox.add(tx, SOURCE, [event])
    await remember(tx.connection, call, status=201, response=body, now=now)


def show_money(money: Consequence) -> dict[str, str | None]:
    """What an act comes to, as its answer says it; dollars, positive is due to CBP."""
    return {
        "total_usd": format_cents(money.total_cents) if money.total_cents is not None else None,
        "interest_usd": format_cents(money.interest_cents) if money.interest_cents is not None else None,
        "bill_number": money.bill_number,
        "bill_due_on": str(money.bill_due_on) if money.bill_due_on is not None else None,
        "refund_number": money.refund_number,
        "refund_state": money.refund_state,
        "missing": money.why,
    }


def _kind(total_cents: int) -> str:
    return "increase" if total_cents > 0 else "refund" if total_cents < 0 else "no-change"


def _replay(before: Remembered) -> Answer:
    return Answer(before.status, before.response, is_replayed=True)
