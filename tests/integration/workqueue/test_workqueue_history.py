"""History handed to auditors and courts: what they can check by themselves, and what they are not shown."""

from dataclasses import replace
from hashlib import sha256

from services.workqueue.store.sealed import SEALED
from services.workqueue.store.tables import compartment_reads
from shared.runtime import sealing
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import KIM, Desk
from tests.integration.workqueue.test_workqueue_compartment import AUDITOR, COUNSEL, TED, matter, name
from tests.integration.workqueue.test_workqueue_files import asked
from tests.integration.workqueue.test_workqueue_notes import write

GAO = Identity("gao", "Gail Otis", frozenset({RoleName.AUDITOR}))


async def test_auditor_recomputes_the_chain_and_the_link_of_its_runs_from_what_the_api_gives(desk: Desk) -> None:
    item, _ = await asked(desk)
    await sealing.seal_what_waits(desk.engine, SEALED, desk.clock.now())
    await write(desk, item, "Assists.")
    await write(desk, item, "From the lead.", TED, "n-2", level="law-enforcement")
    await sealing.seal_what_waits(desk.engine, SEALED, desk.clock.now())
    for who in (AUDITOR, COUNSEL):
        told = await desk.call("GET", f"/history/{item}", who)
        assert told.status_code == 200, told.text
    lines = told.json()["lines"]
    assert {each["source"] for each in lines} == {"item_events", "item_notes"}
    before: dict[str, bytes] = {}
    for line in lines:
        if line["text"] is not None:
            assert sha256(line["text"].encode()).hexdigest() == line["digest"], line
        link = sha256(before.get(line["source"], b"") + bytes.fromhex(line["digest"])).digest()
        assert link.hex() == line["link"], line
        before[line["source"]] = link
    withheld = [(each["source"], each["withheld"]) for each in lines if each["text"] is None]
    assert withheld == [("item_notes", "It is for law enforcement alone.")]
    runs = (await desk.call("GET", "/history-runs", AUDITOR)).json()["items"]
    assert [each["run"] for each in runs] == [1, 2]
    last = b""
    for run in runs:
        made = (await desk.call("GET", f"/history-runs/{run['run']}", AUDITOR)).json()
        digest = sha256(b"".join(map(bytes.fromhex, made["links"]))).digest()
        last = sha256(last + digest).digest()
        assert (len(made["links"]), last.hex()) == (run["seals"], run["link"])
    assert (await desk.call("GET", "/history-runs/3", AUDITOR)).status_code == 404


async def test_history_of_a_sensitive_matter_is_read_by_the_auditor_who_is_named_and_that_is_noted(desk: Desk) -> None:
    item_id = await matter(desk)
    await write(desk, item_id, "Two sets of invoices.")
    path = f"/history/{item_id}"
    absent = await desk.call("GET", "/history/00000000-0000-0000-0000-000000000009", GAO)
    hidden = await desk.call("GET", path, GAO)
    assert (
        (hidden.status_code, hidden.json()["code"]) == (absent.status_code, absent.json()["code"]) == (404, "not-found")
    )
    assert (await name(desk, item_id, "gao")).status_code == 200
    told = await desk.call("GET", path, GAO)
    assert told.status_code == 200, told.text
    assert "Two sets of invoices." in [each["text"] and each["text"] for each in told.json()["lines"]].__repr__()
    assert ("gao", "history") in [(row.read_by, row.what) for row in await desk.rows(compartment_reads)]


async def test_history_is_for_auditors_and_counsel_alone(desk: Desk) -> None:
    item, _ = await asked(desk)
    director = replace(KIM, subject="dir", roles=frozenset({RoleName.CENTER_DIRECTOR}))
    for who in (KIM, TED, director, Identity("ops", "Ops", frozenset({RoleName.OPERATOR}))):
        for path in (f"/history/{item}", "/history-runs", "/history-runs/1"):
            assert (await desk.call("GET", path, who)).status_code == 403, (who.subject, path)


async def test_number_that_can_be_a_social_security_number_is_not_shown_whole(desk: Desk) -> None:
    item, _ = await asked(desk)
    await write(desk, item, "The importer is 123-45-6789.")
    lines = (await desk.call("GET", f"/history/{item}", AUDITOR)).json()["lines"]
    (note,) = [each for each in lines if each["source"] == "item_notes"]
    assert ("***-**-6789" in note["text"], "123-45-6789" in note["text"], note["is_masked"]) == (True, False, True)
