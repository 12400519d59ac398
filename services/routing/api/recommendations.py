"""Recommendations of policy analysis: the drafts that they became, what is expected, and what came of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.routing.acts import recommendations as acts
from services.routing.api.criteria import find_reserved
from services.routing.api.criteria_models import EXAMPLE, CriterionIn, read_criterion, refuse_faults
from services.routing.domain.criteria import find_expiry_faults
from services.routing.domain.recommendations import Recommendation, RecommendedKind, Result, share_reached
from services.routing.store import recommendations as store
from shared.contracts.terms import ShortText
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["recommendations"])

Figure = Annotated[Decimal, Field(ge=-(10**15), le=10**15, decimal_places=4)]
RecommendationId = Annotated[
    UUID, Path(description="The recommendation's id.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])
]


class RecommendationIn(BaseModel):
    """What was recommended in a matter of policy analysis."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "matter": "0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e",
                    "kind": "criterion",
                    "criterion": {"id": "cheap-garments-vn", **EXAMPLE, "reason": "Findings of March 2026."},
                    "expected_effect": "More of what is selected is found wrong.",
                    "measure": "findings per hundred selected",
                    "before": "6",
                    "expected": "12",
                    "compare_on": "2026-12-01",
                }
            ]
        },
    )

    matter: UUID = Field(description="The item of the work queue, of process policy-analysis.")
    kind: RecommendedKind
    criterion: CriterionIn | None = Field(default=None, description="Drafted with the recommendation.")
    reference: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="The version of a draft tariff map or assignment policy that is there."
    )
    expected_effect: Annotated[ShortText, Field(min_length=1)]
    measure: Annotated[str, Field(min_length=1, max_length=200, description="Which figure is compared.")]
    before: Figure
    expected: Figure
    compare_on: LegalDay

    @model_validator(mode="after")
    def _with_its_draft(self) -> "RecommendationIn":
        if (self.kind == "criterion") != (self.criterion is not None) or (self.reference is None) != (
            self.kind == "criterion"
        ):
            raise ValueError("a criterion comes with the recommendation, a map or policy is named by its version")
        return self


class ResultIn(BaseModel):
    """What became of it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"actual": "10", "finding": "Most of what was expected."}]}
    )

    actual: Figure
    finding: Annotated[ShortText, Field(min_length=1)]


class RecommendationOut(BaseModel):
    """A recommendation with what was expected, and what came of it."""

    recommendation_id: UUID
    matter: UUID
    kind: RecommendedKind
    reference: str = Field(description="The criterion's id, or the version of the map or policy.")
    revision: int | None
    expected_effect: str
    measure: str
    before: str
    expected: str
    compare_on: date
    is_due: bool = Field(description="The day has come, and nothing was compared.")
    made_by: str
    made_at: datetime
    actual: str | None
    finding: str | None
    reached_percent: int | None = Field(description="Of the change that was expected, how much came.")
    compared_by: str | None
    compared_at: datetime | None


@router.post(
    "/recommendations", status_code=201, summary="Make a recommendation a draft", response_model=RecommendationOut
)
async def create_recommendation(
    body: RecommendationIn,
    request: Request,
    caller: Annotated[Identity, allow("recommendation.write")],
    call: CurrentIdempotentCall,
) -> Response:
    """A criterion is drafted with it, and its history names the matter; a draft map or policy is named by its version.

    The draft goes its way like others: trial, second person, first day. What is expected of it is compared on the day.
    """
    criterion = read_criterion(body.criterion.id, 1, body.criterion) if body.criterion is not None else None
    if criterion is not None:
        refuse_faults(find_reserved(criterion.id) + find_expiry_faults(criterion, today_of(request)))

    async def act(tx: Transaction) -> RecommendationOut:
        told = body.model_dump(exclude={"criterion"})
        made = await acts.recommend(tx, caller, now_of(request), key=call.key, criterion=criterion, **told)
        return _out(made, None, today_of(request))

    return await answer_once(request, call, act)


@router.get("/recommendations", summary="Recommendations and what came of them")
async def list_recommendations(
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("recommendation.read")],
    page: CurrentPage,
    reference: Annotated[str | None, Query(max_length=100, description="Of this criterion, map or policy.")] = None,
    matter: Annotated[UUID | None, Query(description="Of this matter.")] = None,
    due: Annotated[bool, Query(description="Only those to compare now.")] = False,
) -> Page[RecommendationOut]:
    """By the day on which they are compared."""
    position = page.position(date, UUID)
    today = today_of(request)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_recommendations(
            connection,
            reference=reference,
            matter=matter,
            due_on=today if due else None,
            after=(position[0], position[1]) if position is not None else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row[0].compare_on, str(row[0].recommendation_id)),
        item=lambda row: _out(row[0], row[1], today),
        request=request,
        response=response,
    )


@router.post("/recommendations/{recommendation_id}/result", summary="Compare a recommendation with what came of it")
async def compare_recommendation(
    recommendation_id: RecommendationId,
    body: ResultIn,
    request: Request,
    caller: Annotated[Identity, allow("recommendation.write")],
) -> RecommendationOut:
    """On its day or later, once."""
    async with transaction(engine_of(request)) as tx:
        made, result = await acts.compare(tx, caller, now_of(request), recommendation_id, body.actual, body.finding)
    return _out(made, result, today_of(request))


def _out(made: Recommendation, result: Result | None, today: date) -> RecommendationOut:
    return RecommendationOut(
        recommendation_id=made.recommendation_id,
        matter=made.matter,
        kind=made.kind,
        reference=made.reference,
        revision=made.revision,
        expected_effect=made.expected_effect,
        measure=made.measure,
        before=f"{made.before:f}",
        expected=f"{made.expected:f}",
        compare_on=made.compare_on,
        is_due=result is None and made.compare_on <= today,
        made_by=made.made_by,
        made_at=made.made_at,
        actual=f"{result.actual:f}" if result is not None else None,
        finding=result.finding if result is not None else None,
        reached_percent=share_reached(made, result.actual) if result is not None else None,
        compared_by=result.compared_by if result is not None else None,
        compared_at=result.compared_at if result is not None else None,
    )
