"""The inbox of a party: what is unread, acknowledged once for each party, filtered, and told in the words asked for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.kind import EDITIONS, VERSION
from services.notifications.domain.languages import TRANSLATED_KINDS
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import deliveries, notices
from shared.mail.protocol import Fate, Outcome
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from tests.integration.notifications.builders import (
    IMPORTER,
    NOW,
    MakeEngine,
    ScriptedMailer,
    account_assigned,
    apply,
    client_of,
    entry_changed,
    letter_changed,
    request_issued,
    rows,
    sender_of,
)
from tests.support.invariants import find_violations
from tests.support.recorded import recorded

FILER = "B76"
OWNER = Identity("pat", "Pat", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
BROKER = Identity("bo", "Bo", frozenset({RoleName.BROKER}), filer_code=FILER)
OTHER = Identity("sam", "Sam", frozenset({RoleName.BROKER}), filer_code="ZZ9")
STAFF = Identity("kim", "Kim", frozenset({RoleName.AUDITOR}))


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


@asynccontextmanager
async def as_(engine: AsyncEngine, folder: Path, who: Identity) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(engine, folder, who) as api:
        yield api


async def kinds(api: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await api.get("/notices", params=params)
    assert answer.status_code == 200, answer.text
    return sorted(item["kind"] for item in answer.json()["items"])


async def test_what_one_party_acknowledges_stays_unread_for_the_other(engine: AsyncEngine, tmp_path: Path) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed(), request_issued()])
    async with as_(engine, tmp_path, OWNER) as api:
        inbox = (await api.get("/inbox")).json()
        assert inbox["unread"] == 3
        assert {row["kind"]: row["unread"] for row in inbox["by_kind"]} == {"N-03": 1, "N-09": 1, "N-13": 1}
        assert inbox["next_due_on"] == "2026-04-01"
        (request,) = [item for item in (await api.get("/notices")).json()["items"] if item["kind"] == "N-03"]
        path = f"/notices/{request['notice_id']}"
        for _ in range(2):
            assert (await api.post(f"{path}/acknowledge")).status_code == 204
        assert await kinds(api, unread="true") == ["N-09", "N-13"]
        assert (await api.get("/inbox")).json()["unread"] == 2
        detail = (await api.get(path)).json()
        (told,) = [each for each in detail["deliveries"] if each["channel"] == "portal"]
        assert (told["state"], [line["detail"] for line in told["ledger"]]) == ("acknowledged", ["by pat"])
        assert detail["reply"]["path"] == f"/requests/{detail['facts']['request_id']}/answers"
        acknowledged = [line["at"] for line in told["ledger"]]
        assert [detail["acknowledged_at"]] == acknowledged
        listed = {item["kind"]: item["acknowledged_at"] for item in (await api.get("/notices")).json()["items"]}
        assert listed == {"N-03": acknowledged[0], "N-09": None, "N-13": None}
    async with as_(engine, tmp_path, BROKER) as api:
        assert "N-03" in await kinds(api, unread="true")
        assert (await api.get(path)).json()["acknowledged_at"] is None  # it has not itself
    async with as_(engine, tmp_path, OTHER) as api:
        assert (await api.get("/inbox")).json()["unread"] == 0
        assert (await api.post(f"{path}/acknowledge")).status_code == 404
    async with as_(engine, tmp_path, STAFF) as api:
        assert (await api.post(f"{path}/acknowledge")).status_code == 403
        assert [(await api.get(path)).json()["acknowledged_at"]] == acknowledged
    found = await find_violations(engine, INVARIANTS)
    assert {name for name, violations in found.items() if violations} == set()


async def test_notices_are_found_by_due_day_kind_client_and_filer(engine: AsyncEngine, tmp_path: Path) -> None:
    await apply(engine, [entry_changed(), request_issued(), request_issued("CBP-29")])
    async with as_(engine, tmp_path, STAFF) as api:
        assert await kinds(api, due_to="2026-04-01") == ["N-03", "N-04"]
        assert await kinds(api, due_from="2026-04-02") == ["N-09", "N-13"]
        assert await kinds(api, due_from="2026-03-23", due_to="2026-04-01") == ["N-03"]
        assert len(await kinds(api, filer=FILER.lower())) == 4
        assert await kinds(api, filer="ZZ9") == []
        assert await kinds(api, importer="99-999999900") == []
    async with as_(engine, tmp_path, BROKER) as api:

        async def counted(**params: Any) -> dict[str, int]:
            answer = await api.get("/inbox", params=params)
            assert answer.status_code == 200, answer.text
            return {row["kind"]: row["unread"] for row in answer.json()["by_kind"]}

        assert await counted() == dict.fromkeys(("N-03", "N-04", "N-09", "N-13"), 1)
        assert await counted(kind="N-03") == {"N-03": 1}
        assert await counted(due_to="2026-04-01") == {"N-03": 1, "N-04": 1}
        assert await counted(due_from="2026-04-02", importer=IMPORTER) == {"N-09": 1, "N-13": 1}
        assert await counted(filer=FILER.lower(), importer="99-999999900") == {}
        wrong = await api.get("/inbox", params={"kind": "N-99"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown-kind")


async def test_a_notice_can_be_read_in_every_edition_of_its_words(engine: AsyncEngine, tmp_path: Path) -> None:
    await apply(engine, [account_assigned(center=None), request_issued()])
    async with as_(engine, tmp_path, OWNER) as api:
        (request,) = [item for item in (await api.get("/notices")).json()["items"] if item["kind"] == "N-03"]
        path = f"/notices/{request['notice_id']}/preview"
        own = await api.get(path, params={"form": "text"})
        texts = {
            each.version: (await api.get(path, params={"form": "text", "edition": each.version})).text
            for each in EDITIONS
        }
        assert own.text == texts[request["version"]]
        assert f"edition {VERSION} of {EDITIONS[-1].used_from}" in own.text
        old, new = texts[2], texts[3]
        assert old.index("Issued on") < old.index("If nothing is done")  # facts came first
        assert new.index("If nothing is done") < new.index("Issued on")
        page = await api.get(path, params={"edition": 2})
        assert page.headers["content-type"].startswith("text/html")
        wrong = await api.get(path, params={"edition": 99})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown-edition")
        assert "2 (used from 2026-11-23)" in wrong.json()["remedy"]


async def test_who_asks_for_spanish_is_told_in_it_with_the_english_words_that_govern(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    await apply(
        engine, [account_assigned(center=None), request_issued(), entry_changed(), entry_changed(change="extended")]
    )
    async with as_(engine, tmp_path, OWNER) as api:
        asked = {"recipient": IMPORTER, "language": "es"}
        assert (await api.put("/preferences", json=asked)).json()["revision"] == 1
        assert (await api.put("/preferences", json=asked)).json()["revision"] == 2
        assert [row["language"] for row in (await api.get("/preferences")).json()] == ["es"]
        mine = await api.put("/preferences", json=asked | {"recipient": "filer:B76"})
        assert (mine.status_code, mine.json()["code"]) == (422, "not-your-recipient")
        none = await api.put("/preferences", json=asked | {"second_email": "a@b.example, c@d.example"})
        assert none.status_code == 422
        (request,) = [item for item in (await api.get("/notices")).json()["items"] if item["kind"] == "N-03"]
        page = await api.get(f"/notices/{request['notice_id']}/preview", params={"language": "es"})
        text = await api.get(f"/notices/{request['notice_id']}/preview", params={"language": "es", "form": "text"})
    assert 'lang="es"' in page.text
    mailer = ScriptedMailer(lambda _: Outcome(Fate.SENT))
    await sender_of(engine, mailer, FixedClock(NOW)).run()
    by_kind = {mail.message_id[1:5]: mail for mail in mailer.mails}
    told = by_kind["N-03"]
    assert told.subject.startswith("Solicitud de información: entrada ")
    assert "Responder hasta el: 2026-04-01" in told.text
    assert "El texto oficial es el inglés:\nThe Center needs information from you" in told.text
    assert text.text.splitlines()[3:] == told.text.splitlines()[3:]  # but for whom it is addressed to
    # A kind without Spanish words is told in English, and nothing is left out.
    assert by_kind["N-09"].subject.startswith("Aviso de cortesía de la liquidación")
    (untranslated,) = [mail for kind, mail in by_kind.items() if kind not in TRANSLATED_KINDS]
    assert untranslated.subject.startswith(CATALOGUE[untranslated.message_id[1:5]].name)


async def test_a_refused_message_comes_to_the_inbox_of_its_filer_and_to_nobody_else(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    refused = await _refusals(engine)
    async with as_(engine, tmp_path, BROKER) as api:
        found = (await api.get("/notices", params={"kind": "N-05"})).json()["items"]
        assert {item["variant"] for item in found} == {"barred", "refused"}
        assert {item["importer_number"] for item in found} == {None}
        (barred,) = [item for item in found if item["variant"] == "barred"]
        detail = (await api.get(f"/notices/{barred['notice_id']}")).json()
        assert {(each["channel"], each["state"]) for each in detail["deliveries"]} == {
            ("portal", "delivered"),
            ("email", "queued"),
        }
        assert (await api.post(f"/notices/{barred['notice_id']}/acknowledge")).status_code == 204
        assert (await api.get("/inbox")).json()["unread"] == len(refused) - 1
    async with as_(engine, tmp_path, OTHER) as api:
        assert (await api.get("/notices", params={"kind": "N-05"})).json()["items"] == []


async def _refusals(engine: AsyncEngine) -> list[Any]:
    names = ("routing/event-refused-with-three-faults", "liquidation/correction-refused-outside-window")
    events = [recorded(name) for name in names]
    assert await apply(engine, [*events, *events]) == []  # a filer's own messages are told to it alone
    written = await rows(engine, notices)
    assert len(written) == 2
    return written


async def test_a_letter_is_followed_by_what_became_of_it(engine: AsyncEngine, tmp_path: Path) -> None:
    names = (
        "request-changed-issued",
        "request-reminded",
        "request-overdue",
        "request-answered",
        "notice-of-action-taken",
    )
    await apply(engine, [letter_changed(name) for name in names])
    written = sorted((row.kind, row.variant) for row in await rows(engine, notices))
    assert written == [("N-03", "overdue"), ("N-03", "reminder"), ("N-04", "taken")]
    assert {row.channel for row in await rows(engine, deliveries)} == {"email"}


async def test_an_importer_that_files_for_others_acknowledges_for_itself_alone(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    both = Identity(
        "lee",
        "Lee",
        frozenset({RoleName.IMPORTER, RoleName.BROKER}),
        importer_numbers=frozenset({"09-345678900"}),
        filer_code=FILER,
    )
    await apply(engine, [request_issued()])
    (notice,) = await rows(engine, notices)
    async with as_(engine, tmp_path, OWNER) as api:
        assert (await api.post(f"/notices/{notice.notice_id}/acknowledge")).status_code == 204
        assert await kinds(api, unread="true") == []
    async with as_(engine, tmp_path, both) as api:
        assert await kinds(api, unread="true") == ["N-03"]
        assert (await api.post(f"/notices/{notice.notice_id}/acknowledge")).status_code == 204
        assert await kinds(api, unread="true") == []
    acknowledged = [row.recipient_role for row in await rows(engine, deliveries) if row.state == "acknowledged"]
    assert acknowledged == ["filer:B76", "importer"]
