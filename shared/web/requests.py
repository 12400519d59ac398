"""What the endpoints of every service ask of a request: the database, the time, an entry number as people write it."""

from datetime import date, datetime

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.customs.calendar import legal_date
from shared.customs.entry_number import InvalidEntryNumber, parse_entry_number
from shared.runtime.clock import Clock
from shared.runtime.errors import Refused


def engine_of(request: Request) -> AsyncEngine:
    """The pool on the service's own database."""
    engine: AsyncEngine = request.app.state.platform.engine
    return engine


def now_of(request: Request) -> datetime:
    """The instant at which the call is judged, by the clock that the application was given."""
    clock: Clock = request.app.state.clock
    return clock.now()


def today_of(request: Request) -> date:
    """The legal day on which the call is judged."""
    return legal_date(now_of(request))


def canonical_entry_number(text: str) -> str:
    """The number without hyphens; raises `Refused` saying what is wrong with it."""
    try:
        return parse_entry_number(text)
    except InvalidEntryNumber as error:
        raise Refused(str(error), rule="entry-number", code=error.code) from error
