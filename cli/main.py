"""The `centerline` command."""

import asyncio
import json
import logging
import os
import shutil
import signal
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from typer.exceptions import TyperException

from cli import archive, audit, operations, partitions, proofs, rulebook
from cli.catalogue import EVERY_SERVICE, SERVICES
from cli.client import CallRefused, Client, run_cycle, sign_token
from cli.demo import SAMPLES, Reporter, Sample, read_sample, run_sample, stand_before_cycles, summarise
from cli.demonstration import keeping_clock
from cli.environment import BusKind, Environment, bus_kind, data_folder, max_event_bytes, open_environment
from cli.feed import RefusedLine, check_lines, publish_lines, read_lines
from cli.not_there import NotThere, sentence_of
from cli.processes import Fleet, ServiceFailed, running_fleet
from cli.show import print_document, print_line, print_rows, print_text, show_summary
from shared.archive.copying import Asked
from shared.bus.dead_letters import LetterFilter
from shared.customs.calendar import add_days, legal_date
from shared.db import embedded
from shared.db.job_runs import JobRun
from shared.runtime.clock import SystemClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.logging import configure_logging, mask_importer_numbers

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Centerline: run it, feed it, look after it.")
topics_app = typer.Typer(no_args_is_help=True, help="The topics of the bus.")
jobs_app = typer.Typer(no_args_is_help=True, help="Scheduled jobs, and the rows that they could not do.")
letters_app = typer.Typer(no_args_is_help=True, help="Messages that could not be applied.")
app.add_typer(topics_app, name="topics")
outbox_app = typer.Typer(no_args_is_help=True, help="Events that the bus refuses to take.")
app.add_typer(letters_app, name="dead-letters")
app.add_typer(outbox_app, name="outbox")
app.add_typer(jobs_app, name="jobs")
partitions_app = typer.Typer(no_args_is_help=True, help="Large tables, whole or in pieces.")
app.add_typer(partitions_app, name="partitions")
audit_app = typer.Typer(no_args_is_help=True, help="History under seal: proved, copied, handed to auditors.")
app.add_typer(audit_app, name="audit")
archive_app = typer.Typer(no_args_is_help=True, help="What filing systems published, as files that outlast the bus.")
app.add_typer(archive_app, name="archive")
rulebook_app = typer.Typer(no_args_is_help=True, help="What entries are decided with, as a file.")
app.add_typer(rulebook_app, name="rulebook")

out = Console()
err = Console(stderr=True)

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of the embedded database. Default: CENTERLINE_DATA or .data here.")
]
BusOption = Annotated[
    Literal["postgres", "kafka"] | None,
    typer.Option("--bus", help="postgres (embedded log) or kafka. Default: CENTERLINE_BUS."),
]
KafkaOption = Annotated[
    str | None, typer.Option("--kafka", help="Kafka brokers, host:port,… Default: CENTERLINE_KAFKA_BOOTSTRAP.")
]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--first-port",
        min=1,
        max=65_536 - len(SERVICES),
        help="Routing's port; the console has the one before it. Default: 8001.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
EverywhereOption = Annotated[
    bool, typer.Option("--everywhere", help="Also the letters that other services have of the same messages.")
]
RulebookArgument = Annotated[
    Path, typer.Argument(help="What `GET /rulebook/export` gave.", exists=True, dir_okay=False, readable=True)
]
ArchiveOption = Annotated[
    Path | None,
    typer.Option("--archive", help="Folder of the archive. Default: CENTERLINE_ARCHIVE or `archive` with the data."),
]
WhyOption = Annotated[str, typer.Option("--why", help="Why, kept with who asked.")]
ServiceArgument = Annotated[str, typer.Argument(help=f"One of {', '.join(service.name for service in SERVICES)}.")]


def main() -> None:
    """Run the command; whatever is not there ends it with one sentence, and exit code 1 (2: wrong arguments)."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command by its words; gives its exit code."""
    is_debugging = "--debug" in arguments
    level = os.environ.get("CENTERLINE_LOG_LEVEL", "WARNING").upper()
    if level not in logging.getLevelNamesMapping():
        _complain(f"CENTERLINE_LOG_LEVEL: {level!r} is no level; one is DEBUG, INFO, WARNING or ERROR")
        return 1
    configure_logging("centerline", "console", level)
    if not is_debugging:
        for library in ("aiokafka", "asyncio", "sqlalchemy", "httpx"):
            logging.getLogger(library).setLevel(logging.CRITICAL)
    try:
        code = app([word for word in arguments if word != "--debug"], standalone_mode=False, prog_name="centerline")
    except TyperException as error:
        if is_debugging:
            raise
        return _say_wrong(error)
    except (typer.Abort, KeyboardInterrupt):
        return 128 + signal.SIGINT
    except Exception as error:
        if is_debugging:
            raise
        _complain(sentence_of(error))
        return 1
    return code if isinstance(code, int) else 0


def _say_wrong(error: TyperException) -> int:
    """Tell what is wrong with the words of a command, in a line; without any words show its help."""
    ctx = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{error.format_message()}\n")
        return error.exit_code
    path = ctx.command_path if ctx is not None else "centerline"
    said = error.format_message().replace("Value error, ", "").rstrip(".")
    _complain(" ".join(f"{said}; `{path} --help` says what it takes".split()))
    return error.exit_code


def _complain(sentence: str) -> None:
    sys.stderr.write(f"centerline: {sentence}\n")


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error happened instead of a sentence.")] = False,
) -> None:
    """Centerline: run it, feed it, look after it."""


@app.command()
def up(
    as_json: JsonOption = False,
    data: DataOption = None,
    bus: BusOption = None,
    kafka: KafkaOption = None,
    first_port: PortOption = None,
) -> None:
    """Run the services and the console until Ctrl-C, on the embedded database unless CENTERLINE_DATABASE_URL is set.

    With --json the document names their addresses, once all of them are ready.
    """
    environment = open_environment(data=data, bus=bus, kafka=kafka, first_port=first_port, runs=True)
    _run(_up(environment, as_json=as_json))


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop after the summary.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object on standard output.")] = False,
    samples: Annotated[Path, typer.Option(help="Folder of files like those of samples.")] = SAMPLES,
    data: DataOption = None,
    bus: BusOption = None,
    kafka: KafkaOption = None,
    first_port: PortOption = None,
) -> None:
    """The main job on sample entries: a year of events in, routed work, liquidations and notices out."""
    os.environ.setdefault("CENTERLINE_LOG_LEVEL", "WARNING")
    sample = read_sample(samples)
    environment = open_environment(
        data=data,
        bus=bus,
        kafka=kafka,
        first_port=first_port,
        replays=True,
        demonstrates_from=sample.ends_at,
        runs=True,
    )
    _run(_demo(environment, sample, once=once, as_json=as_json))


@app.command()
def migrate(as_json: JsonOption = False, data: DataOption = None) -> None:
    """Bring every service's database to the revision of this code."""
    _run(operations.migrate(open_environment(data=data)))
    names = [service.name for service in EVERY_SERVICE]
    print_line({"migrated": names}, f"at the revision of this code: {', '.join(names)}", as_json=as_json)


@app.command()
def feed(
    file: Annotated[Path, typer.Argument(help="JSON lines, gzipped or not: topic, key, and event or raw.")],
    per_second: Annotated[float | None, typer.Option(min=0.001, help="At most so many a second.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Say what would be refused, and send nothing.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
    bus: BusOption = None,
    kafka: KafkaOption = None,
) -> None:
    """Publish a file of events as a filing system would.

    With --check nothing is sent and no service is asked: every line is held to the contracts as readers hold it, and
    the exit code is 1 when any would be refused. Whether a correction comes too late only the records can tell.
    """
    if check:
        _check_feed(file, as_json=as_json)
        return

    async def run() -> None:
        lines = list(read_lines(file))
        environment = _bus_environment(data, bus, kafka)
        with _progress() as progress:
            task = progress.add_task("publishing", total=len(lines))
            async with operations.open_bus(environment) as opened:
                count = await publish_lines(
                    opened, iter(lines), per_second=per_second, on_progress=lambda n: progress.advance(task, n)
                )
        if as_json:
            print_document({"published": count})
        else:
            err.print(f"{count:,} messages published")

    _run(run())


@app.command()
def cycle(
    on: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The Friday of the cycle.")],
    despite_unread: Annotated[bool, typer.Option(help="Run at once, though events before it are not read.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
    first_port: PortOption = None,
) -> None:
    """Run the weekly liquidation cycle of a Friday and post it today; running it again changes nothing.

    It waits for events that were published before, as long as liquidation is set to (ten minutes).
    """

    async def run() -> None:
        environment = open_environment(data=data, first_port=first_port, start_server=False)
        client = Client(environment)
        try:
            answer = await run_cycle(client, on.date(), despite_unread=despite_unread)
        finally:
            await client.close()
        if as_json:
            print_document(answer)
        else:
            out.print_json(json.dumps(answer))

    _run(run())


@app.command()
def token(
    subject: Annotated[str, typer.Argument(help="For whom: a user name.")],
    role: Annotated[list[RoleName], typer.Option(help="A role; may be given several times.")],
    center: Annotated[list[str] | None, typer.Option(help="A Center whose matters are the holder's.")] = None,
    division: Annotated[
        list[str] | None, typer.Option(help="A division of these Centers whose queues the holder works on.")
    ] = None,
    port: Annotated[list[str] | None, typer.Option(help="A port that the holder works for.")] = None,
    filer: Annotated[str | None, typer.Option(help="The filer code of a broker.")] = None,
    surety: Annotated[str | None, typer.Option(help="The code of a surety.")] = None,
    acting_for: Annotated[str | None, typer.Option(help="The user under whose delegation the holder acts.")] = None,
    importer: Annotated[list[str] | None, typer.Option(help="An importer number of the holder.")] = None,
    party: Annotated[str | None, typer.Option(help="The agent or counsel that the holder belongs to.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Sign an access token with CENTERLINE_TOKEN_SECRET, or with the secret of the data folder: not for production."""
    holder = Identity(
        subject,
        subject,
        frozenset(role),
        centers=frozenset(center or ()),
        divisions=frozenset(division or ()),
        ports=frozenset(port or ()),
        importer_numbers=frozenset(importer or ()),
        filer_code=filer,
        surety_code=surety,
        acting_for=acting_for,
        party=party,
    )
    signed = sign_token(open_environment(data=data, start_server=False), holder)
    print_line({"access_token": signed, "token_type": "bearer"}, signed, as_json=as_json)


@app.command()
def status(
    as_json: JsonOption = False,
    data: DataOption = None,
    bus: BusOption = None,
    kafka: KafkaOption = None,
    first_port: PortOption = None,
) -> None:
    """Lag, outboxes, events set aside, dead letters, and legal clocks that cannot be computed."""

    async def run() -> None:
        environment = open_environment(data=data, bus=bus, kafka=kafka, first_port=first_port, is_needed=True)
        found = await operations.read_status(environment)
        once = await operations.dead_letters_by_reason(environment)
        client = Client(environment)
        unknown: int | None = None
        try:
            unknown = (await client.get("liquidation", "/figures"))["clock_unknown"]
        except (httpx.HTTPError, CallRefused):
            unknown = None
        finally:
            await client.close()
        if as_json:
            services = [asdict(each) for each in found]
            print_document({"services": services, "dead_letters_once": once, "clock_unknown": unknown})
            return
        rows = []
        for each in found:
            behind = ", ".join(f"{topic} {records:,}" for topic, records in each.lag.items() if records) or "none"
            parked = ", ".join(f"{reason} {letters:,}" for reason, letters in each.dead_letters.items()) or "none"
            rows.append((each.service, behind, f"{each.outbox:,}", f"{each.set_aside:,}", parked))
        heads = ("service", "lag", "outbox", "set aside", "dead letters")
        print_rows("Services", heads, rows, document=None, as_json=False, if_none="there are no services")
        told = ", ".join(f"{reason} {messages:,}" for reason, messages in once.items()) or "none"
        print_text(f"messages that could not be applied, each once: {told}")
        said = f"{unknown:,}" if unknown is not None else "not to be had, the liquidation service does not answer"
        print_text(f"legal clocks unknown: {said}")

    _run(run())


@app.command("clean-data")
def clean_data(as_json: JsonOption = False, data: DataOption = None) -> None:
    """Stop the embedded database and remove its data folder."""
    folder = data_folder(data)
    if (folder / "postgres").exists():
        embedded.stop(embedded.start(folder / "postgres"))
    was_there = folder.exists()
    shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        print_document({"removed": was_there})
    else:
        err.print("data removed" if was_there else f"there are no data in {folder}", soft_wrap=True)


@topics_app.command("ensure")
def ensure_topics(
    as_json: JsonOption = False, data: DataOption = None, bus: BusOption = None, kafka: KafkaOption = None
) -> None:
    """Create the topics that are missing."""
    created = asyncio.run(operations.ensure_topics(_bus_environment(data, bus, kafka)))
    print_line({"created": created}, "\n".join(created) if created else "all topics are there", as_json=as_json)


@letters_app.command("list")
def list_letters(
    service: Annotated[
        str | None, typer.Argument(help="Only the letters of this service. Default: of all, each message once.")
    ] = None,
    state: Annotated[str | None, typer.Option(help="parked, replay-requested, replayed or discarded.")] = "parked",
    reason: Annotated[str | None, typer.Option(help="Only this reason.")] = None,
    after: Annotated[int, typer.Option(help="Ids above this one; of one service only.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 100,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Messages that could not be applied, each once with the letters that services have of it."""
    if service is None and after:
        raise typer.BadParameter("ids are those of one service: name it, or leave --after out")
    environment = open_environment(data=data, is_needed=True)
    if service is None:
        _print_messages(
            asyncio.run(operations.list_refused_messages(environment, state=state, reason=reason)),
            limit,
            as_json=as_json,
            if_none=f"no service has such dead letters{_of_states(state, '--state')}",
        )
        return
    rows = asyncio.run(
        operations.list_dead_letters(environment, _known(service), state=state, reason=reason, after=after, limit=limit)
    )
    _print_keyed(
        f"Dead letters of {service}",
        ("topic", "partition", "log_offset", "reason", "attempts", "last_failed_at", "state", "detail"),
        rows,
        as_json=as_json,
        if_none=f"{service} has no such dead letters{_of_states(state, '--state')}",
    )


@letters_app.command("show")
def show_letter(service: ServiceArgument, letter_id: int, as_json: JsonOption = False, data: DataOption = None) -> None:
    """One dead letter: everything that is wrong with its message, who else has a letter of it, its original bytes."""

    async def find() -> dict[str, Any] | None:
        environment = open_environment(data=data, is_needed=True)
        row = await operations.find_dead_letter(environment, _known(service), letter_id)
        if row is None:
            return None
        others = await operations.find_letters_of_others(environment, row)
        letters = {name: {"id": number, "state": state} for name, (number, state) in others.items()}
        return row | {"faults": operations.explain_letter(row, max_event_bytes()), "letters": letters}

    row = asyncio.run(find())
    if row is None:
        raise NotThere(
            f"{service} has no dead letter {letter_id}; `centerline dead-letters list {service}` says which there are"
        )
    shown = row | {name: (row[name] or b"").decode("utf-8", "replace") for name in ("key", "value")}
    _print_one(shown, as_json=as_json)


@letters_app.command("replay")
def replay_letters(
    service: ServiceArgument,
    ids: list[int],
    everywhere: EverywhereOption = False,
    why: WhyOption = operations.WHY,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Have the service try parked messages again, with the ids that they had."""
    _settle(service, ids, data, replay=True, everywhere=everywhere, why=why, as_json=as_json)


@letters_app.command("discard")
def discard_letters(
    service: ServiceArgument,
    ids: list[int],
    everywhere: EverywhereOption = False,
    why: WhyOption = operations.WHY,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Settle parked messages as not to be applied; they stay as history."""
    _settle(service, ids, data, replay=False, everywhere=everywhere, why=why, as_json=as_json)


@letters_app.command("preview")
def preview_letters(
    service: ServiceArgument,
    reason: Annotated[str | None, typer.Option(help="Only this reason.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """What settling all parked letters of a reason and topic would reach: how many, since when, the first of them."""
    environment = open_environment(data=data, is_needed=True)
    wanted = LetterFilter(reason, topic)
    found = asyncio.run(operations.preview_dead_letters(environment, _known(service), wanted))
    parked = found.parked
    sample = [
        {**row, "key": mask_importer_numbers(_text_of(row["key"])), "detail": mask_importer_numbers(row["detail"])}
        for row in found.sample
    ]
    if as_json:
        print_document({**asdict(parked), "sample": sample})
        return
    if not parked.letters:
        print_text(f"{service} has no such dead letters parked")
        return
    print_text(f"{parked.letters:,} letters up to {parked.up_to}, the oldest of {parked.oldest}; the first of them:")
    for row in sample:
        print_text(f"{row['id']} {row['topic']} {row['key']}: {row['detail']}")


@letters_app.command("settle")
def settle_letters_like(
    service: ServiceArgument,
    act: Annotated[Literal["replay", "discard"], typer.Argument(help="replay or discard.")],
    letters: Annotated[int | None, typer.Option(min=0, help="How many, as the preview said.")] = None,
    up_to: Annotated[int | None, typer.Option(min=0, help="The last of them, as the preview said.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only this reason.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    why: WhyOption = operations.WHY,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Replay or discard all letters of a preview; nothing happens where they are not those any more.

    Without its numbers all that are parked now.
    """
    environment = open_environment(data=data, is_needed=True)
    done = asyncio.run(
        operations.settle_letters_like(
            environment,
            _known(service),
            LetterFilter(reason, topic),
            count=letters,
            up_to=up_to,
            replay=act == "replay",
            why=why,
        )
    )
    words = "to be tried again" if act == "replay" else "discarded"
    print_line({"act": done.act_id, "settled": done.done}, f"{done.done:,} letters are {words} now", as_json=as_json)


@outbox_app.command("list")
def list_set_aside(
    service: ServiceArgument,
    state: Annotated[str | None, typer.Option(help="waiting, returned or discarded.")] = "waiting",
    after: Annotated[int, typer.Option(help="Ids above this one.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 100,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """What a service could not publish."""
    environment = open_environment(data=data, is_needed=True)
    rows = asyncio.run(operations.list_set_aside(environment, _known(service), state=state, after=after, limit=limit))
    _print_keyed(
        f"Set aside by {service}",
        ("topic", "bytes", "set_aside_at", "state", "reason"),
        rows,
        as_json=as_json,
        if_none=f"{service} has set aside no such events{_of_states(state, '--state')}",
    )


@outbox_app.command("show")
def show_set_aside(service: ServiceArgument, row_id: int, as_json: JsonOption = False, data: DataOption = None) -> None:
    """One event that was set aside, with its bytes."""
    row = asyncio.run(operations.find_set_aside(open_environment(data=data, is_needed=True), _known(service), row_id))
    if row is None:
        raise NotThere(
            f"{service} has set aside nothing with id {row_id}; `centerline outbox list {service}` says what it has"
        )
    _print_one(row | {"value": row["value"].decode("utf-8", "replace")}, as_json=as_json)


@outbox_app.command("publish")
def publish_set_aside(
    service: ServiceArgument,
    ids: list[int],
    why: WhyOption = operations.WHY,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Have the relay publish events that were set aside, once the broker takes them."""
    _settle_set_aside(service, ids, data, publish=True, why=why, as_json=as_json)


@outbox_app.command("discard")
def discard_set_aside(
    service: ServiceArgument,
    ids: list[int],
    why: WhyOption = operations.WHY,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Settle events that were set aside as not to be published; they stay as history."""
    _settle_set_aside(service, ids, data, publish=False, why=why, as_json=as_json)


@jobs_app.command("list")
def list_jobs(
    service: Annotated[str | None, typer.Argument(help="Only this service.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """When each scheduled job ran last, how it ended, how long it took, and when it runs next."""
    names = [_known(service)] if service is not None else [known.name for known in SERVICES]
    found = asyncio.run(operations.list_jobs(open_environment(data=data, is_needed=True), names))
    heads = ("service", "job", "result", "last run", "took", "last success", "next run", "set aside", "error")
    print_rows(
        "Jobs",
        heads,
        [row for name, runs in found.items() for row in _job_rows(name, runs)],
        document={name: [asdict(run) for run in runs] for name, runs in found.items()},
        as_json=as_json,
        if_none="there are no jobs",
    )


@jobs_app.command("set-aside")
def list_rows_set_aside(
    service: ServiceArgument,
    job: Annotated[str | None, typer.Option(help="Only this job.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 100,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """The rows that a service's jobs could not do and leave out, each with its error."""
    environment = open_environment(data=data, is_needed=True)
    found = asyncio.run(operations.list_rows_set_aside(environment, _known(service), job=job, limit=limit))
    rows = [{**asdict(row), "key": mask_importer_numbers(row.key)} for row in found]
    heads = ("job", "row_id", "key", "attempts", "first_failed_at", "last_failed_at", "skipped_until", "error")
    print_rows(
        f"Set aside by {service}",
        heads,
        [[row[head] for head in heads] for row in rows],
        document=rows,
        as_json=as_json,
        if_none=f"the jobs of {service} have set nothing aside",
    )


@jobs_app.command("retry")
def retry_rows(
    service: ServiceArgument,
    job: Annotated[str, typer.Argument(help="The job that set them aside.")],
    keys: Annotated[list[str] | None, typer.Argument(help="Their keys; without any all of the job.")] = None,
    rows: Annotated[
        list[int] | None, typer.Option("--row", min=1, help="A row by its number, where its key is not shown whole.")
    ] = None,
    why: WhyOption = operations.WHY,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Have the next run of a job try rows again that it set aside."""
    environment = open_environment(data=data, is_needed=True)
    count = asyncio.run(operations.retry_rows(environment, _known(service), job, keys or [], rows or [], why=why))
    if not count:
        raise NotThere(
            f"{job} of {service} has set aside no such rows; `centerline jobs set-aside {service}` says which there are"
        )
    print_line({"retried": count}, f"{count} to be tried again by the next run of {job}", as_json=as_json)


@jobs_app.command("run")
def run_job(
    service: ServiceArgument,
    job: Annotated[str, typer.Argument(help="The job.")],
    why: WhyOption = operations.WHY,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Have the schedulers of a service run a job now, beside its schedule; `centerline acts` says how it ended."""
    environment = open_environment(data=data, is_needed=True)
    act = asyncio.run(operations.run_job(environment, _known(service), job, why=why))
    print_line({"act": act.act_id, "job": job}, f"{job} of {service} is to run now: act {act.act_id}", as_json=as_json)


@partitions_app.command("list")
def list_partitions(
    service: Annotated[str | None, typer.Argument(help="Only this service.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Which tables can be in pieces, how far each is on its way, and how large it is."""
    names = [_known(service)] if service is not None else [known.name for known in SERVICES]
    found = asyncio.run(partitions.list_pieces(open_environment(data=data, is_needed=True), names))
    rows = [{"service": name, **each._asdict()} for name, standings in found.items() for each in standings]
    heads = ("service", "table", "stage", "pieces", "bytes")
    print_rows(
        "Tables that can be in pieces",
        heads,
        [[f"{row[head]:,}" if head == "bytes" else row[head] for head in heads] for row in rows],
        document=rows,
        as_json=as_json,
        if_none="there are none",
    )


@partitions_app.command("adopt")
def adopt_table(
    service: ServiceArgument,
    table: Annotated[str, typer.Argument(help="The table.")],
    rows: Annotated[int, typer.Option(min=1, help="Rows in a transaction.")] = partitions.ROWS,
    is_given_up: Annotated[bool, typer.Option("--abandon", help="Take back what was begun instead.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Take a large table into pieces while everything goes on; whatever interrupts it, run again it goes on."""
    environment = open_environment(data=data, is_needed=True)
    if is_given_up:
        was_begun = asyncio.run(partitions.give_up(environment, _known(service), table))
        text = "is whole as before" if was_begun else "was not on its way into pieces"
        print_line({"table": table, "abandoned": was_begun}, f"{table} of {service} {text}", as_json=as_json)
        return
    with _progress() as progress:
        task = progress.add_task("whole", total=None)
        done = asyncio.run(
            partitions.take_into_pieces(
                environment,
                _known(service),
                table,
                rows=rows,
                told=lambda each: progress.update(task, description=f"{each.stage} {each.reached}", advance=1),
            )
        )
    print_line(
        {"table": table, "stage": done.stage, "pieces": done.pieces},
        f"{table} of {service} is in {done.pieces} pieces",
        as_json=as_json,
    )


@app.command("acts")
def list_acts(
    service: ServiceArgument,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 100,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """What operators asked a service for, here or by its pages and its API: who, why, and how far it is."""
    found = asyncio.run(operations.list_acts(open_environment(data=data, is_needed=True), _known(service), limit=limit))
    heads = ("act_id", "act", "state", "done", "total", "asked_by", "asked_at", "reason")
    print_rows(
        f"Acts of operators on {service}",
        heads,
        [[getattr(each, head) for head in heads] for each in found],
        document=[asdict(each) for each in found],
        as_json=as_json,
        if_none=f"no operator asked {service} for anything yet",
    )


@app.command("check-invariants")
def check_invariants(service: ServiceArgument, as_json: JsonOption = False, data: DataOption = None) -> None:
    """Check every invariant on a service's whole database; exit code 1 when one does not hold. Reads all tables."""
    environment = open_environment(data=data, is_needed=True)
    found = asyncio.run(operations.check_invariants(environment, _known(service)))
    broken = [(name, line) for name, lines in found.items() for line in lines]
    print_rows(
        f"{len(found)} invariants, {len(broken)} violations",
        ("invariant", "violation"),
        broken,
        document=found,
        as_json=as_json,
        if_none=f"{service} keeps its {len(found)} invariants",
    )
    if any(found.values()):
        raise typer.Exit(1)


@audit_app.command("verify")
def verify_history(
    service: Annotated[str | None, typer.Argument(help="A service; all of them by default.")] = None,
    copied: Annotated[
        Path | None, typer.Option("--copied", help="What `centerline audit links --json` printed, kept elsewhere.")
    ] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Prove that no line of history was changed or taken out since it was sealed; exit code 1 when one was."""
    environment = open_environment(data=data, is_needed=True)
    kept = audit.read_copied(copied) if copied is not None else {}
    names = [_known(service)] if service is not None else [each.name for each in SERVICES]
    found = {name: asyncio.run(operations.verify_seals(environment, name, kept.get(name, []))) for name in names}
    broken = [(name, line) for name, lines in found.items() for line in lines]
    print_rows(
        f"{len(names)} services, {len(broken)} findings",
        ("service", "finding"),
        broken,
        document=found,
        as_json=as_json,
        if_none=f"the history of {', '.join(names)} stands as it was sealed",
    )
    if broken:
        raise typer.Exit(1)


@audit_app.command("links")
def show_links(as_json: JsonOption = False, data: DataOption = None) -> None:
    """The newest link of each service: kept elsewhere, it proves all history that was sealed before.

    A service that has nothing sealed is named too.
    """
    environment = open_environment(data=data, is_needed=True)
    runs = {each.name: asyncio.run(operations.last_seal_run(environment, each.name)) for each in SERVICES}
    rows = [audit.row_of(name, run) for name, run in runs.items()]
    print_rows(
        "newest links",
        audit.ROW,
        [tuple("nothing sealed" if cell is None else cell for cell in row.values()) for row in rows],
        document=rows,
        as_json=as_json,
        if_none="nothing is sealed yet; the job seal-history does it every minute",
    )


@audit_app.command("export")
def export_history(
    service: ServiceArgument,
    subject: Annotated[str, typer.Argument(help="An entry, item, letter, account or notice, by its number or id.")],
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """The history of one subject, line by line with its seals, as anyone can check them (docs/decisions/056)."""
    environment = open_environment(data=data, is_needed=True)
    lines = asyncio.run(operations.list_sealed_lines(environment, _known(service), subject))
    if not lines:
        raise NotThere(f"{service} has no history of {subject}; name an item or notice by its id, an entry by number")
    rows = [audit.exported(line) for line in lines]
    print_rows(
        f"{len(rows)} lines of {subject}",
        audit.EXPORTED,
        [tuple(row.values()) for row in rows],
        document=rows,
        as_json=as_json,
        if_none="",
    )


@archive_app.command("run")
def write_archive(
    once: Annotated[bool, typer.Option("--once", help="End when what is on the bus now is archived.")] = False,
    name: Annotated[
        str | None, typer.Option("--name", help="This process in the group, so that it goes on at once when restarted.")
    ] = None,
    is_derived: Annotated[
        bool,
        typer.Option("--derived", help="Also what services publish, so that a copy of one service is made alone."),
    ] = False,
    archive_at: ArchiveOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
    bus: BusOption = None,
    kafka: KafkaOption = None,
) -> None:
    """Write every record of the filing systems' topics into the archive, until Ctrl-C.

    Several processes share the partitions. Each goes on behind what is safely on disk, whatever stopped it.
    """
    environment = _bus_environment(data, bus, kafka)
    folder = _archive_folder(archive_at, data)
    topics = archive.EVERYTHING if is_derived else archive.UPSTREAM
    written = asyncio.run(archive.write(environment, folder, name, once=once, topics=topics))
    print_line({"archived": written}, f"{written:,} records written", as_json=as_json)


@archive_app.command("verify")
def verify_archive(
    archive_at: ArchiveOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Read the whole archive, and say what it has and what is damaged; exit code 1 when something is.

    The heads that --json prints stand for all that was written: kept elsewhere, they show that nothing was taken away.
    """
    found = archive.check(_archive_folder(archive_at, data))
    print_rows(
        f"{sum(each.records for each in found):,} records",
        ("topic", "partition", "records", "offsets", "days", "not on the bus any more", "damaged"),
        [
            (
                each.topic,
                each.partition,
                f"{each.records:,}",
                f"{each.first} to {each.next - 1}",
                f"{each.days[0]} to {each.days[-1]}" if each.days else "",
                ", ".join(each.gaps),
                "; ".join(each.faults),
            )
            for each in found
        ],
        document=[asdict(each) for each in found],
        as_json=as_json,
        if_none="",
    )
    if any(each.faults for each in found):
        raise typer.Exit(1)


@archive_app.command("restore")
def restore_archive(
    into_service: Annotated[
        str | None, typer.Option("--into-service", help="Put it into a copy of this service, not on a bus.")
    ] = None,
    database: Annotated[
        str | None, typer.Option("--database", help="The copy's database: an address, or a name on the same server.")
    ] = None,
    go_on: Annotated[
        bool, typer.Option("--go-on", help="The database is a backup, or a copy of before: go on where it stands.")
    ] = False,
    in_part: Annotated[
        bool, typer.Option("--in-part", help="Also from an archive that lacks what the service reads.")
    ] = False,
    why: WhyOption = operations.WHY,
    archive_at: ArchiveOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
    bus: BusOption = None,
    kafka: KafkaOption = None,
) -> None:
    """Put the archive back on a bus that has none of these records: services with empty databases work through it.

    With --into-service and --database it goes straight into an empty copy of one service. Nothing is published, mailed
    or called from there, and what was interrupted goes on when it is run again.
    """
    folder = _archive_folder(archive_at, data)
    if into_service is None:
        if database is not None or go_on or in_part:
            raise typer.BadParameter("--database, --go-on and --in-part are for --into-service")
        environment = _bus_environment(data, bus, kafka)
        count = asyncio.run(archive.restore(environment, folder))
        print_line({"restored": count}, f"{count:,} records are on the bus again", as_json=as_json)
        return
    names = [service.name for service in SERVICES]
    if into_service not in names:
        raise typer.BadParameter(f"--into-service is one of {', '.join(names)}")
    if database is None:
        raise typer.BadParameter("name the database of the copy with --database")
    environment = open_environment(data=data, bus=bus, kafka=kafka)
    asked = Asked(by=operations.who(), reason=why, goes_on=go_on, in_part=in_part)
    with _progress() as progress:
        task = progress.add_task("applying", total=None)
        copied = asyncio.run(
            archive.copy_into(
                environment, folder, into_service, database, asked, lambda done: progress.update(task, completed=done)
            )
        )
    print_line(
        asdict(copied),
        f"{copied.records:,} records are applied to the copy of {into_service}"
        + (f"; it lacks {'; '.join(copied.lacking)}" if copied.lacking else ""),
        as_json=as_json,
    )


@rulebook_app.command("check")
def check_rulebook(file: RulebookArgument, as_json: JsonOption = False) -> None:
    """Read a rule book whole, and say what it has; a file that is damaged or cut off is refused with exit code 1."""
    found = rulebook.check(file)
    text = (
        f"whole: {found.accounts:,} accounts with {found.assignments:,} assignments, {found.criteria:,} revisions of "
        f"criteria, {found.tariff_maps:,} tariff maps, {found.moves:,} moves; SHA-256 {found.sha256}"
    )
    print_line(asdict(found), text, as_json=as_json)


@rulebook_app.command("replay")
def replay_rulebook(
    file: RulebookArgument,
    archive_at: ArchiveOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Decide every archived entry again with this rule book, and compare with what routing keeps; nothing is written.

    Exit code 1 when a decision comes out otherwise than it is kept.
    """
    environment = open_environment(data=data, is_needed=True)
    found = asyncio.run(rulebook.replay(environment, file, _archive_folder(archive_at, data)))
    heads = ("entry_number", "version", "field", "kept", "made")
    print_rows(
        f"Decided again: {found.versions:,} versions, {found.equal:,} as kept, {found.unequal:,} otherwise, "
        f"{found.not_kept:,} without a decision of this event",
        heads,
        [[each[head] for head in heads] for each in found.different],
        document=asdict(found),
        as_json=as_json,
        if_none=f"{found.equal:,} of {found.versions:,} versions come out as they are kept, none otherwise; "
        f"{found.not_kept:,} have no decision of this event",
    )
    if found.unequal:
        raise typer.Exit(1)


@app.command("verify-proof")
def verify_proof(
    file: Annotated[
        Path,
        typer.Argument(
            help="What `GET /programs/{program}/entries/{entry_number}/proof` gave.",
            exists=True,
            dir_okay=False,
            readable=True,
        ),
    ],
    root: Annotated[
        str | None, typer.Option("--root", help="The root of the run as it was published: HEX or LEAVES:HEX.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a proof of a program with no database and no network: leaf, path, lines, and interest reckoned anew.

    Exit code 1 when a field does not say what follows from the rest; without --root the proof is held against its own.
    """
    found = proofs.verify(file, root)
    heads = ("field", "says", "follows", "why")
    against = "the published root" if found.is_published else "its own root; compare that with the published one"
    shown = found.root if found.leaves is None else f"{found.leaves}:{found.root}"
    without = "" if found.is_definition_included else "; the definition is not in it"
    print_rows(
        f"{len(found.differences)} fields of {file} do not hold",
        heads,
        [[getattr(each, head) for head in heads] for each in found.differences],
        document=asdict(found),
        as_json=as_json,
        if_none=f"entry {found.entry_number} of {found.program}: leaf, path, lines and interest hold against {against} "
        f"({shown}){without}",
    )
    if found.differences:
        raise typer.Exit(1)


def _archive_folder(given: Path | None, data: Path | None) -> Path:
    named = given or os.environ.get("CENTERLINE_ARCHIVE")
    return Path(named).resolve() if named else data_folder(data) / "archive"


@app.command("reconcile-bulletin")
def reconcile_bulletin(
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The legal day; yesterday by default.")
    ] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Compare a day of the legal record with the bulletin and the courtesy notices; exit code 1 for a gap."""
    environment = open_environment(data=data, is_needed=True)
    on = day.date() if day is not None else add_days(legal_date(SystemClock().now()), -1)
    found = asyncio.run(operations.reconcile_bulletin(environment, on))
    print_rows(
        f"{found.acts} acts of {on}, {found.missing} gaps",
        ("entry", "act", "change", "missing"),
        [tuple(gap) for gap in found.gaps],
        document={
            "day": on.isoformat(),
            "acts": found.acts,
            "missing": found.missing,
            "gaps": [gap._asdict() for gap in found.gaps],
        },
        as_json=as_json,
        if_none=f"all {found.acts} acts of {on} are posted and told",
    )
    if found.gaps:
        raise typer.Exit(1)


def _job_rows(service: str, runs: list[JobRun]) -> list[tuple[Any, ...]]:
    """A line for each job; one for a service whose scheduler never started, none of whose jobs has run."""
    if not runs:
        return [(service, "all", "never run: no scheduler has started", *[None] * 6)]
    return [
        (
            service,
            run.job,
            "never run" if run.result == "never" else run.result,
            run.started_at,
            f"{run.duration_seconds:.1f} s" if run.duration_seconds is not None else None,
            run.last_succeeded_at or "never",
            run.next_run_at,
            run.set_aside or None,
            run.error,
        )
        for run in runs
    ]


def _bus_environment(data: Path | None, bus: BusKind | None, kafka: str | None) -> Environment:
    """The environment of a command that needs the bus and no database: on Kafka no server is started for it."""
    kind = bus_kind(bus)
    return open_environment(data=data, bus=kind, kafka=kafka, start_server=kind == "postgres")


def _check_feed(file: Path, *, as_json: bool) -> None:
    lines, refused = 0, []
    for lines, line in enumerate(check_lines(file, max_event_bytes()), start=1):  # noqa: B007 - counted
        if isinstance(line, RefusedLine):
            refused.append(line)
    if as_json:
        print_document({"lines": lines, "refused": [asdict(line) for line in refused]})
    else:
        for line in refused:
            sys.stdout.write(f"{line}\n")
        err.print(f"{len(refused):,} of {lines:,} lines would be refused; nothing was sent")
    if refused:
        raise typer.Exit(1)


def _print_messages(found: list[operations.RefusedMessage], limit: int, *, as_json: bool, if_none: str) -> None:
    title = "Messages that could not be applied"
    if len(found) > limit:
        title += f": the first {limit:,} of {len(found):,}"
    heads = ("topic", "partition", "log_offset", "reason", "letters", "first_failed_at", "state", "detail")
    print_rows(
        title,
        heads,
        [_message_row(each) for each in found[:limit]],
        document=[asdict(each) for each in found[:limit]],
        as_json=as_json,
        if_none=if_none,
    )


def _message_row(message: operations.RefusedMessage) -> tuple[Any, ...]:
    letters = ", ".join(f"{service} {letter_id}" for service, letter_id in message.letters.items())
    words = (", ".join(message.reasons), letters, message.first_failed_at, ", ".join(message.states), message.detail)
    return message.topic, message.partition, message.log_offset, *words


def _settle(
    service: str, ids: list[int], data: Path | None, *, replay: bool, everywhere: bool, why: str, as_json: bool
) -> None:
    environment = open_environment(data=data, is_needed=True)
    count = asyncio.run(
        operations.settle_dead_letters(environment, _known(service), ids, replay=replay, everywhere=everywhere, why=why)
    )
    done = f"parked and are {'to be tried again' if replay else 'discarded'} now"
    none = f"{service} has no such dead letters parked; `centerline dead-letters list {service}` says which there are"
    if everywhere and count:
        text = f"{count} letters of all services were {done}"
        print_line({"settled": count, "asked": len(ids)}, text, as_json=as_json)
        return
    _tell_settled(count, ids, done, none, as_json=as_json)


def _settle_set_aside(
    service: str, ids: list[int], data: Path | None, *, publish: bool, why: str, as_json: bool
) -> None:
    environment = open_environment(data=data, is_needed=True)
    count = asyncio.run(operations.settle_set_aside(environment, _known(service), ids, publish=publish, why=why))
    _tell_settled(
        count,
        ids,
        f"waiting and are {'to be published' if publish else 'discarded'} now",
        f"{service} has set aside no such events; `centerline outbox list {service}` says what waits",
        as_json=as_json,
    )


def _tell_settled(count: int, ids: list[int], done: str, if_none: str, *, as_json: bool) -> None:
    if not count:
        raise NotThere(if_none)
    print_line({"settled": count, "asked": len(ids)}, f"{count} of {len(ids)} were {done}", as_json=as_json)


def _print_keyed(
    title: str, heads: tuple[str, ...], rows: list[dict[str, Any]], *, as_json: bool, if_none: str
) -> None:
    """Messages with the keys that they travel under: entry numbers, or importer numbers, which are masked."""
    shown = [{**row, "key": mask_importer_numbers(_text_of(row["key"]))} for row in rows]
    print_rows(
        title,
        ("id", "entry or importer", *heads),
        [[row["id"], row["key"], *(row[head] for head in heads)] for row in shown],
        document=shown,
        as_json=as_json,
        if_none=if_none,
    )


def _print_one(row: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_document(row)
    else:
        out.print_json(json.dumps(row, default=str))


def _text_of(key: bytes | str | None) -> str:
    return (key or b"").decode("utf-8", "replace") if not isinstance(key, str) else key


def _of_states(state: str | None, option: str) -> str:
    return "" if state is None else f" that are {state}; {option} asks for others"


def _known(service: str) -> str:
    names = [known.name for known in SERVICES]
    if service not in names:
        raise typer.BadParameter(f"there is no service {service}; services are {', '.join(names)}")
    return service


async def _prepare(environment: Environment) -> None:
    await operations.ensure_topics(environment)
    await operations.migrate(environment)


async def _up(environment: Environment, *, as_json: bool) -> None:
    await _prepare(environment)
    async with keeping_clock(environment.data, SystemClock(), environment.behind), running_fleet(environment) as fleet:
        _print_addresses(environment)
        if as_json:
            print_document({service.name: environment.address_of(service.name) for service in EVERY_SERVICE})
        await _until_interrupted(fleet)


async def _demo(environment: Environment, sample: Sample, *, once: bool, as_json: bool) -> None:
    await _prepare(environment)
    stand_before_cycles(environment, sample)
    client = Client(environment)
    machine = SystemClock()
    try:
        async with keeping_clock(environment.data, machine, environment.behind), running_fleet(environment) as fleet:
            err.print(f"{'open':14} {environment.address_of('console')} (the sample is being loaded)")
            with _progress() as progress:
                done = await run_sample(environment, client, sample, _reporter(progress))
            summary = await summarise(environment, client, done)
            if as_json:
                print_document(summary)
            else:
                show_summary(summary)
            if not once:
                _print_addresses(environment)
                await _until_interrupted(fleet)
    finally:
        await client.close()


async def _until_interrupted(fleet: Fleet) -> None:
    interrupted = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted.set)
    waiting = asyncio.create_task(interrupted.wait())
    both: list[asyncio.Future[Any]] = [waiting, fleet.failed]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if fleet.failed.done():
        raise ServiceFailed(fleet.failed.result())
    err.print("stopping")


def _print_addresses(environment: Environment) -> None:
    err.print(f"{'open':14} {environment.address_of('console')}")
    for service in SERVICES:
        err.print(f"{service.name:14} {environment.address_of(service.name)}/docs")
    if environment.behind is not None:
        now = environment.clock.now()
        err.print(f"A demonstration: its clock shows {now:%Y-%m-%d %H:%M} UTC and goes on while it runs.")
    err.print("Ctrl-C stops; the data stay.")


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err, disable=not err.is_terminal)


def _reporter(progress: Progress) -> Reporter:
    tasks: list[TaskID] = []
    return Reporter(
        begin=lambda what, total: tasks.append(progress.add_task(what, total=total)),
        advance=lambda count: progress.advance(tasks[-1], count),
    )


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Do the work; SIGTERM ends it in order, as Ctrl-C does, so that no service is left running."""

    async def run() -> None:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await work

    try:
        asyncio.run(run())
    except asyncio.CancelledError:
        raise typer.Exit(128 + signal.SIGTERM) from None
