"""The decision on a claim under 1520(d): taken once, told on each entry; a granted claim reliquidates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.liquidation.acts.entries import record_act
from services.liquidation.acts.granted_changes import reliquidate_granted
from services.liquidation.acts.protest_judging import judge_protests_on
from services.liquidation.acts.refusals import conflict, demand_order, refused
from services.liquidation.domain.counting import protest_filed_on
from services.liquidation.domain.history_order import name_days
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.preference_claim import judge_claim_time
from services.liquidation.domain.preference_programs import judge_flagged_claim, judge_preference_program
from services.liquidation.domain.protest.timeliness import safe_protest_day
from services.liquidation.domain.sequences import OF_CLAIM
from services.liquidation.publishing import SOURCE
from services.liquidation.store import preference_claims as store
from services.liquidation.store import records
from services.liquidation.store.preference_claims import Claim, ClaimDecision, ClaimOutcome
from services.liquidation.store.records import EntryRow
from services.liquidation.store.sight import find_matter_of_entries
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import demand, no_such
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import NotFound, Stale
from shared.runtime.identity import Identity

_UNDECIDED: Final = 1
_DECIDED: Final = 2


@dataclass(frozen=True, slots=True)
class ClaimRuling:
    """How a claim is to be decided; `changes` are cents of duty and fees by entry, against the entry as it stands."""

    outcome: ClaimOutcome
    reasons: str
    changes: Mapping[str, tuple[int, int]]


def version_of_claim(decision: ClaimDecision | None) -> int:
    """The version of a claim, for its ETag: as filed, or decided once and for all."""
    return _UNDECIDED if decision is None else _DECIDED


def no_claim(filing_number: str) -> NotFound:
    """There is no such claim; to be raised."""
    return no_such(f"claim {filing_number}")


async def decide_claim(
    tx: Transaction,
    now: datetime,
    filing_number: str,
    meant: IfMatch,
    ruling: ClaimRuling,
    caller: Identity,
    policy: MoneyPolicy,
) -> ClaimDecision:
    """Decide a claim once, and tell so on each of its entries; what is granted is reliquidated.

    Raises `NotFound`, `Stale`, `Conflict` when it is decided, cannot be granted or an entry is not liquidated,
    `Refused` for changes that the claim does not cover.
    """
    claim, rows = await _hold_claim(tx, filing_number)
    matter = await find_matter_of_entries(tx.connection, claim.importer_number, claim.entries)
    authority = demand(caller, "preference-claim.decide", legal_date(now), matter, f"claim {filing_number}")
    meant.check(version_of_claim(claim.decision))
    _demand_decidable(claim, ruling, rows, policy.law)
    decision = ClaimDecision(
        filing_number=filing_number,
        outcome=ruling.outcome,
        decided_on=legal_date(now),
        decided_at=now,
        reasons=ruling.reasons,
        change_duty_cents=sum(duty for duty, _ in ruling.changes.values()),
        change_fees_cents=sum(fees for _, fees in ruling.changes.values()),
        decided_by=caller.subject,
        decided_for=caller.acting_for,
    )
    await store.write_claim_decision(tx, decision)
    await reliquidate_granted(
        tx,
        now,
        rows,
        ruling.changes,
        "claim-1520d",
        f"claim {filing_number} under 1520(d) granted",
        caller,
        authority,
        policy,
        claimed_on=protest_filed_on(claim.received_at),
    )
    await _tell_entries(tx, decision, rows, caller, authority)
    await judge_protests_on(tx, sorted(ruling.changes), policy.law)
    return decision


async def _hold_claim(tx: Transaction, filing_number: str) -> tuple[Claim, dict[str, EntryRow]]:
    """The claim and the entries that it names, held in the order that every writer takes: entries first."""
    await records.exclude_cycles(tx)
    read = await store.find_claim(tx.connection, filing_number)
    if read is None:
        raise no_claim(filing_number)
    rows = await records.lock_entries(tx, read.entries, create=False)
    await store.lock_claim(tx, filing_number)
    claim = await store.find_claim(tx.connection, filing_number)
    assert claim is not None
    if claim.entries != read.entries:
        raise Stale(f"An earlier filing of claim {filing_number}, on other entries, came just now.")
    return claim, rows


def _demand_decidable(claim: Claim, ruling: ClaimRuling, rows: Mapping[str, EntryRow], law: LawSettings) -> None:
    if claim.decision is not None:
        text = f"Claim {claim.filing_number} was {claim.decision.outcome} on {claim.decision.decided_on}."
        raise conflict("claim-1520d-form", "claim-decided", text, "A denial can be protested.")
    if ruling.outcome == "granted":
        days = {"imported_on": claim.imported_on, "preference_claimed_on": protest_filed_on(claim.received_at)}
        demand_order(name_days(days), kind=None)
    time = judge_claim_time(claim.imported_on, protest_filed_on(claim.received_at), law)
    if ruling.outcome == "granted" and time.timeliness == "untimely":
        raise conflict("claim-1520d", "untimely", "The claim came after its year.", "Deny it.")
    if ruling.outcome == "granted":
        _demand_grantable(claim)
    foreign = sorted(set(ruling.changes) - set(claim.entries))
    if foreign or (ruling.changes and ruling.outcome == "denied"):
        text = f"Not to be changed by this claim: {', '.join(foreign or sorted(ruling.changes))}."
        remedy = "Name entries of the claim, and changes only when it is granted."
        raise refused("claim-1520d", "not-claimed", text, remedy)
    for number in sorted(ruling.changes):
        row = rows.get(number)
        if row is None or row.liquidated_on is None:
            text = f"Entry {number} is not liquidated."
            raise conflict("claim-1520d", "not-liquidated", text, "It liquidates with the preference by a decision.")


def _demand_grantable(claim: Claim) -> None:
    """Rules claim-1520d [S]: of a listed program; recon-fta [P]: not left to a reconciliation."""
    program = judge_preference_program(str(claim.body.get("program", "")), entered_on=claim.entered_on)
    if program.outcome != "may-claim":
        raise conflict(program.rule, program.outcome, f"The claim names {program.why}.", "Deny it.")
    if claim.flagged:
        found = judge_flagged_claim(claim.flagged)
        raise conflict(found.rule, found.outcome, f"{found.why}.", "Deny it: its reconciliation claims the preference.")


async def _tell_entries(
    tx: Transaction, decision: ClaimDecision, rows: Mapping[str, EntryRow], caller: Identity, authority: str
) -> None:
    """Write the decision as an act on each entry of the claim that has a summary, and publish it.

    Rule claim-1520d-form [P], 19 CFR 182.32, 19 USC 1514(a)(7): a denial can be protested within 180 days.
    """
    decided = await store.count_claims_decided(tx, sorted(rows))
    told = [
        record_act(
            row,
            event_key=f"claim:{decision.filing_number}",
            sequence=OF_CLAIM + decided.get(number, 0) + 1,
            change="preference-claim-decided",
            from_state=row.state,
            occurred_on=decision.decided_on,
            rule="claim-1520d" if decision.outcome == "granted" else "claim-1520d-form",
            text=f"claim {decision.filing_number} under 1520(d) {decision.outcome}: {decision.reasons}",
            actor=caller.signature,
            authority=authority,
            now=decision.decided_at,
            told={"protest_by": safe_protest_day(decision.decided_on, row.entry_date)}
            if decision.outcome == "denied"
            else {},
        )
        for number, row in sorted(rows.items())
        if row.version is not None
    ]
    await records.write_legal_events(tx, [act for act, _ in told])
    await outbox.add(tx, SOURCE, [event for _, event in told])
