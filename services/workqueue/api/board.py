"""The enforcement board (CEAR) of a Center: its members and quorum, recusals, comparable matters, votes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts import board as acts
from services.workqueue.acts.compartment import note_reads
from services.workqueue.acts.reach import demand_item_sight
from services.workqueue.api.center_versions import CenterPath, CenterVersionOut, find_standing
from services.workqueue.api.common import ItemId
from services.workqueue.domain.board import ActOfMember, Board, tally_of
from services.workqueue.domain.processes.cear import DISPOSITIONS, REASONS
from services.workqueue.store import boards as store
from services.workqueue.store import items as item_store
from shared.contracts.terms import Code, ShortText
from shared.db.transaction import Transaction, snapshot, transaction
from shared.runtime.access import no_such
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import optional_if_match
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["board"])

Name = Annotated[str, Field(min_length=1, max_length=200)]


class BoardIn(BaseModel):
    """Who sits on the board, and how many have to vote."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "quorum": 3,
                    "members": {"dan": "chair", "ted": "secretary", "fay": "Fines, Penalties and Forfeitures"},
                    "reason": "As of the new year.",
                }
            ]
        },
    )

    quorum: int = Field(ge=1, le=100, description="So many members have to vote.")
    members: dict[Name, Name] = Field(min_length=1, max_length=100, description="Each subject with the seat they have.")
    reason: Annotated[ShortText, Field(min_length=1)]


class BoardOut(CenterVersionOut):
    """The board of a Center as it stands."""

    quorum: int
    members: Mapping[str, str]


class RecusalIn(BaseModel):
    """Why a member stands aside."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Worked for the importer."}]})

    reason: Annotated[ShortText, Field(min_length=1)]


class VoteIn(BaseModel):
    """A member's vote, with its reason."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"disposition": "warning-letter", "reason": "first-violation", "opinion": "Corrected at once."}
            ]
        },
    )

    disposition: Code = Field(description="As in the act `dispose` of the process.")
    reason: Code = Field(description="As in that act.")
    opinion: Annotated[str, Field(min_length=1, max_length=10_000)]


class VoteOut(BaseModel):
    """What a member did in a matter."""

    number: int
    hearing: int = Field(description="Which hearing of the matter; after a deferral all vote anew.")
    act: str = Field(description="`recused`, `shown` (comparable matters) or `voted`.")
    member: str
    member_name: str
    at: datetime
    disposition: str | None
    reason: str | None
    opinion: str | None
    is_dissent: bool = Field(description="A vote for another disposition than the one that carries.")


class VotesOut(BaseModel):
    """What the board has done in a matter, and how its vote stands."""

    quorum: int | None = Field(description="Null: the Center has no board.")
    cast: int = Field(description="Votes of the newest hearing that count.")
    carried: str | None = Field(description="The disposition that carries; null without a quorum, and in a tie.")
    acts: list[VoteOut]


class ComparableOut(BaseModel):
    """A matter that a board disposed of, without whose it was."""

    statute: str
    culpability: str
    loss_usd: str | None
    prior_violations: int | None
    disclosure_status: str | None
    disposition: str
    reason: str
    disposed_on: date
    agrees_in: list[str] = Field(description="statute, culpability, loss, record.")


class PanelOut(BaseModel):
    """Up to twenty comparable matters: those alike in the most first, then the newest."""

    items: list[ComparableOut]


@router.get("/centers/{center}/board", summary="The enforcement board of a Center")
@tells("ETag")
async def read_board(
    center: CenterPath, request: Request, response: Response, caller: Annotated[Identity, allow("board.read")]
) -> BoardOut:
    """Who sits on it and how many have to vote; none of it is public, so each Center sets its own."""
    standing = await find_standing(request, caller, center, "board", "board", store.find_board)
    response.headers["ETag"] = etag(standing.version)
    return BoardOut.model_validate(standing)


@router.put("/centers/{center}/board", summary="Set the enforcement board of a Center")
@tells("ETag")
async def set_board(
    center: CenterPath,
    body: BoardIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("board.set")],
    if_match: Annotated[IfMatch | None, Depends(optional_if_match)],
) -> BoardOut:
    """A new version, from now on, also for matters that are to be voted on; every version stays, under seal.

    With If-Match only in the place of the version that was read.

    Sitting on the board gives no need to know: members are named on each matter like others.
    """
    async with transaction(engine_of(request)) as tx:
        board: Board = await acts.set_board(tx, caller, center, now_of(request), if_match=if_match, **body.model_dump())
    response.headers["ETag"] = etag(board.version)
    return BoardOut.model_validate(board)


@router.post("/items/{item_id}/recusals", status_code=201, summary="Stand aside in a matter", response_model=VotesOut)
async def stand_aside(
    item_id: ItemId,
    body: RecusalIn,
    request: Request,
    caller: Annotated[Identity, allow("item.act")],
    call: CurrentIdempotentCall,
) -> Response:
    """A member of the board takes no part in the matter from now on, and what they voted does not count."""

    async def act(tx: Transaction) -> VotesOut:
        await acts.stand_aside(tx, item_id, caller, now_of(request), body.reason)
        return await _votes_out(tx, item_id)

    answer = await answer_once(request, call, act)
    await note_reads(engine_of(request), [item_id], caller, "votes", now_of(request))
    return answer


@router.post("/items/{item_id}/comparables", summary="Comparable matters, before the vote")
async def show_comparables(
    item_id: ItemId, request: Request, caller: Annotated[Identity, allow("item.act")]
) -> PanelOut:
    """The last twenty matters that boards disposed of, alike in statute, culpability, size of the loss and record.

    None tells whose it was. Who votes has read them in this hearing; that they did is kept.
    """
    async with transaction(engine_of(request)) as tx:
        found = await acts.show_comparables(tx, item_id, caller, now_of(request))
    await note_reads(engine_of(request), [item_id], caller, "comparables", now_of(request))
    return PanelOut(
        items=[
            ComparableOut(
                statute=each.violation.statute,
                culpability=each.violation.culpability,
                loss_usd=f"{each.violation.loss_usd:.2f}" if each.violation.loss_usd is not None else None,
                prior_violations=each.violation.prior_violations,
                disclosure_status=each.disclosure_status,
                disposition=each.disposition,
                reason=each.reason,
                disposed_on=each.disposed_on,
                agrees_in=list(agrees_in),
            )
            for each, agrees_in in found
        ]
    )


@router.post("/items/{item_id}/votes", status_code=201, summary="Vote in a matter", response_model=VotesOut)
async def vote(
    item_id: ItemId,
    body: VoteIn,
    request: Request,
    caller: Annotated[Identity, allow("item.act")],
    call: CurrentIdempotentCall,
) -> Response:
    """A member votes once in each hearing, after comparable matters were shown to them.

    The chair then records what carried (act `dispose`), with the dissent where not all voted for it.
    """
    for given, known, name in (
        (body.disposition, DISPOSITIONS, "disposition"),
        (body.reason, REASONS, "reason"),
    ):
        if given not in known:
            raise Refused(
                f"{given} is no {name} of the board.",
                rule="board",
                code="no-such-code",
                remedy=f"Take one of {', '.join(known)}.",
            )

    async def act(tx: Transaction) -> VotesOut:
        given = {"disposition": body.disposition, "reason": body.reason, "opinion": body.opinion}
        await acts.vote(tx, item_id, caller, now_of(request), **given)
        return await _votes_out(tx, item_id)

    answer = await answer_once(request, call, act)
    await note_reads(engine_of(request), [item_id], caller, "votes", now_of(request))
    return answer


@router.get("/items/{item_id}/votes", summary="What the board did in a matter")
async def list_votes(item_id: ItemId, request: Request, caller: Annotated[Identity, allow("item.read")]) -> VotesOut:
    """Recusals, comparable matters shown, votes with their opinions, and how the vote stands.

    Once the board has disposed of the matter: how it stood then, whoever sits on the board or stands aside since.
    """
    async with snapshot(engine_of(request)) as tx:
        found = await item_store.find_items(tx.connection, [item_id])
        if not found:
            raise no_such(f"item {item_id}")
        demand_item_sight(caller, found[0], today_of(request))
        told = await _votes_out(tx, item_id)
    if found[0].knowers is not None:
        await note_reads(engine_of(request), [item_id], caller, "votes", now_of(request))
    return told


async def _votes_out(tx: Transaction, item_id: UUID) -> VotesOut:
    (item,) = await item_store.find_items(tx.connection, [item_id])
    disposed_at = await store.find_disposed_at(tx, item_id)
    board = await store.find_board(tx.connection, item.center, disposed_at)
    done = await store.list_acts(tx.connection, item_id)
    hearing = await store.count_hearings(tx, item_id)
    counted = [each for each in done if disposed_at is None or each.at <= disposed_at]
    tally = tally_of(board, counted, hearing) if board is not None else None
    carried = tally.carried if tally is not None else None
    return VotesOut(
        quorum=board.quorum if board is not None else None,
        cast=tally.cast if tally is not None else 0,
        carried=carried,
        acts=[_vote_out(each, carried, hearing) for each in done],
    )


def _vote_out(act: ActOfMember, carried: str | None, hearing: int) -> VoteOut:
    told = {name: act.fields.get(name) for name in ("disposition", "reason", "opinion")}
    is_dissent = act.act == "voted" and act.hearing == hearing and carried not in {None, told["disposition"]}
    return VoteOut(
        number=act.number,
        hearing=act.hearing,
        act=act.act,
        member=act.member,
        member_name=act.member_name,
        at=act.at,
        **{name: str(value) if value is not None else None for name, value in told.items()},
        is_dissent=is_dissent,
    )
