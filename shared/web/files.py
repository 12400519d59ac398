"""Files of a matter over HTTP: one comes as a form, is checked as it stands, and goes out as it came."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any, Final, get_args
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from shared.db.idempotency import IdempotentCall
from shared.db.transaction import Transaction, snapshot
from shared.files import store
from shared.files.depot import Depot
from shared.files.file import (
    PARTY_LEVELS,
    STAFF_LEVELS,
    Content,
    File,
    Level,
    Subject,
    demand_redaction,
    demand_servable,
)
from shared.files.keeping import keep_file
from shared.files.kinds import KINDS, Kind
from shared.files.scan import Scan
from shared.runtime.access import is_staff, no_such
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.web.file_forms import read_file_form
from shared.web.idempotency import answer_once, checked_key
from shared.web.pagination import Page, PageParams, build_page
from shared.web.requests import engine_of, now_of

FILE_BODY: Final[dict[str, Any]] = {
    "x-streamed-body": True,  # exempt from the limit on bodies that are held in memory; the file has its own
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "The file, with its name."},
                        "level": {
                            "type": "string",
                            "enum": list(get_args(Level)),
                            "description": "`internal` is for staff alone and theirs by default; `party` also for the "
                            "parties to the matter, who add no other; `law-enforcement` for those who may read what "
                            "is law-enforcement-sensitive, on items only.",
                        },
                        "redacts": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The file of the same matter of which this is a redacted copy.",
                        },
                    },
                },
                "example": {"file": "Entry summary of 2 March 2026.", "level": "party"},
            }
        },
    },
}
"""What the OpenAPI document says of an operation that takes a file."""

FILE_CONTENT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file as it was sent.",
        "content": {each.media_type.partition(";")[0]: {} for each in KINDS.values()},
    }
}
"""What it says of one that gives a file."""

FileId = Annotated[UUID, Path(description="The file's id.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])]


async def _file_key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="A value of your choice: new for each file, the same when you send it again.",
            examples=["invoice-7-of-B7603245275"],
        ),
    ] = None,
) -> str:
    return checked_key(key or "")


FileKey = Annotated[str, Depends(_file_key)]
"""The key of a call that adds a file: its body is read piece by piece, so nothing else is known of it beforehand."""

Demand = Callable[[Transaction], Awaitable[str]]
"""Gives the row of authority by which the caller may do it; raises what stands against it."""
Levels = Callable[[Transaction], Awaitable[tuple[Level, ...]]]
"""Gives the levels of files that the caller may see and add, the one first that is meant when none is named."""


class FileOut(BaseModel):
    """A file of a matter."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "file_id": "0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e",
                    "name": "invoice 7.pdf",
                    "kind": "pdf",
                    "media_type": "application/pdf",
                    "size_bytes": 48211,
                    "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                    "level": "party",
                    "is_by_party": True,
                    "added_at": "2026-03-02T19:03:11Z",
                    "added_by": "importer-7",
                    "added_by_name": "Ada Novak",
                    "acting_for": None,
                    "authority": None,
                    "scan": "clean",
                    "scanned_at": "2026-03-02T19:03:11Z",
                    "redacts": None,
                    "redacts_sha256": None,
                }
            ]
        }
    )

    file_id: UUID
    name: str = Field(description="As it was sent, without what could mislead.")
    kind: Kind = Field(description="By the content, whatever the name says.")
    media_type: str
    size_bytes: int
    sha256: str
    level: Level
    is_by_party: bool = Field(description="A party added it; others were added by CBP.")
    added_at: datetime
    added_by: str | None = Field(description="For staff, and for whoever added it.")
    added_by_name: str | None
    acting_for: str | None
    authority: str | None = Field(description="The row of the authority table, for staff.")
    scan: Scan = Field(
        description="`received` waits for its scan; `not-scanned` came where nothing scans; `infected` is never given "
        "out, and where scans are required only `clean` is."
    )
    scanned_at: datetime | None
    redacts: UUID | None = Field(description="Of a redacted copy the original, for staff.")
    redacts_sha256: str | None = Field(description="Of a redacted copy the SHA-256 of what the original holds.")


def depot_of(request: Request) -> Depot:
    """Where the service keeps files."""
    depot: Depot = request.app.state.files
    return depot


async def add_file(
    request: Request,
    caller: Identity,
    key: str,
    subject: Subject,
    subject_id: str,
    demand: Demand,
    levels: Levels | None = None,
) -> Response:
    """Take the file of a form onto a matter: the bytes first, then the row with the answer, in one transaction.

    `demand` is asked before anything is read, and again where the row is written. Sent again with its key, the file is
    the same file.
    """
    depot, engine = depot_of(request), engine_of(request)
    async with snapshot(engine) as asked:
        await demand(asked)
    async with read_file_form(request, depot.max_bytes, ["level", "redacts"]) as form:
        async with snapshot(engine) as asked:
            level = _level_of(await _levels_of(caller, asked, levels), form.fields.get("level"))
        redacts = _redacts_of(caller, form.fields.get("redacts"))
        content = await depot.check(form.file, form.name)
        await depot.put(content.sha256, form.file)

        async def act(tx: Transaction) -> FileOut:
            authority = await demand(tx)
            original = None
            if redacts is not None:
                seen = await _levels_of(caller, tx, levels)
                original = await store.find_file(tx.connection, subject, subject_id, redacts, levels=seen)
                demand_redaction(content.sha256, original, redacts)
            file_id = UUID(event_id("file", subject, subject_id, caller.subject, key))
            file = _file(file_id, subject, subject_id, level, content, caller, authority, now_of(request))
            if original is not None:
                file = replace(file, redacts=original.file_id, redacts_sha256=original.sha256)
            await keep_file(tx, depot, form.file, file)
            return file_out(file, caller)

        return await answer_once(
            request,
            _call_of(request, caller, key, level, redacts, content),
            act,
            headers=lambda added: {"Location": f"{request.url.path}/{added.file_id}/content"},
        )


async def list_files(
    request: Request,
    response: Response,
    caller: Identity,
    page: PageParams,
    subject: Subject,
    subject_id: str,
    demand: Demand,
    levels: Levels | None = None,
) -> Page[FileOut]:
    """The files of a matter that the caller may see, in the order in which they were added."""
    position = page.position(datetime, UUID)
    async with snapshot(engine_of(request)) as tx:
        await demand(tx)
        rows = await store.list_files(
            tx.connection,
            subject,
            subject_id,
            levels=await _levels_of(caller, tx, levels),
            after=(position[0], position[1]) if position is not None else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.added_at, str(row.file_id)),
        item=lambda row: file_out(row, caller),
        request=request,
        response=response,
    )


async def give_file(
    request: Request,
    caller: Identity,
    subject: Subject,
    subject_id: str,
    file_id: UUID,
    demand: Demand,
    levels: Levels | None = None,
) -> Response:
    """The bytes of a file, never shown in place: a browser keeps them, whatever they are.

    Raises `NotFound` for one that the caller may not see, and what `demand_servable` says of one that is not clean.
    """
    depot = depot_of(request)
    async with snapshot(engine_of(request)) as tx:
        await demand(tx)
        seen = await _levels_of(caller, tx, levels)
        file = await store.find_file(tx.connection, subject, subject_id, file_id, levels=seen)
    if file is None:
        raise no_such(f"file {file_id}")
    demand_servable(file.scan, is_scan_required=depot.is_scan_required)
    pieces = await depot.open(file.sha256)
    return StreamingResponse(pieces, media_type=KINDS[file.kind].media_type, headers=_headers_of(file))


def file_out(file: File, caller: Identity) -> FileOut:
    """A file as the caller may see it."""
    works_here = is_staff(caller)
    knows = works_here or file.added_by == caller.subject
    return FileOut(
        file_id=file.file_id,
        name=file.name,
        kind=file.kind,
        media_type=KINDS[file.kind].media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256.hex(),
        level=file.level,
        is_by_party=file.is_by_party,
        added_at=file.added_at,
        added_by=file.added_by if knows else None,
        added_by_name=file.added_by_name if knows else None,
        acting_for=file.acting_for if knows else None,
        authority=file.authority if works_here else None,
        scan=file.scan,
        scanned_at=file.scanned_at,
        redacts=file.redacts if works_here else None,
        redacts_sha256=file.redacts_sha256.hex() if file.redacts_sha256 is not None else None,
    )


async def _levels_of(caller: Identity, tx: Transaction, levels: Levels | None) -> tuple[Level, ...]:
    if not is_staff(caller):
        return PARTY_LEVELS
    return STAFF_LEVELS if levels is None else await levels(tx)


def _redacts_of(caller: Identity, given: str | None) -> UUID | None:
    if given is None:
        return None
    try:
        named = UUID(given)
    except ValueError:
        named = None
    if named is None or not is_staff(caller):
        raise Refused(
            "A redacted copy names the id of its original, and is made by staff.",
            rule="redaction",
            code="redaction",
            remedy="Send the id of a file of the same matter, or leave `redacts` out.",
        )
    return named


def _file(
    file_id: UUID,
    subject: Subject,
    subject_id: str,
    level: Level,
    content: Content,
    caller: Identity,
    authority: str,
    now: datetime,
) -> File:
    return File(
        file_id=file_id,
        subject=subject,
        subject_id=subject_id,
        level=level,
        name=content.name,
        kind=content.kind,
        size_bytes=content.size_bytes,
        sha256=content.sha256,
        added_at=now,
        added_by=caller.subject,
        added_by_name=caller.name,
        acting_for=caller.acting_for,
        is_by_party=not is_staff(caller),
        authority=authority,
        scan=content.scan,
        scan_detail=content.scan_detail,
        scanned_at=now if content.scan == "clean" else None,
    )


def _level_of(allowed: tuple[Level, ...], given: str | None) -> Level:
    level = given or allowed[0]
    for each in allowed:
        if level == each:
            return each
    raise Refused(
        f"The level of a file is {' or '.join(allowed)}.",
        rule="file-level",
        code="file-level",
        remedy="Leave it out, or send one of these.",
    )


def _call_of(
    request: Request, caller: Identity, key: str, level: Level, redacts: UUID | None, content: Content
) -> IdempotentCall:
    asked = f"{request.method} {request.url.path}\n{level}\n{content.name}\n{content.sha256.hex()}"
    if redacts is not None:
        asked += f"\n{redacts}"
    return IdempotentCall(key, caller.subject, blake2b(asked.encode(), digest_size=16).hexdigest())


def _headers_of(file: File) -> Mapping[str, str]:
    plain = "".join(each if each.isascii() and each not in '"\\' else "_" for each in file.name)
    return {
        "Content-Length": str(file.size_bytes),
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Digest": f"sha-256=:{b64encode(file.sha256).decode()}:",
        "ETag": f'"{file.sha256.hex()}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
        "Cache-Control": "private, no-store",
    }
