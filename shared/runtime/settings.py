"""What an operator sets for a service, read from CENTERLINE_* environment variables."""

import re
import socket
from collections.abc import Iterator, Sequence
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode
from pydantic_settings import SettingsError as SourceError

from shared.runtime.kafka_settings import ENV_PREFIX, KafkaSettings
from shared.runtime.ways import demand_database_url, is_safe_database, is_safe_url

_SERVICES = ("routing", "workqueue", "liquidation", "notifications")
_DATABASE_BY_TLS = "production reaches its database by TLS and knows its certificate: ?sslmode=verify-full"
_SLOT = re.compile(r"[A-Za-z0-9._-]{1,200}")
DEVELOPMENT_ISSUER: Final = "centerline-dev"
"""The `iss` of tokens that the shared secret signs; no provider may have this name."""


class Role(StrEnum):
    """A part of a service that can run in a process of its own."""

    API = "api"
    CONSUMER = "consumer"
    RELAY = "relay"
    SCHEDULER = "scheduler"


class SettingsError(Exception):
    """The settings are incomplete or wrong; the text has one line per variable and says what to set."""


class ServiceSettings(KafkaSettings):
    """Settings that every service has; a service subclasses this, adds its own, and defaults for the name."""

    service: str = Field(description="the name of the service: routing, workqueue, liquidation or notifications")
    database_url: str = Field(
        pattern=r"^postgresql(\+asyncpg)?://",
        repr=False,
        description="where the service's own database is: postgresql://user:password@host:5432/name, and"
        " ?sslmode=verify-full&sslrootcert=ca.pem where it is reached by TLS",
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
    roles: Annotated[frozenset[Role], NoDecode] = Field(
        default=frozenset(Role),
        min_length=1,
        description="a list of api,consumer,relay,scheduler; all by default",
    )
    host: str = Field(default="127.0.0.1", description="the address to listen on")
    port: int = Field(ge=0, le=65535, description="the port to listen on; 0 lets the system choose")
    env: Literal["production", "development"] = Field(
        default="production",
        description="production trusts the keys of an identity provider alone; development also trusts a shared secret",
    )
    private_network: bool = Field(
        default=False,
        description="true where whatever lies between the parts is encrypted below them, as by a service mesh; else"
        " production reaches the database, Kafka, mail servers and other services by TLS, or on this machine",
    )
    token_secret: SecretStr | None = Field(
        default=None, description="the key that signs development tokens, 32 bytes or longer: never in production"
    )
    token_issuer: str | None = Field(
        default=None, description="the identity provider, as its tokens name it in `iss`: https://login.example.gov"
    )
    token_jwks_url: str | None = Field(
        default=None, description="where the provider publishes its keys; by default its discovery document says"
    )
    token_audience: str = Field(
        default="centerline", min_length=1, description="for whom access tokens are issued, as they say in `aud`"
    )
    token_claim_prefix: str = Field(
        default="",
        description="what stands before roles, centers and the like in the provider's tokens: https://cbp.example/",
    )
    token_keys_seconds: int = Field(
        default=300, ge=10, le=86_400, description="seconds for which the provider's keys are used without asking again"
    )
    token_keys_outage_seconds: int = Field(
        default=3600,
        ge=0,
        le=86_400,
        description="seconds for which they are used beyond that while the provider cannot be reached",
    )
    development: bool = Field(default=False, description="true lets anyone issue tokens: never in production")
    public_calls_per_minute: int = Field(
        default=60, ge=1, le=60_000, description="calls without a token that one address may make per minute"
    )
    public_calls_at_once: int = Field(
        default=20, ge=1, le=10_000, description="how many of them it may make at once after a pause"
    )
    calls_per_minute: int = Field(
        default=30_000,
        ge=1,
        le=600_000,
        description="calls with tokens that one caller may make per minute and process",
    )
    calls_at_once: int = Field(
        default=3_000, ge=1, le=100_000, description="how many of them a caller may make at once after a pause"
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: a list",
    )
    replay_clock: Path | None = Field(
        default=None,
        description="a file that says at which instant the clock stands, to replay past days: never in production",
    )
    clock_behind_seconds: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="seconds by which the clock of a demonstration is behind that of the machine: never in production",
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
    batch_max_records: int = Field(default=1000, gt=0, description="events in one transaction at most")
    batch_max_wait_ms: int = Field(default=100, gt=0, description="milliseconds to wait for a batch to fill")
    drain_seconds: float = Field(default=20, gt=0, description="seconds that roles get to finish when asked to stop")
    dead_letter_limit_refused: int = Field(
        default=1000, gt=0, description="refused events in an unbroken row on a partition before the process stops"
    )
    dead_letter_limit_failed: int = Field(
        default=25, gt=0, description="failing events in an unbroken row on a partition before the process stops"
    )
    idempotency_days: int = Field(
        default=7, ge=1, le=365, description="days for which a repeated creating call gets its first answer"
    )
    api_connections: int = Field(
        default=8, ge=1, le=200, description="connections to the service's database for calls of the API, at most"
    )
    job_connections: int = Field(
        default=4, ge=1, le=50, description="jobs that run at once in one process, each on one connection"
    )
    api_pool_seconds: float = Field(
        default=3, gt=0, description="seconds that a call waits for a connection before it is answered 503"
    )
    api_lock_seconds: float = Field(
        default=5, gt=0, description="seconds that a call waits for what somebody else holds before it is answered 503"
    )
    api_statement_seconds: float = Field(
        default=30, gt=0, description="seconds that one statement of a call may take before it is answered 503"
    )
    consumer_lock_seconds: float = Field(
        default=30, gt=0, description="seconds that a batch waits for what somebody else holds before it is tried again"
    )
    consumer_statement_seconds: float = Field(
        default=120, gt=0, description="seconds that one statement of a batch may take before it is tried again"
    )
    job_lock_seconds: float = Field(
        default=30, gt=0, description="seconds that a job waits for what somebody else holds before it is put off"
    )
    job_statement_seconds: float = Field(
        default=600,
        gt=0,
        description="seconds that one statement of a job may take; the weekly cycle has no limit",
    )
    inbox_retention_days: int = Field(default=35, gt=0, description="days for which repeats are recognised")
    traces_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="where spans of traces go by OTLP over HTTP, as http://collector:4318/v1/traces; needs the extra"
        " otel, and none are sent by default",
    )
    traces_share: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="the share kept of the traces that begin here, 0 to 1; of others decides whoever began them",
    )
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

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_proxies(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: Sequence[str]) -> Sequence[str]:
        for proxy in value:
            try:
                ip_network(proxy)
            except ValueError:
                raise ValueError(f"{proxy} is neither an address nor a network such as 10.0.0.0/8") from None
        return value

    @field_validator("database_url", "bus_database_url")
    @classmethod
    def _can_be_read(cls, value: str | None) -> str | None:
        if value is not None:
            demand_database_url(value)
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper_level(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("token_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value().encode()) < 32:
            raise ValueError("HS256 needs 32 bytes or more (RFC 7518, 3.2)")
        return value

    @model_validator(mode="after")
    def _bus_is_reachable(self) -> Self:
        if self.bus == "postgres" and self.bus_database_url is None:
            raise ValueError("bus_database_url: needed when the bus is postgres")
        return self

    @model_validator(mode="after")
    def _production_takes_nothing_of_development(self) -> Self:
        if self.env == "production":
            refused = dict(self.refuse_in_production())
            if not self.private_network:
                refused = dict(self.refuse_open_ways()) | refused
            if refused:
                raise ValueError("\n".join(f"{name}: {why}" for name, why in refused.items()))
        return self

    def refuse_in_production(self) -> Iterator[tuple[str, str]]:
        """Settings of development that production does not take, each with what to do; a service adds its own."""
        if self.development:
            yield "development", "production does not issue tokens; set CENTERLINE_ENV=development elsewhere"
        for name in ("replay_clock", "clock_behind_seconds"):
            if getattr(self, name) is not None:
                yield name, "production has no clock but that of the machine"
        if self.token_secret is not None:
            yield (
                "token_secret",
                "production takes no token that a shared secret signs; unset it, "
                "or set CENTERLINE_ENV=development where nothing is real",
            )
        if self.token_issuer is None:
            yield "token_issuer", "production needs an identity provider"

    def refuse_open_ways(self) -> Iterator[tuple[str, str]]:
        """Ways that others may read along, unless the network encrypts by itself; a service adds its own."""
        if not is_safe_database(self.database_url):
            yield "database_url", _DATABASE_BY_TLS
        if self.bus == "postgres" and not is_safe_database(self.bus_database_url or ""):
            yield "bus_database_url", _DATABASE_BY_TLS
        if self.bus == "kafka":
            yield from self.refuse_open_kafka()
        if self.traces_url is not None and not is_safe_url(self.traces_url):
            yield "traces_url", "production sends spans over https, or to this machine"
        for name in sorted(self.service_urls):
            if not is_safe_url(getattr(self, name)):
                yield name, "production asks other services over https, or on this machine"

    @property
    def service_urls(self) -> frozenset[str]:
        """The settings that say where another service answers."""
        return frozenset(f"{service}_url" for service in _SERVICES) & type(self).model_fields.keys()

    @model_validator(mode="after")
    def _somebody_issues_tokens(self) -> Self:
        if self.token_secret is None and (self.development or self.token_issuer is None):
            raise ValueError("token_secret: needed where development tokens are issued, or no provider issues any")
        if self.token_issuer == DEVELOPMENT_ISSUER:
            raise ValueError("token_issuer: this is the name of the development issuer, which needs no setting")
        if self.token_jwks_url is not None and self.token_issuer is None:
            raise ValueError("token_issuer: needed beside token_jwks_url: keys alone do not say whose they are")
        if self.token_issuer is not None and self.token_jwks_url is None:
            _demand_safe_url("token_issuer", self.token_issuer)
        if self.token_jwks_url is not None:
            _demand_safe_url("token_jwks_url", self.token_jwks_url)
        return self

    @model_validator(mode="after")
    def _only_development_replays(self) -> Self:
        if self.replay_clock is not None and not self.development:
            raise ValueError("replay_clock: only where development is true, since acts are dated by the clock")
        if self.clock_behind_seconds is not None and not self.development:
            raise ValueError("clock_behind_seconds: only where development is true, since acts are dated by the clock")
        return self


def _demand_safe_url(name: str, url: str) -> None:
    if not is_safe_url(url):
        raise ValueError(f"{name}: an https URL, or one of this machine: whoever can change the keys can be anybody")


S = TypeVar("S", bound=KafkaSettings)


def load_settings(model: type[S], **overrides: Any) -> S:
    """Read the settings from the environment; `overrides` win over it.

    Raises SettingsError with one line per variable: its name, what to set, what was wrong.
    """
    try:
        return model(**overrides)
    except ValidationError as error:
        raise SettingsError(_describe(model, error)) from None
    except SourceError as error:
        said = str(error)
        is_of_a_file = "_FILE: " in said
        raise SettingsError(
            said if is_of_a_file else f"{said}: a value that is not a word or a number is given as JSON"
        ) from None


def _describe(model: type[KafkaSettings], error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        # What concerns settings together is said by a validator of all, in a line for each that begins with its name.
        for message in problem["msg"].removeprefix("Value error, ").splitlines():
            name = str(problem["loc"][0]) if problem["loc"] else message.partition(":")[0]
            field = model.model_fields.get(name)
            what = field.description if field is not None and field.description else "see the settings of the service"
            reason = message.removeprefix(f"{name}: ")
            lines.append(f"{ENV_PREFIX}{name.upper()}: {what} ({reason})")
    return "\n".join(lines)
