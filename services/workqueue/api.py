"""The HTTP side of the work queue: lists and counts, the next piece of work, claims, decisions, letters.

Writes on an item carry the fencing token of the caller's claim; it does what ETag and If-Match do elsewhere, and more:
it also stops a holder whose lease ran out and whose item went to someone else.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self, assert_never
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.workqueue import acts
from services.workqueue.domain.clocks import PROTEST_DECIDE, REVIEW_CUTOFF, Form
from services.workqueue.domain.decision import Outcome
from services.workqueue.domain.item import Division, Kind, State, kind_of
from services.workqueue.reach import WORKERS, demand_item_sight, seen_centers
from services.workqueue.store import outcomes, views
from services.workqueue.store.tables import platform
from services.workqueue.store.views import Filter
from shared.contracts.decision import ClassEffect, demand_classes_add_up
from shared.contracts.terms import CenterCode, Code, EntryNumber, Money, ShortText
from shared.customs.money import format_cents, to_cents
from shared.db.transaction import reading, transaction
from shared.runtime.clock import Clock
from shared.runtime.errors import NotFound
from shared.web.access import STAFF, shown_importer_number
from shared.web.idempotency import CurrentIdempotentCall, recall, remember
from shared.web.identity import Identity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of

router = APIRouter()

StaffIdentity = Annotated[Identity, Depends(require(*sorted(STAFF)))]
WorkerIdentity = Annotated[Identity, Depends(require(*sorted(WORKERS)))]
ItemId = Annotated[UUID, Path(description="The item's id.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])]
Token = Annotated[int, Field(ge=1, description="The token that the claim gave; a stale one is refused with 409.")]


class GoodsOut(BaseModel):
    """Goods on the entry that the consulted Center is asked about."""

    tariff: str = Field(examples=["8703230170"])
    line_count: int = Field(examples=[2])
    value_usd: int = Field(examples=[48000])


class ClockOut(BaseModel):
    """A day by which something is due."""

    rule: str = Field(examples=["pd-unknown-data"])
    citation: str = Field(examples=["19 CFR 162.74(b)(4)"])
    what: str = Field(examples=["Complete the disclosure."])
    due_on: date
    evidence: str = Field(description="How well the rule is evidenced: S, P, M, or U for uncertain.", examples=["M"])


class ItemOut(BaseModel):
    """A piece of work in its queue: who has it, since when, until when, and on whose authority."""

    item_id: UUID
    kind: Kind = Field(
        description="A process on an entry; another Center's advice on goods of an entry; a protest; another filing."
    )
    process: str = Field(examples=["ad-cvd"])
    entry_number: str | None = Field(description="Null for a filing: it names `entry_count` of them.")
    entry_count: int = Field(description="How many entries the item names; of a protest the first is known.")
    protest_number: str | None
    filing_number: str | None = Field(examples=["PD-2026-000017"])
    filing_kind: str | None = Field(description="The kind of post-entry filing.", examples=["prior-disclosure"])
    forwarded_from: str | None = Field(description="Where a misfiled filing was handed in; its receipt counts.")
    importer_number: str = Field(description="Masked when it is a social security number.")
    importer_name: str | None
    center: str = Field(description="The Center that has the item.", examples=["CEE007"])
    center_since: datetime = Field(description="Since when it has been that Center's.")
    asking_center: str | None = Field(
        description="The Center of record that asks for advice, and decides the entry itself.", examples=["CEE007"]
    )
    goods: list[GoodsOut] | None = Field(description="What a consultation is about.")
    authority: str | None = Field(description="The row of the authority table that says who decides.")
    division: str
    state: State
    priority: int = Field(description="1 is the most urgent.")
    value_usd: int | None
    opened_at: datetime = Field(
        description="When the filing was made that first called for the work; a move to another Center leaves it."
    )
    due_on: date | None = Field(description="The day by which to finish; null while it cannot be computed.")
    due_rule: str | None = Field(
        description="Which clock `due_on` is: the policy clock `review-cutoff`, the statutory `protest-decide`, or the"
        " earliest of a filing's `clocks`.",
        examples=["review-cutoff"],
    )
    clocks: list[ClockOut] = Field(description="Every clock that routing found for a filing, the earliest first.")
    scheduled_on: date | None = Field(description="When the entry is scheduled to liquidate.")
    holder: str | None
    holder_name: str | None
    lease_until: datetime | None
    outcome: Outcome | None


class ChangeOut(BaseModel):
    """One line of an item's history."""

    sequence: int
    change: str
    state: str
    at: datetime
    actor: str
    actor_name: str
    acting_for: str | None
    reasons: list[dict[str, str | None]]


class ReasonIn(BaseModel):
    """One ground of the decision."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    code: Code
    text: Annotated[ShortText, Field(min_length=1)]
    fact: ShortText | None = None
    citation: ShortText | None = None


class LegalBasisIn(BaseModel):
    """A rule that the decision rests on."""

    model_config = ConfigDict(extra="forbid")

    rule: Code
    citation: Annotated[ShortText, Field(min_length=1)]


class DecisionOut(BaseModel):
    """The decision that completed an item."""

    decision_id: UUID
    outcome: Outcome
    duty_usd: str
    fees_usd: str
    by_class: list[ClassEffect]
    reasons: list[ReasonIn]
    legal_basis: list[LegalBasisIn]
    decided_by: str
    decided_by_name: str
    acting_for: str | None
    decided_at: datetime


class RequestOut(BaseModel):
    """A request for information (CBP 28) or a notice of action (CBP 29)."""

    request_id: UUID
    form: Form
    entry_numbers: list[str]
    questions: list[str]
    issued_on: date
    due_on: date | None
    issued_by: str
    issued_by_name: str


class ItemDetailOut(ItemOut):
    """A piece of work with everything that happened to it."""

    entry_numbers: list[str] = Field(description="Every entry that the item is known to name.")
    token: int | None = Field(description="The token of the claim in force, shown to its holder only.")
    decision: DecisionOut | None
    requests: list[RequestOut]
    history: list[ChangeOut]


class ClaimOut(BaseModel):
    """A claim: the item, the token for every write on it, and how long it holds without a heartbeat."""

    item_id: UUID
    token: int
    lease_until: datetime
    kind: Kind
    process: str
    entry_number: str | None
    protest_number: str | None
    filing_number: str | None
    center: str
    asking_center: str | None
    division: str
    due_on: date | None
    priority: int


class NextIn(BaseModel):
    """Which queues to take from; by default the caller's own Centers and divisions."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}, {"process": "ad-cvd"}]})

    center: CenterCode | None = None
    division: Division | None = None
    process: Code | None = None


class TokenIn(BaseModel):
    """The token of the caller's claim."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": 1}]})

    token: Token


class EffectIn(BaseModel):
    """What the decision changes in money: positive is an increase due, negative a refund."""

    model_config = ConfigDict(extra="forbid")

    duty_usd: Money = "0.00"
    fees_usd: Money = "0.00"
    by_class: list[ClassEffect] = Field(
        default=[], max_length=50, description="The same by accounting class, where the decision knows it."
    )

    @model_validator(mode="after")
    def _check_classes(self) -> Self:
        demand_classes_add_up(self.duty_usd, self.fees_usd, self.by_class)
        return self


class CompletionIn(BaseModel):
    """A decision on a review or a protest, advice to the asking Center, or the answer to a filing."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "token": 1,
                    "outcome": "increase",
                    "effect": {
                        "duty_usd": "1250.00",
                        "by_class": [
                            {"class_code": "duty", "change_usd": "1500.00"},
                            {"class_code": "additional-duty", "change_usd": "-250.00"},
                        ],
                    },
                    "reasons": [{"code": "classification", "text": "Classifiable in 8528.52.00, not in 8471."}],
                    "legal_basis": [{"rule": "classification", "citation": "19 USC 1500(b)"}],
                },
                {
                    "token": 1,
                    "outcome": "differ",
                    "reasons": [{"code": "advice", "text": "The goods are parts of heading 8708, not vehicles."}],
                },
                {
                    "token": 1,
                    "outcome": "answered",
                    "reasons": [{"code": "answer", "text": "The disclosure is complete; the tender is on record."}],
                },
            ]
        },
    )

    token: Token
    outcome: Outcome = Field(
        description="Reviews and protests: no-change, increase, refund, reject, refer. Consultations: agree, differ."
        " Filings: granted, denied, forwarded, answered."
    )
    effect: EffectIn = Field(default=EffectIn(), description="Of reviews and protests only.")
    reasons: list[ReasonIn] = Field(
        min_length=1, max_length=100, description="The grounds; the text of the advice or of the answer."
    )
    legal_basis: list[LegalBasisIn] = Field(
        default=[], max_length=20, description="Required for increase, refund, reject, granted and denied."
    )


class CompletedOut(BaseModel):
    """The item is finished."""

    item_id: UUID
    state: Literal["completed"] = "completed"
    decision_id: UUID
    outcome: Outcome


class RequestIn(BaseModel):
    """A request for information (CBP 28), or a notice of action (CBP 29)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"token": 1, "form": "CBP-28", "questions": ["Describe the display's resolution."]}]
        },
    )

    token: Token
    form: Form = "CBP-28"
    questions: list[Annotated[ShortText, Field(min_length=1)]] = Field(
        min_length=1, max_length=50, description="Questions of a CBP 28; the action and its grounds on a CBP 29."
    )
    entry_numbers: list[EntryNumber] = Field(
        default=[], max_length=999, description="More entries of the same importer on the same issue."
    )
    due_on: date | None = Field(default=None, description="By default 30 days from today for a CBP 28, 20 for a 29.")


class QueueOut(BaseModel):
    """How much work waits in a queue."""

    center: str
    division: str
    process: str
    open: int
    claimed: int
    oldest_opened_at: datetime
    next_due_on: date | None


class WorkqueueFigures(BaseModel):
    """Items by state, and those that are not finished by queue."""

    open: int
    claimed: int
    completed: int
    cancelled: int
    by_queue: dict[str, int] = Field(examples=[{"CEE007/enforcement/ad-cvd": 12}])


@router.get("/items", summary="Items in the order of the queue")
async def list_items(
    request: Request,
    response: Response,
    caller: StaffIdentity,
    page: CurrentPage,
    center: Annotated[str | None, Query(examples=["CEE007"])] = None,
    division: Annotated[Division | None, Query()] = None,
    process: Annotated[str | None, Query(examples=["ad-cvd"])] = None,
    kind: Annotated[Kind | None, Query(description="What the items are about.")] = None,
    state: Annotated[State | None, Query()] = None,
    importer: Annotated[str | None, Query(description="Importer of record number.")] = None,
    due_before: Annotated[date | None, Query(description="Only items due before this day.")] = None,
    entry: Annotated[
        str | None, Query(description="Entry number, with or without hyphens: all work on it, filings included.")
    ] = None,
    filing: Annotated[str | None, Query(description="Number of a post-entry filing.")] = None,
) -> Page[ItemOut]:
    """Items of the caller's Centers: due first, unknown due dates last, then the more urgent, then the older.

    With `entry` this answers who has it: each item with its Center, division, holder, since when and until when. A
    Center also sees the consultations that it asked for.
    """
    wanted = Filter(
        sees=seen_centers(caller),
        center=center,
        division=division,
        process=process,
        kind=kind,
        state=state,
        importer_number=importer,
        due_before=due_before,
        entry_number=canonical_entry_number(entry) if entry is not None else None,
        filing_number=filing,
    )
    position = page.position(date, int, datetime, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await views.list_items(connection, wanted, after=position, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.due_order, row.priority, row.opened_at, row.item_id),
        item=lambda row: ItemOut(**_item_fields(row, caller)),
        request=request,
        response=response,
    )


@router.get("/queues", summary="How much work waits, by queue")
async def list_queues(
    request: Request,
    caller: StaffIdentity,
    center: Annotated[str | None, Query(examples=["CEE007"])] = None,
    division: Annotated[Division | None, Query()] = None,
    process: Annotated[str | None, Query(examples=["ad-cvd"])] = None,
) -> list[QueueOut]:
    """Open and claimed items by Center, division and process, with the oldest and the next due date."""
    wanted = Filter(sees=seen_centers(caller), center=center, division=division, process=process)
    async with reading(engine_of(request)) as connection:
        rows = await views.count_queues(connection, wanted)
    return [QueueOut.model_validate(row, from_attributes=True) for row in rows]


@router.get("/items/{item_id}", summary="An item with its history")
async def read_item(item_id: ItemId, request: Request, caller: StaffIdentity) -> ItemDetailOut:
    """The item, every change with who made it and why, its decision, and the letters issued."""
    async with reading(engine_of(request)) as connection:
        row = await views.find_item(connection, item_id)
        history = await views.find_history(connection, item_id)
        decision = await views.find_decision(connection, item_id)
        letters = await views.find_requests(connection, item_id)
        named = [row.entry_number] if row is not None and row.entry_number is not None else []
        if row is not None and row.filing_number is not None:
            named = await views.find_filing_entries(connection, row.filing_number)
    if row is None:
        raise NotFound(f"There is no item {item_id}.", remedy="Check the id.")
    demand_item_sight(caller, str(item_id), row.center, row.asking_center)
    return ItemDetailOut(
        **_item_fields(row, caller),
        entry_numbers=named,
        token=row.token if row.state == "claimed" and row.holder == caller.subject else None,
        decision=_decision_out(decision) if decision is not None else None,
        requests=[RequestOut.model_validate(letter, from_attributes=True) for letter in letters],
        history=[ChangeOut.model_validate(line, from_attributes=True) for line in history],
    )


@router.post(
    "/items/next",
    summary="Claim the next item",
    response_model=ClaimOut,
    responses={204: {"description": "Nothing is open in these queues."}},
)
async def claim_next_item(request: Request, caller: WorkerIdentity, body: NextIn | None = None) -> ClaimOut | Response:
    """Take the first item of the queues: nobody else gets it while the lease is alive."""
    wanted = body or NextIn()
    async with transaction(engine_of(request)) as tx:
        item = await acts.claim_next(
            tx,
            caller,
            _now(request),
            _lease(request),
            center=wanted.center,
            division=wanted.division,
            process=wanted.process,
        )
    return Response(status_code=204) if item is None else ClaimOut.model_validate(item, from_attributes=True)


@router.post("/items/{item_id}/claim", summary="Claim an item")
async def claim_item(item_id: ItemId, request: Request, caller: WorkerIdentity) -> ClaimOut:
    """Take this item; 409 `already-claimed` names the holder while their lease is alive."""
    async with transaction(engine_of(request)) as tx:
        item = await acts.claim(tx, item_id, caller, _now(request), _lease(request))
    return ClaimOut.model_validate(item, from_attributes=True)


@router.post("/items/{item_id}/heartbeat", summary="Keep a claim")
async def keep_item(
    item_id: ItemId, body: Annotated[TokenIn, Body()], request: Request, caller: WorkerIdentity
) -> ClaimOut:
    """Begin the lease anew."""
    async with transaction(engine_of(request)) as tx:
        item = await acts.keep(tx, item_id, caller, body.token, _now(request), _lease(request))
    return ClaimOut.model_validate(item, from_attributes=True)


@router.post("/items/{item_id}/release", status_code=204, summary="Give an item back")
async def release_item(item_id: ItemId, body: TokenIn, request: Request, caller: WorkerIdentity) -> None:
    """Put the item back into its queue."""
    async with transaction(engine_of(request)) as tx:
        await acts.release(tx, item_id, caller, body.token, _now(request))


@router.post("/items/{item_id}/complete", summary="Decide an item")
async def complete_item(item_id: ItemId, body: CompletionIn, request: Request, caller: WorkerIdentity) -> CompletedOut:
    """Finish the item with an outcome, its effect in money, reasons and legal basis.

    A decision on an entry goes to the legal record. A consulted Center agrees or differs, and the Center of record
    decides; a filing is granted, denied, forwarded or answered. Other outcomes are refused: 422 `other-outcome`.
    """
    finding = acts.Finding(
        outcome=body.outcome,
        duty_cents=to_cents(body.effect.duty_usd),
        fees_cents=to_cents(body.effect.fees_usd),
        by_class=tuple((each.class_code, to_cents(each.change_usd)) for each in body.effect.by_class),
        reasons=tuple(outcomes.Reason(**reason.model_dump()) for reason in body.reasons),
        legal_basis=tuple(outcomes.Citation(**basis.model_dump()) for basis in body.legal_basis),
    )
    async with transaction(engine_of(request)) as tx:
        item, decision = await acts.complete(tx, item_id, caller, body.token, finding, _now(request))
    return CompletedOut(item_id=item.item_id, decision_id=decision.decision_id, outcome=decision.outcome)


@router.post(
    "/items/{item_id}/requests",
    status_code=201,
    summary="Issue a request for information or a notice of action",
    response_model=RequestOut,
)
async def issue_request(
    item_id: ItemId, body: RequestIn, request: Request, caller: WorkerIdentity, call: CurrentIdempotentCall
) -> RequestOut | Response:
    """Issue a CBP 28 or CBP 29 to the importer. Sending the same again under the same key issues nothing."""
    now = _now(request)
    async with transaction(engine_of(request)) as tx:
        remembered = await recall(tx.connection, platform.idempotency_keys, call)
        if remembered is not None:
            return remembered.as_response()
        letter = await acts.issue_letter(
            tx,
            item_id,
            caller,
            body.token,
            now,
            key=call.key,
            form=body.form,
            questions=body.questions,
            entry_numbers=body.entry_numbers,
            due_on=body.due_on,
        )
        answer = RequestOut(
            request_id=letter.request_id,
            form=letter.form,
            entry_numbers=list(letter.entry_numbers),
            questions=list(letter.questions),
            issued_on=letter.issued_on,
            due_on=letter.due_on,
            issued_by=letter.by.subject,
            issued_by_name=letter.by.name,
        )
        await remember(
            tx.connection,
            platform.idempotency_keys,
            call,
            status=201,
            response=answer.model_dump(mode="json"),
            now=now,
        )
    return answer


@router.get("/figures", summary="Items by state and queue")
async def read_workqueue_figures(request: Request, _: StaffIdentity) -> WorkqueueFigures:
    """Counts over all items; `by_queue` counts open and claimed ones."""
    async with reading(engine_of(request)) as connection:
        rows = await views.count_items(connection)
    figures = WorkqueueFigures(open=0, claimed=0, completed=0, cancelled=0, by_queue={})
    for row in rows:
        setattr(figures, row.state, getattr(figures, row.state) + row.items)
        if row.state in {"open", "claimed"}:
            queue = f"{row.center}/{row.division}/{row.process}"
            figures.by_queue[queue] = figures.by_queue.get(queue, 0) + row.items
    return figures


def _now(request: Request) -> datetime:
    clock: Clock = request.app.state.clock
    return clock.now()


def _lease(request: Request) -> timedelta:
    lease: timedelta = request.app.state.lease
    return lease


def _item_fields(row: Any, caller: Identity) -> dict[str, Any]:
    kind = kind_of(row.protest_number, row.filing_number, row.asking_center)
    clocks = sorted(row.filing_clocks or [], key=lambda clock: (clock["due_on"], clock["rule"]))
    rule: str | None
    match kind:
        case "review" | "consultation":
            rule = REVIEW_CUTOFF
        case "protest":
            rule = PROTEST_DECIDE
        case "filing":
            rule = clocks[0]["rule"] if clocks else None
        case _:
            assert_never(kind)
    made_here = {"kind", "due_rule", "clocks", "entry_count"}
    fields = {name: getattr(row, name) for name in ItemOut.model_fields if name not in made_here}
    return fields | {
        "kind": kind,
        "entry_count": row.filing_entry_count if kind == "filing" else int(row.entry_number is not None),
        "center_since": row.center_since or row.opened_at,
        "importer_number": shown_importer_number(caller, row.importer_number),
        "due_rule": rule if row.due_on is not None else None,
        "clocks": clocks,
    }


def _decision_out(row: Any) -> DecisionOut:
    return DecisionOut(
        decision_id=row.decision_id,
        outcome=row.outcome,
        duty_usd=format_cents(row.duty_cents),
        fees_usd=format_cents(row.fees_cents),
        by_class=[ClassEffect(class_code=code, change_usd=format_cents(cents)) for code, cents in row.by_class],
        reasons=[ReasonIn.model_validate(reason) for reason in row.reasons],
        legal_basis=[LegalBasisIn.model_validate(basis) for basis in row.legal_basis],
        decided_by=row.decided_by,
        decided_by_name=row.decided_by_name,
        acting_for=row.acting_for,
        decided_at=row.decided_at,
    )
