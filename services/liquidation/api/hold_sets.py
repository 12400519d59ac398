"""The HTTP side of hold sets: draft, preview, apply, lift, history."""

from dataclasses import fields
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.liquidation.acts import hold_sets as holding
from services.liquidation.acts.cycles import next_cycle
from services.liquidation.domain.predicate import EntryPredicate, describe
from services.liquidation.store import hold_sets as store
from shared.contracts.terms import CenterCode, Country, EntryTypeCode, ImporterNumber, LegalDate, PortCode
from shared.customs.calendar import legal_date
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

DrafterIdentity = Annotated[
    Identity,
    Depends(
        require(
            RoleName.LIQUIDATION_SPECIALIST,
            RoleName.IMPORT_SPECIALIST,
            RoleName.ENTRY_SPECIALIST,
            RoleName.INTERNATIONAL_TRADE_SPECIALIST,
            RoleName.ADCVD_TEAM,
            RoleName.CENTER_DIRECTOR,
            RoleName.ASSISTANT_CENTER_DIRECTOR,
            RoleName.OFFICE_OF_TRADE,
        )
    ),
]
ApplierIdentity = Annotated[
    Identity,
    Depends(
        require(
            RoleName.LIQUIDATION_SPECIALIST,
            RoleName.CENTER_DIRECTOR,
            RoleName.ASSISTANT_CENTER_DIRECTOR,
            RoleName.OFFICE_OF_TRADE,
        )
    ),
]
HoldSetPath = Annotated[str, Path(description="The id that drafting gave.", max_length=64)]
Digits = StringConstraints(pattern=r"^[0-9]{2,10}$")


class PredicateModel(BaseModel):
    """Entries for which every given part holds; the parts about goods must hold of one line."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"duty_heading": "990388", "origin": "CN"}]}
    )

    duty_heading: Annotated[str, StringConstraints(pattern=r"^99[0-9]{0,8}$")] | None = Field(
        default=None, description="A Chapter 99 number or its beginning, digits without dots."
    )
    tariff_prefix: Annotated[str, Digits] | None = Field(default=None, description="The beginning of a tariff number.")
    origin: Country | None = None
    case_prefix: Annotated[str, StringConstraints(pattern=r"^[AC][0-9]{0,9}$")] | None = Field(
        default=None, description="An antidumping or countervailing duty case or its beginning."
    )
    importer_number: ImporterNumber | None = None
    entered_from: LegalDate | None = None
    entered_to: LegalDate | None = None
    port_of_entry: PortCode | None = None
    entry_type: EntryTypeCode | None = None
    filer_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3}$")] | None = None
    center: CenterCode | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.as_predicate().given:
            raise PydanticCustomError("empty-predicate", "name at least one part: an empty predicate means every entry")
        if self.entered_from is not None and self.entered_to is not None and self.entered_from > self.entered_to:
            raise PydanticCustomError("empty-period", "entered_from is after entered_to: nothing can match")
        return self

    def as_predicate(self) -> EntryPredicate:
        """The same as the rules and the store take it."""
        return EntryPredicate(**{each.name: getattr(self, each.name) for each in fields(EntryPredicate)})


class HoldSetIn(BaseModel):
    """A hold set to draft."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Duty removed by order",
                    "predicate": {"duty_heading": "990301"},
                    "reason": "A refund of this duty is expected: do not liquidate with it.",
                }
            ]
        },
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
    predicate: PredicateModel
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class LiftIn(BaseModel):
    """Why a hold set is lifted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "The order was withdrawn."}]})

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class DraftedOut(BaseModel):
    """A draft that was kept."""

    hold_set_id: str
    revision: int
    state: Literal["draft"]
    name: str


class HoldSetEventOut(BaseModel):
    """One thing that happened to a hold set; `entries` matched when it was applied."""

    revision: int
    change: str = Field(examples=["applied"])
    at: datetime
    actor: str
    acting_for: str | None
    detail: str | None
    entries: int | None


class HoldSetOut(BaseModel):
    """A hold set; the ETag is its revision."""

    hold_set_id: str
    revision: int
    name: str
    state: Literal["draft", "applied", "lifted"]
    predicate: dict[str, str]
    means: str = Field(examples=["a duty provision 990388 on a line and goods of CN"])
    reason: str
    made_at: datetime
    made_by: str
    applied_at: datetime | None
    lifted_at: datetime | None
    history: list[HoldSetEventOut] = []


class EffectOut(BaseModel):
    """From which cycle on a change has effect: the first whose Wednesday cut is to come."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"hold_set_id": "7f1c…", "state": "applied", "first_cycle_on": "2026-08-21"}]}
    )

    hold_set_id: str
    state: Literal["applied", "lifted"]
    first_cycle_on: date


class PreviewLineOut(BaseModel):
    """Entries of one Center and horizon (days until they are deemed liquidated)."""

    center: str | None
    horizon: str = Field(examples=["60"], description="1, 7, 14, 30, 60, 90, later, or no date.")
    entries: int
    suspended: int
    due: int
    duty_usd: str
    fees_usd: str


class PreviewOut(BaseModel):
    """What a hold set matches now; `due` would be liquidated by the next cycle without it."""

    hold_set_id: str
    next_cycle_on: date
    entries: int
    suspended: int
    due: int
    duty_usd: str
    fees_usd: str
    lines: list[PreviewLineOut]


@router.post("/hold-sets", status_code=201, summary="Draft a hold set", response_model=DraftedOut)
async def create_hold_set(
    body: HoldSetIn, request: Request, caller: DrafterIdentity, call: CurrentIdempotentCall
) -> Response:
    """Keep a predicate over entries as a draft: preview it, then a second person applies it."""
    return await holding.draft_hold_set(
        engine_of(request), now_of(request), call, body.name, body.predicate.as_predicate(), body.reason, caller
    )


@router.get("/hold-sets", summary="Hold sets")
async def list_hold_sets(
    request: Request,
    response: Response,
    caller: StaffIdentity,
    page: CurrentPage,
    state: Annotated[Literal["draft", "applied", "lifted"] | None, Query(description="Only of this state.")] = None,
) -> Page[HoldSetOut]:
    """In order of their ids."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_hold_sets(
            connection, state=state, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.hold_set_id,),
        item=lambda row: _hold_set(row, caller),
        request=request,
        response=response,
    )


@router.get("/hold-sets/{hold_set_id}", summary="A hold set with its history")
async def read_hold_set(
    hold_set_id: HoldSetPath, request: Request, response: Response, caller: StaffIdentity
) -> HoldSetOut:
    """The predicate, in words too, and who did what with it."""
    return await _shown(hold_set_id, request, response, caller)


@router.put("/hold-sets/{hold_set_id}", summary="Edit a draft")
async def edit_hold_set(
    hold_set_id: HoldSetPath,
    body: HoldSetIn,
    request: Request,
    response: Response,
    caller: DrafterIdentity,
    meant: RequiredIfMatch,
) -> HoldSetOut:
    """Replace name, predicate and reason of a draft; who edits it cannot apply it."""
    await holding.edit_hold_set(
        engine_of(request),
        now_of(request),
        hold_set_id,
        meant,
        body.name,
        body.predicate.as_predicate(),
        body.reason,
        caller,
    )
    return await _shown(hold_set_id, request, response, caller)


@router.get("/hold-sets/{hold_set_id}/preview", summary="What a hold set matches")
async def preview_hold_set(hold_set_id: HoldSetPath, request: Request, _: StaffIdentity) -> PreviewOut:
    """Entries not yet liquidated that match now, with money as asserted, by Center and days to the deemed date."""
    now = now_of(request)
    friday = next_cycle(now)
    async with transaction(engine_of(request)) as tx:
        row = _found(await store.find_hold_set(tx.connection, hold_set_id), hold_set_id)
        lines = await store.preview(tx, store.predicate_of(row), legal_date(now), friday)
    return PreviewOut(
        hold_set_id=hold_set_id,
        next_cycle_on=friday,
        entries=sum(line.entries for line in lines),
        suspended=sum(line.suspended for line in lines),
        due=sum(line.due for line in lines),
        duty_usd=format_cents(sum(line.duty_cents for line in lines)),
        fees_usd=format_cents(sum(line.fees_cents for line in lines)),
        lines=[
            PreviewLineOut(
                center=line.center,
                horizon=line.horizon,
                entries=line.entries,
                suspended=line.suspended,
                due=line.due,
                duty_usd=format_cents(line.duty_cents),
                fees_usd=format_cents(line.fees_cents),
            )
            for line in lines
        ],
    )


@router.post("/hold-sets/{hold_set_id}/apply", summary="Apply a hold set")
async def apply_hold_set(
    hold_set_id: HoldSetPath, request: Request, caller: ApplierIdentity, meant: RequiredIfMatch
) -> EffectOut:
    """As a second person: cycles whose cut is still to come hold back what matches at their run.

    Informal entries are never held, and an entry whose period would end before the next Friday is taken all the same.
    """
    friday = await holding.apply_hold_set(engine_of(request), now_of(request), hold_set_id, meant, caller)
    return EffectOut(hold_set_id=hold_set_id, state="applied", first_cycle_on=friday)


@router.post("/hold-sets/{hold_set_id}/lift", summary="Lift a hold set")
async def lift_hold_set(
    hold_set_id: HoldSetPath, body: LiftIn, request: Request, caller: ApplierIdentity, meant: RequiredIfMatch
) -> EffectOut:
    """Cycles whose cut is still to come take its entries again."""
    friday = await holding.lift_hold_set(engine_of(request), now_of(request), hold_set_id, meant, body.reason, caller)
    return EffectOut(hold_set_id=hold_set_id, state="lifted", first_cycle_on=friday)


async def _shown(hold_set_id: str, request: Request, response: Response, caller: Identity) -> HoldSetOut:
    async with reading(engine_of(request)) as connection:
        row = _found(await store.find_hold_set(connection, hold_set_id), hold_set_id)
        history = await store.list_hold_set_events(connection, hold_set_id)
    response.headers["ETag"] = etag(row.revision)
    shown = _hold_set(row, caller)
    shown.history = [HoldSetEventOut.model_validate(each, from_attributes=True) for each in history]
    return shown


def _found(row: Any | None, hold_set_id: str) -> Any:
    if row is None:
        raise NotFound(f"There is no hold set {hold_set_id}.", remedy="GET /hold-sets lists them.")
    return row


def _hold_set(row: Any, caller: Identity) -> HoldSetOut:
    shown = dict(row.predicate)
    if "importer_number" in shown:
        shown["importer_number"] = shown_importer_number(caller, shown["importer_number"])
    return HoldSetOut(
        hold_set_id=row.hold_set_id,
        revision=row.revision,
        name=row.name,
        state=row.state,
        predicate=shown,
        means=describe(EntryPredicate(**shown)),
        reason=row.reason,
        made_at=row.made_at,
        made_by=row.made_by,
        applied_at=row.applied_at,
        lifted_at=row.lifted_at,
    )
