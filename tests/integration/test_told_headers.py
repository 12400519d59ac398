"""Headers as the documents name them, on real answers of all services: none is missing, and none is untold."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from functools import partial

import pytest

from tests.support.api_fuzz import Fuzzer, Tally
from tests.support.apis import Api, close_apis, known_numbers, open_apis
from tests.support.asgi import Answer, Call, send
from tests.support.databases import TestDatabases

LINES = 200
CYCLE = date(2026, 8, 14)


@pytest.fixture(scope="module")
async def apis(databases: TestDatabases) -> AsyncIterator[dict[str, Api]]:
    apis = await open_apis(databases, lines=LINES, cycles=[CYCLE])
    yield apis
    await close_apis(apis)


async def test_reads_are_answered_with_the_headers_that_their_documents_name(apis: dict[str, Api]) -> None:
    tally = Tally()
    loop = asyncio.get_running_loop()
    known = known_numbers(LINES) | {"date": [CYCLE.isoformat()], "code": ["CEE003"], "center": ["CEE003"]}

    def call(api: Api, made: Call) -> Answer:
        return asyncio.run_coroutine_threadsafe(send(api.app, made), loop).result(60)

    def read_all() -> None:
        for api in apis.values():
            Fuzzer(api, partial(call, api), str, known, 1, tally).read_everything()

    await asyncio.to_thread(read_all)
    assert [str(each) for (kind, _, _), each in tally.findings.items() if kind == "headers"] == []
    sent = {name for _, name in tally.headers}
    assert {"x-request-id", "etag", "link", "content-disposition"} <= sent
    etags = {operation for operation, name in tally.headers if name == "etag"}
    assert {"get /items", "get /views", "get /importers/{importer_number}", "get /rulebook/export"} <= etags


@pytest.mark.parametrize("service", ["routing", "workqueue", "liquidation", "notifications"])
async def test_without_a_token_every_operation_says_what_its_document_says(apis: dict[str, Api], service: str) -> None:
    api = apis[service]
    told = api.app.openapi()
    refused = 0
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            if "x-authority" not in operation or {} in operation["security"]:
                continue
            target = path.replace("{", "").replace("}", "").encode()
            answer = await send(api.app, Call(method.upper(), target))
            assert answer.status in {400, 401, 422, 428}, path  # some look at what was sent first
            assert "x-request-id" in answer.headers
            assert ("www-authenticate" in answer.headers) == (answer.status == 401), path
            refused += answer.status == 401
    assert refused > 40


async def test_the_public_is_told_what_is_left_to_it_and_when_to_come_back(apis: dict[str, Api]) -> None:
    api = apis["routing"]
    answers = [await send(api.app, Call("GET", b"/centers")) for _ in range(25)]
    assert {answer.status for answer in answers} == {200, 429}
    assert all({"ratelimit", "ratelimit-policy"} <= answer.headers.keys() for answer in answers)
    assert all(("retry-after" in answer.headers) == (answer.status == 429) for answer in answers)


async def test_a_post_that_is_sent_again_says_so(apis: dict[str, Api]) -> None:
    api = apis["workqueue"]
    body = {"name": "Mine", "query": "process=preference&state=open"}
    answers = [await api.post("/views", body) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    assert ["idempotency-replayed" in answer.headers for answer in answers] == [False, True]
