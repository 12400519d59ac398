"""What an operator sets for routing."""

from pathlib import Path

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
    archive: Path | None = Field(
        default=None,
        description="the folder of the archive of what was filed, to try criteria on; left out: they are not",
    )
    backtest_most_entries: int = Field(
        default=200_000,
        ge=1,
        le=10_000_000,
        description="entries that a criterion is tried on at most; of more a part is drawn",
    )
    backtest_most_seconds: int = Field(
        default=1_800, ge=1, le=86_400, description="seconds after which a trial on past entries ends with what it has"
    )
