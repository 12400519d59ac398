"""Logs, metrics and traces."""

import dataclasses
import io
import json
import logging
from collections.abc import Iterator
from random import Random
from typing import Literal

import pytest
import structlog
from prometheus_client import Counter

from shared.runtime.logging import configure_logging, mask_event, mask_importer_numbers
from shared.runtime.metrics import DECLARED, Metrics
from shared.runtime.tracing import TraceContext, current_trace, new_trace, parse_traceparent, span

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("12-345678900", "**-*****8900"),
        ("12-3456789AB", "**-*****89AB"),
        ("123-45-6789", "***-**-6789"),
        ("260301-00042", "******-*0042"),
        ("of 123-45-6789, and 12-345678900.", "of ***-**-6789, and **-*****8900."),
        ("\\n12-345678900", "\\n**-*****8900"),
        ("123-45-67890", "123-45-67890"),
        ("B76-0324527-5", "B76-0324527-5"),
        ("2026-03-02T19:03:11Z", "2026-03-02T19:03:11Z"),
        ("6f0c1d52-5a0e-5f5e-9d0b-3c6a4b8f7e21", "6f0c1d52-5a0e-5f5e-9d0b-3c6a4b8f7e21"),
        ("plain", "plain"),
    ],
)
def test_importer_numbers_are_masked_and_nothing_else(text: str, masked: str) -> None:
    assert mask_importer_numbers(text) == masked


def test_masking_reaches_every_depth() -> None:
    @dataclasses.dataclass
    class Entry:
        importer: str

    event = mask_event(
        None,
        "info",
        {
            "event": "x",
            "list": ["123-45-6789", {"123-45-6789": ("123-45-6789", 7)}],
            "object": Entry("123-45-6789"),
            "count": 3,
            "bytes": b"123-45-6789",
        },
    )
    assert "123-45" not in repr(event)
    assert event["count"] == 3


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_log_shows_an_importer_number_not_even_in_a_traceback(log_format: Literal["json", "console"]) -> None:
    stream = io.StringIO()
    configure_logging("routing", log_format, "INFO", stream)
    log = structlog.get_logger("test")
    log.info("filed by %s", "12-345678900", importer="12-345678900")
    logging.getLogger("aiokafka").error("record %s", {"importer": "12-345678900"})
    try:
        int("12-345678900")
    except ValueError:
        log.exception("failed")
    log.debug("too fine")
    text = stream.getvalue()
    assert "12-345678900" not in text
    assert text.count("**-*****8900") >= 4
    assert "too fine" not in text


def test_json_lines_carry_service_trace_and_context() -> None:
    stream = io.StringIO()
    configure_logging("routing", "json", "INFO", stream)
    structlog.contextvars.bind_contextvars(request_id="r1")
    with span("work", TraceContext(TRACE, SPAN)) as here:
        logging.getLogger("uvicorn.error").info("Started")
    line = json.loads(stream.getvalue())
    expected = {
        "event": "Started",
        "service": "routing",
        "logger": "uvicorn.error",
        "level": "info",
        "trace_id": TRACE,
        "span_id": here.span_id,
        "request_id": "r1",
    }
    assert expected.items() <= line.items()
    assert line["timestamp"].endswith("Z")


def test_every_declared_metric_has_its_place_and_is_rendered() -> None:
    metrics = Metrics.create()
    places = {field.name for field in dataclasses.fields(metrics)} - {"registry"}
    assert {declared.name for declared in DECLARED} == places
    for declared in DECLARED:
        assert isinstance(getattr(metrics, declared.name), declared.kind)
        assert declared.name.endswith("_total") == (declared.kind is Counter)
    metrics.events_consumed_total.labels("entry-filed").inc(3)
    text = metrics.render().decode()
    assert 'centerline_events_consumed_total{topic="entry-filed"} 3.0' in text
    assert "Unit: events." in text


def test_two_services_in_a_process_count_apart() -> None:
    first, second = Metrics.create(), Metrics.create()
    first.outbox_depth.set(7)
    assert b"centerline_outbox_depth 0.0" in second.render()


def test_traceparent_goes_through_unchanged() -> None:
    header = f"00-{TRACE}-{SPAN}-01"
    trace = parse_traceparent(header)
    assert trace == TraceContext(TRACE, SPAN, 1)
    assert trace is not None
    assert trace.traceparent == header


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "x",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE.upper()}-{SPAN}-01",
    ],
)
def test_a_bad_traceparent_is_ignored(header: str | None) -> None:
    assert parse_traceparent(header) is None


def test_a_later_version_of_traceparent_is_read() -> None:
    assert parse_traceparent(f"01-{TRACE}-{SPAN}-00-more") == TraceContext(TRACE, SPAN, 0)


def test_spans_nest_and_end() -> None:
    assert current_trace.get() is None
    with span("outer") as outer:
        with span("inner") as inner:
            assert current_trace.get() == inner
            assert (inner.trace_id, inner.span_id != outer.span_id) == (outer.trace_id, True)
        assert current_trace.get() == outer
    assert current_trace.get() is None


def test_a_trace_is_repeatable_from_its_seed() -> None:
    assert new_trace(Random(7)) == new_trace(Random(7)) != new_trace(Random(8))
