"""The HTTP side of protests: filing, lists, one protest whole with its clocks, acts one by one and on a group."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from services.liquidation.acts.protests import MAY_ACT, ActRequest, act_on_protest, file_protest, preview_act
from services.liquidation.api.common import law_of, money_policy_of
from services.liquidation.domain.further_review import Criterion
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.protest import Verdict, read_filing
from services.liquidation.domain.protest_life import Act, Stage, list_clocks, relive
from services.liquidation.domain.rules import RULES
from services.liquidation.store import protests as store
from services.liquidation.store.protests import Sight
from shared.contracts.terms import EntryNumber, LegalDate, Money
from shared.customs.calendar import Due, legal_date
from shared.customs.money import format_cents
from shared.db.transaction import reading
from shared.runtime.access import is_staff, shown_importer_number
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import NotFound, Refused
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall
from shared.web.identity import CurrentIdentity, StaffIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter()

MAX_GROUP: Final = 200
FilerIdentity = Annotated[
    Identity, Depends(require(RoleName.IMPORTER, RoleName.BROKER, RoleName.SURETY, RoleName.TRADE_COUNSEL))
]
ProtestPath = Annotated[str, Path(description="The protest number.", max_length=64, examples=["270426101688"])]
Words = Annotated[str, Field(min_length=1, max_length=4000)]
Note = Annotated[str, Field(max_length=500, description="A remark for the history.")]
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
    decision_on: LegalDate | None = Field(
        default=None, description="The day of the decision, where it is not the liquidation, or of the reliquidation."
    )
    demand_on: LegalDate | None = Field(default=None, description="A surety: when the demand was mailed to it.")
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


class DefectOut(BaseModel):
    """What stands against the protest, or is to be known of it."""

    rule: str
    outcome: str
    why: str


class FiledOut(BaseModel):
    """A protest that was received."""

    protest_number: str
    state: str
    timeliness: str
    received_on: date
    decide_by: date
    defects: list[DefectOut]


class ClockOut(BaseModel):
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
    clocks: list[ClockOut]
    acts: list[ProtestActOut]
    decisions: list[LineDecisionOut]
    followers: list[str] = Field(description="Protests suspended behind this one.")
    lead_state: str | None = Field(description="Where the lead protest stands: once it is decided, resume.")


class PlainActIn(_In):
    """An act that states nothing but a remark."""

    kind: Literal[
        "begin-review",
        "ask-party",
        "party-answered",
        "resume",
        "add-grounds",
        "forward",
        "return",
        "request-set-aside",
        "set-aside",
        "refuse-set-aside",
        "withdraw",
        "request-void",
        "void-denial",
    ]
    text: Note = ""


class SuspendIn(_In):
    """Wait for a lead protest on the same question."""

    kind: Literal["suspend"]
    lead: Annotated[str, Field(min_length=1, max_length=64)]
    text: Note = ""


class AmendIn(_In):
    """Attack further categories, while the time to protest runs."""

    kind: Literal["amend"]
    categories: Annotated[list[Category], Field(min_length=1, max_length=50)]
    text: Note = ""


class AccelerateIn(_In):
    """Ask for accelerated disposition; the clock runs from the mailing."""

    kind: Literal["request-acceleration"]
    mailed_on: LegalDate | None = Field(default=None, description="Today when it is left out.")
    text: Note = ""


class FurtherReviewIn(_In):
    """Apply for further review, or grant it, by the criteria of 19 CFR 174.24."""

    kind: Literal["apply-further-review", "grant-further-review"]
    criteria: Annotated[list[Criterion], Field(max_length=4)] = []
    text: Note = ""


class ReasonedActIn(_In):
    """Refuse further review, with reasons."""

    kind: Literal["refuse-further-review"]
    reasons: Words


class HeadquartersAnswerIn(_In):
    """What headquarters decided on further review."""

    kind: Literal["answer-further-review"]
    outcome: Literal["allowed", "allowed-in-part", "denied"]
    reference: Annotated[str, Field(min_length=1, max_length=64)] = Field(examples=["HQ H300353"])
    reasons: Words


class DecisionItemIn(_In):
    """What to decide on an entry or a line of it; the change is against the entry as it stands, negative a refund."""

    entry_number: EntryNumber
    line_number: Annotated[int, Field(ge=1, le=9999)] | None = None
    outcome: Literal["allowed", "denied"]
    reasons: Words
    change_duty_usd: Money = "0.00"
    change_fees_usd: Money = "0.00"


class RecommendIn(_In):
    """Recommend a decision on every entry: by the items, the other entries as `otherwise` says."""

    kind: Literal["recommend"]
    reasons: Words
    otherwise: Literal["denied"] | None = None
    items: Annotated[list[DecisionItemIn], Field(max_length=10_000)] = []


class SignIn(_In):
    """Sign what is recommended: the decision. Its notice states the reasons and the right to sue."""

    kind: Literal["sign"]
    reasons: Annotated[str, Field(max_length=4000)] | None = None


class RejectIn(_In):
    """Reject a protest for a defect on record, without a decision on its merits."""

    kind: Literal["reject"]
    ground: Literal["untimely", "too-early", "incomplete", "no-standing", "not-protestable", "second-protest", "split"]
    reasons: Words


class SummonIn(_In):
    """Note that a suit was begun: the record is locked."""

    kind: Literal["summon"]
    filed_on: LegalDate
    court_number: Annotated[str, Field(min_length=1, max_length=40)]
    are_duties_paid: bool
    text: Note = ""


AnyActIn = Annotated[
    PlainActIn
    | SuspendIn
    | AmendIn
    | AccelerateIn
    | FurtherReviewIn
    | ReasonedActIn
    | HeadquartersAnswerIn
    | RecommendIn
    | SignIn
    | RejectIn
    | SummonIn,
    Field(discriminator="kind"),
]


class ActDoneOut(BaseModel):
    """Where the protest stands after the act."""

    protest_number: str
    version: int
    state: str
    further_review: str
    denied_on: date | None
    sue_by: date | None


class GroupPreviewIn(_In):
    """An act to try on a group of protests."""

    protest_numbers: Annotated[list[str], Field(min_length=1, max_length=MAX_GROUP)]
    act: AnyActIn


class GroupItemIn(_In):
    """A protest of a group, at the version that the preview showed."""

    protest_number: str
    version: int


class GroupActIn(_In):
    """An act to do on a group of protests, each as the preview showed it."""

    protests: Annotated[list[GroupItemIn], Field(min_length=1, max_length=MAX_GROUP)]
    act: AnyActIn


class GroupItemOut(BaseModel):
    """What an act did, or would do, on one protest."""

    protest_number: str
    result: Literal["would-be-done", "done", "refused"]
    version: int | None = None
    state: str | None = None
    rule: str | None = None
    code: str | None = None
    why: str | None = None


class GroupOut(BaseModel):
    """The results, protest by protest: one that is refused does not stop the others."""

    done: int
    refused: int
    items: list[GroupItemOut]


class IssueOut(BaseModel):
    """A question common to protests."""

    issue: str
    protests: int
    open: int
    suspended: int
    due_on: date | None


@router.post("/protests", status_code=201, summary="File a protest", response_model=FiledOut)
async def create_protest(
    body: ProtestIn, request: Request, caller: FilerIdentity, call: CurrentIdempotentCall
) -> Response:
    """Filed on the day of receipt. Whatever is missing, early, late or twice is refused at once, with its rule."""
    given = body.model_dump(mode="json", exclude_none=True)
    entries = given.pop("entries")
    answer = await file_protest(engine_of(request), now_of(request), call, entries, given, caller, law_of(request))
    headers = {"Idempotency-Replayed": "true"} if answer.is_replayed else {}
    headers["Location"] = f"/protests/{answer.body['protest_number']}"
    return JSONResponse(answer.body, answer.status, headers=headers)


@router.get("/protests", summary="Protests")
async def list_protests(
    request: Request,
    response: Response,
    caller: CurrentIdentity,
    page: CurrentPage,
    state: Annotated[Stage | None, Query(description="Only in this state.")] = None,
    is_open: Annotated[bool | None, Query(description="Undecided ones, or decided ones.")] = None,
    importer: Annotated[str | None, Query(description="Only of this importer number.", max_length=20)] = None,
    entry: Annotated[str | None, Query(description="Only those that name this entry.", max_length=15)] = None,
    issue: Annotated[str | None, Query(description="Only of this issue.", max_length=200)] = None,
    due_before: Annotated[date | None, Query(description="Open ones on which CBP has to act before a day.")] = None,
    overdue: Annotated[bool, Query(description="Open ones past their two years (protest-decide-2y).")] = False,
) -> Page[ProtestSummaryOut]:
    """In order of number; outside parties see their own."""
    position = page.position(str)
    sight = None
    if not is_staff(caller):
        filer = caller.filer_code if caller.has_role(RoleName.BROKER) else None
        surety = caller.surety_code if caller.has_role(RoleName.SURETY) else None
        sight = Sight(caller.importer_numbers, filer, surety)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_protests(
            connection,
            after=position[0] if position else None,
            limit=page.fetch,
            sight=sight,
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
    request: Request, response: Response, _: StaffIdentity, page: CurrentPage
) -> Page[IssueOut]:
    """Protests grouped by issue, in order of its words."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_issues(connection, after=position[0] if position else None, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.issue,),
        item=lambda row: IssueOut.model_validate(row, from_attributes=True),
        request=request,
        response=response,
    )


@router.get("/protests/{protest_number}", summary="A protest")
async def read_protest(
    protest_number: ProtestPath, request: Request, response: Response, caller: CurrentIdentity
) -> ProtestOut:
    """The protest whole: contents, time for each entry, clocks with their rules, acts, decisions, followers."""
    async with reading(engine_of(request)) as connection:
        row = await store.find_protest(connection, protest_number)
        if row is None or not _may_see(caller, row):
            raise NotFound(f"There is no protest {protest_number}.", remedy="Check the number.")
        entries = await store.list_entries_of(connection, protest_number)
        acts = await store.list_acts_of(connection, protest_number)
        decisions = await store.list_decisions_of(connection, protest_number)
        followers = await store.list_followers(connection, protest_number) if is_staff(caller) else []
        lead = await store.find_protest(connection, row.lead_protest) if row.lead_protest else None
    response.headers["ETag"] = etag(row.acts)
    return ProtestOut(
        **_summary(row, caller),
        filed_by={**row.filed_by, "id": _shown(caller, row, str(row.filed_by.get("id", "")))},
        body=row.body,
        verdicts=[_verdict_out(each) for each in entries],
        defects=[DefectOut(**each) for each in row.defects],
        clocks=_clocks(row, entries, acts, legal_date(now_of(request)), law_of(request)),
        acts=[_act_out(each, caller) for each in acts],
        decisions=[_decision_out(each) for each in decisions],
        followers=followers,
        lead_state=lead.state if lead is not None else None,
    )


@router.post("/protests/{protest_number}/acts", summary="Act on a protest")
async def create_protest_act(
    protest_number: ProtestPath,
    body: AnyActIn,
    request: Request,
    response: Response,
    caller: CurrentIdentity,
    meant: RequiredIfMatch,
) -> ActDoneOut:
    """Do one act in the caller's capacity. What the law has done by now, such as a deemed denial, is done first."""
    after = await act_on_protest(
        engine_of(request),
        now_of(request),
        protest_number,
        meant,
        _requested(body),
        caller,
        law_of(request),
        money_policy_of(request),
    )
    response.headers["ETag"] = etag(after.life.acts)
    return ActDoneOut(
        protest_number=protest_number,
        version=after.life.acts,
        state=after.life.stage,
        further_review=after.life.further_review,
        denied_on=after.life.denied_on,
        sue_by=after.sue_by,
    )


@router.post("/protest-groups/previews", summary="What an act would do on a group of protests")
async def preview_group_act(body: GroupPreviewIn, request: Request, caller: StaffIdentity) -> GroupOut:
    """Nothing is done: each answers with its version, for POST /protest-groups/acts, or with what forbids the act."""
    items = []
    for number in dict.fromkeys(body.protest_numbers):
        try:
            prepared = await preview_act(
                engine_of(request),
                now_of(request),
                number,
                IfMatch(None),
                _requested(body.act, for_group=True),
                caller,
                law_of(request),
            )
        except Refused as error:
            items.append(_refused_item(number, error))
        else:
            life = prepared.standing.life
            items.append(
                GroupItemOut(protest_number=number, result="would-be-done", version=life.acts, state=life.stage)
            )
    return _group(items)


@router.post("/protest-groups/acts", summary="Act on a group of protests")
async def create_group_act(body: GroupActIn, request: Request, caller: StaffIdentity) -> GroupOut:
    """Each protest on its own, at the version of the preview: one that has changed since is refused as stale."""
    items = []
    for each in {one.protest_number: one for one in body.protests}.values():
        try:
            after = await act_on_protest(
                engine_of(request),
                now_of(request),
                each.protest_number,
                IfMatch(frozenset({etag(each.version)})),
                _requested(body.act, for_group=True),
                caller,
                law_of(request),
                money_policy_of(request),
            )
        except Refused as error:
            items.append(_refused_item(each.protest_number, error))
        else:
            life = after.life
            items.append(
                GroupItemOut(protest_number=each.protest_number, result="done", version=life.acts, state=life.stage)
            )
    return _group(items)


def _requested(body: Any, *, for_group: bool = False) -> ActRequest:
    details = body.model_dump(mode="json", exclude={"kind"})
    if for_group and body.kind == "recommend":
        details["for_group"] = True
    assert body.kind in MAY_ACT
    return ActRequest(body.kind, details)


def _refused_item(number: str, error: Refused) -> GroupItemOut:
    return GroupItemOut(protest_number=number, result="refused", rule=error.rule, code=error.code, why=error.detail)


def _group(items: list[GroupItemOut]) -> GroupOut:
    refused = sum(each.result == "refused" for each in items)
    return GroupOut(done=len(items) - refused, refused=refused, items=items)


def _may_see(caller: Identity, row: Any) -> bool:
    if is_staff(caller) or row.importer_number in caller.importer_numbers:
        return True
    if caller.has_role(RoleName.BROKER) and caller.filer_code is not None:
        return bool(row.entries) and all(each[:3] == caller.filer_code for each in row.entries)
    if caller.has_role(RoleName.SURETY) and caller.surety_code is not None:
        return bool(row.filed_by.get("role") == "surety" and row.filed_by.get("id") == caller.surety_code)
    return False


def _shown(caller: Identity, row: Any, identifier: str) -> str:
    return shown_importer_number(caller, identifier) if identifier == row.importer_number else identifier


def _summary(row: Any, caller: Identity) -> dict[str, Any]:
    return {
        "protest_number": row.filing_number,
        "state": row.state,
        "is_open": row.is_open,
        "timeliness": row.timeliness,
        "further_review": row.further_review_state,
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


def _verdict_out(row: Any) -> VerdictOut:
    return VerdictOut(
        entry_number=row.entry_number,
        timeliness=row.timeliness,
        rule=row.rule,
        citation=RULES[row.rule].citation if row.rule in RULES else None,
        why=row.why,
        decided_on=row.decided_on,
        protest_by=row.protest_by,
        arguable_by=row.arguable_by,
        outcome=row.outcome,
    )


def _clocks(row: Any, entries: list[Any], acts: list[Any], today: date, law: LawSettings) -> list[ClockOut]:
    filing = read_filing(row.filing_number, row.importer_number, row.filed_by, row.entries, row.received_at, row.body)
    done = [Act(each.kind, each.acted_on, each.actor, each.acting_for, each.details) for each in acts if each.number]
    verdicts = [
        Verdict(
            each.entry_number,
            each.timeliness,
            each.rule,
            each.why,
            each.decided_on,
            Due(each.protest_by, each.arguable_by) if each.protest_by is not None else None,
        )
        for each in entries
    ]
    return [
        ClockOut(
            what=each.what,
            safe=each.safe,
            last_arguable=each.last_arguable,
            binds=each.binds,
            is_past=each.last_arguable < today,
            rule=each.rule,
            citation=RULES[each.rule].citation,
            evidence=RULES[each.rule].evidence,
            unsettled=RULES[each.rule].unsettled,
            inputs=dict(each.inputs),
        )
        for each in list_clocks(relive(filing, done), verdicts, row.decide_by, law)
    ]


def _act_out(row: Any, caller: Identity) -> ProtestActOut:
    # What is only recommended, and who of CBP does what, is for the Center alone.
    is_shown = is_staff(caller) or row.kind not in ("recommend", "return")
    return ProtestActOut(
        number=row.number,
        kind=row.kind,
        acted_on=row.acted_on,
        acted_at=row.acted_at,
        actor=row.actor if is_staff(caller) else "",
        acting_for=row.acting_for if is_staff(caller) else None,
        rule=row.rule,
        from_state=row.from_state,
        to_state=row.to_state,
        details=row.details if is_shown else {},
    )


def _decision_out(row: Any) -> LineDecisionOut:
    return LineDecisionOut(
        act_number=row.act_number,
        entry_number=row.entry_number,
        line_number=row.line_number or None,
        outcome=row.outcome,
        reasons=row.reasons,
        change_duty_usd=format_cents(row.change_duty_cents),
        change_fees_usd=format_cents(row.change_fees_cents),
    )
