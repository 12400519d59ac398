"""Post-entry filings: who has one, since when, until when and why."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.api.common import FilingNumberPath, ImporterNumberPath, ReasonOut
from services.routing.domain.directory import MANAGING_OFFICE, Unit, units_on
from services.routing.store import directory as directory_store
from services.routing.store import filings as store
from services.routing.store import moves as move_store
from services.routing.store.filings import KeptFiling
from services.routing.store.moves import MatterMove
from shared.contracts.post_entry import FilingKind
from shared.customs.authority import Evidence
from shared.customs.centers import PENDING
from shared.db.transaction import reading
from shared.runtime.access import Matter, demand_sight, is_staff, no_such, reach_of, shown_importer_number
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["filings"])


class ClockOut(BaseModel):
    """A day by which something is due, with its rule and how well the rule is known."""

    rule: str = Field(examples=["protest-decide-2y"])
    citation: str = Field(examples=["19 USC 1515(a); 19 CFR 174.21(a)"])
    what: str
    due_on: date
    evidence: Evidence = Field(description="S read in a source, P partly read, M from memory, U uncertain.")


class FilingContactOut(BaseModel):
    """Where to reach whoever has the matter."""

    code: str
    process: str | None = Field(description="Null: for every process.")
    phone: str | None
    email: str | None
    hours: str | None


class FilingOfficeOut(BaseModel):
    """Who has the matter of record: Center, division, and how to reach them.

    Without a move the Center is that of the account on receipt. Who works on it, by all that was learned since, says
    `GET /items?filing=` of the work queue.
    """

    center: str = Field(description="PNDING while no Center is known.", examples=["CEE007"])
    name: str | None
    city: str | None
    division: str
    contacts: list[FilingContactOut] = Field(description="Those of the process, else those for every process.")
    since: datetime = Field(description="Since the receipt, or since the last move.")


class FilingMoveOut(BaseModel):
    """An open matter given to another Center by a person."""

    sequence: int
    from_center: str
    to_center: str
    reason: str
    moved_by: str | None = Field(description="Shown to staff.")
    acting_for: str | None = None
    moved_at: datetime


class FilingSummary(BaseModel):
    """A filing in a list."""

    filing_number: str
    kind: str
    process: str
    received_at: datetime
    routed_to: str = Field(description="The Center of record on receipt; moves are shown with the filing itself.")
    division: str
    due_on: date | None = Field(description="The earliest clock.")


class FilingOut(BaseModel):
    """A filing: who has it, on which authority, since when, until when, why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "filing_number": "SYN-PROTEST-0001",
                    "kind": "protest",
                    "importer_number": "07-345678900",
                    "entries": ["B7603245278"],
                    "filed_by": {"role": "importer", "id": "07-345678900", "name": "SYNTHETIC IMPORTER 0001"},
                    "received_at": "2026-03-02T19:03:11Z",
                    "process": "protest",
                    "held_by": {
                        "center": "CEE007",
                        "name": "Electronics",
                        "city": "Los Angeles",
                        "division": "validation-and-compliance",
                        "contacts": [],
                        "since": "2026-03-02T19:03:11Z",
                    },
                    "basis": "account",
                    "authority": "protests-center",
                    "forwarded_from": "port 2704",
                    "clocks": [
                        {
                            "rule": "protest-decide-2y",
                            "citation": "19 USC 1515(a); 19 CFR 174.21(a)",
                            "what": "Decide the protest within two years of filing.",
                            "due_on": "2028-03-02",
                            "evidence": "S",
                        }
                    ],
                    "reasons": [],
                    "moves": [],
                    "contradictions": 0,
                }
            ]
        }
    )

    filing_number: str
    kind: str
    importer_number: str = Field(description="Masked when it is a social security number of someone else.")
    entries: list[str]
    filed_by: dict[str, Any]
    received_at: datetime = Field(description="When it first reached CBP, wherever that was.")
    process: str
    held_by: FilingOfficeOut
    basis: str
    authority: str = Field(description="The row of the authority table that says who decides.")
    forwarded_from: str | None
    clocks: list[ClockOut]
    reasons: list[ReasonOut]
    moves: list[FilingMoveOut]
    contradictions: int = Field(description="Other contents that came under this number; the earliest stands.")


@router.get("/post-entry-filings/{filing_number}", summary="Who has a filing, and until when")
async def read_filing(
    filing_number: FilingNumberPath, request: Request, caller: Annotated[Identity, allow("filing.read")]
) -> FilingOut:
    """Center, division, contact, since when, clocks, reasons and moves. Parties see their own."""
    async with reading(engine_of(request)) as connection:
        filing = await store.find_filing(connection, filing_number)
        if filing is None:
            raise no_such(f"filing {filing_number}")
        importer = filing.importer_number
        moves = await move_store.list_moves(connection, "filing", filing_number)
        center = moves[-1].to_center if moves else filing.route.center
        filer, surety = filing.filer_code, filing.surety_code
        matter = Matter(importer, frozenset({center}), filer_code=filer, surety_code=surety)
        demand_sight(caller, "filing", today_of(request), matter, f"filing {filing_number}")
        contents = await store.count_contents(connection, filing_number)
        held_by = await _find_office(connection, filing, moves, today_of(request))
    shown, route, filed_by = shown_importer_number(caller, importer), filing.route, dict(filing.filed_by)
    if filed_by.get("id") == importer:
        filed_by["id"] = shown
    return FilingOut(
        filing_number=filing.filing_number,
        kind=filing.kind,
        importer_number=shown,
        entries=list(filing.entries),
        filed_by=filed_by,
        received_at=filing.received_at,
        process=route.process,
        held_by=held_by,
        basis=route.basis,
        authority=route.authority,
        forwarded_from=route.forwarded_from,
        clocks=[ClockOut.model_validate(clock, from_attributes=True) for clock in route.clocks],
        reasons=[ReasonOut.model_validate(reason, from_attributes=True) for reason in route.reasons],
        moves=[_move_out(move, caller) for move in moves],
        contradictions=max(contents - 1, 0),
    )


@router.get("/importers/{importer_number}/post-entry-filings", summary="The filings of an importer")
async def list_importer_filings(
    importer_number: ImporterNumberPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("filing.read")],
    page: CurrentPage,
    kind: Annotated[FilingKind | None, Query(description="Only filings of this kind.")] = None,
) -> Page[FilingSummary]:
    """Every filing of the importer, newest receipt first. Parties see their own."""
    reach = reach_of(caller, "filing.read", today_of(request))
    position = page.position(datetime, str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_filings(connection, reach, importer_number, kind=kind, after=position, limit=page.fetch)
    if not (rows or reach.centers or reach.covers(Matter(importer_number))):
        raise no_such("importer of that number")
    return build_page(
        rows,
        page,
        key=lambda row: (row.received_at, row.filing_number),
        item=_summary,
        request=request,
        response=response,
    )


async def _find_office(
    connection: AsyncConnection, filing: KeptFiling, moves: Sequence[MatterMove], today: date
) -> FilingOfficeOut:
    center = moves[-1].to_center if moves else filing.route.center
    name: str | None = None
    city: str | None = None
    contacts: list[FilingContactOut] = []
    if center != PENDING:
        changes = await directory_store.load_changes(connection, center=center)
        for unit in units_on(changes, today).values():
            if unit.center != center:
                continue
            if unit.kind == "center":
                name = unit.details["name"]
            elif unit.kind == "office" and unit.code == MANAGING_OFFICE:
                city = unit.details.get("city")
            elif unit.kind == "contact" and unit.is_open(today):
                contacts.append(_contact_out(unit))
    fitting = [contact for contact in contacts if contact.process == filing.route.process]
    return FilingOfficeOut(
        center=center,
        name=name,
        city=city,
        division=filing.route.division,
        contacts=fitting or [contact for contact in contacts if contact.process is None],
        since=moves[-1].moved_at if moves else filing.received_at,
    )


def _contact_out(contact: Unit) -> FilingContactOut:
    details = contact.details
    return FilingContactOut(
        code=contact.code,
        process=details.get("process"),
        phone=details.get("phone"),
        email=details.get("email"),
        hours=details.get("hours"),
    )


def _summary(filing: KeptFiling) -> FilingSummary:
    route = filing.route
    return FilingSummary(
        filing_number=filing.filing_number,
        kind=filing.kind,
        process=route.process,
        received_at=filing.received_at,
        routed_to=route.center,
        division=route.division,
        due_on=min((clock.due_on for clock in route.clocks), default=None),
    )


def _move_out(move: MatterMove, caller: Identity) -> FilingMoveOut:
    shown = is_staff(caller)
    return FilingMoveOut(
        sequence=move.sequence,
        from_center=move.from_center,
        to_center=move.to_center,
        reason=move.reason,
        moved_by=move.moved_by if shown else None,
        acting_for=move.acting_for if shown else None,
        moved_at=move.moved_at,
    )
