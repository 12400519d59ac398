"""Where the system runs: addresses, databases and secrets, given by the environment or made on this machine."""

import os
import re
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic_settings import SettingsError as SourceError

from cli.catalogue import EVERY_SERVICE, SERVICES
from cli.demonstration import read_behind, resume_clock
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Bus
from shared.db import embedded
from shared.db.embedded import EmbeddedPostgres
from shared.runtime.clock import Clock, DemonstrationClock, SystemClock
from shared.runtime.kafka_settings import KafkaSettings
from shared.runtime.mounted_secrets import read_mounted
from shared.runtime.settings import ServiceSettings, SettingsError, load_settings
from shared.runtime.ways import demand_addresses, demand_database_url

BusKind = Literal["postgres", "kafka"]

_NOT_IN_A_SLOT = re.compile(r"[^A-Za-z0-9._-]")
_READ_FROM_FILES = frozenset(f"CENTERLINE_{name}_FILE" for name in ("DATABASE_URL", "BUS_DATABASE_URL", "TOKEN_SECRET"))
_BUS_DATABASE = "bus"
_YES = frozenset({"true", "1", "yes", "on", "t", "y"})
_SYSTEM_DATA = Path("/var/lib/centerline")


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything that a command needs to reach the services and what they stand on.

    `database_url` holds `{service}` where the name of the database goes. `server` is the embedded PostgreSQL
    when this machine runs one. `replay_clock` is the file that says where the clock of liquidation stands while past
    days are replayed, `behind` how far the clock of a demonstration is behind the machine's (development only).
    """

    bus: BusKind
    kafka_bootstrap: str
    database_url: str
    bus_database_url: str
    token_secret: str
    host: str
    ports: Mapping[str, int]
    data: Path
    server: EmbeddedPostgres | None
    replay_clock: Path | None = None
    behind: timedelta | None = None

    @property
    def clock(self) -> Clock:
        """The clock by which the services here live."""
        return SystemClock() if self.behind is None else DemonstrationClock(self.behind, SystemClock())

    def database_of(self, service: str) -> str:
        """The URL of a service's database."""
        return self.database_url.replace("{service}", service)

    def address_of(self, service: str) -> str:
        """The base URL of a service's API."""
        given = os.environ.get(f"CENTERLINE_{service.upper()}_URL")
        return given or f"http://{self.host}:{self.ports[service]}"

    def open_bus(self) -> Bus:
        """A bus for the command's own use."""
        if self.bus == "kafka":
            access = load_settings(KafkaSettings).kafka_access
            return KafkaBus(self.kafka_bootstrap, client_id="centerline-cli", access=access)
        return PostgresBus(self.bus_database_url)

    def variables_of(self, service: str, number: int = 1) -> dict[str, str]:
        """The environment in which a process of a service starts on this machine: the first of it, or a further one.

        The first has the service's port, a further one whichever is free: it takes its share of the events.
        On the embedded server it is that of development; elsewhere CENTERLINE_ENV says, and production has no secret.
        """
        variables = {name: value for name, value in os.environ.items() if name not in _READ_FROM_FILES}
        env = _env(on_embedded=self.server is not None)
        variables |= {
            "CENTERLINE_DATABASE_URL": self.database_of(service),
            "CENTERLINE_BUS": self.bus,
            "CENTERLINE_BUS_DATABASE_URL": self.bus_database_url,
            "CENTERLINE_KAFKA_BOOTSTRAP": self.kafka_bootstrap,
            "CENTERLINE_ENV": env,
            "CENTERLINE_HOST": self.host,
            "CENTERLINE_PORT": str(self.ports[service] if number == 1 else 0),
            # One machine has one process on a port: started again after a crash, it goes on where it was at once.
            "CENTERLINE_FLEET_SLOT": self._slot_of(service, number),
        }
        if env == "development":
            variables = self._development_of(service) | variables
            variables["CENTERLINE_TOKEN_SECRET"] = self.token_secret
        if service == "console":
            variables.setdefault("CENTERLINE_CONSOLE_URL", self.address_of(service))
            for other in SERVICES:
                variables[f"CENTERLINE_{other.name.upper()}_URL"] = self.address_of(other.name)
        elif self.server is not None:  # what the console asks for people without a sign-in counts for their addresses
            variables.setdefault("CENTERLINE_TRUSTED_PROXIES", "127.0.0.1")
        if self.server is not None:
            variables.setdefault("CENTERLINE_DEVELOPMENT", "true" if env == "development" else "false")
        if service in {"workqueue", "notifications"}:  # what a decision would come to; what is to be on the bulletin
            variables.setdefault("CENTERLINE_LIQUIDATION_URL", self.address_of("liquidation"))
        if service == "notifications":  # where a party says how it went
            variables.setdefault("CENTERLINE_WORKQUEUE_URL", self.address_of("workqueue"))
        if service == "workqueue":
            variables.setdefault("CENTERLINE_FILES_URL", (self.data / "files").absolute().as_uri())
        # Only the legal record lives through past days: leases of claims and retries of mail need the time that it is.
        variables.pop("CENTERLINE_REPLAY_CLOCK", None)
        if service == "liquidation" and self.replay_clock is not None:
            variables["CENTERLINE_REPLAY_CLOCK"] = str(self.replay_clock)
        variables.pop("CENTERLINE_CLOCK_BEHIND_SECONDS", None)
        if self.behind is not None:
            variables["CENTERLINE_CLOCK_BEHIND_SECONDS"] = str(self.behind.total_seconds())
        return variables

    def _development_of(self, service: str) -> dict[str, str]:
        """What a process of a service gets where nothing is real, unless the environment says otherwise."""
        variables = {}
        if self.server is not None:
            variables["CENTERLINE_MAIL_FOLDER"] = str(self.data / "mail")
        if service == "notifications":  # what a mail links to is served here, on whichever port that is
            variables["CENTERLINE_PUBLIC_BASE_URL"] = self.address_of(service)
        if service == "console":
            variables["CENTERLINE_SESSION_KEY"] = self.token_secret
        return variables

    def _slot_of(self, service: str, number: int) -> str:
        slot = f"{_NOT_IN_A_SLOT.sub('-', socket.gethostname())}-{self.ports[service]}"
        return slot if number == 1 else f"{slot}-{number}"


class NoData(Exception):  # noqa: N818  says what is the matter
    """A data folder holds no data; the text says what to do."""


class NotHere(Exception):  # noqa: N818  says what is the matter
    """A demonstration is asked for where something may be real; the text says what to do."""


def data_folder(given: Path | None = None) -> Path:
    """Where the embedded server keeps its data: as given, CENTERLINE_DATA, or `.data` here.

    A server started by root runs as a user of its own, which cannot enter a closed home directory: there the
    default is the system's place for such data.
    """
    if given is not None:
        return given.resolve()
    if from_environment := os.environ.get("CENTERLINE_DATA"):
        return Path(from_environment).resolve()
    here = Path.cwd() / ".data"
    if os.geteuid() == 0 and any(not parent.stat().st_mode & 0o001 for parent in here.parents):
        return _SYSTEM_DATA
    return here


def ports_from(first: int) -> dict[str, int]:
    """The port of each service: routing's is the first, the others follow, the console's is the one before."""
    return {service.name: first + position for position, service in enumerate(SERVICES)} | {"console": first - 1}


def bus_kind(given: BusKind | None = None) -> BusKind:
    """The bus as given, else CENTERLINE_BUS, else the embedded one."""
    return given or ("kafka" if os.environ.get("CENTERLINE_BUS") == "kafka" else "postgres")


def max_event_bytes() -> int:
    """How large an event may be for the services of this environment: CENTERLINE_MAX_EVENT_BYTES, or their default."""
    default: int = ServiceSettings.model_fields["max_event_bytes"].default
    said = os.environ.get("CENTERLINE_MAX_EVENT_BYTES") or str(default)
    if not said.isdecimal():
        raise SettingsError(f"CENTERLINE_MAX_EVENT_BYTES: {said!r} is no number of bytes")
    return int(said)


def open_environment(
    *,
    data: Path | None = None,
    bus: BusKind | None = None,
    kafka: str | None = None,
    first_port: int | None = None,
    start_server: bool = True,
    replays: bool = False,
    demonstrates_from: datetime | None = None,
    runs: bool = False,
    is_needed: bool = False,
) -> Environment:
    """The environment that the variables describe; starts the embedded PostgreSQL where no database is named.

    `replays` gives liquidation the clock of a replay, also where CENTERLINE_REPLAY_CLOCK names no file. A data
    folder in which a demonstration ran keeps its clock: the first begins it at `demonstrates_from`, and what `runs` the
    services goes on from where it stopped; raises `NotHere` outside development. `is_needed`: the data must be there,
    and no empty database is made; raises `NoData` otherwise. Raises `SettingsError`, and makes nothing, where the words
    name no brokers or no database.
    """
    folder = data_folder(data)
    brokers = kafka or os.environ.get("CENTERLINE_KAFKA_BOOTSTRAP") or "localhost:9092"
    _demand("--kafka" if kafka else "CENTERLINE_KAFKA_BOOTSTRAP", brokers, demand_addresses)
    database_url = _given("CENTERLINE_DATABASE_URL")
    bus_url = _given("CENTERLINE_BUS_DATABASE_URL")
    _demand("CENTERLINE_DATABASE_URL", database_url, demand_database_url)
    _demand("CENTERLINE_BUS_DATABASE_URL", bus_url, demand_database_url)
    on_embedded = database_url is None
    is_demonstration = demonstrates_from is not None or (on_embedded and runs and read_behind(folder) is not None)
    if is_demonstration and not _is_development(on_embedded=on_embedded):
        raise NotHere(
            "a demonstration has a clock of its own and is for development only; run it on the embedded database, with"
            " CENTERLINE_DATABASE_URL, CENTERLINE_ENV and CENTERLINE_DEVELOPMENT unset, or name other data with --data"
        )
    server = None
    if database_url is None and is_needed and not (folder / "postgres").exists():
        raise NoData(
            f"there are no data in {folder}; run `centerline up` or `centerline demo` first, or name data with --data"
            " or CENTERLINE_DATABASE_URL"
        )
    if database_url is None and start_server:
        server = embedded.start(folder / "postgres")
        database_url = server.url("{service}")
        for name in [_BUS_DATABASE, *(service.name for service in EVERY_SERVICE)]:
            embedded.ensure_database(server, name)
    if database_url is None:
        database_url = "postgresql+asyncpg://localhost/{service}"
    bus_url = bus_url or database_url.replace("{service}", _BUS_DATABASE)
    first = first_port or 8001
    replay_clock = os.environ.get("CENTERLINE_REPLAY_CLOCK") or (folder / "replay-clock" if replays else None)
    behind = None
    if on_embedded or demonstrates_from is not None:
        machine = SystemClock()
        behind = resume_clock(folder, machine, begins_at=demonstrates_from) if runs else read_behind(folder)
    return Environment(
        bus=bus_kind(bus),
        kafka_bootstrap=brokers,
        database_url=database_url,
        bus_database_url=bus_url,
        token_secret=_given("CENTERLINE_TOKEN_SECRET") or _kept_secret(folder),
        host=os.environ.get("CENTERLINE_HOST", "127.0.0.1"),
        ports=ports_from(first),
        data=folder,
        server=server,
        replay_clock=Path(replay_clock).resolve() if replay_clock is not None else None,
        behind=behind,
    )


def _demand(name: str, value: str | None, demand: Callable[[str], None]) -> None:
    if value is None:
        return
    try:
        demand(value)
    except ValueError as error:
        raise SettingsError(f"{name}: {error}") from None


def _given(variable: str) -> str | None:
    """What a variable says, or the file that `<variable>_FILE` names; raises `SettingsError` when it cannot be read."""
    try:
        return read_mounted(variable) or os.environ.get(variable) or None
    except SourceError as error:
        raise SettingsError(str(error)) from None


def _env(*, on_embedded: bool) -> str:
    """CENTERLINE_ENV of the services that are started here: production unless said, but on the embedded server."""
    return os.environ.get("CENTERLINE_ENV") or ("development" if on_embedded else "production")


def _is_development(*, on_embedded: bool) -> bool:
    """Whether these services let anyone issue tokens, and so cannot be real."""
    said = os.environ.get("CENTERLINE_DEVELOPMENT", str(on_embedded)).lower()
    return _env(on_embedded=on_embedded) == "development" and said in _YES


def _kept_secret(folder: Path) -> str:
    """The secret of this data folder, made on first use and readable by its owner only."""
    path = folder / "token-secret"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        secret = secrets.token_urlsafe(48)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(secret)
        return secret
