"""The HTTP side of assessments: the money of an entry, as asserted and as assessed by each act."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.liquidation.api.common import EntryNumberPath, RuleOut, demand_entry_sight, show_rule
from services.liquidation.api.money import show_amounts, show_cents
from services.liquidation.domain.money.amounts import amounts_of_entry, amounts_of_line
from services.liquidation.store.assessments import AssessmentRow
from services.liquidation.store.money_cases import VersionMoney, load_cases
from services.liquidation.store.sight import find_matter
from shared.customs.money import format_cents
from shared.db.transaction import snapshot
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import canonical_entry_number, engine_of

router = APIRouter(tags=["money"])


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
    rule: RuleOut
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


@router.get("/entries/{entry_number}/amounts", summary="The money of an entry by class and line")
async def read_entry_amounts(
    entry_number: EntryNumberPath, request: Request, caller: Annotated[Identity, allow("entry.read")]
) -> EntryAmountsOut:
    """Each version as asserted, each act as assessed with its interest by periods, and what is missing."""
    number = canonical_entry_number(entry_number)
    async with snapshot(engine_of(request)) as tx:
        case = (await load_cases(tx, [number])).get(number)
        matter = await find_matter(tx.connection, number) if case is not None else None
    demand_entry_sight(caller, request, matter, number)
    assert case is not None, "an entry with a matter was found with its money"
    return EntryAmountsOut(
        entry_number=number,
        versions=[_show_version(each, case.entry.version) for each in case.versions],
        assessments=[_show_assessment(each) for each in case.assessments],
        bills=[each.bill_number for each in case.bills],
        refunds=[each.refund_number for each in case.refunds],
    )


def _show_version(version: VersionMoney, governing: int) -> VersionAmountsOut:
    return VersionAmountsOut(
        version=version.number,
        governs=version.number == governing,
        paid_on=version.paid_on,
        amounts_usd=show_amounts(amounts_of_entry(version.lines)),
        lines=[
            LineAmountsOut(line_number=line.line_number, amounts_usd=show_amounts(amounts_of_line(line)))
            for line in version.lines
        ],
    )


def _show_assessment(row: AssessmentRow) -> AssessmentOut:
    return AssessmentOut(
        act_key=row.act_key,
        occasion=row.occasion,
        liquidated_on=row.liquidated_on,
        assessed_on=row.assessed_on,
        outcome=row.outcome,
        rule=show_rule(row.rule),
        changes=show_changes(row),
        change_usd=format_cents(row.change_cents),
        interest_usd=show_cents(row.interest_change_cents),
        total_usd=show_cents(row.total_cents),
        interest_periods=show_segments(row),
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


def show_changes(row: AssessmentRow) -> list[ClassChangeOut]:
    """Each class of an assessment as it stood and as it was found."""
    return [
        ClassChangeOut(
            class_code=class_code,
            before_usd=format_cents(row.before.get(class_code, 0)),
            found_usd=format_cents(row.found.get(class_code, 0)),
            difference_usd=format_cents(row.found.get(class_code, 0) - row.before.get(class_code, 0)),
        )
        for class_code in sorted(row.before.keys() | row.found.keys())
    ]


def show_segments(row: AssessmentRow) -> list[SegmentOut]:
    """The periods for which an assessment bears interest."""
    return [
        SegmentOut(debtor=each.debtor, amount_usd=format_cents(each.cents), start=each.start, end=each.end)
        for each in row.segments
    ]
