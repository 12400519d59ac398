"""What reviews lead to: decisions, and requests and notices to importers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson

from services.workqueue.domain.clocks import Form
from services.workqueue.domain.decision import Outcome
from services.workqueue.domain.item import Item, Person
from services.workqueue.store.tables import decisions, requests
from shared.db import bulk
from shared.db.transaction import Transaction

_FOREIGN_ENTRIES = """
SELECT given.entry_number FROM unnest($1::text[]) WITH ORDINALITY AS given(entry_number, position)
WHERE NOT coalesce((SELECT bool_and(v.importer_number = $2) FROM routed_versions v
                    WHERE v.entry_number = given.entry_number), false)
ORDER BY position
"""


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of a decision."""

    code: str
    text: str
    fact: str | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A rule that a decision rests on."""

    rule: str
    citation: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What completed an item; money in cents, an increase is positive."""

    decision_id: UUID
    item: Item
    outcome: Outcome
    duty_cents: int
    fees_cents: int
    reasons: tuple[Reason, ...]
    legal_basis: tuple[Citation, ...]
    by: Person
    at: datetime
    by_class: tuple[tuple[str, int], ...] = ()
    """The money by accounting class, where the decision says it; it comes to duty and fees."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A request for information (CBP 28) or a notice of action (CBP 29) to an importer."""

    request_id: UUID
    item: Item
    form: Form
    entry_numbers: tuple[str, ...]
    questions: tuple[str, ...]
    issued_on: date
    due_on: date
    by: Person
    at: datetime


async def write_decision(tx: Transaction, decision: Decision) -> None:
    """Keep what completed an item."""
    columns = (
        "item_id",
        "decision_id",
        "outcome",
        "duty_cents",
        "fees_cents",
        "reasons",
        "legal_basis",
        "decided_by",
        "decided_by_name",
        "acting_for",
        "decided_at",
        "by_class",
    )
    row = (
        decision.item.item_id,
        decision.decision_id,
        decision.outcome,
        decision.duty_cents,
        decision.fees_cents,
        orjson.dumps(decision.reasons).decode(),
        orjson.dumps(decision.legal_basis).decode(),
        decision.by.subject,
        decision.by.name,
        decision.by.acting_for,
        decision.at,
        orjson.dumps(decision.by_class).decode(),
    )
    await bulk.insert(tx, decisions, columns, [row])


async def write_letter(tx: Transaction, letter: Letter) -> None:
    """Keep a request or notice."""
    columns = (
        "request_id",
        "item_id",
        "form",
        "entry_numbers",
        "importer_number",
        "center",
        "questions",
        "issued_on",
        "due_on",
        "issued_by",
        "issued_by_name",
        "acting_for",
        "issued_at",
    )
    row = (
        letter.request_id,
        letter.item.item_id,
        letter.form,
        orjson.dumps(letter.entry_numbers).decode(),
        letter.item.importer_number,
        letter.item.center,
        orjson.dumps(letter.questions).decode(),
        letter.issued_on,
        letter.due_on,
        letter.by.subject,
        letter.by.name,
        letter.by.acting_for,
        letter.at,
    )
    await bulk.insert(tx, requests, columns, [row])


async def find_foreign_entries(tx: Transaction, entry_numbers: Sequence[str], importer_number: str) -> list[str]:
    """Those of the entries that are unknown or belong to another importer."""
    rows = await bulk.fetch(tx, _FOREIGN_ENTRIES, list(entry_numbers), importer_number)
    return [row["entry_number"] for row in rows]
