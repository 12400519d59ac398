"""What the work queue says: items that change, reviews decided, requests and notices of action issued."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.contracts.decision import Actor, LegalBasis, MoneyEffect, Reasons
from shared.contracts.routing import Division
from shared.contracts.terms import (
    CenterCode,
    Code,
    Contract,
    Country,
    EntryNumber,
    ImporterNumber,
    Instant,
    LegalDate,
    ShortText,
    TariffNumber,
)
from shared.contracts.words import Open, PassedOn
from shared.customs.trusted_traders import PROGRAM_NAME

ItemState = Literal["open", "claimed", "completed", "cancelled"]
ItemChange = Literal[
    "routed",
    "opened",
    "claimed",
    "released",
    "lease-expired",
    "acted",
    "closed",
    "completed",
    "reopened",
    "cancelled",
    "assigned",
    "skipped",
    "transferred",
    "day-set",
    "escalated",
    "split",
    "joined",
]
ReviewOutcome = Literal["no-change", "increase", "refund", "reject", "refer"]
ItemOutcome = Literal[ReviewOutcome, "agree", "differ", "granted", "denied", "forwarded", "answered"]
"""How an item ended: a review by its outcome, advice to another Center, the answer to a filing."""
CriterionWas = Literal["right", "wrong"]
Form = Literal["CBP-28", "CBP-29"]
RequestChange = Literal[
    "issued",
    "proposed",
    "reminded",
    "extended",
    "answered",
    "overdue",
    "assessed",
    "closed",
    "withdrawn",
    "taken",
]
RequestState = Literal[
    "issued",
    "reminded",
    "responded",
    "overdue",
    "assessed",
    "cf29-proposed",
    "closed",
    "proposed",
    "silent",
    "action-taken",
    "withdrawn",
]
"""Where a CBP 28 or 29 stands once it went out: the stages of their processes."""


class RecordedFact(Contract):
    """A fact that an act recorded, as text: days and instants in ISO form, money in dollars, lists with commas."""

    name: Code
    value: Annotated[str, Field(max_length=4000)]


class WorkItemChanged(Contract):
    """One change of one work item; `sequence` orders the changes of an item.

    `filing_number` is set when the item is a filing, `asking_center` when it is advice that another Center asked for.
    `importer_number` is absent where a matter is of nobody who has one: an inquiry of somebody else, a training.
    """

    item_id: Code
    sequence: Annotated[int, Field(ge=1)]
    change: Open[ItemChange]
    state: Open[ItemState]
    entry_number: EntryNumber | None = None
    importer_number: ImporterNumber | None = None
    center: CenterCode
    division: PassedOn[Division]
    process: Code
    actor: Actor
    at: Instant
    outcome: Open[ItemOutcome] | None = None
    filing_number: Code | None = None
    asking_center: CenterCode | None = None
    act: Annotated[Code | None, Field(description="The act on the item's process: GET /processes has all.")] = None
    stage: Annotated[Code | None, Field(description="Where the process has come to.")] = None
    waits_for: Annotated[Code | None, Field(description="Who has to do something first; absent: the Center.")] = None
    due_on: Annotated[LegalDate | None, Field(description="The nearest day of the clocks that run.")] = None
    notices: Annotated[tuple[Code, ...], Field(max_length=8, description="The notices that the act causes.")] = ()
    recorded: Annotated[
        tuple[RecordedFact, ...],
        Field(max_length=64, description="What the act recorded, where it causes a notice; nothing else leaves here."),
    ] = ()
    surety_code: Annotated[
        Code | None, Field(description="The surety on the bond of the entry, with an act that causes a notice.")
    ] = None


class ProgramAdmitted(Contract):
    """An importer was admitted to a trusted-trader program; one event for each number that the application covers."""

    item_id: Annotated[Code, Field(description="The application.")]
    importer_number: ImporterNumber
    program: Annotated[str, StringConstraints(pattern=f"^{PROGRAM_NAME}$")]
    admitted_from: Annotated[LegalDate, Field(description="First day of the membership.")]
    center: CenterCode
    admitted_by: Actor
    admitted_at: Instant


class FoundOn(Contract):
    """What was found on a line of an entry under review: what was declared, what is right, by which ruling.

    `issue` is a liquidation reason of CATAIR (01 value, 02 classification …). `criterion` is the selection criterion
    that led there, and `criterion_was` whether the reviewer found it right. `key` to `description` are the goods as
    declared.
    """

    line_number: Annotated[int, Field(ge=1, le=999)]
    issue: Annotated[str, Field(min_length=2, max_length=2, examples=["02"])]
    declared: ShortText
    found: ShortText
    ruling: ShortText | None = None
    criterion: Code | None = None
    criterion_was: Open[CriterionWas] | None = None
    key: Code | None = None
    tariff: TariffNumber | None = None
    origin: Country | None = None
    manufacturer_id: ShortText | None = None
    description: ShortText | None = None


class ReviewDecided(Contract):
    """A Center team's decision on an entry under review."""

    decision_id: Code
    item_id: Code
    entry_number: EntryNumber
    importer_number: ImporterNumber
    process: Code
    center: CenterCode
    outcome: Open[ReviewOutcome]
    effect: MoneyEffect
    reasons: Reasons
    legal_basis: tuple[LegalBasis, ...] = ()
    decided_by: Actor
    decided_at: Instant
    findings: Annotated[tuple[FoundOn, ...], Field(max_length=200)] = ()


class RequestIssued(Contract):
    """A request for information (CBP 28) or a notice of action (CBP 29) to the importer."""

    request_id: Code
    form: Open[Form]
    item_id: Code
    entry_numbers: Annotated[tuple[EntryNumber, ...], Field(min_length=1, max_length=1000)]
    importer_number: ImporterNumber
    center: CenterCode
    questions: tuple[ShortText, ...] = ()
    issued_on: LegalDate
    due_on: LegalDate | None = None
    issued_by: Actor


class RequestChanged(Contract):
    """One change of a CBP 28 or 29; `sequence` orders the changes of a request.

    The change `overdue` is of the day alone, told once: nobody did anything. What an officer found stays in the Center.
    """

    request_id: Code
    sequence: Annotated[int, Field(ge=1)]
    change: Open[RequestChange]
    state: Open[RequestState]
    form: Open[Form]
    item_id: Code
    entry_numbers: Annotated[tuple[EntryNumber, ...], Field(min_length=1, max_length=1000)]
    importer_number: ImporterNumber
    center: CenterCode
    issued_on: Annotated[LegalDate | None, Field(description="Absent: the action was taken without a proposal.")] = None
    due_on: Annotated[LegalDate | None, Field(description="Until when an answer is asked for, as extended.")] = None
    answered_at: Annotated[Instant | None, Field(description="When the first answer was received.")] = None
    filing_number: Annotated[Code | None, Field(description="The filing that answers, where one does.")] = None
    actor: Annotated[Actor | None, Field(description="Absent where the day alone, or a filing, brought it.")] = None
    at: Instant
