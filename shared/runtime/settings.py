"""What an operator sets for a service, read from CENTERLINE_* environment variables."""

import re
import socket
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

ENV_PREFIX = "CENTERLINE_"
_SLOT = re.compile(r"[A-Za-z0-9._-]{1,200}")


class Role(StrEnum):
    """A part of a service that can run in a process of its own."""

    API = "api"
    CONSUMER = "consumer"
    RELAY = "relay"
    SCHEDULER = "scheduler"


class SettingsError(Exception):
    """The settings are incomplete or wrong; the text has one line per variable and says what to set."""


class ServiceSettings(BaseSettings):
    """Settings that every service has; a service subclasses this, adds its own, and defaults for the name."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, frozen=True, hide_input_in_errors=True, env_ignore_empty=True, extra="ignore"
    )

    service: str = Field(description="the name of the service: routing, workqueue, liquidation or notifications")
    database_url: str = Field(
        pattern=r"^postgresql(\+asyncpg)?://",
        repr=False,
        description="where the service's own database is: postgresql://user:password@host:5432/name",
    )
    bus: Literal["postgres", "kafka"] = Field(
        default="postgres", description="where events travel: postgres (embedded log) or kafka"
    )
    bus_database_url: str | None = Field(
        default=None,
        pattern=r"^postgresql(\+asyncpg)?://",
        repr=False,
        description="where the embedded event log is, shared by all services: postgresql://user:password@host:5432/name",
    )
    kafka_bootstrap: str = Field(default="localhost:9092", description="Kafka brokers: host:port,host:port")
    roles: Annotated[frozenset[Role], NoDecode] = Field(
        default=frozenset(Role),
        min_length=1,
        description="a list of api,consumer,relay,scheduler; all by default",
    )
    host: str = Field(default="127.0.0.1", description="the address to listen on")
    port: int = Field(ge=0, le=65535, description="the port to listen on; 0 lets the system choose")
    token_secret: SecretStr = Field(description="the key that signs access tokens, 32 bytes or longer")
    token_issuer: str = Field(default="centerline-dev", description="who issues access tokens")
    token_audience: str = Field(default="centerline", description="for whom access tokens are issued")
    development: bool = Field(default=False, description="true lets anyone issue tokens: never in production")
    replay_clock: Path | None = Field(
        default=None,
        description="a file that says at which instant the clock stands, to replay past days: never in production",
    )
    log_format: Literal["console", "json"] = Field(default="console", description="console or json")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR"
    )
    max_event_bytes: int = Field(default=524_288, gt=0, description="larger events go to the dead letters")
    consumer_members: int = Field(
        default=2,
        ge=1,
        le=32,
        description="members of the consumer group in one process: one decides while another waits for the database",
    )
    fleet_slot: str | None = Field(
        default=None,
        description="a name among the processes of the service, kept over restarts and held by one process at a time; "
        "hostname takes that of the container or machine; none by default",
    )
    batch_max_records: int = Field(default=2000, gt=0, description="events in one transaction at most")
    batch_max_wait_ms: int = Field(default=100, gt=0, description="milliseconds to wait for a batch to fill")
    drain_seconds: float = Field(default=20, gt=0, description="seconds that roles get to finish when asked to stop")
    dead_letter_limit_refused: int = Field(
        default=1000, gt=0, description="refused events in an unbroken row on a partition before the process stops"
    )
    dead_letter_limit_failed: int = Field(
        default=25, gt=0, description="failing events in an unbroken row on a partition before the process stops"
    )
    inbox_retention_days: int = Field(default=35, gt=0, description="days for which repeats are recognised")
    code_version: str = Field(default="unknown", description="the version of the code, for dead letters and logs")

    @field_validator("roles", mode="before")
    @classmethod
    def _split_roles(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("fleet_slot")
    @classmethod
    def _may_be_in_a_name(cls, value: str | None) -> str | None:
        slot = socket.gethostname() if value == "hostname" else value
        if slot is not None and not _SLOT.fullmatch(slot):
            raise ValueError(f"{slot!r} is not of letters, digits, '.', '_' and '-', 200 at most (Kafka, instance ids)")
        return slot

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper_level(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("token_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value().encode()) < 32:
            raise ValueError("HS256 needs 32 bytes or more (RFC 7518, 3.2)")
        return value

    @model_validator(mode="after")
    def _bus_is_reachable(self) -> Self:
        if self.bus == "postgres" and self.bus_database_url is None:
            raise ValueError("bus_database_url: needed when the bus is postgres")
        return self

    @model_validator(mode="after")
    def _only_development_replays(self) -> Self:
        if self.replay_clock is not None and not self.development:
            raise ValueError("replay_clock: only where development is true, since acts are dated by the clock")
        return self


S = TypeVar("S", bound=ServiceSettings)


def load_settings(model: type[S], **overrides: Any) -> S:
    """Read the settings from the environment; `overrides` win over it.

    Raises SettingsError with one line per variable: its name, what to set, what was wrong.
    """
    try:
        return model(**overrides)
    except ValidationError as error:
        raise SettingsError(_describe(model, error)) from None
    except SourceError as error:
        raise SettingsError(f"{error}: a value that is not a word or a number is given as JSON") from None


def _describe(model: type[ServiceSettings], error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        message = problem["msg"].removeprefix("Value error, ")
        name = str(problem["loc"][0]) if problem["loc"] else message.partition(":")[0]
        field = model.model_fields.get(name)
        what = field.description if field is not None and field.description else "see the settings of the service"
        reason = message.removeprefix(f"{name}: ")
        lines.append(f"{ENV_PREFIX}{name.upper()}: {what} ({reason})")
    return "\n".join(lines)
