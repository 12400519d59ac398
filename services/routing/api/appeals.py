"""Appeals against the assigned Center: made by the importer, decided by the Office of Field Operations."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.routing.acts import appeals as acts
from services.routing.acts.appeals import AppealRecord, Outcome
from services.routing.domain.appeals import (
    NO_DEADLINE,
    NO_STAY,
    PROCESS,
    TRANSITIONS,
    Act,
    AppealContents,
    ImportRow,
    State,
    check_contents,
    describe_state,
    is_complete,
)
from services.routing.domain.authority import Evidence, authority_for_process
from services.routing.domain.center import CITATION
from services.routing.store import appeals as store
from services.routing.store.appeals import AppealFilter, StandingAppeal, Step
from shared.contracts.terms import CenterCode, ImporterNumber
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import is_staff, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.identity import CurrentIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["appeals"])

AppellantIdentity = Annotated[Identity, Depends(require(RoleName.IMPORTER, RoleName.BROKER, RoleName.TRADE_COUNSEL))]
DeciderIdentity = Annotated[Identity, Depends(require(RoleName.OFFICE_OF_TRADE))]
"""The Office of Field Operations decides; a Center director may not (authority row assignment-appeal-ofo)."""
AppealNumber = Annotated[str, Path(description="Number of an appeal.", max_length=64)]
Why = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Bond = Annotated[str, StringConstraints(min_length=1, max_length=64)]

_CONTENTS: dict[str, Any] = {
    "current_center": "CEE007",
    "preferred_center": "CEE010",
    "importer_numbers": ["07-345678900"],
    "bond_numbers": {"07-345678900": "SYN-BOND-1"},
    "justification": "SYNTHETIC: most of our goods are machinery.",
    "import_history": [{"hts": "8479", "value_usd": 900000}, {"hts": "8471", "value_usd": 100000}],
    "is_projection": False,
}


class ImportIn(BaseModel):
    """Imports under a heading in the prior year, or projected, by value."""

    model_config = ConfigDict(extra="forbid")

    hts: str = Field(pattern="^[0-9]{4,10}$", examples=["8479"])
    value_usd: int = Field(ge=0, le=10**15)


class ContentsIn(BaseModel):
    """What an appeal says, or what is supplied later. All may be absent: what is missing is said, not refused."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_CONTENTS]})

    current_center: CenterCode | None = None
    preferred_center: CenterCode | None = None
    importer_numbers: list[ImporterNumber] = Field(default=[], max_length=500, description="All that are affected.")
    bond_numbers: dict[ImporterNumber, Bond] = Field(default={}, description="Bond by importer number.")
    justification: str | None = Field(default=None, min_length=1, max_length=20_000)
    import_history: list[ImportIn] = Field(default=[], max_length=5_000, description="Of the prior year.")
    is_projection: bool = Field(default=False, description="The importer is new: the imports are projected.")

    def read(self, importer_number: str | None) -> AppealContents:
        """The contents in the words of the domain; the appellant's number, where it is given, comes first."""
        first = [importer_number] if importer_number is not None and self.importer_numbers else []
        return AppealContents(
            current_center=self.current_center,
            preferred_center=self.preferred_center,
            importer_numbers=tuple(dict.fromkeys([*first, *self.importer_numbers])),
            bond_numbers=dict(self.bond_numbers),
            justification=self.justification,
            imports=tuple(ImportRow(row.hts, row.value_usd) for row in self.import_history),
            is_projection=self.is_projection and bool(self.import_history),
        )


class AppealIn(ContentsIn):
    """An appeal: who appeals, and what the appeal says."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"importer_number": "07-345678900", **_CONTENTS}]}
    )

    importer_number: ImporterNumber


class ReviewIn(BaseModel):
    """Taking an appeal under review; one that is incomplete needs the reason in writing."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "SYNTHETIC: the bond numbers are on file."}]}
    )

    reason: Why | None = None


class DecisionIn(BaseModel):
    """The decision, with its reasons. A new assignment names the Center and its first day, today or later."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "outcome": "reassigned",
                    "center": "CEE010",
                    "effective_on": "2026-04-01",
                    "reasons": ["SYNTHETIC: the predominant goods are machinery."],
                }
            ]
        },
    )

    outcome: Outcome
    center: CenterCode | None = Field(default=None, description="With `reassigned` only.")
    effective_on: date | None = Field(default=None, description="With `reassigned` only.")
    reasons: list[Why] = Field(min_length=1, max_length=20)


class WithdrawalIn(BaseModel):
    """Why the appeal is withdrawn."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "SYNTHETIC: settled."}]})

    reason: Why


class CheckOut(BaseModel):
    """One thing that an appeal must contain, and whether it does."""

    code: str
    text: str
    is_given: bool
    missing: str | None = Field(description="What is missing, in a sentence.")
    evidence: Evidence = Field(description="How well the requirement is known: M from memory.")


class StepOut(BaseModel):
    """One line of the history."""

    act: str
    state: State
    reasons: list[str]
    detail: dict[str, Any]
    done_by: str | None = Field(description="Shown to staff; parties see their own acts.")
    acting_for: str | None
    done_at: datetime


class AppealSummary(BaseModel):
    """An appeal in a list."""

    appeal_number: str
    importer_number: str
    state: State
    is_complete: bool
    current_center: str | None
    preferred_center: str | None
    received_at: datetime
    decided_center: str | None
    effective_on: date | None


class AppealOut(AppealSummary):
    """An appeal whole: its state and what comes next, the contents with what is missing, clocks, history."""

    says: str = Field(description="The state in a plain sentence.")
    may_do: list[Act] = Field(description="The acts that this state allows.")
    checks: list[CheckOut]
    importer_numbers: list[str]
    bond_numbers: dict[str, str]
    justification: str | None
    import_history: list[ImportIn]
    is_projection: bool
    filed_by: dict[str, Any]
    decides: str = Field(description="Who decides.", examples=["Office of Field Operations"])
    authority: str
    clocks: list[str] = Field(description="No clock is known; said plainly.")
    effect: str
    citation: str
    history: list[StepOut]


@router.post("/appeals", status_code=201, summary="Appeal against the assigned Center", response_model=AppealOut)
async def file_appeal(
    body: AppealIn, request: Request, caller: AppellantIdentity, call: CurrentIdempotentCall
) -> Response:
    """Appeal at any time to the Office of Field Operations. What is missing is said, and may be supplied later.

    The importer, a broker authorised for every affected number, or trade counsel whose token names them.
    """
    filed: AppealRecord

    async def act(tx: Transaction) -> AppealOut:
        nonlocal filed
        filed = await acts.file_appeal(
            tx,
            caller,
            call,
            importer_number=body.importer_number,
            contents=body.read(body.importer_number),
            now=now_of(request),
        )
        return _appeal_out(filed, caller)

    return await answer_once(
        request,
        call,
        act,
        headers=lambda answer: {
            "ETag": etag(filed.appeal.version),
            "Location": f"/appeals/{answer.appeal_number}",
        },
    )


@router.get("/appeals", summary="Appeals against assigned Centers")
async def list_appeals(
    request: Request,
    response: Response,
    caller: CurrentIdentity,
    page: CurrentPage,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    current_center: Annotated[
        str | None, Query(description="Only those against this Center.", examples=["CEE007"])
    ] = None,
    importer_number: Annotated[str | None, Query(description="Only those of this importer.")] = None,
) -> Page[AppealSummary]:
    """Appeals in the order of receipt, incomplete ones included. Parties see those of the importers in their token."""
    position = page.position(datetime, str)
    wanted = AppealFilter(
        state, current_center, importer_number, None if is_staff(caller) else frozenset(caller.importer_numbers)
    )
    async with reading(engine_of(request)) as connection:
        rows = await store.list_appeals(connection, wanted, after=position, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.received_at, row.appeal_number),
        item=lambda row: AppealSummary(**_summary(row, caller)),
        request=request,
        response=response,
    )


@router.get("/appeals/{appeal_number}", summary="One appeal")
async def read_appeal(
    appeal_number: AppealNumber, request: Request, response: Response, caller: CurrentIdentity
) -> AppealOut:
    """The state, what each required content is or lacks, clocks (none is known), effect and history."""
    async with transaction(engine_of(request)) as tx:
        record = await acts.read_appeal(tx, caller, appeal_number, now_of(request))
    return _answer(record, caller, response)


@router.post("/appeals/{appeal_number}/supplements", summary="Supply what an appeal lacks")
async def supplement_appeal(
    appeal_number: AppealNumber,
    body: ContentsIn,
    request: Request,
    response: Response,
    caller: AppellantIdentity,
    if_match: RequiredIfMatch,
) -> AppealOut:
    """Add to an undecided appeal: what is named replaces what was said, numbers and bonds come in addition."""
    async with transaction(engine_of(request)) as tx:
        record = await acts.supplement_appeal(
            tx,
            caller,
            appeal_number,
            if_match,
            supplied=body.read(None),
            named=sorted(body.model_fields_set),
            now=now_of(request),
        )
    return _answer(record, caller, response)


@router.post("/appeals/{appeal_number}/withdrawal", summary="Withdraw an appeal")
async def withdraw_appeal(
    appeal_number: AppealNumber,
    body: WithdrawalIn,
    request: Request,
    response: Response,
    caller: AppellantIdentity,
    if_match: RequiredIfMatch,
) -> AppealOut:
    """Take back an undecided appeal; a new one may be made at any time."""
    async with transaction(engine_of(request)) as tx:
        record = await acts.withdraw_appeal(
            tx, caller, appeal_number, if_match, reason=body.reason, now=now_of(request)
        )
    return _answer(record, caller, response)


@router.post("/appeals/{appeal_number}/review", summary="Take an appeal under review")
async def review_appeal(
    appeal_number: AppealNumber,
    body: ReviewIn,
    request: Request,
    response: Response,
    caller: DeciderIdentity,
    if_match: RequiredIfMatch,
) -> AppealOut:
    """Begin the review. An incomplete appeal is taken up only with a written reason."""
    async with transaction(engine_of(request)) as tx:
        record = await acts.take_up_appeal(tx, caller, appeal_number, if_match, reason=body.reason, now=now_of(request))
    return _answer(record, caller, response)


@router.post("/appeals/{appeal_number}/decision", summary="Decide an appeal")
async def decide_appeal(
    appeal_number: AppealNumber,
    body: DecisionIn,
    request: Request,
    response: Response,
    caller: DeciderIdentity,
    if_match: RequiredIfMatch,
) -> AppealOut:
    """Uphold the assignment, or assign all affected numbers anew from a day.

    Open matters stay with the Center that has them unless they are moved one by one; clocks never restart.
    """
    async with transaction(engine_of(request)) as tx:
        record = await acts.decide_appeal(
            tx,
            caller,
            appeal_number,
            if_match,
            outcome=body.outcome,
            center=body.center,
            effective_on=body.effective_on,
            reasons=body.reasons,
            now=now_of(request),
        )
    return _answer(record, caller, response)


def _answer(record: AppealRecord, caller: Identity, response: Response) -> AppealOut:
    response.headers["ETag"] = etag(record.appeal.version)
    return _appeal_out(record, caller)


def _summary(appeal: StandingAppeal, caller: Identity) -> dict[str, Any]:
    contents = appeal.contents
    return {
        "appeal_number": appeal.appeal_number,
        "importer_number": shown_importer_number(caller, appeal.importer_number),
        "state": appeal.state,
        "is_complete": is_complete(contents),
        "current_center": contents.current_center,
        "preferred_center": contents.preferred_center,
        "received_at": appeal.received_at,
        "decided_center": appeal.decided_center,
        "effective_on": appeal.effective_on,
    }


def _appeal_out(record: AppealRecord, caller: Identity) -> AppealOut:
    appeal = record.appeal
    contents = appeal.contents
    filed_by = dict(appeal.filed_by)
    if filed_by.get("id") == appeal.importer_number:
        filed_by["id"] = shown_importer_number(caller, appeal.importer_number)
    return AppealOut(
        **_summary(appeal, caller),
        says=describe_state(appeal.state),
        may_do=list(TRANSITIONS[appeal.state]),
        checks=[
            CheckOut(
                code=check.requirement.code,
                text=check.requirement.text,
                is_given=check.missing is None,
                missing=check.missing,
                evidence=check.requirement.evidence,
            )
            for check in check_contents(contents)
        ],
        importer_numbers=[shown_importer_number(caller, number) for number in contents.importer_numbers],
        bond_numbers={
            shown_importer_number(caller, number): bond for number, bond in sorted(contents.bond_numbers.items())
        },
        justification=contents.justification,
        import_history=[ImportIn(hts=line.hts, value_usd=line.value_usd) for line in contents.imports],
        is_projection=contents.is_projection,
        filed_by=filed_by,
        decides="Office of Field Operations",
        authority=authority_for_process(PROCESS, legal_date(appeal.received_at)),
        clocks=[NO_DEADLINE],
        effect=NO_STAY,
        citation=CITATION,
        history=[_step_out(step, caller) for step in record.steps],
    )


def _step_out(step: Step, caller: Identity) -> StepOut:
    shown = is_staff(caller) or step.done_by == caller.subject
    return StepOut(
        act=step.act,
        state=step.state,
        reasons=list(step.reasons),
        detail=step.detail,
        done_by=step.done_by if shown else None,
        acting_for=step.acting_for if shown else None,
        done_at=step.done_at,
    )
