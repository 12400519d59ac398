"""The HTTP side of the legal record of an entry."""

from datetime import date, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.liquidation.acts.may_do import bars_on_entry
from services.liquidation.acts.pictures import (
    Finality,
    facts_of,
    foresee_correction_of,
    is_open_request,
    judge_finality,
    list_barred,
    list_contradictions,
    list_suspensions,
    weigh_dates_of_entry,
)
from services.liquidation.api.common import (
    EntryNumberPath,
    RuleOut,
    find_visible_picture,
    law_of,
    matter_of_entry,
    show_rule,
)
from services.liquidation.api.extensions import ExtensionOut
from services.liquidation.api.versions import VersionOut, show_version
from services.liquidation.domain.clock_facts import TimeOfEntry
from services.liquidation.domain.correction_window import CorrectionOutlook
from services.liquidation.store.pictures import ReviewOfEntry
from services.liquidation.store.records import EntryRow
from services.liquidation.store.reliquidations import ReliquidationRow
from services.liquidation.store.voided_liquidations import VoidedRow
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.runtime.access import is_staff, shown_importer_number
from shared.runtime.identity import Identity, sign
from shared.web.access import allow
from shared.web.may_do import MayDoOut, tell_may_do
from shared.web.requests import now_of

router = APIRouter(tags=["entries"])


class DateOut(BaseModel):
    """A date of the record and the rule that sets it."""

    what: str = Field(examples=["scheduled liquidation"])
    on: date
    rule: RuleOut


class AmountsOut(BaseModel):
    """Money: as asserted, what liquidation changed (positive is due), and as liquidated."""

    duty_usd: str = Field(examples=["9375.00"])
    fees_usd: str = Field(examples=["589.25"])
    effect_duty_usd: str | None = None
    effect_fees_usd: str | None = None
    liquidated_duty_usd: str | None = None
    liquidated_fees_usd: str | None = None


class LiquidationOut(BaseModel):
    """How an entry was liquidated; `posted_on` is later than `liquidated_on` for deemed and informal ones."""

    liquidated_on: date
    posted_on: date
    kind: str = Field(examples=["no-change"])
    rule: RuleOut


class DecisionOut(BaseModel):
    """A review decision and what became of it: applied (waits for the cycle), effective, superseded, refused."""

    decision_id: str
    process: str
    outcome: str
    status: str
    effect_duty_usd: str
    effect_fees_usd: str
    decided_at: datetime
    rule: str | None
    remedy: str | None


class ConflictOut(BaseModel):
    """An event that contradicts the record, and by which rule it does not stand."""

    kind: str
    rule: str
    detail: str
    event_source: str
    event_id: str


class SuspensionOut(BaseModel):
    """A suspension; `is_filed`: it follows from the summary itself. It stands while `lift_noticed_on` is null."""

    ground: str = Field(examples=["adcvd-case:A570012000/CNSYNTH123SHE"])
    authority: str = Field(examples=["agency"])
    began_on: date
    is_filed: bool
    instruction_id: str | None = None
    lift_noticed_on: date | None = None
    lift_source: str | None = None
    lift_instruction_id: str | None = None


class ReliquidationOut(BaseModel):
    """A reliquidation; effects are against the amounts as asserted, changes against the state before."""

    number: int
    reliquidated_on: date
    writer: str = Field(examples=["center"])
    rule: RuleOut
    kind: str
    effect_duty_usd: str
    effect_fees_usd: str
    change_duty_usd: str
    change_fees_usd: str
    explanation: str
    acted_by: str


class VoidedLiquidationOut(BaseModel):
    """A liquidation without effect in law, and why."""

    liquidated_on: date
    liquidation_kind: str
    voided_on: date
    rule: RuleOut
    why: str


class ExtensionRequestOut(BaseModel):
    """A written request of the importer; `is_open` until an extension names its day, or the entry is liquidated."""

    filing_number: str
    received_at: datetime
    is_open: bool


class HoldOut(BaseModel):
    """A hold set that kept the entry out of cycles; `is_overridden`: its period would have ended, so it was taken.

    The days are the Fridays by which these cycles are named.
    """

    hold_set_id: str
    name: str
    state: str = Field(examples=["applied"])
    first_held_on: date
    last_held_on: date
    is_overridden: bool


class FinalityOut(BaseModel):
    """When the liquidation is final: for CBP's own motion (1501), for everyone (1514), and who may write all the same.

    `final_1514_on` is null while a protest, an allowance or a suit keeps it open; once a protest is denied, the day
    after the time to sue. `is_final_1514` asks for the last arguable day.
    """

    final_1501_on: date
    is_final_1501: bool
    final_1514_on: date | None
    final_1514_arguable_on: date | None
    is_final_1514: bool
    writers_after_final: dict[str, str] = Field(examples=[{"allowed-protest": "protest-allow"}])


class EntryDateOut(BaseModel):
    """A day that could be the time of entry."""

    source: str = Field(
        examples=["version 1"],
        description="release, entry-filed, summary-filed, presentation, withdrawal, or the version that asserts it;"
        " importation stands beside them and never governs.",
    )
    on: date
    governs: bool = Field(description="Whether it is the time of entry.")


class EntryDatesOut(BaseModel):
    """Which day is the time of entry, by which rule, and every other day that could have been."""

    rule: RuleOut
    basis: str | None = Field(
        examples=["quota"], description="What was recorded; null: the date asserted in the governing version."
    )
    governs_on: date | None
    asserted_on: date | None
    differs: bool = Field(description="Whether the summary asserts another day than the recorded basis gives.")
    is_day_missing: bool = Field(description="Whether a basis was recorded whose day is not known yet.")
    candidates: list[EntryDateOut]


class CorrectionOut(BaseModel):
    """Whether the summary could be corrected today: its window, what bars a correction, and what is not known here."""

    until: date | None = Field(description="Last day; null while it stays open as long as liquidation is suspended.")
    is_window_open: bool
    rule: RuleOut
    barred_by: str | None = Field(examples=["under-review"], description="The precondition that is not met.")
    why: str | None
    not_known: list[str] = Field(examples=[["in-cbp-control", "fully-paid"]])


class EntryRecordOut(BaseModel):
    """The legal record of an entry."""

    entry_number: str
    state: str = Field(examples=["scheduled"])
    why: str | None = Field(description="The facts that the state rests on.")
    rule: RuleOut | None
    importer_number: str | None = Field(description="Masked when it is a social security number of someone else.")
    importer_name: str | None
    entry_type: str | None
    port_of_entry: str | None
    surety_code: str | None
    center: str | None
    division: str | None
    lane: str | None = Field(description="Shown to staff only.")
    version: int | None
    released_at: datetime | None
    paid_on: date | None
    dates: list[DateOut]
    entry_dates: EntryDatesOut
    amounts: AmountsOut | None
    liquidation: LiquidationOut | None
    finality: FinalityOut | None
    correction: CorrectionOut | None = Field(description="Null where no window is known: nothing runs or was filed.")
    suspensions: list[SuspensionOut]
    reliquidations: list[ReliquidationOut]
    voided_liquidations: list[VoidedLiquidationOut]
    extension_requests: list[ExtensionRequestOut]
    holds: list[HoldOut]
    versions: list[VersionOut]
    extensions: list[ExtensionOut]
    decisions: list[DecisionOut]
    protests: list[str]
    bills: list[str] = Field(description="GET /bills/{number} shows one; GET …/amounts the assessments.")
    refunds: list[str]
    conflicts: list[ConflictOut]
    may_do: list[MayDoOut] = Field(description="Each act on it: whether the caller may, and what stands against it.")


@router.get("/entries/{entry_number}", summary="The legal record of an entry")
async def read_entry_record(
    entry_number: EntryNumberPath, request: Request, caller: Annotated[Identity, allow("entry.read")]
) -> EntryRecordOut:
    """State, dates with their rules, amounts, versions, decisions and what contradicts the record."""
    picture = await find_visible_picture(entry_number, request, caller)
    row, today = picture.entry, legal_date(now_of(request))
    finality = judge_finality(picture, law_of(request))
    correction = foresee_correction_of(picture, today, law_of(request), may_know_of_review=is_staff(caller))
    barred = list_barred(picture, law_of(request), partial(shown_importer_number, caller))
    return EntryRecordOut(
        entry_number=row.entry_number,
        state=row.state,
        why=row.why,
        rule=show_rule(row.rule) if row.rule is not None else None,
        importer_number=shown_importer_number(caller, row.importer_number) if row.importer_number else None,
        importer_name=picture.importer_name,
        entry_type=row.entry_type,
        port_of_entry=row.port_of_entry,
        surety_code=row.surety_code,
        center=row.center,
        division=row.division,
        lane=row.lane if is_staff(caller) else None,
        version=row.version,
        released_at=row.released_at,
        paid_on=row.paid_on,
        dates=_dates(row),
        entry_dates=_entry_dates(weigh_dates_of_entry(picture)),
        amounts=_amounts(row),
        liquidation=_liquidation(row),
        finality=_finality(finality, today) if finality is not None else None,
        correction=_correction(correction) if correction is not None else None,
        suspensions=[SuspensionOut.model_validate(each, from_attributes=True) for each in list_suspensions(picture)],
        reliquidations=[_reliquidation(each) for each in picture.reliquidations],
        voided_liquidations=[_voided(each) for each in picture.voided_liquidations],
        extension_requests=[
            ExtensionRequestOut(
                filing_number=each.filing_number,
                received_at=each.received_at,
                is_open=is_open_request(each, picture),
            )
            for each in picture.extension_requests
        ],
        holds=[HoldOut.model_validate(each, from_attributes=True) for each in picture.holds],
        versions=[
            show_version(each, governing=row.version, barred=barred.get(each.version.number))
            for each in picture.versions
        ],
        extensions=[ExtensionOut.model_validate(each, from_attributes=True) for each in picture.extensions],
        decisions=[_decision(each) for each in picture.decisions],
        protests=[each.filing.number for each in picture.protests],
        bills=[each.bill_number for each in picture.bills],
        refunds=[each.refund_number for each in picture.refunds],
        conflicts=[
            ConflictOut.model_validate(each, from_attributes=True) for each in list_contradictions(picture, barred)
        ],
        may_do=tell_may_do(caller, today, matter_of_entry(row), bars_on_entry(row, facts_of(picture), today)),
    )


def _dates(row: EntryRow) -> list[DateOut]:
    dated = (
        ("entry", row.entry_date, "entry-date"),
        ("scheduled liquidation", row.scheduled_on, row.rule),
        ("deemed liquidated unless liquidated by then", row.deemed_on, row.deemed_rule),
        ("liquidation", row.liquidated_on, row.liquidation_rule),
    )
    return [
        DateOut(what=what, on=on, rule=show_rule(rule))
        for what, on, rule in dated
        if on is not None and rule is not None
    ]


def _entry_dates(found: TimeOfEntry) -> EntryDatesOut:
    return EntryDatesOut(
        rule=show_rule("entry-date"),
        basis=found.basis,
        governs_on=found.governs_on,
        asserted_on=found.asserted_on,
        differs=found.differs,
        is_day_missing=found.is_day_missing,
        candidates=[EntryDateOut(source=each.source, on=each.on, governs=each.governs) for each in found.candidates],
    )


def _amounts(row: EntryRow) -> AmountsOut | None:
    if row.duty_cents is None or row.fees_cents is None:
        return None
    amounts = AmountsOut(duty_usd=format_cents(row.duty_cents), fees_usd=format_cents(row.fees_cents))
    if row.effect_duty_cents is not None and row.effect_fees_cents is not None:
        amounts.effect_duty_usd = format_cents(row.effect_duty_cents)
        amounts.effect_fees_usd = format_cents(row.effect_fees_cents)
        amounts.liquidated_duty_usd = format_cents(row.duty_cents + row.effect_duty_cents)
        amounts.liquidated_fees_usd = format_cents(row.fees_cents + row.effect_fees_cents)
    return amounts


def _liquidation(row: EntryRow) -> LiquidationOut | None:
    kind, rule = row.liquidation_kind, row.liquidation_rule
    if row.liquidated_on is None or row.liquidation_posted_on is None or kind is None or rule is None:
        return None
    return LiquidationOut(
        liquidated_on=row.liquidated_on, posted_on=row.liquidation_posted_on, kind=kind, rule=show_rule(rule)
    )


def _finality(finality: Finality, today: date) -> FinalityOut:
    final = finality.final_1514
    return FinalityOut(
        final_1501_on=finality.final_1501_on,
        is_final_1501=finality.is_final_1501(today),
        final_1514_on=final.safe if final else None,
        final_1514_arguable_on=final.last_arguable if final else None,
        is_final_1514=finality.is_final_1514(today),
        writers_after_final=dict(finality.writers),
    )


def _correction(outlook: CorrectionOutlook) -> CorrectionOut:
    return CorrectionOut(
        until=outlook.window.closes_on,
        is_window_open=outlook.is_window_open,
        rule=show_rule(outlook.window.rule),
        barred_by=outlook.unmet.outcome if outlook.unmet else None,
        why=outlook.unmet.why if outlook.unmet else None,
        not_known=list(outlook.not_known),
    )


def _reliquidation(row: ReliquidationRow) -> ReliquidationOut:
    return ReliquidationOut(
        number=row.number,
        reliquidated_on=row.reliquidated_on,
        writer=row.writer,
        rule=show_rule(row.rule),
        kind=row.kind,
        effect_duty_usd=format_cents(row.effect_duty_cents),
        effect_fees_usd=format_cents(row.effect_fees_cents),
        change_duty_usd=format_cents(row.change_duty_cents),
        change_fees_usd=format_cents(row.change_fees_cents),
        explanation=row.explanation,
        acted_by=sign(row.acted_by, row.acted_for),
    )


def _voided(row: VoidedRow) -> VoidedLiquidationOut:
    return VoidedLiquidationOut(
        liquidated_on=row.liquidated_on,
        liquidation_kind=row.liquidation_kind,
        voided_on=row.voided_on,
        rule=show_rule(row.rule),
        why=row.why,
    )


def _decision(row: ReviewOfEntry) -> DecisionOut:
    return DecisionOut(
        decision_id=row.decision_id,
        process=row.process,
        outcome=row.outcome,
        status=row.status,
        effect_duty_usd=format_cents(row.duty_cents),
        effect_fees_usd=format_cents(row.fees_cents),
        decided_at=row.decided_at,
        rule=row.rule,
        remedy=row.remedy,
    )
