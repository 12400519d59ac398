"""Files of protests: added as a form, listed, given out as they came."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.liquidation.acts.protest_files import demand_files
from services.liquidation.api.protests import ProtestPath
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.files import FILE_BODY, FILE_CONTENT, FileId, FileKey, FileOut, add_file, give_file, list_files
from shared.web.pagination import CurrentPage, Page
from shared.web.problem import problem_responses
from shared.web.requests import today_of

router = APIRouter(tags=["protests"])


@router.post(
    "/protests/{protest_number}/files",
    status_code=201,
    summary="Add a file to a protest",
    response_model=FileOut,
    responses=problem_responses([400, 413, 415]),
    openapi_extra=FILE_BODY,
)
@tells("Idempotency-Replayed", "Location")
async def add_protest_file(
    protest_number: ProtestPath, request: Request, caller: Annotated[Identity, allow("protest-file.add")], key: FileKey
) -> Response:
    """Evidence, or a paper of the Center. Of the parties whoever protests adds; who reads the protest reads them.

    PDF, PNG, JPEG, TIFF, XLSX, DOCX, CSV, text and e-mail (.eml), known by what they hold; the size is limited.
    """

    async def demand(tx: Transaction) -> str:
        return await demand_files(tx, protest_number, caller, today_of(request), adds=True)

    return await add_file(request, caller, key, "protest", protest_number, demand)


@router.get("/protests/{protest_number}/files", summary="Files of a protest")
async def list_protest_files(
    protest_number: ProtestPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("protest-file.read")],
    page: CurrentPage,
) -> Page[FileOut]:
    """In the order in which they were added; parties see those of level `party`."""

    async def demand(tx: Transaction) -> str:
        return await demand_files(tx, protest_number, caller, today_of(request), adds=False)

    return await list_files(request, response, caller, page, "protest", protest_number, demand)


@router.get(
    "/protests/{protest_number}/files/{file_id}/content",
    summary="The bytes of a file",
    response_class=Response,
    responses={**problem_responses([409]), **FILE_CONTENT},
)
@tells("Content-Disposition", "ETag")
async def read_protest_file(
    protest_number: ProtestPath,
    file_id: FileId,
    request: Request,
    caller: Annotated[Identity, allow("protest-file.read")],
) -> Response:
    """As it was sent, to be kept and not shown in place; not given while harmful, or unscanned where that matters."""

    async def demand(tx: Transaction) -> str:
        return await demand_files(tx, protest_number, caller, today_of(request), adds=False)

    return await give_file(request, caller, "protest", protest_number, file_id, demand)
