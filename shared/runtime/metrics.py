"""Every metric that Centerline exports, declared once with its unit and meaning."""

from dataclasses import dataclass
from typing import Any, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
PREFIX: Final = "centerline_"

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_RECORDS: Final = (1, 10, 50, 100, 250, 500, 1000, 1500, 2000, 5000)


@dataclass(frozen=True, slots=True)
class Declared:
    """One metric: the kind decides how it moves, the unit what one step of it is."""

    kind: type[Counter] | type[Gauge] | type[Histogram]
    name: str
    unit: str
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    def build(self, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
        """Register the metric, under its full name."""
        text = f"{self.meaning} Unit: {self.unit}."
        options: dict[str, Any] = {"buckets": self.buckets} if self.buckets else {}
        return self.kind(PREFIX + self.name, text, self.labels, registry=registry, **options)


DECLARED: Final[tuple[Declared, ...]] = (
    Declared(Counter, "events_consumed_total", "events", "Events applied or put aside, committed.", ("topic",)),
    Declared(
        Counter,
        "events_dead_lettered_total",
        "events",
        "Events put into a dead-letter topic.",
        ("topic", "reason"),
    ),
    Declared(
        Counter,
        "refusals_unaddressed_total",
        "events",
        "Refused events that name no filer who could be told: for operators.",
        ("topic", "reason"),
    ),
    Declared(
        Counter,
        "unknown_words_total",
        "words",
        "Words in applied events that this release does not know and leaves out of account.",
        ("topic", "field", "group"),
    ),
    Declared(Histogram, "batch_duration_seconds", "seconds", "Time from a batch in hand to its commit.", (), _SECONDS),
    Declared(Histogram, "batch_records", "events", "Events in one batch.", (), _RECORDS),
    Declared(
        Gauge,
        "consumer_lag",
        "events",
        "Events on the bus that are not yet committed.",
        ("topic", "partition"),
    ),
    Declared(Gauge, "outbox_depth", "events", "Events committed and not yet published."),
    Declared(Gauge, "outbox_set_aside", "events", "Events that the bus refuses for good and nobody has settled."),
    Declared(Counter, "outbox_published_total", "events", "Events published by the relay.", ("topic",)),
    Declared(
        Gauge,
        "partition_days_left",
        "days",
        "For how long from today on a table has partitions; rows of later days stand together.",
        ("table",),
    ),
    Declared(Gauge, "clocks_unknown", "entries", "Entries with a legal clock that cannot be computed."),
    Declared(Gauge, "record_differences", "differences", "Differences between stored records and their facts."),
    Declared(Gauge, "deemed_cases_open", "entries", "Entries deemed liquidated by oversight that nobody looked at."),
    Declared(
        Gauge,
        "held_near_deadline",
        "entries",
        "Entries held back from cycles whose period ends within so many days.",
        ("horizon",),
    ),
    Declared(
        Gauge,
        "program_days_near",
        "entries",
        "Entries whose refund by a program waits while the last day of the law for it comes near, or is over.",
        ("program",),
    ),
    Declared(Gauge, "protests_overdue", "protests", "Protests open two years after filing: nothing follows by law."),
    Declared(
        Gauge, "bulletin_gaps", "acts", "Acts of the legal record that the bulletin or the courtesy notices lack."
    ),
    Declared(Gauge, "notices_without_address", "deliveries", "Mails that nobody could be sent: no address is known."),
    Declared(Gauge, "letters_waiting", "letters", "Letters that are to be printed and mailed."),
    Declared(
        Gauge,
        "items_pending_past_goal",
        "items",
        "Work that waits for a Center for longer than the goal of the operator; nothing follows by law.",
    ),
    Declared(Gauge, "consumer_paused", "1 or 0", "1 while the consumer stands still for this reason.", ("reason",)),
    Declared(Counter, "http_requests_total", "requests", "HTTP requests answered.", ("method", "route", "status")),
    Declared(
        Histogram,
        "http_request_duration_seconds",
        "seconds",
        "Time to answer an HTTP request.",
        ("method", "route"),
        _SECONDS,
    ),
    Declared(
        Counter,
        "provider_key_fetches_total",
        "fetches",
        "Times that the identity provider was asked for its keys.",
        ("outcome",),
    ),
    Declared(
        Gauge,
        "invariant_failures",
        "violations",
        "Violations found by the last check of the invariant.",
        ("name",),
    ),
    Declared(Counter, "job_runs_total", "runs", "Runs of scheduled jobs by how they ended.", ("job_name", "result")),
    Declared(
        Gauge,
        "job_last_success_timestamp_seconds",
        "seconds since 1970",
        "When the job last ran to its end; no value: never.",
        ("job_name",),
    ),
    Declared(Gauge, "job_last_run_seconds", "seconds", "How long the last run of the job took.", ("job_name",)),
    Declared(Gauge, "job_rows_set_aside", "rows", "Rows that the job leaves out because they failed.", ("job_name",)),
    Declared(Gauge, "build_info", "always 1", "What runs: the service and its code.", ("component", "code_version")),
    Declared(Counter, "conflicts_total", "events", "Events that contradict what is known of an entry.", ("kind",)),
)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of one service in one process, in a registry of their own."""

    registry: CollectorRegistry
    events_consumed_total: Counter
    events_dead_lettered_total: Counter
    refusals_unaddressed_total: Counter
    unknown_words_total: Counter
    batch_duration_seconds: Histogram
    batch_records: Histogram
    consumer_lag: Gauge
    outbox_depth: Gauge
    outbox_set_aside: Gauge
    outbox_published_total: Counter
    partition_days_left: Gauge
    clocks_unknown: Gauge
    record_differences: Gauge
    deemed_cases_open: Gauge
    held_near_deadline: Gauge
    program_days_near: Gauge
    protests_overdue: Gauge
    bulletin_gaps: Gauge
    notices_without_address: Gauge
    letters_waiting: Gauge
    items_pending_past_goal: Gauge
    consumer_paused: Gauge
    http_requests_total: Counter
    http_request_duration_seconds: Histogram
    provider_key_fetches_total: Counter
    invariant_failures: Gauge
    job_runs_total: Counter
    job_last_success_timestamp_seconds: Gauge
    job_last_run_seconds: Gauge
    job_rows_set_aside: Gauge
    conflicts_total: Counter
    build_info: Gauge

    @classmethod
    def create(cls, registry: CollectorRegistry | None = None) -> "Metrics":
        """Build every declared metric in the given registry, or in a fresh one.

        Beside them are those that Prometheus knows of any process: `process_*` (memory, processor, files; Linux),
        `python_gc_*` and `python_info`.
        """
        registry = registry or CollectorRegistry(auto_describe=True)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        built: dict[str, Any] = {declared.name: declared.build(registry) for declared in DECLARED}
        return cls(registry=registry, **built)

    def render(self) -> bytes:
        """Return the text that Prometheus scrapes (content type `CONTENT_TYPE`)."""
        return generate_latest(self.registry)
