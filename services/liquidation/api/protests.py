"""The HTTP side of protests: filing, lists, one protest whole with its clocks."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts.may_do import bars_on_protest
from services.liquidation.acts.protest_filings import check_protest, file_protest
from services.liquidation.acts.protests import matter_for_acts, no_protest
from services.liquidation.api.common import law_of
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest.clocks import list_clocks
from services.liquidation.domain.protest.further_review import Criterion
from services.liquidation.domain.protest.record import LineDecision
from services.liquidation.domain.protest.stages import Stage
from services.liquidation.domain.protest.timeliness import Verdict
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.rules.table import RULES, say_unsettled
from services.liquidation.store import protest_pictures as store
from services.liquidation.store.protest_pictures import ActRow, ProtestPicture, ProtestRow
from services.liquidation.store.protests import find_deciders
from services.liquidation.store.sight import find_matter_of_protest
from shared.contracts.terms import EntryNumber
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import demand_sight, is_staff, reach_of, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.may_do import MayDoOut, tell_may_do
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["protests"])


ProtestPath = Annotated[str, Path(description="The protest number.", max_length=64, examples=["270426101688"])]
Words = Annotated[str, Field(min_length=1, max_length=4000)]
Category = Annotated[str, Field(min_length=1, max_length=120, examples=["classification"])]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PartyIn(_In):
    """The protestant, 19 CFR 174.13(a)(1)."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    address: Annotated[str, Field(min_length=1, max_length=500)]
    agent: Annotated[str, Field(max_length=200)] | None = None


class ObjectionIn(_In):
    """One objection: its category, its nature, and the reasons, stated distinctly for each category."""

    category: Category
    nature: Words
    reasons: Words


class ProtestIn(_In):
    """A protest; `decision` is which of the seven kinds of 19 USC 1514(a) is attacked. What is missing is named."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "entries": ["B7603245275"],
                    "decision": "classification-rate-duty",
                    "categories": ["portable computers"],
                    "protestant": {"name": "SYNTHETIC IMPORTER", "address": "1 Example Road, Los Angeles"},
                    "goods": "Portable computers",
                    "objections": [
                        {
                            "category": "portable computers",
                            "nature": "Classified in 8471.41.",
                            "reasons": "They weigh less than 10 kg and belong in 8471.30.",
                        }
                    ],
                }
            ]
        },
    )

    entries: Annotated[list[EntryNumber], Field(min_length=1, max_length=10_000)]
    decision: Literal[
        "appraised-value",
        "classification-rate-duty",
        "charge-exaction",
        "exclusion-redelivery",
        "liquidation",
        "drawback-refusal",
        "preference-refusal-1520d",
    ]
    categories: Annotated[list[Category], Field(max_length=50)] = []
    protestant: PartyIn | None = None
    goods: Annotated[str, Field(max_length=2000)] | None = None
    objections: Annotated[list[ObjectionIn], Field(max_length=50)] = []
    issue: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="The question common to many protests; they are worked as a group."
    )
    decision_on: LegalDay | None = Field(
        default=None, description="The day of the decision, where it is not the liquidation, or of the reliquidation."
    )
    demand_on: LegalDay | None = Field(default=None, description="A surety: when the demand was mailed to it.")
    redelivery: bool = Field(default=False, description="A demand for redelivery is attacked, not an exclusion.")
    earlier_protest: Annotated[str, Field(max_length=64)] | None = None
    like_treatment: bool = False
    non_collusion_certified: bool = False
    drawback_declared: bool = False
    section_337: bool = False
    origin_decision: bool = False
    further_review: bool = Field(default=False, description="Further review is applied for (19 CFR 174.25).")
    further_review_criteria: Annotated[list[Criterion], Field(max_length=4)] = []
    accelerated_disposition: bool = Field(default=False, description="Deemed denied on day 30 unless decided.")


class VerdictOut(BaseModel):
    """Whether the protest is in time for an entry: counted from `decided_on`, by both readings."""

    entry_number: str
    timeliness: str = Field(examples=["timely"])
    rule: str
    citation: str | None
    why: str
    decided_on: date | None
    protest_by: date | None = Field(description="The safe last day.")
    arguable_by: date | None
    outcome: str | None = Field(description="What was decided on the entry.")
    unsettled: str | None = Field(description="What of the rule is open.")


class DefectOut(BaseModel):
    """What stands against the protest, or is to be known of it."""

    rule: str
    outcome: str
    why: str
    unsettled: str | None = Field(description="What of the rule is open.")


class FiledOut(BaseModel):
    """A protest that was received."""

    protest_number: str
    state: str
    timeliness: str
    received_on: date
    decide_by: date
    defects: list[DefectOut]


class BarOut(BaseModel):
    """Why a protest would not be received, as the problem of its filing would say it."""

    code: str = Field(examples=["incomplete"])
    rule: str
    citation: str | None
    says: str
    remedy: str | None


class ProtestCheckOut(BaseModel):
    """What filing a protest now would come to; nothing of it is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "would_be_received": False,
                    "bars": [
                        {
                            "code": "incomplete",
                            "rule": "protest-contents",
                            "citation": "19 CFR 174.13",
                            "says": "missing: goods, objections.",
                            "remedy": "State what is missing and file again while time remains.",
                        }
                    ],
                    "filed_as": "importer",
                    "missing": ["goods", "objections"],
                    "timeliness": "timely",
                    "verdicts": [],
                    "defects": [],
                    "received_on": "2026-11-30",
                    "decide_by": "2028-11-30",
                }
            ]
        }
    )

    would_be_received: bool
    bars: list[BarOut] = Field(description="Everything that stands against its filing; a filing names the first.")
    filed_as: str = Field(description="In which role the caller would file it.", examples=["importer"])
    missing: list[str] = Field(description="Contents of 19 CFR 174.13 that it does not state.", examples=[["goods"]])
    timeliness: str
    verdicts: list[VerdictOut]
    defects: list[DefectOut] = Field(description="What would be known of it, whether it bars it or not.")
    received_on: date
    decide_by: date


class ProtestClockOut(BaseModel):
    """A day that matters: warn by `safe`, hold against somebody only after `last_arguable`. `evidence` as for rules."""

    what: str
    safe: date
    last_arguable: date
    binds: Literal["cbp", "filer"]
    is_past: bool
    rule: str
    citation: str
    evidence: Literal["S", "P", "M", "U"]
    unsettled: str | None
    inputs: dict[str, str]


class ProtestActOut(BaseModel):
    """An act on a protest."""

    number: int
    kind: str
    acted_on: date
    acted_at: datetime
    actor: str
    acting_for: str | None
    rule: str
    from_state: str
    to_state: str
    authority: str | None = Field(description="The row of the table of authority that the act rests on; for staff.")
    details: dict[str, Any]


class LineDecisionOut(BaseModel):
    """What was signed on an entry; `line_number` is null for the whole entry."""

    act_number: int
    entry_number: str
    line_number: int | None
    outcome: str
    reasons: str
    change_duty_usd: str
    change_fees_usd: str


class ProtestSummaryOut(BaseModel):
    """A protest in a list."""

    protest_number: str
    state: str
    is_open: bool
    timeliness: str
    further_review: str
    issue: str
    importer_number: str
    entries: int
    received_at: datetime
    decide_by: date
    due_on: date | None = Field(description="What CBP has to do first.")
    due_rule: str | None
    denied_on: date | None
    sue_by: date | None
    lead_protest: str | None


class ProtestOut(ProtestSummaryOut):
    """A protest whole; the ETag is the number of its acts."""

    filed_by: dict[str, Any]
    body: dict[str, Any]
    verdicts: list[VerdictOut]
    defects: list[DefectOut]
    clocks: list[ProtestClockOut]
    acts: list[ProtestActOut]
    decisions: list[LineDecisionOut]
    followers: list[str] = Field(description="Protests suspended behind this one.")
    lead_state: str | None = Field(description="Where the lead protest stands: once it is decided, resume.")
    may_do: list[MayDoOut] = Field(description="Each act on it: whether the caller may, and what stands against it.")


class IssueOut(BaseModel):
    """A question common to protests."""

    issue: str
    protests: int
    open: int
    suspended: int
    due_on: date | None


@router.post("/protests", status_code=201, summary="File a protest", response_model=FiledOut)
@tells("Location")
async def create_protest(
    body: ProtestIn, request: Request, caller: Annotated[Identity, allow("protest.file")], call: CurrentIdempotentCall
) -> Response:
    """Filed on the day of receipt. Whatever is missing, early, late or twice is refused at once, with its rule."""
    stated = body.model_dump(mode="json", exclude_none=True, exclude={"entries"})
    number = event_id("protest", call.identity, call.key)

    async def file(tx: Transaction) -> FiledOut:
        now = now_of(request)
        filed = await file_protest(tx, now, number, body.entries, stated, caller, law_of(request))
        return FiledOut(
            protest_number=number,
            state=filed.record.stage,
            timeliness=filed.timeliness,
            received_on=filed.record.filing.received_on,
            decide_by=filed.decide_by,
            defects=[_defect_out(each) for each in filed.defects],
        )

    answer = await answer_once(request, call, file)
    answer.headers["Location"] = f"/protests/{number}"
    return answer


@router.post("/protests/check", summary="What filing a protest would come to")
async def check_filing(
    body: ProtestIn, request: Request, caller: Annotated[Identity, allow("protest.file")]
) -> ProtestCheckOut:
    """The protest as it would be judged if it was filed now, by the code that files it: whether it would be received,
    and everything that stands against it. Nothing is kept, and no day is held by it: only a filing is in time.
    """
    stated = body.model_dump(mode="json", exclude_none=True, exclude={"entries"})
    async with transaction(engine_of(request)) as tx:
        received = await check_protest(tx, now_of(request), body.entries, stated, caller, law_of(request))
    protest = received.protest
    return ProtestCheckOut(
        would_be_received=not received.bars,
        bars=[
            BarOut(code=each.code, rule=each.rule, citation=each.citation, says=each.detail, remedy=each.remedy)
            for each in received.bars
        ],
        filed_as=received.filed_by["role"],
        missing=list(received.missing),
        timeliness=protest.timeliness,
        verdicts=[_verdict_out(each, None) for each in protest.verdicts],
        defects=[_defect_out(each) for each in protest.defects],
        received_on=protest.record.filing.received_on,
        decide_by=protest.decide_by,
    )


@router.get("/protests", summary="Protests")
async def list_protests(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("protest.read")],
    page: CurrentPage,
    state: Annotated[Stage | None, Query(description="Only in this state.")] = None,
    is_open: Annotated[bool | None, Query(description="Undecided ones, or decided ones.")] = None,
    importer: Annotated[str | None, Query(description="Only of this importer number.", max_length=20)] = None,
    entry: Annotated[str | None, Query(description="Only those that name this entry.", max_length=15)] = None,
    issue: Annotated[str | None, Query(description="Only of this issue.", max_length=200)] = None,
    due_before: Annotated[LegalDay | None, Query(description="Open ones on which CBP has to act before a day.")] = None,
    overdue: Annotated[bool, Query(description="Open ones past their two years (protest-decide-2y).")] = False,
) -> Page[ProtestSummaryOut]:
    """In order of number; outside parties see their own."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_protests(
            connection,
            after=position[0] if position else None,
            limit=page.fetch,
            reach=reach_of(caller, "protest.read", today_of(request)),
            state=state,
            is_open=is_open,
            importer_number=importer,
            entry_number=entry,
            issue=issue,
            due_before=due_before,
            overdue_on=legal_date(now_of(request)) if overdue else None,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.filing_number,),
        item=lambda row: ProtestSummaryOut(**_summary(row, caller)),
        request=request,
        response=response,
    )


@router.get("/protest-issues", summary="Questions common to protests")
async def list_protest_issues(
    request: Request, response: Response, caller: Annotated[Identity, allow("protest.list-issues")], page: CurrentPage
) -> Page[IssueOut]:
    """Protests grouped by issue, in order of its words."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_issues(
            connection,
            reach=reach_of(caller, "protest.list-issues", today_of(request)),
            after=position[0] if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.issue,),
        item=lambda row: IssueOut.model_validate(row, from_attributes=True),
        request=request,
        response=response,
    )


@router.get("/protests/{protest_number}", summary="A protest")
@tells("ETag")
async def read_protest(
    protest_number: ProtestPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("protest.read")],
) -> ProtestOut:
    """The protest whole: contents, time for each entry, clocks with their rules, acts, decisions, followers."""
    async with reading(engine_of(request)) as connection:
        row = await store.find_protest(connection, protest_number)
        if row is None:
            raise no_protest(protest_number)
        reach = reach_of(caller, "protest.read", today_of(request))
        picture = await store.load_picture(connection, row, reach)
        matter = await find_matter_of_protest(connection, picture.record.filing)
        deciders = await find_deciders(connection, row.entries)
    today, own = today_of(request), matter_for_acts(picture.record.filing, matter)
    demand_sight(caller, "protest", today_of(request), matter, f"protest {protest_number}")
    response.headers["ETag"] = etag(row.acts)
    return ProtestOut(
        **_summary(picture.protest, caller),
        filed_by={**row.filed_by, "id": _shown(caller, row, str(row.filed_by.get("id", "")))},
        body=dict(row.body),
        verdicts=[_verdict_out(each, picture.outcomes[each.entry_number]) for each in picture.verdicts],
        defects=[_defect_out(each) for each in row.defects],
        clocks=_clocks(picture, legal_date(now_of(request)), law_of(request)),
        acts=[_act_out(each, caller) for each in picture.acts],
        decisions=[_decision_out(number, each) for number, each in picture.decisions],
        followers=list(picture.followers) if is_staff(caller) else [],
        lead_state=picture.lead_state,
        may_do=tell_may_do(caller, today, own, bars_on_protest(picture.record, caller, today, deciders)),
    )


def _shown(caller: Identity, row: ProtestRow, identifier: str) -> str:
    return shown_importer_number(caller, identifier) if identifier == row.importer_number else identifier


def _summary(row: ProtestRow, caller: Identity) -> dict[str, Any]:
    return {
        "protest_number": row.filing_number,
        "state": row.state,
        "is_open": row.is_open,
        "timeliness": row.timeliness,
        "further_review": row.further_review,
        "issue": row.issue,
        "importer_number": shown_importer_number(caller, row.importer_number),
        "entries": len(row.entries),
        "received_at": row.received_at,
        "decide_by": row.decide_by,
        "due_on": row.due_on,
        "due_rule": row.due_rule,
        "denied_on": row.denied_on,
        "sue_by": row.sue_by,
        "lead_protest": row.lead_protest,
    }


def _defect_out(defect: Finding) -> DefectOut:
    unsettled = say_unsettled(defect.rule) if defect.rule in RULES else None
    return DefectOut(rule=defect.rule, outcome=defect.outcome, why=defect.why, unsettled=unsettled)


def _verdict_out(verdict: Verdict, outcome: str | None) -> VerdictOut:
    return VerdictOut(
        entry_number=verdict.entry_number,
        timeliness=verdict.timeliness,
        rule=verdict.rule,
        citation=RULES[verdict.rule].citation if verdict.rule in RULES else None,
        why=verdict.why,
        decided_on=verdict.decided_on,
        protest_by=verdict.window.safe if verdict.window is not None else None,
        arguable_by=verdict.window.last_arguable if verdict.window is not None else None,
        outcome=outcome,
        unsettled=say_unsettled(verdict.rule) if verdict.rule in RULES else None,
    )


def _clocks(picture: ProtestPicture, today: date, law: LawSettings) -> list[ProtestClockOut]:
    return [
        ProtestClockOut(
            what=each.what,
            safe=each.safe,
            last_arguable=each.last_arguable,
            binds=each.binds,
            is_past=each.last_arguable < today,
            rule=each.rule,
            citation=RULES[each.rule].citation,
            evidence=RULES[each.rule].evidence,
            unsettled=say_unsettled(each.rule),
            inputs=dict(each.inputs),
        )
        for each in list_clocks(picture.record, picture.verdicts, picture.protest.decide_by, law)
    ]


def _act_out(act: ActRow, caller: Identity) -> ProtestActOut:
    # What is only recommended, and who of CBP does what, is for the Center alone.
    is_shown = is_staff(caller) or act.kind not in ("recommend", "return")
    return ProtestActOut(
        number=act.number,
        kind=act.kind,
        acted_on=act.acted_on,
        acted_at=act.acted_at,
        actor=act.actor if is_staff(caller) else "",
        acting_for=act.acting_for if is_staff(caller) else None,
        rule=act.rule,
        from_state=act.from_state,
        to_state=act.to_state,
        authority=act.authority if is_staff(caller) else None,
        details=dict(act.details) if is_shown else {},
    )


def _decision_out(act_number: int, line: LineDecision) -> LineDecisionOut:
    return LineDecisionOut(
        act_number=act_number,
        entry_number=line.entry_number,
        line_number=line.line_number or None,
        outcome=line.outcome,
        reasons=line.reasons,
        change_duty_usd=format_cents(line.change_duty_cents),
        change_fees_usd=format_cents(line.change_fees_cents),
    )
