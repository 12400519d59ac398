"""What the routes of money share: who records, what is shown to whom, how amounts, rules and acts look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query
from pydantic import BaseModel, Field, StringConstraints

from services.liquidation.api.common import RuleOut, show_rule
from services.liquidation.store.money_acts import MoneyAct
from services.liquidation.store.money_rows import Wanted
from shared.contracts.terms import IMPORTER_NUMBER_PATTERN
from shared.customs.money import format_cents
from shared.web.requests import canonical_entry_number

ImporterPath = Annotated[
    str, Path(description="Importer of record number.", examples=["07-345678900"], pattern=IMPORTER_NUMBER_PATTERN)
]
PositiveMoney = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,11}(\.[0-9]{2})?$")]


@dataclass(frozen=True, slots=True)
class OfWhom:
    """Whose bills or refunds are asked for."""

    importer_number: Annotated[
        str | None, Query(description="Only those of this importer.", pattern=IMPORTER_NUMBER_PATTERN)
    ] = None
    entry_number: Annotated[str | None, Query(description="Only those of this entry.")] = None

    def wanted(self, state: str | None) -> Wanted:
        """The same as the store takes it, in a state."""
        number = canonical_entry_number(self.entry_number) if self.entry_number else None
        return Wanted(state, self.importer_number, number)


CurrentOfWhom = Annotated[OfWhom, Depends()]


class MoneyActOut(BaseModel):
    """A notice, demand, payment or certification, with its rule."""

    on: date
    what: str = Field(examples=["bill-overdue"])
    rule: RuleOut
    detail: str
    actor: str | None
    authority: str | None = Field(description="The row of the table of authority that a person's act rests on.")


def show_act(row: MoneyAct) -> MoneyActOut:
    """What was done about a bill or refund."""
    return MoneyActOut(
        on=row.occurred_on,
        what=row.change,
        rule=show_rule(row.rule),
        detail=row.detail,
        actor=row.actor,
        authority=row.authority,
    )


def show_amounts(amounts: Mapping[str, int]) -> dict[str, str]:
    """Amounts by class, in dollars."""
    return {class_code: format_cents(cents) for class_code, cents in amounts.items()}


def show_cents(cents: int | None) -> str | None:
    """Dollars, or None when the amount is not known."""
    return format_cents(cents) if cents is not None else None
