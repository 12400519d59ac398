"""Imports of importer accounts: a file streamed in, a result for each row, resumed where it broke off."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect

from services.routing.acts.account_imports import import_accounts
from services.routing.api.account_files import CSV_FIELDS, read_account, read_rows
from services.routing.domain.account_imports import Format, Result
from services.routing.store import account_imports as store
from shared.db.transaction import reading
from shared.runtime.access import shown_importer_number
from shared.runtime.clock import Clock
from shared.runtime.errors import Malformed, NotFound
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.idempotency import MAX_KEY
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of

router = APIRouter(tags=["accounts"])

_FORMATS: Final[dict[str, Format]] = {
    "text/csv": "csv",
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
}
_CSV_EXAMPLE: Final = (
    "importer_number,name,size,trusted_programs,assigned_center,broker_as_importer,email,filer_code\n"
    "07-345678900,SYNTHETIC IMPORTER 0001,small,CTPAT@2020-01-01/,CEE007,N,trade@importer.example,\n"
)
_NDJSON_EXAMPLE: Final = '{"importer_number": "07-345678900", "name": "SYNTHETIC IMPORTER 0001", "center": "CEE007"}\n'

ImportPath = Annotated[str, Path(pattern="^[A-Za-z0-9-]{1,64}$", description="The id of an import, from its answer.")]


class ImportOut(BaseModel):
    """An import: how far it has come, and how many of its rows did what."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "import_id": "0c6d0b58-6f0c-4a2e-9d3b-0f1e2d3c4b5a",
                    "state": "finished",
                    "rows": 600,
                    "created": 590,
                    "updated": 4,
                    "unchanged": 5,
                    "refused": 1,
                    "assignments": 594,
                    "started_by": "kim",
                    "acting_for": None,
                    "started_at": "2026-03-02T19:03:11Z",
                    "progressed_at": "2026-03-02T19:03:12Z",
                    "results": "/importers/imports/0c6d0b58-6f0c-4a2e-9d3b-0f1e2d3c4b5a/results",
                }
            ]
        }
    )

    import_id: str
    state: Literal["open", "finished"] = Field(
        description="`open` until the end of the file has been applied: send the file again with the same key."
    )
    rows: int = Field(description="Rows that are applied or refused; sending again goes on behind them.")
    created: int
    updated: int
    unchanged: int
    refused: int
    assignments: int = Field(description="Assignments that are new or changed.")
    started_by: str
    acting_for: str | None
    started_at: datetime
    progressed_at: datetime
    results: str = Field(description="Where the result of each row is.")


class RowResultOut(BaseModel):
    """What became of a row."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "row": 17,
                    "importer_number": "07-345678900",
                    "result": "refused",
                    "code": "unknown-center",
                    "detail": "CEE999 is not a Center.",
                    "remedy": "Take a code from GET /centers, or null when no Center is assigned.",
                }
            ]
        }
    )

    row: int = Field(description="Counted from 1, without the header.")
    importer_number: str | None = Field(
        description="Masked when it may be a social security number; null when it is no importer number."
    )
    result: Result
    code: str | None = None
    detail: str | None = None
    remedy: str | None = Field(default=None, description="What to do about a refused row.")


@router.post(
    "/importers/imports",
    status_code=201,
    summary="Import importer accounts from a file",
    responses=problem_responses([400]),
    openapi_extra={
        "x-streamed-body": True,  # exempt from the limit on bodies that are held in memory
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {"schema": {"type": "string"}, "example": _CSV_EXAMPLE},
                "application/x-ndjson": {"schema": {"type": "string"}, "example": _NDJSON_EXAMPLE},
            },
        },
    },
    description=(
        "The file is read as it arrives and applied a thousand rows at a time; it may be of any length. A row that is "
        "refused is named with the reason and what to do, and the others are applied. The Idempotency-Key is the "
        "import: when the connection breaks, send the same file with the same key, and it goes on behind the last "
        "thousand that was applied; a finished import answers as it did and changes nothing.\n\n"
        f"CSV, UTF-8, with a header. Columns: {', '.join(f'`{name}`' for name in CSV_FIELDS)}; `importer_number` and "
        "`name` must be there. A blank cell says nothing. `trusted_programs`: names between spaces, commas, "
        "semicolons or bars, each with its dates when they are known: `CTPAT@2020-01-01/2024-12-31`, either date may "
        "be left out. `other_names`: between bars.\n\n"
        "NDJSON: on each line an account as POST /importers takes it.\n\n"
        'A row that says nothing of a Center leaves the account\'s Center as it is; `"center": null` in NDJSON takes '
        "it away."
    ),
)
@tells("Location")
async def import_importers(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("account.register")],
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A value of your choice that names this import; the same when you send the file again.",
            examples=["accounts-2026-03-02"],
        ),
    ] = None,
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> ImportOut:
    """Apply a file of accounts, row by row."""
    form = _FORMATS.get(content_type.partition(";")[0].strip().lower())
    if form is None:
        raise Malformed(
            "The file is neither text/csv nor application/x-ndjson.",
            rule="file-form",
            code="unsupported-media-type",
            remedy="Say in Content-Type which of the two it is.",
            status=415,
        )
    import_id = event_id("account-import", caller.subject, _checked_key(key))
    clock: Clock = request.app.state.clock
    rows = read_rows(_body_of(request), form)
    await import_accounts(engine_of(request), clock, caller, import_id, form, rows, read_account)
    response.headers["Location"] = f"/importers/imports/{import_id}"
    return await _read_import(request, import_id)


@router.get("/importers/imports/{import_id}", summary="How far an import has come")
async def read_import(
    import_id: ImportPath, request: Request, _: Annotated[Identity, allow("account.register")]
) -> ImportOut:
    """The state and the counts of an import, also while it runs."""
    return await _read_import(request, import_id)


@router.get("/importers/imports/{import_id}/results", summary="What became of the rows of an import")
async def list_import_results(
    import_id: ImportPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("account.register")],
    page: CurrentPage,
    result: Annotated[
        Result | None,
        Query(description="Only rows with this result; `refused` lists what is left to do."),
    ] = None,
) -> Page[RowResultOut]:
    """Each row with its result, in the order of the file."""
    position = page.position(int)
    async with reading(engine_of(request)) as connection:
        if await store.find_import(connection, import_id) is None:
            raise _no_import(import_id)
        rows = await store.list_results(
            connection, import_id, result=result, after=position[0] if position else None, limit=page.fetch
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.row_number,),
        item=lambda row: RowResultOut(
            row=row.row_number,
            importer_number=shown_importer_number(caller, row.importer_number) if row.importer_number else None,
            result=row.result,
            code=row.code,
            detail=row.detail,
            remedy=row.remedy,
        ),
        request=request,
        response=response,
    )


def _no_import(import_id: str) -> NotFound:
    return NotFound(f"There is no import {import_id}.", remedy="POST /importers/imports answers with its id.")


async def _body_of(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise Malformed(
            "The connection broke before the end of the file.",
            rule="file-form",
            code="file-broke-off",
            remedy="Send the same file again with the same Idempotency-Key: it goes on where it broke off.",
        ) from None


def _checked_key(key: str | None) -> str:
    key = key.strip().strip('"') if key else ""
    if not key or len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
        raise Malformed(
            "An import needs an Idempotency-Key, which names it.",
            rule="idempotency-key",
            code="idempotency-key-missing",
            remedy=f"Send Idempotency-Key: up to {MAX_KEY} printable ASCII characters, the same on a retry.",
        )
    return key


async def _read_import(request: Request, import_id: str) -> ImportOut:
    async with reading(engine_of(request)) as connection:
        row = await store.find_import(connection, import_id)
    if row is None:
        raise _no_import(import_id)
    return ImportOut(
        import_id=row.import_id,
        state=row.state,
        rows=row.next_row - 1,
        created=row.created,
        updated=row.updated,
        unchanged=row.unchanged,
        refused=row.refused,
        assignments=row.assignments,
        started_by=row.started_by,
        acting_for=row.acting_for,
        started_at=row.started_at,
        progressed_at=row.progressed_at,
        results=f"/importers/imports/{import_id}/results",
    )
