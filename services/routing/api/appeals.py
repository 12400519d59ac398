"""Appeals against the assigned Center: made by the importer, decided by the Office of Field Operations."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.routing.api.common import SOURCE
from services.routing.assigning import assignment_events
from services.routing.domain.accounts import may_represent
from services.routing.domain.appeal import (
    CITATION,
    NO_DEADLINE,
    NO_STAY,
    TRANSITIONS,
    Act,
    AppealContents,
    ImportRow,
    State,
    check_contents,
    describe_state,
    is_complete,
    next_state,
)
from services.routing.domain.authority import Evidence, authority_for_process
from services.routing.store import accounts as account_store
from services.routing.store import appeals as store
from services.routing.store import assignments as assignment_store
from services.routing.store import directory as directory_store
from services.routing.store.appeals import AppealFilter, FiledAppeal, Step
from services.routing.store.assignments import NewAssignment
from services.routing.store.decisions import Origin
from shared.bus import outbox
from shared.contracts.terms import CenterCode, ImporterNumber
from shared.customs.calendar import legal_date
from shared.db.idempotency import recall, remember
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import OUTSIDE_PARTIES, is_staff, may_see, shown_importer_number
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import Conflict, Forbidden, NotFound, Refused
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import event_id
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall, replay
from shared.web.identity import CurrentIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["appeals"])

PROCESS = "center-appeal"

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

    def read(self, importer_number: str | None = None) -> AppealContents:
        """The contents in the words of the domain; the appellant's number comes first."""
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

    outcome: Literal["upheld", "reassigned"]
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
    body: AppealIn, request: Request, response: Response, caller: AppellantIdentity, call: CurrentIdempotentCall
) -> AppealOut | Response:
    """Appeal at any time to the Office of Field Operations. What is missing is said, and may be supplied later.

    The importer, a broker authorised for every affected number, or trade counsel whose token names them.
    """
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        remembered = await recall(tx.connection, call)
        if remembered is not None:
            return replay(remembered)
        contents = body.read(body.importer_number)
        await _demand_standing(tx, caller, {body.importer_number, *contents.importer_numbers}, legal_date(now))
        number = f"APPEAL-{event_id('appeal', call.identity, call.key)}"
        filed_by = {"role": _role_of(caller), "id": caller.subject, "name": caller.name}
        appeal = FiledAppeal(
            appeal_number=number,
            importer_number=body.importer_number,
            contents=contents,
            filed_by=orjson.dumps(filed_by).decode(),
            received_at=now,
            digest=bytes.fromhex(call.request_hash),
            origin=Origin(now, SOURCE, number),
        )
        await store.write_filed(tx, [appeal])
        row = await store.find_appeal(tx.connection, number)
        answer = _appeal_out(row, [], caller)
        await remember(
            tx.connection,
            call,
            status=201,
            response=answer.model_dump(mode="json"),
            now=now,
        )
    response.headers["ETag"] = _etag(row)
    response.headers["Location"] = f"/appeals/{number}"
    return answer


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
        row = await store.find_appeal(tx.connection, appeal_number)
        await _demand_sight(tx, caller, row, appeal_number, legal_date(now_of(request)))
        steps = await store.list_steps(tx.connection, appeal_number)
    response.headers["ETag"] = _etag(row)
    return _appeal_out(row, steps, caller)


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
    now = now_of(request)
    supplied = body.read()
    if supplied == AppealContents():
        raise Refused(
            "The supplement supplies nothing.",
            rule="appeal-supplement",
            code="nothing-supplied",
            remedy="Name what is added.",
        )
    async with transaction(engine_of(request)) as tx:
        row, state = await _lock(tx, caller, appeal_number, "supplement", if_match, legal_date(now))
        await _demand_standing(tx, caller, {row.importer_number, *supplied.importer_numbers}, legal_date(now))
        named = sorted(body.model_fields_set)
        row = await store.append_step(
            tx, row, _step("supplement", state, ["Supplied: " + ", ".join(named) + "."], caller, now), supplied=supplied
        )
        return await _answer(tx, row, caller, response)


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
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        row, state = await _lock(tx, caller, appeal_number, "withdraw", if_match, legal_date(now))
        await _demand_standing(tx, caller, {row.importer_number}, legal_date(now))
        row = await store.append_step(tx, row, _step("withdraw", state, [body.reason], caller, now))
        return await _answer(tx, row, caller, response)


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
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        row, state = await _lock(tx, caller, appeal_number, "take-up", if_match, legal_date(now))
        contents = store.read_all(row)
        if body.reason is None and not is_complete(contents):
            missing = " ".join(check.missing for check in check_contents(contents) if check.missing)
            raise Refused(
                f"The appeal is incomplete: {missing}",
                rule="appeal-contents",
                code="reason-required",
                citation=CITATION,
                remedy="Ask the appellant for a supplement, or say in `reason` why it is taken up all the same.",
            )
        reasons = [body.reason] if body.reason is not None else []
        row = await store.append_step(tx, row, _step("take-up", state, reasons, caller, now))
        return await _answer(tx, row, caller, response)


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
    now = now_of(request)
    act: Act = "uphold" if body.outcome == "upheld" else "reassign"
    async with transaction(engine_of(request)) as tx:
        row, state = await _lock(tx, caller, appeal_number, act, if_match, legal_date(now))
        detail: dict[str, Any] = {}
        if act == "reassign":
            detail = await _reassign(tx, row, body, caller, now)
        elif body.center is not None or body.effective_on is not None:
            raise Refused(
                "An assignment that is upheld gets neither Center nor day.",
                rule="appeal-decision",
                code="nothing-to-assign",
                remedy="Leave them out, or decide `reassigned`.",
            )
        step = _step(act, state, body.reasons, caller, now, detail)
        row = await store.append_step(tx, row, step, center=body.center, effective_on=body.effective_on)
        return await _answer(tx, row, caller, response)


async def _reassign(tx: Transaction, row: Any, body: DecisionIn, caller: Identity, now: datetime) -> dict[str, Any]:
    """Append the assignments of all affected numbers and publish them."""
    today = legal_date(now)
    if body.center is None or body.effective_on is None:
        raise Refused(
            "A new assignment needs its Center and its first day.",
            rule="appeal-decision",
            code="assignment-incomplete",
            remedy="Give `center` and `effective_on`.",
        )
    if body.effective_on < today:
        raise Refused(
            f"An assignment takes effect today, {today}, or later; {body.effective_on} has passed.",
            rule="assignment-day",
            code="day-passed",
            remedy="Give today or a later day: decisions already made stay.",
        )
    unit = (await directory_store.load(tx.connection)).centers.get(body.center)
    if unit is None or not unit.is_open(body.effective_on):
        raise Refused(
            f"{body.center} takes no work on {body.effective_on}." if unit else f"{body.center} is not a Center.",
            rule="center-exists",
            code="center-not-open" if unit else "unknown-center",
            remedy="Take a Center that is open on that day from GET /centers.",
        )
    numbers = sorted({row.importer_number, *store.read_all(row).importer_numbers})
    latest = await assignment_store.lock_and_load_latest(tx, numbers)
    accounts = await account_store.load_accounts(tx, numbers)
    if unknown := len(numbers) - len(accounts):
        raise Conflict(
            f"{unknown} of {len(numbers)} affected importer numbers have no account.",
            rule="appeal-decision",
            code="unknown-account",
            remedy="Register them with POST /importers first.",
        )
    if all(number in latest and latest[number].center == body.center for number in numbers):
        raise Refused(
            f"All affected numbers are assigned to {body.center} already.",
            rule="appeal-decision",
            code="nothing-to-assign",
            remedy="Decide `upheld`, or name another Center.",
        )
    reasons = [
        {"code": "appeal", "text": f"Appeal {row.appeal_number} was granted.", "fact": None, "citation": CITATION},
        *({"code": "appeal-reason", "text": text, "fact": None, "citation": None} for text in body.reasons),
    ]
    new = []
    for number in numbers:
        before = latest.get(number)
        if before is not None and before.center == body.center:
            continue
        new.append(
            NewAssignment(
                importer_number=number,
                sequence=before.sequence + 1 if before else 1,
                center=body.center,
                previous_center=before.center if before else None,
                basis="appeal",
                effective_on=body.effective_on,
                reasons=orjson.dumps(reasons).decode(),
                assigned_by=caller.subject,
                confirmed_by=caller.subject,
            )
        )
    await assignment_store.append_assignments(tx, new)
    await outbox.add(tx, SOURCE, assignment_events(new, accounts, now))
    return {"assigned": len(new), "center": body.center, "effective_on": body.effective_on.isoformat()}


async def _lock(
    tx: Transaction, caller: Identity, appeal_number: str, act: Act, if_match: IfMatch, today: date
) -> tuple[Any, State]:
    """The appeal, locked, with the state that the act leads to; refuses what cannot be done in this one."""
    row = await store.lock_appeal(tx, appeal_number)
    await _demand_sight(tx, caller, row, appeal_number, today)
    assert row is not None  # else the sight was refused
    if_match.check(_version(row))
    state = next_state(row.state, act)
    if state is None:
        allowed = ", ".join(TRANSITIONS[row.state]) or "nothing any more"
        raise Conflict(
            f"The appeal is {row.state}: {act} is not possible.",
            rule="appeal-state",
            code="not-possible",
            remedy=f"Possible is: {allowed}.",
        )
    return row, state


async def _demand_sight(tx: Transaction, caller: Identity, row: Any | None, appeal_number: str, today: date) -> None:
    if row is None or not (
        may_see(caller, importer_number=row.importer_number)
        or await _represents(tx, caller, {row.importer_number}, today)
    ):
        raise NotFound(
            f"There is no appeal {appeal_number}.", remedy="Check the number, and that the token names the importer."
        )


async def _demand_standing(tx: Transaction, caller: Identity, numbers: set[str], today: date) -> None:
    """The caller acts for every number: it stands in the token, or the account authorises the broker."""
    strange = numbers - caller.importer_numbers
    if strange and not await _represents(tx, caller, strange, today):
        raise Forbidden(
            f"You may not act for {len(strange)} of the {len(numbers)} importer numbers.",
            code="not-your-importer",
            remedy="Leave them out, or have the account holder authorise you.",
        )


async def _represents(tx: Transaction, caller: Identity, numbers: set[str], today: date) -> bool:
    if not caller.has_role(RoleName.BROKER) or caller.filer_code is None:
        return False
    accounts = await account_store.load_accounts(tx, sorted(numbers))
    return all(
        number in accounts and may_represent(accounts[number].brokers, caller.filer_code, PROCESS, today)
        for number in numbers
    )


async def _answer(tx: Transaction, row: Any, caller: Identity, response: Response) -> AppealOut:
    response.headers["ETag"] = _etag(row)
    return _appeal_out(row, await store.list_steps(tx.connection, row.appeal_number), caller)


def _step(
    act: Act,
    state: State,
    reasons: Sequence[str],
    caller: Identity,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> Step:
    return Step(act, state, tuple(reasons), detail or {}, caller.subject, caller.acting_for, now)


def _summary(row: Any, caller: Identity) -> dict[str, Any]:
    contents = store.read_all(row)
    return {
        "appeal_number": row.appeal_number,
        "importer_number": shown_importer_number(caller, row.importer_number),
        "state": row.state,
        "is_complete": is_complete(contents),
        "current_center": contents.current_center,
        "preferred_center": contents.preferred_center,
        "received_at": row.received_at,
        "decided_center": row.decided_center,
        "effective_on": row.effective_on,
    }


def _appeal_out(row: Any, steps: Sequence[Any], caller: Identity) -> AppealOut:
    contents = store.read_all(row)
    filed_by = dict(row.filed_by)
    if filed_by.get("id") == row.importer_number:
        filed_by["id"] = shown_importer_number(caller, row.importer_number)
    return AppealOut(
        **_summary(row, caller),
        says=describe_state(row.state),
        may_do=list(TRANSITIONS[row.state]),
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
        authority=authority_for_process(PROCESS, legal_date(row.received_at)),
        clocks=[NO_DEADLINE],
        effect=NO_STAY,
        citation=CITATION,
        history=[_step_out(step, caller) for step in steps],
    )


def _step_out(step: Any, caller: Identity) -> StepOut:
    shown = is_staff(caller) or step.done_by == caller.subject
    return StepOut(
        act=step.act,
        state=step.state,
        reasons=step.reasons,
        detail=step.detail,
        done_by=step.done_by if shown else None,
        acting_for=step.acting_for if shown else None,
        done_at=step.done_at,
    )


def _role_of(caller: Identity) -> str:
    return min(caller.roles & OUTSIDE_PARTIES - {RoleName.SURETY}).value


def _version(row: Any) -> str:
    """Acts and contents: an earlier event may replace what was filed."""
    return f"{row.revision}-{row.content_digest.hex()[:8]}"


def _etag(row: Any) -> str:
    return etag(_version(row))
