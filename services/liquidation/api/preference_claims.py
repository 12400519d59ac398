"""The HTTP side of claims under 1520(d): a claim with its clocks, and the decision on it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts import liquidations as acts
from services.liquidation.acts.entries import record_act
from services.liquidation.acts.protest_judging import judge_protests_on
from services.liquidation.acts.refusals import conflict
from services.liquidation.api.common import law_of, money_policy_of
from services.liquidation.domain.counting import protest_filed_on
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.preference_claim import find_claim_defects, judge_claim_time
from services.liquidation.domain.reliquidation import preference_denial_window
from services.liquidation.domain.rules import RULES
from services.liquidation.domain.sequences import OF_CLAIM
from services.liquidation.publishing import SOURCE
from services.liquidation.store import protests as store
from services.liquidation.store import records
from services.liquidation.store.records import EntryRow, LegalEvent
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.terms import EntryNumber, Money
from shared.customs.calendar import Due, legal_date
from shared.customs.money import format_cents, to_cents
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import demand_sight, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.errors import NotFound, Refused, Stale
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.identity import CurrentIdentity, require
from shared.web.requests import engine_of, now_of

router = APIRouter()

DeciderIdentity = Annotated[Identity, Depends(require(RoleName.IMPORT_SPECIALIST, RoleName.CENTER_DIRECTOR))]
_UNDECIDED, _DECIDED = 1, 2
"""The versions of a claim, for its ETag: as filed, and decided once and for all."""

ClaimPath = Annotated[str, Path(description="The filing number of the claim.", max_length=64)]


class ClaimClockOut(BaseModel):
    """A day of the claim with its rule."""

    what: str
    safe: date
    last_arguable: date
    rule: str
    citation: str
    evidence: Literal["S", "P", "M", "U"]


class ClaimDefectOut(BaseModel):
    """What the claim lacks."""

    rule: str
    outcome: str
    why: str


class ClaimOut(BaseModel):
    """A claim under 19 USC 1520(d); its clock runs from the earliest importation among its entries."""

    filing_number: str
    state: Literal["filed", "granted", "denied"]
    timeliness: str
    importer_number: str
    entries: list[str]
    received_at: datetime
    imported_on: date | None
    defects: list[ClaimDefectOut]
    clocks: list[ClaimClockOut]
    decided_on: date | None
    reasons: str | None
    change_duty_usd: str | None
    change_fees_usd: str | None
    decided_by: str | None


class ClaimChangeIn(BaseModel):
    """What granting the claim changes on an entry as it stands; negative is a refund."""

    model_config = ConfigDict(extra="forbid")

    entry_number: EntryNumber
    change_duty_usd: Money = "0.00"
    change_fees_usd: Money = "0.00"


class ClaimDecisionIn(BaseModel):
    """Grant or deny a claim."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"outcome": "denied", "reasons": "No certification of origin was produced."}]},
    )

    outcome: Literal["granted", "denied"]
    reasons: Annotated[str, Field(min_length=1, max_length=4000)]
    changes: Annotated[list[ClaimChangeIn], Field(max_length=10_000)] = []


@router.get("/preference-claims/{filing_number}", summary="A claim under 1520(d)")
async def read_preference_claim(
    filing_number: ClaimPath, request: Request, response: Response, caller: CurrentIdentity
) -> ClaimOut:
    """The claim with its year, what it lacks, the decision, and until when a denial is protested; with its ETag."""
    async with reading(engine_of(request)) as connection:
        found = await store.find_claim(connection, filing_number)
    if found is None:
        raise _no_claim(filing_number)
    claim, decision, imported_on = found
    demand_sight(caller, f"claim {filing_number}", importer_number=claim.importer_number)
    response.headers["ETag"] = etag(_version(decision))
    law = law_of(request)
    time = judge_claim_time(imported_on, protest_filed_on(claim.received_at), law)
    clocks = [_clock("claim filed", "claim-1520d", time.due)] if time.due is not None else []
    if decision is not None and decision.outcome == "denied":
        window = preference_denial_window(decision.decided_on, law)
        clocks.append(_clock("denial protested", "claim-1520d-form", window))
    return ClaimOut(
        filing_number=claim.filing_number,
        state=decision.outcome if decision is not None else "filed",
        timeliness=time.timeliness,
        importer_number=shown_importer_number(caller, claim.importer_number),
        entries=claim.entries,
        received_at=claim.received_at,
        imported_on=imported_on,
        defects=[
            ClaimDefectOut(rule=each.rule, outcome=each.outcome, why=each.why)
            for each in find_claim_defects(claim.body, time)
        ],
        clocks=clocks,
        decided_on=decision.decided_on if decision is not None else None,
        reasons=decision.reasons if decision is not None else None,
        change_duty_usd=format_cents(decision.change_duty_cents) if decision is not None else None,
        change_fees_usd=format_cents(decision.change_fees_cents) if decision is not None else None,
        decided_by=decision.decided_by if decision is not None else None,
    )


@router.post("/preference-claims/{filing_number}/decision", status_code=204, summary="Decide a claim under 1520(d)")
async def decide_preference_claim(
    filing_number: ClaimPath,
    body: ClaimDecisionIn,
    request: Request,
    response: Response,
    caller: DeciderIdentity,
    meant: RequiredIfMatch,
) -> None:
    """Decided once and told on each entry. A granted claim reliquidates; one out of time cannot be granted."""
    now = now_of(request)
    changes = {
        each.entry_number: (to_cents(each.change_duty_usd), to_cents(each.change_fees_usd)) for each in body.changes
    }
    async with transaction(engine_of(request)) as tx:
        await records.exclude_cycles(tx)
        read = await store.find_claim(tx.connection, filing_number)
        if read is None:
            raise _no_claim(filing_number)
        rows = await records.lock_entries(tx, read[0].entries, create=False)
        await store.lock_claim(tx, filing_number)
        found = await store.find_claim(tx.connection, filing_number)
        assert found is not None
        claim, decision, imported_on = found
        if claim.entries != read[0].entries:
            raise Stale(f"An earlier filing of claim {filing_number}, on other entries, came just now.")
        meant.check(_version(decision))
        time = judge_claim_time(imported_on, protest_filed_on(claim.received_at), law_of(request))
        if decision is not None:
            text = f"Claim {filing_number} was {decision.outcome} on {decision.decided_on}."
            raise conflict("claim-1520d-form", "claim-decided", text, "A denial can be protested.")
        if body.outcome == "granted" and time.timeliness == "untimely":
            raise conflict("claim-1520d", "untimely", "The claim came after its year.", "Deny it.")
        foreign = sorted(set(changes) - set(claim.entries))
        if foreign or (changes and body.outcome == "denied"):
            raise Refused(
                f"Not to be changed by this claim: {', '.join(foreign or sorted(changes))}.",
                rule="claim-1520d",
                code="not-claimed",
                citation=RULES["claim-1520d"].citation,
                remedy="Name entries of the claim, and changes only when it is granted.",
            )
        legal_events, events = await _reliquidate(tx, now, claim, rows, changes, caller, money_policy_of(request))
        told = await _tell(tx, now, claim, body, rows, caller)
        await records.write_entries(tx, [rows[each.entry_number] for each in legal_events])
        await records.write_legal_events(tx, [*legal_events, *(act for act, _ in told)])
        await judge_protests_on(tx, sorted(changes), law_of(request))
        await outbox.add(tx, SOURCE, [*events, *(event for _, event in told)])
        await store.write_claim_decision(
            tx,
            {
                "filing_number": filing_number,
                "outcome": body.outcome,
                "decided_on": legal_date(now),
                "decided_at": now,
                "reasons": body.reasons,
                "change_duty_cents": sum(duty for duty, _ in changes.values()),
                "change_fees_cents": sum(fees for _, fees in changes.values()),
                "decided_by": caller.subject,
                "decided_for": caller.acting_for,
            },
        )
    response.headers["ETag"] = etag(_DECIDED)


async def _reliquidate(
    tx: Transaction,
    now: datetime,
    claim: Any,
    rows: dict[str, EntryRow],
    changes: dict[str, tuple[int, int]],
    caller: Identity,
    policy: MoneyPolicy,
) -> tuple[list[LegalEvent], list[Outgoing]]:
    legal_events, events = [], []
    for entry_number, (duty, fees) in sorted(changes.items()):
        row = rows.get(entry_number)
        if row is None or row.liquidated_on is None:
            text = f"Entry {entry_number} is not liquidated."
            raise conflict("claim-1520d", "not-liquidated", text, "It liquidates with the preference by a decision.")
        effect = ((row.effect_duty_cents or 0) + duty, (row.effect_fees_cents or 0) + fees)
        _, legal_event, event, _ = await acts.reliquidate(
            tx,
            row,
            now,
            "claim-1520d",
            effect,
            f"claim {claim.filing_number} under 1520(d) granted",
            caller,
            policy,
            claimed_on=protest_filed_on(claim.received_at),
        )
        legal_events.append(legal_event)
        events.append(event)
    return legal_events, events


async def _tell(
    tx: Transaction, now: datetime, claim: Any, body: ClaimDecisionIn, rows: dict[str, EntryRow], caller: Identity
) -> list[tuple[LegalEvent, Outgoing]]:
    """The decision as an act on each entry of the claim that has a summary; what it changes is told beside it.

    Rule claim-1520d-form [P], 19 CFR 182.32, 19 USC 1514(a)(7): a denial can be protested within 180 days.
    """
    decided = await store.count_claims_decided(tx, sorted(rows))
    rule = "claim-1520d" if body.outcome == "granted" else "claim-1520d-form"
    actor = caller.signature
    return [
        record_act(
            row,
            event_key=f"claim:{claim.filing_number}",
            sequence=OF_CLAIM + decided.get(number, 0) + 1,
            change="preference-claim-decided",
            from_state=row.state,
            occurred_on=legal_date(now),
            rule=rule,
            text=f"claim {claim.filing_number} under 1520(d) {body.outcome}: {body.reasons}",
            actor=actor,
            now=now,
        )
        for number, row in sorted(rows.items())
        if row.version is not None
    ]


def _version(decision: Any | None) -> int:
    return _UNDECIDED if decision is None else _DECIDED


def _clock(what: str, rule: str, due: Due) -> ClaimClockOut:
    found = RULES[rule]
    return ClaimClockOut(
        what=what,
        safe=due.safe,
        last_arguable=due.last_arguable,
        rule=rule,
        citation=found.citation,
        evidence=found.evidence,
    )


def _no_claim(filing_number: str) -> NotFound:
    return NotFound(f"There is no claim {filing_number}.", remedy="Check the number.")
