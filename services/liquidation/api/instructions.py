"""The HTTP side of instructions: suspending and lifting by message, drafted, previewed, confirmed, applied."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, Self

import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.liquidation.acts import instructions as acts
from services.liquidation.acts.may_do import bars_on_instruction
from services.liquidation.api.common import cycle_policy_of, law_of
from services.liquidation.api.predicates import PredicateIn, show_predicate
from services.liquidation.store import instructions as store
from services.liquidation.store.instructions import Instruction
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading, snapshot, transaction
from shared.runtime.access import Matter, reach_of
from shared.runtime.concurrency import etag
from shared.runtime.errors import NotFound, Transient
from shared.runtime.identity import Identity, sign
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.may_do import MayDoOut, tell_may_do
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["instructions"])
_log: Final = structlog.get_logger(__name__)


InstructionPath = Annotated[str, Path(description="The id that drafting gave.", max_length=64)]


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
    noticed_on: LegalDay = Field(
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
        other_goods = (meant.duty_heading, meant.tariff_prefix, meant.headings, meant.origin, meant.case_prefix)
        if self.kind == "lift" and self.ground == "adcvd-case" and any(other_goods):
            explanation = "a removal by case ends the cases of lines by their maker and exporter, not by other goods"
            raise PydanticCustomError("predicate", explanation)
        if self.ground not in ("adcvd-case", "adcvd-type") and self.reference is None:
            raise PydanticCustomError("reference", "{ground} needs the matter as reference", {"ground": self.ground})
        if self.kind == "suspend" and self.ground == "adcvd-case" and self.reference is None:
            raise PydanticCustomError("reference", "a suspension by case gives the case number as reference")
        return self


class DraftedInstructionOut(BaseModel):
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
    authority: str | None = Field(description="The row of the table of authority that the confirmation rests on.")
    results: dict[str, int] = Field(description="lifted, still-suspended, suspended, already-suspended …")
    may_do: list[MayDoOut] = Field(
        default=[],
        description="Each act on it: whether the caller may, and what stands against it; of one instruction.",
    )


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


@router.post("/instructions", status_code=201, summary="Draft an instruction", response_model=DraftedInstructionOut)
@tells("ETag")
async def create_instruction(
    body: InstructionIn,
    request: Request,
    caller: Annotated[Identity, allow("instruction.draft")],
    call: CurrentIdempotentCall,
) -> Response:
    """Keep a message of Commerce, of a court or of an agency; nothing changes until a second person confirms it."""
    now = now_of(request)
    draft = Instruction(
        instruction_id=acts.name_instruction(call),
        revision=1,
        kind=body.kind,
        ground=body.ground,
        reference=body.reference,
        message_number=body.message_number,
        source=body.source,
        noticed_on=body.noticed_on,
        predicate=body.predicate.as_predicate(),
        state="draft",
        made_at=now,
        made_by=caller.subject,
        made_for=caller.acting_for,
    )

    async def act(tx: Transaction) -> DraftedInstructionOut:
        return DraftedInstructionOut.model_validate(await acts.draft_instruction(tx, now, draft), from_attributes=True)

    response = await answer_once(request, call, act)
    response.headers["ETag"] = etag(draft.revision)  # the one that a confirmation must name, also when sent again
    return response


@router.get("/instructions", summary="Instructions")
async def list_instructions(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("instruction.read")],
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
@tells("ETag")
async def read_instruction(
    instruction_id: InstructionPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("instruction.read")],
) -> InstructionOut:
    """The message, which entries it means, and entries by outcome."""
    return await _show(instruction_id, request, response, caller)


@router.get("/instructions/{instruction_id}/preview", summary="What an instruction would mean")
async def preview_instruction(
    instruction_id: InstructionPath, request: Request, _: Annotated[Identity, allow("instruction.read")]
) -> InstructionPreviewOut:
    """Counts and money of the entries that it means now; changes nothing."""
    async with snapshot(engine_of(request)) as tx:
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
@tells("ETag")
async def confirm_instruction(
    instruction_id: InstructionPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("instruction.confirm")],
    meant: RequiredIfMatch,
) -> InstructionOut:
    """A second person confirms; it is applied at once to what it means, the rest of many entries in the background."""
    now, engine = now_of(request), engine_of(request)
    async with transaction(engine) as tx:
        confirmed = await acts.confirm_instruction(tx, now, instruction_id, meant, caller)
    try:
        await acts.apply_instruction(
            engine, cycle_policy_of(request), now, confirmed, law_of(request), chunks=acts.CHUNKS_AT_ONCE
        )
    except Transient as error:  # it is confirmed all the same, and the job applies the rest
        _log.warning("instruction_left_to_job", instruction_id=instruction_id, error=str(error))
    return await _show(instruction_id, request, response, caller)


@router.get("/instructions/{instruction_id}/results", summary="What an instruction did to each entry")
async def list_instruction_results(
    instruction_id: InstructionPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("instruction.read")],
    page: CurrentPage,
) -> Page[InstructionResultOut]:
    """In order of entry number, each with the rule."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        after = position[0] if position else None
        rows = await store.list_results(
            connection, instruction_id, reach_of(caller, "entry.read", today_of(request)), after=after, limit=page.fetch
        )
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
    shown = _instruction(found, results, caller)
    shown.may_do = tell_may_do(caller, today_of(request), Matter(), bars_on_instruction(found, caller))
    return shown


def _instruction(found: Instruction, results: dict[str, int], caller: Identity) -> InstructionOut:
    return InstructionOut(
        instruction_id=found.instruction_id,
        revision=found.revision,
        kind=found.kind,
        ground=found.ground,
        reference=found.reference,
        message_number=found.message_number,
        source=found.source,
        noticed_on=found.noticed_on,
        predicate=show_predicate(found.predicate, caller),
        state=found.state,
        made_at=found.made_at,
        made_by=sign(found.made_by, found.made_for),
        confirmed_at=found.confirmed_at,
        confirmed_by=sign(found.confirmed_by, found.confirmed_for) if found.confirmed_by is not None else None,
        authority=found.authority,
        results=results,
    )


def _unknown(instruction_id: str) -> NotFound:
    return NotFound(f"There is no instruction {instruction_id}.", remedy="GET /instructions lists them.")
