"""Protests over HTTP, by event and by the daily job, on a real database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.protest_clocks import run_protest_clocks
from services.liquidation.acts.protest_judging import judge_protests, judge_waiting_protests
from services.liquidation.api.preference_claims import router as claims_router
from services.liquidation.api.preference_programs import router as programs_router
from services.liquidation.api.protest_acts import router as acts_router
from services.liquidation.api.protest_files import router as files_router
from services.liquidation.api.protest_selections import router as selections_router
from services.liquidation.api.protests import router
from services.liquidation.app import SERVICE
from services.liquidation.domain.law import LAW
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.invariants.money import MONEY_INVARIANTS
from services.liquidation.store.invariants.protests import PROTEST_INVARIANTS
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.tables.protests import protest_acts, protest_decisions, protest_entries
from services.liquidation.store.tables.records import entries, legal_events, protests
from shared.bus.postgres import PostgresBus
from shared.contracts.liquidation import EntryChanged, ProtestChanged
from shared.contracts.registry import carries
from shared.customs.calendar import add_days
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import (
    apply,
    cycle,
    post_entry,
    published,
    review_decided,
    routed,
    rows,
)
from tests.support.events import decoded, entry_body, entry_number
from tests.support.files import PDF, XLSX
from tests.support.forgetting import REUSED, forget_answers
from tests.support.invariants import find_violations
from tests.support.parties import delegation, party, told
from tests.support.people import EVERY_CENTER

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

IMPORTER = "07-345678900"
LIQUIDATED = date(2027, 1, 15)
BODY: dict[str, Any] = {
    "decision": "classification-rate-duty",
    "categories": ["computers"],
    "protestant": {"name": "SYNTHETIC IMPORTER", "address": "1 Example Road"},
    "goods": "Portable computers",
    "objections": [{"category": "computers", "nature": "Classified in 8471.41.", "reasons": "They weigh 2 kg."}],
}


@dataclass(frozen=True, slots=True)
class Desk:
    """An API on a database, with a clock that is set by hand."""

    engine: AsyncEngine
    clock: FixedClock
    client: httpx.AsyncClient
    settings: LiquidationSettings

    def on(self, day: date, hour: int = 17) -> None:
        self.clock.advance(datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - self.clock.now())

    def headers(self, *roles: RoleName, subject: str = "kim", **grants: Any) -> dict[str, str]:
        caller = Identity(subject, subject.title(), frozenset(roles), **{"centers": EVERY_CENTER} | grants)
        return {"Authorization": f"Bearer {issue_development_token(self.settings, caller, self.clock.now())}"}

    @property
    def importer(self) -> dict[str, str]:
        return self.headers(RoleName.IMPORTER, subject="owner", importer_numbers=frozenset({IMPORTER}))

    async def liquidated(self, count: int = 1, **changes: Any) -> list[str]:
        numbers = [entry_number() for _ in range(count)]
        for number in numbers:
            await apply(self.engine, [decoded("entry-filed", entry_body(number, **changes)), routed(number)])
        await cycle(self.engine, LIQUIDATED)
        return numbers

    async def file(self, numbers: list[str], key: str = "k-1", **changes: Any) -> httpx.Response:
        return await self.client.post(
            "/protests", json={"entries": numbers} | BODY | changes, headers=self.importer | {"Idempotency-Key": key}
        )

    async def filed(self, numbers: list[str], key: str = "k-1", **changes: Any) -> str:
        answer = await self.file(numbers, key, **changes)
        assert answer.status_code == 201, answer.text
        number: str = answer.json()["protest_number"]
        return number

    async def act(self, number: str, kind: str, headers: dict[str, str], **body: Any) -> httpx.Response:
        return await self.client.post(
            f"/protests/{number}/acts", json={"kind": kind} | body, headers={"If-Match": "*"} | headers
        )

    async def done(self, number: str, kind: str, headers: dict[str, str], **body: Any) -> dict[str, Any]:
        answer = await self.act(number, kind, headers, **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def read(self, number: str) -> dict[str, Any]:
        answer = await self.client.get(f"/protests/{number}", headers=self.director)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    @property
    def specialist(self) -> dict[str, str]:
        return self.headers(RoleName.IMPORT_SPECIALIST, subject="sam")

    @property
    def director(self) -> dict[str, str]:
        return self.headers(RoleName.CENTER_DIRECTOR, subject="dana")

    @property
    def headquarters(self) -> dict[str, str]:
        return self.headers(RoleName.REGULATIONS_AND_RULINGS, subject="robin")

    async def events(self) -> list[ProtestChanged]:
        return [event.data for event in await published(self.engine) if carries(event, ProtestChanged)]


@pytest.fixture
async def desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    engine = await service_engine("liquidation")
    settings = LiquidationSettings(
        database_url="postgresql://unused", bus_database_url="postgresql://unused", token_secret="s" * 32
    )
    clock = FixedClock(datetime(2027, 2, 1, 17, tzinfo=UTC))
    platform = Platform(settings, engine, PostgresBus("postgresql+asyncpg://unused"), clock, Metrics.create())
    parts = SERVICE.build(platform)
    app = build_app(
        SERVICE,
        platform,
        replace(
            parts,
            routers=[router, acts_router, files_router, claims_router, selections_router],
            public_routers=[programs_router],
        ),
        Readiness(),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        yield Desk(engine, clock, client, settings)
    found = await find_violations(engine, PROTEST_INVARIANTS)
    assert not any(found.values()), found


async def test_protest_is_received_with_its_time_for_each_entry(desk: Desk) -> None:
    numbers = await desk.liquidated(2)
    first = await desk.file(numbers)
    again = await desk.file(numbers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    answer = first.json()
    assert (answer["state"], answer["timeliness"], answer["decide_by"]) == ("filed", "timely", "2029-02-01")
    protest = await desk.read(answer["protest_number"])
    assert [each["protest_by"] for each in protest["verdicts"]] == ["2027-07-14", "2027-07-14"]
    assert protest["defects"] == []
    assert {each["rule"] for each in protest["clocks"]} == {"protest-amend", "afr-file", "protest-decide-2y"}
    assert [(each["kind"], each["authority"]) for each in protest["acts"]] == [("file", "protest.file/own-account")]
    (event,) = await desk.events()
    assert (event.change, event.sequence, event.filer_role) == ("filed", 1, "importer")


async def test_filing_sent_again_with_its_key_gives_the_first_answer_and_where_the_protest_is(desk: Desk) -> None:
    numbers = await desk.liquidated()
    desk.on(date(2027, 2, 1))
    first, again = await desk.file(numbers), await desk.file(numbers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["Location"] == again.headers["Location"] == f"/protests/{first.json()['protest_number']}"
    assert len(await rows(desk.engine, protests)) == 1


async def test_what_is_missing_is_named_and_nothing_is_kept(desk: Desk) -> None:
    numbers = await desk.liquidated()
    answer = await desk.file(numbers, goods=None, protestant=None)
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["rule"]) == ("incomplete", "protest-contents")
    assert answer.json()["detail"] == "missing: protestant, goods."
    assert await rows(desk.engine, protests) == []


@pytest.mark.parametrize(
    ("on", "changes", "missing"),
    [
        (date(2027, 2, 1), {}, []),
        (date(2027, 2, 1), {"goods": None, "protestant": None}, ["protestant", "goods"]),
        (date(2027, 2, 1), {"objections": [], "like_treatment": True}, ["objections", "earlier-protest-number"]),
        (date(2027, 2, 1), {"decision": "exclusion-redelivery", "section_337": True}, ["decision-date"]),
        (date(2027, 9, 1), {"goods": None}, ["goods"]),
    ],
)
async def test_check_says_what_the_filing_then_says_and_keeps_nothing(
    desk: Desk, on: date, changes: dict[str, Any], missing: list[str]
) -> None:
    numbers = await desk.liquidated()
    desk.on(on)
    answer = await desk.client.post(
        "/protests/check", json={"entries": numbers} | BODY | changes, headers=desk.importer
    )
    assert answer.status_code == 200, answer.text
    checked = answer.json()
    assert checked["missing"] == missing
    assert checked["filed_as"] == "importer"
    for table in (protests, protest_entries, protest_acts):
        assert await rows(desk.engine, table) == []
    filed = await desk.file(numbers, **changes)
    assert checked["would_be_received"] == (filed.status_code == 201)
    if filed.status_code == 201:
        assert checked["decide_by"] == filed.json()["decide_by"]
        again = await desk.client.post("/protests/check", json={"entries": numbers} | BODY, headers=desk.importer)
        assert [each["code"] for each in again.json()["bars"]] == ["second-protest"]
    else:
        first, said = checked["bars"][0], filed.json()
        assert [first[name] for name in ("code", "rule", "citation", "says", "remedy")] == [
            said.get(name) for name in ("code", "rule", "citation", "detail", "remedy")
        ]
    if on > date(2027, 7, 14) and missing:
        assert [each["code"] for each in checked["bars"]] == ["untimely", "incomplete"], (
            "all of it, not the first alone"
        )


async def test_check_of_anothers_entry_is_as_of_one_that_is_not_there(desk: Desk) -> None:
    numbers = await desk.liquidated()
    other = desk.headers(RoleName.IMPORTER, subject="mia", importer_numbers=frozenset({"12-345678900"}))
    answer = await desk.client.post("/protests/check", json={"entries": numbers} | BODY, headers=other)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("on", "status", "code"),
    [
        (date(2027, 7, 14), 201, None),
        (date(2027, 7, 15), 422, "untimely"),
    ],
)
async def test_protest_is_taken_on_the_last_day_and_refused_after_it(
    desk: Desk, on: date, status: int, code: str | None
) -> None:
    numbers = await desk.liquidated()
    desk.on(on)
    answer = await desk.file(numbers)
    assert answer.status_code == status
    assert answer.json().get("code") == code


async def test_protest_before_the_liquidation_is_refused(desk: Desk) -> None:
    number = entry_number()
    await apply(desk.engine, [decoded("entry-filed", entry_body(number))])
    answer = await desk.file([number])
    assert (answer.status_code, answer.json()["rule"]) == (422, "inv-correction-protest-order")


async def test_second_protest_of_a_party_on_a_category_is_refused_and_one_of_the_surety_is_joined(desk: Desk) -> None:
    numbers = await desk.liquidated()
    first = await desk.filed(numbers)
    second = await desk.file(numbers, key="k-2")
    assert (second.status_code, second.json()["rule"]) == (409, "protest-one-per-category")
    other = await desk.filed(
        numbers,
        key="k-3",
        categories=["monitors"],
        objections=[
            {"category": "monitors", "nature": "Classified in 8528.", "reasons": "They are units of computers."}
        ],
    )
    assert other != first
    desk.on(date(2027, 3, 1))
    surety = desk.headers(RoleName.SURETY, subject="bond", surety_code="036") | {"Idempotency-Key": "s-1"}
    answer = await desk.client.post(
        "/protests", json={"entries": numbers, "demand_on": "2027-02-20"} | BODY, headers=surety
    )
    assert answer.status_code == 201, answer.text
    assert [each["outcome"] for each in answer.json()["defects"]] == ["consolidate"]
    # Taken together they are to be decided two years after the last of them.
    assert (await desk.read(first))["decide_by"] == "2029-03-01"
    seen = await desk.client.get("/protests", headers=surety)
    assert [each["protest_number"] for each in seen.json()["items"]] == [answer.json()["protest_number"]]


async def test_surety_protests_within_180_days_of_its_demand_only(desk: Desk) -> None:
    numbers = await desk.liquidated()
    desk.on(date(2028, 3, 1))
    headers = desk.headers(RoleName.SURETY, subject="bond", surety_code="036") | {"Idempotency-Key": "s-1"}
    body = {"entries": numbers, "non_collusion_certified": True} | BODY
    late = await desk.client.post("/protests", json=body | {"demand_on": "2027-08-01"}, headers=headers)
    assert (late.status_code, late.json()["rule"]) == (422, "protest-surety")
    headers["Idempotency-Key"] = "s-2"
    in_time = await desk.client.post("/protests", json=body | {"demand_on": "2028-02-01"}, headers=headers)
    assert in_time.status_code == 201, in_time.text


async def test_protest_of_a_surety_is_read_by_the_importer_and_withdrawn_by_the_surety_alone(desk: Desk) -> None:
    numbers = await desk.liquidated()
    surety = desk.headers(RoleName.SURETY, subject="bond", surety_code="036")
    body = {"entries": numbers, "demand_on": "2027-01-20", "non_collusion_certified": True} | BODY
    filed = await desk.client.post("/protests", json=body, headers=surety | {"Idempotency-Key": "s-1"})
    assert filed.status_code == 201, filed.text
    protest = filed.json()["protest_number"]
    assert (await desk.client.get(f"/protests/{protest}", headers=desk.importer)).json()["filed_by"]["role"] == "surety"
    foreign = await desk.act(protest, "withdraw", desk.importer)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "out-of-reach")
    assert (await desk.done(protest, "withdraw", surety))["state"] == "withdrawn"


async def test_surety_of_other_entries_protests_as_the_agent_of_the_importer_that_delegated_it(desk: Desk) -> None:
    numbers = await desk.liquidated()
    other = desk.headers(RoleName.SURETY, subject="other", surety_code="777")
    body = {"entries": numbers} | BODY
    unknown = await desk.client.post("/protests", json=body, headers=other | {"Idempotency-Key": "s-1"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    mandate = delegation(party_id="surety:777", scopes=("protest",))
    await apply(desk.engine, [told(party("surety:777"), mandate)])
    filed = await desk.client.post("/protests", json=body, headers=other | {"Idempotency-Key": "s-2"})
    assert filed.status_code == 201, filed.text
    assert (await desk.read(filed.json()["protest_number"]))["filed_by"]["role"] == "agent"
    assert (await desk.done(filed.json()["protest_number"], "withdraw", desk.importer))["state"] == "withdrawn"


async def test_allowance_reliquidates_the_entry_and_tells_the_refund(desk: Desk) -> None:
    (number,) = await desk.liquidated()
    protest = await desk.filed([number])
    await desk.done(protest, "begin-review", desk.specialist)
    item = {"entry_number": number, "outcome": "allowed", "reasons": "8471.30 applies.", "change_duty_usd": "-20.00"}
    await desk.done(protest, "recommend", desk.specialist, reasons="The goods are portable.", items=[item])
    after = await desk.done(protest, "sign", desk.director)
    assert (after["state"], after["version"]) == ("allowed", 3)
    (entry,) = await rows(desk.engine, entries)
    assert entry.effect_duty_cents == -2000
    acts = {each.change: each for each in await rows(desk.engine, legal_events)}
    assert acts["reliquidated"].rule == "protest-allow"
    assert "reason 63" in acts["reliquidated"].detail
    last = (await desk.events())[-1]
    assert (last.change, last.act, last.state, last.effect and last.effect.duty_usd) == (
        "decided",
        "allow",
        "allowed",
        "-20.00",
    )
    (line,) = await rows(desk.engine, protest_decisions)
    assert (line.outcome, line.change_duty_cents) == ("allowed", -2000)


async def test_denial_in_part_by_line_states_reasons_and_the_last_day_to_sue(desk: Desk) -> None:
    first, second = sorted(await desk.liquidated(2))
    protest = await desk.filed([first, second])
    await desk.done(protest, "begin-review", desk.specialist)
    items = [
        {
            "entry_number": first,
            "line_number": 1,
            "outcome": "allowed",
            "reasons": "So held.",
            "change_duty_usd": "-1.00",
        }
    ]
    open_entry = await desk.act(protest, "recommend", desk.specialist, reasons="In part.", items=items)
    assert (open_entry.status_code, open_entry.json()["code"]) == (422, "entries-left-open")
    second_line = [items[0] | {"line_number": 2}]
    no_line = await desk.act(
        protest, "recommend", desk.specialist, reasons="In part.", items=second_line, otherwise="denied"
    )
    assert (no_line.status_code, no_line.json()["detail"]) == (422, f"There is no line 2 of {first}.")
    await desk.done(protest, "recommend", desk.specialist, reasons="In part.", items=items, otherwise="denied")
    after = await desk.done(protest, "sign", desk.director)
    assert (after["state"], after["denied_on"], after["sue_by"]) == ("allowed-in-part", "2027-02-01", "2027-07-31")
    outcomes = {each["entry_number"]: each["outcome"] for each in (await desk.read(protest))["verdicts"]}
    assert outcomes == {first: "allowed", second: "denied"}
    clocks = {each["rule"]: each for each in (await desk.read(protest))["clocks"]}
    # 31 July 2027 is a Saturday.
    assert (clocks["summons-180"]["safe"], clocks["summons-180"]["last_arguable"]) == ("2027-07-31", "2027-08-02")
    assert clocks["void-1515d"]["safe"] == "2027-05-02"
    again = await desk.act(protest, "recommend", desk.specialist, reasons="Other.", otherwise="denied")
    assert (again.status_code, again.json()["rule"]) == (409, "protest-no-rescind")


async def test_who_decided_the_entry_does_not_review_and_who_recommended_does_not_sign(desk: Desk) -> None:
    number = entry_number()
    decision = review_decided(number, "increase", "5.00", decision_id="d-1", decided_by={"subject": "sam"})
    await apply(desk.engine, [decoded("entry-filed", entry_body(number)), decision])
    await cycle(desk.engine, LIQUIDATED)
    protest = await desk.filed([number])
    await desk.done(protest, "begin-review", desk.specialist)
    own = await desk.act(protest, "recommend", desk.specialist, reasons="No.", otherwise="denied")
    assert (own.status_code, own.json()["rule"], own.json()["code"]) == (403, "two-people", "second-person-required")
    both = desk.headers(RoleName.IMPORT_SPECIALIST, RoleName.CENTER_DIRECTOR, subject="alex")
    await desk.done(protest, "recommend", both, reasons="No.", otherwise="denied")
    same = await desk.act(protest, "sign", both)
    assert (same.status_code, same.json()["code"]) == (403, "second-person-required")
    assert (await desk.done(protest, "sign", desk.director))["state"] == "denied"


async def test_accelerated_protest_is_deemed_denied_on_day_30_and_cannot_be_decided_after(desk: Desk) -> None:
    numbers = await desk.liquidated()
    protest = await desk.filed(numbers, further_review=True)
    await desk.done(protest, "request-acceleration", desk.importer, mailed_on="2027-02-01")
    desk.on(date(2027, 3, 3))
    assert await run_protest_clocks(desk.engine, desk.clock, LAW) == 0
    desk.on(date(2027, 3, 4))
    version = (await desk.read(protest))["acts"][-1]["number"]
    headers = desk.specialist | {"If-Match": f'"{version}"'}
    late = await desk.act(protest, "begin-review", headers)
    assert late.status_code == 409
    assert await run_protest_clocks(desk.engine, desk.clock, LAW) == 1
    assert await run_protest_clocks(desk.engine, desk.clock, LAW) == 0
    record = await desk.read(protest)
    assert (record["state"], record["denied_on"], record["sue_by"]) == ("deemed-denied", "2027-03-03", "2027-08-30")
    assert record["further_review"] == "fell-away"
    assert (record["acts"][-1]["acted_on"], record["acts"][-1]["rule"]) == ("2027-03-03", "protest-accel-30")
    decided = await desk.act(protest, "reject", desk.director, ground="untimely", reasons="Late.")
    assert (decided.status_code, decided.json()["rule"]) == (409, "inv-deemed-denial")
    last = (await desk.events())[-1]
    assert (last.change, last.act, last.occurred_on, last.sue_by) == (
        "decided",
        "deem-denied",
        date(2027, 3, 3),
        date(2027, 8, 30),
    )


async def test_protest_against_exclusion_is_deemed_denied_on_day_30(desk: Desk) -> None:
    number = entry_number()
    await apply(desk.engine, [decoded("entry-filed", entry_body(number))])
    protest = await desk.filed([number], decision="exclusion-redelivery", decision_on="2027-01-20")
    desk.on(date(2027, 3, 4))
    await run_protest_clocks(desk.engine, desk.clock, LAW)
    record = await desk.read(protest)
    assert (record["state"], record["denied_on"]) == ("deemed-denied", "2027-03-03")
    assert record["acts"][-1]["rule"] == "protest-exclusion-30"


async def test_further_review_goes_to_headquarters_before_a_denial(desk: Desk) -> None:
    numbers = await desk.liquidated()
    protest = await desk.filed(numbers, further_review=True)
    await desk.done(protest, "begin-review", desk.specialist)
    early = await desk.act(protest, "recommend", desk.specialist, reasons="No.", otherwise="denied")
    assert (early.status_code, early.json()["rule"]) == (409, "afr-local-first")
    none = await desk.act(protest, "grant-further-review", desk.director, criteria=[])
    assert (none.status_code, none.json()["rule"]) == (409, "afr-criteria")
    await desk.done(protest, "grant-further-review", desk.director, criteria=["not-ruled-on"])
    assert (await desk.done(protest, "forward", desk.director))["state"] == "at-headquarters"
    answer = {"outcome": "allowed-in-part", "reference": "HQ H000001", "reasons": "As held before."}
    assert (await desk.done(protest, "answer-further-review", desk.headquarters, **answer))[
        "further_review"
    ] == "answered"
    contrary = await desk.act(protest, "recommend", desk.specialist, reasons="No.", otherwise="denied")
    assert (contrary.status_code, contrary.json()["code"]) == (409, "contrary-to-instructions")
    line = {"entry_number": numbers[0], "outcome": "allowed", "reasons": "HQ H000001.", "change_duty_usd": "-3.00"}
    await desk.done(protest, "recommend", desk.specialist, reasons="HQ H000001.", items=[line])
    assert (await desk.done(protest, "sign", desk.director))["state"] == "allowed"
    clocks = {each["rule"]: each["safe"] for each in (await desk.read(protest))["clocks"]}
    assert clocks == {"protest-allow": "2027-03-03"}


async def test_refused_further_review_is_set_aside_on_request_or_treated_as_refused_after_60_days(desk: Desk) -> None:
    first, second = await desk.liquidated(2)
    protests_ = [await desk.filed([each], key=each, further_review=True) for each in (first, second)]
    for protest in protests_:
        await desk.done(protest, "refuse-further-review", desk.director, reasons="No criterion is met.")
        clocks = {each["rule"]: each["safe"] for each in (await desk.read(protest))["clocks"]}
        assert clocks["afr-complaint-1515c"] == "2027-04-02"
        await desk.done(protest, "request-set-aside", desk.importer)
    await desk.done(protests_[0], "set-aside", desk.headquarters)
    assert (await desk.read(protests_[0]))["further_review"] == "granted"
    desk.on(date(2027, 4, 3))
    assert await run_protest_clocks(desk.engine, desk.clock, LAW) == 1
    record = await desk.read(protests_[1])
    assert (record["further_review"], record["acts"][-1]["acted_on"]) == ("set-aside-refused", "2027-04-02")
    assert record["state"] == "filed"


async def test_voided_denial_revives_the_protest_and_the_time_to_sue_runs_on(desk: Desk) -> None:
    numbers = await desk.liquidated()
    protest = await desk.filed(numbers)
    await desk.done(protest, "begin-review", desk.specialist)
    await desk.done(protest, "recommend", desk.specialist, reasons="No.", otherwise="denied")
    await desk.done(protest, "sign", desk.director)
    desk.on(date(2027, 5, 4))
    late = await desk.act(protest, "request-void", desk.importer)
    assert (late.status_code, late.json()["rule"]) == (409, "void-1515d")
    after = await desk.done(protest, "void-denial", desk.director)
    assert (after["state"], after["sue_by"]) == ("in-review", "2027-07-31")
    assert (await desk.events())[-1].change == "reopened"


async def test_summons_locks_the_record(desk: Desk) -> None:
    numbers = await desk.liquidated()
    protest = await desk.filed(numbers)
    await desk.done(protest, "begin-review", desk.specialist)
    await desk.done(protest, "recommend", desk.specialist, reasons="No.", otherwise="denied")
    await desk.done(protest, "sign", desk.director)
    facts = {"filed_on": "2027-02-01", "court_number": "27-00001", "are_duties_paid": False}
    await desk.done(protest, "summon", desk.importer, **facts)
    record = await desk.read(protest)
    assert record["state"] == "in-court"
    assert "summons-paydues" in record["acts"][-1]["details"]["doubts"][0]
    locked = await desk.act(protest, "void-denial", desk.director)
    assert (locked.status_code, locked.json()["rule"]) == (409, "action-ends-admin")


async def test_followers_wait_for_the_lead_protest_and_are_decided_as_a_group(desk: Desk) -> None:
    numbers = await desk.liquidated(3)
    lead, *followers = [await desk.filed([each], key=each, issue="weight limit") for each in numbers]
    for follower in followers:
        await desk.done(follower, "suspend", desk.specialist, lead=lead)
    record = await desk.read(lead)
    assert record["followers"] == sorted(followers)
    assert (await desk.read(followers[0]))["lead_state"] == "filed"
    issues = await desk.client.get("/protest-issues", headers=desk.director)
    assert issues.json()["items"][0] == {
        "issue": "weight limit",
        "protests": 3,
        "open": 3,
        "suspended": 2,
        "due_on": "2029-02-01",
    }
    resume = {"kind": "resume"}
    preview = await desk.client.post(
        "/protest-groups/previews", json={"protest_numbers": [lead, *followers], "act": resume}, headers=desk.specialist
    )
    items = preview.json()["items"]
    assert [each["result"] for each in items] == ["refused", "would-be-done", "would-be-done"]
    group = [{"protest_number": each["protest_number"], "version": each["version"]} for each in items[1:]]
    await desk.done(followers[0], "resume", desk.specialist)
    applied = await desk.client.post(
        "/protest-groups/acts", json={"protests": group, "act": resume}, headers=desk.specialist
    )
    assert [(each["result"], each["code"]) for each in applied.json()["items"]] == [
        ("refused", "stale"),
        ("done", None),
    ]
    recommend = {"kind": "recommend", "reasons": "As in the lead.", "otherwise": "denied"}
    preview = await desk.client.post(
        "/protest-groups/previews", json={"protest_numbers": followers, "act": recommend}, headers=desk.specialist
    )
    group = [{"protest_number": each["protest_number"], "version": each["version"]} for each in preview.json()["items"]]
    applied = await desk.client.post(
        "/protest-groups/acts", json={"protests": group, "act": recommend}, headers=desk.specialist
    )
    assert applied.json()["done"] == 2
    assert {(await desk.read(each))["state"] for each in followers} == {"awaiting-signature"}


async def test_amendment_is_taken_in_time_only_and_new_grounds_until_the_decision(desk: Desk) -> None:
    numbers = await desk.liquidated()
    protest = await desk.filed(numbers)
    await desk.done(protest, "amend", desk.importer, categories=["monitors"])
    desk.on(date(2027, 7, 15))
    late = await desk.act(protest, "amend", desk.importer, categories=["printers"])
    assert (late.status_code, late.json()["rule"]) == (409, "protest-amend")
    review = await desk.act(protest, "apply-further-review", desk.importer, criteria=["not-ruled-on"])
    assert (review.status_code, review.json()["rule"]) == (409, "afr-file")
    await desk.done(protest, "add-grounds", desk.importer, text="A ruling of 2027.")
    assert (await desk.done(protest, "withdraw", desk.importer))["state"] == "withdrawn"
    closed = await desk.act(protest, "add-grounds", desk.importer)
    assert closed.status_code == 409
    assert (await desk.events())[-1].change == "withdrawn"


async def test_overdue_protest_is_listed_and_nothing_happens_to_it(desk: Desk) -> None:
    numbers = await desk.liquidated()
    protest = await desk.filed(numbers)
    desk.on(date(2029, 2, 2))
    assert await run_protest_clocks(desk.engine, desk.clock, LAW) == 0
    listed = await desk.client.get("/protests?overdue=true", headers=desk.director)
    assert [each["protest_number"] for each in listed.json()["items"]] == [protest]
    assert (await desk.read(protest))["state"] == "filed"
    for query in ("state=denied", "importer=12-345678900", "issue=none", "due_before=2029-02-01", "is_open=false"):
        empty = await desk.client.get(f"/protests?{query}", headers=desk.director)
        assert empty.json()["items"] == [], query
    for query in ("state=filed", f"importer={IMPORTER}", f"entry={numbers[0]}", "due_before=2029-02-02"):
        one = await desk.client.get(f"/protests?{query}", headers=desk.director)
        assert len(one.json()["items"]) == 1, query


async def test_changes_say_which_version_they_mean_and_outside_parties_see_their_own(desk: Desk) -> None:
    numbers = await desk.liquidated()
    protest = await desk.filed(numbers)
    missing = await desk.client.post(
        f"/protests/{protest}/acts", json={"kind": "begin-review"}, headers=desk.specialist
    )
    assert missing.status_code == 428
    stale = await desk.act(protest, "begin-review", desk.specialist | {"If-Match": '"7"'})
    assert stale.status_code == 412
    other = desk.headers(RoleName.IMPORTER, subject="else", importer_numbers=frozenset({"12-345678900"}))
    assert (await desk.client.get(f"/protests/{protest}", headers=other)).status_code == 404
    assert (await desk.client.get("/protests", headers=other)).json()["items"] == []
    assert (await desk.act(protest, "withdraw", other)).status_code == 404
    assert (await desk.act(protest, "sign", desk.importer)).status_code == 403
    broker = desk.headers(RoleName.BROKER, subject="filer", filer_code="B76")
    assert (await desk.client.get(f"/protests/{protest}", headers=broker)).status_code == 200
    assert len((await desk.client.get("/protests", headers=broker)).json()["items"]) == 1
    own = (await desk.client.get(f"/protests/{protest}", headers=desk.importer)).json()
    assert own["acts"][0]["actor"] == ""


async def test_claim_under_1520d_is_decided_once_within_its_year(desk: Desk) -> None:
    (number,) = await desk.liquidated()
    body = {"program": "USMCA", "declaration": "on file", "certification_of_origin": "on file"}
    for name, received_at in (("C-1", "2027-03-01T15:00:00Z"), ("C-2", "2027-03-03T15:00:00Z")):
        await apply(desk.engine, [post_entry("preference-claim", name, [number], received_at=received_at, body=body)])
    claim = (await desk.client.get("/preference-claims/C-1", headers=desk.importer)).json()
    assert (claim["timeliness"], claim["imported_on"], claim["clocks"][0]["safe"]) == (
        "timely",
        "2026-03-01",
        "2027-03-01",
    )
    assert claim["defects"] == [
        {
            "rule": "claim-1520d-form",
            "outcome": "incomplete",
            "why": "missing: other claims statement",
            "unsettled": None,
        }
    ]
    changes = [{"entry_number": number, "change_duty_usd": "-25.00"}]
    granted = {"outcome": "granted", "reasons": "Originating.", "changes": changes}
    for name, status in (("C-2", 409), ("C-1", 204), ("C-1", 409)):
        answer = await desk.client.post(
            f"/preference-claims/{name}/decision", json=granted, headers=desk.specialist | {"If-Match": "*"}
        )
        assert answer.status_code == status, (name, answer.text)
    (entry,) = await rows(desk.engine, entries)
    assert entry.effect_duty_cents == -2500
    denied = await desk.client.post(
        "/preference-claims/C-2/decision",
        json={"outcome": "denied", "reasons": "Late."},
        headers=desk.specialist | {"If-Match": "*"},
    )
    assert denied.status_code == 204
    claim = (await desk.client.get("/preference-claims/C-2", headers=desk.importer)).json()
    assert (claim["state"], claim["clocks"][1]["safe"]) == ("denied", "2027-07-31")


@pytest.mark.parametrize(
    ("issues", "program", "defect"),
    [
        (["trade agreement"], "korus", ("recon-fta", "only-by-reconciliation")),
        (["value"], "australia", ("claim-1520d", "not-listed")),
        (["value"], "u.s.-korea fta", None),
    ],
)
async def test_claim_that_cannot_be_made_says_why_and_is_not_granted(
    desk: Desk, issues: list[str], program: str, defect: tuple[str, str] | None
) -> None:
    (number,) = await desk.liquidated(reconciliation_issues=issues)
    body = {"program": program, "declaration": "1", "certification_of_origin": "1", "other_claims_statement": "none"}
    await apply(
        desk.engine,
        [post_entry("preference-claim", "C-1", [number], received_at="2027-03-01T15:00:00Z", body=body)],
    )
    found = (await desk.client.get("/preference-claims/C-1", headers=desk.importer)).json()["defects"]
    assert [(each["rule"], each["outcome"]) for each in found] == ([defect] if defect is not None else [])
    granted = {"outcome": "granted", "reasons": "Originating.", "changes": []}
    answer = await desk.client.post(
        "/preference-claims/C-1/decision", json=granted, headers=desk.specialist | {"If-Match": "*"}
    )
    if defect is None:
        assert answer.status_code == 204
        return
    assert (answer.status_code, answer.json()["code"]) == (409, defect[1])
    assert defect[1] != "not-listed" or "korea (KR)" in answer.json()["detail"]


async def test_programs_of_claims_are_listed_with_their_names_and_days(desk: Desk) -> None:
    items = (await desk.client.get("/preference-programs")).json()["items"]
    listed = {each["code"]: each for each in items}
    assert (listed["NAFTA"]["last_on"], listed["USMCA"]["first_on"]) == ("2020-06-30", "2020-07-01")
    assert (listed["korea"]["symbols"], listed["CAFTA-DR"]["symbols"]) == (["KR"], ["P", "P+"])
    assert all(each["first_on"] for each in items)


async def test_decision_on_a_claim_is_for_the_version_that_was_read_and_told_on_each_entry(desk: Desk) -> None:
    numbers = sorted(await desk.liquidated(2))
    body = {"program": "USMCA"}
    await apply(
        desk.engine, [post_entry("preference-claim", "C-1", numbers, received_at="2027-03-01T15:00:00Z", body=body)]
    )
    read = await desk.client.get("/preference-claims/C-1", headers=desk.importer)
    assert read.headers["ETag"] == '"1"'
    denied = {"outcome": "denied", "reasons": "No certification of origin."}

    async def decide(headers: dict[str, str]) -> httpx.Response:
        return await desk.client.post("/preference-claims/C-1/decision", json=denied, headers=desk.specialist | headers)

    assert (await decide({})).status_code == 428
    assert (await decide({"If-Match": '"2"'})).status_code == 412
    first = await decide({"If-Match": '"1"'})
    assert (first.status_code, first.headers["ETag"]) == (204, '"2"')
    assert (await decide({"If-Match": '"1"'})).status_code == 412
    again = await decide({"If-Match": '"2"'})
    assert (again.status_code, again.json()["code"]) == (409, "claim-decided")
    told = [event.data for event in await published(desk.engine) if carries(event, EntryChanged)]
    told = [each for each in told if each.change == "preference-claim-decided"]
    assert [(each.entry_number, each.sequence, each.to_state) for each in told] == [
        (number, 1, "liquidated") for number in numbers
    ]
    assert {each.legal_basis.rule for each in told} == {"claim-1520d-form"}
    assert {each.protest_by for each in told} == {add_days(told[0].occurred_on, 180)}
    assert told[0].reasons[0].text == "claim C-1 under 1520(d) denied: No certification of origin."
    acts = [each for each in await rows(desk.engine, legal_events) if each.change == "preference-claim-decided"]
    assert [(each.event_key, each.actor) for each in acts] == [("claim:C-1", "sam"), ("claim:C-1", "sam")]
    found = await find_violations(desk.engine, (*RECORD_INVARIANTS, *MONEY_INVARIANTS))
    assert not any(found.values()), found


async def test_granted_claim_reliquidates_tells_so_and_opens_the_time_to_protest_that(desk: Desk) -> None:
    (number,) = await desk.liquidated()
    await apply(
        desk.engine,
        [
            post_entry(
                "preference-claim", name, [number], received_at="2027-03-01T15:00:00Z", body={"program": "USMCA"}
            )
            for name in ("C-1", "C-2")
        ],
    )
    desk.on(date(2027, 9, 1))
    late = by_event("P-1", [number], received_at="2027-09-02T15:00:00Z")
    await apply(desk.engine, [late])
    assert (await desk.read("P-1"))["timeliness"] == "untimely"
    changes = [{"entry_number": number, "change_duty_usd": "-25.00"}]
    bodies = {
        "C-1": {"outcome": "granted", "reasons": "Originating.", "changes": changes},
        "C-2": {"outcome": "denied", "reasons": "Claimed already."},
    }
    for name, body in bodies.items():
        answer = await desk.client.post(
            f"/preference-claims/{name}/decision", json=body, headers=desk.specialist | {"If-Match": '"1"'}
        )
        assert answer.status_code == 204, answer.text
    told = [event.data for event in await published(desk.engine) if carries(event, EntryChanged)]
    assert [(each.change, each.sequence, each.legal_basis.rule) for each in told[-3:]] == [
        ("reliquidated", 20_000_001, "claim-1520d"),
        ("preference-claim-decided", 1, "claim-1520d"),
        ("preference-claim-decided", 2, "claim-1520d-form"),
    ]
    verdict = (await desk.read("P-1"))["verdicts"][0]
    assert (verdict["timeliness"], verdict["rule"], verdict["decided_on"]) == (
        "timely",
        "protest-reliq-scope",
        "2027-09-01",
    )


async def test_events_of_a_protest_name_the_filer_however_it_was_filed(desk: Desk) -> None:
    numbers = await desk.liquidated()
    await apply(desk.engine, [by_event("P-1", numbers, filed_by={"role": "broker", "id": "B76", "name": "SYNTHETIC"})])
    await desk.done("P-1", "begin-review", desk.specialist)
    assert [(each.change, each.filer_role, each.filer_id) for each in await desk.events()] == [
        ("filed", "broker", "B76"),
        ("changed", "broker", "B76"),
    ]


async def test_application_for_further_review_after_the_recommendation_is_considered_before_a_denial(
    desk: Desk,
) -> None:
    numbers = await desk.liquidated()
    protest = await desk.filed(numbers)
    await desk.done(protest, "begin-review", desk.specialist)
    await desk.done(protest, "recommend", desk.specialist, reasons="No.", otherwise="denied")
    await desk.done(protest, "apply-further-review", desk.importer, criteria=["not-ruled-on"])
    early = await desk.act(protest, "sign", desk.director)
    assert (early.status_code, early.json()["rule"]) == (409, "afr-local-first")
    await desk.done(protest, "return", desk.director)
    await desk.done(protest, "refuse-further-review", desk.director, reasons="No criterion is met.")
    await desk.done(protest, "recommend", desk.specialist, reasons="No.", otherwise="denied")
    assert (await desk.done(protest, "sign", desk.director))["state"] == "denied"


async def test_amendment_is_no_way_to_a_second_protest_on_a_category(desk: Desk) -> None:
    numbers = await desk.liquidated()
    protest = await desk.filed(numbers)
    objections = [{"category": "monitors", "nature": "Classified in 8528.", "reasons": "They are units of computers."}]
    other = await desk.filed(numbers, key="k-2", categories=["monitors"], objections=objections)
    second = await desk.act(protest, "amend", desk.importer, categories=["monitors"])
    assert (second.status_code, second.json()["rule"]) == (409, "protest-one-per-category")
    await desk.done(other, "withdraw", desk.importer)
    await desk.done(protest, "amend", desk.importer, categories=["monitors"])


async def test_protest_waits_for_no_lead_that_the_caller_may_not_read_and_learns_nothing_of_one(desk: Desk) -> None:
    numbers = await desk.liquidated(2)
    lead, follower = [await desk.filed([each], key=each) for each in numbers]
    async with transaction(desk.engine) as tx:
        statement = text("UPDATE entries SET center = CASE entry_number WHEN :number THEN 'CEE003' ELSE 'CEE007' END")
        await tx.connection.execute(statement, {"number": numbers[0]})
    of_lead, of_follower = (
        desk.headers(RoleName.IMPORT_SPECIALIST, subject=name, centers=frozenset({center}))
        for name, center in (("sue", "CEE003"), ("sam", "CEE007"))
    )
    hidden = await desk.act(follower, "suspend", of_follower, lead=lead)
    missing = await desk.act(follower, "suspend", of_follower, lead="P-NONE")
    assert (
        (hidden.status_code, hidden.json()["code"]) == (missing.status_code, missing.json()["code"]) == (422, "no-lead")
    )
    await desk.done(follower, "suspend", desk.specialist, lead=lead)

    async def read(number: str, headers: dict[str, str]) -> dict[str, Any]:
        answer = await desk.client.get(f"/protests/{number}", headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    shown = await read(follower, of_follower)
    assert (shown["state"], shown["lead_protest"], shown["lead_state"]) == ("suspended", None, None)
    assert lead not in str(shown["acts"])
    listed = (await desk.client.get("/protests", headers=of_follower)).json()["items"]
    assert [(each["protest_number"], each["lead_protest"]) for each in listed] == [(follower, None)]
    assert (await read(lead, of_lead))["followers"] == []
    assert (await desk.read(lead))["followers"] == [follower]
    assert (await desk.read(follower))["lead_protest"] == lead


async def test_protest_that_ends_while_it_waits_is_no_follower_any_more(desk: Desk) -> None:
    lead, follower = [await desk.filed([each], key=each) for each in await desk.liquidated(2)]
    await desk.done(follower, "suspend", desk.specialist, lead=lead)
    await desk.done(follower, "withdraw", desk.importer)
    assert (await desk.read(lead))["followers"] == []
    assert (await desk.read(follower))["lead_protest"] is None


def by_event(
    number: str,
    entry_numbers: list[str],
    received_at: str = "2027-02-01T15:00:00Z",
    filed_by: dict[str, str] | None = None,
    **body: Any,
) -> Any:
    filer = {"filed_by": filed_by} if filed_by is not None else {}
    return post_entry("protest", number, entry_numbers, received_at=received_at, body=BODY | body, **filer)


async def judge(engine: AsyncEngine, *numbers: str) -> None:
    async with transaction(engine) as tx:
        await judge_protests(tx, numbers, LAW)


async def test_protest_that_comes_before_its_entry_is_judged_when_that_liquidates(desk: Desk) -> None:
    number = entry_number()
    await apply(desk.engine, [by_event("P-1", [number], received_at="2027-01-20T15:00:00Z")])
    await judge(desk.engine, "P-1")
    assert (await desk.read("P-1"))["timeliness"] == "unknown"
    await desk.liquidated(0)
    await apply(desk.engine, [decoded("entry-filed", entry_body(number))])
    await cycle(desk.engine, date(2027, 1, 22))
    record = await desk.read("P-1")
    assert (record["timeliness"], record["verdicts"][0]["decided_on"]) == ("too-early", "2027-01-22")
    rejected = await desk.done("P-1", "reject", desk.director, ground="too-early", reasons="Not liquidated then.")
    assert rejected["state"] == "rejected"


async def test_law_denies_on_day_30_though_the_time_of_another_entry_is_not_known(desk: Desk) -> None:
    (number,) = await desk.liquidated()
    waiting = entry_number()
    await apply(desk.engine, [decoded("entry-filed", entry_body(waiting, entry_date="2026-05-04"))])
    await apply(desk.engine, [by_event("P-1", [number, waiting], accelerated_disposition=True)])
    desk.on(date(2027, 3, 10))
    late = await desk.act("P-1", "reject", desk.director, ground="second-protest", reasons="No.")
    assert (late.status_code, late.json()["rule"]) == (409, "inv-deemed-denial")
    await run_protest_clocks(desk.engine, desk.clock, LAW)
    record = await desk.read("P-1")
    assert (record["timeliness"], record["state"], record["denied_on"]) == ("unknown", "deemed-denied", "2027-03-03")


async def test_any_order_of_protests_and_liquidation_gives_the_same_rows(service_engine: MakeEngine) -> None:
    number = entry_number()
    entry = decoded("entry-filed", entry_body(number))
    filings = [
        by_event("P-1", [number]),
        by_event("P-2", [number], received_at="2027-02-02T15:00:00Z"),
        by_event("P-3", [number], received_at="2027-08-02T15:00:00Z", categories=["monitors"]),
    ]
    found = []
    for late in (False, True):
        engine = await service_engine("liquidation")
        batches = [[each] for each in reversed(filings)] if late else [filings]
        if late:
            await apply(engine, [entry])
            await cycle(engine, LIQUIDATED)
        for batch in batches:
            await apply(engine, batch)
            await judge(engine, *(each.data.filing_number for each in batch))
        if not late:
            await apply(engine, [entry])
            await cycle(engine, LIQUIDATED)
            async with transaction(engine) as tx:
                await judge_waiting_protests(tx, LAW)
        found.append([await rows(engine, table) for table in (protests, protest_entries, protest_acts)])
    # Events have their own ids in this test, as repeats under another id would.
    assert [[tuple(row) for row in table] for table in found[0]] == [
        [tuple(row) for row in table] for table in found[1]
    ]
    states = {row.filing_number: [each["outcome"] for each in row.defects] for row in found[0][0]}
    assert states == {"P-1": [], "P-2": ["second-protest"], "P-3": ["incomplete", "untimely"]}


async def test_protestant_adds_evidence_that_its_readers_have_and_internal_papers_stay_with_staff(desk: Desk) -> None:
    (entry,) = await desk.liquidated()
    path = f"/protests/{await desk.filed([entry])}/files"
    broker = desk.headers(RoleName.BROKER, subject="bro", filer_code=entry[:3])
    specialist = desk.headers(RoleName.IMPORT_SPECIALIST)

    async def add(key: str, headers: dict[str, str], content: bytes = PDF, **data: str) -> httpx.Response:
        sent = {"files": {"file": ("ruling.pdf", content)}, "data": data}
        return await desk.client.post(path, headers=headers | {"Idempotency-Key": key}, **sent)  # type: ignore[arg-type]

    evidence = await add("e-1", desk.importer, XLSX)
    assert evidence.status_code == 201, evidence.text
    assert (evidence.json()["kind"], evidence.json()["name"]) == ("xlsx", "ruling.pdf.xlsx")
    internal = await add("e-1", specialist)
    assert (internal.json()["level"], internal.json()["authority"]) == ("internal", "protest-file.add/center")
    # The filer of the entry reads the importer's protest, and has no part in it.
    denied = await add("e-2", broker)
    assert (denied.status_code, denied.json()["code"]) == (403, "out-of-reach")
    for headers, count in ((specialist, 2), (desk.importer, 1), (broker, 1)):
        answer = await desk.client.get(path, headers=headers)
        assert len(answer.json()["items"]) == count
    secret = f"{path}/{internal.json()['file_id']}/content"
    assert (await desk.client.get(secret, headers=specialist)).content == PDF
    assert (await desk.client.get(secret, headers=desk.importer)).status_code == 404
    given = await desk.client.get(f"{path}/{evidence.json()['file_id']}/content", headers=broker)
    assert given.content == XLSX


async def test_files_of_a_protest_that_is_anothers_or_not_there_are_not_found(desk: Desk) -> None:
    (entry,) = await desk.liquidated()
    number = await desk.filed([entry])
    stranger = desk.headers(RoleName.IMPORTER, subject="max", importer_numbers=frozenset({"99-999999900"}))
    for protest, headers in ((number, stranger), ("none", desk.importer)):
        path = f"/protests/{protest}/files"
        sent = {"files": {"file": ("a.pdf", PDF)}, "headers": headers | {"Idempotency-Key": "x"}}
        assert (await desk.client.post(path, **sent)).status_code == 404  # type: ignore[arg-type]
        assert (await desk.client.get(path, headers=headers)).status_code == 404


async def test_key_that_filed_a_protest_is_not_free_again_when_its_answer_is_forgotten(desk: Desk) -> None:
    numbers = await desk.liquidated()
    await desk.filed(numbers)
    await forget_answers(desk.engine, datetime(2100, 1, 1, tzinfo=UTC))
    again = await desk.file(numbers)
    assert (again.status_code, again.json()["code"]) == REUSED, again.text
