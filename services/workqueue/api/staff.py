"""People of the Centers: who they are, what they are able to do, when they are there; what work asks of them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.workqueue.acts import staff as acts
from services.workqueue.domain.item import Division
from services.workqueue.domain.staff import (
    HIGHEST_LEVEL,
    Absence,
    Demand,
    Employer,
    Member,
    Skill,
    SkillKind,
)
from services.workqueue.store import staff as store
from shared.contracts.faults import explain
from shared.contracts.terms import CenterCode, Code, ImporterNumber, ShortText
from shared.db.transaction import reading, transaction
from shared.runtime.access import demand_sight, no_such, reach_of, shown_importer_number
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import FieldFault, Malformed, Refused
from shared.runtime.identity import Identity, RoleName
from shared.runtime.logging import mask_importer_numbers
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import optional_if_match
from shared.web.fields import LegalDay
from shared.web.guard import find_faults
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["staff"])

MOST_ROWS: Final = 20_000
_MOST_FAULTS: Final = 500
Subject = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00]*$", examples=["kim"])]


class SkillIn(BaseModel):
    """What a person is able to do."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    kind: SkillKind
    code: Annotated[Code, Field(examples=["84"])]
    level: int = Field(ge=1, le=HIGHEST_LEVEL, description="1 has begun, 5 teaches others.")


class AbsenceIn(BaseModel):
    """Legal days on which a person is not there, both counted."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    from_on: LegalDay
    to_on: LegalDay
    reason: Annotated[ShortText, Field(min_length=1, examples=["leave"])]

    @model_validator(mode="after")
    def _in_order(self) -> "AbsenceIn":
        if self.to_on < self.from_on:
            raise ValueError("the last day of an absence is not before its first")
        return self


class EmployerIn(BaseModel):
    """An importer that the person worked for, and until when its work is not theirs."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    importer_number: ImporterNumber
    until_on: LegalDay


class MemberIn(BaseModel):
    """A person of a Center."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Kim Reyes",
                    "center": "CEE007",
                    "division": "enforcement",
                    "roles": ["import-specialist"],
                    "teams": ["machinery"],
                    "skills": [{"kind": "chapter", "code": "84", "level": 3}],
                    "minutes_a_day": 360,
                }
            ]
        },
    )

    name: Annotated[ShortText, Field(min_length=1)]
    center: CenterCode
    division: Division | None = None
    roles: list[RoleName] = Field(default=[], max_length=20, description="They inform: the token says what is allowed.")
    teams: list[Code] = Field(default=[], max_length=50)
    skills: list[SkillIn] = Field(default=[], max_length=200)
    minutes_a_day: int = Field(default=360, ge=0, le=1440, description="Minutes of a working day for items.")
    absences: list[AbsenceIn] = Field(default=[], max_length=200)
    interests: list[ImporterNumber] = Field(
        default=[], max_length=500, description="Importers in which the person has declared an interest."
    )
    employers: list[EmployerIn] = Field(default=[], max_length=100)

    @model_validator(mode="after")
    def _once(self) -> "MemberIn":
        for named, keys in (
            ("skills", [(each.kind, each.code) for each in self.skills]),
            ("interests", self.interests),
            ("employers", [each.importer_number for each in self.employers]),
        ):
            if len(set(keys)) < len(keys):
                raise ValueError(f"each of {named} is given once")
        return self


class SkillOut(BaseModel):
    """What a person is able to do."""

    model_config = ConfigDict(from_attributes=True)

    kind: SkillKind
    code: str
    level: int


class AbsenceOut(BaseModel):
    """Legal days on which a person is not there, both counted."""

    model_config = ConfigDict(from_attributes=True)

    from_on: date
    to_on: date
    reason: str


class EmployerOut(BaseModel):
    """An importer that the person worked for, and until when its work is not theirs."""

    importer_number: str = Field(description="Masked when it is a social security number.")
    until_on: date


class MemberOut(BaseModel):
    """A person of a Center, as they stand."""

    subject: str
    version: int
    name: str
    center: str
    division: str | None
    roles: list[str]
    teams: list[str]
    skills: list[SkillOut]
    minutes_a_day: int
    absences: list[AbsenceOut]
    interests: list[str] = Field(description="Importer numbers; masked when they are social security numbers.")
    employers: list[EmployerOut]


class DeclarationIn(BaseModel):
    """What people say of themselves; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"interests": ["07-345678900"]}]})

    interests: list[ImporterNumber] | None = Field(default=None, max_length=500)
    absences: list[AbsenceIn] | None = Field(default=None, max_length=200)


class StaffImportOut(BaseModel):
    """What an import did."""

    rows: int
    added: int
    changed: int


class DemandIn(BaseModel):
    """A skill that work asks for, and after how many hours in the queue it no longer does."""

    model_config = ConfigDict(extra="forbid")

    kind: SkillKind
    code: Code
    level: int = Field(default=1, ge=1, le=HIGHEST_LEVEL)
    is_mandatory: bool
    relax_hours: int | None = Field(
        ge=0, le=8760, description="Counted from the opening of the item; null: never, of a mandatory one alone."
    )

    @model_validator(mode="after")
    def _preference_relaxes(self) -> "DemandIn":
        if not self.is_mandatory and self.relax_hours is None:
            raise ValueError("a preference says after how many hours it relaxes")
        return self


class DemandsIn(BaseModel):
    """What a process in a Center asks of people."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "demands": [
                        {"kind": "program", "code": "ad-cvd", "level": 2, "is_mandatory": True, "relax_hours": 24}
                    ]
                }
            ]
        },
    )

    demands: list[DemandIn] = Field(max_length=50)


class DemandOut(DemandIn):
    """A skill that a process in a Center asks for."""

    process: str


_COLUMNS: Final = (
    "subject",
    "name",
    "center",
    "division",
    "roles",
    "teams",
    "skills",
    "minutes_a_day",
    "absences",
    "interests",
    "employers",
)
_CSV_EXAMPLE: Final = (
    "subject,name,center,division,roles,teams,skills,minutes_a_day,absences,interests,employers\n"
    "kim,Kim Reyes,CEE007,enforcement,import-specialist,machinery,chapter:84:3|language:es:2,360,"
    "2026-07-01/2026-07-14:leave,07-345678900,12-345678900@2027-01-31\n"
)


@router.get("/staff", summary="People of the Centers")
async def list_staff(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("staff.read")],
    page: CurrentPage,
    center: Annotated[CenterCode | None, Query()] = None,
    division: Annotated[Division | None, Query()] = None,
    team: Annotated[Code | None, Query(examples=["machinery"])] = None,
) -> Page[MemberOut]:
    """People with their teams, skills, capacity and absences, as far as the caller reads them."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_members(
            connection,
            reach_of(caller, "staff.read", today_of(request)),
            center=center,
            division=division,
            team=team,
            after=position[0] if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.subject,),
        item=lambda row: _member_out(row, caller),
        request=request,
        response=response,
    )


@router.get("/staff/{subject}", summary="A person")
@tells("ETag")
async def read_staff_member(
    subject: Subject, request: Request, response: Response, caller: Annotated[Identity, allow("staff.read")]
) -> MemberOut:
    """The person, for the people of their Center and for themselves. The ETag is what PUT wants in If-Match."""
    async with reading(engine_of(request)) as connection:
        found = await store.load_members(connection, [subject])
    if not found:
        raise no_such(f"person {subject}")
    demand_sight(caller, "staff", today_of(request), acts.matter_of(found[0]), f"person {subject}")
    response.headers["ETag"] = etag(found[0].version)
    return _member_out(found[0], caller)


@router.put("/staff/{subject}", summary="Write a person", responses=problem_responses([412, 428]))
@tells("ETag")
async def write_staff_member(
    subject: Subject,
    body: MemberIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("staff.write")],
    if_match: Annotated[IfMatch | None, Depends(optional_if_match)],
) -> MemberOut:
    """Add a person, or with If-Match write them anew; every version is kept with who wrote it."""
    async with transaction(engine_of(request)) as tx:
        after = await acts.write_member(tx, caller, _member(subject, body), if_match, now_of(request))
    response.headers["ETag"] = etag(after.version)
    return _member_out(after, caller)


@router.post("/staff/{subject}/declarations", summary="Declare interests and absences")
async def declare_for_staff_member(
    subject: Subject, body: DeclarationIn, request: Request, caller: Annotated[Identity, allow("staff.declare")]
) -> MemberOut:
    """Write the person's interests or absences, by themselves or by a supervisor; what is left out stays."""
    absences = None if body.absences is None else [_absence(each) for each in body.absences]
    async with transaction(engine_of(request)) as tx:
        after = await acts.declare(tx, caller, subject, now_of(request), interests=body.interests, absences=absences)
    return _member_out(after, caller)


@router.post(
    "/staff/import",
    summary="Import people from a table",
    responses=problem_responses([400]),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"text/csv": {"schema": {"type": "string"}, "example": _CSV_EXAMPLE}},
        }
    },
    description=(
        "Adds or changes everybody in the table, or nobody: every fault of every row is told at once by row and field. "
        "Rows count from 1, without the header. UTF-8, with a header; columns: "
        f"{', '.join(f'`{name}`' for name in _COLUMNS)}; `subject`, `name` and `center` must be there. Between several "
        "values stands a bar. Skills are `kind:code:level`, absences `from/to:reason`, prior employers "
        "`importer@until`. A person as they are known already stays at their version."
    ),
)
async def import_staff(request: Request, caller: Annotated[Identity, allow("staff.write")]) -> StaffImportOut:
    """Apply a table of people."""
    members = read_members(await request.body())
    async with transaction(engine_of(request)) as tx:
        added, changed = await acts.import_members(tx, caller, members, now_of(request))
    return StaffImportOut(rows=len(members), added=added, changed=changed)


@router.get("/centers/{center}/skill-demands", summary="What work asks of people")
async def list_skill_demands(
    center: Annotated[CenterCode, Path()], request: Request, _: Annotated[Identity, allow("staff.read")]
) -> list[DemandOut]:
    """The skills that the processes of a Center ask for."""
    async with reading(engine_of(request)) as connection:
        found = await store.list_demands(connection, center)
    return [_demand_out(each) for each in found]


@router.put("/centers/{center}/skill-demands/{process}", summary="Say what work asks of people")
async def write_skill_demands(
    center: Annotated[CenterCode, Path()],
    process: Annotated[Code, Path(examples=["ad-cvd"])],
    body: DemandsIn,
    request: Request,
    caller: Annotated[Identity, allow("staff.write")],
) -> list[DemandOut]:
    """Put these demands in the place of what the process in this Center asked before."""
    demands = [
        Demand(center, process, Skill(each.kind, each.code, each.level), each.is_mandatory, each.relax_hours)
        for each in body.demands
    ]
    async with transaction(engine_of(request)) as tx:
        await acts.write_demands(tx, caller, center, process, demands, now_of(request))
    return [_demand_out(each) for each in demands]


def read_members(raw: bytes) -> list[Member]:
    """The people of a table; raises `Malformed` for what is no table, `Refused` with every fault of every row."""
    try:
        table = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        rows = [row for row in table if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed(f"The table cannot be read: {error}.", rule="file-form", code="bad-table") from None
    header, rows = (rows[0], rows[1:]) if rows else ([], [])
    missing = {"subject", "name", "center"} - set(header)
    if missing or set(header) - set(_COLUMNS) or len(set(header)) < len(header) or not 1 <= len(rows) <= MOST_ROWS:
        raise Malformed(
            f"A table of people has one header of the columns {', '.join(_COLUMNS)} and 1 to {MOST_ROWS} rows.",
            rule="file-form",
            code="bad-table",
            remedy="Correct the header: subject, name and center must be there, each column once.",
        )
    members: dict[str, Member] = {}
    faults: list[FieldFault] = []
    for number, cells in enumerate(rows, start=1):
        wrong, member = _read_row(header, cells)
        if member is not None and member.subject in members:
            wrong, member = [FieldFault("subject", "once", "the person stands in a row before")], None
        faults += [_at(each, f"rows[{number}].{each.field}") for each in wrong]
        if member is not None:
            members[member.subject] = member
    if faults:
        raise Refused(
            f"{len({each.field.partition('.')[0] for each in faults})} rows break a rule; nobody was written.",
            rule="request-values",
            code="invalid-request",
            remedy="Correct the fields that are named, and send the whole table again.",
            faults=faults[:_MOST_FAULTS],
        )
    return list(members.values())


def _at(fault: FieldFault, field: str) -> FieldFault:
    """The fault at another place."""
    return replace(fault, field=field)


def _read_row(header: Sequence[str], cells: Sequence[str]) -> tuple[list[FieldFault], Member | None]:
    if len(cells) != len(header):
        return [FieldFault("row", "columns", f"it has {len(cells)} cells; right is {len(header)}")], None
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    subject = given.pop("subject", "")
    document: dict[str, Any] = {name: _cell(name, text) for name, text in given.items()}
    faults = [_at(each, each.field.removeprefix("row.")) for each in find_faults(document, "row")]
    if not subject or len(subject) > 200 or "\x00" in subject:
        faults.append(FieldFault("subject", "length", "a user name of 1 to 200 characters is right"))
    if faults:
        return faults, None
    try:
        return [], _member(subject, MemberIn.model_validate(document))
    except ValidationError as error:
        told = explain(error.errors(include_url=False), document, lambda _: _shape())
        return [
            FieldFault(each.field or "row", each.code, mask_importer_numbers(str(each).removeprefix(f"{each.field}: ")))
            for each in told
        ], None


@cache
def _shape() -> Mapping[str, Any]:
    return MemberIn.model_json_schema()


def _cell(name: str, text: str) -> Any:
    """A cell as the body of PUT /staff/{subject} has it."""
    parts = [part.strip() for part in text.split("|") if part.strip()]
    match name:
        case "roles" | "teams" | "interests":
            return parts
        case "skills":
            return [dict(zip(("kind", "code", "level"), part.split(":", 2), strict=False)) for part in parts]
        case "absences":
            return list(_absence_cells(parts))
        case "employers":
            return [dict(zip(("importer_number", "until_on"), part.split("@", 1), strict=False)) for part in parts]
        case _:
            return text


def _absence_cells(parts: Sequence[str]) -> Iterator[dict[str, str]]:
    for part in parts:
        days, _, reason = part.partition(":")
        first, _, last = days.partition("/")
        yield {"from_on": first, "to_on": last or first, "reason": reason}


def _member(subject: str, body: MemberIn) -> Member:
    return Member(
        subject=subject,
        name=body.name,
        center=body.center,
        division=body.division,
        roles=tuple(sorted(set(body.roles))),
        teams=tuple(sorted(set(body.teams))),
        skills=tuple(
            sorted((Skill(each.kind, each.code, each.level) for each in body.skills), key=lambda s: (s.kind, s.code))
        ),
        minutes_a_day=body.minutes_a_day,
        absences=tuple(_absence(each) for each in body.absences),
        interests=tuple(sorted(set(body.interests))),
        employers=tuple(
            sorted((Employer(each.importer_number, each.until_on) for each in body.employers), key=_number_of)
        ),
    )


def _number_of(employer: Employer) -> str:
    return employer.importer_number


def _absence(body: AbsenceIn) -> Absence:
    return Absence(body.from_on, body.to_on, body.reason)


def _member_out(member: Member, caller: Identity) -> MemberOut:
    return MemberOut(
        subject=member.subject,
        version=member.version,
        name=member.name,
        center=member.center,
        division=member.division,
        roles=list(member.roles),
        teams=list(member.teams),
        skills=[SkillOut.model_validate(each) for each in member.skills],
        minutes_a_day=member.minutes_a_day,
        absences=[AbsenceOut.model_validate(each) for each in member.absences],
        interests=[shown_importer_number(caller, each) for each in member.interests],
        employers=[
            EmployerOut(importer_number=shown_importer_number(caller, each.importer_number), until_on=each.until_on)
            for each in member.employers
        ],
    )


def _demand_out(demand: Demand) -> DemandOut:
    skill = demand.skill
    return DemandOut(
        process=demand.process,
        kind=skill.kind,
        code=skill.code,
        level=skill.level,
        is_mandatory=demand.is_mandatory,
        relax_hours=demand.relax_hours,
    )
