"""CBP 28 and CBP 29 in liquidation: open until answered or ended, in the radar, and a reason of an extension."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.app import SERVICE
from services.liquidation.domain.law import LAW
from services.liquidation.handlers.handler import LiquidationHandler
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store import extension_drafts, radar, requests
from services.liquidation.store.tables.requests import information_requests, letters, work_items
from services.workqueue.domain.clocks import Form, answer_due_on
from shared.bus.postgres import PostgresBus
from shared.contracts.envelope import Event
from shared.db import bulk
from shared.db.transaction import reading, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import apply, draft_needed, post_entry, review_decided, routed, rows
from tests.support.events import FUTURE_WORD, decoded, entry_body, entry_number
from tests.support.people import EVERY_CENTER
from tests.support.recorded import recorded, say_unknown, with_

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

TODAY = date(2027, 1, 14)


def issued(request_id: str, item_id: str, entry_numbers: Sequence[str], form: str = "CBP-28", **changes: Any) -> Any:
    """A request-issued event of 20 December; the work queue gives a day of reply whenever nobody else does."""
    known: Form = "CBP-29" if form == "CBP-29" else "CBP-28"
    issued_on = date(2026, 12, 20)
    given = {
        "request_id": request_id,
        "item_id": item_id,
        "entry_numbers": entry_numbers,
        "issued_on": issued_on,
        "due_on": answer_due_on(known, issued_on),
    } | changes
    name = {"CBP-28": "request-for-information", "CBP-29": "notice-of-action"}[known]
    event = recorded(f"workqueue/{name}", id=f"event-of-{request_id}", **given)
    return event if form == known else say_unknown(event, form=FUTURE_WORD)


ITEM_CHANGES = {
    ("routed", "open"): "review-routed",
    ("claimed", "claimed"): "review-claimed",
    ("released", "open"): "review-released",
    ("lease-expired", "open"): "review-lease-expired",
    ("completed", "completed"): "consultation-completed-agree",
    ("cancelled", "cancelled"): "consultation-dropped",
    ("cancelled", "completed"): "review-dropped-after-completion",
}


def item_changed(item_id: str, sequence: int, change: str, state: str, on: str = "2026-12-28") -> Event[Any]:
    """A work-item-changed event; with a word of a later release, the nearest of this one with that word."""
    name = next(
        name
        for (its_change, its_state), name in ITEM_CHANGES.items()
        if change in (its_change, FUTURE_WORD) and state in (its_state, FUTURE_WORD)
    )
    named = f"{item_id}-{sequence}-{change}"
    event = recorded(f"workqueue/{name}", id=named, item_id=item_id, sequence=sequence, at=f"{on}T15:00:00Z")
    unknown = {key: word for key, word in {"change": change, "state": state}.items() if word == FUTURE_WORD}
    return say_unknown(event, **unknown) if unknown else event


LETTER_CHANGES = {
    "issued": "request-changed-issued",
    "reminded": "request-reminded",
    "extended": "request-extended",
    "answered": "request-answered",
    "overdue": "request-overdue",
    "assessed": "request-assessed",
    "closed": "request-closed",
    "withdrawn": "request-withdrawn",
    "proposed": "notice-of-action-proposed",
    "silent": "notice-of-action-silent",
    "taken": "notice-of-action-taken",
}


def letter_changed(
    request_id: str, item_id: str, numbers: Sequence[str], sequence: int, change: str, on: str, **changes: Any
) -> Event[Any]:
    """A request-changed event as the work queue sends it, by the change that it tells."""
    given = {"request_id": request_id, "item_id": item_id, "entry_numbers": numbers, "sequence": sequence}
    named = f"{request_id}-{sequence}-{change}"
    return recorded(f"workqueue/{LETTER_CHANGES[change]}", id=named, at=f"{on}T15:00:00Z", **given, **changes)


def in_lane(number: str, lane: str) -> Event[Any]:
    """An entry-routed event with a lane."""
    return routed(number, lane=lane)


@dataclass(slots=True)
class Desk:
    """An API with its database and a specialist who calls it."""

    app: FastAPI
    engine: AsyncEngine
    clock: FixedClock
    client: httpx.AsyncClient
    settings: LiquidationSettings

    async def get(self, path: str) -> Any:
        caller = Identity("kim", "kim", frozenset({RoleName.LIQUIDATION_SPECIALIST}), EVERY_CENTER)
        token = issue_development_token(self.settings, caller, self.clock.now())
        answer = await self.client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def file(self) -> str:
        number = entry_number()
        await apply(self.engine, [decoded("entry-filed", entry_body(number))])  # deemed after 2 March 2027
        return number

    async def causes(self) -> dict[str, int]:
        """Counts of the radar by cause within 60 days."""
        counts = (await self.get("/radar"))["counts"]
        return {each["cause"]: each["entries"] for each in counts if each["entries"] and each["horizon"] == "60"}

    async def listed(self, cause: str) -> list[Any]:
        found: list[Any] = (await self.get(f"/radar/entries?horizon=60&cause={cause}"))["items"]
        return found

    async def drafts(self) -> list[Any]:
        await draft_needed(self.engine, self.clock.now())
        found: list[Any] = (await self.get("/extension-drafts"))["items"]
        return found


@pytest.fixture
async def desk(service_engine: MakeEngine) -> AsyncIterator[Desk]:
    engine = await service_engine("liquidation")
    configured = LiquidationSettings(
        database_url="postgresql://unused", bus_database_url="postgresql://unused", token_secret="s" * 32
    )
    clock = FixedClock(datetime(2027, 1, 14, 18, tzinfo=UTC))
    platform = Platform(configured, engine, PostgresBus("postgresql+asyncpg://unused"), clock, Metrics.create())
    app = build_app(SERVICE, platform, SERVICE.build(platform), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        yield Desk(app, engine, clock, client, configured)


async def closed(engine: AsyncEngine) -> dict[str, tuple[date | None, str | None]]:
    return {row.request_id: (row.closed_on, row.closed_as) for row in await rows(engine, information_requests)}


async def test_request_for_information_opens_the_radar_and_is_the_reason_of_the_draft(desk: Desk) -> None:
    """cf28-reply [S]: 30 days from the date of the form; ext-reasons [S], 19 USC 1504(b): CBP lacks information."""
    asked, plain = await desk.file(), await desk.file()
    await apply(desk.engine, [issued("r-1", "i-1", [asked])])
    assert await desk.causes() == {"any": 2, "request-open": 1, "extension-needed": 1}
    (entry,) = await desk.listed("request-open")
    assert (entry["entry_number"], entry["extension_requested_on"]) == (asked, None)
    assert entry["open_requests"] == [
        {
            "request_id": "r-1",
            "form": "CBP-28",
            "item_id": "i-1",
            "issued_on": "2026-12-20",
            "reply_by": "2027-01-19",
            "legal_basis": {"rule": "cf28-reply", "citation": "CBP Form 28; practice"},
        }
    ]
    assert [each["entry_number"] for each in await desk.listed("extension-needed")] == [asked]
    (draft,) = await desk.drafts()
    assert (draft["entry_number"], draft["extension"]["reason"]) == (asked, "information-needed")
    assert draft["extension"]["explanation"] == (
        "CBP 28 r-1 of 2026-12-20 asks for information that CBP does not have yet; the reply is due on 2027-01-19."
    )
    assert draft["open_requests"] == entry["open_requests"]
    assert plain not in {each["entry_number"] for each in await desk.drafts()}


async def test_proposed_action_alone_keeps_a_request_open_but_is_no_reason_to_extend(desk: Desk) -> None:
    """cf29-proposed [S], 19 CFR 152.2: 20 days; ext-reasons [S]: a proposal rests on what CBP has."""
    number = await desk.file()
    await apply(desk.engine, [issued("r-1", "i-1", [number], "CBP-29")])
    assert await desk.causes() == {"any": 1, "request-open": 1}
    (entry,) = await desk.listed("request-open")
    (shown,) = entry["open_requests"]
    assert (shown["reply_by"], shown["legal_basis"]["rule"]) == ("2027-01-09", "cf29-proposed")
    assert await desk.listed("extension-needed") == []
    assert await desk.drafts() == []


async def test_day_on_the_form_governs_the_reply(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [issued("r-1", "i-1", [number], "CBP-29", due_on="2027-01-19")])
    (entry,) = await desk.listed("request-open")
    assert entry["open_requests"][0]["reply_by"] == "2027-01-19"


async def test_request_by_an_unknown_form_is_not_kept_for_there_is_no_rule_to_wait_by(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [issued("r-1", "i-1", [number], FUTURE_WORD), issued("r-2", "i-2", [number])])
    assert [row.request_id for row in await rows(desk.engine, information_requests)] == ["r-2"]


async def test_item_with_an_unknown_word_ends_its_request_when_the_other_word_says_so(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [issued(f"r-{n}", f"i-{n}", [number]) for n in (1, 2, 3, 4)])
    await apply(
        desk.engine,
        [
            item_changed("i-1", 200, FUTURE_WORD, "cancelled"),
            item_changed("i-2", 200, "completed", FUTURE_WORD),
            item_changed("i-3", 200, "routed", FUTURE_WORD),
            item_changed("i-4", 200, FUTURE_WORD, FUTURE_WORD),
        ],
    )
    ended = date(2026, 12, 28)
    assert {name: on for name, (on, _) in (await closed(desk.engine)).items()} == {
        "r-1": ended,
        "r-2": ended,
        "r-3": None,
        "r-4": None,
    }


async def test_open_review_with_a_proposed_action_is_drafted_and_names_it(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [in_lane(number, "document-review"), issued("r-1", "i-1", [number], "CBP-29")])
    assert await desk.causes() == {"any": 1, "review-open": 1, "request-open": 1, "extension-needed": 1}
    (draft,) = await desk.drafts()
    assert draft["extension"]["explanation"] == (
        "The review (document-review) needs information that CBP does not have yet."
        " CBP 29 r-1 of 2026-12-20 proposes an action; the reply is due on 2027-01-09."
    )


async def test_entry_with_several_causes_counts_once_as_one_that_needs_an_extension(desk: Desk) -> None:
    number = await desk.file()
    await apply(
        desk.engine,
        [
            in_lane(number, "enforcement"),
            issued("r-1", "i-1", [number]),
            issued("r-2", "i-2", [number]),
            post_entry("extension-request", "F-1", [number], received_at="2027-01-04T15:00:00Z"),
        ],
    )
    assert await desk.causes() == {"any": 1, "review-open": 1, "request-open": 1, "extension-needed": 1}
    (draft,) = await desk.drafts()
    assert draft["extension"]["reason"] == "importer-request"
    assert draft["extension"]["explanation"] == "The importer asked in writing on 2027-01-04."
    assert [each["request_id"] for each in draft["open_requests"]] == ["r-1", "r-2"]


async def test_draft_follows_the_requests_and_goes_with_the_last(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [issued("r-1", "i-1", [number]), issued("r-2", "i-2", [number])])
    assert await draft_needed(desk.engine, desk.clock.now()) == 1
    (draft,) = await desk.drafts()
    assert draft["extension"]["explanation"].endswith("2027-01-19 (and 1 more).")
    await apply(desk.engine, [item_changed("i-1", 1_000_002, "completed", "completed")])
    assert await draft_needed(desk.engine, desk.clock.now()) == 1
    assert await draft_needed(desk.engine, desk.clock.now()) == 0
    (draft,) = await desk.drafts()
    assert draft["extension"]["explanation"].startswith("CBP 28 r-2 of")
    await apply(desk.engine, [item_changed("i-2", 1_000_002, "completed", "completed")])
    assert await desk.drafts() == []
    assert await desk.causes() == {"any": 1}
    assert (await desk.get("/radar/entries?horizon=60"))["items"][0]["open_requests"] == []


async def test_request_is_closed_by_the_end_of_its_item_whichever_came_first(desk: Desk) -> None:
    await apply(desk.engine, [item_changed("i-1", 1_000_002, "completed", "completed")])
    await apply(desk.engine, [issued("r-1", "i-1", [entry_number()]), issued("r-2", "i-2", [entry_number()])])
    assert await closed(desk.engine) == {"r-1": (date(2026, 12, 28), "completed"), "r-2": (None, None)}
    await apply(desk.engine, [item_changed("i-2", 200, "cancelled", "cancelled", "2026-12-29")])
    assert (await closed(desk.engine))["r-2"] == (date(2026, 12, 29), "cancelled")


async def test_request_is_closed_by_its_answer_or_by_the_end_of_its_item_whichever_is_first(desk: Desk) -> None:
    number = await desk.file()
    await apply(desk.engine, [issued("r-1", "i-1", [number]), issued("r-2", "i-1", [number])])
    await apply(
        desk.engine,
        [
            letter_changed("r-1", "i-1", [number], 1, "issued", "2026-12-20", due_on="2027-01-19"),
            letter_changed("r-2", "i-1", [number], 1, "issued", "2026-12-20", due_on="2027-01-19"),
            letter_changed("r-1", "i-1", [number], 2, "answered", "2026-12-23", due_on="2027-01-19"),
        ],
    )
    assert await closed(desk.engine) == {"r-1": (date(2026, 12, 23), "responded"), "r-2": (None, None)}
    assert [each["request_id"] for each in (await desk.listed("request-open"))[0]["open_requests"]] == ["r-2"]
    await apply(desk.engine, [item_changed("i-1", 1_000_002, "completed", "completed")])
    ended = {"r-1": (date(2026, 12, 23), "responded"), "r-2": (date(2026, 12, 28), "completed")}
    assert await closed(desk.engine) == ended
    assert await desk.causes() == {"any": 1}
    await apply(
        desk.engine, [letter_changed("r-2", "i-1", [number], 2, "withdrawn", "2027-01-04", due_on="2027-01-19")]
    )
    assert await closed(desk.engine) == ended, "the item ended before"


async def test_request_that_is_withdrawn_is_closed_while_its_item_goes_on(desk: Desk) -> None:
    number = await desk.file()
    withdrawn = letter_changed("r-1", "i-1", [number], 2, "withdrawn", "2027-01-04", due_on="2027-01-19")
    await apply(desk.engine, [issued("r-1", "i-1", [number]), withdrawn])
    assert (await closed(desk.engine))["r-1"] == (date(2027, 1, 4), "closed")  # the stage of a CBP 28 withdrawn
    assert await desk.causes() == {"any": 1}


async def test_what_nobody_answered_is_closed_with_its_item_and_open_again_with_it(desk: Desk) -> None:
    number = await desk.file()
    silent = letter_changed("r-1", "i-1", [number], 2, "overdue", "2027-01-20", due_on="2027-01-19")
    await apply(desk.engine, [issued("r-1", "i-1", [number]), silent])
    assert await closed(desk.engine) == {"r-1": (None, None)}
    await apply(desk.engine, [item_changed("i-1", 200, "cancelled", "cancelled", "2027-01-22")])
    assert await closed(desk.engine) == {"r-1": (date(2027, 1, 22), "cancelled")}
    assert await desk.causes() == {"any": 1}, "it is no reason to extend any more"
    await apply(desk.engine, [item_changed("i-1", 300, "routed", "open")])
    assert await closed(desk.engine) == {"r-1": (None, None)}


async def test_what_nobody_answers_stays_open_until_the_center_has_ended_it(desk: Desk) -> None:
    number = await desk.file()
    await apply(
        desk.engine,
        [
            issued("r-1", "i-1", [number]),
            letter_changed("r-1", "i-1", [number], 2, "overdue", "2027-01-20", due_on="2027-01-19"),
            issued("r-2", "i-1", [number], "CBP-29"),
            letter_changed("r-2", "i-1", [number], 2, "silent", "2027-01-10", due_on="2027-01-09"),
        ],
    )
    assert await closed(desk.engine) == {"r-1": (None, None), "r-2": (None, None)}
    await apply(desk.engine, [letter_changed("r-2", "i-1", [number], 3, "taken", "2027-01-12", due_on="2027-01-09")])
    assert (await closed(desk.engine))["r-2"] == (date(2027, 1, 12), "action-taken")


async def test_more_time_moves_the_day_of_the_reply_wherever_it_is_shown(desk: Desk) -> None:
    number = await desk.file()
    longer = letter_changed("r-1", "i-1", [number], 3, "extended", "2027-01-04", due_on="2027-02-10")
    first = letter_changed("r-1", "i-1", [number], 1, "issued", "2026-12-20", due_on="2027-01-19")
    await apply(desk.engine, [longer])
    await apply(desk.engine, [issued("r-1", "i-1", [number]), first])
    (entry,) = await desk.listed("request-open")
    assert entry["open_requests"][0]["reply_by"] == "2027-02-10"
    (draft,) = await desk.drafts()
    assert draft["extension"]["explanation"].endswith("the reply is due on 2027-02-10.")


async def test_request_is_open_again_when_its_cancelled_item_is_called_for_again(desk: Desk) -> None:
    again = item_changed("i-1", 300, "routed", "open")
    await apply(desk.engine, [issued("r-1", "i-1", [entry_number()]), again])
    await apply(desk.engine, [item_changed("i-1", 200, "cancelled", "cancelled")])
    assert await closed(desk.engine) == {"r-1": (None, None)}


async def test_later_version_does_not_move_the_day_on_which_a_completed_item_closed_its_request(desk: Desk) -> None:
    await apply(desk.engine, [issued("r-1", "i-1", [entry_number()])])
    await apply(desk.engine, [item_changed("i-1", 1_000_003, "cancelled", "completed", "2027-01-05")])
    await apply(desk.engine, [item_changed("i-1", 1_000_002, "completed", "completed", "2026-12-28")])
    assert await closed(desk.engine) == {"r-1": (date(2026, 12, 28), "completed")}


async def test_request_and_the_end_of_its_item_in_two_batches_at_once_do_not_miss_each_other(desk: Desk) -> None:
    handler = LiquidationHandler(LAW.cycle, LAW, desk.clock)
    async with transaction(desk.engine) as tx:
        await handler(tx, [issued("r-1", "i-1", [entry_number()])])
        ending = asyncio.create_task(apply(desk.engine, [item_changed("i-1", 1_000_002, "completed", "completed")]))
        done, _ = await asyncio.wait({ending}, timeout=0.5)
        assert not done, "the other batch waits for the item"
    await ending
    assert await closed(desk.engine) == {"r-1": (date(2026, 12, 28), "completed")}


async def test_timeline_names_the_day_of_each_reply_until_its_request_is_closed(desk: Desk) -> None:
    """cf28-reply, cf29-proposed [S]."""
    number = await desk.file()
    await apply(desk.engine, [issued("r-1", "i-1", [number]), issued("r-2", "i-2", [number], "CBP-29")])

    async def replies() -> list[tuple[str, str, str]]:
        coming = (await desk.get(f"/entries/{number}/timeline"))["coming"]
        return [(each["what"], each["safe"], each["rule"]["id"]) for each in coming if each["what"].startswith("reply")]

    assert await replies() == [
        ("reply to CBP 28 due", "2027-01-19", "cf28-reply"),
        ("reply to CBP 29 due", "2027-01-09", "cf29-proposed"),
    ]
    await apply(desk.engine, [item_changed("i-1", 1_000_002, "completed", "completed")])
    assert [what for what, _, _ in await replies()] == ["reply to CBP 29 due"]


async def test_claims_and_leases_leave_no_trace(desk: Desk) -> None:
    changes = (("claimed", "claimed"), ("released", "open"), ("lease-expired", "open"))
    await apply(desk.engine, [item_changed("i-1", 1_000_001, change, state) for change, state in changes])
    assert await rows(desk.engine, work_items) == []


async def test_letter_on_many_entries_is_open_on_each_and_on_no_liquidated_one(desk: Desk) -> None:
    numbers = [await desk.file() for _ in range(3)]
    unknown = entry_number()
    await apply(desk.engine, [issued("r-1", "i-1", [*numbers, unknown])])
    assert (await desk.causes())["request-open"] == 3
    async with transaction(desk.engine) as tx:
        await bulk.execute(
            tx,
            "UPDATE entries SET liquidated_on = '2027-01-08', state = 'liquidated' WHERE entry_number = $1",
            numbers[0],
        )
    assert (await desk.causes())["request-open"] == 2
    async with reading(desk.engine) as connection:
        found = (await requests.load_requests_on(connection, [unknown])).get(unknown, [])
    assert [each.request_id for each in found] == ["r-1"]


async def test_decision_on_one_matter_leaves_the_request_of_another_open(desk: Desk) -> None:
    number = await desk.file()
    await apply(
        desk.engine,
        [
            in_lane(number, "document-review"),
            issued("r-1", "i-1", [number]),
            review_decided(number, "no-change", decision_id="d-1", item_id="i-2"),
        ],
    )
    assert await desk.causes() == {"any": 1, "request-open": 1, "extension-needed": 1}
    (draft,) = await desk.drafts()
    assert draft["extension"]["explanation"].startswith("CBP 28 r-1 of")


async def test_explanation_of_a_draft_is_never_longer_than_a_notice_may_state(desk: Desk) -> None:
    number = await desk.file()
    identifier = "3f0c6f1e-6b1d-5a53-9a3c-5f8f0a5f3a1"
    await apply(desk.engine, [issued(f"{identifier}{n}", f"i-{n}", [number]) for n in range(9)])
    (draft,) = await desk.drafts()
    assert len(draft["extension"]["explanation"]) < 250


def of_one_item(serial: int) -> list[Event[Any]]:
    """Everything that can come of one item and its letters, with a letter that is told twice with different entries."""
    item, numbers = f"item-{serial}", [entry_number(6_000_000 + serial), entry_number(6_100_000 + serial)]
    said_again = issued(f"{item}-r", item, numbers[1:], due_on="2027-02-01")
    events = [
        issued(f"{item}-r", item, numbers),
        with_(said_again, id=f"{item}-again", time="2026-12-01T00:00:00Z"),
        issued(f"{item}-n", item, numbers[:1], "CBP-29"),
        item_changed(item, 100, "routed", "open"),
        item_changed(item, 200, "cancelled", "cancelled", "2026-12-26"),
        item_changed(item, 300, "routed", "open", "2026-12-27"),
        item_changed(item, 1_000_001, "claimed", "claimed"),
    ]
    if serial % 2:
        told = f"{item}-r"
        events += [
            letter_changed(told, item, numbers, 1, "issued", "2026-12-20", due_on="2027-01-19"),
            letter_changed(told, item, numbers, 2, "extended", "2026-12-28", due_on="2027-02-10"),
            letter_changed(told, item, numbers, 3, "answered", "2027-01-05", due_on="2027-02-10"),
            letter_changed(told, item, numbers, 4, "assessed", "2027-01-08", due_on="2027-02-10"),
        ]
    if serial % 3 == 1:
        events.append(item_changed(item, 1_000_002, "completed", "completed"))
        events.append(item_changed(item, 1_000_003, "cancelled", "completed", "2027-01-05"))
    elif serial % 3 == 2:
        events.append(item_changed(item, 10_000_000, "cancelled", "cancelled", "2027-01-08"))
    return events


async def contents(engine: AsyncEngine) -> list[Any]:
    return [tuple(row) for table in (information_requests, letters, work_items) for row in await rows(engine, table)]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), serials=st.sets(st.integers(0, 20), min_size=1, max_size=4))
async def test_requests_are_the_same_in_any_order_repetition_and_batching(
    service_engine: MakeEngine, seed: int, serials: set[int]
) -> None:
    clean, shuffled = await service_engine("liquidation"), await service_engine("liquidation")
    events, random = [event for serial in sorted(serials) for event in of_one_item(serial)], Random(seed)
    await apply(clean, events)
    mixed = [*events, *random.sample(events, len(events) // 3)]
    random.shuffle(mixed)
    while mixed:
        size = random.randint(1, 6)
        await apply(shuffled, mixed[:size])
        del mixed[:size]
    assert await contents(clean) == await contents(shuffled)
    stand = {row.request_id: (row.closed_on, row.due_on) for row in await rows(clean, information_requests)}
    for serial in serials:
        assert (stand[f"item-{serial}-n"][0] is None) == (serial % 3 == 0)
        if serial % 2:
            first_end = date(2026, 12, 28) if serial % 3 == 1 else date(2027, 1, 5)  # of the item, else the answer
            assert stand[f"item-{serial}-r"] == (first_end, date(2027, 2, 10))
        else:
            assert (stand[f"item-{serial}-r"][0] is None) == (serial % 3 == 0)
    await clean.dispose()
    await shuffled.dispose()


_MANY = """
INSERT INTO entries (entry_number, state, version, governed_at, entry_date, scheduled_on, deemed_on, lane,
    duty_cents, fees_cents, deemed_rule)
SELECT 'B76' || lpad(n::text, 8, '0'), 'scheduled', 1, DATE '2026-01-14' + n / 200, DATE '2026-01-14' + n / 200,
    DATE '2026-01-14' + n / 200 + 319, DATE '2027-01-14' + n / 200, 'no-review', 100, 100, 'liq-1yr-entry'
FROM generate_series(1, 72000) AS n
"""
_ASKED = """
INSERT INTO information_requests (request_id, entry_number, form, item_id, center, issued_on, due_on, event_at,
    event_source, event_id, closed_on, closed_as)
SELECT 'r-' || entry_number, entry_number, 'CBP-28', 'i-' || entry_number, 'CEE007', '2026-12-20', '2027-01-19',
    '2026-12-20', 'urn:x', entry_number, CASE WHEN right(entry_number, 2) <> '00' THEN DATE '2026-12-28' END,
    CASE WHEN right(entry_number, 2) <> '00' THEN 'completed' END
FROM entries
"""


async def test_radar_reads_open_requests_and_entries_by_their_indexes(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    async with transaction(engine) as tx:
        await bulk.execute(tx, _MANY)
        await bulk.execute(tx, _ASKED)
        await bulk.execute(tx, "ANALYZE entries, information_requests")

        async def explain(statement: str, *arguments: Any) -> str:
            return "\n".join(row[0] for row in await bulk.fetch(tx, f"EXPLAIN {statement}", *arguments))

        concerned = await extension_drafts.list_concerned(tx, TODAY)
        plans = [
            await explain(radar._COUNT_REQUESTED, TODAY, None),
            await explain(extension_drafts._NEEDED, TODAY),
            await explain(extension_drafts._CONCERNED, TODAY),
            await explain(extension_drafts._SYNC, TODAY, datetime(2027, 1, 14, tzinfo=UTC), concerned),
        ]
        closing = await explain(requests._STAND, ["i-1"], [TODAY], ["completed"])
    for plan in plans:
        assert "information_requests_open" in plan, plan
        assert "Seq Scan on information_requests" not in plan, plan
        assert "Seq Scan on entries" not in plan, plan
    assert "information_requests_item" in closing, closing
