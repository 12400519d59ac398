"""Reliquidation of one entry, by the Center's own power or one that outlasts finality."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final, NamedTuple

from services.liquidation.acts.assessment_judging import Consequence
from services.liquidation.acts.assessments import assess_act, find_standing_effect
from services.liquidation.acts.entries import HeldEntry, hold_entry, judge_worth, record_act, write_act
from services.liquidation.acts.pictures import find_first_finality, find_last_finality
from services.liquidation.acts.protest_judging import judge_protests_on
from services.liquidation.acts.refusals import conflict, demand_order, refused
from services.liquidation.domain.history_order import name_days
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.amounts import Amounts, add_amounts
from services.liquidation.domain.money.assessment import Occasion
from services.liquidation.domain.money.balance import name_effects
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.protest.stages import OPEN
from services.liquidation.domain.reliquidation import (
    FinalWriter,
    Power,
    judge_change_after_final,
    judge_power,
    judge_reliquidation,
    kind_of_change,
    own_motion_until,
)
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.sequences import OF_RELIQUIDATION, reliquidation_key, sequence_in_turn
from services.liquidation.publishing import describe_effect, tell_liquidation
from services.liquidation.store import reliquidations as store
from services.liquidation.store.pictures import find_picture
from services.liquidation.store.records import EntryRow, LegalEvent
from services.liquidation.store.reliquidations import ReliquidationRow
from shared.bus.outbox import Outgoing
from shared.customs.calendar import legal_date
from shared.customs.entry_types import entry_type
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity

_OCCASIONS: Final[Mapping[FinalWriter, Occasion]] = {
    "allowed-protest": "reliquidation-on-request",
    "claim-1520d": "reliquidation-on-request",
    "court-judgment": "reliquidation-by-court",
}
"""For which limit of a small difference an act counts (min-20-request, min-20-court); others: min-20-reliquidation."""


class Reliquidated(NamedTuple):
    """A reliquidation as its row has it, with its act in the history, the event that tells of it, and its money."""

    row: ReliquidationRow
    act: LegalEvent
    event: Outgoing
    money: Consequence


async def post_reliquidation(
    tx: Transaction,
    now: datetime,
    entry_number: str,
    writer: FinalWriter,
    effect: tuple[int, int],
    explanation: str,
    caller: Identity,
    policy: MoneyPolicy,
    *,
    by_class: Amounts | None = None,
    power: Power | None = None,
) -> Reliquidated:
    """Reliquidate one entry today, as `reliquidate` does, and write and publish it.

    The day of importation, from which a claim under 1520(d) is counted, is taken from the entry's own versions, and
    from when it is final, on which a judgment depends, from its record.
    """
    held, authority = await hold_entry(tx, entry_number, caller, "entry.reliquidate", legal_date(now))
    row = held.row
    demand_effect(held)
    if writer == "court-judgment":
        power = await know_finality(tx, entry_number, power or Power(writer), policy.law)
    if power is not None and writer == "claim-1520d":
        imported_on = await store.find_import_date(tx, entry_number)
        power = replace(power, imported_on=imported_on, is_flagged=await store.has_agreement_flag(tx, entry_number))
    done = await reliquidate(
        tx, row, now, writer, effect, explanation, caller, authority, policy, by_class=by_class, power=power
    )
    await write_act(tx, row, done.act, done.event)
    await judge_protests_on(tx, [entry_number], policy.law)
    return done


def demand_effect(held: HeldEntry) -> None:
    """Raise `Conflict` for what has no effect in law: it is not reliquidated but voided.

    Rules susp-injunction-breach, susp-false-deemed.
    """
    worth = judge_worth(held)
    if worth is not None and worth.outcome in ("void", "no-effect"):
        raise conflict(
            worth.rule,
            "liquidation-without-effect",
            f"The liquidation of entry {held.row.entry_number} has no effect: {worth.why}.",
            "Void it: POST …/voided-liquidations restores what was before it.",
        )


async def reliquidate(
    tx: Transaction,
    row: EntryRow,
    now: datetime,
    writer: FinalWriter,
    effect: tuple[int, int],
    explanation: str,
    caller: Identity,
    authority: str,
    policy: MoneyPolicy,
    *,
    by_class: Amounts | None = None,
    power: Power | None = None,
    claimed_on: date | None = None,
) -> Reliquidated:
    """Reliquidate a held entry and assess its money; the caller writes the entry, the act and the event.

    Duty and fees differ by `effect` (cents, positive is due) from what was asserted; `by_class` is the same by
    accounting class, where it is known. `writer` says whose power it is, counted from the days in `power`; a caller
    that has judged the time itself, as one that decides a protest or a claim, leaves `power` out. `claimed_on` is the
    day of the claim. A difference that is disregarded changes nothing: the reliquidation is noted as one without
    change. Raises `Conflict` when the entry is not liquidated, `Refused` when the power does not exist
    or its days cannot all be right.
    """
    today = legal_date(now)
    finding = await _demand_power(tx, row, writer, power, today, policy.law)
    if power is not None and writer != "center":
        explanation = f"{explanation} ({finding.why})"
    number = await store.count_reliquidations(tx, row.entry_number) + 1
    stood = (row.effect_duty_cents or 0, row.effect_fees_cents or 0)
    changes = await _find_changes(tx, row, effect, by_class)
    money = await assess_act(
        tx,
        row.entry_number,
        reliquidation_key(number),
        today,
        changes,
        occasion=_OCCASIONS.get(writer, "reliquidation"),
        claimed_on=claimed_on or (power.preference_claimed_on if power is not None else None),
        policy=policy,
    )
    if money.is_disregarded:
        effect, changes = stood, {}
    change = (effect[0] - stood[0], effect[1] - stood[1])
    done = ReliquidationRow(
        entry_number=row.entry_number,
        number=number,
        reliquidated_on=today,
        writer=writer,
        rule=finding.rule,
        kind=money.kind or kind_of_change(sum(change)),
        effect_duty_cents=effect[0],
        effect_fees_cents=effect[1],
        change_duty_cents=change[0],
        change_fees_cents=change[1],
        explanation=explanation,
        acted_by=caller.subject,
        acted_for=caller.acting_for,
    )
    await store.write_reliquidation(tx, done)
    row.effect_duty_cents, row.effect_fees_cents = effect
    return Reliquidated(done, *_tell(row, done, changes, money, caller, authority, now), money)


async def know_finality(
    tx: Transaction, entry_number: str, power: Power, law: LawSettings, *, is_of_last: bool = False
) -> Power:
    """A judgment with what the record says of its entry: from when it was final, or that a protest keeps it open.

    Rule final-1514 [S], 19 USC 1514(a): of what was decided first, or last (1514(d)), where that is to be changed.
    """
    picture = await find_picture(tx.connection, entry_number)
    find = find_last_finality if is_of_last else find_first_finality
    final = find(picture, law) if picture is not None else None
    return replace(power, final_1514=final, is_open=final is None)


async def _find_changes(tx: Transaction, row: EntryRow, effect: tuple[int, int], by_class: Amounts | None) -> Amounts:
    """By class, what a reliquidation changes against what stands."""
    if by_class is None:
        return name_effects(effect[0] - (row.effect_duty_cents or 0), effect[1] - (row.effect_fees_cents or 0))
    stood = await find_standing_effect(tx, row.entry_number)
    return add_amounts(by_class, {class_code: -cents for class_code, cents in stood.items()})


def _tell(
    row: EntryRow,
    done: ReliquidationRow,
    changes: Amounts,
    money: Consequence,
    caller: Identity,
    authority: str,
    now: datetime,
) -> tuple[LegalEvent, Outgoing]:
    return record_act(
        row,
        event_key=reliquidation_key(done.number),
        sequence=sequence_in_turn(row.turns, OF_RELIQUIDATION + done.number),
        change="reliquidated",
        from_state="liquidated",
        occurred_on=done.reliquidated_on,
        rule=done.rule,
        text=f"{done.writer}: {done.explanation}",
        actor=caller.signature,
        authority=authority,
        now=now,
        kind=done.kind,
        told={
            "effect": describe_effect(changes),
            **tell_liquidation(done.reliquidated_on, done.reliquidated_on, row.entry_date),
            **money.event_fields,
        },
    )


def demand_liquidated(row: EntryRow) -> None:
    """Raise `Conflict` unless the entry is liquidated, so that there is something to change."""
    if row.liquidated_on is None:
        raise conflict(
            "reliq-1501",
            "not-liquidated",
            f"Entry {row.entry_number} is not liquidated: it is {row.state}.",
            "Liquidate it, by the cycle or by POST …/liquidations.",
        )


async def _demand_power(
    tx: Transaction, row: EntryRow, writer: FinalWriter, power: Power | None, today: date, law: LawSettings
) -> Finding:
    """By which rule an entry may be reliquidated today.

    Rules reliq-1501 [S], 19 USC 1501: the Center's own power, 90 days from the original liquidation; for others
    `judge_change_after_final` says by which rule they write, and `judge_power` whether in time.
    """
    demand_liquidated(row)
    assert row.liquidated_on is not None
    if writer == "center":
        is_pending = await store.has_protest(tx, row.entry_number, OPEN)
        finding = judge_reliquidation(
            row.liquidated_on, today, posted_on=row.liquidation_posted_on, is_protest_pending=is_pending
        )
        if finding.outcome != "allowed":
            until = own_motion_until(row.liquidated_on, row.liquidation_posted_on)
            raise refused(
                "reliq-1501",
                "too-late",
                f"The original liquidation was on {row.liquidated_on}; the 90 days ended on {until}.",
                "Only an allowed protest, a court or another exception to finality can change it now.",
            )
        return finding
    if power is None:
        return judge_change_after_final(writer)
    _demand_order(row, power, today)
    finding = judge_power(power, row.liquidated_on, today, law)
    if finding.outcome not in ("allowed", "as-instructed"):
        remedy = "Give the day that the power is counted from; once its time has passed it is not exercised."
        if writer == "court-judgment":
            remedy = "Say whether the entry was in the suit, and its court number; one that was not stays final."
        raise refused(finding.rule, finding.outcome, f"{writer}: {finding.why}.", remedy)
    return finding


def _demand_order(row: EntryRow, power: Power, today: date) -> None:
    days = {
        "imported_on": power.imported_on,
        "preference_claimed_on": power.preference_claimed_on,
        "violated_on": power.violated_on,
        "fraud_discovered_on": power.fraud_discovered_on,
        "liquidated_on": row.liquidated_on,
        "reliquidated_on": today,
    }
    assert row.entry_type is not None
    demand_order(name_days(days), entry_type(row.entry_type))
