"""Account families: the importer numbers that are one company."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.acts import families as acts
from services.routing.api.account_models import Name, Why
from services.routing.store import families as store
from services.routing.store.families import FamilyChange, FamilyRecord
from shared.db.transaction import reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import optional_if_match
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["accounts"])

FamilyPath = Annotated[
    str,
    Path(
        pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="The family's id, chosen by whoever creates it.",
        examples=["SYNTHETIC-GROUP"],
    ),
]


class FamilyIn(BaseModel):
    """A family: its name and all of its importer numbers."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "SYNTHETIC GROUP",
                    "importer_numbers": ["07-345678900", "07-345678901"],
                    "reason": "Two divisions of one company.",
                }
            ]
        },
    )

    name: Name
    importer_numbers: list[Annotated[str, Field(pattern="^[0-9A-Z*-]{10,12}$")]] = Field(
        default=[],
        max_length=1000,
        description="Registered accounts; a masked number stands for the one of this family that it masks.",
    )
    reason: Why


class FamilyOut(BaseModel):
    """A family in the list."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"family": "SYNTHETIC-GROUP", "name": "SYNTHETIC GROUP", "importers": 2}]}
    )

    family: str
    name: str
    importers: int = Field(description="How many importer numbers it has.")


class FamilyChangeOut(BaseModel):
    """One change of a family."""

    revision: int
    name: str
    added: list[str]
    removed: list[str]
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


class FamilyDetails(BaseModel):
    """A family with its importer numbers and its history."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "family": "SYNTHETIC-GROUP",
                    "name": "SYNTHETIC GROUP",
                    "importer_numbers": ["07-345678900", "07-345678901"],
                    "history": [],
                }
            ]
        }
    )

    family: str
    name: str
    importer_numbers: list[str]
    history: list[FamilyChangeOut] = Field(description="The newest hundred changes, newest first.")


@router.get("/families", summary="Account families")
async def list_families(
    request: Request, response: Response, _: Annotated[Identity, allow("family.read")], page: CurrentPage
) -> Page[FamilyOut]:
    """Families in order of id, with how many importer numbers each has."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_families(connection, after=position[0] if position else None, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.family,),
        item=lambda row: FamilyOut(family=row.family, name=row.name, importers=row.importers),
        request=request,
        response=response,
    )


@router.get("/families/{family}", summary="One account family")
@tells("ETag")
async def read_family(
    family: FamilyPath, request: Request, response: Response, caller: Annotated[Identity, allow("family.read")]
) -> FamilyDetails:
    """The family with its importer numbers and its history. The ETag is what PUT wants in If-Match."""
    async with reading(engine_of(request)) as connection:
        record = await store.find_family(connection, family)
        if record is None:
            raise NotFound(f"There is no account family {family}.", remedy="GET /families lists them.")
        changes = await store.find_family_changes(connection, family)
    response.headers["ETag"] = etag(record.tag)
    return _family_details(caller, record, changes)


@router.put("/families/{family}", summary="Create or change an account family", responses=problem_responses([412, 428]))
@tells("ETag")
async def write_family(
    family: FamilyPath,
    body: FamilyIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("family.change")],
    if_match: Annotated[IfMatch | None, Depends(optional_if_match)],
) -> FamilyDetails:
    """Give the family this name and exactly these importer numbers; numbers that are left out leave it.

    A family that exists needs If-Match. A number that belongs to another family must leave that one first. Each
    account that comes or goes has it in its own history.
    """
    async with transaction(engine_of(request)) as tx:
        after = await acts.write_family(
            tx,
            caller,
            family,
            if_match,
            name=body.name,
            importer_numbers=body.importer_numbers,
            reason=body.reason,
            now=now_of(request),
        )
        changes = await store.find_family_changes(tx.connection, family)
    response.headers["ETag"] = etag(after.tag)
    return _family_details(caller, after, changes)


def _family_details(caller: Identity, record: FamilyRecord, changes: Sequence[FamilyChange]) -> FamilyDetails:
    def shown(numbers: Sequence[str]) -> list[str]:
        return [shown_importer_number(caller, number) for number in numbers]

    return FamilyDetails(
        family=record.family,
        name=record.name,
        importer_numbers=shown(record.importer_numbers),
        history=[
            FamilyChangeOut(
                revision=change.revision,
                name=change.name,
                added=shown(change.added),
                removed=shown(change.removed),
                reason=change.reason,
                changed_by=change.changed_by,
                acting_for=change.acting_for,
                recorded_at=change.recorded_at,
            )
            for change in changes
        ],
    )
