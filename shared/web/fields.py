"""Values of requests within the bounds of what the tables hold and the calendar reckons with."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BeforeValidator, Field

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
LARGEST_INTEGER: Final = 2**31 - 1
LARGEST_EXACT: Final = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly (RFC 7493, 2.2); a `bigint` column holds it."""

LegalDay = Annotated[
    date,
    Field(
        ge=FIRST_DAY,
        le=LAST_DAY,
        description="Legal day in America/New_York.",
        examples=["2026-03-02"],
        # JSON Schema has no bounds for days; these are the names that validators with `format` know.
        json_schema_extra={"formatMinimum": FIRST_DAY.isoformat(), "formatMaximum": LAST_DAY.isoformat()},
    ),
]
"""A legal day that periods of years can be counted from, either way."""

_FIRST_HOUR: Final = datetime(FIRST_DAY.year, 1, 1, tzinfo=UTC)
_LAST_HOUR: Final = datetime(LAST_DAY.year, 12, 31, tzinfo=UTC)

AppointedHour = Annotated[
    AwareDatetime,
    Field(
        ge=_FIRST_HOUR,
        le=_LAST_HOUR,
        description="An hour that was agreed, with its offset.",
        examples=["2026-03-05T15:00:00Z"],
        json_schema_extra={
            "formatMinimum": _FIRST_HOUR.isoformat(),
            "formatMaximum": _LAST_HOUR.isoformat(),
        },
    ),
]
"""When something begins or ends that people come to; what was done is dated by the clock of the service."""

Ordinal = Annotated[int, Field(ge=1, le=LARGEST_INTEGER)]
"""A revision, a version or a number of its kind, counted from 1: what an `integer` column holds."""

BigOrdinal = Annotated[int, Field(ge=1, le=LARGEST_EXACT)]
"""An id that a `bigint` column gave out, or a fencing token."""


def _absent_when_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


BLANK_IS_ABSENT: Final = BeforeValidator(_absent_when_blank)
"""For a parameter that a form of a page sends: a browser sends the fields that nobody filled in as well, empty."""
