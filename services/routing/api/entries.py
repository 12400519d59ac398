"""Entries: the routing decision of every version, with its reasons."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.routing.api.common import EntryNumberPath, ReasonOut
from services.routing.store import decisions as decision_store
from shared.db.transaction import reading
from shared.runtime.errors import NotFound
from shared.web.access import demand_sight, is_staff, shown_importer_number
from shared.web.identity import CurrentIdentity
from shared.web.requests import canonical_entry_number, engine_of

router = APIRouter()


class DecisionOut(BaseModel):
    """The routing decision for one version of an entry."""

    version: int
    center: str = Field(examples=["CEE007"])
    basis: str = Field(examples=["account"])
    division: str
    lane: str
    processes: list[str]
    predominant_tariff: str | None
    value_usd: int
    line_count: int
    reasons: list[ReasonOut]
    rule_versions: dict[str, str]
    decided_on_filing_of: datetime


class ConflictOut(BaseModel):
    """An event that contradicts the record, and which one stands."""

    kind: str
    detail: str
    event_source: str
    event_id: str


class EntryRoutingOut(BaseModel):
    """Everything that routing knows of an entry: decisions by version, release, conflicts."""

    entry_number: str
    importer_number: str | None = Field(description="Masked when it is a social security number of someone else.")
    current: DecisionOut | None
    history: list[DecisionOut]
    released_at: datetime | None
    port_of_release: str | None
    conflicts: list[ConflictOut]


@router.get("/entries/{entry_number}/routing", summary="Where an entry goes and why")
async def read_entry_routing(
    entry_number: EntryNumberPath, request: Request, caller: CurrentIdentity
) -> EntryRoutingOut:
    """Every decision with its reasons, the release, and what contradicts the record."""
    number = canonical_entry_number(entry_number)
    async with reading(engine_of(request)) as connection:
        decisions = await decision_store.find_decisions(connection, number)
        release = await decision_store.find_release(connection, number)
        conflicts = await decision_store.find_conflicts(connection, number)
    if not decisions and (release is None or not is_staff(caller)):
        raise NotFound(
            f"There is no entry {number} in routing.", remedy="Check the number; a filing may still be on its way."
        )
    importer = decisions[-1].importer_number if decisions else None
    if importer is not None:
        demand_sight(caller, f"entry {number}", importer_number=importer, filer_code=number[:3])
    history = [_decision_out(row) for row in decisions]
    return EntryRoutingOut(
        entry_number=number,
        importer_number=shown_importer_number(caller, importer) if importer else None,
        current=history[-1] if history else None,
        history=history,
        released_at=release.released_at if release else None,
        port_of_release=release.port_of_release if release else None,
        conflicts=[ConflictOut.model_validate(row, from_attributes=True) for row in conflicts],
    )


def _decision_out(row: Any) -> DecisionOut:
    return DecisionOut.model_validate({**row.decision, "decided_on_filing_of": row.filed_at})
