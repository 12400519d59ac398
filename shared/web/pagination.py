"""Keyset pagination: a page starts after the last row of the one before, so inserts never shift it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from typing import Annotated, Any, Final, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, TypeAdapter

from shared.runtime.errors import Refused
from shared.web.fields import LARGEST_INTEGER

Key = str | int | bool | None | date | datetime | Decimal | UUID
"""A value that rows are ordered by."""

T = TypeVar("T")
R = TypeVar("R")

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 500
_CHECK_BYTES: Final = 6


def encode_cursor(position: Sequence[Key]) -> str:
    """Write the key of a row as an opaque cursor."""
    text = json.dumps(
        [value if isinstance(value, str | int | None) else str(value) for value in position],
        separators=(",", ":"),
    ).encode()
    return urlsafe_b64encode(_checksum(text) + text).rstrip(b"=").decode()


def decode_cursor(cursor: str, *types: Any) -> tuple[Any, ...]:
    """Read a cursor back as values of these types; raises Refused (bad-cursor) when it is not one of ours.

    `int` is what an `integer` column holds; for a `bigint` column name `BigOrdinal`.
    """
    try:
        raw = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        checksum, text = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        values: tuple[Any, ...] = _adapter(types).validate_json(text)
    except (ValueError, OverflowError):  # binascii's and pydantic's errors are ValueErrors
        raise _bad_cursor() from None
    if checksum != _checksum(text):
        raise _bad_cursor()
    return values


@dataclass(frozen=True, slots=True)
class PageParams:
    """Which page the caller wants: up to `limit` rows that come after the cursor `after`."""

    after: str | None
    limit: int

    @property
    def fetch(self) -> int:
        """How many rows to select: one more than the page holds, to learn whether there is a next page."""
        return self.limit + 1

    def position(self, *types: Any) -> tuple[Any, ...] | None:
        """Return the key of the last row seen, as values of these types; None for the first page."""
        _adapter(types)  # a list that could not read its own cursors is found with its first page
        return None if self.after is None else decode_cursor(self.after, *types)


async def page_params(
    after: Annotated[
        str | None, Query(description="The cursor from `next` of the page before.", max_length=2000)
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows in a page at most.")] = DEFAULT_LIMIT,
) -> PageParams:
    """Dependency: the page that the query asks for."""
    return PageParams(after, limit)


CurrentPage = Annotated[PageParams, Depends(page_params)]


class Page(BaseModel, Generic[T]):
    """Some rows of a list, and the link to those after them."""

    items: list[T]
    next: str | None = Field(default=None, description="The link to the next page; absent or null on the last.")


def build_page(
    rows: Sequence[R],
    params: PageParams,
    *,
    key: Callable[[R], Sequence[Key]],
    item: Callable[[R], T],
    request: Request,
    response: Response,
) -> Page[T]:
    """Make a page of up to `params.fetch` rows, and set its Link header.

    `key` gives the values that the query orders by, which must tell rows apart; `item` what the caller sees.
    """
    shown = rows[: params.limit]
    link = None
    if len(rows) > params.limit:
        query = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
        link = f"{request.url.path}?{urlencode([*query, ('after', encode_cursor(key(shown[-1])))])}"
        response.headers.append("Link", f'<{link}>; rel="next"')
    return Page(items=[item(row) for row in shown], next=link)


def _bad_cursor() -> Refused:
    return Refused(
        "The cursor in `after` was not given out by this list.",
        rule="cursor",
        code="bad-cursor",
        remedy="Take `next` from the page before, unchanged, or leave `after` out to begin anew.",
    )


def _checksum(text: bytes) -> bytes:
    return blake2b(text, digest_size=_CHECK_BYTES).digest()


@cache
def _adapter(types: tuple[Any, ...]) -> TypeAdapter[tuple[Any, ...]]:
    return TypeAdapter(tuple[tuple(_BOUNDED.get(each, each) for each in types)])  # type: ignore[arg-type, misc]


def _keepable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("no column holds U+0000")
    return text


def _in_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)  # OverflowError where UTC has no such day


# Anyone can make a cursor: what comes out of one fits the columns that it is compared with.
_BOUNDED: Final[dict[Any, Any]] = {
    int: Annotated[int, Field(ge=-LARGEST_INTEGER - 1, le=LARGEST_INTEGER)],
    str: Annotated[str, AfterValidator(_keepable)],
    datetime: Annotated[AwareDatetime, AfterValidator(_in_utc)],
}
