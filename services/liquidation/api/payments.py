"""The HTTP side of payments of programs: who is paid what, the two people who certify and pay, and the statements."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime
from typing import IO, Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import StreamingResponse

from services.liquidation.acts import payments as acts
from services.liquidation.acts.may_do import bars_on_payment
from services.liquidation.acts.payment_statements import write_csv, write_json
from services.liquidation.acts.programs import no_program
from services.liquidation.acts.set_offs import find_waits
from services.liquidation.api.common import money_policy_of
from services.liquidation.api.programs import ProgramPath
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.store import payments as store
from services.liquidation.store.payees import load_accounts
from services.liquidation.store.payments import OffsetRow, PaymentEvent, PaymentRow, PaymentsWanted, Stop, Sums
from services.liquidation.store.programs import find_program
from shared.contracts.payment import Payee, PaymentState
from shared.contracts.terms import IMPORTER_NUMBER_PATTERN
from shared.customs.money import format_cents
from shared.db.idempotency import IdempotentCall
from shared.db.transaction import Transaction, snapshot
from shared.runtime.access import Matter, demand_sight, no_such, reach_of, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity, sign
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import AppointedHour, LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.may_do import MayDoOut, tell_may_do
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["programs"])

PaymentPath = Annotated[
    str, Path(description="Number of a payment.", examples=["P000000123"], pattern="^P[0-9]{9,15}$")
]
_SPOOL: Final = 8 * 1024 * 1024
_EXAMPLE: Final[dict[str, Any]] = {
    "payment": "P000000123",
    "remittance": "P000000123-01",
    "part": 1,
    "program": "ieepa-2026",
    "importer_number": "07-345678900",
    "payee": "importer",
    "payee_number": "07-345678900",
    "posted_on": "2026-06-01",
    "state": "certified",
    "is_stopped": False,
    "way": "ach",
    "missing": [],
    "reason": "Paid by ACH to the account enrolled in ACE.",
    "waits_for": None,
    "refunds": 2,
    "removed_usd": "990.00",
    "interest_usd": "10.00",
    "other_usd": "0.00",
    "refund_usd": "1000.00",
    "delay_usd": "0.00",
    "offset_usd": "300.00",
    "net_usd": "700.00",
    "closed_at": "2026-06-01T23:00:00Z",
    "certified_on": "2026-07-02",
    "certified_by": "max",
    "paid_on": None,
    "paid_by": None,
    "returned_on": None,
    "replaced_by": None,
}


class ReplacingActOut(BaseModel):
    """An act that took the place of refunds of a payment."""

    act: str = Field(description="Key of the act on the entry; `voided`: its liquidation has no effect.")
    refunds: int
    first_entry: str


class ProgramPaymentOut(BaseModel):
    """All refunds of one program to one payee of one posting day, and how far they have come."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    payment: str
    remittance: str = Field(description="What the bank line carries: the payment and its part.")
    part: int = Field(description="Goes up when a payment that the bank returned is certified again.")
    program: str
    importer_number: str = Field(description="Masked when it is a social security number of someone else.")
    payee: Payee
    payee_number: str = Field(description="Masked as the importer number is.")
    posted_on: date = Field(description="The posting day; of refunds that became known later, that day.")
    state: PaymentState
    is_stopped: bool = Field(
        description="Whether a stay or a reversal stops it: nothing is certified or sent meanwhile."
    )
    way: str
    missing: list[str] = Field(description="What the payee lacks to be paid.")
    reason: str
    waits_for: str | None = Field(
        description="Why it is not certified or sent though the payee is ready: it is not known what is set off."
    )
    refunds: int
    removed_usd: str
    interest_usd: str
    other_usd: str = Field(
        description="What the same acts changed beside what the program removed, by decisions of others, or took up of "
        "an act before: a liquidation is one act, and its refund the balance of all of it. Below zero: owed to CBP."
    )
    refund_usd: str = Field(description="The refunds of the whole acts: duty removed, interest, and what else changed.")
    delay_usd: str = Field(description="Interest for delay (19 USC 1505(d)), once paid.")
    offset_usd: str = Field(description="Certified to be set off against bills (19 CFR 24.72), or set off.")
    net_usd: str = Field(description="What goes, or went, to the bank.")
    closed_at: datetime
    certified_on: date | None
    certified_by: str | None
    paid_on: date | None
    paid_by: str | None
    returned_on: date | None
    replaced_by: list[ReplacingActOut] | None = Field(
        description="Of one that is replaced: by which acts, those of most refunds first; its statement has all."
    )


class OffsetOut(BaseModel):
    """What of a payment is set off against a bill: told, certified, applied, or released and why."""

    bill_number: str
    told_on: date
    apply_from: date = Field(description="The first day on which it is applied.")
    told_usd: str = Field(description="What was open on the bill when the payee was told.")
    state: str = Field(examples=["intended"])
    offset_usd: str
    settled_on: date | None
    why: str | None


class PaymentEventOut(BaseModel):
    """What was done with a payment."""

    number: int
    part: int
    change: str
    at: datetime
    on: date
    net_usd: str
    detail: str
    actor: str | None
    authority: str | None = Field(description="The row of the table of authority that a person's act rests on.")


class WholePaymentOut(ProgramPaymentOut):
    """A payment with what is set off, its history, and what the caller may do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                _EXAMPLE
                | {
                    "statement": "/payments/P000000123/statement",
                    "offsets": [
                        {
                            "bill_number": "B7603245286-B01",
                            "told_on": "2026-06-01",
                            "apply_from": "2026-07-01",
                            "told_usd": "300.00",
                            "state": "certified",
                            "offset_usd": "300.00",
                            "settled_on": None,
                            "why": None,
                        }
                    ],
                    "history": [],
                    "may_do": [],
                }
            ]
        }
    )

    statement: str = Field(description="Path of the statement; with `.csv` as a table.")
    offsets: list[OffsetOut]
    history: list[PaymentEventOut]
    may_do: list[MayDoOut] = Field(description="Each act on it: whether the caller may, and what stands against it.")


class PayoutIn(BaseModel):
    """The day on which the bank was given a payment."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"paid_on": "2026-07-03"}]})

    paid_on: LegalDay
    sent_at: AppointedHour | None = Field(
        default=None,
        description="The moment, where the day is that of a stay: what was sent before it is recorded all the same.",
    )


class ReturnIn(BaseModel):
    """That the bank returned a payment, when, and what it said."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"returned_on": "2026-07-07", "reason": "R03: no account or unable to locate"}]
        },
    )

    returned_on: LegalDay
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]


@router.get("/programs/{program}/payments", summary="Payments of a program")
async def list_program_payments(
    program: ProgramPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("payment.read")],
    page: CurrentPage,
    payee: Annotated[
        str | None, Query(description="Only those of this importer.", pattern=IMPORTER_NUMBER_PATTERN)
    ] = None,
    state: Annotated[PaymentState | None, Query(description="Only those in this state.")] = None,
    posted_on: Annotated[LegalDay | None, Query(description="Only those of this posting day.")] = None,
) -> Page[ProgramPaymentOut]:
    """In order of number; importers and who acts for them see their own."""
    position = page.position(str)
    async with snapshot(engine_of(request)) as tx:
        if await find_program(tx.connection, program) is None:
            raise no_program(program)
        rows = await store.list_payments(
            tx.connection,
            reach_of(caller, "payment.read", today_of(request)),
            program,
            PaymentsWanted(payee, state, posted_on),
            after=position[0] if position else None,
            limit=page.fetch,
        )
        stops = await store.find_stops(tx, program, [row.payment for row in rows])
        waits = await find_waits(tx, rows, today_of(request), money_policy_of(request))
    return build_page(
        rows,
        page,
        key=lambda row: (row.payment,),
        item=lambda row: ProgramPaymentOut(**_show(row, stops.get(row.payment), waits.get(row.payment), caller)),
        request=request,
        response=response,
    )


@router.get("/payments/{payment}", summary="A payment of a program")
@tells("ETag")
async def read_payment(
    payment: PaymentPath, request: Request, response: Response, caller: Annotated[Identity, allow("payment.read")]
) -> WholePaymentOut:
    """What it comes to, what is set off, since when that was told; its ETag is needed to certify, pay or return it."""
    async with snapshot(engine_of(request)) as tx:
        shown, tag = await _show_whole(tx, payment, caller, today_of(request), money_policy_of(request))
    response.headers["ETag"] = tag
    return shown


@router.post(
    "/payments/{payment}/certifications",
    status_code=201,
    summary="Certify a payment of a program",
    response_model=WholePaymentOut,
)
@tells("ETag")
async def certify_payment(
    payment: PaymentPath,
    request: Request,
    caller: Annotated[Identity, allow("payment.certify")],
    meant: RequiredIfMatch,
    call: CurrentIdempotentCall,
) -> Response:
    """All refunds of it at once, less what is set off; refused with what is missing. The first of two people."""

    async def act(tx: Transaction) -> PaymentRow:
        return await acts.certify_payment(tx, now_of(request), payment, meant, caller, money_policy_of(request))

    return await _answer(request, call, caller, payment, act)


@router.post(
    "/payments/{payment}/payouts",
    status_code=201,
    summary="Record that a payment of a program was sent",
    response_model=WholePaymentOut,
)
@tells("ETag")
async def pay_payment(
    payment: PaymentPath,
    body: PayoutIn,
    request: Request,
    caller: Annotated[Identity, allow("payment.pay")],
    meant: RequiredIfMatch,
    call: CurrentIdempotentCall,
) -> Response:
    """By somebody who did not certify it: every refund is paid, and bills by what is set off, as of the same day."""

    async def act(tx: Transaction) -> PaymentRow:
        policy = money_policy_of(request)
        given = (now_of(request), payment, meant, body.paid_on, caller, policy)
        return await acts.pay_payment(tx, *given, sent_at=body.sent_at)

    return await _answer(request, call, caller, payment, act)


@router.post(
    "/payments/{payment}/returns",
    status_code=201,
    summary="Record that the bank returned a payment",
    response_model=WholePaymentOut,
)
@tells("ETag")
async def return_payment(
    payment: PaymentPath,
    body: ReturnIn,
    request: Request,
    caller: Annotated[Identity, allow("payment.return")],
    meant: RequiredIfMatch,
    call: CurrentIdempotentCall,
) -> Response:
    """It is owed again under the same number: certify it as its next part once the payee's data are mended."""

    async def act(tx: Transaction) -> PaymentRow:
        return await acts.return_payment(tx, now_of(request), payment, meant, body.returned_on, body.reason, caller)

    return await _answer(request, call, caller, payment, act)


@router.get(
    "/payments/{payment}/statement.csv",
    summary="The statement of a payment, as a table",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
@tells("Content-Disposition")
async def read_statement_csv(
    payment: PaymentPath, request: Request, caller: Annotated[Identity, allow("payment.read")]
) -> StreamingResponse:
    """A row for each entry, and a last one with the totals: `net` of it is what the bank was given, to the cent."""
    return await _stream(payment, request, caller, write_csv, "text/csv", "csv")


@router.get(
    "/payments/{payment}/statement",
    summary="The statement of a payment",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
@tells("Content-Disposition")
async def read_statement(
    payment: PaymentPath, request: Request, caller: Annotated[Identity, allow("payment.read")]
) -> StreamingResponse:
    """`rows`, one for each entry, and `totals`, with the same names as the table."""
    return await _stream(payment, request, caller, write_json, "application/json", "json")


async def _answer(
    request: Request,
    call: IdempotentCall,
    caller: Identity,
    payment: str,
    act: Callable[[Transaction], Awaitable[PaymentRow]],
) -> Response:
    tags: list[str] = []

    async def act_and_show(tx: Transaction) -> WholePaymentOut:
        await act(tx)
        shown, tag = await _show_whole(tx, payment, caller, today_of(request), money_policy_of(request))
        tags.append(tag)
        return shown

    return await answer_once(request, call, act_and_show, headers=lambda _: {"ETag": tags[-1]})


async def _stream(
    payment: str,
    request: Request,
    caller: Identity,
    write: Callable[[Transaction, PaymentRow, int, str], AsyncIterator[bytes]],
    media_type: str,
    suffix: str,
) -> StreamingResponse:
    # Written whole before the first byte goes out: no caller who reads slowly holds a connection or a state.
    file = tempfile.SpooledTemporaryFile(max_size=_SPOOL)  # noqa: SIM115  _read_pieces closes it
    try:
        async with snapshot(engine_of(request)) as tx:
            row = await _find(tx, payment, caller, today_of(request))
            async for piece in write(tx, row, row.offset_cents, shown_importer_number(caller, row.payee_number)):
                file.write(piece)
    except BaseException:
        file.close()
        raise
    headers = {
        "Content-Disposition": f'attachment; filename="{row.remittance}.{suffix}"',
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(_read_pieces(file), media_type=media_type, headers=headers)


async def _read_pieces(file: IO[bytes], size: int = 256 * 1024) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(size):
            yield piece


async def _find(tx: Transaction, payment: str, caller: Identity, today: date) -> PaymentRow:
    row = await store.find_payment(tx.connection, payment)
    if row is None:
        raise no_such(f"payment {payment}")
    demand_sight(caller, "payment", today, Matter(row.importer_number), f"payment {payment}")
    return row


async def _show_whole(
    tx: Transaction, payment: str, caller: Identity, today: date, money: MoneyPolicy
) -> tuple[WholePaymentOut, str]:
    row = await _find(tx, payment, caller, today)
    stop = (await store.find_stops(tx, row.program, [payment])).get(payment)
    accounts = await load_accounts(tx.connection, row.payee_number)
    offsets = await store.list_offsets(tx.connection, [payment])
    history = await store.list_events(tx.connection, payment)
    sums = (await store.load_sums(tx, [payment])).get(payment, Sums())
    is_changed = await acts.has_changed(tx, row, sums, today, money)
    waits = (await find_waits(tx, [row], today, money)).get(payment)
    shown = WholePaymentOut(
        **_show(row, stop, waits, caller),
        statement=f"/payments/{payment}/statement",
        offsets=[_show_offset(each) for each in offsets],
        history=[_show_event(each) for each in history],
        may_do=tell_may_do(
            caller,
            today,
            Matter(row.importer_number),
            bars_on_payment(row, sums, stop, accounts, caller, today, is_changed=is_changed, waits=waits),
        ),
    )
    return shown, etag(row.revision)


def _show(row: PaymentRow, stop: Stop | None, waits: str | None, caller: Identity) -> dict[str, Any]:
    return {
        "payment": row.payment,
        "remittance": row.remittance,
        "part": row.part,
        "program": row.program,
        "importer_number": shown_importer_number(caller, row.importer_number),
        "payee": "importer" if row.payee_number == row.importer_number else "designee",
        "payee_number": shown_importer_number(caller, row.payee_number),
        "posted_on": row.posted_on,
        "state": row.state,
        "is_stopped": stop is not None and row.state not in ("paid", "replaced"),
        "way": row.way,
        "missing": row.missing,
        "reason": row.reason,
        "waits_for": f"Waits: {waits}." if waits is not None else None,
        "refunds": row.refunds,
        "removed_usd": format_cents(row.removed_cents),
        "interest_usd": format_cents(row.interest_cents),
        "other_usd": format_cents(row.other_cents),
        "refund_usd": format_cents(row.refund_cents),
        "delay_usd": format_cents(row.delay_cents),
        "offset_usd": format_cents(row.offset_cents),
        "net_usd": format_cents(row.net_cents),
        "closed_at": row.closed_at,
        "certified_on": row.certified_on,
        "certified_by": sign(row.certified_by, row.certified_for) if row.certified_by is not None else None,
        "paid_on": row.paid_on,
        "paid_by": sign(row.paid_by, row.paid_for) if row.paid_by is not None else None,
        "returned_on": row.returned_on,
        "replaced_by": row.replaced_by,
    }


def _show_offset(row: OffsetRow) -> OffsetOut:
    return OffsetOut(
        bill_number=row.bill_number,
        told_on=row.told_on,
        apply_from=row.apply_from,
        told_usd=format_cents(row.told_cents),
        state=row.state,
        offset_usd=format_cents(row.cents),
        settled_on=row.settled_on,
        why=row.why,
    )


def _show_event(row: PaymentEvent) -> PaymentEventOut:
    return PaymentEventOut(
        number=row.number,
        part=row.part,
        change=row.change,
        at=row.at,
        on=row.occurred_on,
        net_usd=format_cents(row.cents),
        detail=row.detail,
        actor=sign(row.actor, row.acting_for) if row.actor is not None else None,
        authority=row.authority,
    )
