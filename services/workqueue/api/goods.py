"""The goods of an item's entry, each with what was decided on the same goods before: own Center first, then newest."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.workqueue.acts.compartment import note_reads
from services.workqueue.acts.reach import demand_item_sight
from services.workqueue.api.common import ItemId
from services.workqueue.domain.decision import Outcome
from services.workqueue.domain.goods import Answer, DecidedGoods, DeclaredGoods, own_first, tell_earlier
from services.workqueue.store import decided_goods as decided_goods_store
from services.workqueue.store import entries as entry_store
from services.workqueue.store import items as item_store
from shared.customs.money import format_cents
from shared.db.transaction import snapshot
from shared.runtime.access import Matter, Reach, no_such, reach_of, shown_importer_number
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["items"])


class EarlierAnswerOut(BaseModel):
    """One answer that earlier decisions gave, and how often; the rarest is listed like the others."""

    issue: str | None = Field(description="What was found otherwise; null: nothing was.", examples=["02"])
    is_kept: bool
    found: str = Field(examples=["8471410150"])
    times: int
    last_at: datetime


class EarlierOut(BaseModel):
    """One earlier decision on the same goods."""

    decision_id: UUID
    item_id: UUID | None = Field(description="Null where the item is not the caller's to read.")
    entry_number: str | None = Field(description="Null where the item is not the caller's to read.")
    line_number: int
    importer: str = Field(description="Another Center's importer is not named.", examples=["other importer 1"])
    center: str
    process: str
    outcome: Outcome
    issue: str | None
    declared: str
    found: str
    ruling: str | None
    decided_at: datetime
    was_refused: bool = Field(description="The legal record could not apply it; what it says of the goods stands.")


class ReviewedLineOut(BaseModel):
    """A line as it was declared, and what was decided on the same goods."""

    line_number: int
    key: str | None = Field(description="Null: description and maker do not tell the goods apart.")
    tariff: str | None
    special_tariffs: list[str]
    origin: str
    manufacturer_id: str | None
    description: str
    value_usd: int
    duty_usd: str
    preference: str | None
    cases: list[str]
    quantity: str | None
    unit: str | None
    says: str = Field(examples=["42 earlier: 40 kept 8471300100, 2 changed to 8471410150"])
    answers: list[EarlierAnswerOut] = Field(description="Every answer, the most frequent first.")
    earlier: list[EarlierOut] = Field(description="The first decisions of each answer: own Center, then the newest.")


class ReviewedGoodsOut(BaseModel):
    """The goods of an item's entry."""

    item_id: UUID
    entry_number: str | None
    lines: list[ReviewedLineOut] = Field(description="Empty where routing has not told the lines of the entry.")


@router.get("/items/{item_id}/goods", summary="The goods of an item, with earlier decisions on them")
async def read_goods(
    item_id: ItemId, request: Request, caller: Annotated[Identity, allow("item.read")]
) -> ReviewedGoodsOut:
    """Each line of the item's entry as declared, and how the same goods were decided before, the minority always shown.

    The same goods have one key by description, maker and origin, whatever tariff number they were entered under.
    """
    async with snapshot(engine_of(request)) as tx:
        listed = await item_store.find_item(tx.connection, item_id)
        if listed is None:
            raise no_such(f"item {item_id}")
        item = listed.item
        demand_item_sight(caller, item, today_of(request))
        declared = await entry_store.load_declared(tx, item.entry_number) if item.entry_number is not None else []
        keys = {each.key for each in declared if each.key is not None}
        earlier = (
            await decided_goods_store.load_earlier(tx, keys, caller.centers, item_id, caller.subject) if keys else {}
        )
    if item.knowers is not None:
        await note_reads(engine_of(request), [item_id], caller, "goods", now_of(request))
    mask = _Mask(caller, reach_of(caller, "item.read", today_of(request)))
    lines = [_line_out(each, *earlier.get(each.key or "", ([], [])), mask) for each in declared]
    return ReviewedGoodsOut(item_id=item_id, entry_number=item.entry_number, lines=lines)


class _Mask:
    """What a caller may see of the decisions of others: an importer beyond their reach has a number for this answer."""

    def __init__(self, caller: Identity, reach: Reach) -> None:
        self._caller = caller
        self._reach = reach
        self._others: dict[str, int] = {}

    @property
    def own_centers(self) -> frozenset[str]:
        return self._caller.centers

    def reaches(self, decided: DecidedGoods) -> bool:
        return self._reach.covers(Matter(decided.importer_number, frozenset({decided.center})))

    def name_importer(self, decided: DecidedGoods) -> str:
        if self.reaches(decided):
            return shown_importer_number(self._caller, decided.importer_number)
        return f"other importer {self._others.setdefault(decided.importer_number, len(self._others) + 1)}"


def _line_out(goods: DeclaredGoods, answers: list[Answer], decided: list[DecidedGoods], mask: _Mask) -> ReviewedLineOut:
    ranked = sorted(answers, key=lambda each: (-each.times, each.found, each.issue or ""))
    return ReviewedLineOut(
        line_number=goods.line_number,
        key=goods.key,
        tariff=goods.tariff,
        special_tariffs=list(goods.special_tariffs),
        origin=goods.origin,
        manufacturer_id=goods.manufacturer_id,
        description=goods.description,
        value_usd=goods.value_usd,
        duty_usd=format_cents(goods.duty_cents),
        preference=goods.preference,
        cases=list(goods.cases),
        quantity=goods.quantity,
        unit=goods.unit,
        says=tell_earlier(ranked),
        answers=[
            EarlierAnswerOut(
                issue=each.issue, is_kept=each.is_kept, found=each.found, times=each.times, last_at=each.last_at
            )
            for each in ranked
        ],
        earlier=[_earlier_out(each, mask) for each in own_first(decided, mask.own_centers)],
    )


def _earlier_out(decided: DecidedGoods, mask: _Mask) -> EarlierOut:
    is_reached = mask.reaches(decided)
    return EarlierOut(
        decision_id=decided.decision_id,
        item_id=decided.item_id if is_reached else None,
        entry_number=decided.entry_number if is_reached else None,
        line_number=decided.line_number,
        importer=mask.name_importer(decided),
        center=decided.center,
        process=decided.process,
        outcome=decided.outcome,
        issue=decided.issue,
        declared=decided.declared,
        found=decided.found,
        ruling=decided.ruling,
        decided_at=decided.decided_at,
        was_refused=decided.refused,
    )
