"""The HTTP side of programs of mass change: shipped models, drafts, trials, confirmations, releases, findings."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.acts import programs as acts
from services.liquidation.acts.entries import hold_entry
from services.liquidation.acts.program_judging import judge_entries
from services.liquidation.api.common import EntryNumberPath, cycle_policy_of, law_of, money_policy_of
from services.liquidation.api.program_models import DefinitionIn, RevisionIn, templates
from services.liquidation.domain.program.definition import Intake
from services.liquidation.store import declarations as declaration_store
from services.liquidation.store import programs as store
from services.liquidation.store.programs import GoodsFinding, Program, Revision, Trial
from shared.contracts.terms import SaidText
from shared.customs.importer_number import mask_importer_number
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import is_staff, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of, now_of, today_of

router = APIRouter(tags=["programs"])

ProgramPath = Annotated[
    str, Path(pattern="^[a-z0-9][a-z0-9-]{1,39}$", description="The code of a program.", examples=["ieepa-2026"])
]
RevisionPath = Annotated[int, Path(ge=1, le=100_000, description="The number of a revision.", examples=[1])]


class ProgramEventOut(BaseModel):
    """What a person did with a revision."""

    revision: int
    change: str = Field(examples=["released"], description="drafted, edited, tried, confirmed, released.")
    at: datetime
    actor: str
    acting_for: str | None
    detail: str | None
    authority: str | None


class RevisionOut(BaseModel):
    """A revision, whole."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "ieepa-2026",
                    "revision": 1,
                    "edits": 1,
                    "state": "draft",
                    "definition": {"program": "ieepa-2026", "removes": [{"headings": "99030120-99030124"}]},
                    "reason": "The order of 4 March 2026.",
                    "made_at": "2026-04-14T13:00:00Z",
                    "made_by": "kim",
                    "tried_at": None,
                    "released_at": None,
                }
            ]
        }
    )

    program: str
    revision: int
    edits: int = Field(description="How often it was written: the ETag.")
    state: Literal["draft", "confirmed", "released", "superseded"]
    definition: dict[str, Any] = Field(
        description="As it was drafted; `assumptions` says what of it no source settles, and what is taken instead."
    )
    reason: str
    made_at: datetime
    made_by: str
    tried_at: datetime | None
    released_at: datetime | None


class ProgramOut(BaseModel):
    """A program with its revision in force, if there is one."""

    program: str
    title: str
    released_revision: int | None = Field(description="The revision that judges; null: it takes no declarations yet.")
    standing: Literal["running", "paused", "stayed", "ended", "aborted"] = Field(
        description="Whether it posts; one that is ended or aborted takes no declarations either."
    )
    standing_since: datetime | None
    is_stayed: bool = Field(description="An order stays it: nothing of it is certified or sent, also when it is over.")
    intake: Intake = Field(description="declared: importers and filers ask. automatic, offered: it takes by itself.")
    declaring_from: date | None
    declaring_until: date | None
    revisions: list[RevisionOut] = Field(default=[], description="Of one program; empty in a list.")
    history: list[ProgramEventOut] = []


class TotalOut(BaseModel):
    """Entries of one value of a dimension."""

    value: str | None = Field(description="null: accepted, where it is a code; unknown, where it is a Center.")
    entries: int
    removed_usd: str
    likely_usd: str | None


class TrialLineOut(BaseModel):
    """Entries alike in everything that a trial looks at."""

    cohort: str | None
    code: str | None
    state: str
    center: str | None
    month: str | None
    readiness: str | None
    entries: int
    removed_usd: str
    likely_usd: str | None


class TrialOut(BaseModel):
    """What a revision would do, were everything that it reaches asked for on a day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "ieepa-2026",
                    "trial": 1,
                    "revision": 1,
                    "is_of_this_edit": True,
                    "as_of": "2026-04-20",
                    "tried_at": "2026-04-20T13:00:00Z",
                    "tried_by": "kim",
                    "entries": 3,
                    "accepted": 2,
                    "removed_usd": "18750.00",
                    "likely_usd": "18922.34",
                    "by_code": [{"value": None, "entries": 2, "removed_usd": "18750.00", "likely_usd": "18922.34"}],
                    "by_cohort": [
                        {"value": "unliquidated", "entries": 2, "removed_usd": "18750.00", "likely_usd": "18922.34"}
                    ],
                    "by_center": [
                        {"value": "CEE007", "entries": 3, "removed_usd": "18750.00", "likely_usd": "18922.34"}
                    ],
                    "by_month": [
                        {"value": "2026-03", "entries": 3, "removed_usd": "18750.00", "likely_usd": "18922.34"}
                    ],
                    "by_readiness": [
                        {"value": "unknown", "entries": 3, "removed_usd": "18750.00", "likely_usd": "18922.34"}
                    ],
                    "examples": {"accepted": ["B7603245278"]},
                    "lines": [],
                }
            ]
        }
    )

    program: str
    trial: int
    revision: int
    is_of_this_edit: bool = Field(description="Whether the revision was edited since: then it has to be tried again.")
    as_of: date
    tried_at: datetime
    tried_by: str
    entries: int
    accepted: int
    removed_usd: str = Field(description="Duty that is removed, without interest: the least that is refunded.")
    likely_usd: str | None = Field(
        description="What would be refunded: with interest to the day of the trial where the payment is known, at the"
        " lower rate where nobody recorded what the importer is, and without what is small and disregarded. null: of a"
        " trial of before this was reckoned."
    )
    by_code: list[TotalOut]
    by_cohort: list[TotalOut]
    by_center: list[TotalOut]
    by_month: list[TotalOut] = Field(description="Month of entry.")
    by_readiness: list[TotalOut] = Field(description="Whether the payee can be paid: ready, not-ready, unknown.")
    examples: dict[str, list[str]] = Field(description="Up to twenty entries of each code.")
    lines: list[TrialLineOut] = Field(description="Every combination, when asked for with `lines=true`.")


class FindingIn(BaseModel):
    """Whether the goods of an entry are the product that an order describes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"is_product": True, "explanation": "By the maker's data sheet."}]},
    )

    is_product: bool
    explanation: SaidText


class ProductFindingOut(BaseModel):
    """What a person found of the goods of an entry."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "exclusion-301",
                    "entry_number": "B7603245278",
                    "number": 1,
                    "is_product": True,
                    "explanation": "By the maker's data sheet.",
                    "found_at": "2026-05-04T13:00:00Z",
                    "found_by": "sam",
                }
            ]
        }
    )

    program: str
    entry_number: str
    number: int
    is_product: bool
    explanation: str
    found_at: datetime
    found_by: str


class TemplatesOut(BaseModel):
    """Programs shipped as data: models to draft from."""

    templates: list[DefinitionIn]


@router.get("/program-templates", summary="Programs shipped as data", response_model_by_alias=True)
async def list_templates(_: Annotated[Identity, allow("program.read")]) -> TemplatesOut:
    """Models to draft from: none is in force. `assumptions` says which of their values no source settles."""
    return TemplatesOut(templates=[DefinitionIn.model_validate(each) for each in templates()])


@router.get("/programs", summary="Programs of mass change")
async def list_programs(
    request: Request, response: Response, caller: Annotated[Identity, allow("program.read")], page: CurrentPage
) -> Page[ProgramOut]:
    """In order of their codes; to the trade those that were released."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        after = position[0] if position else None
        rows = await store.list_programs(connection, after=after, limit=page.fetch, drafts=is_staff(caller))
        shown = {row.program: await _show(connection, row, caller, is_whole=False) for row in rows}
    return build_page(
        rows,
        page,
        key=lambda row: (row.program,),
        item=lambda row: shown[row.program],
        request=request,
        response=response,
    )


@router.post("/programs", status_code=201, summary="Draft a program", response_model=RevisionOut)
@tells("ETag", "Location")
async def draft_program(
    body: RevisionIn, request: Request, caller: Annotated[Identity, allow("program.draft")], call: CurrentIdempotentCall
) -> Response:
    """Keep a program as revision 1: try it, then two who did not draft it confirm and release it."""
    now = now_of(request)

    async def act(tx: Transaction) -> RevisionOut:
        return _revision(await acts.draft_program(tx, now, body.definition.as_json(), body.reason, caller), caller)

    return await answer_once(request, call, act, headers=_headers)


@router.get("/programs/{program}", summary="A program with its revisions and its history")
async def read_program(
    program: ProgramPath, request: Request, caller: Annotated[Identity, allow("program.read")]
) -> ProgramOut:
    """Every revision whole, and who did what with it; to the trade what is or was in force, without its authors.

    Numbers of importers that a revision names are shown whole to who may see them, masked to all others.
    """
    async with reading(engine_of(request)) as connection:
        found = await store.find_program(connection, program)
        if found is None or (found.released_revision is None and not is_staff(caller)):
            raise acts.no_program(program)
        return await _show(connection, found, caller, is_whole=True)


@router.post(
    "/programs/{program}/revisions", status_code=201, summary="Draft another revision", response_model=RevisionOut
)
@tells("ETag", "Location")
async def draft_revision(
    program: ProgramPath,
    body: RevisionIn,
    request: Request,
    caller: Annotated[Identity, allow("program.draft")],
    call: CurrentIdempotentCall,
) -> Response:
    """Keep the next revision, whole; the one in force stays so until this one is released."""
    now = now_of(request)

    async def act(tx: Transaction) -> RevisionOut:
        made = await acts.draft_revision(tx, now, program, body.definition.as_json(), body.reason, caller)
        return _revision(made, caller)

    return await answer_once(request, call, act, headers=_headers)


@router.put("/programs/{program}/revisions/{revision}", summary="Edit a draft")
@tells("ETag")
async def edit_revision(
    program: ProgramPath,
    revision: RevisionPath,
    body: RevisionIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("program.draft")],
    meant: RequiredIfMatch,
) -> RevisionOut:
    """Replace a draft; it has to be tried again, and who edits it can neither confirm nor release it."""
    now, definition = now_of(request), body.definition.as_json()
    async with transaction(engine_of(request)) as tx:
        made = await acts.edit_revision(tx, now, program, revision, meant, definition, body.reason, caller)
    response.headers["ETag"] = etag(made.edits)
    return _revision(made, caller)


@router.post(
    "/programs/{program}/revisions/{revision}/trials",
    status_code=201,
    summary="Try a revision",
    response_model=TrialOut,
)
async def try_revision(
    program: ProgramPath,
    revision: RevisionPath,
    request: Request,
    caller: Annotated[Identity, allow("program.try")],
    call: CurrentIdempotentCall,
) -> Response:
    """What it would do today with every entry that it reaches, in counts and money; no entry is changed."""
    now, law, money = now_of(request), law_of(request), money_policy_of(request).settings

    async def act(tx: Transaction) -> TrialOut:
        trial = await acts.try_revision(tx, now, program, revision, law, money, caller)
        return _trial(trial, trial.edits, with_lines=False)

    return await answer_once(request, call, act)


@router.get("/programs/{program}/revisions/{revision}/trials/last", summary="The last trial of a revision")
async def read_trial(
    program: ProgramPath,
    revision: RevisionPath,
    request: Request,
    _: Annotated[Identity, allow("program.try")],
    lines: Annotated[bool, Query(description="Also every combination of cohort, code, Center, month, payee.")] = False,
) -> TrialOut:
    """By code, cohort, Center, month and readiness of the payee."""
    async with reading(engine_of(request)) as connection:
        found = await store.find_revision(connection, program, revision)
        last = await store.list_trials(connection, program, revision, 1)
    if found is None or not last:
        raise acts.no_revision(program, revision)
    return _trial(last[0], found.edits, with_lines=lines)


@router.post("/programs/{program}/revisions/{revision}/confirmations", summary="Confirm a revision")
@tells("ETag")
async def confirm_revision(
    program: ProgramPath,
    revision: RevisionPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("program.release")],
    meant: RequiredIfMatch,
) -> RevisionOut:
    """As the first of two who did not draft it, with a trial of less than a day ago."""
    async with transaction(engine_of(request)) as tx:
        made = await acts.confirm_revision(tx, now_of(request), program, revision, meant, caller)
    response.headers["ETag"] = etag(made.edits)
    return _revision(made, caller)


@router.post("/programs/{program}/revisions/{revision}/releases", summary="Release a revision")
@tells("ETag")
async def release_revision(
    program: ProgramPath,
    revision: RevisionPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("program.release")],
    meant: RequiredIfMatch,
) -> RevisionOut:
    """As the second of two who did not draft it: it is in force, and judges anew what is not posted."""
    async with transaction(engine_of(request)) as tx:
        made = await acts.release_revision(tx, now_of(request), program, revision, meant, caller)
    response.headers["ETag"] = etag(made.edits)
    return _revision(made, caller)


@router.post(
    "/programs/{program}/entries/{entry_number}/findings",
    status_code=201,
    summary="Find whether goods are the product of an order",
    response_model=ProductFindingOut,
)
async def find_of_goods(
    program: ProgramPath,
    entry_number: EntryNumberPath,
    body: FindingIn,
    request: Request,
    caller: Annotated[Identity, allow("program.find")],
    call: CurrentIdempotentCall,
) -> Response:
    """Of an entry that waits for a person (`waits-review`); the last finding stands, and it is judged again at once."""
    now, number = now_of(request), canonical_entry_number(entry_number)
    policy, law, today = cycle_policy_of(request), law_of(request), today_of(request)

    async def act(tx: Transaction) -> ProductFindingOut:
        await hold_entry(tx, number, caller, "program.find", today)
        await acts.hold_program(tx, program)
        finding = GoodsFinding(
            program, number, 0, body.is_product, body.explanation, now, caller.subject, caller.acting_for
        )
        kept = await store.add_finding(tx, finding)
        await judge_entries(tx, program, [number], now, policy, law)
        return ProductFindingOut.model_validate(kept, from_attributes=True)

    return await answer_once(request, call, act)


class StateOut(BaseModel):
    """Rows in one state, by code."""

    state: Literal["read", "dropped", "withdrawn", "nothing", "waiting", "due", "posted"]
    code: str | None
    entries: int
    removed_usd: str


def show_states(counts: list[declaration_store.StateCount]) -> list[StateOut]:
    """Rows by state and code, as they are shown."""
    return [
        StateOut.model_validate(
            {
                "state": each.state,
                "code": each.code,
                "entries": each.entries,
                "removed_usd": format_cents(each.removed_cents),
            }
        )
        for each in counts
    ]


async def _show(connection: AsyncConnection, found: Program, caller: Identity, *, is_whole: bool) -> ProgramOut:
    revisions = await store.list_revisions(connection, found.program)
    told = [each for each in revisions if is_staff(caller) or each.state in ("released", "superseded")]
    events = await store.list_events(connection, found.program) if is_whole and is_staff(caller) else []
    shown = next((each for each in revisions if each.revision == found.released_revision), revisions[-1])
    declaring = shown.rules.declaring
    return ProgramOut(
        program=found.program,
        title=shown.rules.title,
        released_revision=found.released_revision,
        standing=found.standing,
        standing_since=found.standing_since,
        is_stayed=found.stayed_from is not None,
        intake=shown.rules.intake,
        declaring_from=declaring.since,
        declaring_until=declaring.until,
        revisions=[_revision(each, caller) for each in told] if is_whole else [],
        history=[ProgramEventOut.model_validate(each, from_attributes=True) for each in events],
    )


def _revision(found: Revision, caller: Identity) -> RevisionOut:
    shown = replace(found, definition=mask_definition(found.definition, caller))
    return RevisionOut.model_validate(shown, from_attributes=True)


def mask_definition(definition: Mapping[str, Any], caller: Identity) -> dict[str, Any]:
    """A definition as a caller may see it: goods and cohorts may name importers, whose numbers can be persons'."""
    shown = dict(definition)
    if "goods" in shown:
        shown["goods"] = _mask_importers(shown["goods"], caller)
    if "cohorts" in shown:
        shown["cohorts"] = [_mask_importers(each, caller) for each in shown["cohorts"]]
    return shown


def _mask_importers(part: Mapping[str, Any], caller: Identity) -> dict[str, Any]:
    if not part.get("importers"):
        return dict(part)
    return {**part, "importers": [mask_importer(each, caller) for each in part["importers"]]}


def mask_importer(importer_number: str, caller: Identity) -> str:
    """An importer number as a caller may see it: whole to its holder, to others of the trade masked."""
    if is_staff(caller) or importer_number in caller.importer_numbers:
        return shown_importer_number(caller, importer_number)
    return mask_importer_number(importer_number)


def _headers(made: RevisionOut) -> dict[str, str]:
    return {"ETag": etag(made.edits), "Location": f"/programs/{made.program}"}


def _trial(trial: Trial, edits: int, *, with_lines: bool) -> TrialOut:
    lines = [
        TrialLineOut.model_validate(
            {**line, "removed_usd": format_cents(line["removed_cents"]), "likely_usd": _usd(line.get("likely_cents"))}
        )
        for line in trial.lines
    ]
    return TrialOut(
        program=trial.program,
        trial=trial.number,
        revision=trial.revision,
        is_of_this_edit=trial.edits == edits,
        as_of=trial.as_of,
        tried_at=trial.tried_at,
        tried_by=trial.tried_by,
        entries=trial.entries,
        accepted=trial.accepted,
        removed_usd=format_cents(trial.removed_cents),
        likely_usd=_usd(trial.likely_cents),
        by_code=_totals(trial, "code"),
        by_cohort=_totals(trial, "cohort"),
        by_center=_totals(trial, "center"),
        by_month=_totals(trial, "month"),
        by_readiness=_totals(trial, "readiness"),
        examples={code: list(numbers) for code, numbers in trial.examples.items()},
        lines=lines if with_lines else [],
    )


def _usd(cents: int | None) -> str | None:
    return format_cents(cents) if cents is not None else None


def _totals(trial: Trial, name: str) -> list[TotalOut]:
    sums: dict[str | None, list[int]] = {}
    for line in trial.lines:
        total = sums.setdefault(line[name], [0, 0, 0])
        total[0] += line["entries"]
        total[1] += line["removed_cents"]
        total[2] += line.get("likely_cents", 0)
    ordered = sorted(sums.items(), key=lambda item: (item[0] is not None, item[0] or ""))
    return [
        TotalOut(
            value=value,
            entries=n,
            removed_usd=format_cents(removed),
            likely_usd=format_cents(likely) if trial.likely_cents is not None else None,
        )
        for value, (n, removed, likely) in ordered
    ]
