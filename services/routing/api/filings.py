"""Post-entry filings: who has one, since when, until when and why; moves of open matters to another Center."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.api.common import SOURCE, EntryNumberPath, ReasonOut
from services.routing.domain.authority import Evidence
from services.routing.domain.decision import Move
from services.routing.domain.directory import MANAGING_OFFICE, units_on
from services.routing.publishing import entry_moved, filing_routed
from services.routing.store import decisions as decision_store
from services.routing.store import directory as directory_store
from services.routing.store import filings as filing_store
from services.routing.store import moves as move_store
from services.routing.store.filings import StandingFiling
from services.routing.store.moves import MatterKind, NewMove
from shared.bus import outbox
from shared.contracts.post_entry import FilingKind
from shared.contracts.terms import IMPORTER_NUMBER_PATTERN, CenterCode
from shared.customs.calendar import legal_date
from shared.customs.centers import PENDING
from shared.db.idempotency import recall, remember
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import demand_sight, is_staff, shown_importer_number
from shared.runtime.errors import Conflict, Forbidden, NotFound, Refused
from shared.runtime.identity import Identity, RoleName
from shared.web.idempotency import CurrentIdempotentCall, replay
from shared.web.identity import CurrentIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of, now_of

router = APIRouter(tags=["filings"])

FilingNumber = Annotated[
    str, Path(description="Number of a post-entry filing.", max_length=64, examples=["SYN-PROTEST-0001"])
]
ImporterPath = Annotated[
    str, Path(description="Importer of record number.", pattern=IMPORTER_NUMBER_PATTERN, examples=["07-345678900"])
]
MoverIdentity = Annotated[
    Identity,
    Depends(require(RoleName.CENTER_DIRECTOR, RoleName.ASSISTANT_CENTER_DIRECTOR, RoleName.OFFICE_OF_TRADE)),
]


class ClockOut(BaseModel):
    """A day by which something is due, with its rule and how well the rule is known."""

    rule: str = Field(examples=["protest-decide-2y"])
    citation: str = Field(examples=["19 USC 1515(a); 19 CFR 174.21(a)"])
    what: str
    due_on: date
    evidence: Evidence = Field(description="S read in a source, P partly read, M from memory, U uncertain.")


class ContactOut(BaseModel):
    """Where to reach whoever has the matter."""

    code: str
    process: str | None = Field(description="Null: for every process.")
    phone: str | None
    email: str | None
    hours: str | None


class OfficeOut(BaseModel):
    """Who has the matter: Center, division, and how to reach them."""

    center: str = Field(description="PNDING while no Center is known.", examples=["CEE007"])
    name: str | None
    city: str | None
    division: str
    contacts: list[ContactOut] = Field(description="Those of the process, else those for every process.")
    since: datetime = Field(description="Since the receipt, or since the last move.")


class MoveOut(BaseModel):
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
    held_by: OfficeOut
    basis: str
    authority: str = Field(description="The row of the authority table that says who decides.")
    forwarded_from: str | None
    clocks: list[ClockOut]
    reasons: list[ReasonOut]
    moves: list[MoveOut]
    contradictions: int = Field(description="Other contents that came under this number; the earliest stands.")


class MoveIn(BaseModel):
    """Where an open matter goes, from where, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"from_center": "CEE007", "to_center": "CEE005", "reason": "SYNTHETIC: the goods are steel."}]
        },
    )

    from_center: CenterCode = Field(description="The Center that has it, as you saw it: another one is refused.")
    to_center: CenterCode
    reason: str = Field(min_length=1, max_length=500)


class MovedOut(BaseModel):
    """A move as recorded. Clocks and the day of receipt stay as they were."""

    kind: MatterKind
    number: str
    sequence: int
    from_center: str
    to_center: str
    reason: str
    moved_by: str
    acting_for: str | None
    moved_at: datetime


@router.get("/post-entry-filings/{filing_number}", summary="Who has a filing, and until when")
async def read_filing(filing_number: FilingNumber, request: Request, caller: CurrentIdentity) -> FilingOut:
    """Center, division, contact, since when, clocks, reasons and moves. Parties see their own."""
    async with reading(engine_of(request)) as connection:
        row = await filing_store.find_filing(connection, filing_number)
        if row is None:
            raise _no_filing(filing_number)
        demand_sight(caller, f"filing {filing_number}", importer_number=row.importer_number, filer_code=_filer_of(row))
        moves = await move_store.list_moves(connection, "filing", filing_number)
        contents = await filing_store.count_contents(connection, filing_number)
        held_by = await _find_office(connection, row, moves, legal_date(now_of(request)))
    shown = shown_importer_number(caller, row.importer_number)
    return FilingOut(
        filing_number=row.filing_number,
        kind=row.kind,
        importer_number=shown,
        entries=row.entries,
        filed_by={**row.filed_by, "id": shown} if row.filed_by.get("id") == row.importer_number else row.filed_by,
        received_at=row.received_at,
        process=row.process,
        held_by=held_by,
        basis=row.basis,
        authority=row.authority,
        forwarded_from=row.forwarded_from,
        clocks=[ClockOut.model_validate(clock) for clock in row.clocks],
        reasons=[ReasonOut(**reason) for reason in row.reasons],
        moves=[_move_out(move, caller) for move in moves],
        contradictions=max(contents - 1, 0),
    )


@router.get("/importers/{importer_number}/post-entry-filings", summary="The filings of an importer")
async def list_importer_filings(
    importer_number: ImporterPath,
    request: Request,
    response: Response,
    caller: CurrentIdentity,
    page: CurrentPage,
    kind: Annotated[FilingKind | None, Query(description="Only filings of this kind.")] = None,
) -> Page[FilingSummary]:
    """Every filing of the importer, newest receipt first. Parties see their own."""
    demand_sight(caller, "importer of that number", importer_number=importer_number)
    position = page.position(datetime, str)
    async with reading(engine_of(request)) as connection:
        rows = await filing_store.list_filings(connection, importer_number, kind=kind, after=position, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.received_at, row.filing_number),
        item=_summary,
        request=request,
        response=response,
    )


@router.post(
    "/entries/{entry_number}/moves",
    status_code=201,
    summary="Move an open entry to another Center",
    response_model=MovedOut,
)
async def move_entry(
    entry_number: EntryNumberPath, body: MoveIn, request: Request, caller: MoverIdentity, call: CurrentIdempotentCall
) -> MovedOut | Response:
    """Give one open matter to another Center; later versions of the entry stay with it. Clocks never restart.

    The director or assistant director of the Center that has it, or the Office of Trade.
    """
    number = canonical_entry_number(entry_number)
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        remembered = await recall(tx.connection, call)
        if remembered is not None:
            return replay(remembered)
        await move_store.lock(tx, number)
        decisions = await decision_store.find_decisions(tx.connection, number)
        if not decisions:
            raise NotFound(
                f"There is no entry {number} in routing.", remedy="Check the number; a filing may still be on its way."
            )
        move = await _append_move(tx, "entry", number, decisions[-1].center, body, caller, now)
        event = entry_moved(decisions[-1].decision, Move(move.sequence, move.to_center), now)
        await outbox.add(tx, SOURCE, [event])
        return await _remember(tx, call, move, now)


@router.post(
    "/post-entry-filings/{filing_number}/moves",
    status_code=201,
    summary="Move an open filing to another Center",
    response_model=MovedOut,
)
async def move_filing(
    filing_number: FilingNumber, body: MoveIn, request: Request, caller: MoverIdentity, call: CurrentIdempotentCall
) -> MovedOut | Response:
    """Give one open filing to another Center. The day of receipt and the clocks stay as they are.

    The director or assistant director of the Center that has it, or the Office of Trade.
    """
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        remembered = await recall(tx.connection, call)
        if remembered is not None:
            return replay(remembered)
        await move_store.lock(tx, filing_number)
        row = await filing_store.find_filing(tx.connection, filing_number)
        if row is None:
            raise _no_filing(filing_number)
        if row.content_digest is None:
            raise Conflict(
                f"The filing {filing_number} was received before routes of filings were kept.",
                rule="move",
                code="not-routed",
                remedy="Have it published again by its filing system; then it can be moved.",
            )
        move = await _append_move(tx, "filing", filing_number, row.center, body, caller, now)
        standing = StandingFiling(filing_store.read_row(row), Move(move.sequence, move.to_center))
        await outbox.add(tx, SOURCE, [filing_routed(standing, now)])
        return await _remember(tx, call, move, now)


async def _append_move(
    tx: Transaction, kind: MatterKind, number: str, first_center: str, body: MoveIn, caller: Identity, now: datetime
) -> NewMove:
    known = await move_store.list_moves(tx.connection, kind, number)
    holding = known[-1].to_center if known else first_center
    if not caller.has_role(RoleName.OFFICE_OF_TRADE) and holding not in caller.centers:
        raise Forbidden(
            f"The {kind} is with {holding}, which the token does not name.",
            code="other-center",
            remedy="Ask the director of that Center, or the Office of Trade.",
        )
    if body.from_center != holding:
        raise Conflict(
            f"The {kind} is with {holding}, not with {body.from_center}.",
            rule="move",
            code="moved-meanwhile",
            remedy="Read it again and decide anew.",
        )
    if body.to_center == holding:
        raise Refused(
            f"The {kind} is with {holding} already.", rule="move", code="nothing-to-move", remedy="Name another Center."
        )
    today = legal_date(now)
    unit = (await directory_store.load(tx.connection)).centers.get(body.to_center)
    if unit is None or not unit.is_open(today):
        raise Refused(
            f"{body.to_center} takes no work on {today}." if unit else f"{body.to_center} is not a Center.",
            rule="center-exists",
            code="center-not-open" if unit else "unknown-center",
            remedy="Take a Center that is open today from GET /centers.",
        )
    move = NewMove(
        kind=kind,
        number=number,
        sequence=len(known) + 1,
        from_center=holding,
        to_center=body.to_center,
        reason=body.reason,
        moved_by=caller.subject,
        acting_for=caller.acting_for,
        moved_at=now,
    )
    await move_store.append(tx, move)
    return move


async def _remember(tx: Transaction, call: CurrentIdempotentCall, move: NewMove, now: datetime) -> MovedOut:
    answer = MovedOut.model_validate(move, from_attributes=True)
    await remember(
        tx.connection,
        call,
        status=201,
        response=answer.model_dump(mode="json"),
        now=now,
    )
    return answer


async def _find_office(connection: AsyncConnection, row: Any, moves: list[Any], today: date) -> OfficeOut:
    center = moves[-1].to_center if moves else row.center
    name: str | None = None
    city: str | None = None
    contacts: list[ContactOut] = []
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
                contacts.append(_contact_out(unit.code, unit.details))
    fitting = [contact for contact in contacts if contact.process == row.process]
    return OfficeOut(
        center=center,
        name=name,
        city=city,
        division=row.division,
        contacts=fitting or [contact for contact in contacts if contact.process is None],
        since=moves[-1].moved_at if moves else row.received_at,
    )


def _contact_out(code: str, details: Any) -> ContactOut:
    return ContactOut(
        code=code,
        process=details.get("process"),
        phone=details.get("phone"),
        email=details.get("email"),
        hours=details.get("hours"),
    )


def _summary(row: Any) -> FilingSummary:
    return FilingSummary(
        filing_number=row.filing_number,
        kind=row.kind,
        process=row.process,
        received_at=row.received_at,
        routed_to=row.center,
        division=row.division,
        due_on=min((date.fromisoformat(clock["due_on"]) for clock in row.clocks), default=None),
    )


def _move_out(move: Any, caller: Identity) -> MoveOut:
    shown = is_staff(caller)
    return MoveOut(
        sequence=move.sequence,
        from_center=move.from_center,
        to_center=move.to_center,
        reason=move.reason,
        moved_by=move.moved_by if shown else None,
        acting_for=move.acting_for if shown else None,
        moved_at=move.moved_at,
    )


def _filer_of(row: Any) -> str | None:
    """The filer whose matter it is: the broker that filed it."""
    return row.filed_by.get("id") if row.filed_by.get("role") == "broker" else None


def _no_filing(filing_number: str) -> NotFound:
    return NotFound(
        f"There is no filing {filing_number}.", remedy="Check the number; a filing may still be on its way."
    )
