"""A tariff number: the Center that the map gives it and why, and which special duties may be on it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from services.routing.api.common import OnDay
from services.routing.domain.tariff_numbers import describe_number
from services.routing.store.tariff_maps import load_map_on
from shared.customs.programs import Program
from shared.customs.tariff_map import Confidence, TariffMapRow
from shared.customs.tariff_number import InvalidTariffNumber, format_tariff_number, parse_tariff_number
from shared.db.transaction import reading
from shared.runtime.errors import FieldFault, Refused
from shared.web.access import allow
from shared.web.requests import engine_of, today_of

public_router = APIRouter(tags=["tariff maps"])


class MapRowOut(BaseModel):
    """A row of the tariff map: numbers from the first to the last go to the Center, where no assignment decides."""

    first: str = Field(description="Where the numbers begin, as many digits as decide.", examples=["8471"])
    last: str = Field(examples=["8473"])
    center: str = Field(
        description="`UNDERLYING`: none of its own, the number of chapters 1-97 on the same line decides.",
        examples=["CEE007"],
    )
    confidence: Confidence = Field(description="`confirmed` was read in a source; the others are recalled or inferred.")
    source: str
    note: str


class ProgramOut(BaseModel):
    """A program behind a number of chapter 98 or 99 that is in force on the day."""

    code: str = Field(examples=["9903.88.15"])
    name: str = Field(examples=["Section 301 China List 4A"])
    authority: str
    origins: str = Field(description="Of which countries of origin; empty where the table does not say.")
    rate: str = Field(description="The rate in words.", examples=["7.5%"])
    since: date | None = Field(description="First day in force; null: not known.")
    is_since_exact: bool = Field(description="False: only the month or year is known, or nothing.")
    until: date | None = Field(description="Last day in force; null: none is known.")
    note: str


class TariffNumberOut(BaseModel):
    """A tariff number as it stands on a day; what is null is not known."""

    hts: str = Field(examples=["8471300100"])
    shown: str = Field(description="With its dots.", examples=["8471.30.0100"])
    on: date
    map_version: str = Field(description="The version of the tariff map in force on the day.")
    chapter_title: str | None = Field(examples=["Nuclear reactors, boilers, machinery"])
    decides: MapRowOut | None = Field(description="The row for the number; null: no row of the map has it.")
    narrower: list[MapRowOut] = Field(description="Rows for a part of the numbers that begin with it.")
    description: str | None = Field(description="CBP's short description, of a number of ten digits.")
    units: str | None = Field(examples=["NO"])
    general_rate_2024: str | None = Field(description="General rate of duty in January 2024; older than the number.")
    may_be_ad: bool | None = Field(
        description="Whether an antidumping order may cover goods of it; the scope of the order decides."
    )
    may_be_cvd: bool | None = Field(description="Whether a countervailing order may cover goods of it.")
    agencies: list[str] = Field(description="Flags of partner government agencies.", examples=[["FC1"]])
    programs: list[ProgramOut] = Field(description="Of a number of chapter 98 or 99: the programs behind it.")


@public_router.get(
    "/tariff-numbers/{hts}",
    summary="What is known of a tariff number",
    dependencies=[allow("directory.read")],
)
async def read_tariff_number(
    hts: Annotated[
        str, Path(max_length=20, description="4, 6, 8 or 10 digits, with or without dots.", examples=["8471300100"])
    ],
    request: Request,
    on: OnDay = None,
) -> TariffNumberOut:
    """The Center by the map in force, which counts where the importer has no account with a Center, and special duties.

    Which duties of chapter 99 are due on goods of chapters 1-97 depends on their origin and is not told here.
    """
    try:
        number = parse_tariff_number(hts.strip())
    except InvalidTariffNumber as error:
        raise Refused(
            "This is no tariff number.",
            rule="request-values",
            code="invalid-request",
            remedy="Send 4, 6, 8 or 10 digits, as in 8471300100 or 8471.30.0100.",
            faults=[FieldFault("hts", "invalid-tariff-number", str(error))],
        ) from None
    day = on or today_of(request)
    async with reading(engine_of(request)) as connection:
        tariff_map = await load_map_on(connection, day)
    found = describe_number(number, tariff_map, day)
    line = found.line
    return TariffNumberOut(
        hts=number,
        shown=format_tariff_number(number),
        on=day,
        map_version=tariff_map.version,
        chapter_title=found.chapter_title,
        decides=_row_out(found.decides) if found.decides is not None else None,
        narrower=[_row_out(row) for row in found.narrower],
        description=line.description if line is not None else None,
        units=line.units if line is not None else None,
        general_rate_2024=(line.general_rate_2024 or None) if line is not None else None,
        may_be_ad=found.may_be_ad,
        may_be_cvd=found.may_be_cvd,
        agencies=list(line.pga_flags) if line is not None else [],
        programs=[_program_out(each) for each in found.programs],
    )


def _row_out(row: TariffMapRow) -> MapRowOut:
    return MapRowOut(
        first=row.prefix_from,
        last=row.prefix_to,
        center=row.center_code,
        confidence=row.confidence,
        source=row.source,
        note=row.note,
    )


def _program_out(program: Program) -> ProgramOut:
    return ProgramOut(
        code=program.code,
        name=program.name,
        authority=program.authority,
        origins=program.origin_scope,
        rate=program.additional_rate,
        since=program.effective_from,
        is_since_exact=program.is_start_exact,
        until=program.effective_to,
        note=program.note,
    )
