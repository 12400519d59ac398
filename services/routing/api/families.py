"""Account families: the importer numbers that are one company."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.api.common import RegistrarIdentity
from services.routing.api.registration import Name, Why
from services.routing.domain.accounts import AccountRecord, FieldChange
from services.routing.store import accounts as account_store
from services.routing.store import families as store
from services.routing.store.accounts import AccountChange
from services.routing.store.families import FamilyChange, FamilyRecord
from shared.customs.importer_number import mask_importer_number
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.clock import Clock
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import Conflict, NotFound, PreconditionMissing, Refused, Stale
from shared.runtime.identity import Identity
from shared.web.concurrency import optional_if_match
from shared.web.identity import StaffIdentity
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of

router = APIRouter()

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
async def list_families(request: Request, response: Response, _: StaffIdentity, page: CurrentPage) -> Page[FamilyOut]:
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
async def read_family(family: FamilyPath, request: Request, response: Response, caller: StaffIdentity) -> FamilyDetails:
    """The family with its importer numbers and its history. The ETag is what PUT wants in If-Match."""
    async with reading(engine_of(request)) as connection:
        record = await store.find_family(connection, family)
        if record is None:
            raise NotFound(f"There is no account family {family}.", remedy="GET /families lists them.")
        changes = await store.find_family_changes(connection, family)
    response.headers["ETag"] = etag(record.tag)
    return _family_details(caller, record, changes)


@router.put("/families/{family}", summary="Create or change an account family", responses=problem_responses([412, 428]))
async def write_family(
    family: FamilyPath,
    body: FamilyIn,
    request: Request,
    response: Response,
    caller: RegistrarIdentity,
    if_match: Annotated[IfMatch | None, Depends(optional_if_match)],
) -> FamilyDetails:
    """Give the family this name and exactly these importer numbers; numbers that are left out leave it.

    A family that exists needs If-Match. A number that belongs to another family must leave that one first. Each
    account that comes or goes has it in its own history.
    """
    clock: Clock = request.app.state.clock
    async with transaction(engine_of(request)) as tx:
        await account_store.lock_registration(tx)
        before = await store.find_family(tx.connection, family)
        _check_precondition(before, if_match)
        members = before.importer_numbers if before else ()
        wanted = _resolve(body.importer_numbers, members)
        known = await account_store.load_accounts(tx, sorted({*wanted, *members}))
        _check_members(caller, family, wanted, known)
        added, removed = sorted(set(wanted) - set(members)), sorted(set(members) - set(wanted))
        if before is None or before.name != body.name or added or removed:
            change = FamilyChange(
                family,
                before.revision + 1 if before else 1,
                body.name,
                tuple(added),
                tuple(removed),
                body.reason,
                caller.subject,
                caller.acting_for,
                clock.now(),
            )
            await store.write_family(tx, change)
            await _move(tx, [known[number] for number in added], family, change)
            await _move(tx, [known[number] for number in removed], None, change)
        after = await store.find_family(tx.connection, family)
        assert after is not None  # just written
        changes = await store.find_family_changes(tx.connection, family)
    response.headers["ETag"] = etag(after.tag)
    return _family_details(caller, after, changes)


def _check_precondition(before: FamilyRecord | None, if_match: IfMatch | None) -> None:
    if before is None:
        if if_match is not None:
            raise Stale("There is no such family yet; the change was meant for one.")
        return
    if if_match is None:
        raise PreconditionMissing("The family exists: the change must say which version it is meant for.")
    if_match.check(before.tag)


def _resolve(given: list[str], members: tuple[str, ...]) -> list[str]:
    """The numbers whole: who reads the family sees some of them masked, and sends them back like that."""
    whole: dict[str, None] = {}
    for text in given:
        if "*" in text:
            masked = [number for number in members if mask_importer_number(number) == text]
            if len(masked) != 1:
                raise _unknown(f"{text} does not stand for exactly one number of this family.")
            whole[masked[0]] = None
        else:
            whole[text] = None
    return list(whole)


def _check_members(caller: Identity, family: str, wanted: list[str], known: dict[str, AccountRecord]) -> None:
    for position, number in enumerate(wanted):
        account = known.get(number)
        if account is None:
            raise _unknown(f"importer_numbers.{position}: there is no account of this number.")
        if account.family not in (None, family):
            raise Conflict(
                f"{shown_importer_number(caller, number)} belongs to the family {account.family}.",
                rule="one-family",
                code="in-another-family",
                remedy=f"Take it out of {account.family} first: PUT /families/{account.family} without it.",
            )


def _unknown(detail: str) -> Refused:
    return Refused(
        detail,
        rule="account-exists",
        code="unknown-importer",
        remedy="Send registered importer numbers; POST /importers registers one.",
    )


async def _move(tx: Transaction, members: list[AccountRecord], family: str | None, change: FamilyChange) -> None:
    moved = [account_store.move_to_family(account, family) for account in members]
    await account_store.write_accounts(tx, moved)
    await account_store.append_changes(
        tx,
        [
            AccountChange(
                after.importer_number,
                after.revision,
                "changed",
                (FieldChange("family", before.family, family),),
                change.reason,
                change.changed_by,
                change.acting_for,
                change.recorded_at,
            )
            for before, after in zip(members, moved, strict=True)
        ],
    )


def _family_details(caller: Identity, record: FamilyRecord, changes: list[Any]) -> FamilyDetails:
    def shown(numbers: list[str]) -> list[str]:
        return [shown_importer_number(caller, number) for number in numbers]

    return FamilyDetails(
        family=record.family,
        name=record.name,
        importer_numbers=shown(list(record.importer_numbers)),
        history=[
            FamilyChangeOut(
                revision=row.revision,
                name=row.name,
                added=shown(row.added),
                removed=shown(row.removed),
                reason=row.reason,
                changed_by=row.changed_by,
                acting_for=row.acting_for,
                recorded_at=row.recorded_at,
            )
            for row in changes
        ],
    )
