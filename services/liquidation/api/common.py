"""What the routes of liquidation share: the readings in force, and the paths that they name."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Path, Request

from services.liquidation.domain.clocks import CyclePolicy
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.balance import MoneyPolicy
from shared.runtime.access import shown_importer_number
from shared.runtime.identity import Identity

EntryNumberPath = Annotated[str, Path(description="Entry number, with or without hyphens.", examples=["B7603245278"])]

FridayPath = Annotated[date, Path(description="The Friday of the cycle.", examples=["2026-08-14"])]


def cycle_policy_of(request: Request) -> CyclePolicy:
    """When entries are scheduled, as the operator has set it."""
    policy: CyclePolicy = request.app.state.policy
    return policy


def cycle_confirmation_of(request: Request) -> Literal["automatic", "two-people"]:
    """Who has to confirm a cycle before it runs, as the operator has set it."""
    confirmation: Literal["automatic", "two-people"] = request.app.state.cycle_confirmation
    return confirmation


def law_of(request: Request) -> LawSettings:
    """The readings of rules that are unsettled or recalled, as the operator has set them."""
    law: LawSettings = request.app.state.law
    return law


def money_policy_of(request: Request) -> MoneyPolicy:
    """The readings of the rules of money, as the operator has set them."""
    policy: MoneyPolicy = request.app.state.money_policy
    return policy


def shown_number(importer_number: str | None, caller: Identity) -> str | None:
    """An importer number as the caller may see it, if there is one."""
    return shown_importer_number(caller, importer_number) if importer_number else None
