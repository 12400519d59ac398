"""What the routes of liquidation share: the readings in force, and the paths that they name."""

from typing import Annotated

from fastapi import Path, Request

from services.liquidation.domain.clocks import CyclePolicy
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.settings import MoneyPolicy

EntryNumberPath = Annotated[str, Path(description="Entry number, with or without hyphens.", examples=["B7603245278"])]


def cycle_policy_of(request: Request) -> CyclePolicy:
    """When entries are scheduled, as the operator has set it."""
    policy: CyclePolicy = request.app.state.policy
    return policy


def law_of(request: Request) -> LawSettings:
    """The readings of rules that are unsettled or recalled, as the operator has set them."""
    law: LawSettings = request.app.state.law
    return law


def money_policy_of(request: Request) -> MoneyPolicy:
    """The readings of the rules of money, as the operator has set them."""
    policy: MoneyPolicy = request.app.state.money_policy
    return policy
