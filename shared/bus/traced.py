"""Traces over the bus: each event goes on in the trace of the one that caused it, though many are applied at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, Protocol

from shared.bus.protocol import Message, Record
from shared.runtime.tracing import (
    Kind,
    TraceContext,
    current_causes,
    parse_traceparent,
    span,
    spans_of_causes,
)

HEADER = "traceparent"
_NAMES = ("entry_number", "filing_number")


class Read(Protocol):
    """A record and what is in it."""

    @property
    def record(self) -> Record: ...

    @property
    def content(self) -> Any: ...


@contextmanager
def tracing_batch(group: str, items: Iterable[Read]) -> Iterator[None]:
    """Work on a batch under a span.

    Where all its events are of one trace the span is part of that. Else, also where some are of none, it begins a
    trace, linked with theirs, and each of theirs has a span that is linked with it. What follows finds its cause in
    `current_causes`.
    """
    traces: dict[bytes, TraceContext | None] = {}
    named: dict[str, TraceContext] = {}
    is_some_without = False
    for item in items:
        written = item.record.headers.get(HEADER, b"")
        trace = traces[written] if written in traces else traces.setdefault(written, _read(written))
        if trace is None:
            is_some_without = True
            continue
        for name in _names_of(item):
            named.setdefault(name, trace)
    parents = {trace: None for trace in traces.values() if trace is not None}
    only = next(iter(parents)) if len(parents) == 1 and not is_some_without else None
    with ExitStack() as stack:
        here = stack.enter_context(
            span(f"{group} batch", only, kind=Kind.CONSUMER, links=() if only else list(parents)),
        )
        going_on: Mapping[TraceContext, TraceContext] = {}
        if only is None and parents:
            going_on = stack.enter_context(spans_of_causes(f"{group} event", list(parents)))
        token = current_causes.set({name: going_on.get(trace, here) for name, trace in named.items()})
        stack.callback(current_causes.reset, token)
        yield


@contextmanager
def publishing(messages: Iterable[Message]) -> Iterator[Sequence[Message]]:
    """Messages to publish, each under a span of its trace: the header that goes out names this span."""
    given = list(messages)
    parents = {
        written: trace
        for written in {message.headers.get(HEADER) for message in given}
        if written is not None and (trace := _read(written)) is not None and trace.is_sampled
    }
    with spans_of_causes("publish", list(parents.values()), kind=Kind.PRODUCER) as begun:
        renamed = {written: begun[trace].traceparent.encode() for written, trace in parents.items()}
        yield [_under(message, renamed) for message in given] if renamed else given


def _under(message: Message, renamed: Mapping[bytes, bytes]) -> Message:
    written = message.headers.get(HEADER)
    if written is None or written not in renamed:
        return message
    return replace(message, headers={**message.headers, HEADER: renamed[written]})


def _read(written: bytes) -> TraceContext | None:
    return parse_traceparent(written.decode("ascii", "replace"))


def _names_of(item: Read) -> Iterator[str]:
    key = item.record.key
    if key is not None:
        yield key.decode("utf-8", "replace")
    data = getattr(item.content, "data", None)
    for name in _NAMES:
        value = getattr(data, name, None)
        if value is not None:
            yield value
