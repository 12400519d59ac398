"""Notes on items at three levels, and redacted copies of them."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.workqueue.acts import notes as acts
from services.workqueue.acts.compartment import note_reads
from services.workqueue.acts.files import demand_papers, levels_of
from services.workqueue.acts.quality import blind
from services.workqueue.api.common import ItemId
from services.workqueue.domain.note import ItemNote, NoteLevel, digest_of
from services.workqueue.store import notes as store
from services.workqueue.store import quality as quality_store
from shared.db.transaction import Transaction, snapshot
from shared.runtime.access import is_staff
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["notes and files"])


class NoteIn(BaseModel):
    """A note, or what remains of one in a redacted copy."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "The broker says that the assists were paid in May."}]},
    )

    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    level: NoteLevel | None = Field(
        default=None,
        description="`internal` is for staff alone and meant where none is named; `party` also for the parties to the "
        "matter; `law-enforcement` for those who may read what is law-enforcement-sensitive.",
    )
    redacts: UUID | None = Field(default=None, description="The note of the same item of which this is a copy.")


class NoteOut(BaseModel):
    """A note as the caller may see it."""

    note_id: UUID
    level: NoteLevel
    text: str
    sha256: str = Field(description="Of the text, as UTF-8.")
    written_at: datetime
    written_by: str | None = Field(description="For staff.")
    written_by_name: str | None
    acting_for: str | None
    authority: str | None = Field(description="The row of the authority table, for staff.")
    redacts: UUID | None = Field(description="Of a redacted copy the original, for those who may read that.")
    redacts_sha256: str | None = Field(
        description="Of a redacted copy the SHA-256 of what the original says, for those who may read that: a short"
        " text can be guessed."
    )


@router.post("/items/{item_id}/notes", status_code=201, summary="Write a note on an item", response_model=NoteOut)
async def write_note(
    item_id: ItemId,
    body: NoteIn,
    request: Request,
    caller: Annotated[Identity, allow("item-note.add")],
    call: CurrentIdempotentCall,
) -> Response:
    """A note is never changed or taken out: a wrong one is made good by another. It is under seal.

    A redacted copy names its original, which must be a note of the same item that the caller may read, and keeps the
    hash of what that says.
    """

    async def act(tx: Transaction) -> NoteOut:
        note = await acts.write_note(
            tx,
            item_id,
            caller,
            now_of(request),
            key=call.key,
            text=body.text,
            level=body.level,
            redacts=body.redacts,
        )
        return _note_out(note, caller, [redacts] if (redacts := note.redacts) is not None else [])

    return await answer_once(request, call, act)


@router.get("/items/{item_id}/notes", summary="Notes on an item")
async def list_notes(
    item_id: ItemId,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("item-note.read")],
    page: CurrentPage,
) -> Page[NoteOut]:
    """In the order in which they were written; parties see those of level `party`, few those for law enforcement."""
    position = page.position(datetime, UUID)
    async with snapshot(engine_of(request)) as tx:
        item, _ = await demand_papers(tx, item_id, caller, now_of(request), subject="item-note", adds=False)
        if await quality_store.find_blind(tx.connection, [item_id], caller.subject):
            raise blind()
        levels = levels_of(item, caller, today_of(request))
        after = (position[0], position[1]) if position is not None else None
        rows = await store.list_notes(tx.connection, item_id, levels, after=after, limit=page.fetch)
        originals = {row.redacts for row in rows if row.redacts is not None}
        readable = await store.find_readable(tx.connection, item_id, originals, levels) if originals else frozenset()
    is_any = any(each.level == "law-enforcement" for each in rows)
    if is_any or item.knowers is not None:
        await note_reads(engine_of(request), [item_id], caller, "notes", now_of(request), is_any=is_any)
    return build_page(
        rows,
        page,
        key=lambda row: (row.written_at, str(row.note_id)),
        item=lambda row: _note_out(row, caller, readable),
        request=request,
        response=response,
    )


def _note_out(note: ItemNote, caller: Identity, readable: Collection[UUID]) -> NoteOut:
    """A note as the caller may see it; `readable` are the originals that they may read."""
    works_here = is_staff(caller)
    knows = works_here and note.redacts in readable
    return NoteOut(
        note_id=note.note_id,
        level=note.level,
        text=note.text,
        sha256=digest_of(note.text).hex(),
        written_at=note.written_at,
        written_by=note.written_by if works_here else None,
        written_by_name=note.written_by_name if works_here else None,
        acting_for=note.acting_for if works_here else None,
        authority=note.authority if works_here else None,
        redacts=note.redacts if knows else None,
        redacts_sha256=note.redacts_sha256.hex() if knows and note.redacts_sha256 is not None else None,
    )
