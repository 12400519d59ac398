"""The HTTP side of reports of programs to a court: made for a day, read as they are kept, signed by two."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.liquidation.acts import program_reports as acts
from services.liquidation.acts.program_reports import REPORT_FORM, SIGNATURES
from services.liquidation.acts.programs import no_program
from services.liquidation.api.common import law_of, money_policy_of
from services.liquidation.api.programs import ProgramPath
from services.liquidation.handlers.handler import GROUP
from services.liquidation.store import program_reports as store
from services.liquidation.store.program_reports import Signature
from services.liquidation.store.programs import find_program
from shared.db.transaction import Transaction, snapshot, transaction
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["programs"])

_DIGEST: Final = "b3f1c7a27f0c8f4e2d5c6b7a8990a1b2c3d4e5f60718293a4b5c6d7e8f901234"
AsOf = Annotated[LegalDay, Query(description="The legal day of the report.", examples=["2026-06-15"])]
AsOfPath = Annotated[LegalDay, Path(description="The legal day of the report.", examples=["2026-06-15"])]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
_EXAMPLE: Final[dict[str, Any]] = {
    "form": REPORT_FORM,
    "program": "ieepa-2026",
    "as_of": "2026-06-15",
    "money": {"potential_usd": "0.00", "posted_usd": "9534.03", "certified_usd": "0.00", "sent_usd": "0.00"},
    "runs": [{"run": 1, "posted_on": "2026-06-15", "leaves": 1, "root": _DIGEST}],
}


class SignatureOut(BaseModel):
    """Who signed, the first or the second."""

    number: int
    signed_at: datetime
    signed_by: str
    signed_for: str | None
    authority: str = Field(description="The row of the table of authority that it rests on.")


class ReportOut(BaseModel):
    """A report that was made, without its bytes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "program": "ieepa-2026",
                    "as_of": "2026-06-15",
                    "made_at": "2026-06-15T21:00:00Z",
                    "made_by": "kim",
                    "sha256": _DIGEST,
                    "is_signed": False,
                    "signatures": [],
                    "report": "/programs/ieepa-2026/report?as_of=2026-06-15",
                }
            ]
        }
    )

    program: str
    as_of: date
    made_at: datetime
    made_by: str
    sha256: Sha256 = Field(description="SHA-256 of the bytes of the report: what is signed.")
    is_signed: bool = Field(description="By two people.")
    signatures: list[SignatureOut]
    report: str = Field(description="Where its bytes are.")


class SigningIn(BaseModel):
    """The digest of what the caller read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"sha256": _DIGEST}]})

    sha256: Sha256


@router.post(
    "/programs/{program}/reports", status_code=201, summary="Make the report of today", response_model=ReportOut
)
@tells("ETag", "Location")
async def make_program_report(
    program: ProgramPath,
    request: Request,
    caller: Annotated[Identity, allow("program.report")],
    call: CurrentIdempotentCall,
) -> Response:
    """Count everything of the program from one state of the database, and keep it whole as the report of today.

    A report of today that was made before is answered as it is: a day has one.
    """
    engine, today = engine_of(request), today_of(request)
    async with snapshot(engine) as tx:
        known = await store.find_report(tx.connection, program, today)
    made = known or await acts.make_report(
        engine, program, now_of(request), GROUP, law_of(request), money_policy_of(request).settings, caller
    )

    async def act(tx: Transaction) -> ReportOut:
        kept = await acts.keep_report(tx, made)
        signatures = await store.list_signatures(tx.connection, program, kept.as_of)
        return _report(kept.program, kept.as_of, kept.made_at, kept.made_by, kept.sha256, signatures)

    return await answer_once(request, call, act, headers=_headers)


@router.get("/programs/{program}/reports", summary="Reports that were made")
async def list_program_reports(
    program: ProgramPath,
    request: Request,
    response: Response,
    _: Annotated[Identity, allow("program.try")],
    page: CurrentPage,
) -> Page[ReportOut]:
    """The newest first, with who signed them."""
    position = page.position(str)
    async with snapshot(engine_of(request)) as tx:
        if await find_program(tx.connection, program) is None:
            raise no_program(program)
        before = date.fromisoformat(position[0]) if position else None
        rows = await store.list_reports(tx.connection, program, before=before, limit=page.fetch)
    return build_page(
        rows,
        page,
        key=lambda row: (row[0]["as_of"].isoformat(),),
        item=lambda row: _report(**row[0], signatures=row[1]),
        request=request,
        response=response,
    )


@router.get(
    "/programs/{program}/report",
    summary="The report of a day",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}, "example": _EXAMPLE}}}},
)
@tells("ETag")
async def read_program_report(
    program: ProgramPath, request: Request, _: Annotated[Identity, allow("program.try")], as_of: AsOf
) -> Response:
    """Declarations, outcomes, money, what is excluded and what would admit it, days left, roots of runs, as made.

    The same bytes whenever it is asked for; the ETag is their SHA-256. A day of which none was made is refused.
    """
    async with snapshot(engine_of(request)) as tx:
        found = await acts.find_report(tx, program, as_of)
    return Response(found.document, media_type="application/json", headers={"ETag": etag(found.sha256.hex())})


@router.get(
    "/programs/{program}/report.csv",
    summary="The report of a day as rows",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": "section,state,code\nentries,due,\n"}}}
    },
)
@tells("Content-Disposition")
async def read_program_report_csv(
    program: ProgramPath, request: Request, _: Annotated[Identity, allow("program.try")], as_of: AsOf
) -> Response:
    """The same figures, a section after the other; kept with the report, so these are the same bytes too."""
    async with snapshot(engine_of(request)) as tx:
        found = await acts.find_report(tx, program, as_of)
    name = f'attachment; filename="{program}-{as_of}.csv"'
    return Response(found.rows_csv, media_type="text/csv", headers={"Content-Disposition": name})


@router.post(
    "/programs/{program}/reports/{as_of}/signatures",
    status_code=201,
    summary="Sign a report",
    response_model=ReportOut,
)
async def sign_program_report(
    program: ProgramPath,
    as_of: AsOfPath,
    body: SigningIn,
    request: Request,
    caller: Annotated[Identity, allow("program.sign")],
) -> ReportOut:
    """By the digest of its bytes, as the first or the second of two people; who made it may be one of them.

    Signing again is answered with the report as it stands.
    """
    async with transaction(engine_of(request)) as tx:
        report, signatures = await acts.sign_report(tx, now_of(request), program, as_of, body.sha256, caller)
    return _report(report.program, report.as_of, report.made_at, report.made_by, report.sha256, signatures)


def _report(
    program: str, as_of: date, made_at: datetime, made_by: str, sha256: bytes, signatures: Sequence[Signature]
) -> ReportOut:
    return ReportOut(
        program=program,
        as_of=as_of,
        made_at=made_at,
        made_by=made_by,
        sha256=sha256.hex(),
        is_signed=len(signatures) == SIGNATURES,
        signatures=[SignatureOut.model_validate(each, from_attributes=True) for each in signatures],
        report=f"/programs/{program}/report?as_of={as_of}",
    )


def _headers(made: ReportOut) -> dict[str, str]:
    return {"ETag": etag(made.sha256), "Location": made.report}
