"""The parts that every decision shares: its reasons, its legal basis, its actor."""

from collections.abc import Sequence
from typing import Annotated, Final, Protocol, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.terms import Code, Contract, Money, ShortText
from shared.customs.money import format_cents, to_cents

DUTY_CLASSES: Final = frozenset({"duty", "additional-duty", "antidumping", "countervailing", "duty-unspecified"})
"""Classes that `duty_usd` holds; all others are fees and taxes."""


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


class ClassEffect(Contract):
    """What a decision changes of one accounting class of amounts."""

    class_code: Annotated[
        str,
        StringConstraints(
            pattern=r"^([0-9]{3}|duty|additional-duty|antidumping|countervailing|(duty|fees)-unspecified)$"
        ),
    ] = Field(description="Three digits of a fee or tax as declared, or a kind of duty.", examples=["499"])
    change_usd: Money


class MoneyEffect(Contract):
    """What a decision changes in money: positive is an increase due, negative a refund."""

    duty_usd: Money = "0.00"
    fees_usd: Money = "0.00"
    by_class: Annotated[tuple[ClassEffect, ...], Field(max_length=50)] = Field(
        default=(), description="The same by accounting class; empty when the decision names none."
    )

    @model_validator(mode="after")
    def _classes_add_up(self) -> Self:
        demand_classes_add_up(self.duty_usd, self.fees_usd, self.by_class)
        return self


class _OfClass(Protocol):
    @property
    def class_code(self) -> str: ...

    @property
    def change_usd(self) -> str: ...


def demand_classes_add_up(duty_usd: str, fees_usd: str, by_class: Sequence[_OfClass]) -> None:
    """Raise pydantic's error unless each class stands once and they come to the duty and fees; none is fine."""
    if not by_class:
        return
    changes = {each.class_code: to_cents(each.change_usd) for each in by_class}
    if len(changes) != len(by_class):
        raise PydanticCustomError("duplicate-class", "each class may stand once: add up the changes of a class")
    duty = sum(cents for class_code, cents in changes.items() if class_code in DUTY_CLASSES)
    fees = sum(changes.values()) - duty
    if (duty, fees) != (to_cents(duty_usd), to_cents(fees_usd)):
        raise PydanticCustomError(
            "classes-do-not-add-up",
            "the classes come to {duty} of duty and {fees} of fees, the effect says {duty_usd} and {fees_usd}",
            {"duty": format_cents(duty), "fees": format_cents(fees), "duty_usd": duty_usd, "fees_usd": fees_usd},
        )


Reasons = Annotated[tuple[Reason, ...], Field(max_length=100)]
