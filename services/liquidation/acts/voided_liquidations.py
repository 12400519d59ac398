"""Voiding a liquidation that has no effect in law, which restores what was before it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from services.liquidation.acts.assessments import void_assessment
from services.liquidation.acts.entries import HeldEntry, hold_entry, judge_worth, record_act, rederive, write_act
from services.liquidation.acts.program_judging import judge_entries
from services.liquidation.acts.protest_judging import judge_protests_on
from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.sequences import OF_TURN, sequence_in_turn
from services.liquidation.store import reviews
from services.liquidation.store.records import EntryRow
from services.liquidation.store.voided_liquidations import VoidedRow, write_voided
from services.liquidation.store.voided_postings import take_back
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity


@dataclass(frozen=True, slots=True)
class VoidedLiquidation:
    """A liquidation that has no effect in law, by which rule, and the state that was restored."""

    entry_number: str
    liquidated_on: date
    state: str
    rule: str
    why: str


async def void_liquidation(
    tx: Transaction,
    now: datetime,
    entry_number: str,
    explanation: str,
    caller: Identity,
    policy: CyclePolicy,
    law: LawSettings,
) -> VoidedLiquidation:
    """Note that a liquidation has no effect in law, and derive the record as if it had not been.

    Rules susp-injunction-breach [S], LG Electronics, Allegheny Bradford (CIT); susp-false-deemed [S], Fraserview (CIT
    2024). What programs posted by it is taken back: their requests for the entry are judged again, so that what they
    removed is removed by the next liquidation. Raises `Refused` by susp-statutory-breach when it stands, as one during
    an agency's suspension does.
    """
    today = legal_date(now)
    held, authority = await hold_entry(tx, entry_number, caller, "entry.void-liquidation", today)
    row = held.row
    finding = judge_standing_liquidation(held)
    await void_assessment(tx, entry_number)
    row.turns += 1
    voided = _take_out(row, finding, today, caller)
    await write_voided(tx, voided)
    await reviews.release_decisions(tx, entry_number)
    rederive(row, replace(held.facts, liquidated_version=None, liquidated_on=None), policy, law)
    act, event = record_act(
        row,
        event_key=f"voiding:{row.turns}",
        sequence=sequence_in_turn(row.turns, OF_TURN),
        change="liquidation-voided",
        from_state="liquidated",
        occurred_on=today,
        rule=finding.rule,
        text=f"the liquidation of {voided.liquidated_on} has no effect: {finding.why}. {explanation}",
        actor=caller.signature,
        authority=authority,
        now=now,
        told={"voided_liquidation_on": voided.liquidated_on, "posted_on": today},
    )
    await write_act(tx, row, act, event)
    for program in await take_back(tx, entry_number, today):
        await judge_entries(tx, program, [entry_number], now, policy, law)
    await judge_protests_on(tx, [entry_number], law)
    return VoidedLiquidation(entry_number, voided.liquidated_on, row.state, finding.rule, finding.why)


def judge_standing_liquidation(held: HeldEntry) -> Finding:
    """Why the liquidation of an entry has no effect; raises when there is none, and when it stands."""
    row = held.row
    if row.liquidated_on is None:
        raise conflict(
            "liquidation-date",
            "not-liquidated",
            f"Entry {row.entry_number} is {row.state}.",
            "There is nothing to void.",
        )
    finding = judge_worth(held)
    assert finding is not None
    if finding.outcome not in ("void", "no-effect"):
        raise refused(
            finding.rule,
            "liquidation-stands",
            f"The liquidation of {row.liquidated_on} stands: {finding.why}.",
            "Within 90 days reliquidate; the importer may protest within 180 days.",
        )
    return finding


def _take_out(row: EntryRow, finding: Finding, today: date, caller: Identity) -> VoidedRow:
    """The liquidation as it stood, taken out of the row of its entry."""
    liquidated_on, posted_on = row.liquidated_on, row.liquidation_posted_on
    kind, rule = row.liquidation_kind, row.liquidation_rule
    assert liquidated_on is not None
    assert posted_on is not None
    assert kind is not None
    assert rule is not None
    voided = VoidedRow(
        entry_number=row.entry_number,
        turn=row.turns,
        liquidated_on=liquidated_on,
        liquidation_posted_on=posted_on,
        liquidation_kind=kind,
        liquidation_rule=rule,
        effect_duty_cents=row.effect_duty_cents or 0,
        effect_fees_cents=row.effect_fees_cents or 0,
        voided_on=today,
        rule=finding.rule,
        why=finding.why,
        acted_by=caller.subject,
        acted_for=caller.acting_for,
        liquidation_cycle_on=row.liquidation_cycle_on,
    )
    row.liquidation_cycle_on = None
    row.liquidated_on = row.liquidation_posted_on = row.liquidation_kind = row.liquidation_rule = None
    row.effect_duty_cents = row.effect_fees_cents = None
    return voided
