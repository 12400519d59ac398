"""Files of items over HTTP: who adds and sees them, what is taken, and what is given out, when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from obstore.store import MemoryStore

from services.workqueue.handlers.item_ids import entry_item_id
from services.workqueue.store.tables.core import metadata
from shared.files.depot import Depot, open_depot
from shared.files.jobs import ORPHAN_AGE, scan_unscanned, sweep_orphans
from shared.files.scan import ClamdScanner, NoScanner
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import filing_item_id
from tests.integration.workqueue.desk import KIM, Desk
from tests.integration.workqueue.events import IMPORTER, filing_routed, routed
from tests.support.events import entry_number
from tests.support.files import EICAR, PDF, fake_clamd
from tests.support.forgetting import REUSED, forget_answers

HOLDER = Identity("ada", "Ada Novak", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
STRANGER = replace(HOLDER, subject="max", name="Max Roth", importer_numbers=frozenset({"99-999999900"}))
ELSEWHERE = replace(KIM, subject="ana", name="Ana Silva", centers=frozenset({"CEE001"}))
AUDITOR = Identity("aud", "Auditor", frozenset({RoleName.AUDITOR}))
CSV = b"line,declared,found\n1,100.00,120.00\n"
files = metadata.tables["files"]


async def send(
    desk: Desk,
    item: Any,
    who: Identity = KIM,
    content: bytes = PDF,
    name: str = "invoice.pdf",
    *,
    key: str = "k-1",
    level: str | None = None,
) -> httpx.Response:
    return await desk.call(
        "POST",
        f"/items/{item}/files",
        who,
        headers={"Idempotency-Key": key},
        files={"file": (name, content)},
        data={"level": level} if level is not None else {},
    )


async def listed(desk: Desk, item: Any, who: Identity = KIM) -> list[dict[str, Any]]:
    answer = await desk.call("GET", f"/items/{item}/files", who)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def content(desk: Desk, item: Any, file_id: str, who: Identity = KIM) -> httpx.Response:
    return await desk.call("GET", f"/items/{item}/files/{file_id}/content", who)


async def reviewed(desk: Desk) -> tuple[Any, str]:
    entry = entry_number()
    await desk.apply(routed(entry))
    return entry_item_id(entry, "ad-cvd"), entry


async def asked(desk: Desk) -> tuple[Any, str]:
    """An item on which its importer was asked by a CBP 28."""
    item, entry = await reviewed(desk)
    token = await desk.claim(item)
    body = {"token": token, "questions": ["Which assists?"]}
    answer = await desk.call("POST", f"/items/{item}/requests", json=body, headers={"Idempotency-Key": "ask"})
    assert answer.status_code == 201, answer.text
    return item, entry


async def test_importer_answers_a_request_with_a_file_that_goes_out_as_it_came(desk: Desk) -> None:
    item, _ = await asked(desk)
    added = await send(desk, item, HOLDER, name="..\\papers\\Rechnung März.pdf")
    assert added.status_code == 201, added.text
    file = added.json()
    assert added.headers["location"] == f"/items/{item}/files/{file['file_id']}/content"
    told = {name: file[name] for name in ("name", "kind", "level", "is_by_party", "size_bytes", "sha256", "scan")}
    assert told == {
        "name": "Rechnung März.pdf",
        "kind": "pdf",
        "level": "party",
        "is_by_party": True,
        "size_bytes": len(PDF),
        "sha256": sha256(PDF).hexdigest(),
        "scan": "not-scanned",
    }
    for who in (KIM, HOLDER):
        given = await content(desk, item, file["file_id"], who)
        assert (given.status_code, given.content) == (200, PDF)
        assert given.headers["content-type"] == "application/pdf"
        assert given.headers["content-disposition"].startswith('attachment; filename="Rechnung M_rz.pdf"')
        assert given.headers["x-content-type-options"] == "nosniff"
    (row,) = await desk.rows(files)
    assert (row.added_by, row.authority, row.added_at) == ("ada", "item-file.add/own-account", desk.clock.now())


async def test_internal_file_is_never_seen_by_a_party(desk: Desk) -> None:
    item, _ = await asked(desk)
    internal = (await send(desk, item, content=CSV, name="findings.csv")).json()
    shown = (await send(desk, item, key="k-2", level="party")).json()
    assert (internal["level"], internal["kind"], internal["authority"]) == ("internal", "csv", "item-file.add/center")
    assert [each["file_id"] for each in await listed(desk, item)] == sorted([internal["file_id"], shown["file_id"]])
    (seen,) = await listed(desk, item, HOLDER)
    assert (seen["file_id"], seen["added_by"], seen["added_by_name"], seen["authority"]) == (
        shown["file_id"],
        None,
        None,
        None,
    )
    assert (await content(desk, item, internal["file_id"], HOLDER)).status_code == 404
    assert (await content(desk, item, internal["file_id"], AUDITOR)).content == CSV
    refused = await send(desk, item, HOLDER, key="k-3", level="internal")
    assert (refused.status_code, refused.json()["code"]) == (422, "file-level")


async def test_party_learns_nothing_of_an_item_that_was_not_put_to_it(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    file = (await send(desk, item, level="party")).json()
    for who in (HOLDER, STRANGER):
        assert (await send(desk, item, who, key="p")).status_code == 404
        assert (await desk.call("GET", f"/items/{item}/files", who)).status_code == 404
        assert (await content(desk, item, file["file_id"], who)).status_code == 404
    item, entry = await asked(desk)
    assert (await send(desk, item, STRANGER)).status_code == 404
    filer = Identity("bro", "Broker", frozenset({RoleName.BROKER}), filer_code=entry[:3])
    assert (await send(desk, item, filer)).status_code == 201
    assert (await send(desk, item, replace(filer, filer_code="ZZ9"))).status_code == 404


async def test_party_adds_to_the_item_that_answers_its_filing(desk: Desk) -> None:
    await desk.apply(filing_routed("PD-7"))
    item = filing_item_id("PD-7")
    assert (await send(desk, item, HOLDER)).status_code == 201
    assert (await send(desk, item, STRANGER)).status_code == 404


async def test_staff_elsewhere_and_who_only_reads_add_nothing(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    assert (await send(desk, item, ELSEWHERE)).status_code == 404
    denied = await send(desk, item, AUDITOR)
    assert (denied.status_code, denied.json()["code"]) == (403, "role-required")
    assert await desk.rows(files) == []


async def test_file_of_one_matter_is_none_of_another(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    other, _ = await reviewed(desk)
    file = (await send(desk, item)).json()
    assert (await content(desk, other, file["file_id"])).status_code == 404


async def test_file_that_is_sent_again_is_the_same_and_another_under_its_key_is_refused(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    first, again = await send(desk, item), await send(desk, item)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await send(desk, item, content=PDF + b"%")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert len(await desk.rows(files)) == 1
    missing = await send(desk, item, key=" ")
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency-key-missing")


async def test_what_is_no_paper_or_no_form_is_refused(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    program = await send(desk, item, content=b"MZ\x90\x00\x03", name="invoice.pdf")
    assert (program.status_code, program.json()["code"]) == (422, "file-kind")
    path, headers = f"/items/{item}/files", {"Idempotency-Key": "x"}
    for sent, wanted in (
        ({"content": PDF, "headers": headers | {"Content-Type": "application/pdf"}}, (415, "unsupported-media-type")),
        ({"content": b"--", "headers": headers | {"Content-Type": "multipart/form-data"}}, (400, "malformed")),
        ({"files": {"paper": ("a.pdf", PDF)}, "headers": headers}, (400, "malformed")),
        ({"files": [("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))], "headers": headers}, (400, "malformed")),
        ({"files": {"level": (None, "party")}, "headers": headers}, (400, "malformed")),
    ):
        answer = await desk.call("POST", path, **sent)
        assert (answer.status_code, answer.json()["code"]) == wanted, answer.text
    assert await desk.rows(files) == []


def given_depot(desk: Desk, **changes: Any) -> Depot:
    given: dict[str, Any] = {"max_bytes": 10_000_000, "is_scan_required": False, "scanner": NoScanner()}
    depot = Depot(MemoryStore(), "workqueue", **given | changes)
    desk.app.state.files = depot
    return depot


async def test_large_file_is_taken_beyond_the_limit_of_other_bodies_and_one_too_large_is_not(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    given_depot(desk, max_bytes=3_000_000)
    large = PDF + b"%" * (3_000_000 - len(PDF))
    file = (await send(desk, item, content=large)).json()
    assert (await content(desk, item, file["file_id"])).content == large
    for too_large in (large + b"%", large * 2):
        refused = await send(desk, item, content=too_large, key="k-2")
        assert (refused.status_code, refused.json()["code"]) == (413, "file-too-large")
    assert len(await desk.rows(files)) == 1


async def test_body_that_is_too_large_is_not_read_to_its_end(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    given_depot(desk, max_bytes=1_000_000)
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        while True:
            sent += 100_000
            yield b"%" * 100_000

    headers = {"Idempotency-Key": "x", "Content-Type": "multipart/form-data; boundary=x"}
    refused = await desk.call("POST", f"/items/{item}/files", content=endless(), headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (413, "file-too-large")
    assert sent <= 1_200_000


async def test_harmful_file_is_refused_and_clean_one_says_so(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    async with fake_clamd() as clamd:
        depot = given_depot(desk, scanner=ClamdScanner("127.0.0.1", clamd.port, 5), is_scan_required=True)
        harmful = await send(desk, item, content=EICAR, name="note.txt")
        assert (harmful.status_code, harmful.json()["code"]) == (422, "file-infected")
        assert not await depot.has(sha256(EICAR).digest())
        clean = (await send(desk, item)).json()
    assert clean["scan"] == "clean"
    assert (await content(desk, item, clean["file_id"])).content == PDF


async def test_file_that_waits_for_its_scan_is_given_out_after_it_and_a_harmful_one_never(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    async with fake_clamd() as clamd:
        port = clamd.port
    depot = given_depot(desk, scanner=ClamdScanner("127.0.0.1", port, 5), is_scan_required=True)
    good = (await send(desk, item)).json()
    bad = (await send(desk, item, content=EICAR, name="note.txt", key="k-2")).json()
    assert (good["scan"], bad["scan"]) == ("received", "received")
    for file in (good, bad):
        waiting = await content(desk, item, file["file_id"])
        assert (waiting.status_code, waiting.json()["code"]) == (409, "file-not-scanned")
    assert await scan_unscanned(desk.engine, depot, desk.clock.now()) == 0
    async with fake_clamd() as clamd:
        depot.scanner = ClamdScanner("127.0.0.1", clamd.port, 5)
        assert await scan_unscanned(desk.engine, depot, desk.clock.now()) == 2
        assert await scan_unscanned(desk.engine, depot, desk.clock.now()) == 0
    assert (await content(desk, item, good["file_id"])).content == PDF
    depot.is_scan_required = False
    refused = await content(desk, item, bad["file_id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "file-infected")
    assert {each["file_id"]: each["scan"] for each in await listed(desk, item)} == {
        good["file_id"]: "clean",
        bad["file_id"]: "infected",
    }


async def test_sweep_drops_old_bytes_that_no_row_names_and_no_others(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    depot = given_depot(desk)
    await send(desk, item)
    orphan = sha256(CSV).digest()
    with (Path(__file__).parent / "__init__.py").open("rb") as file:
        await depot.put(orphan, file)
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert await sweep_orphans(desk.engine, depot, later - ORPHAN_AGE) == 0
    assert await sweep_orphans(desk.engine, depot, later) == 1
    assert (await depot.has(orphan), await depot.has(sha256(PDF).digest())) == (False, True)


async def test_without_a_store_no_file_is_taken_and_the_rest_works(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    desk.app.state.files = open_depot(desk.settings.model_copy(update={"files_url": None}))
    refused = await send(desk, item)
    assert (refused.status_code, refused.json()["code"]) == (503, "temporarily-unavailable")
    assert await listed(desk, item) == []


async def test_files_lie_in_a_folder_of_the_service_under_their_hash(desk: Desk, tmp_path: Path) -> None:
    item, _ = await reviewed(desk)
    url = (tmp_path / "files").as_uri()
    desk.app.state.files = open_depot(desk.settings.model_copy(update={"files_url": url}))
    file = (await send(desk, item)).json()
    name = file["sha256"]
    assert (tmp_path / "files" / "workqueue" / name[:2] / name).read_bytes() == PDF
    (tmp_path / "files" / "workqueue" / name[:2] / name).unlink()
    gone = await content(desk, item, file["file_id"])
    assert gone.status_code == 503


async def test_list_comes_in_pages_in_the_order_of_adding(desk: Desk) -> None:
    item, _ = await reviewed(desk)
    added = []
    for number in range(5):
        added.append((await send(desk, item, key=f"k-{number}")).json()["file_id"])
        desk.clock.advance(timedelta(seconds=1))
    seen, path = [], f"/items/{item}/files?limit=2"
    while path:
        page = (await desk.call("GET", path)).json()
        seen += [each["file_id"] for each in page["items"]]
        path = page.get("next")
    assert seen == added


async def test_key_that_added_a_file_is_not_free_again_when_its_answer_is_forgotten(desk: Desk) -> None:
    number = entry_number()
    await desk.apply(routed(number))
    item = entry_item_id(number, "ad-cvd")
    assert (await send(desk, item)).status_code == 201
    await forget_answers(desk.engine, desk.clock.now() + timedelta(days=8))
    again = await send(desk, item)
    assert (again.status_code, again.json()["code"]) == REUSED, again.text
    assert len(await desk.rows(files)) == 1
