"""What a decision on an item says, and what it must say before it can stand."""

from collections.abc import Collection, Mapping, Sequence
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

CriterionWas = Literal["right", "wrong"]
Issue = Literal["01", "02", "03", "04", "05", "06", "07", "08", "09"]
"""What a finding is about: the liquidation reasons of CATAIR that a review comes to (`LIQUIDATION_REASONS`)."""
WITHOUT_REVENUE: Final[Issue] = "08"
"""A change without revenue: it leaves the money as it is, so it may stand in a decision that changes nothing."""

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
class FoundOn:
    """What was found on one line: declared and found are the values of the issue, a tariff number for classification.

    `criterion` is the selection criterion that led there, `criterion_was` whether the reviewer found it right.
    """

    line_number: int
    issue: Issue
    declared: str
    found: str
    ruling: str | None
    criterion: str | None
    criterion_was: CriterionWas | None

    @property
    def changes_money(self) -> bool:
        """Whether the entry is not as it was declared in something that bears on duties, taxes or fees."""
        return self.declared != self.found and self.issue != WITHOUT_REVENUE


@dataclass(frozen=True, slots=True)
class Finding:
    """What a person finds on an item; money in cents, an increase is positive.

    `by_class` is the money by accounting class, empty where the finding does not say it; it comes to duty and fees.
    `found` says it by line, as far as the person does.
    """

    outcome: Outcome
    duty_cents: int
    fees_cents: int
    by_class: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...]
    legal_basis: tuple[LegalBasis, ...]
    found: tuple[FoundOn, ...] = ()


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


@dataclass(frozen=True, slots=True)
class RefusedDecision:
    """A decision that the legal record could not apply: by which rule, and what may be done instead."""

    decision_id: UUID
    rule: str
    citation: str
    remedy: str
    at: datetime


def flaw_in_lines(found: Sequence[FoundOn], lines: Collection[int]) -> str | None:
    """Which finding is on a line that the entry has not, in a sentence; nothing is asked where no line is known."""
    missing = sorted({each.line_number for each in found} - set(lines))
    if not lines or not missing:
        return None
    return f"The entry has no line {', '.join(map(str, missing))}; it has {_span(lines)}."


def flaw_in_findings(outcome: Outcome, found: Sequence[FoundOn]) -> str | None:
    """What contradicts itself between findings and outcome, in a sentence; None when they fit.

    >>> found = FoundOn(2, "02", "8471300100", "8471410150", None, None, None)
    >>> flaw_in_findings("no-change", [found])
    'no-change leaves all as declared, but line 2 is found to be 8471410150, not 8471300100.'
    """
    changing = [each for each in found if each.changes_money]
    if outcome == "no-change" and changing:
        each = changing[0]
        line = f"line {each.line_number} is found to be {each.found}, not {each.declared}"
        return f"no-change leaves all as declared, but {line}."
    if outcome in {"increase", "refund"} and found and not changing:
        return f"The outcome {outcome} changes money, but by its findings every line is as it was declared."
    seen: set[tuple[int, str]] = set()
    for each in found:
        if (each.line_number, each.issue) in seen:
            return f"Line {each.line_number} has two findings on {each.issue}: say it once."
        seen.add((each.line_number, each.issue))
        if each.criterion_was is not None and each.criterion is None:
            return f"Line {each.line_number} says that a criterion was {each.criterion_was}, but not which."
    return None


def _span(lines: Collection[int]) -> str:
    return f"{min(lines)} to {max(lines)}" if len(lines) > 1 else f"line {min(lines)}"


def review_outcome_of(outcome: Outcome) -> ReviewOutcome | None:
    """The outcome when it is one of a review; None for advice and answers."""
    match outcome:
        case "no-change" | "increase" | "refund" | "reject" | "refer":
            return outcome
        case "agree" | "differ" | "granted" | "denied" | "forwarded" | "answered":
            return None
        case _:
            assert_never(outcome)
