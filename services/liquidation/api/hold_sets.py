"""The HTTP side of hold sets: draft, preview, apply, lift, history."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.acts import hold_sets as acts
from services.liquidation.acts.cycles import next_cycle
from services.liquidation.acts.may_do import bars_on_hold_set
from services.liquidation.api.common import OfCenter, narrow
from services.liquidation.api.predicates import PredicateIn, mask_predicate
from services.liquidation.domain.predicate import describe, predicate_to_json
from services.liquidation.store import hold_sets as store
from services.liquidation.store.hold_sets import HoldSet, HoldSetState, MatchedEntry
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading, snapshot, transaction
from shared.runtime.access import Matter, reach_of
from shared.runtime.concurrency import etag
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.may_do import MayDoOut, tell_may_do
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["holds"])


Horizon = Literal["1", "7", "14", "30", "60", "90", "later", "no date"]

HoldSetPath = Annotated[str, Path(description="The id that drafting gave.", max_length=64)]


def _says_something(given: PredicateIn) -> PredicateIn:
    if not given.as_predicate().given:
        raise PydanticCustomError("empty-predicate", "name at least one part: an empty predicate means every entry")
    if given.entered_from is not None and given.entered_to is not None and given.entered_from > given.entered_to:
        raise PydanticCustomError("empty-period", "entered_from is after entered_to: nothing can match")
    return given


class HoldSetIn(BaseModel):
    """A hold set to draft."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Duty removed by order",
                    "predicate": {"duty_heading": "990301"},
                    "reason": "A refund of this duty is expected: do not liquidate with it.",
                }
            ]
        },
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
    predicate: Annotated[PredicateIn, AfterValidator(_says_something)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class LiftIn(BaseModel):
    """Why a hold set is lifted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "The order was withdrawn."}]})

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class DraftedHoldSetOut(BaseModel):
    """A draft that was kept."""

    hold_set_id: str
    revision: int
    state: Literal["draft"]
    name: str


class HoldSetEventOut(BaseModel):
    """One thing that happened to a hold set; `entries` matched when it was applied."""

    revision: int
    change: str = Field(examples=["applied"])
    at: datetime
    actor: str
    acting_for: str | None
    detail: str | None
    entries: int | None
    authority: str | None = Field(description="The row of the table of authority that applying or lifting rests on.")


class HoldSetOut(BaseModel):
    """A hold set; the ETag is its revision."""

    hold_set_id: str
    revision: int
    name: str
    state: HoldSetState
    predicate: dict[str, str | list[str]]
    means: str = Field(examples=["a duty provision 990388 on a line and goods of CN"])
    reason: str
    made_at: datetime
    made_by: str
    applied_at: datetime | None
    lifted_at: datetime | None
    history: list[HoldSetEventOut] = []
    may_do: list[MayDoOut] = Field(
        default=[], description="Each act on it: whether the caller may, and what stands against it; of one set."
    )


class EffectOut(BaseModel):
    """From which cycle on a change has effect: the first whose Wednesday cut is to come."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"hold_set_id": "7f1c…", "state": "applied", "first_cycle_on": "2026-08-21"}]}
    )

    hold_set_id: str
    state: Literal["applied", "lifted"]
    first_cycle_on: date


class PreviewLineOut(BaseModel):
    """Entries of one Center and horizon (days until they are deemed liquidated)."""

    center: str | None
    horizon: str = Field(examples=["60"], description="1, 7, 14, 30, 60, 90, later, or no date.")
    entries: int
    suspended: int
    due: int
    duty_usd: str
    fees_usd: str


class PreviewOut(BaseModel):
    """What a hold set matches now; `due` would be liquidated by the next cycle without it."""

    hold_set_id: str
    next_cycle_on: date
    entries: int
    suspended: int
    due: int
    duty_usd: str
    fees_usd: str
    lines: list[PreviewLineOut]


class MatchedEntryOut(BaseModel):
    """An entry that a hold set matches; `is_due`: the next cycle would liquidate it without the set."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "entry_number": "B7603245278",
                    "center": "CEE007",
                    "horizon": "60",
                    "is_suspended": False,
                    "is_due": True,
                    "scheduled_on": "2026-12-04",
                    "deemed_on": "2027-01-23",
                    "duty_usd": "9375.00",
                    "fees_usd": "589.25",
                }
            ]
        }
    )

    entry_number: str
    center: str | None
    horizon: Horizon
    is_suspended: bool
    is_due: bool
    scheduled_on: date | None
    deemed_on: date | None
    duty_usd: str | None
    fees_usd: str | None


@router.post("/hold-sets", status_code=201, summary="Draft a hold set", response_model=DraftedHoldSetOut)
@tells("ETag", "Location")
async def create_hold_set(
    body: HoldSetIn, request: Request, caller: Annotated[Identity, allow("hold-set.draft")], call: CurrentIdempotentCall
) -> Response:
    """Keep a predicate over entries as a draft: preview it, then a second person applies it."""
    now, hold_set_id = now_of(request), acts.name_hold_set(call)

    async def act(tx: Transaction) -> DraftedHoldSetOut:
        predicate = body.predicate.as_predicate()
        draft = await acts.draft_hold_set(tx, now, hold_set_id, body.name, predicate, body.reason, caller)
        return DraftedHoldSetOut.model_validate(draft, from_attributes=True)

    return await answer_once(
        request,
        call,
        act,
        headers=lambda drafted: {"ETag": etag(drafted.revision), "Location": f"/hold-sets/{drafted.hold_set_id}"},
    )


@router.get("/hold-sets", summary="Hold sets")
async def list_hold_sets(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("hold-set.read")],
    page: CurrentPage,
    state: Annotated[HoldSetState | None, Query(description="Only of this state.")] = None,
) -> Page[HoldSetOut]:
    """In order of their ids."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_hold_sets(
            connection, state=state, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.hold_set_id,),
        item=lambda row: _hold_set(row, caller),
        request=request,
        response=response,
    )


@router.get("/hold-sets/{hold_set_id}", summary="A hold set with its history")
@tells("ETag")
async def read_hold_set(
    hold_set_id: HoldSetPath, request: Request, response: Response, caller: Annotated[Identity, allow("hold-set.read")]
) -> HoldSetOut:
    """The predicate, in words too, and who did what with it."""
    async with reading(engine_of(request)) as connection:
        return await _show(connection, hold_set_id, response, caller, today_of(request))


@router.put("/hold-sets/{hold_set_id}", summary="Edit a draft")
@tells("ETag")
async def edit_hold_set(
    hold_set_id: HoldSetPath,
    body: HoldSetIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("hold-set.draft")],
    meant: RequiredIfMatch,
) -> HoldSetOut:
    """Replace name, predicate and reason of a draft; who edits it cannot apply it."""
    now, predicate = now_of(request), body.predicate.as_predicate()
    async with transaction(engine_of(request)) as tx:
        await acts.edit_hold_set(tx, now, hold_set_id, meant, body.name, predicate, body.reason, caller)
        return await _show(tx.connection, hold_set_id, response, caller, today_of(request))


@router.get("/hold-sets/{hold_set_id}/preview", summary="What a hold set matches")
async def preview_hold_set(
    hold_set_id: HoldSetPath, request: Request, _: Annotated[Identity, allow("hold-set.read")]
) -> PreviewOut:
    """Entries not yet liquidated that match now, with money as asserted, by Center and days to the deemed date."""
    now = now_of(request)
    friday = next_cycle(now)
    async with snapshot(engine_of(request)) as tx:
        found = await _find(tx.connection, hold_set_id)
        lines = await store.preview(tx, found.predicate, legal_date(now), friday)
    return PreviewOut(
        hold_set_id=hold_set_id,
        next_cycle_on=friday,
        entries=sum(line.entries for line in lines),
        suspended=sum(line.suspended for line in lines),
        due=sum(line.due for line in lines),
        duty_usd=format_cents(sum(line.duty_cents for line in lines)),
        fees_usd=format_cents(sum(line.fees_cents for line in lines)),
        lines=[
            PreviewLineOut(
                center=line.center,
                horizon=line.horizon,
                entries=line.entries,
                suspended=line.suspended,
                due=line.due,
                duty_usd=format_cents(line.duty_cents),
                fees_usd=format_cents(line.fees_cents),
            )
            for line in lines
        ],
    )


@router.get("/hold-sets/{hold_set_id}/preview/entries", summary="The entries that a hold set matches")
async def list_hold_set_entries(
    hold_set_id: HoldSetPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("hold-set.read")],
    page: CurrentPage,
    horizon: Annotated[Horizon | None, Query(description="Only those of this horizon.")] = None,
    center: OfCenter = None,
) -> Page[MatchedEntryOut]:
    """Entries of the Centers that the caller reads, in order of number, with money as asserted."""
    now, position = now_of(request), page.position(str)
    reach = narrow(reach_of(caller, "entry.read", today_of(request)), center)
    async with snapshot(engine_of(request)) as tx:
        found = await _find(tx.connection, hold_set_id)
        rows = await store.list_matched(
            tx,
            found.predicate,
            legal_date(now),
            next_cycle(now),
            reach,
            horizon=horizon,
            after=position[0] if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows, page, key=lambda row: (row.entry_number,), item=_matched, request=request, response=response
    )


@router.post("/hold-sets/{hold_set_id}/apply", summary="Apply a hold set")
async def apply_hold_set(
    hold_set_id: HoldSetPath,
    request: Request,
    caller: Annotated[Identity, allow("hold-set.apply")],
    meant: RequiredIfMatch,
) -> EffectOut:
    """As a second person: cycles whose cut is still to come hold back what matches at their run.

    Informal entries are never held, and an entry whose period would end before the next Friday is taken all the same.
    """
    async with transaction(engine_of(request)) as tx:
        friday = await acts.apply_hold_set(tx, now_of(request), hold_set_id, meant, caller)
    return EffectOut(hold_set_id=hold_set_id, state="applied", first_cycle_on=friday)


@router.post("/hold-sets/{hold_set_id}/lift", summary="Lift a hold set")
async def lift_hold_set(
    hold_set_id: HoldSetPath,
    body: LiftIn,
    request: Request,
    caller: Annotated[Identity, allow("hold-set.lift")],
    meant: RequiredIfMatch,
) -> EffectOut:
    """Cycles whose cut is still to come take its entries again."""
    async with transaction(engine_of(request)) as tx:
        friday = await acts.lift_hold_set(tx, now_of(request), hold_set_id, meant, body.reason, caller)
    return EffectOut(hold_set_id=hold_set_id, state="lifted", first_cycle_on=friday)


async def _show(
    connection: AsyncConnection, hold_set_id: str, response: Response, caller: Identity, today: date
) -> HoldSetOut:
    found = await _find(connection, hold_set_id)
    history = await store.list_hold_set_events(connection, hold_set_id)
    response.headers["ETag"] = etag(found.revision)
    shown = _hold_set(found, caller)
    shown.history = [HoldSetEventOut.model_validate(each, from_attributes=True) for each in history]
    shown.may_do = tell_may_do(caller, today, Matter(), bars_on_hold_set(found, history, caller))
    return shown


async def _find(connection: AsyncConnection, hold_set_id: str) -> HoldSet:
    found = await store.find_hold_set(connection, hold_set_id)
    if found is None:
        raise NotFound(f"There is no hold set {hold_set_id}.", remedy="GET /hold-sets lists them.")
    return found


def _matched(row: MatchedEntry) -> MatchedEntryOut:
    return MatchedEntryOut.model_validate(
        {
            "entry_number": row.entry_number,
            "center": row.center,
            "horizon": row.horizon,
            "is_suspended": row.is_suspended,
            "is_due": row.is_due,
            "scheduled_on": row.scheduled_on,
            "deemed_on": row.deemed_on,
            "duty_usd": None if row.duty_cents is None else format_cents(row.duty_cents),
            "fees_usd": None if row.fees_cents is None else format_cents(row.fees_cents),
        }
    )


def _hold_set(found: HoldSet, caller: Identity) -> HoldSetOut:
    shown = mask_predicate(found.predicate, caller)
    return HoldSetOut(
        hold_set_id=found.hold_set_id,
        revision=found.revision,
        name=found.name,
        state=found.state,
        predicate=predicate_to_json(shown),
        means=describe(shown),
        reason=found.reason,
        made_at=found.made_at,
        made_by=found.made_by,
        applied_at=found.applied_at,
        lifted_at=found.lifted_at,
    )
