"""The HTTP side of bills: how they stand, and the payments on them."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.liquidation.acts.bills import (
    PaymentRequest,
    RecordedPayment,
    demand_day_of,
    demand_standing,
    may_be_set_off,
    post_payment,
)
from services.liquidation.acts.may_do import bars_on_bill
from services.liquidation.api.common import law_of, money_policy_of, payment_address_of
from services.liquidation.api.money import (
    CurrentOfWhom,
    MoneyActOut,
    PositiveMoney,
    show_act,
    show_amounts,
)
from services.liquidation.domain.bill_clocks import dunning_on
from services.liquidation.domain.money.bills import (
    Block,
    Payment,
    find_holding_protest,
    find_payoff,
)
from services.liquidation.domain.money.interest import Undetermined
from services.liquidation.store import bills as store
from services.liquidation.store.bills import BillRow, PaymentRow
from services.liquidation.store.money_acts import list_acts
from services.liquidation.store.sight import find_matter_of
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents, to_cents
from shared.db.transaction import Transaction, reading
from shared.runtime.access import demand_sight, no_such, reach_of, shown_importer_number
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity, sign
from shared.web.access import allow
from shared.web.fields import LegalDay
from shared.web.idempotency import CurrentIdempotentCall, answer_once
from shared.web.may_do import MayDoOut, tell_may_do
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["money"])

BillPath = Annotated[str, Path(description="Bill number.", examples=["B7603245278-B01"], max_length=20)]

_BILL_EXAMPLE: dict[str, Any] = {
    "bill_number": "B7603245278-B01",
    "entry_number": "B7603245278",
    "act_key": "liquidation",
    "importer_number": "07-345678900",
    "surety_code": "036",
    "state": "delinquent",
    "principal_usd": {"duty-unspecified": "500.00"},
    "interest_usd": "20.10",
    "billed_usd": "520.10",
    "liquidated_on": "2026-01-16",
    "issued_on": "2026-01-16",
    "due_on": "2026-02-15",
    "stood_on": "2026-03-02",
    "open_usd": "523.10",
    "delinquency_usd": "3.00",
    "surplus_usd": "0.00",
    "settled_on": None,
    "replaced_by": None,
    "unknown_because": None,
}


class BlockOut(BaseModel):
    """One whole period of 30 days that bears interest."""

    number: int
    ended_on: date
    base_usd: str
    interest_usd: str


class PaymentOut(BaseModel):
    """A payment as recorded."""

    number: int
    received_on: date
    amount_usd: str
    payer: str
    reference: str
    recorded_by: str


class BillOut(BaseModel):
    """A bill and how it stood on `stood_on`; `state` open, delinquent, paid, replaced (by a later act)."""

    model_config = ConfigDict(json_schema_extra={"examples": [_BILL_EXAMPLE]})

    bill_number: str
    entry_number: str
    act_key: str
    importer_number: str = Field(description="Masked when it is a social security number of someone else.")
    surety_code: str | None
    state: Literal["open", "delinquent", "paid", "replaced"]
    principal_usd: dict[str, str]
    interest_usd: str
    billed_usd: str
    liquidated_on: date
    issued_on: date
    due_on: date
    stood_on: date
    open_usd: str
    delinquency_usd: str
    surplus_usd: str
    settled_on: date | None
    replaced_by: str | None
    unknown_because: str | None


class WholeBillOut(BillOut):
    """A bill with its blocks, payments and notices; a protest holds set-off and sanctions, not delinquency."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                _BILL_EXAMPLE
                | {
                    "is_protested": False,
                    "may_be_set_off": False,
                    "dunning_on": "2026-05-16",
                    "blocks": [],
                    "payments": [],
                    "acts": [],
                }
            ]
        }
    )

    is_protested: bool = Field(description="A protest that came in time is undecided (bill-setoff-hold).")
    may_be_set_off: bool
    dunning_on: date
    blocks: list[BlockOut]
    payments: list[PaymentOut]
    acts: list[MoneyActOut]
    may_do: list[MayDoOut] = Field(description="Each act on it: whether the caller may, and what stands against it.")


class PayoffOut(BaseModel):
    """What to pay on a bill on a day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "bill_number": "B7603245278-B01",
                    "on": "2026-03-02",
                    "due_on": "2026-02-15",
                    "billed_usd": "500.00",
                    "to_pay_usd": "502.88",
                    "delinquency_usd": "2.88",
                    "is_delinquent": True,
                    "good_through": "2026-03-17",
                    "pay_to": None,
                    "unknown_because": None,
                }
            ]
        }
    )

    bill_number: str
    on: date
    due_on: date
    billed_usd: str = Field(description="What the bill is for, before delinquency.")
    to_pay_usd: str | None = Field(default=None, description="What settles it on that day; null: not known.")
    delinquency_usd: str | None = Field(default=None, description="What of it is interest since the due day.")
    is_delinquent: bool | None = Field(default=None, description="Whether the due day has passed by then.")
    good_through: date | None = Field(
        default=None, description="The last day on which the same amount settles it; null where nothing is open."
    )
    pay_to: str | None = Field(description="Where and how it is paid, as the operator set it; null: see the bill.")
    unknown_because: str | None = Field(default=None, description="Why the amount is not known.")


class PaymentIn(BaseModel):
    """Money received on a bill; a wrong one is not taken back here."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"received_on": "2026-02-10", "amount_usd": "520.10", "payer": "importer", "reference": "ACH 000123"}
            ]
        },
    )

    received_on: LegalDay
    amount_usd: PositiveMoney
    payer: Literal["importer", "surety"] = "importer"
    reference: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class RecordedPaymentOut(BaseModel):
    """A payment and how the bill stands with it."""

    bill_number: str
    number: int
    received_on: date
    amount_usd: str
    payer: str
    reference: str
    bill_state: str = Field(examples=["paid"])
    open_usd: str
    surplus_usd: str


@router.get("/bills", summary="Bills")
async def list_bills(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("bill.read")],
    of_whom: CurrentOfWhom,
    page: CurrentPage,
    state: Annotated[
        Literal["open", "delinquent", "paid", "replaced"] | None, Query(description="Only those in this state.")
    ] = None,
) -> Page[BillOut]:
    """In order of number; outside parties see their own."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_bills(
            connection,
            reach_of(caller, "bill.read", today_of(request)),
            of_whom.wanted(state),
            after=position[0] if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.bill_number,),
        item=lambda row: _show_bill(row, caller),
        request=request,
        response=response,
    )


@router.get("/bills/{bill_number}", summary="A bill")
async def read_bill(
    bill_number: BillPath, request: Request, caller: Annotated[Identity, allow("bill.read")]
) -> WholeBillOut:
    """The bill with its blocks of interest, payments, notices, and whether it may be set off."""
    async with reading(engine_of(request)) as connection:
        row = await store.find_bill(connection, bill_number)
        if row is None:
            raise no_such(f"bill {bill_number}")
        matter = await find_matter_of(connection, row)
        demand_sight(caller, "bill", today_of(request), matter, f"bill {bill_number}")
        payments = await store.list_payments(connection, bill_number)
        acts = await list_acts(connection, row.entry_number)
        protests = await store.list_protest_days(connection, row.entry_number)
    holding = find_holding_protest(protests)
    return WholeBillOut(
        **_show_bill(row, caller).model_dump(),
        is_protested=holding is not None and holding.settled_on is None,
        may_be_set_off=may_be_set_off(row, holding, legal_date(now_of(request)), law_of(request)),
        dunning_on=dunning_on(row.issued_on),
        blocks=[_show_block(each) for each in row.blocks],
        payments=[_show_payment(each) for each in payments],
        acts=[show_act(each) for each in acts if each.bill_number == bill_number],
        may_do=tell_may_do(caller, today_of(request), matter, bars_on_bill(row)),
    )


@router.get("/bills/{bill_number}/payoff", summary="What to pay on a bill on a day")
async def read_payoff(
    bill_number: BillPath,
    request: Request,
    caller: Annotated[Identity, allow("bill.read")],
    on: Annotated[LegalDay | None, Query(description="The day on which the money arrives; today by default.")] = None,
) -> PayoffOut:
    """What settles the bill on a day, with the payments recorded so far, until when the amount holds, and where to pay.

    Nothing is owed on a bill that a later act replaced: 409. An amount that rests on a rate of interest that is not
    known is null, with the reason; it is never guessed.
    """
    today = today_of(request)
    day = on or today
    async with reading(engine_of(request)) as connection:
        row = await store.find_bill(connection, bill_number)
        if row is None:
            raise no_such(f"bill {bill_number}")
        demand_sight(caller, "bill", today, await find_matter_of(connection, row), f"bill {bill_number}")
        payments = await store.list_payments(connection, bill_number)
    demand_standing(row)
    demand_day_of(row, day)
    received = [Payment(each.received_on, each.cents) for each in payments]
    payoff = find_payoff(row.bill, received, day, money_policy_of(request).settings)
    pay_to = payment_address_of(request)
    shown: dict[str, Any] = {
        "bill_number": bill_number,
        "on": day,
        "due_on": row.due_on,
        "billed_usd": format_cents(row.billed_cents),
    }
    if isinstance(payoff, Undetermined):
        return PayoffOut(**shown, pay_to=pay_to, unknown_because=payoff.why)
    standing = payoff.standing
    return PayoffOut(
        **shown,
        to_pay_usd=format_cents(standing.open_cents),
        delinquency_usd=format_cents(standing.delinquency_open_cents),
        is_delinquent=standing.is_delinquent,
        good_through=payoff.good_through,
        pay_to=pay_to,
    )


@router.post(
    "/bills/{bill_number}/payments", status_code=201, summary="Record a payment", response_model=RecordedPaymentOut
)
async def create_payment(
    bill_number: BillPath,
    body: PaymentIn,
    request: Request,
    caller: Annotated[Identity, allow("bill.record-payment")],
    call: CurrentIdempotentCall,
) -> Response:
    """Money received on a bill, as of its day; a late payment goes to delinquency interest first."""
    cents = to_cents(body.amount_usd)
    if cents == 0:
        raise Refused("Nothing was paid.", rule="bill-payment-order", code="no-amount", remedy="Give the amount.")
    received = PaymentRequest(body.received_on, cents, body.payer, body.reference)

    async def act(tx: Transaction) -> RecordedPaymentOut:
        now, policy = now_of(request), money_policy_of(request)
        return _show_recorded(await post_payment(tx, now, bill_number, received, caller, policy))

    return await answer_once(request, call, act)


def _show_bill(row: BillRow, caller: Identity) -> BillOut:
    return BillOut(
        bill_number=row.bill_number,
        entry_number=row.entry_number,
        act_key=row.act_key,
        importer_number=shown_importer_number(caller, row.importer_number),
        surety_code=row.surety_code,
        state=row.state,
        principal_usd=show_amounts(row.principal),
        interest_usd=format_cents(row.interest_cents),
        billed_usd=format_cents(row.billed_cents),
        liquidated_on=row.liquidated_on,
        issued_on=row.issued_on,
        due_on=row.due_on,
        stood_on=row.stood_on,
        open_usd=format_cents(row.open_cents),
        delinquency_usd=format_cents(row.delinquency_cents),
        surplus_usd=format_cents(row.surplus_cents),
        settled_on=row.settled_on,
        replaced_by=row.replaced_by,
        unknown_because=row.unknown_because,
    )


def _show_block(block: Block) -> BlockOut:
    return BlockOut(
        number=block.number,
        ended_on=block.ended_on,
        base_usd=format_cents(block.base_cents),
        interest_usd=format_cents(block.interest_cents),
    )


def _show_payment(row: PaymentRow) -> PaymentOut:
    return PaymentOut(
        number=row.number,
        received_on=row.received_on,
        amount_usd=format_cents(row.cents),
        payer=row.payer,
        reference=row.reference,
        recorded_by=sign(row.recorded_by, row.recorded_for),
    )


def _show_recorded(recorded: RecordedPayment) -> RecordedPaymentOut:
    payment, bill = recorded.payment, recorded.bill
    return RecordedPaymentOut(
        bill_number=bill.bill_number,
        number=payment.number,
        received_on=payment.received_on,
        amount_usd=format_cents(payment.cents),
        payer=payment.payer,
        reference=payment.reference,
        bill_state=bill.state,
        open_usd=format_cents(bill.open_cents),
        surplus_usd=format_cents(bill.surplus_cents),
    )
