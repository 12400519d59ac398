"""W3C trace context: which chain of causes the current work belongs to."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from random import Random, SystemRandom
from typing import Final

from opentelemetry import trace as otel
from opentelemetry.util.types import AttributeValue

_TRACEPARENT: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SYSTEM_RANDOM: Final = SystemRandom()
_TRACER: Final = otel.get_tracer("centerline")


@dataclass(frozen=True, slots=True)
class TraceContext:
    """One span of a trace; `traceparent` is its form on the wire (HTTP header, event header)."""

    trace_id: str
    span_id: str
    flags: int = 1

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"

    def child(self, random: Random = _SYSTEM_RANDOM) -> "TraceContext":
        """Return a new span of the same trace."""
        return TraceContext(self.trace_id, _hex(random, 64), self.flags)


current_trace: ContextVar[TraceContext | None] = ContextVar("current_trace", default=None)


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
) -> Iterator[TraceContext]:
    """Work under a new span of `parent`, of the current trace, or of a new one.

    Where an OpenTelemetry SDK is installed the span is exported and its ids are used; without one only our
    own ids travel on. Either way `current_trace` holds the span until the block ends.
    """
    above = parent or current_trace.get()
    context = otel.set_span_in_context(otel.NonRecordingSpan(_to_otel(above))) if above else None
    with _TRACER.start_as_current_span(name, context=context, attributes=attributes) as exported:
        if exported.is_recording():
            ids = exported.get_span_context()
            here = TraceContext(f"{ids.trace_id:032x}", f"{ids.span_id:016x}", int(ids.trace_flags))
        else:
            here = above.child() if above else new_trace()
        token = current_trace.set(here)
        try:
            yield here
        finally:
            current_trace.reset(token)


def _to_otel(context: TraceContext) -> otel.SpanContext:
    return otel.SpanContext(
        int(context.trace_id, 16),
        int(context.span_id, 16),
        is_remote=True,
        trace_flags=otel.TraceFlags(context.flags),
    )


def _hex(random: Random, bits: int) -> str:
    return f"{random.getrandbits(bits) or 1:0{bits // 4}x}"
