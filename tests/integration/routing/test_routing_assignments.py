"""Assignment policy, proposals, explanation and what-if on a real database."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.acts.proposals import run_proposals
from services.routing.api import accounts, assignments, policies, proposals
from services.routing.app import SERVICE
from services.routing.domain.activity import ActivityKey, CountedVersion, Figures, deltas
from services.routing.jobs import SCHEDULE
from services.routing.store import activity
from services.routing.store.invariants.activity import ACTIVITY
from services.routing.store.invariants.proposals import PROPOSALS
from services.routing.store.policies import load_rules
from services.routing.store.tables.appeals import appeals
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.envelope import Event
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, reading, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.service import Parts, build_app, open_platform
from shared.runtime.settings import load_settings
from shared.runtime.together import together
from shared.web.identity import issue_development_token
from tests.support.invariants import find_violations

NOW = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)
TODAY = date(2026, 3, 16)
IMPORTER, SECOND, THIRD = "07-345678900", "08-345678900", "09-345678900"
SSN = "900-12-3456"
COMPUTERS, STEEL = "847130", "731815"

OFFICE = Identity("ofo", "Office", frozenset({RoleName.OFFICE_OF_TRADE}))
OTHER_OFFICE = Identity("otto", "Otto", frozenset({RoleName.OFFICE_OF_TRADE}))
VALIDATION = frozenset({"validation-and-compliance"})
SPECIALIST = frozenset({RoleName.IMPORT_SPECIALIST})
KIM = Identity("kim", "Kim", SPECIALIST, frozenset({"CEE007"}), divisions=VALIDATION)
HOLDER = Identity("holder", "Holder", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))


async def ignore(_: Transaction, __: Sequence[Event[Any]], /) -> Sequence[Outgoing]:
    return []


class Office:
    """The API of assignments with a clock, and people who call it."""

    def __init__(self, client: httpx.AsyncClient, settings: Any, engine: AsyncEngine, clock: FixedClock) -> None:
        self.client = client
        self.settings = settings
        self.engine = engine
        self.clock = clock
        self._keys = 0

    async def call(
        self, method: str, path: str, who: Identity = OFFICE, *, if_match: str | None = None, **options: Any
    ) -> httpx.Response:
        self._keys += 1
        token = issue_development_token(self.settings, who, self.clock.now())
        headers = {"authorization": f"Bearer {token}", "idempotency-key": f"key-{self._keys}"}
        if if_match is not None:
            headers["if-match"] = if_match
        return await self.client.request(method, path, headers=headers, **options)

    async def register(self, number: str = IMPORTER, **changes: Any) -> None:
        body = {"importer_number": number, "name": f"SYNTHETIC {number[:2]}", "center": None} | changes
        answer = await self.call("POST", "/importers", json={"accounts": [body]})
        assert answer.status_code == 201, answer.text

    async def bring_in(self, number: str, hts6: str, count: int, month: date = date(2026, 1, 1)) -> None:
        async with transaction(self.engine) as tx:
            await activity.add(tx, {ActivityKey(number, month, hts6): Figures(count, count, count * 100)})

    async def run(self, as_of: date | None = None) -> dict[str, Any]:
        answer = await self.call("POST", "/assignment-proposals/runs", json={"as_of": as_of and as_of.isoformat()})
        assert answer.status_code == 200, answer.text
        outcome: dict[str, Any] = answer.json()
        return outcome

    async def proposals(self, **query: str) -> list[dict[str, Any]]:
        answer = await self.call("GET", "/assignment-proposals", params=query)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def decide(self, proposal_id: int, act: str, who: Identity = KIM, **body: Any) -> httpx.Response:
        read = await self.call("GET", f"/assignment-proposals/{proposal_id}")
        path = f"/assignment-proposals/{proposal_id}/{act}"
        return await self.call("POST", path, who, if_match=read.headers["etag"], json={"reason": "Looked at."} | body)

    async def explain(self, number: str = IMPORTER, who: Identity = OFFICE, **query: str) -> dict[str, Any]:
        answer = await self.call("GET", f"/importers/{number}/assignment", who, params=query)
        assert answer.status_code == 200, answer.text
        out: dict[str, Any] = answer.json()
        return out

    async def published(self) -> list[dict[str, Any]]:
        async with transaction(self.engine) as tx:
            return [orjson.loads(row.message.value)["data"] for row in await outbox.next_rows(tx, 1000)]

    async def put_in_force(self, on: date, **policy: Any) -> None:
        body = {"version": "next", "reason": "SYNTHETIC order."} | policy
        answer = await self.call("POST", "/assignment-policies", json=body)
        assert answer.status_code == 201, answer.text
        path = f"/assignment-policies/{body['version']}/confirm"
        answer = await self.call("POST", path, OTHER_OFFICE, json={"effective_on": on.isoformat(), "reason": "Yes."})
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def office(service_engine: Callable[[str], Awaitable[AsyncEngine]]) -> AsyncIterator[Office]:
    engine = await service_engine("routing")
    url = engine.url.render_as_string(hide_password=False)
    settings = load_settings(SERVICE.settings, database_url=url, bus="kafka", token_secret="0" * 32)
    clock = FixedClock(NOW)
    platform = open_platform(settings, clock)
    routers = [accounts.router, assignments.router, policies.router, proposals.router]
    parts = Parts(handler=ignore, routers=routers, public_routers=[assignments.public_router], state={})
    app = build_app(SERVICE, platform, parts, Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing") as client:
        yield Office(client, settings, platform.engine, clock)
    await platform.engine.dispose()


async def test_activity_that_a_correction_empties_leaves_no_trace(office: Office) -> None:
    first = CountedVersion(IMPORTER, date(2026, 3, 2), [[COMPUTERS, 2, 2, 900]])
    second = CountedVersion(IMPORTER, date(2026, 3, 2), [[STEEL, 1, 1, 900]])
    async with transaction(office.engine) as tx:
        await activity.add(tx, deltas([(None, first)]))
        await activity.add(tx, deltas([(first, second)]))
    async with reading(office.engine) as connection:
        rows = (await connection.execute(text("SELECT hts6, lines, goods, value_usd FROM counted_activity"))).all()
    assert [tuple(row) for row in rows] == [(STEEL, 1, 1, 900)]


async def test_activity_is_shown_by_heading_and_subheading_with_its_center(office: Office) -> None:
    await office.bring_in(IMPORTER, "847130", 3)
    await office.bring_in(IMPORTER, "847150", 2, date(2025, 4, 1))
    await office.bring_in(IMPORTER, "847170", 7, date(2025, 3, 1))
    out = (await office.call("GET", f"/importers/{IMPORTER}/activity", HOLDER)).json()
    assert (out["first_month"], out["last_month"], out["total"]["goods"]) == ("2025-04-01", "2026-03-01", 5)
    assert [(row["number"], row["goods"]) for row in out["by_heading"]] == [("8471", 5)]
    assert [(row["number"], row["center"]) for row in out["by_subheading"]] == [
        ("847130", "CEE007"),
        ("847150", "CEE007"),
    ]
    assert (await office.call("GET", f"/importers/{SECOND}/activity", HOLDER)).status_code == 404


async def test_new_account_with_enough_activity_is_proposed_a_center_and_a_person_confirms_it(office: Office) -> None:
    await office.register()
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    await office.bring_in(IMPORTER, STEEL, 10)
    assert (await office.run())["proposed"] == 1
    (proposal,) = await office.proposals(state="open")
    assert (proposal["present_center"], proposal["proposed_center"]) == (None, "CEE007")
    assert (proposal["runner_up"], proposal["margin_points"]) == ("CEE005", "60.00")
    explained = await office.explain()
    assert explained["open_proposal"]["proposal_id"] == proposal["proposal_id"]
    assert "CEE007 is proposed as of 2026-03-16 and waits for a person." in explained["explanation"]

    answer = await office.decide(proposal["proposal_id"], "confirm", effective_on="2026-04-01")
    assert (answer.status_code, answer.json()["state"]) == (200, "confirmed")

    before = await office.explain(on="2026-03-31")
    after = await office.explain(on="2026-04-01")
    assert (before["center"], after["center"], after["since"]) == (None, "CEE007", "2026-04-01")
    assert after["figures_then"]["total"]["goods"] == 50
    assert "The figures then: By number of goods, CEE007 has 80.00% and CEE005 20.00%" in after["explanation"]
    entry = after["history"][-1]
    assert (entry["policy_version"], entry["confirmed_by"], entry["margin_points"]) == (
        "number-of-goods",
        "kim",
        "60.00",
    )
    event = (await office.published())[-1]
    assert (event["center"], event["basis"], event["effective_on"]) == ("CEE007", "predominant-goods", "2026-04-01")
    assert event["reasons"][0]["code"] == "predominant-goods"


async def test_run_again_proposes_nothing_twice_and_a_newer_run_takes_over(office: Office) -> None:
    await office.register()
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    assert [(await office.run())["proposed"] for _ in range(2)] == [1, 0]
    office.clock.advance(timedelta(days=30))
    outcome = await office.run()
    assert (outcome["proposed"], outcome["gave_way"]) == (1, 1)
    assert [item["state"] for item in await office.proposals()] == ["superseded", "open"]


async def test_run_of_a_past_month_leaves_the_newer_proposal_open(office: Office) -> None:
    await office.register()
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    await office.run()
    assert (await office.run(date(2026, 1, 31)))["gave_way"] == 0
    assert [item["as_of"] for item in await office.proposals(state="open")] == ["2026-03-16"]


async def test_run_of_a_day_to_come_is_refused(office: Office) -> None:
    answer = await office.call("POST", "/assignment-proposals/runs", json={"as_of": "2026-03-17"})
    assert (answer.status_code, answer.json()["code"]) == (422, "day-to-come")


async def test_assigned_account_never_flips_by_itself(office: Office) -> None:
    await office.register(center="CEE005")
    await office.bring_in(IMPORTER, COMPUTERS, 90)
    await office.bring_in(IMPORTER, STEEL, 10)
    await office.run()
    assert (await office.explain())["center"] == "CEE005"
    (proposal,) = await office.proposals(state="open", center="CEE005")
    assert (proposal["present_center"], proposal["proposed_center"]) == ("CEE005", "CEE007")


async def test_rejected_center_is_not_proposed_again_next_month(office: Office) -> None:
    await office.register()
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    await office.run()
    (proposal,) = await office.proposals()
    assert (await office.decide(proposal["proposal_id"], "reject")).json()["state"] == "rejected"
    office.clock.advance(timedelta(days=30))
    assert (await office.run())["proposed"] == 0


async def test_override_needs_a_ground_and_is_published_with_it(office: Office) -> None:
    await office.register()
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    await office.run()
    number = (await office.proposals())[0]["proposal_id"]
    missing = await office.decide(number, "override", center="CEE003")
    same = await office.decide(number, "override", center="CEE007", ground="intended-use")
    unknown = await office.decide(number, "override", center="CEE999", ground="intended-use")
    assert missing.status_code == 422
    assert (same.json()["code"], unknown.json()["code"]) == ("nothing-to-override", "unknown-center")
    answer = await office.decide(number, "override", center="CEE003", ground="intended-use", reason="For vehicles.")
    assert answer.json()["state"] == "overridden"
    explained = await office.explain(on="2026-03-16")
    assert (explained["center"], explained["basis"]) == ("CEE003", "override")
    assert "the intended use of the predominant goods" in explained["explanation"]
    event = (await office.published())[-1]
    assert [reason["code"] for reason in event["reasons"]][:2] == ["overridden", "override-reason"]
    office.clock.advance(timedelta(days=30))
    assert (await office.run())["proposed"] == 0


async def test_ground_that_the_policy_does_not_allow_is_refused(office: Office) -> None:
    await office.put_in_force(date(2026, 3, 17), override_grounds=["high-relative-value"])
    office.clock.advance(timedelta(days=1))
    await office.register()
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    await office.run()
    number = (await office.proposals())[0]["proposal_id"]
    answer = await office.decide(number, "override", center="CEE003", ground="intended-use")
    assert (answer.json()["code"], answer.json()["citation"]) == ("ground-not-allowed", "19 CFR 101.10; 88 FR 69026")


async def test_decision_needs_the_version_read_the_center_and_an_open_proposal(office: Office) -> None:
    await office.register()
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    await office.run()
    number = (await office.proposals())[0]["proposal_id"]
    path = f"/assignment-proposals/{number}/confirm"
    body = {"reason": "Looked at."}
    assert (await office.call("POST", path, KIM, json=body)).status_code == 428
    assert (await office.call("POST", path, KIM, if_match='"7"', json=body)).status_code == 412
    stranger = Identity("lee", "Lee", SPECIALIST, frozenset({"CEE001"}), divisions=VALIDATION)
    enforcer = Identity("eve", "Eve", SPECIALIST, frozenset({"CEE007"}), divisions=frozenset({"enforcement"}))
    past = await office.decide(number, "confirm", effective_on="2026-03-15")
    assert (await office.decide(number, "confirm", stranger)).json()["code"] == "out-of-reach"
    assert (await office.decide(number, "confirm", enforcer)).json()["code"] == "out-of-reach"
    assert (await office.decide(number, "confirm", HOLDER)).json()["code"] == "role-required"
    assert past.json()["code"] == "day-passed"
    assert (await office.decide(number, "confirm")).status_code == 200
    assert (await office.decide(number, "reject")).json()["code"] == "not-open"


async def test_who_started_the_run_may_not_confirm(office: Office) -> None:
    both = Identity("kim", "Kim", frozenset({RoleName.OPERATOR, RoleName.CENTER_DIRECTOR}), frozenset({"CEE007"}))
    await office.register()
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    await office.call("POST", "/assignment-proposals/runs", both, json={})
    number = (await office.proposals())[0]["proposal_id"]
    assert (await office.decide(number, "confirm", both)).json()["code"] == "second-person-required"


async def test_proposal_is_refused_when_the_account_got_another_center_meanwhile(office: Office) -> None:
    await office.register()
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    await office.run()
    await office.register(center="CEE001")
    number = (await office.proposals())[0]["proposal_id"]
    assert (await office.decide(number, "confirm")).json()["code"] == "assignment-changed"
    assert (await office.explain())["center"] == "CEE001"
    outcome = await office.run()
    assert (outcome["proposed"], outcome["gave_way"]) == (1, 1)
    assert [item["present_center"] for item in await office.proposals(state="open")] == ["CEE001"]


async def test_numbers_of_a_family_are_counted_and_confirmed_together_when_the_policy_says_so(office: Office) -> None:
    await office.put_in_force(date(2026, 3, 17), family_together=True)
    office.clock.advance(timedelta(days=1))
    for number in (IMPORTER, SECOND, THIRD):
        await office.register(number)
    async with transaction(office.engine) as tx:
        await tx.connection.execute(
            text("UPDATE accounts SET family = 'F1' WHERE importer_number IN (:a, :b)"), {"a": IMPORTER, "b": SECOND}
        )
    await office.bring_in(IMPORTER, COMPUTERS, 15)
    await office.bring_in(SECOND, COMPUTERS, 15)
    await office.bring_in(THIRD, COMPUTERS, 15)
    assert (await office.run())["proposed"] == 2
    found = await office.proposals()
    assert {item["family"] for item in found} == {"F1"}
    assert [item["figures"]["total"]["goods"] for item in found] == [30, 30]
    await office.decide(found[0]["proposal_id"], "confirm")
    assert {item["state"] for item in await office.proposals()} == {"confirmed"}
    assert [(await office.explain(number))["center"] for number in (IMPORTER, SECOND)] == ["CEE007", "CEE007"]
    explained = await office.explain()
    assert (explained["family"], explained["figures_now"]["total"]["goods"]) == ("F1", 30)
    assert "all numbers of the family F1" in explained["explanation"]


async def test_broker_gets_no_proposal(office: Office) -> None:
    await office.register(is_broker=True)
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    assert (await office.run())["proposed"] == 0


async def test_scheduled_run_goes_through_all_accounts_in_chunks(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.routing.acts.proposals.CHUNK_ACCOUNTS", 2)
    numbers = [f"{serial:02d}-345678900" for serial in range(10, 15)]
    for number in numbers:
        await office.register(number)
        await office.bring_in(number, COMPUTERS, 40)
    now = office.clock.now()
    outcome = await run_proposals(office.engine, as_of=legal_date(now), proposed_by=SCHEDULE, now=now)
    assert (outcome.accounts, outcome.proposed) == (5, 5)
    assert {item["proposed_by"] for item in await office.proposals()} == {"schedule"}


async def test_policy_needs_two_persons_and_a_day_after_today(office: Office) -> None:
    body = {"version": "value-2027", "based_on": "value", "reason": "SYNTHETIC order."}
    answer = await office.call("POST", "/assignment-policies", json=body)
    assert (answer.status_code, answer.json()["state"], answer.json()["measure"]) == (201, "proposed", "value")
    path = "/assignment-policies/value-2027/confirm"
    tomorrow = {"effective_on": "2026-03-17", "reason": "Yes."}
    own = await office.call("POST", path, OFFICE, json=tomorrow)
    today = await office.call("POST", path, OTHER_OFFICE, json=tomorrow | {"effective_on": "2026-03-16"})
    assert (own.json()["code"], today.json()["code"]) == ("second-person-required", "not-after-today")
    assert (await office.call("POST", path, OTHER_OFFICE, json=tomorrow)).json()["state"] == "confirmed"
    again = await office.call("POST", path, OTHER_OFFICE, json=tomorrow)
    assert again.json()["code"] == "already-confirmed"
    taken = await office.call("POST", "/assignment-policies", json=body)
    assert taken.json()["code"] == "version-taken"
    async with reading(office.engine) as connection:
        noted = await connection.scalar(text("SELECT reference FROM rule_changes WHERE kind = 'assignment-policy'"))
    assert noted == "value-2027"


async def test_policy_for_a_later_day_does_not_change_what_earlier_days_answer(office: Office) -> None:
    await office.register(center="CEE005")
    await office.bring_in(IMPORTER, COMPUTERS, 30)
    before = await office.explain(on="2026-06-30")
    await office.put_in_force(date(2026, 7, 1), measure="value", lead_points=50)
    assert await office.explain(on="2026-06-30") == before
    assert (await office.explain(on="2026-07-01"))["policy"]["measure"] == "value"
    async with reading(office.engine) as connection:
        assert (await load_rules(connection, date(2026, 6, 30))).policy.version == "number-of-goods"
    listed = (await office.call("GET", "/assignment-policies")).json()
    assert [(item["version"], item["state"]) for item in listed] == [
        ("number-of-goods", "in-force"),
        ("value", "available"),
        ("next", "confirmed"),
    ]
    assert (await office.call("GET", "/assignment-policies/nothing")).status_code == 404


async def test_two_policies_cannot_begin_on_one_day(office: Office) -> None:
    await office.put_in_force(date(2026, 7, 1))
    await office.call("POST", "/assignment-policies", json={"version": "other", "reason": "SYNTHETIC order."})
    confirmation = {"effective_on": "2026-07-01", "reason": "Yes."}
    answer = await office.call("POST", "/assignment-policies/other/confirm", OTHER_OFFICE, json=confirmation)
    assert answer.json()["code"] == "day-taken"


async def test_explanation_holds_figures_what_would_change_and_how_to_appeal(office: Office) -> None:
    await office.register(center="CEE005", effective_on="2025-01-01")
    await office.bring_in(IMPORTER, STEEL, 80)
    await office.bring_in(IMPORTER, COMPUTERS, 20)
    out = await office.explain(who=HOLDER)
    assert (out["center"], out["center_name"], out["office"]) == ("CEE005", "Base Metals", "Chicago, IL")
    assert (out["since"], out["basis"]) == ("2025-01-01", "registered")
    assert out["would_change"] == {
        "challenger": "CEE007",
        "lead_points": "-60.00",
        "months_ahead": 0,
        "months_needed": 3,
        "text": "CEE007 is 60.00 percentage points behind CEE005. Another Center is proposed when it has most and "
        "leads by at least 10 percentage points in the windows of 3 consecutive months, and a person confirms it.",
    }
    assert len(out["appeal"]["contents"]) == 5
    assert [item["measure"] for item in out["figures_now"]["rankings"]] == ["goods", "value", "lines"]
    assert out["explanation"].startswith("SYNTHETIC 07 belongs to CEE005 (Base Metals, Chicago, IL) since 2025-01-01")


async def test_explanation_names_an_appeal_that_is_not_decided(office: Office) -> None:
    await office.register(center="CEE005")
    async with transaction(office.engine) as tx:
        for number, state in (("A-1", "upheld"), ("A-2", "under-review")):
            await tx.connection.execute(
                appeals.insert().values(
                    appeal_number=number,
                    importer_number=SECOND,
                    contents={"importer_numbers": [SECOND, IMPORTER]},
                    filed_by={},
                    received_at=NOW,
                    content_digest=b"",
                    filed_at=NOW,
                    event_source="s",
                    event_id=number,
                    state=state,
                )
            )
    explained = await office.explain()
    assert (explained["open_appeal"]["appeal_number"], explained["open_appeal"]["state"]) == ("A-2", "under-review")
    assert "Appeal A-2, received on 2026-03-16, is under-review." in explained["explanation"]


async def test_explanation_masks_a_social_security_number_and_knows_no_stranger(office: Office) -> None:
    await office.register(SSN)
    assert (await office.explain(SSN))["importer_number"] == "***-**-3456"
    assert (await office.call("GET", f"/importers/{SSN}/assignment", HOLDER)).status_code == 404
    missing = await office.call("GET", f"/importers/{SECOND}/assignment")
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")


async def test_what_if_gives_the_center_by_the_policy_asked_for_and_keeps_nothing(office: Office) -> None:
    history = [{"hts": "8471.30.0100", "lines": 10, "value_usd": 90000}, {"hts": "7318", "lines": 30, "value_usd": 900}]
    by_goods = (await office.call("POST", "/what-if/assignment", HOLDER, json={"history": history})).json()
    by_value = (
        await office.call("POST", "/what-if/assignment", HOLDER, json={"history": history, "policy": "value"})
    ).json()
    assert (by_goods["center"], by_goods["runner_up"], by_goods["margin_points"]) == ("CEE005", "CEE007", "50.00")
    assert (by_goods["is_enough"], by_goods["policy_version"]) == (True, "number-of-goods")
    assert by_goods["reasons"][1]["code"] == "other-measure-differs"
    assert (by_value["center"], by_value["policy_version"]) == ("CEE007", "value")
    async with reading(office.engine) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM counted_activity")) == 0


async def test_what_if_answers_anyone_by_what_is_in_force_and_drafts_to_staff_only(office: Office) -> None:
    body = {"history": [{"hts": "8471"}]}
    drafted = body | {"policy": "next"}
    proposed = {"version": "next", "reason": "SYNTHETIC order."}
    assert (await office.call("POST", "/assignment-policies", json=proposed)).status_code == 201

    async def ask(body: dict[str, Any]) -> list[int]:
        public = await office.client.post("/what-if/assignment", json=body)
        known = [await office.call("POST", "/what-if/assignment", who, json=body) for who in (HOLDER, OFFICE)]
        return [answer.status_code for answer in (public, *known)]

    assert await ask(body) == [200, 200, 200]
    assert await ask(drafted) == [404, 404, 200]
    path = "/assignment-policies/next/confirm"
    confirmed = {"effective_on": "2027-01-04", "reason": "Yes."}
    assert (await office.call("POST", path, OTHER_OFFICE, json=confirmed)).status_code == 200
    assert await ask(drafted) == [200, 200, 200]


async def test_what_if_names_what_is_wrong_with_a_history(office: Office) -> None:
    async def ask(hts: str, **changes: Any) -> dict[str, Any]:
        body = {"history": [{"hts": hts}]} | changes
        problem: dict[str, Any] = (await office.call("POST", "/what-if/assignment", HOLDER, json=body)).json()
        return problem

    assert (await ask("9903.88.15"))["code"] == "not-underlying"
    assert (await ask("84-71"))["code"] == "bad-tariff-number"
    assert "nothing" in (await ask("8471", policy="nothing"))["detail"]
    assert "no-map" in (await ask("8471", map_version="no-map"))["detail"]
    assert (await ask("0000"))["center"] is None


async def test_invariants_of_assignments_hold_and_can_fail(office: Office) -> None:
    await office.put_in_force(date(2026, 7, 1))
    await office.register()
    await office.bring_in(IMPORTER, COMPUTERS, 40)
    async with transaction(office.engine) as tx:
        for version, goods in enumerate(([[STEEL, 9, 9, 9]], [[COMPUTERS, 40, 40, 4000]]), start=1):
            await tx.connection.execute(
                text(
                    "INSERT INTO routing_decisions (entry_number, version, importer_number, entry_date, center, basis,"
                    " lane, decision, goods, content_digest, filed_at, event_source, event_id) VALUES ('B7603245278',"
                    " :version, :importer, '2026-01-05', 'CEE007', 'tariff', 'no-review', '{}', cast(:goods AS jsonb),"
                    " '', now(), 's', 'e')"
                ),
                {"version": version, "importer": IMPORTER, "goods": orjson.dumps(goods).decode()},
            )
    await office.run()
    await office.decide((await office.proposals())[0]["proposal_id"], "confirm")
    assert not any((await find_violations(office.engine, (*ACTIVITY, *PROPOSALS))).values())
    async with transaction(office.engine) as tx:
        await tx.connection.execute(text("UPDATE activity_changes SET goods = 39"))
        await tx.connection.execute(text("UPDATE assignment_policies SET confirmed_by = proposed_by"))
        await tx.connection.execute(text("DELETE FROM assignments"))
    assert all((await find_violations(office.engine, (*ACTIVITY, *PROPOSALS))).values())


async def test_writers_at_the_same_time_add_up_and_never_wait_for_each_other_in_a_circle(office: Office) -> None:
    keys = [ActivityKey(IMPORTER, date(2026, 1, 1), f"8471{serial:02d}") for serial in range(30)]

    async def write(turn: int) -> None:
        order = keys[turn:] + keys[:turn]
        async with transaction(office.engine) as tx:
            await activity.add(tx, dict.fromkeys(order, Figures(1, 1, 10)))
            await activity.add(tx, dict.fromkeys(reversed(order), Figures(-1, -1, -10)))
            await activity.add(tx, dict.fromkeys(order, Figures(2, 2, 20)))

    await together(*(write(turn) for turn in range(8)))
    async with reading(office.engine) as connection:
        loaded = await activity.load(connection, [IMPORTER], date(2026, 1, 1), date(2026, 1, 1))
    assert {cell.figures for cell in loaded[IMPORTER]} == {Figures(16, 16, 160)}
