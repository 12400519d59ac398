"""Programs that take entries by themselves over HTTP and by event, and facts that come after an entry was posted."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.program_enrolling import enrol_known
from services.liquidation.domain.law import LAW
from services.liquidation.store.tables.programs import declared_entries, program_after_facts, program_answers
from services.liquidation.store.tables.records import entries
from shared.db.transaction import transaction
from shared.runtime.identity import RoleName
from tests.integration.liquidation.builders import apply, cycle, post_entry, rows
from tests.integration.liquidation.program_office import (
    IEEPA,
    IMPORTER,
    LIQUIDATED,
    Office,
    duties,
    liquidated,
    open_office_on,
    program,
)
from tests.support.events import entry_number

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

AUTOMATIC = program(program="of-itself", intake="automatic", corrections={"lock": False})
OFFERED = program(program="on-offer", intake="offered", offering={"answer_days": 120, "silence": "drop"})
OTHERS_GOODS = duties(("8471300100", 125_000, "0.00"), ("99038815", 0, "9375.00"))


@pytest.fixture
async def office(service_engine: MakeEngine) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        yield office


async def offers(office: Office, who: dict[str, str] | None = None, **query: Any) -> dict[str, dict[str, Any]]:
    found = await office.ok("GET", f"/importers/{IMPORTER}/program-offers", who or office.importer, params=query)
    return {each["entry_number"]: each for each in found["items"]}


async def answer(office: Office, numbers: list[str], word: str, *, code: str = "on-offer", **given: Any) -> Any:
    body = {"entries": numbers, "answer": word} | given
    key = {"Idempotency-Key": f"{word}-{'-'.join(numbers)}-{office.clock.now()}"}
    return await office.call("POST", f"/programs/{code}/answers", office.importer, json=body, headers=key)


async def test_an_automatic_program_takes_what_is_there_and_what_comes_without_a_declaration(office: Office) -> None:
    before, other = await office.file(), await office.file(OTHERS_GOODS)
    await office.release(AUTOMATIC)
    assert await offers(office) == {}
    await office.judge()
    later = await office.file()
    found = await offers(office)
    assert set(found) == {before, later}
    assert other not in found
    for each in found.values():
        assert (each["state"], each["code"], each["removed_usd"]) == ("due", None, "9375.00")
        assert (each["cohort"], each["answer"], each["notes"]) == ("unliquidated", None, ["payee-unknown"])
    told = await office.ok("GET", "/programs/of-itself/progress", office.staff("kim"))
    assert (told["declared"], told["removed_usd"]) == (2, "18750.00")
    (roll,) = {each.declaration_id for each in await rows(office.engine, declared_entries)}
    shown = await office.ok("GET", f"/programs/of-itself/declarations/{roll}", office.staff("kim"))
    assert (shown["door"], shown["state"], shown["rows"]) == ("program", "judged", 2)
    # Another day, another event: nothing is taken twice.
    office.on(date(2026, 4, 21))
    await office.judge()
    assert len(await rows(office.engine, declared_entries)) == 2


async def test_an_entry_that_a_correction_brings_within_an_automatic_program_is_taken_with_it(office: Office) -> None:
    await office.release(AUTOMATIC)
    number = await office.file(OTHERS_GOODS)
    assert await offers(office) == {}
    mended = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "5000.00"))
    await office.correct(number, 2, mended, at="2026-04-22T12:00:00Z")
    assert (await offers(office))[number]["removed_usd"] == "5000.00"
    # What takes it out again leaves it on the roll, with the reason.
    await office.correct(number, 3, OTHERS_GOODS, at="2026-04-23T12:00:00Z")
    told = (await offers(office))[number]
    assert (told["state"], told["code"]) == ("dropped", "no-heading")


async def test_a_cycle_posts_what_was_taken_by_its_cut(office: Office) -> None:
    await office.release(AUTOMATIC)
    number, on = await liquidated(office)
    await office.judge()
    told = (await offers(office))[number]
    assert (told["state"], told["cohort"], told["act"], on) == ("posted", "unliquidated", "liquidate", LIQUIDATED)


async def test_what_a_cycle_liquidates_before_it_is_posted_is_reliquidated_and_not_lost(office: Office) -> None:
    number = await office.file()
    office.on(LIQUIDATED - timedelta(days=1))  # behind the cut of Wednesday: the cycle does not see it
    await office.release(AUTOMATIC)
    await office.judge()
    await cycle(office.engine, LIQUIDATED)
    await office.judge()
    told = (await offers(office))[number]
    assert (told["state"], told["cohort"], told["act"]) == ("due", "recent", "reliquidate")
    office.on(LIQUIDATED + timedelta(days=91))
    await office.judge()
    assert (await offers(office))[number]["code"] == "too-near-day-90"


async def test_nobody_declares_to_a_program_that_takes_entries_by_itself(office: Office) -> None:
    await office.release(AUTOMATIC)
    number = await office.file()
    refused = await office.send(f"Entry number\n{number}\n", program="of-itself")
    assert (refused.status_code, refused.json()["code"]) == (409, "program-takes-itself")
    checked = await office.call(
        "POST",
        "/programs/of-itself/declarations/check",
        office.importer,
        content=f"Entry number\n{number}\n",
        headers={"Content-Type": "text/csv"},
    )
    assert (checked.status_code, checked.json()["code"]) == (409, "program-takes-itself")
    body = {"program": "of-itself", "certified": True}
    sent = post_entry("refund-declaration", "F-1", [number], received_at="2026-04-21T15:00:00Z", body=body)
    await apply(office.engine, [sent], now=office.clock.now())
    shown = await office.ok("GET", "/programs/of-itself/declarations/F-1", office.importer)
    assert (shown["state"], shown["code"]) == ("refused", "program-takes-itself")


async def test_an_importer_declines_what_is_taken_automatically_and_may_change_its_mind(office: Office) -> None:
    await office.release(AUTOMATIC)
    number = await office.file()
    declined = await answer(office, [number], "decline", code="of-itself")
    assert declined.status_code == 201, declined.text
    told = (await offers(office))[number]
    assert (told["state"], told["answer"], told["removed_usd"]) == ("withdrawn", "decline", "0.00")
    office.on(date(2026, 4, 22))
    await answer(office, [number], "accept", code="of-itself")
    assert (await offers(office))[number]["state"] == "due"
    kept = await rows(office.engine, program_answers)
    assert sorted((each.number, each.answer, each.answered_by) for each in kept) == [
        (1, "decline", "owner"),
        (2, "accept", "owner"),
    ]


async def test_an_offer_waits_for_its_importer_and_corrections_wait_from_the_acceptance_on(office: Office) -> None:
    await office.release(OFFERED)
    number = await office.file()
    told = (await offers(office))[number]
    assert (told["state"], told["notes"][0], told["last_day"]) == ("waiting", "waits-answer", "2026-08-18")
    smaller = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "5000.00"))
    larger = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "7000.00"))
    # Nobody has asked for it yet: a correction governs.
    office.on(date(2026, 4, 25))
    await office.correct(number, 2, smaller, at="2026-04-24T12:00:00Z")
    assert (await offers(office))[number]["removed_usd"] == "5000.00"
    accepted = await answer(office, [number], "accept")
    assert accepted.status_code == 201, accepted.text
    told = (await offers(office))[number]
    assert (told["state"], told["answer"], told["last_day"]) == ("due", "accept", None)
    office.on(date(2026, 4, 27))
    await office.correct(number, 3, larger, at="2026-04-26T12:00:00Z")
    (row,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert (row.version, (await offers(office))[number]["removed_usd"]) == (2, "5000.00")
    # Declined, the correction that is sent again is taken.
    await answer(office, [number], "decline")
    await office.correct(number, 4, larger, at="2026-04-27T14:00:00Z")
    (row,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert row.version == 4


async def test_nobody_takes_the_roll_of_a_filer_under_a_number_of_its_own(office: Office) -> None:
    await office.release(AUTOMATIC)
    squatted = "roll:of-itself:B76"
    by_sp7 = {"filed_by": {"role": "broker", "id": "SP7", "name": "SYNTHETIC"}}
    body = {"program": "of-itself", "certified": True}
    sent = post_entry("refund-declaration", squatted, [entry_number()], body=body, **by_sp7)
    await apply(office.engine, [structs.replace(sent, source="urn:filer:SP7")], now=office.clock.now())  # type: ignore[type-var]
    number = await office.file()
    assert (await offers(office))[number]["state"] == "due"
    (roll,) = await rows(office.engine, declared_entries)
    assert roll.declaration_id == squatted
    at, stranger = f"/programs/of-itself/declarations/{squatted}", office.broker("SP7")
    assert (await office.call("GET", f"{at}/results", stranger)).status_code == 404
    assert (await office.call("POST", f"{at}/withdrawals", stranger, json={})).status_code == 404


async def test_nothing_is_put_on_a_roll_whose_id_a_declaration_has(office: Office) -> None:
    await office.release(AUTOMATIC)
    async with transaction(office.engine) as tx:
        await tx.connection.execute(
            text(
                "INSERT INTO declarations (declaration_id, program, door, form, state, code, next_row, content_digest,"
                " received_at, progressed_at, importers, filer_code, made_by) VALUES ('roll:of-itself:B76',"
                " 'of-itself', 'event', 'event', 'refused', 'not-certified', 1, '', :at, :at, '{}', 'SP7', 'SP7')"
            ),
            {"at": office.clock.now()},
        )
    mine, other = await office.file(), await office.file(number=entry_number(filer="SP7"))
    assert set(await offers(office)) == {other}
    assert mine not in {each.entry_number for each in await rows(office.engine, declared_entries)}


@pytest.mark.parametrize("standing", ["pauses", "stays", "ends", "aborts"])
@pytest.mark.parametrize("model", [AUTOMATIC, OFFERED], ids=lambda each: each["program"])
async def test_an_importer_declines_however_the_program_stands(
    office: Office, model: dict[str, Any], standing: str
) -> None:
    code = model["program"]
    await office.release(model)
    number = await office.file()
    await answer(office, [number], "accept", code=code)
    act = {"pauses": {"act": "pause"}, "stays": {"act": "stay"}}.get(standing, {})
    body, key = {"reason": "SYNTHETIC"} | act, {"Idempotency-Key": "s"}
    await office.ok("POST", f"/programs/{code}/{standing}", office.staff("kim"), json=body, headers=key)
    is_over = standing in ("ends", "aborts")
    office.on(date(2026, 9, 30) if is_over else date(2026, 4, 21))  # over: behind the last day to answer an offer
    accepted = await answer(office, [number], "accept", code=code)
    assert (accepted.status_code, accepted.json().get("code")) == ((409, "program-closed") if is_over else (201, None))
    declined = await answer(office, [number], "decline", code=code)
    assert declined.status_code == 201, declined.text
    assert (await offers(office))[number]["state"] == "withdrawn"
    larger = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "7000.00"))
    at = office.clock.now() + timedelta(hours=1)
    await office.correct(number, 2, larger, at=at.isoformat())
    (row,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert row.version == 2
    # Declined once more, it was taken back when it was first declined: what was corrected meanwhile governs.
    (before,) = await rows(office.engine, declared_entries)
    office.on(at.date() + timedelta(days=1))
    assert (await answer(office, [number], "decline", code=code)).status_code == 201
    (after,) = await rows(office.engine, declared_entries)
    assert after.withdrawn_at == before.withdrawn_at


async def test_a_contest_says_why_and_waits_for_a_person(office: Office) -> None:
    await office.release(OFFERED)
    number = await office.file()
    bare = await answer(office, [number], "contest")
    assert (bare.status_code, bare.json()["code"]) == (422, "offer-contest-unexplained")
    office.on(date(2026, 4, 21))
    said = await answer(office, [number], "contest", explanation="Line 2 is missing.")
    assert said.status_code == 201, said.text
    told = (await offers(office))[number]
    assert (told["state"], told["notes"][0], told["explanation"]) == ("waiting", "waits-contest", "Line 2 is missing.")


@pytest.mark.parametrize(("silence", "state", "code"), [("drop", "dropped", "not-answered"), ("accept", "due", None)])
async def test_what_silence_means_is_a_setting_of_the_program(
    office: Office, silence: str, state: str, code: str | None
) -> None:
    await office.release(OFFERED | {"offering": {"answer_days": 10, "silence": silence}})
    number = await office.file()
    office.on(date(2026, 4, 30))
    await office.judge()
    assert (await offers(office))[number]["state"] == "waiting"
    office.on(date(2026, 5, 1))
    await office.judge()
    told = (await offers(office))[number]
    assert (told["state"], told["code"]) == (state, code)
    late = await answer(office, [number], "accept")
    assert (late.status_code, late.json()["code"]) == (409, "offer-answer-late")


async def test_only_its_importer_answers_and_all_entries_are_answered_or_none(office: Office) -> None:
    await office.release(OFFERED)
    mine, missing = await office.file(), entry_number()
    refused = await answer(office, [mine, missing], "accept")
    assert refused.status_code == 404
    assert (await offers(office))[mine]["answer"] is None
    stranger = office.headers(
        RoleName.IMPORTER, subject="other", importer_numbers=frozenset({"07-345678901"}), centers=frozenset()
    )
    body, key = {"entries": [mine], "answer": "decline"}, {"Idempotency-Key": "x"}
    foreign = await office.call("POST", "/programs/on-offer/answers", stranger, json=body, headers=key)
    assert foreign.status_code in (403, 404)
    unseen = await office.call("GET", f"/importers/{IMPORTER}/program-offers", stranger)
    assert unseen.status_code in (403, 404)
    assert (await offers(office))[mine]["state"] == "waiting"


async def test_a_released_program_keeps_its_intake_and_the_day_from_which_it_takes(office: Office) -> None:
    await office.release(AUTOMATIC)
    for change, field in (
        ({"intake": "declared"}, "intake"),
        ({"declaring": AUTOMATIC["declaring"] | {"from": "2026-05-01"}}, "declaring.from"),
    ):
        body = {"definition": AUTOMATIC | change, "reason": "x"}
        refused = await office.call(
            "POST", "/programs/of-itself/revisions", office.staff("kim"), json=body, headers={"Idempotency-Key": field}
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "program-fields")
        assert [each["field"] for each in refused.json()["errors"]] == [f"body.definition.{field}"]
    locked = {"definition": AUTOMATIC | {"corrections": {"lock": True}}, "reason": "x"}
    refused = await office.call(
        "POST", "/programs/of-itself/revisions", office.staff("kim"), json=locked, headers={"Idempotency-Key": "lock"}
    )
    assert [each["field"] for each in refused.json()["errors"]] == ["body.definition.corrections.lock"]


async def test_a_trial_of_an_automatic_program_counts_what_its_roll_will_have(office: Office) -> None:
    numbers = [await office.file() for _ in range(3)]
    await office.file(OTHERS_GOODS)
    await office.release(AUTOMATIC)
    await office.judge()
    last = await office.ok("GET", "/programs/of-itself/revisions/1/trials/last", office.staff("kim"))
    progress = await office.ok("GET", "/programs/of-itself/progress", office.staff("kim"))
    assert (last["entries"], last["accepted"], last["removed_usd"]) == (3, 3, "28125.00")
    assert (progress["declared"], progress["removed_usd"]) == (len(numbers), last["removed_usd"])


async def test_enrolling_that_is_stopped_goes_on_and_takes_nothing_twice(office: Office) -> None:
    numbers = sorted([await office.file() for _ in range(3)])
    await office.release(AUTOMATIC)
    async with transaction(office.engine) as tx:  # as after a chunk that was done before the process was killed
        await tx.connection.execute(
            text("UPDATE program_revisions SET enrolled_to = :n WHERE program = 'of-itself'"), {"n": numbers[0]}
        )
    assert await enrol_known(office.engine, office.clock, LAW.cycle, LAW) == 2
    assert set(await offers(office)) == set(numbers[1:])
    async with transaction(office.engine) as tx:
        await tx.connection.execute(text("UPDATE program_revisions SET enrolled_to = '', enrolled_at = NULL"))
    assert await enrol_known(office.engine, office.clock, LAW.cycle, LAW) == 1
    assert await enrol_known(office.engine, office.clock, LAW.cycle, LAW) == 0
    assert set(await offers(office)) == set(numbers)


async def post(office: Office, number: str) -> None:
    """As a run leaves a request that it has posted."""
    async with transaction(office.engine) as tx:
        await tx.connection.execute(
            text("UPDATE declared_entries SET state = 'posted' WHERE entry_number = :n AND state = 'due'"),
            {"n": number},
        )


async def after_facts(office: Office, **query: Any) -> list[dict[str, Any]]:
    path = "/programs/ieepa-2026/after-the-fact"
    found: list[dict[str, Any]] = (await office.ok("GET", path, office.staff("kim"), params=query))["items"]
    return found


async def test_edge_17_a_drawback_claim_after_the_posting_is_told_to_the_drawback_team_with_its_amount(
    office: Office,
) -> None:
    await office.release(program())
    number, other = await office.file(), await office.file()
    await office.declare([number, other])
    await post(office, number)
    await apply(office.engine, [post_entry("drawback-claim", "D-1", [number])], now=office.clock.now())
    assert ((await office.verdict(number))["state"], (await office.verdict(number))["code"]) == ("posted", None)
    (told,) = await after_facts(office, team="drawback")
    assert (told["entry_number"], told["code"]) == (number, "drawback-designated")
    assert (told["removed_usd"], told["owed_usd"], told["excess_usd"]) == ("9375.00", "0.00", "9375.00")
    sums = await office.ok("GET", "/programs/ieepa-2026/after-the-fact/sums", office.staff("kim"))
    assert sums["open"] == [{"team": "drawback", "code": "drawback-designated", "entries": 1, "excess_usd": "9375.00"}]
    await office.judge()
    assert len(await rows(office.engine, program_after_facts)) == 1
    drawback = office.headers(RoleName.DRAWBACK_SPECIALIST, subject="dana", centers=frozenset())
    body = {"code": "drawback-designated", "settlement": "The claim was reduced by the amount."}
    path, key = f"/programs/ieepa-2026/entries/{number}/settlements", {"Idempotency-Key": "s-1"}
    await office.ok("POST", path, drawback, json=body, headers=key)
    assert await after_facts(office) == []
    (settled,) = await after_facts(office, open="false")
    assert (settled["settled_by"], settled["settlement"]) == ("dana", "The claim was reduced by the amount.")
    history = (await office.ok("GET", "/programs/ieepa-2026", office.staff("kim")))["history"]
    assert (history[-1]["change"], history[-1]["actor"]) == ("settled", "dana")
    again = await office.call("POST", path, drawback, json=body, headers={"Idempotency-Key": "s-2"})
    assert again.status_code == 404


async def test_a_correction_of_before_the_request_that_comes_after_the_posting_is_told_and_rewrites_nothing(
    office: Office,
) -> None:
    await office.release(program())
    number = await office.file()
    await office.declare([number])
    await post(office, number)
    smaller = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "5000.00"))
    office.on(date(2026, 4, 25))
    await office.correct(number, 2, smaller, at="2026-04-10T12:00:00Z")
    shown = await office.verdict(number)
    assert (shown["state"], shown["removed_usd"]) == ("posted", "9375.00")
    (told,) = await after_facts(office, team="center")
    assert (told["code"], told["owed_usd"], told["excess_usd"]) == ("amount-differs", "5000.00", "4375.00")
    # A second one changes the amount: the fact is open again, whoever settled it.
    body = {"code": "amount-differs", "settlement": "Seen."}
    path = f"/programs/ieepa-2026/entries/{number}/settlements"
    await office.ok("POST", path, office.staff("sam"), json=body, headers={"Idempotency-Key": "s-1"})
    back = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "9000.00"))
    await office.correct(number, 3, back, at="2026-04-11T12:00:00Z")
    (told,) = await after_facts(office)
    assert (told["owed_usd"], told["settled_by"]) == ("9000.00", None)
    # And one that gives what was removed takes the fact away.
    same = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "9375.00"))
    await office.correct(number, 4, same, at="2026-04-12T12:00:00Z")
    assert await after_facts(office) == []
    (gone,) = await rows(office.engine, program_after_facts)
    assert gone.gone_at is not None


async def test_time_and_the_posting_itself_are_no_facts_of_after(office: Office) -> None:
    await office.release(program())
    number, on = await liquidated(office)
    office.on(on + timedelta(days=10))
    await office.declare([number])
    await post(office, number)
    office.on(on + timedelta(days=200))
    await office.judge()
    assert await rows(office.engine, program_after_facts) == []
    assert (await office.verdict(number))["state"] == "posted"
