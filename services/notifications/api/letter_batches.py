"""Batches of letters for a print shop."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from services.notifications.acts import batching, letters
from services.notifications.acts.letters import matter_of_center
from services.notifications.api.letters import CertifiedNumber, MailedIn
from services.notifications.store import letters as store
from services.notifications.store.letters import Batch
from shared.contracts.terms import CenterCode
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import demand_sight, no_such, reach_of
from shared.runtime.errors import Conflict
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.files import depot_of
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.problem import problem_responses
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["letters"])

BatchPath = Annotated[UUID, Path(description="The id of the batch.")]
_MOST_NAMED = 2000


class LetterBatchIn(BaseModel):
    """Whose letters are to go to the print shop."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"center": "CEE007"}]})

    center: CenterCode | None = Field(description="Null: letters on matters that no Center has.")


class LetterBatchOut(BaseModel):
    """A batch of letters: what is in it is known, and never changes, once it is ready."""

    batch_id: UUID
    center: str | None
    state: Literal["making", "ready"]
    is_scheduled: bool = Field(description="Whether it was opened by the schedule of the day.")
    opened_at: datetime
    opened_by: str
    ready_at: datetime | None
    letters: int
    pages: int
    set_aside: int = Field(description="Letters that waited and could not go into it; GET /letters?set_aside=true.")
    archive_sha256: str | None = Field(description="Of letters.zip.")
    archive_bytes: int | None
    manifest_sha256: str | None = Field(description="Of manifest.json.")


class BatchMailedIn(MailedIn):
    """When and how the letters of a batch were handed to the post, and which were not."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "mailed_on": "2026-03-06",
                    "carrier": "USPS",
                    "mail_class": "First-Class Mail",
                    "certified_numbers": {},
                    "without": [],
                }
            ]
        },
    )

    certified_number: None = None
    certified_numbers: dict[UUID, CertifiedNumber] = Field(
        default={}, max_length=_MOST_NAMED, description="By id of the notice, where its letter was certified mail."
    )
    without: list[UUID] = Field(
        default=[], max_length=_MOST_NAMED, description="Notices whose letters were not mailed, as spoilt ones."
    )


class BatchMailedOut(BaseModel):
    """What became of a batch whose mailing was noted."""

    mailed: int
    left: int = Field(description="Letters that were named as not mailed, or whose mailing was noted before.")


@router.post(
    "/letter-batches",
    status_code=202,
    summary="Ask for a batch of the letters that wait",
    response_model=LetterBatchOut,
    responses=problem_responses([400, 409]),
)
async def open_letter_batch(
    body: LetterBatchIn,
    request: Request,
    call: CurrentIdempotentCall,
    caller: Annotated[Identity, allow("letter.batch")],
) -> Response:
    """A job makes it within seconds: read it until its state is ready, then take its archive."""

    async def opened(tx: Transaction) -> LetterBatchOut:
        depot = depot_of(request)
        return _batch(await batching.open_batch(tx, caller, call, body.center, depot, now_of(request)))

    return await answer_once(request, call, opened, status=202)


@router.get("/letter-batches", summary="Batches of letters")
async def list_letter_batches(
    request: Request, response: Response, caller: Annotated[Identity, allow("letter.read")], page: CurrentPage
) -> Page[LetterBatchOut]:
    """The newest first, of the caller's Centers."""
    after = page.position(datetime, UUID)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_batches(
            connection,
            reach_of(caller, "letter.read", today_of(request)),
            after=(after[0], after[1]) if after else None,
            limit=page.fetch,
        )
    return build_page(
        rows, page, key=lambda row: (row.opened_at, row.batch_id), item=_batch, request=request, response=response
    )


@router.get("/letter-batches/{batch_id}", summary="A batch of letters")
async def read_letter_batch(
    batch_id: BatchPath, request: Request, caller: Annotated[Identity, allow("letter.read")]
) -> LetterBatchOut:
    """Where it stands."""
    return _batch(await _find(request, caller, batch_id))


@router.get(
    "/letter-batches/{batch_id}/letters.zip",
    summary="The letters of a batch",
    response_class=Response,
    responses={
        200: {"content": {"application/zip": {}}, "description": "The letters with their manifest."},
        **problem_responses([409]),
    },
)
@tells("Content-Disposition", "ETag")
async def read_letter_archive(
    batch_id: BatchPath, request: Request, caller: Annotated[Identity, allow("letter.read")]
) -> Response:
    """A ZIP with a PDF for each letter, and the manifest as JSON and CSV; the same bytes each time."""
    batch = await _find_ready(request, caller, batch_id)
    return await _give(request, batch.archive_sha256, "application/zip", f"letters-{batch_id}.zip")


@router.get(
    "/letter-batches/{batch_id}/manifest.json",
    summary="The manifest of a batch",
    response_class=Response,
    responses={
        200: {"content": {"application/json": {}}, "description": "The letters by their places."},
        **problem_responses([409]),
    },
)
@tells("Content-Disposition", "ETag")
async def read_letter_manifest(
    batch_id: BatchPath, request: Request, caller: Annotated[Identity, allow("letter.read")]
) -> Response:
    """Each letter with its place, number, notice, file, pages, bytes, SHA-256 and the lines of its address."""
    batch = await _find_ready(request, caller, batch_id)
    return await _give(request, batch.manifest_sha256, "application/json", f"manifest-{batch_id}.json")


@router.get(
    "/letter-batches/{batch_id}/manifest.csv",
    summary="The manifest of a batch as a table",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {}}, "description": "A row for each letter."},
        **problem_responses([409]),
    },
)
@tells("Content-Disposition")
async def read_letter_table(
    batch_id: BatchPath, request: Request, caller: Annotated[Identity, allow("letter.read")]
) -> Response:
    """The same with a column for each line of the address."""
    await _find_ready(request, caller, batch_id)
    async with reading(engine_of(request)) as connection:
        table = batching.manifest_csv(await store.list_batched(connection, batch_id))
    return Response(table, media_type="text/csv; charset=utf-8", headers=_file_headers(f"manifest-{batch_id}.csv"))


@router.post(
    "/letter-batches/{batch_id}/mailed",
    summary="Say that the letters of a batch were mailed",
    responses=problem_responses([409]),
)
async def note_letter_batch_mailed(
    batch_id: BatchPath, body: BatchMailedIn, request: Request, caller: Annotated[Identity, allow("letter.mail")]
) -> BatchMailedOut:
    """The real day of mailing goes into the ledger of each notice and the history; said again, nothing changes."""
    async with transaction(engine_of(request)) as tx:
        noted = await letters.note_batch_mailed(
            tx,
            caller,
            batch_id,
            body.proof,
            certified_numbers=body.certified_numbers,
            without=frozenset(body.without),
            now=now_of(request),
        )
    return BatchMailedOut(mailed=noted.mailed, left=noted.left)


async def _find(request: Request, caller: Identity, batch_id: UUID) -> Batch:
    async with reading(engine_of(request)) as connection:
        batch = await store.find_batch(connection, batch_id)
    if batch is None:
        raise no_such(f"batch {batch_id}")
    demand_sight(caller, "letter", today_of(request), matter_of_center(batch.center), f"batch {batch_id}")
    return batch


async def _find_ready(request: Request, caller: Identity, batch_id: UUID) -> Batch:
    batch = await _find(request, caller, batch_id)
    if batch.state != "ready":
        raise Conflict(
            "The batch is still being made.",
            rule="letter-batch-ready",
            code="not-possible",
            remedy="Read the batch again until its state is ready.",
        )
    return batch


async def _give(request: Request, digest: bytes | None, media_type: str, name: str) -> Response:
    assert digest is not None  # a batch is ready with both of its files
    pieces = await depot_of(request).open(digest)
    tag = {"ETag": f'"{digest.hex()}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=tag | _file_headers(name))


def _file_headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }


def _batch(batch: Batch) -> LetterBatchOut:
    return LetterBatchOut(
        batch_id=batch.batch_id,
        center=batch.center,
        state="ready" if batch.state == "ready" else "making",
        is_scheduled=batch.is_scheduled,
        opened_at=batch.opened_at,
        opened_by=batch.opened_by,
        ready_at=batch.ready_at,
        letters=batch.letters,
        pages=batch.pages,
        set_aside=batch.set_aside,
        archive_sha256=batch.archive_sha256.hex() if batch.archive_sha256 is not None else None,
        archive_bytes=batch.archive_bytes,
        manifest_sha256=batch.manifest_sha256.hex() if batch.manifest_sha256 is not None else None,
    )
