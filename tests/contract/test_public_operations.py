"""What answers without a token, in every service: the list that the policy grants to the public, and nothing else."""

from typing import Any

import pytest

from cli.contracts import openapi
from shared.runtime.service import Service
from tests.support.services import SERVICES

PROBLEMS = {"GET /problems", "GET /problems/{code}"}
FEED = "GET /calendar-feeds/{token}.ics"
PUBLIC = {
    "routing": {
        *PROBLEMS,
        "GET /authority",
        "GET /authority/functions",
        "GET /centers",
        "GET /centers/{code}",
        "GET /calendar",
        "GET /directory/changes",
        "GET /tariff-numbers/{hts}",
        "GET /transparency/{period}",
        "POST /what-if/assignment",
    },
    "workqueue": {*PROBLEMS, "GET /processes", "GET /processes/{code}", "GET /trade-figures/{period}", FEED},
    "liquidation": {
        *PROBLEMS,
        "POST /deadline-calculator",
        "GET /rules",
        "GET /rules/{rule_id}",
        "GET /posted-acts",
        "GET /preference-programs",
        "GET /timeline-codes",
        FEED,
    },
    "notifications": {
        *PROBLEMS,
        "GET /bulletin",
        "GET /bulletin.html",
        "GET /bulletin.csv",
        "GET /bulletin.atom",
        "GET /bulletin/{notice_id}",
        "GET /broadcast-archive",
        "GET /broadcast-archive.html",
        "GET /broadcast-archive/{broadcast_id}",
        "GET /unsubscribe/{token}",
        "POST /unsubscribe/{token}",
        "GET /answers",
        "GET /answers/{answer_id}",
    },
}
HEALTH = {"GET /healthz", "GET /readyz", "GET /metrics"}


def operations(service: Service) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in openapi(service)["paths"].items()
        for method, operation in methods.items()
    }


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_only_what_is_public_answers_without_a_token(service: Service) -> None:
    found = operations(service)
    optional = {name for name, operation in found.items() if {} in operation.get("security", [])}
    unguarded = {name for name, operation in found.items() if not operation.get("security")}
    assert optional == PUBLIC[service.name]
    assert unguarded == HEALTH


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_operation_documents_that_calls_are_limited_and_public_ones_say_how_far(service: Service) -> None:
    found = operations(service)
    limited = {name for name, operation in found.items() if "429" in operation["responses"]}
    told = {
        name
        for name, operation in found.items()
        if any("RateLimit" in answer.get("headers", {}) for answer in operation["responses"].values())
    }
    assert limited == found.keys() - HEALTH
    assert told == PUBLIC[service.name]
