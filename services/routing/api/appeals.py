"""Appeals against the assigned Center: made by the importer, decided by the Office of Field Operations."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from services.routing.acts import appeals as acts
from services.routing.acts.appeals import AppealRecord
from services.routing.api.appeal_models import (
    AppealCheckOut,
    AppealIn,
    AppealOut,
    AppealSummary,
    CheckOut,
    ContentsIn,
    DecisionIn,
    FlawOut,
    ImportIn,
    ReviewIn,
    StepOut,
    WithdrawalIn,
)
from services.routing.domain.appeals import (
    NO_DEADLINE,
    NO_STAY,
    PROCESS,
    TRANSITIONS,
    AppealContents,
    State,
    check_contents,
    describe_state,
    is_complete,
)
from services.routing.domain.authority import authority_for_process
from services.routing.domain.center import CITATION
from services.routing.store import appeals as store
from services.routing.store.appeals import AppealFilter, StandingAppeal, Step
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, reading, snapshot, transaction
from shared.runtime.access import is_staff, reach_of, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["appeals"])


"""The Office of Field Operations decides; a Center director may not (authority row assignment-appeal-ofo)."""
AppealNumber = Annotated[str, Path(description="Number of an appeal.", max_length=64)]


@router.post("/appeals", status_code=201, summary="Appeal against the assigned Center", response_model=AppealOut)
@tells("ETag", "Location")
async def file_appeal(
    body: AppealIn, request: Request, caller: Annotated[Identity, allow("appeal.file")], call: CurrentIdempotentCall
) -> Response:
    """Appeal at any time to the Office of Field Operations. What is missing is said, and may be supplied later.

    Refused is one that names no Center, another than the present one as the current, or the present one as preferred.
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


@router.post("/appeals/check", summary="What filing an appeal would come to")
async def check_appeal(
    body: AppealIn, request: Request, caller: Annotated[Identity, allow("appeal.file")]
) -> AppealCheckOut:
    """Whether it would be received, and what it lacks, by the rules of its filing. Nothing is kept."""
    contents = body.read(body.importer_number)
    async with snapshot(engine_of(request)) as tx:
        flaw = await acts.check_appeal(
            tx, caller, importer_number=body.importer_number, contents=contents, now=now_of(request)
        )
    return AppealCheckOut(
        would_be_received=flaw is None,
        is_complete=is_complete(contents),
        checks=_checks_out(contents),
        flaw=FlawOut(**flaw._asdict()) if flaw is not None else None,
    )


@router.get("/appeals", summary="Appeals against assigned Centers")
async def list_appeals(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("appeal.read")],
    page: CurrentPage,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    current_center: Annotated[
        str | None, Query(description="Only those against this Center.", examples=["CEE007"])
    ] = None,
    importer_number: Annotated[str | None, Query(description="Only those of this importer.")] = None,
) -> Page[AppealSummary]:
    """Appeals in the order of receipt, incomplete ones included. Parties see those of the importers in their token."""
    position = page.position(datetime, str)
    wanted = AppealFilter(state, current_center, importer_number)
    reach = reach_of(caller, "appeal.read", today_of(request))
    async with reading(engine_of(request)) as connection:
        rows = await store.list_appeals(connection, reach, wanted, after=position, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.received_at, row.appeal_number),
        item=lambda row: AppealSummary(**_summary(row, caller)),
        request=request,
        response=response,
    )


@router.get("/appeals/{appeal_number}", summary="One appeal")
@tells("ETag")
async def read_appeal(
    appeal_number: AppealNumber, request: Request, response: Response, caller: Annotated[Identity, allow("appeal.read")]
) -> AppealOut:
    """The state, what each required content is or lacks, clocks (none is known), effect and history."""
    async with snapshot(engine_of(request)) as tx:
        record = await acts.read_appeal(tx, caller, appeal_number, now_of(request))
    return _answer(record, caller, response)


@router.post("/appeals/{appeal_number}/supplements", summary="Supply what an appeal lacks")
@tells("ETag")
async def supplement_appeal(
    appeal_number: AppealNumber,
    body: ContentsIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("appeal.supply")],
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
@tells("ETag")
async def withdraw_appeal(
    appeal_number: AppealNumber,
    body: WithdrawalIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("appeal.withdraw")],
    if_match: RequiredIfMatch,
) -> AppealOut:
    """Take back an undecided appeal; a new one may be made at any time."""
    async with transaction(engine_of(request)) as tx:
        record = await acts.withdraw_appeal(
            tx, caller, appeal_number, if_match, reason=body.reason, now=now_of(request)
        )
    return _answer(record, caller, response)


@router.post("/appeals/{appeal_number}/review", summary="Take an appeal under review")
@tells("ETag")
async def review_appeal(
    appeal_number: AppealNumber,
    body: ReviewIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("appeal.review")],
    if_match: RequiredIfMatch,
) -> AppealOut:
    """Begin the review. An incomplete appeal is taken up only with a written reason."""
    async with transaction(engine_of(request)) as tx:
        record = await acts.take_up_appeal(tx, caller, appeal_number, if_match, reason=body.reason, now=now_of(request))
    return _answer(record, caller, response)


@router.post("/appeals/{appeal_number}/decision", summary="Decide an appeal")
@tells("ETag")
async def decide_appeal(
    appeal_number: AppealNumber,
    body: DecisionIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("appeal.decide")],
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
        checks=_checks_out(contents),
        flaw=FlawOut(**record.flaw._asdict()) if record.flaw is not None else None,
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
        authority=step.authority if is_staff(caller) else None,
    )


def _checks_out(contents: AppealContents) -> list[CheckOut]:
    return [
        CheckOut(
            code=check.requirement.code,
            text=check.requirement.text,
            is_given=check.missing is None,
            missing=check.missing,
            evidence=check.requirement.evidence,
        )
        for check in check_contents(contents)
    ]
