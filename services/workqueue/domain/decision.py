"""What a decision on an item says, and what it must say before it can stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, assert_never, get_args
from uuid import UUID

from services.workqueue.domain.item import Item, Kind, Person

ReviewOutcome = Literal["no-change", "increase", "refund", "reject", "refer"]
Advice = Literal["agree", "differ"]
Answer = Literal["granted", "denied", "forwarded", "answered"]
Outcome = Literal[ReviewOutcome, Advice, Answer]

OUTCOMES: Final[Mapping[Kind, tuple[Outcome, ...]]] = MappingProxyType(
    {
        "review": get_args(ReviewOutcome),
        "protest": (),
        "consultation": get_args(Advice),
        "filing": get_args(Answer),
        "matter": (),
    }
)
"""The outcomes of each kind of item. A Center that is consulted agrees or differs: the Center of record decides. A
protest is decided in the legal record, whose event ends the item: an outcome given here would have no effect."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of a decision."""

    code: str
    text: str
    fact: str | None
    citation: str | None


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A rule that a decision rests on."""

    rule: str
    citation: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a person finds on an item; money in cents, an increase is positive.

    `by_class` is the money by accounting class, empty where the finding does not say it; it comes to duty and fees.
    """

    outcome: Outcome
    duty_cents: int
    fees_cents: int
    by_class: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...]
    legal_basis: tuple[LegalBasis, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A finding that completed an item, by whom, when, and on which row of authority; None before rows were kept."""

    decision_id: UUID
    finding: Finding
    by: Person
    at: datetime
    authority: str | None


def flaw_in_outcome(item: Item, outcome: Outcome) -> str | None:
    """Why an item of this kind cannot end so, in a sentence; None when it can."""
    if outcome in OUTCOMES[item.kind]:
        return None
    if item.kind == "matter":
        return "A matter ends by the acts of its process: GET /processes says which."
    if item.kind == "protest":
        return f"Protest {item.protest_number} is decided in the legal record: what is said here has no effect on it."
    if item.kind == "consultation":
        return (
            f"Only the Center of record, {item.asking_center}, decides the entry; this Center is asked for its advice."
        )
    return f"{outcome} is no outcome of a {item.kind}."


def flaw_in_decision(outcome: Outcome, effect_cents: int, *, has_legal_basis: bool) -> str | None:
    """What contradicts itself in a decision, in a sentence; None when it is consistent.

    The money must go the way that the outcome says, and what changes a party's position needs its citation.

    >>> flaw_in_decision("refund", 500, has_legal_basis=True)
    'A refund needs a negative effect; it is 500 cents.'
    """
    match outcome:
        case "increase":
            if effect_cents <= 0:
                return f"An increase needs a positive effect; it is {effect_cents} cents."
        case "refund":
            if effect_cents >= 0:
                return f"A refund needs a negative effect; it is {effect_cents} cents."
        case "no-change" | "reject" | "refer" | "agree" | "differ" | "granted" | "denied" | "forwarded" | "answered":
            if effect_cents != 0:
                return f"The outcome {outcome} has no effect in money; it is {effect_cents} cents."
        case _:
            assert_never(outcome)
    if outcome in {"increase", "refund", "reject", "granted", "denied"} and not has_legal_basis:
        return f"The outcome {outcome} needs its legal basis."
    return None


def review_outcome_of(outcome: Outcome) -> ReviewOutcome | None:
    """The outcome when it is one of a review; None for advice and answers."""
    match outcome:
        case "no-change" | "increase" | "refund" | "reject" | "refer":
            return outcome
        case "agree" | "differ" | "granted" | "denied" | "forwarded" | "answered":
            return None
        case _:
            assert_never(outcome)
