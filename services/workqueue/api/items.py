"""Items in the order of the queue, and one of them with everything that happened to it."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from io import StringIO
from typing import Annotated, Any, Final, Literal, NamedTuple, assert_never
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts.compartment import LISTED, note_reads
from services.workqueue.acts.following import list_facts_of
from services.workqueue.acts.may_do import bars_on_item
from services.workqueue.acts.quality import blind
from services.workqueue.acts.reach import demand_item_sight, knower, matter_for_work, seen
from services.workqueue.api.common import ItemId, center_goal_of, importer_of
from services.workqueue.api.decisions import DecisionOut, decision_out
from services.workqueue.api.filters import FilterIn, ListIn, TableIn, filter_of, page_of
from services.workqueue.api.matters import MatterOut, matter_out
from services.workqueue.api.requests import RequestOut, request_out
from services.workqueue.domain.clocks import FIND_CENTER, PROTEST_DECIDE, REVIEW_CUTOFF, center_goal_on
from services.workqueue.domain.compartment import is_known
from services.workqueue.domain.decision import Outcome, RefusedDecision
from services.workqueue.domain.filing import WITHOUT_CENTER, tell_basis
from services.workqueue.domain.filter import Counted
from services.workqueue.domain.item import WAITING, CenterBasis, Item, Kind, Note, State
from services.workqueue.domain.matter import held_stage
from services.workqueue.domain.review import WhyHere, tell_consultation, tell_transfer, tell_why
from services.workqueue.store import decisions as decision_store
from services.workqueue.store import filings as filing_store
from services.workqueue.store import items as item_store
from services.workqueue.store import matters as matter_store
from services.workqueue.store import quality as quality_store
from services.workqueue.store import requests as request_store
from services.workqueue.store.items import ListedItem
from shared.customs.calendar import legal_date
from shared.customs.centers import PENDING
from shared.customs.money import format_cents
from shared.db.transaction import reading
from shared.runtime.access import no_such, reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.conditional import NOT_MODIFIED, answer_if_changed
from shared.web.may_do import MayDoOut, tell_may_do
from shared.web.pagination import Page, PageParams, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["items"])

_TABLE: Final = (
    "item_id",
    "kind",
    "process",
    "state",
    "stage",
    "waits_for",
    "center",
    "division",
    "priority",
    "due_on",
    "due_rule",
    "opened_at",
    "entry_number",
    "filing_number",
    "protest_number",
    "entry_type",
    "port_of_entry",
    "importer_number",
    "importer_name",
    "value_usd",
    "duty_usd",
    "why_here",
    "scheduled_on",
    "deemed_on",
    "holder",
    "holder_name",
    "lease_until",
    "assigned_to",
    "outcome",
)
"""The columns of the table of items."""


class GoodsOut(BaseModel):
    """Goods on the entry that the consulted Center is asked about."""

    model_config = ConfigDict(from_attributes=True)

    tariff: str = Field(examples=["8703230170"])
    line_count: int = Field(examples=[2])
    value_usd: int = Field(examples=[48000])


class ClockOut(BaseModel):
    """A day by which something is due."""

    model_config = ConfigDict(from_attributes=True)

    rule: str = Field(examples=["pd-unknown-data"])
    citation: str = Field(examples=["19 CFR 162.74(b)(4)"])
    what: str = Field(examples=["Complete the disclosure."])
    due_on: date
    evidence: str = Field(description="How well the rule is evidenced: S, P, M, or U for uncertain.", examples=["M"])


class CenterReasonOut(BaseModel):
    """Why the item is with its Center, or with none."""

    code: str = Field(examples=["center-by-request"])
    text: str
    fact: str | None = Field(description="The request answered, or the entry that decided.")


class SelectedOut(BaseModel):
    """A ground on which routing called for the review: a criterion that the entry met, or the random draw."""

    code: str = Field(examples=["low-value-vn"])
    text: str
    fact: str | None = Field(description="What of the entry met it.")


class GoalOut(BaseModel):
    """A day by which something should be done: policy of the operator, nothing follows by law when it passes."""

    rule: str = Field(examples=[FIND_CENTER])
    kind: Literal["goal"] = "goal"
    what: str
    due_on: date
    is_past: bool


class ItemOut(BaseModel):
    """A piece of work in its queue: who has it, since when, until when, and on whose authority."""

    item_id: UUID
    kind: Kind = Field(
        description="A process on an entry; another Center's advice on goods of an entry; a protest; another filing."
    )
    process: str = Field(examples=["ad-cvd"])
    entry_number: str | None = Field(description="Null for a filing: it names `entry_count` of them.")
    entry_count: int = Field(description="How many entries the item names; of a protest the first is known.")
    protest_number: str | None
    filing_number: str | None = Field(examples=["PD-2026-000017"])
    filing_kind: str | None = Field(description="The kind of post-entry filing.", examples=["prior-disclosure"])
    forwarded_from: str | None = Field(description="Where a misfiled filing was handed in; its receipt counts.")
    importer_number: str | None = Field(
        description="Masked when it is a social security number; null: of nobody who has one."
    )
    entry_type: str | None = Field(
        description="Of the entry, as routing told it last; null of a filing, which may name many.", examples=["01"]
    )
    port_of_entry: str | None = Field(description="Schedule D port of the entry.", examples=["2704"])
    importer_name: str | None
    center: str = Field(description="The Center that has the item.", examples=["CEE007"])
    center_basis: CenterBasis | None = Field(
        description="What a filing's Center follows from, derived anew with all that is learned; null for what is no"
        " filing, and for what was completed before it was kept.",
        examples=["requested-by"],
    )
    center_reason: CenterReasonOut | None = Field(
        description="Null for a protest and a matter, and where routing told the reason before it was kept."
    )
    selected: list[SelectedOut] = Field(
        description="Why routing calls for a review of the entry, the strictest ground first; empty for what is no"
        " review, where no review is called for any more, and where the reasons were told before they were kept."
    )
    duty_usd: str | None = Field(
        description="Duty declared on the entry; null where there is none, and where it was told before it was kept.",
        examples=["9375.00"],
    )
    center_goal: GoalOut | None = Field(description="While it waits for a Center: by when one should be found.")
    center_since: datetime = Field(description="Since when it has been that Center's.")
    asking_center: str | None = Field(
        description="The Center of record that asks for advice, and decides the entry itself.", examples=["CEE007"]
    )
    goods: list[GoodsOut] | None = Field(description="What a consultation is about.")
    authority: str | None = Field(description="The row of the authority table that says who decides.")
    division: str
    state: State
    priority: int = Field(description="1 is the most urgent.")
    value_usd: int | None
    opened_at: datetime = Field(
        description="When the filing was made that first called for the work; a move to another Center leaves it."
    )
    due_on: date | None = Field(description="The day by which to finish; null while it cannot be computed.")
    due_rule: str | None = Field(
        description="Which clock `due_on` is: the policy clock `review-cutoff`, the statutory `protest-decide`, or the"
        " earliest of a filing's `clocks`.",
        examples=["review-cutoff"],
    )
    clocks: list[ClockOut] = Field(description="Every clock that routing found for a filing, the earliest first.")
    scheduled_on: date | None = Field(description="When the entry is scheduled to liquidate.")
    deemed_on: date | None = Field(description="When the entry liquidates by law if nothing is done (19 USC 1504).")
    holder: str | None
    holder_name: str | None
    lease_until: datetime | None
    outcome: Outcome | None
    stage: str | None = Field(description="Where the process has come to; null before its first act.")
    stage_since: datetime | None
    waits_for: str | None = Field(description="Who has to do something first; null: the Center.", examples=["importer"])
    assigned_to: str | None = Field(description="Who is offered it first.")
    transferred_from: str | None = Field(description="The Center of record that handed it over to the present one.")
    at_port: str | None = Field(description="The port that has it in hand.")


class ChangeOut(BaseModel):
    """One line of an item's history."""

    sequence: int
    change: str
    state: str
    at: datetime
    actor: str
    actor_name: str
    acting_for: str | None
    reasons: list[dict[str, str | None]]


class ActOnItemOut(MayDoOut):
    """An act on an item; all of them are the action `item.work` of the table."""

    act: Literal["claim", "heartbeat", "release", "complete", "requests"] = Field(
        description="POST /items/{item_id}/… of this name."
    )
    note: str | None = Field(
        default=None, description="What to know before: that the legal record refused the decision before, and why."
    )


class RefusalOut(BaseModel):
    """A decision on the item that the legal record could not apply."""

    model_config = ConfigDict(from_attributes=True)

    decision_id: UUID
    rule: str
    citation: str
    remedy: str
    at: datetime


class LinkedOut(BaseModel):
    """An item that this one was opened from, or that was opened from it; only those that the caller may read."""

    item_id: UUID
    relation: Literal["opened-from", "opened"]
    process: str
    state: State
    stage: str | None
    center: str


class ItemDetailOut(ItemOut):
    """A piece of work with everything that happened to it."""

    entry_numbers: list[str] = Field(description="Every entry that the item is known to name.")
    token: int | None = Field(description="The token of the claim in force, shown to its holder only.")
    decision: DecisionOut | None
    refusals: list[RefusalOut] = Field(description="Decisions that the legal record could not apply, the first first.")
    requests: list[RequestOut]
    history: list[ChangeOut]
    may_do: list[ActOnItemOut] = Field(
        description="Each act on the item: whether the caller may, and what stands against it."
    )
    linked: list[LinkedOut] = Field(description="The matters opened from it, and the item that it was opened from.")
    matter: MatterOut | None = Field(description="Where the item stands in its process; null where it has no table.")


class CountOut(BaseModel):
    """How many items a filter gives."""

    count: int = Field(description="At most 10,000.", examples=[10000])
    is_exact: bool = Field(description="False: there are more.", examples=[False])
    shown: str = Field(description="As a badge shows it.", examples=["10,000+"])


def count_out(found: Counted) -> CountOut:
    """The count with what a badge shows."""
    return CountOut(count=found.found, is_exact=found.is_exact, shown=found.shown)


@router.get(
    "/items", summary="Items in the order of the queue", response_model=Page[ItemOut], responses=dict(NOT_MODIFIED)
)
@tells("ETag")
async def list_items(
    request: Request,
    caller: Annotated[Identity, allow("item.read")],
    query: Annotated[ListIn, Query()],
) -> Response:
    """Items of the caller's Centers: due first, unknown due dates last, then the more urgent, then the older.

    With `entry` this answers who has it: each item with its Center, division, holder, since when and until when. A
    Center also sees the consultations that it asked for. What waits for a Center is with `center` PNDING.
    """
    params = page_of(query)
    rows = await _rows(request, caller, query, params)
    goal = _Goal(today_of(request), center_goal_of(request))
    answer = Response()
    page = build_page(
        rows,
        params,
        key=_place,
        item=lambda row: ItemOut(**_item_fields(row, caller, goal)),
        request=request,
        response=answer,
    )
    return answer_if_changed(request, page, headers=_link_of(answer))


@router.get(
    "/items/count",
    summary="How many items a filter gives",
    response_model=CountOut,
    responses=dict(NOT_MODIFIED),
)
@tells("ETag")
async def count_items(
    request: Request, caller: Annotated[Identity, allow("item.read")], query: Annotated[FilterIn, Query()]
) -> Response:
    """The number of items that `GET /items` lists with the same filter: exact up to 10,000, then "10,000+"."""
    wanted, reach = filter_of(query, caller, request), reach_of(caller, "item.read", today_of(request))
    async with reading(engine_of(request)) as connection:
        found = await item_store.count_items(connection, reach, knower(caller), wanted)
    return answer_if_changed(request, count_out(found))


@router.get(
    "/items.csv",
    summary="Items as a table",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"example": f"{','.join(_TABLE)}\r\n"}}}, **NOT_MODIFIED},
)
@tells("Content-Disposition", "ETag", "Link")
async def export_items(
    request: Request, caller: Annotated[Identity, allow("item.read")], query: Annotated[TableIn, Query()]
) -> Response:
    """The items that `GET /items` lists with the same filter, as CSV, up to 20,000; a Link header leads to the rest.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    params = page_of(query)
    rows = await _rows(request, caller, query, params)
    out = StringIO()
    table = csv.writer(out)
    table.writerow(_TABLE)
    for row in rows[: params.limit]:
        told = _item_fields(row, caller, _Goal(today_of(request), center_goal_of(request)))
        told["why_here"] = "; ".join(each.text for each in told["selected"])
        table.writerow([_cell(told[name]) for name in _TABLE])
    answer = Response()
    build_page(rows, params, key=_place, item=lambda row: row, request=request, response=answer)
    named = {"Content-Disposition": 'attachment; filename="items.csv"'}
    return answer_if_changed(request, out.getvalue(), media_type="text/csv", headers=named | _link_of(answer))


async def _rows(request: Request, caller: Identity, query: FilterIn, page: PageParams) -> list[ListedItem]:
    position = page.position(date, int, datetime, UUID)
    reach = reach_of(caller, "item.read", today_of(request))
    wanted = filter_of(query, caller, request)
    async with reading(engine_of(request)) as connection:
        rows = await item_store.list_items(connection, reach, knower(caller), wanted, after=position, limit=page.fetch)
        unseen = await quality_store.find_blind(connection, [row.item.item_id for row in rows], caller.subject)
    sensitive = [row.item.item_id for row in rows if row.item.knowers is not None]
    await note_reads(engine_of(request), sensitive, caller, LISTED, now_of(request))
    return [
        replace(row, outcome=None, item=replace(row.item, stage=None)) if row.item.item_id in unseen else row
        for row in rows
    ]


def _place(row: ListedItem) -> tuple[date, int, datetime, UUID]:
    return row.due_order, row.item.priority, row.item.opened_at, row.item.item_id


def _link_of(answer: Response) -> dict[str, str]:
    return {name: answer.headers[name] for name in ("Link",) if name in answer.headers}


def _cell(value: Any) -> str:
    text = "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@router.get("/items/{item_id}", summary="An item with its history")
async def read_item(
    item_id: ItemId, request: Request, caller: Annotated[Identity, allow("item.read")]
) -> ItemDetailOut:
    """The item, every change with who made it and why, its decision, and the requests issued."""
    async with reading(engine_of(request)) as connection:
        listed = await item_store.find_item(connection, item_id)
        history = await item_store.find_history(connection, item_id)
        decision = await decision_store.find_decision(connection, item_id)
        issued = await request_store.find_requests(connection, item_id)
        refused = await decision_store.list_refused(connection, item_id)
        opening = await matter_store.find_opening(connection, item_id)
        done = await matter_store.list_acts(connection, item_id)
        facts = await list_facts_of(connection, listed.item) if listed is not None else []
        linked_ids = await matter_store.list_linked(connection, item_id)
        origin = opening.linked_item if opening is not None else None
        linked = await item_store.find_items(connection, [*linked_ids, *([origin] if origin is not None else [])])
        is_blind = bool(await quality_store.find_blind(connection, [item_id], caller.subject))
        named: list[str] = []
        if opening is not None:
            named = list(opening.entry_numbers)
        elif listed is not None and listed.item.filing_number is not None:
            named = await filing_store.find_named_entries(connection, listed.item.filing_number)
        elif listed is not None and listed.item.entry_number is not None:
            named = [listed.item.entry_number]
    if listed is None:
        raise no_such(f"item {item_id}")
    item = listed.item
    demand_item_sight(caller, item, today_of(request))
    if is_blind:
        raise blind()
    reach, asks = reach_of(caller, "item.read", today_of(request)), knower(caller)
    known = {each.item_id for each in linked if reach.covers(seen(each)) and is_known(each, asks)}
    if item.knowers is not None:
        await note_reads(engine_of(request), [item_id], caller, "item", now_of(request))
    listed_too = [each.item_id for each in linked if each.item_id in known and each.knowers is not None]
    await note_reads(engine_of(request), listed_too, caller, LISTED, now_of(request))
    return ItemDetailOut(
        **_item_fields(listed, caller, _Goal(today_of(request), center_goal_of(request))),
        entry_numbers=named,
        token=item.token if item.state == "claimed" and item.holder == caller.subject else None,
        decision=decision_out(decision) if decision is not None else None,
        refusals=[RefusalOut.model_validate(each) for each in refused],
        requests=[request_out(each, caller, today_of(request)) for each in issued],
        history=[_change_out(note) for note in history],
        may_do=_may_do(item, caller, now_of(request), refused),
        linked=[_linked_out(each, origin) for each in linked if each.item_id in known],
        matter=matter_out(item, opening, done, facts, caller, known),
    )


class _Goal(NamedTuple):
    """The day on which it is asked, and the goal of the operator in working days."""

    today: date
    working_days: int


def _item_fields(listed: ListedItem, caller: Identity, goal: _Goal) -> dict[str, Any]:
    item = listed.item
    selected, reason = _why_here(listed)
    clocks = sorted(listed.filing_clocks, key=lambda clock: (clock.due_on, clock.rule))
    rule: str | None
    match item.kind:
        case "review" | "consultation":
            rule = REVIEW_CUTOFF
        case "protest":
            rule = PROTEST_DECIDE
        case "filing":
            rule = clocks[0].rule if clocks else None
        case "matter":
            rule = item.process
        case _:
            assert_never(item.kind)
    return {
        "item_id": item.item_id,
        "kind": item.kind,
        "process": item.process,
        "entry_number": item.entry_number,
        "entry_count": listed.filing_entry_count if item.kind == "filing" else int(item.entry_number is not None),
        "protest_number": item.protest_number,
        "filing_number": item.filing_number,
        "filing_kind": listed.filing_kind,
        "forwarded_from": listed.forwarded_from,
        "importer_number": importer_of(item, caller),
        "entry_type": item.entry_type,
        "port_of_entry": item.port_of_entry,
        "importer_name": listed.importer_name,
        "center": item.center,
        "center_basis": item.center_basis,
        "center_reason": CenterReasonOut.model_validate(reason) if reason is not None else None,
        "selected": [SelectedOut.model_validate(each) for each in selected],
        "duty_usd": format_cents(listed.duty_cents) if listed.duty_cents is not None else None,
        "center_goal": _goal_out(item, goal),
        "center_since": item.center_since or item.opened_at,
        "asking_center": item.asking_center,
        "goods": [GoodsOut.model_validate(each) for each in item.goods] if item.goods is not None else None,
        "authority": item.authority,
        "division": item.division,
        "state": item.state,
        "priority": item.priority,
        "value_usd": item.value_usd,
        "opened_at": item.opened_at,
        "due_on": item.due_on,
        "due_rule": rule if item.due_on is not None else None,
        "clocks": [ClockOut.model_validate(clock) for clock in clocks],
        "scheduled_on": listed.scheduled_on,
        "deemed_on": listed.deemed_on,
        "holder": item.holder,
        "holder_name": item.holder_name,
        "lease_until": item.lease_until,
        "outcome": listed.outcome,
        "stage": held_stage(item),
        "stage_since": item.stage_since,
        "waits_for": item.waits_for,
        "assigned_to": item.assigned_to,
        "transferred_from": item.transferred_from,
        "at_port": item.at_port,
    }


def _why_here(listed: ListedItem) -> WhyHere:
    """What selected the entry of a review, and why the item is with its Center."""
    item = listed.item
    if item.center_basis is not None:
        return WhyHere((), tell_basis(item.center, item.center_basis, item.center_fact))
    if item.reviewed_entry is None:
        return WhyHere((), None)
    selected, center = tell_why(listed.routed_because)
    if item.transferred_from is not None:
        center = tell_transfer(item.transferred_from)
    elif item.kind == "consultation":
        center = tell_consultation(item.center, item.asking_center)
    return WhyHere(selected if item.kind == "review" else (), center)


def _goal_out(item: Item, goal: _Goal) -> GoalOut | None:
    if item.center != PENDING or item.state not in {"open", "claimed"} or item.center_basis in WITHOUT_CENTER:
        return None
    due_on = center_goal_on(legal_date(item.center_since or item.opened_at), goal.working_days)
    return GoalOut(
        rule=FIND_CENTER, what="Find the Center whose work it is.", due_on=due_on, is_past=due_on < goal.today
    )


def _may_do(item: Item, caller: Identity, now: datetime, refused: Sequence[RefusedDecision]) -> list[ActOnItemOut]:
    told = []
    note = None
    if refused and item.state in WAITING:
        note = f"The legal record refused the decision before: {refused[-1].remedy} Here refer or no-change ends it."
    for act, bar in bars_on_item(item, caller, now).items():
        (one,) = tell_may_do(caller, legal_date(now), matter_for_work(item), {"item.work": bar})
        told.append(ActOnItemOut(act=act, note=note if act == "complete" else None, **one.model_dump()))
    return told


def _linked_out(item: Item, origin: UUID | None) -> LinkedOut:
    return LinkedOut(
        item_id=item.item_id,
        relation="opened-from" if item.item_id == origin else "opened",
        process=item.process,
        state=item.state,
        stage=held_stage(item),
        center=item.center,
    )


def _change_out(note: Note) -> ChangeOut:
    return ChangeOut(
        sequence=note.sequence,
        change=note.change,
        state=note.state,
        at=note.at,
        actor=note.by.subject,
        actor_name=note.by.name,
        acting_for=note.by.acting_for,
        reasons=[dict(reason) for reason in note.reasons],
    )
