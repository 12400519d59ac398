"""Requests that once broke an API, each as it was found: none is answered with 5xx, and each with what is right."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.web.pagination import encode_cursor
from tests.support.apis import OPERATOR, Api, close_apis, open_apis
from tests.support.asgi import Answer, Call, send
from tests.support.databases import TestDatabases

ACCOUNT = {"importer_number": "07-345678900", "name": "SYNTHETIC 1", "center": "CEE007"}


@pytest.fixture(scope="module")
async def apis(databases: TestDatabases) -> AsyncIterator[dict[str, Api]]:
    apis = await open_apis(databases, lines=0, cycles=[])
    yield apis
    await close_apis(apis)


async def call(api: Api, method: str, target: bytes, body: bytes = b"", **headers: bytes) -> Answer:
    given = {"content_type": b"application/json", "authorization": api.token(OPERATOR)} | headers
    made = Call(method, target, tuple((name.replace("_", "-").encode(), value) for name, value in given.items()), body)
    return await send(api.app, made)


def fields_of(answer: Answer) -> list[tuple[str, str]]:
    assert answer.media_type == "application/problem+json"
    return [(each["field"], each["rule"]) for each in json.loads(answer.body).get("errors", [])]


@pytest.mark.parametrize(
    ("service", "target", "field", "rule"),
    [
        ("routing", b"/assignment-proposals/9223372036854775808", "path.proposal_id", "too-large"),
        ("routing", b"/importers/07-345678900/activity?on=0001-01-01", "query.on", "too-small"),
        ("routing", b"/importers/07-345678900/assignment?on=9999-12-31", "query.on", "too-large"),
        ("routing", b"/selection-criteria/stale?least_reviews=2147483648", "query.least_reviews", "too-large"),
        ("liquidation", b"/cycles/forecast?date=0001-01-01T00%3A00%3A00", "query.date", "too-small"),
        ("liquidation", b"/cycles/2026-08-14/forecasts/312626101707/changes", "path.number", "too-large"),
        ("liquidation", b"/cycles/2026-08-14/forecasts/2/changes?since=2147483648", "query.since", "too-large"),
        ("routing", b"/entries/%00/routing", "path", "text"),
        ("routing", b"/centers/CEE%00", "path", "text"),
        ("workqueue", b"/items?center=%00", "query.center", "text"),
        ("liquidation", b"/entries/%00", "path", "text"),
        ("liquidation", b"/bills?entry_number=%00", "query.entry_number", "text"),
        ("notifications", b"/notices?kind=%00", "query.kind", "text"),
        ("notifications", b"/bulletin?filer=%00&port=2704", "query.filer", "text"),
    ],
)
async def test_a_value_that_no_column_holds_is_refused_by_name(
    apis: dict[str, Api], service: str, target: bytes, field: str, rule: str
) -> None:
    answer = await call(apis[service], "GET", target)
    assert (answer.status, fields_of(answer)) == (422, [(field, rule)])


@pytest.mark.parametrize(
    ("service", "path", "position"),
    [
        ("routing", "/importers", [2**31]),
        ("routing", "/importers", [-(2**31) - 1]),
        ("routing", "/directory/changes", [2**63]),
        ("routing", "/assignment-proposals", [2**63]),
        ("routing", "/families", ["\x00"]),
        ("routing", "/appeals", ["0001-01-01T00:00:00+14:00", "A"]),
        ("routing", "/appeals", ["9999-12-31T23:59:59-14:00", "A"]),
        ("routing", "/appeals", ["2026-03-02T00:00:00", "A"]),
        ("liquidation", "/bills", ["a\x00"]),
        ("workqueue", "/items", ["2026-03-02", 2**31, "2026-03-02T00:00:00Z", "00000000-0000-0000-0000-000000000000"]),
    ],
)
async def test_a_made_up_cursor_is_refused(apis: dict[str, Api], service: str, path: str, position: list[Any]) -> None:
    answer = await call(apis[service], "GET", f"{path}?after={encode_cursor(position)}".encode())
    assert (answer.status, json.loads(answer.body)["code"]) == (422, "bad-cursor")


@pytest.mark.parametrize("priority", [2**31 - 1, -(2**31), 32768])
async def test_a_cursor_beyond_a_smallint_is_answered(apis: dict[str, Api], priority: int) -> None:
    cursor = encode_cursor(["2026-03-02", priority, "2026-03-02T00:00:00Z", "00000000-0000-0000-0000-000000000000"])
    answer = await call(apis["workqueue"], "GET", f"/items?after={cursor}".encode())
    assert answer.status == 200


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"name": "a\x00"}, "body.accounts[1].name", "text"),
        ({"\ud800": 1}, "body.accounts[1].\\ud800", "text"),
        ({"effective_on": "9999-12-31"}, "body.accounts[1].effective_on", "too-large"),
        ({"effective_on": 7258118400}, "body.accounts[1].effective_on", "too-large"),
    ],
)
async def test_a_body_with_such_a_value_registers_nobody(
    apis: dict[str, Api], changes: dict[str, Any], field: str, rule: str
) -> None:
    body = json.dumps({"accounts": [ACCOUNT | {"importer_number": "99-999999900"} | changes]}).encode()
    answer = await call(apis["routing"], "POST", b"/importers", body)
    assert (answer.status, fields_of(answer)) == (422, [(field, rule)])
    assert (await call(apis["routing"], "GET", b"/importers/99-999999900")).status == 404


async def test_a_row_with_such_a_value_is_refused_and_the_others_are_applied(apis: dict[str, Api]) -> None:
    rows = [
        ACCOUNT | {"importer_number": f"88-000000{digit}00", "name": name} | more
        for digit, name, more in [
            (1, "SYNTHETIC 1", {}),
            (2, "a\x00b", {}),
            (3, "SYNTHETIC 3", {"x\x00": 1}),
            (4, "SYNTHETIC 4", {"effective_on": "9999-12-31"}),
            (5, "SYNTHETIC 5", {"trusted_programs": [{"program": "CTPAT", "from": "0001-01-01"}]}),
            (6, "SYNTHETIC 6", {}),
        ]
    ]
    lines = [json.dumps(row).encode() for row in rows]
    lines[2:2] = [b'{"importer_number": "\\ud800"}', b"[" * 2000]
    headers = {"idempotency_key": b"edges", "content_type": b"application/x-ndjson"}
    answer = await call(apis["routing"], "POST", b"/importers/imports", b"\n".join(lines), **headers)
    report = json.loads(answer.body)
    assert (answer.status, report["rows"], report["refused"]) == (201, 8, 6)
    results = json.loads((await call(apis["routing"], "GET", report["results"].encode())).body)["items"]
    assert [each["result"] for each in results] == ["created", *["refused"] * 6, "created"]
    assert results[1]["detail"] == "name: Text may hold every Unicode character but U+0000 and lone surrogates."
    assert all(each["remedy"] for each in results[1:7])


async def test_figures_are_answered(apis: dict[str, Api]) -> None:
    assert (await call(apis["routing"], "GET", b"/figures")).status == 200
