"""What no table can keep is refused before any endpoint, wherever in a request it stands."""

import json
from collections.abc import Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict

from shared.web.access import allow
from shared.web.app import Application
from shared.web.guard import MAX_DEPTH
from tests.support.asgi import Call, send
from tests.unit.web.conftest import bearer

router = APIRouter()
CALLS: list[str] = []


class Anything(BaseModel):
    model_config = ConfigDict(extra="allow")


@router.get("/things/{name}", dependencies=[allow("entry.read")])
async def read_thing(name: str, q: str = "", if_match: Annotated[str, Header()] = "") -> list[str]:
    CALLS.append(name)
    return [name, q, if_match]


@router.post("/things", dependencies=[allow("entry.read")])
async def create_thing(body: Anything) -> dict[str, Any]:
    CALLS.append("created")
    return body.model_dump()


@router.post("/notes", dependencies=[allow("entry.read")])
async def write_note(request: Request) -> str:
    text = (await request.body()).decode()
    CALLS.append(text)
    return text


@router.post("/files", dependencies=[allow("entry.read")], openapi_extra={"x-streamed-body": True})
async def read_file(request: Request) -> list[int]:
    return [len(chunk) async for chunk in request.stream() if chunk]


@pytest.fixture
def app(make_app: Callable[..., Application]) -> Application:
    CALLS.clear()
    return make_app(router)


def call(method: str, target: bytes, body: bytes = b"", **headers: bytes) -> Call:
    given = {"authorization": bearer()["Authorization"].encode(), "content_type": b"application/json"} | headers
    return Call(method, target, tuple((name.replace("_", "-").encode(), value) for name, value in given.items()), body)


async def refusal(app: Application, made: Call) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code, and the fields with their rules; nothing was reached."""
    answer = await send(app, made)
    assert answer.media_type == "application/problem+json", answer
    problem = json.loads(answer.body)
    assert problem["status"] == answer.status
    assert problem["trace_id"]
    assert all(each["message"] for each in problem["errors"])
    assert CALLS == []
    return answer.status, problem["code"], [(each["field"], each["rule"]) for each in problem["errors"]]


@pytest.mark.parametrize(
    ("target", "field"),
    [
        (b"/things/a%00b", "path"),
        (b"/things/%00", "path"),
        (b"/nowhere/%00", "path"),
        (b"/things/a?q=%00", "query.q"),
        (b"/things/a?q=x&q=a%00", "query.q"),
        (b"/things/a?other=%00", "query.other"),
        (b"/things/a?b%00=1", "query.b\\u0000"),
    ],
)
async def test_nul_in_the_target_is_refused(app: Application, target: bytes, field: str) -> None:
    assert await refusal(app, call("GET", target)) == (422, "invalid-request", [(field, "text")])


@pytest.mark.parametrize("bytes_", [b"%ff", b"%C0%80", b"%ED%A0%80", b"%F4%90%80%80"])
@pytest.mark.parametrize(("before", "field"), [(b"/things/", "path"), (b"/things/a?q=", "query")])
async def test_a_target_that_is_not_utf8_is_refused(app: Application, before: bytes, field: str, bytes_: bytes) -> None:
    assert await refusal(app, call("GET", before + bytes_)) == (400, "not-utf-8", [(field, "utf-8")])


@pytest.mark.parametrize("value", [b'"a\x00"', b"\x07", b"a\x7f"])
async def test_control_characters_in_a_header_are_refused(app: Application, value: bytes) -> None:
    answer = await refusal(app, call("GET", b"/things/a", if_match=value))
    assert answer == (422, "invalid-request", [("header.if-match", "text")])


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (b'{"a": "x\\u0000y"}', [("body.a", "text")]),
        (b'{"a": {"b": [1, "\\u0000"]}}', [("body.a.b[2]", "text")]),
        (b'{"a\\u0000": 1}', [("body.a\\u0000", "text")]),
        (b'{"a": [{"\\u0000": 1}]}', [("body.a[1].\\u0000", "text")]),
        (b'{"a": "\\ud800"}', [("body.a", "text")]),
        (b'{"\\udfff": 1}', [("body.\\udfff", "text")]),
        (b'{"a": "\\udc00\\ud800"}', [("body.a", "text")]),
        (b'{"a": 9223372036854775808}', [("body.a", "number-range")]),
        (b'{"a": -9223372036854775809}', [("body.a", "number-range")]),
        (b'{"a": 1e30}', [("body.a", "number-range")]),
        (b'{"a": ' + b"9" * 5000 + b"}", [("body.a", "number-range")]),
        (b'{"a": 1e999}', [("body.a", "number")]),
        (b'{"a": [NaN, Infinity]}', [("body.a[2]", "number"), ("body.a[1]", "number")]),
        (b'{"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", [("body.a" + "[1]" * (MAX_DEPTH - 1), "depth")]),
        (b'{"a":' * 9_000 + b"1" + b"}" * 9_000, [("body", "depth")]),
        (b"[" * 400_000 + b"]" * 400_000, [("body", "depth")]),
    ],
)
async def test_what_no_table_keeps_is_refused_in_a_body(
    app: Application, body: bytes, faults: list[tuple[str, str]]
) -> None:
    assert await refusal(app, call("POST", b"/things", body)) == (422, "invalid-request", faults)


@pytest.mark.parametrize("body", [b'{"a": "\xff"}', '{"a": "é"}'.encode("utf-16"), b'{"a": "\xed\xa0\x80"}'])
async def test_a_body_that_is_not_utf8_is_refused(app: Application, body: bytes) -> None:
    assert await refusal(app, call("POST", b"/things", body)) == (400, "not-utf-8", [("body", "utf-8")])


async def test_text_bodies_are_looked_at_too(app: Application) -> None:
    made = call("POST", b"/notes", b"a\x00b", content_type=b"text/csv")
    assert await refusal(app, made) == (422, "invalid-request", [("body", "text")])


async def test_only_so_many_faults_are_listed(app: Application) -> None:
    _, _, faults = await refusal(app, call("POST", b"/things", json.dumps({"a": ["\x00"] * 1000}).encode()))
    assert len(faults) == 20


async def test_what_is_well_formed_comes_through_unchanged(app: Application) -> None:
    body = {"a": ["é", "\U0001f600", "\\u0000", 2**63 - 1, -(2**63), 0.1, None, True], "": {"b": [[]]}}
    answer = await send(app, call("POST", b"/things", json.dumps(body).encode()))
    assert (answer.status, json.loads(answer.body)) == (200, body)
    answer = await send(app, call("GET", b"/things/%C3%A9?q=%F0%9F%98%80%zz+x", if_match=b'"\xe9"'))
    assert (answer.status, json.loads(answer.body)) == (200, ["é", "\U0001f600%zz x", '"é"'])


async def test_broken_json_is_answered_as_before(app: Application) -> None:
    answer = await send(app, call("POST", b"/things", b'{"a": '))
    assert json.loads(answer.body)["errors"][0]["rule"] == "not-json"


async def test_a_streamed_body_comes_piece_by_piece(
    app: Application, connect: Callable[[Application], httpx.AsyncClient]
) -> None:
    async def pieces() -> Any:
        for _ in range(3):
            yield b"\x00" * 1_000_000

    answer = await connect(app).post("/files", content=pieces())
    assert answer.json() == [1_000_000] * 3
