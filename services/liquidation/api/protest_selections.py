"""The HTTP side of protests in bulk by criteria: drafted, its sample looked at, begun, followed protest by protest."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.acts import protest_selections as acts
from services.liquidation.api.common import law_of, shown_number
from services.liquidation.api.predicates import PredicateIn
from services.liquidation.api.protest_acts import ReasonedActIn, RecommendIn, RejectIn, SignIn, SuspendIn
from services.liquidation.domain.protest.selection import (
    Criteria,
    LookVerdict,
    SelectedState,
    Selection,
    SelectionPolicy,
    SelectionState,
)
from services.liquidation.domain.protest.stages import FurtherReview, Stage
from services.liquidation.domain.protest.timeliness import Timeliness
from services.liquidation.store import protest_selections as store
from shared.contracts.terms import EntryNumber, SaidText
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import no_such, reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["protest selections"])

SelectionId = Annotated[
    UUID, Path(description="The id of the selection.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])
]
Defect = Literal["untimely", "too-early", "incomplete", "no-standing", "not-protestable", "second-protest", "split"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CriteriaIn(_In):
    """Open protests for which every given part holds."""

    entries: PredicateIn = Field(
        default=PredicateIn(),
        description="What holds of every entry that a protest names: Center, importer, filer, tariff number, dates of"
        " entry and so on. A protest that names others too is left out, and told.",
    )
    issue: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The question, as GET /protest-issues lists it."
    )
    defect: Defect | None = Field(default=None, description="A ground on record for rejecting it.")
    states: Annotated[list[Stage], Field(max_length=7)] = []
    lead_protest: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        default=None, description="The protest for which it waits."
    )
    timeliness: Timeliness | None = None
    further_review: FurtherReview | None = None
    received_from: LegalDay | None = None
    received_to: LegalDay | None = None
    due_before: LegalDay | None = Field(default=None, description="What CBP has to do first is due before this day.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.entries.as_predicate().given and not self.model_dump(exclude={"entries"}, exclude_defaults=True):
            raise PydanticCustomError("empty-criteria", "name at least one part: empty criteria mean every protest")
        return self

    def as_criteria(self) -> Criteria:
        """The same as the rules and the store take it."""
        parts = {name: getattr(self, name) for name in type(self).model_fields}
        return Criteria(**parts | {"entries": self.entries.as_predicate(), "states": tuple(self.states)})


class StepIn(_In):
    """An act that states nothing but a remark."""

    kind: Literal["begin-review", "ask-party", "party-answered", "resume", "return"]
    text: Annotated[str, Field(max_length=500, description="A remark for the history.")] = ""


SelectedActIn = Annotated[
    StepIn | SuspendIn | ReasonedActIn | RecommendIn | SignIn | RejectIn, Field(discriminator="kind")
]


class SelectionIn(_In):
    """An act, and the protests to do it on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "criteria": {"issue": "weight limit", "entries": {"tariff_prefix": "8471", "center": "CEE007"}},
                    "act": {"kind": "recommend", "reasons": "As in the lead protest.", "otherwise": "denied"},
                    "reason": "The question of the lead protest.",
                    "sample": 20,
                    "tolerated": 0,
                }
            ]
        },
    )

    criteria: CriteriaIn
    act: SelectedActIn
    reason: SaidText
    sample: int = Field(
        ge=0,
        le=500,
        description="So many protests, drawn at random, are looked at before; a decision needs some (a setting).",
    )
    tolerated: int = Field(
        ge=0, le=500, description="How many of the sample may differ. Those that do are left out in any case."
    )


class SelectionActIn(_In):
    """What is done with a selection."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"act": "begin"}]})

    act: Literal["begin", "withdraw"]


class LookIn(_In):
    """What an officer found who looked at a protest of the sample."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"verdict": "agrees", "says": "The same goods and the same claim as the lead."}]
        },
    )

    verdict: LookVerdict = Field(description="`agrees`: the act fits it; `differs`: it does not.")
    says: SaidText


class LeftOutCount(BaseModel):
    """How many protests were refused or are left out for one reason."""

    code: str = Field(examples=["stale"])
    protests: int


class SelectionLineOut(BaseModel):
    """A selection in the list."""

    selection_id: UUID
    criteria: dict[str, Any]
    act: dict[str, Any]
    reason: str
    sample: int = Field(description="So many protests are looked at before; all when there are fewer.")
    tolerated: int = Field(description="How many of the sample may differ.")
    asked_by: str
    asked_at: datetime
    state: SelectionState = Field(
        description="`looking` while the act is tried; `ready` for the sample and to begin; `running`; `done`."
    )
    protests: int
    is_cut: bool = Field(description="The criteria gave more than 20,000: draft again for the rest afterwards.")
    foreseen: int = Field(description="How many are left out as things stood when the act was tried.")
    stake_usd: str = Field(description="Duty and fees of the entries of the others, as liquidated.")
    stake_unknown: int = Field(description="Protests of which that is not known.")
    change_usd: str = Field(description="What the act changes in all; negative: refunds.")
    needs_second: bool = Field(description="Over the limits, or money unknown: another person has to begin it.")
    begun_by: str | None
    begun_at: datetime | None
    ended_at: datetime | None


class SelectionOut(SelectionLineOut):
    """A selection: what it would do, and what it has done."""

    pending: int
    left_out: int
    done: int
    refused: int
    refusals: list[LeftOutCount] = Field(description="Why protests were refused or are left out; the most first.")


class SelectedOut(BaseModel):
    """What became of one protest."""

    number: int
    protest_number: str
    state: SelectedState
    code: str | None = Field(description="Why it was refused, or is left out.")
    says: str | None
    stake_usd: str | None = Field(description="Null: not known.")
    change_usd: str
    at: datetime | None


class SelectedEntryOut(BaseModel):
    """An entry that a protest of the selection names."""

    number: int = Field(description="The protest's number in the selection.")
    protest_number: str
    entry_number: EntryNumber
    state: SelectedState
    timeliness: Timeliness = Field(description="Whether the protest is in time for this entry.")
    stake_usd: str | None = Field(description="Duty and fees of the entry as liquidated. Null: not known.")


class LookOut(BaseModel):
    """A protest of the sample."""

    number: int
    protest_number: str
    verdict: LookVerdict | None = Field(description="Null: nobody has looked yet.")
    says: str | None
    looked_by: str | None
    looked_at: datetime | None


class SelectionSampleOut(BaseModel):
    """The sample of a selection, by number; `seed` and `candidates` are what it can be drawn again from."""

    seed: str | None = Field(description="Null while the act is tried: nothing is drawn yet.")
    candidates: int
    drawn_at: datetime | None
    items: list[LookOut]


@router.post(
    "/protest-selections", status_code=201, summary="Draft an act on protests by criteria", response_model=SelectionOut
)
async def create_protest_selection(
    body: SelectionIn, request: Request, call: CurrentIdempotentCall, caller: Annotated[Identity, allow(acts.ACTION)]
) -> Response:
    """Keep the open protests that the criteria give now, up to 20,000, and try the act on each: nothing is changed.

    The answer counts them, the money at stake, and who is left out why. Of more than 100 a job tries: read the
    selection until it is `ready`. Then the sample is drawn, once, under a seed that is kept.
    """

    async def draft(tx: Transaction) -> SelectionOut:
        selection = await acts.draft(
            tx,
            caller,
            now_of(request),
            _policy_of(request),
            law_of(request),
            key=call.key,
            criteria=body.criteria.as_criteria(),
            criteria_told=body.criteria.model_dump(mode="json", exclude_defaults=True),
            act=body.act.model_dump(mode="json"),
            reason=body.reason,
            sample=body.sample,
            tolerated=body.tolerated,
        )
        return await _selection_out(tx, selection, caller)

    return await answer_once(request, call, draft)


@router.get("/protest-selections", summary="Selections of protests")
async def list_protest_selections(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow(acts.ACTION)],
    page: CurrentPage,
    state: Annotated[SelectionState | None, Query(description="Only those in this state.", examples=["ready"])] = None,
) -> Page[SelectionLineOut]:
    """The caller's own, and those that the caller may begin in all their Centers; the newest first."""
    position = page.position(AwareDatetime, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_selections(
            connection,
            caller.signature,
            reach_of(caller, acts.ACTION, today_of(request)),
            state=state,
            after=(position[0], position[1]) if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.asked_at, row.selection_id),
        item=lambda row: SelectionLineOut(**_told(row, caller)),
        request=request,
        response=response,
    )


@router.get("/protest-selections/{selection_id}", summary="A selection of protests")
async def read_protest_selection(
    selection_id: SelectionId, request: Request, caller: Annotated[Identity, allow(acts.ACTION)]
) -> SelectionOut:
    """The selection as it stands, with how many protests are done, refused, left out and to be done."""
    async with transaction(engine_of(request)) as tx:
        return await _selection_out(tx, await _find(tx.connection, selection_id, caller, request), caller)


@router.post("/protest-selections/{selection_id}/acts", summary="Begin or withdraw a selection of protests")
async def act_on_protest_selection(
    selection_id: SelectionId,
    body: SelectionActIn,
    request: Request,
    caller: Annotated[Identity, allow(acts.ACTION)],
) -> SelectionOut:
    """Begin one whose sample was looked at whole, over the limits as a second person; withdraw one, also while it goes.

    A job acts on each protest in a transaction of its own, at the version that was tried: one that has changed since is
    refused. It goes on where it was when it is stopped. What is done is not undone by a withdrawal.
    """
    async with transaction(engine_of(request)) as tx:
        act = acts.begin if body.act == "begin" else acts.withdraw
        return await _selection_out(tx, await act(tx, caller, selection_id, now_of(request)), caller)


@router.get("/protest-selections/{selection_id}/sample", summary="The sample of a selection of protests")
async def list_selection_sample(
    selection_id: SelectionId, request: Request, caller: Annotated[Identity, allow(acts.ACTION)]
) -> SelectionSampleOut:
    """The protests to look at before: of those not left out, the ones whose SHA-256 of `seed/number` comes first."""
    async with reading(engine_of(request)) as connection:
        selection = await _find(connection, selection_id, caller, request)
        return await _sample_out(connection, selection)


@router.post("/protest-selections/{selection_id}/sample/{number}", summary="Say what a protest of the sample is like")
async def look_at_selected_protest(
    selection_id: SelectionId,
    number: Annotated[int, Path(ge=1, le=20_000, description="The protest's number in the selection.", examples=[7])],
    body: LookIn,
    request: Request,
    caller: Annotated[Identity, allow(acts.ACTION)],
) -> SelectionSampleOut:
    """Whoever decided an entry of the protest does not look at it. What was said of it stays."""
    async with transaction(engine_of(request)) as tx:
        await acts.look(tx, caller, selection_id, number, body.verdict, body.says, now_of(request))
        selection = await _find(tx.connection, selection_id, caller, request)
        return await _sample_out(tx.connection, selection)


@router.get("/protest-selections/{selection_id}/protests", summary="What became of each protest")
async def list_selected_protests(
    selection_id: SelectionId,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow(acts.ACTION)],
    page: CurrentPage,
    state: Annotated[SelectedState | None, Query(examples=["left-out"])] = None,
) -> Page[SelectedOut]:
    """The protests of a selection by number, each with what was done or why not."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        await _find(connection, selection_id, caller, request)
        after = position[0] if position else 0
        rows = await store.list_results(connection, selection_id, state=state, after=after, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.number,),
        item=lambda row: SelectedOut(
            number=row.number,
            protest_number=row.filing_number,
            state=row.state,
            code=row.code,
            says=row.says,
            stake_usd=format_cents(row.stake_cents) if row.stake_cents is not None else None,
            change_usd=format_cents(row.change_cents),
            at=row.at,
        ),
        request=request,
        response=response,
    )


@router.get("/protest-selections/{selection_id}/entries", summary="The entries of a selection of protests")
async def list_selected_entries(
    selection_id: SelectionId,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow(acts.ACTION)],
    page: CurrentPage,
    state: Annotated[
        SelectedState | None, Query(description="Only of protests in this state.", examples=["pending"])
    ] = None,
) -> Page[SelectedEntryOut]:
    """Every entry that a protest of the selection names, by number of the protest: what the act reaches."""
    position = page.position(int, str)
    async with reading(engine_of(request)) as connection:
        await _find(connection, selection_id, caller, request)
        after = (position[0], position[1]) if position else (0, "")
        rows = await store.list_entries(connection, selection_id, state=state, after=after, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.number, row.entry_number),
        item=lambda row: SelectedEntryOut(
            number=row.number,
            protest_number=row.filing_number,
            entry_number=row.entry_number,
            state=row.state,
            timeliness=row.timeliness,
            stake_usd=format_cents(row.stake_cents) if row.stake_cents is not None else None,
        ),
        request=request,
        response=response,
    )


async def _find(connection: AsyncConnection, selection_id: UUID, caller: Identity, request: Request) -> Selection:
    selection = await store.find_selection(connection, selection_id)
    if selection is None or not acts.sees(caller, selection, now_of(request)):
        raise no_such(f"protest selection {selection_id}")
    return selection


def _policy_of(request: Request) -> SelectionPolicy:
    policy: SelectionPolicy = request.app.state.selection_policy
    return policy


def _told(selection: Selection, caller: Identity) -> dict[str, Any]:
    criteria = dict(selection.criteria)
    if number := criteria.get("entries", {}).get("importer_number"):
        criteria["entries"] = criteria["entries"] | {"importer_number": shown_number(number, caller)}
    names = SelectionLineOut.model_fields.keys() - {"criteria", "asked_by", "stake_usd", "change_usd"}
    return {name: getattr(selection, name) for name in names} | {
        "criteria": criteria,
        "asked_by": selection.signature,
        "stake_usd": format_cents(selection.stake_cents),
        "change_usd": format_cents(selection.change_cents),
    }


async def _selection_out(tx: Transaction, selection: Selection, caller: Identity) -> SelectionOut:
    progress = await store.count_results(tx, selection.selection_id)
    refusals = await store.list_refusals(tx.connection, selection.selection_id)
    return SelectionOut(
        **_told(selection, caller),
        **progress._asdict(),
        refusals=[LeftOutCount(code=code, protests=found) for code, found in refusals],
    )


async def _sample_out(connection: AsyncConnection, selection: Selection) -> SelectionSampleOut:
    drawn = await store.find_draw(connection, selection.selection_id)
    sample = await store.list_sample(connection, selection.selection_id)
    return SelectionSampleOut(
        seed=selection.seed if drawn is not None else None,
        candidates=drawn.candidates if drawn is not None else 0,
        drawn_at=drawn.drawn_at if drawn is not None else None,
        items=[
            LookOut(
                number=each.number,
                protest_number=each.filing_number,
                verdict=each.verdict,
                says=each.says,
                looked_by=each.looked_by,
                looked_at=each.looked_at,
            )
            for each in sample
        ],
    )
