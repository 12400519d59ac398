"""Values of requests within the bounds of what the tables hold and the calendar reckons with."""

from datetime import date
from typing import Annotated, Final

from pydantic import Field

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

Ordinal = Annotated[int, Field(ge=1, le=LARGEST_INTEGER)]
"""A revision, a version or a number of its kind, counted from 1: what an `integer` column holds."""

BigOrdinal = Annotated[int, Field(ge=1, le=LARGEST_EXACT)]
"""An id that a `bigint` column gave out, or a fencing token."""
