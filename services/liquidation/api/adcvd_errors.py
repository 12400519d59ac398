"""Antidumping and countervailing duty at liquidation: rates that messages name, errors, explanations, open bills."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.liquidation.acts import adcvd_errors as acts
from services.liquidation.api.common import shown_number
from services.liquidation.api.predicates import CaseNumber
from services.liquidation.domain.adcvd_errors import ErrorKind, InstructedRate, find_errors
from services.liquidation.store import adcvd_errors as store
from services.liquidation.store.adcvd_errors import Explanation
from shared.contracts.terms import SaidText
from shared.customs.calendar import add_days
from shared.customs.money import format_cents
from shared.db.transaction import Transaction, reading
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of, now_of, today_of

router = APIRouter(tags=["antidumping and countervailing duties"])

_ENTRIES_AT_ONCE: Final = 500
_STOPPED_DAYS: Final = 180


class RateIn(BaseModel):
    """A rate that a message of Commerce names for a case."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "message_number": "6012345",
                    "case_number": "A570012000",
                    "rate_pct": "41.50",
                    "manufacturer_id": "CNSYNTH123SHE",
                    "entered_to": "2026-04-30",
                }
            ]
        },
    )

    message_number: Annotated[str, Field(min_length=1, max_length=40)]
    case_number: CaseNumber
    rate_pct: Annotated[Decimal, Field(ge=0, lt=100_000, decimal_places=4)] = Field(description="In percent of value.")
    manufacturer_id: Annotated[str, Field(min_length=1, max_length=15)] | None = Field(
        default=None, description="Of one maker; null: of all for whom no message names another."
    )
    entered_from: LegalDay | None = None
    entered_to: LegalDay | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "RateIn":
        if self.entered_from is not None and self.entered_to is not None and self.entered_to < self.entered_from:
            raise ValueError("entered_to is the day of entered_from or later")
        return self


class RateOut(BaseModel):
    """A rate that was recorded."""

    rate_id: UUID
    message_number: str
    case_number: str
    rate_pct: str


class ExplanationIn(BaseModel):
    """Why a rate at liquidation is another than the instruction's, or why an entry liquidated by law."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"line_number": 1, "case_number": "A570012000", "explanation": "Final court decision, Slip Op. 26-11."}
            ]
        },
    )

    line_number: int = Field(ge=1, le=9999)
    case_number: CaseNumber
    explanation: SaidText


class ExplanationOut(BaseModel):
    """What was said of an error."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    explanation: str
    made_by: str
    made_at: datetime


class ErrorOut(BaseModel):
    """What is wrong, or not known, of a case on a line of a liquidated entry."""

    entry_number: str
    line_number: int
    case_number: str
    kind: ErrorKind = Field(
        description="`deemed-liquidation`: by law at the asserted rate; `another-rate` than the instruction's;"
        " `rate-not-known`: the liquidation changed money, and not line by line."
    )
    liquidated_on: date
    asserted_rate_pct: str | None
    instructed_rate_pct: str | None = Field(description="Null: no message is recorded that names one.")
    message_number: str | None
    at_stake_usd: str | None = Field(description="What the instructed rate would have come to more; less is negative.")
    explanations: list[ExplanationOut]


class ErrorsOut(BaseModel):
    """Errors of some entries."""

    items: list[ErrorOut]
    following: str | None = Field(description="Send it as `after` for those of the next entries; null: that was all.")


class CollectionOut(BaseModel):
    """A bill that is open, of an entry under a case."""

    bill_number: str
    entry_number: str
    importer_number: str | None
    surety_code: str | None
    open_usd: str
    due_on: date
    state: str
    last_entry_on: date | None = Field(description="When the importer last entered anything.")
    has_stopped: bool = Field(description="Nothing for 180 days: collection is at risk.")


@router.post("/instructed-rates", status_code=201, summary="Record a rate that a message names", response_model=RateOut)
async def record_instructed_rate(
    body: RateIn,
    request: Request,
    caller: Annotated[Identity, allow("instruction.confirm")],
    call: CurrentIdempotentCall,
) -> Response:
    """Of two for the same case, maker and time the later stands; all stay, under seal."""

    async def act(tx: Transaction) -> RateOut:
        rate = InstructedRate(**body.model_dump())
        rate_id = await acts.record_rate(tx, caller, now_of(request), rate, call.key)
        return RateOut(
            rate_id=rate_id,
            message_number=rate.message_number,
            case_number=rate.case_number,
            rate_pct=_percent(rate.rate_pct),
        )

    return await answer_once(request, call, act)


@router.get("/adcvd-errors", summary="Errors of AD/CVD at liquidation")
async def list_adcvd_errors(
    request: Request,
    caller: Annotated[Identity, allow("deemed-case.read")],
    after: Annotated[str | None, Query(max_length=20, description="`following` of the answer before.")] = None,
    since: Annotated[LegalDay | None, Query(description="Liquidated since; a year ago by default.")] = None,
    unexplained: Annotated[bool, Query(description="Only those of which nothing was said.")] = False,
) -> ErrorsOut:
    """Every deemed liquidation under a case, every rate that is not the instruction's, and what cannot be compared.

    An answer looks at 500 entries, in the order of their numbers, whatever it finds: it may be empty and lead on.
    """
    reach = reach_of(caller, "deemed-case.read", today_of(request))
    first = since if since is not None else add_days(today_of(request), -365)
    async with reading(engine_of(request)) as connection:
        cases, following = await store.list_liquidated_cases(
            connection, reach, first, after=after, entry_limit=_ENTRIES_AT_ONCE
        )
        rates = await store.list_rates(connection, {each.case_number for each in cases})
        errors = find_errors(cases, rates)
        said = await store.list_explanations(connection, [each.case.entry_number for each in errors])
    told = []
    for error in errors:
        case = error.case
        own = [
            each
            for each in said
            if (each.entry_number, each.line_number, each.case_number)
            == (case.entry_number, case.line_number, case.case_number)
        ]
        if unexplained and own:
            continue
        told.append(
            ErrorOut(
                entry_number=case.entry_number,
                line_number=case.line_number,
                case_number=case.case_number,
                kind=error.kind,
                liquidated_on=case.liquidated_on,
                asserted_rate_pct=_percent(case.rate_pct) if case.rate_pct is not None else None,
                instructed_rate_pct=_percent(error.instructed.rate_pct) if error.instructed is not None else None,
                message_number=error.instructed.message_number if error.instructed is not None else None,
                at_stake_usd=format_cents(error.at_stake_cents) if error.at_stake_cents is not None else None,
                explanations=[ExplanationOut.model_validate(each) for each in own],
            )
        )
    return ErrorsOut(items=told, following=following)


@router.post(
    "/adcvd-errors/{entry_number}/explanations",
    status_code=201,
    summary="Explain an error of AD/CVD",
    response_model=ExplanationOut,
)
async def explain_adcvd_error(
    entry_number: Annotated[str, Path(description="The entry.", examples=["B7603245278"])],
    body: ExplanationIn,
    request: Request,
    caller: Annotated[Identity, allow("deemed-case.close")],
    call: CurrentIdempotentCall,
) -> Response:
    """Said of one case on one line; it stands beside the error from then on and takes nothing away."""
    number = canonical_entry_number(entry_number)

    async def act(tx: Transaction) -> ExplanationOut:
        said: Explanation = await acts.explain(
            tx,
            caller,
            now_of(request),
            number,
            line_number=body.line_number,
            case_number=body.case_number,
            explanation=body.explanation,
        )
        return ExplanationOut.model_validate(said)

    return await answer_once(request, call, act)


@router.get("/adcvd-collection", summary="Open bills of entries under AD/CVD cases")
async def list_adcvd_collection(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("deemed-case.read")],
    page: CurrentPage,
) -> Page[CollectionOut]:
    """The collection watch: what is billed and not paid, and whether the importer still enters anything."""
    position = page.position(str)
    today = today_of(request)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_open_bills(
            connection,
            reach_of(caller, "deemed-case.read", today),
            after=position[0] if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.bill_number,),
        item=lambda row: CollectionOut(
            bill_number=row.bill_number,
            entry_number=row.entry_number,
            importer_number=shown_number(row.importer_number, caller),
            surety_code=row.surety_code,
            open_usd=format_cents(row.open_cents),
            due_on=row.due_on,
            state=row.state,
            last_entry_on=row.last_entry_on,
            has_stopped=row.last_entry_on is not None and row.last_entry_on < add_days(today, -_STOPPED_DAYS),
        ),
        request=request,
        response=response,
    )


def _percent(rate: Decimal) -> str:
    """A rate as it is, never rounded, with two places at least.

    >>> _percent(Decimal("41.5000")), _percent(Decimal("41.5050"))
    ('41.50', '41.505')
    """
    places = max(2, -int(rate.normalize().as_tuple().exponent))
    return f"{rate:.{places}f}"
