"""Routing decisions: those made for every version of an entry, with their reasons, and the one it would get."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, ValidationError

from services.routing.acts import decisions as acts
from services.routing.acts.deciding import read_facts
from services.routing.api.common import EntryNumberPath, ReasonOut
from services.routing.domain.center import CENTER_REASONS
from services.routing.store import decisions as store
from services.routing.store import moves as move_store
from services.routing.store.decisions import KeptDecision
from shared.contracts.entry import EntryBody
from shared.db.transaction import reading
from shared.runtime.access import Matter, is_staff, no_such, reach_of, shown_importer_number
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.faults import BodyRefused, read_document
from shared.web.requests import canonical_entry_number, engine_of, today_of

router = APIRouter(tags=["routing"])

ENTRY_EXAMPLE: Final = {
    "entry_number": "B7603245278",
    "version": 1,
    "entry_type": "01",
    "importer_number": "07-345678900",
    "port_of_entry": "2704",
    "entry_date": "2026-03-02",
    "lines": [
        {
            "line_number": 1,
            "description": "PORTABLE COMPUTERS",
            "country_of_origin": "CN",
            "tariffs": [{"hts": "8471300100", "value_usd": 125000, "duty_usd": "0.00"}],
        }
    ],
}
_REQUEST_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The body of `entry-filed` (`docs/contracts/schemas/entry-filed.json`), any version.",
        "content": {"application/json": {"schema": {"type": "object"}, "example": ENTRY_EXAMPLE}},
    }
}


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


class EntryMoveOut(BaseModel):
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
    moves: list[EntryMoveOut]
    released_at: datetime | None
    port_of_release: str | None
    conflicts: list[ConflictOut]


async def read_entry_body(request: Request) -> EntryBody:
    """Dependency: the entry in the request, held to the same rules as one on the bus; 422 with every field at fault."""
    body = await request.body()
    try:
        return EntryBody.model_validate_json(body)
    except ValidationError as error:
        raise BodyRefused(EntryBody, error, read_document(body)) from None


@router.get("/entries/{entry_number}/routing", summary="Where an entry goes and why")
async def read_entry_routing(
    entry_number: EntryNumberPath, request: Request, caller: Annotated[Identity, allow("entry.read")]
) -> EntryRoutingOut:
    """Every decision with its reasons, the release, and what contradicts the record."""
    number = canonical_entry_number(entry_number)
    async with reading(engine_of(request)) as connection:
        decisions = await store.find_decisions(connection, number)
        release = await store.find_release(connection, number)
        conflicts = await store.find_conflicts(connection, number)
        moves = await move_store.list_moves(connection, "entry", number)
    if not decisions and release is None:
        raise no_such(f"entry {number}")
    importer = decisions[-1].importer_number if decisions else None
    history = [_decided(row, caller) for row in decisions]
    decided_by = history[-1].center if history else None
    center = moves[-1].to_center if moves else decided_by
    matter = Matter(importer, frozenset(() if center is None else (center,)), filer_code=number[:3])
    if not reach_of(caller, "entry.read", today_of(request)).covers(matter):
        raise no_such(f"entry {number}")
    return EntryRoutingOut(
        entry_number=number,
        importer_number=shown_importer_number(caller, importer) if importer else None,
        center=center,
        current=history[-1] if history else None,
        history=history,
        moves=[EntryMoveOut.model_validate(row, from_attributes=True) for row in moves],
        released_at=release.released_at if release else None,
        port_of_release=release.port_of_release if release else None,
        conflicts=[ConflictOut.model_validate(row, from_attributes=True) for row in conflicts],
    )


@router.post("/route-preview", summary="Where an entry would go", openapi_extra=_REQUEST_BODY)
async def preview_routing(
    body: Annotated[EntryBody, Depends(read_entry_body)],
    request: Request,
    caller: Annotated[Identity, allow("route.preview")],
) -> DecisionOut:
    """The whole decision with its reasons for an entry as it would be filed; nothing is stored or published.

    Made with the rules in force on the entry date, as the event path would. Outside CBP it tells the Center and why,
    not whether the entry would be reviewed.
    """
    matter = Matter(body.importer_number, filer_code=body.entry_number[:3])
    if not reach_of(caller, "route.preview", today_of(request)).covers(matter):
        raise no_such("account of this importer")
    published = await acts.preview_decision(engine_of(request), request.app.state.rules, read_facts(body))
    return DecisionOut.model_validate(_show(orjson.loads(published), caller))


def _show(published: Mapping[str, Any], caller: Identity) -> dict[str, Any]:
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


def _decided(row: KeptDecision, caller: Identity) -> DecidedOut:
    return DecidedOut.model_validate(
        {
            **_show(row.decision, caller),
            "decided_on_filing_of": row.filed_at,
            "selection": row.selection or None if is_staff(caller) else None,
        }
    )
