"""What an operator sets for liquidation."""

from typing import Literal

from pydantic import Field

from shared.runtime.settings import ServiceSettings


class LiquidationSettings(ServiceSettings):
    """Settings of the liquidation service."""

    service: str = "liquidation"
    port: int = Field(default=8003, ge=0, le=65535, description="the port to listen on")
    cycle_days: int = Field(
        default=314, ge=1, le=360, description="days from entry to the scheduled liquidation: a target of CBP, not law"
    )
    friday_choice: Literal["before", "after"] = Field(
        default="after", description="the Friday before or after that day on which it posts; not published by CBP"
    )
    automatic_cycles: bool = Field(
        default=True, description="true runs every weekly cycle that is due; false leaves them to POST /cycles"
    )
    cycle_confirmation: Literal["automatic", "two-people"] = Field(
        default="automatic",
        description="two-people: a weekly cycle runs from a cut sheet that two people confirmed, never by itself",
    )
