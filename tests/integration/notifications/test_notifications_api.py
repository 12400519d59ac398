"""The API of notifications: notices for those they concern, figures for staff, the bulletin for everyone."""

import html
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.mail.protocol import Fate, Outcome
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from tests.integration.notifications.builders import (
    IMPORTER,
    NOW,
    SSN_IMPORTER,
    MakeEngine,
    ScriptedMailer,
    account_assigned,
    apply,
    client_of,
    entry_changed,
    protest_filed,
    sender_of,
)
from tests.support.events import entry_number
from tests.support.people import EVERY_CENTER

STAFF = Identity("kim", "Kim", frozenset({RoleName.LIQUIDATION_SPECIALIST}), EVERY_CENTER)
HOLDER = Identity("ann", "Ann", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
STRANGER = Identity("eve", "Eve", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({"99-999999900"}))
BROKER = Identity("bob", "Bob", frozenset({RoleName.BROKER}), filer_code="B76")
SURETY = Identity("sue", "Sue", frozenset({RoleName.SURETY}), surety_code="036")


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


def items(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_each_party_sees_the_notices_that_concern_it(engine: AsyncEngine, tmp_path: Path) -> None:
    await apply(engine, [entry_changed(), entry_changed(entry_number(filer="XYZ"), importer_number="08-345678900")])
    seen = {}
    for who in (STAFF, HOLDER, STRANGER, BROKER, SURETY):
        async with client_of(engine, tmp_path, who) as client:
            seen[who.subject] = sorted(item["kind"] for item in items(await client.get("/notices")))
    assert seen == {
        "kim": ["N-09", "N-09", "N-13", "N-13"],
        "ann": ["N-09", "N-13"],
        "eve": [],
        "bob": ["N-09", "N-13"],
        "sue": ["N-13", "N-13"],
    }


async def test_notices_are_filtered_and_paged(engine: AsyncEngine, tmp_path: Path) -> None:
    number = entry_number()
    await apply(engine, [entry_changed(number), *(entry_changed() for _ in range(4)), protest_filed()])
    async with client_of(engine, tmp_path, STAFF) as client:
        by_entry = items(await client.get("/notices", params={"entry": number}))
        assert sorted(item["kind"] for item in by_entry) == ["N-09", "N-13"]
        protested = await client.get("/notices", params={"entry": entry_number(900_002)})
        assert [item["kind"] for item in items(protested)] == ["N-16"]
        assert len(items(await client.get("/notices", params={"kind": "N-09"}))) == 5
        assert len(items(await client.get("/notices", params={"state": "queued", "importer": IMPORTER}))) == 6
        wrong = await client.get("/notices", params={"kind": "N-99"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown-kind")
        seen = []
        link: str | None = "/notices?limit=4"
        while link:
            page = (await client.get(link)).json()
            seen += [item["notice_id"] for item in page["items"]]
            link = page["next"]
        assert len(seen) == len(set(seen)) == 11


async def test_a_notice_shows_its_words_and_its_ledger(engine: AsyncEngine, tmp_path: Path) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed()])
    await sender_of(engine, ScriptedMailer(lambda mail: Outcome(Fate.SENT)), FixedClock(NOW)).run()
    async with client_of(engine, tmp_path, HOLDER) as client:
        (listed,) = items(await client.get("/notices", params={"kind": "N-09"}))
        notice = (await client.get(f"/notices/{listed['notice_id']}")).json()
    assert notice["has_legal_effect"] is False
    assert notice["due_on"] == "2026-09-02"
    assert "courtesy without legal effect" in notice["text"]
    assert IMPORTER not in notice["text"]
    assert "https://bulletin.example/bulletin.html" in notice["text"]
    (delivery,) = notice["deliveries"]
    assert (delivery["state"], delivery["sent_to"]) == ("sent", "trade@importer.example")
    assert [line["event"] for line in delivery["ledger"]] == ["queued", "sent"]
    async with client_of(engine, tmp_path, BROKER) as client:
        shown = (await client.get(f"/notices/{listed['notice_id']}")).json()
        assert shown["deliveries"][0]["sent_to"] is None
    async with client_of(engine, tmp_path, STRANGER) as client:
        assert (await client.get(f"/notices/{listed['notice_id']}")).status_code == 404


async def test_a_social_security_number_is_masked_for_all_but_its_holder(engine: AsyncEngine, tmp_path: Path) -> None:
    await apply(engine, [entry_changed(importer_number=SSN_IMPORTER)])
    async with client_of(engine, tmp_path, STAFF) as client:
        assert {item["importer_number"] for item in items(await client.get("/notices"))} == {"***-**-6789"}
    holder = Identity("joe", "Joe", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({SSN_IMPORTER}))
    async with client_of(engine, tmp_path, holder) as client:
        assert {item["importer_number"] for item in items(await client.get("/notices"))} == {SSN_IMPORTER}


async def test_figures_count_deliveries_by_kind_and_state_for_staff(engine: AsyncEngine, tmp_path: Path) -> None:
    await apply(engine, [entry_changed(), entry_changed(), entry_changed(change="suspended")])
    async with client_of(engine, tmp_path, STAFF) as client:
        assert (await client.get("/figures")).json() == {
            "notices": {"N-09": {"queued": 2}, "N-11": {"posted": 1, "queued": 1}, "N-13": {"posted": 2}},
            "total": 6,
        }
    async with client_of(engine, tmp_path, HOLDER) as client:
        assert (await client.get("/figures")).status_code == 403


async def test_notices_demand_an_identity_and_the_bulletin_does_not(engine: AsyncEngine, tmp_path: Path) -> None:
    async with client_of(engine, tmp_path, None) as client:
        assert (await client.get("/notices")).status_code == 401
        assert (await client.get("/figures")).status_code == 401
        assert (await client.get("/bulletin", params={"port": "2704", "filer": "B76"})).status_code == 200
        assert (await client.get("/bulletin.html")).status_code == 200


async def test_the_bulletin_demands_two_fields(engine: AsyncEngine, tmp_path: Path) -> None:
    period = {"posted_from": "2026-03-01", "posted_to": "2026-03-31"}
    async with client_of(engine, tmp_path, None) as client:
        for params in ({}, {"port": "2704"}, {"port": "2704", "filer": " "}, period):
            answer = await client.get("/bulletin", params=params)
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (422, "too-few-search-fields")
            assert problem["rule"] == "notice-search-fields"
            assert problem["citation"].startswith("CBP Dec. 16-25")
        wrong = (await client.get("/bulletin", params={"entry_number": "B7603245270", "port": "2704"})).json()
        assert (wrong["code"], wrong["rule"]) == ("bad-search-field", "entry-number")


async def test_the_bulletin_finds_by_every_field_and_masks_the_importer(engine: AsyncEngine, tmp_path: Path) -> None:
    number = entry_number()
    other = {"importer_number": "08-345678900", "surety_code": "999", "port_of_entry": "4601"}
    of_other_filer = entry_number(filer="XYZ")
    await apply(
        engine,
        [
            entry_changed(number, name="liquidated-with-refund", occurred_on="2026-03-06", entry_date="2025-04-25"),
            entry_changed(of_other_filer, "suspended", occurred_on="2026-04-10", entry_date="2025-05-30", **other),
        ],
    )
    fields = {
        "entry_number": f"{number[:3]}-{number[3:10]}-{number[10:]}",
        "filer": "b76",
        "importer_number": IMPORTER,
        "port": "2704",
        "liquidated_from": "2026-03-06",
        "liquidated_to": "2026-03-06",
        "posted_to": "2026-03-31",
        "entry_date": "2025-04-25",
        "surety_code": "036",
        "event_type": "liquidation",
        "action": "refund",
        "basis": "liquidation-date",
    }
    async with client_of(engine, tmp_path, None) as client:
        for name, value in fields.items():
            # Both were posted since then; a day of posting alone is one field.
            common = {"basis": "liquidation-date"} if name == "posted_to" else {"posted_from": "2026-03-01"}
            with_another = {name: value} | common
            (found,) = items(await client.get("/bulletin", params=with_another))
            assert found["entry_number"] == number, name
        assert found["importer_number"] == "**-*****8900"
        assert found["kept_until"] == "2027-06-06"
        assert IMPORTER not in (await client.get("/bulletin", params=fields)).text


async def test_a_voided_liquidation_stays_posted_and_is_shown_to_have_no_effect(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    number, other = entry_number(), entry_number()
    await apply(
        engine,
        [
            entry_changed(number, "liquidation-voided", sequence=55_000_000, occurred_on="2026-05-04"),
            entry_changed(number, "liquidated", sequence=10_000_100, occurred_on="2026-03-06"),
            entry_changed(number, "reliquidated", sequence=20_000_001, occurred_on="2026-04-03"),
            entry_changed(number, "liquidated", sequence=60_000_100, occurred_on="2026-07-10"),
            entry_changed(number, "suspended", sequence=5_000_000, occurred_on="2025-05-01"),
            entry_changed(other, "liquidated", sequence=10_000_100, occurred_on="2026-03-06"),
        ],
    )
    async with client_of(engine, tmp_path, None) as client:
        found = items(await client.get("/bulletin", params={"filer": "B76", "port": "2704"}))
        assert {(item["entry_number"], item["event_type"], item["posted_on"]): item["voided_on"] for item in found} == {
            (number, "liquidation", "2026-07-10"): None,
            (number, "voiding", "2026-05-04"): None,
            (number, "reliquidation", "2026-04-03"): "2026-05-04",
            (number, "liquidation", "2026-03-06"): "2026-05-04",
            (number, "suspension", "2025-05-01"): None,
            (other, "liquidation", "2026-03-06"): None,
        }
        voidings = items(await client.get("/bulletin", params={"event_type": "voiding", "action": "no-effect"}))
        assert [item["entry_number"] for item in voidings] == [number]
        page = await client.get("/bulletin.html", params={"entry_number": number, "port": "2704"})
        assert page.text.count("no effect in law, posted 2026-05-04") == 2


async def test_the_surety_sees_the_demand_on_it_and_not_the_reminders_of_its_principal(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    number = entry_number()
    bill = {"bill_number": "B01", "bill_due_on": "2026-04-05", "bill_open_usd": "502.88"}
    await apply(
        engine,
        [
            entry_changed(number, "bill-overdue", sequence=40_000_001, **bill),
            entry_changed(number, "surety-billed", sequence=40_000_002, protest_by="2026-09-02", **bill),
        ],
    )
    async with client_of(engine, tmp_path, SURETY) as client:
        (listed,) = items(await client.get("/notices"))
        notice = (await client.get(f"/notices/{listed['notice_id']}")).json()
    assert (notice["kind"], notice["variant"], notice["has_legal_effect"]) == ("N-36", None, False)
    assert "Open on the bill (USD): 502.88" in notice["text"]
    assert "Surety's protest by (safe last day): 2026-09-02" in notice["text"]


async def test_bulletin_pages_follow_each_other_without_gaps(engine: AsyncEngine, tmp_path: Path) -> None:
    days = [date(2026, 3, 6) + timedelta(days=7 * (n % 3)) for n in range(25)]
    await apply(engine, [entry_changed(occurred_on=day.isoformat()) for day in days])
    seen: list[tuple[str, str]] = []
    async with client_of(engine, tmp_path, None) as client:
        link: str | None = "/bulletin?filer=B76&port=2704&limit=10"
        while link:
            page = (await client.get(link)).json()
            seen += [(item["posted_on"], item["entry_number"]) for item in page["items"]]
            link = page["next"]
    assert len(set(seen)) == 25
    assert seen == sorted(seen, reverse=True)


async def test_the_page_is_a_form_then_results_then_the_next_page(engine: AsyncEngine, tmp_path: Path) -> None:
    await apply(engine, [entry_changed() for _ in range(3)])
    async with client_of(engine, tmp_path, None) as client:
        form = await client.get("/bulletin.html")
        assert form.headers["content-type"].startswith("text/html")
        assert "Notices found" not in form.text
        assert "<script" not in form.text
        assert form.headers["referrer-policy"] == "no-referrer"
        found = await client.get("/bulletin.html?filer=B76&port=2704&entry_number=&limit=2")
        assert found.text.count('<th scope="row">') == 2
        assert "Older notices" in found.text
        (link,) = re.findall(r'<a href="([^"]+)" rel="next">', found.text)
        assert link.startswith("https://bulletin.example/bulletin.html?filer=B76&amp;port=2704&amp;")
        older = await client.get(html.unescape(link).removeprefix("https://bulletin.example"))
        assert older.text.count('<th scope="row">') == 1
        assert "A demonstration" not in found.text
        assert "**-*****8900" in found.text
        none = await client.get("/bulletin.html?filer=ZZZ&port=2704")
        assert "No notice matches" in none.text


async def test_the_page_says_what_is_wrong_and_escapes_what_was_typed(engine: AsyncEngine, tmp_path: Path) -> None:
    async with client_of(engine, tmp_path, None) as client:
        few = await client.get("/bulletin.html?filer=B76")
        assert few.status_code == 422
        assert "two or more" in few.text
        hostile = await client.get("/bulletin.html", params={"basis": '"><script>alert(1)</script>', "port": "x"})
        assert hostile.status_code == 422
        assert "<script" not in hostile.text
        assert 'id="port" name="port" type="text" value="x"' in hostile.text
        cursor = await client.get("/bulletin.html?filer=B76&port=2704&after=nonsense")
        assert cursor.status_code == 422
