"""The account page as data, and what is related to an item: the same account, the same goods, the same issue."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts.compartment import note_reads
from services.workqueue.acts.reach import demand_item_sight, seen
from services.workqueue.api.common import ItemId, importer_of
from services.workqueue.domain.item import Item
from services.workqueue.domain.matter import held_stage
from services.workqueue.store import accounts as store
from services.workqueue.store import entries as entry_store
from services.workqueue.store import importers as importer_store
from services.workqueue.store import items as item_store
from shared.contracts.terms import ImporterNumber
from shared.customs.calendar import add_days
from shared.customs.money import format_cents
from shared.db.transaction import snapshot
from shared.runtime.access import no_such, reach_of, shown_importer_number
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.asking import Neighbour, Unanswered
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["accounts"])

_DAYS = 90
_SHOWN = 50
_YEAR = timedelta(days=365)


class WorkOut(BaseModel):
    """An item as one line of a list."""

    item_id: UUID
    kind: str
    process: str
    entry_number: str | None
    filing_number: str | None
    protest_number: str | None
    importer_number: str | None = Field(
        description="Masked when it is a social security number; null: of nobody who has one."
    )
    center: str
    state: str
    stage: str | None
    waits_for: str | None
    due_on: date | None
    value_usd: int | None
    holder_name: str | None


class OpenCountOut(BaseModel):
    """How much open work the account has in a Center."""

    model_config = ConfigDict(from_attributes=True)

    center: str
    process: str
    state: str
    items: int
    value_usd: int
    next_due_on: date | None


class AccountDayOut(BaseModel):
    """A day that comes within 90 days, or is over."""

    model_config = ConfigDict(from_attributes=True)

    item_id: UUID
    center: str
    process: str = Field(description="Of an item its process, of a letter its form.")
    kind: str = Field(description="Of an item its kind, or `letter`.")
    clock: str = Field(description="`work`, `deemed-liquidation` or `answer`.", examples=["deemed-liquidation"])
    due_on: date


class AccountLetterOut(BaseModel):
    """A letter that the account has to answer."""

    request_id: UUID
    item_id: UUID
    form: str
    center: str
    stage: str
    issued_on: date | None
    due_on: date | None
    issue: str | None
    effect_usd: str | None = Field(description="What a notice of action would change.")


class AccountDecisionOut(BaseModel):
    """A decision on work of the account."""

    item_id: UUID
    center: str
    process: str
    entry_number: str | None
    filing_number: str | None
    outcome: str
    duty_usd: str
    fees_usd: str
    decided_by: str
    decided_by_name: str
    acting_for: str | None
    decided_at: datetime


class AccountMoneyOut(BaseModel):
    """What is at stake, and what was decided in the last 365 days."""

    open_value_usd: int = Field(description="Entered value of what is open, each entry once, in whole US dollars.")
    proposed_usd: str = Field(description="Changes that notices of action propose.")
    increases_usd: str
    refunds_usd: str = Field(description="Negative.")


class StandingOut(BaseModel):
    """What routing says of the account; its parts are those of GET /importers/{importer_number} there."""

    answered: bool
    why: str | None = Field(description="Why it is missing.")
    family: str | None
    programs: list[str]
    contacts: list[dict[str, Any]]
    brokers: list[dict[str, Any]]


class AccountWorkOut(BaseModel):
    """Everything that the Centers have in hand for an account."""

    importer_number: str = Field(description="Masked when it is a social security number.")
    name: str | None
    center: str | None = Field(description="The Center of the account.")
    programs: list[str] = Field(description="Trusted programs, as the newest assignment said.")
    counts: list[OpenCountOut]
    open_work: list[WorkOut] = Field(description="The first 50 in the order of the queue.")
    days: list[AccountDayOut]
    letters: list[AccountLetterOut]
    money: AccountMoneyOut
    decisions: list[AccountDecisionOut]
    standing: StandingOut


class RelatedOut(BaseModel):
    """Open work that has to do with an item, as far as the caller reads it."""

    relation: Literal["account", "goods", "issue"]
    items: list[WorkOut]


@router.get("/accounts/{importer_number}/work", summary="An account's work, nationwide")
async def read_account_work(
    importer_number: Annotated[ImporterNumber, Path(examples=["07-345678900"])],
    request: Request,
    caller: Annotated[Identity, allow("account-work.read")],
) -> AccountWorkOut:
    """Open work in every Center, days of 90 days, letters out, money at stake, decisions; contacts, brokers, family.

    The last three are asked of routing with the caller's token, and may be missing (`standing.answered`).
    """
    today = today_of(request)
    async with snapshot(engine_of(request)) as tx:
        known = (await importer_store.load_importers(tx, [importer_number])).get(importer_number)
        counts = await store.count_open(tx, importer_number)
        work = await store.list_open(tx, importer_number, _SHOWN)
        days = await store.list_days(tx, importer_number, add_days(today, _DAYS), 10 * _SHOWN)
        letters = await store.list_letters(tx, importer_number, _SHOWN)
        decided = await store.list_decided(tx, importer_number, _SHOWN, caller.subject)
        value_usd, proposed = await store.sum_stake(tx, importer_number)
        increases, refunds = await store.sum_decided(tx, importer_number, now_of(request) - _YEAR)
    if known is None and not counts and not decided:
        raise no_such(f"account {shown_importer_number(caller, importer_number)}")
    return AccountWorkOut(
        importer_number=shown_importer_number(caller, importer_number),
        name=known.name if known is not None else None,
        center=known.center if known is not None else None,
        programs=list(known.programs) if known is not None else [],
        counts=[OpenCountOut.model_validate(each) for each in counts],
        open_work=[_work_out(each, caller) for each in work],
        days=[AccountDayOut.model_validate(each) for each in days],
        letters=[
            AccountLetterOut(
                request_id=each.request_id,
                item_id=each.item_id,
                form=each.form,
                center=each.center,
                stage=each.stage,
                issued_on=each.issued_on,
                due_on=each.due_on,
                issue=each.issue,
                effect_usd=format_cents(each.effect_cents) if each.effect_cents is not None else None,
            )
            for each in letters
        ],
        money=AccountMoneyOut(
            open_value_usd=value_usd,
            proposed_usd=format_cents(proposed),
            increases_usd=format_cents(increases),
            refunds_usd=format_cents(refunds),
        ),
        decisions=[
            AccountDecisionOut(
                **{name: value for name, value in each._asdict().items() if name not in {"duty_cents", "fees_cents"}},
                duty_usd=format_cents(each.duty_cents),
                fees_usd=format_cents(each.fees_cents),
            )
            for each in decided
        ],
        standing=await _standing(importer_number, request),
    )


@router.get("/items/{item_id}/related", summary="What is related to an item")
async def list_related(
    item_id: ItemId, request: Request, caller: Annotated[Identity, allow("item.read")]
) -> list[RelatedOut]:
    """Other open work of the account, on the same goods (of whatever account), and on the same issue of a letter."""
    async with snapshot(engine_of(request)) as tx:
        found = await item_store.find_items(tx.connection, [item_id])
        if not found:
            raise no_such(f"item {item_id}")
        (item,) = found
        demand_item_sight(caller, item, today_of(request))
        declared = await entry_store.load_declared(tx, item.entry_number) if item.entry_number is not None else []
        keys = sorted({each.key for each in declared if each.key is not None})
        by_relation: tuple[tuple[Literal["account", "goods", "issue"], list[Item]], ...] = (
            ("account", await store.list_open(tx, item.importer_number, 4 * _SHOWN)),
            ("goods", await store.list_same_goods(tx, keys, 4 * _SHOWN)),
            ("issue", await store.list_same_issue(tx, item_id, item.importer_number, 4 * _SHOWN)),
        )
    if item.knowers is not None:
        await note_reads(engine_of(request), [item_id], caller, "related work", now_of(request))
    reach = reach_of(caller, "item.read", today_of(request))
    return [
        RelatedOut(
            relation=relation,
            items=[_work_out(each, caller) for each in items if each.item_id != item_id and reach.covers(seen(each))][
                :_SHOWN
            ],
        )
        for relation, items in by_relation
    ]


async def _standing(importer_number: str, request: Request) -> StandingOut:
    routing: Neighbour = request.app.state.routing
    told = await routing.read(f"/importers/{importer_number}", request.headers["authorization"])
    if isinstance(told, Unanswered) or not isinstance(told, dict):
        why = told.why if isinstance(told, Unanswered) else "Routing gave an answer of another release."
        return StandingOut(answered=False, why=why, family=None, programs=[], contacts=[], brokers=[])
    return StandingOut(
        answered=True,
        why=None,
        family=told.get("family"),
        programs=told.get("programs_in_force", []),
        contacts=told.get("contacts", []),
        brokers=told.get("brokers", []),
    )


def _work_out(item: Item, caller: Identity) -> WorkOut:
    return WorkOut(
        item_id=item.item_id,
        kind=item.kind,
        process=item.process,
        entry_number=item.entry_number,
        filing_number=item.filing_number,
        protest_number=item.protest_number,
        importer_number=importer_of(item, caller),
        center=item.center,
        state=item.state,
        stage=held_stage(item),
        waits_for=item.waits_for,
        due_on=item.due_on,
        value_usd=item.value_usd,
        holder_name=item.holder_name,
    )
