"""Requests for information (CBP 28) and notices of action (CBP 29) to the importer of an item."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.workqueue.domain.clocks import Form
from services.workqueue.domain.item import Person


@dataclass(frozen=True, slots=True)
class IssuedRequest:
    """A request or notice as it was issued; an answer is asked for until `due_on`.

    `authority` is the row of the table on which it rests; None before rows were kept.
    """

    request_id: UUID
    form: Form
    entry_numbers: tuple[str, ...]
    questions: tuple[str, ...]
    issued_on: date
    due_on: date | None
    by: Person
    at: datetime
    authority: str | None = None
