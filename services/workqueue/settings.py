"""What an operator sets for the work queue."""

from pydantic import Field

from shared.runtime.settings import ServiceSettings


class WorkqueueSettings(ServiceSettings):
    """Settings of the workqueue service."""

    service: str = "workqueue"
    port: int = Field(default=8002, ge=0, le=65535, description="the port to listen on")
    lease_minutes: int = Field(
        default=30, ge=1, le=1440, description="minutes for which a claim holds without a heartbeat"
    )
    center_goal_working_days: int = Field(
        default=2, ge=0, le=60, description="working days within which work that waits for a Center should get one"
    )
    lease_check_seconds: int = Field(
        default=30, ge=1, le=3600, description="seconds between two searches for claims whose lease has run out"
    )
