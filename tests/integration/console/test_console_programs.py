"""Pages of programs of mass change on the real service: drafted, tried, released by two, followed, settled."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.domain.program.explaining import CODES, STATE_WORDS
from shared.customs.entry_number import format_entry_number
from shared.db.transaction import transaction
from tests.integration.console.house import House, open_house
from tests.integration.liquidation.builders import apply, routed
from tests.support.pages import Reader
from tests.support.refund_programs import IEEPA_MODEL, PRODUCT_MODEL, filed, goods, model

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

IMPORTER = "07-544500400"
PAGE = "/programs/ieepa-2026"
PAGE_BYTES = 30_000
NEW = "/program-draft?model=ieepa-2026"
REASON = {"reason": "The order of 4 March 2026."}


@pytest.fixture
async def house(service_engine: MakeEngine) -> House:
    return await open_house(service_engine, datetime(2026, 4, 20, 13, tzinfo=UTC), "liquidation")


async def file(house: House, **changes: Any) -> str:
    number, event = filed(IMPORTER, **changes)
    of_center = routed(number, center="CEE003")
    await apply(house.engines["liquidation"], [event, of_center], now=house.clock.now())
    return number


async def draft(reader: Reader, definition: Any) -> Any:
    return await reader.fill(NEW, "draft", {"definition": json.dumps(definition), **REASON})


async def release(house: House, definition: Any = IEEPA_MODEL) -> str:
    """Drafted by Omar, confirmed by Dora, released by Tess; gives its page."""
    page = f"/programs/{definition['program']}"
    async with house.reading_as("omar") as omar, house.reading_as("dora") as dora, house.reading_as("tess") as tess:
        assert (await draft(omar, definition)).status_code == 200
        await omar.fill(page, "try")
        await dora.fill(page, "confirm")
        answer = await tess.fill(page, "release")
        assert "Released: it is in force" in answer.text
    return page


async def declare(house: House, *numbers: str, program: str = "ieepa-2026") -> None:
    """What Ida asks for, from her page."""
    async with house.reading_as("ida") as ida:
        at = f"/my/refunds/{program}"
        checked = await ida.send(at, f"{at}/check", {"numbers": "\n".join(numbers)})
        assert "Nothing was sent yet" in checked.text, checked.text
        name = checked.text.partition('name="checked" value="')[2].partition('"')[0]
        sent = await ida.send(at, f"{at}/declare", {"checked": name, "certified": "yes"})
        assert "Your list is with CBP" in sent.text, sent.text


async def test_a_program_is_drafted_from_a_model_tried_and_released_by_two_who_did_not_draft_it(house: House) -> None:
    number = await file(house)
    async with house.reading_as("omar") as omar:
        listed = await omar.read("/programs")
        assert "None yet." in listed
        assert NEW in listed
        written = (await omar.read(NEW)).partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
        assert json.loads(written)["removes"] == IEEPA_MODEL["removes"]
        kept = await draft(omar, json.loads(written))
        assert str(kept.url.path) == PAGE
        assert "revision 1: a draft" in kept.text
        assert "not yet" in (await omar.read("/programs"))
        tried = await omar.fill(PAGE, "try")
        assert str(tried.url.path) == f"{PAGE}/trial"
        assert f'href="/entries/{number}"' in tried.text
        assert tried.text.count("$9,375.00") >= 3
        refused = await omar.fill(PAGE, "confirm")
        assert refused.status_code == 403
        assert "drafted this revision" in refused.text
    async with house.reading_as("dora") as dora, house.reading_as("tess") as tess:
        assert "confirmed, waits for its release" in (await dora.fill(PAGE, "confirm")).text
        refused = await dora.fill(PAGE, "release")
        assert refused.status_code == 403
        assert "confirmed this revision" in refused.text
        answer = await tess.fill(PAGE, "release")
        assert "revision 1: in force" in answer.text
        assert "released by tess" in answer.text
    async with house.reading_as("lee") as lee:
        shown = await lee.read(PAGE)
        assert 'value="release"' not in shown
        assert "Draft the next revision" in shown  # an entry specialist drafts, and releases nothing


async def test_what_a_program_is_stands_there_in_words_with_what_is_only_assumed(house: House) -> None:
    await release(house)
    async with house.reading_as("kim") as kim:
        shown = await kim.read(PAGE)
    for said in (
        "9903.01.20 to 9903.01.24; 9903.01.25",
        "from 4 Feb 2025 to 23 Feb 2026",
        "the importer of record or the filer of the entry, up to 9,999 entries in a file",
        "With interest by statute (19 USC 1505(c)).",
        "Corrections wait while a refund is asked for, but not of suspended entries of type 03, 06, 07.",
        CODES["surety-paid"].fact,
        "warehouse entries",
        "liquidated 0 to 80 days before the receipt",
        "until day 90 from the liquidation",
        "the Center, by CBP's own power",
        "k, recalled",
        "U, unsettled",
        "contested on appeal",
    ):
        assert said in shown, said


async def test_an_edit_has_to_be_tried_and_confirmed_anew_and_names_the_version_that_was_read(house: House) -> None:
    async with house.reading_as("omar") as omar, house.reading_as("dora") as dora, house.reading_as("tess") as tess:
        await draft(omar, IEEPA_MODEL)
        await omar.fill(PAGE, "try")
        await dora.fill(PAGE, "confirm")
        at = "/program-draft?program=ieepa-2026&revision=1"
        changed = json.dumps(model(title="A shorter title"))
        edited = await omar.fill(at, "edit", {"definition": changed, "reason": "Shorter."})
        assert "A shorter title" in edited.text
        assert "It was not tried since its last edit." in edited.text
        refused = await dora.fill(PAGE, "confirm")
        assert refused.status_code == 409
        assert "was not tried within 24 hours" in refused.text
        late = await omar.send(
            at,
            "/program-draft",
            {"act": "edit", "program": "ieepa-2026", "revision": "1", "version": "1", "definition": changed, **REASON},
        )
        assert late.status_code == 412
        assert "A shorter title" in late.text, "what was written is kept"
        await tess.fill(PAGE, "try")
        late = await dora.send(PAGE, f"{PAGE}/acts", {"act": "confirm", "revision": "1", "version": "1"})
        assert late.status_code == 412


async def test_faults_of_a_definition_are_shown_at_their_lines_and_what_was_written_is_kept(house: House) -> None:
    async with house.reading_as("omar") as omar:
        cohorts = [IEEPA_MODEL["cohorts"][0], {**IEEPA_MODEL["cohorts"][3], "by": None}]
        wrong = await draft(omar, model(cohorts=cohorts, title="Mine"))
        assert wrong.status_code == 422
        shown = unescape(wrong.text)
        written = shown.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
        (number,) = [n for n, row in enumerate(written.splitlines(), 1) if '"by": null' in row]
        assert f"Line {number}, <strong>cohorts[2].by</strong>: whose power it is to liquidate" in shown
        assert "Mine" in written
        shape = await draft(omar, model(intake="guessed", removes=[]))
        assert shape.status_code == 422
        assert "<strong>intake</strong>" in shape.text
        broken = await omar.fill(NEW, "draft", {"definition": '{"program": ', **REASON})
        assert broken.status_code == 422
        assert "The definition is no JSON, line 1, sign 1" in broken.text
        assert "None yet." in await omar.read("/programs")


async def test_the_next_revision_is_drafted_from_the_one_in_force(house: House) -> None:
    page = await release(house)
    async with house.reading_as("omar") as omar:
        at = "/program-draft?program=ieepa-2026"
        changed = json.dumps(model(title="With the final ones"))
        answer = await omar.fill(at, "revise", {"definition": changed, "reason": "The appeal was decided."})
        assert "revision 2: a draft" in answer.text
        assert f'In force is <a href="{page}?revision=1">' in answer.text
        assert IEEPA_MODEL["title"] in await omar.read(f"{page}?revision=1")
        assert (await omar.client.get(f"{page}?revision=3")).status_code == 404


async def test_progress_adds_up_and_says_codes_in_the_words_of_the_service(house: House) -> None:
    page = await release(house)
    taken, other = await file(house), await file(house, lines=[goods("99038815")])
    await declare(house, taken, other, "B76-1")
    async with house.reading_as("omar") as omar:
        shown = await omar.read(f"{page}/progress")
        assert "3 = 2 dropped + 1 due" in shown
        assert "$9,375.00" in shown
        for words in (CODES["no-heading"].fact, CODES["number-malformed"].fact, STATE_WORDS["due"]):
            assert words in shown
        found = await omar.client.get(f"{page}/entry", params={"number": format_entry_number(taken)})
        assert found.status_code == 200
        assert STATE_WORDS["due"] in found.text
        assert "Cohort</dt><dd>unliquidated" in found.text
        assert CODES["no-heading"].fact in await omar.read(f"{page}/entries/{other}")
    async with house.reading_as("noor") as noor:
        assert (await noor.client.get(f"{page}/entries/{await file(house)}")).status_code in {200, 404}


async def test_a_person_finds_whether_goods_are_the_product_of_the_order(house: House) -> None:
    page = await release(house, PRODUCT_MODEL)
    number = await file(house, lines=[goods("99038803")])
    await declare(house, number, program=PRODUCT_MODEL["program"])
    entry = f"{page}/entries/{number}"
    async with house.reading_as("kim") as kim:
        assert "in housings of recycled plastic" in await kim.read(entry)
        assert "A person of the Center looks at it first." in await kim.read(entry)
        form = {"is_product": "no", "explanation": "The housing is of metal."}
        found = await kim.fill(entry, "find", form)
        assert CODES["not-the-product"].fact in found.text
        found = await kim.fill(entry, "find", {**form, "is_product": "yes", "explanation": "By the data sheet."})
        assert STATE_WORDS["due"] in found.text
    async with house.reading_as("omar") as omar:
        assert "What shows it" not in await omar.read(entry)  # not for his role


async def test_what_came_after_the_posting_is_summed_and_settled_in_words(house: House) -> None:
    page = await release(house)
    number = await file(house)
    await declare(house, number)
    async with transaction(house.engines["liquidation"]) as tx:  # as the posting and a late drawback claim leave it
        await tx.connection.execute(text("UPDATE declared_entries SET state = 'posted'"))
        fact = """INSERT INTO program_after_facts (program, entry_number, code, declaration_id, team, removed_cents,
            owed_cents, found_at) SELECT program, entry_number, 'drawback-designated', declaration_id, 'drawback',
            937500, 0, '2026-06-01T13:00:00Z' FROM declared_entries"""
        await tx.connection.execute(text(fact))
    after = f"{page}/after"
    async with house.reading_as("rosa") as rosa:
        shown = await rosa.read(after)
        assert format_entry_number(number) in shown
        assert shown.count("$9,375.00") == 3  # in the sums, removed, and the difference
        assert "None." in await rosa.read(f"{after}?team=center")
        act = f"settle-{number}-drawback-designated"
        answer = await rosa.fill(after, act, {"settlement": "The claim was reduced."})
        assert "Settled, in words." in answer.text
        assert "Nothing is open." in answer.text
        assert "The claim was reduced." in await rosa.read(f"{after}?every=yes")
        twice = {"entry": number, "code": "drawback-designated", "settlement": "Again."}
        refused = await rosa.send(after, after, twice)
        assert refused.status_code >= 400
        assert "Not done" in refused.text
    async with house.reading_as("omar") as omar:
        assert act not in await omar.read(f"{after}?every=yes")


async def test_pages_of_programs_are_light_and_not_for_the_trade(house: House) -> None:
    page = await release(house)
    await file(house)
    paths = ["/programs", NEW, "/program-draft?program=ieepa-2026", page, f"{page}/trial", f"{page}/progress"]
    paths += [f"{page}/after", f"{page}/entries/{await file(house)}"]
    async with house.reading_as("omar") as omar, house.reading_as("ida") as ida:
        for path in paths:
            answer = await omar.client.get(path)
            assert answer.status_code == 200, path
            assert len(answer.content) <= PAGE_BYTES, (path, len(answer.content))
            assert (await ida.client.get(path)).status_code == 404
        for path in ("/programs/nothing", "/program-draft?model=nothing", "/program-draft?program=nothing"):
            assert (await omar.client.get(path)).status_code == 404


async def test_without_liquidation_its_pages_say_so(service_engine: MakeEngine) -> None:
    house = await open_house(service_engine, datetime(2026, 4, 20, 13, tzinfo=UTC))
    async with house.reading_as("omar") as omar, house.reading_as("ida") as ida:
        for reader, path in (
            *((omar, path) for path in ("/programs", NEW, PAGE, f"{PAGE}/trial", f"{PAGE}/progress", f"{PAGE}/after")),
            (ida, "/my/refunds"),
            (ida, "/my/refunds/ieepa-2026"),
            (ida, "/my/refunds/ieepa-2026/declarations/d-1"),
        ):
            answer = await reader.client.get(path)
            assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5"), path
            assert "does not answer" in answer.text
        offers = await ida.client.get("/my/offers")
        assert offers.status_code == 200
        assert "does not answer" in offers.text
