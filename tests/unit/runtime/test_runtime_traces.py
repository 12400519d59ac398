"""Traces over the bus: each event that follows goes on in the trace of its own cause, and spans name no people."""

import sys
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from sqlalchemy.exc import IntegrityError

from services.routing.app import SERVICE as ROUTING
from shared.bus.protocol import Message, Record
from shared.bus.traced import publishing, tracing_batch
from shared.db.traced import traced_call
from shared.runtime import tracing
from shared.runtime.settings import ServiceSettings, SettingsError, load_settings
from shared.runtime.trace_export import start_exporting
from shared.runtime.tracing import current_trace, is_kept, span, trace_of_cause, without_trace

ONE, TWO = "4bf92f3577b34da6a3ce929d0e0e4736", "5bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
SSN = "123-45-6789"


@dataclass(frozen=True, slots=True)
class Data:
    entry_number: str | None = None
    filing_number: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    data: Data


@dataclass(frozen=True, slots=True)
class Item:
    record: Record
    content: Any


def item(key: str, trace: str | None, **data: str) -> Item:
    headers = {} if trace is None else {"traceparent": trace.encode()}
    return Item(Record("entry-filed", 0, 0, key.encode(), b"", headers), Content(Data(**data)))


def traceparent(trace_id: str) -> str:
    return f"00-{trace_id}-{SPAN}-01"


def trace_id(*names: str | None) -> str | None:
    found = trace_of_cause(*names)
    return found.trace_id if found is not None else None


def test_what_follows_from_an_event_goes_on_in_its_trace() -> None:
    items = [
        item("B76-1", traceparent(ONE), entry_number="B76-1"),
        item("07-345678900", traceparent(TWO), filing_number="F-1"),
        item("B76-3", None),
    ]
    with tracing_batch("routing", items):
        assert trace_id("notice-1", "B76-1") == ONE, "by the entry, where the key is another"
        assert trace_id("item-1", None, "F-1") == TWO
        assert trace_id("07-345678900") == TWO
        of_batch = current_trace.get()
        assert of_batch is not None
        assert trace_id("B76-3") == of_batch.trace_id, "what nobody began is of the batch"
        assert of_batch.trace_id not in {ONE, TWO}
    assert trace_of_cause("B76-1") is None


def test_a_batch_of_one_trace_is_part_of_it() -> None:
    with tracing_batch("routing", [item("B76-1", traceparent(ONE)), item("B76-2", traceparent(ONE))]):
        here = current_trace.get()
        assert here is not None
        assert here.trace_id == ONE
        assert trace_id("another") == ONE


def test_a_traceparent_that_is_none_is_left_aside() -> None:
    with tracing_batch("routing", [item("B76-1", "nonsense"), item("B76-2", "")]):
        assert current_trace.get() is not None


def test_messages_go_out_as_they_are_where_nothing_is_exported() -> None:
    messages = [
        Message("entry-routed", b"B76-1", b"{}", {"traceparent": traceparent(ONE).encode()}),
        Message("entry-routed", b"B76-2", b"{}", {}),
    ]
    with publishing(messages) as sent:
        assert list(sent) == messages


def test_a_call_begins_on_its_own_whatever_was_current_before() -> None:
    with span("the call before"):
        with without_trace():
            assert current_trace.get() is None
            assert not is_kept()
        assert current_trace.get() is not None


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """Spans as a collector would get them."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_TRACER", provider.get_tracer("tests"))
    return exporter


def test_batch_that_fails_says_with_what_type_of_error_and_none_of_its_text(kept: InMemorySpanExporter) -> None:
    driver = asyncpg.UniqueViolationError(f"duplicate key: Key (importer_number)=({SSN}) already exists.")
    error = IntegrityError("INSERT INTO accounts VALUES ($1)", (SSN,), driver)
    assert SSN in str(error)
    with (
        pytest.raises(IntegrityError),
        tracing_batch("routing", [item("B76-1", traceparent(ONE))]),
        traced_call("INSERT INTO accounts VALUES ($1)"),
    ):
        raise error
    found = kept.get_finished_spans()
    assert [each.name for each in found] == ["SQL INSERT", "routing batch"]
    for each in found:
        assert (each.status.status_code, each.status.description) == (StatusCode.ERROR, "IntegrityError")
        assert dict(each.attributes or {})["error.type"] == "IntegrityError"
        assert list(each.events) == []
        assert "6789" not in each.to_json()


def test_batch_with_an_event_of_no_trace_is_part_of_nobody_s(kept: InMemorySpanExporter) -> None:
    items = [item("B76-1", traceparent(ONE), entry_number="B76-1"), item("B76-2", None), item("B76-3", "nonsense")]
    with tracing_batch("routing", items):
        here = current_trace.get()
        assert here is not None
        assert here.trace_id != ONE
        assert trace_id("B76-1") == ONE
        assert trace_id("B76-2") == trace_id("B76-3") == here.trace_id
    event, batch = kept.get_finished_spans()
    assert (event.name, batch.name, batch.parent) == ("routing event", "routing batch", None)
    assert [f"{link.context.trace_id:032x}" for link in batch.links] == [ONE]
    assert [f"{link.context.trace_id:032x}" for link in event.links] == [here.trace_id]


def settings(**changes: Any) -> ServiceSettings:
    given: dict[str, Any] = {
        "database_url": "postgresql://localhost/x",
        "bus_database_url": "postgresql://localhost/bus",
        "token_issuer": "https://login.example.gov",
        "env": "production",
        "files_url": "file:///srv/files",
    }
    return load_settings(ROUTING.settings, **given | changes)


def test_without_the_extra_the_setting_is_refused_and_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with pytest.raises(SettingsError, match="CENTERLINE_TRACES_URL: needs the extra otel"):
        start_exporting(settings(traces_url="https://collector.example/v1/traces"))
    start_exporting(settings())()  # nothing is sent, and nothing of it is loaded


def test_production_sends_spans_by_tls() -> None:
    with pytest.raises(SettingsError, match="production sends spans over https"):
        settings(traces_url="http://collector:4318/v1/traces")
    assert settings(traces_url="http://collector:4318/v1/traces", private_network=True).traces_share == 0.01
