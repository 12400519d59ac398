"""Reversals that are asked for, named, withdrawn and judged for finality; stays that hold, and what was sent before."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.liquidation.acts.payment_closing import close_payments
from services.liquidation.acts.program_reversals import reverse_confirmed
from services.liquidation.domain.money.settings import POLICY, MoneyPolicy, PaymentPolicy
from services.liquidation.store.tables.acts import reliquidations
from services.liquidation.store.tables.payments import payments
from services.liquidation.store.tables.programs import program_postings
from services.liquidation.store.tables.records import entries
from shared.runtime.identity import RoleName
from tests.integration.liquidation.builders import cycle, rows
from tests.integration.liquidation.program_office import LIQUIDATED, Office, liquidated, program
from tests.integration.liquidation.test_liquidation_posting import MONDAY, act, make_due, post, posting_office

TUESDAY = MONDAY + timedelta(days=1)
REASON = {"reason": "SYNTHETIC order was reversed."}


@pytest.fixture
async def office(service_engine: Any) -> AsyncIterator[Office]:
    async with posting_office(service_engine, program()) as found:
        yield found


async def ask(office: Office, who: str, key: str, **given: Any) -> int:
    """The number of a request to reverse."""
    told = await act(office, "reversals", who, {"by": "center"} | REASON | given, key=key)
    assert told.status_code == 201, told.text
    found: int = told.json()["request"]
    return found


async def states(office: Office) -> dict[str, str | None]:
    return {each.entry_number: each.reversal for each in await rows(office.engine, program_postings)}


async def test_a_confirmation_is_of_one_request_and_of_nothing_that_was_asked_since(office: Office) -> None:
    first, second = sorted(await make_due(office, count=2))
    assert await post(office, MONDAY) == 2
    one = await ask(office, "kim", "a", entries=[first])
    two = await ask(office, "max", "b")  # all that is left: what another request names stays with that
    unnamed = await act(office, "reversals/confirmations", "lee", key="c")
    assert (unnamed.status_code, unnamed.json()["code"]) == (409, "reversal-not-named")
    assert "1 (1 entries), 2 (1 entries)" in unnamed.json()["detail"]
    own = await act(office, "reversals/confirmations", "kim", {"request": one}, key="d")
    assert (own.status_code, own.json()["code"]) == (403, "second-person-required")
    # Who asked for another one may confirm this.
    confirmed = await act(office, "reversals/confirmations", "max", {"request": one}, key="e")
    assert confirmed.json() == {"program": "ieepa-2026", "entries": 1, "request": one, "state": "confirmed"}
    assert await states(office) == {first: "confirmed", second: "asked"}
    again = await act(office, "reversals/confirmations", "lee", {"request": one}, key="f")
    assert (again.status_code, again.json()["code"]) == (409, "reversal-settled")
    unknown = await act(office, "reversals/confirmations", "lee", {"request": 9}, key="g")
    assert unknown.status_code == 404
    assert await reverse_confirmed(office.engine, office.clock, POLICY) == 1
    assert await states(office) == {first: "done", second: "asked"}
    # The only one that waits needs no number.
    assert (await act(office, "reversals/confirmations", "lee", key="h")).json()["request"] == two
    listed = (await office.ok("GET", "/programs/ieepa-2026/reversals", office.staff("kim")))["items"]
    assert [(each["request"], each["state"], each["asked_by"], each["settled_by"]) for each in listed] == [
        (two, "confirmed", "max", "lee"),
        (one, "confirmed", "kim", "max"),
    ]
    waiting = await office.ok("GET", "/programs/ieepa-2026/reversals?state=asked", office.staff("kim"))
    assert waiting["items"] == []


async def test_what_is_asked_is_withdrawn_by_who_asked_or_a_supervisor_with_a_reason(office: Office) -> None:
    (number,) = await make_due(office)
    assert await post(office, MONDAY) == 1
    request = await ask(office, "kim", "a")
    why = {"request": request, "reason": "SYNTHETIC: of another program."}
    other = await act(office, "reversals/withdrawals", "lee", why, key="b")
    assert (other.status_code, other.json()["code"]) == (403, "role-required")
    withdrawn = await act(office, "reversals/withdrawals", "kim", why, key="c")
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (201, "withdrawn")
    assert await states(office) == {number: None}
    late = await act(office, "reversals/confirmations", "lee", {"request": request}, key="d")
    assert (late.status_code, late.json()["code"]) == (409, "reversal-settled")
    nothing = await act(office, "reversals/confirmations", "lee", key="e")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-reverse")
    assert await reverse_confirmed(office.engine, office.clock, POLICY) == 0
    # It can be asked for again, and a supervisor takes that back.
    again = await ask(office, "kim", "f")
    assert again == request + 1
    director = office.headers(RoleName.CENTER_DIRECTOR, subject="dan")
    path, key = "/programs/ieepa-2026/reversals/withdrawals", {"Idempotency-Key": "g"}
    told = await office.ok("POST", path, director, json=why | {"request": again}, headers=key)
    assert told["entries"] == 1
    (last, first) = (await office.ok("GET", "/programs/ieepa-2026/reversals", office.staff("kim")))["items"]
    assert (last["settled_by"], last["why"], first["settled_by"]) == ("dan", why["reason"], "kim")
    history = (await office.ok("GET", "/programs/ieepa-2026", office.staff("kim")))["history"]
    assert (history[-1]["change"], history[-1]["authority"]) == (
        "reversal-withdrawn",
        "program.withdraw-reversal/national",
    )


async def reverse(
    office: Office, on: date, key: str, *, policy: MoneyPolicy = POLICY, **given: Any
) -> tuple[str | None, str | None]:
    """Asked for and confirmed on a day by a judgment, and done: how the one posting stands then, and why not."""
    office.on(on)
    request = await ask(office, "kim", f"ask-{key}", by="court-judgment", **given)
    confirmed = await act(office, "reversals/confirmations", "lee", {"request": request}, key=f"confirm-{key}")
    assert confirmed.status_code == 201
    await reverse_confirmed(office.engine, office.clock, policy)
    (posted,) = await rows(office.engine, program_postings)
    return posted.reversal, posted.reversal_code


async def test_a_judgment_reverses_what_is_final_only_if_the_entry_was_in_the_suit(office: Office) -> None:
    """Rules final-1514, reliq-court: Target (Fed. Cir. 2025)."""
    await make_due(office)
    assert await post(office, MONDAY) == 1
    last_day = date(2026, 12, 14)  # the last arguable day to protest, 180 days after, a Saturday, rolled
    final = last_day + timedelta(days=1)
    assert await reverse(office, final, "a") == ("refused", "missing-fact")
    assert await reverse(office, final, "b", is_in_suit=False) == ("refused", "refused")
    # The day of the order decides: it was given while the liquidation was not final.
    assert await reverse(office, final, "c", is_in_suit=True, court_number="26-01259") == ("done", None)
    (again,) = await rows(office.engine, reliquidations)
    assert "court number 26-01259" in again.explanation
    (entry,) = await rows(office.engine, entries)
    assert entry.effect_duty_cents == 0


async def test_a_judgment_of_before_finality_reverses_whatever_was_in_suit(office: Office) -> None:
    await make_due(office)
    assert await post(office, MONDAY) == 1
    late = MONDAY + timedelta(days=300)
    assert await reverse(office, late, "a", court_ordered_on="2027-03-01") == ("refused", "missing-fact")
    assert await reverse(office, late, "b", court_ordered_on="2027-12-01") == ("refused", "no-power")
    assert await reverse(office, late, "c", court_ordered_on="2026-12-01") == ("done", None)


async def test_what_a_reliquidation_decided_is_final_when_its_own_time_to_protest_is_over(office: Office) -> None:
    """19 USC 1514(d): the program reliquidated on day 4, and the question of its duty is open 180 days from then."""
    number, liquidated_on = await liquidated(office)
    posted_on = date(2026, 12, 29)
    office.on(liquidated_on + timedelta(days=3))
    await office.declare([number])
    await office.judge()
    assert await post(office, posted_on) == 1
    day = liquidated_on + timedelta(days=185)
    of_liquidation = replace(POLICY, law=replace(POLICY.law, reversal_finality="of-liquidation"))
    assert await reverse(office, day, "a", policy=of_liquidation) == ("refused", "missing-fact")
    assert await reverse(office, day, "b") == ("done", None)


async def test_importers_who_sued_are_known_by_the_cohort_that_posted_them(service_engine: Any) -> None:
    court = {
        "name": "final",
        "when": {"liquidated_days": [81, None]},
        "act": "reliquidate",
        "by": "court-judgment",
        "finality": "in-suit",
        "on": "2026-04-20",
    }
    async with posting_office(service_engine, program(cohorts=[*program()["cohorts"], court])) as office:
        number, liquidated_on = await liquidated(office)
        office.on(liquidated_on + timedelta(days=100))
        await office.declare([number])
        await office.judge()
        monday = date(2027, 4, 5)
        assert await post(office, monday) == 1
        assert await reverse(office, monday + timedelta(days=400), "a") == ("done", None)


async def test_only_a_judgment_is_told_of_its_suit(office: Office) -> None:
    await make_due(office)
    assert await post(office, MONDAY) == 1
    wrong = await act(office, "reversals", "kim", {"by": "center", "is_in_suit": True} | REASON)
    assert wrong.status_code == 422
    assert "of a judgment" in wrong.text


async def test_a_stay_drafts_the_hold_set_that_keeps_cycles_from_its_entries(office: Office) -> None:
    office.on(date(2026, 12, 1))
    number = await office.file()
    await office.declare([number])
    await office.judge()
    plain = await act(office, "pauses", "kim", {"act": "pause"} | REASON)
    assert (plain.json()["hold_set"], "stay with holds" in plain.json()["cycles"]) == (None, True)
    stayed = (await act(office, "stays", "kim", {"act": "stay", "holds": True} | REASON)).json()
    assert (stayed["is_stayed"], stayed["hold_from"]) == (True, "2026-12-04")
    held = f"/hold-sets/{stayed['hold_set']}"
    drafted = await office.ok("GET", held, office.staff("kim"))
    assert (drafted["state"], drafted["predicate"]["entered_to"]) == ("draft", "2026-02-23")
    assert "99030124" in str(drafted["predicate"]["headings"])
    tag = {"If-Match": '"1"'}
    own = await office.call("POST", f"{held}/apply", office.staff("kim"), headers=tag)
    assert own.json()["code"] == "second-person-required"
    await office.ok("POST", f"{held}/apply", office.staff("lee"), headers=tag)
    await cycle(office.engine, LIQUIDATED)
    (entry,) = await rows(office.engine, entries)
    assert (entry.entry_number, entry.liquidated_on) == (number, None)
    lifted = (await act(office, "stays", "lee", {"act": "lift"} | REASON, key="lift")).json()
    assert (lifted["cycles"], lifted["hold_set"]) == (None, None)


async def test_what_was_sent_before_a_stay_is_recorded_while_it_lasts(office: Office) -> None:
    await make_due(office)
    assert await post(office, MONDAY) == 1
    office.on(TUESDAY)
    assert await close_payments(office.engine, office.clock, POLICY, PaymentPolicy(29)) == 1

    async def act_on(what: str, who: str, **body: Any) -> Any:
        at = f"/payments/P000000001/{what}"
        (row,) = await rows(office.engine, payments)
        headers = {"If-Match": f'"{row.revision}"', "Idempotency-Key": f"{what} {row.revision} {sorted(body.items())}"}
        return await office.call("POST", at, office.staff(who), headers=headers, **({"json": body} if body else {}))

    assert (await act_on("certifications", "max")).status_code == 201
    wednesday = TUESDAY + timedelta(days=1)
    office.on(wednesday, hour=15)
    stayed_at: datetime = office.clock.now()
    assert (await act(office, "stays", "kim", {"act": "stay"} | REASON)).status_code == 201
    office.on(wednesday, hour=18)
    shown = await office.ok("GET", "/payments/P000000001", office.staff("lee"))
    assert [each["code"] for each in shown["may_do"] if each["action"] == "payment.pay"] == [None]
    for body, status, code in (
        ({"paid_on": wednesday.isoformat()}, 409, "program-stayed"),
        ({"paid_on": wednesday.isoformat(), "sent_at": stayed_at.isoformat()}, 409, "program-stayed"),
        ({"paid_on": TUESDAY.isoformat(), "sent_at": stayed_at.isoformat()}, 422, "payment-day"),
        ({"paid_on": wednesday.isoformat(), "sent_at": (stayed_at - timedelta(minutes=1)).isoformat()}, 201, None),
    ):
        told = await act_on("payouts", "lee", **body)
        assert (told.status_code, told.json().get("code")) == (status, code), told.text
    assert told.json()["state"] == "paid"
    # Nothing new is certified, and what the bank returns is recorded.
    office.on(wednesday + timedelta(days=1))
    returned = await act_on("returns", "max", returned_on=(wednesday + timedelta(days=1)).isoformat(), reason="R03")
    assert (returned.status_code, returned.json()["state"]) == (201, "returned")
    again = await act_on("certifications", "max")
    assert (again.status_code, again.json()["code"]) == (409, "program-stayed")
