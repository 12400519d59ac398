"""Medians of unit values, which criteria compare lines with: computed by version, each used from the day after."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.acts.unit_values import compute_medians
from services.routing.store import unit_values as store
from shared.db.transaction import Transaction, reading
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["selection criteria"])


_EXAMPLE: dict[str, Any] = {
    "as_of": "2026-02-28",
    "effective_on": "2026-03-03",
    "minimum_sample": 30,
    "medians": 18213,
    "computed_by": "kim",
    "computed_at": "2026-03-02T19:03:11Z",
}


class UnitValuesIn(BaseModel):
    """For which day to compute."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"as_of": "2026-02-28"}]})

    as_of: LegalDay = Field(description="The last day of the twelve months; today or earlier.")
    minimum_sample: int = Field(
        default=30, ge=1, le=100_000, description="Declarations below which there is no median."
    )


class UnitValuesOut(BaseModel):
    """A version of the medians."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    as_of: date
    effective_on: date = Field(description="The first entry date that is compared with it.")
    minimum_sample: int
    medians: int = Field(description="How many tariff numbers, by unit, have a median.")
    computed_by: str
    computed_at: datetime


class MedianOut(BaseModel):
    """The median of a tariff number and unit."""

    hts: str = Field(examples=["6109100012"])
    unit: str = Field(examples=["DOZ"])
    median_usd: str = Field(description="Dollars per unit, as exact as declared.", examples=["31.25"])
    sample_size: int


@router.post("/unit-values", status_code=201, summary="Compute medians of unit values", response_model=UnitValuesOut)
async def compute_unit_values(
    body: UnitValuesIn,
    request: Request,
    caller: Annotated[Identity, allow("unit-value.compute")],
    call: CurrentIdempotentCall,
) -> Response:
    """Compute a version over twelve months of entries; criteria use it from tomorrow on, so no decision changes."""

    async def act(tx: Transaction) -> UnitValuesOut:
        computed = await compute_medians(
            tx, caller, as_of=body.as_of, minimum_sample=body.minimum_sample, now=now_of(request)
        )
        return UnitValuesOut.model_validate(computed, from_attributes=True)

    return await answer_once(request, call, act)


@router.get("/unit-values", summary="Versions of the medians of unit values")
async def list_unit_value_versions(
    request: Request, response: Response, _: Annotated[Identity, allow("unit-value.read")], page: CurrentPage
) -> Page[UnitValuesOut]:
    """Newest first."""
    position = page.position(date)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_versions(connection, before=position[0] if position else None, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.as_of,),
        item=lambda row: UnitValuesOut.model_validate(row, from_attributes=True),
        request=request,
        response=response,
    )


@router.get("/unit-values/{as_of}", summary="The medians of a version")
async def list_medians(
    as_of: Annotated[LegalDay, Path(examples=["2026-02-28"])],
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("unit-value.read")],
    page: CurrentPage,
    prefix: Annotated[
        str, Query(pattern="^[0-9]{0,10}$", description="First digits of the tariff number.", examples=["6109"])
    ] = "",
) -> Page[MedianOut]:
    """By tariff number and unit."""
    position = page.position(str, str)
    after = (position[0], position[1]) if position else None
    async with reading(engine_of(request)) as connection:
        rows = await store.list_medians(connection, as_of, prefix=prefix, after=after, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.hts, row.unit),
        item=lambda row: MedianOut(
            hts=row.hts, unit=row.unit, median_usd=f"{row.median_usd.normalize():f}", sample_size=row.sample_size
        ),
        request=request,
        response=response,
    )
