"""The HTTP side of declarations: sent as a file or checked without being kept, read row by row, withdrawn."""

import csv
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect

from services.liquidation.acts import declaring as acts
from services.liquidation.acts.declaration_results import NotReady, find_not_ready
from services.liquidation.acts.declaring import JUDGED_AT_ONCE, declarant_of
from services.liquidation.acts.program_checks import check_cells
from services.liquidation.acts.program_judging import judge_declared, judge_touched
from services.liquidation.acts.programs import find_judging, find_known, no_program
from services.liquidation.api.common import EntryNumberPath, cycle_policy_of, law_of, matter_of_entry, no_entry
from services.liquidation.api.declaration_files import FORMS, Form, read_rows
from services.liquidation.api.programs import ProgramPath, StateOut, show_states
from services.liquidation.api.voided_postings import VoidedPostingOut, show_voided
from services.liquidation.domain.program.explaining import CODES, NOTE_WORDS, describe_code
from services.liquidation.domain.program.rows import as_text
from services.liquidation.store import declarations as store
from services.liquidation.store.declarations import DECLARATION_ID, WHOLE, Declaration, RequestRow, Sight, StateCount
from services.liquidation.store.records import load_entries
from services.liquidation.store.voided_postings import list_voided
from shared.contracts.terms import EntryNumber
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, snapshot, transaction
from shared.runtime.access import Matter, is_staff, reach_of, shown_importer_number
from shared.runtime.clock import Clock
from shared.runtime.errors import Malformed, Refused
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.idempotency import MAX_KEY
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import canonical_entry_number, engine_of, now_of, today_of

router = APIRouter(tags=["programs"])

DeclarationPath = Annotated[str, Path(pattern=DECLARATION_ID, description="The id of a declaration, from its answer.")]
MOST_CHECKED: Final = 10_000
_CSV_EXAMPLE: Final = "Entry number;Broker's file\nB76-0324527-8;S-1\n"
_FILE: Final[dict[str, Any]] = {
    "x-streamed-body": True,  # exempt from the limit on bodies that are held in memory
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": _CSV_EXAMPLE},
            "application/x-ndjson": {"schema": {"type": "string"}, "example": '{"entry_number": "B7603245278"}\n'},
            "application/json": {
                "schema": {"type": "array", "items": {"type": "string"}},
                "example": ["B7603245278"],
            },
        },
    },
}
_WORDS: Final = (
    "CSV, NDJSON or JSON; UTF-8 or UTF-16; separated by commas, semicolons, tabs or bars; entry numbers with or without"
    " hyphens, blanks and quotation marks, in capitals or not, in the column whose heading names an entry. Other"
    " columns are ignored and not kept."
)


MOST_NAMED: Final = 50
"""Payees that are named; a declaration for more of them says how many there are."""


class PayeeNotReadyOut(BaseModel):
    """An importer of accepted entries who cannot be paid today: the refund waits, and bears no interest for it."""

    importer_number: str = Field(description="Masked when it is a social security number of someone else.")
    missing: list[str] = Field(examples=[["ach-enrollment"]])
    remedy: str


class DeclarationOut(BaseModel):
    """A declaration: how far it was read, and how many of its rows are in which state."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "declaration_id": "0c6d0b58-6f0c-4a2e-9d3b-0f1e2d3c4b5a",
                    "program": "ieepa-2026",
                    "door": "upload",
                    "state": "judged",
                    "code": None,
                    "rows": 2,
                    "received_at": "2026-04-20T13:00:00Z",
                    "made_by": "owner",
                    "removed_usd": "9375.00",
                    "states": [
                        {"state": "due", "code": None, "entries": 1, "removed_usd": "9375.00"},
                        {"state": "dropped", "code": "check-digit", "entries": 1, "removed_usd": "0.00"},
                    ],
                    "payees_not_ready": 0,
                    "not_ready": [],
                    "results": "/programs/ieepa-2026/declarations/0c6d0b58-6f0c-4a2e-9d3b-0f1e2d3c4b5a/results",
                }
            ]
        }
    )

    declaration_id: str
    program: str
    door: Literal["upload", "event", "program"] = Field(description="program: a roll of what it took by itself.")
    state: Literal["open", "judging", "judged", "refused"] = Field(
        description="open: send the file again with the same key. judging: rows are still to be judged."
    )
    code: str | None = Field(description="Why a declaration by event is refused.")
    rows: int = Field(description="Of those that the caller may see.")
    received_at: datetime
    made_by: str
    removed_usd: str = Field(description="Duty that the program removes from what is accepted, without interest.")
    states: list[StateOut]
    payees_not_ready: int | None = Field(
        description="Importers of accepted entries who cannot be paid today; null where many declarations are listed."
    )
    not_ready: list[PayeeNotReadyOut] = Field(description="Each of them once, up to 50: what is missing, and the way.")
    results: str


class RowOut(BaseModel):
    """What becomes of a row: the fact, where the rule stands, what to do, until when."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "row": 1,
                    "entry_number": "B7603245278",
                    "given": None,
                    "state": "dropped",
                    "code": "final-1501",
                    "fact": "CBP's own power over the liquidation does not reach it any more; protest is open.",
                    "citation": "19 USC 1501",
                    "remedy": "Protest by the last day (19 USC 1514).",
                    "last_day": "2026-07-29",
                    "cohort": None,
                    "act": None,
                    "removed_usd": "0.00",
                    "notes": [],
                    "says": [],
                    "judged_at": "2026-04-20T13:00:01Z",
                }
            ]
        }
    )

    row: int
    entry_number: str | None
    given: str | None = Field(description="What came, shortened, where it is no entry number.")
    state: Literal["read", "dropped", "withdrawn", "nothing", "waiting", "due", "posted"]
    code: str | None = Field(description="Why it is dropped; stable.")
    fact: str | None
    citation: str | None
    remedy: str | None
    last_day: date | None = Field(description="Until when the remedy can be taken.")
    cohort: str | None
    act: str | None = Field(description="What follows: liquidate, reliquidate, at-cycle, with-warehouse-entry.")
    removed_usd: str
    notes: list[str] = Field(description="What else is to be known of an accepted entry.")
    says: list[str] = Field(description="The notes in words.")
    judged_at: datetime | None


class CheckOut(BaseModel):
    """What a file would come to, if it were declared now. Nothing was stored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"program": "ieepa-2026", "rows": 0, "accepted": 0, "removed_usd": "0.00", "results": []}]
        }
    )

    program: str
    rows: int
    accepted: int
    removed_usd: str
    results: list[RowOut]


class WithdrawalIn(BaseModel):
    """Which requests are taken back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"entries": ["B7603245278"]}]})

    entries: tuple[EntryNumber, ...] | None = Field(
        default=None, min_length=1, max_length=10_000, description="Without it: all that stand."
    )


class WithdrawalOut(BaseModel):
    """The entries whose requests were taken back; their corrections are taken again from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"declaration_id": "0c6d0b58-6f0c", "withdrawn": ["B7603245278"]}]}
    )

    declaration_id: str
    withdrawn: list[str]


@router.post(
    "/programs/{program}/declarations",
    status_code=201,
    summary="Declare entries to a program",
    responses=problem_responses([400, 409]),
    openapi_extra=_FILE,
    description=(
        f"{_WORDS}\n\nThe file is read as it arrives and may be of any length that the program takes. The"
        " Idempotency-Key is the declaration: when the connection breaks, send the same file with the same key, and it"
        f" goes on. It is received when it begins. Up to {JUDGED_AT_ONCE:,} rows are judged before the answer, more in"
        " the background. A row that is dropped is named with code, fact, remedy and last day; the others are judged"
        " as if they stood alone."
    ),
)
@tells("Location")
async def declare(
    program: ProgramPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("refund-declaration.make")],
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A value of your choice that names this declaration; the same when you send the file again.",
            examples=["refunds-2026-04-20"],
        ),
    ] = None,
    certified: Annotated[
        bool, Query(description="That the entries are the importer's or filed by you, and may be reliquidated.")
    ] = False,
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> DeclarationOut:
    """Keep a file of entry numbers, and judge each entry."""
    form = _form_of(content_type)
    declaration_id = acts.name_declaration(program, caller, _checked_key(key))
    clock: Clock = request.app.state.clock
    rows = read_rows(_body_of(request), form)
    engine = engine_of(request)
    found = await acts.declare_file(
        engine, clock, declarant_of(caller), program, declaration_id, form, rows, is_certified=certified
    )
    if found.state == "judging" and found.rows <= JUDGED_AT_ONCE:
        policy, law = cycle_policy_of(request), law_of(request)
        await judge_declared(engine, clock, policy, law, declaration_id=declaration_id)
    response.headers["Location"] = f"/programs/{program}/declarations/{declaration_id}"
    async with snapshot(engine) as tx:
        return await _show(tx, program, declaration_id, caller, today_of(request))


@router.post(
    "/programs/{program}/declarations/check",
    summary="What a declaration would come to",
    responses=problem_responses([400, 409]),
    openapi_extra=_FILE,
    description=f"{_WORDS}\n\nThe same reader and the same judgment as a declaration, of up to {MOST_CHECKED:,} rows;"
    " nothing is stored.",
)
async def check_declaration(
    program: ProgramPath,
    request: Request,
    caller: Annotated[Identity, allow("refund-declaration.make")],
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> CheckOut:
    """Judge a file as if it were declared now."""
    cells = []
    async for row in read_rows(_body_of(request), _form_of(content_type)):
        cells.append((row.number, row.cell))
        if len(cells) > MOST_CHECKED:
            raise Refused(
                f"The file has more than {MOST_CHECKED} rows.",
                rule="refund-declaration",
                code="too-many-rows",
                remedy="Check it in parts. Nothing was stored.",
            )
    policy, law, now = cycle_policy_of(request), law_of(request), now_of(request)
    async with snapshot(engine_of(request)) as tx:
        rows = await check_cells(tx, program, cells, declarant_of(caller), now, policy, law)
    results = [show_row(each) for each in rows]
    return CheckOut(
        program=program,
        rows=len(rows),
        accepted=sum(each.code is None for each in rows),
        removed_usd=format_cents(sum(each.removed_cents for each in rows)),
        results=results,
    )


@router.get("/programs/{program}/declarations", summary="Declarations to a program")
async def list_declarations(
    program: ProgramPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("refund-declaration.read")],
    page: CurrentPage,
) -> Page[DeclarationOut]:
    """The caller's, or all to whoever reads them nationally; the last received first, rows by state as in each."""
    position = page.position(datetime, str)
    after = (position[0], position[1]) if position is not None else None
    declarant, engine = declarant_of(caller), engine_of(request)
    is_national = reach_of(caller, "refund-declaration.read", today_of(request)).covers(Matter())
    async with snapshot(engine) as tx:
        if (await find_known(tx, program)).released_revision is None and not is_staff(caller):
            raise no_program(program)
        seen_by = None if is_national else declarant
        rows = await store.list_declarations(tx, program, seen_by, after=after, limit=page.fetch)
        sights = {each.declaration_id: WHOLE if is_national else acts.sight_of(each, declarant) for each in rows}
        shown = {name: sight for name, sight in sights.items() if sight is not None}
        counts = await store.count_states_of(tx, program, shown)
    return build_page(
        rows,
        page,
        key=lambda each: (each.received_at, each.declaration_id),
        item=lambda each: _declaration(each, counts[each.declaration_id], shown[each.declaration_id], caller),
        request=request,
        response=response,
    )


@router.get("/programs/{program}/declarations/{declaration_id}", summary="How far a declaration is")
async def read_declaration(
    program: ProgramPath,
    declaration_id: DeclarationPath,
    request: Request,
    caller: Annotated[Identity, allow("refund-declaration.read")],
) -> DeclarationOut:
    """The rows by state and code, also while it is read and judged."""
    async with snapshot(engine_of(request)) as tx:
        return await _show(tx, program, declaration_id, caller, today_of(request))


@router.get("/programs/{program}/declarations/{declaration_id}/results", summary="What became of the rows")
async def list_results(
    program: ProgramPath,
    declaration_id: DeclarationPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("refund-declaration.read")],
    page: CurrentPage,
    code: Annotated[str | None, Query(max_length=40, description="Only rows with this code.")] = None,
    state: Annotated[str | None, Query(max_length=20, description="Only rows in this state.")] = None,
) -> Page[RowOut]:
    """Each row in the order of the file."""
    position = page.position(int)
    async with snapshot(engine_of(request)) as tx:
        found, sight = await _find(tx, program, declaration_id, caller, today_of(request))
        after = position[0] if position else 0
        rows = await store.list_results(tx, found, sight, after=after, code=code, state=state, limit=page.fetch)
    return build_page(rows, page, key=lambda row: (row.row_number,), item=show_row, request=request, response=response)


@router.get(
    "/programs/{program}/declarations/{declaration_id}/results.csv",
    summary="What became of the rows, as a table",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
@tells("X-Next-After")
async def read_results_csv(
    program: ProgramPath,
    declaration_id: DeclarationPath,
    request: Request,
    caller: Annotated[Identity, allow("refund-declaration.read")],
    after: Annotated[int, Query(ge=0, le=2_147_483_647, description="Rows behind this one; 10,000 at a time.")] = 0,
) -> Response:
    """Row by row with code, fact, remedy and last day; the header `X-Next-After` says where the next part begins."""
    async with snapshot(engine_of(request)) as tx:
        found, sight = await _find(tx, program, declaration_id, caller, today_of(request))
        rows = await store.list_results(tx, found, sight, after=after, code=None, state=None, limit=MOST_CHECKED)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = ("row", "entry_number", "given", "state", "code", "fact", "remedy", "last_day", "removed_usd", "notes")
    writer.writerow(names)
    for row in rows:
        shown = show_row(row).model_dump(mode="json")
        shown["given"] = as_text(shown["given"])
        writer.writerow([" ".join(shown[name]) if name == "notes" else shown[name] for name in names])
    headers = {"X-Next-After": str(rows[-1].row_number)} if len(rows) == MOST_CHECKED else {}
    return Response(text.getvalue(), media_type="text/csv", headers=headers)


@router.post("/programs/{program}/declarations/{declaration_id}/withdrawals", summary="Withdraw requests")
async def withdraw(
    program: ProgramPath,
    declaration_id: DeclarationPath,
    body: WithdrawalIn,
    request: Request,
    caller: Annotated[Identity, allow("refund-declaration.make")],
) -> WithdrawalOut:
    """Take requests back until they are posted; corrections that are filed from now on are taken again.

    However the program stands: also when it takes no declarations any more.
    """
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        await find_judging(tx, program)
        withdrawn = await acts.withdraw_requests(tx, now, program, declaration_id, body.entries, declarant_of(caller))
        await judge_touched(tx, withdrawn, now, cycle_policy_of(request), law_of(request))
    return WithdrawalOut(declaration_id=declaration_id, withdrawn=withdrawn)


class RequestsOut(BaseModel):
    """Every request for an entry of a program."""

    program: str
    entry_number: str
    requests: list[RowOut]
    voided: list[VoidedPostingOut] = Field(
        description="Acts by which the program posted it and which have no effect in law: since then its request is "
        "judged again, and what was removed is removed by the next liquidation."
    )


@router.get("/programs/{program}/entries/{entry_number}", summary="What a program makes of an entry")
async def read_program_entry(
    program: ProgramPath,
    entry_number: EntryNumberPath,
    request: Request,
    caller: Annotated[Identity, allow("refund-declaration.read")],
) -> RequestsOut:
    """The requests for it that the caller may see, in order of receipt, each with what becomes of it."""
    number, reach = canonical_entry_number(entry_number), reach_of(caller, "refund-declaration.read", today_of(request))
    async with snapshot(engine_of(request)) as tx:
        entry = (await load_entries(tx, [number])).get(number)
        is_reached = entry is not None and reach.covers(matter_of_entry(entry))
        found = await store.list_requests_for(tx, program, number)
        asked = await store.find_declarations(tx, [each.declaration_id for each in found])
        own = {name: each for name, each in asked.items() if each.program == program}
        sights = {name: acts.sight_of(each, declarant_of(caller)) for name, each in own.items()}
        whole = {name for name, sight in sights.items() if sight is not None and sight.is_whole}
        seen = [each for each in found if is_reached or each.declaration_id in whole]
        voided = await list_voided(tx, program, number)
    if not seen and not is_reached:
        raise no_entry(number)
    return RequestsOut(
        program=program, entry_number=number, requests=list(map(show_row, seen)), voided=show_voided(voided)
    )


async def _find(
    tx: Transaction, program: str, declaration_id: str, caller: Identity, today: date
) -> tuple[Declaration, Sight]:
    """A declaration of the caller's with the rows that are, or any whole for whoever reads them nationally."""
    if reach_of(caller, "refund-declaration.read", today).covers(Matter()):
        found = await store.find_declaration(tx, declaration_id)
        if found is None or found.program != program:
            raise acts.no_declaration(declaration_id)
        return found, WHOLE
    return await acts.find_own(tx, program, declaration_id, declarant_of(caller))


async def _show(tx: Transaction, program: str, declaration_id: str, caller: Identity, today: date) -> DeclarationOut:
    found, sight = await _find(tx, program, declaration_id, caller, today)
    not_ready = await find_not_ready(tx, found, sight, today)
    return _declaration(found, await store.count_states(tx, found, sight), sight, caller, not_ready)


def _declaration(
    found: Declaration,
    counts: list[StateCount],
    sight: Sight,
    caller: Identity,
    not_ready: Sequence[NotReady] | None = None,
) -> DeclarationOut:
    return DeclarationOut(
        declaration_id=found.declaration_id,
        program=found.program,
        door=found.door,
        state=found.state,
        code=found.code,
        rows=found.rows if found.door != "program" and sight.is_whole else sum(each.entries for each in counts),
        received_at=found.received_at,
        made_by=_maker(found, caller),
        removed_usd=format_cents(sum(each.removed_cents for each in counts)),
        states=show_states(counts),
        payees_not_ready=len(not_ready) if not_ready is not None else None,
        not_ready=[
            PayeeNotReadyOut(
                importer_number=shown_importer_number(caller, each.importer_number),
                missing=list(each.missing),
                remedy=each.remedy,
            )
            for each in list(not_ready or ())[:MOST_NAMED]
        ],
        results=f"/programs/{found.program}/declarations/{found.declaration_id}/results",
    )


def _maker(found: Declaration, caller: Identity) -> str:
    """Who made it; by event an importer is named by its number, which can be a person's."""
    return shown_importer_number(caller, found.made_by) if found.made_by in found.importers else found.made_by


def show_row(row: RequestRow) -> RowOut:
    """A row as it is shown, its code and notes in words."""
    told = CODES[row.code] if row.code is not None else None
    return RowOut.model_validate(
        {
            "row": row.row_number,
            "entry_number": row.entry_number,
            "given": row.given,
            "state": row.state,
            "code": row.code,
            "fact": describe_code(row.code, earlier=row.earlier),
            "citation": told.citation if told is not None else None,
            "remedy": told.remedy if told is not None else None,
            "last_day": row.last_day,
            "cohort": row.cohort,
            "act": row.act,
            "removed_usd": format_cents(row.removed_cents),
            "notes": list(row.notes),
            "says": [NOTE_WORDS[each] for each in row.notes],
            "judged_at": row.judged_at,
        }
    )


def _form_of(content_type: str) -> Form:
    form = FORMS.get(content_type.partition(";")[0].strip().lower())
    if form is None:
        raise Malformed(
            "The file is neither CSV nor NDJSON nor JSON.",
            rule="refund-declaration",
            code="unsupported-media-type",
            remedy="Say in Content-Type which it is: text/csv, application/x-ndjson or application/json.",
            status=415,
        )
    return form


async def _body_of(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise Malformed(
            "The connection broke before the end of the file.",
            rule="refund-declaration",
            code="file-broke-off",
            remedy="Send the same file again with the same Idempotency-Key: it goes on where it broke off.",
        ) from None


def _checked_key(key: str | None) -> str:
    key = key.strip().strip('"') if key else ""
    if not key or len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
        raise Malformed(
            "A declaration needs an Idempotency-Key, which names it.",
            rule="idempotency-key",
            code="idempotency-key-missing",
            remedy=f"Send Idempotency-Key: up to {MAX_KEY} printable ASCII characters, the same on a retry.",
        )
    return key
