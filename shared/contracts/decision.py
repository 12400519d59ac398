"""The parts that every decision shares: its reasons, its legal basis, its actor."""

from typing import Annotated

from pydantic import Field

from shared.contracts.terms import Code, Contract, Money, ShortText


class Reason(Contract):
    """One ground of a decision: a stable code, a sentence for people, the fact it rests on, its citation."""

    code: Code
    text: ShortText
    fact: ShortText | None = None
    citation: ShortText | None = None


class LegalBasis(Contract):
    """The rule that an act rests on: its id in the rule table and its citation."""

    rule: Code
    citation: ShortText


class Actor(Contract):
    """Who acted: a person, or the system under a rule; and for whom, when acting under delegation."""

    subject: Code
    name: ShortText | None = None
    acting_for: Code | None = None


class MoneyEffect(Contract):
    """What a decision changes in money: positive is an increase due, negative a refund."""

    duty_usd: Money = "0.00"
    fees_usd: Money = "0.00"


Reasons = Annotated[tuple[Reason, ...], Field(max_length=100)]
