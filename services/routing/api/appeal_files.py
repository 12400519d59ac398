"""Files of appeals: added as a form, listed, given out as they came."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.routing.acts.appeals import demand_files
from services.routing.api.appeals import AppealNumber
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.files import FILE_BODY, FILE_CONTENT, FileId, FileKey, FileOut, add_file, give_file, list_files
from shared.web.pagination import CurrentPage, Page
from shared.web.problem import problem_responses
from shared.web.requests import today_of

router = APIRouter(tags=["appeals"])


@router.post(
    "/appeals/{appeal_number}/files",
    status_code=201,
    summary="Add a file to an appeal",
    response_model=FileOut,
    responses=problem_responses([400, 413, 415]),
    openapi_extra=FILE_BODY,
)
@tells("Idempotency-Replayed", "Location")
async def add_appeal_file(
    appeal_number: AppealNumber, request: Request, caller: Annotated[Identity, allow("appeal-file.add")], key: FileKey
) -> Response:
    """What supports the appeal, or a paper of the office that decides. Of the parties whoever may appeal adds files.

    PDF, PNG, JPEG, TIFF, XLSX, DOCX, CSV, text and e-mail (.eml), known by what they hold; the size is limited.
    """

    async def demand(tx: Transaction) -> str:
        return await demand_files(tx, caller, appeal_number, today_of(request), adds=True)

    return await add_file(request, caller, key, "appeal", appeal_number, demand)


@router.get("/appeals/{appeal_number}/files", summary="Files of an appeal")
async def list_appeal_files(
    appeal_number: AppealNumber,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("appeal-file.read")],
    page: CurrentPage,
) -> Page[FileOut]:
    """In the order in which they were added; parties see those of level `party`."""

    async def demand(tx: Transaction) -> str:
        return await demand_files(tx, caller, appeal_number, today_of(request), adds=False)

    return await list_files(request, response, caller, page, "appeal", appeal_number, demand)


@router.get(
    "/appeals/{appeal_number}/files/{file_id}/content",
    summary="The bytes of a file",
    response_class=Response,
    responses={**problem_responses([409]), **FILE_CONTENT},
)
@tells("Content-Disposition", "ETag")
async def read_appeal_file(
    appeal_number: AppealNumber,
    file_id: FileId,
    request: Request,
    caller: Annotated[Identity, allow("appeal-file.read")],
) -> Response:
    """As it was sent, to be kept and not shown in place; not given while harmful, or unscanned where that matters."""

    async def demand(tx: Transaction) -> str:
        return await demand_files(tx, caller, appeal_number, today_of(request), adds=False)

    return await give_file(request, caller, "appeal", appeal_number, file_id, demand)
