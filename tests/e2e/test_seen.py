"""What an operator sees of the running product: traces that a collector gets, and metrics that Prometheus scrapes."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson
import pytest
import yaml

from cli.client import Client
from cli.operations import watching_quiet
from shared.bus.protocol import Message
from tests.support.collector import Collector, KeptSpan, collecting
from tests.support.events import cloud_event, entry_body, entry_number, line
from tests.support.product import ROOT, running_product
from tests.support.services import SERVICES

pytestmark = [pytest.mark.verify, pytest.mark.timeout(420)]

KEPT, OTHER, LEFT = (
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "5bf92f3577b34da6a3ce929d0e0e4736",
    "6bf92f3577b34da6a3ce929d0e0e4736",
)
UPSTREAM = "00f067aa0ba902b7"
OBSERVABILITY = ROOT / "deploy" / "observability"
SERVER, CLIENT, PRODUCER, CONSUMER = 2, 3, 4, 5  # SpanKind of the protocol
_NOT_LABELLED = ("_bucket", "_count", "_sum")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the collector got, and the text of each service's metrics."""

    collector: Collector
    scraped: dict[str, str]


def _filed(trace_id: str, flags: str) -> Message:
    """An entry under an antidumping order, which is suspended at once: its parties get a notice."""
    case = {"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "10.00"}
    body = entry_body(entry_number(), entry_type="03", lines=[line(cases=[case])])
    event = cloud_event("entry-filed", body)
    return Message(
        "entry-filed",
        event["subject"].encode(),
        orjson.dumps(event),
        {
            "content-type": b"application/cloudevents+json",
            "traceparent": f"00-{trace_id}-{UPSTREAM}-{flags}".encode(),
        },
    )


@pytest.fixture(scope="module")
async def seen(module_folder: Path) -> AsyncIterator[Seen]:
    with collecting() as collector:
        variables = {
            "CENTERLINE_TRACES_URL": collector.url,
            "CENTERLINE_TRACES_SHARE": "0",
            "OTEL_BSP_SCHEDULE_DELAY": "300",
        }
        async with running_product(bus="postgres", folder=module_folder / "seen", variables=variables) as product:
            bus = product.environment.open_bus()
            await bus.publish([_filed(KEPT, "01"), _filed(OTHER, "01"), _filed(LEFT, "00")])
            await bus.close()
            async with watching_quiet(product.environment) as quiet:
                await quiet.wait(seconds=120)
            client = Client(product.environment)
            await client.get("workqueue", "/items?limit=1")
            await client.close()
            scraped = {}
            async with httpx.AsyncClient(trust_env=False, timeout=20) as asking:
                for name in (*(service.name for service in SERVICES), "console"):
                    address = product.environment.address_of(name)
                    headers = {"traceparent": f"00-{KEPT}-{UPSTREAM}-01"}
                    await asking.get(f"{address}/centers" if name == "routing" else f"{address}/", headers=headers)
                    answer = await asking.get(f"{address}/metrics", headers=headers)
                    scraped[name] = answer.text
            assert product.stop() == 0, product.end_of_log()  # the last spans are sent at the end
        yield Seen(collector, scraped)


def _above(spans: list[KeptSpan], span: KeptSpan) -> list[str]:
    """The names of the spans that a span is below, the nearest first."""
    by_id = {each.span_id: each for each in spans}
    names = []
    while (above := by_id.get(span.parent_id)) is not None:
        names.append(f"{above.service.removeprefix('centerline-')}: {above.name}")
        span = above
    return names


async def test_one_trace_goes_from_the_filed_entry_to_its_notice(seen: Seen) -> None:
    spans = seen.collector.of_trace(KEPT)
    assert {each.service for each in spans} == {
        "centerline-routing",
        "centerline-workqueue",
        "centerline-liquidation",
        "centerline-notifications",
        "centerline-console",
    }
    told = [each for each in spans if each.service == "centerline-notifications" and each.name == "publish"]
    assert told, "the notice is published in the trace"
    ways = [_above(spans, each) for each in told]
    entry_to_notice = [
        way for way in ways if way and way[0].startswith("notifications: ") and "liquidation: publish" in way
    ]
    assert entry_to_notice, ways
    assert {each.parent_id for each in spans} & {UPSTREAM} == {UPSTREAM}
    assert {each.kind for each in told} == {PRODUCER}


async def test_another_entry_of_the_same_batch_has_a_trace_of_its_own(seen: Seen) -> None:
    spans = seen.collector.of_trace(OTHER)
    assert {"centerline-routing", "centerline-liquidation", "centerline-notifications"} <= {
        each.service for each in spans
    }
    assert any(each.kind == CONSUMER for each in spans)
    ids = {each.span_id for each in seen.collector.of_trace(KEPT)}
    assert not any(each.parent_id in ids for each in spans)


async def test_what_nobody_wants_kept_is_not_sent(seen: Seen) -> None:
    assert seen.collector.of_trace(LEFT) == []
    begun_here = {each.trace_id for each in seen.collector.spans} - {KEPT, OTHER}
    assert begun_here == set(), "CENTERLINE_TRACES_SHARE is 0"


async def test_a_batch_shows_its_decision_and_its_statements(seen: Seen) -> None:
    spans = seen.collector.spans
    decided = {each.name for each in spans if each.name.endswith(" decide")}
    assert decided & {"workqueue decide", "notifications decide"}
    asked = [each for each in spans if each.name.startswith("SQL ")]
    assert {each.name for each in asked} >= {"SQL INSERT", "SQL COPY"}
    assert {each.kind for each in asked} == {CLIENT}
    assert {each.attributes["db.system.name"] for each in asked} == {"postgresql"}
    below = {name for each in asked for name in _above(spans, each)}
    assert any(name.endswith(" decide") for name in below)
    shown = " ".join(str(each.attributes) for each in asked)
    assert "345678900" not in shown, "arguments are not shown"


async def test_a_call_is_named_by_its_route_and_probes_are_not_seen(seen: Seen) -> None:
    calls = [each for each in seen.collector.of_trace(KEPT) if each.kind == SERVER]
    assert "GET /centers" in {each.name for each in calls}
    named = next(each for each in calls if each.name == "GET /centers")
    assert named.attributes["http.response.status_code"] == 200
    assert not {each.name for each in seen.collector.spans} & {"GET /metrics", "GET /healthz", "GET /readyz"}


async def test_each_process_tells_its_memory_its_files_and_its_build(seen: Seen) -> None:
    for name, text in seen.scraped.items():
        for metric in ("process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds"):
            assert re.search(rf"^{metric} [1-9]", text, re.MULTILINE), (name, metric)
        assert "python_gc_collections_total" in text
        assert re.search(
            rf'^centerline_build_info\{{code_version="[^"]+",component="{name}"\}} 1\.0$', text, re.MULTILINE
        )


def _named_metrics(expression: str) -> set[str]:
    return set(re.findall(r"\b(?:centerline|process|python)_[a-z0-9_]+", expression))


def _expressions() -> list[tuple[str, str]]:
    found = []
    rules = yaml.safe_load((OBSERVABILITY / "alerts.yaml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        found += [(rule.get("alert") or rule["record"], rule["expr"]) for rule in group["rules"]]
    for path in sorted((OBSERVABILITY / "dashboards").glob("*.json")):
        dashboard = json.loads(path.read_text(encoding="utf-8"))
        for panel in dashboard["panels"]:
            found += [(f"{path.stem}: {panel['title']}", each["expr"]) for each in panel.get("targets", [])]
    return found


async def test_every_metric_of_dashboards_and_alerts_is_in_a_scrape(seen: Seen) -> None:
    there = set(re.findall(r"^# TYPE (\S+) ", "\n".join(seen.scraped.values()), re.MULTILINE))
    for text in seen.scraped.values():
        there |= set(re.findall(r"^([a-z_]+)(?:\{| )", text, re.MULTILINE))
    for kind in re.findall(r"^# TYPE (\S+) histogram", "\n".join(seen.scraped.values()), re.MULTILINE):
        there |= {f"{kind}{ending}" for ending in _NOT_LABELLED}
    expressions = _expressions()
    assert len(expressions) > 40
    for where, expression in expressions:
        named = _named_metrics(expression)
        assert named, where
        assert named <= there, (where, named - there)
