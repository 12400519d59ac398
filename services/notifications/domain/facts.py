"""What notices may look at: legal acts on entries, protests, requests and assignments, in the words of the field."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Ground:
    """Why something was done: a sentence and its citation."""

    text: str
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class EntryAct:
    """A legal act on an entry. `change` is the contract's word for it; amounts are two-decimal dollars."""

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
    scheduled_on: date | None
    previous_scheduled_on: date | None
    deemed_on: date | None
    kind: str | None
    duty_effect_usd: str | None
    fees_effect_usd: str | None
    rule: str
    citation: str
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class ProtestFiled:
    """A protest that CBP has received; `received_on` is the legal day of receipt (rule count-date-filed-protest)."""

    protest_number: str
    sequence: int
    importer_number: str
    entry_numbers: tuple[str, ...]
    received_on: date
    decide_by: date | None
    is_further_review: bool
    citation: str


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


@dataclass(frozen=True, slots=True)
class Assignment:
    """An assignment of an importer's account to a Center."""

    importer_number: str
    sequence: int
    center: str
    previous_center: str | None
    basis: str
    effective_on: date
    grounds: tuple[Ground, ...]


Act = EntryAct | ProtestFiled | Request | Assignment
