"""Statements as spans of the trace that asks them; what is not kept costs one look at the current span.

A statement's text is shown and its arguments never: they may be numbers of people. Neither is the text of an error.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExceptionContext

from shared.db.engine import driver_call
from shared.runtime.tracing import BegunSpan, Kind, begin_part, is_kept, mark_failed, part

_LONGEST_TEXT = 2000
_BEGUN = "centerline.span"


def traced_call(statement: str) -> AbstractContextManager[None]:
    """One call of the driver under a span of its own, where the trace is kept."""
    return _seen(statement) if is_kept() else driver_call()


@contextmanager
def _seen(statement: str) -> Iterator[None]:
    with part(_name_of(statement), _describe(statement), Kind.CLIENT), driver_call():
        yield


def _name_of(statement: str) -> str:
    """The verb: `SELECT`, `INSERT`, `COPY`; the text tells the rest."""
    return f"SQL {statement.split(maxsplit=1)[0].upper()}"


def _describe(statement: str) -> dict[str, str]:
    return {"db.system.name": "postgresql", "db.query.text": " ".join(statement.split())[:_LONGEST_TEXT]}


@event.listens_for(Engine, "before_cursor_execute")
def _before(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    begun = begin_part(_name_of(statement), _describe(statement), Kind.CLIENT) if is_kept() else None
    if begun is not None:
        connection.info[_BEGUN] = begun


@event.listens_for(Engine, "after_cursor_execute")
def _after(connection: Connection, _cursor: Any, _statement: str, *_: Any) -> None:
    _end(connection)


@event.listens_for(Engine, "handle_error")
def _failed(context: ExceptionContext) -> None:
    if context.connection is not None and not context.connection.invalidated:
        _end(context.connection, context.original_exception)


def _end(connection: Connection, error: BaseException | None = None) -> None:
    begun: BegunSpan | None = connection.info.pop(_BEGUN, None)
    if begun is not None:
        if error is not None:
            mark_failed(begun, error)
        begun.end()
