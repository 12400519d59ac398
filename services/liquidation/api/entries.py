"""The HTTP side of liquidation: the record and the timeline of an entry, extensions, protests, figures."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts.extensions import post_extension
from services.liquidation.api.common import EntryNumberPath, cycle_policy_of, law_of
from services.liquidation.domain.clock_facts import NO_CLOCK_FACTS, ClockFacts, weigh_entry_dates
from services.liquidation.domain.clocks import CyclePolicy
from services.liquidation.domain.correction_window import CorrectionWindow, correction_window, foresee_correction
from services.liquidation.domain.extension import ExtensionRequest
from services.liquidation.domain.facts import Version
from services.liquidation.domain.grounds import basis_of, filed_grounds, join_grounds
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.plan import find_start
from services.liquidation.domain.protest.filing import read_filing
from services.liquidation.domain.record import find_summary_filing, has_correction_window
from services.liquidation.domain.reliquidation import FinalWriter, final_1501_on, judge_change_after_final
from services.liquidation.domain.rules import RULES, Rule
from services.liquidation.domain.suspension import Suspension
from services.liquidation.domain.timeline import (
    Coming,
    ProtestFact,
    RequestFact,
    TimelineFacts,
    coming_dates,
    find_finality,
)
from services.liquidation.publishing import find_rule
from services.liquidation.store import pictures as store
from services.liquidation.store.pictures import EntryPicture
from services.liquidation.store.records import version_of
from shared.customs.calendar import Due, legal_date
from shared.customs.entry_types import entry_type
from shared.customs.money import format_cents
from shared.db.transaction import reading
from shared.runtime.access import demand_sight, is_staff, shown_importer_number
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity, RoleName
from shared.web.idempotency import CurrentIdempotentCall
from shared.web.identity import CurrentIdentity, StaffIdentity, require
from shared.web.pagination import CurrentPage, Page, build_page
from shared.web.requests import canonical_entry_number, engine_of, now_of

router = APIRouter()

REVIEW_LANES = frozenset({"document-review", "enforcement"})
_START_FACTS = {
    "liq-1yr-warehouse": "final_withdrawal_on",
    "liq-1yr-recon": "reconciliation_filed_or_due_on",
    "liq-1yr-drawback": "drawback_claimed_on",
}
_BAR_RULES = {"correction-after-liquidation": "psc-preconditions", "correction-outside-window": "psc-window"}

ExtenderIdentity = Annotated[Identity, Depends(require(RoleName.LIQUIDATION_SPECIALIST, RoleName.CENTER_DIRECTOR))]


class RuleOut(BaseModel):
    """A rule with its source; `evidence` S read, P partly read, M recalled, U unsettled."""

    id: str = Field(examples=["liq-1yr-entry"])
    citation: str = Field(examples=["19 USC 1504(a)(1)(A)"])
    evidence: Literal["S", "P", "M", "U"]
    text: str


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


class VersionOut(BaseModel):
    """One version of the entry summary; `barred_as` says why it cannot govern."""

    version: int
    governs: bool
    filed_at: datetime
    entry_type: str
    entry_date: date
    duty_usd: str
    fees_usd: str
    barred_as: str | None


class ExtensionOut(BaseModel):
    """One extension of liquidation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": 1,
                    "reason": "information-needed",
                    "months": 12,
                    "posted_on": "2026-06-01",
                    "requested_on": None,
                    "period_ended_on": "2026-10-01",
                    "period_ends_on": "2027-10-01",
                    "explanation": "A CBP 28 on value is unanswered.",
                    "posted_by": "kim",
                }
            ]
        }
    )

    number: int
    reason: str
    months: int
    posted_on: date
    requested_on: date | None
    period_ended_on: date = Field(description="End of the period before.")
    period_ends_on: date = Field(description="The new deemed date.")
    explanation: str
    posted_by: str


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
    """A hold set that kept the entry out of cycles; `is_overridden`: its period would have ended, so it was taken."""

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


class ActOut(BaseModel):
    """What happened."""

    on: date
    what: str
    rule: RuleOut | None = None
    detail: str | None = None
    actor: str | None = None


class ComingOut(BaseModel):
    """A clock: warn by `safe`, refuse only after `last_arguable`; without dates the text says what is missing."""

    what: str
    safe: date | None
    last_arguable: date | None
    rule: RuleOut
    inputs: dict[str, str]


class TimelineOut(BaseModel):
    """What happened to an entry and what comes."""

    entry_number: str
    state: str
    happened: list[ActOut]
    coming: list[ComingOut]


class ExtensionIn(BaseModel):
    """An extension whose notice has been posted."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "reason": "information-needed",
                    "months": 12,
                    "posted_on": "2026-06-01",
                    "explanation": "A CBP 28 on value is unanswered.",
                }
            ]
        },
    )

    reason: Literal["information-needed", "importer-request"]
    months: int = Field(default=12, description="1 to 12 (ext-length).")
    posted_on: date = Field(description="The day on which the notice was posted.")
    requested_on: date | None = Field(default=None, description="When the importer asked in writing.")
    explanation: str = Field(min_length=1, max_length=500, description="What the notice states as the reason.")


class UnknownClockOut(BaseModel):
    """An entry with a clock that cannot be computed."""

    entry_number: str
    missing: str | None = Field(description="The fact that is missing.")
    rule: RuleOut | None
    entry_type: str | None
    entry_date: date | None
    released_at: datetime | None
    center: str | None


class LiquidationFigures(BaseModel):
    """Entries by state; `liquidated` counts the deemed ones too."""

    entries: int
    scheduled: int
    suspended: int
    extended: int
    liquidated: int
    deemed: int
    not_liquidating: int
    clock_unknown: int
    protests: int


@router.get("/entries/{entry_number}", summary="The legal record of an entry")
async def read_entry_record(entry_number: EntryNumberPath, request: Request, caller: CurrentIdentity) -> EntryRecordOut:
    """State, dates with their rules, amounts, versions, decisions and what contradicts the record."""
    picture = await _find_picture(entry_number, request, caller)
    row = picture.entry
    importer = row.importer_number
    return EntryRecordOut(
        entry_number=row.entry_number,
        state=row.state,
        why=row.why,
        rule=_rule(row.rule),
        importer_number=shown_importer_number(caller, importer) if importer else None,
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
        entry_dates=_entry_dates(picture),
        amounts=_amounts(row),
        liquidation=_liquidation(row),
        finality=_finality(picture, now_of(request), law_of(request)),
        correction=_correction(picture, legal_date(now_of(request)), caller),
        suspensions=_suspensions(picture),
        reliquidations=[_reliquidation(each) for each in picture.reliquidations],
        voided_liquidations=[_voided(each) for each in picture.voided_liquidations],
        extension_requests=[_extension_request(each, picture) for each in picture.extension_requests],
        holds=[HoldOut.model_validate(each, from_attributes=True) for each in picture.holds],
        versions=[_version(each, governing=row.version) for each in picture.versions],
        extensions=[ExtensionOut.model_validate(each, from_attributes=True) for each in picture.extensions],
        decisions=[_decision(each) for each in picture.decisions],
        protests=[each.filing_number for each in picture.protests],
        bills=[each.bill_number for each in picture.bills],
        refunds=[each.refund_number for each in picture.refunds],
        conflicts=_conflicts(picture),
    )


@router.get("/entries/{entry_number}/timeline", summary="What happened to an entry and what comes")
async def read_entry_timeline(entry_number: EntryNumberPath, request: Request, caller: CurrentIdentity) -> TimelineOut:
    """Each act, and each clock with its rule, citation, inputs, safe date and last arguable date."""
    picture = await _find_picture(entry_number, request, caller)
    policy: CyclePolicy = cycle_policy_of(request)
    return TimelineOut(
        entry_number=picture.entry.entry_number,
        state=picture.entry.state,
        happened=_happened(picture),
        coming=[
            *(_coming(each) for each in coming_dates(_timeline_facts(picture, policy, law_of(request)))),
            *_coming_of_money(picture),
        ],
    )


@router.post(
    "/entries/{entry_number}/extensions", status_code=201, summary="Extend liquidation", response_model=ExtensionOut
)
async def create_extension(
    entry_number: EntryNumberPath,
    body: ExtensionIn,
    request: Request,
    caller: ExtenderIdentity,
    call: CurrentIdempotentCall,
) -> Response:
    """Record an extension whose notice was posted while the period was open; void ones are refused by their rule."""
    return await post_extension(
        engine_of(request),
        cycle_policy_of(request),
        now_of(request),
        call,
        canonical_entry_number(entry_number),
        ExtensionRequest(body.reason, body.months, body.posted_on, body.requested_on),
        body.explanation,
        caller,
        law_of(request),
    )


@router.get("/clocks-unknown", summary="Entries with a clock that cannot be computed")
async def list_unknown_clocks(
    request: Request, response: Response, _: StaffIdentity, page: CurrentPage
) -> Page[UnknownClockOut]:
    """In order of entry number, each with the fact that is missing."""
    position = page.position(str)
    async with reading(engine_of(request)) as connection:
        rows = await store.list_unknown_clocks(connection, after=position[0] if position else None, limit=page.fetch)
    return build_page(
        rows, page, key=lambda row: (row.entry_number,), item=_unknown_clock, request=request, response=response
    )


@router.get("/figures", summary="Entries by state")
async def read_liquidation_figures(request: Request, _: StaffIdentity) -> LiquidationFigures:
    """Counts over every entry."""
    async with reading(engine_of(request)) as connection:
        counts = await store.count_states(connection)
        protests = await store.count_protests(connection)

    def of(state: str) -> int:
        return sum(number for (each, _), number in counts.items() if each == state)

    return LiquidationFigures(
        entries=sum(counts.values()),
        scheduled=of("scheduled"),
        suspended=of("suspended"),
        extended=of("extended"),
        liquidated=of("liquidated"),
        deemed=counts.get(("liquidated", "deemed"), 0),
        not_liquidating=of("not-liquidating"),
        clock_unknown=of("clock-unknown"),
        protests=protests,
    )


async def _find_picture(entry_number: str, request: Request, caller: Identity) -> EntryPicture:
    number = canonical_entry_number(entry_number)
    async with reading(engine_of(request)) as connection:
        picture = await store.find_picture(connection, number)
    importer = picture.entry.importer_number if picture else None
    if picture is None or (importer is None and not is_staff(caller)):
        raise NotFound(
            f"There is no entry {number} in liquidation.", remedy="Check the number; a filing may still be on its way."
        )
    if importer is not None:
        demand_sight(
            caller,
            f"entry {number}",
            importer_number=importer,
            filer_code=number[:3],
            surety_code=picture.entry.surety_code,
        )
    return picture


def _known_rule(rule: str) -> RuleOut:
    return _rule_out(RULES[rule])


def _rule_out(rule: Rule) -> RuleOut:
    return RuleOut.model_validate(rule, from_attributes=True)


def _rule(rule: str | None) -> RuleOut | None:
    return _known_rule(rule) if rule is not None else None


def _dates(row: Any) -> list[DateOut]:
    dated = (
        ("entry", row.entry_date, "entry-date"),
        ("scheduled liquidation", row.scheduled_on, row.rule),
        ("deemed liquidated unless liquidated by then", row.deemed_on, row.deemed_rule),
        ("liquidation", row.liquidated_on, row.liquidation_rule),
    )
    return [DateOut(what=what, on=on, rule=_known_rule(rule)) for what, on, rule in dated if on is not None]


def _entry_dates(picture: EntryPicture) -> EntryDatesOut:
    versions = [version_of(each._asdict()) for each in picture.versions]
    released_at, governing = picture.entry.released_at, picture.entry.version
    found = weigh_entry_dates(
        [(each.number, each.entry_date) for each in versions],
        governing,
        _clock_facts(picture),
        released_on=legal_date(released_at) if released_at is not None else None,
        summary_filed_on=find_summary_filing(versions),
        imported_on=next((each.imported_on for each in picture.versions if each.version == governing), None),
    )
    return EntryDatesOut(
        rule=_known_rule("entry-date"),
        basis=found.basis,
        governs_on=found.governs_on,
        asserted_on=found.asserted_on,
        differs=found.differs,
        is_day_missing=found.is_day_missing,
        candidates=[EntryDateOut(source=each.source, on=each.on, governs=each.governs) for each in found.candidates],
    )


def _clock_facts(picture: EntryPicture) -> ClockFacts:
    return picture.clock_facts[-1].facts if picture.clock_facts else NO_CLOCK_FACTS


def _amounts(row: Any) -> AmountsOut | None:
    if row.duty_cents is None:
        return None
    amounts = AmountsOut(duty_usd=format_cents(row.duty_cents), fees_usd=format_cents(row.fees_cents))
    if row.liquidated_on is not None:
        amounts.effect_duty_usd = format_cents(row.effect_duty_cents)
        amounts.effect_fees_usd = format_cents(row.effect_fees_cents)
        amounts.liquidated_duty_usd = format_cents(row.duty_cents + row.effect_duty_cents)
        amounts.liquidated_fees_usd = format_cents(row.fees_cents + row.effect_fees_cents)
    return amounts


def _liquidation(row: Any) -> LiquidationOut | None:
    if row.liquidated_on is None:
        return None
    return LiquidationOut(
        liquidated_on=row.liquidated_on,
        posted_on=row.liquidation_posted_on,
        kind=row.liquidation_kind,
        rule=_known_rule(row.liquidation_rule),
    )


def _finality(picture: EntryPicture, now: datetime, law: LawSettings) -> FinalityOut | None:
    row, today = picture.entry, legal_date(now)
    if row.liquidated_on is None:
        return None
    final = _final_1514(picture, law)
    closed_on = final_1501_on(row.liquidated_on)
    judged = {writer: judge_change_after_final(writer) for writer in get_args(FinalWriter)}
    return FinalityOut(
        final_1501_on=closed_on,
        is_final_1501=today >= closed_on,
        final_1514_on=final.safe if final else None,
        final_1514_arguable_on=final.last_arguable if final else None,
        is_final_1514=final is not None and today >= final.last_arguable,
        writers_after_final={name: finding.rule for name, finding in judged.items() if finding.outcome != "refused"},
    )


def _final_1514(picture: EntryPicture, law: LawSettings) -> Due | None:
    """When nobody can change the liquidation any more; None while a protest, an allowance or a suit keeps it open."""
    row = picture.entry
    posted_on = row.liquidation_posted_on if row.liquidation_kind == "deemed" else None
    protests = [_protest(each) for each in picture.protests]
    return find_finality(row.liquidated_on, protests, posted_on=posted_on, entered_on=row.entry_date, law=law)


def _protest(row: Any) -> ProtestFact:
    filing = read_filing(row.filing_number, row.importer_number, row.filed_by, row.entries, row.received_at, row.body)
    return ProtestFact(
        row.filing_number,
        filing.received_on,
        row.decide_by,
        stage=row.state,
        timeliness=row.entry_timeliness or "unknown",
        outcome=row.entry_outcome,
        denied_on=row.denied_on,
        is_against_exclusion=filing.decision == "exclusion-redelivery",
    )


def _governing(picture: EntryPicture) -> Version | None:
    """The version that stands, with the time of entry that governs."""
    for row in picture.versions:
        if row.version == picture.entry.version:
            return replace(version_of(row._asdict()), entry_date=picture.entry.entry_date)
    return None


def _suspensions(picture: EntryPicture) -> list[SuspensionOut]:
    recorded = [SuspensionOut.model_validate(each, from_attributes=True) for each in picture.suspensions]
    governing, known = _governing(picture), {each.ground for each in recorded}
    filed = filed_grounds(governing) if governing is not None else ()
    return [
        *(
            SuspensionOut(ground=each.ground, authority=each.authority, began_on=each.began_on, is_filed=True)
            for each in filed
            if each.ground not in known
        ),
        *recorded,
    ]


def _reliquidation(row: Any) -> ReliquidationOut:
    return ReliquidationOut(
        number=row.number,
        reliquidated_on=row.reliquidated_on,
        writer=row.writer,
        rule=_known_rule(row.rule),
        kind=row.kind,
        effect_duty_usd=format_cents(row.effect_duty_cents),
        effect_fees_usd=format_cents(row.effect_fees_cents),
        change_duty_usd=format_cents(row.change_duty_cents),
        change_fees_usd=format_cents(row.change_fees_cents),
        explanation=row.explanation,
        acted_by=row.acted_by,
    )


def _voided(row: Any) -> VoidedLiquidationOut:
    return VoidedLiquidationOut(
        liquidated_on=row.liquidated_on,
        liquidation_kind=row.liquidation_kind,
        voided_on=row.voided_on,
        rule=_known_rule(row.rule),
        why=row.why,
    )


def _extension_request(row: Any, picture: EntryPicture) -> ExtensionRequestOut:
    asked_on = legal_date(row.received_at)
    is_granted = any(each.requested_on == asked_on for each in picture.extensions)
    is_open = picture.entry.liquidated_on is None and not is_granted
    return ExtensionRequestOut(filing_number=row.filing_number, received_at=row.received_at, is_open=is_open)


def _suspended_window(picture: EntryPicture) -> CorrectionWindow | None:
    governing = _governing(picture)
    if governing is None or not picture.entry.is_suspended:
        return None
    recorded = [
        Suspension(each.ground, each.authority, each.began_on, each.lift_noticed_on) for each in picture.suspensions
    ]
    standing = [each for each in join_grounds(governing, recorded) if each.lift_noticed_on is None]
    if not standing:
        return None
    basis = min((basis_of(each) for each in standing), key=lambda each: each == "other")
    has_case = governing.case is not None
    return correction_window(governing.entry_type, governing.entry_date, None, has_case=has_case, suspended_for=basis)


def _correction(picture: EntryPicture, today: date, caller: Identity) -> CorrectionOut | None:
    row, governing = picture.entry, _governing(picture)
    window = _suspended_window(picture)
    is_open = governing is not None and has_correction_window(governing.entry_type) and row.scheduled_on is not None
    if window is None and governing is not None and is_open:
        is_longer = any(each.reason == "importer-request" for each in picture.extensions)
        window = correction_window(
            governing.entry_type,
            governing.entry_date,
            row.scheduled_on,
            is_extended_on_request=is_longer,
            has_case=governing.case is not None,
        )
    if window is None:
        return None
    is_decided = any(each.status in ("applied", "effective") for each in picture.decisions)
    outlook = foresee_correction(
        window,
        today,
        paid_on=row.paid_on,
        is_under_review=row.lane in REVIEW_LANES and not is_decided if is_staff(caller) else None,
        is_liquidated=row.liquidated_on is not None,
    )
    return CorrectionOut(
        until=window.closes_on,
        is_window_open=outlook.is_window_open,
        rule=_known_rule(window.rule),
        barred_by=outlook.unmet.outcome if outlook.unmet else None,
        why=outlook.unmet.why if outlook.unmet else None,
        not_known=list(outlook.not_known),
    )


def _version(row: Any, governing: int | None) -> VersionOut:
    return VersionOut(
        version=row.version,
        governs=row.version == governing,
        filed_at=row.filed_at,
        entry_type=row.entry_type,
        entry_date=row.entry_date,
        duty_usd=format_cents(row.duty_cents),
        fees_usd=format_cents(row.fees_cents),
        barred_as=row.barred_as,
    )


def _decision(row: Any) -> DecisionOut:
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


def _conflicts(picture: EntryPicture) -> list[ConflictOut]:
    found = [ConflictOut.model_validate(each, from_attributes=True) for each in picture.conflicts]
    for version in picture.versions:
        if version.barred_as is not None:
            rule = _BAR_RULES.get(version.barred_as, "psc-cannot")
            detail = f"version {version.version} does not govern: {RULES[rule].text}"
            found.append(
                ConflictOut(
                    kind=version.barred_as,
                    rule=rule,
                    detail=detail,
                    event_source=version.event_source,
                    event_id=version.event_id,
                )
            )
    return found


def _happened(picture: EntryPicture) -> list[ActOut]:
    acts = [
        ActOut(on=each.occurred_on, what=each.change, rule=_rule(each.rule), detail=each.detail, actor=each.actor)
        for each in picture.acts
    ]
    if picture.entry.released_at is not None:
        detail = f"port {picture.entry.port_of_release}, {picture.entry.release_kind}"
        acts.append(ActOut(on=legal_date(picture.entry.released_at), what="released", detail=detail))
    acts.extend(
        ActOut(
            on=legal_date(each.decided_at),
            what=f"review decided: {each.outcome}",
            rule=_rule(each.rule),
            detail=f"{each.decision_id}: {each.status}",
        )
        for each in picture.decisions
    )
    acts.extend(
        ActOut(on=legal_date(each.received_at), what="protest filed", detail=each.filing_number)
        for each in picture.protests
    )
    acts.extend(
        ActOut(
            on=each.occurred_on,
            what=each.change,
            rule=_rule_out(find_rule(each.rule)),
            detail=each.detail,
            actor=each.actor,
        )
        for each in picture.money_acts
    )
    return sorted(acts, key=lambda act: act.on)


def _coming_of_money(picture: EntryPicture) -> list[ComingOut]:
    """By when what is open is to be paid; after these days interest runs in blocks of 30 days."""
    owed = [(f"bill {each.bill_number} to be paid", "bill-due", each) for each in picture.bills if each.open_cents]
    owed += [
        (f"refund {each.refund_number} to be paid", "refund-due", each)
        for each in picture.refunds
        if each.state not in ("paid", "replaced")
    ]
    return [
        ComingOut(
            what=what,
            safe=each.due_on,
            last_arguable=each.due_on,
            rule=_rule_out(find_rule(rule)),
            inputs={"liquidated_on": str(each.liquidated_on), "state": each.state},
        )
        for what, rule, each in owed
    ]


def _timeline_facts(picture: EntryPicture, policy: CyclePolicy, law: LawSettings) -> TimelineFacts:
    row, governing = picture.entry, _governing(picture)
    return TimelineFacts(
        state=row.state,
        rule=row.rule,
        why=row.why,
        policy=policy.version,
        released_on=legal_date(row.released_at) if row.released_at else None,
        entry_date=row.entry_date,
        is_informal=row.is_informal,
        extended_months=row.extended_months,
        is_extended_on_request=any(each.reason == "importer-request" for each in picture.extensions),
        suspended_window=_suspended_window(picture),
        final=_final_1514(picture, law) if row.liquidated_on is not None else None,
        start=_start(governing, _clock_facts(picture), law) if governing is not None else None,
        has_correction_window=governing is not None and has_correction_window(governing.entry_type),
        law=law,
        scheduled_on=row.scheduled_on,
        deemed_on=row.deemed_on,
        deemed_rule=row.deemed_rule,
        liquidated_on=row.liquidated_on,
        posted_on=row.liquidation_posted_on,
        is_deemed=row.liquidation_kind == "deemed",
        protests=tuple(_protest(each) for each in picture.protests),
        requests=tuple(
            RequestFact(each.request_id, each.form, each.issued_on, each.due_on)
            for each in picture.requests
            if each.closed_on is None
        ),
    )


def _start(governing: Version, clock: ClockFacts, law: LawSettings) -> tuple[str, date] | None:
    start = find_start(governing, entry_type(governing.entry_type), clock, law)
    fact = _START_FACTS.get(start.rule)
    return (fact, start.on) if fact is not None and start.on is not None else None


def _coming(each: Coming) -> ComingOut:
    return ComingOut(
        what=each.what,
        safe=each.safe,
        last_arguable=each.last_arguable,
        rule=_known_rule(each.rule),
        inputs=dict(each.inputs),
    )


def _unknown_clock(row: Any) -> UnknownClockOut:
    return UnknownClockOut(
        entry_number=row.entry_number,
        missing=row.why,
        rule=_rule(row.rule),
        entry_type=row.entry_type,
        entry_date=row.entry_date,
        released_at=row.released_at,
        center=row.center,
    )
