"""What an operator sets for routing."""

from pydantic import Field

from shared.files.settings import FileSettings


class RoutingSettings(FileSettings):
    """Settings of the routing service."""

    service: str = "routing"
    port: int = Field(default=8001, ge=0, le=65535, description="the port to listen on")
    random_floor_basis_points: int = Field(
        default=100,
        ge=0,
        le=10_000,
        description="entries in 10,000 that are reviewed at random, whatever the criteria say",
    )
