"""The HTTP side of payees: what is known of importers' accounts and of deposits, and whether a refund can be paid."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts import payees as acts
from services.liquidation.acts.payees import AccountFacts, DepositFacts
from services.liquidation.acts.refunds import find_readiness
from services.liquidation.api.common import (
    EntryNumberPath,
    RuleOut,
    demand_entry_sight,
    money_policy_of,
    show_rule,
    shown_number,
)
from services.liquidation.api.money import ImporterPath
from services.liquidation.store import payees as store
from services.liquidation.store.payees import AccountRow, DepositRow
from services.liquidation.store.sight import find_matter
from shared.contracts.terms import ImporterNumber
from shared.customs.calendar import legal_date
from shared.db.transaction import reading, transaction
from shared.runtime.access import Matter, demand_sight, shown_importer_number
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity, sign
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import LegalDay
from shared.web.requests import canonical_entry_number, engine_of, now_of, today_of

router = APIRouter(tags=["money"])


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

    effective_on: LegalDay
    is_corporation: bool | None = Field(default=None, description="Sets the rate of overpayments (26 USC 6621(a)(1)).")
    pays_monthly: bool | None = Field(default=None, description="Deposits on a periodic monthly statement.")
    has_ach_enrollment: bool | None = None
    has_valid_bank_data: bool | None = None
    has_paper_waiver: bool = Field(default=False, description="A waiver of electronic payment.")
    designee_number: ImporterNumber | None = Field(
        default=None,
        description="Whom the importer has on file to receive refunds (CBP Form 4811). It is paid only for entries that"
        " name it too (`notify_party`); for all others the importer is.",
    )


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
    designee_number: str | None = Field(description="Masked when it is a social security number of someone else.")
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
    rule: RuleOut


class DepositIn(BaseModel):
    """What the summary does not say of a deposit; null where it is not known."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"required_on": "2026-04-21"}]})

    required_on: LegalDay | None = Field(default=None, description="By when the estimated duties were due.")
    claimed_on: LegalDay | None = Field(default=None, description="The day of a claim under 19 USC 1520(d).")
    case_order_on: LegalDay | None = Field(
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


@router.get("/entries/{entry_number}/deposit-facts", summary="What is known of an entry's deposit")
@tells("ETag")
async def read_deposit_facts(
    entry_number: EntryNumberPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("entry.read")],
) -> DepositOut:
    """What was recorded beside the summary; send the ETag back to record more."""
    number = canonical_entry_number(entry_number)
    async with reading(engine_of(request)) as connection:
        matter = await find_matter(connection, number)
        row = await store.find_deposit(connection, number)
    demand_entry_sight(caller, request, matter, number)
    response.headers["ETag"] = etag(row.revision if row is not None else 0)
    return _show_deposit(number, row)


@router.put("/entries/{entry_number}/deposit-facts", summary="Record what is known of an entry's deposit")
@tells("ETag")
async def record_deposit_facts(
    entry_number: EntryNumberPath,
    body: DepositIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("entry.record-deposit-facts")],
    meant: RequiredIfMatch,
) -> DepositOut:
    """Takes the place of what was recorded before; acts that lacked one of these facts are assessed at once."""
    number = canonical_entry_number(entry_number)
    facts = DepositFacts(body.required_on, body.claimed_on, body.case_order_on)
    policy = money_policy_of(request)
    async with transaction(engine_of(request)) as tx:
        row = await acts.record_deposit(tx, now_of(request), number, meant, facts, caller, policy)
    response.headers["ETag"] = etag(row.revision)
    return _show_deposit(number, row)


@router.get("/importers/{importer_number}/refund-readiness", summary="Whether an importer can be refunded")
async def read_refund_readiness(
    importer_number: ImporterPath, request: Request, caller: Annotated[Identity, allow("payee.read")]
) -> ReadinessOut:
    """For a refund certified today: how it would be paid, or what is missing and what to do."""
    _demand_payee_sight(caller, request, importer_number)
    today = legal_date(now_of(request))
    async with reading(engine_of(request)) as connection:
        accounts = await store.load_accounts(connection, importer_number)
    readiness = find_readiness(accounts, today)
    return ReadinessOut(
        importer_number=shown_importer_number(caller, importer_number),
        on=today,
        state=readiness.state,
        way=readiness.way,
        missing=list(readiness.missing),
        remedy=readiness.remedy,
        is_rate_known=acts.is_rate_known(importer_number, accounts),
        rule=show_rule(readiness.rule),
    )


@router.get("/importers/{importer_number}/refund-account", summary="What is known of a payee")
@tells("ETag")
async def read_refund_account(
    importer_number: ImporterPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("payee.read")],
) -> AccountOut:
    """The record in effect; send its ETag back to record more."""
    _demand_payee_sight(caller, request, importer_number)
    async with reading(engine_of(request)) as connection:
        accounts = await store.load_accounts(connection, importer_number)
    response.headers["ETag"] = etag(accounts[-1].revision if accounts else 0)
    return _show_account(importer_number, accounts[-1] if accounts else None, caller)


@router.put("/importers/{importer_number}/refund-account", summary="Record what is known of a payee")
@tells("ETag")
async def record_refund_account(
    importer_number: ImporterPath,
    body: AccountIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("payee.record")],
    meant: RequiredIfMatch,
) -> AccountOut:
    """Takes the place of what was recorded; waiting refunds are checked and missing money is assessed at once."""
    facts = AccountFacts(**body.model_dump())
    policy = money_policy_of(request)
    async with transaction(engine_of(request)) as tx:
        row = await acts.record_account(tx, now_of(request), importer_number, meant, facts, caller, policy)
    response.headers["ETag"] = etag(row.revision)
    return _show_account(importer_number, row, caller)


def _demand_payee_sight(caller: Identity, request: Request, importer_number: str) -> None:
    what = f"importer {shown_importer_number(caller, importer_number)} that you may read"
    demand_sight(caller, "payee", today_of(request), Matter(importer_number), what)


def _show_deposit(number: str, row: DepositRow | None) -> DepositOut:
    return DepositOut(
        entry_number=number,
        revision=row.revision if row is not None else 0,
        required_on=row.required_on if row is not None else None,
        claimed_on=row.claimed_on if row is not None else None,
        case_order_on=row.case_order_on if row is not None else None,
        recorded_by=sign(row.recorded_by, row.recorded_for) if row is not None else None,
    )


def _show_account(importer_number: str, row: AccountRow | None, caller: Identity) -> AccountOut:
    return AccountOut(
        importer_number=shown_importer_number(caller, importer_number),
        revision=row.revision if row is not None else 0,
        effective_on=row.effective_on if row is not None else None,
        is_corporation=row.is_corporation if row is not None else None,
        pays_monthly=row.pays_monthly if row is not None else None,
        has_ach_enrollment=row.has_ach_enrollment if row is not None else None,
        has_valid_bank_data=row.has_valid_bank_data if row is not None else None,
        has_paper_waiver=row.has_paper_waiver if row is not None else False,
        designee_number=shown_number(row.designee_number, caller) if row is not None else None,
        recorded_by=sign(row.recorded_by, row.recorded_for) if row is not None else None,
    )
