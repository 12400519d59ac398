"""W3C trace context: which chain of causes the current work belongs to."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from random import Random, SystemRandom
from typing import Final

from opentelemetry import context as otel_context
from opentelemetry import trace as otel
from opentelemetry.util.types import AttributeValue

Kind = otel.SpanKind
"""SERVER and CONSUMER take work from elsewhere, CLIENT and PRODUCER give it there, INTERNAL is neither."""

BegunSpan = otel.Span
"""A span that somebody else ends."""

_TRACEPARENT: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SYSTEM_RANDOM: Final = SystemRandom()
_TRACER: Final = otel.get_tracer("centerline")
_SAMPLED: Final = 1
_MOST_LINKS: Final = 128  # what exporters keep of one span


@dataclass(frozen=True, slots=True)
class TraceContext:
    """One span of a trace; `traceparent` is its form on the wire (HTTP header, event header)."""

    trace_id: str
    span_id: str
    flags: int = _SAMPLED

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"

    @property
    def is_sampled(self) -> bool:
        """Whether whoever began the trace wants it kept."""
        return bool(self.flags & _SAMPLED)

    def child(self, random: Random = _SYSTEM_RANDOM) -> "TraceContext":
        """Return a new span of the same trace."""
        return TraceContext(self.trace_id, _hex(random, 64), self.flags)


current_trace: ContextVar[TraceContext | None] = ContextVar("current_trace", default=None)

current_causes: ContextVar[Mapping[str, TraceContext]] = ContextVar("current_causes")
"""While a batch is applied: the trace of each event in it, by the names that what follows from it can have."""


def new_trace(random: Random = _SYSTEM_RANDOM) -> TraceContext:
    """Start a trace."""
    return TraceContext(_hex(random, 128), _hex(random, 64))


def parse_traceparent(value: str | None) -> TraceContext | None:
    """Read a `traceparent` header; None when it is absent or not valid, as the W3C recommendation asks."""
    if value is None or (match := _TRACEPARENT.fullmatch(value.strip())) is None:
        return None
    version, trace_id, span_id, flags, rest = match.groups()
    if version == "ff" or (version == "00" and rest) or not int(trace_id, 16) or not int(span_id, 16):
        return None
    return TraceContext(trace_id, span_id, int(flags, 16))


@contextmanager
def span(
    name: str,
    parent: TraceContext | None = None,
    attributes: Mapping[str, AttributeValue] | None = None,
    *,
    kind: Kind = Kind.INTERNAL,
    links: Collection[TraceContext] = (),
) -> Iterator[TraceContext]:
    """Work under a new span of `parent`, of the current trace, or of a new one.

    Where an OpenTelemetry SDK exports (`shared.runtime.trace_export`) the span's ids are those that it gives; without
    one only our own ids travel on. Either way `current_trace` holds the span until the block ends. Of an error that
    ends the block the span keeps the type alone (`mark_failed`).
    """
    above = parent or current_trace.get()
    context = otel.set_span_in_context(otel.NonRecordingSpan(_to_otel(above))) if above else None
    with _TRACER.start_as_current_span(
        name,
        context=context,
        attributes=attributes,
        kind=kind,
        links=[otel.Link(_to_otel(each)) for each in list(links)[:_MOST_LINKS]],
        record_exception=False,
        set_status_on_exception=False,
    ) as exported:
        here = _read_ids(exported, above) or (above.child() if above else new_trace())
        token = current_trace.set(here)
        try:
            yield here
        except Exception as error:
            mark_failed(exported, error)
            raise
        finally:
            current_trace.reset(token)


def part(
    name: str, attributes: Mapping[str, AttributeValue] | None = None, kind: Kind = Kind.INTERNAL
) -> AbstractContextManager[TraceContext | None]:
    """A span of work that is kept already, such as one statement of it; where nothing is kept it costs nothing."""
    return span(name, None, attributes, kind=kind) if is_kept() else nullcontext()


def begin_part(name: str, attributes: Mapping[str, AttributeValue], kind: Kind) -> BegunSpan:
    """A span below the current one that the caller ends, for work that begins and ends in two calls."""
    return _TRACER.start_span(name, attributes=attributes, kind=kind)


def is_kept() -> bool:
    """Whether the current span is exported."""
    return otel.get_current_span().is_recording()


def current_span() -> BegunSpan:
    """The span that is current now, to be described when its work ends."""
    return otel.get_current_span()


def describe(begun: BegunSpan, name: str, attributes: Mapping[str, AttributeValue]) -> None:
    """Give a span the name and attributes that are known at its end only."""
    if begun.is_recording():
        begun.update_name(name)
        begun.set_attributes(attributes)


def mark_failed(begun: BegunSpan, error: BaseException) -> None:
    """Say that a span's work failed, and with what type of error: the text of errors names people's numbers.

    What the database says of a key shows its values, and what SQLAlchemy says of a statement its arguments.
    """
    begun.set_attribute("error.type", type(error).__qualname__)
    begun.set_status(otel.Status(otel.StatusCode.ERROR, type(error).__qualname__))


@contextmanager
def without_trace() -> Iterator[None]:
    """Work that begins on its own, whatever was current where it was started: servers keep contexts over calls."""
    above = otel_context.attach(otel_context.Context())
    token = current_trace.set(None)
    try:
        yield
    finally:
        current_trace.reset(token)
        otel_context.detach(above)


@contextmanager
def spans_of_causes(
    name: str, causes: Collection[TraceContext], kind: Kind = Kind.CONSUMER
) -> Iterator[Mapping[TraceContext, TraceContext]]:
    """A span in the trace of each cause of the current work, which is done for all of them at once.

    Gives the span of each cause, for what follows from it; without an SDK, the cause itself. Each span is linked with
    the current one, if any, where the work itself is seen.
    """
    if not any(each.is_sampled for each in causes):
        yield {each: each for each in causes}
        return
    here = current_trace.get()
    links = [otel.Link(_to_otel(here))] if here else []
    begun = {
        each: _TRACER.start_span(
            name,
            context=otel.set_span_in_context(otel.NonRecordingSpan(_to_otel(each))),
            kind=kind,
            links=links,
        )
        for each in causes
    }
    try:
        yield {each: _read_ids(exported, each) or each for each, exported in begun.items()}
    finally:
        for exported in begun.values():
            exported.end()


def trace_of_cause(*names: str | None) -> TraceContext | None:
    """The trace of the event in hand that goes by the first of these names that is known, else the current one."""
    causes = current_causes.get(None)
    if causes:
        for name in names:
            if name is not None and (found := causes.get(name)) is not None:
                return found
    return current_trace.get()


def _read_ids(exported: otel.Span, above: TraceContext | None) -> TraceContext | None:
    """What an SDK calls a span; None without one, which hands back the span above, or none."""
    ids = exported.get_span_context()
    if not ids.is_valid:
        return None
    here = TraceContext(f"{ids.trace_id:032x}", f"{ids.span_id:016x}", int(ids.trace_flags))
    return None if above is not None and here.span_id == above.span_id else here


def _to_otel(context: TraceContext) -> otel.SpanContext:
    return otel.SpanContext(
        int(context.trace_id, 16),
        int(context.span_id, 16),
        is_remote=True,
        trace_flags=otel.TraceFlags(context.flags),
    )


def _hex(random: Random, bits: int) -> str:
    return f"{random.getrandbits(bits) or 1:0{bits // 4}x}"
