"""The HTTP side of acts on entries: instructions to suspend and lift, liquidation by hand, reliquidation, voiding."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import JSONResponse

from services.liquidation.acts import instructions as instructing
from services.liquidation.acts.liquidations import Answer, post_liquidation, post_reliquidation, void_liquidation
from services.liquidation.domain.grounds import identify
from services.liquidation.domain.reliquidation import Power
from services.liquidation.store import instructions as store
from services.liquidation.store.instructions import Instruction, InstructionPredicate
from services.liquidation.store.recomputes import list_differences, list_recomputes
from shared.contracts.decision import ClassEffect, demand_classes_add_up
from shared.contracts.terms import ImporterNumber, LegalDate, Money
from shared.customs.money import format_cents, to_cents
from shared.db.transaction import reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.clock import Clock
from shared.runtime.concurrency import etag
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall
from shared.web.identity import StaffIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of

router = APIRouter()

InstructorIdentity = Annotated[
    Identity,
    Depends(
        require(
            RoleName.LIQUIDATION_SPECIALIST,
            RoleName.ADCVD_TEAM,
            RoleName.CENTER_DIRECTOR,
            RoleName.ASSISTANT_CENTER_DIRECTOR,
        )
    ),
]
LiquidatorIdentity = Annotated[Identity, Depends(require(RoleName.LIQUIDATION_SPECIALIST, RoleName.CENTER_DIRECTOR))]
DirectorIdentity = Annotated[Identity, Depends(require(RoleName.CENTER_DIRECTOR, RoleName.ASSISTANT_CENTER_DIRECTOR))]
EntryNumberPath = Annotated[str, Path(description="Entry number, with or without hyphens.", examples=["B7603245278"])]
InstructionPath = Annotated[str, Path(description="The id that drafting gave.", max_length=64)]
CaseNumber = Annotated[str, StringConstraints(pattern=r"^[AC][0-9]{6,9}$")]
Explanation = Annotated[str, Field(min_length=1, max_length=400, description="Why, as the history is to say it.")]


def _identify(given: object) -> object:
    return identify(given) if isinstance(given, str) else given


Identification = Annotated[str, StringConstraints(min_length=1, max_length=15), BeforeValidator(_identify)]


class PredicateIn(BaseModel):
    """Which entries are meant: all given parts hold; case, maker and exporter are of one and the same line.

    Each maker is meant with each exporter: a message that pairs them differently is drafted as several instructions.
    """

    model_config = ConfigDict(extra="forbid")

    case_numbers: tuple[CaseNumber, ...] = Field(default=(), max_length=50, examples=[["A570012000"]])
    manufacturer_ids: tuple[Identification, ...] = Field(
        default=(),
        max_length=200,
        description="Makers (producers) by MID; spaces do not count.",
        examples=[["CNSYNTH123SHE"]],
    )
    exporter_ids: tuple[Identification, ...] = Field(
        default=(),
        max_length=200,
        description="Foreign exporters by MID; spaces do not count. A removal that names exporters ends only cases on"
        " lines that report one of them; without any it ends those of all lines.",
        examples=[["CNEXPORT99SHE"]],
    )
    importer_number: ImporterNumber | None = None
    entered_from: LegalDate | None = None
    entered_to: LegalDate | None = None


class InstructionIn(BaseModel):
    """A message that tells CBP to suspend or to lift."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "lift",
                    "ground": "adcvd-case",
                    "message_number": "6012345",
                    "source": "federal-register",
                    "noticed_on": "2026-08-03",
                    "predicate": {
                        "case_numbers": ["A570012000"],
                        "manufacturer_ids": ["CNSYNTH123SHE"],
                        "exporter_ids": ["CNEXPORT99SHE"],
                        "entered_to": "2026-04-30",
                    },
                }
            ]
        },
    )

    kind: Literal["suspend", "lift"]
    ground: Literal["adcvd-case", "adcvd-type", "injunction", "court-order", "eapa", "other-statute"]
    reference: str | None = Field(
        default=None,
        min_length=1,
        max_length=60,
        description="The matter: court number, EAPA number, statute; the case number of a suspension by case.",
    )
    message_number: str = Field(min_length=1, max_length=40)
    source: Literal[
        "federal-register", "commerce-message", "agency-notice", "court-notice", "court-opinion", "timken-notice"
    ]
    noticed_on: LegalDate = Field(
        description="Lift: the day on which CBP received notice. Suspend: the day from which it is in force."
    )
    predicate: PredicateIn

    @model_validator(mode="after")
    def _check_meaning(self) -> Self:
        meant = self.predicate
        is_of_parties = (meant.manufacturer_ids or meant.exporter_ids) and meant.entered_from
        if not (meant.case_numbers or meant.importer_number or is_of_parties):
            explanation = "name cases, an importer, or makers or exporters with the first day of entry"
            raise PydanticCustomError("predicate", explanation)
        if self.kind == "lift" and self.ground == "adcvd-case" and not meant.case_numbers:
            raise PydanticCustomError("predicate", "a removal by case names the cases")
        if self.ground not in ("adcvd-case", "adcvd-type") and self.reference is None:
            raise PydanticCustomError("reference", "{ground} needs the matter as reference", {"ground": self.ground})
        if self.kind == "suspend" and self.ground == "adcvd-case" and self.reference is None:
            raise PydanticCustomError("reference", "a suspension by case gives the case number as reference")
        return self


class DraftedOut(BaseModel):
    """A draft that was kept."""

    instruction_id: str
    revision: int
    state: str = Field(examples=["draft"])


class InstructionOut(BaseModel):
    """An instruction and, once confirmed, what it did: entries by outcome."""

    instruction_id: str
    revision: int
    kind: str
    ground: str
    reference: str | None
    message_number: str
    source: str
    noticed_on: date
    predicate: PredicateIn
    state: str
    made_at: datetime
    made_by: str
    confirmed_at: datetime | None
    confirmed_by: str | None
    results: dict[str, int] = Field(description="lifted, still-suspended, suspended, already-suspended …")


class InstructionPreviewOut(BaseModel):
    """What an instruction would mean now; money as asserted."""

    entries: int
    suspended: int
    liquidated: int
    duty_usd: str = Field(examples=["9375.00"])
    fees_usd: str


class InstructionResultOut(BaseModel):
    """What an instruction did to one entry, and by which rule."""

    entry_number: str
    outcome: str = Field(examples=["lifted"])
    rule: str = Field(examples=["susp-lift-6mo"])
    detail: str


class LiquidationIn(BaseModel):
    """A liquidation by hand, dated today."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"basis": "as-entered", "explanation": "Liquidated early."}]}
    )

    basis: Literal["as-entered", "by-decision"]
    explanation: Explanation


class ActMoneyOut(BaseModel):
    """What an act comes to: bill or refund, or the fact without which that is not known. Positive is due to CBP."""

    total_usd: str | None = Field(default=None, description="Change and interest.", examples=["1060.23"])
    interest_usd: str | None = None
    bill_number: str | None = Field(default=None, examples=["B7603245278-B01"])
    bill_due_on: date | None = None
    refund_number: str | None = None
    refund_state: str | None = None
    missing: str | None = Field(default=None, description="Why no amount is known yet; GET …/money names the fact.")


class LiquidatedOut(ActMoneyOut):
    """A liquidation by hand; from `final_1501_on` the Center cannot reliquidate."""

    entry_number: str
    liquidated_on: date
    kind: str = Field(examples=["no-change"])
    effect_duty_usd: str
    effect_fees_usd: str
    final_1501_on: date


_WRITER_OF_DAY: Final = {
    "preference_claimed_on": "claim-1520d",
    "records_demanded_on": "records-1509g",
    "violated_on": "duty-1592d",
    "fraud_discovered_on": "duty-1592d",
    "limit_waived_until": "duty-1592d",
}
"""The days that a power which outlasts finality is counted from, each with the power."""


class ReliquidationIn(BaseModel):
    """A reliquidation, dated today; effects are against the amounts as asserted, positive is due.

    A power that outlasts finality and has a limit of time needs the day that it is counted from.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"effect_duty_usd": "-120.00", "effect_fees_usd": "0.00", "explanation": "The rate was applied twice."}
            ]
        },
    )

    writer: Literal["center", "court-judgment", "claim-1520d", "records-1509g", "duty-1592d", "petition-1516"] = Field(
        default="center", description="Whose power it is; the Center's own ends with day 90."
    )
    effect_duty_usd: Money
    effect_fees_usd: Money
    by_class: list[ClassEffect] = Field(
        default=[],
        max_length=50,
        description="The effects by accounting class, against what was asserted; without them the class stays open.",
    )
    explanation: Explanation
    preference_claimed_on: LegalDate | None = Field(
        default=None, description="claim-1520d: the day of the claim; within a year of importation."
    )
    records_demanded_on: LegalDate | None = Field(
        default=None,
        description="records-1509g: the day of the demand; it reaches liquidations of the two years before.",
    )
    violated_on: LegalDate | None = Field(
        default=None,
        description="duty-1592d: the day of the violation; five years from it, or from the discovery of fraud.",
    )
    fraud_discovered_on: LegalDate | None = Field(
        default=None, description="duty-1592d: only if the violation was fraud."
    )
    limit_waived_until: LegalDate | None = Field(
        default=None, description="duty-1592d: until when the party waived the limit of 19 USC 1621."
    )

    @model_validator(mode="after")
    def _check_classes(self) -> Self:
        demand_classes_add_up(self.effect_duty_usd, self.effect_fees_usd, self.by_class)
        return self

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        for name, writer in _WRITER_OF_DAY.items():
            if getattr(self, name) is not None and self.writer != writer:
                raise PydanticCustomError("power", "{name} is of {writer}", {"name": name, "writer": writer})
        discovered_on = self.fraud_discovered_on
        if discovered_on is not None and self.violated_on is not None and discovered_on < self.violated_on:
            raise PydanticCustomError("power", "fraud is discovered on the day of the violation or later")
        return self


class ReliquidatedOut(ActMoneyOut):
    """A reliquidation; `change` is what it adds to the state before."""

    entry_number: str
    number: int
    reliquidated_on: date
    writer: str
    kind: str = Field(examples=["refund"])
    effect_duty_usd: str
    effect_fees_usd: str
    change_duty_usd: str
    change_fees_usd: str


class VoidingIn(BaseModel):
    """Why a liquidation is taken to have no effect."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"explanation": "Liquidated while enjoined, court 24-00123."}]}
    )

    explanation: Explanation


class VoidedOut(BaseModel):
    """A liquidation without effect, and the state that was restored."""

    entry_number: str
    voided_liquidation_on: date
    state: str = Field(examples=["suspended"])
    rule: str = Field(examples=["susp-injunction-breach"])
    why: str


class DifferenceOut(BaseModel):
    """A field of the stored record that differs from what follows from the facts."""

    entry_number: str
    field: str
    stored: str | None
    derived: str | None


class RecomputeOut(BaseModel):
    """A nightly comparison; `differences` are alarms and are never mended by it."""

    recomputed_on: date
    entries: int
    differences: int
    is_done: bool
    first_differences: list[DifferenceOut] = Field(description="At most 100.")


@router.post("/instructions", status_code=201, summary="Draft an instruction", response_model=DraftedOut)
async def create_instruction(
    body: InstructionIn, request: Request, caller: InstructorIdentity, call: CurrentIdempotentCall
) -> Response:
    """Keep a message of Commerce, of a court or of an agency; nothing changes until a second person confirms it."""
    clock: Clock = request.app.state.clock
    now = clock.now()
    draft = Instruction(
        instruction_id=instructing.name_instruction(call),
        revision=1,
        kind=body.kind,
        ground=body.ground,
        reference=body.reference,
        message_number=body.message_number,
        source=body.source,
        noticed_on=body.noticed_on,
        predicate=InstructionPredicate(**body.predicate.model_dump()),
        state="draft",
        made_at=now,
        made_by=caller.subject,
        made_for=caller.acting_for,
    )
    answer = await instructing.draft_instruction(engine_of(request), now, call, draft)
    return _respond(answer, {"ETag": etag(1)})


@router.get("/instructions", summary="Instructions")
async def list_instructions(
    request: Request,
    response: Response,
    caller: StaffIdentity,
    page: CurrentPage,
    state: Annotated[Literal["draft", "confirmed"] | None, Query(description="Only those in this state.")] = None,
) -> Page[InstructionOut]:
    """In order of their ids, each with what it has done so far."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        after = position[0] if position else None
        found = await store.list_instructions(connection, state=state, after=after, limit=page.fetch)
        counts = {each.instruction_id: await store.count_results(connection, each.instruction_id) for each in found}
    return build_page(
        found,
        page,
        key=lambda each: (each.instruction_id,),
        item=lambda each: _instruction(each, counts[each.instruction_id], caller),
        request=request,
        response=response,
    )


@router.get("/instructions/{instruction_id}", summary="An instruction")
async def read_instruction(
    instruction_id: InstructionPath, request: Request, response: Response, caller: StaffIdentity
) -> InstructionOut:
    """The message, which entries it means, and entries by outcome."""
    return await _show(instruction_id, request, response, caller)


@router.get("/instructions/{instruction_id}/preview", summary="What an instruction would mean")
async def preview_instruction(
    instruction_id: InstructionPath, request: Request, _: StaffIdentity
) -> InstructionPreviewOut:
    """Counts and money of the entries that it means now; changes nothing."""
    async with transaction(engine_of(request)) as tx:
        found = await store.find_instruction(tx.connection, instruction_id)
        if found is None:
            raise _unknown(instruction_id)
        preview = await store.preview_instruction(tx, found)
    return InstructionPreviewOut(
        entries=preview.entries,
        suspended=preview.suspended,
        liquidated=preview.liquidated,
        duty_usd=format_cents(preview.duty_cents),
        fees_usd=format_cents(preview.fees_cents),
    )


@router.post("/instructions/{instruction_id}/confirmations", summary="Confirm and apply an instruction")
async def confirm_instruction(
    instruction_id: InstructionPath,
    request: Request,
    response: Response,
    caller: InstructorIdentity,
    meant: RequiredIfMatch,
) -> InstructionOut:
    """A second person confirms; it is applied at once to what it means, the rest of many entries in the background."""
    clock: Clock = request.app.state.clock
    await instructing.confirm_instruction(
        engine_of(request),
        request.app.state.policy,
        clock.now(),
        instruction_id,
        meant,
        caller,
        request.app.state.law,
    )
    return await _show(instruction_id, request, response, caller)


@router.get("/instructions/{instruction_id}/results", summary="What an instruction did to each entry")
async def list_instruction_results(
    instruction_id: InstructionPath, request: Request, response: Response, _: StaffIdentity, page: CurrentPage
) -> Page[InstructionResultOut]:
    """In order of entry number, each with the rule."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        after = position[0] if position else None
        rows = await store.list_results(connection, instruction_id, after=after, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.entry_number,),
        item=lambda row: InstructionResultOut.model_validate(row, from_attributes=True),
        request=request,
        response=response,
    )


@router.post(
    "/entries/{entry_number}/liquidations", status_code=201, summary="Liquidate by hand", response_model=LiquidatedOut
)
async def create_liquidation(
    entry_number: EntryNumberPath,
    body: LiquidationIn,
    request: Request,
    caller: LiquidatorIdentity,
    call: CurrentIdempotentCall,
) -> Response:
    """Liquidate outside the cycle, dated today; refused while suspended, without a clock, or after the period."""
    clock: Clock = request.app.state.clock
    number = canonical_entry_number(entry_number)
    return _respond(
        await post_liquidation(
            engine_of(request),
            clock.now(),
            call,
            number,
            body.basis,
            body.explanation,
            caller,
            request.app.state.money_policy,
        )
    )


@router.post(
    "/entries/{entry_number}/reliquidations", status_code=201, summary="Reliquidate", response_model=ReliquidatedOut
)
async def create_reliquidation(
    entry_number: EntryNumberPath,
    body: ReliquidationIn,
    request: Request,
    caller: LiquidatorIdentity,
    call: CurrentIdempotentCall,
) -> Response:
    """Reliquidate within 90 days of the original liquidation, or by one of the powers that outlast it."""
    clock: Clock = request.app.state.clock
    number = canonical_entry_number(entry_number)
    effect = (to_cents(body.effect_duty_usd), to_cents(body.effect_fees_usd))
    return _respond(
        await post_reliquidation(
            engine_of(request),
            clock.now(),
            call,
            number,
            body.writer,
            effect,
            body.explanation,
            caller,
            request.app.state.money_policy,
            by_class={each.class_code: to_cents(each.change_usd) for each in body.by_class} or None,
            power=Power(body.writer, **{name: getattr(body, name) for name in _WRITER_OF_DAY}),
            law=request.app.state.law,
        )
    )


@router.post(
    "/entries/{entry_number}/voided-liquidations",
    status_code=201,
    summary="Note that a liquidation has no effect",
    response_model=VoidedOut,
)
async def create_voided_liquidation(
    entry_number: EntryNumberPath,
    body: VoidingIn,
    request: Request,
    caller: DirectorIdentity,
    call: CurrentIdempotentCall,
) -> Response:
    """In breach of an injunction, or deemed while suspended; one during an agency's suspension stands."""
    clock: Clock = request.app.state.clock
    number = canonical_entry_number(entry_number)
    policy, law = request.app.state.policy, request.app.state.law
    return _respond(
        await void_liquidation(engine_of(request), policy, clock.now(), call, number, body.explanation, caller, law)
    )


@router.get("/recomputes", summary="Nightly comparisons of the record with its facts")
async def read_recomputes(
    request: Request, response: Response, _: StaffIdentity, page: CurrentPage
) -> Page[RecomputeOut]:
    """Newest first, each with its first differences."""
    position = page.position(date)
    async with reading(engine_of(request)) as connection:
        rows = await list_recomputes(connection, before=position[0] if position else None, limit=page.fetch)
        first = {row.recomputed_on: await list_differences(connection, row.recomputed_on, limit=100) for row in rows}
    return build_page(
        rows,
        page,
        key=lambda row: (row.recomputed_on,),
        item=lambda row: _recompute(row, first[row.recomputed_on]),
        request=request,
        response=response,
    )


async def _show(instruction_id: str, request: Request, response: Response, caller: Identity) -> InstructionOut:
    async with reading(engine_of(request)) as connection:
        found = await store.find_instruction(connection, instruction_id)
        if found is None:
            raise _unknown(instruction_id)
        results = await store.count_results(connection, instruction_id)
    response.headers["ETag"] = etag(found.revision)
    return _instruction(found, results, caller)


def _instruction(found: Instruction, results: dict[str, int], caller: Identity) -> InstructionOut:
    meant = found.predicate
    importer = meant.importer_number
    return InstructionOut(
        instruction_id=found.instruction_id,
        revision=found.revision,
        kind=found.kind,
        ground=found.ground,
        reference=found.reference,
        message_number=found.message_number,
        source=found.source,
        noticed_on=found.noticed_on,
        # A masked number is no importer number, so it is shown without being read as one.
        predicate=PredicateIn.model_construct(
            case_numbers=meant.case_numbers,
            manufacturer_ids=meant.manufacturer_ids,
            exporter_ids=meant.exporter_ids,
            importer_number=shown_importer_number(caller, importer) if importer else None,
            entered_from=meant.entered_from,
            entered_to=meant.entered_to,
        ),
        state=found.state,
        made_at=found.made_at,
        made_by=found.made_by,
        confirmed_at=found.confirmed_at,
        confirmed_by=found.confirmed_by,
        results=results,
    )


def _recompute(row: Any, differences: list[Any]) -> RecomputeOut:
    return RecomputeOut(
        recomputed_on=row.recomputed_on,
        entries=row.entries,
        differences=row.differences,
        is_done=row.is_done,
        first_differences=[DifferenceOut.model_validate(each, from_attributes=True) for each in differences],
    )


def _respond(answer: Answer, headers: dict[str, str] | None = None) -> JSONResponse:
    replayed = {"Idempotency-Replayed": "true"} if answer.is_replayed else {}
    return JSONResponse(answer.body, answer.status, headers=(headers or {}) | replayed)


def _unknown(instruction_id: str) -> NotFound:
    return NotFound(f"There is no instruction {instruction_id}.", remedy="GET /instructions lists them.")
