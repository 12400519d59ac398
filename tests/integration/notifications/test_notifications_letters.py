"""Letters: from the notice to the proof of mailing through the API, batches that are cut off, and who may do what."""

import csv
import hashlib
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import pikepdf
import pytest
from obstore.store import MemoryStore
from pdfminer.high_level import extract_text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts import batching
from services.notifications.acts.batching import BatchRules, make_batches, open_scheduled
from services.notifications.acts.typesetting import LetterRules
from services.notifications.settings import NotificationsSettings
from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.sealed import SEALED
from services.notifications.store.tables import (
    deliveries,
    delivery_events,
    letter_batches,
    letters,
    letters_set_aside,
)
from shared.files.depot import Depot, open_depot
from shared.files.scan import NoScanner
from shared.mail.protocol import Fate, Outcome
from shared.runtime import sealing
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
    request_issued,
    rows,
    sender_of,
)
from tests.support.invariants import find_violations
from tests.support.recorded import recorded

STAFF = Identity("kim", "Kim Clerk", frozenset({RoleName.ENTRY_SPECIALIST}), centers=frozenset({"CEE005"}))
ELSEWHERE = Identity("lee", "Lee Clerk", frozenset({RoleName.ENTRY_SPECIALIST}), centers=frozenset({"CEE001"}))
AUDITOR = Identity("ida", "Ida Auditor", frozenset({RoleName.AUDITOR}))
OWNER = Identity("owner", "Pat Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
BROKER = Identity("broker", "B", frozenset({RoleName.BROKER}), filer_code="B76")
CHICAGO: dict[str, Any] = {"street": ["1 Example Plaza"], "city": "Chicago", "state": "IL", "postal_code": "60601"}
LETTERS = LetterRules("https://bulletin.example")
RULES = BatchRules(LETTERS, hour=6)
MAKE = {"Idempotency-Key": "first"}


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def files(tmp_path: Path) -> str:
    return (tmp_path / "files").as_uri()


@pytest.fixture
def depot() -> Depot:
    return Depot(MemoryStore(), "notifications", NoScanner(), max_bytes=1, is_scan_required=False)


def number_of(serial: int) -> str:
    return f"07-{serial:07d}00"


async def letters_wait(
    engine: AsyncEngine, clock: FixedClock, addresses: dict[str, dict[str, Any] | None], **changes: Any
) -> dict[str, str]:
    """Requests to importers without an e-mail address, whose letters wait; gives the notices by importer."""
    accounts = [
        account_assigned(importer, contact_email=None, center=None, postal_address=address, revision=1)
        for importer, address in addresses.items()
    ]
    requests = [
        request_issued(request_id=f"request-{importer}", importer_number=importer, **changes) for importer in addresses
    ]
    await apply(engine, [*accounts, *requests], clock.now())
    await sender_of(engine, ScriptedMailer(lambda _: Outcome(Fate.SENT)), clock).run()
    waiting = [row for row in await rows(engine, deliveries) if row.channel == "mail"]
    assert {row.state for row in waiting} == {"queued"}
    return {row.importer_number: str(row.notice_id) for row in waiting}


def readable(pdf: bytes) -> str:
    return " ".join(extract_text(io.BytesIO(pdf)).replace("\u200b", "").split())


async def test_a_letter_goes_from_its_notice_to_the_proof_of_its_mailing(  # noqa: PLR0915  one way, from end to end
    engine: AsyncEngine, clock: FixedClock, tmp_path: Path, files: str
) -> None:
    notices = await letters_wait(engine, clock, {IMPORTER: CHICAGO})
    notice = notices[IMPORTER]
    async with client_of(engine, tmp_path, STAFF, files_url=files) as api:
        before = (await api.get(f"/notices/{notice}")).json()["letter"]
        assert (before["batch_id"], before["proofs"]) == (None, [])
        alone = await api.get(before["href"])
        assert alone.headers["content-type"] == "application/pdf"
        assert alone.headers["cache-control"] == "private, no-cache"
        assert "1 Example Plaza" in readable(alone.content)
        opened = await api.post("/letter-batches", json={"center": "CEE005"}, headers=MAKE)
        assert opened.status_code == 202, opened.text
        batch = f"/letter-batches/{opened.json()['batch_id']}"
        assert (await api.post("/letter-batches", json={"center": "CEE005"}, headers=MAKE)).json() == opened.json()
        assert (await api.get(f"{batch}/letters.zip")).status_code == 409
        assert (await api.post(f"{batch}/mailed", json={"mailed_on": "2026-03-06"})).status_code == 409
        await make_batches(engine, depot_at(files), RULES, clock)
        ready = (await api.get(batch)).json()
        assert (ready["state"], ready["letters"], ready["set_aside"]) == ("ready", 1, 0)
        archive = (await api.get(f"{batch}/letters.zip")).content
        assert hashlib.sha256(archive).hexdigest() == ready["archive_sha256"]
        assert len(archive) == ready["archive_bytes"]
        manifest = await api.get(f"{batch}/manifest.json")
        assert hashlib.sha256(manifest.content).hexdigest() == ready["manifest_sha256"]
        (line,) = manifest.json()["letters"]
        assert line["address"] == ["SYNTHETIC IMPORTER 0001", "1 Example Plaza", "Chicago IL 60601"]
        assert (line["number"], line["kind"], line["language"]) == (notice, "N-03", "en")
        (row,) = csv.DictReader(io.StringIO((await api.get(f"{batch}/manifest.csv")).text))
        assert (row["number"], row["sha256"], row["address_2"]) == (notice, line["sha256"], "1 Example Plaza")
        printed = zipfile.ZipFile(io.BytesIO(archive)).read(line["file"])
        assert (hashlib.sha256(printed).hexdigest(), len(printed)) == (line["sha256"], line["bytes"])
        assert len(pikepdf.open(io.BytesIO(printed)).pages) == line["pages"] == ready["pages"]
        assert printed == alone.content  # what was looked at is what went out

        final = await api.get(f"/notices/{notice}/letter.pdf")
        assert final.content == printed
        assert "immutable" in final.headers["cache-control"]
        known = await api.get(f"/notices/{notice}/letter.pdf", headers={"If-None-Match": final.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")

        mailed = {"mailed_on": "2026-03-06", "carrier": "USPS", "mail_class": "Certified"}
        certified = {"certified_numbers": {notice: "9407 1000 0000 0000 0000 00"}}
        noted = await api.post(f"{batch}/mailed", json=mailed | certified)
        assert noted.json() == {"mailed": 1, "left": 0}
        assert (await api.post(f"{batch}/mailed", json=mailed)).json() == {"mailed": 0, "left": 1}
        clock.advance(timedelta(days=20))
    async with client_of(engine, tmp_path, STAFF, clock.now(), files_url=files) as api:
        too_early = await api.post(
            f"/notices/{notice}/returned", json={"returned_on": "2026-03-05", "reason": "Unclaimed."}
        )
        assert too_early.status_code == 422
        back = await api.post(f"/notices/{notice}/returned", json={"returned_on": "2026-03-20", "reason": "Unclaimed."})
        assert back.status_code == 204, back.text
        again = await api.post(
            f"/notices/{notice}/returned", json={"returned_on": "2026-03-20", "reason": "Unclaimed."}
        )
        assert again.status_code == 409
        seen = (await api.get(f"/notices/{notice}")).json()
    assert [(each["act"], each["done_on"], each["noted_by"]) for each in seen["letter"]["proofs"]] == [
        ("mailed", "2026-03-06", "kim"),
        ("returned", "2026-03-20", "kim"),
    ]
    assert seen["letter"]["proofs"][0]["certified_number"] == "9407 1000 0000 0000 0000 00"
    assert seen["letter"]["proofs"][0]["batch_id"] == ready["batch_id"]
    (way,) = [each for each in seen["deliveries"] if each["channel"] == "mail"]
    assert way["state"] == "bounced"
    assert [(line["event"], line["detail"]) for line in way["ledger"]] == [
        ("queued", None),
        ("printed", f"in batch {ready['batch_id']}"),
        ("sent", "mailed on 2026-03-06 by kim (USPS, Certified, 9407 1000 0000 0000 0000 00)"),
        ("bounced", "returned on 2026-03-20 by kim: Unclaimed."),
    ]
    async with client_of(engine, tmp_path, OWNER, clock.now(), files_url=files) as api:
        own = (await api.get(f"/notices/{notice}")).json()["letter"]
    assert [each["noted_by"] for each in own["proofs"]] == [None, None]
    await holds(engine)
    await sealing.seal_what_waits(engine, SEALED, clock.now())
    async with client_of(engine, tmp_path, AUDITOR, clock.now(), files_url=files) as api:
        history = (await api.get(f"/history/{notice}")).json()["lines"]
    assert [line["source"] for line in history if line["source"].startswith("letter")].count("letter_proofs") == 2


def depot_at(files: str) -> Depot:
    return open_depot(
        NotificationsSettings(
            env="development", database_url="postgresql://x/y", token_secret="s" * 32, bus="kafka", files_url=files
        )
    )


async def holds(engine: AsyncEngine) -> None:
    found = await find_violations(engine, INVARIANTS)
    assert {name for name, violations in found.items() if violations} == set()


class Killed(BaseException):
    """The process dies here."""


class DyingDepot(Depot):
    """A store during whose nth write the process dies."""

    def __init__(self, store: MemoryStore, *, dies_at: int) -> None:
        super().__init__(store, "notifications", NoScanner(), max_bytes=1, is_scan_required=False)
        self._left = dies_at

    async def put(self, sha256: bytes, file: BinaryIO) -> None:
        self._left -= 1
        if self._left == 0:
            raise Killed
        await super().put(sha256, file)


async def open_one(engine: AsyncEngine, folder: Path, files: str, key: str = "first") -> str:
    async with client_of(engine, folder, STAFF, files_url=files) as api:
        opened = await api.post("/letter-batches", json={"center": "CEE005"}, headers={"Idempotency-Key": key})
        assert opened.status_code == 202, opened.text
        return str(opened.json()["batch_id"])


@pytest.mark.parametrize("dies_at", [1, 3, 4, 6, 7, 8], ids=lambda n: f"at-write-{n}")
async def test_a_batch_that_is_cut_off_goes_on_and_comes_to_the_same(
    service_engine: MakeEngine,
    clock: FixedClock,
    tmp_path: Path,
    files: str,
    dies_at: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batching, "AT_ONCE", 2)
    archives = []
    for is_cut in (False, True):
        engine = await service_engine("notifications")
        await letters_wait(engine, clock, {number_of(serial): CHICAGO for serial in range(1, 7)})
        batch = await open_one(engine, tmp_path, files)
        store = MemoryStore()
        if is_cut:
            with pytest.raises(Killed):
                await make_batches(engine, DyingDepot(store, dies_at=dies_at), RULES, clock)
            assert [row.state for row in await rows(engine, letter_batches)] == ["making"]
            assert len(await rows(engine, letters)) == min((dies_at - 1) // 2 * 2, 6)
        depot = Depot(store, "notifications", NoScanner(), max_bytes=1, is_scan_required=False)
        await make_batches(engine, depot, RULES, clock)
        printed = await rows(engine, letters)
        assert sorted(row.position for row in printed) == [1, 2, 3, 4, 5, 6]
        assert {str(row.batch_id) for row in printed} == {batch}
        told = [line for line in await rows(engine, delivery_events) if line.event == "printed"]
        assert len(told) == 6
        (row,) = await rows(engine, letter_batches)
        archives.append(b"".join([piece async for piece in await depot.open(row.archive_sha256)]))
        await holds(engine)
    assert archives[0] == archives[1]


async def test_who_cannot_be_written_to_is_set_aside_and_stops_nobody(
    engine: AsyncEngine, clock: FixedClock, tmp_path: Path, files: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown, bad, good, broken = map(number_of, range(1, 5))
    notices = await letters_wait(
        engine, clock, {unknown: None, bad: CHICAGO | {"postal_code": "6060"}, good: CHICAGO, broken: CHICAGO}
    )
    whole = batching.typeset

    def typeset(notice: Any, *given: Any) -> Any:
        if str(notice.notice_id) == notices[broken]:
            raise RuntimeError("SYNTHETIC: no such template")
        return whole(notice, *given)

    monkeypatch.setattr(batching, "typeset", typeset)
    await open_one(engine, tmp_path, files)
    await make_batches(engine, depot_at(files), RULES, clock)
    async with client_of(engine, tmp_path, STAFF, files_url=files) as api:
        listed = (await api.get("/letters?set_aside=true")).json()["items"]
        (ready,) = (await api.get("/letter-batches")).json()["items"]
        (other,) = (await api.get("/letters?set_aside=false")).json()["items"]
    assert {each["notice_id"]: (each["set_aside"], each["detail"]) for each in listed} == {
        notices[unknown]: ("address-unknown", "no postal address of the account is known"),
        notices[bad]: ("address-unusable", "the ZIP code has 5 digits, or 5 and 4: 60601 or 60601-1234"),
        notices[broken]: ("not-typeset", "RuntimeError: SYNTHETIC: no such template"),
    }
    assert (other["notice_id"], other["batch_id"]) == (notices[good], ready["batch_id"])
    assert (ready["state"], ready["letters"], ready["set_aside"]) == ("ready", 1, 3)

    # Nothing has changed, so the schedule opens no batch for them; the address that is told then makes it one.
    clock.advance(timedelta(days=1))
    assert await open_scheduled(engine, RULES, clock.now()) == 0
    told = recorded(
        "routing/account-with-postal-address", id="mended", importer_number=unknown, revision=2, contact_email=None
    )
    await apply(engine, [told], clock.now())
    monkeypatch.undo()
    assert await open_scheduled(engine, RULES, clock.now()) == 1
    await make_batches(engine, depot_at(files), RULES, clock)
    assert {str(row.notice_id) for row in await rows(engine, letters)} == set(notices.values()) - {notices[bad]}
    assert [str(row.notice_id) for row in await rows(engine, letters_set_aside)] == [notices[bad]]
    await holds(engine)


async def test_the_schedule_opens_one_batch_a_day_for_each_center_from_its_hour(
    engine: AsyncEngine, clock: FixedClock, depot: Depot
) -> None:
    await letters_wait(engine, clock, {number_of(1): CHICAGO})
    await letters_wait(engine, clock, {number_of(2): CHICAGO}, center="CEE003")
    early = datetime(2026, 3, 9, 9, 59, tzinfo=UTC)  # 05:59 in New York
    assert await open_scheduled(engine, RULES, early) == 0
    assert await open_scheduled(engine, BatchRules(LETTERS, hour=None), early + timedelta(hours=9)) == 0
    assert await open_scheduled(engine, RULES, early + timedelta(minutes=1)) == 2
    assert await open_scheduled(engine, RULES, early + timedelta(minutes=2)) == 0
    await make_batches(engine, depot, RULES, clock)
    assert {(row.center, row.letters) for row in await rows(engine, letter_batches)} == {("CEE005", 1), ("CEE003", 1)}
    await letters_wait(engine, clock, {number_of(3): CHICAGO})
    assert await open_scheduled(engine, RULES, early + timedelta(hours=5)) == 0
    assert await open_scheduled(engine, RULES, early + timedelta(days=1, minutes=1)) == 1
    await make_batches(engine, depot, RULES, clock)
    printed = await rows(engine, letters)
    assert len(printed) == len({row.notice_id for row in printed}) == 3


async def test_a_full_batch_is_followed_by_another_on_its_day(
    engine: AsyncEngine, clock: FixedClock, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "MOST_IN_BATCH", 2)
    await letters_wait(engine, clock, {number_of(serial): CHICAGO for serial in range(1, 6)})
    for minute, expected in enumerate((2, 2, 1)):
        assert await open_scheduled(engine, RULES, clock.now() + timedelta(minutes=minute)) == 1
        await make_batches(engine, depot, RULES, clock)
        assert max(await rows(engine, letter_batches), key=lambda row: row.opened_at).letters == expected
    assert await open_scheduled(engine, RULES, clock.now() + timedelta(minutes=9)) == 0


async def test_what_the_post_did_is_noted_on_days_on_which_it_can_have_been(
    engine: AsyncEngine, clock: FixedClock, tmp_path: Path, files: str
) -> None:
    first, second = map(number_of, (1, 2))
    notices = await letters_wait(engine, clock, {first: CHICAGO, second: CHICAGO})
    clock.advance(timedelta(days=3))
    async with client_of(engine, tmp_path, STAFF, clock.now(), files_url=files) as api:
        opened = await api.post("/letter-batches", json={"center": "CEE005"}, headers=MAKE)
        batch = opened.json()["batch_id"]
        await make_batches(engine, depot_at(files), RULES, clock)
        for path in (f"/notices/{notices[first]}/mailed", f"/letter-batches/{batch}/mailed"):
            for day in ("2026-03-08", "2026-03-10"):  # before the batch, and to come
                refused = await api.post(path, json={"mailed_on": day})
                assert (refused.status_code, refused.json()["code"]) == (422, "account-day"), path
        strange = {"mailed_on": "2026-03-09", "without": [str(UUID(int=1))]}
        refused = await api.post(f"/letter-batches/{batch}/mailed", json=strange)
        assert (refused.status_code, refused.json()["code"]) == (422, "letter-in-batch")
        not_yet = await api.post(
            f"/notices/{notices[first]}/returned", json={"returned_on": "2026-03-09", "reason": "Refused."}
        )
        assert (not_yet.status_code, not_yet.json()["code"]) == (409, "not-possible")
        spoilt = {"mailed_on": "2026-03-09", "without": [notices[second]]}
        assert (await api.post(f"/letter-batches/{batch}/mailed", json=spoilt)).json() == {"mailed": 1, "left": 1}
        (waiting,) = (await api.get(f"/letters?batch={batch}")).json()["items"]
        assert waiting["notice_id"] == notices[second]
        alone = {"mailed_on": "2026-03-09", "certified_number": "9407 1000 0000 0000 0000 00"}
        assert (await api.post(f"/notices/{notices[second]}/mailed", json=alone)).status_code == 204
        assert (await api.post(f"/notices/{notices[second]}/mailed", json=alone)).status_code == 409
    assert {row.state for row in await rows(engine, deliveries) if row.channel == "mail"} == {"sent"}
    await holds(engine)


async def test_a_batch_is_asked_for_by_those_who_may_where_something_waits(
    engine: AsyncEngine, clock: FixedClock, tmp_path: Path, files: str
) -> None:
    async with client_of(engine, tmp_path, STAFF, files_url=files) as api:
        nothing = await api.post("/letter-batches", json={"center": "CEE005"}, headers=MAKE)
        assert (nothing.status_code, nothing.json()["detail"]) == (409, "No letter waits for a batch.")
        no_center = await api.post("/letter-batches", json={"center": "CEE099"}, headers=MAKE)
        assert (no_center.status_code, no_center.json()["code"]) == (422, "unknown-center")
    notices = await letters_wait(engine, clock, {IMPORTER: CHICAGO})
    async with client_of(engine, tmp_path, STAFF, files_url=None) as api:
        closed = await api.post("/letter-batches", json={"center": "CEE005"}, headers=MAKE)
        assert (closed.status_code, closed.json()["code"]) == (409, "not-possible")
        assert "CENTERLINE_FILES_URL" in closed.json()["remedy"]
    batch = await open_one(engine, tmp_path, files)
    async with client_of(engine, tmp_path, STAFF, files_url=files) as api:
        twin = await api.post("/letter-batches", json={"center": "CEE005"}, headers={"Idempotency-Key": "second"})
        assert (twin.status_code, twin.json()["detail"]) == (409, "A batch of this Center is being made.")
    await make_batches(engine, depot_at(files), RULES, clock)
    async with client_of(engine, tmp_path, ELSEWHERE, files_url=files) as api:
        for path in ("", "/letters.zip", "/manifest.json", "/manifest.csv"):
            assert (await api.get(f"/letter-batches/{batch}{path}")).status_code == 404
        assert (await api.post(f"/letter-batches/{batch}/mailed", json={"mailed_on": "2026-03-06"})).status_code == 404
        assert (await api.get("/letter-batches")).json()["items"] == []
        body = {"returned_on": "2026-03-06", "reason": "x"}
        assert (await api.post(f"/notices/{notices[IMPORTER]}/returned", json=body)).status_code == 404
    async with client_of(engine, tmp_path, OWNER, files_url=files) as api:
        assert (await api.get("/letter-batches")).status_code == 403
        own = await api.get(f"/notices/{notices[IMPORTER]}/letter.pdf")
        assert "1 Example Plaza" in readable(own.content)


async def test_the_postal_address_is_shown_to_the_importer_and_to_staff_alone(
    engine: AsyncEngine, clock: FixedClock, tmp_path: Path, files: str
) -> None:
    notices = await letters_wait(engine, clock, {IMPORTER: CHICAGO})
    path = f"/notices/{notices[IMPORTER]}/letter.pdf"
    async with client_of(engine, tmp_path, BROKER, files_url=files) as api:
        answer = await api.get(path)
        assert answer.status_code in {200, 404}
        if answer.status_code == 200:
            assert "Example Plaza" not in readable(answer.content)
    async with client_of(engine, tmp_path, OWNER, files_url=files) as api:
        spanish = await api.get(f"{path}?language=es")
        assert "Solicitud de información" in readable(spanish.content)
        assert (await api.get(f"{path}?language=fr")).status_code == 422
    async with client_of(engine, tmp_path, None, files_url=files) as api:
        assert (await api.get(path)).status_code == 401


async def test_a_notice_that_is_no_letter_says_so(
    engine: AsyncEngine, clock: FixedClock, tmp_path: Path, files: str
) -> None:
    suspended = entry_changed(change="suspended", importer_number=IMPORTER)
    await apply(engine, [account_assigned(), suspended], clock.now())
    async with client_of(engine, tmp_path, OWNER, files_url=files) as api:
        (notice,) = (await api.get("/notices?kind=N-11")).json()["items"]
        answer = await api.get(f"/notices/{notice['notice_id']}/letter.pdf")
        assert (answer.status_code, answer.json()["code"]) == (422, "no-letter")
        assert (await api.get(f"/notices/{notice['notice_id']}")).json()["letter"] is None
        (courtesy,) = (await api.get("/notices?kind=N-01")).json()["items"]
        assert (await api.get(f"/notices/{courtesy['notice_id']}/letter.pdf")).status_code == 200
