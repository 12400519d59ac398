"""Acts of people on entries, with real tokens on a real database: suspending, lifting, reliquidating, voiding."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts import bulk, instructions
from services.liquidation.acts.instructions import apply_confirmed
from services.liquidation.acts.recomputes import recompute
from services.liquidation.app import SERVICE
from services.liquidation.domain.law import LAW
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.protests import hold_entries as hold_protested_entries
from services.liquidation.store.tables.records import entries
from shared.bus import outbox
from shared.bus.postgres import PostgresBus
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import apply, cycle, post_entry, published, review_decided, rows
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.invariants import find_violations
from tests.support.people import EVERY_CENTER

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
CASE, OTHER_CASE = "A570012000", "C570013000"
MAKER, OTHER_MAKER = "CNSYNTH123SHE", "CNOTHER456SHE"


def of_case(number: int, case: str = CASE, maker: str = MAKER) -> dict[str, Any]:
    cases = [{"case_number": case, "rate_pct": "25.00", "deposit_usd": "10.00"}]
    return line(number, cases=cases, manufacturer_id=maker)


@dataclass(frozen=True, slots=True)
class Office:
    """An API with its database and clock, and calls of two people."""

    engine: AsyncEngine
    clock: FixedClock
    client: httpx.AsyncClient
    settings: LiquidationSettings

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: str = "kim",
        role: RoleName,
        grants: Mapping[str, Any] | None = None,
        **headers: str,
    ) -> httpx.Response:
        caller = Identity(who, who, frozenset({role}), **{"centers": EVERY_CENTER, **(grants or {})})
        token = issue_development_token(self.settings, caller, self.clock.now())
        sent = {"Authorization": f"Bearer {token}"} | {name.replace("_", "-"): given for name, given in headers.items()}
        return await self.client.request(method, path, json=body, headers=sent)

    async def bars(self, number: str) -> dict[str, str | None]:
        """What stands against each act of a director on an entry, by code."""
        shown = (await self.call("GET", f"/entries/{number}", role=RoleName.CENTER_DIRECTOR)).json()
        return {each["action"]: each["code"] for each in shown["may_do"]}

    async def file(self, **changes: Any) -> str:
        number = entry_number()
        await apply(self.engine, [decoded("entry-filed", entry_body(number, **changes))])
        return number

    async def instruct(self, key: str, **body: Any) -> str:
        drafted = await self.draft(key, **body)
        assert drafted.status_code == 201, drafted.text
        name = drafted.json()["instruction_id"]
        confirmed = await self.call(
            "POST", f"/instructions/{name}/confirmations", who="lee", role=RoleName.ADCVD_TEAM, If_Match='"1"'
        )
        assert confirmed.status_code == 200, confirmed.text
        return str(name)

    async def draft(self, key: str, **body: Any) -> httpx.Response:
        given = {"kind": "lift", "ground": "adcvd-case", "source": "federal-register", "message_number": key} | body
        return await self.call("POST", "/instructions", given, role=RoleName.ADCVD_TEAM, Idempotency_Key=key)

    async def enjoin(self, from_day: str) -> None:
        await self.instruct(
            f"enjoin-{from_day}",
            kind="suspend",
            ground="injunction",
            reference="24-00123",
            source="court-notice",
            noticed_on=from_day,
            predicate={"importer_number": "07-345678900"},
        )

    async def act(self, number: str, what: str, key: str, body: Any) -> httpx.Response:
        return await self.call(
            "POST", f"/entries/{number}/{what}", body, role=RoleName.CENTER_DIRECTOR, Idempotency_Key=key
        )

    async def row(self, number: str) -> Any:
        return next(row for row in await rows(self.engine, entries) if row.entry_number == number)

    async def check(self) -> None:
        found = await find_violations(self.engine, RECORD_INVARIANTS)
        assert not any(found.values()), found
        assert await recompute(self.engine, LAW.cycle, self.clock, LAW) == 0


@pytest.fixture
async def office(service_engine: MakeEngine) -> AsyncIterator[Office]:
    engine = await service_engine("liquidation")
    settings = LiquidationSettings(
        database_url="postgresql://unused", bus_database_url="postgresql://unused", token_secret="s" * 32
    )
    clock = FixedClock(datetime(2027, 1, 20, 18, tzinfo=UTC))
    bus = PostgresBus("postgresql+asyncpg://unused")
    platform = Platform(settings, engine, bus, clock, Metrics.create())
    app = build_app(SERVICE, platform, SERVICE.build(platform), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        yield Office(engine, clock, client, settings)


async def test_entry_runs_six_months_from_the_notice_of_the_last_removal(office: Office) -> None:
    number = await office.file(entry_type="03", lines=[of_case(1)])
    name = await office.instruct("6012345", noticed_on="2027-01-19", predicate={"case_numbers": [CASE]})
    row = await office.row(number)
    assert (row.state, row.is_suspended, row.rule) == ("scheduled", False, "susp-lift-6mo")
    assert (row.scheduled_on, row.deemed_on) == (date(2027, 1, 22), date(2027, 7, 19))
    shown = (await office.call("GET", f"/instructions/{name}", role=RoleName.ADCVD_TEAM)).json()
    assert shown["results"] == {"lifted": 1}
    changes = [event.data for event in await published(office.engine)]
    assert [each.change for each in changes] == ["suspended", "suspension-lifted"]
    assert changes[1].deemed_on == date(2027, 7, 19)
    await cycle(office.engine, date(2027, 1, 22))
    assert (await office.row(number)).liquidated_on == date(2027, 1, 22)
    await office.check()


async def test_entry_stays_suspended_until_its_last_line_is_lifted(office: Office) -> None:
    number = await office.file(lines=[of_case(1), of_case(2, maker=OTHER_MAKER), of_case(3, OTHER_CASE)])
    meant = {"case_numbers": [CASE], "manufacturer_ids": [MAKER]}
    first = await office.instruct("1", noticed_on="2027-01-04", predicate=meant)
    assert (await office.row(number)).is_suspended
    results = await office.call("GET", f"/instructions/{first}/results", role=RoleName.ADCVD_TEAM)
    (result,) = results.json()["items"]
    assert (result["outcome"], result["rule"]) == ("still-suspended", "susp-lift-multiline")
    await office.instruct("2", noticed_on="2027-01-05", predicate={"case_numbers": [CASE, OTHER_CASE]})
    row = await office.row(number)
    assert (row.state, row.deemed_on, row.turns) == ("scheduled", date(2027, 7, 5), 2)
    await office.check()


async def test_lifted_entry_can_be_extended_from_the_end_of_its_six_months(office: Office) -> None:
    number = await office.file(lines=[of_case(1)])
    await office.instruct("1", noticed_on="2027-01-04", predicate={"case_numbers": [CASE]})
    body = {"reason": "information-needed", "posted_on": "2027-01-10", "explanation": "A CBP 28 is unanswered."}
    answer = await office.act(number, "extensions", "x", body)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["period_ended_on"], answer.json()["period_ends_on"]) == ("2027-07-04", "2028-07-04")
    assert (await office.row(number)).state == "extended"
    await office.check()


async def test_instruction_says_on_whose_authority_and_for_whom_each_suspension_ends(office: Office) -> None:
    number = await office.file(entry_type="03", lines=[of_case(1)])
    drafted = await office.draft("6012345", noticed_on="2027-01-19", predicate={"case_numbers": [CASE]})
    path = f"/instructions/{drafted.json()['instruction_id']}/confirmations"
    confirmed = await office.call(
        "POST", path, who="lee", role=RoleName.ADCVD_TEAM, grants={"acting_for": "max"}, If_Match='"1"'
    )
    assert confirmed.json()["authority"] == "instruction.confirm/national"
    timeline = (await office.call("GET", f"/entries/{number}/timeline", role=RoleName.ADCVD_TEAM)).json()
    (lifted,) = [each for each in timeline["happened"] if each["what"] == "suspension-lifted"]
    assert (lifted["actor"], lifted["authority"]) == (
        "kim, confirmed by lee acting for max",
        "instruction.confirm/national",
    )


async def test_court_opinion_starts_no_six_months(office: Office) -> None:
    answer = await office.draft(
        "1", noticed_on="2027-01-04", source="court-opinion", predicate={"case_numbers": [CASE]}
    )
    assert (answer.status_code, answer.json()["rule"]) == (422, "susp-lift-trigger")


async def test_drafter_cannot_confirm_an_instruction(office: Office) -> None:
    drafted = await office.draft("1", noticed_on="2027-01-04", predicate={"case_numbers": [CASE]})
    name = drafted.json()["instruction_id"]
    answer = await office.call("POST", f"/instructions/{name}/confirmations", role=RoleName.ADCVD_TEAM, If_Match='"1"')
    assert (answer.status_code, answer.json()["code"]) == (403, "second-person-required")


async def test_preview_counts_what_an_instruction_means(office: Office) -> None:
    await office.file(lines=[of_case(1)])
    await office.file(lines=[of_case(1, OTHER_CASE)])
    drafted = await office.draft("1", noticed_on="2027-01-04", predicate={"case_numbers": [CASE]})
    name = drafted.json()["instruction_id"]
    preview = await office.call("GET", f"/instructions/{name}/preview", role=RoleName.ADCVD_TEAM)
    assert preview.json() == {
        "entries": 1,
        "suspended": 1,
        "liquidated": 0,
        "duty_usd": "25.00",
        "fees_usd": "33.58",
    }


async def test_confirmed_instruction_reaches_entries_that_come_later_and_each_once(office: Office) -> None:
    await office.enjoin("2026-03-01")
    number = await office.file()
    assert (await office.row(number)).state == "scheduled"
    assert await apply_confirmed(office.engine, LAW.cycle, office.clock, LAW) == 1
    assert await apply_confirmed(office.engine, LAW.cycle, office.clock, LAW) == 0
    row = await office.row(number)
    assert (row.state, row.why, row.scheduled_on) == ("suspended", "suspended by injunction:24-00123", None)
    await cycle(office.engine, date(2027, 3, 5))
    assert (await office.row(number)).liquidated_on is None
    await office.check()


async def test_instruction_stopped_between_chunks_goes_on_where_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    monkeypatch.setattr(instructions, "CHUNKS_AT_ONCE", 1)
    numbers = [await office.file(lines=[of_case(1)]) for _ in range(5)]
    name = await office.instruct("1", noticed_on="2027-01-04", predicate={"case_numbers": [CASE]})
    path = f"/instructions/{name}"
    shown = (await office.call("GET", path, role=RoleName.ADCVD_TEAM)).json()
    assert shown["results"] == {"lifted": 2}
    assert await apply_confirmed(office.engine, LAW.cycle, office.clock, LAW) == 3
    shown = (await office.call("GET", path, role=RoleName.ADCVD_TEAM)).json()
    assert shown["results"] == {"lifted": 5}
    lifted = [event.data for event in await published(office.engine) if event.data.change == "suspension-lifted"]
    assert sorted(each.entry_number for each in lifted) == sorted(numbers)


async def test_instruction_killed_within_a_chunk_leaves_nothing_of_it_and_does_it_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    monkeypatch.setattr(instructions, "CHUNKS_AT_ONCE", 1)
    numbers = [await office.file(lines=[of_case(1)]) for _ in range(5)]
    name = await office.instruct("1", noticed_on="2027-01-04", predicate={"case_numbers": [CASE]})

    async def die(*_: object) -> None:
        raise ZeroDivisionError

    async def lifted() -> list[str]:
        events = [event.data for event in await published(office.engine)]
        return sorted(each.entry_number for each in events if each.change == "suspension-lifted")

    with monkeypatch.context() as killing:
        killing.setattr(outbox, "add", die)
        with pytest.raises(ZeroDivisionError):
            await apply_confirmed(office.engine, LAW.cycle, office.clock, LAW)
    assert len(await lifted()) == 2
    shown = (await office.call("GET", f"/instructions/{name}", role=RoleName.ADCVD_TEAM)).json()
    assert shown["results"] == {"lifted": 2}
    assert await apply_confirmed(office.engine, LAW.cycle, office.clock, LAW) == 3
    assert await lifted() == sorted(numbers)
    await office.check()


async def test_suspension_that_began_after_the_period_ended_finds_the_entry_liquidated_by_law(office: Office) -> None:
    number = await office.file(entry_date="2025-06-02")
    await office.enjoin("2026-07-01")
    row = await office.row(number)
    assert (row.state, row.deemed_on) == ("scheduled", date(2026, 6, 2))
    await office.check()


async def test_liquidation_in_breach_of_an_injunction_is_voided_and_comes_again(office: Office) -> None:
    number = await office.file()
    await apply(office.engine, [review_decided(number, "increase", "10.00", decision_id="d-1")])
    await cycle(office.engine, date(2027, 1, 15))
    await office.enjoin("2027-01-11")
    assert (await office.row(number)).state == "liquidated"
    bars = await office.bars(number)
    assert (bars["entry.reliquidate"], bars["entry.void-liquidation"]) == ("liquidation-without-effect", None)
    answer = await office.act(number, "voided-liquidations", "v", {"explanation": "Court 24-00123."})
    assert (answer.status_code, answer.json()["state"]) == (201, "suspended"), answer.text
    await office.check()
    await office.instruct(
        "lift",
        ground="injunction",
        reference="24-00123",
        noticed_on="2027-01-20",
        predicate={"importer_number": "07-345678900"},
    )
    await cycle(office.engine, date(2027, 1, 22))
    row = await office.row(number)
    assert (row.state, row.liquidated_on, row.liquidation_kind) == ("liquidated", date(2027, 1, 22), "increase")
    await office.check()
    changes = [e.data for e in await published(office.engine) if e.type == "gov.cbp.liquidation.entry-changed.v1"]
    sequences = [each.sequence for each in changes]
    assert [each.change for each in changes][-3:] == ["liquidation-voided", "suspension-lifted", "liquidated"]
    assert sequences == sorted(set(sequences))
    assert (changes[-3].posted_on, changes[-3].voided_liquidation_on) == (date(2027, 1, 20), date(2027, 1, 15))


async def test_liquidation_during_an_agency_suspension_stands(office: Office) -> None:
    number = await office.file()
    await cycle(office.engine, date(2027, 1, 15))
    await office.instruct(
        "eapa",
        kind="suspend",
        ground="eapa",
        reference="7999",
        source="agency-notice",
        noticed_on="2027-01-11",
        predicate={"importer_number": "07-345678900"},
    )
    bars = await office.bars(number)
    assert (bars["entry.reliquidate"], bars["entry.void-liquidation"]) == (None, "liquidation-stands")
    answer = await office.act(number, "voided-liquidations", "v", {"explanation": "Suspended."})
    assert (answer.status_code, answer.json()["rule"]) == (422, "susp-statutory-breach")


async def test_entry_deemed_while_suspended_is_not_liquidated(office: Office) -> None:
    number = await office.file(entry_date="2026-01-12")
    await cycle(office.engine, date(2027, 1, 15))
    assert (await office.row(number)).liquidation_kind == "deemed"
    await office.instruct(
        "statute",
        kind="suspend",
        ground="other-statute",
        reference="19 USC 1504(c)",
        source="agency-notice",
        noticed_on="2026-12-01",
        predicate={"importer_number": "07-345678900"},
    )
    answer = await office.act(number, "voided-liquidations", "v", {"explanation": "Posted wrongly."})
    assert (answer.status_code, answer.json()["rule"]) == (201, "susp-false-deemed"), answer.text
    assert (await office.row(number)).state == "suspended"
    await office.check()


REFUND = {"effect_duty_usd": "-5.00", "effect_fees_usd": "0.00", "explanation": "The rate was applied twice."}


async def test_liquidation_without_effect_is_not_reliquidated_and_starts_no_time_to_protest(office: Office) -> None:
    number = await office.file()
    await cycle(office.engine, date(2027, 1, 15))
    await office.enjoin("2027-01-11")
    answer = await office.act(number, "reliquidations", "r1", REFUND)
    assert (answer.status_code, answer.json()["rule"]) == (409, "susp-injunction-breach"), answer.text
    shown = (await office.call("GET", f"/entries/{number}/timeline", role=RoleName.CENTER_DIRECTOR)).json()
    assert [each["rule"]["id"] for each in shown["coming"]] == ["susp-injunction-breach"], shown["coming"]
    async with transaction(office.engine) as tx:
        held = await hold_protested_entries(tx, [number])
    assert held[number].liquidated_on is None


async def test_extended_entry_whose_suspension_was_lifted_follows_the_reading_in_force(office: Office) -> None:
    """susp-lift-extended: its extended period governs, CBP acts by six months from the notice."""
    number = await office.file(entry_date="2026-03-02")
    body = {"reason": "information-needed", "posted_on": "2027-01-11", "explanation": "A CBP 28 is unanswered."}
    assert (await office.act(number, "extensions", "x", body)).status_code == 201
    await office.enjoin("2027-01-12")
    await office.instruct(
        "lift",
        ground="injunction",
        reference="24-00123",
        noticed_on="2027-01-20",
        predicate={"importer_number": "07-345678900"},
    )
    row = await office.row(number)
    assert (row.deemed_on, row.act_by, row.deemed_rule) == (date(2028, 3, 2), date(2027, 7, 20), "susp-lift-extended")
    assert row.scheduled_on == date(2027, 7, 16)
    await office.check()
    # As an earlier reading had left it: six months governed, and nothing else was known.
    async with transaction(office.engine) as tx:
        earlier = "deemed_on = '2027-07-20', act_by = NULL, deemed_rule = 'susp-lift-6mo', rule = 'susp-lift-6mo'"
        await tx.connection.execute(text(f"UPDATE entries SET {earlier}"))
    await cycle(office.engine, date(2027, 1, 22))
    again = await office.row(number)
    assert (again.deemed_on, again.act_by, again.turns) == (row.deemed_on, row.act_by, row.turns + 1)
    told = [event.data for event in await published(office.engine)][-1]
    assert (told.change, told.deemed_on, told.legal_basis.rule) == (
        "rescheduled",
        date(2028, 3, 2),
        "susp-lift-extended",
    )


async def test_extension_is_not_recorded_behind_a_period_that_has_ended(office: Office) -> None:
    number = await office.file(entry_date="2026-01-18")
    body = {"reason": "information-needed", "posted_on": "2027-01-15", "explanation": "Posted, as somebody says."}
    answer = await office.act(number, "extensions", "x", body)
    assert (answer.status_code, answer.json()["rule"]) == (422, "ext-notice"), answer.text


async def test_center_reliquidates_until_day_90_of_the_original_liquidation(office: Office) -> None:
    number = await office.file()
    await cycle(office.engine, date(2027, 1, 15))
    office.clock.advance(timedelta(days=85))
    answer = await office.act(number, "reliquidations", "r1", REFUND)
    assert (answer.status_code, answer.json()["kind"], answer.json()["change_duty_usd"]) == (201, "refund", "-5.00")
    again = await office.act(number, "reliquidations", "r1", REFUND)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (answer.json(), "true")
    office.clock.advance(timedelta(days=1))
    late = await office.act(number, "reliquidations", "r2", REFUND)
    assert (late.status_code, late.json()["rule"]) == (422, "reliq-1501")
    by_court = await office.act(number, "reliquidations", "r3", REFUND | {"writer": "court-judgment"})
    assert (by_court.status_code, by_court.json()["number"], by_court.json()["kind"]) == (201, 2, "no-change")
    await office.check()


async def test_record_shows_finality_and_what_was_done(office: Office) -> None:
    number = await office.file(lines=[of_case(1)])
    await office.instruct("1", noticed_on="2027-01-04", predicate={"case_numbers": [CASE]})
    await office.act(number, "liquidations", "l", {"basis": "as-entered", "explanation": "Due."})
    await office.act(number, "reliquidations", "r", REFUND)
    record = (await office.call("GET", f"/entries/{number}", role=RoleName.ADCVD_TEAM)).json()
    finality = record["finality"]
    assert (finality["final_1501_on"], finality["is_final_1501"]) == ("2027-04-21", False)
    assert finality["final_1514_on"] == "2027-07-20"
    assert finality["writers_after_final"]["court-judgment"] == "reliq-court"
    assert "center" not in finality["writers_after_final"]
    (suspension,) = record["suspensions"]
    assert (suspension["is_filed"], suspension["lift_noticed_on"]) == (True, "2027-01-04")
    (reliquidation,) = record["reliquidations"]
    assert (reliquidation["rule"]["id"], reliquidation["change_duty_usd"]) == ("reliq-1501", "-5.00")
    timeline = (await office.call("GET", f"/entries/{number}/timeline", role=RoleName.ADCVD_TEAM)).json()
    assert {each["what"] for each in timeline["happened"]} == {
        "suspended",
        "suspension-lifted",
        "liquidated",
        "reliquidated",
    }
    told = {event.data.change: event.data for event in await published(office.engine)}
    for change in ("liquidated", "reliquidated"):
        days = {told[change].occurred_on, told[change].liquidated_on, told[change].posted_on}
        assert (days, told[change].protest_by) == ({date(2027, 1, 20)}, date(2027, 7, 19))
    assert (told["suspension-lifted"].posted_on, told["suspension-lifted"].protest_by) == (None, None)
    coming = {each["rule"]["id"]: each["safe"] for each in timeline["coming"]}
    assert (coming["final-two-meanings"], coming["final-1514"]) == ("2027-04-21", "2027-07-20")


async def test_request_for_an_extension_is_open_until_one_names_its_day(office: Office) -> None:
    number = await office.file()
    received_at = "2027-01-11T15:00:00Z"
    await apply(office.engine, [post_entry("extension-request", "X-1", [number], received_at=received_at)])
    path = f"/entries/{number}"
    record = (await office.call("GET", path, role=RoleName.ADCVD_TEAM)).json()
    assert [each["is_open"] for each in record["extension_requests"]] == [True]
    body = {"reason": "importer-request", "posted_on": "2027-01-12", "requested_on": "2027-01-11", "explanation": "x"}
    answer = await office.act(number, "extensions", "x", body)
    assert answer.status_code == 201, answer.text
    record = (await office.call("GET", path, role=RoleName.ADCVD_TEAM)).json()
    assert [each["is_open"] for each in record["extension_requests"]] == [False]


async def test_correction_by_another_filer_is_told_to_the_first(office: Office) -> None:
    number = await office.file()
    body = entry_body(number, version=2, reasons=["H06"])
    await apply(office.engine, [decoded("entry-corrected", body, source="urn:filer:XYZ", time="2026-04-01T10:00:00Z")])
    told = [event.data for event in await published(office.engine)]
    codes = [reason.code for reason in told[1].reasons]
    assert (told[1].filer_code, codes) == ("B76", ["liq-cycle-314", "corrected-by-other-filer"])


async def test_liquidation_by_hand_takes_the_waiting_decisions(office: Office) -> None:
    number = await office.file()
    await apply(office.engine, [review_decided(number, "refund", "-5.00", decision_id="d-1")])
    body = {"basis": "by-decision", "explanation": "Asked for by the importer."}
    answer = await office.act(number, "liquidations", "l", body)
    assert (answer.status_code, answer.json()["kind"], answer.json()["liquidated_on"]) == (201, "refund", "2027-01-20")
    again = await office.act(number, "liquidations", "l2", body)
    assert (again.status_code, again.json()["code"]) == (409, "already-liquidated")
    await office.check()


async def test_suspended_entry_is_not_liquidated_by_hand(office: Office) -> None:
    number = await office.file(lines=[of_case(1)])
    answer = await office.act(number, "liquidations", "l", {"basis": "as-entered", "explanation": "Early."})
    assert (answer.status_code, answer.json()["rule"]) == (409, "susp-grounds")


async def test_recompute_tells_of_a_record_that_was_changed_by_other_means(office: Office) -> None:
    number = await office.file()
    async with transaction(office.engine) as tx:
        await tx.connection.execute(text("UPDATE entries SET deemed_on = deemed_on + 1"))
    assert await recompute(office.engine, LAW.cycle, office.clock, LAW) == 1
    (told,) = (await office.call("GET", "/recomputes", role=RoleName.ADCVD_TEAM)).json()["items"]
    assert told["first_differences"] == [
        {"entry_number": number, "field": "deemed_on", "stored": "2027-03-03", "derived": "2027-03-02"}
    ]
    assert (await office.row(number)).deemed_on == date(2027, 3, 3)


async def test_recompute_shows_the_entries_of_the_callers_centers_and_no_social_security_number(office: Office) -> None:
    number = await office.file()
    async with transaction(office.engine) as tx:
        await tx.connection.execute(text("UPDATE entries SET center = 'CEE007', importer_number = '123-45-6789'"))
    assert await recompute(office.engine, LAW.cycle, office.clock, LAW) >= 1

    async def told(center: str) -> tuple[int, list[dict[str, Any]]]:
        role, grants = RoleName.LIQUIDATION_SPECIALIST, {"centers": frozenset({center})}
        (day,) = (await office.call("GET", "/recomputes", role=role, grants=grants)).json()["items"]
        return day["differences"], day["first_differences"]

    count, own = await told("CEE007")
    assert await told("CEE003") == (count, [])
    (importer,) = [each for each in own if each["field"] == "importer_number"]
    assert (importer["entry_number"], importer["stored"]) == (number, "***-**-6789")
