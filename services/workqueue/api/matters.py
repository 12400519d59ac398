"""Matters: opened by a person, taken through their process by acts."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts import matter as acts
from services.workqueue.api.common import ItemId, Token, repetition_of
from services.workqueue.api.decisions import ReasonIn
from services.workqueue.api.processes import FieldOut, field_out
from services.workqueue.domain.fact import Fact
from services.workqueue.domain.item import Item
from services.workqueue.domain.matter import OPENS_LETTER, KeptAct, Opening, follow_all
from services.workqueue.domain.processes.table import PROCESSES
from shared.contracts.terms import CenterCode, Code, EntryNumber, ImporterNumber, PortCode, ShortText
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import now_of

router = APIRouter(tags=["items"])


class MatterIn(BaseModel):
    """What a person opens a matter with."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "process": "prior-disclosure",
                    "title": "Assists left out of the value",
                    "importer_number": "07-345678900",
                    "center": "CEE007",
                }
            ]
        },
    )

    process: Code
    title: Annotated[ShortText, Field(min_length=1)]
    importer_number: ImporterNumber | None = Field(
        default=None, description="Needed but where the process says that it is not: `is_of_importer`."
    )
    center: CenterCode
    entry_numbers: list[EntryNumber] = Field(default=[], max_length=1000)
    port: PortCode | None = None
    linked_item: UUID | None = Field(default=None, description="The item that it came from.")


class ActIn(BaseModel):
    """An act on the process of an item."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "act": "acknowledge",
                    "token": 1,
                    "fields": {"received_on": "2026-03-02", "is_oral": False},
                    "reasons": [{"code": "received", "text": "By mail to the Center."}],
                }
            ]
        },
    )

    act: Code
    token: Token | None = Field(default=None, description="Of the claim, for acts of who holds the item.")
    fields: dict[str, Any] = Field(default={}, max_length=64, description="What the act asks for.")
    reasons: list[ReasonIn] = Field(default=[], max_length=100)


class RunningClockOut(BaseModel):
    """A clock of the process that was begun."""

    clock: str = Field(examples=["tender"])
    label: str
    kind: str = Field(description="`statutory`, `policy` or `goal`.")
    began_on: date
    due_on: date
    stands_since: date | None = Field(description="It stands still since then; null: it runs, or has ended.")
    ended_on: date | None
    effect: str
    citation: str


class KeptActOut(BaseModel):
    """An act that was done."""

    number: int
    act: str
    label: str
    at: datetime
    by: str
    by_name: str
    acting_for: str | None
    fields: dict[str, Any]
    reasons: list[dict[str, str | None]]
    stage: str = Field(description="To which it led.")
    authority: str = Field(examples=["item.act/center"])
    opened: UUID | None = Field(description="The letter that it issued or drafted, or the matter that it opened.")
    is_overtaken: bool = Field(description="An event that came before it, and was heard later, left nothing for it.")


class FollowedOut(BaseModel):
    """An event of the legal record or of the account that the process followed."""

    event: str = Field(examples=["entry-changed:liquidated"])
    at: datetime
    act: str = Field(description="The act of the table that follows it.", examples=["follow-liquidation"])
    label: str
    fields: dict[str, Any]
    stage: str = Field(description="To which it led.")


class NextActOut(BaseModel):
    """An act of the stage: whether the caller may do it now, with what, and why not."""

    act: str = Field(examples=["compute-loss"])
    label: str
    may: bool
    by_holder: bool = Field(description="Needs the token of the item's claim.")
    fields: list[FieldOut]
    code: str | None = Field(description="What stands against it.", examples=["second-person"])
    says: str | None
    remedy: str | None


class MatterOut(BaseModel):
    """Where an item stands in its process."""

    title: str | None = Field(description="Of a matter that a person opened.")
    port: str | None = Field(description="The port that it concerns.")
    linked_item: UUID | None
    stage: str
    stage_label: str
    since: datetime
    waits_for: str | None
    outcome: str | None
    clocks: list[RunningClockOut]
    acts: list[KeptActOut]
    events: list[FollowedOut] = Field(description="What the process followed, in the order of time.")
    next: list[NextActOut] = Field(description="The acts of this stage.")


class OpenedOut(BaseModel):
    """A matter that was opened."""

    item_id: UUID
    process: str
    stage: str
    center: str
    division: str


class ActedOut(BaseModel):
    """An act that was done, and where the item is now."""

    item_id: UUID
    act: str
    number: int
    stage: str
    state: str
    waits_for: str | None
    due_on: date | None
    outcome: str | None
    opened: UUID | None = Field(description="The letter that it issued or drafted, or the matter that it opened.")


@router.post("/items", status_code=201, summary="Open a matter", response_model=OpenedOut)
@tells("Location")
async def open_matter(
    body: MatterIn, request: Request, caller: Annotated[Identity, allow("item.open")], call: CurrentIdempotentCall
) -> Response:
    """What a person starts: the process says which roles may, `GET /processes` shows them. It begins unclaimed."""

    async def act(tx: Transaction) -> OpenedOut:
        item = await acts.open_matter(
            tx,
            caller,
            now_of(request),
            key=call.key,
            process=body.process,
            title=body.title,
            importer_number=body.importer_number,
            center=body.center,
            entry_numbers=body.entry_numbers,
            port=body.port,
            linked_item=body.linked_item,
        )
        assert item.stage is not None
        return OpenedOut(
            item_id=item.item_id,
            process=item.process,
            stage=item.stage,
            center=item.center,
            division=item.division,
        )

    return await answer_once(request, call, act, headers=lambda opened: {"Location": f"/items/{opened.item_id}"})


@router.post("/items/{item_id}/acts", status_code=201, summary="Do an act of a process", response_model=ActedOut)
async def act_on_item(
    item_id: ItemId,
    body: ActIn,
    request: Request,
    caller: Annotated[Identity, allow("item.act")],
    call: CurrentIdempotentCall,
) -> Response:
    """Everything that is done with a matter: `matter.next` of the item lists what this caller may do now, with what.

    An act that asks a party by letter (CBP 28, CBP 29) issues it: `opened` is its id, and the item waits for it.
    Acts of who holds the item need the token; signatures, answers and deposits of others do not. An act that ends the
    matter completes the item. Reviews and consultations end with POST …/complete, protests by the decision in the
    legal record.
    """

    async def act(tx: Transaction) -> ActedOut:
        item, kept, standing = await acts.do_act(
            tx,
            item_id,
            caller,
            now_of(request),
            repetition_of(request),
            key=call.key,
            act=body.act,
            token=body.token,
            fields=body.fields,
            reasons=[reason.model_dump() for reason in body.reasons],
        )
        return ActedOut(
            item_id=item_id,
            act=kept.act,
            number=kept.number,
            stage=standing.stage,
            state=item.state,
            waits_for=item.waits_for,
            due_on=standing.due_on(),
            outcome=standing.outcome,
            opened=kept.opened,
        )

    return await answer_once(request, call, act)


def matter_out(
    item: Item,
    opening: Opening | None,
    done: Sequence[KeptAct],
    facts: Sequence[Fact],
    caller: Identity,
    known: Collection[UUID],
) -> MatterOut | None:
    """Where an item stands in its process; None where the process has no table.

    `known` are the linked items of which the caller may learn.
    """
    process = PROCESSES.get(item.process)
    if process is None:
        return None
    followed = follow_all(process, item, done, facts)
    standing = followed.standing
    stage = process.stage(standing.stage)
    return MatterOut(
        title=opening.title if opening is not None else None,
        port=item.port,
        linked_item=opening.linked_item if opening is not None and opening.linked_item in known else None,
        stage=stage.code,
        stage_label=stage.label,
        since=standing.since,
        waits_for=stage.waits_for,
        outcome=standing.outcome,
        clocks=[
            RunningClockOut(
                clock=each.clock,
                label=process.clock(each.clock).label,
                kind=process.clock(each.clock).kind,
                began_on=each.began_on,
                due_on=each.due_on,
                stands_since=each.stands_since,
                ended_on=each.ended_on,
                effect=process.clock(each.clock).effect,
                citation=process.clock(each.clock).citation,
            )
            for each in standing.clocks.values()
        ],
        acts=[
            KeptActOut(
                number=each.number,
                act=each.act,
                label=process.act(each.act).label,
                at=each.at,
                by=each.by.subject,
                by_name=each.by.name,
                acting_for=each.by.acting_for,
                fields=dict(each.fields),
                reasons=[dict(reason) for reason in each.reasons],
                stage=each.stage,
                authority=each.authority,
                opened=each.opened if process.act(each.act).opens in OPENS_LETTER or each.opened in known else None,
                is_overtaken=each.number in followed.overtaken,
            )
            for each in done
        ],
        events=[
            FollowedOut(
                event=f"{fact.topic}:{fact.word}",
                at=fact.at,
                act=act,
                label=process.act(act).label,
                fields=dict(fact.fields),
                stage=stage_after,
            )
            for fact, act, stage_after in followed.events
        ],
        next=[
            NextActOut(
                act=act.code,
                label=act.label,
                may=bar is None,
                by_holder=act.by_holder,
                fields=[field_out(each) for each in act.fields],
                code=bar.code if bar is not None else None,
                says=bar.why if bar is not None else None,
                remedy=bar.remedy if bar is not None else None,
            )
            for act, bar in acts.acts_now(process, followed, item, caller)
        ],
    )
