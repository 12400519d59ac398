"""The page about what comes beyond one PostgreSQL, made from what was measured: `python -m cli.scale`.

`docs/scale/` has what it is made of: `distribution.csv` (what each table is distributed by), `crossings.csv` and
`uniques.csv` (what stands against that), `tables.csv` and `processor.csv` (measured by `python -m bench.storage
--write`), and `assumptions.csv`, in which every price and every figure that nobody measured says so.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "scale"
PAGE: Final = FOLDER.parent / "scale.md"
SERVICES: Final = ("routing", "workqueue", "liquidation", "notifications")
FOR_EVER, BY_ACCOUNTS = "for-ever", "by-accounts"
_GIGA: Final = Decimal(10**9)
_HOUR: Final = Decimal(3600)
_HOURS_A_MONTH: Final = Decimal(730)
_MOST_TABLES: Final = 15


class Size(NamedTuple):
    """A table after the measured pass: rows, and bytes with its indexes, for so many entries."""

    service: str
    table: str
    entries: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, and what is assumed. Seconds are of the processor, for one entry, by phase and service."""

    sizes: Sequence[Size]
    python: Mapping[tuple[str, str], Decimal]
    database: Mapping[tuple[str, str], Decimal]
    grows: Mapping[tuple[str, str], str]
    parted: frozenset[tuple[str, str]]
    given: Mapping[str, Decimal]

    def bytes_of_entry(self, service: str) -> Decimal:
        """What one entry leaves for ever in a service's database, indexes included."""
        return sum(
            (
                Decimal(size.bytes) / size.entries
                for size in self.sizes
                if size.service == service and self.grows[size.service, size.table] == FOR_EVER
            ),
            Decimal(),
        )

    def bytes_of_account(self, service: str) -> Decimal:
        """What one importer leaves in a service's database, indexes included."""
        accounts = next(size.rows for size in self.sizes if size.table == "accounts")
        return sum(
            (
                Decimal(size.bytes) / accounts
                for size in self.sizes
                if size.service == service and self.grows[size.service, size.table] == BY_ACCOUNTS
            ),
            Decimal(),
        )

    def inbox_of_entry(self, service: str) -> Decimal:
        """Bytes of the inbox for one entry, until they are pruned."""
        return sum(
            (Decimal(s.bytes) / s.entries for s in self.sizes if s.service == service and s.table == "inbox"), Decimal()
        )


@dataclass(frozen=True, slots=True)
class Volume:
    """Work to be planned for: entries a year that stay, entries a second at most, and through which phases they go."""

    name: str
    per_year: Decimal
    per_second: Decimal
    phases: tuple[str, ...]
    is_kept: bool


class Limit(NamedTuple):
    """Something of a service of which there is not more than so much: how much is needed, and what to do beyond."""

    what: str
    service: str
    needed: Decimal
    limit: Decimal
    lever: str

    @property
    def share(self) -> Decimal:
        """How much of the limit is needed; above one it breaks."""
        return self.needed / self.limit


def read(name: str) -> list[dict[str, str]]:
    """The rows of a list."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_measured() -> Measured:
    """All that the page is made from."""
    sizes = [
        Size(
            row["service"],
            row["table"],
            int(row["entries"]),
            int(row["rows"]),
            int(row["bytes"]) + int(row["index_bytes"]),
        )
        for row in read("tables.csv")
    ]
    times, listed = read("processor.csv"), read("distribution.csv")
    return Measured(
        sizes,
        {(row["phase"], row["service"]): Decimal(row["python_seconds"]) / int(row["entries"]) for row in times},
        {(row["phase"], row["service"]): Decimal(row["database_seconds"]) / int(row["entries"]) for row in times},
        {(row["service"], row["table"]): row["grows"] for row in listed},
        frozenset((row["service"], row["table"]) for row in listed if row["partitions"] != "whole"),
        {row["name"]: Decimal(row["value"]) for row in read("assumptions.csv")},
    )


def volumes_of(given: Mapping[str, Decimal]) -> list[Volume]:
    """What is planned for, and the year that is to pass in a day."""
    whole = ("filed", "liquidated")
    working = given["working_days"] * given["hours"] * _HOUR
    low_value_year = given["low_value"] * given["low_value_days"]
    return [
        Volume(
            "39 million summaries a year, at the peak of a day",
            given["summaries"],
            given["summaries"] / working * given["peak"],
            whole,
            True,
        ),
        Volume(
            "the same in one day (a replay, a return after a long stop)",
            given["summaries"],
            given["summaries"] / given["catch_up"],
            ("filed",),
            False,
        ),
        Volume(
            "4 million low-value shipments a day",
            low_value_year,
            given["low_value"] / (given["hours"] * _HOUR),
            whole,
            True,
        ),
        Volume(
            "53 million entries recomputed",
            given["recomputed"],
            given["recomputed"] / (given["recomputed_days"] * given["hours"] * _HOUR),
            ("liquidated",),
            True,
        ),
    ]


def cores(measured: Measured, volume: Volume, service: str, *, of_database: bool) -> Decimal:
    """Cores that work at the rate of a volume, with what is left free for other things."""
    spent = measured.database if of_database else measured.python
    seconds = sum((spent.get((phase, service), Decimal()) for phase in volume.phases), Decimal())
    return seconds * volume.per_second / measured.given["utilisation"]


def kept_bytes(measured: Measured, volume: Volume, service: str) -> Decimal:
    """Bytes of a service's database after the years for which records are kept, one copy."""
    given = measured.given
    if not volume.is_kept:
        return Decimal()
    is_yearly = volume.phases != ("liquidated",)
    share = Decimal(1) if is_yearly else _share_of_liquidation(measured, service)
    years = given["years"] if is_yearly else Decimal(1)
    inbox = measured.inbox_of_entry(service) * volume.per_year * given["inbox_days"] / 365
    accounts = measured.bytes_of_account(service) * given["accounts"] if is_yearly else Decimal()
    return measured.bytes_of_entry(service) * share * volume.per_year * years + inbox + accounts


def _share_of_liquidation(measured: Measured, service: str) -> Decimal:
    """Of what an entry leaves, the part that acts on it leave: history, money, notices, postings, their seals."""
    acts = {"legal_events", "money_acts", "notices", "deliveries", "delivery_events", "bulletin_postings", "seals"}
    whole = measured.bytes_of_entry(service)
    of_acts = sum(
        (Decimal(s.bytes) / s.entries for s in measured.sizes if s.service == service and s.table in acts), Decimal()
    )
    return of_acts / whole if whole else Decimal()


def largest_bytes(measured: Measured, volume: Volume, service: str) -> Decimal:
    """Bytes of a service's largest whole table after the years that are kept; of acts on entries nothing new."""
    if not volume.is_kept or volume.phases == ("liquidated",):
        return Decimal()
    return max(
        Decimal(size.bytes) / size.entries * volume.per_year * measured.given["years"]
        for size in measured.sizes
        if size.service == service
        and measured.grows[size.service, size.table] == FOR_EVER
        and (size.service, size.table) not in measured.parted
    )


def processes(measured: Measured, volume: Volume, service: str) -> int:
    """Consuming processes, each of which has one core: two at least, so that one may fall."""
    return max(2, ceil(cores(measured, volume, service, of_database=False)))


def connections(measured: Measured, volume: Volume, service: str) -> int:
    """Connections to the database of a service with so many consuming processes, and relay and scheduler twice."""
    given = measured.given
    watch = given["watch_connections"]
    return int(
        given["api_processes"] * (given["api_connections"] + watch)
        + processes(measured, volume, service) * (given["consumer_connections"] + watch)
        + 2 * (given["relay_connections"] + watch)
        + 2 * (given["scheduler_connections"] + watch)
    )


def limits(measured: Measured, volume: Volume) -> list[Limit]:
    """What is needed of each thing of which there is not more, the scarcest first."""
    given = measured.given
    found = []
    for service in SERVICES:
        found += [
            Limit(
                "consuming processes",
                service,
                cores(measured, volume, service, of_database=False),
                given["partitions"],
                "more partitions of the topics that it reads (drain before), or fewer seconds an entry",
            ),
            Limit(
                "cores of the database",
                service,
                cores(measured, volume, service, of_database=True),
                given["server_cores"],
                "more nodes: the tables by their distribution keys (Citus), after the crossings are mended",
            ),
            Limit(
                "disk of the database",
                service,
                kept_bytes(measured, volume, service),
                given["server_bytes"],
                "more nodes by the distribution keys; to keep what is long final as files instead is not built",
            ),
            Limit(
                "largest whole table",
                service,
                largest_bytes(measured, volume, service),
                given["piece_bytes"],
                "pieces by its key, each of which is vacuumed and indexed alone: `centerline partitions adopt`",
            ),
            Limit(
                "connections to the database",
                service,
                Decimal(connections(measured, volume, service)),
                given["server_connections"],
                "fewer connections of each process (`CENTERLINE_API_CONNECTIONS`); a pooler for the APIs only",
            ),
        ]
    return sorted(found, key=lambda each: each.share, reverse=True)


def cost(measured: Measured, volume: Volume) -> tuple[Decimal, Decimal]:
    """USD a month for cores that run all the time, and for disks, at the assumed prices; databases with copies."""
    given = measured.given
    running = sum(
        (
            processes(measured, volume, service)
            + ceil(cores(measured, volume, service, of_database=True)) * given["copies"]
            for service in SERVICES
        ),
        Decimal(),
    )
    kept = sum((kept_bytes(measured, volume, service) for service in SERVICES), Decimal())
    return (
        running * given["core_hour"] * _HOURS_A_MONTH,
        kept / _GIGA * given["gigabyte_month"] * given["copies"],
    )


def page() -> str:
    """The page as it is to stand."""
    measured = read_measured()
    volumes = volumes_of(measured.given)
    parts = [
        _HEAD,
        _storage(measured),
        _time(measured),
        _needs(measured, volumes),
        _breaking(measured, volumes),
        _partitions(measured),
        _distribution(),
        _assumptions(),
    ]
    return "\n".join(parts)


_HEAD: Final = """# Beyond one PostgreSQL

What volumes ask of the product, what breaks first, and the lever. Made by `python -m cli.scale` from the lists in
`docs/scale/`; what was measured comes from `python -m bench.storage --write`, which sends the entries of the sample
through the handlers of all four services and counts rows, bytes and the processor's time. Everything that nobody
measured stands under *Assumptions*, with every price: set your own there and make the page again. Why it is so:
[decision 075](decisions/075-beyond-one-postgresql.md).
"""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows), ""])


def _storage(measured: Measured) -> str:
    entries = measured.sizes[0].entries
    rows = [
        (
            service,
            f"{measured.bytes_of_entry(service) / 1000:.1f} kB",
            f"{measured.inbox_of_entry(service):.0f} bytes",
            f"{measured.bytes_of_account(service) / 1000:.1f} kB",
        )
        for service in SERVICES
    ]
    growing = [s for s in measured.sizes if measured.grows[s.service, s.table] == FOR_EVER]
    growing.sort(key=lambda size: size.bytes, reverse=True)
    largest = [
        (
            f"{size.service} `{size.table}`",
            f"{Decimal(size.rows) / size.entries:.2f}",
            f"{Decimal(size.bytes) / size.rows:.0f}",
            f"{Decimal(size.bytes) / size.entries * measured.given['summaries'] / _GIGA:,.1f}",
        )
        for size in growing[:_MOST_TABLES]
    ]
    return "\n".join(
        [
            "## What an entry leaves",
            "",
            f"Measured over {entries:,} entries from filing to liquidation, indexes included.",
            "",
            _table(("service", "for ever, an entry", "inbox, an entry (pruned)", "an account"), rows),
            f"The {_MOST_TABLES} tables that grow most:",
            "",
            _table(("table", "rows an entry", "bytes a row", "GB for 39 million entries"), largest),
        ]
    )


def _time(measured: Measured) -> str:
    rows = [
        (
            service,
            *(
                f"{1_000_000 * spent.get((phase, service), Decimal()):,.0f}"
                for phase in ("filed", "liquidated")
                for spent in (measured.python, measured.database)
            ),
        )
        for service in SERVICES
    ]
    head = (
        "service",
        "filed and released: Python",
        "its database",
        "until liquidated and told: Python",
        "its database",
    )
    filed = sum(
        spent[phase, service]
        for spent in (measured.python, measured.database)
        for phase, service in spent
        if phase == "filed"
    )
    chain = measured.given["chain"]
    return "\n".join(
        [
            "## What an entry takes",
            "",
            "Microseconds of a core; that of the database is what its processes for the service spent. Not in these",
            "figures: the broker, what it takes to poll and to publish, the log on disk, vacuum.",
            "",
            _table(head, rows),
            f"Filed and released these are {1_000_000 * filed:,.0f} µs. As a check: by the clock the whole chain",
            f"with a real broker (`bench/README.md`, {chain:,} entries/s on two cores) takes",
            f"{2_000_000 / chain:,.0f} µs of them.",
            "",
        ]
    )


def _needs(measured: Measured, volumes: Sequence[Volume]) -> str:
    rows = []
    for volume in volumes:
        of_services = [processes(measured, volume, each) for each in SERVICES]
        of_databases = [ceil(cores(measured, volume, each, of_database=True)) for each in SERVICES]
        kept = sum((kept_bytes(measured, volume, each) for each in SERVICES), Decimal())
        running, disks = cost(measured, volume)
        rows.append(
            (
                volume.name,
                f"{volume.per_second:,.0f}",
                " + ".join(map(str, of_services)),
                " + ".join(map(str, of_databases)),
                " + ".join(str(connections(measured, volume, each)) for each in SERVICES),
                f"{kept / 10**12:,.1f}" if volume.is_kept else "the same",
                f"{running:,.0f} + {disks:,.0f}" if volume.is_kept else f"{running:,.0f} while it lasts",
            )
        )
    head = (
        "volume",
        "entries/s",
        "consuming processes",
        "cores of the databases",
        "connections",
        "TB kept, one copy",
        "USD a month: cores + disks",
    )
    words = (
        "Of routing + work queue + liquidation + notifications. A consuming process is one core; two at least, so\n"
        "that one may fall."
    )
    return "\n".join(["## What the volumes need", "", words, "", _table(head, rows)])


def _breaking(measured: Measured, volumes: Sequence[Volume]) -> str:
    parts = ["## What breaks first, and the lever", ""]
    for volume in volumes:
        known = limits(measured, volume)
        over = [each for each in known if each.share > 1]
        verdict = (
            f"{len(over)} of {len(known)} limits are passed, first that of the {over[0].what} of {over[0].service}."
            if over
            else f"No limit is passed; nearest is that of the {known[0].what} of {known[0].service}."
        )
        scarcest = {each.what: each for each in reversed(known)}.values()
        rows = [
            (each.what, each.service, f"{each.share:.0%}", each.lever)
            for each in sorted(scarcest, key=lambda each: each.share, reverse=True)
        ]
        parts += [
            f"**{volume.name[0].upper()}{volume.name[1:]}.** {verdict}",
            "",
            _table(("limit", "scarcest in", "needed of it", "lever"), rows),
        ]
    return "\n".join(parts)


def _partitions(measured: Measured) -> str:
    listed = read("distribution.csv")
    parted = [
        (f"{row['service']} `{row['table']}`", row["partitions"], row["note"])
        for row in listed
        if row["partitions"] != "whole"
    ]
    given = measured.given
    summaries, _, low_value, _ = volumes_of(given)
    growing = [size for size in measured.sizes if measured.grows[size.service, size.table] == FOR_EVER]

    def count(size: Size, volume: Volume) -> int:
        kept = Decimal(size.bytes) / size.entries * volume.per_year * given["years"]
        return ceil(kept / given["piece_bytes"])

    growing.sort(key=lambda size: size.bytes, reverse=True)
    pieces = [
        (f"{size.service} `{size.table}`", str(count(size, summaries)), str(count(size, low_value)))
        for size in growing
        if count(size, summaries) > 1 and (size.service, size.table) not in measured.parted
    ]
    return "\n".join(
        [
            "## Partitions",
            "",
            "In partitions today. Those of quarters are made ahead by the job `make-partitions` (docs/operations.md,",
            "Partitions).",
            "",
            _table(("table", "by", "what"), parted),
            "Where one by hash held rows before (the seals aside), it is whole until `centerline partitions adopt`",
            "takes it into pieces, while everything goes on ([084](decisions/084-tables-in-pieces.md)).",
            "",
            "All other tables are whole (`why_whole` in the list). Nearly all have no date in their primary key, and",
            "one that got a date would no longer tell a repeat: the inbox least of all, since an event is recognised",
            "whenever it comes again. Their pieces are by their distribution key, on one server as hash partitions",
            "(the same command, for those whose reason is *lists*) or on many as shards. So many pieces would the",
            "largest have after the years that are kept:",
            "",
            _table(("table", "39 million a year", "4 million a day"), pieces),
        ]
    )


def _distribution() -> str:
    counted: defaultdict[str, list[str]] = defaultdict(list)
    listed = read("distribution.csv")
    for row in listed:
        if row["service"] in SERVICES:
            counted[row["key"]].append(row["table"])
    rows = [
        (f"`{key}`" if key not in {"reference", "local"} else f"*{key}*", str(len(tables)))
        for key, tables in sorted(counted.items(), key=lambda each: (-len(each[1]), each[0]))
    ]
    crossings = [
        (row["service"], row["kind"], f"`{row['tables']}`", row["why"], row["lever"]) for row in read("crossings.csv")
    ]
    return "\n".join(
        [
            "## Distribution keys",
            "",
            "`docs/scale/distribution.csv` says of every table what its rows would be spread by; *reference* tables",
            "stand whole on every node, *local* ones on the first. `tests/integration/test_distribution.py` holds",
            "the list against the schema, and every statement that the consumers and the claim run against the list:",
            "it joins on these keys only, but for what follows.",
            "",
            "No Citus server has run this. What was tried: Debian has no package of it, and neither the extension",
            "network nor its own repository could be reached where this was worked on. PostgreSQL 18 of the wheel has",
            "the headers that it would be built against. So the test goes by what Citus says that it refuses: joins by",
            "other columns than the keys; `FOR UPDATE` without the key; a `WITH` that writes rows of several nodes.",
            "Not read by the test: what `DO UPDATE` sets has to be immutable, so an instant (`now()`, in",
            "`legal_events`) would become an argument. With a server at hand the first thing is to run what the test",
            "records.",
            "",
            _table(("key", "tables"), rows),
            f"Unique constraints without the key are {len(read('uniques.csv'))}, each with its lever in",
            "`docs/scale/uniques.csv`. What crosses the keys today:",
            "",
            _table(("service", "kind", "tables", "why", "lever"), crossings),
            "Beside these, Citus takes no triggers on distributed tables unless it is told to: those that note",
            "unsealed lines would become a statement of the service.",
            "",
        ]
    )


def _assumptions() -> str:
    rows = [(row["name"], f"{Decimal(row['value']):,f}", row["unit"], row["basis"]) for row in read("assumptions.csv")]
    return "\n".join(["## Assumptions", "", _table(("name", "value", "unit", "basis"), rows)])


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
