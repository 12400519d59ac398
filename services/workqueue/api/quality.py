"""Second reviews of decisions: the plan of a Center, samples to take, and what the second reviewer found."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.workqueue.acts import quality as acts
from services.workqueue.api.center_versions import CenterPath, CenterVersionOut, find_standing
from services.workqueue.domain.decision import ReviewOutcome
from services.workqueue.domain.goods import DeclaredGoods
from services.workqueue.domain.item import Item
from services.workqueue.domain.quality import Plan, Sample, SampleState
from services.workqueue.store import decisions as decision_store
from services.workqueue.store import entries as entry_store
from services.workqueue.store import items as item_store
from services.workqueue.store import quality as store
from shared.contracts.terms import ShortText
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading, snapshot, transaction
from shared.runtime.access import Matter, judge, no_such, reach_of, refusal_of, shown_importer_number
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import optional_if_match
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["quality"])

SampleId = Annotated[
    UUID, Path(description="The second review's id.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])
]
Percent = Annotated[int, Field(ge=0, le=100)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class PlanIn(BaseModel):
    """How many decisions of a Center are reviewed a second time, in percent."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "floor_percent": 2,
                    "by_criterion": {"high-value": 10},
                    "by_officer": {"lee": 20},
                    "money_from_usd": 1000000,
                    "money_percent": 25,
                    "reason": "As in the year before.",
                }
            ]
        },
    )

    floor_percent: Percent = Field(description="Of all decisions on reviews, at random.")
    by_criterion: dict[Name, Percent] = Field(
        default={}, max_length=200, description="Of decisions with a finding that a selection criterion led to."
    )
    by_officer: dict[Name, Percent] = Field(default={}, max_length=500, description="Of an officer's decisions.")
    money_from_usd: int | None = Field(default=None, ge=0, le=10**12, description="Entered value from which on …")
    money_percent: Percent = Field(default=0, description="… so many are drawn.")
    reason: Annotated[ShortText, Field(min_length=1)]

    @model_validator(mode="after")
    def _with_a_value(self) -> "PlanIn":
        if (self.money_from_usd is None) != (self.money_percent == 0):
            raise ValueError("money_from_usd and money_percent go together")
        return self


class PlanOut(CenterVersionOut):
    """The plan of a Center as it stands."""

    floor_percent: int
    by_criterion: Mapping[str, int]
    by_officer: Mapping[str, int]
    money_from_usd: int | None
    money_percent: int


class SampleOut(BaseModel):
    """A decision to review a second time; nothing of the first review, not even why it was drawn."""

    sample_id: UUID
    item_id: UUID
    center: str
    process: str
    entry_number: str | None
    importer_number: str | None
    value_usd: int | None
    drawn_at: datetime
    state: SampleState
    reviewer: str | None


class SampleLineOut(BaseModel):
    """A line of the entry as declared."""

    line_number: int
    tariff: str | None
    special_tariffs: list[str]
    origin: str
    description: str
    value_usd: int
    duty_usd: str
    preference: str | None


class TakenOut(SampleOut):
    """A second review that the caller has taken: the goods as declared, to be judged anew."""

    lines: list[SampleLineOut]


class ResultIn(BaseModel):
    """What the second reviewer found."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"outcome": "no-change", "reason": "As declared."}]}
    )

    outcome: ReviewOutcome
    reason: Annotated[ShortText, Field(min_length=1)]


class ComparedOut(BaseModel):
    """Both results of a second review that is done."""

    sample_id: UUID
    item_id: UUID
    stratum: str = Field(description="Why it was drawn: floor, money, criterion:… or officer:….")
    first_outcome: str | None
    first_by: str | None
    second_outcome: str | None
    second_by: str | None
    agrees: bool | None
    reason: str | None
    done_at: datetime | None


@router.get("/centers/{center}/quality-plan", summary="How many decisions are reviewed a second time")
@tells("ETag")
async def read_quality_plan(
    center: CenterPath, request: Request, response: Response, caller: Annotated[Identity, allow("quality.read")]
) -> PlanOut:
    """The plan of the Center as it stands; officers do not read it."""
    standing = await find_standing(request, caller, center, "quality", "plan", store.find_plan)
    response.headers["ETag"] = etag(standing.version)
    return PlanOut.model_validate(standing)


@router.put("/centers/{center}/quality-plan", summary="Set how many decisions are reviewed a second time")
@tells("ETag")
async def set_quality_plan(
    center: CenterPath,
    body: PlanIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("quality.plan")],
    if_match: Annotated[IfMatch | None, Depends(optional_if_match)],
) -> PlanOut:
    """A new version of the plan, for what is decided from now on; every version stays, under seal.

    With If-Match only in the place of the version that was read. A job draws from the decisions on reviews every
    quarter of an hour, each by the plan that stood when it was made. What is drawn cannot be foreseen by who does not
    know the operator's secret (`CENTERLINE_QUALITY_SEED`), and can be drawn again by who does.
    """
    async with transaction(engine_of(request)) as tx:
        plan: Plan = await acts.set_plan(tx, caller, center, now_of(request), if_match=if_match, **body.model_dump())
    response.headers["ETag"] = etag(plan.version)
    return PlanOut.model_validate(plan)


@router.get("/quality-samples", summary="Decisions to review a second time")
async def list_quality_samples(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("quality.review")],
    page: CurrentPage,
) -> Page[SampleOut]:
    """Those of the caller's Centers that are not done, the oldest first."""
    position = page.position(datetime, UUID)
    reach = reach_of(caller, "quality.review", today_of(request))
    async with reading(engine_of(request)) as connection:
        after = (position[0], position[1]) if position is not None else None
        rows = await store.list_samples(
            connection, None if reach.is_national else reach.centers, after=after, limit=page.fetch
        )
        items = {item.item_id: item for item in await item_store.find_items(connection, [row.item_id for row in rows])}
    return build_page(
        rows,
        page,
        key=lambda row: (row.drawn_at, str(row.sample_id)),
        item=lambda row: SampleOut(**_fields(row, items[row.item_id], caller)),
        request=request,
        response=response,
    )


@router.post("/quality-samples/{sample_id}/take", summary="Take a second review")
async def take_quality_sample(
    sample_id: SampleId, request: Request, caller: Annotated[Identity, allow("quality.review")]
) -> TakenOut:
    """The entry as declared, to be judged anew. Nobody takes one in whose first review they had a part.

    Until the result is recorded the item, its outcome, its notes and its letters are not shown to who took it.
    """
    async with transaction(engine_of(request)) as tx:
        sample = await acts.take(tx, caller, sample_id, now_of(request))
        (item,) = await item_store.find_items(tx.connection, [sample.item_id])
        declared = await entry_store.load_declared(tx, item.entry_number) if item.entry_number is not None else []
    return TakenOut(**_fields(sample, item, caller), lines=[_line_out(each) for each in declared])


@router.post("/quality-samples/{sample_id}/result", summary="Record what a second review found")
async def record_quality_result(
    sample_id: SampleId,
    body: ResultIn,
    request: Request,
    caller: Annotated[Identity, allow("quality.review")],
) -> ComparedOut:
    """From then on both results are shown side by side, and count in the agreement that is published."""
    async with transaction(engine_of(request)) as tx:
        sample = await acts.find(tx, caller, sample_id, now_of(request), body.outcome, body.reason)
        return await _compared(tx, sample)


@router.get("/quality-samples/{sample_id}", summary="Both results of a second review")
async def read_quality_sample(
    sample_id: SampleId, request: Request, caller: Annotated[Identity, allow("quality.read")]
) -> ComparedOut:
    """For directors and auditors, when it is done: before, nobody sees the first result beside it."""
    async with snapshot(engine_of(request)) as tx:
        sample = await store.find_sample(tx.connection, sample_id)
        if sample is None or sample.state != "done":
            raise no_such(f"second review {sample_id} that is done")
        permission = judge(caller, "quality.read", today_of(request), Matter(centers=frozenset({sample.center})))
        if not permission.is_given:
            raise refusal_of(permission)
        return await _compared(tx, sample)


async def _compared(tx: Transaction, sample: Sample) -> ComparedOut:
    first = await decision_store.find_decision(tx.connection, sample.item_id)
    outcome = first.finding.outcome if first is not None and first.decision_id == sample.decision_id else None
    return ComparedOut(
        sample_id=sample.sample_id,
        item_id=sample.item_id,
        stratum=sample.stratum,
        first_outcome=outcome,
        first_by=first.by.subject if first is not None and outcome is not None else None,
        second_outcome=sample.outcome,
        second_by=sample.reviewer,
        agrees=outcome == sample.outcome if outcome is not None else None,
        reason=sample.reason,
        done_at=sample.done_at,
    )


def _fields(sample: Sample, item: Item, caller: Identity) -> dict[str, object]:
    number = item.importer_number
    return {
        "sample_id": sample.sample_id,
        "item_id": sample.item_id,
        "center": sample.center,
        "process": item.process,
        "entry_number": item.entry_number,
        "importer_number": shown_importer_number(caller, number) if number is not None else None,
        "value_usd": item.value_usd,
        "drawn_at": sample.drawn_at,
        "state": sample.state,
        "reviewer": sample.reviewer,
    }


def _line_out(goods: DeclaredGoods) -> SampleLineOut:
    return SampleLineOut(
        line_number=goods.line_number,
        tariff=goods.tariff,
        special_tariffs=list(goods.special_tariffs),
        origin=goods.origin,
        description=goods.description,
        value_usd=goods.value_usd,
        duty_usd=format_cents(goods.duty_cents),
        preference=goods.preference,
    )
