"""What `make law` found out of each rule, to be read without the code: worked examples, vectors, what rests on it."""

from functools import cache
from importlib import resources
from typing import Any, Final

from pydantic import BaseModel, Field, TypeAdapter

from services.liquidation.domain.money.rules import FEES
from services.liquidation.domain.rules.rule import Rule
from services.liquidation.domain.rules.table import SECTIONS

FILE: Final = "rule_book.json"
ALL_SECTIONS: Final = (*SECTIONS, FEES)
SECTION_OF: Final = {rule.id: section for section in ALL_SECTIONS for rule in section.rules}
ALL_RULES: Final[dict[str, Rule]] = {rule.id: rule for section in ALL_SECTIONS for rule in section.rules}


class VectorOut(BaseModel):
    """Facts with the date or outcome that the law gives: worked out by hand, and held by the tests."""

    asks: str = Field(description="The question that is answered.", examples=["Until when a protest is filed"])
    given: str = Field(description="The facts in words.", examples=["liquidated 2026-01-05"])
    answer: str = Field(description="The answer in words.", examples=["2026-07-04 (safe), 2026-07-06 (last arguable)"])
    source: str = Field(examples=["19 USC 1514(c)(3)"])
    note: str = Field(examples=["a Saturday"])
    function: str = Field(
        description="What answers: a function of the rules, `calculator`, or a kind of amount.",
        examples=["protest.timeliness.protest_window"],
    )
    facts: dict[str, Any] = Field(examples=[{"liquidated_on": "2026-01-05"}])
    expected: str = Field(description="As the vector writes it.", examples=["2026-07-04/2026-07-06"])


class ClockUseOut(BaseModel):
    """A clock of the calculator that is reckoned by the rule."""

    what: str = Field(examples=["protest until"])
    effect: str = Field(description="What its end means.", examples=["final"])


class RefusalUseOut(BaseModel):
    """An act that is refused by the rule."""

    act: str = Field(examples=["Liquidates an entry by hand."])
    code: str = Field(description="The `code` of the problem.", examples=["not-in-time"])


class UseOut(BaseModel):
    """Something else that the rule decides."""

    service: str = Field(examples=["liquidation"])
    does: str = Field(examples=["Until when a surety may protest"])


class RestsOut(BaseModel):
    """What rests on a rule, found in the code."""

    clocks: list[ClockUseOut]
    outcomes: list[str] = Field(description="What the rule can say of a case.", examples=[["allowed", "too-late"]])
    refusals: list[RefusalUseOut]
    protest_acts: list[str] = Field(description="Acts on a protest that are done by it.", examples=[["amend"]])
    uses: list[UseOut]


class WorkedRule(BaseModel):
    """What was found out of one rule."""

    examples: list[str]
    vectors: list[VectorOut]
    rests_on_it: RestsOut


BOOK: Final = TypeAdapter(dict[str, WorkedRule])


@cache
def read_book() -> dict[str, WorkedRule]:
    """Every rule by its id; the file is read once."""
    return BOOK.validate_json((resources.files("services.liquidation.api") / FILE).read_bytes())
