"""Every endpoint by every role, on own matters, another's and delegated ones: what is let through is in the table."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.api.program_models import templates
from services.liquidation.store.payments import PaymentRow, write_payments
from services.notifications.handlers.audiences import news_of
from services.notifications.store.letters import Batch, open_batch
from services.workqueue.handlers.item_ids import entry_item_id
from shared.customs.calendar import legal_date
from shared.customs.parties import Delegation, Party
from shared.db.transaction import transaction
from shared.parties.heard import Heard
from shared.parties.store import write_heard
from shared.runtime.identity import Identity, RoleName
from tests.integration.authority.matrix import CENTER, PORT, Ground, calls_of, make, wrong
from tests.integration.liquidation import test_liquidation_money_api as money
from tests.integration.liquidation.builders import apply, post_entry, routed
from tests.integration.liquidation.test_liquidation_protests import BODY as PROTEST
from tests.integration.notifications import test_notifications_api as notices
from tests.integration.notifications.builders import NOW
from tests.integration.notifications.test_notifications_questions import RULE, ToldRules
from tests.integration.routing.matters import IMPORTER, SECOND, filing, open_matters
from tests.integration.routing.test_routing_appeals_api import COMPLETE
from tests.integration.workqueue import events as queue_events
from tests.integration.workqueue.desk import Desk
from tests.integration.workqueue.test_workqueue_matters import MATTER
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.people import EVERY_CENTER
from tests.support.recorded import recorded

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

ENTRY = frozenset({"center", "own-account", "filed-by", "bonded-by"})
ACCOUNT = frozenset({"own-account"})
NO_FILE = "00000000-0000-0000-0000-000000000000"

# Some ten thousand calls: slow by nature.
pytestmark = [pytest.mark.verify, pytest.mark.sharing, pytest.mark.timeout(900)]


async def _check(ground: Ground) -> None:
    found = []
    calls = list(calls_of(ground, legal_date(ground.clock.now())))
    for number, call in enumerate(calls):
        complaint = wrong(call, await make(ground, call, number))
        if complaint is not None:
            found.append(complaint)
    assert len(calls) > 50
    assert {call.expected for call in calls} >= {"no-role", "hidden", "allowed"}
    assert not found, "\n".join(found)


async def _delegate(engine: AsyncEngine, importer_number: str) -> str:
    """Let a counsel do everything for the importer, as the services know it from routing; gives the party's id."""
    counsel = Party("counsel:2001", 1, "counsel", "SYNTHETIC COUNSEL", "active", None, ())
    given = Delegation("delegation-1", 1, counsel.party_id, importer_number, ("all",), date(2025, 1, 1), None, None)
    async with transaction(engine) as tx:
        await write_heard(tx, Heard((counsel,), (given,)))
    return counsel.party_id


@asynccontextmanager
async def _workqueue(engine: AsyncEngine) -> AsyncIterator[Ground]:
    desk = Desk(engine)
    entry = entry_number()
    await desk.apply(queue_events.routed(entry, processes=["quota"]), queue_events.legal_act(entry))
    item = entry_item_id(entry, "quota")
    letter = await desk.call(
        "POST",
        f"/items/{item}/requests",
        json={"token": await desk.claim(item), "form": "CBP-28", "questions": ["What is it made of?"]},
        headers={"Idempotency-Key": "letter"},
    )
    offered = await desk.call(
        "POST",
        f"/items/{item}/transfers",
        json={"to_port": PORT, "reason": "The goods are there."},
        headers={"Idempotency-Key": "port"},
    )
    pat = Identity("pat", "Pat", frozenset({RoleName.PORT_STAFF}), ports=frozenset({PORT}))
    answer = {"act": "accept", "reason": "We have them."}
    taken = await desk.call("POST", f"/transfers/{offered.json()['transfer_id']}/acts", pat, json=answer)
    assert taken.status_code == 200, taken.text
    yield Ground(
        document=desk.app.openapi(),
        client=desk.client,
        settings=desk.settings,
        clock=desk.clock,
        importer_number=queue_events.IMPORTER,
        values={
            "item_id": str(item),
            "request_id": letter.json()["request_id"],
            "file_id": NO_FILE,
            "view_id": NO_FILE,
            "transfer_id": NO_FILE,
            "run_id": NO_FILE,
            "delegation_id": NO_FILE,
            "feed_id": NO_FILE,
            "token": "of-nobody",
            "subject": "nobody",
            "center": "CEE007",
            "process": "ad-cvd",
            "importer_number": queue_events.IMPORTER,
            "sample_id": NO_FILE,
            "number": "1",
            "run": "1",
            "period": "2026-Q1",
        },
        whose={
            "item_id": frozenset({"center", "division", "own-account", "port"}),
            "request_id": frozenset({"center", "division", "own-account", "filed-by", "port"}),
        },
        chosen={"act_on_request": "item.work"},
        bodies={"open_matter": {**MATTER, "port": PORT}},
    )
    await desk.close()


@asynccontextmanager
async def _routing(service_engine: MakeEngine) -> AsyncIterator[Ground]:
    async with open_matters(service_engine) as matters:
        await matters.register()
        await matters.register(SECOND, "CEE005")
        number = entry_number()
        await matters.receive(decoded("entry-filed", entry_body(number)), filing("protest", "SYN-1"))
        holder = Identity(
            "holder", "Holder", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER, SECOND})
        )
        appeal = await matters.call("POST", "/appeals", holder, json=COMPLETE)
        app = matters.client._transport.app  # type: ignore[attr-defined]
        yield Ground(
            document=app.openapi(),
            client=matters.client,
            settings=matters.settings,
            clock=matters.clock,
            importer_number=IMPORTER,
            delegate=await _delegate(matters.engine, IMPORTER),
            values={
                "party_id": "counsel:2001",
                "delegation_id": "delegation-1",
                "entry_number": number,
                "filing_number": "SYN-1",
                "importer_number": IMPORTER,
                "appeal_number": appeal.json()["appeal_number"],
                "file_id": NO_FILE,
                "import_id": "00000000-0000-0000-0000-000000000000",
                "family": "SYNTHETIC",
                "proposal_id": "1",
                "version": "2026.1",
                "code": "CEE007",
                "hts": "8471300100",
                "criterion_id": "adcvd-cases",
                "as_of": "2026-03-01",
                "period": "2026-02",
                "subject": IMPORTER,
                "run": "1",
                "event_id": NO_FILE,
                "recommendation_id": NO_FILE,
                "backtest_id": NO_FILE,
            },
            whose={
                "entry_number": frozenset({"center", "own-account", "filed-by"}),
                "filing_number": frozenset({"center", "own-account"}),
                "importer_number": ACCOUNT,
                "appeal_number": ACCOUNT,
                "party_id": frozenset({"own-party"}),
            },
            filtered=frozenset({"list_importer_filings"}),
            named_in_body=frozenset({"grant_delegation"}),
            bodies={
                "move_entry": {"from_center": "CEE007", "to_center": "CEE007", "reason": "It stays."},
                "move_filing": {"from_center": "CEE007", "to_center": "CEE007", "reason": "It stays."},
            },
        )


@asynccontextmanager
async def _liquidation(engine: AsyncEngine) -> AsyncIterator[Ground]:
    async with money.open_desk(engine) as desk:
        dear = line(tariffs=[{"hts": "8471300100", "value_usd": 1000, "duty_usd": "500.00"}])
        billed, refunded, running, protested = [
            await desk.liquidate("1000.00"),
            await desk.liquidate("-300.00", friday=date(2026, 1, 23), lines=[dear]),
            entry_number(),
            entry_number(),
        ]
        deemed = entry_number()
        year_ago = {"entry_date": "2025-02-20", "import_date": "2025-02-19", "paid_on": "2025-03-03"}
        filed = decoded("entry-filed", entry_body(deemed, **year_ago), time="2025-02-20T19:00:00Z")
        await apply(engine, [filed, routed(deemed)])
        await money.cycle(engine, date(2026, 2, 27))
        account = desk.headers(RoleName.ENTRY_SPECIALIST, tag='"0"')
        known = await desk.client.put(f"/importers/{IMPORTER}/refund-account", json=money.ACCOUNT, headers=account)
        assert known.status_code == 200, known.text
        await apply(engine, [decoded("entry-filed", entry_body(running)), routed(running)])
        old = {"entry_date": "2025-03-03", "import_date": "2025-03-02", "paid_on": "2025-03-12"}
        await apply(engine, [decoded("entry-filed", entry_body(protested, **old), time="2025-03-03T19:00:00Z")])
        await apply(engine, [routed(protested), routed(billed), routed(refunded)])
        await apply(engine, [post_entry("preference-claim", "SYN-CLAIM-1", [running], body={"program": "USMCA"})])
        liquidator = desk.headers(RoleName.LIQUIDATION_SPECIALIST, key="by-hand", centers=EVERY_CENTER)
        by_hand = {"basis": "as-entered", "explanation": "For a protest."}
        done = await desk.client.post(f"/entries/{protested}/liquidations", json=by_hand, headers=liquidator)
        assert done.status_code == 201, done.text
        importer = desk.headers(RoleName.IMPORTER, key="protest", importer_numbers=frozenset({IMPORTER}))
        named = {"owner": IMPORTER, "name": "Deadlines"}
        feed = await desk.client.post("/calendar-feeds", json=named, headers={**importer, "Idempotency-Key": "feed"})
        assert feed.status_code == 201, feed.text
        office = desk.headers(RoleName.OFFICE_OF_TRADE, key="program")
        program = await desk.client.post(
            "/programs", json={"definition": templates()[0], "reason": "SYNTHETIC"}, headers=office
        )
        assert program.status_code == 201, program.text
        protest = await desk.client.post("/protests", json={"entries": [protested]} | PROTEST, headers=importer)
        assert protest.status_code == 201, protest.text
        app = desk.client._transport.app  # type: ignore[attr-defined]
        yield Ground(
            document=app.openapi(),
            client=desk.client,
            settings=desk.settings,
            clock=desk.clock,
            importer_number=IMPORTER,
            delegate=await _delegate(engine, IMPORTER),
            values={
                "entry_number": running,
                "bill_number": f"{billed}-B01",
                "refund_number": f"{refunded}-R01",
                "protest_number": protest.json()["protest_number"],
                "filing_number": "SYN-CLAIM-1",
                "file_id": NO_FILE,
                "importer_number": IMPORTER,
                "hold_set_id": "none",
                "selection_id": NO_FILE,
                "program": program.json()["program"],
                "revision": "1",
                "declaration_id": "none",
                "payment": await _payment(engine, program.json()["program"], running),
                "instruction_id": "none",
                "friday": "2026-03-06",
                "number": "1",
                "rule_id": "protest-180",
                "feed_id": feed.json()["feed_id"],
                "token": "of-nobody",
                "version": "1",
                "subject": running,
                "run": "1",
                "as_of": "2026-03-06",
            },
            queries={"list_program_candidates": {"program": program.json()["program"]}},
            filtered=frozenset(
                {
                    *("list_importer_deadlines", "read_reconciliation_inventory", "list_program_offers"),
                    *("list_program_candidates", "list_program_payments"),
                }
            ),
            whose={
                "entry_number": ENTRY,
                "bill_number": ENTRY,
                "refund_number": ENTRY,
                # The importer filed it: the surety of the entry has no part in it, its filer reads it only.
                "protest_number": frozenset({"center", "own-account", "filed-by"}),
                "filing_number": ENTRY,
                "importer_number": ACCOUNT,
                "feed_id": frozenset({"own-account"}),
                "payment": frozenset({"own-account"}),
            },
            bodies={
                "create_protest_act": {"kind": "begin-review"},
                "confirm_liquidation_cut_sheet": {"capacity": "supervisor"},
            },
            chosen={
                "create_protest_act": "protest.begin-review",
                "confirm_liquidation_cut_sheet": "cycle.confirm-as-supervisor",
            },
            instead={"/deemed-cases/": {"entry_number": deemed}},
        )


async def _payment(engine: AsyncEngine, program: str, entry: str) -> str:
    """A payment of a program to the importer that waits, and what was posted of an entry."""
    row = PaymentRow(
        payment="P000000001",
        program=program,
        importer_number=IMPORTER,
        payee_number=IMPORTER,
        posted_on=legal_date(NOW),
        ordinal=1,
        part=1,
        revision=1,
        events=0,
        state="waiting",
        way="ach",
        missing=["ach-enrollment"],
        reason="SYNTHETIC",
        closed_at=NOW,
        checked_on=legal_date(NOW),
        refunds=1,
        removed_cents=1,
        interest_cents=0,
        refund_cents=1,
        delay_cents=0,
        offset_cents=0,
    )
    async with transaction(engine) as tx:
        await write_payments(tx, [row])
        given = {"program": program, "entry": entry, "importer": IMPORTER, "on": legal_date(NOW), "at": NOW}
        for statement in _POSTED:
            await tx.connection.execute(text(statement), given)
    return row.payment


_POSTED = (
    "INSERT INTO program_runs (program, run, kind, posted_on, revision, state, began_at)"
    " VALUES (:program, 1, 'posting', :on, 1, 'done', :at)",
    "INSERT INTO program_postings (entry_number, program, run, posted_on, revision, version, declaration_id,"
    " row_number, importer_number, cohort, act, writer, lane, act_key, sequence, liquidated_on, headings,"
    " removed_cents,"
    " outcome, posted_at, leaf) VALUES (:entry, :program, 1, :on, 1, 1, 'none', 1, :importer, 'unliquidated',"
    " 'liquidate', 'center', 'set', 'liquidation', 1, :on, ARRAY['99030124'], 1, 'refund', :at, '')",
)


@asynccontextmanager
async def _notifications(engine: AsyncEngine, folder: Path) -> AsyncIterator[Ground]:
    told = recorded("routing/directory-contact-changed")
    await notices.apply(engine, [notices.entry_changed(), told])
    async with notices.client_of(engine, folder, notices.STAFF) as client:
        found = notices.items(await client.get("/notices", params={"kind": "N-13"}))
        owner = Identity(
            "owner", "Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({notices.IMPORTER})
        )
        async with notices.client_of(engine, folder, owner) as own:
            hook = await own.post(
                "/webhooks",
                json={"recipient": notices.IMPORTER, "url": "https://receiver.example/hooks"},
                headers={"Idempotency-Key": "hook"},
            )
            asking = {"recipient": notices.IMPORTER, "center": "CEE007", "subject": "SYNTHETIC", "text": "SYNTHETIC?"}
            asked = await own.post("/questions", json=asking, headers={"Idempotency-Key": "question"})
        drafter = Identity("drafter", "Drafter", frozenset({RoleName.OFFICE_OF_TRADE}))
        async with notices.client_of(engine, folder, drafter) as office:
            saying = {"center": "CEE007", "subject": "SYNTHETIC", "text": "SYNTHETIC."}
            drafted = await office.post("/broadcasts", json=saying, headers={"Idempotency-Key": "broadcast"})
        app = client._transport.app  # type: ignore[attr-defined]
        app.state.rule_book = ToldRules(RULE).book()
        yield Ground(
            document=app.openapi(),
            client=client,
            settings=app.state.settings,
            clock=app.state.clock,
            importer_number=notices.IMPORTER,
            delegate=await _delegate(engine, notices.IMPORTER),
            values={
                "notice_id": found[0]["notice_id"],
                "batch_id": await _letter_batch(engine),
                "webhook_id": hook.json()["webhook_id"],
                "subject": found[0]["notice_id"],
                "run": "1",
                "broadcast_id": drafted.json()["broadcast_id"],
                "question_id": asked.json()["question_id"],
                "answer_id": NO_FILE,
                "token": "0" * 64,
            },
            # What a Center tells is in the archive once it was released; a draft is its Center's alone.
            instead={"/broadcast-archive": {"broadcast_id": str(news_of(told.data).broadcast_id)}},
            whose={
                "notice_id": ENTRY,
                "batch_id": frozenset({"center"}),
                "webhook_id": frozenset({"own-account"}),
                "broadcast_id": frozenset({"center"}),
                "question_id": frozenset({"center", "own-account"}),
            },
            bodies={
                "draft_broadcast": {"center": "CEE007", "subject": "SYNTHETIC", "text": "SYNTHETIC."},
                "write_subscription": {
                    "recipient": notices.IMPORTER,
                    "topic": "directory",
                    "center": "CEE007",
                    "is_on": True,
                },
            },
        )


async def _letter_batch(engine: AsyncEngine) -> str:
    """A batch of letters of the Center, which is being made."""
    batch = Batch(
        batch_id=UUID(int=7),
        center=CENTER,
        state="making",
        is_scheduled=True,
        opened_on=legal_date(NOW),
        opened_at=NOW,
        opened_by="schedule",
        authority="schedule",
    )
    async with transaction(engine) as tx:
        assert await open_batch(tx, batch)
    return str(batch.batch_id)


async def test_work_queue_lets_through_what_the_table_says(service_engine: MakeEngine) -> None:
    async with _workqueue(await service_engine("workqueue")) as ground:
        await _check(ground)


async def test_routing_lets_through_what_the_table_says(service_engine: MakeEngine) -> None:
    async with _routing(service_engine) as ground:
        await _check(ground)


async def test_liquidation_lets_through_what_the_table_says(service_engine: MakeEngine) -> None:
    async with _liquidation(await service_engine("liquidation")) as ground:
        await _check(ground)


async def test_notifications_let_through_what_the_table_says(service_engine: MakeEngine, tmp_path: Path) -> None:
    async with _notifications(await service_engine("notifications"), tmp_path) as ground:
        await _check(ground)
