"""The directory of the Centers: who they are, whom to reach, and what changed since."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.routing.acts import directory as acts
from services.routing.api.common import OnDay
from services.routing.domain.directory import (
    DIRECTOR,
    Action,
    Change,
    RecordedChange,
    Unit,
    UnitKey,
    UnitKind,
    describe_change,
    drop_withdrawn,
    fold,
    units_on,
)
from services.routing.store import directory as store
from services.routing.store.tariff_maps import load_map_on
from shared.contracts.terms import CenterCode
from shared.customs.calendar import EASTERN
from shared.customs.tariff_map import Confidence, TariffMapRow
from shared.customs.tariff_schedule import chapter_titles
from shared.db.transaction import Transaction, reading
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity, RoleName
from shared.web.access import allow
from shared.web.fields import BigOrdinal, LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["directory"])
public_router = APIRouter(tags=["directory"])

UnitCode = Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]

_EXAMPLE_CENTER: dict[str, Any] = {
    "code": "CEE007",
    "name": "Electronics",
    "office_city": "Los Angeles",
    "state": "CA",
    "numeric_code": "007",
    "abbreviation": "ELEC",
    "opened_on": None,
    "closed_on": None,
    "successor": None,
    "is_open": True,
}
_EXAMPLE_CHANGE: dict[str, Any] = {
    "kind": "center",
    "code": "CEE011",
    "center": "CEE011",
    "action": "open",
    "effective_on": "2027-01-04",
    "details": {"name": "SYNTHETIC Goods", "numeric_code": "011", "office_city": "Denver", "state": "CO"},
    "reason": "SYNTHETIC notice: an eleventh Center.",
}


class CenterOut(BaseModel):
    """A Center of Excellence and Expertise as the directory of the day has it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE_CENTER]})

    code: str
    name: str
    office_city: str
    state: str
    numeric_code: str
    abbreviation: str | None
    opened_on: date | None = Field(description="Null where the source names no day.")
    closed_on: date | None = Field(description="The first day on which it takes no more work.")
    successor: str | None = Field(description="The Center that took over when it closed.")
    is_open: bool = Field(description="Whether it takes work on the day.")


class DivisionOut(BaseModel):
    """A division of a Center."""

    code: str = Field(examples=["enforcement"])
    name: str


class TeamOut(BaseModel):
    """A team of a division."""

    code: str
    name: str
    division: str
    team_number: str | None


class OfficeOut(BaseModel):
    """A place where people of the Center work."""

    code: str = Field(examples=["management"])
    name: str
    city: str | None
    state: str | None


class PersonOut(BaseModel):
    """A person with a position in the Center."""

    code: str
    name: str
    position: str = Field(examples=["director"])
    division: str | None
    team: str | None
    since: date | None


class ContactOut(BaseModel):
    """How to reach the Center about a process."""

    code: str
    process: str | None = Field(description="Null: for every process.", examples=["protest"])
    phone: str | None
    email: str | None
    hours: str | None = Field(examples=["Monday to Friday, 8:00 to 17:00 Pacific"])


class StaffingOut(BaseModel):
    """How many people hold a position."""

    position: str = Field(examples=["import-specialist"])
    count: int
    since: date | None


class DirectoryChangeOut(BaseModel):
    """One line of the directory's history, in words and as data."""

    sequence: int
    text: str = Field(examples=["CEE011 (SYNTHETIC Goods) opens on 2027-01-04."])
    kind: UnitKind
    code: str
    center: str
    action: Action
    effective_on: date
    details: dict[str, Any]
    reason: str | None = Field(description="Null for a caller without a token.")
    changed_by: str | None = Field(description="Null for a caller without a token.")
    acting_for: str | None
    recorded_at: datetime


class GoodsOut(BaseModel):
    """Tariff numbers that the map of the day gives to the Center, where the importer has no account of its own."""

    first: str = Field(description="Where the numbers begin, as many digits as decide.", examples=["8501"])
    last: str = Field(examples=["8548"])
    title: str | None = Field(description="Of a whole chapter its short title.", examples=["Electrical machinery"])
    confidence: Confidence = Field(description="`confirmed` was read in a source; the others are recalled or inferred.")


class CenterDetailOut(CenterOut):
    """A Center with everything that belongs to it on the day, and what is announced after it."""

    on: date
    director: PersonOut | None
    divisions: list[DivisionOut]
    teams: list[TeamOut]
    offices: list[OfficeOut]
    people: list[PersonOut]
    contacts: list[ContactOut]
    staffing: list[StaffingOut]
    goods: list[GoodsOut]
    announced: list[DirectoryChangeOut]


class DetailsIn(BaseModel):
    """What is known of a unit; which fields it takes depends on its kind."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = None
    numeric_code: Annotated[str, Field(pattern="^[0-9]{3}$")] | None = None
    abbreviation: Annotated[str, Field(min_length=1, max_length=16)] | None = None
    office_city: Text | None = None
    city: Text | None = None
    state: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None
    successor: CenterCode | None = None
    division: UnitCode | None = None
    team: UnitCode | None = None
    team_number: Annotated[str, Field(pattern="^[A-Z0-9]{1,8}$")] | None = None
    position: UnitCode | None = Field(default=None, description="`director` directs the Center.")
    process: UnitCode | None = None
    phone: Annotated[str, Field(pattern=r"^[0-9+() .x-]{5,40}$")] | None = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    hours: Text | None = None
    count: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(default=None, description="People.")


class DirectoryChangeIn(BaseModel):
    """A change of the directory."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE_CHANGE]})

    kind: UnitKind
    code: UnitCode = Field(description="Names the unit among those of its kind in its Center; a Center names itself.")
    center: CenterCode
    action: Action = Field(description="`stay-open` withdraws a closing whose day has not come.")
    effective_on: LegalDay = Field(description="First day; Centers open and close after today.")
    details: DetailsIn = DetailsIn()
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


@public_router.get("/centers", summary="The Centers", dependencies=[allow("directory.read")])
async def list_centers(request: Request, on: OnDay = None) -> list[CenterOut]:
    """Every Center that has opened by the day, closed ones included, with its managing office."""
    day = on or today_of(request)
    async with reading(engine_of(request)) as connection:
        changes = await store.load_changes(connection, kinds=["center"])
    units = units_on(changes, day).values()
    return [CenterOut(**_center_fields(unit, day)) for unit in sorted(units, key=_by_code) if unit.kind == "center"]


@public_router.get("/centers/{code}", summary="A Center with its people and contact points")
async def read_center(
    code: Annotated[str, Path(description="The Center's code.", examples=["CEE007"])],
    request: Request,
    caller: Annotated[Identity, allow("directory.read")],
    on: OnDay = None,
) -> CenterDetailOut:
    """Divisions, teams, offices, the director, contact points, staff as of the day, and what is announced.

    Without a token the director is the only person shown, and nobody is named who changed the directory.
    """
    is_public = caller.has_role(RoleName.PUBLIC)
    day = on or today_of(request)
    async with reading(engine_of(request)) as connection:
        changes = await store.load_changes(connection, center=code)
        tariff_map = await load_map_on(connection, day)
    units = units_on(changes, day)
    center = units.get(UnitKey("center", code, code)) or fold(changes).get(UnitKey("center", code, code))
    if center is None:
        raise NotFound(f"There is no Center {code}.", remedy="Take a code from GET /centers.")
    own = sorted((unit for unit in units.values() if unit.center == code and unit.is_open(day)), key=_by_code)
    people = [
        PersonOut(**_fields(unit, "name", "position", "division", "team"), since=unit.opened_on)
        for unit in own
        if unit.kind == "person" and not (is_public and unit.details["position"] != DIRECTOR)
    ]
    return CenterDetailOut(
        **_center_fields(center, day),
        on=day,
        director=next((person for person in people if person.position == DIRECTOR), None),
        divisions=[DivisionOut(**_fields(unit, "name")) for unit in own if unit.kind == "division"],
        teams=[TeamOut(**_fields(unit, "name", "division", "team_number")) for unit in own if unit.kind == "team"],
        offices=[OfficeOut(**_fields(unit, "name", "city", "state")) for unit in own if unit.kind == "office"],
        people=people,
        contacts=[
            ContactOut(**_fields(unit, "process", "phone", "email", "hours")) for unit in own if unit.kind == "contact"
        ],
        staffing=[
            StaffingOut(position=unit.details["position"], count=unit.details["count"], since=unit.opened_on)
            for unit in own
            if unit.kind == "staffing"
        ],
        goods=[_goods_out(row) for row in tariff_map.rows if row.center_code == code],
        announced=[
            _change_out(change, is_public=is_public)
            for change in drop_withdrawn(changes)
            if change.effective_on > day and not (is_public and change.kind == "person")
        ],
    )


@public_router.get("/directory/changes", summary="What changed in the directory")
async def list_directory_changes(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("directory.read")],
    page: CurrentPage,
    since: Annotated[
        LegalDay | None,
        Query(description="Changes recorded or taking effect on this legal day or later.", examples=["2026-03-02"]),
    ] = None,
    center: Annotated[str | None, Query(description="Only changes of this Center.", examples=["CEE007"])] = None,
) -> Page[DirectoryChangeOut]:
    """Every change in the order in which it was recorded, in words and as data.

    Without a token changes of persons are left out, and who made a change and why.
    """
    is_public = caller.has_role(RoleName.PUBLIC)
    position = page.position(BigOrdinal)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_changes(
            connection,
            center=center,
            since=(since, datetime.combine(since, time(), EASTERN)) if since is not None else None,
            after=position[0] if position else None,
            limit=page.fetch,
            with_persons=not is_public,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.sequence,),
        item=lambda row: _change_out(row, is_public=is_public),
        request=request,
        response=response,
    )


@router.post("/directory/changes", status_code=201, summary="Change the directory", response_model=DirectoryChangeOut)
async def change_directory(
    body: DirectoryChangeIn,
    request: Request,
    caller: Annotated[Identity, allow("directory.change")],
    call: CurrentIdempotentCall,
) -> Response:
    """Open, change or close a Center or what belongs to it. Nothing is overwritten: each day keeps its directory.

    A Center opens and closes after today; one that closes names the Center that takes over, which must be open then.
    """
    change = Change(
        kind=body.kind,
        code=body.code,
        center=body.center,
        action=body.action,
        effective_on=body.effective_on,
        body=body.details.model_dump(exclude_unset=True),
    )

    async def act(tx: Transaction) -> DirectoryChangeOut:
        made = await acts.change_directory(tx, caller, change, reason=body.reason, now=now_of(request))
        return _change_out(made, is_public=False)

    return await answer_once(request, call, act)


def _goods_out(row: TariffMapRow) -> GoodsOut:
    titles = chapter_titles()
    chapters = [titles[each] for each in row.prefixes() if each in titles]
    title = ", ".join(dict.fromkeys((chapters[0], chapters[-1]))) if len(chapters) in {1, 2} else None
    if len(chapters) > 2:
        title = f"{chapters[0]} to {chapters[-1]}"
    return GoodsOut(first=row.prefix_from, last=row.prefix_to, title=title, confidence=row.confidence)


def _by_code(unit: Unit) -> str:
    return unit.code


def _fields(unit: Unit, *names: str) -> dict[str, Any]:
    return {"code": unit.code, **{name: unit.details.get(name) for name in names}}


def _center_fields(unit: Unit, on: date) -> Mapping[str, Any]:
    names = ("name", "office_city", "state", "numeric_code", "abbreviation", "successor")
    return {
        **_fields(unit, *names),
        "opened_on": unit.opened_on,
        "closed_on": unit.closed_on,
        "is_open": unit.is_open(on),
    }


def _change_out(change: RecordedChange, *, is_public: bool) -> DirectoryChangeOut:
    return DirectoryChangeOut(
        sequence=change.sequence,
        text=describe_change(change),
        kind=change.kind,
        code=change.code,
        center=change.center,
        action=change.action,
        effective_on=change.effective_on,
        details=dict(change.body),
        reason=None if is_public else change.reason,
        changed_by=None if is_public else change.changed_by,
        acting_for=None if is_public else change.acting_for,
        recorded_at=change.recorded_at,
    )
