"""Files of items: added as a form, listed, given out as they came."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.workqueue.acts.compartment import note_reads
from services.workqueue.acts.files import demand_files, file_levels, find_level
from services.workqueue.api.common import ItemId
from services.workqueue.domain.note import NoteLevel
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.files import FILE_BODY, FILE_CONTENT, FileId, FileKey, FileOut, add_file, give_file, list_files
from shared.web.pagination import CurrentPage, Page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of

router = APIRouter(tags=["notes and files"])


@router.post(
    "/items/{item_id}/files",
    status_code=201,
    summary="Add a file to an item",
    response_model=FileOut,
    responses=problem_responses([400, 413, 415]),
    openapi_extra=FILE_BODY,
)
@tells("Idempotency-Replayed", "Location")
async def add_item_file(
    item_id: ItemId, request: Request, caller: Annotated[Identity, allow("item-file.add")], key: FileKey
) -> Response:
    """A paper on the matter. A party adds to items on which it was asked (CBP 28, CBP 29), or that answer its filing.

    PDF, PNG, JPEG, TIFF, XLSX, DOCX, CSV, text and e-mail (.eml), known by what they hold; the size is limited.
    """

    async def demand(tx: Transaction) -> str:
        return await demand_files(tx, item_id, caller, now_of(request), adds=True)

    async def levels(tx: Transaction) -> tuple[NoteLevel, ...]:
        return await file_levels(tx, item_id, caller, now_of(request))

    return await add_file(request, caller, key, "item", str(item_id), demand, levels)


@router.get("/items/{item_id}/files", summary="Files of an item")
async def list_item_files(
    item_id: ItemId,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("item-file.read")],
    page: CurrentPage,
) -> Page[FileOut]:
    """In the order in which they were added; parties see those of level `party`, few those for law enforcement."""

    async def demand(tx: Transaction) -> str:
        return await demand_files(tx, item_id, caller, now_of(request), adds=False)

    async def levels(tx: Transaction) -> tuple[NoteLevel, ...]:
        return await file_levels(tx, item_id, caller, now_of(request))

    listed = await list_files(request, response, caller, page, "item", str(item_id), demand, levels)
    is_any = any(each.level == "law-enforcement" for each in listed.items)
    await note_reads(engine_of(request), [item_id], caller, "files", now_of(request), is_any=is_any)
    return listed


@router.get(
    "/items/{item_id}/files/{file_id}/content",
    summary="The bytes of a file",
    response_class=Response,
    responses={**problem_responses([409]), **FILE_CONTENT},
)
@tells("Content-Disposition", "ETag")
async def read_item_file(
    item_id: ItemId, file_id: FileId, request: Request, caller: Annotated[Identity, allow("item-file.read")]
) -> Response:
    """As it was sent, to be kept and not shown in place; not given while harmful, or unscanned where that matters."""

    async def demand(tx: Transaction) -> str:
        return await demand_files(tx, item_id, caller, now_of(request), adds=False)

    async def levels(tx: Transaction) -> tuple[NoteLevel, ...]:
        found = await file_levels(tx, item_id, caller, now_of(request))
        if "law-enforcement" in found:
            given.append(await find_level(tx, item_id, file_id))
        return found

    given: list[str | None] = []
    answer = await give_file(request, caller, "item", str(item_id), file_id, demand, levels)
    is_any = "law-enforcement" in given
    await note_reads(engine_of(request), [item_id], caller, f"file {file_id}", now_of(request), is_any=is_any)
    return answer
