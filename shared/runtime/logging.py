"""Logs: one line per fact on standard error, with the trace, and never a whole importer number."""

import logging
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Final, Literal, TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from shared.runtime.tracing import current_trace

_IMPORTER_NUMBER: Final = re.compile(
    r"""(?<!\d)(?:
        \d{2}-\d{7}[0-9A-Z]{2}  # employer number with suffix
      | \d{3}-\d{2}-\d{4}       # social security number
      | \d{6}-\d{5}             # assigned by CBP
    )(?![0-9A-Z])""",
    re.VERBOSE | re.IGNORECASE,
)
_ROUTED: Final = (
    "uvicorn",
    "uvicorn.error",
    "uvicorn.access",
    "aiokafka",
    "sqlalchemy",
    "alembic",
    "asyncio",
)
_QUIET: Final = ("uvicorn.access", "aiokafka", "sqlalchemy", "httpx", "httpcore")


def mask_importer_numbers(text: str) -> str:
    """Replace all but the last four characters of every importer number in the text by asterisks.

    >>> mask_importer_numbers("importer 12-345678900 filed")
    'importer **-*****8900 filed'
    """
    if "-" not in text:
        return text
    return _IMPORTER_NUMBER.sub(lambda match: re.sub(r"\w", "*", match[0][:-4]) + match[0][-4:], text)


def mask_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask importer numbers in every value of a log event, however deep."""
    return {key: _mask(value) for key, value in event.items()}


def add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the ids of the current trace and span."""
    if (trace := current_trace.get()) is not None:
        event.setdefault("trace_id", trace.trace_id)
        event.setdefault("span_id", trace.span_id)
    return event


def configure_logging(
    service: str,
    log_format: Literal["console", "json"] = "console",
    level: str = "INFO",
    stream: TextIO | None = None,
) -> None:
    """Route structlog and the standard library's loggers, ours and the libraries', into one stream."""

    def add_service(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        add_service,
        add_trace,
    ]
    stream = stream or sys.stderr
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,  # before the mask, so that tracebacks are masked too
            mask_event,
            renderer,
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _ROUTED:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _mask(value: object) -> object:
    match value:
        case str():
            return mask_importer_numbers(value)
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {_mask(key): _mask(item) for key, item in value.items()}
        case Sequence() | set() | frozenset() if not isinstance(value, bytes | bytearray):
            return [_mask(item) for item in value]
        case _:
            shown = repr(value)
            masked = mask_importer_numbers(shown)
            return value if masked == shown else masked
