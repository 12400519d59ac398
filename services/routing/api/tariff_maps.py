"""Tariff maps: which Center takes which goods, drafted, validated, compared and published as one version."""

import csv
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.activity import window_on
from services.routing.domain.map_draft import (
    MapVersion,
    Report,
    State,
    diff_headings,
    find_after,
    find_before,
    find_in_force,
    map_subheadings,
    state_on,
    tariff_subheadings,
    validate,
)
from services.routing.store import directory as directory_store
from services.routing.store import rulebook
from services.routing.store import tariff_maps as store
from services.routing.store.tariff_maps import Move
from shared.customs.calendar import legal_date
from shared.customs.tariff_map import Confidence, TariffMap, TariffMapRow
from shared.db.idempotency import IdempotentCall, recall, remember
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.errors import Conflict, Forbidden, Malformed, NotFound, Refused
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall, replay
from shared.web.identity import StaffIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of

router = APIRouter()

CSV: Final = "text/csv"
COLUMNS: Final = ("prefix_from", "prefix_to", "center", "source", "confidence", "note")

MapIdentity = Annotated[Identity, Depends(require(RoleName.OFFICE_OF_TRADE, RoleName.OPERATOR))]
VersionPath = Annotated[str, Path(description="The version's name.", examples=["tariff-map-0001"])]
Prefix = Annotated[str, Field(pattern="^[0-9]{2,10}$", description="2 to 6 digits; more is found by validation.")]
ReasonText = Annotated[str, Field(min_length=1, max_length=1000)]
Title = Annotated[str, Field(min_length=1, max_length=200)]

_EXAMPLE_ROW: dict[str, Any] = {
    "prefix_from": "8541",
    "prefix_to": "8542",
    "center": "CEE007",
    "source": "SYNTHETIC notice",
    "confidence": "confirmed",
    "note": "semiconductor devices, integrated circuits",
}
_EXAMPLE_CSV = f"{','.join(COLUMNS)}\n{','.join(str(_EXAMPLE_ROW[name]) for name in COLUMNS[:5])},\n"
_EXAMPLE_DRAFT: dict[str, Any] = {
    "title": "SYNTHETIC: semiconductors",
    "based_on": "tariff-map-0001",
    "reason": "SYNTHETIC notice of a changed sector.",
    "rows": None,
}


class MapRow(BaseModel):
    """Tariff numbers that begin with a prefix of a span, both ends included, and the Center that takes them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE_ROW]})

    prefix_from: Prefix
    prefix_to: Prefix
    center: str = Field(
        pattern="^[A-Z0-9]{3,10}$", description="A Center, or `UNDERLYING` for chapters 98 and 99.", examples=["CEE007"]
    )
    source: Annotated[str, Field(min_length=1, max_length=500, description="Where it was read, or that it was not.")]
    confidence: Confidence
    note: Annotated[str, Field(max_length=500)] = ""


class SpanIn(BaseModel):
    """Names a row by its two prefixes."""

    model_config = ConfigDict(extra="forbid")

    prefix_from: Prefix
    prefix_to: Prefix


class DraftIn(BaseModel):
    """A new draft: the rows given, or all rows of the version that it is based on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE_DRAFT]})

    title: Title
    based_on: str | None = Field(default=None, description="A version; the one in force today unless given.")
    reason: ReasonText
    rows: Annotated[list[MapRow], Field(min_length=1, max_length=20_000)] | None = Field(
        default=None, description="Null: the rows of `based_on`, to be edited."
    )


class RowsIn(BaseModel):
    """Rows to write and rows to remove."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "write": [_EXAMPLE_ROW],
                    "remove": [{"prefix_from": "8543", "prefix_to": "8543"}],
                    "reason": "Heading by heading as in the notice.",
                }
            ]
        },
    )

    write: Annotated[list[MapRow], Field(max_length=20_000)] = []
    remove: Annotated[list[SpanIn], Field(max_length=20_000)] = []
    reason: ReasonText


class ValidationIn(BaseModel):
    """For which day to validate."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"effective_on": "2027-01-04"}]})

    effective_on: date | None = Field(default=None, description="The day on which Centers must be open; tomorrow.")


class PublicationIn(BaseModel):
    """From which day the version is in force."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"effective_on": "2027-01-04", "reason": "SYNTHETIC notice published."}]},
    )

    effective_on: date = Field(description="After today: decisions already made keep their map.")
    reason: ReasonText


class MapChangeOut(BaseModel):
    """One line of a version's history."""

    action: Literal["drafted", "edited", "validated", "found-faulty", "published"]
    reason: str
    changed_by: str
    acting_for: str | None
    recorded_at: datetime


class TariffMapOut(BaseModel):
    """A version of the map: how far it has come and from when to when it is in force."""

    version: str = Field(examples=["tariff-map-0001"])
    title: str
    based_on: str | None
    state: State
    is_in_force: bool = Field(description="Whether entries of today are decided by it.")
    revision: int
    valid_on: date | None = Field(description="The day for which it was found valid.")
    effective_on: date | None = Field(description="Null while unpublished, and for the map shipped with the product.")
    ended_on: date | None = Field(description="The day on which another version takes or took over.")
    rolls_back: str | None = Field(description="The version that it undoes.")


class TariffMapDetailOut(TariffMapOut):
    """A version with its history and a page of its rows."""

    history: list[MapChangeOut]
    rows: list[MapRow]
    next: str | None = Field(description="The link to the next page of rows; null on the last.")


class FaultOut(BaseModel):
    """Something that keeps the version from being published."""

    model_config = ConfigDict(from_attributes=True)

    code: str = Field(
        description="`bad-range`, `prefix-too-long`, `overlap`, `not-covered`, `unknown-center`, `center-not-open`,"
        " `not-underlying` or `center-missing`.",
        examples=["overlap"],
    )
    prefix: str = Field(examples=["8541"])
    detail: str


class ReportOut(BaseModel):
    """What validation found."""

    version: str
    is_valid: bool
    on: date
    headings: int = Field(description="Headings of the tariff that must be covered.")
    headings_by_center: dict[str, int] = Field(
        description="Headings with a row for the Center; one that is split by subheading counts for each.",
        examples=[{"CEE007": 41}],
    )
    faults: list[FaultOut]


class HeadingMoveOut(BaseModel):
    """A heading that moves, whole or in part."""

    model_config = ConfigDict(from_attributes=True)

    heading: str = Field(examples=["8541"])
    from_center: str | None
    to_center: str | None
    subheadings: int = Field(description="Subheadings of the heading that move so.")


class MoveOut(BaseModel):
    """How many go from one Center to another, with the first twenty of them."""

    from_center: str | None = Field(description="Null: no Center.")
    to_center: str | None
    count: int
    examples: list[str]


class DiffOut(BaseModel):
    """What would move if one version took over from another."""

    version: str
    against: str
    on: date = Field(description="The day whose open Centers count; work of a closed one goes to its successor.")
    first_month: date = Field(description="Importers and entries are counted from this month on, twelve in all.")
    headings: list[HeadingMoveOut]
    importers_moving: int
    importers: list[MoveOut] = Field(description="By predominant number of goods, more value breaking a tie.")
    entries_moving: int
    entries: list[MoveOut] = Field(description="Entries without an assigned importer, which go by their goods.")
    entries_unknown: int = Field(description="Such entries of which the goods were not kept.")


async def read_draft(
    request: Request,
    title: Annotated[str | None, Query(description="With a CSV body: the title.", max_length=200)] = None,
    reason: Annotated[str | None, Query(description="With a CSV body: why.", max_length=1000)] = None,
    based_on: Annotated[str | None, Query(description="With a CSV body: the version before.")] = None,
) -> DraftIn:
    """Dependency: the draft of the body, JSON or CSV; 422 names the fields that break a rule."""
    body = await request.body()
    try:
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != CSV:
            return DraftIn.model_validate_json(body)
        return DraftIn.model_validate({"title": title, "reason": reason, "based_on": based_on, "rows": _read_csv(body)})
    except ValidationError as error:
        problems = [
            {**item, "loc": ("body", *item["loc"])}
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise RequestValidationError(problems) from None


@router.get("/tariff-maps", summary="Versions of the tariff map")
async def list_tariff_maps(
    request: Request, response: Response, _: StaffIdentity, page: CurrentPage
) -> Page[TariffMapOut]:
    """All versions by number, the one shipped with the product first, with what became of each."""
    position = page.position(int)
    today = _today(request)
    async with reading(engine_of(request)) as connection:
        published = await store.list_published(connection)
        rows = await store.list_versions(connection, after=position[0] if position else None, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row.number,),
        item=lambda row: TariffMapOut(**_version_fields(row, published, today)),
        request=request,
        response=response,
    )


@router.get(
    "/tariff-maps/{version}",
    summary="A version with its rows and history",
    response_model=TariffMapDetailOut,
    responses={200: {"content": {CSV: {"example": _EXAMPLE_CSV}}}},
)
async def read_tariff_map(
    version: VersionPath, request: Request, response: Response, _: StaffIdentity, page: CurrentPage
) -> TariffMapDetailOut | Response:
    """A page of rows in the order of their prefixes; with `Accept: text/csv` all rows as a table, to edit and send."""
    position = page.position(str, str)
    is_csv = CSV in request.headers.get("accept", "")
    async with reading(engine_of(request)) as connection:
        found = await _demand_version(connection, version)
        published = await store.list_published(connection)
        history = await store.load_history(connection, version)
        if is_csv:
            rows = await store.load_rows(connection, version)
        else:
            rows = await store.load_rows(connection, version, after=position, limit=page.fetch)
    if is_csv:
        return Response(_write_csv(rows), media_type=CSV, headers={"ETag": etag(found.revision)})
    shown = build_page(
        rows,
        page,
        key=lambda row: (row.prefix_from, row.prefix_to),
        item=_row_out,
        request=request,
        response=response,
    )
    response.headers["ETag"] = etag(found.revision)
    return TariffMapDetailOut(
        **_version_fields(found, published, _today(request)),
        history=[MapChangeOut.model_validate(line, from_attributes=True) for line in history],
        rows=shown.items,
        next=shown.next,
    )


@router.post(
    "/tariff-maps",
    status_code=201,
    summary="Draft a version",
    response_model=TariffMapOut,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        name: value
                        for name, value in DraftIn.model_json_schema(
                            ref_template="#/components/schemas/{model}"
                        ).items()
                        if name != "$defs"
                    }
                },
                CSV: {"schema": {"type": "string"}, "example": _EXAMPLE_CSV},
            },
        }
    },
)
async def draft_tariff_map(
    body: Annotated[DraftIn, Depends(read_draft)], request: Request, caller: MapIdentity, call: CurrentIdempotentCall
) -> TariffMapOut | Response:
    """A draft of the rows given, as JSON or as a CSV table, or of the rows of the version that it is based on."""
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        remembered = await recall(tx.connection, call)
        if remembered is not None:
            return replay(remembered)
        await store.lock(tx)
        published = await store.list_published(tx.connection)
        base = (
            await _demand_version(tx.connection, body.based_on)
            if body.based_on is not None
            else find_in_force(published, legal_date(now))
        )
        rows = (
            [_map_row(row) for row in body.rows]
            if body.rows is not None
            else await store.load_rows(tx.connection, base.version)
        )
        _demand_distinct(rows)
        draft = await store.add_draft(tx, title=body.title, based_on=base.version, rows=rows)
        await _note(tx, draft, "drafted", body.reason, caller, now)
        return await _answer_created(tx, call, draft, published, now)


@router.patch("/tariff-maps/{version}/rows", summary="Edit the rows of a draft")
async def edit_tariff_map(
    version: VersionPath,
    body: RowsIn,
    request: Request,
    response: Response,
    caller: MapIdentity,
    match: RequiredIfMatch,
) -> TariffMapOut:
    """Remove rows, then write rows; one with the same two prefixes is replaced. The version is a draft again."""
    now = now_of(request)
    rows = [_map_row(row) for row in body.write]
    _demand_distinct(rows)
    spans = {(span.prefix_from, span.prefix_to) for span in body.remove}
    async with transaction(engine_of(request)) as tx:
        await store.lock(tx)
        found = await _demand_unpublished(tx, version)
        match.check(found.revision)
        removed = await store.remove_rows(tx, version, spans)
        if removed < len(spans):
            raise Refused(
                f"{len(spans) - removed} of the rows to remove are not in {version}.",
                rule="tariff-map",
                code="unknown-row",
                remedy=f"Name rows of GET /tariff-maps/{version} by both their prefixes.",
            )
        await store.write_rows(tx, version, rows)
        edited = await store.mark_edited(tx, found)
        await _note(tx, edited, "edited", body.reason, caller, now)
        published = await store.list_published(tx.connection)
    response.headers["ETag"] = etag(edited.revision)
    return TariffMapOut(**_version_fields(edited, published, legal_date(now)))


@router.post("/tariff-maps/{version}/validate", summary="Find what is wrong with a draft")
async def validate_tariff_map(
    version: VersionPath, request: Request, response: Response, caller: MapIdentity, body: ValidationIn | None = None
) -> ReportOut:
    """Every heading covered exactly once, every Center open on the day: the faults, each with its prefix."""
    now = now_of(request)
    on = (body.effective_on if body else None) or legal_date(now) + timedelta(days=1)
    async with transaction(engine_of(request)) as tx:
        await store.lock(tx)
        found = await _demand_unpublished(tx, version)
        report = await _validate(tx, version, on)
        if report.faults:
            validated = await store.mark_edited(tx, found)
            await _note(tx, validated, "found-faulty", f"{len(report.faults)} faults as of {on}.", caller, now)
        else:
            validated = await store.mark_validated(tx, found, on)
            await _note(tx, validated, "validated", f"Without fault as of {on}.", caller, now)
    response.headers["ETag"] = etag(validated.revision)
    return ReportOut(
        version=version,
        is_valid=not report.faults,
        on=report.on,
        headings=report.headings,
        headings_by_center=dict(report.headings_by_center),
        faults=[FaultOut.model_validate(fault) for fault in report.faults],
    )


@router.get("/tariff-maps/{version}/diff", summary="What a version would move")
async def diff_tariff_map(
    version: VersionPath,
    request: Request,
    caller: StaffIdentity,
    against: Annotated[
        str | None,
        Query(description="The version to compare with; the one that it takes or would take over from."),
    ] = None,
    on: Annotated[
        date | None,
        Query(description="The day whose open Centers count; by default the version's first day, else tomorrow."),
    ] = None,
) -> DiffOut:
    """Headings, importers and entries of the last twelve months that would have another Center."""
    today = _today(request)
    months = window_on(today)
    async with reading(engine_of(request)) as connection:
        found = await _demand_version(connection, version)
        day = on or found.effective_on or found.valid_on or today + timedelta(days=1)
        other = await _find_other(connection, found, against, day)
        new, old = await _load_map(connection, found), await _load_map(connection, other)
        open_centers = (await directory_store.load(connection)).open_centers(day)

        def compare(numbers: Sequence[str]) -> tuple[dict[str, str | None], dict[str, str | None]]:
            return map_subheadings(numbers, old, open_centers), map_subheadings(numbers, new, open_centers)

        headings = diff_headings(*compare(tariff_subheadings()))
        active = compare(await store.list_active_subheadings(connection, months))
        importers = await store.count_moving_importers(connection, months, *active)
        filed = compare(await store.list_entry_subheadings(connection, months[0]))
        entries = await store.count_moving_entries(connection, months[0], *filed)
        unknown = await store.count_entries_without_goods(connection, months[0])
    return DiffOut(
        version=found.version,
        against=other.version,
        on=day,
        first_month=months[0],
        headings=[HeadingMoveOut.model_validate(move) for move in headings],
        importers_moving=sum(move.moved for move in importers),
        importers=[
            _move_out(move, [shown_importer_number(caller, number) for number in move.examples]) for move in importers
        ],
        entries_moving=sum(move.moved for move in entries),
        entries=[_move_out(move, move.examples) for move in entries],
        entries_unknown=unknown,
    )


@router.post("/tariff-maps/{version}/publish", summary="Publish a validated version")
async def publish_tariff_map(
    version: VersionPath,
    body: PublicationIn,
    request: Request,
    response: Response,
    caller: MapIdentity,
    match: RequiredIfMatch,
) -> TariffMapOut:
    """Put a version in force from a day after today. It takes a second person: nobody publishes rows of their own.

    The rows are validated once more for that day.
    """
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        await store.lock(tx)
        found = await _demand_unpublished(tx, version)
        match.check(found.revision)
        if found.stage != "validated":
            raise Conflict(
                f"{version} has not been validated since its rows changed.",
                rule="tariff-map",
                code="not-validated",
                remedy=f"POST /tariff-maps/{version}/validate, and mend what it finds.",
            )
        authors = await store.find_authors(tx.connection, version)
        if not authors.isdisjoint({caller.subject, caller.acting_for} - {None}):
            raise Forbidden(
                f"{caller.subject} wrote rows of {version}: another person publishes it.",
                rule="two-persons",
                code="second-person-required",
                remedy="Ask somebody who has not edited it.",
            )
        written = await _publish(tx, found, body.effective_on, body.reason, caller, now)
        published = await store.list_published(tx.connection)
    response.headers["ETag"] = etag(written.revision)
    return TariffMapOut(**_version_fields(written, published, legal_date(now)))


@router.post(
    "/tariff-maps/{version}/rollback",
    status_code=201,
    summary="Go back to the map before a version",
    response_model=TariffMapOut,
)
async def roll_back_tariff_map(
    version: VersionPath, body: PublicationIn, request: Request, caller: MapIdentity, call: CurrentIdempotentCall
) -> TariffMapOut | Response:
    """Publish a new version with the rows of the one that this version took over from, from a day after today.

    One person may do it: two have answered for these rows before. Decisions made meanwhile keep their map.
    """
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        remembered = await recall(tx.connection, call)
        if remembered is not None:
            return replay(remembered)
        await store.lock(tx)
        found = await _demand_version(tx.connection, version)
        published = await store.list_published(tx.connection)
        _demand_newest(found, published, body.effective_on)
        before = find_before(published, found)
        rows = await store.load_rows(tx.connection, before.version)
        draft = await store.add_draft(
            tx,
            title=f"Back to {before.version}",
            based_on=before.version,
            rows=rows,
            rolls_back=found.version,
        )
        await _note(tx, draft, "drafted", body.reason, caller, now)
        written = await _publish(tx, draft, body.effective_on, body.reason, caller, now)
        published = await store.list_published(tx.connection)
        return await _answer_created(tx, call, written, published, now)


async def _publish(
    tx: Transaction, version: MapVersion, effective_on: date, reason: str, caller: Identity, now: datetime
) -> MapVersion:
    today = legal_date(now)
    if effective_on <= today:
        raise Refused(
            f"A map takes effect after today, {today}: decisions already made keep theirs.",
            rule="tariff-map",
            code="not-after-today",
            remedy="Give a later day.",
        )
    report = await _validate(tx, version.version, effective_on)
    if report.faults:
        raise Refused(
            f"{version.version} has {len(report.faults)} faults as of {effective_on}; the first: "
            + " ".join(fault.detail for fault in report.faults[:3]),
            rule="tariff-map",
            code="not-valid",
            remedy=f"POST /tariff-maps/{version.version}/validate for that day lists them all.",
        )
    written = await store.mark_published(tx, version, effective_on)
    await _note(tx, written, "published", reason, caller, now)
    await rulebook.note_change(tx, "tariff-map", written.version, caller.subject)
    return written


async def _validate(tx: Transaction, version: str, on: date) -> Report:
    rows = await store.load_rows(tx.connection, version)
    return validate(rows, await directory_store.load(tx.connection), on)


async def _note(
    tx: Transaction, version: MapVersion, action: str, reason: str, caller: Identity, now: datetime
) -> None:
    await store.note(
        tx,
        version.version,
        action,
        reason=reason,
        changed_by=caller.subject,
        acting_for=caller.acting_for,
        recorded_at=now,
    )


async def _answer_created(
    tx: Transaction, call: IdempotentCall, version: MapVersion, published: Sequence[MapVersion], now: datetime
) -> TariffMapOut:
    answer = TariffMapOut(**_version_fields(version, published, legal_date(now)))
    await remember(
        tx.connection,
        call,
        status=201,
        response=answer.model_dump(mode="json"),
        now=now,
    )
    return answer


async def _demand_version(connection: AsyncConnection, version: str) -> MapVersion:
    found = await store.find_version(connection, version)
    if found is None:
        raise NotFound(f"There is no tariff map {version}.", remedy="Take a version from GET /tariff-maps.")
    return found


async def _demand_unpublished(tx: Transaction, version: str) -> MapVersion:
    found = await _demand_version(tx.connection, version)
    if found.stage == "published":
        raise Conflict(
            f"{version} has been published and never changes.",
            rule="tariff-map",
            code="already-published",
            remedy="Draft a new version based on it, or roll it back.",
        )
    return found


def _demand_newest(version: MapVersion, published: Sequence[MapVersion], effective_on: date) -> None:
    if version.effective_on is None:
        raise Conflict(
            f"{version.version} has taken over from no other version, so there is nothing to go back to.",
            rule="tariff-map",
            code="nothing-before",
            remedy="Roll back a published version.",
        )
    if following := find_after(published, version):
        raise Conflict(
            f"{following.version} takes over from {version.version} on {following.effective_on}.",
            rule="tariff-map",
            code="already-superseded",
            remedy=f"Roll back {following.version}, or draft and publish a new version.",
        )
    if effective_on < version.effective_on:
        raise Refused(
            f"{version.version} is not in force before {version.effective_on}.",
            rule="tariff-map",
            code="before-effective",
            remedy="Give that day, so that it never counts, or a later one.",
        )


def _demand_distinct(rows: Sequence[TariffMapRow]) -> None:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        span = (row.prefix_from, row.prefix_to)
        if span in seen:
            raise Refused(
                f"The row {span[0]}-{span[1]} stands twice.",
                rule="tariff-map",
                code="repeated-row",
                remedy="Send each pair of prefixes once.",
            )
        seen.add(span)


async def _find_other(connection: AsyncConnection, version: MapVersion, against: str | None, on: date) -> MapVersion:
    if against is not None:
        return await _demand_version(connection, against)
    published = await store.list_published(connection)
    if version.stage != "published":
        return find_in_force(published, on)
    return find_before(published, version) if version.number else version


async def _load_map(connection: AsyncConnection, version: MapVersion) -> TariffMap:
    try:
        return await store.load_map(connection, version)
    except ValueError as error:
        raise Conflict(
            f"{version.version} is no map yet: {error}.",
            rule="tariff-map",
            code="not-valid",
            remedy=f"POST /tariff-maps/{version.version}/validate, and mend what it finds.",
        ) from error


def _read_csv(body: bytes) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(StringIO(body.decode("utf-8-sig"), newline=""), strict=True)
        columns = tuple(reader.fieldnames or ())
        if set(columns) != set(COLUMNS):
            raise Malformed(
                f"The first line must name the columns {', '.join(COLUMNS)}.", code="bad-csv", remedy=_EXAMPLE_CSV
            )
        rows = []
        for row in reader:
            if None in row or None in row.values():
                raise Malformed(
                    f"Line {reader.line_num} has not {len(columns)} cells.",
                    code="bad-csv",
                    remedy="Quote cells that hold commas.",
                )
            rows.append(row)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Malformed(f"The body is no CSV in UTF-8: {error}.", code="bad-csv") from None
    return rows


def _write_csv(rows: Sequence[TariffMapRow]) -> str:
    table = StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        (row.prefix_from, row.prefix_to, row.center_code, row.source, row.confidence, row.note) for row in rows
    )
    return table.getvalue()


def _version_fields(version: MapVersion, published: Sequence[MapVersion], today: date) -> dict[str, Any]:
    following = find_after(published, version) if version.stage == "published" else None
    return {
        "version": version.version,
        "title": version.title,
        "based_on": version.based_on or None,
        "state": state_on(version, published, today),
        "is_in_force": find_in_force(published, today).version == version.version,
        "revision": version.revision,
        "valid_on": version.valid_on,
        "effective_on": version.effective_on,
        "ended_on": following.effective_on if following else None,
        "rolls_back": version.rolls_back,
    }


def _move_out(move: Move, examples: Sequence[str]) -> MoveOut:
    return MoveOut(from_center=move.from_center, to_center=move.to_center, count=move.moved, examples=list(examples))


def _row_out(row: TariffMapRow) -> MapRow:
    return MapRow.model_construct(
        prefix_from=row.prefix_from,
        prefix_to=row.prefix_to,
        center=row.center_code,
        source=row.source,
        confidence=row.confidence,
        note=row.note,
    )


def _map_row(row: MapRow) -> TariffMapRow:
    return TariffMapRow(row.prefix_from, row.prefix_to, row.center, row.source, row.confidence, row.note)


def _today(request: Request) -> date:
    return legal_date(now_of(request))
