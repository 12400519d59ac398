"""Notes and files at three levels, redacted copies with hashes, and who read what of the compartment."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from services.workqueue.store.tables import compartment_reads
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import KIM, LEE, Desk
from tests.integration.workqueue.test_workqueue_compartment import (
    AGENT,
    AUDITOR,
    CENTER,
    INSIDERS,
    TED,
    matter,
    name,
)
from tests.integration.workqueue.test_workqueue_files import CSV, HOLDER, asked, content, listed, send
from tests.integration.workqueue.test_workqueue_matters import DAN
from tests.support.files import PDF

ANN = Identity("ann", "Ann Director", frozenset({RoleName.CENTER_DIRECTOR}), centers=CENTER)


async def write(desk: Desk, item: Any, text: str, who: Identity = KIM, key: str = "n-1", **more: Any) -> Any:
    desk.clock.advance(timedelta(seconds=1))
    body = {"text": text, **more}
    return await desk.call("POST", f"/items/{item}/notes", who, json=body, headers={"Idempotency-Key": key})


async def read(desk: Desk, item: Any, who: Identity = KIM) -> list[str]:
    answer = await desk.call("GET", f"/items/{item}/notes", who)
    assert answer.status_code == 200, answer.text
    return [each["text"] for each in answer.json()["items"]]


async def test_each_reads_the_notes_of_their_levels_and_the_party_those_meant_for_it(desk: Desk) -> None:
    item, _ = await asked(desk)
    assert (await write(desk, item, "Looks like assists.")).json()["level"] == "internal"
    assert (await write(desk, item, "We wait for the invoice.", key="n-2", level="party")).status_code == 201
    secret = await write(desk, item, "See the lead of May.", TED, "n-3", level="law-enforcement")
    assert secret.status_code == 201, secret.text
    assert await read(desk, item, HOLDER) == ["We wait for the invoice."]
    assert await read(desk, item, LEE) == ["Looks like assists.", "We wait for the invoice."]
    assert await read(desk, item, AUDITOR) == await read(desk, item, LEE)
    assert len(await read(desk, item, TED)) == 3
    refused = await write(desk, item, "x", LEE, "n-4", level="law-enforcement")
    assert (refused.status_code, refused.json()["code"]) == (422, "note-level")
    assert (await write(desk, item, "x", HOLDER, "n-5")).status_code == 403
    party = (await desk.call("GET", f"/items/{item}/notes", HOLDER)).json()["items"][0]
    assert (party["written_by"], party["authority"]) == (None, None)
    assert [(row.read_by, row.what) for row in await desk.rows(compartment_reads)] == [("ted", "notes")]


async def test_redacted_copy_of_a_note_names_its_original_and_the_hash_of_what_that_says(desk: Desk) -> None:
    item, _ = await asked(desk)
    original = (await write(desk, item, "Source Q says assists.", TED, level="law-enforcement")).json()
    same = await write(desk, item, "Source Q says assists.", TED, "n-2", redacts=original["note_id"])
    assert (same.status_code, same.json()["code"]) == (422, "redaction")
    unseen = await write(desk, item, "[…] says assists.", LEE, "n-3", redacts=original["note_id"])
    assert unseen.status_code == 404, "who may not read the original learns nothing of it"
    copy = await write(desk, item, "[…] says assists.", TED, "n-4", level="party", redacts=original["note_id"])
    hashed = sha256(b"Source Q says assists.").hexdigest()
    assert (copy.json()["redacts"], copy.json()["redacts_sha256"]) == (original["note_id"], hashed), copy.text
    assert original["sha256"] == hashed
    for reader in (HOLDER, LEE):  # neither may read the original, whose few words could be guessed from their hash
        (shown,) = (await desk.call("GET", f"/items/{item}/notes", reader)).json()["items"]
        assert (shown["text"], shown["redacts"], shown["redacts_sha256"]) == ("[…] says assists.", None, None)
    _, shown = (await desk.call("GET", f"/items/{item}/notes", TED)).json()["items"]
    assert (shown["redacts"], shown["redacts_sha256"]) == (original["note_id"], hashed)


async def test_redacted_copy_of_a_file_names_its_originals_hash_and_the_party_gets_no_other(desk: Desk) -> None:
    item, _ = await asked(desk)
    original = (await send(desk, item, TED, PDF, level="law-enforcement")).json()
    assert original["level"] == "law-enforcement"
    assert [each["file_id"] for each in await listed(desk, item, LEE)] == []
    assert (await content(desk, item, original["file_id"], LEE)).status_code == 404
    assert (await content(desk, item, original["file_id"], TED)).status_code == 200
    form = {"level": "party", "redacts": original["file_id"]}

    async def copied(who: Identity, content: bytes, key: str) -> Any:
        given = {"file": ("redacted.csv", content)}
        headers = {"Idempotency-Key": key}
        return await desk.call("POST", f"/items/{item}/files", who, headers=headers, files=given, data=form)

    assert (await copied(TED, PDF, "c-1")).json()["code"] == "redaction"
    assert (await copied(LEE, CSV, "c-2")).status_code == 404
    assert (await copied(HOLDER, CSV, "c-3")).json()["code"] == "redaction"
    copy = await copied(TED, CSV, "c-4")
    assert copy.status_code == 201, copy.text
    assert (copy.json()["redacts"], copy.json()["redacts_sha256"]) == (original["file_id"], sha256(PDF).hexdigest())
    (shown,) = await listed(desk, item, HOLDER)
    assert (shown["redacts"], shown["redacts_sha256"]) == (None, sha256(PDF).hexdigest())
    assert (await content(desk, item, original["file_id"], HOLDER)).status_code == 404
    read_by = [(row.read_by, row.what) for row in await desk.rows(compartment_reads)]
    assert read_by == [("ted", f"file {original['file_id']}")]


async def test_every_way_to_read_a_sensitive_matter_leaves_a_line(desk: Desk) -> None:
    """Whatever operation of the document reads an item by its id: who knows of the matter is noted with the answer."""
    item_id = await matter(desk)
    ways = [
        path
        for path, methods in desk.app.openapi()["paths"].items()
        if "get" in methods and "{item_id}" in path and "{file_id}" not in path and not path.endswith("/reads")
    ]
    assert len(ways) > 6, ways
    for path in ways:
        before = len(await desk.rows(compartment_reads))
        answer = await desk.call("GET", path.replace("{item_id}", item_id))
        after = await desk.rows(compartment_reads)
        if answer.is_success:
            assert [(str(row.item_id), row.read_by) for row in after[before:]] == [(item_id, "kim")], path
    for path in ("/items", "/items.csv"):
        await desk.call("GET", path, TED)
    assert [row.what for row in await desk.rows(compartment_reads) if row.read_by == "ted"] == ["list"]


async def test_who_read_what_is_read_by_few_and_by_them_only_where_they_are_named(desk: Desk) -> None:
    item_id = await matter(desk)
    await desk.call("GET", f"/items/{item_id}", TED)
    path = f"/items/{item_id}/reads"
    for who in (*INSIDERS.values(), KIM, TED, DAN, ANN, AGENT):
        assert (await desk.call("GET", path, who)).status_code in {403, 404}, who.subject
    assert (await name(desk, item_id, "aud")).status_code == 200
    told = await desk.call("GET", path, AUDITOR)
    assert told.status_code == 200, told.text
    assert [(each["read_by"], each["what"]) for each in told.json()["items"]] == [
        ("ted", "item"),
        ("kim", "need to know"),
    ]
    again = (await desk.call("GET", path, AUDITOR)).json()["items"]
    assert [(each["read_by"], each["what"]) for each in again][1:] == [("kim", "need to know"), ("aud", "reads")]


@pytest.mark.parametrize("who", INSIDERS)
async def test_notes_of_a_matter_are_not_there_for_who_need_not_know(desk: Desk, who: str) -> None:
    item_id = await matter(desk)
    assert (await write(desk, item_id, "Two sets.")).json()["level"] == "law-enforcement"
    assert (await write(desk, item_id, "For the party.", key="n-2", level="party")).json()["code"] == "note-level"
    absent = "00000000-0000-0000-0000-000000000009"
    for each in (item_id, absent):
        assert (await desk.call("GET", f"/items/{each}/notes", INSIDERS[who])).status_code in {403, 404}
        assert (await write(desk, each, "x", INSIDERS[who], f"k-{each}")).status_code in {403, 404}
        assert (await desk.call("GET", f"/items/{each}/reads", INSIDERS[who])).status_code in {403, 404}


async def test_agent_who_is_named_reads_and_writes_on_the_matter(desk: Desk) -> None:
    item_id = await matter(desk)
    await name(desk, item_id, "hal")
    assert (await write(desk, item_id, "We take it.", AGENT)).status_code == 201
    assert await read(desk, item_id, AGENT) == ["We take it."]
    assert (await send(desk, item_id, AGENT, PDF)).json()["level"] == "law-enforcement"
