"""The HTTP side of instructions: suspending and lifting by message, drafted, previewed, confirmed, applied."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import JSONResponse

from services.liquidation.acts import instructions as instructing
from services.liquidation.acts.liquidations import Answer
from services.liquidation.api.common import cycle_policy_of, law_of
from services.liquidation.domain.grounds import identify
from services.liquidation.store import instructions as store
from services.liquidation.store.instructions import Instruction, InstructionPredicate
from shared.contracts.terms import ImporterNumber, LegalDate
from shared.customs.money import format_cents
from shared.db.transaction import reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall
from shared.web.identity import StaffIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

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


@router.post("/instructions", status_code=201, summary="Draft an instruction", response_model=DraftedOut)
async def create_instruction(
    body: InstructionIn, request: Request, caller: InstructorIdentity, call: CurrentIdempotentCall
) -> Response:
    """Keep a message of Commerce, of a court or of an agency; nothing changes until a second person confirms it."""
    now = now_of(request)
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
    await instructing.confirm_instruction(
        engine_of(request),
        cycle_policy_of(request),
        now_of(request),
        instruction_id,
        meant,
        caller,
        law_of(request),
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


def _respond(answer: Answer, headers: dict[str, str] | None = None) -> JSONResponse:
    replayed = {"Idempotency-Replayed": "true"} if answer.is_replayed else {}
    return JSONResponse(answer.body, answer.status, headers=(headers or {}) | replayed)


def _unknown(instruction_id: str) -> NotFound:
    return NotFound(f"There is no instruction {instruction_id}.", remedy="GET /instructions lists them.")
