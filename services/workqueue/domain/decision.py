"""What a decision on an item must say before it can stand."""

from typing import Literal, assert_never

Outcome = Literal["no-change", "increase", "refund", "reject", "refer"]


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
        case "no-change" | "reject" | "refer":
            if effect_cents != 0:
                return f"The outcome {outcome} has no effect in money; it is {effect_cents} cents."
        case _:
            assert_never(outcome)
    if outcome in {"increase", "refund", "reject"} and not has_legal_basis:
        return f"The outcome {outcome} needs its legal basis."
    return None
