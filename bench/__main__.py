"""Runs the measurements and prints each beside its floor: `make bench`."""

import argparse
import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from bench.backlog import measure_urgent
from bench.broadcasts import measure_broadcast
from bench.bulk_runs import measure_bulk_run
from bench.calculator import measure_calculator
from bench.chain import measure_chain, publish_entries
from bench.chain_floor import measure_chain_floor
from bench.claims import fill, measure_claims_of_floor, measure_claims_of_product
from bench.claims_peers import are_installed, measure_peers
from bench.cycle import measure_cycle, measure_questions
from bench.life import measure_lives
from bench.lists import MAY_TAKE, measure_lists
from bench.mass_chain import measure_posting_chain
from bench.mass_change import measure_intake, measure_mass_change, measure_posting
from bench.nation import load_accounts, load_criteria
from bench.notices import HandedOver, measure_calls, measure_mails
from bench.recovery import measure_recovery
from bench.routing import measure_floor, measure_routing, memory_mib
from bench.sinks import open_sinks
from bench.site import Site, open_server, open_site
from cli.catalogue import all_topics
from services.liquidation.app import SERVICE as LIQUIDATION
from services.notifications.app import SERVICE as NOTIFICATIONS
from services.routing.app import SERVICE as ROUTING
from services.workqueue.app import SERVICE as WORKQUEUE
from shared.bus.kafka import KafkaBus
from shared.db import embedded
from shared.db.embedded import EmbeddedPostgres
from shared.db.engine import create_engine
from shared.db.migrate import upgrade
from shared.runtime.clock import SystemClock
from shared.runtime.logging import configure_logging
from shared.runtime.service import tune_garbage_collection

ROWS = (
    "routing",
    "chain",
    "cycle",
    "recovery",
    "calculator",
    "claims",
    "life",
    "bulk",
    "lists",
    "notices",
    "broadcast",
    "mass",
    "intake",
    "posting",
    "posting-chain",
)
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. `aim` is the ratio, or the rate where the design names one."""

    measurement: str
    per_second: float
    floor_per_second: float
    ratio: float
    aim: str
    note: str


async def measure_routing_row(site: Site, entries: int, accounts: int, criteria: int) -> Row:
    """Design section 7, first row: floor, routing, floor again; the ratio is to the mean of the floors."""
    engine = create_engine(site.server.url("routing"), application="bench")
    await upgrade(engine, ROUTING.migrations)
    bus = KafkaBus(site.kafka)
    await bus.ensure_topics([spec for spec in all_topics() if spec.name in ROUTING.topics])
    await bus.close()
    async for _ in publish_entries(site.kafka, entries, released=False, accounts=accounts):
        pass
    await load_accounts(engine, accounts)
    await load_criteria(engine, criteria, accounts)
    tune_garbage_collection()
    before = memory_mib()
    floors = [await measure_floor(site.kafka, engine, entries)]
    routing = await measure_routing(site.kafka, engine, entries)
    floors.append(await measure_floor(site.kafka, engine, entries))
    await engine.dispose()
    floor = sum(measured.per_second for measured in floors) / len(floors)
    note = (
        f"{entries:,} entries, {accounts:,} accounts, {criteria} criteria; "
        f"memory {before:.0f} MiB before, {memory_mib():.0f} MiB at most"
    )
    return Row("routing, events/s", routing.per_second, floor, routing.per_second / floor, "ratio 0.2 or more", note)


async def measure_chain_row(site: Site, entries: int, accounts: int, criteria: int) -> Row:
    """Design section 7, second row; its floor reads, parses and copies all that the services have read, once more."""
    chain = await measure_chain(site, entries, accounts, criteria)
    floor = await measure_chain_floor(site.kafka, site.server.url("bus"), entries)
    rate = chain.measured.per_second
    memory = ", ".join(f"{name} {chain.half_way[name]:.0f} and {most:.0f}" for name, most in chain.at_end.items())
    return Row(
        "whole chain, entries/s",
        rate,
        floor.per_second,
        rate / floor.per_second,
        "1,600 entries/s or more, or ratio 0.3",
        f"{entries:,} entries, each filed and released; {accounts:,} accounts, {criteria} criteria; "
        f"MiB half way published and at the end: {memory}",
    )


async def measure_cycle_row(site: Site, entries: int) -> Row:
    """Design section 7, third row: the cycle beside a bare UPDATE and INSERT of as many rows."""
    engines = []
    for name in ("cycle", "floor"):
        embedded.ensure_database(site.server, name)
        engines.append(create_engine(site.server.url(name), application="bench"))
        await upgrade(engines[-1], LIQUIDATION.migrations)
    measured = await measure_cycle(engines[0], engines[1], entries)
    for engine in engines:
        await engine.dispose()
    per_second, floor = entries / measured.seconds, entries / measured.floor_seconds
    note = (
        f"{entries:,} due entries, {measured.held:,} held, {measured.changed:,} changed by decision and assessed; "
        f"{measured.times_the_floor:.2f} times as long as the floor"
    )
    return Row("weekly cycle, entries/s", per_second, floor, per_second / floor, "at most 3 times the floor", note)


async def measure_question_rows(site: Site, entries: int) -> list[Row]:
    """Forecast, radar and previews over a year of entries; the floor is the second that each may take."""
    engine = create_engine(site.server.url("liquidation"), application="bench")
    await upgrade(engine, LIQUIDATION.migrations)
    seconds = await measure_questions(engine, entries)
    await engine.dispose()
    return [
        Row(f"{name}, answers/s", 1 / taken, 1.0, 1 / taken, "forecast and radar in a second", f"{entries:,} entries")
        for name, taken in seconds.items()
    ]


async def measure_recovery_row(site: Site) -> Row:
    """A killed process that returns; the floor is loading its code."""
    measured = await measure_recovery(site)
    return Row(
        "recovery, returns/s",
        1 / measured.seconds,
        1 / measured.floor_seconds,
        measured.floor_seconds / measured.seconds,
        "consumed again within 5 s",
        f"{measured.seconds:.1f} s at most after its start; loading takes {measured.floor_seconds:.1f} s",
    )


async def measure_calculator_row(calls: int) -> Row:
    """The deadline calculator as its endpoint answers; the floor is the same computation without HTTP."""
    measured = await measure_calculator(calls)
    return Row(
        "deadline calculator, calls/s",
        measured.calls / measured.seconds,
        measured.calls / measured.floor_seconds,
        measured.floor_seconds / measured.seconds,
        "none named",
        f"{calls:,} calls, {measured.clocks} clocks each",
    )


async def measure_claims_row(server: EmbeddedPostgres, items: int, clients: int, seconds: float) -> Row:
    """Claims at the store: floor, product, peers where they are installed, floor again."""
    engines = []
    for name in ("workqueue", "procrastinate", "pgqueuer"):
        embedded.ensure_database(server, name)
        engines.append(create_engine(server.url(name), application="bench", pool_size=clients))
    await upgrade(engines[0], WORKQUEUE.migrations)
    await fill(engines[0], items)
    tune_garbage_collection()
    floors = [await measure_claims_of_floor(engines[0], clients, seconds)]
    product = await measure_claims_of_product(engines[0], clients, seconds)
    peers = await measure_peers(*engines[1:], items, clients, seconds) if are_installed() else []
    again = await measure_claims_of_product(engines[0], clients, seconds)
    floors.append(await measure_claims_of_floor(engines[0], clients, seconds))
    for engine in engines:
        await engine.dispose()
    floor = sum(each.per_second for each in floors) / len(floors)
    per_second = (product.per_second + again.per_second) / 2
    told = "; ".join(map(str, [floors[0], product, *peers, again, floors[1]]))
    note = f"{items:,} open items, {clients} clients; {told}"
    return Row("claims, items/s", per_second, floor, per_second / floor, "ahead of the peers, p99 2 floors", note)


async def measure_life_row(server: EmbeddedPostgres, items: int, clients: int) -> Row:
    """Items opened by events, claimed and decided, beside bare statements."""
    embedded.ensure_database(server, "workqueue")
    engine = create_engine(server.url("workqueue"), application="bench", pool_size=clients)
    await upgrade(engine, WORKQUEUE.migrations)
    measured = await measure_lives(engine, items, clients)
    await engine.dispose()
    return Row(
        "life of an item, items/s",
        items / measured.seconds,
        items / measured.floor_seconds,
        measured.floor_seconds / measured.seconds,
        "888/s",
        f"{items:,} items from event to decision by {clients} clients",
    )


async def measure_list_rows(server: EmbeddedPostgres, items: int) -> list[Row]:
    """The first page with its count by several filters; the floor is the time that each may take."""
    embedded.ensure_database(server, "workqueue")
    engine = create_engine(server.url("workqueue"), application="bench")
    await upgrade(engine, WORKQUEUE.migrations)
    seconds = await measure_lists(engine, items)
    await engine.dispose()
    return [
        Row(f"{name}, answers/s", 1 / taken, 1 / MAY_TAKE, MAY_TAKE / taken, "100 ms", f"{items:,} open items")
        for name, taken in seconds.items()
    ]


async def measure_bulk_row(server: EmbeddedPostgres, items: int) -> Row:
    """One act on many items, begun by a second person, beside bare statements on as many rows."""
    embedded.ensure_database(server, "workqueue")
    engine = create_engine(server.url("workqueue"), application="bench")
    await upgrade(engine, WORKQUEUE.migrations)
    measured = await measure_bulk_run(engine, items)
    await engine.dispose()
    return Row(
        "bulk, items/s",
        items / measured.seconds,
        items / measured.floor_seconds,
        measured.floor_seconds / measured.seconds,
        "none named",
        f"{items:,} items assigned, each with its result; the preview took {measured.looked_seconds:.0f} s",
    )


async def measure_programs(server: EmbeddedPostgres, given: argparse.Namespace) -> list[Row]:
    """The rows of mass change that are asked for."""
    rows = await measure_mass_rows(server, given.declared) if "mass" in given.rows else []
    if "intake" in given.rows:
        rows.append(await measure_intake_row(server, given.rows_of_file))
    if "posting" in given.rows:
        rows.append(await measure_posting_row(server, given.posted, given.resident))
    if "posting-chain" in given.rows:
        rows.append(await measure_posting_chain_row(server, given.chained))
    return rows


async def measure_posting_chain_row(server: EmbeddedPostgres, count: int) -> Row:
    """Entries of a program posted, published and noticed; 613 a second are 53 million in a day."""
    engines = []
    for name, service in (("posted", LIQUIDATION), ("noticed", NOTIFICATIONS)):
        embedded.ensure_database(server, name)
        engines.append(create_engine(server.url(name), application="bench"))
        await upgrade(engines[-1], service.migrations)
    embedded.ensure_database(server, "chain_bus")
    urls = (server.url("noticed"), server.url("chain_bus"))
    found = await measure_posting_chain(engines[0], engines[1], urls, count)
    for engine in engines:
        await engine.dispose()
    rate = found.posted / found.seconds
    note = (
        f"{found.posted:,} posted, {found.on_bulletin:,} on the bulletin after {found.seconds:.0f} s; 53 million take"
        f" {53_000_000 / rate / 3600:.0f} hours"
    )
    return Row("posted, published, noticed, entries/s", rate, 613, rate / 613, "613 a second, ratio 1 or more", note)


async def measure_posting_row(server: EmbeddedPostgres, count: int, resident: int) -> Row:
    """Entries of a program posted, mixed as in a program, beside a bare UPDATE and INSERT of as many rows."""
    embedded.ensure_database(server, "posting")
    engine = create_engine(server.url("posting"), application="bench")
    await upgrade(engine, LIQUIDATION.migrations)
    found = await measure_posting(engine, count, resident=resident)
    await engine.dispose()
    rate, floor = found.posted / found.seconds, found.posted / found.floor_seconds
    beside = f", beside {resident:,} others" if resident else ""
    note = (
        f"{found.posted:,} of {count:,} posted{beside}, {found.set_based:,} by arrays; {found.wal_bytes:,.0f} bytes of"
        f" log an entry, {found.most_mib:.0f} MiB at most"
    )
    return Row("mass change, posting, entries/s", rate, floor, rate / floor, "0.25 of the floor or more", note)


async def measure_intake_row(server: EmbeddedPostgres, count: int) -> Row:
    """One file of as many rows as a program may take: its rate, and the memory that does not grow with it."""
    embedded.ensure_database(server, "intake")
    engine = create_engine(server.url("intake"), application="bench")
    await upgrade(engine, LIQUIDATION.migrations)
    found = await measure_intake(engine, count)
    await engine.dispose()
    rate, floor = count / found.seconds, count / found.floor_seconds
    note = f"{count:,} rows of one file; {found.early_mib:.0f} MiB at a tenth of it, {found.most_mib:.0f} at most"
    return Row("one file, rows/s", rate, floor, rate / floor, "2,000,000 rows in bounded memory", note)


async def measure_mass_rows(server: EmbeddedPostgres, entries: int) -> list[Row]:
    """A declaration of many entries kept and judged, and a trial, each beside a bare statement over as many rows."""
    embedded.ensure_database(server, "liquidation")
    engine = create_engine(server.url("liquidation"), application="bench")
    await upgrade(engine, LIQUIDATION.migrations)
    found = await measure_mass_change(engine, entries)
    await engine.dispose()
    kept = f"{entries:,} rows of one file; resident memory grew by {found.grown_mib:.0f} MiB"
    told = f"{found.accepted:,} judged by all that is known, records held"
    measured = (
        ("mass change, intake, rows/s", found.intake, found.intake_floor, kept),
        ("mass change, judgment, rows/s", found.judging, found.judging_floor, told),
        ("mass change, trial, entries/s", found.trial, found.trial_floor, f"the trial took {found.trial:.1f} s"),
    )
    return [
        Row(name, entries / seconds, entries / floor, floor / seconds, "none named", note)
        for name, seconds, floor, note in measured
    ]


async def measure_urgent_row(
    server: EmbeddedPostgres, waiting: int, per_second: int, seconds: float, *, within: float = 60
) -> Row:
    """Urgent mails while the bulk of a cycle goes out; the floor is the time within which each shall go."""
    embedded.ensure_database(server, "backlog")
    engine = create_engine(server.url("backlog"), application="bench")
    await upgrade(engine, NOTIFICATIONS.migrations)
    with open_sinks() as sinks:
        measured = await measure_urgent(engine, sinks, waiting, per_second, seconds)
    await engine.dispose()
    return Row(
        "urgent mail behind a cycle, mails/s",
        1 / measured.longest_seconds,
        1 / within,
        within / measured.longest_seconds,
        "each within a minute, ratio 1 or more",
        f"{waiting:,} notices wait and go at {measured.bulk / measured.seconds:.0f}/s of at most {per_second}/s;"
        f" the longest of {measured.urgent} urgent ones took {measured.longest_seconds:.1f} s",
    )


async def measure_broadcast_row(server: EmbeddedPostgres, recipients: int, per_second: int, seconds: float) -> Row:
    """A broadcast to so many; the floor inserts as many rows in one statement for each table."""
    embedded.ensure_database(server, "broadcast")
    engine = create_engine(server.url("broadcast"), application="bench")
    await upgrade(engine, NOTIFICATIONS.migrations)
    with open_sinks() as sinks:
        measured = await measure_broadcast(engine, sinks, recipients, per_second, seconds)
    await engine.dispose()
    return Row(
        f"broadcast to {recipients:,}, notices/s",
        recipients / measured.begin_seconds,
        recipients / measured.floor_seconds,
        measured.floor_seconds / measured.begin_seconds,
        "none named",
        f"counted in {measured.count_seconds:.1f} s, planned by one statement in {measured.plan_seconds:.1f} s; then"
        f" sent at {measured.sent / measured.sent_seconds:.0f} mails/s of at most {per_second}/s for"
        f" {measured.sent_seconds:.0f} s; {measured.peak_mb:.0f} MB at most",
    )


async def measure_notice_rows(server: EmbeddedPostgres, notices: int) -> list[Row]:
    """Mails from event to handed over, and calls, each beside the bare loop of a client with the same bytes."""
    rows = []
    with open_sinks() as sinks:
        for name, measure, floor in (
            ("notices by mail, notices/s", measure_mails, "aiosmtplib"),
            ("webhooks, calls/s", measure_calls, "httpx"),
        ):
            embedded.ensure_database(server, measure.__name__)
            engine = create_engine(server.url(measure.__name__), application="bench")
            await upgrade(engine, NOTIFICATIONS.migrations)
            measured: HandedOver = await measure(engine, sinks, notices)
            await engine.dispose()
            rows.append(
                Row(
                    name,
                    measured.many / measured.seconds,
                    measured.many / measured.floor_seconds,
                    measured.floor_seconds / measured.seconds,
                    "none named",
                    f"{measured.many:,} handed over, each written down; the floor is {floor} alone",
                )
            )
    return rows


async def run(given: argparse.Namespace) -> list[Row]:
    """The rows that are asked for, each measurement on a site of its own."""
    rows = []
    if "routing" in given.rows:
        with open_site() as site:
            rows.append(await measure_routing_row(site, given.entries, given.accounts, given.criteria))
    if "chain" in given.rows:
        with open_site() as site:
            rows.append(await measure_chain_row(site, given.chain_entries, given.accounts, given.criteria))
    if "cycle" in given.rows:
        with open_site() as site:
            rows.append(await measure_cycle_row(site, given.due_entries))
            rows.extend(await measure_question_rows(site, given.year_entries))
    if "recovery" in given.rows:
        with open_site() as site:
            rows.append(await measure_recovery_row(site))
    if "calculator" in given.rows:
        rows.append(await measure_calculator_row(given.calls))
    if "claims" in given.rows:
        with open_server() as (_, server):
            rows.append(await measure_claims_row(server, given.open_items, given.clients, given.seconds))
    if "life" in given.rows:
        with open_server() as (_, server):
            rows.append(await measure_life_row(server, given.lives, given.clients))
    if "bulk" in given.rows:
        with open_server() as (_, server):
            rows.append(await measure_bulk_row(server, given.bulk_items))
    if "lists" in given.rows:
        with open_server() as (_, server):
            rows.extend(await measure_list_rows(server, given.open_items))
    if "notices" in given.rows:
        with open_server() as (_, server):
            rows.extend(await measure_notice_rows(server, given.notices))
            rows.append(
                await measure_urgent_row(server, given.notices_waiting, given.mails_per_second, given.urgent_seconds)
            )
    if "broadcast" in given.rows:
        with open_server() as (_, server):
            rate, seconds = given.broadcast_per_second, given.broadcast_seconds
            rows.append(await measure_broadcast_row(server, given.recipients, rate, seconds))
    if not {"mass", "intake", "posting", "posting-chain"}.isdisjoint(given.rows):
        with open_server() as (_, server):
            rows.extend(await measure_programs(server, given))
    return rows


def show(rows: list[Row]) -> None:
    """Print the rows as a table."""
    table = Table(title="Measured beside the floor of the same run", title_justify="left")
    for head in ("measurement", "per second", "floor", "ratio", "aim", "note"):
        table.add_column(head)
    for row in rows:
        figures = (_figure(row.per_second), _figure(row.floor_per_second), f"{row.ratio:.2f}")
        table.add_row(row.measurement, *figures, row.aim, row.note)
    Console().print(table)


def _figure(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.2f}"


def main(arguments: list[str] | None = None) -> Path:
    """Measure, print, and write bench/results/<time>.json; gives that file."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=ROWS, help="what to measure; all where not said")
    parser.add_argument("--entries", type=int, default=100_000, help="entries for the routing row")
    parser.add_argument("--chain-entries", type=int, default=20_000, help="entries for the whole chain")
    parser.add_argument("--accounts", type=int, default=330_000, help="importer accounts known to routing")
    parser.add_argument("--criteria", type=int, default=500, help="live selection criteria")
    parser.add_argument("--due-entries", type=int, default=1_000_000, help="due entries for the weekly cycle")
    parser.add_argument("--year-entries", type=int, default=5_000_000, help="entries for forecast, radar and previews")
    parser.add_argument("--calls", type=int, default=5_000, help="calls of the deadline calculator")
    parser.add_argument("--open-items", type=int, default=1_000_000, help="open items for the claims")
    parser.add_argument("--lives", type=int, default=20_000, help="items from event to decision")
    parser.add_argument("--bulk-items", type=int, default=100_000, help="items of the bulk run")
    parser.add_argument("--posted", type=int, default=1_000_000, help="entries that a program makes due")
    parser.add_argument("--chained", type=int, default=100_000, help="entries posted, published and noticed")
    parser.add_argument("--resident", type=int, default=0, help="entries beside those that are posted")
    parser.add_argument("--declared", type=int, default=1_000_000, help="entries declared to a program")
    parser.add_argument("--rows-of-file", type=int, default=2_000_000, help="rows of one file declared to a program")
    parser.add_argument("--notices", type=int, default=20_000, help="notices by mail, and by webhook")
    parser.add_argument("--notices-waiting", type=int, default=1_000_000, help="notices of a cycle that wait")
    parser.add_argument("--mails-per-second", type=int, default=50, help="mails of the cycle in a second, at most")
    parser.add_argument("--urgent-seconds", type=float, default=60, help="seconds in which urgent mails come")
    parser.add_argument("--recipients", type=int, default=100_000, help="recipients of the broadcast")
    parser.add_argument("--broadcast-per-second", type=int, default=100, help="its notices in a second, at most")
    parser.add_argument("--broadcast-seconds", type=float, default=60, help="seconds for which it is sent")
    parser.add_argument("--clients", type=int, default=32, help="clients that claim at once")
    parser.add_argument("--seconds", type=float, default=10, help="seconds for which each of them claims")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON")
    given = parser.parse_args(arguments)
    rows = uvloop.run(run(given))
    show(rows)
    given.results.mkdir(parents=True, exist_ok=True)
    path: Path = given.results / f"{SystemClock().now():%Y%m%dT%H%M%SZ}.json"
    document = {"machine": platform.processor() or platform.machine(), "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


def own_process() -> None:
    """Set up the process of its own that a measurement is; nothing of it for whoever calls `main` in another."""
    os.environ.setdefault("CENTERLINE_LOG_LEVEL", "ERROR")  # for the service processes
    configure_logging("bench", level="ERROR")
    tune_garbage_collection()  # as services do, whose acts are measured in this process


if __name__ == "__main__":
    own_process()
    main()
