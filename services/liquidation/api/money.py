"""The HTTP side of money: amounts of an entry by class, bills and payments, refunds, what is known of a payee."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.liquidation.acts import bills as billing
from services.liquidation.acts import refunds as refunding
from services.liquidation.acts.bills import PaymentRequest
from services.liquidation.acts.refunds import AccountFacts, DepositFacts
from services.liquidation.api.common import EntryNumberPath, money_policy_of
from services.liquidation.domain.bill_clocks import dunning_on
from services.liquidation.domain.clocks import protest_due
from services.liquidation.domain.money.amounts import amounts_of_entry, amounts_of_line
from services.liquidation.domain.money.bills import may_set_off
from services.liquidation.domain.money.interest import Undetermined
from services.liquidation.publishing import find_rule
from services.liquidation.store import money as store
from services.liquidation.store.money import (
    AccountRow,
    AssessmentRow,
    BillRow,
    DepositRow,
    PaymentRow,
    RefundRow,
    Sight,
    VersionMoney,
)
from shared.contracts.terms import IMPORTER_NUMBER_PATTERN, LegalDate
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents, to_cents
from shared.db.transaction import reading, transaction
from shared.runtime.access import demand_sight, is_staff, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.errors import NotFound, Refused
from shared.runtime.identity import Identity, RoleName
from shared.web.concurrency import RequiredIfMatch
from shared.web.idempotency import CurrentIdempotentCall
from shared.web.identity import CurrentIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of, now_of

router = APIRouter()

RecorderIdentity = Annotated[
    Identity,
    Depends(require(RoleName.ENTRY_SPECIALIST, RoleName.LIQUIDATION_SPECIALIST, RoleName.OPERATOR)),
]
RefunderIdentity = Annotated[
    Identity,
    Depends(
        require(RoleName.LIQUIDATION_SPECIALIST, RoleName.CENTER_DIRECTOR, RoleName.ASSISTANT_CENTER_DIRECTOR),
    ),
]
BillPath = Annotated[str, Path(description="Bill number.", examples=["B7603245278-B01"], max_length=20)]
RefundPath = Annotated[str, Path(description="Refund number.", examples=["B7603245278-R01"], max_length=20)]
ImporterPath = Annotated[
    str, Path(description="Importer of record number.", examples=["07-345678900"], pattern=IMPORTER_NUMBER_PATTERN)
]
ImporterQuery = Annotated[
    str | None, Query(description="Only those of this importer.", pattern=IMPORTER_NUMBER_PATTERN)
]
PositiveMoney = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}(\.[0-9]{2})?$")]

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


class MoneyRuleOut(BaseModel):
    """A rule with its source; `evidence` S read, P partly read, M recalled, U unsettled."""

    id: str = Field(examples=["min-20-liquidation"])
    citation: str = Field(examples=["19 USC 1321(a)(1), 19 CFR 159.6(a), (c)"])
    evidence: Literal["S", "P", "M", "U"]
    text: str


class LineAmountsOut(BaseModel):
    """What a line asserts, by class."""

    line_number: int
    amounts_usd: dict[str, str] = Field(examples=[{"499": "433.00", "additional-duty": "9375.00"}])


class VersionAmountsOut(BaseModel):
    """What one version of the summary asserts, by class and by line."""

    version: int
    governs: bool
    paid_on: date | None
    amounts_usd: dict[str, str]
    lines: list[LineAmountsOut]


class ClassChangeOut(BaseModel):
    """One class as it stood before an act and as found due; positive `difference_usd` is due to CBP."""

    class_code: str = Field(examples=["duty-unspecified"])
    before_usd: str
    found_usd: str
    difference_usd: str


class SegmentOut(BaseModel):
    """Money that one side owed the other for a time; `start` is day 0, `end` bears interest."""

    debtor: Literal["importer", "cbp"]
    amount_usd: str
    start: date
    end: date


class AssessmentOut(BaseModel):
    """The money of one act. While a fact is `missing` nothing is computed; `foreseen` is its direction if known.

    `deposit_due_basis`: recorded by people; `monthly-statement` or `summary-due` by the importer's way of paying;
    `summary-due` also by setting, when nobody recorded it and the deposit was made within ten working days.
    """

    act_key: str = Field(examples=["liquidation", "reliquidation:1"])
    occasion: str = Field(examples=["liquidation"])
    liquidated_on: date
    assessed_on: date
    outcome: Literal["no-change", "increase", "refund", "undetermined", "void"]
    rule: MoneyRuleOut
    changes: list[ClassChangeOut]
    change_usd: str
    interest_usd: str | None = Field(description="Interest to the act, less what an earlier act assessed.")
    total_usd: str | None
    interest_periods: list[SegmentOut]
    is_disregarded: bool = Field(description="True when the net difference is under 20 dollars.")
    reason_code: str | None
    missing: str | None = Field(examples=["payee-kind"])
    why: str | None
    foreseen: str | None
    deposit_due_on: date | None
    deposit_due_basis: str
    payee: str | None
    bill_number: str | None
    refund_number: str | None


class EntryAmountsOut(BaseModel):
    """The money of an entry: asserted by version, class and line; assessed by act; bills and refunds."""

    entry_number: str
    versions: list[VersionAmountsOut]
    assessments: list[AssessmentOut]
    bills: list[str]
    refunds: list[str]


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


class MoneyActOut(BaseModel):
    """A notice, demand, payment or certification, with its rule."""

    on: date
    what: str = Field(examples=["bill-overdue"])
    rule: MoneyRuleOut
    detail: str
    actor: str | None


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

    received_on: LegalDate
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
    state: Literal["waiting-for-enrollment", "ready", "certified", "paid", "replaced"]
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

    is_delinquent: bool
    delay_today_usd: str | None
    delay_unknown_because: str | None
    acts: list[MoneyActOut]


class RefundPaymentIn(BaseModel):
    """The day on which a refund was paid."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"paid_on": "2027-02-10"}]})

    paid_on: LegalDate


class AccountIn(BaseModel):
    """What is known of a payee since a day; null where nothing is known."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "effective_on": "2026-08-14",
                    "is_corporation": True,
                    "pays_monthly": False,
                    "has_ach_enrollment": True,
                    "has_valid_bank_data": True,
                }
            ]
        },
    )

    effective_on: LegalDate
    is_corporation: bool | None = Field(default=None, description="Sets the rate of overpayments (26 USC 6621(a)(1)).")
    pays_monthly: bool | None = Field(default=None, description="Deposits on a periodic monthly statement.")
    has_ach_enrollment: bool | None = None
    has_valid_bank_data: bool | None = None
    has_paper_waiver: bool = Field(default=False, description="A waiver of electronic payment.")


class AccountOut(BaseModel):
    """What is known of a payee; revision 0 when nothing was recorded. Its ETag is the revision."""

    importer_number: str
    revision: int
    effective_on: date | None
    is_corporation: bool | None
    pays_monthly: bool | None
    has_ach_enrollment: bool | None
    has_valid_bank_data: bool | None
    has_paper_waiver: bool
    recorded_by: str | None


class ReadinessOut(BaseModel):
    """Whether a refund certified on a day could be paid, how, and what is missing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "importer_number": "07-345678900",
                    "on": "2026-08-14",
                    "state": "waiting",
                    "way": "ach",
                    "missing": ["ach-enrollment"],
                    "remedy": "Enroll for ACH refunds in the ACE account.",
                    "is_rate_known": False,
                    "rule": {
                        "id": "refund-ach",
                        "citation": "91 FR 21 (CBP Dec. 25-18)",
                        "evidence": "S",
                        "text": "Refunds certified since 6 February 2026 are paid by ACH.",
                    },
                }
            ]
        }
    )

    importer_number: str
    on: date
    state: Literal["waiting", "ready"]
    way: Literal["ach", "paper"]
    missing: list[str]
    remedy: str
    is_rate_known: bool = Field(description="Whether it is known if the importer is a corporation.")
    rule: MoneyRuleOut


class DepositIn(BaseModel):
    """What the summary does not say of a deposit; null where it is not known."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"required_on": "2026-04-21"}]})

    required_on: LegalDate | None = Field(default=None, description="By when the estimated duties were due.")
    claimed_on: LegalDate | None = Field(default=None, description="The day of a claim under 19 USC 1520(d).")
    case_order_on: LegalDate | None = Field(
        default=None, description="Publication of the antidumping or countervailing order."
    )


class DepositOut(BaseModel):
    """What was recorded of an entry's deposit; revision 0 when nothing was. Its ETag is the revision."""

    entry_number: str
    revision: int
    required_on: date | None
    claimed_on: date | None
    case_order_on: date | None
    recorded_by: str | None


@router.get("/entries/{entry_number}/amounts", summary="The money of an entry by class and line")
async def read_entry_amounts(
    entry_number: EntryNumberPath, request: Request, caller: CurrentIdentity
) -> EntryAmountsOut:
    """Each version as asserted, each act as assessed with its interest by periods, and what is missing."""
    number = canonical_entry_number(entry_number)
    async with transaction(engine_of(request)) as tx:
        case = (await store.load_cases(tx, [number])).get(number)
    if case is None or case.entry["importer_number"] is None:
        raise _no_entry(number)
    _demand_entry(caller, number, case.entry["importer_number"], case.entry["surety_code"])
    return EntryAmountsOut(
        entry_number=number,
        versions=[_version(each, case.entry["version"]) for each in case.versions],
        assessments=[_assessment(each) for each in case.assessments],
        bills=[each.bill_number for each in case.bills],
        refunds=[each.refund_number for each in case.refunds],
    )


@router.get("/entries/{entry_number}/deposit-facts", summary="What is known of an entry's deposit")
async def read_deposit_facts(
    entry_number: EntryNumberPath, request: Request, response: Response, caller: CurrentIdentity
) -> DepositOut:
    """What was recorded beside the summary; send the ETag back to record more."""
    number = canonical_entry_number(entry_number)
    async with reading(engine_of(request)) as connection:
        entry = await store.find_entry_sight(connection, number)
        row = await store.find_deposit(connection, number)
    if entry is None or entry.importer_number is None:
        raise _no_entry(number)
    _demand_entry(caller, number, entry.importer_number, entry.surety_code)
    response.headers["ETag"] = etag(row.revision if row is not None else 0)
    return _deposit(number, row)


@router.put("/entries/{entry_number}/deposit-facts", summary="Record what is known of an entry's deposit")
async def record_deposit_facts(
    entry_number: EntryNumberPath,
    body: DepositIn,
    request: Request,
    response: Response,
    caller: RecorderIdentity,
    meant: RequiredIfMatch,
) -> DepositOut:
    """Takes the place of what was recorded before; acts that lacked one of these facts are assessed at once."""
    number = canonical_entry_number(entry_number)
    facts = DepositFacts(body.required_on, body.claimed_on, body.case_order_on)
    row = await refunding.record_deposit(
        engine_of(request), now_of(request), number, meant, facts, caller, money_policy_of(request)
    )
    response.headers["ETag"] = etag(row.revision)
    return _deposit(number, row)


@router.get("/bills", summary="Bills")
async def list_bills(
    request: Request,
    response: Response,
    caller: CurrentIdentity,
    page: CurrentPage,
    state: Annotated[
        Literal["open", "delinquent", "paid", "replaced"] | None, Query(description="Only those in this state.")
    ] = None,
    importer_number: ImporterQuery = None,
    entry_number: Annotated[str | None, Query(description="Only those of this entry.")] = None,
) -> Page[BillOut]:
    """In order of number; outside parties see their own."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_bills(
            connection,
            _sight(caller),
            state=state,
            importer_number=importer_number,
            entry_number=canonical_entry_number(entry_number) if entry_number else None,
            after=position[0] if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.bill_number,),
        item=lambda row: BillOut(**_bill(BillRow(*row), caller)),
        request=request,
        response=response,
    )


@router.get("/bills/{bill_number}", summary="A bill")
async def read_bill(bill_number: BillPath, request: Request, caller: CurrentIdentity) -> WholeBillOut:
    """The bill with its blocks of interest, payments, notices, and whether it may be set off."""
    async with reading(engine_of(request)) as connection:
        row = await store.find_bill(connection, bill_number)
        if row is None:
            raise NotFound(f"There is no bill {bill_number}.", remedy="Check the number.")
        _demand_matter(caller, f"bill {bill_number}", row)
        payments = await store.list_payments(connection, bill_number)
        acts = await store.list_acts(connection, row.entry_number)
        protests = await store.list_protest_days(connection, row.entry_number)
    today = legal_date(now_of(request))
    until = protest_due(row.liquidated_on, row.issued_on, money_policy_of(request).law).last_arguable
    open_protests = [filed_on for filed_on, settled_on in protests if settled_on is None]
    filed_on, settled_on = (open_protests[0], None) if open_protests else protests[-1] if protests else (None, None)
    return WholeBillOut(
        **_bill(row, caller),
        is_protested=bool(open_protests),
        may_be_set_off=row.state == "delinquent" and may_set_off(today, until, filed_on, settled_on),
        dunning_on=dunning_on(row.issued_on),
        blocks=[_block(each) for each in row.blocks],
        payments=[_payment(each) for each in payments],
        acts=[_act(each) for each in acts if each.bill_number == bill_number],
    )


@router.post(
    "/bills/{bill_number}/payments", status_code=201, summary="Record a payment", response_model=RecordedPaymentOut
)
async def create_payment(
    bill_number: BillPath, body: PaymentIn, request: Request, caller: RecorderIdentity, call: CurrentIdempotentCall
) -> Response:
    """Money received on a bill, as of its day; a late payment goes to delinquency interest first."""
    cents = to_cents(body.amount_usd)
    if cents == 0:
        raise Refused("Nothing was paid.", rule="bill-payment-order", code="no-amount", remedy="Give the amount.")
    return await billing.post_payment(
        engine_of(request),
        now_of(request),
        call,
        bill_number,
        PaymentRequest(body.received_on, cents, body.payer, body.reference),
        caller,
        money_policy_of(request),
    )


@router.get("/refunds", summary="Refunds")
async def list_refunds(
    request: Request,
    response: Response,
    caller: CurrentIdentity,
    page: CurrentPage,
    state: Annotated[
        Literal["waiting-for-enrollment", "ready", "certified", "paid", "replaced"] | None,
        Query(description="Only those in this state."),
    ] = None,
    importer_number: ImporterQuery = None,
    entry_number: Annotated[str | None, Query(description="Only those of this entry.")] = None,
) -> Page[RefundOut]:
    """In order of number; outside parties see their own."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_refunds(
            connection,
            _sight(caller),
            state=state,
            importer_number=importer_number,
            entry_number=canonical_entry_number(entry_number) if entry_number else None,
            after=position[0] if position else None,
            limit=page.fetch,
        )
    return build_page(
        rows,
        page,
        key=lambda row: (row.refund_number,),
        item=lambda row: RefundOut(**_refund(RefundRow(*row), caller)),
        request=request,
        response=response,
    )


@router.get("/refunds/{refund_number}", summary="A refund")
async def read_refund(
    refund_number: RefundPath, request: Request, response: Response, caller: CurrentIdentity
) -> WholeRefundOut:
    """The refund, what it waits for, and what its delay has come to; its ETag is needed to certify or pay it."""
    return await _show_refund(refund_number, request, response, caller)


@router.post("/refunds/{refund_number}/certify", summary="Certify a refund")
async def certify_refund(
    refund_number: RefundPath, request: Request, response: Response, caller: RefunderIdentity, meant: RequiredIfMatch
) -> WholeRefundOut:
    """Refused with what is missing unless the payee can be paid; the first of two people."""
    await refunding.certify_refund(engine_of(request), now_of(request), refund_number, meant, caller)
    return await _show_refund(refund_number, request, response, caller)


@router.post("/refunds/{refund_number}/pay", summary="Record that a refund was paid")
async def pay_refund(
    refund_number: RefundPath,
    body: RefundPaymentIn,
    request: Request,
    response: Response,
    caller: RefunderIdentity,
    meant: RequiredIfMatch,
) -> WholeRefundOut:
    """By somebody who did not certify it, with the interest that CBP owes for delay."""
    await refunding.pay_refund(
        engine_of(request), now_of(request), refund_number, meant, body.paid_on, caller, money_policy_of(request)
    )
    return await _show_refund(refund_number, request, response, caller)


@router.get("/importers/{importer_number}/refund-readiness", summary="Whether an importer can be refunded")
async def read_refund_readiness(
    importer_number: ImporterPath, request: Request, caller: CurrentIdentity
) -> ReadinessOut:
    """For a refund certified today: how it would be paid, or what is missing and what to do."""
    demand_sight(caller, "such importer", importer_number=importer_number)
    today = legal_date(now_of(request))
    async with reading(engine_of(request)) as connection:
        accounts = await store.load_accounts(connection, importer_number)
    readiness = refunding.find_readiness(accounts, today)
    return ReadinessOut(
        importer_number=shown_importer_number(caller, importer_number),
        on=today,
        state=readiness.state,
        way=readiness.way,
        missing=list(readiness.missing),
        remedy=readiness.remedy,
        is_rate_known=refunding.is_rate_known(importer_number, accounts),
        rule=_rule(readiness.rule),
    )


@router.get("/importers/{importer_number}/refund-account", summary="What is known of a payee")
async def read_refund_account(
    importer_number: ImporterPath, request: Request, response: Response, caller: CurrentIdentity
) -> AccountOut:
    """The record in effect; send its ETag back to record more."""
    demand_sight(caller, "such importer", importer_number=importer_number)
    async with reading(engine_of(request)) as connection:
        accounts = await store.load_accounts(connection, importer_number)
    response.headers["ETag"] = etag(accounts[-1].revision if accounts else 0)
    return _account(importer_number, accounts[-1] if accounts else None, caller)


@router.put("/importers/{importer_number}/refund-account", summary="Record what is known of a payee")
async def record_refund_account(
    importer_number: ImporterPath,
    body: AccountIn,
    request: Request,
    response: Response,
    caller: RecorderIdentity,
    meant: RequiredIfMatch,
) -> AccountOut:
    """Takes the place of what was recorded; waiting refunds are checked and missing money is assessed at once."""
    facts = AccountFacts(**body.model_dump())
    row = await refunding.record_account(
        engine_of(request), now_of(request), importer_number, meant, facts, caller, money_policy_of(request)
    )
    response.headers["ETag"] = etag(row.revision)
    return _account(importer_number, row, caller)


async def _show_refund(refund_number: str, request: Request, response: Response, caller: Identity) -> WholeRefundOut:
    async with reading(engine_of(request)) as connection:
        row = await store.find_refund(connection, refund_number)
        if row is None:
            raise NotFound(f"There is no refund {refund_number}.", remedy="Check the number.")
        _demand_matter(caller, f"refund {refund_number}", row)
        accounts = await store.load_accounts(connection, row.importer_number)
        acts = await store.list_acts(connection, row.entry_number)
    response.headers["ETag"] = etag(row.revision)
    is_delinquent, delay_cents, unknown = False, None, None
    if row.state not in ("paid", "replaced"):
        delay = refunding.find_delay(row, accounts, legal_date(now_of(request)), money_policy_of(request))
        if isinstance(delay, Undetermined):
            is_delinquent, unknown = True, delay.why
        else:
            is_delinquent, delay_cents = delay.is_delinquent, delay.interest_cents
    return WholeRefundOut(
        **_refund(row, caller),
        is_delinquent=is_delinquent,
        delay_today_usd=format_cents(delay_cents) if delay_cents is not None else None,
        delay_unknown_because=unknown,
        acts=[_act(each) for each in acts if each.refund_number == refund_number],
    )


def _sight(caller: Identity) -> Sight:
    if is_staff(caller):
        return Sight()
    return Sight(
        caller.importer_numbers,
        caller.filer_code if caller.has_role(RoleName.BROKER) else None,
        caller.surety_code if caller.has_role(RoleName.SURETY) else None,
    )


def _demand_matter(caller: Identity, what: str, row: BillRow | RefundRow) -> None:
    demand_sight(
        caller,
        what,
        importer_number=row.importer_number,
        filer_code=row.entry_number[:3],
        surety_code=row.surety_code,
    )


def _demand_entry(caller: Identity, number: str, importer_number: str, surety_code: str | None) -> None:
    demand_sight(
        caller, f"entry {number}", importer_number=importer_number, filer_code=number[:3], surety_code=surety_code
    )


def _no_entry(number: str) -> NotFound:
    return NotFound(
        f"There is no entry {number} in liquidation.", remedy="Check the number; a filing may still be on its way."
    )


def _rule(rule: str) -> MoneyRuleOut:
    return MoneyRuleOut.model_validate(find_rule(rule), from_attributes=True)


def _shown(amounts: Mapping[str, int]) -> dict[str, str]:
    return {class_code: format_cents(cents) for class_code, cents in amounts.items()}


def _version(version: VersionMoney, governing: int | None) -> VersionAmountsOut:
    return VersionAmountsOut(
        version=version.number,
        governs=version.number == governing,
        paid_on=version.paid_on,
        amounts_usd=_shown(amounts_of_entry(version.lines)),
        lines=[
            LineAmountsOut(line_number=line.line_number, amounts_usd=_shown(amounts_of_line(line)))
            for line in version.lines
        ],
    )


def _assessment(row: AssessmentRow) -> AssessmentOut:
    return AssessmentOut(
        act_key=row.act_key,
        occasion=row.occasion,
        liquidated_on=row.liquidated_on,
        assessed_on=row.assessed_on,
        outcome=row.outcome,
        rule=_rule(row.rule),
        changes=[
            ClassChangeOut(
                class_code=class_code,
                before_usd=format_cents(row.before.get(class_code, 0)),
                found_usd=format_cents(row.found.get(class_code, 0)),
                difference_usd=format_cents(row.found.get(class_code, 0) - row.before.get(class_code, 0)),
            )
            for class_code in sorted(row.before.keys() | row.found.keys())
        ],
        change_usd=format_cents(row.change_cents),
        interest_usd=_maybe(row.interest_change_cents),
        total_usd=_maybe(row.total_cents),
        interest_periods=[
            SegmentOut(
                debtor=each["debtor"], amount_usd=format_cents(each["cents"]), start=each["start"], end=each["end"]
            )
            for each in row.segments
        ],
        is_disregarded=row.is_disregarded,
        reason_code=row.reason_code,
        missing=row.missing,
        why=row.why,
        foreseen=row.foreseen,
        deposit_due_on=row.required_on,
        deposit_due_basis=row.required_basis,
        payee=row.payee,
        bill_number=row.bill_number,
        refund_number=row.refund_number,
    )


def _bill(row: BillRow, caller: Identity) -> dict[str, Any]:
    return {
        "bill_number": row.bill_number,
        "entry_number": row.entry_number,
        "act_key": row.act_key,
        "importer_number": shown_importer_number(caller, row.importer_number),
        "surety_code": row.surety_code,
        "state": row.state,
        "principal_usd": _shown(row.principal),
        "interest_usd": format_cents(row.interest_cents),
        "billed_usd": format_cents(row.billed_cents),
        "liquidated_on": row.liquidated_on,
        "issued_on": row.issued_on,
        "due_on": row.due_on,
        "stood_on": row.stood_on,
        "open_usd": format_cents(row.open_cents),
        "delinquency_usd": format_cents(row.delinquency_cents),
        "surplus_usd": format_cents(row.surplus_cents),
        "settled_on": row.settled_on,
        "replaced_by": row.replaced_by,
        "unknown_because": row.unknown_because,
    }


def _refund(row: RefundRow, caller: Identity) -> dict[str, Any]:
    return {
        "refund_number": row.refund_number,
        "entry_number": row.entry_number,
        "act_key": row.act_key,
        "importer_number": shown_importer_number(caller, row.importer_number),
        "state": row.state,
        "way": row.way,
        "missing": row.missing,
        "reason": row.reason,
        "principal_usd": _shown(row.principal),
        "interest_usd": format_cents(row.interest_cents),
        "refund_usd": format_cents(row.refund_cents),
        "liquidated_on": row.liquidated_on,
        "opened_on": row.opened_on,
        "due_on": row.due_on,
        "certified_on": row.certified_on,
        "certified_by": row.certified_by,
        "paid_on": row.paid_on,
        "paid_by": row.paid_by,
        "delay_usd": _maybe(row.delay_cents),
        "replaced_by": row.replaced_by,
    }


def _maybe(cents: int | None) -> str | None:
    return format_cents(cents) if cents is not None else None


def _block(block: Mapping[str, Any]) -> BlockOut:
    return BlockOut(
        number=block["number"],
        ended_on=block["ended_on"],
        base_usd=format_cents(block["base_cents"]),
        interest_usd=format_cents(block["interest_cents"]),
    )


def _payment(row: PaymentRow) -> PaymentOut:
    return PaymentOut(
        number=row.number,
        received_on=row.received_on,
        amount_usd=format_cents(row.cents),
        payer=row.payer,
        reference=row.reference,
        recorded_by=row.recorded_by,
    )


def _act(row: store.MoneyAct) -> MoneyActOut:
    return MoneyActOut(on=row.occurred_on, what=row.change, rule=_rule(row.rule), detail=row.detail, actor=row.actor)


def _deposit(number: str, row: DepositRow | None) -> DepositOut:
    return DepositOut(
        entry_number=number,
        revision=row.revision if row is not None else 0,
        required_on=row.required_on if row is not None else None,
        claimed_on=row.claimed_on if row is not None else None,
        case_order_on=row.case_order_on if row is not None else None,
        recorded_by=row.recorded_by if row is not None else None,
    )


def _account(importer_number: str, row: AccountRow | None, caller: Identity) -> AccountOut:
    return AccountOut(
        importer_number=shown_importer_number(caller, importer_number),
        revision=row.revision if row is not None else 0,
        effective_on=row.effective_on if row is not None else None,
        is_corporation=row.is_corporation if row is not None else None,
        pays_monthly=row.pays_monthly if row is not None else None,
        has_ach_enrollment=row.has_ach_enrollment if row is not None else None,
        has_valid_bank_data=row.has_valid_bank_data if row is not None else None,
        has_paper_waiver=row.has_paper_waiver if row is not None else False,
        recorded_by=row.recorded_by if row is not None else None,
    )
