"""Which recommendations of policy analysis a version of a map or policy came from, as the version shows them."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.recommendations import RecommendedKind
from services.routing.store import recommendations as store

_MOST = 100


class RecommendedOut(BaseModel):
    """A recommendation that became this version: what is expected of it, and when that is compared."""

    recommendation_id: UUID
    matter: UUID = Field(description="The item of the work queue in which it was recommended.")
    expected_effect: str
    measure: str
    before: str
    expected: str
    compare_on: date
    actual: str | None = Field(description="Null: not compared yet.")


async def list_recommended(connection: AsyncConnection, kind: RecommendedKind, reference: str) -> list[RecommendedOut]:
    """Those of one version, by the day on which they are compared."""
    rows = await store.list_recommendations(
        connection, reference=reference, matter=None, due_on=None, after=None, limit=_MOST
    )
    return [
        RecommendedOut(
            recommendation_id=made.recommendation_id,
            matter=made.matter,
            expected_effect=made.expected_effect,
            measure=made.measure,
            before=f"{made.before:f}",
            expected=f"{made.expected:f}",
            compare_on=made.compare_on,
            actual=f"{result.actual:f}" if result is not None else None,
        )
        for made, result in rows
        if made.kind == kind
    ]
