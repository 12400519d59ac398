"""Entries: the routing decision of every version, with its reasons."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.routing.api.common import EntryNumberPath, ReasonOut
from services.routing.domain.center import CENTER_REASONS
from services.routing.store import decisions as decision_store
from services.routing.store import moves as move_store
from shared.db.transaction import reading
from shared.runtime.access import demand_sight, is_staff, shown_importer_number
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity
from shared.web.identity import CurrentIdentity
from shared.web.requests import canonical_entry_number, engine_of

router = APIRouter()


class ConsultationOut(BaseModel):
    """Another Center that is asked, because the predominant goods belong to it."""

    center: str
    tariff: str
    line_count: int
    value_usd: int


class DecisionOut(BaseModel):
    """The routing decision for one version of an entry.

    What selected an entry for review, or did not, is shown to staff only: lane, processes, criteria and their reasons.
    """

    version: int
    center: str = Field(examples=["CEE007"])
    basis: str = Field(examples=["account"])
    division: str | None
    lane: str | None
    processes: list[str]
    predominant_tariff: str | None
    value_usd: int
    line_count: int
    programs: list[str]
    program_families: list[str] = []
    consultations: list[ConsultationOut] = []
    authority: dict[str, str] = Field(default={}, description="The row of the authority table for each process.")
    instructions: list[str] = []
    move: int = Field(default=0, description="How often the open matter had been moved when this was decided.")
    reasons: list[ReasonOut]
    rule_versions: dict[str, str]


class SelectionOut(BaseModel):
    """What selected a version: criteria that hit, those on trial that would have, the draw of the random floor."""

    hits: list[tuple[str, int]]
    shadow: list[tuple[str, int]]
    draw: int


class DecidedOut(DecisionOut):
    """A decision as it was made, and for staff what selected the entry."""

    decided_on_filing_of: datetime
    selection: SelectionOut | None = None


class MoveOut(BaseModel):
    """An open matter given to another Center by a person."""

    sequence: int
    from_center: str
    to_center: str
    reason: str
    moved_by: str
    moved_at: datetime


class ConflictOut(BaseModel):
    """An event that contradicts the record, and which one stands."""

    kind: str
    detail: str
    event_source: str
    event_id: str


class EntryRoutingOut(BaseModel):
    """Everything that routing knows of an entry: decisions by version, moves, release, conflicts."""

    entry_number: str
    importer_number: str | None = Field(description="Masked when it is a social security number of someone else.")
    center: str | None = Field(description="The Center that has the matter now.")
    current: DecidedOut | None
    history: list[DecidedOut]
    moves: list[MoveOut]
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
        moves = await move_store.list_moves(connection, "entry", number)
    if not decisions and (release is None or not is_staff(caller)):
        raise NotFound(
            f"There is no entry {number} in routing.", remedy="Check the number; a filing may still be on its way."
        )
    importer = decisions[-1].importer_number if decisions else None
    if importer is not None:
        demand_sight(caller, f"entry {number}", importer_number=importer, filer_code=number[:3])
    history = [_decided(row, caller) for row in decisions]
    decided_by = history[-1].center if history else None
    return EntryRoutingOut(
        entry_number=number,
        importer_number=shown_importer_number(caller, importer) if importer else None,
        center=moves[-1].to_center if moves else decided_by,
        current=history[-1] if history else None,
        history=history,
        moves=[MoveOut.model_validate(row, from_attributes=True) for row in moves],
        released_at=release.released_at if release else None,
        port_of_release=release.port_of_release if release else None,
        conflicts=[ConflictOut.model_validate(row, from_attributes=True) for row in conflicts],
    )


def show_decision(published: Mapping[str, Any], caller: Identity) -> dict[str, Any]:
    """A decision as this caller may see it: outside CBP nobody learns what selects entries for review."""
    if is_staff(caller):
        return dict(published)
    shown = [reason for reason in published["reasons"] if reason["code"] in CENTER_REASONS]
    withheld: dict[str, Any] = {
        "division": None,
        "lane": None,
        "processes": [],
        "consultations": [],
        "authority": {},
        "instructions": [],
    }
    versions = {
        name: version for name, version in published["rule_versions"].items() if not name.startswith("criteria")
    }
    return {**published, **withheld, "reasons": shown, "rule_versions": versions}


def _decided(row: Any, caller: Identity) -> DecidedOut:
    return DecidedOut.model_validate(
        {
            **show_decision(row.decision, caller),
            "decided_on_filing_of": row.filed_at,
            "selection": row.selection or None if is_staff(caller) else None,
        }
    )
