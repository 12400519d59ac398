"""What liquidation says: legal acts on entries, protests, and decisions applied or refused."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.decision import LegalBasis, MoneyEffect, Reasons
from shared.contracts.terms import (
    CenterCode,
    Code,
    Contract,
    EntryNumber,
    EntryTypeCode,
    ImporterNumber,
    Instant,
    LegalDate,
    Money,
    PortCode,
    ShortText,
)
from shared.contracts.words import Open

EntryState = Literal["recorded", "scheduled", "suspended", "extended", "liquidated", "not-liquidating", "clock-unknown"]
EntryChange = Literal[
    "recorded",
    "scheduled",
    "rescheduled",
    "suspended",
    "suspension-lifted",
    "extended",
    "liquidated",
    "deemed-liquidated",
    "reliquidated",
    "liquidation-voided",
    "billed",
    "bill-overdue",
    "surety-billed",
    "refund-changed",
    "preference-claim-decided",
]
LiquidationKind = Literal["no-change", "increase", "refund", "deemed"]
RefundState = Literal["waiting-for-enrollment", "ready", "certified", "paid", "replaced"]
ProtestChange = Literal["filed", "changed", "decided", "withdrawn", "reopened"]
ProtestAct = Literal[
    "begin-review",
    "ask-party",
    "party-answered",
    "suspend",
    "resume",
    "amend",
    "add-grounds",
    "request-acceleration",
    "apply-further-review",
    "grant-further-review",
    "refuse-further-review",
    "forward",
    "answer-further-review",
    "request-set-aside",
    "set-aside",
    "refuse-set-aside",
    "recommend",
    "return",
    "allow",
    "allow-in-part",
    "deny",
    "reject",
    "withdraw",
    "deem-denied",
    "request-void",
    "void-denial",
    "summon",
]
LineOutcome = Literal["allowed", "denied"]


class EntryChanged(Contract):
    """One legal act on an entry; `sequence` orders the acts of an entry."""

    entry_number: EntryNumber
    sequence: Annotated[int, Field(ge=1)]
    change: Open[EntryChange]
    importer_number: ImporterNumber
    filer_code: Code
    surety_code: Code | None = None
    entry_type: EntryTypeCode
    port_of_entry: PortCode
    entry_date: LegalDate
    center: CenterCode | None = None
    from_state: Open[EntryState] | None = None
    to_state: Open[EntryState]
    occurred_on: Annotated[LegalDate, Field(description="The day of the act in law.")]
    scheduled_on: LegalDate | None = None
    previous_scheduled_on: LegalDate | None = None
    deemed_on: LegalDate | None = None
    kind: Open[LiquidationKind] | None = None
    effect: MoneyEffect | None = None
    interest_usd: Money | None = Field(
        default=None, description="Interest of a bill or refund; not in `effect`. Positive is due to CBP."
    )
    bill_number: Code | None = None
    bill_due_on: LegalDate | None = None
    bill_open_usd: Money | None = Field(default=None, description="What would settle the bill on `occurred_on`.")
    refund_number: Code | None = None
    refund_state: Open[RefundState] | None = None
    refund_usd: Money | None = Field(default=None, description="The whole refund with interest; once paid, as paid.")
    liquidated_on: LegalDate | None = Field(
        default=None,
        description="The day in law of a liquidation or reliquidation, or of that which a later bill or refund is of.",
    )
    posted_on: LegalDate | None = Field(
        default=None,
        description="The day on which the notice of a liquidation, reliquidation, extension, suspension or voiding was"
        " posted: never a day that was planned, and later than `occurred_on` where the law dates the act back.",
    )
    protest_by: LegalDate | None = Field(
        default=None,
        description="The safe last day to protest what the act decided or demanded: it is never rolled.",
    )
    voided_liquidation_on: LegalDate | None = Field(
        default=None, description="The date of the liquidation that has no effect."
    )
    corrected_by: Code | None = Field(
        default=None, description="The filer of the version, where it is not the filer of the entry."
    )
    missing: Code | None = Field(
        default=None, description="The fact without which the money cannot be computed or refunded yet."
    )
    program: Code | None = Field(
        default=None, description="The program of mass change that made the act; its refunds are told by payment."
    )
    legal_basis: LegalBasis
    reasons: Reasons = ()


class ProtestOutcome(Contract):
    """What was decided on an entry, or on a line of it."""

    entry_number: EntryNumber
    line_number: Annotated[int, Field(ge=1, le=9999)] | None = None
    outcome: Open[LineOutcome]
    reasons: ShortText


class ProtestChanged(Contract):
    """A protest filed or moved to another state."""

    protest_number: Code
    sequence: Annotated[int, Field(ge=1)]
    change: Annotated[
        Open[ProtestChange],
        Field(description="`decided` and `withdrawn` end it, `reopened` follows a voided denial; `act` says by what."),
    ]
    state: Code
    importer_number: ImporterNumber
    entries: tuple[EntryNumber, ...]
    received_at: Instant
    decide_by: LegalDate | None = None
    further_review: bool = False
    act: Open[ProtestAct] | None = Field(
        default=None, description="The act on the protest, such as `deny` or `deem-denied`."
    )
    occurred_on: LegalDate | None = None
    filer_role: Code | None = None
    filer_id: Code | None = None
    further_review_state: Code | None = None
    denied_on: LegalDate | None = None
    sue_by: LegalDate | None = Field(default=None, description="The safe last day to sue, never rolled.")
    deemed_denied_on: LegalDate | None = Field(
        default=None, description="The day at whose end the protest is deemed denied unless it is decided."
    )
    ask_set_aside_by: LegalDate | None = Field(
        default=None, description="The safe last day to ask that a refusal of further review be set aside."
    )
    lead_protest: Code | None = None
    effect: MoneyEffect | None = None
    outcomes: Annotated[tuple[ProtestOutcome, ...], Field(max_length=200)] = Field(
        default=(), description="What a signed decision says, the first 200; GET /protests/{number} shows all."
    )
    legal_basis: LegalBasis
    reasons: Reasons = ()


class DecisionApplied(Contract):
    """A review decision that stands in the legal record of the entry."""

    decision_id: Code
    entry_number: EntryNumber
    importer_number: ImporterNumber
    legal_basis: LegalBasis


class DecisionRefused(Contract):
    """A review decision that the law does not allow to be applied, with the rule that says so."""

    decision_id: Code
    entry_number: EntryNumber
    importer_number: ImporterNumber
    rule: Code
    legal_basis: LegalBasis
    remedy: Annotated[str, Field(description="What may be done instead.")]


DeadlineChange = Literal["near", "withdrawn"]


class DeadlineNear(Contract):
    """A day by which a party has to act comes near, as the legal record has it now; or it moved or was met after that.

    It adds to what the law has told: no right depends on it.
    """

    clock: Code = Field(description="The clock that the day is of: it stays when the day moves.")
    change: Open[DeadlineChange] = Field(
        description="`near`: so many days are left; `withdrawn`: the day that was told is not the clock's any more."
    )
    entry_number: EntryNumber
    importer_number: ImporterNumber
    center: CenterCode | None = None
    code: Code = Field(description="What kind of day it is: GET /timeline-codes.")
    what: ShortText
    due_on: LegalDate = Field(description="The safe day, not moved for a weekend or holiday.")
    days_before: Annotated[int, Field(ge=0, le=400)] = Field(
        description="At which distance from the day it is told; 0 when it is withdrawn."
    )
    told_on: LegalDate
    overtaken_on: LegalDate = Field(
        description="From when on it is not to be told any more: the next distance has come, or the day has passed."
    )
    if_nothing_is_done: ShortText | None = None
    legal_basis: LegalBasis
