"""An importer asks for another Center step by step: own figures, what if, what is missing, filed and printed."""

import re
from datetime import date

import pytest

from shared.runtime.identity import Identity, RoleName
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
