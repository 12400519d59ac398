"""The HTTP side of refunds: what they wait for, and the two people who certify and pay them."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts import refunds as acts
from services.liquidation.acts.may_do import bars_on_refund
from services.liquidation.api.common import money_policy_of
from services.liquidation.api.money import (
    CurrentOfWhom,
    MoneyActOut,
    show_act,
    show_amounts,
    show_cents,
)
from services.liquidation.domain.money.interest import Undetermined
from services.liquidation.store import refunds as store
from services.liquidation.store.money_acts import list_acts
from services.liquidation.store.payees import load_accounts
from services.liquidation.store.payments import find_programs_of, list_settled
from services.liquidation.store.refunds import RefundRow
from services.liquidation.store.sight import find_matter_of
from shared.contracts.liquidation import RefundState
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import reading, snapshot, transaction
from shared.runtime.access import demand_sight, no_such, reach_of, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity, sign
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import LegalDay
from shared.web.may_do import MayDoOut, tell_may_do
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import engine_of, now_of, today_of

router = APIRouter(tags=["money"])


RefundPath = Annotated[str, Path(description="Refund number.", examples=["B7603245278-R01"], max_length=20)]


class RefundOut(BaseModel):
    """A refund: waiting-for-enrollment, ready, certified, paid, or replaced by a later act."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "refund_number": "B7603245278-R01",
                    "entry_number": "B7603245278",
                    "act_key": "liquidation",
                    "importer_number": "07-345678900",
                    "state": "waiting-for-enrollment",
                    "way": "ach",
                    "missing": ["ach-enrollment"],
                    "reason": "Enroll for ACH refunds in the ACE account.",
                    "principal_usd": {"duty-unspecified": "100.00"},
                    "interest_usd": "5.20",
                    "refund_usd": "105.20",
                    "liquidated_on": "2027-01-15",
                    "opened_on": "2027-01-15",
                    "due_on": "2027-02-14",
                    "certified_on": None,
                    "certified_by": None,
                    "paid_on": None,
                    "paid_by": None,
                    "delay_usd": None,
                    "replaced_by": None,
                }
            ]
        }
    )

    refund_number: str
    entry_number: str
    act_key: str
    importer_number: str = Field(description="Masked when it is a social security number of someone else.")
    state: RefundState
    way: Literal["ach", "paper"]
    missing: list[str]
    reason: str
    principal_usd: dict[str, str]
    interest_usd: str
    refund_usd: str
    liquidated_on: date
    opened_on: date
    due_on: date
    certified_on: date | None
    certified_by: str | None
    paid_on: date | None
    paid_by: str | None
    delay_usd: str | None = Field(description="Interest for delay (19 USC 1505(d)), once paid.")
    replaced_by: str | None


class WholeRefundOut(RefundOut):
    """A refund with the interest that its delay has come to today, or why that is not known."""

    set_off_usd: str = Field(
        description="What of it was set off against bills: that is paid, whatever becomes of the rest."
    )
    is_delinquent: bool
    delay_today_usd: str | None
    delay_unknown_because: str | None
    program: str | None = Field(description="The program that it is of, whose refunds are paid together.")
    payment: str | None = Field(description="The payment with which it is paid, once that is made.")
    acts: list[MoneyActOut]
    may_do: list[MayDoOut] = Field(description="Each act on it: whether the caller may, and what stands against it.")


class RefundPaymentIn(BaseModel):
    """The day on which a refund was paid."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"paid_on": "2027-02-10"}]})

    paid_on: LegalDay


@router.get("/refunds", summary="Refunds")
async def list_refunds(
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("refund.read")],
    of_whom: CurrentOfWhom,
    page: CurrentPage,
    state: Annotated[RefundState | None, Query(description="Only those in this state.")] = None,
) -> Page[RefundOut]:
    """In order of number; outside parties see their own."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_refunds(
            connection,
            reach_of(caller, "refund.read", today_of(request)),
            of_whom.wanted(state),
            after=position[0] if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.refund_number,),
        item=lambda row: _show_refund(row, caller),
        request=request,
        response=response,
    )


@router.get("/refunds/{refund_number}", summary="A refund")
@tells("ETag")
async def read_refund(
    refund_number: RefundPath, request: Request, response: Response, caller: Annotated[Identity, allow("refund.read")]
) -> WholeRefundOut:
    """The refund, what it waits for, and what its delay has come to; its ETag is needed to certify or pay it."""
    return await _read_whole(refund_number, request, response, caller)


@router.post("/refunds/{refund_number}/certify", summary="Certify a refund")
@tells("ETag")
async def certify_refund(
    refund_number: RefundPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("refund.certify")],
    meant: RequiredIfMatch,
) -> WholeRefundOut:
    """Refused with what is missing unless the payee can be paid; the first of two people."""
    async with transaction(engine_of(request)) as tx:
        await acts.certify_refund(tx, now_of(request), refund_number, meant, caller)
    return await _read_whole(refund_number, request, response, caller)


@router.post("/refunds/{refund_number}/pay", summary="Record that a refund was paid")
@tells("ETag")
async def pay_refund(
    refund_number: RefundPath,
    body: RefundPaymentIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("refund.pay")],
    meant: RequiredIfMatch,
) -> WholeRefundOut:
    """By somebody who did not certify it, with the interest that CBP owes for delay."""
    policy = money_policy_of(request)
    async with transaction(engine_of(request)) as tx:
        await acts.pay_refund(tx, now_of(request), refund_number, meant, body.paid_on, caller, policy)
    return await _read_whole(refund_number, request, response, caller)


async def _read_whole(refund_number: str, request: Request, response: Response, caller: Identity) -> WholeRefundOut:
    async with snapshot(engine_of(request)) as tx:
        connection = tx.connection
        row = await store.find_refund(connection, refund_number)
        if row is None:
            raise no_such(f"refund {refund_number}")
        matter = await find_matter_of(connection, row)
        demand_sight(caller, "refund", today_of(request), matter, f"refund {refund_number}")
        of_program = (await find_programs_of(tx, [refund_number])).get(refund_number)
        accounts = await load_accounts(connection, row.importer_number)
        done = await list_acts(connection, row.entry_number)
        settled = await list_settled(tx, refund_number)
    response.headers["ETag"] = etag(row.revision)
    is_delinquent, delay_cents, unknown, today = False, None, None, today_of(request)
    if row.is_unpaid:
        now, policy = legal_date(now_of(request)), money_policy_of(request)
        delay = acts.find_delay(row, accounts, now, policy, settled=settled)
        if isinstance(delay, Undetermined):
            is_delinquent, unknown = True, delay.why
        else:
            is_delinquent, delay_cents = delay.is_delinquent, delay.interest_cents
    return WholeRefundOut(
        **_show_refund(row, caller).model_dump(),
        set_off_usd=format_cents(sum(each.cents for each in settled)),
        is_delinquent=is_delinquent,
        delay_today_usd=show_cents(delay_cents),
        delay_unknown_because=unknown,
        program=of_program[0] if of_program is not None else None,
        payment=of_program[1] if of_program is not None else None,
        acts=[show_act(each) for each in done if each.refund_number == refund_number],
        may_do=tell_may_do(caller, today, matter, bars_on_refund(row, accounts, caller, today, of_program)),
    )


def _show_refund(row: RefundRow, caller: Identity) -> RefundOut:
    return RefundOut(
        refund_number=row.refund_number,
        entry_number=row.entry_number,
        act_key=row.act_key,
        importer_number=shown_importer_number(caller, row.importer_number),
        state=row.state,
        way=row.way,
        missing=row.missing,
        reason=row.reason,
        principal_usd=show_amounts(row.principal),
        interest_usd=format_cents(row.interest_cents),
        refund_usd=format_cents(row.refund_cents),
        liquidated_on=row.liquidated_on,
        opened_on=row.opened_on,
        due_on=row.due_on,
        certified_on=row.certified_on,
        certified_by=sign(row.certified_by, row.certified_for) if row.certified_by is not None else None,
        paid_on=row.paid_on,
        paid_by=sign(row.paid_by, row.paid_for) if row.paid_by is not None else None,
        delay_usd=show_cents(row.delay_cents),
        replaced_by=row.replaced_by,
    )
