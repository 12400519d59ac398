"""The HTTP side of claims under 1520(d): a claim with its clocks, and the decision on it."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts import preference_claims as acts
from services.liquidation.acts.preference_claims import ClaimRuling
from services.liquidation.api.common import law_of, money_policy_of
from services.liquidation.domain.counting import protest_filed_on
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.preference_claim import ClaimTime, find_claim_defects, judge_claim_time
from services.liquidation.domain.reliquidation import preference_denial_window
from services.liquidation.domain.rules.table import RULES, say_unsettled
from services.liquidation.store import preference_claims as store
from services.liquidation.store.preference_claims import ClaimDecision
from services.liquidation.store.sight import find_matter_of_entries
from shared.contracts.terms import EntryNumber, Money
from shared.customs.calendar import Due
from shared.customs.money import format_cents, to_cents
from shared.db.transaction import reading, transaction
from shared.runtime.access import demand_sight, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity, sign
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["preference"])


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
    unsettled: str | None = Field(description="What of the rule is open.")


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
@tells("ETag")
async def read_preference_claim(
    filing_number: ClaimPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("preference-claim.read")],
) -> ClaimOut:
    """The claim with its year, what it lacks, the decision, and until when a denial is protested; with its ETag."""
    async with reading(engine_of(request)) as connection:
        claim = await store.find_claim(connection, filing_number)
        if claim is None:
            raise acts.no_claim(filing_number)
        matter = await find_matter_of_entries(connection, claim.importer_number, claim.entries)
    demand_sight(caller, "preference-claim", today_of(request), matter, f"claim {filing_number}")
    decision, law = claim.decision, law_of(request)
    time = judge_claim_time(claim.imported_on, protest_filed_on(claim.received_at), law)
    response.headers["ETag"] = etag(acts.version_of_claim(decision))
    return ClaimOut(
        filing_number=claim.filing_number,
        state=decision.outcome if decision is not None else "filed",
        timeliness=time.timeliness,
        importer_number=shown_importer_number(caller, claim.importer_number),
        entries=list(claim.entries),
        received_at=claim.received_at,
        imported_on=claim.imported_on,
        defects=[
            ClaimDefectOut(rule=each.rule, outcome=each.outcome, why=each.why, unsettled=say_unsettled(each.rule))
            for each in find_claim_defects(claim.body, time, entered_on=claim.entered_on, flagged=claim.flagged)
        ],
        clocks=_clocks(time, decision, claim.entered_on, law),
        decided_on=decision.decided_on if decision is not None else None,
        reasons=decision.reasons if decision is not None else None,
        change_duty_usd=format_cents(decision.change_duty_cents) if decision is not None else None,
        change_fees_usd=format_cents(decision.change_fees_cents) if decision is not None else None,
        decided_by=sign(decision.decided_by, decision.decided_for) if decision is not None else None,
    )


@router.post("/preference-claims/{filing_number}/decision", status_code=204, summary="Decide a claim under 1520(d)")
@tells("ETag")
async def decide_preference_claim(
    filing_number: ClaimPath,
    body: ClaimDecisionIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("preference-claim.decide")],
    meant: RequiredIfMatch,
) -> None:
    """Decided once and told on each entry. A granted claim reliquidates; one out of time cannot be granted."""
    changes = {
        each.entry_number: (to_cents(each.change_duty_usd), to_cents(each.change_fees_usd)) for each in body.changes
    }
    ruling = ClaimRuling(body.outcome, body.reasons, changes)
    async with transaction(engine_of(request)) as tx:
        decision = await acts.decide_claim(
            tx, now_of(request), filing_number, meant, ruling, caller, money_policy_of(request)
        )
    response.headers["ETag"] = etag(acts.version_of_claim(decision))


def _clocks(
    time: ClaimTime, decision: ClaimDecision | None, entered_on: date | None, law: LawSettings
) -> list[ClaimClockOut]:
    clocks = [_clock("claim filed", "claim-1520d", time.due)] if time.due is not None else []
    if decision is not None and decision.outcome == "denied":
        window = preference_denial_window(decision.decided_on, entered_on, law)
        clocks.append(_clock("denial protested", "claim-1520d-form", window))
    return clocks


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
