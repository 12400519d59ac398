"""What the Python client does by itself: repeats, pauses, tokens that end, values as they travel."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from centerline_client import ClientCredentials, GivenToken, Problem, TooManyCalls, Unavailable
from centerline_client.core import File
from centerline_client.routing import Routing

ME: dict[str, Any] = {
    "subject": "kim",
    "name": "Kim",
    "acting_for": None,
    "signature": "kim",
    **{name: [] for name in ("roles", "centers", "divisions", "ports", "importer_numbers", "delegations", "actions")},
    **dict.fromkeys(("filer_code", "surety_code", "party")),
}


class Script(httpx.BaseTransport):
    """Gives the answers of a list, one after the other, and keeps what was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.named: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        self.named.append(request.headers.get("authorization", ""))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def refused(status: int, **headers: str) -> httpx.Response:
    body = {
        "code": "temporarily-unavailable",
        "detail": "Later.",
        "status": status,
        "title": "x",
        "type": "/problems/x",
    }
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def routing(script: Script, pauses: list[float], tokens: Any = None) -> Routing:
    return Routing("http://routing", tokens or GivenToken("t"), transport=script, pause=pauses.append)


def test_a_read_is_repeated_after_the_pause_that_the_service_names() -> None:
    script = Script(refused(503, retry_after="7"), refused(429, retry_after="2"), httpx.Response(200, json=ME))
    pauses: list[float] = []
    assert routing(script, pauses).read_me().value.subject == "kim"
    assert pauses == [7, 2]


def test_it_is_given_up_after_the_last_attempt_with_the_last_refusal() -> None:
    script = Script(*[refused(429, retry_after="3") for _ in range(3)])
    pauses: list[float] = []
    with pytest.raises(TooManyCalls) as given_up:
        routing(script, pauses).read_me()
    assert (len(script.asked), pauses, given_up.value.retry_after) == (3, [3, 3], 3)


def test_a_read_that_reaches_nobody_is_repeated_and_then_says_so() -> None:
    script = Script(httpx.ConnectError("no"), httpx.Response(200, json=ME))
    assert routing(script, []).read_me().value.subject == "kim"
    with pytest.raises(httpx.ConnectError):
        routing(Script(*[httpx.ConnectError("no")] * 3), []).read_me()


def test_an_act_is_repeated_with_the_same_key_and_one_without_a_key_is_not() -> None:
    file = File("a.csv", b"x", "text/csv")
    script = Script(refused(503), refused(503), refused(503))
    with pytest.raises(Unavailable):
        routing(script, []).add_appeal_file("A-1", file)
    assert len({each.headers["idempotency-key"] for each in script.asked}) == 1
    assert len({each.content for each in script.asked}) == 1
    assert len(script.asked) == 3
    script = Script(refused(503))
    with pytest.raises(Unavailable):
        routing(script, []).preview_routing({})
    assert len(script.asked) == 1


def test_an_endless_pause_is_cut() -> None:
    pauses: list[float] = []
    script = Script(refused(503, retry_after="86400"), refused(503, retry_after="soon"), httpx.Response(200, json=ME))
    routing(script, pauses).read_me()
    assert pauses == [30, 1]


def test_a_token_is_kept_until_shortly_before_its_end_and_then_asked_for_anew() -> None:
    now = [0.0]
    given = [httpx.Response(200, json={"access_token": f"t{n}", "expires_in": 600}) for n in range(2)]
    endpoint = Script(*given)
    tokens = ClientCredentials("http://login/token", "me", "secret", transport=endpoint, clock=lambda: now[0])
    assert [tokens.token(), tokens.token()] == ["t0", "t0"]
    now[0] = 541.0
    assert tokens.token() == "t1"
    assert endpoint.asked[0].content == b"grant_type=client_credentials"
    assert endpoint.asked[0].headers["authorization"].startswith("Basic ")


def test_a_token_that_a_service_refuses_is_renewed_once() -> None:
    endpoint = Script(*[httpx.Response(200, json={"access_token": f"t{n}", "expires_in": 600}) for n in range(3)])
    tokens = ClientCredentials("http://login/token", "me", "secret", transport=endpoint)
    script = Script(refused(401), httpx.Response(200, json=ME))
    routing(script, [], tokens).read_me()
    assert script.named == ["Bearer t0", "Bearer t1"]
    with pytest.raises(Problem, match="401"):
        routing(Script(refused(401), refused(401)), [], tokens).read_me()


def test_values_travel_as_the_documents_say() -> None:
    script = Script(*[httpx.Response(200, json={"items": []}) for _ in range(2)], httpx.Response(404, text="<html>"))
    client = routing(script, [])
    client._call(
        "GET",
        "/x/{a}/{b}",
        returns=dict[str, Any],
        names={"a": "B76/0", "b": UUID(int=1)},
        query={
            "on": datetime(2026, 3, 2, tzinfo=UTC).date(),
            "is_open": True,
            "center": ["CEE001", "CEE002"],
            "no": None,
        },
    )
    assert str(script.asked[0].url) == (
        "http://routing/x/B76%2F0/00000000-0000-0000-0000-000000000001"
        "?on=2026-03-02&is_open=true&center=CEE001&center=CEE002"
    )
    client._call("GET", "/x", returns=dict[str, Any])
    assert str(script.asked[1].url) == "http://routing/x"
    with pytest.raises(Problem, match="404") as page:
        client.read_me()
    assert (page.value.code, page.value.errors) == ("", ())


def test_a_word_that_is_newer_than_the_client_is_read() -> None:
    action = {"action": "entry.fly", "legal_basis": None, "scopes": []}
    scope = {"row_id": "x", "scope": "on-the-moon", "where": [], "is_everywhere": False}
    told = ME | {"roles": ["astronaut"], "actions": [action | {"scopes": [scope]}], "new": 1}
    me = routing(Script(httpx.Response(200, json=told)), []).read_me().value
    assert (me.roles, me.actions[0].scopes[0].scope) == (["astronaut"], "on-the-moon")
