"""What the routes of money share: who records, what is shown to whom, how amounts, rules and acts look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query
from pydantic import BaseModel, Field, StringConstraints

from services.liquidation.api.common import RuleOut, show_rule
from services.liquidation.store.bills import BillRow
from services.liquidation.store.money_acts import MoneyAct
from services.liquidation.store.money_rows import Wanted
from services.liquidation.store.refunds import RefundRow
from services.liquidation.store.sight import Sight
from shared.contracts.terms import IMPORTER_NUMBER_PATTERN
from shared.customs.money import format_cents
from shared.runtime.access import demand_sight, is_staff
from shared.runtime.errors import NotFound
from shared.runtime.identity import Identity, RoleName
from shared.web.identity import require
from shared.web.requests import canonical_entry_number

RecorderIdentity = Annotated[
    Identity,
    Depends(require(RoleName.ENTRY_SPECIALIST, RoleName.LIQUIDATION_SPECIALIST, RoleName.OPERATOR)),
]
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


def sight_of(caller: Identity) -> Sight | None:
    """What of bills and refunds the caller sees; None for staff, who see all."""
    if is_staff(caller):
        return None
    return Sight(
        caller.importer_numbers,
        caller.filer_code if caller.has_role(RoleName.BROKER) else None,
        caller.surety_code if caller.has_role(RoleName.SURETY) else None,
    )


def demand_money_sight(caller: Identity, what: str, row: BillRow | RefundRow) -> None:
    """Raise `NotFound` when the caller may not see a bill or refund."""
    demand_sight(
        caller,
        what,
        importer_number=row.importer_number,
        filer_code=row.entry_number[:3],
        surety_code=row.surety_code,
    )


def demand_entry_sight(caller: Identity, number: str, importer_number: str, surety_code: str | None) -> None:
    """Raise `NotFound` when the caller may not see an entry."""
    demand_sight(
        caller, f"entry {number}", importer_number=importer_number, filer_code=number[:3], surety_code=surety_code
    )


def no_entry(number: str) -> NotFound:
    """There is no summary of this entry; to be raised."""
    return NotFound(
        f"There is no entry {number} in liquidation.", remedy="Check the number; a filing may still be on its way."
    )


def show_act(row: MoneyAct) -> MoneyActOut:
    """What was done about a bill or refund."""
    return MoneyActOut(
        on=row.occurred_on, what=row.change, rule=show_rule(row.rule), detail=row.detail, actor=row.actor
    )


def show_amounts(amounts: Mapping[str, int]) -> dict[str, str]:
    """Amounts by class, in dollars."""
    return {class_code: format_cents(cents) for class_code, cents in amounts.items()}


def show_cents(cents: int | None) -> str | None:
    """Dollars, or None when the amount is not known."""
    return format_cents(cents) if cents is not None else None
