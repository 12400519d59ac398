"""Tariff maps: which Center takes which goods, drafted, validated, compared and published as one version."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.routing.acts import tariff_maps as acts
from services.routing.api.recommended import list_recommended
from services.routing.api.tariff_map_models import (
    CSV,
    EXAMPLE_CSV,
    DiffOut,
    DraftIn,
    FaultOut,
    HeadingMoveOut,
    MapChangeOut,
    MapMoveOut,
    PublicationIn,
    ReportOut,
    RowsIn,
    TariffMapDetailOut,
    TariffMapOut,
    ValidationIn,
    read_draft,
    read_row,
    write_csv,
    write_row,
)
from services.routing.domain.tariff_maps import MapVersion, find_after, find_in_force, state_on
from services.routing.store import tariff_maps as store
from services.routing.store.tariff_maps import Moving
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["tariff maps"])

VersionPath = Annotated[str, Path(description="The version's name.", examples=["tariff-map-0001"])]


@router.get("/tariff-maps", summary="Versions of the tariff map")
async def list_tariff_maps(
    request: Request, response: Response, _: Annotated[Identity, allow("tariff-map.read")], page: CurrentPage
) -> Page[TariffMapOut]:
    """All versions by number, the one shipped with the product first, with what became of each."""
    position = page.position(int)
    today = today_of(request)
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
    responses={200: {"content": {CSV: {"example": EXAMPLE_CSV}}}},
)
@tells("ETag", "Link")
async def read_tariff_map(
    version: VersionPath,
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("tariff-map.read")],
    page: CurrentPage,
) -> TariffMapDetailOut | Response:
    """A page of rows in the order of their prefixes; with `Accept: text/csv` all rows as a table, to edit and send."""
    position = page.position(str, str)
    is_csv = CSV in request.headers.get("accept", "")
    async with reading(engine_of(request)) as connection:
        found = await acts.demand_version(connection, version)
        published = await store.list_published(connection)
        history = await store.load_history(connection, version)
        recommended = await list_recommended(connection, "tariff-map", version)
        if is_csv:
            rows = await store.load_rows(connection, version)
        else:
            rows = await store.load_rows(connection, version, after=position, limit=page.fetch)
    if is_csv:
        return Response(write_csv(rows), media_type=CSV, headers={"ETag": etag(found.revision)})
    shown = build_page(
        rows,
        page,
        key=lambda row: (row.prefix_from, row.prefix_to),
        item=write_row,
        request=request,
        response=response,
    )
    response.headers["ETag"] = etag(found.revision)
    return TariffMapDetailOut(
        **_version_fields(found, published, today_of(request)),
        recommended=recommended,
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
                CSV: {"schema": {"type": "string"}, "example": EXAMPLE_CSV},
            },
        }
    },
)
async def draft_tariff_map(
    body: Annotated[DraftIn, Depends(read_draft)],
    request: Request,
    caller: Annotated[Identity, allow("tariff-map.draft")],
    call: CurrentIdempotentCall,
) -> Response:
    """A draft of the rows given, as JSON or as a CSV table, or of the rows of the version that it is based on."""
    now = now_of(request)
    rows = [read_row(row) for row in body.rows] if body.rows is not None else None

    async def act(tx: Transaction) -> TariffMapOut:
        draft = await acts.draft_map(
            tx, caller, title=body.title, based_on=body.based_on, rows=rows, reason=body.reason, now=now
        )
        return await _version_out(tx, draft, legal_date(now))

    return await answer_once(request, call, act)


@router.patch("/tariff-maps/{version}/rows", summary="Edit the rows of a draft")
@tells("ETag")
async def edit_tariff_map(
    version: VersionPath,
    body: RowsIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("tariff-map.draft")],
    match: RequiredIfMatch,
) -> TariffMapOut:
    """Remove rows, then write rows; one with the same two prefixes is replaced. The version is a draft again."""
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        edited = await acts.edit_map(
            tx,
            caller,
            version,
            match,
            write=[read_row(row) for row in body.write],
            remove={(span.prefix_from, span.prefix_to) for span in body.remove},
            reason=body.reason,
            now=now,
        )
        answer = await _version_out(tx, edited, legal_date(now))
    response.headers["ETag"] = etag(edited.revision)
    return answer


@router.post("/tariff-maps/{version}/validate", summary="Find what is wrong with a draft")
@tells("ETag")
async def validate_tariff_map(
    version: VersionPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("tariff-map.validate")],
    body: ValidationIn | None = None,
) -> ReportOut:
    """Every heading covered exactly once, every Center open on the day: the faults, each with its prefix."""
    now = now_of(request)
    on = (body.effective_on if body else None) or legal_date(now) + timedelta(days=1)
    async with transaction(engine_of(request)) as tx:
        validated, report = await acts.validate_map(tx, caller, version, on=on, now=now)
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
    caller: Annotated[Identity, allow("tariff-map.read")],
    against: Annotated[
        str | None,
        Query(description="The version to compare with; the one that it takes or would take over from."),
    ] = None,
    on: Annotated[
        LegalDay | None,
        Query(description="The day whose open Centers count; by default the version's first day, else tomorrow."),
    ] = None,
) -> DiffOut:
    """Headings, importers and entries of the last twelve months that would have another Center."""
    async with reading(engine_of(request)) as connection:
        diff = await acts.compare_map(connection, version, against=against, on=on, today=today_of(request))
    return DiffOut(
        version=diff.version,
        against=diff.against,
        on=diff.on,
        first_month=diff.first_month,
        headings=[HeadingMoveOut.model_validate(move) for move in diff.headings],
        importers_moving=sum(move.moved for move in diff.importers),
        importers=[
            _move_out(move, [shown_importer_number(caller, number) for number in move.examples])
            for move in diff.importers
        ],
        entries_moving=sum(move.moved for move in diff.entries),
        entries=[_move_out(move, move.examples) for move in diff.entries],
        entries_unknown=diff.entries_unknown,
    )


@router.post("/tariff-maps/{version}/publish", summary="Publish a validated version")
@tells("ETag")
async def publish_tariff_map(
    version: VersionPath,
    body: PublicationIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("tariff-map.publish")],
    match: RequiredIfMatch,
) -> TariffMapOut:
    """Put a version in force from a day after today. It takes a second person: nobody publishes rows of their own.

    The rows are validated once more for that day.
    """
    now = now_of(request)
    async with transaction(engine_of(request)) as tx:
        published = await acts.publish_map(
            tx, caller, version, match, effective_on=body.effective_on, reason=body.reason, now=now
        )
        answer = await _version_out(tx, published, legal_date(now))
    response.headers["ETag"] = etag(published.revision)
    return answer


@router.post(
    "/tariff-maps/{version}/rollback",
    status_code=201,
    summary="Go back to the map before a version",
    response_model=TariffMapOut,
)
async def roll_back_tariff_map(
    version: VersionPath,
    body: PublicationIn,
    request: Request,
    caller: Annotated[Identity, allow("tariff-map.roll-back")],
    call: CurrentIdempotentCall,
) -> Response:
    """Publish a new version with the rows of the one that this version took over from, from a day after today.

    One person may do it: two have answered for these rows before. Decisions made meanwhile keep their map.
    """
    now = now_of(request)

    async def act(tx: Transaction) -> TariffMapOut:
        published = await acts.roll_back_map(
            tx, caller, version, effective_on=body.effective_on, reason=body.reason, now=now
        )
        return await _version_out(tx, published, legal_date(now))

    return await answer_once(request, call, act)


async def _version_out(tx: Transaction, version: MapVersion, today: date) -> TariffMapOut:
    published = await store.list_published(tx.connection)
    return TariffMapOut(**_version_fields(version, published, today))


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


def _move_out(move: Moving, examples: Sequence[str]) -> MapMoveOut:
    return MapMoveOut(from_center=move.from_center, to_center=move.to_center, count=move.moved, examples=list(examples))
