"""Reading the law over HTTP: every rule has an answer, lists can be narrowed, readings are those that are in force."""

import ast
import re
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.liquidation.api import rules as rules_api
from services.liquidation.api.rule_book import ALL_RULES, ALL_SECTIONS
from services.liquidation.api.rules import RuleDetailOut
from services.liquidation.domain import bill_clocks, reliquidation, summary_clocks
from services.liquidation.domain import law as law_module
from services.liquidation.domain.law import LAW, CyclePolicy, LawSettings
from services.liquidation.domain.money import settings as money_module
from services.liquidation.domain.money.settings import POLICY, MoneySettings
from services.liquidation.domain.protest import timeliness
from services.liquidation.domain.readings import READINGS, readings_of
from services.liquidation.domain.rules.table import RULES
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.web.app import create_app
from tests.unit.web.conftest import NOW, SETTINGS, bearer

OPERATORS = replace(POLICY, law=replace(LAW, lift_reading="longer", closures=frozenset({date(2026, 12, 24)})))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(
        title="Liquidation",
        summary="The law.",
        description="A test.",
        version="1.0.0",
        settings=SETTINGS,
        metrics=Metrics.create(),
        readiness=Readiness(),
        state={"money_policy": OPERATORS},
        routers=[],
        public_routers=[rules_api.router],
        clock=FixedClock(NOW),
    )
    broker = Identity("lee", "Lee Park", frozenset({RoleName.BROKER}), filer_code="B76")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://liquidation", headers=bearer(broker)) as open_:
        yield open_


async def read(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(client: httpx.AsyncClient, query: str) -> list[str]:
    return [each["id"] for each in (await read(client, f"/rules?limit=500&{query}"))["items"]]


async def test_every_rule_has_an_answer_with_its_statement_and_all_that_was_found(client: httpx.AsyncClient) -> None:
    for rule in ALL_RULES.values():
        body = await read(client, f"/rules/{rule.id}")
        assert (body["text"], body["citation"], body["evidence"]) == (rule.text, rule.citation, rule.evidence)
        assert set(body["rests_on_it"]) == {"clocks", "outcomes", "refusals", "protest_acts", "uses"}


async def test_list_has_every_rule_once_in_the_order_of_the_law_page_by_page(client: httpx.AsyncClient) -> None:
    found: list[str] = []
    link: str | None = "/rules?limit=40"
    while link is not None:
        body = await read(client, link)
        found += [each["id"] for each in body["items"]]
        link = body["next"]
    assert found == list(ALL_RULES)


@pytest.mark.parametrize("section", [each.id for each in ALL_SECTIONS])
async def test_list_is_narrowed_to_a_section(client: httpx.AsyncClient, section: str) -> None:
    expected = next(each for each in ALL_SECTIONS if each.id == section)
    assert await ids(client, f"section={section}") == [rule.id for rule in expected.rules]


async def test_list_is_narrowed_by_evidence_by_words_and_to_what_is_open(client: httpx.AsyncClient) -> None:
    assert "liq-cycle-314" in await ids(client, "evidence=U")
    assert await ids(client, "q=royal%20BRUSH") == ["eapa-liq-still-protest"]
    still_open = await ids(client, "is_open=true")
    assert {"suit-bond-2415", "sol-1592"} <= set(still_open)
    assert "protest-180" not in still_open
    assert len(still_open) + len(await ids(client, "is_open=false")) == len(ALL_RULES)


async def test_unknown_section_is_refused_with_those_that_there_are(client: httpx.AsyncClient) -> None:
    answer = await client.get("/rules?section=treaties")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-section")
    assert "further-review" in answer.json()["remedy"]


async def test_unknown_rule_is_answered_with_the_nearest_ones(client: httpx.AsyncClient) -> None:
    answer = await client.get("/rules/protest-18")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "protest-180" in answer.json()["remedy"]
    assert (await client.get("/rules/%20")).json()["remedy"] == "GET /rules lists them."


async def test_rule_says_the_reading_that_the_operator_set_and_the_default(client: httpx.AsyncClient) -> None:
    reading = (await read(client, "/rules/susp-lift-6mo"))["readings"][0]
    assert (reading["in_force"], reading["default"], reading["choices"]) == (
        "longer",
        "six-months",
        ["six-months", "longer"],
    )
    assert reading["setting"] == 'CENTERLINE_LAW: {"lift_reading": …}'
    closures = (await read(client, "/rules/roll-private-filing"))["readings"][0]
    assert closures["in_force"] == "2026-12-24"
    assert "2018-12-24" in closures["default"]


async def test_rule_says_from_when_to_when_it_holds_and_by_which_day(client: httpx.AsyncClient) -> None:
    body = await read(client, "/rules/protest-90-legacy")
    assert (body["effective_from"], body["effective_until"], body["applies_to"]) == (
        None,
        "2004-12-17",
        "the day of entry",
    )


async def test_example_of_the_document_is_what_is_answered(client: httpx.AsyncClient) -> None:
    extra = RuleDetailOut.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    example: Any = extra["examples"][0]  # type: ignore[index]
    body = await read(client, "/rules/protest-180")
    assert {name: body[name] for name in example if name not in {"examples", "vectors", "rests_on_it"}} == {
        name: value for name, value in example.items() if name not in {"examples", "vectors", "rests_on_it"}
    }
    assert example["examples"][0] in body["examples"]
    assert example["vectors"][0] in body["vectors"]
    assert example["rests_on_it"]["clocks"][0] in body["rests_on_it"]["clocks"]
    assert example["rests_on_it"]["uses"][0] in body["rests_on_it"]["uses"]


async def test_anyone_reads_the_law_without_a_token(client: httpx.AsyncClient) -> None:
    for path in ("/rules", "/rules/protest-180"):
        answer = await client.get(path, headers={"Authorization": ""})
        assert (answer.status_code, answer.json()) == (200, await read(client, path))


def test_every_setting_of_law_and_money_names_the_rules_that_it_reads() -> None:
    expected = [
        *(("cycle", each.name) for each in fields(CyclePolicy)),
        *(("law", each.name) for each in fields(LawSettings) if each.name != "cycle"),
        *(("money", each.name) for each in fields(MoneySettings)),
        ("policy", "deposit_reading"),
    ]
    assert sorted((each.owner, each.field) for each in READINGS) == sorted(expected)
    assert {rule for each in READINGS for rule in each.rules} <= set(ALL_RULES)
    assert len({each.settles for each in READINGS}) == len(READINGS)


@pytest.mark.parametrize(("module", "owner"), [(law_module, "law"), (money_module, "money")])
def test_words_beside_a_setting_name_no_rule_that_its_reading_leaves_out(module: Any, owner: str) -> None:
    by_field = {each.field: each.rules for each in READINGS if each.owner == owner}
    body = [
        item
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name in {"LawSettings", "MoneySettings"}
        for item in node.body
    ]
    checked = 0
    for item, said in pairwise(body):
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and item.target.id in by_field:
            assert isinstance(said, ast.Expr)
            assert isinstance(said.value, ast.Constant)
            named = {each for each in re.findall(r"[\w-]+", str(said.value.value)) if each in ALL_RULES}
            assert named, f"{item.target.id} names no rule"
            assert named <= set(by_field[item.target.id])
            checked += 1
    assert checked == len(by_field)


def test_rule_that_is_recalled_with_a_number_of_its_own_is_read_by_a_setting() -> None:
    assert [each.field for each in readings_of("eapa-suit")] == ["evasion_suit_business_days"]
    assert readings_of("protest-180") == ()


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("protest-180", timeliness.LONGER_PROTEST_SINCE),
        ("reliq-1501-base", reliquidation.RELIQUIDATION_FROM_LIQUIDATION_SINCE),
        ("deminimis-suspended", summary_clocks.DEMINIMIS_SUSPENDED_FROM),
        ("refund-ach", bill_clocks.ELECTRONIC_REFUNDS_FROM),
        ("claim-1520c-gone", LAW.clerical_petition_ended_on),
        ("deminimis-repeal", LAW.deminimis_repealed_on),
    ],
)
def test_first_day_of_a_rule_is_the_one_by_which_it_is_applied(rule: str, first: date) -> None:
    assert RULES[rule].effective_from == first


def test_days_of_a_rule_say_what_they_are_days_of_and_do_not_end_before_they_begin() -> None:
    for rule in ALL_RULES.values():
        if rule.effective_from or rule.effective_until:
            assert rule.applies_to
        assert (rule.effective_from or date.min) <= (rule.effective_until or date.max)
