"""What operators do by hand: migrations, topics, lag and outboxes, what was set aside, dead letters."""

import asyncio
import getpass
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.catalogue import EVERY_SERVICE, SERVICES, all_topics, find_service
from cli.environment import Environment
from cli.reconciliation import RecordInDatabase
from services.notifications.acts.reconciling import compare_day
from services.notifications.domain.reconciliation import Reconciled
from shared.bus import dead_letters, offsets, outbox
from shared.bus.dead_letters import LetterFilter
from shared.bus.lag import measure_lag
from shared.bus.protocol import Bus, TopicPartition
from shared.db import job_runs, operator_acts, seals, set_aside
from shared.db.engine import create_engine
from shared.db.job_runs import JobRun
from shared.db.migrate import upgrade
from shared.db.operator_acts import OperatorAct
from shared.db.seals import SealedLine, SealRun
from shared.db.set_aside import RowSetAside
from shared.db.transaction import reading, transaction
from shared.operations import jobs, letters
from shared.runtime import sealing
from shared.runtime.invariants import check_all
from shared.runtime.service import Parts, open_platform

_LETTERS_AT_ONCE: Final = 5000

WHY: Final = "by the command line"
"""The reason that is kept where nobody gives one."""


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """Where a service stands: records to apply by topic, events to publish, events set aside, letters by reason."""

    service: str
    lag: dict[str, int]
    outbox: int
    set_aside: int
    dead_letters: dict[str, int]


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """A message that services could not apply, where it lies on the bus; `letters` are their ids by service.

    `reasons` and `states` are those of the letters, each once; `detail` is what the first says.
    """

    topic: str
    partition: int
    log_offset: int
    letters: Mapping[str, int]
    reasons: tuple[str, ...]
    states: tuple[str, ...]
    first_failed_at: datetime
    detail: str


@asynccontextmanager
async def service_engine(environment: Environment, service: str) -> AsyncIterator[AsyncEngine]:
    """A small pool on a service's database for the length of a block."""
    engine = create_engine(environment.database_of(service), application="centerline-cli", pool_size=2)
    try:
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def open_bus(environment: Environment) -> AsyncIterator[Bus]:
    """The bus for the length of a block."""
    bus = environment.open_bus()
    try:
        yield bus
    finally:
        await bus.close()


async def migrate(environment: Environment) -> None:
    """Bring every service's database to the revision of this code."""
    for service in EVERY_SERVICE:
        async with service_engine(environment, service.name) as engine:
            await upgrade(engine, service.migrations)


async def ensure_topics(environment: Environment) -> list[str]:
    """Create the topics that are missing; gives their names."""
    async with open_bus(environment) as bus:
        return await bus.ensure_topics(all_topics())


async def read_status(environment: Environment) -> list[ServiceStatus]:
    """Where every service stands."""
    found = []
    async with open_bus(environment) as bus:
        for service in SERVICES:
            async with service_engine(environment, service.name) as engine, transaction(engine) as tx:
                behind: dict[str, int] = {}
                for at, records in (await measure_lag(tx, bus, service.name, service.topics)).items():
                    behind[at.topic] = behind.get(at.topic, 0) + records
                waiting, aside = await outbox.depth(tx), await outbox.count_set_aside(tx)
                found.append(ServiceStatus(service.name, behind, waiting, aside, await dead_letters.counts(tx)))
    return found


class Quiet:
    """Tells when everything that was published has been applied, and everything that this caused as well."""

    def __init__(self, environment: Environment, bus: Bus, engines: dict[str, AsyncEngine]) -> None:
        self._environment = environment
        self._bus = bus
        self._engines = engines

    async def wait(self, *, seconds: float = 300.0) -> None:
        """Return when two looks in a row find no lag, empty outboxes, and logs that have not grown between them.

        Raises `TimeoutError` when that does not come to pass.
        """
        async with asyncio.timeout(seconds):
            before: dict[TopicPartition, int] | None = None
            while True:
                ends = await self._ends_when_caught_up()
                if ends is not None and ends == before:
                    return
                before = ends
                await asyncio.sleep(0.02 if ends is not None else 0.05)

    async def _ends_when_caught_up(self) -> dict[TopicPartition, int] | None:
        for engine in self._engines.values():
            async with transaction(engine) as tx:
                if await outbox.depth(tx):
                    return None
        ends = dict(await self._bus.end_offsets({topic for service in SERVICES for topic in service.topics}))
        for service in SERVICES:
            held = {at: end for at, end in ends.items() if at.topic in service.topics}
            async with transaction(self._engines[service.name]) as tx:
                places = await offsets.load(tx, service.name, held)
            if any(places[at] < end for at, end in held.items()):
                return None
        return ends


@asynccontextmanager
async def watching_quiet(environment: Environment) -> AsyncIterator[Quiet]:
    """A `Quiet` with its connections for the length of a block."""
    engines = {
        service.name: create_engine(environment.database_of(service.name), application="centerline-cli", pool_size=1)
        for service in SERVICES
    }
    try:
        async with open_bus(environment) as bus:
            yield Quiet(environment, bus, engines)
    finally:
        for engine in engines.values():
            await engine.dispose()


async def list_dead_letters(
    environment: Environment, service: str, *, state: str | None, reason: str | None, after: int, limit: int
) -> list[dict[str, Any]]:
    """A service's dead letters in order of id."""
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return await dead_letters.listing(tx, state=state, reason=reason, after=after, limit=limit)


async def find_dead_letter(environment: Environment, service: str, letter_id: int) -> dict[str, Any] | None:
    """One dead letter with its bytes."""
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return await dead_letters.find(tx, letter_id)


async def list_refused_messages(
    environment: Environment, *, state: str | None, reason: str | None
) -> list[RefusedMessage]:
    """The messages of which any service has a letter, each once, in the order in which they were refused first."""
    letters: dict[tuple[str, int, int], list[tuple[str, dict[str, Any]]]] = {}
    for service in SERVICES:
        after = 0
        while rows := await list_dead_letters(
            environment, service.name, state=state, reason=reason, after=after, limit=_LETTERS_AT_ONCE
        ):
            after = rows[-1]["id"]
            for row in rows:
                letters.setdefault((row["topic"], row["partition"], row["log_offset"]), []).append((service.name, row))
    found = [_read_message(place, of_services) for place, of_services in letters.items()]
    return sorted(found, key=lambda each: (each.first_failed_at, each.topic, each.partition, each.log_offset))


def _read_message(place: tuple[str, int, int], letters: Sequence[tuple[str, dict[str, Any]]]) -> RefusedMessage:
    rows = [row for _, row in letters]
    return RefusedMessage(
        *place,
        letters={service: row["id"] for service, row in letters},
        reasons=tuple(dict.fromkeys(row["reason"] for row in rows)),
        states=tuple(dict.fromkeys(row["state"] for row in rows)),
        first_failed_at=min(row["first_failed_at"] for row in rows),
        detail=rows[0]["detail"],
    )


async def find_letters_of_others(environment: Environment, letter: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    """The letters that the services have of the same message as this one, by service: id and state."""
    place = (letter["topic"], letter["partition"], letter["log_offset"])
    found = {}
    for service in SERVICES:
        async with service_engine(environment, service.name) as engine, transaction(engine) as tx:
            for each in await dead_letters.find_at(tx, service.name, [place]):
                found[service.name] = each
    return found


explain_letter = letters.explain


async def settle_dead_letters(
    environment: Environment,
    service: str,
    ids: Sequence[int],
    *,
    replay: bool,
    everywhere: bool = False,
    why: str = WHY,
) -> int:
    """Ask for a replay of parked letters, or discard them; gives how many were parked.

    `everywhere` settles the letters that the other services have of the same messages too.
    """
    find_service(service)
    how: dict[str, Any] = {"is_replay": replay, "reason": why, "by": who(), "at": environment.clock.now()}
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        settled = (await letters.settle_ids(tx, ids, **how)).done
        places = await dead_letters.find_places(tx, ids)
    for other in SERVICES if everywhere else ():
        if other.name != service:
            async with service_engine(environment, other.name) as engine, transaction(engine) as tx:
                theirs = [letter_id for letter_id, _ in await dead_letters.find_at(tx, other.name, places)]
                settled += (await letters.settle_ids(tx, theirs, **how)).done if theirs else 0
    return settled


async def preview_dead_letters(environment: Environment, service: str, wanted: LetterFilter) -> letters.Preview:
    """What an act on all parked letters of a filter would reach."""
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return await letters.preview(tx, wanted)


async def settle_letters_like(
    environment: Environment,
    service: str,
    wanted: LetterFilter,
    *,
    count: int | None,
    up_to: int | None,
    replay: bool,
    why: str = WHY,
) -> OperatorAct:
    """Settle the letters of a preview to the last; where this is interrupted, the service's scheduler goes on.

    Without the numbers of a preview those that are parked now.
    """
    async with service_engine(environment, service) as engine:
        async with transaction(engine) as tx:
            parked = await dead_letters.count_parked(tx, wanted, up_to=up_to)
            act = await letters.settle_like(
                tx,
                wanted,
                letters=parked.letters if count is None else count,
                up_to=parked.up_to if up_to is None else up_to,
                is_replay=replay,
                reason=why,
                by=who(),
                at=environment.clock.now(),
            )
        while act.state == "going-on":
            async with transaction(engine) as tx:
                held = await operator_acts.hold(tx, act.act_id)
                act = (
                    await letters.go_on(tx, held, environment.clock.now())
                    if held is not None
                    else await operator_acts.find(tx, act.act_id) or act
                )
        return act


async def run_job(environment: Environment, service: str, job: str, *, why: str = WHY) -> OperatorAct:
    """Have the schedulers of a service run a job now."""
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return await jobs.ask_for_run(tx, job, reason=why, by=who(), at=environment.clock.now())


async def list_acts(environment: Environment, service: str, *, limit: int) -> list[OperatorAct]:
    """What operators asked a service for, the newest first."""
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return [*await operator_acts.listing(tx, before=None, limit=limit)]


def who() -> str:
    """Who is at the command line, as acts of operators keep it."""
    return f"command line: {getpass.getuser()}"


async def list_set_aside(
    environment: Environment, service: str, *, state: str | None, after: int, limit: int
) -> list[dict[str, Any]]:
    """What a service could not publish, in order of id."""
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return await outbox.list_set_aside(tx, state=state, after=after, limit=limit)


async def find_set_aside(environment: Environment, service: str, row_id: int) -> dict[str, Any] | None:
    """One event that could not be published, with its bytes."""
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return await outbox.find_set_aside(tx, row_id)


async def settle_set_aside(
    environment: Environment, service: str, ids: Sequence[int], *, publish: bool, why: str = WHY
) -> int:
    """Put events that were set aside back into the outbox, or discard them; gives how many were waiting."""
    find_service(service)
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        act = await letters.settle_set_aside(
            tx, ids, is_published=publish, reason=why, by=who(), at=environment.clock.now()
        )
        return act.done


async def list_jobs(environment: Environment, services: Sequence[str]) -> dict[str, list[JobRun]]:
    """How the scheduled jobs of these services ran last; none where no scheduler of a service has ever started."""
    found = {}
    for service in services:
        async with service_engine(environment, service) as engine, transaction(engine) as tx:
            found[service] = await job_runs.list_runs(tx)
    return found


async def list_rows_set_aside(
    environment: Environment, service: str, *, job: str | None, limit: int
) -> list[RowSetAside]:
    """The rows that a service's jobs leave out."""
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return await set_aside.list_rows(tx, job=job, limit=limit)


async def retry_rows(
    environment: Environment,
    service: str,
    job: str,
    keys: Sequence[str],
    row_ids: Sequence[int] = (),
    *,
    why: str = WHY,
) -> int:
    """Let the next run of a job try rows again, all of them without keys and numbers; gives how many were set aside."""
    at = environment.clock.now()
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        act = await jobs.retry_rows(tx, job, keys or None, row_ids=row_ids or None, reason=why, by=who(), at=at)
        return act.done


async def check_invariants(environment: Environment, service: str) -> dict[str, list[str]]:
    """What contradicts a service's invariants in its whole database, by invariant; empty lists where all is well."""
    parts = await _parts_of(environment, service)
    async with service_engine(environment, service) as engine:
        return await check_all(lambda: reading(engine), parts.invariants)


async def verify_seals(environment: Environment, service: str, copied: Sequence[SealRun]) -> list[str]:
    """What of a service's history is not as it was sealed, in lines; `copied` are runs as they were kept elsewhere.

    Reads all seals and every line under seal.
    """
    parts = await _parts_of(environment, service)
    async with service_engine(environment, service) as engine:
        found = await check_all(lambda: reading(engine), sealing.invariants(parts.sealed))
        async with transaction(engine) as tx:
            runs = await seals.find_broken_runs(tx, copied)
    return [*(line for lines in found.values() for line in lines), *runs]


async def last_seal_run(environment: Environment, service: str) -> SealRun | None:
    """The newest run of sealing of a service; None: nothing is sealed yet."""
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return await seals.find_last_run(tx)


async def list_sealed_lines(environment: Environment, service: str, subject: str) -> list[SealedLine]:
    """The history of one subject of a service with its seals, sealed or not yet."""
    parts = await _parts_of(environment, service)
    async with service_engine(environment, service) as engine, transaction(engine) as tx:
        return await seals.list_lines(tx, parts.sealed, subject)


async def _parts_of(environment: Environment, service: str) -> Parts:
    known = find_service(service)
    settings = known.settings.model_validate(
        {
            "database_url": environment.database_of(service),
            "bus": environment.bus,
            "bus_database_url": environment.bus_database_url,
            "env": "development",  # a secret is given, and nothing answers calls
            "token_secret": environment.token_secret,
        }
    )
    platform = open_platform(settings, environment.clock)
    try:
        return known.build(platform)
    finally:
        await platform.bus.close()
        await platform.engine.dispose()


async def reconcile_bulletin(environment: Environment, day: date) -> Reconciled:
    """The legal record of a day beside the bulletin and the courtesy notices."""
    async with (
        service_engine(environment, "liquidation") as liquidation,
        service_engine(environment, "notifications") as notifications,
    ):
        return await compare_day(RecordInDatabase(liquidation), notifications, day)


async def dead_letters_by_reason(environment: Environment) -> dict[str, int]:
    """Messages parked by any service, each counted once however many services refused it."""
    parked = await list_refused_messages(environment, state="parked", reason=None)
    return dict(sorted(Counter(each.reasons[0] for each in parked).items()))
