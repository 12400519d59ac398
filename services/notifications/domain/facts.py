"""What notices may look at: legal acts on entries, protests, requests and assignments, in the words of the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.notifications.domain.reminding import NearDay


@dataclass(frozen=True, slots=True)
class Ground:
    """Why something was done: a sentence, its citation, and its code in the contract."""

    text: str
    citation: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """What an act on an entry says of money, None where it says nothing.

    Amounts are two-decimal dollars, positive is due to CBP; `by_class` are class code and change. `missing` is the fact
    without which the amount cannot be computed, or the refund not be paid.
    """

    duty_effect_usd: str | None
    fees_effect_usd: str | None
    by_class: tuple[tuple[str, str], ...]
    interest_usd: str | None
    bill_number: str | None
    bill_due_on: date | None
    bill_open_usd: str | None
    refund_number: str | None
    refund_state: str | None
    refund_usd: str | None
    missing: str | None


@dataclass(frozen=True, slots=True)
class EntryAct:
    """A legal act on an entry. `change` is the contract's word for it, `state` where the entry stands after it.

    `occurred_on` is the day of the act in law, `posted_on` that on which its notice was really posted or made, and
    `liquidated_on` the day of the liquidation, also of one that a later bill or refund follows from. `protest_by` is
    None where nothing is to be protested, or the act did not say it.
    """

    entry_number: str
    sequence: int
    change: str
    importer_number: str
    filer_code: str
    surety_code: str | None
    entry_type: str
    port_of_entry: str
    entry_date: date
    center: str | None
    occurred_on: date
    posted_on: date
    scheduled_on: date | None
    previous_scheduled_on: date | None
    deemed_on: date | None
    kind: str | None
    rule: str
    citation: str
    grounds: tuple[Ground, ...]
    state: str
    money: Money
    liquidated_on: date | None
    protest_by: date | None
    voided_liquidation_on: date | None
    corrected_by: str | None
    program: str | None = None
    """The program of mass change that made the act: its money is told by payment, never entry by entry."""


@dataclass(frozen=True, slots=True)
class ProtestFiled:
    """A protest that CBP has received; `received_on` is the legal day of receipt (rule count-date-filed-protest).

    `told_on` is the day on which the record told of it.
    """

    protest_number: str
    sequence: int
    importer_number: str
    entry_numbers: tuple[str, ...]
    received_on: date
    told_on: date
    decide_by: date | None
    is_further_review: bool
    citation: str
    surety_code: str | None


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What was decided on an entry, or on a line of it."""

    entry_number: str
    line_number: int | None
    outcome: str
    reasons: str


@dataclass(frozen=True, slots=True)
class ProtestAct:
    """An act on a protest, by CBP or by the law. `surety_code` is the protestant's when that is the surety.

    `occurred_on` is the day of the act in law, `told_on` that on which the record told of it. `sue_by` and
    `ask_set_aside_by` are safe last days; a protest whose denial was voided keeps those of the denial.
    """

    protest_number: str
    sequence: int
    act: str
    importer_number: str
    entry_numbers: tuple[str, ...]
    occurred_on: date
    told_on: date
    further_review_state: str | None
    denied_on: date | None
    sue_by: date | None
    ask_set_aside_by: date | None
    duty_effect_usd: str | None
    fees_effect_usd: str | None
    citation: str
    grounds: tuple[Ground, ...]
    surety_code: str | None
    outcomes: tuple[LineOutcome, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request for information (form CBP-28) or a notice of action (form CBP-29)."""

    request_id: str
    form: str
    importer_number: str
    entry_numbers: tuple[str, ...]
    center: str
    questions: tuple[str, ...]
    issued_on: date
    due_on: date | None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class LetterChange:
    """What became of a request for information or notice of action after it was issued, told on a day."""

    request_id: str
    sequence: int
    change: str
    form: str
    importer_number: str
    entry_numbers: tuple[str, ...]
    center: str
    issued_on: date | None
    due_on: date | None
    told_on: date
    contact: str | None


@dataclass(frozen=True, slots=True)
class WorkAct:
    """An act on a process of the Center, with what it recorded, as text by name."""

    item_id: str
    sequence: int
    process: str
    act: str
    importer_number: str
    entry_number: str | None
    filing_number: str | None
    center: str
    surety_code: str | None
    told_on: date
    recorded: Mapping[str, str]
    contact: str | None


@dataclass(frozen=True, slots=True)
class AppealAct:
    """What Field Operations decided on an appeal against the Center; `center` and its first day of a new assignment."""

    appeal_number: str
    importer_number: str
    outcome: str
    center: str | None
    effective_on: date | None
    told_on: date
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A bulletin of a Center to these of its importers; `effective_on` is from when what it says holds."""

    broadcast_id: str
    center: str
    importer_numbers: tuple[str, ...]
    subject: str
    text: str
    effective_on: date | None
    told_on: date


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a message: its place, what came, what is right."""

    field: str
    came: str | None
    right: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message of a filer that has no effect; a correction that was read and is barred names its entry."""

    refusal_id: str
    filer_code: str
    entry_number: str | None
    is_barred: bool
    topic: str
    event_id: str | None
    code: str
    reason: str
    remedy: str
    citation: str | None
    faults: tuple[Fault, ...]
    told_on: date


@dataclass(frozen=True, slots=True)
class Assignment:
    """An assignment of an importer's account to a Center: in effect from one day, told on another."""

    importer_number: str
    sequence: int
    center: str
    previous_center: str | None
    basis: str
    effective_on: date
    told_on: date
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class WebhookOff:
    """A receiver of notices that was turned off by itself, for the so many-th time; `recipient` registered it."""

    webhook_id: str
    times: int
    recipient: str
    host: str
    reason: str
    told_on: date


@dataclass(frozen=True, slots=True)
class PaymentAct:
    """What was done with a payment of a program: all refunds of a payee of one posting day. Two-decimal dollars.

    `offsets` are bills with what is set off, or is to be from `set_off_from` on; `missing` is what the payee lacks.
    `other_usd` is what the acts of the refunds changed beside what the program removed; None where that is not said.
    """

    payment: str
    sequence: int
    change: str
    program: str
    remittance: str
    importer_number: str
    is_designee: bool
    posting_day: date
    told_on: date
    occurred_on: date
    refunds: int
    removed_usd: str
    interest_usd: str
    other_usd: str | None
    refund_usd: str
    delay_usd: str
    offset_usd: str
    net_usd: str
    offsets: tuple[tuple[str, str], ...]
    set_off_from: date | None
    missing: str | None
    remedy: str | None
    reason: str | None
    statement: str
    citation: str


@dataclass(frozen=True, slots=True)
class DeclarationResult:
    """What became of a declaration to a program, for one of those that it was made for: an importer or a filer."""

    declaration_id: str
    program: str
    importer_number: str | None
    filer_code: str | None
    told_on: date
    rows: int
    accepted: int
    dropped: int
    removed_usd: str
    codes: tuple[tuple[str, int], ...]
    payees_not_ready: int
    missing: str | None
    remedy: str | None
    results: str


Act = (
    EntryAct
    | ProtestFiled
    | ProtestAct
    | Request
    | LetterChange
    | WorkAct
    | Assignment
    | AppealAct
    | Broadcast
    | Refusal
    | WebhookOff
    | NearDay
    | PaymentAct
    | DeclarationResult
)
