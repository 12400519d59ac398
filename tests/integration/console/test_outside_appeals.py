"""An importer asks for another Center step by step: own figures, what if, what is missing, filed and printed."""

import re
from datetime import date

import pytest

from shared.runtime.identity import Identity, RoleName
from tests.support.files import PDF
from tests.support.outsiders import IMPORTER, OTHER, PEOPLE, file_entry, told
from tests.support.pages import reading_as
from tests.support.served import Served

pytestmark = pytest.mark.timeout(600)  # all services are begun for it

AT = "/my/appeal"


async def test_appeal_is_written_step_by_step_checked_filed_and_printed(served: Served) -> None:
    await file_entry(served, IMPORTER, date(2026, 1, 8))
    async with reading_as(served.console, "ida") as ida:
        first = await ida.read(AT)
        assert "Your Center is Automotive and Aerospace" in re.sub("</?strong>", "", first)
        goods = await ida.send(AT, f"{AT}/1", {"importer": IMPORTER})
        figures = goods.text.partition('name="goods"')[2].partition("</textarea>")[0]
        assert re.search(r"8703 [0-9]+ [0-9]+", figures), "its own figures are there already"
        asked = await ida.send(f"{AT}?step=2", f"{AT}/2", {"goods": "0203 900000 40", "what_if": "yes"})
        assert "With these goods: Agriculture and Prepared Products" in asked.text
        wrong = await ida.send(f"{AT}?step=2", f"{AT}/2", {"goods": "0203 900000 40\nmany pigs"})
        assert (wrong.status_code, "Not understood: many pigs" in wrong.text) == (422, True)
        await ida.send(f"{AT}?step=2", f"{AT}/2", {"goods": "0203 900000 40"})
        await ida.send(f"{AT}?step=3", f"{AT}/3", {"current": "CEE003", "preferred": "CEE002", "bond": "SYN-1"})
        lacking = await ida.read(f"{AT}?step=4")
        assert lacking.count("<strong>missing</strong>") == 1
        assert "It gives no justification for the move." in lacking
        own = await ida.send(f"{AT}?step=3", f"{AT}/3", {"current": "CEE003", "preferred": "CEE003"})
        assert "It would not be received: The account is assigned to CEE003 already." in own.text
        await ida.send(
            f"{AT}?step=3", f"{AT}/3", {"preferred": "CEE002", "bond": "SYN-1", "justification": "We sell pork now."}
        )
        whole = await ida.read(f"{AT}?step=5")
        assert "It is complete." in whole
        assert "0203 $900,000" in whole, "what was written at one step is there at the last"
        filed = await ida.send(f"{AT}?step=5", f"{AT}/5", {})
        assert "Filed. Print this page" in filed.text
        assert "We sell pork now." in filed.text
        assert "We sell pork now." not in await ida.read(f"{AT}?step=3"), "the draft is gone"
    [appeal] = (await served.ask("routing", "/appeals", PEOPLE["ida"]))["items"]
    assert (appeal["current_center"], appeal["preferred_center"], appeal["is_complete"]) == ("CEE003", "CEE002", True)


async def test_what_an_appeal_lacks_is_supplied_with_files(served: Served) -> None:
    filed = await told(
        served.apis["routing"], "/appeals", {"importer_number": IMPORTER, "preferred_center": "CEE002"}, PEOPLE["ida"]
    )
    own = f"/my/appeals/{filed['appeal_number']}"
    async with reading_as(served.console, "ida") as ida:
        before = await ida.read(own)
        lacking = before.count("<strong>missing</strong>")
        assert lacking > 2
        pigs = await ida.fill(own, "supplement", {"goods": "many pigs", "justification": "We sell pork."})
        assert (pigs.status_code, "Not understood: many pigs" in pigs.text) == (422, True)
        assert "We sell pork." in pigs.text
        nothing = await ida.fill(own, "supplement")
        assert (nothing.status_code, "The supplement supplies nothing." in nothing.text) == (422, True)
        supplied = await ida.fill(
            own,
            "supplement",
            {
                "justification": "We sell pork.",
                "bonds": f"{IMPORTER} SYN-9",
                "goods": "0203 900000",
                "is_projection": "y",
            },
        )
        assert "Supplied." in supplied.text
        assert "We sell pork." in supplied.text
        assert "Imports, expected" in supplied.text
        assert supplied.text.count("<strong>missing</strong>") < lacking
        stale = await ida.send(own, f"{own}/acts", {"act": "supplement", "version": "1", "justification": "Again."})
        assert (stale.status_code, "Again." in stale.text) == (412, True)
        added = await ida.send(own, f"{own}/files", {}, {"file": ("invoice.pdf", PDF)})
        assert "The file is kept" in added.text
        [(path, name)] = re.findall(rf'href="({own}/files/[^"]+)" download>([^<]+)<', added.text)
        assert name == "invoice.pdf"
        assert (await ida.client.get(path)).content == PDF
        bad = await ida.send(own, f"{own}/files", {}, {"file": ("run.exe", b"MZ\x90\x00\x00")})
        assert (bad.status_code, "of no kind that is taken" in bad.text) == (422, True)
        assert (await ida.client.get(f"/appeals/{filed['appeal_number']}")).status_code == 404
    async with reading_as(served.console, "sue") as sue:
        seen = await sue.read(own)
        assert "Nothing for you to do now." in seen
        assert "Add a file" not in seen, "a surety reads it and adds nothing"


async def test_an_appeal_is_reviewed_and_decided_by_who_may(served: Served) -> None:
    filed = await told(
        served.apis["routing"], "/appeals", {"importer_number": IMPORTER, "preferred_center": "CEE006"}, PEOPLE["ida"]
    )
    own, theirs = f"/my/appeals/{filed['appeal_number']}", f"/appeals/{filed['appeal_number']}"
    async with reading_as(served.console, "kim") as kim:
        assert "Nothing for you to do now." in await kim.read(theirs)
        assert theirs in await kim.read("/appeals?state=appealed")
    async with reading_as(served.console, "tess") as tess:
        assert theirs in await tess.read("/appeals?state=appealed&current_center=")
        listed = (await tess.client.get("/appeals/list.csv")).text
        assert listed.startswith("appeal_number,importer_number,state")
        assert filed["appeal_number"] in listed
        added = await tess.send(theirs, f"{theirs}/files", {"level": "internal"}, {"file": ("memo.pdf", PDF)})
        assert "memo.pdf" in added.text
        review = await tess.fill(theirs, "review", {"reason": "The numbers are on file."})
        assert "Taken under review." in review.text
        day = {"outcome": "reassigned", "center": "CEE002", "effective_on": "2000-01-01", "reason": "Pork."}
        refused = await tess.fill(theirs, "decide", day)
        assert (refused.status_code, 'value="2000-01-01"' in refused.text) == (422, True)
        decided = await tess.fill(theirs, "decide", {"outcome": "upheld", "reason": "Mostly cars."})
        assert "Decided." in decided.text
        assert "Mostly cars." in decided.text
    async with reading_as(served.console, "ida") as ida:
        after = await ida.read(own)
        assert "The assignment was upheld." in after
        assert "memo.pdf" not in after, "a paper of the office alone"
        assert "Supply what it lacks" not in after


async def test_an_appeal_is_withdrawn_by_who_filed_it(served: Served) -> None:
    filed = await told(
        served.apis["routing"], "/appeals", {"importer_number": IMPORTER, "preferred_center": "CEE004"}, PEOPLE["ida"]
    )
    own = f"/my/appeals/{filed['appeal_number']}"
    async with reading_as(served.console, "ida") as ida:
        withdrawn = await ida.fill(own, "withdraw", {"reason": "Settled."})
        assert "Withdrawn. A new appeal may be made at any time." in withdrawn.text
        again = await ida.send(own, f"{own}/acts", {"act": "withdraw", "version": "2", "reason": "x"})
        assert again.status_code in {409, 412}
        assert (await ida.send(own, f"{own}/acts", {"act": "burn"})).status_code == 422


async def test_check_of_an_appeal_says_what_its_filing_says(served: Served) -> None:
    api = served.apis["routing"]
    body = {"importer_number": IMPORTER, "current_center": "CEE007", "preferred_center": "CEE002"}
    checked = await told(api, "/appeals/check", body, PEOPLE["ida"])
    refused = await api.post("/appeals", body, PEOPLE["ida"])
    assert checked["would_be_received"] is False
    assert refused.status == 422
    assert checked["flaw"]["text"].encode() in refused.body
    anothers = await api.post("/appeals/check", body | {"importer_number": OTHER}, PEOPLE["ida"])
    assert anothers.status == 403


async def test_appeal_of_another_is_not_there(served: Served) -> None:
    other = Identity("mia", "Mia", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({OTHER}))
    filed = await told(
        served.apis["routing"], "/appeals", {"importer_number": OTHER, "preferred_center": "CEE003"}, other
    )
    async with reading_as(served.console, "ida") as ida:
        assert (await ida.client.get(f"/my/appeals/{filed['appeal_number']}")).status_code == 404
        assert (await ida.send("/words", f"{AT}/1", {"importer": OTHER})).status_code == 404
        assert (await ida.client.get(f"{AT}?step=9")).status_code == 404
        await ida.send("/words", f"{AT}/1", {"importer": IMPORTER})
        assert "Your Center is" in await ida.read(AT)
