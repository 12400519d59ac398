"""Pagination, If-Match and Idempotency-Key, as a client meets them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, PydanticSchemaGenerationError
from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from shared.db.platform_tables import platform_tables
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import Refused, Stale
from shared.web.access import allow
from shared.web.app import Application
from shared.web.concurrency import RequiredIfMatch, optional_if_match
from shared.web.idempotency import CurrentIdempotentCall
from shared.web.pagination import CurrentPage, Page, PageParams, build_page, decode_cursor, encode_cursor

router = APIRouter()
ROWS = [(date(2026, 3, day), f"B760324527{day}") for day in range(1, 8)]


class Entry(BaseModel):
    entry_number: str


@router.get("/entries", dependencies=[allow("entry.read")])
async def list_entries(page: CurrentPage, request: Request, response: Response) -> Page[Entry]:
    position = page.position(date, str)
    rows = [row for row in ROWS if position is None or row > position][: page.fetch]
    return build_page(
        rows,
        page,
        key=lambda row: row,
        item=lambda row: Entry(entry_number=row[1]),
        request=request,
        response=response,
    )


@router.put("/entry", dependencies=[allow("entry.read")])
async def change_entry(match: RequiredIfMatch, response: Response) -> str:
    match.check(7)
    response.headers["ETag"] = etag(8)
    return "changed"


@router.post("/entries", dependencies=[allow("entry.read")])
async def create_entry(call: CurrentIdempotentCall, body: Entry) -> list[str]:
    return [call.key, call.identity, call.request_hash]


@pytest.fixture
def client(
    make_app: Callable[..., Application], connect: Callable[[Application], httpx.AsyncClient]
) -> httpx.AsyncClient:
    return connect(make_app(router))


async def test_following_next_gives_every_row_once(client: httpx.AsyncClient) -> None:
    seen: list[str] = []
    url: str | None = "/entries?limit=3&team=a%20b"
    while url is not None:
        answer = await client.get(url)
        seen += [item["entry_number"] for item in answer.json()["items"]]
        url = answer.json()["next"]
        assert answer.headers.get("link") == (f'<{url}>; rel="next"' if url else None)
        assert url is None or "team=a+b" in url
    assert seen == [row[1] for row in ROWS]


@pytest.mark.parametrize("after", ["x", "é", "AAAA", encode_cursor(["2026-03-01"]), encode_cursor([None, "x"])])
async def test_a_cursor_of_another_make_is_refused(client: httpx.AsyncClient, after: str) -> None:
    answer = await client.get("/entries", params={"after": after})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-cursor")


def test_a_changed_cursor_is_refused_at_every_character() -> None:
    cursor = encode_cursor([date(2026, 3, 2), "B7603245275"])
    for place, letter in enumerate(cursor[:-1]):
        changed = cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(Refused, match="cursor"):
            decode_cursor(changed, date, str)


def test_a_cursor_keeps_every_kind_of_key() -> None:
    position = (
        datetime(2026, 3, 2, 19, 3, 11, 123456, UTC),
        date(2026, 3, 2),
        Decimal("10.50"),
        UUID(int=7),
        None,
        3,
        True,
        "é",
    )
    types = (datetime, date, Decimal, UUID, None, int, bool, str)
    assert decode_cursor(encode_cursor(position), *types) == position


def test_list_that_could_not_read_its_cursors_is_found_with_its_first_page() -> None:
    with pytest.raises(PydanticSchemaGenerationError):
        PageParams(None, 10).position(1)
    assert PageParams(None, 10).position(int, str) is None


@pytest.mark.parametrize("limit", ["0", "501", "x"])
async def test_a_limit_out_of_range_is_refused(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get("/entries", params={"limit": limit})
    assert answer.json()["errors"][0]["field"] == "query.limit"


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 428, "precondition-missing"),
        ('"6"', 412, "stale"),
        ('W/"7"', 412, "stale"),
        ("7", 400, "bad-etag"),
        ('"7"', 200, None),
        ('"5", "7"', 200, None),
        ("*", 200, None),
    ],
)
async def test_if_match(client: httpx.AsyncClient, header: str | None, status: int, code: str | None) -> None:
    answer = await client.put("/entry", headers={} if header is None else {"If-Match": header})
    assert answer.status_code == status
    if code is None:
        assert answer.headers["etag"] == '"8"'
    else:
        assert answer.json()["code"] == code


async def test_optional_if_match_may_be_absent() -> None:
    assert await optional_if_match(None) is None
    with pytest.raises(Stale):
        IfMatch(frozenset()).check(1)


async def test_a_creating_call_needs_a_key(client: httpx.AsyncClient) -> None:
    for key in ("", " ", "x" * 256):
        answer = await client.post("/entries", json={"entry_number": "1"}, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


async def test_the_same_call_has_the_same_hash_and_another_body_another(client: httpx.AsyncClient) -> None:
    async def call(number: str) -> list[str]:
        answer = await client.post("/entries", json={"entry_number": number}, headers={"Idempotency-Key": '"k1"'})
        assert answer.status_code == 200
        return list(answer.json())

    first, again, other = await call("1"), await call("1"), await call("2")
    assert first == again
    assert first[:2] == other[:2] == ["k1", "kim"]
    assert first[2] != other[2]


def test_the_table_of_keys_is_keyed_by_key_and_identity() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    statement = str(CreateTable(platform_tables(MetaData()).idempotency_keys).compile(dialect=dialect))
    assert "PRIMARY KEY (key, identity)" in statement
    assert "JSONB" in statement
