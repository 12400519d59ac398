"""Webhooks: signed as a library of others verifies, tried again, turned off, never into a private network."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from services.notifications.acts import hooking
from services.notifications.acts import webhooks as acts
from services.notifications.acts.hooking import WebhookSender
from services.notifications.acts.secrecy import encrypt_anew
from services.notifications.app import SERVICE
from services.notifications.store import webhooks as store
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import deliveries
from shared.customs.parties import Contact
from shared.db import bulk
from shared.db.migrate import upgrade
from shared.db.transaction import reading, transaction
from shared.mail.protocol import Fate, Mail, Outcome
from shared.runtime.clock import FixedClock
from shared.runtime.encryption import Cipher
from shared.runtime.identity import Identity, RoleName
from shared.webhooks.client import Unreachable, WebhookClient
from tests.integration.notifications.builders import (
    IMPORTER,
    NOW,
    MakeEngine,
    ScriptedMailer,
    account_assigned,
    apply,
    client_of,
    entry_changed,
    request_issued,
    rows,
    sender_of,
)
from tests.integration.notifications.community import (
    CENTER,
    DIRECTOR,
    FIRST,
    begin,
    call,
    draft,
    owner_of,
    release,
    settle_in,
)
from tests.integration.notifications.test_notifications_reminders import at, near, withdrawn
from tests.support.databases import TestDatabases
from tests.support.events import entry_number
from tests.support.forgetting import REUSED, forget_answers
from tests.support.invariants import find_violations
from tests.support.parties import delegation, party, told
from tests.support.receiver import Receiver

OWNER = Identity("pat", "Pat", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
STRANGER = Identity("sam", "Sam", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({"09-345678900"}))

KEY = "k" * 32
CIPHER = Cipher("webhook", KEY)
SOMEBODY_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    await receiver.open()
    yield receiver
    await receiver.close()


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


@pytest.fixture
def clock() -> FixedClock:
    """The time of this machine: the library that verifies looks at it."""
    return FixedClock(datetime.now(UTC))


@pytest.fixture
async def client() -> AsyncIterator[WebhookClient]:
    client = WebhookClient(allow_private=True, timeout_seconds=5)
    yield client
    await client.close()


@pytest.fixture
async def api(engine: AsyncEngine, tmp_path: Path, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(engine, tmp_path, OWNER, clock.now(), webhook_allow_private=True, webhook_key=KEY) as api:
        yield api


async def register(api: httpx.AsyncClient, url: str, key: str = "first", **body: Any) -> dict[str, Any]:
    given = {"recipient": IMPORTER, "url": url} | body
    answer = await api.post("/webhooks", json=given, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    registered: dict[str, Any] = answer.json()
    return registered


async def hooks(engine: AsyncEngine) -> list[Any]:
    return [row for row in await rows(engine, deliveries) if row.channel.startswith("webhook:")]


async def texts(engine: AsyncEngine, table: str) -> list[str]:
    """All rows of a table as text, as somebody with a copy of the database reads them."""
    async with transaction(engine) as tx:
        return [row["t"] for row in await bulk.fetch(tx, f"SELECT t::text FROM {table} t")]


def sender(engine: AsyncEngine, client: WebhookClient, clock: FixedClock, cipher: Cipher = CIPHER) -> WebhookSender:
    return WebhookSender(engine, client, cipher, clock, "https://bulletin.example")


async def test_a_receiver_that_is_turned_off_while_its_secret_is_rotated_stays_off(
    engine: AsyncEngine, clock: FixedClock, receiver: Receiver, api: httpx.AsyncClient
) -> None:
    webhook = UUID((await register(api, receiver.url))["webhook_id"])

    async def rotate() -> None:
        async with transaction(engine) as tx:
            await acts.rotate_secret(tx, OWNER, webhook, CIPHER, clock.now())

    async with transaction(engine) as tx:
        assert await store.turn_off(tx, webhook, "answered 410") == 1
        task = asyncio.create_task(rotate())
        async with asyncio.timeout(30):
            while not task.done():
                async with reading(engine) as connection:
                    if await connection.scalar(text(SOMEBODY_WAITS)):
                        break
    await task
    kept = (await api.get(f"/webhooks/{webhook}")).json()
    assert (kept["state"], kept["off_reason"]) == ("off", "answered 410")


async def test_a_notice_reaches_the_receiver_signed_as_a_library_of_others_verifies(
    engine: AsyncEngine, client: WebhookClient, clock: FixedClock, receiver: Receiver, api: httpx.AsyncClient
) -> None:
    webhook = await register(api, receiver.url)
    await apply(engine, [account_assigned(center=None), entry_changed(), request_issued()], clock.now())
    await sender(engine, client, clock).run()
    told = [Verifier(webhook["secret"]).verify(body.decode(), headers) for headers, body in receiver.calls]
    assert sorted(message["data"]["kind"] for message in told) == ["N-03", "N-09"]
    (request,) = [message for message in told if message["data"]["kind"] == "N-03"]
    assert request["type"] == "notice.issued"
    assert request["data"]["due_on"] == "2026-04-01"
    assert "If nothing is done" in request["data"]["text"]
    with pytest.raises(WebhookVerificationError):
        Verifier(webhook["secret"]).verify(receiver.calls[0][1].decode() + " ", receiver.calls[0][0])
    assert {row.state for row in await hooks(engine)} == {"delivered"}
    log = (await api.get(f"/webhooks/{webhook['webhook_id']}/deliveries")).json()["items"]
    assert [(line["state"], line["attempts"]) for line in log] == [("delivered", 1)] * 2
    found = await find_violations(engine, INVARIANTS)
    assert {name for name, violations in found.items() if violations} == set()


async def test_news_that_is_paused_withdrawn_or_ended_is_no_call_that_waits(
    engine: AsyncEngine, client: WebhookClient, receiver: Receiver, tmp_path: Path
) -> None:
    clock = FixedClock(NOW)
    await settle_in(engine)
    owner = owner_of(FIRST)
    async with client_of(engine, tmp_path, owner, NOW, webhook_allow_private=True, webhook_key=KEY) as own:
        await register(own, receiver.url, recipient=FIRST)

    async def begin_one(key: str) -> dict[str, Any]:
        made = await draft(engine, tmp_path, key)
        await release(engine, tmp_path, made)
        assert await begin(engine, clock) == 3
        return made

    async def stop(made: dict[str, Any], verb: str) -> None:
        path = f"/broadcasts/{made['broadcast_id']}/{verb}"
        answer = await call(engine, tmp_path, DIRECTOR, "POST", path, {"reason": "SYNTHETIC."})
        assert answer.status_code == 200, answer.text

    first = await begin_one("one")
    await stop(first, "pause")
    await sender(engine, client, clock).run()
    assert receiver.calls == []
    await stop(first, "resume")
    clock.advance(timedelta(seconds=31))
    await sender(engine, client, clock).run()
    assert len(receiver.calls) == 1

    await stop(await begin_one("two"), "withdraw")
    await begin_one("three")
    body = {"recipient": FIRST, "topic": "broadcasts", "center": CENTER, "is_on": False}
    assert (await call(engine, tmp_path, owner, "PUT", "/subscriptions", body)).status_code == 200
    await sender(engine, client, clock).run()
    assert len(receiver.calls) == 1
    assert sorted((row.state, row.attempts) for row in await hooks(engine)) == [
        ("delivered", 1),
        ("withdrawn", 0),
        ("withdrawn", 0),
    ]


async def test_a_reminder_that_is_not_true_any_more_is_no_call(
    engine: AsyncEngine, client: WebhookClient, receiver: Receiver, tmp_path: Path
) -> None:
    clock = FixedClock(at(7))
    await apply(engine, [account_assigned(center=None)], at(40))
    async with client_of(engine, tmp_path, OWNER, at(40), webhook_allow_private=True, webhook_key=KEY) as own:
        await register(own, receiver.url)
    await apply(engine, [near(7), withdrawn()], at(7))
    await sender(engine, client, clock).run()
    assert receiver.calls == []
    assert [row.state for row in await hooks(engine)] == ["withdrawn"]


async def test_a_secret_is_shown_once_and_stands_nowhere_in_the_database(
    engine: AsyncEngine, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    webhook = await register(api, receiver.url)
    again = await api.post(
        "/webhooks", json={"recipient": IMPORTER, "url": receiver.url}, headers={"Idempotency-Key": "first"}
    )
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == webhook | {"secret": None}
    assert "/rotate" in again.json()["secret_note"]
    rotated = (await api.post(f"/webhooks/{webhook['webhook_id']}/rotate")).json()
    kept = [await texts(engine, table) for table in ("webhooks", "idempotency_keys")]
    assert all(kept)
    for secret in (webhook["secret"], rotated["secret"]):
        assert secret.removeprefix("whsec_") not in str(kept)


async def test_secrets_in_clear_and_under_the_key_before_are_encrypted_anew_and_sign_on(
    engine: AsyncEngine, client: WebhookClient, clock: FixedClock, receiver: Receiver, api: httpx.AsyncClient
) -> None:
    webhook = await register(api, receiver.url)
    secret = webhook["secret"]
    async with transaction(engine) as tx:  # as the release before wrote it
        clear = f'[{{"until": null, "value": "{secret}"}}]'
        await bulk.execute(tx, "UPDATE webhooks SET secrets = $1::text::jsonb", clear)
    assert [await encrypt_anew(engine, CIPHER, clock.now()) for _ in range(2)] == [1, 0]
    assert secret not in str(await texts(engine, "webhooks"))
    both = Cipher("webhook", "n" * 32, KEY)
    assert [await encrypt_anew(engine, both, clock.now()) for _ in range(2)] == [1, 0]
    await apply(engine, [account_assigned(center=None), request_issued()], clock.now())
    await sender(engine, client, clock, Cipher("webhook", "n" * 32)).run()
    headers, body = receiver.calls[0]
    assert Verifier(secret).verify(body.decode(), headers)


async def test_a_key_that_opens_no_secret_costs_no_try(
    engine: AsyncEngine, client: WebhookClient, clock: FixedClock, receiver: Receiver, api: httpx.AsyncClient
) -> None:
    await register(api, receiver.url)
    await apply(engine, [account_assigned(center=None), request_issued()], clock.now())
    await sender(engine, client, clock, Cipher("webhook", "x" * 32)).run()
    assert [(row.state, row.attempts) for row in await hooks(engine)] == [("queued", 0)]
    clock.advance(timedelta(minutes=1))
    await sender(engine, client, clock).run()
    assert [row.state for row in await hooks(engine)] == ["delivered"]
    assert len(receiver.calls) == 1


async def test_while_a_secret_is_rotated_both_verify_and_after_a_day_the_new_one_alone(
    engine: AsyncEngine, client: WebhookClient, clock: FixedClock, receiver: Receiver, api: httpx.AsyncClient
) -> None:
    webhook = await register(api, receiver.url)
    rotated = (await api.post(f"/webhooks/{webhook['webhook_id']}/rotate")).json()
    assert rotated["secrets_in_use"] == 2
    await apply(engine, [account_assigned(center=None), request_issued()], clock.now())
    await sender(engine, client, clock).run()
    headers, body = receiver.calls[0]
    for secret in (webhook["secret"], rotated["secret"]):
        assert Verifier(secret).verify(body.decode(), headers)
    clock.advance(timedelta(hours=24))
    await apply(engine, [request_issued("CBP-29")], clock.now())
    await sender(engine, client, clock).run()
    assert len(headers["webhook-signature"].split()) == 2
    assert len(receiver.calls[1][0]["webhook-signature"].split()) == 1


async def test_a_receiver_that_dies_is_tried_again_under_the_same_id_and_holds_up_no_other(
    engine: AsyncEngine, client: WebhookClient, clock: FixedClock, receiver: Receiver, api: httpx.AsyncClient
) -> None:
    dead = Receiver()
    await dead.open()
    await register(api, receiver.url)
    await register(api, dead.url, key="second")
    dead.answer = lambda _: 503
    await apply(engine, [account_assigned(center=None), request_issued(), request_issued("CBP-29")], clock.now())
    await sender(engine, client, clock).run()
    assert (len(receiver.calls), len(dead.calls)) == (2, 1)  # the second waits: the first has just failed
    await dead.close()
    clock.advance(timedelta(minutes=1))
    await sender(engine, client, clock).run()
    states = sorted((row.state, row.attempts) for row in await hooks(engine))
    assert states[:2] == [("delivered", 1), ("delivered", 1)]
    assert {state for state, _ in states[2:]} == {"queued"}
    first = dead.ids[0]
    dead.answer = lambda _: 200
    await dead.open()
    clock.advance(timedelta(hours=1))
    for _ in range(3):
        await sender(engine, client, clock).run()
        clock.advance(timedelta(hours=1))
    await dead.close()
    assert {row.state for row in await hooks(engine)} == {"delivered"}
    assert dead.ids.count(first) == 2
    assert len(receiver.calls) == 2


CLONES = """
WITH one AS (SELECT * FROM deliveries WHERE channel = $1 LIMIT 1),
    many AS (SELECT gen_random_uuid() AS id, n FROM generate_series(1, $2::integer) AS n),
    told AS (
        INSERT INTO notices (notice_id, kind, subject, cause_sequence, version, importer_number, entry_numbers,
            issued_on, due_on, citation, if_nothing_is_done, body, caused_at)
        SELECT m.id, t.kind, t.subject || m.n, t.cause_sequence, t.version, t.importer_number, t.entry_numbers,
            t.issued_on, t.due_on, t.citation, t.if_nothing_is_done, t.body, t.caused_at
        FROM many m, notices t WHERE t.notice_id = (SELECT notice_id FROM one)
    )
INSERT INTO deliveries (notice_id, channel, recipient_role, kind, importer_number, state, sequence, attempts,
    is_waiting, message_id, queued_at, next_try_at, lane)
SELECT m.id, o.channel, o.recipient_role, o.kind, o.importer_number, 'queued', 1, 0, false, o.message_id, o.queued_at,
    o.next_try_at - interval '1 day', o.lane
FROM many m, one o
"""
WAITING = "SELECT attempts, count(*) AS many FROM deliveries WHERE channel = $1 AND state = 'queued' GROUP BY attempts"


async def test_a_dead_receiver_for_which_thousands_wait_costs_one_call_and_delays_nobody(
    engine: AsyncEngine, clock: FixedClock, receiver: Receiver, api: httpx.AsyncClient
) -> None:
    silent = asyncio.Event()
    dead = Receiver(may_answer=silent.wait)  # takes the connection and says nothing
    await dead.open()
    webhook = await register(api, dead.url)
    await apply(engine, [account_assigned(center=None), request_issued(request_id="old")], clock.now())
    channel = f"webhook:{webhook['webhook_id']}"
    async with transaction(engine) as tx:
        await bulk.execute(tx, CLONES, channel, 5000)
    await register(api, receiver.url, key="second", kinds=["N-04"])
    clock.advance(timedelta(minutes=1))
    letters = [request_issued("CBP-29", request_id=f"letter-{number}") for number in range(7)]
    await apply(engine, letters, clock.now())
    receiver.answer = lambda calls: silent.set() or 204 if calls == 7 else 204  # type: ignore[func-returns-value]
    dead.answer = lambda _: 503

    client = WebhookClient(allow_private=True, timeout_seconds=60)
    for _ in range(2):
        await sender(engine, client, clock).run()  # it would not end if the living one waited for the dead one
    assert (len(receiver.calls), len(dead.calls)) == (7, 1)
    shown = (await api.get(f"/webhooks/{webhook['webhook_id']}")).json()
    assert shown["failing_since"] is not None
    assert datetime.fromisoformat(shown["paused_until"]) == clock.now() + timedelta(minutes=1)

    async def waiting() -> dict[int, int]:
        async with transaction(engine) as tx:
            return {row["attempts"]: row["many"] for row in await bulk.fetch(tx, WAITING, channel)}

    assert await waiting() == {0: 5007, 1: 1}
    await dead.close()  # now the connection is refused
    clock.advance(timedelta(minutes=1))
    for _ in range(3):
        await sender(engine, client, clock).run()
    assert await waiting() == {0: 5006, 1: 2}
    dead.answer = lambda _: 204
    await dead.open()
    assert (await api.post(f"/webhooks/{webhook['webhook_id']}/enable")).json()["paused_until"] is None
    clock.advance(timedelta(seconds=1))
    await apply(engine, [request_issued("CBP-29", request_id="last")], clock.now())
    quick: set[UUID] = set()
    while len(dead.calls) < 300:
        await WebhookSender(engine, client, CIPHER, clock, "https://bulletin.example", quick).run()
    assert len(receiver.calls) == 8  # in its turn, though thousands were due before
    assert quick == {UUID(each["webhook_id"]) for each in (await api.get("/webhooks")).json()}
    await client.close()
    await dead.close()


async def test_receivers_at_one_server_share_its_places(
    engine: AsyncEngine, client: WebhookClient, clock: FixedClock, receiver: Receiver, api: httpx.AsyncClient
) -> None:
    silent = asyncio.Event()
    hanging = Receiver(may_answer=silent.wait)
    await hanging.open()
    for number in range(9):
        await register(api, f"{hanging.url}/{number}", key=f"hanging-{number}")
    await register(api, receiver.url, key="living")
    at_once: list[int] = []

    def answer(calls: int) -> int:
        at_once.append(len(hanging.calls))
        if calls == 6:  # in its second turn: by then all that may hang do
            silent.set()
        return 204

    receiver.answer = answer
    letters = [request_issued(request_id=f"request-{number}") for number in range(6)]
    await apply(engine, [account_assigned(center=None), *letters], clock.now())
    await sender(engine, client, clock).run()
    assert max(at_once) <= 8
    for _ in range(20):
        await sender(engine, client, clock).run()
    assert {row.state for row in await hooks(engine)} == {"delivered"}
    await hanging.close()


async def test_what_cannot_be_written_down_for_one_receiver_is_written_for_the_others(
    engine: AsyncEngine,
    client: WebhookClient,
    clock: FixedClock,
    receiver: Receiver,
    api: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poison = await register(api, f"{receiver.url}/poison", key="poison")
    await register(api, receiver.url, key="other")
    settle = hooking.store.settle

    async def break_one(tx: Any, settlements: Any, now: datetime) -> Any:
        if any(item.claimed.channel.endswith(poison["webhook_id"]) for item in settlements):
            raise ArithmeticError("a bug")
        return await settle(tx, settlements, now)

    monkeypatch.setattr(hooking.store, "settle", break_one)
    await apply(engine, [account_assigned(center=None), request_issued()], clock.now())
    with pytest.raises(ArithmeticError):
        await sender(engine, client, clock).run()
    assert sorted(row.state for row in await hooks(engine)) == ["delivered", "queued"]


async def test_a_receiver_that_is_gone_is_turned_off_and_one_that_takes_nothing_for_days_too(
    engine: AsyncEngine, client: WebhookClient, clock: FixedClock, receiver: Receiver, api: httpx.AsyncClient
) -> None:
    receiver.answer = lambda _: 410
    gone = await register(api, receiver.url)
    lame = Receiver(answer=lambda _: 500)
    await lame.open()
    silent = await register(api, lame.url, key="second")
    await apply(engine, [account_assigned(center=None), request_issued()], clock.now())
    for _ in range(15):
        await sender(engine, client, clock).run()
        clock.advance(timedelta(hours=12))
    await lame.close()
    assert len(receiver.calls) == 1
    states = {each["webhook_id"]: each for each in (await api.get("/webhooks")).json()}
    assert states[gone["webhook_id"]]["off_reason"] == "it answered 410 Gone"
    assert states[silent["webhook_id"]]["off_reason"] == "it has taken nothing for 5 days"
    assert {row.state for row in await hooks(engine)} == {"bounced"}
    # What the law requires went its own way, and whose the receivers are is told of each.
    mails = [(row.kind, row.state) for row in await rows(engine, deliveries) if row.channel == "email"]
    assert sorted(mails) == [("N-03", "queued"), ("N-41", "queued"), ("N-41", "queued")]


AGENT = Identity("al", "Al", frozenset({RoleName.TRADE_COUNSEL}), party="agent:1001")


@pytest.mark.parametrize(
    ("owner", "recipient", "address"),
    [(OWNER, IMPORTER, "trade@importer.example"), (AGENT, "agent:1001", "desk@agent.example")],
)
async def test_whose_receiver_is_turned_off_is_told_once_each_time_with_how_to_turn_it_on(
    engine: AsyncEngine,
    client: WebhookClient,
    clock: FixedClock,
    receiver: Receiver,
    tmp_path: Path,
    owner: Identity,
    recipient: str,
    address: str,
) -> None:
    receiver.answer = lambda _: 410
    agent = told(
        party("agent:1001", 1, Contact("all", "AGENT DESK", "desk@agent.example")), delegation(scopes=("respond",))
    )
    await apply(engine, [account_assigned(center=None), agent], clock.now())

    async def tell(*requests: str) -> list[Mail]:
        await apply(engine, [request_issued(request_id=each) for each in requests], clock.now())
        for _ in range(2):
            await sender(engine, client, clock).run()
            clock.advance(timedelta(minutes=1))
        mailer = ScriptedMailer(lambda mail: Outcome(Fate.SENT))
        await sender_of(engine, mailer, clock).run()
        return [mail for mail in mailer.mails if mail.message_id.startswith("<N-41.")]

    async with client_of(engine, tmp_path, owner, clock.now(), webhook_allow_private=True, webhook_key=KEY) as api:
        webhook = await register(api, receiver.url, recipient=recipient)
        (mail,) = await tell("first", "second")
        assert mail.to == address
        for words in ("it answered 410 Gone", webhook["webhook_id"], "/enable"):
            assert words in mail.text
        assert await tell("third") == []
        await api.post(f"/webhooks/{webhook['webhook_id']}/enable")
        (again,) = await tell("fourth")
        assert again.message_id != mail.message_id
    found = await find_violations(engine, INVARIANTS)
    assert not any(found.values()), found


async def test_a_test_event_is_sent_at_once_and_says_what_came_back(api: httpx.AsyncClient, receiver: Receiver) -> None:
    webhook = await register(api, receiver.url)
    tried = (await api.post(f"/webhooks/{webhook['webhook_id']}/test")).json()
    assert (tried["status"], tried["is_taken"]) == (204, True)
    headers, body = receiver.calls[0]
    assert Verifier(webhook["secret"]).verify(body.decode(), headers)["type"] == "webhook.test"
    assert headers["webhook-id"] == tried["message_id"]
    assert orjson.loads(body)["data"] == {"webhook_id": webhook["webhook_id"]}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0"])
async def test_nothing_is_sent_into_a_private_network(receiver: Receiver, host: str) -> None:
    client = WebhookClient(allow_private=False, timeout_seconds=5)
    with pytest.raises(Unreachable, match="private network"):
        await client.post(f"http://{host}:{receiver.port}/", {}, b"{}")
    await client.close()
    assert receiver.calls == []


async def test_who_may_register_and_what_is_shown_of_it(
    engine: AsyncEngine, tmp_path: Path, clock: FixedClock, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    webhook = await register(api, receiver.url)
    shown = (await api.get(f"/webhooks/{webhook['webhook_id']}")).text
    assert "whsec_" not in shown
    async with client_of(engine, tmp_path, STRANGER, clock.now()) as other:
        assert (await other.get(f"/webhooks/{webhook['webhook_id']}")).status_code == 404
        assert (await other.get("/webhooks")).json() == []
        refused = await other.post(
            "/webhooks",
            json={"recipient": IMPORTER, "url": "https://receiver.example/"},
            headers={"Idempotency-Key": "x"},
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "not-your-recipient")
        plain = await other.post(
            "/webhooks",
            json={"recipient": "09-345678900", "url": "http://receiver.example/"},
            headers={"Idempotency-Key": "y"},
        )
        assert (plain.status_code, plain.json()["code"]) == (422, "bad-webhook-address")


async def test_a_webhook_is_not_told_of_what_its_owner_was_told_before_when_others_become_known(
    engine: AsyncEngine, tmp_path: Path, clock: FixedClock, receiver: Receiver
) -> None:
    filer = Identity("bro", "Bro", frozenset({RoleName.BROKER}), filer_code="B76")
    known = [account_assigned(center=None), told(party("filer:B76", 1))]
    await apply(engine, [*known, entry_changed(entry_number(700_001), "liquidated")], clock.now())
    async with client_of(engine, tmp_path, filer, clock.now(), webhook_allow_private=True) as api:
        await register(api, receiver.url, recipient="filer:B76")
    agent = told(party("agent:1001", 1), delegation())
    await apply(engine, [agent], clock.now())
    assert sorted(row.recipient_role for row in await rows(engine, deliveries) if row.channel == "email") == [
        "agent:1001",
        "filer:B76",
        "importer",
    ]
    assert await hooks(engine) == []
    await apply(engine, [entry_changed(entry_number(700_001), "rescheduled", sequence=3)], clock.now())
    assert [(row.kind, row.recipient_role) for row in await hooks(engine)] == [("N-14", "filer:B76")]


async def test_many_notices_of_one_receiver_go_out_in_one_run(
    engine: AsyncEngine, client: WebhookClient, clock: FixedClock, receiver: Receiver, api: httpx.AsyncClient
) -> None:
    await register(api, receiver.url)
    letters = [request_issued(request_id=f"request-{number}") for number in range(250)]
    await apply(engine, [account_assigned(center=None), *letters], clock.now())
    await sender(engine, client, clock).run()
    for _ in range(20):  # a slow machine needs more than one run's time; the clock stands
        await sender(engine, client, clock).run()
    assert len(set(receiver.ids)) == len(receiver.calls) == 250
    assert {row.state for row in await hooks(engine)} == {"delivered"}


async def test_answers_that_the_release_before_kept_lose_their_secret(databases: TestDatabases) -> None:
    engine = await databases.before("notifications", "0008_pre_immutable_bulletin")
    kept = {"register": '{"webhook_id": "w", "secret": "whsec_abc"}', "other": '{"notice_id": "n"}'}
    async with transaction(engine) as tx:
        for key, response in kept.items():
            await bulk.execute(
                tx,
                "INSERT INTO idempotency_keys (key, identity, request_hash, status, response)"
                " VALUES ($1, 'pat', 'h', 201, $2::text::jsonb)",
                key,
                response,
            )
    await upgrade(engine, SERVICE.migrations)
    async with transaction(engine) as tx:
        found = {
            row["key"]: row["response"] for row in await bulk.fetch(tx, "SELECT key, response FROM idempotency_keys")
        }
    await engine.dispose()
    assert (found["register"]["webhook_id"], found["register"]["secret"]) == ("w", None)
    assert "/rotate" in found["register"]["secret_note"]
    assert "secret" not in found["other"]


async def test_key_that_registered_a_webhook_changes_nothing_when_its_answer_is_forgotten(
    engine: AsyncEngine, api: httpx.AsyncClient, receiver: Receiver, clock: FixedClock
) -> None:
    webhook = await register(api, receiver.url)
    await forget_answers(engine, clock.now() + timedelta(days=8))
    other = {"recipient": IMPORTER, "url": f"{receiver.url}/other"}
    again = await api.post("/webhooks", json=other, headers={"Idempotency-Key": "first"})
    assert (again.status_code, again.json()["code"]) == REUSED, again.text
    (kept,) = (await api.get("/webhooks")).json()
    assert (kept["webhook_id"], kept["url"]) == (webhook["webhook_id"], receiver.url)
